"""Shapes as files have them, made fit for use one by one: rings, axes, kinds, and several rows of one unit."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kkbgeo.boundaries.said import said
from kkbgeo.errors import BoundaryError

if TYPE_CHECKING:
    from kkbgeo.boundaries.layer import Layer
    from kkbgeo.regions.gazetteer import Gazetteer

#: Two shapes of one unit that overlap by more than this share of the smaller one are not its parts.
PARTS = 0.02
#: Two shapes that share this much are one shape, drawn twice.
SAME = 0.98
#: A unit of Indonesia is never wider (degrees); one that is crosses the antimeridian, or its file is damaged.
WIDEST = 40.0


@dataclass
class Sound:
    """Shapes after first aid, in the order given.

    Attributes
    ----------
    shapes : ndarray of geometry
        Valid polygons; None where nothing usable was there.
    notes : dict of int to list of str
        Row -> what was done to it.
    lost : dict of int to str
        Row -> why it has no usable shape.
    """

    shapes: np.ndarray
    notes: dict[int, list[str]]
    lost: dict[int, str]


def first_aid(shapes: Sequence[object], bounds: tuple[float, float, float, float]) -> Sound:
    """Make every shape a valid polygon in longitude and latitude, and say what was done to which.

    Parameters
    ----------
    shapes : sequence of geometry
        In degrees; None and other kinds may be among them.
    bounds : tuple of float
        West, south, east, north of the regions: shapes that lie there only with their axes swapped are swapped.

    Examples
    --------
    >>> from shapely import box
    >>> from kkbgeo.language import words
    >>> words(first_aid([box(0, 110, 1, 111)], (108, -5, 119, 5)).notes, "en")
    {0: ['axes swapped: latitude was given first']}
    """
    import shapely

    given = shapely.force_2d(np.array(list(shapes), dtype=object))
    notes: dict[int, list[str]] = defaultdict(list)
    lost: dict[int, str] = {}
    empty = shapely.is_missing(given) | shapely.is_empty(given)
    lost.update(dict.fromkeys(np.flatnonzero(empty).tolist(), said("no_shape")))
    for row in _swapped(given, bounds):
        given[row] = shapely.transform(given[row], lambda points: points[:, ::-1])
        notes[row].append(said("axes_swapped"))
    broken = ~empty & ~shapely.is_valid(given)
    for row in np.flatnonzero(broken).tolist():
        notes[row].append(said("ring_mended", why=shapely.is_valid_reason(given[row]).split("[")[0].strip()))
    given[broken] = shapely.make_valid(given[broken])
    mixed = np.flatnonzero(~empty & ~np.isin(shapely.get_type_id(given), (3, 6))).tolist()
    for row in mixed:
        given[row] = polygons_of(given[row])
        if given[row] is None:
            lost[row] = said("no_polygon")
        elif not broken[row]:
            notes[row].append(said("only_polygons"))
    box = shapely.bounds(given)
    wide = np.flatnonzero((box[:, 2] - box[:, 0] > WIDEST) | (box[:, 3] - box[:, 1] > WIDEST)).tolist()
    for row in wide:
        lost[row] = said("too_wide", degrees=round(box[row, 2] - box[row, 0]))
        given[row] = None
    return Sound(given, dict(notes), lost)


def polygons_of(shape: object) -> object | None:
    """Return the polygons of any geometry as one Polygon or MultiPolygon; None without any."""
    import shapely

    parts = shapely.get_parts(np.array([shape]))
    while (shapely.get_type_id(parts) > 3).any():  # collections of multipolygons
        parts = shapely.get_parts(parts)
    parts = parts[(shapely.get_type_id(parts) == 3) & (shapely.area(parts) > 0)]
    if not len(parts):
        return None
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def _swapped(shapes: np.ndarray, bounds: tuple[float, float, float, float]) -> list[int]:
    import shapely

    west, south, east, north = bounds
    box = shapely.bounds(shapes)
    x, y = (box[:, 0] + box[:, 2]) / 2, (box[:, 1] + box[:, 3]) / 2
    as_is = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    turned = (y >= west) & (y <= east) & (x >= south) & (x <= north)
    return np.flatnonzero(turned & ~as_is).tolist()


@dataclass
class Units:
    """One shape for each unit.

    Attributes
    ----------
    shapes : dict of str to geometry
        By code, sorted.
    notes : dict of str to list of str
    torn : dict of str to str
        Units whose rows contradict each other: none of them is taken.
    rows : dict of str to list of int
        The rows that each unit is made of.
    """

    shapes: dict[str, object]
    notes: dict[str, list[str]]
    torn: dict[str, str]
    rows: dict[str, list[int]]


def one_each(codes: Sequence[str], shapes: np.ndarray) -> Units:
    """Join the rows of one unit: parts are united, a second copy goes, different shapes are refused.

    Parameters
    ----------
    codes : sequence of str
        Unit of each row; "" for rows of none.
    shapes : ndarray
        Valid polygons, None where a row has none.
    """
    import shapely

    rows: dict[str, list[int]] = defaultdict(list)
    for row, code in enumerate(codes):
        if code and shapes[row] is not None:
            rows[code].append(row)
    found = Units({}, defaultdict(list), {}, dict(sorted(rows.items())))
    for code, mine in found.rows.items():
        if len(mine) == 1:
            found.shapes[code] = shapes[mine[0]]
            continue
        # Sorted by size and place, so that the order of rows changes nothing.
        parts = sorted((shapes[row] for row in mine), key=lambda one: (-one.area, *one.bounds))
        kept = [parts[0]]
        for part in parts[1:]:
            if any(_shared(part, one, union=True) >= SAME for one in kept):
                found.notes[code].append(said("second_copy"))
            elif any(_shared(part, one) > PARTS for one in kept):
                found.torn[code] = said("torn", count=len(mine))
                break
            else:
                kept.append(part)
        if code in found.torn:
            continue
        if len(kept) > 1:
            found.notes[code].append(said("rows_joined", count=len(kept)))
        found.shapes[code] = kept[0] if len(kept) == 1 else polygons_of(shapely.union_all(np.array(kept)))
    found.notes = dict(found.notes)
    return found


def _shared(one: object, other: object, *, union: bool = False) -> float:
    common = one.intersection(other).area
    whole = one.area + other.area - common if union else min(one.area, other.area)
    return common / whole if whole else 0.0


@contextmanager
def told_as_errors(
    path: Path, layers: Sequence[Layer], given: Mapping[str, Mapping[str, object]], places: Gazetteer
) -> Iterator[None]:
    """Turn an error of GEOS into one sentence: the file, its layers, the unit it happened at, and what to do.

    Parameters
    ----------
    path : Path
        The file.
    layers : sequence of Layer
    given : mapping of str to mapping
        Level -> code -> shape. What is not known yet when the error comes, is not told.
    places : Gazetteer

    Raises
    ------
    BoundaryError
        In place of a ``ShapelyError``.
    """
    import shapely

    try:
        yield
    except shapely.errors.ShapelyError as wrong:
        told = str(wrong).strip().split("\n")[0].rstrip(".")
        # GEOS ends many a message with the place: a conflict "at 114.5 -3.2".
        spot = re.search(r"(-?\d+(?:\.\d+)?) (-?\d+(?:\.\d+)?)", told)
        units, near = {code: shape for level in given.values() for code, shape in level.items()}, ""
        if units and spot:
            nearest = shapely.STRtree(list(units.values())).nearest(shapely.Point(*map(float, spot.groups())))
            near = f" near {places.label(code := list(units)[nearest])} ({code})"
        where = f", layer {', '.join(one.name for one in layers)}" if layers else ""
        raise BoundaryError(
            f"{path.name}{where}: its areas cannot be repaired{near} ({told}).",
            hint="Mend them in QGIS (Vector geometry > Fix geometries, then Topology Checker), and import that file.",
            path=str(path),
        ) from wrong
