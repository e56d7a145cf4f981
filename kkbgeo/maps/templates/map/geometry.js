// Geometry as kkbgeo/maps/topology.py writes it: arcs that areas share, in steps of a grid, five bits a letter.
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const DIGITS = new Uint8Array(128);
for (let at = 0; at < 64; at += 1) DIGITS[LETTERS.charCodeAt(at)] = at;

function numbersOf(text) {
  const numbers = [];
  let value = 0, shift = 0;
  for (let at = 0; at < text.length; at += 1) {
    const digit = DIGITS[text.charCodeAt(at)];
    value |= (digit & 31) << shift;
    shift += 5;
    if (!(digit & 32)) {
      numbers.push(value & 1 ? -((value + 1) >> 1) : value >> 1);
      value = shift = 0;
    }
  }
  return numbers;
}

// Return arcs (points are shared by all who use them) and per area its polygons, each a list of rings of arc numbers.
function unpack(stored) {
  let numbers = numbersOf(stored.arcs), at = 0, x = 0, y = 0, last = 0;
  const arcs = [], areas = [];
  function times(make) {
    const made = [];
    for (let left = numbers[at++]; left > 0; left -= 1) made.push(make());
    return made;
  }
  while (at < numbers.length) {
    arcs.push(times(function () {
      x += numbers[at++];
      y += numbers[at++];
      return new L.LatLng(y / stored.scale, x / stored.scale);
    }));
  }
  numbers = numbersOf(stored.areas);
  at = 0;
  while (at < numbers.length) {
    areas.push(times(function () {
      return times(function () {
        return times(function () { return last += numbers[at++]; });
      });
    }));
  }
  return { arcs: arcs, areas: areas };
}

function pointsOf(arcs, ring) {
  const points = [];
  ring.forEach(function (turned) {
    const arc = arcs[turned >> 1];
    const first = points.length ? 1 : 0;
    if (turned & 1) for (let at = arc.length - 1 - first; at >= 0; at -= 1) points.push(arc[at]);
    else for (let at = first; at < arc.length; at += 1) points.push(arc[at]);
  });
  return points;
}

function linesOf(arcs, text) {
  let line = 0;
  return numbersOf(text).map(function (step) { return arcs[line += step]; });
}

// Where a point lies on the world is worked out once; each zoom only scales it. Leaflet asks for every point of every
// border after each zoom, so this is written out: the world as a square of one, then pixels of the layer.
function remember(map) {
  const crs = map.options.crs;
  map.latLngToLayerPoint = function (latlng) {
    const world = latlng.kkbgeo || (latlng.kkbgeo = crs.latLngToPoint(L.latLng(latlng), 0)._divideBy(256));
    const size = crs.scale(map.getZoom()), origin = map.getPixelOrigin();
    return new L.Point(Math.round(world.x * size) - origin.x, Math.round(world.y * size) - origin.y);
  };
}
