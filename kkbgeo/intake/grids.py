"""Sheets as plain grids of cells, whatever file they came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from kkbgeo.intake.opening import Limits, refuse

_MOST_BOXED = 300_000


class Uncounted(NamedTuple):
    """A formula whose result is not in the file: it was written by a program that does not calculate."""

    formula: str


class Fault(NamedTuple):
    """A cell that shows an error such as ``#REF!``."""

    text: str


class Percent(NamedTuple):
    """A number that the sheet shows as a percentage: 0.298 is shown as 29.8 %."""

    share: float


class Box(NamedTuple):
    """A merged area: first and last row and column, from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class Grid:
    """One sheet.

    Attributes
    ----------
    sheet : str
        Its name; of a CSV file the file's.
    rows : list of list
        Cells from A1 on: None, str, int, float, bool, date, datetime, or one of the types above. Rows may be of
        different length.
    merged : list of Box
        Its merged areas; only the first cell of each holds something.
    hidden : bool
        Not shown in the workbook.
    style : str
        ``"text"`` when every cell came as text (CSV).
    """

    sheet: str
    rows: list[list[object]] = field(default_factory=list)
    merged: list[Box] = field(default_factory=list)
    hidden: bool = False
    style: str = ""

    def cell(self, row: int, column: int) -> object:
        """Return a cell; None where there is none."""
        cells = self.rows[row] if 0 <= row < len(self.rows) else []
        return cells[column] if 0 <= column < len(cells) else None

    @property
    def width(self) -> int:
        """Number of used columns."""
        return max(map(len, self.rows), default=0)

    @cached_property
    def boxed(self) -> dict[tuple[int, int], Box]:
        """The merged area of each used cell that lies in one; areas beyond any sheet's need are passed over."""
        found: dict[tuple[int, int], Box] = {}
        height, width = len(self.rows), self.width
        for box in self.merged:
            rows, columns = range(box.top, min(box.bottom + 1, height)), range(box.left, min(box.right + 1, width))
            if len(found) + len(rows) * len(columns) > _MOST_BOXED:
                continue
            found |= {(row, column): box for row in rows for column in columns}
        return found


def coordinate(row: int, column: int) -> str:
    """Return the name of a cell as spreadsheets show it.

    Examples
    --------
    >>> coordinate(0, 0), coordinate(11, 27)
    ('A1', 'AB12')
    """
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def box_of(reference: str) -> Box:
    """Return the area that a reference such as ``B2:D5`` names.

    Examples
    --------
    >>> box_of("B2:D5")
    Box(top=1, left=1, bottom=4, right=3)
    """
    first, _, last = reference.replace("$", "").partition(":")
    (top, left), (bottom, right) = _place(first), _place(last or first)
    return Box(top, left, bottom, right)


def _place(name: str) -> tuple[int, int]:
    letters = name.rstrip("0123456789")
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return int(name[len(letters) :]) - 1, column - 1


class Meter:
    """Counts what is read and stops at the limits, with words."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path, self.limits, self.cells = path, limits, 0

    def row(self, sheet: str, number: int, cells: list[object]) -> None:
        """Count one used row (`number` from 1)."""
        limits = self.limits
        if number > limits.rows:
            raise refuse("too_many_rows", self.path, sheet=sheet, limit=limits.rows)
        if len(cells) > limits.columns:
            raise refuse("too_many_columns", self.path, sheet=sheet, limit=limits.columns)
        self.cells += sum(cell is not None for cell in cells)
        if self.cells > limits.cells:
            raise refuse("too_many_cells", self.path, limit=limits.cells)
        for column, cell in enumerate(cells):
            if isinstance(cell, str) and len(cell) > limits.text:
                where = coordinate(number - 1, column)
                raise refuse("long_text", self.path, sheet=sheet, cell=where, limit=limits.text)


def trimmed(cells: list[object]) -> list[object]:
    """Return a row without the empty cells at its end; text of nothing but space is an empty cell."""
    plain = [None if isinstance(cell, str) and not cell.strip() else cell for cell in cells]
    while plain and plain[-1] is None:
        plain.pop()
    return plain


Tell = Callable[[str, int], None]
