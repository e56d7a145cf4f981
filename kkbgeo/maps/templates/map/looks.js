// The looks of a state: a colour, hatching or dots. Leaflet hands fillColor to the canvas as it is, so a pattern serves.
function fillOf(look, colour, papers, scale) {
  if (look === "fill") return colour;
  const side = 8, sharp = 2, size = scale || 1, tile = document.createElement("canvas");
  tile.width = tile.height = Math.round(side * sharp * size);
  const pen = tile.getContext("2d");
  pen.scale(tile.width / side, tile.width / side);
  pen.fillStyle = papers[look] || "#ffffff";
  pen.fillRect(0, 0, side, side);
  if (look === "hatch") {
    pen.strokeStyle = colour;
    pen.lineWidth = 1.2;
    pen.beginPath();
    [-side, 0, side].forEach(function (shift) {
      pen.moveTo(shift - 2, side + 2);
      pen.lineTo(shift + side + 2, -2);
    });
    pen.stroke();
  } else {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.arc(side / 2, side / 2, 1.5, 0, 2 * Math.PI);
    pen.fill();
  }
  const pattern = pen.createPattern(tile, "repeat");
  if (pattern.setTransform && window.DOMMatrix) {
    pattern.setTransform(new DOMMatrix([1 / sharp, 0, 0, 1 / sharp, 0, 0]));
  }
  return pattern;
}

function swatch(entry, papers) {
  const look = entry[0], colour = entry[1];
  const made = drawn("svg", { class: "kkb-swatch", "aria-hidden": "true" });
  drawn("rect", { width: "100%", height: "100%", fill: look === "fill" ? colour : papers[look] || "#ffffff" }, made);
  if (look === "hatch") {
    drawn("path", { d: "M0 9L9 0M0 18L18 0M9 18L27 0M18 18L27 9", stroke: colour, "stroke-width": 1.6 }, made);
  } else if (look === "dots") {
    [5, 13, 21].forEach(function (x) {
      [5, 13].forEach(function (y) { drawn("circle", { cx: x, cy: y, r: 1.6, fill: colour }, made); });
    });
  }
  return made;
}
