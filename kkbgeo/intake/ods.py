"""Reading ODS as a stream of XML.

Why not with a library: odfpy builds the whole document in memory, and calamine lays out the whole rectangle of a
sheet, repeated cells included, before a caller can count them: a few kilobytes are enough to fill any memory. Neither
tells spans and remarks apart from the cells. So the one part that holds the cells is parsed here, piece by piece,
with the parser of the standard library; repetitions are counted before they are laid out.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, iterparse

from kkbgeo.intake.grids import Box, Fault, Grid, Meter, Percent, Tell, Uncounted, trimmed
from kkbgeo.intake.opening import Limits, refuse, scan

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_CONTENT = "content.xml"


def read_ods(path: Path, limits: Limits, tell: Tell) -> Iterator[Grid]:
    """Read the tables of an ODS file; parameters as `kkbgeo.intake.sheets.read_grids`."""
    meter = Meter(path, limits)
    with zipfile.ZipFile(path) as parts:
        if _CONTENT not in parts.namelist():
            raise refuse("broken", path)
        scan(parts, _CONTENT, path, limits)
        grids, hidden = [], set()
        try:
            with parts.open(_CONTENT) as content:
                for grid, style in _tables(content, meter, tell, hidden):
                    grids.append(grid)
                    grid.hidden = style in hidden
                    if len(grids) > limits.sheets:
                        raise refuse("too_many_sheets", path, limit=limits.sheets)
        except (ParseError, zipfile.BadZipFile, EOFError, KeyError):
            raise refuse("broken", path) from None
    yield from grids


def _tables(content, meter: Meter, tell: Tell, hidden: set[str]) -> Iterator[tuple[Grid, str]]:
    grid, style, depth, gap = Grid(""), "", 0, 0
    above: list[Element] = []
    for event, node in iterparse(content, events=("start", "end")):
        if event == "start":
            above.append(node)
        else:
            above.pop()
        if node.tag == f"{_TABLE}table":
            depth += 1 if event == "start" else -1
            if event == "start" and depth == 1:
                grid, style, gap = Grid(node.get(f"{_TABLE}name", "")), node.get(f"{_TABLE}style-name", ""), 0
            elif event == "end" and depth == 0:
                yield grid, style
                node.clear()
        elif event == "end" and node.tag == f"{_STYLE}style":
            if any(one.get(f"{_TABLE}display") == "false" for one in node):
                hidden.add(node.get(f"{_STYLE}name", ""))
        elif event == "end" and node.tag == f"{_TABLE}table-row" and depth == 1:
            gap = _add(grid, node, meter, gap)
            above[-1].remove(node)  # the tree must not grow with the file
            if len(grid.rows) % 1000 == 999:
                tell(grid.sheet, len(grid.rows))


def _add(grid: Grid, node: Element, meter: Meter, gap: int) -> int:
    """Add a row as often as it is repeated; return how many empty rows wait for a used one."""
    times = _count(node, "number-rows-repeated")
    cells, spans = _cells(node, meter, grid.sheet)
    if not cells:
        return gap + times
    top = len(grid.rows) + gap
    if top + times > meter.limits.rows:
        raise refuse("too_many_rows", meter.path, sheet=grid.sheet, limit=meter.limits.rows)
    grid.rows += [[] for _ in range(gap)]
    for number in range(times):
        grid.rows.append(list(cells))
        meter.row(grid.sheet, top + number + 1, cells)
    grid.merged += [Box(top, left, top + down - 1, left + across - 1) for left, down, across in spans]
    return 0


def _cells(node: Element, meter: Meter, sheet: str) -> tuple[list[object], list[tuple[int, int, int]]]:
    cells: list[object] = []
    spans = []
    waiting = 0  # empty cells; only laid out when a used one follows
    for cell in node:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        times = _count(cell, "number-columns-repeated")
        value = _value(cell) if cell.tag == f"{_TABLE}table-cell" else None
        down, across = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
        if down * across > 1:
            spans.append((len(cells) + waiting, down, across))
        if value is None:
            waiting += times
            continue
        if len(cells) + waiting + times > meter.limits.columns:
            raise refuse("too_many_columns", meter.path, sheet=sheet, limit=meter.limits.columns)
        cells += [None] * waiting + [value] * times
        waiting = 0
    return trimmed(cells), spans


def _count(node: Element, name: str) -> int:
    text = node.get(_TABLE + name, "1")
    return max(int(text), 1) if text.isdecimal() else 1


def _value(cell: Element) -> object:
    kind = cell.get(f"{_OFFICE}value-type", "")
    text = "\n".join("".join(_said(one)) for one in cell.findall(f"{_TEXT}p"))
    formula = cell.get(f"{_TABLE}formula", "")
    if formula and not kind and not text:
        return Uncounted(formula.partition(":")[2] or formula)
    if text.startswith("#") and formula:
        return Fault(text)
    if text.startswith("Err:"):
        return Fault(text)
    if kind in ("float", "currency", "percentage"):
        number = float(cell.get(f"{_OFFICE}value", "nan"))
        if kind == "percentage":
            return Percent(number)
        return int(number) if number.is_integer() and abs(number) < 1e15 else number
    if kind == "date":
        return _date(cell.get(f"{_OFFICE}date-value", ""), text)
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value") == "true"
    return text or cell.get(f"{_OFFICE}string-value") or None


def _said(node: Element) -> Iterator[str]:
    """Yield the words of a paragraph; runs of spaces, tabs and breaks are elements of their own."""
    yield node.text or ""
    for one in node:
        if one.tag == f"{_TEXT}s":
            yield " " * min(int(one.get(f"{_TEXT}c", "1")), 100)
        elif one.tag in (f"{_TEXT}tab", f"{_TEXT}line-break"):
            yield " "
        else:
            yield from _said(one)
        yield one.tail or ""


def _date(value: str, text: str) -> object:
    try:
        return dt.datetime.fromisoformat(value) if "T" in value else dt.date.fromisoformat(value)
    except ValueError:
        return text or None
