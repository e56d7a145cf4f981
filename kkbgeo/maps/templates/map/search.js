// Search for a place: a combobox. Letters match anywhere in a name, whatever accents, spaces or signs stand between.
const MOST = 60;

function plain(text) {
  return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}

// Everything that can be found: areas of all levels, the larger units they lie in, and markers.
function placesOf(app) {
  const found = [], said = app.said, compare = new Intl.Collator(app.data.languages[app.language]).compare;
  app.levels.forEach(function (level, number) {
    const groups = new Map();
    level.places.forEach(function (place, at) {
      const parent = said(place[2]);
      if (parent && !groups.has(parent)) groups.set(parent, []);
      if (parent) groups.get(parent).push(at);
      found.push({
        label: level.label(at), parent: parent, key: plain(level.label(at)), short: plain(level.short(at)),
        words: level.label(at).toLowerCase(), level: number, at: at, kind: 1
      });
    });
    if (groups.size > 1) {
      groups.forEach(function (members, parent) {
        found.push({
          label: parent, parent: counted(app, members.length) + " " + said(level.noun), key: plain(parent),
          short: plain(parent), words: parent.toLowerCase(), level: number, members: members, kind: 0
        });
      });
    }
  });
  app.data.markers.forEach(function (marker, at) {
    const label = said(marker[2]);
    found.push({
      label: label, parent: app.text("markers"), key: plain(label), short: plain(label), words: label.toLowerCase(),
      level: null, marker: at, kind: 2
    });
  });
  // A regency is also the larger unit of its villages: once is enough.
  const areas = new Set(found.filter(function (one) { return one.kind === 1; }).map(function (one) { return one.key; }));
  return found
    .filter(function (one) { return one.kind !== 0 || !areas.has(one.key); })
    .sort(function (one, other) {
      return compare(one.kind === 1 ? one.parent : "", other.kind === 1 ? other.parent : "") ||
        one.kind - other.kind || compare(one.short, other.short);
    });
}

function matches(places, text) {
  const wanted = plain(text);
  if (!wanted) return places;
  const ranked = [];
  places.forEach(function (one, order) {
    const at = one.key.indexOf(wanted);
    if (at < 0) return;
    const starts = one.short.indexOf(wanted) === 0 ? 0 : (" " + one.words).indexOf(" " + text.trim().toLowerCase()) >= 0 ? 1 : 2;
    ranked.push([starts + (one.short === wanted ? -1 : 0), one.key.length, order, one]);
  });
  ranked.sort(function (one, other) { return one[0] - other[0] || one[1] - other[1] || one[2] - other[2]; });
  return ranked.map(function (one) { return one[3]; });
}

function startSearch(app) {
  const input = app.block.querySelector(".kkb-place"), list = app.block.querySelector(".kkb-found");
  let places = null, shown = [], active = -1;

  app.resay = function () {
    places = null;
    input.placeholder = app.text("type");
    close();
  };

  function close() {
    list.hidden = true;
    list.textContent = "";
    shown = [];
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function open() {
    places = places || placesOf(app);
    const found = matches(places, input.value);
    shown = found.slice(0, MOST);
    active = -1;
    list.textContent = "";
    shown.forEach(function (one, at) {
      const option = node("li", "kkb-option kkb-kind-" + one.kind);
      option.id = list.id + "-" + at;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.append(node("span", "kkb-option-name", one.label), " ", node("span", "kkb-option-parent", one.parent));
      // Before the field loses the focus, so that a finger's tap is not lost with the list.
      option.addEventListener("pointerdown", function (event) { event.preventDefault(); });
      option.addEventListener("click", function () { take(one); });
      list.appendChild(option);
    });
    const rest = found.length - shown.length;
    if (rest || !found.length) {
      const line = node("li", "kkb-option-more", rest ? filled(app.text("more"), { count: counted(app, rest) }) : app.text("found_none"));
      line.setAttribute("role", "presentation");
      list.appendChild(line);
    }
    list.hidden = false;
    list.scrollTop = 0;
    input.setAttribute("aria-expanded", "true");
    input.removeAttribute("aria-activedescendant");
    app.speak(found.length ? filled(app.text("found"), { count: counted(app, found.length) }) : app.text("found_none"));
  }

  function point(step) {
    if (!shown.length) return;
    if (active >= 0) list.children[active].setAttribute("aria-selected", "false");
    active = (active + step + shown.length + (active < 0 && step < 0 ? 1 : 0)) % shown.length;
    const option = list.children[active];
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function take(one) {
    input.value = one.label;
    close();
    app.go(one, input);
  }

  input.addEventListener("input", open);
  input.addEventListener("click", function () { if (list.hidden) open(); });
  input.addEventListener("focus", function () { input.select(); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", function (event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) open();
      point(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      if (shown.length) take(shown[Math.max(0, active)]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      close();
    } else if (event.key === "Escape" && input.value && app.selected === null) {
      input.value = "";
    }
  });

  app.resay();

  // Show what was found: an area with its details, a larger unit as a whole, a marker.
  app.go = function (one, from) {
    if (one.level !== null && one.level !== app.level) app.raise(one.level);
    if (one.kind === 1) return app.choose(one.at, true, from);
    if (one.kind === 2) return app.choose(app.view.places.length + one.marker, true, from);
    app.choose(null, false);
    const bounds = L.latLngBounds([]);
    one.members.forEach(function (at) { bounds.extend(app.view.shapes[at].getBounds()); });
    const size = app.map.getSize();
    app.fit(bounds, L.bounds([16, 16], [size.x - 16, size.y - 16]));
    app.speak(one.label + ": " + one.parent);
  };
}
