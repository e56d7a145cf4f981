"""Totals of a list: the figures below a list of kampung, compared with how many rows were read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kkbgeo.intake import kinds
from kkbgeo.intake.headers import Layout
from kkbgeo.intake.problems import Problem, shown
from kkbgeo.intake.rows import Row, has_record
from kkbgeo.intake.values import is_nothing, plain
from kkbgeo.language import Text

#: Columns of a list that a row of totals may count its rows in.
_COUNTED = (*kinds.PLACES, "code", "place", "kampung", "kind", "hamlet", "class", "status")
_COUNT = re.compile(r"(?:.*?[\s:=])?(\d{1,3}(?:\.\d{3})+|\d+)\s*(?P<word>[^\W\d][\w\s./]*)?")


def ticked(row: Row, name: str) -> bool:
    """Tell whether the column of a class is ticked in a row."""
    return row.text(name).casefold() not in ("", "-", "0", "–", "—", "tidak")


def check_counts(layout: Layout, rows: Sequence[Row]) -> list[Problem]:
    """Compare the rows of totals of a list with the rows since the last one, or all; one problem per figure.

    Parameters
    ----------
    layout : Layout
        The table.
    rows : list of Row
        Rows of the table, told apart.
    """
    problems: list[Problem] = []
    every: list[Row] = []
    since: list[Row] = []
    last = max((row.number for row in rows if row.fate == "total"), default=-1)
    for row in rows:
        if row.fate == "record" and has_record(row):
            every.append(row)
            since.append(row)
        elif row.fate == "total" and every:
            figures = _figures(layout, row)
            told = [_differences(layout, row, figures, members) for members in (since, every) if members]
            if figures and all(told):
                problems += told[-1] if row.number == last or len(told) == 1 else told[0]
            since = []
    return problems


def _figures(layout: Layout, row: Row) -> list[tuple[str, int, int, str]]:
    """Return what a row of totals says: field, column, figure, and the word behind it."""
    found = []
    for name, column in layout.columns.items():
        text = row.text(name)
        if name not in (*_COUNTED, *kinds.CLASS_FIELDS) or is_nothing(row.cells.get(name)):
            continue
        if isinstance(row.cells[name], float) and row.cells[name].is_integer():
            text = str(int(row.cells[name]))
        match = _COUNT.fullmatch(text)
        if match:
            found.append((name, column, int(match[1].replace(".", "")), kinds.key(match["word"] or "")))
    if not found:  # "Jumlah: 21 desa" in a cell of no column that is read, such as No.
        for column, cell in enumerate(layout.grid.rows[row.number]):
            match = _COUNT.fullmatch(plain(cell)) if isinstance(cell, str) else None
            if match and kinds.starts_with("total", plain(cell)):
                found.append(("", column, int(match[1].replace(".", "")), kinds.key(match["word"] or "")))
    return found


def _differences(
    layout: Layout, row: Row, figures: list[tuple[str, int, int, str]], members: list[Row]
) -> list[Problem]:
    problems = []
    for name, column, figure, word in figures:
        counts = _counts(name, word, members)
        if counts and figure not in counts:
            field = Text(f"intake.field.{name}") if name in kinds.CLASS_FIELDS else Text("intake.list_rows")
            facts = {"field": field, "total": float(figure), "rows": float(counts[0])}
            problems.append(Problem("count_differs", layout.grid.sheet, row.number, column,
                                    shown(layout.grid.cell(row.number, column)), facts))  # fmt: skip
    return problems


def _counts(name: str, word: str, members: list[Row]) -> list[int]:
    """Return what a figure may count: rows; of a place also the different ones; of a class those of it."""
    if name in kinds.CLASS_FIELDS:
        return [sum(ticked(row, name) for row in members)]
    level = next((level for level, known in kinds.words()["level"].items() if word.split(" ")[0] in known), "")
    if level in ("province", "regency", "district"):
        return [len({kinds.key(row.text(level) or row.carried.get(level, "")) for row in members} - {""})]
    if word and level != "village" and not word.startswith(("kkb", "kampung", "lokasi", "baris", "buah", "kel")):
        return []
    counts = [len(members)]
    if name in ("province", "regency", "district", "village", "class", "status"):
        said = [kinds.key(row.text(name) or row.carried.get(name, "")) for row in members]
        counts += [len(set(said) - {""}), sum(bool(one) for one in said)]
    return counts
