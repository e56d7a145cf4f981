"""One layer of areas as found in a file, and the rows of it that were left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd


@dataclass(frozen=True)
class LeftOut:
    """A row that cannot be an area: its number in the layer (from 1), what it says, and why it is left out."""

    row: int
    label: str
    reason: str


@dataclass
class Layer:
    """One layer of areas as found in a file.

    Attributes
    ----------
    name : str
        Name of the layer; of a file with one layer, the file's name.
    frame : GeoDataFrame
        One row per area, columns as in the file and all of them text (a missing cell is ``""``), so that no code
        becomes a number; ``geometry`` holds polygons and multipolygons in EPSG:4326, as found: not repaired.
    crs : str
        Coordinate system the file names (``EPSG:32749``), or ``""`` when it names none.
    path : Path
        The file asked for.
    notes : list of str
        What was noticed or assumed, in words.
    left_out : list of LeftOut
        Rows that are no areas: without geometry, points, lines, across the antimeridian, over the whole file.
    rows : list of int
        The number of each row of `frame` in the file, from 1: what was left out is counted, too.
    """

    name: str
    frame: gpd.GeoDataFrame
    crs: str
    path: Path
    notes: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
