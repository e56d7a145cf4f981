"""Geometry on its way to a page: simplified to a budget of bytes, every border stored once, written as short text.

A border between two areas is one *arc* that both refer to. Coordinates are whole steps of a grid; an arc is the steps
from point to point, each number written in as few letters as it needs (five bits a letter). ``map.js`` reads it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

#: Bytes the geometry of one map may take unless its page has less room: in all, and per area where there are many.
BUDGET, BUDGET_OF_AREA = 64_000, 150
#: Corners smaller than this part of a grid step are left out at once: they would only make stairs.
FINEST = 0.75
#: Factor between two steps of detail, and the number of steps; the last would leave out 800 grid steps.
_STEP, _STEPS = 1.25, 30
#: Twice the area, in grid steps, up to which a gap between neighbours is no hole.
_SLIVER = 8
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@dataclass(frozen=True)
class Topology:
    """Areas that share their borders.

    Attributes
    ----------
    precision : int
        Decimals of a degree of one grid step.
    arcs : list of ndarray
        Points of each arc in grid steps, n x 2.
    areas : list
        Per area its polygons, per polygon its rings (the outer one first), per ring the numbers of its arcs; ``~n``
        is arc n backwards.
    tolerance : float
        Detail in degrees that was left out.
    """

    precision: int
    arcs: list[np.ndarray]
    areas: list[list[list[list[int]]]]
    tolerance: float = 0.0

    def packed(self, lines: Sequence[int] = (), first: int | None = None) -> dict[str, Any]:
        """Return what a page stores; `first` areas only (the others lend their arcs to `lines`)."""
        return {
            "scale": 10**self.precision,
            "arcs": _written(self._arc_numbers()),
            "areas": _written(_area_numbers(self.areas[:first])),
            "lines": lines_of(set(lines)),
        }

    def merged(self, members: Sequence[int]) -> list[list[list[int]]]:
        """Return the area that some areas make up, from their own arcs; borders inside it go.

        All rings are told together: what lies in an odd number of them is inside. Slivers of a few grid steps that
        neighbours leave between them go too.

        Examples
        --------
        >>> from shapely import box
        >>> two = topology([box(0, 0, 1, 1), box(1, 0, 2, 1)], 0)
        >>> [len(ring) for ring in two.merged([0, 1])[0]]
        [2]
        """
        times: dict[int, int] = {}
        for ring in (ring for at in members for polygon in self.areas[at] for ring in polygon):
            for arc in ring:
                kept = arc if arc >= 0 else ~arc
                times[kept] = times.get(kept, 0) + 1
        rings = _closed([arc for arc, many in times.items() if many % 2], self.arcs)
        sized = [(self._double_area(ring), ring) for ring in rings]
        largest = max((size for size, _ in sized), default=0)
        return [[ring for size, ring in sized if size > _SLIVER or size == largest]]

    def _double_area(self, ring: Sequence[int]) -> int:
        points = np.vstack([self.arcs[arc] if arc >= 0 else self.arcs[~arc][::-1] for arc in ring])
        x, y = points[:, 0] - points[0, 0], points[:, 1] - points[0, 1]
        return abs(int(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])))

    def _arc_numbers(self) -> list[int]:
        numbers: list[int] = []
        last = np.zeros(2, dtype=np.int64)
        for arc in self.arcs:
            numbers.append(len(arc))
            numbers += np.diff(arc, axis=0, prepend=last[None]).ravel().tolist()
            last = arc[-1]
        return numbers


def lines_of(arcs: set[int]) -> str:
    """Write the numbers of some arcs as a page stores them."""
    return _written(np.diff(np.asarray(sorted(arcs), dtype=np.int64), prepend=0).tolist())


def _closed(arcs: Sequence[int], points: Sequence[np.ndarray]) -> list[list[int]]:
    """Join arcs end to end into rings; which way round does not matter."""
    ends: dict[tuple[int, int], list[int]] = {}
    for arc in arcs:
        for end in (points[arc][0], points[arc][-1]):
            ends.setdefault((int(end[0]), int(end[1])), []).append(arc)
    left, rings = dict.fromkeys(arcs), []
    while left:
        arc = next(iter(left))
        del left[arc]
        ring, start = [arc], tuple(map(int, points[arc][0]))
        at = tuple(map(int, points[arc][-1]))
        while at != start:
            arc = next((one for one in ends[at] if one in left), None)
            if arc is None:  # an open end, which a sound coverage has none of
                break
            del left[arc]
            forward = tuple(map(int, points[arc][0])) == at
            ring.append(arc if forward else ~arc)
            at = tuple(map(int, points[arc][-1 if forward else 0]))
        else:
            rings.append(ring)
    return rings


def arcs_of(areas: Sequence) -> set[int]:
    """Return the numbers of all arcs of some areas."""
    return {arc if arc >= 0 else ~arc for area in areas for polygon in area for ring in polygon for arc in ring}


def borders(areas: Sequence, groups: Sequence[object]) -> set[int]:
    """Return the arcs that part one group of areas from another, e.g. the districts among villages.

    Only arcs shared by areas of two groups count, so that the outer border is not drawn twice.
    """
    found: dict[int, set] = {}
    for area, group in zip(areas, groups, strict=True):
        for arc in arcs_of([area]):
            found.setdefault(arc, set()).add(group)
    return {arc for arc, mine in found.items() if len(mine) > 1}


def fitted(
    geometries: np.ndarray, precision: int, budget: int | None = None, extra: np.ndarray | Sequence = ()
) -> Topology:
    """Return `geometries` with as much detail as fits into `budget` bytes.

    Shared borders stay shared, and so do islands: one smaller than a grid step becomes a triangle of one. Only a part
    that falls onto the border of another area goes, unless it is all there is of its area.

    Parameters
    ----------
    geometries : ndarray of Polygon or MultiPolygon
        A coverage, in degrees.
    precision : int
        Decimals of a degree that are kept.
    budget : int, optional
        Most bytes of `Topology.packed`, by default `default_budget`; where even the coarsest step takes more, that is
        returned.
    extra : ndarray of geometry
        Further areas whose borders are drawn; they come after the others in `Topology.areas`.

    Examples
    --------
    >>> from shapely import box
    >>> made = fitted(np.array([box(0, 0, 1, 1), box(1, 0, 2, 1)]), 2)
    >>> len(made.arcs), [len(area[0][0]) for area in made.areas]
    (3, [2, 2])
    """
    budget = default_budget(len(geometries)) if budget is None else budget
    finest = 10.0**-precision * FINEST
    # Each further step starts from the first: what a screen cannot show need not be looked at again and again.
    base = simplified(geometries, finest), simplified(np.asarray(extra, dtype=object), finest)
    best = topology([*base[0], *base[1]], precision, finest)
    if size_of(best) <= budget:
        return best

    def made(step: int) -> Topology:
        tolerance = finest * _STEP**step
        return topology([shape for part in base for shape in simplified(part, tolerance)], precision, tolerance)

    best = made(_STEPS)
    fine, coarse = 0, _STEPS
    while coarse - fine > 1:
        middle = (fine + coarse) // 2
        tried = made(middle)
        if size_of(tried) <= budget:
            coarse, best = middle, tried
        else:
            fine = middle
    return best


def default_budget(count: int) -> int:
    """Return the bytes that the geometry of so many areas may take on a page.

    Examples
    --------
    >>> default_budget(400), default_budget(7252)
    (64000, 1087800)
    """
    return max(BUDGET, BUDGET_OF_AREA * count)


def size_of(made: Topology) -> int:
    """Return the bytes of the geometry on a page."""
    return sum(len(part) for part in made.packed().values() if isinstance(part, str))


def simplified(geometries: np.ndarray, tolerance: float) -> np.ndarray:
    """Return a coverage with less detail: borders that were shared still are, and no part goes.

    Polygons that are no coverage are simplified one by one; their borders may then part by less than the tolerance.
    """
    import shapely

    if not len(geometries):
        return geometries
    try:
        simple = shapely.coverage_simplify(geometries, tolerance)
    except shapely.errors.GEOSException:
        simple = shapely.simplify(shapely.make_valid(geometries), tolerance)
    return np.where(shapely.is_empty(simple) | shapely.is_missing(simple), geometries, simple)


def topology(geometries: Sequence, precision: int, tolerance: float = 0.0) -> Topology:
    """Cut the rings of polygons into arcs, each stored once."""
    areas = _grid_rings(geometries, precision)
    rings = [ring for area in areas for polygon in area for ring in polygon]
    if not rings:
        return Topology(precision, [], [[] for _ in areas], tolerance)
    points = np.vstack(rings)
    vertices, where = np.unique(points, axis=0, return_inverse=True)
    where = where.ravel()
    ends = np.cumsum([len(ring) for ring in rings])
    node = _nodes(where, ends, len(vertices))
    arcs: dict[bytes, int] = {}
    kept: list[np.ndarray] = []

    def number(arc: np.ndarray) -> int:
        back = (arc[0], arc[1]) > (arc[-1], arc[-2])
        one = np.ascontiguousarray(arc[::-1] if back else arc)
        at = arcs.setdefault(one.tobytes(), len(arcs))
        if at == len(kept):
            kept.append(vertices[one])
        return ~at if back else at

    cut = iter([[number(arc) for arc in _split(ring, node)] for ring in np.split(where, ends[:-1])])
    return Topology(precision, kept, [[[next(cut) for _ in polygon] for polygon in area] for area in areas], tolerance)


def _nodes(where: np.ndarray, ends: np.ndarray, count: int) -> np.ndarray:
    """Return which vertices end arcs: all but those with exactly two edges, whoever uses these."""
    start, stop = where[:-1], where[1:]
    inside = np.ones(len(start), dtype=bool)
    inside[ends[:-1] - 1] = False  # no edge leads from one ring to the next
    edges = np.unique(np.sort(np.column_stack([start[inside], stop[inside]]), axis=1), axis=0)
    return np.bincount(edges.ravel(), minlength=count) != 2


def _split(ring: np.ndarray, node: np.ndarray) -> list[np.ndarray]:
    around = ring[:-1]
    cuts = np.flatnonzero(node[around])
    # A ring without nodes begins at its smallest vertex, so that an island and the hole it fills are one arc.
    first = cuts[0] if len(cuts) else int(np.argmin(around))
    around = np.roll(around, -first)
    closed = np.append(around, around[0])
    bounds = [0, *(cuts[1:] - first).tolist(), len(closed) - 1]
    return [closed[a : b + 1] for a, b in pairwise(bounds)]


def _grid_rings(geometries: Sequence, precision: int) -> list[list[list[np.ndarray]]]:
    """Return rings in whole grid steps; what falls together goes, unless it is all there is or an islet."""
    areas, fallen = [], []
    for number, geometry in enumerate(geometries):
        kept = []
        for polygon in getattr(geometry, "geoms", [geometry]):
            if polygon.is_empty or polygon.geom_type != "Polygon":
                continue
            outer = _on_grid(polygon.exterior, precision)
            if _collapsed(outer):
                fallen.append((number, outer))
                continue
            holes = [ring for ring in (_on_grid(one, precision) for one in polygon.interiors) if not _collapsed(ring)]
            kept.append([outer, *holes])
        areas.append(kept)
    if fallen:
        used = {tuple(point) for area in areas for polygon in area for ring in polygon for point in ring.tolist()}
        for number, ring in fallen:
            # A sliver lies against other areas, which take its place; an islet lies alone.
            if areas[number] and not used.isdisjoint(map(tuple, ring.tolist())):
                continue
            corner = ring[0]
            areas[number].append([corner + np.array([[0, 0], [1, 0], [0, 1], [0, 0]])])
    return areas


def _on_grid(ring: Any, precision: int) -> np.ndarray:
    points = np.rint(np.asarray(ring.coords)[:, :2] * 10**precision).astype(np.int64)
    new = np.ones(len(points), dtype=bool)
    new[1:] = np.any(points[1:] != points[:-1], axis=1)
    return points[new]


def _collapsed(ring: np.ndarray) -> bool:
    if len(ring) < 4:
        return True
    x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
    return bool(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) == 0)


# --- numbers as text ----------------------------------------------------------------------------------------------


def _area_numbers(areas: Sequence) -> list[int]:
    numbers: list[int] = []
    last = 0
    for area in areas:
        numbers.append(len(area))
        for polygon in area:
            numbers.append(len(polygon))
            for ring in polygon:
                numbers.append(len(ring))
                for arc in ring:
                    # Neighbouring areas use neighbouring arcs, so the distance is short to write.
                    turned = 2 * arc if arc >= 0 else 2 * ~arc + 1
                    numbers.append(turned - last)
                    last = turned
    return numbers


def _written(numbers: Sequence[int]) -> str:
    """Write whole numbers with 64 letters: five bits each, the sixth says that more follow.

    Examples
    --------
    >>> _written([0, -1, 15, 16, 1000])
    'ABegBw-B'
    """
    letters = []
    for number in numbers:
        rest = 2 * number if number >= 0 else -2 * number - 1
        while rest > 31:
            letters.append(_LETTERS[rest & 31 | 32])
            rest >>= 5
        letters.append(_LETTERS[rest])
    return "".join(letters)


def unpacked(stored: dict[str, Any]) -> tuple[list[dict[str, Any]], list[list[list[float]]]]:
    """Read back what a page stores, as ``map.js`` does: GeoJSON geometries per area, and the lines.

    Examples
    --------
    >>> from shapely import box
    >>> areas, lines = unpacked(topology([box(0, 0, 1, 1)], 0).packed())
    >>> areas[0]["type"], len(areas[0]["coordinates"][0]), lines
    ('Polygon', 5, [])
    """
    numbers = iter(_read(stored["arcs"]))
    arcs, x, y = [], 0, 0
    for count in numbers:
        arc = []
        for _ in range(count):
            x, y = x + next(numbers), y + next(numbers)
            arc.append([x / stored["scale"], y / stored["scale"]])
        arcs.append(arc)
    numbers = iter(_read(stored["areas"]))
    areas, last = [], 0
    for count in numbers:
        polygons = []
        for _ in range(count):
            polygon = []
            for _ in range(next(numbers)):
                ring: list[list[float]] = []
                for _ in range(next(numbers)):
                    last += next(numbers)
                    arc = arcs[last >> 1][:: -1 if last & 1 else 1]
                    ring += arc[1:] if ring else arc
                polygon.append(ring)
            polygons.append(polygon)
        single = len(polygons) == 1
        areas.append(
            {"type": "Polygon" if single else "MultiPolygon", "coordinates": polygons[0] if single else polygons}
        )
    return areas, [arcs[at] for at in np.cumsum(_read(stored["lines"]), dtype=np.int64).tolist()]


def _read(text: str) -> list[int]:
    numbers, value, shift = [], 0, 0
    for letter in text:
        digit = _LETTERS.index(letter)
        value |= (digit & 31) << shift
        shift += 5
        if not digit & 32:
            numbers.append(-(value + 1 >> 1) if value & 1 else value >> 1)
            value = shift = 0
    return numbers
