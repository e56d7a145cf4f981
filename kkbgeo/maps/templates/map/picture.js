// The map as a picture of any size: for paper, and to download with title, legend, sources and notices.
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif";

// Draw what the map shows into a rectangle, `scale` pixels for each pixel of the screen.
function paint(app, pen, left, top, scale) {
  const map = app.map, size = map.getSize(), layer = app.layerShown, look = app.data.look, level = app.view;
  const room = map.getBounds(), wide = size.x * scale, tall = size.y * scale;
  const fills = layer.entries.map(function (entry) { return fillOf(entry[0], entry[1], look, scale); });
  pen.save();
  pen.translate(left, top);
  pen.beginPath();
  pen.rect(0, 0, wide, tall);
  pen.clip();
  pen.fillStyle = look.ground;
  pen.fill();
  pen.lineJoin = "round";
  function trace(points, close) {
    points.forEach(function (point, at) {
      const spot = map.latLngToContainerPoint(point);
      pen[at ? "lineTo" : "moveTo"](spot.x * scale, spot.y * scale);
    });
    if (close) pen.closePath();
  }
  level.areas.forEach(function (area, at) {
    if (!room.intersects(level.shapes[at].getBounds())) return;
    pen.beginPath();
    area.forEach(function (polygon) {
      polygon.forEach(function (ring) { trace(pointsOf(app.arcs, ring), true); });
    });
    pen.fillStyle = fills[layer.cells[at][0]];
    pen.fill("evenodd");
    pen.strokeStyle = look.border;
    pen.lineWidth = 0.8 * scale;
    pen.stroke();
  });
  pen.strokeStyle = look.selected;
  pen.lineWidth = 1.8 * scale;
  pen.beginPath();
  level.lines.forEach(function (line) { trace(line, false); });
  pen.stroke();
  app.markers.forEach(function (marker) {
    const spot = map.latLngToContainerPoint(marker.getLatLng());
    pen.beginPath();
    pen.arc(spot.x * scale, spot.y * scale, 7 * scale, 0, 2 * Math.PI);
    pen.fillStyle = "#b3440e";
    pen.fill();
    pen.strokeStyle = "#ffffff";
    pen.lineWidth = 2.5 * scale;
    pen.stroke();
  });
  const font = 12;
  pen.font = "600 " + font * scale + "px " + FONT;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineWidth = 3.5 * scale;
  pen.strokeStyle = "rgba(255,255,255,.9)";
  pen.fillStyle = look.ink;
  chooseNames(app, size, font, function (point) { return map.latLngToContainerPoint(point); }).forEach(function (one) {
    pen.strokeText(one.name, one.middle.x * scale, one.middle.y * scale);
    pen.fillText(one.name, one.middle.x * scale, one.middle.y * scale);
  });
  paintScale(app, pen, wide, tall, scale);
  if (app.data.simulated) {
    pen.fillStyle = "rgba(122,31,0,.4)";
    pen.font = "800 " + 30 * scale + "px " + FONT;
    for (let row = 0; row < 4; row += 1) {
      for (let column = 0; column < 3; column += 1) {
        pen.save();
        pen.translate((column + 0.5) * wide / 3, (row + 0.5) * tall / 4);
        pen.rotate(-0.42);
        pen.fillText(app.text("mark"), 0, 0);
        pen.restore();
      }
    }
  }
  pen.restore();
}

// North arrow and scale bar, as on the screen.
function paintScale(app, pen, wide, tall, scale) {
  const map = app.map, size = map.getSize(), y = size.y / 2, ink = app.data.look.ink;
  const most = map.containerPointToLatLng([0, y]).distanceTo(map.containerPointToLatLng([120, y]));
  const power = Math.pow(10, Math.floor(Math.log10(most)));
  const metres = [5, 3, 2, 1].map(function (one) { return one * power; }).find(function (one) { return one <= most; });
  const bar = 120 * metres / most * scale, x = 12 * scale, base = tall - 14 * scale;
  const label = metres < 1000 ? metres + " m" : metres / 1000 + " km";
  pen.fillStyle = "rgba(255,255,255,.85)";
  pen.fillRect(x - 6 * scale, base - 24 * scale, bar + 44 * scale, 32 * scale);
  pen.strokeStyle = pen.fillStyle = ink;
  pen.lineWidth = 2 * scale;
  pen.beginPath();
  pen.moveTo(x, base - 5 * scale);
  pen.lineTo(x, base);
  pen.lineTo(x + bar, base);
  pen.lineTo(x + bar, base - 5 * scale);
  pen.stroke();
  pen.font = "600 " + 12 * scale + "px " + FONT;
  pen.textAlign = "left";
  pen.fillText(label, x + 4 * scale, base - 12 * scale);
  const at = x + bar + 20 * scale;
  pen.beginPath();
  pen.moveTo(at, base - 12 * scale);
  pen.lineTo(at + 6 * scale, base + 3 * scale);
  pen.lineTo(at, base - 1 * scale);
  pen.lineTo(at - 6 * scale, base + 3 * scale);
  pen.fill();
  pen.textAlign = "center";
  pen.fillText(app.text("north"), at, base - 18 * scale);
}

function wrapped(pen, text, wide) {
  const lines = [];
  let line = "";
  text.split(/\s+/).filter(Boolean).forEach(function (word) {
    const longer = line ? line + " " + word : word;
    if (line && pen.measureText(longer).width > wide) {
      lines.push(line);
      line = word;
    } else line = longer;
  });
  return line ? lines.concat([line]) : lines;
}

// What stands round the map: the page's own heading and date where there is a page.
function wordsAround(app) {
  const seen = function (selector) {
    const found = document.querySelector(selector);
    return found ? found.innerText.trim() : "";
  };
  const credit = app.said(app.data.credit) || (seen(".sources") ? app.text("sources_on_page") + " " + seen("h1") : "");
  const period = app.layerShown.period;
  const origin = app.layerShown.origin === undefined ? "" : app.said(app.layerShown.origin);
  const label = app.said(app.layerShown.label), unit = app.said(app.layerShown.unit);
  return {
    title: seen("h1") || app.said(app.data.title),
    what: label + (unit && label.indexOf(unit) < 0 ? " (" + unit + ")" : ""),
    broken: period ? app.said(period[4]) : "",
    foot: [origin, seen(".as-of"), app.said(app.data.notice), credit].filter(Boolean)
  };
}

function picture(app) {
  const wide = 1600, margin = 48, size = app.map.getSize(), scale = (wide - 2 * margin) / size.x;
  const words = wordsAround(app), layer = app.layerShown, counts = app.counts(layer), look = app.data.look;
  const canvas = document.createElement("canvas"), ruler = canvas.getContext("2d"), width = wide - 2 * margin;
  const bold = "700 40px " + FONT, medium = "600 28px " + FONT, small = "400 23px " + FONT;
  ruler.font = bold;
  const title = wrapped(ruler, words.title, width);
  ruler.font = medium;
  const what = wrapped(ruler, words.what, width);
  ruler.font = small;
  const foot = words.foot.concat(words.broken ? [words.broken] : []).flatMap(function (one) { return wrapped(ruler, one, width); });
  const rows = Math.ceil(layer.entries.length / 2), head = margin + title.length * 50 + what.length * 38 + 14;
  const tall = size.y * scale;
  canvas.width = wide;
  canvas.height = Math.ceil(head + tall + 26 + rows * 42 + 44 + foot.length * 32 + margin);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = look.ink;
  pen.textBaseline = "alphabetic";
  let y = margin + 34;
  function lines(list, font, step) {
    pen.font = font;
    list.forEach(function (line) {
      pen.fillText(line, margin, y);
      y += step;
    });
  }
  lines(title, bold, 50);
  lines(what, medium, 38);
  paint(app, pen, margin, head, scale);
  pen.strokeStyle = "#b9c2c8";
  pen.lineWidth = 2;
  pen.strokeRect(margin, head, width, tall);
  y = head + tall + 26;
  pen.font = small;
  pen.textBaseline = "middle";
  layer.entries.forEach(function (entry, at) {
    const x = margin + Math.floor(at / rows) * (width / 2 + 20), line = y + (at % rows) * 42 + 18;
    pen.fillStyle = fillOf(entry[0], entry[1], look, 1.6);
    pen.fillRect(x, line - 14, 44, 28);
    pen.strokeStyle = look.border;
    pen.strokeRect(x, line - 14, 44, 28);
    pen.fillStyle = look.ink;
    pen.textAlign = "left";
    pen.fillText(app.said(entry[2]), x + 58, line + 1, width / 2 - 180);
    pen.textAlign = "right";
    pen.fillText(counted(app, counts[at]), x + width / 2 - 30, line + 1);
  });
  pen.textAlign = "left";
  pen.textBaseline = "alphabetic";
  y += rows * 42 + 44;
  lines(foot, small, 32);
  return canvas;
}

function startPicture(app) {
  const frame = app.block.querySelector(".kkb-frame"), legend = app.block.querySelector(".kkb-legend");
  let folded = null;
  app.download = function () {
    const name = plain(wordsAround(app).title).replace(/[^a-z0-9]+/g, "").slice(0, 60);
    picture(app).toBlob(function (blob) {
      const link = node("a"), address = URL.createObjectURL(blob);
      link.href = address;
      link.download = "peta-" + (name || "kkbgeo") + "-" + app.layerShown.key.replace(/[^\w]+/g, "") + ".png";
      link.click();
      setTimeout(function () { URL.revokeObjectURL(address); }, 10000);
    }, "image/png");
  };
  // Paper gets the map as it stands on the screen, drawn anew and sharp.
  window.addEventListener("beforeprint", function () {
    const size = app.map.getSize();
    if (!size.x || frame.querySelector(".kkb-paper")) return;
    const canvas = node("canvas", "kkb-paper"), scale = Math.max(1, 1800 / size.x);
    canvas.width = Math.round(size.x * scale);
    canvas.height = Math.round(size.y * scale);
    paint(app, canvas.getContext("2d"), 0, 0, scale);
    frame.appendChild(canvas);
    app.block.classList.add("kkb-printing");
    folded = !legend.open;
    legend.open = true;
  });
  window.addEventListener("afterprint", function () {
    const canvas = frame.querySelector(".kkb-paper");
    if (canvas) canvas.remove();
    app.block.classList.remove("kkb-printing");
    if (folded) legend.open = false;
  });
}
