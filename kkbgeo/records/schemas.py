"""Checking a record table as it is written: every problem at once, with file row, column and value.

The tests of a cell are plain functions over its text, not over a number made of it, so that a message
can show the very cell that stands in the file. A table that passes them all is done; for one that does
not, a pandera schema of the same tests collects every case. pandera is heavy and is imported only then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from kkbgeo.records.periods import period_of
from kkbgeo.records.tables import COMMON_RULES, Rule, Table
from kkbgeo.regions.codes import is_code

if TYPE_CHECKING:
    import pandera.pandas as pa


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


_HEADER = {
    "column_in_dataframe": ("the column is missing", "Put it back, in its place."),
    "column_in_schema": ("there is no such column in this table", "Remove or rename it."),
    "column_ordered": ("the column is not in its place", "Keep the order of the columns."),
}
_PLAIN = {
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


def schema(table: Table, codes: Container[str], sources: Container[str], ids: str = "") -> pa.DataFrameSchema:
    """Build the pandera schema of a table in its text form.

    Parameters
    ----------
    table : Table
        One of `TABLES`.
    codes, sources : container of str
        The region codes and source ids that exist.
    ids : str, optional
        What the record ids begin with; else the table's own prefix.

    Returns
    -------
    pandera.DataFrameSchema
        Strict and ordered; the ``error`` of each check is the key of its message.
    """
    pa = _pandera()

    def check(key: str, test: Callable[[str], bool]) -> pa.Check:
        return pa.Check(lambda column: column.map(lambda text: bool(test(text))).astype(bool), error=key)

    columns = {
        name: pa.Column(str, [check(key, test) for key, test in tests], unique=name == "record_id")
        for name, tests in cell_tests(table, codes, sources, ids).items()
    }

    def kept(rule: Rule) -> Callable[[pd.DataFrame], pd.Series]:
        return lambda frame: pd.Series(
            [not rule.broken(row) for row in frame.to_dict("records")], index=frame.index, dtype=bool
        )

    rules = [pa.Check(kept(rule), error=f"rule:{number}") for number, rule in enumerate((*COMMON_RULES, *table.rules))]
    return pa.DataFrameSchema(columns, checks=rules, strict=True, ordered=True, name=table.name)


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
            tests.append((f"words:{one.name}", one.words.__contains__))
        if one.kind in _TESTS:
            tests.append((one.kind, _TESTS[one.kind]))
        if one.top:
            tests.append((f"top:{one.name}", lambda text, top=one.top: _as_number(text) <= top))
        found[one.name] = tests + special.get(one.name, [])
    return found


def is_sound(
    table: Table,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    codes: Container[str],
    sources: Container[str],
    ids: str = "",
) -> bool:
    """Tell whether nothing at all is wrong with a table as text; what is wrong, `find_problems` tells."""
    tests = cell_tests(table, codes, sources, ids)
    if list(header) != list(tests):
        return False
    for cells, name in zip(zip(*rows, strict=True), tests, strict=bool(rows)):
        different = set(cells)
        if name == "record_id" and len(different) != len(cells):
            return False
        if not all(isinstance(text, str) and all(test(text) for _, test in tests[name]) for text in different):
            return False
    named = [dict(zip(header, row, strict=True)) for row in rows]
    return not any(rule.broken(row) for rule in (*COMMON_RULES, *table.rules) for row in named)


def find_problems(
    table: Table, frame: pd.DataFrame, codes: Container[str], sources: Container[str], ids: str = ""
) -> list[Problem]:
    """Return everything that is wrong with a table as text, in row order; empty when it is sound.

    A wrong header hides the rest: with a column missing or moved, the rows cannot be judged.
    """
    frame = frame.reset_index(drop=True)
    if is_sound(table, list(frame.columns), frame.to_numpy().tolist(), codes, sources, ids):
        return []
    pa = _pandera()
    try:
        schema(table, codes, sources, ids).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as failed:
        cases = failed.failure_cases
    else:
        return []
    header = cases[cases["check"].isin(list(_HEADER))]
    if len(header):
        named = zip(header["failure_case"].astype(str), header["check"], strict=True)
        return [Problem(1, name, name, *_HEADER[check]) for name, check in named]
    found: dict[tuple, Problem] = {}
    for case in cases.to_dict("records"):
        problem = _problem(table, frame, case)
        found.setdefault((problem.row, problem.column, problem.problem), problem)
    order = {column.name: place for place, column in enumerate(table.columns)}
    return sorted(found.values(), key=lambda one: (one.row, order[one.column]))


def _problem(table: Table, frame: pd.DataFrame, case: dict) -> Problem:
    check, column, row = str(case["check"]), str(case["column"]), int(case["index"])
    rules = (*COMMON_RULES, *table.rules)
    kind, _, rest = check.partition(":")
    if kind == "rule":
        rule = rules[int(rest)]
        column, said = rule.column, (rule.problem, rule.hint)
    elif kind == "words":
        allowed = next(one.words for one in table.columns if one.name == rest)
        words = ", ".join(word or "(empty)" for word in allowed)
        said = ("is not one of the words of this column", f"Use one of: {words}.")
    elif kind == "top":
        top = next(one.top for one in table.columns if one.name == rest)
        said = (f"is above {top:g}", "A percentage lies between 0 and 100.")
    elif check == "field_uniqueness":
        rows = [int(place) + 2 for place in frame.index[frame[column] == case["failure_case"]]]
        said = (f"stands in several rows ({', '.join(map(str, rows))})", "Give each record an id of its own.")
    else:
        said = _PLAIN[check]
        said = (said[0], said[1].format(example=f"{table.prefix}-001"))
    return Problem(row + 2, column, str(frame.at[row, column]), *said)


@cache
def _pandera():
    import pandera.pandas as pa

    return pa
