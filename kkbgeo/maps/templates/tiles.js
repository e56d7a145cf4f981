// Wakes one tile grid: window.kkbgeoTiles(id of its block). Tied to a map by two events on the document:
// kkbgeo:chosen {map, code or null} and kkbgeo:layer {map, layer}, both from the map; map counts from 0.
window.kkbgeoTiles = function (id) {
  "use strict";
  const block = document.getElementById(id), list = block.querySelector(".kkb-tiles");
  const stored = document.getElementById(id + "-data");
  const data = stored ? JSON.parse(stored.textContent) : null;
  const chosen = block.querySelector(".kkb-tile-chosen span"), toMap = block.querySelector(".kkb-tile-chosen a");

  // --- from the map to the tiles and back ---
  function write(where, at) {
    const texts = data.strings[at]; // one for all languages, or one for each
    where.textContent = typeof texts === "string" ? texts : "";
    if (typeof texts === "string") return;
    texts.forEach(function (text, nth) {
      const span = document.createElement("span");
      span.lang = data.languages[nth];
      span.textContent = text;
      where.appendChild(span);
    });
  }

  function tileOf(code) { return list.querySelector('[data-code="' + code + '"]'); }

  function tell(tile) {
    chosen.textContent = "";
    toMap.hidden = !tile;
    if (!tile) return;
    tile.querySelector(".kkb-vh").childNodes.forEach(function (one) { chosen.appendChild(one.cloneNode(true)); });
  }

  function mark(code) {
    let found = null;
    list.querySelectorAll("button").forEach(function (tile) {
      const mine = tile.dataset.code === code;
      tile.setAttribute("aria-pressed", String(mine));
      if (mine) found = tile;
    });
    if (found) rove(found);
    tell(found);
  }

  function paint(look) { return look[0] === "fill" ? look[1] : "url(#" + id + "-" + look[0] + "-" + look[1].slice(1) + ")"; }

  function explain(layer) {
    const legend = block.querySelector(".kkb-tile-legend"), list = legend.querySelector("ul");
    const origin = legend.querySelector(".kkb-origin"), first = list.querySelector("li");
    legend.dataset.layer = layer.key;
    write(legend.querySelector(".kkb-legend-name span"), layer.legend[0]);
    write(legend.querySelector(".kkb-unit"), layer.legend[1]);
    if (origin) {
      write(origin, layer.legend[2]);
      origin.hidden = !origin.textContent;
    }
    list.replaceChildren.apply(list, layer.legend[3].map(function (entry) {
      const line = first.cloneNode(true);
      line.querySelector("rect").setAttribute("fill", paint(layer.looks[entry[0]]));
      write(line.querySelector(".kkb-tile-swatch + span"), entry[1]);
      write(line.querySelector("b"), entry[2]);
      return line;
    }));
  }

  function show(key) {
    const layer = data.layers.find(function (one) { return one.key === key; });
    if (!layer) return;
    data.codes.forEach(function (code, at) {
      const tile = tileOf(code), cell = layer.cells[at], rect = tile.querySelector("rect");
      const look = cell ? layer.looks[cell[0]] : ["fill", data.plain, 0];
      rect.setAttribute("fill", paint(look));
      tile.classList.toggle("dark", look[2] === 1);
      tile.classList.toggle("marked", look[0] !== "fill");
      if (cell) {
        write(tile.querySelector("i"), cell[1]);
        const said = tile.querySelector(".kkb-said");
        if (said) write(said, cell[2]);
      }
    });
    explain(layer);
    tell(list.querySelector('[aria-pressed="true"]'));
  }

  if (data) {
    list.querySelectorAll("span.kkb-tile").forEach(function (span) {
      const tile = document.createElement("button");
      tile.type = "button";
      tile.className = span.className;
      tile.dataset.code = span.dataset.code;
      tile.setAttribute("aria-pressed", "false");
      while (span.firstChild) tile.appendChild(span.firstChild);
      span.replaceWith(tile);
      tile.addEventListener("click", function () {
        mark(tile.dataset.code);
        const map = window.kkbgeo && window.kkbgeo.maps[data.map];
        if (map) map.choose(tile.dataset.code);
        tile.focus({ preventScroll: true });
      });
    });
    document.addEventListener("kkbgeo:chosen", function (event) {
      if (event.detail.map === data.map) mark(event.detail.code);
    });
    document.addEventListener("kkbgeo:layer", function (event) {
      if (event.detail.map === data.map) show(event.detail.layer);
    });
  }

  // --- one stop for the tab key, arrows inside ---
  const tiles = Array.prototype.slice.call(list.querySelectorAll("a.kkb-tile, button.kkb-tile"));
  function place(tile) {
    const box = tile.parentNode.getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  }
  function rove(tile) { tiles.forEach(function (one) { one.tabIndex = one === tile ? 0 : -1; }); }
  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  list.addEventListener("keydown", function (event) {
    const step = STEPS[event.key], from = event.target.closest(".kkb-tile");
    if (!step || !from || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const here = place(from);
    let best = null, least = Infinity;
    tiles.forEach(function (tile) {
      const there = place(tile), dx = there[0] - here[0], dy = there[1] - here[1];
      const ahead = dx * step[0] + dy * step[1], aside = Math.abs(dx * step[1]) + Math.abs(dy * step[0]);
      // Straight ahead first; a step aside costs more than a step ahead.
      if (ahead > 4 && ahead >= aside && ahead + 3 * aside < least) { best = tile; least = ahead + 3 * aside; }
    });
    if (best) { rove(best); best.focus(); }
  });
  list.addEventListener("focusin", function (event) {
    const tile = event.target.closest(".kkb-tile");
    if (tile) rove(tile);
  });
  if (tiles.length) rove(tiles[0]);
};
