"""Choropleth maps and HTML pages: this room draws what it is handed and computes nothing.

Names load when first used, so that importing the room costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kkbgeo.on_first_use import on_first_use

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
__getattr__, __dir__ = on_first_use(__name__, _HOMES)
