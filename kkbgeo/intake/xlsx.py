"""Reading XLSX row by row with openpyxl's read-only mode: bounded memory, results and formulas side by side."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from kkbgeo.errors import IntakeError
from kkbgeo.intake.grids import Box, Fault, Grid, Meter, Percent, Tell, Uncounted, box_of, trimmed
from kkbgeo.intake.opening import Limits, refuse, scan

_ROW, _FORMULA, _MERGE = b"<row ", b"<f", b"<mergeCell "
_FAULTS = ("#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#GETTING_DATA")
#: Rows without a single cell between two used ones; more than that is a stray mark at the end of the sheet.
_GAP = 1_000


def read_xlsx(path: Path, limits: Limits, tell: Tell) -> Iterator[Grid]:
    """Read the worksheets of an XLSX file; parameters as `kkbgeo.intake.sheets.read_grids`."""
    with zipfile.ZipFile(path) as parts:
        found = _scan(path, parts, limits)
    book = _open(path, data_only=True)
    plain = _open(path, data_only=False) if any(one[_FORMULA] for one in found.values()) else None
    try:
        meter = Meter(path, limits)
        if len(book.worksheets) > limits.sheets:
            raise refuse("too_many_sheets", path, limit=limits.sheets)
        for place, sheet in enumerate(book.worksheets):
            part = _part_of(sheet)
            with_formulas = plain.worksheets[place] if plain and found.get(part, {}).get(_FORMULA) else None
            grid = Grid(sheet.title, hidden=sheet.sheet_state != "visible")
            grid.merged = _merged(path, part) if found.get(part, {}).get(_MERGE) else []
            try:
                _fill(grid, sheet, with_formulas, meter, tell)
            except IntakeError:
                raise
            except (KeyError, ValueError, IndexError, TypeError, SyntaxError, zipfile.BadZipFile, EOFError, OSError):
                raise refuse("broken", path) from None
            yield grid
    finally:
        book.close()
        if plain:
            plain.close()


def _scan(path: Path, parts: zipfile.ZipFile, limits: Limits) -> dict[str, dict[bytes, int]]:
    """Count rows and cells of each sheet as written, before openpyxl sees them."""
    found, total = {}, 0
    for name in parts.namelist():
        if not name.endswith((".xml", ".rels")):
            continue
        if not name.startswith(("xl/worksheets/", "xl/sharedStrings")):
            # Read as a tree, not row by row: styles and lists of parts have no need of millions of tags.
            scan(parts, name, path, replace(limits, tags=limits.tags // 15))
            continue
        counted = scan(parts, name, path, limits, (_ROW, _FORMULA + b">", _FORMULA + b" ", _FORMULA + b"/", _MERGE))
        if name.startswith("xl/worksheets/"):
            rows = counted[_ROW]
            if rows > limits.rows:
                raise refuse("too_many_rows_counted", path, sheet=name.rpartition("/")[2], rows=rows, limit=limits.rows)
            total += rows
            if total > 5 * limits.rows:
                raise refuse("too_many_rows_counted", path, sheet="1 – " + name.rpartition("/")[2], rows=total,
                             limit=5 * limits.rows)  # fmt: skip
            formulas = sum(counted[_FORMULA + end] for end in (b">", b" ", b"/"))
            found[name] = {_FORMULA: formulas, _MERGE: counted[_MERGE]}
    return found


def _open(path: Path, *, data_only: bool) -> Any:
    import warnings

    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # parts that openpyxl does not read, such as dropdowns
            return openpyxl.load_workbook(path, read_only=True, data_only=data_only, keep_links=False)
    except Exception:
        # openpyxl raises whatever its parser raises; the file is not to blame us with a traceback.
        raise refuse("broken", path) from None


def _part_of(sheet: Any) -> str:
    return str(sheet._worksheet_path).lstrip("/")


def _merged(path: Path, part: str) -> list[Box]:
    # Merged areas stand behind all rows, and the read-only mode never gets there.
    with zipfile.ZipFile(path) as parts, parts.open(part) as file:
        rest, found = b"", []
        while piece := file.read(1 << 20):
            text = rest + piece
            ends = 0
            for one in re.finditer(rb'<mergeCell [^>]*?ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"', text):
                found.append(box_of(one[1].decode()))
                ends = one.end()
            rest = text[max(ends, len(text) - 200) :]
    return found


def _fill(grid: Grid, sheet: Any, with_formulas: Any, meter: Meter, tell: Tell) -> None:
    sheet.reset_dimensions()  # what a file says of its size is not always so
    lines = sheet.iter_rows()
    twins = iter(())
    if with_formulas is not None:
        with_formulas.reset_dimensions()
        twins = with_formulas.iter_rows(values_only=True)
    empty = 0
    for number, (line, twin) in enumerate(zip_longest(lines, twins, fillvalue=())):
        if line == () and twin == ():
            empty += 1
            continue
        cells = trimmed([_value(cell, twin[place] if place < len(twin) else None) for place, cell in enumerate(line)])
        if not cells:
            empty += 1
            continue
        if empty > _GAP and grid.rows:
            break
        grid.rows += [[] for _ in range(number - len(grid.rows))] if empty <= _GAP else []
        empty = 0
        grid.rows.append(cells)
        meter.row(grid.sheet, number + 1, cells)
        if number % 1000 == 999:
            tell(grid.sheet, number + 1)


def _value(cell: Any, formula: object) -> object:
    value = cell.value
    if value is None:
        return Uncounted(str(formula)) if _is_formula(formula) else None
    if isinstance(value, str):
        if cell.data_type == "e" or value in _FAULTS:
            return Fault(value)
        return value
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float) and "%" in (cell.number_format or ""):
        return Percent(float(value))
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


def _is_formula(value: object) -> bool:
    return (isinstance(value, str) and value.startswith("=")) or type(value).__name__ in (
        "ArrayFormula",
        "DataTableFormula",
    )
