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

  function bytesOf(letters) {
    const whole = Math.ceil(letters.length / 5), bytes = new DataView(new ArrayBuffer(whole * 4)), text = letters + "~~~~";
    const digit = function (at) { return digits[text.charCodeAt(at)]; };
    for (let group = 0, at = 0; group < whole; group += 1, at += 5) {
      const head = (digit(at) * 85 + digit(at + 1)) * 7225 + digit(at + 2) * 85 + digit(at + 3);
      bytes.setUint32(group * 4, head * 85 + digit(at + 4));
    }
    return new Uint8Array(bytes.buffer, 0, Math.floor(letters.length * 4 / 5));
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
