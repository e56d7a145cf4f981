// The map by keyboard: arrows step from area to area, Enter opens, Esc closes, plus and minus zoom, Shift moves the view.
const STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

function startKeys(app) {
  const map = app.map, box = app.box, live = app.block.querySelector(".kkb-spoken");
  const help = node("p", "kkb-vh");
  help.id = app.block.id + "-keys";
  app.block.querySelector(".kkb-frame").appendChild(help);
  map.keyboard.disable();
  box.tabIndex = 0;
  box.setAttribute("role", "application");
  box.setAttribute("aria-describedby", help.id);
  app.rekey = function () { help.textContent = app.text("keys"); };
  app.speak = function (text) { live.textContent = text; };

  function next(step) {
    const level = app.view, size = map.getSize();
    const from = app.cursor === null ? size.divideBy(2) : map.latLngToContainerPoint(level.points[app.cursor]);
    let best = null, least = Infinity;
    level.points.forEach(function (point, at) {
      if (at === app.cursor) return;
      const spot = map.latLngToContainerPoint(point), right = spot.x - from.x, down = spot.y - from.y;
      const ahead = right * step[0] + down * step[1], aside = Math.abs(right * step[1]) + Math.abs(down * step[0]);
      const far = app.cursor === null ? right * right + down * down : ahead > 0.5 ? ahead + 2 * aside : Infinity;
      if (far < least) {
        least = far;
        best = at;
      }
    });
    return best;
  }

  app.point = function (at) {
    const before = app.cursor;
    app.cursor = at;
    if (before !== null) app.restyle(before);
    if (at === null) return;
    app.restyle(at);
    const shape = app.view.shapes[at], size = map.getSize();
    shape.bringToFront();
    if (app.selected !== null && app.view.shapes[app.selected]) app.view.shapes[app.selected].bringToFront();
    app.reveal(shape.getBounds(), L.bounds([30, 30], [size.x - 30, size.y - 30]));
    const headline = app.said(app.layerShown.cells[at][1]);
    app.speak(filled(app.text("spoken"), { place: app.view.label(at), headline: headline }));
  };

  box.addEventListener("keydown", function (event) {
    if (event.target !== box || event.ctrlKey || event.altKey || event.metaKey) return;
    const step = STEPS[event.key];
    if (step && event.shiftKey) map.panBy([step[0] * 90, step[1] * 90], { animate: !CALM });
    else if (step) {
      const at = next(step);
      if (at !== null) app.point(at);
    } else if (event.key === "Enter" || event.key === " ") {
      if (app.cursor === null) app.point(next([1, 0]));
      if (app.cursor !== null) app.choose(app.cursor, false, box);
    } else if (event.key === "+" || event.key === "=") map.zoomIn();
    else if (event.key === "-") map.zoomOut();
    else return;
    event.preventDefault();
  });
  box.addEventListener("blur", function () { if (app.selected === null) app.point(null); });
  app.block.addEventListener("pointerdown", function () { app.block.classList.add("kkb-pointed"); });
  app.block.addEventListener("keydown", function (event) {
    app.block.classList.remove("kkb-pointed");
    if (event.key !== "Escape") return;
    if (app.selected !== null) app.choose(null, false);
    else if (app.cursor !== null) app.point(null);
    else if (app.wide) app.widen(false);
  });
}
