"""What is wrong with a spreadsheet: each problem names file, sheet, cell, value, rule and remedy, in two languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from kkbgeo.intake.grids import coordinate
from kkbgeo.intake.personal import covered
from kkbgeo.language import number, text, words

_LONGEST = 60


@dataclass(frozen=True)
class Problem:
    """One thing wrong.

    Attributes
    ----------
    key : str
        Name of its texts in ``messages/intake.toml``: ``rule.<key>`` and ``fix.<key>``.
    sheet : str
        Sheet, "" when the whole file is meant.
    row, column : int
        Cell from 0; -1 where a whole row or sheet is meant.
    value : str
        What stands there, personal numbers masked; "" when it is not to be shown.
    facts : dict
        Fields of the texts. A tuple is joined with commas; lazy text (`kkbgeo.language.Text`) is told in the language
        of the problem.
    """

    key: str
    sheet: str
    row: int = -1
    column: int = -1
    value: str = ""
    facts: dict[str, object] = field(default_factory=dict, hash=False, compare=False)

    @property
    def cell(self) -> str:
        """Name of the cell, such as ``C12``; of the row, such as ``12:12``; or ""."""
        if self.row < 0:
            return ""
        return coordinate(self.row, self.column) if self.column >= 0 else f"{self.row + 1}:{self.row + 1}"

    def rule(self, language: str) -> str:
        """Return which rule is broken."""
        return text(f"intake.rule.{self.key}", language, value=self.value, **self._said(language))

    def fix(self, language: str) -> str:
        """Return what to type instead."""
        return text(f"intake.fix.{self.key}", language, value=self.value, **self._said(language))

    def line(self, language: str) -> str:
        """Return all of it in one line."""
        shown = f' "{self.value}"' if self.value else ""
        where = " ".join(filter(None, (self.sheet, self.cell)))
        return f"[{where}]{shown} {self.rule(language)} → {self.fix(language)}"

    def _said(self, language: str) -> dict[str, object]:
        return {name: _said(value, language) for name, value in self.facts.items()}


def _said(value: object, language: str) -> object:
    if isinstance(value, tuple | list):
        return ", ".join(str(_said(one, language)) for one in value)
    if isinstance(value, float):
        return number(value, language, 0 if value.is_integer() else 2)
    return words(value, language)


def shown(value: object) -> str:
    """Return a cell as a problem may show it: covered where it holds personal data, and not longer than a line."""
    line = covered(value)
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def ordered(problems: Sequence[Problem], sheets: Sequence[str]) -> list[Problem]:
    """Return problems once each, by sheet, row and column."""
    place = {name: number for number, name in enumerate(sheets)}
    once = list(dict.fromkeys(problems))
    return sorted(once, key=lambda one: (place.get(one.sheet, -1), one.row, one.column))


def summary(problems: Sequence[Problem], language: str) -> list[str]:
    """Return how many problems of which kind there are, the most frequent first, one line each."""
    counted = Counter(one.key for one in problems)
    return [f"{count} × {text(f'intake.short.{key}', language)}" for key, count in counted.most_common()]
