"""Maps and pages of the screen: this room draws what it is handed and computes nothing.

Names load when first used, so that importing the room costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kkbgeo.maps.cells import Figure as Figure
    from kkbgeo.maps.cells import Link as Link
    from kkbgeo.maps.drawn import Marker as Marker
    from kkbgeo.maps.from_table import choropleth as choropleth
    from kkbgeo.maps.interactive import AreaMap as AreaMap
    from kkbgeo.maps.interactive import area_map as area_map
    from kkbgeo.maps.layers import class_layer as class_layer
    from kkbgeo.maps.layers import numeric_layer as numeric_layer
    from kkbgeo.maps.levels import levelled as levelled
    from kkbgeo.maps.page import Page as Page
    from kkbgeo.maps.periods import over_time as over_time
    from kkbgeo.maps.thumbnail import locator_svg as locator_svg
    from kkbgeo.maps.thumbnail import thumbnail_svg as thumbnail_svg

_HOMES = {
    "AreaMap": "interactive",
    "Marker": "drawn",
    "area_map": "interactive",
    "choropleth": "from_table",
    "class_layer": "layers",
    "numeric_layer": "layers",
    "Figure": "cells",
    "Link": "cells",
    "levelled": "levels",
    "over_time": "periods",
    "Page": "page",
    "locator_svg": "thumbnail",
    "thumbnail_svg": "thumbnail",
}
__all__ = [
    "AreaMap",
    "Figure",
    "Link",
    "Marker",
    "Page",
    "area_map",
    "choropleth",
    "class_layer",
    "levelled",
    "locator_svg",
    "numeric_layer",
    "over_time",
    "thumbnail_svg",
]


def __getattr__(name: str):
    if name in _HOMES:
        return getattr(import_module(f"kkbgeo.maps.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'kkbgeo.maps' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
