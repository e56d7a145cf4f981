"""One map of several levels: regencies and the villages in them, with every border stored once."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kkbgeo.errors import KkbgeoError
from kkbgeo.maps.periods import shown_first

if TYPE_CHECKING:
    import geopandas as gpd

    from kkbgeo.boundaries.store import Edition
    from kkbgeo.maps.interactive import AreaMap
    from kkbgeo.maps.layers import Layer

_NOUNS = {0: "province", 1: "regency", 2: "district", 3: "village"}  # by the number of dots in a code
_ALIKE, _NEAR = 0.005, 0.02  # share of the area, and degrees, by which a union may differ from the unit it makes up


@dataclass(frozen=True)
class Level:
    """The areas of one level with their layers, as a map draws them."""

    areas: gpd.GeoDataFrame
    layers: tuple[Layer, ...]
    labels: dict[str, str]
    parents: dict[str, str]
    outline: gpd.GeoDataFrame | None = None
    undrawn: dict[str, str] = field(default_factory=dict)
    edition: Edition | None = None

    @property
    def key(self) -> str:
        """Level of the areas, told from their codes; ``area`` if they are of several."""
        dots = {code.count(".") for code in self.areas.index}
        return _NOUNS.get(dots.pop(), "area") if len(dots) == 1 else "area"

    @property
    def opening(self) -> Layer:
        """The layer that the level opens with, on the page and in every picture of it."""
        return shown_first(self.layers)


def levelled(maps: Sequence[AreaMap]) -> AreaMap:
    """Return one map with the levels of several, the first shown first; a switch leads from one to the other.

    Borders are stored once: a regency that its villages make up is drawn from their borders.

    Parameters
    ----------
    maps : sequence of AreaMap
        One map per level, made in the same language; markers, title and credit are those of the first.

    Raises
    ------
    KkbgeoError
        Two maps of one level, or of different languages.

    Examples
    --------
    >>> import kkbgeo
    >>> from kkbgeo import profiles
    >>> wb = kkbgeo.Workbench()
    >>> levelled([profiles.regency_map(wb, "64"), profiles.village_map(wb, "64")]).save(
    ...     "kaltim.html"
    ... )  # doctest: +SKIP
    """
    if not maps:
        raise KkbgeoError("A map needs at least one level.")
    levels = [level for one in maps for level in one.levels]
    keys = [one.key for one in levels]
    if len(set(keys)) < len(keys):
        raise KkbgeoError(f"Two maps of one level: {', '.join(keys)}.", hint="Hand over one map per level")
    if len({one.languages for one in maps}) > 1:
        raise KkbgeoError("The maps are in different languages.", hint="Make them from one workbench")
    if len(maps[0].languages) > 1:
        raise KkbgeoError("Join the levels first, and the languages then.", hint="levelled([...]).beside(...)")
    made = copy.copy(maps[0])
    made.forget()
    made.levels = tuple(levels)
    made.simulated = any(one.simulated for one in maps)
    made.title = next((one.title for one in maps if one.simulated), made.title) if made.simulated else made.title
    made.precision = min(one.precision for one in maps)
    return made


def parts_of(level: Level, finest: Level) -> dict[str, list[int]]:
    """Return for each area of a level the positions of the finest areas that make it up; the others have none.

    An area counts as made up if the finest areas below its code have its size and reach, so that a coarser outline of
    another edition, or one with villages missing, stays a shape of its own.
    """
    import numpy as np
    import shapely

    codes = list(finest.areas.index)
    # In square degrees: only their ratio counts.
    sizes, reach = shapely.area(finest.areas.geometry.to_numpy()), shapely.bounds(finest.areas.geometry.to_numpy())
    dots = {code.count(".") for code in level.areas.index}
    below: dict[str, list[int]] = {}
    for at, code in enumerate(codes):
        parts = code.split(".")
        for many in dots:
            if many + 1 < len(parts):
                below.setdefault(".".join(parts[: many + 1]), []).append(at)
    found = {}
    shapes = level.areas.geometry.to_numpy()
    for code, area, bounds in zip(level.areas.index, shapely.area(shapes), shapely.bounds(shapes), strict=True):
        mine = below.get(code, [])
        if not mine or abs(sizes[mine].sum() - area) > _ALIKE * area:
            continue
        near = np.concatenate([reach[mine, :2].min(axis=0), reach[mine, 2:].max(axis=0)])
        if np.abs(near - bounds).max() <= _NEAR:
            found[code] = mine
    return found
