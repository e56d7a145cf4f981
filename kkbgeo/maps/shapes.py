"""Geometry on its way to a page: rounded, compact, shared by the map, the thumbnails and the locator."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

Ring = np.ndarray  # n x 2, closed
Part = list[Ring]  # the outer ring, then its holes


def parts_of(geometry: BaseGeometry, precision: int) -> list[Part]:
    """Return the polygons of `geometry` as rings rounded to `precision` decimals.

    Points that fall together are dropped; a ring that collapses goes, unless nothing else is left of
    the geometry.

    Examples
    --------
    >>> from shapely import box
    >>> parts_of(box(0, 0, 1, 1), 0)[0][0].shape
    (5, 2)
    """
    kept, collapsed = [], []
    for polygon in getattr(geometry, "geoms", [geometry]):
        if polygon.is_empty:
            continue
        outer = _rounded(polygon.exterior, precision)
        if len(outer) < 4:
            collapsed.append([np.asarray(polygon.exterior.coords)[:, :2]])
            continue
        holes = [ring for ring in (_rounded(one, precision) for one in polygon.interiors) if len(ring) >= 4]
        kept.append([outer, *holes])
    return kept or collapsed[:1]


def _rounded(ring: Any, precision: int) -> Ring:
    points = np.round(np.asarray(ring.coords)[:, :2], precision) + 0.0  # -0.0 would be written as such
    new = np.ones(len(points), dtype=bool)
    new[1:] = np.any(points[1:] != points[:-1], axis=1)
    return points[new]


def geojson(parts: Sequence[Part]) -> dict[str, Any]:
    """Return polygons as a GeoJSON geometry.

    Examples
    --------
    >>> from shapely import box
    >>> geojson(parts_of(box(0, 0, 1, 1), 0))["type"]
    'Polygon'
    """
    coordinates = [[ring.tolist() for ring in part] for part in parts]
    if len(coordinates) == 1:
        return {"type": "Polygon", "coordinates": coordinates[0]}
    return {"type": "MultiPolygon", "coordinates": coordinates}


def label_point(geometry: BaseGeometry, precision: int) -> list[float]:
    """Return a point inside the largest polygon of `geometry`, where its name can stand."""
    largest = max(getattr(geometry, "geoms", [geometry]), key=lambda one: one.area)
    point = largest.centroid
    if not largest.contains(point):
        point = largest.representative_point()
    return [round(point.x, precision), round(point.y, precision)]


def borders(parts: Iterable[Sequence[Part]], groups: Sequence[object], precision: int) -> list[list[list[float]]]:
    """Return the lines that part one group of areas from another, e.g. the districts among villages.

    Only edges shared by areas of two groups count, so that the outer border is not drawn twice.

    Parameters
    ----------
    parts : iterable
        Rounded polygons per area (`parts_of`); neighbours share their vertices.
    groups : sequence
        Group of each area, in the same order.
    precision : int
        Decimals of the coordinates.

    Returns
    -------
    list of lines, each a list of [lon, lat]
    """
    names = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    if len(names) < 2:
        return []
    edges = [_edges(area, precision) for area in parts]
    owner = np.concatenate([np.full(len(one), names[group]) for one, group in zip(edges, groups, strict=True)])
    edge = np.vstack(edges)
    order = np.lexsort((owner, *edge.T[::-1]))
    edge, owner = edge[order], owner[order]
    same = np.all(edge[1:] == edge[:-1], axis=1) & (owner[1:] != owner[:-1])
    return _merged(edge[1:][same], precision)


def outlines(frame: gpd.GeoDataFrame, precision: int) -> list[list[list[float]]]:
    """Return the borders of larger units as lines, each edge once."""
    edges = [_edges(parts_of(geometry, precision), precision) for geometry in frame.geometry]
    return _merged(np.vstack(edges), precision) if edges else []


def _edges(parts: Sequence[Part], precision: int) -> np.ndarray:
    """Return every edge as whole numbers x, y, x, y, its ends in one fixed order."""
    scale = 10**precision
    found = [np.empty((0, 4), dtype=np.int64)]
    for part in parts:
        for ring in part:
            whole = np.rint(ring * scale).astype(np.int64)
            found.append(np.hstack([whole[:-1], whole[1:]]))
    edge = np.vstack(found)
    turned = (edge[:, 0] > edge[:, 2]) | ((edge[:, 0] == edge[:, 2]) & (edge[:, 1] > edge[:, 3]))
    edge[turned] = edge[turned][:, [2, 3, 0, 1]]
    return edge


def _merged(edges: np.ndarray, precision: int) -> list[list[list[float]]]:
    import shapely

    if not len(edges):
        return []
    unique = np.unique(edges, axis=0).reshape(-1, 2, 2)
    merged = shapely.line_merge(shapely.multilinestrings(shapely.linestrings(unique)))
    lines = [np.asarray(line.coords) / 10**precision for line in getattr(merged, "geoms", [merged])]
    return sorted(np.round(line, precision).tolist() for line in lines)
