"""The marked-up copy of a workbook: what goes back to the office.

It is written anew, cell by cell, and holds only what was read: no macro, link, hidden sheet or remark of the
original goes along, columns that are not read stay empty, and nothing that looks like personal data is shown.
"""

from __future__ import annotations

import datetime as dt
import io
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kkbgeo import language
from kkbgeo.exports import neutral
from kkbgeo.intake import personal
from kkbgeo.intake.grids import Fault, Percent, Uncounted, coordinate
from kkbgeo.intake.leftover import spare_book, write_rejects, write_review
from kkbgeo.intake.problems import Problem, summary
from kkbgeo.intake.values import When, plain
from kkbgeo.io import write_bytes

if TYPE_CHECKING:
    from kkbgeo.intake.places import Finder
    from kkbgeo.intake.result import ImportResult
    from kkbgeo.intake.validate import Sheet

_RED, _PALE, _GREY = "FFF4B6B6", "FFFFF2CC", "FFE7E6E6"
_AUTHOR = "kkbgeo"
_MOST_COMMENTS = 5_000  # per sheet; the list of problems has more
_MOST_LISTED = 20_000
_LONG = 20_000  # rows; of a longer sheet only those with problems are copied, each in its place


def write_report(done: ImportResult, folder: Path, finder: Finder, given: When | None = None) -> None:
    """Write what goes back to the office or to a person: sets ``done.marked``, ``done.rejects``, ``done.review``.

    The marked-up copy always; the rows left out of a part import; and the review file of the resolver where names of
    places were not certain, to be filled in and fed back with ``kkbgeo resolve --learn``. What a person typed into
    one of them stays; of a call that changes nothing, files that are there stay as they are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = personal.masked(done.path.name).replace("•", "x")
    stays = done.status in ("already", "held")

    def at(ending: str, write: Callable[[Path], Path | None]) -> Path | None:
        path = folder / f"{name}.{ending}"
        return path if stays and path.exists() else write(path)

    done.marked = at("periksa.xlsx", lambda path: _workbook(done, path))
    if done.status != "refused" and done.checked.count("rejected"):
        done.rejects = at("ditolak.csv", lambda path: write_rejects(done, finder, given, path))
    if done.checked.asked:
        done.review = at("nama.csv", lambda path: write_review(done, finder, path))


def _workbook(done: ImportResult, path: Path) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    book.properties.creator = _AUTHOR
    listed = book.active
    listed.title = "Masalah"
    _list(listed, done)
    for one in done.checked.sheets:
        mine = [problem for problem in done.problems if problem.sheet == one.layout.grid.sheet]
        _sheet(book.create_sheet(_title(one.layout.grid.sheet, book.sheetnames)), one, mine)
    made = io.BytesIO()
    book.save(made)
    return write_bytes(spare_book(path, made), made.getvalue())


def _title(name: str, taken: list[str]) -> str:
    bare = "".join(sign for sign in personal.masked(name) if sign not in "[]:*?/\\'")[:28] or "Lembar"
    return bare if bare not in taken else f"{bare[:25]} {len(taken)}"


def _list(sheet: Any, done: ImportResult) -> None:
    from openpyxl.styles import Alignment, Font

    bold, wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    lines: list[list[object]] = [[personal.masked(done.path.name)], []]
    for tongue in language.LANGUAGES:
        lines += [[text] for text in (language.text("intake.markup.title", tongue, count=len(done.problems)),
                                      *summary(done.problems, tongue))]  # fmt: skip
        lines.append([])
    lines.append([language.text(f"intake.markup.{name}", tongue) for name, tongue in _COLUMNS])
    head = len(lines)
    lines += [
        [one.sheet, one.cell, one.value, one.rule("id"), one.fix("id"), one.rule("en"), one.fix("en")]
        for one in done.problems[:_MOST_LISTED]
    ]
    if len(done.problems) > _MOST_LISTED:
        lines.append([f"… + {len(done.problems) - _MOST_LISTED}"])
    for line in lines:
        sheet.append([neutral(personal.masked(cell)) for cell in line])
    for cell in (*sheet[1], *sheet[head]):
        cell.font = bold
    for column, width in zip("ABCDEFG", (16, 10, 24, 50, 50, 50, 50), strict=True):
        sheet.column_dimensions[column].width = width
    for row in sheet.iter_rows(min_row=head):
        for cell in row:
            cell.alignment = wrapped
    sheet.freeze_panes = f"A{head + 1}"


_COLUMNS = (
    ("sheet", "id"),
    ("cell", "id"),
    ("value", "id"),
    ("rule", "id"),
    ("fix", "id"),
    ("rule", "en"),
    ("fix", "en"),
)


def _sheet(sheet: Any, one: Sheet, problems: list[Problem]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill

    layout, grid = one.layout, one.layout.grid
    read = set(layout.columns.values()) - set(layout.personal)
    records = {row.number for row in one.rows if row.fate != "foot"}
    if len(grid.rows) > _LONG:
        records &= {problem.row for problem in problems}
    for number, cells in enumerate(grid.rows):
        for column, cell in enumerate(cells):
            above = number <= layout.bottom
            if cell is None or not (above or (number in records and column in read)):
                continue
            made = sheet.cell(number + 1, column + 1, _shown(cell))
            if isinstance(cell, Percent):
                made.number_format = "0.0%"
    for column in sorted({*layout.unused, *layout.personal}):
        note = "markup.personal" if column in layout.personal else "markup.unused"
        sheet.cell(layout.bottom + 2, column + 1, language.text(f"intake.{note}", "id"))
    for box in grid.merged:
        if box.bottom < len(grid.rows) + 1 and box.right < grid.width + 1:
            sheet.merge_cells(start_row=box.top + 1, start_column=box.left + 1, end_row=box.bottom + 1,
                              end_column=box.right + 1)  # fmt: skip
    bold = Font(bold=True)
    for row in range(layout.top, layout.bottom + 1):
        for cell in sheet[row + 1]:
            cell.font = bold
    by_cell: dict[tuple[int, int], list[Problem]] = defaultdict(list)
    for problem in problems:
        if problem.row >= 0:
            by_cell[problem.row, max(problem.column, 0)].append(problem)
    fills = {name: PatternFill("solid", fgColor=name) for name in (_RED, _PALE, _GREY)}
    for place, ((row, column), here) in enumerate(list(by_cell.items())[:_MOST_LISTED]):
        cell = sheet.cell(row + 1, column + 1)
        if type(cell).__name__ == "MergedCell":
            box = grid.boxed[row, column]
            cell = sheet.cell(box.top + 1, box.left + 1)
        cell.fill = fills[_RED]
        if place < _MOST_COMMENTS:
            text = "\n\n".join(
                f"{one.rule('id')} → {one.fix('id')}\n{one.rule('en')} → {one.fix('en')}" for one in here
            )
            cell.comment = Comment(text, _AUTHOR, width=360, height=160)
    for column in range(grid.width):
        letters = coordinate(0, column)[:-1]
        longest = max((len(str(sheet.cell(row + 1, column + 1).value or ""))
                       for row in range(layout.top, min(layout.bottom + 30, len(grid.rows)))), default=8)  # fmt: skip
        sheet.column_dimensions[letters].width = min(max(longest + 2, 8), 40)
    sheet.freeze_panes = f"A{layout.bottom + 2}"


def _shown(cell: object) -> object:
    """Return a cell for the copy: values as they are, formulas and errors as words, personal numbers covered."""
    if personal.cell_kind(cell):
        return neutral(personal.covered(cell))
    if isinstance(cell, Uncounted):
        return neutral(cell.formula)
    if isinstance(cell, Fault):
        return cell.text
    if isinstance(cell, Percent):
        return cell.share
    if isinstance(cell, bool | int | float | dt.date):
        return cell
    text = "".join(sign for sign in str(cell) if sign.isprintable() or sign == "\n")
    return neutral(text if personal.covered(text) == plain(text) else personal.covered(text))
