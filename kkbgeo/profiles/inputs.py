"""What a page is made of: the records it shows, their sources, and one checksum over them.

A new record changes the checksum of the pages that show it, and of no other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kkbgeo.io import sha256
from kkbgeo.pages import Kind, analyses, kind_of, of_level, registry
from kkbgeo.profiles.pooled import common, medians
from kkbgeo.provenance import record_path
from kkbgeo.records import surveys
from kkbgeo.records.targets import path_of
from kkbgeo.regions.codes import is_code, level_of
from kkbgeo.regions.tilegrid import FILE as TILES
from kkbgeo.regions.whole import whole_path
from kkbgeo.workbench import Workbench


def shows(page: str, table: str, place: str) -> bool:
    """Tell whether a page shows a record of `table` whose code is `place`: the one rule of what is on which page.

    A regency shows its records and its province's prevalence, a province all records inside it and those without
    a certain place (its accounting tells of them), the whole (``kalimantan``) all, an analysis those of its tables.

    Examples
    --------
    >>> shows("63.11", "aid_events", "63.11.03.2014"), shows("63.11", "aid_events", "63"), shows("63", "kampung", "")
    (True, False, True)
    """
    return draws_from(page, table) and _concerns(page, table, place)


def draws_from(page: str, table: str) -> bool:
    """Tell whether the kind of a page declares that it draws from a table.

    A page over the whole that no notebook declares (``perbandingan-…``) is taken as the overview is.

    Examples
    --------
    >>> draws_from("pola-spasial", "prevalence"), draws_from("pola-spasial", "kampung")
    (True, False)
    """
    kind = kind_of(page, level_of(page)) if is_code(page) else analyses().get(page) or kind_of(page, "island")
    return kind is None or table in kind.draws_from


def _concerns(page: str, table: str, place: str) -> bool:
    if not is_code(page) or place == page or place.startswith(page + "."):
        return True
    if "." not in page:
        return place == ""
    return table == "prevalence" and place == page.split(".")[0]


def page_records(wb: Workbench, code: str) -> dict[str, list[Any]]:
    """Return the records that a page shows, by table, dated up to the workbench's date.

    Parameters
    ----------
    code : str
        A regency, a province, or the whole (``kalimantan``); see `shows`.
    """
    return wb.once(
        ("page records", code),
        lambda: {
            name: [one for one in wb.rows(name, code) if one.period_end <= wb.as_of and _concerns(code, name, one.code)]
            if draws_from(code, name)
            else []
            for name in wb.record_tables
        },
    )


def page_sources(wb: Workbench, code: str) -> list[str]:
    """Return the ids of the sources behind a page's records and behind the targets that it tells of, sorted."""
    told = {one.source_id for records in page_records(wb, code).values() for one in records}
    all_of_them = not is_code(code) and _tells_of_targets(wb, code)
    return sorted(told | {one.source_id for one in wb.targets if all_of_them or one.code == code})


def is_simulated(wb: Workbench, code: str) -> bool:
    """Return whether any record of a page is made up, or one behind the medians that regencies and provinces show."""
    if not wb.simulated_sources:
        return False
    # The medians first: they are kept, while the records of each page are read for themselves.
    return (is_code(code) and "simulated" in medians(wb)) or not wb.simulated_sources.isdisjoint(page_sources(wb, code))


def simulated_above(wb: Workbench, code: str) -> dict[str, bool]:
    """Return the pages of the larger units around a page, the largest first, and whether any figure there is made up.

    What is on a page is on those above it, too; only below a page of nothing but reports must they be looked into.

    Examples
    --------
    >>> simulated_above(Workbench(), "63.11")
    {'kalimantan': False, '63': False}
    """
    whole = wb.gazetteer.whole.code
    pages = [one for one in (whole, *([code.split(".")[0]] if is_code(code) else [])) if one != code]
    if not wb.simulated_sources:
        return dict.fromkeys(pages, False)
    mine = is_simulated(wb, code)
    return {one: mine or is_simulated(wb, one) for one in pages}


def newest_date(wb: Workbench, code: str) -> str:
    """Return the date of a page, as recorded: the one asked for, else that of its newest dated record.

    A doubted record that no indicator takes is no news: it sets no date.

    Examples
    --------
    >>> newest_date(Workbench(), "64.03")  # a doubted record of October 2025 is not used
    '2024-12-11'
    """
    if wb.as_of_given:
        return wb.as_of_given
    return wb.once(("newest date", code), lambda: _newest_date(wb, code))


def _newest_date(wb: Workbench, code: str) -> str:
    tables = {name: records for name, records in page_records(wb, code).items() if name != "population_area"}
    shown = [(name, one) for name, records in tables.items() for one in records if one.precision != "undated"]
    # Within one year the more precise date says more: 3 December 2025 rather than 2025.
    newest = sorted(shown, key=lambda told: (told[1].as_of[:4], len(told[1].as_of), told[1].as_of), reverse=True)
    return next((one.as_of for name, one in newest if not one.doubt or _taken(wb, name, one)), "")


def _taken(wb: Workbench, name: str, one: Any) -> bool:
    """Tell whether some indicator takes a record, if only beside another source of the same thing."""
    if not is_code(one.code):
        return False
    keys = [key for key, indicator in wb.catalogue.items() if indicator.table == name]
    joined = wb.table(level_of(one.code), keys, within=one.code).near.values()
    verdicts = (table.verdicts[seen.row][0] for table in joined for seen in table.observations
                if seen.record_id == one.record_id)  # fmt: skip
    return any(verdict in ("used", "conflicting", "superseded") for verdict in verdicts)


@dataclass(frozen=True)
class PageInputs:
    """What one page draws from.

    Attributes
    ----------
    parts : dict of str to str
        Hash of each part: records, sources, survey rounds, medians, what all areas have in common, gazetteer,
        boundaries.
    records : dict of str to str
        Per table with records on the page: their number and a hash, ``"3 1a2b3c4d"``.
    checksum : str
        One checksum over all parts, as printed in the page's footer.
    """

    parts: dict[str, str]
    records: dict[str, str]
    checksum: str


def page_inputs(wb: Workbench, code: str) -> PageInputs:
    """Return what a page draws from; what pages share is read once per workbench."""
    return wb.once(("page inputs", code), lambda: _page_inputs(wb, code))


def _page_inputs(wb: Workbench, code: str) -> PageInputs:
    rows = wb.once("rows as lines", lambda: _Rows(wb))
    tables: dict[str, str] = {}
    for name, mine in page_records(wb, code).items():
        if mine:
            tables[name] = f"{len(mine)} {_hash([_line(mine[0]._fields), *(rows.line(name, one) for one in mine)])[:8]}"
    parts = {
        "records": _hash([f"{name} {told}" for name, told in sorted(tables.items())]),
        "sources": _hash([rows.sources[one] for one in page_sources(wb, code)]),
        "surveys": rows.surveys,
        "medians": rows.medians if is_code(code) else "",
        "common": rows.common if is_code(code) else "",
        # The record beside a file holds its checksum, and the title that the footer names.
        "gazetteer": _hash([*(rows.seal(path) for path in _gazetteer_files(wb, code)), *_said_of_whole(wb)]),
        "boundaries": _hash([rows.drawn_from(path) for path in _boundary_files(wb, code)]),
    }
    if _tells_of_targets(wb, code) and (targets := path_of(wb.data)).is_file():
        parts["targets"] = _hash([rows.seal(targets)])
    if wb.simulated_sources and not is_simulated(wb, code):
        parts["links"] = _hash([f"{one} {made_up}" for one, made_up in simulated_above(wb, code).items()])
    return PageInputs(parts, tables, _hash([f"{name} {told}" for name, told in sorted(parts.items())]))


def checksum(wb: Workbench, code: str) -> str:
    """Return a checksum over everything a page draws from, its `PageInputs.parts`.

    Examples
    --------
    >>> wb = Workbench()
    >>> checksum(wb, "63.11") == checksum(Workbench(), "63.11") != checksum(wb, "63.01")
    True
    """
    return page_inputs(wb, code).checksum


class _Rows:
    """What the pages of one workbench share, and its rows as lines of text, each made once."""

    def __init__(self, wb: Workbench) -> None:
        self._made: dict[tuple[str, str], str] = {}
        self.sources = dict(zip(wb.sources.index, _lines(wb.sources.reset_index()), strict=True))
        self.surveys = _hash([record_path(surveys.path_of(wb.data)).read_text(encoding="utf-8")])
        self.medians = _hash(_lines(medians(wb).reset_index()))
        self.common = _hash([_line([*key, *told]) for key, told in common(wb).items()])
        self._editions: dict = {}
        self._seals: dict = {}

    def line(self, table: str, row) -> str:
        key = (table, row.record_id)
        if key not in self._made:
            self._made[key] = _line(row)
        return self._made[key]

    def drawn_from(self, path) -> str:
        if path.parent not in self._editions:
            self._editions[path.parent] = (path.parent / "edition.toml").read_text(encoding="utf-8")
        return f"{self._editions[path.parent]}\x1e{self.seal(path)}"

    def seal(self, path) -> str:
        if path not in self._seals:
            self._seals[path] = record_path(path).read_text(encoding="utf-8")
        return self._seals[path]


def _line(values: Iterable[object]) -> str:
    return "\x1f".join(map(str, values))


def _lines(frame: pd.DataFrame) -> list[str]:
    columns = [map(str, frame[name].tolist()) for name in frame.columns]
    return [_line(row) for row in zip(*columns, strict=True)]


def _hash(lines: list[str]) -> str:
    return sha256("\x1e".join(lines))[:16]


def reference_files(wb: Workbench, code: str) -> list:
    """Return the gazetteer and the boundary files that a page is drawn from."""
    return [wb.data / "reference" / "gazetteer.csv", *_boundary_files(wb, code)]


def _gazetteer_files(wb: Workbench, code: str) -> list:
    files = [wb.data / "reference" / name for name in ("gazetteer.csv", "regency_codes.csv")]
    # Only the page of the whole shows the tile grid, and not every workspace has one.
    tiles = wb.data / "reference" / TILES
    return [*files, tiles] if code == wb.gazetteer.whole.code and tiles.is_file() else files


def _said_of_whole(wb: Workbench) -> list[str]:
    path = whole_path(wb.data)
    return [path.read_text(encoding="utf-8")] if path.is_file() else []


def _boundary_files(wb: Workbench, code: str) -> list:
    kind = _kind_of(wb, code)
    return [wb.boundary_file(level) for level in (kind.boundaries if kind else ("village", "district", "regency"))]


def _kind_of(wb: Workbench, code: str) -> Kind | None:
    """Return the kind of a page; None for one that no notebook declares."""
    if is_code(code):
        return kind_of(code, level_of(code))
    return of_level("island") if code == wb.gazetteer.whole.code else analyses().get(code)


def _tells_of_targets(wb: Workbench, code: str) -> bool:
    kind = _kind_of(wb, code)
    return kind is not None and registry.TARGETS in kind.draws_from
