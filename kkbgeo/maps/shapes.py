"""Where the name of an area can stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


def label_point(geometry: BaseGeometry, precision: int) -> list[float]:
    """Return a point inside the largest polygon of `geometry`, where its name can stand."""
    largest = max(getattr(geometry, "geoms", [geometry]), key=lambda one: one.area)
    point = largest.centroid
    if not largest.contains(point):
        point = largest.representative_point()
    return [round(point.x, precision), round(point.y, precision)]
