"""Reading the record tables of ``data/records``: checked against source record, schema and sources.

Nothing is changed on the way in. Text stays text, figures become nullable integers or floats, and
four columns are added that can be told from what is written: the days a record covers, how
precisely they are known, and its publisher's rank.
"""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import pandas as pd

from kkbgeo import provenance
from kkbgeo.errors import RecordError
from kkbgeo.paths import data_root as find_data_root
from kkbgeo.records.periods import period_of
from kkbgeo.records.schemas import Problem, find_problems
from kkbgeo.records.sources import read_sources
from kkbgeo.records.tables import TABLES, Table
from kkbgeo.regions.gazetteer import Gazetteer

ADDED = ("period_start", "period_end", "precision", "rank")
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
        One row per record in file order. The columns of the file (counts ``Int64``, other numbers
        ``float``, ``about`` ``bool``, all else text with "" for empty), and ``period_start``,
        ``period_end`` (ISO; an undated record has no start and ends on the day the table was
        compiled), ``precision`` (day, month, year, undated) and ``rank`` (of its publisher, 1 best).

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
    (69, 135, '63.01')
    """
    path = table_path(name, data_root)
    root = find_data_root(data_root)
    sources = read_sources(root) if sources is None else sources
    frame = read_text(name, root)
    check(TABLES[name], frame, path, Gazetteer.load(root), sources)
    return _typed(TABLES[name], frame, sources, compiled=provenance.read_source(path).date)


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
    # pandas fills short rows with blanks and takes surplus cells for an index, both without a word.
    cells = list(csv.reader(io.StringIO(provenance.read_bytes(path).decode("utf-8"), newline="")))
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
    return provenance.read_csv(path)


def check(
    table: Table, frame: pd.DataFrame, path: str | os.PathLike, gazetteer: Gazetteer, sources: pd.DataFrame
) -> None:
    """Raise `RecordError` with every problem of a table as text; return when it is sound.

    Parameters
    ----------
    table : Table
        Which table it is.
    frame : DataFrame
        Its rows as text.
    path : path
        Named in the message.
    gazetteer, sources
        The codes and source ids that exist.
    """
    problems = find_problems(table, frame, gazetteer, set(sources.index))
    if problems:
        raise _error(path, problems)


def _error(path: str | os.PathLike, problems: list[Problem]) -> RecordError:
    name = Path(path).name
    shown = [f"  {problem}" for problem in problems[:_SHOWN]]
    if len(problems) > _SHOWN:
        shown.append(f"  … and {len(problems) - _SHOWN} more")
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    first = problems[0]
    return RecordError(
        f"{name} has {count}:\n" + "\n".join(shown),
        hint=f"Mend the rows, then: kkbgeo data seal {path}",
        path=str(path),
        row=first.row,
        column=first.column,
        value=first.value,
        problems=[vars(problem) for problem in problems],
    )


def _typed(table: Table, text: pd.DataFrame, sources: pd.DataFrame, compiled: str) -> pd.DataFrame:
    frame = text.copy()
    for column in table.columns:
        cells = text[column.name]
        if column.kind == "count":
            frame[column.name] = pd.to_numeric(cells.mask(cells == "")).astype("Int64")
        elif column.kind == "number":
            frame[column.name] = pd.to_numeric(cells.mask(cells == "")).astype(float)
        elif column.kind == "flag":
            frame[column.name] = cells == "true"
    halves = text["semester"] if "semester" in text else [""] * len(text)
    periods = [
        period_of(as_of, semester=half, compiled=compiled) for as_of, half in zip(text["as_of"], halves, strict=True)
    ]
    frame["period_start"] = pd.Series([one.start for one in periods], index=frame.index, dtype=str)
    frame["period_end"] = pd.Series([one.end for one in periods], index=frame.index, dtype=str)
    frame["precision"] = pd.Series([one.precision for one in periods], index=frame.index, dtype=str)
    frame["rank"] = text["source_id"].map(sources["rank"]).astype(int)
    return frame
