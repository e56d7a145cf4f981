"""The marked-up copy of a workbook, and the file of rows that were left out: what goes back to the office.

Both are written anew, cell by cell, and hold only what was read: no macro, link, hidden sheet or remark of the
original goes along, columns that are not read stay empty, and nothing that looks like personal data is shown.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kkbgeo import language
from kkbgeo.exports import neutral, write_csv
from kkbgeo.intake import kinds, personal
from kkbgeo.intake.grids import Fault, Percent, Uncounted, coordinate
from kkbgeo.intake.problems import Problem, shown, summary
from kkbgeo.intake.values import plain

if TYPE_CHECKING:
    from kkbgeo.intake.importing import ImportResult
    from kkbgeo.intake.places import Finder
    from kkbgeo.intake.validate import Sheet

_RED, _PALE, _GREY = "FFF4B6B6", "FFFFF2CC", "FFE7E6E6"
_AUTHOR = "kkbgeo"
_MOST_COMMENTS = 5_000  # per sheet; the list of problems has more
_MOST_LISTED = 20_000
_LONG = 20_000  # rows; of a longer sheet only those with problems are copied, each in its place


def write_report(done: ImportResult, folder: Path, finder: Finder) -> None:
    """Write what goes back to the office or to a person: sets ``done.marked``, ``done.rejects``, ``done.review``.

    The marked-up copy always; the rows left out of a part import; and the review file of the resolver where names of
    places were not certain, to be filled in and fed back with ``kkbgeo resolve --learn``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = personal.masked(done.path.stem).replace("•", "x")
    done.marked = _workbook(done, folder / f"{stem}.periksa.xlsx")
    if done.status != "refused" and done.checked.count("rejected"):
        done.rejects = _rejects(done, folder / f"{stem}.ditolak.csv")
    if done.checked.asked:
        done.review = _review(done, finder, folder / f"{stem}.nama.csv")


def _review(done: ImportResult, finder: Finder, path: Path) -> Path | None:
    import pandas as pd

    from kkbgeo.regions.files import write_table
    from kkbgeo.regions.review import review_rows

    shown = [{name: personal.covered(text) for name, text in one.items()} for one in done.checked.asked]
    questions = review_rows(finder.resolver, pd.DataFrame(shown, columns=list(kinds.PLACES), dtype=str))
    return write_table(questions, path) if len(questions) else None


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
    aside = path.with_name(f".{path.name}.aside")
    book.save(aside)
    aside.replace(path)
    return path


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


def _rejects(done: ImportResult, path: Path) -> Path:
    """Write the rows that were left out, with the headings of the template, ready to be mended and imported."""
    kind = kinds.kind_of(done.kind)
    header = [kinds.field_name(name) for name in kind.fields]
    by_row: dict[tuple[str, int], list[Problem]] = defaultdict(list)
    for problem in done.problems:
        by_row[problem.sheet, problem.row].append(problem)
    lines = []
    for one in done.checked.sheets:
        name = one.layout.grid.sheet
        for row in one.rows:
            if done.checked.fates[name, row.number] != "rejected":
                continue
            cells = [_cell(row.cells.get(field), row.carried.get(field, "")) for field in kind.fields]
            said = [" | ".join(f"{each.rule(tongue)} → {each.fix(tongue)}" for each in by_row[name, row.number])
                    for tongue in language.LANGUAGES]  # fmt: skip
            lines.append([*cells, personal.masked(name), row.number + 1, *said])
    return write_csv(path, [*header, "lembar asal", "baris asal", "masalah", "problem"], lines)


def _cell(cell: object, carried: str) -> str:
    if isinstance(cell, Uncounted):
        return shown(cell.formula)
    if isinstance(cell, float):
        return f"{cell:.10g}".replace(".", ",")  # as Indonesian offices write decimals
    if isinstance(cell, Percent):
        return f"{cell.share * 100:.10g} %".replace(".", ",")
    return personal.covered(cell) or carried
