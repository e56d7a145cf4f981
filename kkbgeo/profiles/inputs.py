"""What a page is made of: the records it shows, their sources, and one checksum over them.

A new record changes the checksum of the pages that show it, and of no other.
"""

from __future__ import annotations

import hashlib

import pandas as pd

from kkbgeo.provenance import read_source
from kkbgeo.regions.codes import level_of
from kkbgeo.workbench import Workbench

ISLAND = "kalimantan"
SURVEYS = ("ssgi_2021", "ssgi_2022", "ski_2023", "ssgi_2024")


def page_records(wb: Workbench, code: str) -> dict[str, pd.DataFrame]:
    """Return the records that a page shows, by table, dated up to the workbench's date.

    Parameters
    ----------
    code : str
        A regency (its records, and its province's prevalence), a province (all records inside it), or
        ``kalimantan`` (all records).
    """
    found = {}
    for name in wb.record_tables:
        records = wb.records(name)
        if code != ISLAND:
            mine = (records["code"] == code) | records["code"].str.startswith(code + ".")
            if level_of(code) == "province":
                mine |= records["code"] == ""  # its accounting tells of records without a certain place
            elif name == "prevalence":
                mine |= records["code"] == code.split(".")[0]
            records = records[mine]
        found[name] = records[records["period_end"] <= wb.as_of]
    return found


def medians(wb: Workbench) -> pd.DataFrame:
    """Return the median prevalence of the regencies per survey (columns ``median``, ``known``, ``areas``)."""
    keys = [f"stunting_prevalence_{survey}" for survey in SURVEYS]
    frame = wb.table("regency", keys).frame
    rows = {key: (frame[key].median(), int(frame[key].notna().sum()), len(frame)) for key in keys}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["median", "known", "areas"])


def page_sources(wb: Workbench, code: str) -> list[str]:
    """Return the ids of the sources behind a page's records, sorted."""
    return sorted({source for records in page_records(wb, code).values() for source in records["source_id"]})


def newest_date(wb: Workbench, code: str) -> str:
    """Return the date of a page, as recorded: the one asked for, else that of its newest dated record."""
    if wb.as_of_given:
        return wb.as_of_given
    dated = pd.concat(
        [records[["period_end", "as_of"]][records["precision"] != "undated"]
         for name, records in page_records(wb, code).items() if name != "population_area"]
    )  # fmt: skip
    # Of two that end on one day the more precise date says more.
    return max(zip(dated["period_end"], dated["as_of"].str.len(), dated["as_of"], strict=True), default=("", 0, ""))[2]


def checksum(wb: Workbench, code: str) -> str:
    """Return a checksum over everything a page draws from: records, sources, medians, gazetteer, boundaries.

    Examples
    --------
    >>> wb = Workbench()
    >>> checksum(wb, "63.11") == checksum(Workbench(), "63.11") != checksum(wb, "63.01")
    True
    """
    digest = hashlib.sha256()
    tables = {**page_records(wb, code), "sources": wb.sources.loc[page_sources(wb, code)].reset_index()}
    if code != ISLAND:
        tables["medians"] = medians(wb).reset_index()
    for name, frame in sorted(tables.items()):
        digest.update(f"{name}\n".encode())
        digest.update(frame.to_csv(index=False).encode())
    for path in reference_files(wb, code):
        digest.update(read_source(path).sha256.encode())
    return digest.hexdigest()[:16]


def reference_files(wb: Workbench, code: str) -> list:
    """Return the gazetteer and the boundary files that a page is drawn from."""
    drawn = "village" if code != ISLAND and level_of(code) == "regency" else "regency"
    levels = dict.fromkeys((drawn, "regency"))
    return [wb.data / "reference" / "gazetteer.csv", *(wb.boundary_file(level) for level in levels)]
