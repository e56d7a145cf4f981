"""Where the table begins and what its columns are: titles above it, headings over two rows, merged cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from kkbgeo.intake import kinds, personal
from kkbgeo.intake.grids import Grid, coordinate
from kkbgeo.intake.problems import Problem, shown
from kkbgeo.intake.values import NOTHING, ZERO, plain
from kkbgeo.language import Text

_SEARCHED = 60  # rows below which no table begins
_LIKELY = 84
#: A date of the row; the day a kampung was formed, or a decree signed, does not say when its class was so.
_DATE = re.compile(r"\b(tanggal|tgl|waktu)\b(?!.*\b(lahir|kelahiran|sk|surat|\w*bentuk\w*|\w*canang\w*|berdiri)\b)")


@dataclass
class Layout:
    """A table found in a grid.

    Attributes
    ----------
    grid : Grid
        The sheet.
    top, bottom : int
        First and last row of its headings, from 0.
    columns : dict of str to int
        Field -> column.
    labels : dict of int to str
        Column -> its heading as written.
    personal : dict of int to str
        Columns that look like personal data, and of which kind.
    unused : list of int
        Columns that are not read.
    problems : list of Problem
        What is wrong with the headings.
    """

    grid: Grid
    top: int
    bottom: int
    columns: dict[str, int]
    labels: dict[int, str]
    personal: dict[int, str] = field(default_factory=dict)
    unused: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def get(self, row: int, name: str) -> object:
        """Return the cell of a field in a row; None where the table has no such column."""
        column = self.columns.get(name, -1)
        return self.grid.cell(row, column) if column >= 0 else None


def find_table(grid: Grid, kind: str) -> Layout | None:
    """Find the headings of a table; None where a sheet has none.

    Parameters
    ----------
    grid : Grid
        A sheet.
    kind : str
        What is looked for, see `kkbgeo.intake.kinds`.

    Returns
    -------
    Layout or None
        The row, or two or three rows together, whose cells are most often known headings. Fields missing from it,
        headings that stand twice and columns of personal data are listed in it as problems.
    """
    boxes = grid.boxed
    best: tuple[tuple[int, int, int], Layout] | None = None
    for top in range(min(len(grid.rows), _SEARCHED)):
        for deep in range(1, 4):
            if top + deep > len(grid.rows):
                break
            if deep > 1 and _holds_data(grid, boxes, kind, top + deep - 1):
                break
            labels = _labels(grid, boxes, top, deep)
            layout = _layout(grid, kind, top, top + deep - 1, labels)
            known = len(layout.columns) + len(layout.personal)
            rank = (known, -deep, -top)
            if known >= 2 and layout.columns and (best is None or rank > best[0]):
                best = (rank, layout)
    if best is None:
        return None
    layout = best[1]
    _settle(layout, kind)
    return layout


def _holds_data(grid: Grid, boxes: dict, kind: str, row: int) -> bool:
    """Tell whether a row below headings is data: figures, or words under a heading that is known without them."""
    for column, cell in enumerate(grid.rows[row]):
        if cell is None:
            continue
        if not isinstance(cell, str):
            return True
        above = grid.cell(row - 1, column)
        box = boxes.get((row - 1, column))
        alone = isinstance(above, str) and (box is None or box.left == box.right)
        if alone and field_of([plain(above)], kind) and not field_of([plain(cell)], kind):
            return True
    return False


def _labels(grid: Grid, boxes: dict, top: int, deep: int) -> dict[int, list[str]]:
    """Return the headings of each column over one to three rows, from above; merged ones reach over all their cells."""
    found: dict[int, list[str]] = {}
    for column in range(grid.width):
        parts: list[str] = []
        for row in range(top, top + deep):
            box = boxes.get((row, column))
            value = grid.cell(box.top, box.left) if box else grid.cell(row, column)
            if value is None and row == top and deep > 1:
                value = _group_of(grid, boxes, row, column, deep)
            text = plain(value) if isinstance(value, str) else ""
            if text and text not in parts:
                parts.append(text)
        if parts:
            found[column] = parts
    return found


def _group_of(grid: Grid, boxes: dict, row: int, column: int, deep: int) -> object:
    """Return the heading of a group that is not merged: it stands over the first of its columns only."""
    if boxes or all(grid.cell(row + down, column) is None for down in range(1, deep)):
        return None
    for left in range(column - 1, -1, -1):
        value = grid.cell(row, left)
        if value is not None:
            return value if grid.cell(row + 1, left) is not None else None
    return None


def _layout(grid: Grid, kind: str, top: int, bottom: int, labels: dict[int, list[str]]) -> Layout:
    layout = Layout(grid, top, bottom, {}, {column: " / ".join(parts) for column, parts in labels.items()})
    for column, parts in labels.items():
        name = field_of(parts, kind)
        if name:
            layout.columns.setdefault(name, column)
        elif _personal(parts):
            layout.personal[column] = _personal(parts)
    return layout


def field_of(parts: Sequence[str], kind: str) -> str:
    """Return the field that a heading names, its lowest part first; "" when it is not known.

    Examples
    --------
    >>> field_of(["Klasifikasi", "Dasar"], "counts"), field_of(["Desa/Kel. *"], "kampung"), field_of(["Warna"], "aid")
    ('dasar', 'village', '')
    """
    known = kinds.headings(kind)
    for text in (" ".join(parts), *reversed(parts)):
        without = re.sub(r"\([^)]*\)|\[[^]]*\]", " ", text)
        for said in (kinds.key(text), kinds.key(without)):
            if said in known:
                return known[said]
            if re.fullmatch(r".+ (\d{4}|per tahun)", said) and said.rsplit(" ", 1)[0] in known:
                return known[said.rsplit(" ", 1)[0]]
    # A date is not to fall back on the title's only because its heading has one word more.
    said = kinds.key(" ".join(parts))
    return "as_of" if _DATE.search(said) and not personal.heading_kind(said) and len(said) < 40 else ""


def _personal(parts: Sequence[str]) -> str:
    for text in (*reversed(parts), " ".join(parts)):
        bare = re.sub(r"\([^)]*\)", " ", text)
        for said in (kinds.key(text), kinds.key(bare)):
            if found := personal.heading_kind(said):
                return found
    return ""


def _settle(layout: Layout, kind: str) -> None:
    """Sort every column of the table found: read, refused or passed over; and say what is missing."""
    grid, one = layout.grid, kinds.kind_of(kind)
    seen: dict[str, list[int]] = {}
    for column, label in sorted(layout.labels.items()):
        parts = label.split(" / ")
        name = field_of(parts, kind)
        filled = _below(layout, column)
        if name:
            seen.setdefault(name, []).append(column)
            continue
        layout.personal.pop(column, None)
        found = _personal(parts)
        if found in ("person", "kk") and _all_counts(filled):
            found = ""  # "Kepala Keluarga" over figures is a number of families
        found = found or personal.column_kind(filled)
        if found:
            layout.personal[column] = found
        elif not kinds.passed_over(kinds.key(label)):
            layout.unused.append(column)
    for column in range(grid.width):  # a column without a heading is not read either, but may not be personal
        if column not in layout.labels and (found := personal.column_kind(_below(layout, column))):
            layout.personal[column] = found
    for name, columns in seen.items():
        _one_of(layout, name, columns)
    for name in {*one.numbers, "value"} & set(layout.columns):
        if _are_names(_below(layout, layout.columns[name])):
            layout.personal[layout.columns.pop(name)] = "person"  # "Penerima" over names is no number of recipients
    column = layout.columns.get("note", -1)
    if column >= 0 and (found := personal.column_kind(_below(layout, column))) in ("person", "address"):
        layout.personal[column] = found  # remarks are free text; a list of names or addresses is none
        layout.columns.pop("note")
    _refuse_personal(layout)
    _miss(layout, one)


def _below(layout: Layout, column: int) -> list[object]:
    return [layout.grid.cell(row, column) for row in range(layout.bottom + 1, len(layout.grid.rows))]


def _are_names(filled: list[object]) -> bool:
    """Tell whether most cells of a column for figures are words that differ."""
    there = [plain(value) for value in filled if value is not None]
    words = {text for text in there if re.search(r"[^\W\d]", text) and not re.search(r"\d", text)}
    words = {text for text in words if not kinds.word("class", text) and text.casefold() not in (*NOTHING, *ZERO)}
    return len(words) >= 2 and len(words) >= len(there) / 2


def _all_counts(filled: list[object]) -> bool:
    there = [value for value in filled if value is not None]
    return bool(there) and all(
        isinstance(value, int | float) or (isinstance(value, str) and re.fullmatch(r"[\d.,\s-]{1,9}", value))
        for value in there
    )


def _one_of(layout: Layout, name: str, columns: list[int]) -> None:
    """Take the one column of a field; when several hold something, say so."""
    grid = layout.grid
    used = [column for column in columns if any(cell is not None for cell in _below(layout, column))]
    layout.columns[name] = (used or columns)[0]
    if len(used) < 2:
        return
    layout.columns.pop(name)
    cells = tuple(coordinate(layout.bottom, column) for column in used)
    for column in used:
        layout.problems.append(
            Problem("header_twice", grid.sheet, layout.bottom, column, shown(layout.labels[column]),
                    {"field": Text(f"intake.field.{name}"), "cells": cells})
        )  # fmt: skip


def _refuse_personal(layout: Layout) -> None:
    for column, found in sorted(layout.personal.items()):
        layout.problems.append(
            Problem("personal_column", layout.grid.sheet, layout.bottom, column, shown(layout.labels.get(column, "")),
                    {"what": Text(f"intake.personal.{found}")})
        )  # fmt: skip


def _miss(layout: Layout, one: kinds.Kind) -> None:
    from rapidfuzz import fuzz, process

    known = kinds.headings(one.name)
    twice = {problem.facts["field"].key for problem in layout.problems if problem.key == "header_twice"}
    likely: dict[str, tuple[str, int]] = {}
    for column in layout.unused:
        hit = process.extractOne(kinds.key(layout.labels[column]), list(known), scorer=fuzz.ratio, score_cutoff=_LIKELY)
        if hit and known[hit[0]] not in layout.columns:
            likely.setdefault(known[hit[0]], (layout.labels[column], column))
    for name, (label, column) in likely.items():
        layout.problems.append(
            Problem("header_like", layout.grid.sheet, layout.bottom, column, shown(label),
                    {"field": Text(f"intake.field.{name}")})
        )  # fmt: skip
    for group in one.needed:
        if not any(name in layout.columns or name in likely or f"intake.field.{name}" in twice for name in group):
            fields = tuple(Text(f"intake.field.{name}") for name in group)
            layout.problems.append(
                Problem("header_missing", layout.grid.sheet, layout.bottom, -1, "", {"fields": fields})
            )
