"""One level of a map: its areas with their layers, what makes them up, and what a page asks of a map of such levels."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from kkbgeo.language import words
from kkbgeo.maps.drawn import Layer, Marker
from kkbgeo.maps.periods import shown_for

if TYPE_CHECKING:
    import geopandas as gpd

    from kkbgeo.boundaries.store import Edition

_NOUNS = {0: "province", 1: "regency", 2: "district", 3: "village"}  # by the number of dots in a code
_ALIKE, _NEAR = 0.005, 0.02  # share of the area, and degrees, by which a union may differ from the unit it makes up


@dataclass(frozen=True)
class Level:
    """The areas of one level with their layers, as a map draws them; `opens` is the key of the layer shown first."""

    areas: gpd.GeoDataFrame
    layers: tuple[Layer, ...]
    labels: dict[str, str]
    parents: dict[str, str]
    outline: gpd.GeoDataFrame | None = None
    undrawn: dict[str, str] = field(default_factory=dict)
    edition: Edition | None = None
    opens: str = ""

    @property
    def key(self) -> str:
        """Level of the areas, told from their codes; ``area`` if they are of several."""
        dots = {code.count(".") for code in self.areas.index}
        return _NOUNS.get(dots.pop(), "area") if len(dots) == 1 else "area"

    def to(self, language: str) -> Level:
        """Return the level with every text of its layers in words of `language`."""
        return replace(self, layers=words(self.layers, language), parents=words(self.parents, language))

    @property
    def opening(self) -> Layer:
        """The layer that the level opens with, on the page and in every picture of it: by default the first."""
        named = [one for one in self.layers if one.key == self.opens]
        return named[0] if named else shown_for(self.layers[0], self.layers)


class MapLike(Protocol):
    """What the markup and the data of a page need to know of a map; `kkbgeo.maps.interactive.AreaMap` fits."""

    language: str
    levels: tuple[Level, ...]
    markers: tuple[Marker, ...]
    title: str
    credit: str
    precision: int
    simulated: bool

    @property
    def opening(self) -> Layer: ...

    @property
    def notice(self) -> str: ...


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
