"""Regions: Kemendagri codes, the gazetteer, editions of other years, and record linkage of place names to codes.

A code is text and is given only where it is certain; likeness of spelling proposes candidates and never decides.
Names load when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kkbgeo.on_first_use import on_first_use

if TYPE_CHECKING:
    from kkbgeo.regions.aliases import Aliases as Aliases
    from kkbgeo.regions.codes import LEVELS as LEVELS
    from kkbgeo.regions.codes import is_code as is_code
    from kkbgeo.regions.codes import level_of as level_of
    from kkbgeo.regions.codes import parent_of as parent_of
    from kkbgeo.regions.editions import Editions as Editions
    from kkbgeo.regions.gazetteer import Gazetteer as Gazetteer
    from kkbgeo.regions.names import Resolver as Resolver
    from kkbgeo.regions.tilegrid import TileGrid as TileGrid
    from kkbgeo.regions.whole import Whole as Whole

_HOMES = {
    "Aliases": "aliases",
    "Editions": "editions",
    "Gazetteer": "gazetteer",
    "LEVELS": "codes",
    "Resolver": "names",
    "TileGrid": "tilegrid",
    "Whole": "whole",
    "is_code": "codes",
    "level_of": "codes",
    "parent_of": "codes",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = on_first_use(__name__, _HOMES)
