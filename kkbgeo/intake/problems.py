"""What is wrong with a spreadsheet: each problem names file, sheet, cell, value, rule and remedy, in two languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from kkbgeo import language
from kkbgeo.intake.grids import coordinate
from kkbgeo.intake.personal import covered

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
        Fields of the texts. A tuple is joined with commas; a `Said` is a text in both languages.
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

    def rule(self, tongue: str) -> str:
        """Return which rule is broken."""
        return language.text(f"intake.rule.{self.key}", tongue, value=self.value, **self._said(tongue))

    def fix(self, tongue: str) -> str:
        """Return what to type instead."""
        return language.text(f"intake.fix.{self.key}", tongue, value=self.value, **self._said(tongue))

    def line(self, tongue: str) -> str:
        """Return all of it in one line."""
        shown = f' "{self.value}"' if self.value else ""
        where = " ".join(filter(None, (self.sheet, self.cell)))
        return f"[{where}]{shown} {self.rule(tongue)} → {self.fix(tongue)}"

    def _said(self, tongue: str) -> dict[str, object]:
        return {name: _said(value, tongue) for name, value in self.facts.items()}


@dataclass(frozen=True)
class Said:
    """A text of ``messages/intake.toml`` as a fact of a problem: said in the problem's language."""

    key: str
    facts: tuple[tuple[str, object], ...] = ()

    def text(self, tongue: str) -> str:
        """Return it in one language."""
        return language.text(f"intake.{self.key}", tongue, **dict(self.facts))


@dataclass(frozen=True)
class Both:
    """A text that is there in both languages already, such as a reason of the resolver."""

    id: str
    en: str

    def text(self, tongue: str) -> str:
        """Return it in one language."""
        return self.id if tongue == "id" else self.en


def _said(value: object, tongue: str) -> object:
    if isinstance(value, Said | Both):
        return value.text(tongue)
    if isinstance(value, tuple | list):
        return ", ".join(str(_said(one, tongue)) for one in value)
    if isinstance(value, float):
        return language.number(value, tongue, 0 if value.is_integer() else 2)
    return value


def shown(value: object) -> str:
    """Return a cell as a problem may show it: covered where it holds personal data, and not longer than a line."""
    text = covered(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def ordered(problems: Sequence[Problem], sheets: Sequence[str]) -> list[Problem]:
    """Return problems once each, by sheet, row and column."""
    place = {name: number for number, name in enumerate(sheets)}
    once = list(dict.fromkeys(problems))
    return sorted(once, key=lambda one: (place.get(one.sheet, -1), one.row, one.column))


def summary(problems: Sequence[Problem], tongue: str) -> list[str]:
    """Return how many problems of which kind there are, the most frequent first, one line each."""
    counted = Counter(one.key for one in problems)
    return [f"{count} × {language.text(f'intake.short.{key}', tongue)}" for key, count in counted.most_common()]
