"""Totals that a sheet carries: compared with the rows they add up, never added to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kkbgeo.intake.headers import Layout
from kkbgeo.intake.kinds import Kind
from kkbgeo.intake.problems import Problem
from kkbgeo.intake.rows import Row
from kkbgeo.intake.values import UnreadableError, number
from kkbgeo.language import Text


@dataclass(frozen=True)
class Total:
    """A row of totals that agrees with its rows.

    Attributes
    ----------
    row : Row
        The row itself.
    members : tuple of int
        Numbers of the rows it adds up.
    figures : dict of str to float
        Field -> total as printed.
    """

    row: Row
    members: tuple[int, ...]
    figures: dict[str, float]


def check_totals(layout: Layout, kind: Kind, rows: Sequence[Row], style: str) -> tuple[list[Total], list[Problem]]:
    """Compare every row of totals with the rows it adds up: those since the last one, or all.

    Parameters
    ----------
    layout : Layout
        The table.
    kind : Kind
        Whose ``numbers`` are added up.
    rows : list of Row
        Rows of the table, told apart.
    style : str
        How the sheet writes numbers.

    Returns
    -------
    totals : list of Total
        Those that agree in every figure that can be compared.
    problems : list of Problem
        One per figure that differs, naming both. Rows with a figure that cannot be read are not compared: the figure
        itself is a problem already.
    """
    agreed, problems = [], []
    every: list[Row] = []
    since: list[Row] = []
    for row in rows:
        if row.fate == "record":
            every.append(row)
            since.append(row)
        elif row.fate == "total" and every:
            figures = _figures(kind, row, style)
            if figures is None or not figures:
                continue
            sums = [(members, _sums(kind, members, style)) for members in (since, every) if members]
            fitting = next((members for members, added in sums if _agree(figures, added)), None)
            if fitting is not None:
                agreed.append(Total(row, tuple(one.number for one in fitting), figures))
            else:
                members, added = sums[0] if since and len(since) < len(every) and row is not rows[-1] else sums[-1]
                problems += _differences(layout, row, figures, added, len(members))
            since = []
    return agreed, problems


def _figures(kind: Kind, row: Row, style: str) -> dict[str, float] | None:
    found = {}
    for name in kind.numbers:
        try:
            read = number(row.cells.get(name), style=style)
        except UnreadableError:
            return None
        if read is not None:
            found[name] = read.value
    return found


def _sums(kind: Kind, rows: Sequence[Row], style: str) -> dict[str, float | None]:
    """Return the sum of each field; None where a figure cannot be read."""
    sums: dict[str, float | None] = {}
    for name in kind.numbers:
        total: float | None = 0.0
        for row in rows:
            try:
                read = number(row.cells.get(name), style=style)
            except UnreadableError:
                total = None
                break
            total += read.value if read else 0.0
        sums[name] = total
    return sums


def _agree(figures: Mapping[str, float], sums: Mapping[str, float | None]) -> bool:
    return all(sums[name] is None or abs(sums[name] - value) < 1e-6 for name, value in figures.items())


def _differences(
    layout: Layout, row: Row, figures: Mapping[str, float], sums: Mapping[str, float | None], count: int
) -> list[Problem]:
    return [
        Problem("total_differs", layout.grid.sheet, row.number, layout.columns[name], f"{value:g}",
                {"field": Text(f"intake.field.{name}"), "sum": sums[name], "rows": count, "total": value})
        for name, value in figures.items()
        if sums[name] is not None and abs(sums[name] - value) > 1e-6
    ]  # fmt: skip
