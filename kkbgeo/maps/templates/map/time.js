// Indicators of several times are one choice and a slider; where the definition changed, the slider is broken.
function choicesOf(level) {
  const choices = [], groups = new Map();
  level.layers.forEach(function (layer, at) {
    if (!layer.period) {
      choices.push({ label: layer.label, layers: [at], first: at });
      return;
    }
    if (!groups.has(layer.period[0])) {
      groups.set(layer.period[0], { label: layer.period[1], layers: [], first: at });
      choices.push(groups.get(layer.period[0]));
    }
    const choice = groups.get(layer.period[0]);
    choice.layers.push(at);
    if (layer.first) choice.first = at;
  });
  return choices;
}

function startTime(app) {
  const part = app.block.querySelector(".kkb-time");
  app.retime = function () {};
  if (!part) return;
  const slider = part.querySelector(".kkb-slider"), ticks = part.querySelector(".kkb-ticks");
  const told = part.querySelector(".kkb-break"), said = app.said;
  told.id = slider.id + "-break";
  slider.setAttribute("aria-describedby", told.id);

  function choice() {
    return app.view.choices.find(function (one) { return one.layers.indexOf(app.layer) >= 0; });
  }

  app.retime = function () {
    const layers = choice().layers, last = layers.length - 1;
    part.hidden = last < 1;
    if (last < 1) return;
    const periods = layers.map(function (at) { return app.view.layers[at].period; }), now = layers.indexOf(app.layer);
    slider.max = String(last);
    slider.value = String(now);
    slider.setAttribute("aria-valuetext", said(periods[now][2]));
    ticks.textContent = "";
    let note = "";
    periods.forEach(function (period, at) {
      if (at && said(period[3])) {
        const mark = node("span", "kkb-gap", said(period[3]));
        mark.style.left = 100 * (at - 0.5) / last + "%";
        ticks.appendChild(mark);
        note = said(period[4]);
      }
      const tick = node("button", at === now ? "kkb-tick kkb-now" : "kkb-tick", said(period[2]));
      tick.type = "button";
      tick.tabIndex = -1;
      tick.classList.toggle("kkb-low", at % 2 === 1);
      tick.style.left = 100 * at / last + "%";
      tick.addEventListener("click", function () { app.show(layers[at]); });
      ticks.appendChild(tick);
    });
    ticks.classList.toggle("kkb-broken", Boolean(note));
    ticks.classList.toggle("kkb-many", last > 3); // two rows of labels on a phone
    told.hidden = !note;
    told.textContent = note;
  };
  slider.addEventListener("input", function () { app.show(choice().layers[Number(slider.value)]); });
}
