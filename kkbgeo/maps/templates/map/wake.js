// Opens what the page carries compressed and starts its maps: kkbgeo.wake(make the Leaflet map, id of data, id of block).
// The library is put in as a script of its own; the policy of the page names its hash.
window.kkbgeo = { maps: [] };
(function () {
  "use strict";
  let library = null, turn = Promise.resolve(), count = 0;

  // Base 85: five signs are four bytes; what is missing at the end counts as the last sign.
  const SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%/()*+-;,=.?@^_`{|}~";
  const digits = new Uint8Array(128);
  for (let at = 0; at < 85; at += 1) digits[SIGNS.charCodeAt(at)] = at;

  function bytesOf(text) {
    const bytes = new DataView(new ArrayBuffer(Math.ceil(text.length / 5) * 4));
    for (let at = 0, to = 0; at < text.length; to += 4) {
      let number = 0;
      for (const end = at + 5; at < end; at += 1) number = number * 85 + (at < text.length ? digits[text.charCodeAt(at)] : 84);
      bytes.setUint32(to, number);
    }
    return new Uint8Array(bytes.buffer, 0, Math.floor(text.length * 4 / 5));
  }

  function opened(id) {
    const bytes = bytesOf(document.getElementById(id).textContent);
    const flow = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(flow).text();
  }

  function put(text) {
    const script = document.createElement("script");
    script.textContent = text;
    document.head.appendChild(script);
  }

  window.kkbgeo.wake = function (make, dataId, blockId) {
    const block = document.getElementById(blockId), number = count++;
    function asleep() { block.querySelector(".kkb-old").hidden = false; }
    if (!window.DecompressionStream) return asleep();
    library = library || opened("kkbgeo-library").then(put);
    turn = Promise.all([opened(dataId), library, turn]).then(function (got) {
      window.kkbgeo.maps[number] = window.kkbgeo.start(make(), JSON.parse(got[0]), block);
    }).catch(function (error) {
      asleep();
      console.error(error);
    });
  };
})();
