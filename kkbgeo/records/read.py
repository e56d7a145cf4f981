"""Reading the record tables of ``data/records``: checked against source record, schema and sources.

Nothing is changed on the way in. Text stays text, figures become nullable integers or floats, and
columns are added that can be told from what is written: the days a record covers, how precisely they
are known, and its publisher's rank, kind and name. A file of an earlier release lacks columns; they count as empty.
"""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from kkbgeo import provenance
from kkbgeo.errors import RecordError
from kkbgeo.paths import data_root as find_data_root
from kkbgeo.records import imported
from kkbgeo.records.periods import period_of
from kkbgeo.records.rows import ADDED, row_type
from kkbgeo.records.schemas import find_problems
from kkbgeo.records.sources import read_sources
from kkbgeo.records.surveys import read_rounds, with_rounds
from kkbgeo.records.tables import TABLES, Table
from kkbgeo.regions.gazetteer import Gazetteer

_SHOWN = 20


def table_names() -> tuple[str, ...]:
    """Return the names of the record tables.

    Examples
    --------
    >>> table_names()
    ('kampung_counts', 'kampung', 'aid_events', 'at_risk_families', 'prevalence', 'population_area')
    """
    return tuple(TABLES)


def table_path(name: str, data_root: str | os.PathLike | None = None) -> Path:
    """Return where a record table lies; an unknown name raises `RecordError`."""
    if name not in TABLES:
        raise RecordError(f"There is no record table {name!r}.", hint=f"Tables: {', '.join(TABLES)}", value=name)
    return find_data_root(data_root) / "records" / f"{name}.csv"


def table_of(name: str, data_root: str | os.PathLike | None = None) -> Table:
    """Return what a record table of a data folder is made of: its surveys are those of the folder's rounds.

    Examples
    --------
    >>> table_of("prevalence").prefix
    'prevalence'
    """
    return with_rounds(TABLES[name], read_rounds(data_root)) if name == "prevalence" else TABLES[name]


def read_table(
    name: str, data_root: str | os.PathLike | None = None, *, sources: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Read one record table, checked.

    Parameters
    ----------
    name : str
        One of `table_names`.
    data_root : path, optional
        The data folder; else ``KKBGEO_DATA``, else this checkout's ``data/``.
    sources : DataFrame, optional
        What `read_sources` returns, when it is at hand.

    Returns
    -------
    DataFrame
        One row per record in file order, those of imported spreadsheets last. The columns of the file
        (counts ``Int64``, other numbers ``float``, ``about`` ``bool``, all else text with "" for empty),
        and ``period_start``,
        ``period_end`` (ISO; an undated record has no start and ends on the day the table was
        compiled), ``precision`` (day, month, year, undated), and of its publisher ``rank`` (1 best),
        ``publisher_kind`` and ``publisher`` (copies of one table have one).

    Raises
    ------
    SourceError
        The file is not the one its source record describes.
    RecordError
        Rows break rules. The message lists file, row (the header is row 1), column, value and what
        to do; ``.fields["problems"]`` has them all.

    Examples
    --------
    >>> counts = read_table("kampung_counts")
    >>> len(counts), int(counts.loc[0, "total"]), counts.loc[0, "code"]
    (822, 135, '63.01')
    """
    rows = read_rows(name, data_root, sources=sources)
    return as_frame(TABLES[name], rows)


def read_rows(
    name: str, data_root: str | os.PathLike | None = None, *, sources: pd.DataFrame | None = None
) -> list[Any]:
    """Read one record table, checked, as named tuples: the rows that `read_table` makes a frame of.

    Parameters and errors are those of `read_table`. A figure not reported is `pandas.NA` (counts) or NaN.
    """
    path = table_path(name, data_root)
    root = find_data_root(data_root)
    sources = read_sources(root) if sources is None else sources
    record, content = provenance.read_with_source(path)
    table, gazetteer = table_of(name, root), Gazetteer.load(root)
    cells = _cells(path, content, table)
    check(table, cells, path, gazetteer, sources)
    voices = {one: (source["rank"], source["publisher_kind"], source["copy_of"] or source["publisher"])
              for one, source in sources.to_dict("index").items()}  # fmt: skip
    found = _typed(table, cells[1:], voices, compiled=record.date)
    for one in imported.imports(root):
        if f"{name}.csv" in one.files:
            found += _typed(table, _imported(table, one, gazetteer, sources), voices, compiled=one.day)
    return found


def _imported(table: Table, one: imported.Import, gazetteer: Gazetteer, sources: pd.DataFrame) -> list[list[str]]:
    """Return the rows of an imported table, held to the same rules as those of ``data/records``."""
    path = one.path / f"{table.name}.csv"
    cells = _cells(path, one.content(path.name), table)
    check(table, cells, path, gazetteer, sources, ids=one.record_prefix, hint=imported.WHAT_TO_DO.format(id=one.id))
    return cells[1:]


def read_all(data_root: str | os.PathLike | None = None) -> dict[str, pd.DataFrame]:
    """Read every record table: name -> DataFrame as `read_table` returns it."""
    sources = read_sources(data_root)
    return {name: read_table(name, data_root, sources=sources) for name in TABLES}


def read_text(name: str, data_root: str | os.PathLike | None = None) -> pd.DataFrame:
    """Read a record table as it is written, every cell as text; only its shape is checked.

    Raises
    ------
    RecordError
        A row has more or fewer cells than the header: mostly a comma in a text without quotes.
    """
    path = table_path(name, data_root)
    header, *rows = _cells(path, provenance.read_bytes(path), TABLES[name])
    return pd.DataFrame(rows, columns=header, dtype=str)


def _cells(path: Path, content: bytes, table: Table) -> list[list[str]]:
    # pandas fills short rows with blanks and takes surplus cells for an index, both without a word.
    cells = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    for number, row in enumerate(cells, start=1):
        if len(row) != len(cells[0]):
            raise RecordError(
                f"{path.name}, row {number}, has {len(row)} cells; the header has {len(cells[0])}.",
                hint='Put a text that holds a comma in double quotes: "…, …"; leave no line empty.',
                path=str(path),
                row=number,
                column="",
                value=",".join(row)[:80],
            )
    for at, column in enumerate(table.columns):
        if column.later and cells and column.name not in cells[0]:
            for row in cells:
                row.insert(at, column.name if row is cells[0] else "")
    return cells


def check(
    table: Table,
    cells: list[list[str]],
    path: str | os.PathLike,
    gazetteer: Gazetteer,
    sources: pd.DataFrame,
    *,
    ids: str = "",
    hint: str = "",
) -> None:
    """Raise `RecordError` with every problem of a table as text; return when it is sound.

    Parameters
    ----------
    table : Table
        Which table it is.
    cells : list of list of str
        Its header and rows.
    path : path
        Named in the message.
    gazetteer, sources
        The codes and source ids that exist.
    ids, hint : str, optional
        What the record ids begin with and what to do, where they are other than those of ``data/records``.
    """
    header, *rows = cells or [[]]
    problems = find_problems(table, header, rows, gazetteer, set(sources.index), ids)
    if not problems:
        return
    name = Path(path).name
    shown = [f"  {problem}" for problem in problems[:_SHOWN]]
    if len(problems) > _SHOWN:
        shown.append(f"  … and {len(problems) - _SHOWN} more")
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    first = problems[0]
    raise RecordError(
        f"{name} has {count}:\n" + "\n".join(shown),
        hint=hint or f"Mend the rows, then: kkbgeo data seal {path}",
        path=str(path),
        row=first.row,
        column=first.column,
        value=first.value,
        problems=[vars(problem) for problem in problems],
    )


def _typed(table: Table, rows: list[list[str]], voices: Mapping[str, tuple[int, str, str]], compiled: str) -> list[Any]:
    row = row_type(table)
    make = [_MAKE[column.kind] for column in table.columns]
    found = []
    for cells in rows:
        text = dict(zip(row._fields, cells, strict=False))
        period = period_of(text["as_of"], semester=text.get("semester", ""), compiled=compiled)
        values = (one(cell) for one, cell in zip(make, cells, strict=True))
        found.append(row(*values, *period, *voices[text["source_id"]]))
    return found


_MAKE: dict[str, Callable[[str], Any]] = {
    "text": str,
    "count": lambda text: int(text) if text else pd.NA,
    "number": lambda text: float(text) if text else math.nan,
    "flag": lambda text: text == "true",
}
_DTYPES = {"text": str, "count": "Int64", "number": float, "flag": bool}


def as_frame(table: Table, rows: list[Any]) -> pd.DataFrame:
    """Make a frame of the rows of a table, each column of its own type."""
    dtypes = {column.name: _DTYPES[column.kind] for column in table.columns}
    dtypes |= {name: int if name == "rank" else str for name in ADDED}
    columns = zip(*rows, strict=True) if rows else [()] * len(dtypes)
    cells = zip(dtypes.items(), columns, strict=True)
    return pd.DataFrame({name: pd.Series(list(column), dtype=dtype) for (name, dtype), column in cells})
