// What makes a page comfortable: the language of its title, tables as files, folded parts on paper.
// Without it everything is still there to read; the language is switched by the style alone.
(function () {
  "use strict";
  const root = document.documentElement;
  const first = root.lang;
  let language = first;

  function each(selector, what) {
    Array.prototype.forEach.call(document.querySelectorAll(selector), what);
  }

  function speak() {
    const chosen = document.querySelector(".kkb-lang input:checked");
    if (!chosen) return;
    language = root.lang = chosen.value;
    document.body.classList.toggle("kkb-first-id", language === "id");
    document.body.classList.toggle("kkb-first-en", language === "en");
    each("[data-id][data-en]", function (one) {
      const words = one.getAttribute("data-" + language);
      if (one.tagName === "TITLE") document.title = words;
      else one.setAttribute("aria-label", words);
    });
    each(".kkb-back a, .kkb-way[href]", function (one) { one.search = language === first ? "" : language; });
    document.dispatchEvent(new CustomEvent("kkbgeo:language", { detail: language }));
  }

  // Other pages lie around this one only where the atlas put it; one that was sent on alone has no links into the void.
  const path = document.getElementById("isi").getAttribute("data-page").replace(/\.html$/, "");
  const here = window.location.pathname.replace(/\.html$/, "");
  const home = /^(file|https?):$/.test(window.location.protocol) && here.slice(-path.length - 1) === "/" + path;
  const back = document.querySelector(".kkb-back").id;
  const listed = window.location.hash === "#" + back;
  each(".kkb-way", function (one) {
    if (!home) one.removeAttribute("href");
    else if (listed) one.hash = back;
  });
  each(".kkb-above", function (one) { one.hidden = !home; });

  // Who came from the index in one language goes on in it; "pageshow" below tells everybody.
  each(".kkb-lang input", function (one) { if (one.value === window.location.search.slice(1)) one.checked = true; });
  each(".kkb-lang input", function (one) { one.addEventListener("change", speak); });
  // A browser may keep the choice when one comes back; the maps, which wake after this script, must hear of it.
  window.addEventListener("pageshow", function () {
    const chosen = document.querySelector(".kkb-lang input:checked");
    if (chosen && chosen.value !== language) speak();
  });

  // A mark leads into the list of sources: also where that is folded and the browser does not open it by itself.
  each(".mark", function (mark) {
    mark.addEventListener("click", function () {
      const source = document.getElementById(mark.getAttribute("href").slice(1)), fold = source && source.closest("details");
      if (fold) fold.open = true;
    });
  });

  // The text of an element in the language shown, without the marks of its sources.
  function said(node) {
    if (node.nodeType === 3) return node.nodeValue;
    if (node.nodeType !== 1 || node.tagName === "SUP") return "";
    if (node.tagName === "SPAN" && node.lang && node.lang !== language) return "";
    return Array.prototype.map.call(node.childNodes, said).join("");
  }

  function words(node) {
    return said(node).replace(/\u00ad/g, "").replace(/\s+/g, " ").trim();
  }

  // The rule of kkbgeo/exports.py: a cell that a spreadsheet would run gets an apostrophe in front.
  function neutral(text) {
    if (/^-([0-9]+([.,][0-9]+)*%?)?$/.test(text)) return text;
    return /^\s*[=+\-@\t\r\n＝＋－＠]/.test(text) ? "'" + text : text;
  }

  // Where the comma writes decimals, spreadsheets part columns by semicolons.
  function line(cells) {
    const sign = language === "id" ? ";" : ",";
    return cells.map(function (cell) {
      const text = neutral(cell);
      return /[",;\r\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
    }).join(sign);
  }

  function sourcesOf(row) {
    return Array.prototype.map.call(row.querySelectorAll(".mark"), function (mark) {
      const source = document.getElementById(mark.getAttribute("href").slice(1));
      const link = source && source.querySelector(".at");
      return mark.textContent + " " + (source ? words(source) : "") + (link ? ": " + link.href : "");
    }).filter(function (one, at, all) { return all.indexOf(one) === at; }).join("; ");
  }

  function csv(table, told) {
    const marked = table.querySelector(".mark"), lines = [];
    Array.prototype.forEach.call(table.rows, function (row) {
      const cells = Array.prototype.map.call(row.cells, words);
      if (marked) cells.push(row.parentNode.tagName === "THEAD" ? told : sourcesOf(row));
      lines.push(line(cells));
    });
    return "\ufeff" + lines.join("\r\n") + "\r\n";
  }

  const tools = document.getElementById("kkb-save");
  if (tools) each(".scroll[data-file]", function (box) {
    const button = tools.querySelector("button").cloneNode(true);
    button.addEventListener("click", function () {
      const text = csv(box.querySelector("table"), words(tools.querySelector("p")));
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
      link.download = box.getAttribute("data-file") + "-" + language + ".csv";
      document.body.appendChild(link);
      link.click();
      link.remove();
      setTimeout(function () { URL.revokeObjectURL(link.href); }, 60000);
    });
    box.parentNode.insertBefore(button, box.nextSibling);
  });

  // Paper has no taps: what is folded is printed open, and folded again afterwards.
  let opened = [];
  window.addEventListener("beforeprint", function () {
    each("details.fold:not([open])", function (one) { one.open = true; opened.push(one); });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (one) { one.open = false; });
    opened = [];
  });
})();
