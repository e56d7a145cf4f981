// One map: its areas, what is shown of them, and the parts that act on it. kkbgeo.start(Leaflet map, data, its block).
function levelOf(app, stored, areas, first) {
  const said = app.said;
  const level = {
    key: stored.key, noun: stored.noun, codes: stored.codes, places: stored.places, layers: stored.layers, opens: stored.opens,
    areas: areas.slice(first, first + stored.codes.length), lines: linesOf(app.arcs, stored.lines),
    points: stored.places.map(function (place) { return new L.LatLng(place[4], place[3]); }),
    shapes: null,
    label: function (at) { return said(stored.places[at][0]); },
    short: function (at) {
      const place = stored.places[at];
      return place.length > 5 ? said(place[5]) : Array.from(said(place[0])).slice(place[1]).join("");
    }
  };
  level.choices = choicesOf(level);
  level.fills = level.layers.map(function (layer) {
    return layer.entries.map(function (entry) { return fillOf(entry[0], entry[1], app.data.look); });
  });
  return level;
}

// Make the shapes of a level when it is first shown.
function shapesOf(app, level) {
  level.shapes = level.areas.map(function (area, at) {
    const rings = area.map(function (polygon) {
      return polygon.map(function (ring) { return pointsOf(app.arcs, ring); });
    });
    const shape = new L.Polygon(rings, Object.assign(
      { renderer: app.renderer, smoothFactor: 0.5, bubblingMouseEvents: false }, app.styleOf(at)
    ));
    shape.kkbgeo = at;
    return shape;
  });
  level.group = L.featureGroup(level.shapes);
  level.group.on("click", function (event) { app.choose(event.layer.kkbgeo, false); });
  if (HOVERS) {
    level.group.bindTooltip(function (shape) {
      const tip = node("div", "kkb-tip");
      tip.appendChild(node("strong", "", level.label(shape.kkbgeo)));
      tip.appendChild(node("span", "", app.said(app.layerShown.cells[shape.kkbgeo][1])));
      return tip;
    }, { sticky: true, direction: "top", opacity: 1 });
  }
  level.border = L.polyline(level.lines, {
    renderer: app.renderer, interactive: false, color: app.data.look.selected, weight: 1.8, opacity: 0.85,
    smoothFactor: 0.5
  });
}

function addOptions(select, labels, chosen) {
  select.textContent = "";
  labels.forEach(function (label, at) {
    const option = node("option", "", label);
    option.value = String(at);
    select.appendChild(option);
  });
  select.value = String(chosen);
}

window.kkbgeo.start = function (map, data, block) {
  const box = map.getContainer(), look = data.look;
  const app = {
    map: map, data: data, block: block, box: box, level: 0, layer: 0, selected: null, cursor: null,
    language: Math.max(0, data.languages.indexOf(document.documentElement.lang)),
    renderer: L.canvas({ padding: 0.25 })
  };
  remember(map);
  app.said = speaker(app);
  app.text = function (key) { return app.said(data.texts[key]); };
  const unpacked = unpack(data.shapes);
  app.arcs = unpacked.arcs;
  let first = 0, touched = false;
  app.levels = data.levels.map(function (stored) {
    const level = levelOf(app, stored, unpacked.areas, first);
    first += stored.codes.length;
    return level;
  });

  app.styleOf = function (at) {
    const strong = app.selected === at || app.cursor === at;
    return {
      fillColor: app.view.fills[app.layer][app.layerShown.cells[at][0]], fillOpacity: 1, opacity: 1,
      color: strong ? look.selected : look.border, weight: strong ? 3.5 : 0.7
    };
  };
  app.restyle = function (at) { if (app.view.shapes[at]) app.view.shapes[at].setStyle(app.styleOf(at)); };

  // --- view ---
  app.home = function () { return map.getBoundsZoom(data.bounds, false, L.point(20, 20)); };
  app.reset = function () {
    const size = map.getSize();
    if (size.x < 60 || size.y < 60) return; // hidden for now; the observer below calls again
    map.setMinZoom(0);
    // On a wide map the buttons stand beside the areas, not over them.
    map.fitBounds(data.bounds, { paddingTopLeft: [size.x > 600 ? 62 : 10, 10], paddingBottomRight: [10, 10], animate: false });
    map.setMinZoom(map.getZoom() - 0.5);
    touched = false;
  };

  // What else on the page follows the map (the tile grid) listens to these on the document.
  app.tell = function (what, detail) {
    const map = Object.assign({ map: Number(block.id.split("-").pop()) - 1 }, detail);
    document.dispatchEvent(new CustomEvent("kkbgeo:" + what, { detail: map }));
  };

  // --- what is shown ---
  function relabel() {
    const layer = app.layerShown;
    box.setAttribute("aria-label", filled(app.text("label"), { label: app.said(layer.label) }));
    block.dataset.layer = layer.key;
    block.dataset.level = app.view.key;
    const layerSelect = block.querySelector(".kkb-layer"), levelSelect = block.querySelector(".kkb-level");
    const choice = app.view.choices.findIndex(function (one) { return one.layers.indexOf(app.layer) >= 0; });
    if (levelSelect) {
      addOptions(levelSelect, app.levels.map(function (one) { return capital(app.said(one.noun)); }), app.level);
    }
    if (layerSelect) {
      addOptions(layerSelect, app.view.choices.map(function (one) { return app.said(one.label); }), choice);
      layerSelect.parentNode.hidden = app.view.choices.length < 2;
    }
    app.relegend();
    app.retime();
    app.refill();
  }

  app.show = function (number, styled) {
    app.layer = number;
    app.layerShown = app.view.layers[number];
    if (!styled) app.view.shapes.forEach(function (_, at) { app.restyle(at); });
    relabel();
    app.rename();
    app.tell("layer", { layer: app.layerShown.key });
  };

  // Another level; the indicator stays if that level has it.
  app.raise = function (number) {
    const before = app.view, key = before ? app.layerShown.key : "";
    if (app.selected !== null) app.choose(null, false);
    app.cursor = null;
    if (before) {
      before.group.removeFrom(map);
      before.border.removeFrom(map);
    }
    app.level = number;
    app.view = app.levels[number];
    const same = app.view.layers.findIndex(function (layer) { return layer.key === key; });
    app.layer = same < 0 ? app.view.opens : same;
    app.layerShown = app.view.layers[app.layer];
    const fresh = !app.view.shapes;
    if (fresh) shapesOf(app, app.view);
    app.view.group.addTo(map);
    app.view.border.addTo(map);
    if (app.thin) app.thin();
    app.markers.forEach(function (marker) { marker.bringToFront(); });
    app.show(app.layer, fresh);
  };

  app.reset();
  startNames(app);
  startKeys(app);
  startDetails(app);
  startLegend(app);
  startTime(app);
  startSearch(app);
  startPicture(app);
  startControls(app);
  app.markers = data.markers.map(function (marker, at) {
    return L.circleMarker([marker[1], marker[0]], {
      renderer: app.renderer, bubblingMouseEvents: false, radius: 7, weight: 2.5, color: "#ffffff",
      fillColor: "#b3440e", fillOpacity: 1
    }).on("click", function () { app.choose(app.view.places.length + at, false); }).addTo(map);
  });
  app.raise(0);
  app.rekey();
  app.relabel();

  map.setMaxBounds(L.latLngBounds(data.bounds).pad(1));
  map.on("click", function () { if (app.selected !== null) app.choose(null, false); });
  // Borders of many groups would cover a small map.
  function thin() {
    const many = new Set(app.view.places.map(function (place) { return place[2]; })).size > 60;
    app.view.border.setStyle({ weight: many && map.getZoom() < app.home() + 1.5 ? 0.9 : 1.8 });
  }
  map.on("zoomend", thin);
  app.thin = thin;
  thin();
  map.on("dragstart zoomstart", function () { touched = true; });
  // The wheel scrolls the page until the map has been touched.
  map.on("focus click", function () { map.scrollWheelZoom.enable(); });
  map.on("blur", function () { map.scrollWheelZoom.disable(); });
  const layerSelect = block.querySelector(".kkb-layer"), levelSelect = block.querySelector(".kkb-level");
  if (layerSelect) {
    layerSelect.addEventListener("change", function () {
      app.show(app.view.choices[Number(layerSelect.value)].first);
    });
  }
  if (levelSelect) levelSelect.addEventListener("change", function () { app.raise(Number(levelSelect.value)); });
  document.addEventListener("kkbgeo:language", function (event) {
    const language = data.languages.indexOf(event.detail);
    if (language < 0 || language === app.language) return;
    app.language = language;
    app.resay();
    app.relabel();
    app.rekey();
    relabel();
    app.rename();
  });
  if (window.ResizeObserver) {
    let width = map.getSize().x; // as the map knows it: to ask the page would make it lay itself out again
    new ResizeObserver(function () {
      if (box.clientWidth === width || !box.clientWidth) return;
      width = box.clientWidth;
      map.invalidateSize({ animate: false });
      if (!touched) app.reset();
    }).observe(box);
  }

  block.classList.add("kkb-awake");
  block.querySelectorAll(".kkb-tools, .kkb-hint").forEach(function (part) { part.hidden = false; });
  block.dataset.areas = String(app.view.shapes.length);

  function where(code) {
    const level = app.levels.findIndex(function (one) { return one.codes.indexOf(code) >= 0; });
    return { level: level, at: level < 0 ? -1 : app.levels[level].codes.indexOf(code) };
  }
  // For tests and for pictures.
  return {
    map: map,
    show: function (key) { app.show(app.view.layers.findIndex(function (layer) { return layer.key === key; })); },
    raise: function (key) { app.raise(app.levels.findIndex(function (level) { return level.key === key; })); },
    choose: function (code) {
      const found = where(code);
      app.go({ level: found.level, at: found.at, kind: 1 }, null);
    },
    picture: function () { return picture(app); },
    polygonsOf: function (code) {
      const found = where(code);
      return app.levels[found.level].areas[found.at].map(function (polygon) {
        return polygon.map(function (ring) {
          return pointsOf(app.arcs, ring).map(function (point) { return [point.lng, point.lat]; });
        });
      });
    },
    // Where an area lies in the window.
    pointOf: function (code) {
      const found = where(code), corner = box.getBoundingClientRect();
      const at = map.latLngToContainerPoint(app.levels[found.level].points[found.at]);
      return { x: corner.left + at.x, y: corner.top + at.y };
    }
  };
};
