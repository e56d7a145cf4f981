"""What a person goes on with: the rows that were left out, and the names to be answered. Nothing typed is ever lost."""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import IO, TYPE_CHECKING

from kkbgeo import language
from kkbgeo.errors import KkbgeoError
from kkbgeo.exports import neutral, write_csv
from kkbgeo.intake import kinds, personal
from kkbgeo.intake.grids import Fault, Percent, Uncounted
from kkbgeo.intake.problems import Problem, shown
from kkbgeo.intake.values import UnreadableError, When, number, plain, style_of
from kkbgeo.records.intervals import ERRORS

if TYPE_CHECKING:
    import pandas as pd

    from kkbgeo.intake.places import Finder
    from kkbgeo.intake.result import ImportResult
    from kkbgeo.intake.rows import Row
    from kkbgeo.intake.validate import Sheet

_FIGURES = frozenset({"value", *ERRORS, *(name for kind in kinds.KINDS.values() for name in kind.numbers)})
_TYPED = ("code", "why")


def write_rejects(done: ImportResult, finder: Finder, given: When | None, path: Path) -> Path:
    """Write the rows that were left out, with the headings of the template, ready to be mended and imported.

    Each row says itself what it was read with: the units above it, the date, figures and codes as they were
    understood. A row that names no place of its own gets none: nothing is concluded for it.
    """
    kind = kinds.kind_of(done.kind)
    header = [kinds.field_name(name) for name in kind.fields]
    by_row: dict[tuple[str, int], list[Problem]] = defaultdict(list)
    for problem in done.problems:
        by_row[problem.sheet, problem.row].append(problem)
    lines = []
    for one in done.checked.sheets:
        layout, name = one.layout, one.layout.grid.sheet
        style = style_of(layout.grid.cell(row.number, column) for row in one.rows for column in layout.columns.values())
        for row in one.rows:
            if done.checked.fates.get((name, row.number)) != "rejected":
                continue
            read = _context(one, row, finder, given, kind.fields)
            cells = [_cell(field, row.cells.get(field), style) or read.get(field, "") for field in kind.fields]
            if code := read.get("code"):
                cells[kind.fields.index("code")] = code
            said = [" | ".join(f"{each.rule(tongue)} → {each.fix(tongue)}" for each in by_row[name, row.number])
                    for tongue in language.LANGUAGES]  # fmt: skip
            lines.append([*cells, personal.masked(name), row.number + 1, *said])
    free = spare(path, _as_csv([*header, *kinds.ORIGIN], lines))
    return write_csv(free, [*header, *kinds.ORIGIN], lines)


def _context(sheet: Sheet, row: Row, finder: Finder, given: When | None, fields: tuple[str, ...]) -> dict[str, str]:
    """Return what was read for the empty cells of a row: units above it, the code as it was understood, the date."""
    found: dict[str, str] = {}
    names_place = any(row.text(name) for name in (*kinds.PLACES, "kampung", "place", "code"))
    if names_place:
        printed = finder.printed(row, sheet.context)
        own = finder.printed(row, type(sheet.context)(), carried=False)
        # What stands in another column of the row (a place with its level, the name of a kampung) is not said twice.
        found |= {name: printed[name] for name in kinds.PLACES if printed[name] and not own[name]}
        if plain(row.cells.get("code")):
            found["code"] = finder.code_of(row.cells["code"], printed, sheet.context.system)
    if not row.text("as_of"):
        when = given or When(sheet.context.as_of, sheet.context.semester)
        found["as_of"] = when.as_of
        if when.semester and "semester" in fields:
            found["semester"] = when.semester
        elif when.semester:
            found["as_of"] = f"Semester {when.semester} {when.as_of}"
    return {name: personal.covered(text) for name, text in found.items()}


def _cell(field: str, cell: object, style: str) -> str:
    if isinstance(cell, Uncounted):
        return shown(cell.formula)
    if isinstance(cell, Fault):
        return cell.text
    if isinstance(cell, Percent):
        return f"{cell.share * 100:.10g} %".replace(".", ",")
    if isinstance(cell, float):
        figure = f"{cell:.10g}"
        return figure if field == "code" else figure.replace(".", ",")  # as Indonesian offices write decimals
    if field in _FIGURES and style == "en" and isinstance(cell, str):
        try:
            read = number(cell, style=style)
        except UnreadableError:
            return personal.covered(cell)
        if read and any(sign in cell for sign in ".,"):
            return f"{read.value:.10g} {read.unit}".strip().replace(".", ",")
    return personal.covered(cell)


def write_review(done: ImportResult, finder: Finder, path: Path) -> Path | None:
    """Write the names to be answered; what was answered in an earlier one stays in it."""
    import pandas as pd

    from kkbgeo.regions.files import write_table
    from kkbgeo.regions.review import review_rows

    asked = [{name: personal.covered(text) for name, text in one.items()} for one in done.checked.asked]
    questions = review_rows(finder.resolver, pd.DataFrame(asked, columns=list(kinds.PLACES), dtype=str))
    if not len(questions):
        return None
    before = _answered(path, list(questions.columns))
    if before is None:  # something else, or something was typed where no answer belongs
        content = questions.map(neutral).rename(columns=neutral).to_csv(index=False, lineterminator="\n")
        return write_table(questions, spare(path, content.encode()))
    return write_table(_with_answers(questions, before), path)


def _answered(path: Path, columns: list[str]) -> pd.DataFrame | None:
    """Return the answered rows of a review file that is there; None when it cannot be taken over as a whole."""
    import pandas as pd

    from kkbgeo.regions.files import read_table

    if not path.exists():
        return pd.DataFrame(columns=columns, dtype=str)
    try:
        found = read_table(path)
    except KkbgeoError:
        return None
    if not set(columns) >= set(found.columns) >= {*kinds.PLACES, "code"}:
        return None
    found = found.reindex(columns=columns, fill_value="")
    return found[(found[list(_TYPED)] != "").any(axis=1)]


def _with_answers(questions: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    from kkbgeo.regions.decisions import key_of

    rows = {key_of(row[name] for name in kinds.PLACES): row for row in questions.to_dict("records")}
    for row in before.to_dict("records"):
        key = key_of(row[name] for name in kinds.PLACES)
        rows[key] = {**rows.get(key, row), **{name: row[name] for name in _TYPED}}
    return pd.DataFrame(list(rows.values()), columns=questions.columns)


# --- names of files that are free ---------------------------------------------------------------------------------


def spare(path: Path, content: bytes) -> Path:
    """Return the path, or "… (2)" and so on where another content stands there already.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "a.csv")
    >>> _ = path.write_bytes(b"typed by a person")
    >>> spare(path, b"new").name, spare(path, b"typed by a person").name
    ('a (2).csv', 'a.csv')
    """
    return next(one for one in _names(path) if not one.exists() or one.read_bytes() == content)


def spare_book(path: Path, new: IO[bytes]) -> Path:
    """Return the path, or "… (2)" and so on where a workbook stands there that a person saved.

    Spreadsheet programs write their name and version into a workbook that they save.
    """
    mark = _program(new)
    return next(one for one in _names(path) if not one.exists() or _program(one) == mark)


def _names(path: Path):
    yield path
    number_ = 2
    while True:
        yield path.with_name(f"{path.stem} ({number_}){path.suffix}")
        number_ += 1


def _program(path: Path | IO[bytes]) -> bytes:
    try:
        with zipfile.ZipFile(path) as parts:
            return parts.read("docProps/app.xml")
    except (zipfile.BadZipFile, OSError, KeyError):
        return b""


def _as_csv(header: list[str], lines: list[list[object]]) -> bytes:
    import csv

    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([neutral(cell) for cell in line] for line in [header, *lines])
    return b"\xef\xbb\xbf" + out.getvalue().encode()
