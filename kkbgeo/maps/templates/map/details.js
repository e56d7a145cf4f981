// What a tap, Enter or a search opens: the details of one area or marker, and the view that shows it.
function pairsOf(list) {
  const made = node("dl", "kkb-facts");
  list.forEach(function (pair) {
    made.appendChild(node("dt", "", pair[0]));
    made.appendChild(node("dd", "", pair[1]));
  });
  return made;
}

function startDetails(app) {
  const panel = app.block.querySelector(".kkb-details"), map = app.map, said = app.said;
  let opener = null;
  app.panel = panel;
  panel.setAttribute("role", "region");
  panel.setAttribute("aria-live", "polite");

  function told(details) {
    return (details || []).map(function (pair) { return [said(pair[0]), said(pair[1])]; });
  }

  function fill(at) {
    const level = app.view;
    panel.textContent = "";
    panel.setAttribute("aria-label", app.text("details"));
    const close = node("button", "kkb-close");
    close.type = "button";
    close.title = app.text("close");
    close.setAttribute("aria-label", close.title);
    close.appendChild(icon("M4 4L16 16M16 4L4 16"));
    close.addEventListener("click", function () { app.choose(null, false); });
    panel.appendChild(close);
    if (at >= level.places.length) {
      const marker = app.data.markers[at - level.places.length];
      panel.appendChild(node("p", "kkb-title", said(marker[2])));
      panel.appendChild(pairsOf(told(marker[3])));
      return;
    }
    const layer = app.layerShown, cell = layer.cells[at], parent = said(level.places[at][2]);
    panel.appendChild(node("p", "kkb-title", level.label(at)));
    if (parent) panel.appendChild(node("p", "kkb-parent", parent));
    panel.appendChild(node("p", "kkb-what", said(layer.label)));
    panel.appendChild(node("p", "kkb-headline", said(cell[1])));
    panel.appendChild(pairsOf(told(cell[2]).concat([[app.text("code"), level.codes[at]]])));
    if (level.layers.length > 1) {
      const more = node("details", "kkb-others");
      more.appendChild(node("summary", "", app.text("others")));
      more.appendChild(pairsOf(level.layers
        .filter(function (other) { return other !== layer; })
        .map(function (other) { return [said(other.label), said(other.cells[at][1])]; })));
      panel.appendChild(more);
    }
  }
  app.refill = function () { if (app.selected !== null) fill(app.selected); };

  // The part of the map that the panel leaves free, in pixels.
  function free() {
    const size = map.getSize(), narrow = panel.offsetWidth > 0.7 * app.box.offsetWidth;
    return narrow
      ? L.bounds([16, 16], [size.x - 16, size.y - panel.offsetHeight - 16])
      : L.bounds([64, 16], [size.x - panel.offsetWidth - 26, size.y - 40]);
  }

  // Move as little as shows these bounds whole, or their middle.
  app.reveal = function (bounds, room) {
    const low = map.latLngToContainerPoint(bounds.getNorthWest());
    const high = map.latLngToContainerPoint(bounds.getSouthEast());
    const shift = ["x", "y"].map(function (axis) {
      if (high[axis] - low[axis] > room.max[axis] - room.min[axis]) {
        return (high[axis] + low[axis] - room.max[axis] - room.min[axis]) / 2;
      }
      return Math.max(0, high[axis] - room.max[axis]) - Math.max(0, room.min[axis] - low[axis]);
    });
    if (shift[0] || shift[1]) map.panBy(shift, { animate: !CALM });
  };

  app.fit = function (bounds, room) {
    const size = map.getSize();
    map.fitBounds(bounds, {
      maxZoom: Math.min(app.home() + 3, 12), animate: !CALM,
      paddingTopLeft: room.min, paddingBottomRight: size.subtract(room.max)
    });
  };

  // Open the details of an area (or, counted on from the areas, of a marker); null closes them.
  app.choose = function (at, zooming, from) {
    const before = app.selected;
    app.selected = at;
    app.tell("chosen", { code: at === null || at >= app.view.codes.length ? null : app.view.codes[at] });
    if (before !== null) app.restyle(before);
    if (at === null) {
      panel.hidden = true;
      panel.textContent = "";
      if (opener) opener.focus({ preventScroll: true });
      opener = null;
      return;
    }
    if (from) opener = from;
    app.cursor = at < app.view.places.length ? at : app.cursor;
    fill(at);
    panel.hidden = false;
    panel.scrollTop = 0;
    const shape = app.view.shapes[at];
    if (shape) {
      app.restyle(at);
      shape.bringToFront();
    }
    const bounds = shape ? shape.getBounds() : L.latLngBounds([app.markers[at - app.view.places.length].getLatLng()]);
    if (zooming && shape) app.fit(bounds, free());
    else app.reveal(bounds, free());
  };
}
