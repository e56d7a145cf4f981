"""The tile grid: one tile for each regency, laid out by hand in ``reference/tiles.csv``."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from kkbgeo import provenance
from kkbgeo.paths import data_root as find_data_root
from kkbgeo.regions.codes import is_code, level_of

if TYPE_CHECKING:
    from kkbgeo.regions.gazetteer import Gazetteer

FILE = "tiles.csv"
COLUMNS = ("code", "column", "row", "label", "note")
#: Letters that fit on a tile of 44 pixels.
MOST_LETTERS = 5
#: Columns and rows that the style of the pages has places for.
MOST_COLUMNS, MOST_ROWS = 8, 16
_SIDES = {"t": (0, -1), "r": (1, 0), "b": (0, 1), "l": (-1, 0)}


@dataclass(frozen=True)
class Tile:
    """One cell of the grid: a regency, or the label of a province. Column and row count from 1, from the north-west."""

    code: str
    column: int
    row: int
    label: str


@dataclass(frozen=True)
class TileGrid:
    """Every regency's tile, and one label cell for each province.

    Attributes
    ----------
    tiles : mapping
        Code of a regency -> its `Tile`, in the order of codes.
    labels : mapping
        Code of a province -> its label cell.
    """

    tiles: Mapping[str, Tile]
    labels: Mapping[str, Tile]

    def edges(self, code: str) -> str:
        """Return on which sides (``t``, ``r``, ``b``, ``l``) a tile ends its province.

        Examples
        --------
        >>> TileGrid.load().edges("63.01")
        'bl'
        """
        own, cells = self.tiles[code], {(one.column, one.row): one.code[:2] for one in self.tiles.values()}
        return "".join(
            side for side, (dx, dy) in _SIDES.items() if cells.get((own.column + dx, own.row + dy)) != code[:2]
        )

    def fits(self, gazetteer: Gazetteer) -> bool:
        """Tell whether the grid has exactly the regencies of a gazetteer; another country's it has not."""
        return list(self.tiles) == sorted(gazetteer.codes("regency"))

    @classmethod
    def load(cls, data_root: str | os.PathLike | None = None) -> TileGrid | None:
        """Read the file, checked; kept in memory. None where a workspace has no such file.

        Raises
        ------
        CodeError
            A row of something else than a regency or province, twice the same code, cell or label, a label that
            does not fit on a tile.

        Examples
        --------
        >>> grid = TileGrid.load()
        >>> len(grid.tiles), grid.tiles["63.71"].label, grid.labels["63"].label
        (56, 'BJM', 'Kalsel')
        """
        path = find_data_root(data_root) / "reference" / FILE
        return _load(path, path.stat().st_mtime_ns) if path.exists() else None


def tiles_of(gazetteer: Gazetteer, data_root: str | os.PathLike | None = None) -> TileGrid | None:
    """Return the tile grid of a workspace, or None where it has none of its own regencies.

    Examples
    --------
    >>> from kkbgeo.regions.gazetteer import Gazetteer
    >>> len(tiles_of(Gazetteer.load()).tiles)
    56
    """
    grid = TileGrid.load(data_root)
    return grid if grid and grid.fits(gazetteer) else None


@lru_cache(maxsize=4)
def _load(path: Path, _stamp: int) -> TileGrid:
    found: list[Tile] = []
    rows = provenance.read_csv(path)
    for number, (code, column, row, label) in enumerate(
        rows[list(COLUMNS[:4])].itertuples(index=False, name=None), start=2
    ):
        level = level_of(code) if is_code(code) else ""
        wrong = ""
        if level not in ("regency", "province"):
            wrong = f"has no code of a regency or province ({code!r})"
        elif not (_within(column, MOST_COLUMNS) and _within(row, MOST_ROWS)):
            wrong = f"lies outside {MOST_COLUMNS} columns and {MOST_ROWS} rows ({column!r}, {row!r})"
        elif not label.strip() or (level == "regency" and len(label) > MOST_LETTERS):
            wrong = f"has a label that does not fit on a tile ({label!r}, at most {MOST_LETTERS} letters)"
        elif any(one.code == code for one in found):
            wrong = f"gives {code} a second tile"
        elif any((one.column, one.row) == (int(column), int(row)) for one in found):
            wrong = f"puts {code} where another one is (column {column}, row {row})"
        elif any(one.label == label for one in found):
            wrong = f"gives the label {label!r} a second time"
        if wrong:
            raise provenance.row_error(path, number, wrong, code)
        found.append(Tile(code, int(column), int(row), label))
    found.sort(key=lambda one: one.code)
    return TileGrid(
        {one.code: one for one in found if "." in one.code}, {one.code: one for one in found if "." not in one.code}
    )


def _within(text: str, most: int) -> bool:
    return bool(re.fullmatch(r"[1-9]\d?", text, re.ASCII)) and int(text) <= most
