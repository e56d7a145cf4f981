"""What a page is made of: the records it shows, their sources, and one checksum over them.

A new record changes the checksum of the pages that show it, and of no other.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import statistics
from typing import Any

import pandas as pd

from kkbgeo.provenance import read_source
from kkbgeo.records.read import ADDED
from kkbgeo.records.tables import TABLES
from kkbgeo.regions.codes import level_of
from kkbgeo.workbench import Workbench

ISLAND = "kalimantan"
SURVEYS = ("ssgi_2021", "ssgi_2022", "ski_2023", "ssgi_2024")


def page_records(wb: Workbench, code: str) -> dict[str, list[Any]]:
    """Return the records that a page shows, by table, dated up to the workbench's date.

    Parameters
    ----------
    code : str
        A regency (its records, and its province's prevalence), a province (all records inside it), or
        ``kalimantan`` (all records).
    """
    return {
        name: [one for one in wb.rows(name) if one.period_end <= wb.as_of and _is_shown(one.code, name, code)]
        for name in wb.record_tables
    }


def _is_shown(record: str, table: str, page: str) -> bool:
    if page == ISLAND or f"{record}.".startswith(f"{page}."):
        return True
    if level_of(page) == "province":
        return record == ""  # its accounting tells of records without a certain place
    return table == "prevalence" and record == page.split(".")[0]


def medians(wb: Workbench) -> pd.DataFrame:
    """Return the median prevalence of the regencies per survey (columns ``median``, ``known``, ``areas``)."""
    keys = [f"stunting_prevalence_{survey}" for survey in SURVEYS]
    table = wb.table("regency", keys)
    rows = {}
    for key in keys:
        known = [value for value in table.column(key) if not math.isnan(value)]
        rows[key] = (statistics.median(known) if known else math.nan, len(known), len(table))
    return pd.DataFrame.from_dict(rows, orient="index", columns=["median", "known", "areas"])


def page_sources(wb: Workbench, code: str) -> list[str]:
    """Return the ids of the sources behind a page's records, sorted."""
    return sorted({one.source_id for records in page_records(wb, code).values() for one in records})


def newest_date(wb: Workbench, code: str) -> str:
    """Return the date of a page, as recorded: the one asked for, else that of its newest dated record."""
    if wb.as_of_given:
        return wb.as_of_given
    shown = [one for name, records in page_records(wb, code).items() if name != "population_area" for one in records]
    # Of two that end on one day the more precise date says more.
    dated = ((one.period_end, len(one.as_of), one.as_of) for one in shown if one.precision != "undated")
    return max(dated, default=("", 0, ""))[2]


def checksum(wb: Workbench, code: str) -> str:
    """Return a checksum over everything a page draws from: records, sources, medians, gazetteer, boundaries.

    Examples
    --------
    >>> wb = Workbench()
    >>> checksum(wb, "63.11") == checksum(Workbench(), "63.11") != checksum(wb, "63.01")
    True
    """
    digest = hashlib.sha256()
    tables = {name: _csv(name, shown) for name, shown in page_records(wb, code).items()}
    tables["sources"] = wb.sources.loc[page_sources(wb, code)].reset_index().to_csv(index=False)
    if code != ISLAND:
        tables["medians"] = medians(wb).reset_index().to_csv(index=False)
    for name, written in sorted(tables.items()):
        digest.update(f"{name}\n{written}".encode())
    for path in reference_files(wb, code):
        digest.update(read_source(path).sha256.encode())
    return digest.hexdigest()[:16]


def _csv(table: str, shown: list[Any]) -> str:
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\n")
    lines.writerow([*(column.name for column in TABLES[table].columns), *ADDED])
    lines.writerows(["" if pd.isna(cell) else cell for cell in one] for one in shown)
    return written.getvalue()


def reference_files(wb: Workbench, code: str) -> list:
    """Return the gazetteer and the boundary files that a page is drawn from."""
    drawn = "village" if code != ISLAND and level_of(code) == "regency" else "regency"
    levels = dict.fromkeys((drawn, "regency"))
    return [wb.data / "reference" / "gazetteer.csv", *(wb.boundary_file(level) for level in levels)]
