"""Reading the fields of one row, every problem collected."""

from __future__ import annotations

from dataclasses import dataclass, field

from kkbgeo.intake import kinds, personal
from kkbgeo.intake.grids import Fault, Uncounted
from kkbgeo.intake.headers import Layout
from kkbgeo.intake.problems import Problem, shown
from kkbgeo.intake.rows import Row
from kkbgeo.intake.values import Number, UnreadableError, When, is_nothing, number, plain, when
from kkbgeo.language import Text


@dataclass
class Reader:
    """Reads one row; what cannot be read becomes a problem and None or "".

    Attributes
    ----------
    layout, row : Layout, Row
        Where it stands.
    style : str
        How the sheet writes numbers.
    problems : list of Problem
        Grows with every field that is read.
    """

    layout: Layout
    row: Row
    style: str
    problems: list[Problem] = field(default_factory=list)

    def check_cells(self) -> None:
        """Report formulas without a result, errors of the sheet, and personal numbers in any cell that is read."""
        for name, cell in self.row.cells.items():
            if isinstance(cell, Uncounted):
                self.add("no_result", name, shown(cell.formula))
            elif isinstance(cell, Fault):
                self.add("sheet_error", name, cell.text)
            elif found := personal.cell_kind(cell):
                self.add("personal_cell", name, "", what=Text(f"intake.personal.{found}"))

    def add(self, key: str, name: str, value: str | None = None, **facts: object) -> None:
        """Add a problem at the cell of a field."""
        column = self.layout.columns.get(name, -1)
        text = shown(self.row.cells.get(name)) if value is None else value
        self.problems.append(Problem(key, self.layout.grid.sheet, self.row.number, column, text, facts))

    def number(self, name: str, *, whole: bool = True, units: tuple[str, ...] = ()) -> Number | None:
        """Read a figure; a word behind it must be one of `units` (meanings), a known unit or nothing."""
        cell = self._readable(name)
        try:
            read = number(cell, style=self.style, whole=whole)
        except UnreadableError as wrong:
            self._unreadable(name, wrong)
            return None
        if read and read.unit:
            meaning = kinds.word("unit", read.unit)
            if not meaning or (units and meaning not in units):
                self.add("unit_unexpected", name, unit=shown(read.unit))
                return None
        return read

    def word(self, name: str, table: str) -> str:
        """Read a word of a list; "" where the cell is empty."""
        cell = self._readable(name)
        if is_nothing(cell):
            return ""
        found = kinds.word(table, plain(cell))
        if not found:
            self.add("word_unknown", name, words=tuple(kinds.options(table).values()))
        return "" if found == "nothing" else found

    def when(self, name: str = "as_of") -> When | None:
        """Read a date."""
        try:
            return when(self._readable(name))
        except UnreadableError as wrong:
            self._unreadable(name, wrong)
            return None

    def text(self, name: str) -> str:
        """Read a text."""
        return plain(self._readable(name))

    def is_empty(self, name: str) -> bool:
        """Tell whether a field holds nothing."""
        return is_nothing(self.row.cells.get(name))

    def _readable(self, name: str) -> object:
        cell = self.row.cells.get(name)
        return None if isinstance(cell, Uncounted | Fault) else cell  # said by check_cells

    def _unreadable(self, name: str, wrong: UnreadableError) -> None:
        self.add(wrong.key, name, **{"field": Text(f"intake.field.{name}"), **wrong.facts})
