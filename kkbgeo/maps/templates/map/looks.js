// The looks of a state: a colour, or a pattern. Leaflet hands fillColor to the canvas as it is, so a pattern serves.
function fillOf(look, colour, looks, scale) {
  const pattern = looks.patterns[look];
  if (!pattern) return colour;
  const sharp = 2, size = scale || 1, tile = document.createElement("canvas");
  tile.width = tile.height = Math.round(looks.side * sharp * size);
  const pen = tile.getContext("2d"), path = new Path2D(pattern[0]);
  pen.scale(tile.width / looks.side, tile.width / looks.side);
  pen.fillStyle = looks.papers[look];
  pen.fillRect(0, 0, looks.side, looks.side);
  pen.strokeStyle = pen.fillStyle = colour;
  pen.lineWidth = pattern[1];
  if (pattern[1]) pen.stroke(path);
  else pen.fill(path);
  const made = pen.createPattern(tile, "repeat");
  if (made.setTransform && window.DOMMatrix) {
    made.setTransform(new DOMMatrix([1 / sharp, 0, 0, 1 / sharp, 0, 0]));
  }
  return made;
}

// The box beside a line of the legend; the patterns stand in the markup of the map.
function swatch(app, entry) {
  const made = drawn("svg", { class: "kkb-swatch", "aria-hidden": "true" });
  const fill = entry[0] === "fill" ? entry[1] : "url(#" + app.block.id + "-" + entry[0] + "-" + entry[1].slice(1) + ")";
  drawn("rect", { width: "100%", height: "100%", fill: fill }, made);
  return made;
}
