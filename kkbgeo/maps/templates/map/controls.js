// Buttons on the map and below it, scale, north and the boundary notice; every label follows the language.
function startControls(app) {
  const map = app.map, block = app.block, labels = [];
  const framed = window.top !== window;

  function named(element, key, seen) {
    labels.push(function () {
      const text = app.text(key);
      if (seen) seen.textContent = text;
      else {
        element.title = text;
        element.setAttribute("aria-label", text);
      }
    });
    return element;
  }

  function button(className, path, key, act) {
    const made = node("button", className);
    made.type = "button";
    made.appendChild(icon(path));
    made.addEventListener("click", act);
    return named(made, key);
  }

  function place(position, make) {
    const Made = L.Control.extend({ options: { position: position }, onAdd: make });
    new Made().addTo(map);
  }

  const zoom = L.control.zoom({ zoomInTitle: app.text("zoom_in"), zoomOutTitle: app.text("zoom_out") }).addTo(map);
  named(zoom.getContainer().querySelector(".leaflet-control-zoom-in"), "zoom_in");
  named(zoom.getContainer().querySelector(".leaflet-control-zoom-out"), "zoom_out");
  place("topleft", function () {
    const bar = node("div", "leaflet-bar");
    L.DomEvent.disableClickPropagation(bar);
    bar.appendChild(button("kkb-button kkb-reset", "M4 9L10 4L16 9M6 8V16H14V8", "reset", app.reset));
    bar.appendChild(button("kkb-button kkb-full", "M3 8V3H8M12 3H17V8M17 12V17H12M8 17H3V12", "full", function () {
      app.widen(!app.wide);
    }));
    return bar;
  });
  L.control.scale({ imperial: false, maxWidth: map.getSize().x < 500 ? 70 : 110 }).addTo(map);
  place("bottomleft", function () {
    const made = node("div", "kkb-north"), mark = drawn("svg", {
      viewBox: "0 0 20 24", width: 20, height: 24, "aria-hidden": "true"
    }), letter = node("span");
    drawn("path", { d: "M10 1L17 22L10 17L3 22Z", fill: "currentColor" }, mark);
    made.setAttribute("role", "img");
    named(made, "north_long");
    named(letter, "north", letter);
    made.append(letter, mark);
    return made;
  });
  if (app.said(app.data.notice)) {
    place("bottomright", function () {
      const made = node("div", "kkb-notice");
      labels.push(function () { made.textContent = app.said(app.data.notice); });
      return made;
    });
  }

  const actions = node("div", "kkb-actions");
  function action(key, path, act) {
    const made = node("button", "kkb-action"), label = node("span");
    made.type = "button";
    made.append(icon(path), label);
    made.addEventListener("click", act);
    named(made, key, label);
    actions.appendChild(made);
  }
  action("png", "M10 3V12M6 9L10 13L14 9M4 17H16", function () { app.download(); });
  if (!framed) action("print", "M6 8V3H14V8M6 13H3V8H17V13H14M6 11H14V17H6Z", function () { window.print(); });
  block.querySelector(".kkb-board").after(actions);

  // The whole window for the map; where a browser has no such thing for a page (iPhone), the page's own room.
  app.wide = false;
  const full = block.querySelector(".kkb-full"), legend = block.querySelector(".kkb-legend");
  let unfolded = true;
  app.widen = function (wide) {
    if (wide === app.wide) return;
    app.wide = wide;
    block.classList.toggle("kkb-wide", wide);
    document.documentElement.classList.toggle("kkb-still", wide);
    full.setAttribute("aria-pressed", String(wide));
    if (wide) {
      unfolded = legend.open;
      // On a phone the legend would take the map's place.
      if (window.innerWidth < 820) legend.open = false;
      if (block.requestFullscreen) block.requestFullscreen().catch(function () {});
    } else {
      legend.open = unfolded;
      if (document.fullscreenElement) document.exitFullscreen().catch(function () {});
    }
    app.relabel();
    map.invalidateSize({ animate: false });
    app.reset();
  };
  document.addEventListener("fullscreenchange", function () {
    if (!document.fullscreenElement && app.wide) app.widen(false);
  });

  app.relabel = function () {
    labels.forEach(function (label) { label(); });
    full.title = app.text(app.wide ? "full_leave" : "full");
    full.setAttribute("aria-label", full.title);
  };
}
