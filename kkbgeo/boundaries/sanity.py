"""Are these areas, in which coordinates, can they lie where they say? What cannot is named, not dropped silently."""

from __future__ import annotations

from collections import Counter

import numpy as np

from kkbgeo.boundaries.layer import Layer, LeftOut
from kkbgeo.boundaries.said import said
from kkbgeo.errors import BoundaryError
from kkbgeo.language import joined

# Where Indonesia lies, with room for the sea round it.
_LON, _LAT = (90.0, 145.0), (-15.0, 10.0)
_KINDS = {0: "points", 1: "lines", 2: "lines", 4: "points", 5: "lines"}  # else other shapes: surfaces, meshes
#: A unit that crosses itself and whose frame covers this share of the whole file is a bow-tie, no unit.
_WHOLE = 0.6


def only_areas(layer: Layer) -> None:
    """Keep the rows with polygons, of a collection its polygons; list the others in `layer.left_out`."""
    import shapely

    shapes = layer.frame.geometry.to_numpy()
    mixed = shapely.get_type_id(shapes) == 7
    for at in np.flatnonzero(mixed):
        parts = shapely.get_parts(shapes[at])
        polygons = parts[shapely.get_dimensions(parts) == 2]
        shapes[at] = shapely.multipolygons(shapely.get_parts(polygons)) if len(polygons) else shapes[at]
    if mixed.any():
        layer.notes.append(said("mixed_rows", count=int(mixed.sum())))
    kinds = shapely.get_type_id(shapes)
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    broken = ~np.isfinite(shapely.bounds(shapes)).all(axis=1) & ~empty
    areas = np.isin(kinds, (3, 6)) & ~empty & ~broken
    for at in np.flatnonzero(~areas):
        what = said(f"kind_{_KINDS.get(int(kinds[at]), 'others')}")
        reason = said("no_geometry") if empty[at] else said("no_numbers") if broken[at] else said("no_area", what=what)
        _leave_out(layer, at, reason)
    layer.frame = layer.frame.set_geometry(shapes)[areas]


def what_instead(shapes: np.ndarray) -> str:
    """Say what a layer without areas holds."""
    import shapely

    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if empty.all():
        return said("none_has_geometry")
    kinds = Counter(_KINDS.get(kind, "others") for kind in shapely.get_type_id(shapes[~empty]).tolist())
    found = [said("so_many", count=count, what=said(f"kind_{kind}")) for kind, count in sorted(kinds.items())]
    return said("not_areas", what=joined(", ", found))


def in_degrees(layer: Layer, crs: str) -> None:
    """Bring a layer into EPSG:4326, if it says or shows in which coordinates it is.

    Raises
    ------
    BoundaryError
        A coordinate system that is not known, or rows in two of them.
    """
    from pyproj.exceptions import CRSError

    bounds = layer.frame.geometry.bounds.to_numpy()
    wide, high = np.abs(bounds[:, [0, 2]]).max(axis=1), np.abs(bounds[:, [1, 3]]).max(axis=1)
    degrees = (wide <= 180.0001) & (high <= 180.0001)
    _past_180(layer, (wide > 180.0001) & (wide <= 360.0001) & (high <= 90.0001), crs or layer.crs)
    if len(layer.frame) < len(degrees):
        in_degrees(layer, crs)
        return
    name = crs or layer.crs
    try:
        frame = layer.frame.set_crs(name or "EPSG:4326")
    except CRSError:
        raise BoundaryError(
            f"{name[:60]!r} is no coordinate system that is known.",
            hint="Name it as EPSG:4326 (degrees) or EPSG:32749 (UTM zone 49 south).",
            path=str(layer.path),
            layer=layer.name,
            value=name,
        ) from None
    if degrees.any() and not degrees.all():
        fewer = np.flatnonzero(degrees != (degrees.sum() * 2 > len(degrees)))
        raise BoundaryError(
            f"Layer {layer.name} mixes coordinate systems: {degrees.sum()} rows in degrees, {(~degrees).sum()} in "
            f"metres, e.g. row {layer.frame.index[fewer[0]] + 1} ({_label(layer, fewer[0])}).",
            hint="Bring all rows into one coordinate system in QGIS (Reproject Layer) before joining them.",
            path=str(layer.path),
            layer=layer.name,
            value=(layer.frame.index[fewer] + 1).tolist()[:20],
        )
    if frame.crs.is_geographic != bool(degrees.all()) and (name or not degrees.all()):
        told = f"says {name}" if name else "names no coordinate system"
        raise BoundaryError(
            f"Layer {layer.name} {told}, but its coordinates are {'degrees' if degrees.all() else 'metres'}: "
            f"{np.array2string(frame.total_bounds, precision=1)}.",
            hint="Give the right one: kkbgeo boundaries import FILE --crs "
            + ("EPSG:4326." if degrees.all() else "EPSG:32749 (UTM zone 49 south), for example."),
            path=str(layer.path),
            layer=layer.name,
            value=name,
        )
    if not name:
        layer.notes.append(said("taken_as_degrees"))
    if crs and layer.crs and crs != layer.crs:
        layer.notes.append(said("crs_as_you_said", crs=crs, named=layer.crs[:40]))
    layer.frame = frame if frame.crs.equals("EPSG:4326") else frame.to_crs("EPSG:4326")
    layer.frame = layer.frame.set_crs("EPSG:4326", allow_override=True)  # one name for OGC:CRS84 and the like


def _past_180(layer: Layer, past: np.ndarray, named: str) -> None:
    """Leave out rows with longitudes from 180 to 360: degrees that count on beyond the antimeridian, no metres."""
    from pyproj import CRS

    if not past.any() or (named and not CRS.from_user_input(named).is_geographic):
        return
    if past.all():
        raise BoundaryError(
            f"Layer {layer.name} has longitudes beyond 180 degrees: "
            f"{np.array2string(layer.frame.total_bounds, precision=1)}.",
            hint="Indonesia lies between 95 and 141. Degrees run from -180 to 180: shift them in QGIS (Translate), and "
            "look whether the areas are the right ones.",
            path=str(layer.path),
            layer=layer.name,
        )
    for at in np.flatnonzero(past):
        _leave_out(layer, layer.frame.index[at], said("past_180", longitude=round(layer.frame.bounds.iloc[at]["maxx"])))
    layer.frame = layer.frame[~past]


def plausible(layer: Layer) -> None:
    """Find swapped axes; leave out rows that cross the antimeridian or, crossing themselves, cover the whole file."""
    import shapely

    bounds = layer.frame.geometry.bounds.to_numpy()
    middle = np.column_stack([bounds[:, [0, 2]].mean(axis=1), bounds[:, [1, 3]].mean(axis=1)])
    if _inside(middle[:, ::-1]).mean() > 0.5 > _inside(middle).mean():
        layer.notes.append(said("file_swapped"))
    elif np.abs(bounds[:, [1, 3]]).max() > 90.0001:
        raise BoundaryError(
            f"Layer {layer.name} has latitudes beyond 90 degrees: "
            f"{np.array2string(layer.frame.total_bounds, precision=1)}.",
            hint="Check its coordinate system and the order of its axes in QGIS.",
            path=str(layer.path),
            layer=layer.name,
        )
    wide = bounds[:, [2, 3]] - bounds[:, [0, 1]]
    round_world = wide[:, 0] > 180
    total = layer.frame.total_bounds
    share = wide.prod(axis=1) / max((total[2] - total[0]) * (total[3] - total[1]), 1e-12)
    tied = np.zeros(len(bounds), dtype=bool)
    if len(bounds) > 3:
        large = np.flatnonzero((share > _WHOLE) & ~round_world)
        tied[large] = ~shapely.is_valid(layer.frame.geometry.to_numpy()[large])
    for at in np.flatnonzero(round_world | tied):
        _leave_out(
            layer,
            layer.frame.index[at],
            said("antimeridian" if round_world[at] else "bow_tie"),
        )
    layer.frame = layer.frame[~(round_world | tied)]


def _inside(points: np.ndarray) -> np.ndarray:
    return (points[:, 0] > _LON[0]) & (points[:, 0] < _LON[1]) & (points[:, 1] > _LAT[0]) & (points[:, 1] < _LAT[1])


def _leave_out(layer: Layer, index: int, reason: str) -> None:
    label = _label(layer, layer.frame.index.get_loc(index))
    layer.left_out.append(LeftOut(int(index) + 1, label, reason))


def _label(layer: Layer, at: int) -> str:
    """Return the first texts of a row, by which a person finds it."""
    row = layer.frame.drop(columns="geometry").iloc[at]
    return " ".join(str(value) for value in row.iloc[:3] if value)[:80]
