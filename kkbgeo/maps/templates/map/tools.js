// Small tools of all parts. Text from data only ever becomes text nodes; nothing in this folder writes markup.
const SVG = "http://www.w3.org/2000/svg";
const CALM = window.matchMedia && window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const HOVERS = window.matchMedia && window.matchMedia("(hover: hover)").matches;

function node(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function drawn(tag, attributes, parent) {
  const made = document.createElementNS(SVG, tag);
  Object.keys(attributes).forEach(function (name) { made.setAttribute(name, attributes[name]); });
  if (parent) parent.appendChild(made);
  return made;
}

function icon(path) {
  const made = drawn("svg", { viewBox: "0 0 20 20", width: 18, height: 18, "aria-hidden": "true" });
  drawn("path", { d: path, fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-linecap": "round" }, made);
  return made;
}

// What is written: a place in the list of strings, a text, or one text per language.
function speaker(app) {
  return function (value) {
    const text = typeof value === "number" ? app.data.strings[value] : value;
    return Array.isArray(text) ? text[app.language] : text;
  };
}

// Put values in for {name}; they are text, whatever they hold.
function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, function (all, name) { return name in values ? String(values[name]) : all; });
}

// A format takes a browser longer to make than a legend to draw.
const FORMATS = {};
function counted(app, value) {
  const tag = app.data.languages[app.language] === "id" ? "id-ID" : "en-GB";
  FORMATS[tag] = FORMATS[tag] || new Intl.NumberFormat(tag);
  return FORMATS[tag].format(value);
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
