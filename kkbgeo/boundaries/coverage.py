"""From polygons that nearly fit to a coverage: no overlap, no narrow gap, shared borders equal to the last digit.

GEOS does both (`shapely.coverage_clean`): first it takes away overlaps, then it gives each narrow gap to the
neighbour with the longest border. Two steps, because only what lies between them tells which gaps there were.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from kkbgeo.boundaries.said import said
from kkbgeo.language import Number

#: A gap is closed when it is narrower than this (degrees; about 55 m): lakes are wider, digitising errors are not.
GAP = 0.0005
#: A unit that loses more than this share of its area to others is not repaired but contradicted.
SWALLOWED = 0.5
#: A unit lies inside another that has this share of it, and two that share this much of the larger one are one shape.
INSIDE = TWINS = 0.9


@dataclass
class Coverage:
    """Units that fit together.

    Attributes
    ----------
    shapes : ndarray of geometry
        Valid and without overlap, in the order given; None where a unit could not be kept.
    gaps : int
        Gaps that were closed.
    widened : set of int
        Units that got a gap.
    lost : dict of int to str
        Unit -> why it could not be kept.
    inside : dict of int to list of int
        Unit -> the larger ones it lay inside of, out of which it was cut.
    valid : bool
        Whether the whole is a valid coverage.
    """

    shapes: np.ndarray
    gaps: int = 0
    widened: set[int] = field(default_factory=set)
    lost: dict[int, str] = field(default_factory=dict)
    inside: dict[int, list[int]] = field(default_factory=dict)
    valid: bool = True


def clean(shapes: np.ndarray, gap: float = GAP, tell: Callable[[str], None] | None = None) -> Coverage:
    """Make a coverage of polygons.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon
        Each valid; in one order whatever the file's (sort by code), so that the result is the same.
    gap : float
        Width in the shapes' unit below which a hole between units is closed.
    tell : callable, optional
        Called with a few words at each step.

    Examples
    --------
    >>> from shapely import box
    >>> made = clean(np.array([box(0, 0, 1, 1), box(0.9999, 0, 2, 1)]))
    >>> made.valid, round(float(sum(one.area for one in made.shapes)), 6)
    (True, 2.0)
    """
    import shapely

    shapes = np.array(shapes, dtype=object)
    made = Coverage(shapes)
    there = np.arange(len(shapes))
    before = shapely.area(shapes)
    if not len(shapes):
        return made
    tell = tell or (lambda _: None)
    fitting = said("step_fitting", count=Number(len(shapes)))
    tell(fitting)
    cleaned = _unlapped(shapes, gap)
    if (shapely.area(cleaned) < (1 - SWALLOWED) * before).any():
        tell(said("step_unlapping"))
        made.lost, made.inside = contradicted(shapes)
        shapes = _cut_out(shapes, made.inside)
        there = np.setdiff1d(there, list(made.lost))
        tell(fitting)
        cleaned = _unlapped(shapes[there], gap)
    gone = shapely.is_empty(cleaned) | shapely.is_missing(cleaned)
    for place in there[gone].tolist():
        made.lost[place] = said("nothing_left")
    there, cleaned = there[~gone], cleaned[~gone]
    tell(said("step_gaps"))
    closed = _without_gaps(cleaned, gap)
    made.gaps, widened = _closed(cleaned, closed)
    made.widened = {int(there[place]) for place in widened}
    made.valid = fits(closed)
    made.shapes = np.full(len(shapes), None, dtype=object)
    made.shapes[there] = closed
    return made


def fits(shapes: np.ndarray) -> bool:
    """Tell whether polygons are a valid coverage: each valid, none over another, shared borders edge by equal edge.

    GEOS is asked first. It takes a unit for overlapped where a hole of it touches its own outer border in a point in
    which neighbours meet, since it looks at one ring at a time; what it doubts is looked at again, unit by unit.

    Examples
    --------
    >>> from shapely import box
    >>> fits(np.array([box(0, 0, 1, 1), box(1, 0, 2, 1)])), fits(np.array([box(0, 0, 1, 1), box(0.9, 0, 2, 1)]))
    (True, False)
    """
    import shapely

    shapes = np.array(shapes, dtype=object)
    if not shapely.is_valid(shapes).all():
        return False
    if shapely.coverage_is_valid(shapes):
        return True
    doubtful = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(shapes)))
    tree = shapely.STRtree(shapes)
    at, other = tree.query(shapes[doubtful], predicate="intersects")
    at = doubtful[at]
    at, other = at[at != other], other[at != other]
    if shapely.relate_pattern(shapes[at], shapes[other], "2********").any():
        return False
    # An edge of one unit only may run along no other unit: that unit would lack one of its corners.
    near = np.union1d(at, other)
    edges, owner = _edges(shapes[near])
    _, which, count = np.unique(_mixed(edges), return_inverse=True, return_counts=True)
    lone = edges[(count[which] == 1) & np.isin(near[owner], doubtful)]
    lines = shapely.linestrings(lone.reshape(-1, 2, 2))
    line, crossed = shapely.STRtree(borders := shapely.boundary(shapes[near])).query(lines)
    along = shapely.relate_pattern(lines[line], borders[crossed], "1********")
    # Each runs along its own unit; a second one is the fault.
    return not (np.bincount(line[along], minlength=len(lines)) > 1).any()


def _unlapped(shapes: np.ndarray, gap: float) -> np.ndarray:
    """Take away overlaps, island by island: what does not touch needs no memory at the same time.

    An island that is a valid coverage stays as it is, to the last digit.
    """
    import shapely

    cleaned = shapes.copy()
    for members in _islands(shapes, gap):
        if not shapely.coverage_is_valid(shapes[members]):
            cleaned[members] = shapely.coverage_clean(shapes[members])
    return cleaned


def _without_gaps(shapes: np.ndarray, gap: float) -> np.ndarray:
    """Give each hole of a coverage that is narrower than `gap` to the unit with the longest border to it."""
    import shapely

    closed = shapes.copy()
    for members in _islands(shapes, gap):
        # No corner is snapped any more: all that GEOS would move now has its place.
        closed[members] = shapely.coverage_clean(shapes[members], gap_width=gap, snapping_distance=0.0)
    return closed


def _islands(shapes: np.ndarray, gap: float) -> list[np.ndarray]:
    """Return the members of each group of polygons that are no farther than `gap` from each other, in order."""
    import shapely

    root = list(range(len(shapes)))

    def head(one: int) -> int:
        while root[one] != one:
            root[one] = one = root[root[one]]
        return one

    first, second = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=gap)
    for one, other in zip(first[first < second].tolist(), second[first < second].tolist(), strict=True):
        low, high = sorted((head(one), head(other)))
        root[high] = low
    heads = np.array([head(one) for one in range(len(shapes))])
    order = np.argsort(heads, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(heads[order])) + 1)


def contradicted(shapes: np.ndarray) -> tuple[dict[int, str], dict[int, list[int]]]:
    """Tell the units that lie over others: which cannot stand beside them, and which only lie inside a larger one.

    Returns
    -------
    tuple of dict
        Unit -> why it cannot be kept (it lies over many, or two have one shape); unit -> the larger ones around it,
        which were drawn without a hole for it: an enclave, as a city in its regency.
    """
    import shapely

    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    common = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    first, second, common = first[common > 0], second[common > 0], common[common > 0]
    area, lost, inside = shapely.area(shapes), {}, {}
    while len(common):
        shared = np.bincount(first, common, len(shapes)) + np.bincount(second, common, len(shapes))
        over = np.flatnonzero(shared > SWALLOWED * area)
        if not len(over):
            break
        gone: list[tuple[int, int]] = []
        for one in over.tolist():
            mine = (first == one) | (second == one)
            pairs = zip((first + second - one)[mine].tolist(), common[mine].tolist(), strict=True)
            # What lies under others for the most part itself is no unit with a hole, but where that one is all of them.
            around = [
                other for other, part in pairs
                if part >= INSIDE * area[one] and part <= TWINS * area[other] and area[one] < area[other]
                and (shared[other] <= SWALLOWED * area[other] or part >= (1 - 1e-9) * shared[other])
            ]  # fmt: skip
            if around:
                inside.setdefault(one, []).extend(around)
                gone = [(one, other) for other in around]
                break
        if not gone:
            # Who lies over most is to blame: without it, those below it are whole again.
            worst = int(over[np.argmax(shared[over])])
            mine = (first == worst) | (second == worst)
            pairs = list(zip((first + second - worst)[mine].tolist(), common[mine].tolist(), strict=True))
            twins = [other for other, part in pairs if part > TWINS * max(area[other], area[worst])]
            lost[worst] = said("same_shape") if twins else said("lies_over", count=len(pairs))
            lost.update(dict.fromkeys(twins, said("same_shape")))
            keep = ~np.isin(first, [worst, *twins]) & ~np.isin(second, [worst, *twins])
        else:
            keep = np.ones(len(common), dtype=bool)
            for one, other in gone:
                keep &= (first != min(one, other)) | (second != max(one, other))
        first, second, common = first[keep], second[keep], common[keep]
    inside = {
        one: [other for other in around if other not in lost] for one, around in inside.items() if one not in lost
    }
    return lost, {one: around for one, around in inside.items() if around}


def _cut_out(shapes: np.ndarray, inside: dict[int, list[int]]) -> np.ndarray:
    """Return the shapes with a hole in the larger ones for each that lies inside."""
    import shapely

    holes: dict[int, list[int]] = {}
    for one, around in inside.items():
        for other in around:
            holes.setdefault(other, []).append(one)
    cut = shapes.copy()
    for other, mine in holes.items():
        cut[other] = shapely.difference(shapes[other], shapely.union_all(shapes[mine]))
    return cut


def _closed(before: np.ndarray, after: np.ndarray) -> tuple[int, set[int]]:
    """Return how many gaps were closed between two states of a coverage, and the units that got one."""
    import shapely

    more = np.flatnonzero(shapely.area(after) > shapely.area(before))
    got, owner = shapely.get_parts(shapely.difference(after[more], before[more]), return_index=True)
    gaps = (shapely.get_type_id(got) == 3) & (shapely.area(got) > 0)
    return int(gaps.sum()), set(more[owner[gaps]].tolist())


def _edges(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return every edge of some polygons as x, y, x, y with its ends in one fixed order, and whose it is."""
    import shapely

    parts, of_part = shapely.get_parts(shapes, return_index=True)
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    edge = np.hstack([points[:-1], points[1:]])[same]
    turned = (edge[:, 0] > edge[:, 2]) | ((edge[:, 0] == edge[:, 2]) & (edge[:, 1] > edge[:, 3]))
    edge[turned] = edge[turned][:, [2, 3, 0, 1]]
    return edge, of_part[of_ring[ring[1:][same]]]


def _mixed(edges: np.ndarray) -> np.ndarray:
    """Return one whole number for each edge, equal for equal edges: rows of four floats sort ten times slower."""
    mixed = np.zeros(len(edges), dtype=np.uint64)
    for column in (edges + 0.0).T:  # -0.0 equals 0.0, and must look it
        mixed = (mixed ^ np.ascontiguousarray(column).view(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed
