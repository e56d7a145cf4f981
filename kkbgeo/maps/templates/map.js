// Wakes one map: window.kkbgeoMap(leaflet map, id of the data block, id of the map's block).
// Text from data only ever becomes text nodes and option labels; nothing here writes markup.
(function () {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";
  const CALM = window.matchMedia && window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const HOVERS = window.matchMedia && window.matchMedia("(hover: hover)").matches;

  function node(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function icon(path) {
    const made = document.createElementNS(SVG, "svg");
    made.setAttribute("viewBox", "0 0 20 20");
    made.setAttribute("width", "18");
    made.setAttribute("height", "18");
    made.setAttribute("aria-hidden", "true");
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("d", path);
    line.setAttribute("fill", "none");
    line.setAttribute("stroke", "currentColor");
    line.setAttribute("stroke-width", "2");
    line.setAttribute("stroke-linecap", "round");
    made.appendChild(line);
    return made;
  }

  // Leaflet hands fillColor to the canvas as it is, so a pattern serves as a colour.
  function fillOf(look, colour, papers) {
    if (look === "fill") return colour;
    const side = 8, sharp = 2, tile = document.createElement("canvas");
    tile.width = tile.height = side * sharp;
    const pen = tile.getContext("2d");
    pen.scale(sharp, sharp);
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

  // Geometry as kkbgeo/maps/topology.py writes it: arcs that areas share, in steps of a grid, five bits a letter.
  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  function numbersOf(text) {
    const numbers = [];
    let value = 0, shift = 0;
    for (let at = 0; at < text.length; at += 1) {
      const digit = LETTERS.indexOf(text[at]);
      value |= (digit & 31) << shift;
      shift += 5;
      if (!(digit & 32)) {
        numbers.push(value & 1 ? -((value + 1) >> 1) : value >> 1);
        value = shift = 0;
      }
    }
    return numbers;
  }

  function unpack(stored) {
    let numbers = numbersOf(stored.arcs), at = 0, x = 0, y = 0, last = 0;
    const arcs = [], areas = [];
    function times(make) {
      const made = [];
      for (let left = numbers[at++]; left > 0; left -= 1) make(made);
      return made;
    }
    while (at < numbers.length) {
      arcs.push(times(function (arc) {
        x += numbers[at++];
        y += numbers[at++];
        arc.push([x / stored.scale, y / stored.scale]);
      }));
    }
    numbers = numbersOf(stored.areas);
    at = 0;
    while (at < numbers.length) {
      areas.push(times(function (polygons) {
        polygons.push(times(function (rings) {
          const ring = [];
          times(function () {
            last += numbers[at++];
            const arc = last & 1 ? arcs[last >> 1].slice().reverse() : arcs[last >> 1];
            arc.forEach(function (point, nth) { if (nth || !ring.length) ring.push(point); });
          });
          rings.push(ring);
        }));
      }));
    }
    let line = 0;
    const lines = numbersOf(stored.lines).map(function (step) { return arcs[line += step]; });
    return { areas: areas, lines: lines };
  }

  function start(map, data, block) {
    const texts = data.texts, strings = data.strings, look = data.look;
    const box = map.getContainer();
    const panel = block.querySelector(".kkb-details");
    const layerSelect = block.querySelector(".kkb-layer");
    const placeSelect = block.querySelector(".kkb-place");
    const legends = block.querySelectorAll(".kkb-legend-layer");
    const fills = data.layers.map(function (layer) {
      return layer.entries.map(function (entry) { return fillOf(entry[0], entry[1], look.papers); });
    });
    const numbers = new Map(data.codes.map(function (code, at) { return [code, at]; }));
    const shapes = [];
    const short = data.places.map(function (place) {
      return place.length > 5 ? place[5] : Array.from(place[0]).slice(place[1]).join("");
    });
    let active = 0, selected = null, touched = false, opener = null;

    function style(at) {
      const chosen = selected === at;
      return {
        fillColor: fills[active][data.layers[active].cells[at][0]],
        fillOpacity: 1,
        color: chosen ? look.selected : look.border,
        weight: chosen ? 3.5 : 0.7,
        opacity: 1
      };
    }

    // --- areas, borders, markers ---
    const renderer = L.canvas({ padding: 0.4 });
    const drawn = unpack(data.shapes);
    const features = drawn.areas.map(function (polygons, at) {
      const geometry = { type: "MultiPolygon", coordinates: polygons };
      return { type: "Feature", id: at, properties: null, geometry: geometry };
    });
    L.geoJSON(features, {
      renderer: renderer,
      smoothFactor: 0.5,
      bubblingMouseEvents: false,
      style: function (feature) { return style(feature.id); },
      onEachFeature: function (feature, shape) {
        const at = feature.id;
        shapes[at] = shape;
        shape.on("click", function () { choose(at, false); });
        if (HOVERS) {
          shape.bindTooltip(function () {
            const tip = node("div", "kkb-tip");
            tip.appendChild(node("strong", "", data.places[at][0]));
            tip.appendChild(node("span", "", strings[data.layers[active].cells[at][1]]));
            return tip;
          }, { sticky: true, direction: "top", opacity: 1 });
        }
      }
    }).addTo(map);
    const lines = drawn.lines.map(function (line) {
      return line.map(function (point) { return [point[1], point[0]]; });
    });
    if (lines.length) {
      L.polyline(lines, {
        renderer: renderer, interactive: false, color: look.selected, weight: 1.8, opacity: 0.85, smoothFactor: 0.5
      }).addTo(map);
    }
    const markers = data.markers.map(function (marker, at) {
      return L.circleMarker([marker[1], marker[0]], {
        renderer: renderer, bubblingMouseEvents: false, radius: 7, weight: 2.5, color: "#ffffff",
        fillColor: "#b3440e", fillOpacity: 1
      }).on("click", function () { choose(data.places.length + at, false); }).addTo(map);
    });

    // --- names on the map: areas with figures first, then the largest, none over another ---
    map.createPane("kkb-names").setAttribute("aria-hidden", "true");
    const names = L.layerGroup().addTo(map);
    const ruler = document.createElement("canvas").getContext("2d");
    function drawNames() {
      names.clearLayers();
      const size = map.getSize(), font = size.x < 500 ? 11 : 12, taken = [], zoom = map.getZoom();
      const layer = data.layers[active];
      ruler.font = "600 " + font + "px system-ui, sans-serif";
      data.places
        .map(function (place, at) {
          const bounds = shapes[at].getBounds();
          const low = map.project(bounds.getSouthWest(), zoom), high = map.project(bounds.getNorthEast(), zoom);
          const known = layer.entries[layer.cells[at][0]][0] === "fill";
          return { place: place, name: short[at], known: known, wide: high.x - low.x, tall: low.y - high.y };
        })
        .sort(function (one, other) {
          return other.known - one.known || other.wide * other.tall - one.wide * one.tall;
        })
        .slice(0, 400)
        .forEach(function (area) {
          const wide = ruler.measureText(area.name).width + 6, tall = font + 4;
          const most = area.known ? [3, 1.5] : [1.25, 1];
          if (wide > area.wide * most[0] || tall > area.tall * most[1] || taken.length > 120) return;
          const at = map.project([area.place[4], area.place[3]], zoom);
          const spot = [at.x - wide / 2, at.y - tall / 2, at.x + wide / 2, at.y + tall / 2];
          const clash = taken.some(function (other) {
            return spot[0] < other[2] && other[0] < spot[2] && spot[1] < other[3] && other[1] < spot[3];
          });
          if (clash) return;
          taken.push(spot);
          L.marker([area.place[4], area.place[3]], {
            pane: "kkb-names", interactive: false, keyboard: false,
            icon: L.divIcon({ className: "kkb-name", iconSize: [0, 0], html: node("span", "", area.name) })
          }).addTo(names);
        });
    }

    // --- details ---
    function pairs(list, className) {
      const made = node("dl", className);
      list.forEach(function (pair) {
        made.appendChild(node("dt", "", pair[0]));
        made.appendChild(node("dd", "", pair[1]));
      });
      return made;
    }

    function told(details) {
      return (details || []).map(function (pair) { return [strings[pair[0]], strings[pair[1]]]; });
    }

    function fillPanel(at) {
      panel.textContent = "";
      const close = node("button", "kkb-close");
      close.type = "button";
      close.setAttribute("aria-label", texts.close);
      close.title = texts.close;
      close.appendChild(icon("M4 4L16 16M16 4L4 16"));
      close.addEventListener("click", function () { choose(null, false); });
      panel.appendChild(close);
      if (at >= data.places.length) {
        const marker = data.markers[at - data.places.length];
        panel.appendChild(node("p", "kkb-title", marker[2]));
        panel.appendChild(pairs(told(marker[3]), "kkb-facts"));
        return;
      }
      const place = data.places[at], layer = data.layers[active], cell = layer.cells[at];
      panel.appendChild(node("p", "kkb-title", place[0]));
      if (strings[place[2]]) panel.appendChild(node("p", "kkb-parent", strings[place[2]]));
      panel.appendChild(node("p", "kkb-what", layer.label));
      panel.appendChild(node("p", "kkb-headline", strings[cell[1]]));
      const facts = told(cell[2]).concat([[texts.code, data.codes[at]]]);
      panel.appendChild(pairs(facts, "kkb-facts"));
      if (data.layers.length > 1) {
        const more = node("details", "kkb-others");
        more.appendChild(node("summary", "", texts.others));
        more.appendChild(pairs(data.layers
          .filter(function (other) { return other !== layer; })
          .map(function (other) { return [other.label, strings[other.cells[at][1]]]; }), "kkb-facts"));
        panel.appendChild(more);
      }
    }

    // What else on the page follows the map (the tile grid) listens to these on the document.
    let handle = null;
    function tell(what, detail) {
      const map = Object.assign({ map: window.kkbgeo.maps.indexOf(handle) }, detail);
      document.dispatchEvent(new CustomEvent("kkbgeo:" + what, { detail: map }));
    }

    function choose(at, fromList) {
      const before = selected;
      selected = at;
      tell("chosen", { code: at === null || at >= data.codes.length ? null : data.codes[at] });
      if (before !== null && shapes[before]) shapes[before].setStyle(style(before));
      if (at === null) {
        panel.hidden = true;
        panel.textContent = "";
        placeSelect.value = "";
        if (opener) opener.focus({ preventScroll: true });
        opener = null;
        return;
      }
      placeSelect.value = String(at);
      fillPanel(at);
      panel.hidden = false;
      panel.scrollTop = 0;
      const shape = shapes[at];
      if (shape) shape.setStyle(style(at)).bringToFront();
      if (fromList) opener = placeSelect;
      // The part of the map that the panel leaves free, in pixels.
      const narrow = panel.offsetWidth > 0.7 * box.offsetWidth, size = map.getSize();
      const free = narrow
        ? L.bounds([16, 16], [size.x - 16, size.y - panel.offsetHeight - 16])
        : L.bounds([64, 16], [size.x - panel.offsetWidth - 26, size.y - 40]);
      const bounds = shape ? shape.getBounds() : L.latLngBounds([markers[at - data.places.length].getLatLng()]);
      if (fromList && shape) {
        map.fitBounds(bounds, {
          maxZoom: Math.min(home() + 3, 12), animate: !CALM,
          paddingTopLeft: free.min, paddingBottomRight: size.subtract(free.max)
        });
        return;
      }
      const low = map.latLngToContainerPoint(bounds.getNorthWest());
      const high = map.latLngToContainerPoint(bounds.getSouthEast());
      const shift = ["x", "y"].map(function (axis) {
        if (high[axis] - low[axis] > free.max[axis] - free.min[axis]) {
          return (high[axis] + low[axis] - free.max[axis] - free.min[axis]) / 2;
        }
        return Math.max(0, high[axis] - free.max[axis]) - Math.max(0, free.min[axis] - low[axis]);
      });
      if (shift[0] || shift[1]) map.panBy(shift, { animate: !CALM });
    }

    // --- choosing ---
    function show(number) {
      active = number;
      shapes.forEach(function (shape, at) { shape.setStyle(style(at)); });
      if (selected !== null && shapes[selected]) shapes[selected].bringToFront();
      legends.forEach(function (legend, at) { legend.hidden = at !== active; });
      const label = texts.label.split("{label}").join(data.layers[active].label);
      box.setAttribute("aria-label", label);
      block.dataset.layer = data.layers[active].key;
      tell("layer", { layer: data.layers[active].key });
      if (selected !== null) fillPanel(selected);
      drawNames();
    }

    function addOption(parent, at, text) {
      const option = node("option", "", text);
      option.value = String(at);
      parent.appendChild(option);
    }

    const groups = new Map();
    data.places.forEach(function (place, at) {
      if (!groups.has(place[2])) groups.set(place[2], []);
      groups.get(place[2]).push(at);
    });
    const compare = new Intl.Collator("id").compare;
    Array.from(groups)
      .sort(function (one, other) { return compare(strings[one[0]], strings[other[0]]); })
      .forEach(function (group) {
        let parent = placeSelect;
        if (strings[group[0]]) {
          parent = node("optgroup");
          parent.label = strings[group[0]];
          placeSelect.appendChild(parent);
        }
        group[1]
          .sort(function (one, other) { return compare(short[one], short[other]); })
          .forEach(function (at) { addOption(parent, at, data.places[at][0]); });
      });
    if (data.markers.length) {
      const parent = node("optgroup");
      parent.label = texts.markers;
      data.markers.forEach(function (marker, at) { addOption(parent, data.places.length + at, marker[2]); });
      placeSelect.appendChild(parent);
    }
    placeSelect.addEventListener("change", function () {
      choose(placeSelect.value === "" ? null : Number(placeSelect.value), true);
    });
    if (layerSelect) layerSelect.addEventListener("change", function () { show(Number(layerSelect.value)); });
    map.on("click", function () { if (selected !== null) choose(null, false); });
    block.addEventListener("pointerdown", function () { block.classList.add("kkb-pointed"); });
    block.addEventListener("keydown", function (event) {
      block.classList.remove("kkb-pointed");
      if (event.key === "Escape" && selected !== null) choose(null, false);
    });

    // --- view ---
    function home() {
      return map.getBoundsZoom(data.bounds, false, L.point(20, 20));
    }
    function reset() {
      const size = map.getSize();
      if (size.x < 60 || size.y < 60) return; // hidden for now; the observer below calls again
      map.setMinZoom(0);
      map.fitBounds(data.bounds, { padding: [10, 10], animate: false });
      map.setMinZoom(map.getZoom() - 0.5);
      touched = false;
    }
    const room = L.latLngBounds(data.bounds).pad(1);
    map.setMaxBounds(room);
    L.control.zoom({ zoomInTitle: texts.zoom_in, zoomOutTitle: texts.zoom_out }).addTo(map);
    const Reset = L.Control.extend({
      options: { position: "topleft" },
      onAdd: function () {
        const bar = node("div", "leaflet-bar");
        const button = node("button", "kkb-reset");
        button.type = "button";
        button.title = texts.reset;
        button.setAttribute("aria-label", texts.reset);
        button.appendChild(icon("M3 8V3H8M12 3H17V8M17 12V17H12M8 17H3V12"));
        L.DomEvent.disableClickPropagation(bar);
        button.addEventListener("click", reset);
        bar.appendChild(button);
        return bar;
      }
    });
    new Reset().addTo(map);
    L.control.scale({ imperial: false, maxWidth: box.offsetWidth < 500 ? 70 : 110 }).addTo(map);
    if (data.notice) {
      const Notice = L.Control.extend({
        options: { position: "bottomright" },
        onAdd: function () { return node("div", "kkb-notice", data.notice); }
      });
      new Notice().addTo(map);
    }
    map.on("zoomend resize", drawNames);
    map.on("dragstart zoomstart", function () { touched = true; });
    // The wheel scrolls the page until the map has been touched.
    map.on("focus click", function () { map.scrollWheelZoom.enable(); });
    map.on("blur", function () { map.scrollWheelZoom.disable(); });
    reset();
    show(0);
    if (window.ResizeObserver) {
      let width = box.offsetWidth;
      new ResizeObserver(function () {
        if (box.offsetWidth === width || !box.offsetWidth) return;
        width = box.offsetWidth;
        map.invalidateSize({ animate: false });
        if (!touched) reset();
      }).observe(box);
    }

    const picture = box.querySelector(".kkb-static");
    if (picture) picture.remove();
    block.querySelectorAll(".kkb-tools, .kkb-hint").forEach(function (part) { part.hidden = false; });
    block.dataset.areas = String(shapes.length);
    handle = {
      map: map,
      choose: function (code) { choose(numbers.get(code), true); },
      // Where an area lies in the window, for tests and for pictures.
      polygonsOf: function (code) { return drawn.areas[numbers.get(code)]; },
      pointOf: function (code) {
        const place = data.places[numbers.get(code)], corner = box.getBoundingClientRect();
        const at = map.latLngToContainerPoint([place[4], place[3]]);
        return { x: corner.left + at.x, y: corner.top + at.y };
      }
    };
    return handle;
  }

  window.kkbgeo = { maps: [] };
  window.kkbgeoMap = function (map, dataId, blockId) {
    const data = JSON.parse(document.getElementById(dataId).textContent);
    window.kkbgeo.maps.push(start(map, data, document.getElementById(blockId)));
  };
})();
