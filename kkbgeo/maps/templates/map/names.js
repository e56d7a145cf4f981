// Names on the map: areas with figures first, then the largest, none over another. One pane, filled anew after a move.
function chooseNames(app, size, font, place) {
  const level = app.view, layer = app.layerShown, zoom = app.map.getZoom(), taken = [];
  const room = app.map.getBounds().pad(0.3), ruler = app.ruler;
  ruler.font = "600 " + font + "px system-ui, sans-serif";
  const found = [];
  level.places.forEach(function (spot, at) {
    const bounds = level.shapes[at].getBounds();
    if (!room.intersects(bounds)) return;
    const low = app.map.project(bounds.getSouthWest(), zoom), high = app.map.project(bounds.getNorthEast(), zoom);
    const known = layer.entries[layer.cells[at][0]][0] === "fill";
    const wide = high.x - low.x, tall = low.y - high.y;
    if (tall * (known ? 1.5 : 1) < font) return;
    found.push({ at: at, known: known, wide: wide, tall: tall });
  });
  found.sort(function (one, other) { return other.known - one.known || other.wide * other.tall - one.wide * one.tall; });
  found.slice(0, 300).some(function (area) {
    const name = level.short(area.at);
    const wide = ruler.measureText(name).width + 6, tall = font + 4, most = area.known ? [3, 1.5] : [1.25, 1];
    if (wide > area.wide * most[0] || tall > area.tall * most[1]) return false;
    const middle = place(level.points[area.at]);
    const spot = [middle.x - wide / 2, middle.y - tall / 2, middle.x + wide / 2, middle.y + tall / 2];
    const clash = taken.some(function (other) {
      return spot[0] < other.spot[2] && other.spot[0] < spot[2] && spot[1] < other.spot[3] && other.spot[1] < spot[3];
    });
    if (!clash) taken.push({ spot: spot, name: name, middle: middle });
    return taken.length >= 100;
  });
  return taken;
}

function drawNames(app) {
  const pane = app.map.getPane("kkb-names"), size = app.map.getSize(), font = size.x < 500 ? 11 : 12;
  if (!size.x || !size.y) return;
  const made = document.createDocumentFragment();
  chooseNames(app, size, font, function (point) { return app.map.latLngToLayerPoint(point); }).forEach(function (one) {
    const name = node("span", "kkb-name", one.name);
    name.style.left = one.middle.x + "px";
    name.style.top = one.middle.y + "px";
    made.appendChild(name);
  });
  pane.textContent = "";
  pane.appendChild(made);
}

function startNames(app) {
  const pane = app.map.createPane("kkb-names");
  pane.setAttribute("aria-hidden", "true");
  pane.classList.add("leaflet-zoom-hide");
  app.ruler = document.createElement("canvas").getContext("2d");
  let waiting = 0;
  // A moment after the areas, so that no single frame has to do both.
  app.rename = function () {
    clearTimeout(waiting);
    waiting = setTimeout(function () { drawNames(app); }, 60);
  };
  app.map.on("moveend zoomend resize", app.rename);
}
