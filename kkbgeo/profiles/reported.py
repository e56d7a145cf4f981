"""Tables of everything that was reported about an area, used or not, each row with its source."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from kkbgeo.join import KNOWN
from kkbgeo.language import Spoken, Text, date, joined, percent, phrase
from kkbgeo.maps.cells import Figure
from kkbgeo.measures import Indicator
from kkbgeo.measures.observe import of_portal, portal_panel
from kkbgeo.profiles.display import (
    GAP,
    cell_text,
    doubt_said,
    ends_said,
    error_told,
    event_reach,
    same_address,
    shown,
    source_link,
)
from kkbgeo.profiles.pooled import medians
from kkbgeo.records.intervals import interval_of
from kkbgeo.records.surveys import Round, instruments
from kkbgeo.records.tables import CLASSES
from kkbgeo.regions.codes import level_of
from kkbgeo.workbench import Workbench

_TOTALS = ("kkb_total", "kkb_total_before_2022")


def _heads(*names: str, whole: str = "") -> list[str]:
    return [Text(f"profiles.column.{name}", whole=whole) for name in names]


def _table(rows: list[tuple], *heads: str, whole: str = "") -> pd.DataFrame:
    return pd.DataFrame(rows, columns=_heads(*heads, whole=whole), dtype=object)


def own_records(wb: Workbench, name: str, code: str) -> list[Any]:
    """Return the records of an area itself (not of units inside it), newest first, as of the workbench's date."""
    return _newest_first(one for one in wb.rows(name, code) if one.code == code and one.period_end <= wb.as_of)


def inner_records(wb: Workbench, name: str, code: str) -> list[Any]:
    """Return the records of an area and of every unit inside it, newest first, as of the workbench's date."""
    inside = f"{code}."
    return _newest_first(
        one for one in wb.rows(name, code) if f"{one.code}.".startswith(inside) and one.period_end <= wb.as_of
    )


def _newest_first(records: Iterable[Any]) -> list[Any]:
    newest = sorted(sorted(records, key=lambda one: one.record_id), key=lambda one: one.period_end, reverse=True)
    return sorted(newest, key=lambda one: one.precision == "undated")


def counts(wb: Workbench, code: str) -> pd.DataFrame:
    """Return every Kampung KB count reported for an area: figures, meaning, kind, source, and whether it is used.

    Those of the portal's exports stand in a table of their own, `registered`.
    """
    told = fates(wb, code, [*_TOTALS, "kkb_dasar"])
    rows, records = [], [one for one in own_records(wb, "kampung_counts", code) if not of_portal(one)]
    told |= dict.fromkeys(_repeated(wb, records, told), "same_source")
    for one in records:
        term = phrase(" ({})", one.top_term) if one.top_term and pd.notna(one.berkelanjutan) else ""
        total = shown(one.total)
        if pd.notna(one.total):
            total = Text("profiles.word.about", value=total) if one.about else total
            total = Text("profiles.word.derived", value=total) if "total" in one.derived.split() else total
        rows.append((
            Spoken(date, one.as_of), total, shown(one.dasar), shown(one.berkembang),
            shown(one.mandiri), shown(one.berkelanjutan) + term,
            Text(f"profiles.definition.{one.definition}"),
            Text(f"profiles.count_kind.{one.count_kind}"),
            fate(told, one), source_link(wb, one.source_id),
        ))  # fmt: skip
    heads = ("date", "total", "dasar", "berkembang", "mandiri", "top", "meaning", "kind", "status", "source")
    return _table(rows, *heads)


def registered(wb: Workbench, code: str) -> pd.DataFrame:
    """Return what the portal's exports hold of an area, date by date: registered in all and by class."""
    rows = [
        (Figure(Spoken(date, one.as_of), [one.source_id]),
         *(shown(getattr(one, name)) for name in ("total", *CLASSES)))
        for one in own_records(wb, "kampung_counts", code) if of_portal(one)
    ]  # fmt: skip
    names = [Text("profiles.column.registered"), *(Text(f"profiles.column.{name}") for name in
             ("dasar", "berkembang", "mandiri")), Text("profiles.column.berkelanjutan")]  # fmt: skip
    return pd.DataFrame(rows, columns=[Text("profiles.column.date"), *names], dtype=object)


def registered_kampung(wb: Workbench, code: str) -> pd.DataFrame:
    """Return the kampung that the portal's last export lists in an area, with class and the class before.

    One that stood in the first export only comes last, without a class.
    """
    first, last = registered_twice(wb, wb.rows("kampung", code))
    inside = sorted(one for one in first.keys() | last.keys() if f"{one}.".startswith(f"{code}."))
    if not inside:
        return _table([], "village", "district", "class")
    dates = [Spoken(date, next(iter(one.values())).as_of) for one in (last, first)]
    rows = []
    for village in sorted(inside, key=lambda one: (one not in last, one)):
        one = last.get(village) or first[village]
        classes = [listed[village].class_reported if village in listed else GAP for listed in (last, first)]
        district = wb.gazetteer.short(wb.gazetteer.chain(village)[2])
        rows.append((_village_name(wb, one), district, *classes))
    names = [Text("profiles.column.class_at", date=one) for one in dates]
    return pd.DataFrame(rows, columns=[*_heads("village", "district"), *names], dtype=object)


def _village_name(wb: Workbench, one: Any) -> str:
    """Return the name of a kampung's village, and beside it the kampung's own or the printed one where it differs."""
    name, printed = wb.gazetteer.short(one.code), one.kampung_name or one.village
    return phrase("{} («{}»)", name, printed) if printed and printed.casefold() != name.casefold() else name


def _repeated(wb: Workbench, records: list[Any], told: dict[str, str]) -> list[str]:
    """Return the superseded records that stand in the same article as a used one, with the same figures and date."""

    def same(one: Any) -> tuple:
        figures = tuple(str(getattr(one, name)) for name in ("total", *CLASSES))
        return same_address(source_link(wb, one.source_id).url), one.as_of, figures

    used = {same(one) for one in records if told[one.record_id] == "used"}
    superseded = (one for one in records if told[one.record_id] == "superseded")
    return [one.record_id for one in superseded if same(one)[0] and same(one) in used]


def fates(wb: Workbench, code: str, keys: list[str], *levels: str) -> dict[str, str]:
    """Say of each record what became of it in some indicators of an area, and of the units of `levels` inside it.

    A record that several tables take has the best of its statuses.
    """
    order = ("used", "conflicting", "superseded", "same_event", "unresolved", "out_of_scope")
    best: dict[str, str] = {}
    tables = [wb.table(level, keys, within=code) for level in dict.fromkeys((level_of(code), *levels))]
    for key, near in (one for table in tables for one in table.near.items()):
        for one in near.observations:
            status = near.verdicts[one.row][0]
            if status == "superseded" and wb.catalogue[key].combine == "sum":
                status = "same_event"  # nothing replaced it: one event of several reports is counted once
            best[one.record_id] = min(best.get(one.record_id, status), status, key=order.index)
    return best


def fate(told: dict[str, str], one: Any) -> str:
    """Say what became of a record, and why it is doubted where it is.

    Parameters
    ----------
    told : dict of str to str
        From `fates`.
    one : record
        Its row.
    """
    status = Text(f"profiles.status.{told[one.record_id]}")
    return phrase("{}; {}", status, doubt_said(one.doubt, one.doubt_kind)) if one.doubt else status


def classes(wb: Workbench, code: str) -> pd.DataFrame:
    """Return the classes of an area from one report: number and share of each; empty when never reported."""
    table = wb.table(level_of(code), [f"kkb_{name}_share" for name in CLASSES] + ["kkb_advanced_share"], within=code)
    if table.cell(code, "kkb_class_total")["state"] == "not_reported":
        return _table([], "class", "figure", "share")
    rows = [
        (_class_name(wb, code, name), cell_text(table, code, f"kkb_{name}"),
         _share(cell_text(table, code, f"kkb_{name}_share")))
        for name in CLASSES
    ]  # fmt: skip
    whole: Indicator = wb.catalogue["kkb_advanced"]
    rows.append((Spoken(whole.label), cell_text(table, code, "kkb_advanced"),
                 _share(cell_text(table, code, "kkb_advanced_share"))))  # fmt: skip
    as_of = Spoken(date, table.cell(code, "kkb_class_total")["as_of"])
    label = phrase("{} ({}, {})", Spoken(wb.catalogue["kkb_class_total"].label), count_kind(wb, code), as_of)
    rows.append((label, cell_text(table, code, "kkb_class_total"), GAP))
    return _table(rows, "class", "figure", "share")


def _class_name(wb: Workbench, code: str, name: str) -> str:
    return top_term(wb, code).capitalize() if name == "berkelanjutan" else Text(f"profiles.column.{name}")


def top_term(wb: Workbench, code: str) -> str:
    """Return the word that the used report prints for the top class: paripurna or berkelanjutan."""
    record = _class_record(wb, code)
    return (record.top_term if record else "") or "berkelanjutan"


def count_kind(wb: Workbench, code: str) -> str:
    """Return what the report of an area's classes counts, in words: kampung formed, or those of the portal's export.

    Examples
    --------
    >>> wb = Workbench(language="en")
    >>> wb.words(count_kind(wb, "63.01"))
    'formed so far'
    """
    record = _class_record(wb, code)
    if record is None:
        return GAP
    kind = Text(f"profiles.count_kind.{record.count_kind}")
    return phrase("{}, {}", kind, Text("profiles.word.export")) if of_portal(record) else kind


def _class_record(wb: Workbench, code: str) -> Any:
    cell = wb.table(level_of(code), ["kkb_berkelanjutan"], within=code).cell(code, "kkb_class_total")
    return next((one for one in wb.rows("kampung_counts", code) if one.record_id == cell["record_id"]), None)


def registered_twice(wb: Workbench, rows: Iterable[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the kampung of the portal's first and last export up to the workbench's date, each by its village.

    Examples
    --------
    >>> wb = Workbench()
    >>> first, last = registered_twice(wb, wb.rows("kampung", "63.01"))
    >>> len(first), len(last), len(first.keys() & last.keys())
    (24, 41, 24)
    """
    return portal_panel(rows, wb.common.tell(wb.catalogue["kkb_risen_share"], "village", wb.as_of))


def _share(figure: Figure) -> Figure:
    return figure if figure.text == GAP else Figure(Spoken(percent, figure.text), figure.sources)


def kampung(wb: Workbench, code: str) -> pd.DataFrame:
    """Return every kampung that a report names in an area, with place, class as reported, date and source.

    Those of the portal's exports stand in a table of their own, `registered_kampung`.
    """
    rows = []
    for one in inner_records(wb, "kampung", code):
        if of_portal(one):
            continue
        certain = one.level == "village"
        chain = wb.gazetteer.chain(one.code)
        district = wb.gazetteer.short(chain[2]) if len(chain) > 2 else one.district or GAP
        unsure = Text("profiles.word.place_uncertain")
        name = _village_name(wb, one) if certain else phrase("{} ({})", one.village, unsure)
        rows.append((
            name, district, one.class_reported or GAP, Text(f"profiles.kampung_status.{one.status}"),
            Spoken(date, one.as_of), source_link(wb, one.source_id),
        ))  # fmt: skip
    return _table(rows, "village", "district", "class", "aid_status", "date", "source")


def aid(wb: Workbench, code: str) -> pd.DataFrame:
    """Return every aid event reported in an area, delivered, planned or not aid at all, newest first."""
    told = fates(wb, code, ["aid_events"])
    rows = [
        (
            Spoken(date, one.as_of),
            GAP if one.status == "not_aid" else Text(f"profiles.aid_type.{one.aid_type}"),
            event_place(wb, one, code) or Text("profiles.word.place_not_told"),
            event_reach(one) or GAP,
            Text(f"profiles.aid_status.{one.status}"),
            fate(told, one),
            source_link(wb, one.source_id),
        )
        for one in inner_records(wb, "aid_events", code)
    ]
    return _table(rows, "date", "aid", "place", "reach", "aid_status", "status", "source")


def event_place(wb: Workbench, one, within: str) -> str:
    """Name where an event took place below `within`; the printed name where it is uncertain, empty where none is."""
    below = [wb.gazetteer.label(code) for code in wb.gazetteer.chain(one.code) if len(code) > len(within)]
    if one.village and one.level != "village":
        below.append(phrase("{} ({})", one.village, Text("profiles.word.place_uncertain")))
    return joined(", ", reversed(below))


def risk(wb: Workbench, code: str) -> pd.DataFrame:
    """Return the figures of families at risk reported for an area and units inside it, newest first."""
    rows, told = [], fates(wb, code, ["families_at_risk"], "regency")
    for one in inner_records(wb, "at_risk_families", code):
        when = Spoken(date, one.as_of)
        if one.semester:
            when = Text("profiles.word.semester", year=one.as_of[:4], semester=one.semester)
        families = shown(one.families_at_risk)
        remark = GAP
        if one.scope == "part":
            remark = Text("profiles.word.part")
        elif families == GAP:
            remark = Text("profiles.word.no_number")
        became = fate(told, one)
        rows.append((when, wb.gazetteer.label(one.code), families, remark, became, source_link(wb, one.source_id)))
    return _table(rows, "date", "area", "families", "remark", "status", "source")


def prevalence(wb: Workbench, code: str) -> pd.DataFrame:
    """Return the prevalence of an area survey by survey, beside its province and the median of the regencies."""
    keys = [one.indicator for one in wb.rounds]
    here = wb.table(level_of(code), keys, within=code)
    above = wb.table("province", keys, within=code.split(".")[0])
    island = medians(wb)
    rows, province = [], code.split(".")[0]
    for key in keys:
        cell, beside = here.cell(code, key), above.cell(province, key)
        # Its source stands at the end of the row.
        row = [survey_name(wb, key), shown(cell["value"], 1) + ends_said(*interval_of(cell))]
        unknown = _error(cell)
        remarks = _caution(cell) + unknown
        if code != province:
            row.append(cell_text(above, province, key))
            more = _caution(beside)
            more += [one for one in _error(beside) if one not in unknown]  # once for the whole row
            remarks += [phrase("{}: {}", Text("profiles.fact.province"), one) for one in more]
        source = source_link(wb, cell["source_id"]) if cell["source_id"] else GAP
        known = f"{island.loc[key, 'known']} / {island.loc[key, 'areas']}"
        rows.append((*row, shown(island.loc[key, "median"], 1), known, joined("; ", remarks) or GAP, source))
    heads = ("survey", "here", *(["province"] if code != province else []), "island", "known", "remark", "source")
    return _table(rows, *heads, whole=wb.whole)


def _caution(cell: Any) -> list[str]:
    """Say what a reader must know of a figure: that others conflict with it, that it is doubted."""
    found = [Text("profiles.word.conflict", count=cell["conflicts"])] if cell["conflicts"] else []
    return [*found, doubt_said(cell["doubt"], cell["doubt_kind"])] if cell["doubt"] else found


def _error(cell: Any) -> list[str]:
    return error_told(cell) if cell["state"] in KNOWN else []


def survey_name(wb: Workbench, key: str) -> str:
    """Return the survey round that an indicator is of; empty for any other indicator.

    Examples
    --------
    >>> survey_name(Workbench(), "stunting_prevalence_ski_2023")
    'SKI 2023'
    """
    found = wb.catalogue.round_of(key)
    return found.label if found else ""


def instruments_said(rounds: Iterable[Round]) -> str:
    """Say which rounds are of which instrument, and that a difference between two is no change; "" where one has all.

    Examples
    --------
    >>> wb = Workbench(language="en")
    >>> wb.words(instruments_said(wb.rounds))[:82]
    'Riskesdas (2013, 2018), SSGI (2021, 2022, 2024) and SKI (2023) are different instr'
    """
    *first, last = instruments(rounds) or [""]
    return Text("profiles.period.instruments", first=joined(", ", first), last=last) if first else ""
