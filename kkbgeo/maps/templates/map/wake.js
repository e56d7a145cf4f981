// Opens what the page carries compressed and starts its maps: kkbgeo.wake(make the Leaflet map, id of data, id of block).
// The library is put in as a script of its own; the policy of the page names its hash.
window.kkbgeo = { maps: [] };
(function () {
  "use strict";
  let library = null, turn = Promise.resolve(), count = 0;

  function opened(id) {
    const letters = atob(document.getElementById(id).textContent);
    const bytes = new Uint8Array(letters.length);
    for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at);
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
