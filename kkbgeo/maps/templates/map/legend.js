// The legend of the layer that is shown; it counts the areas of each class and state.
function startLegend(app) {
  const legend = app.block.querySelector(".kkb-legend"), said = app.said;
  // The page comes with the legend of the layer it opens with, in all its languages.
  let written = legend.querySelector(".kkb-legend-layer").dataset.layer;

  app.counts = function (layer) {
    const counts = layer.entries.map(function () { return 0; });
    layer.cells.forEach(function (cell) { counts[cell[0]] += 1; });
    return counts;
  };

  app.relegend = function () {
    const stands = written === app.layerShown.key;
    written = null;
    if (stands) return;
    const layer = app.layerShown, counts = app.counts(layer), made = node("div", "kkb-legend-layer");
    made.dataset.layer = layer.key;
    const name = node("p", "kkb-legend-name", said(layer.label));
    if (said(layer.unit)) {
      name.append(" ");
      name.appendChild(node("span", "kkb-unit", "(" + said(layer.unit) + ")"));
    }
    made.appendChild(name);
    const table = node("table"), body = node("tbody"), foot = node("tfoot");
    table.appendChild(node("caption", "", filled(app.text("counted"), { noun: said(app.view.noun) })));
    function row(parent, mark, label, count) {
      const line = node("tr"), first = node("td"), head = node("th", "", label);
      head.scope = "row";
      if (mark) first.appendChild(mark);
      line.append(first, head, node("td", "kkb-count", counted(app, count)));
      parent.appendChild(line);
      return line;
    }
    // A map of two indicators has a square for its classes; the rows below it are the states.
    const square = legend.querySelector(".kkb-square"), all = layer.entries.map(function (_, at) { return at; });
    if (square) square.hidden = square.dataset.layer !== layer.key;
    (layer.lines || all).forEach(function (at) {
      const entry = layer.entries[at];
      const line = row(body, swatch(app, entry), said(entry[2]), counts[at]);
      line.dataset.key = entry[3];
      if (!counts[at]) line.className = "kkb-none";
    });
    row(foot, null, app.text("total"), layer.cells.length);
    table.append(body, foot);
    made.append(table);
    if (layer.origin !== undefined) made.appendChild(node("p", "kkb-origin", said(layer.origin)));
    made.appendChild(node("p", "kkb-note", said(layer.note)));
    legend.querySelector(".kkb-legend-layer").replaceWith(made);
  };
}
