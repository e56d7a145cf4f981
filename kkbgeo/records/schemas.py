"""Checking a record table as it is written: every problem at once, with file row, column and value.

The tests of a cell are plain functions over its text, not over a number made of it, so that a message
can show the very cell that stands in the file. Each different text of a column is tested once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass

from kkbgeo.records.periods import period_of
from kkbgeo.records.tables import COMMON_RULES, Table
from kkbgeo.regions.codes import is_code


@dataclass(frozen=True)
class Problem:
    """One thing wrong in one cell: the row as a spreadsheet counts it (the header is row 1)."""

    row: int
    column: str
    value: str
    problem: str
    hint: str

    def __str__(self) -> str:
        return f'row {self.row}, column {self.column}, value "{self.value}": {self.problem}. {self.hint}'


_MISSING = ("the column is missing", "Put it back, in its place.")
_UNKNOWN = ("there is no such column in this table", "Remove or rename it.")
_MISPLACED = ("the column is not in its place", "Keep the order of the columns.")
_PLAIN = {
    "text": ("is no text", "Write it as text."),
    "empty": ("must not be empty", "Fill it in."),
    "spaces": ("has spaces before or after it, or a line break", "Remove them."),
    "count": ("is not a whole number from 0 up", "Digits only, no dot, comma or sign; leave it empty if not reported."),
    "number": ("is not a number from 0 up", "Write 29.8 with a dot; leave it empty if not reported."),
    "flag": ("is neither true nor false", "Write true or false."),
    "id": ("is not written like the ids of this table", "The table's word, a hyphen, three digits: {example}."),
    "date": ("is no date", "Write 2025, 2025-07 or 2025-07-31, or leave it empty if undated."),
    "code": ("is not written as a region code", "Dotted text such as 62.10; run scripts/code_records.py."),
    "place": ("is the code of no place in the gazetteer", "Run scripts/code_records.py, or look the place up."),
    "source": ("is no source of data/sources.csv", "Add the source there first, or mend the spelling."),
    "slug": ("is no event id", "Small letters, digits and hyphens, such as berau-2024-12-11."),
}


def _is_date(text: str) -> bool:
    try:
        period_of(text)
    except ValueError:
        return False
    return True


def _as_number(text: str) -> float:
    return float(text) if text and _TESTS["number"](text) else 0.0


_TESTS: dict[str, Callable[[str], bool]] = {
    "count": lambda text: re.fullmatch(r"[0-9]*", text) is not None,
    "number": lambda text: re.fullmatch(r"([0-9]+(\.[0-9]+)?)?", text) is not None,
    "flag": lambda text: text in ("true", "false"),
}


def cell_tests(
    table: Table, codes: Container[str], sources: Container[str], ids: str = ""
) -> dict[str, list[tuple[str, Callable[[str], bool]]]]:
    """Return the tests of every cell by column, in file order: the key of its message, and the test of the text."""
    special: dict[str, list[tuple[str, Callable[[str], bool]]]] = {
        "record_id": [("id", re.compile(rf"{ids or table.prefix}-[0-9]{{3,}}").fullmatch)],
        "as_of": [("date", _is_date)],
        "code": [
            ("code", lambda text: not text or is_code(text)),
            ("place", lambda text: not is_code(text) or text in codes),
        ],
        "source_id": [("source", lambda text: not text or text in sources)],
        "event_id": [("slug", re.compile(r"([a-z0-9]+(-[a-z0-9]+)*)?").fullmatch)],
    }
    found = {}
    for one in table.columns:
        tests = [("spaces", lambda text: text == text.strip() and len(text.splitlines()) < 2)]
        if one.needed:
            tests.append(("empty", lambda text: text.strip() != ""))
        if one.words:
            tests.append(("words", one.words.__contains__))
        if one.kind in _TESTS:
            tests.append((one.kind, _TESTS[one.kind]))
        if one.top:
            tests.append(("top", lambda text, top=one.top: _as_number(text) <= top))
        found[one.name] = tests + special.get(one.name, [])
    return found


def find_problems(
    table: Table,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    codes: Container[str],
    sources: Container[str],
    ids: str = "",
) -> list[Problem]:
    """Return everything that is wrong with a table as text, in row order; empty when it is sound.

    A wrong header hides the rest: with a column missing or moved, the rows cannot be judged.

    Parameters
    ----------
    table : Table
        One of `TABLES`.
    header, rows : sequence
        The cells, each as text.
    codes, sources : container of str
        The region codes and source ids that exist.
    ids : str, optional
        What the record ids begin with; else the table's own prefix.
    """
    tests = cell_tests(table, codes, sources, ids)
    if list(header) != list(tests):
        return _wrong_header(list(header), list(tests))
    found = []
    rules = (*COMMON_RULES, *table.rules)
    for number, cells in enumerate(rows, start=2):
        row = dict(zip(header, cells, strict=True))
        found += [
            Problem(number, rule.column, row[rule.column], rule.problem, rule.hint)
            for rule in rules
            if rule.broken(row)
        ]
    for place, (name, column_tests) in enumerate(tests.items()):
        cells = [row[place] for row in rows]
        said = {text: _said(table, name, text, column_tests) for text in set(cells)}
        if name == "record_id" and len(said) < len(cells):
            for text, at in _repeated(cells).items():
                listed = ", ".join(str(number + 2) for number in at)
                said[text].insert(0, (f"stands in several rows ({listed})", "Give each record an id of its own."))
        if any(said.values()):
            found += [
                Problem(number, name, text, *one) for number, text in enumerate(cells, start=2) for one in said[text]
            ]
    order = {name: place for place, name in enumerate(tests)}
    return sorted(dict.fromkeys(found), key=lambda one: (one.row, order[one.column]))


def _wrong_header(header: list[str], wanted: list[str]) -> list[Problem]:
    found = [Problem(1, name, name, *_UNKNOWN) for name in header if name not in wanted]
    found += [Problem(1, name, name, *_MISSING) for name in wanted if name not in header]
    if not found:
        found = [
            Problem(1, name, name, *_MISPLACED) for name, here in zip(header, wanted, strict=False) if name != here
        ]
    return found


def _repeated(cells: Sequence[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for number, text in enumerate(cells):
        places.setdefault(text, []).append(number)
    return {text: at for text, at in places.items() if len(at) > 1}


def _said(
    table: Table, name: str, text: str, tests: Sequence[tuple[str, Callable[[str], bool]]]
) -> list[tuple[str, str]]:
    """Return what is wrong with a text and what to do, of every test that it fails."""
    if not isinstance(text, str):
        return [_PLAIN["text"]]
    found = []
    for key, test in tests:
        if test(text):
            continue
        column = next(one for one in table.columns if one.name == name)
        if key == "words":
            words = ", ".join(word or "(empty)" for word in column.words)
            found.append(("is not one of the words of this column", f"Use one of: {words}."))
        elif key == "top":
            found.append((f"is above {column.top:g}", "A percentage lies between 0 and 100."))
        else:
            problem, hint = _PLAIN[key]
            found.append((problem, hint.format(example=f"{table.prefix}-001")))
    return found
