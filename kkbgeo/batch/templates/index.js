(function () {
  "use strict";
  const texts = JSON.parse(document.getElementById("kkb-texts").textContent);
  const field = document.getElementById("find"), choice = document.getElementById("province");
  const found = document.getElementById("found");
  const all = function (selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); };

  // --- language ---
  const switches = all("input[name=kkb-lang]");
  const first = document.documentElement.lang;
  let language = first, last = null;
  function speak(announce) {
    language = switches.filter(function (one) { return one.checked; })[0].value;
    document.documentElement.lang = language;
    document.title = texts[language].title;
    all("[data-id][data-en]").forEach(function (one) {
      if (one.tagName === "OPTION") one.textContent = one.dataset[language];
      else one.setAttribute("aria-label", one.dataset[language]);
    });
    // The page that is opened from here speaks the language chosen here.
    all("a[href*='.html']").forEach(function (one) {
      const parts = one.getAttribute("href").split("#"), path = parts[0].split("?")[0];
      one.setAttribute("href", [path + (language === first ? "" : "?" + language)].concat(parts.slice(1)).join("#"));
    });
    tell();
    if (announce) document.dispatchEvent(new CustomEvent("kkbgeo:language", { detail: language }));
  }
  switches.forEach(function (one) { if (one.value === window.location.search.slice(1)) one.checked = true; });
  switches.forEach(function (one) { one.addEventListener("change", function () { speak(true); }); });

  // --- search: spaces, marks, doubled letters and old spelling do not count ---
  function plain(text) {
    const bare = text.normalize("NFD").toLowerCase().replace(/[^a-z0-9]/g, "");
    if (bare.length < 5) return bare; // HSS is no misspelt HS
    return bare.replace(/oe/g, "u").replace(/tj/g, "c").replace(/dj/g, "j").replace(/([a-z])\1+/g, "$1");
  }
  const KINDS = /^\s*(kabupaten|kab\.?|kota|provinsi|prov\.?|regency|city|province)(\s+|$)/i;
  const cards = all(".card").map(function (card) {
    const words = card.dataset.keys.split("|").map(plain);
    return { card: card, code: card.dataset.code, digits: card.dataset.code.replace(/\D/g, ""), keys: words, whole: words.join("|") };
  });

  // Fewest letters to change, add or leave out so that `word` stands somewhere in `text`.
  function distance(word, text) {
    let row = new Array(text.length + 1).fill(0);
    for (let at = 1; at <= word.length; at += 1) {
      const next = [at];
      for (let to = 1; to <= text.length; to += 1) {
        next.push(Math.min(row[to - 1] + (word[at - 1] === text[to - 1] ? 0 : 1), row[to] + 1, next[to - 1] + 1));
      }
      row = next;
    }
    return Math.min.apply(null, row);
  }

  function search(query) {
    const number = /^[\d.\s]+$/.test(query) ? query.replace(/\D/g, "") : "";
    if (number) return { like: false, hits: cards.filter(function (one) { return one.digits.indexOf(number) === 0; }) };
    const bare = query.replace(KINDS, ""), whole = plain(query), short = plain(bare);
    const words = bare.split(/\s+/).map(plain).filter(Boolean);
    const has = function (part) {
      return function (one) { return one.keys.some(function (key) { return key.indexOf(part) >= 0; }); };
    };
    const exact = [
      has(whole),
      has(short),
      function (one) { return words.length > 0 && words.every(function (word) { return one.whole.indexOf(word) >= 0; }); }
    ];
    for (let at = 0; at < exact.length; at += 1) {
      const hits = cards.filter(exact[at]);
      if (hits.length) return { like: false, hits: hits };
    }
    const slips = short.length >= 7 ? 2 : short.length >= 4 ? 1 : 0;
    if (!slips) return { like: false, hits: [] };
    const near = cards.map(function (one) {
      return Math.min.apply(null, one.keys.filter(function (key) { return key.length > 3; })
        .map(function (key) { return distance(short, key); }).concat(99));
    });
    const least = Math.min.apply(null, near);
    return { like: true, hits: least <= slips ? cards.filter(function (_, at) { return near[at] === least; }) : [] };
  }

  // --- what is shown ---
  const groups = all("[data-group]"), quiet = all("[data-quiet]"), tiles = all(".kkb-tile");
  const folds = all("main .fold");
  let opened = [];
  function tell() {
    if (!last) { found.textContent = ""; return; }
    const count = last.count, kind = count === 0 ? "none" : last.like ? "like" : count === 1 ? "one" : "some";
    found.textContent = texts[language][kind].split("{count}").join(String(count));
  }
  function show() {
    const query = field.value.trim(), province = choice.value;
    const result = plain(query) ? search(query) : { like: false, hits: cards };
    const wanted = new Set(result.hits.filter(function (one) {
      return !province || one.code === province || one.code.indexOf(province + ".") === 0;
    }).map(function (one) { return one.card; }));
    cards.forEach(function (one) { one.card.hidden = !wanted.has(one.card); });
    groups.forEach(function (group) { group.hidden = !group.querySelector(".card:not([hidden])"); });
    // The list below is the answer; nothing else stands between it and the field.
    quiet.forEach(function (part) { part.hidden = plain(query) !== ""; });
    tiles.forEach(function (tile) {
      tile.parentNode.classList.toggle("dim", province !== "" && tile.dataset.code.indexOf(province + ".") !== 0);
    });
    opened.forEach(function (fold) { fold.open = false; });
    opened = plain(query) || province
      ? folds.filter(function (fold) { return !fold.open && fold.querySelector(".card:not([hidden])"); }) : [];
    opened.forEach(function (fold) { fold.open = true; });
    last = plain(query) || province ? { count: wanted.size, like: result.like } : null;
    tell();
  }
  field.addEventListener("input", show);
  choice.addEventListener("change", show);
  field.addEventListener("keydown", function (event) {
    const hits = all(".card:not([hidden]) > a");
    if (event.key === "Enter" && last && hits.length === 1) window.location.href = hits[0].href;
  });
  document.querySelector(".find").hidden = false;
  speak(false);
})();
