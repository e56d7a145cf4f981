"""Record tables: the reported facts as tidy tables, each row with its place, date and source, checked when read.

Also what belongs to them: sources and their rank, periods, survey rounds and their errors, targets, and spreadsheets
that were imported. Names load when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kkbgeo.on_first_use import on_first_use

if TYPE_CHECKING:
    from kkbgeo.records.periods import period_of as period_of
    from kkbgeo.records.read import read_rows as read_rows
    from kkbgeo.records.read import read_table as read_table
    from kkbgeo.records.read import table_names as table_names
    from kkbgeo.records.sources import read_sources as read_sources
    from kkbgeo.records.surveys import Round as Round
    from kkbgeo.records.surveys import read_rounds as read_rounds
    from kkbgeo.records.tables import TABLES as TABLES
    from kkbgeo.records.targets import Target as Target

_HOMES = {
    "Round": "surveys",
    "TABLES": "tables",
    "Target": "targets",
    "period_of": "periods",
    "read_rounds": "surveys",
    "read_rows": "read",
    "read_sources": "sources",
    "read_table": "read",
    "table_names": "read",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = on_first_use(__name__, _HOMES)
