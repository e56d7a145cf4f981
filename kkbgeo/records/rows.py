"""The rows of a record table, all of them or those that can concern one region, found without going through all."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import namedtuple
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from kkbgeo import shared
from kkbgeo.records.tables import Table

if TYPE_CHECKING:
    import pyarrow as pa

#: Told from the date and the source of a row: the days it covers, and who speaks. ``publisher`` is one voice: copies
#: of one table are one publisher.
ADDED = ("period_start", "period_end", "precision", "rank", "publisher_kind", "publisher")


def row_type(table: Table) -> type:
    """Return the named tuple of a table's rows: its columns, then `ADDED`."""
    return namedtuple(table.name, [*(column.name for column in table.columns), *ADDED])


class Rows:
    """Rows of one table in file order, with an index by place.

    Parameters
    ----------
    rows : list of named tuples
        As `kkbgeo.records.read.read_rows` returns them.

    Examples
    --------
    >>> from kkbgeo.records.read import read_rows
    >>> rows = Rows(read_rows("prevalence"))
    >>> sorted({one.code for one in rows.around("63.11")})
    ['63', '63.11']
    """

    def __init__(self, rows: list[Any]) -> None:
        self.rows = rows

    def around(self, code: str) -> list[Any]:
        """Return the rows of a region, of units inside it, of those above it, and those without a certain place."""
        places, codes = self._sorted
        found = places[shared.inside(codes, code)]
        for exact in ("", *_chain(code)):
            found += places[bisect_left(codes, exact) : bisect_right(codes, exact)]
        return [self.rows[place] for place in sorted(found)]

    @cached_property
    def _sorted(self) -> tuple[list[int], list[str]]:
        places = sorted(range(len(self.rows)), key=lambda place: self.rows[place].code)
        return places, [self.rows[place].code for place in places]


class MappedRows:
    """As `Rows`, over a table in shared memory."""

    def __init__(self, table: Table, cells: pa.Table) -> None:
        self._table, self._cells = table, cells

    @cached_property
    def rows(self) -> list[Any]:
        """Every row."""
        return self._typed(self._cells)

    def around(self, code: str) -> list[Any]:
        """Return the rows of a region, of units inside it, of those above it, and those without a certain place."""
        import pyarrow as pa
        import pyarrow.compute as pc

        column = self._cells["code"]
        exact = pc.is_in(column, pa.array(["", *_chain(code)], column.type))
        return self._typed(self._cells.filter(pc.or_(exact, pc.starts_with(column, f"{code}."))))

    def _typed(self, cells: pa.Table) -> list[Any]:
        columns = [cells[column.name].to_pylist() for column in self._table.columns]
        for position, column in enumerate(self._table.columns):
            if column.kind == "count":
                columns[position] = [pd.NA if value is None else value for value in columns[position]]
            elif column.kind == "number":
                columns[position] = [math.nan if value is None else value for value in columns[position]]
        added = [cells[name].to_pylist() for name in ADDED]
        make = row_type(self._table)
        return [make(*values) for values in zip(*columns, *added, strict=True)]


def find(table: Table, data: Path) -> MappedRows | None:
    """Return the rows that a batch shares; None where there are none."""
    cells = shared.find(f"records-{table.name}", data)
    return None if cells is None else MappedRows(table, cells)


def share(table: Table, rows: list[Any], folder: Path, data: Path) -> None:
    """Keep the rows of a table for the runs of a batch."""
    import pyarrow as pa

    types = {"text": pa.string(), "count": pa.int64(), "number": pa.float64(), "flag": pa.bool_()}
    schema = pa.schema(
        [(column.name, types[column.kind]) for column in table.columns]
        + [(name, pa.int64() if name == "rank" else pa.string()) for name in ADDED]
    )
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    arrays = [
        pa.array([None if value is pd.NA else value for value in column], one.type)
        for column, one in zip(columns, schema, strict=True)
    ]
    shared.keep(folder, f"records-{table.name}", data, pa.table(arrays, schema=schema))


def _chain(code: str) -> list[str]:
    """Return a code and those above it."""
    parts = code.split(".")
    return [".".join(parts[: size + 1]) for size in range(len(parts))]
