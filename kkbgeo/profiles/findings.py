"""Findings: full sentences made from figures, which say what is known and what was never reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from kkbgeo.language import Number, Spoken, Text, date, joined, percent, phrase
from kkbgeo.profiles.display import doubt_said, ends_said, event_reach, publisher_of, shown
from kkbgeo.profiles.reported import (
    count_kind,
    event_place,
    fate,
    fates,
    inner_records,
    own_records,
    registered_twice,
    survey_name,
    top_term,
)
from kkbgeo.profiles.targets import own_targets, rise_readings
from kkbgeo.records.intervals import interval_of
from kkbgeo.records.tables import CLASSES
from kkbgeo.regions.codes import level_of, parent_of
from kkbgeo.tables import AreaTable
from kkbgeo.workbench import Workbench

_FIRST, _KNOWN, _DETAIL, _UNKNOWN, _ASIDE = range(5)  # the order of findings
#: What a page tells the gaps of, besides the survey rounds.
_ASKED = ("kkb_total", "kkb_class_total", "kkb_villages_named", "aid_events", "families_at_risk")
NAMED_GAPS = 4  # regencies without a figure that are named; of more the number is told


def say(key: str, **values: object) -> str:
    """Return one finding in the workbench's language."""
    return Text(f"profiles.finding.{key}", **values)


def of_area(wb: Workbench, code: str) -> list[str]:
    """Return the findings of a regency or province about itself, those first that a reader needs in five seconds.

    That is the total (or that none was found), then what is known of classes, prevalence and aid, then details, then
    what no source tells.
    """
    keys = ["kkb_coverage", "kkb_total_before_2022", "kkb_advanced_share", "kkb_target_needed", "kkb_target_gap"]
    table = wb.table(level_of(code), keys, within=code)
    ranked = [
        *_total(wb, table, code),
        *((_DETAIL, one) for one in own_targets(wb, code)),
        *_classes(wb, table, code),
        *_prevalence(wb, code),
        *_aid(wb, code),
        *_named(wb, code),
    ]
    return [sentence for _, sentence in sorted(ranked, key=lambda one: one[0])]


def _total(wb: Workbench, table: AreaTable, code: str) -> list[tuple[int, str]]:
    label = wb.gazetteer.label(code)
    total, before = table.cell(code, "kkb_total"), table.cell(code, "kkb_total_before_2022")
    if total["state"] != "not_reported":
        coverage = table.cell(code, "kkb_coverage")["value"]
        decimals = 0 if coverage == round(coverage) else 1
        figure = shown(total["value"])
        found = [(_FIRST, say(
            "total", source=_publisher(wb, total), label=label, date=Spoken(date, total["as_of"]),
            total=Text("profiles.word.derived", value=figure) if total["derived"] else figure,
            villages=shown(len(wb.gazetteer.within(code, "village"))),
            coverage=shown(coverage, decimals),
        ))]  # fmt: skip
        found += _registered(wb, code, _DETAIL)
    else:
        found = [*_registered(wb, code, _FIRST), (_UNKNOWN, say("total_missing", label=label))]
        if before["state"] != "not_reported":
            place = _DETAIL if len(found) > 1 else _FIRST
            figure, when = shown(before["value"]), Spoken(date, before["as_of"])
            found.append((place, say("total_before", total=figure, date=when)))
    return found + [(_ASIDE, one) for one in _newer(wb, code, max(total["as_of"], before["as_of"]))]


def _registered(wb: Workbench, code: str, place: int) -> list[tuple[int, str]]:
    cell = wb.table(level_of(code), ["kkb_registered"], within=code).cell(code, "kkb_registered")
    if cell["state"] == "not_reported":
        return []
    villages = Number(len(wb.gazetteer.within(code, "village")))
    return [(place, say(
        "registered", source=_publisher(wb, cell), total=shown(cell["value"]), villages=villages,
        date=Spoken(date, cell["as_of"]),
    ))]  # fmt: skip


def _newer(wb: Workbench, code: str, used: str) -> list[str]:
    """Tell a newer figure that is not a total and so was not used, lest the page look out of date."""
    became = fates(wb, code, ["kkb_total", "kkb_total_before_2022", "kkb_dasar"])
    for one in own_records(wb, "kampung_counts", code):
        unused = became[one.record_id] in ("out_of_scope", "unresolved") and one.precision != "undated"
        if not unused or one.as_of <= used or (pd.isna(one.total) and pd.isna(one.berkelanjutan)):
            continue
        when, top = Spoken(date, one.as_of), phrase("{} {}", shown(one.berkelanjutan), one.top_term)
        total, kind = shown(one.total), Text(f"profiles.count_kind.{one.count_kind}")
        if one.doubt:  # the very reason, in the words of the table
            named = top if pd.isna(one.total) else phrase("{} kampung", total)
            return [say("newer_doubted", named=named, fate=fate(became, one), date=when)]
        if pd.notna(one.total):
            return [say("newer", total=total, kind=kind, date=when)]
        return [say("newer_class", top=top, date=when)]
    return []


def _publisher(wb: Workbench, cell) -> str:
    return publisher_of(wb, cell["source_id"].split()[0])


def _classes(wb: Workbench, table: AreaTable, code: str) -> list[tuple[int, str]]:
    cells = {name: table.cell(code, f"kkb_{name}") for name in CLASSES}
    if table.cell(code, "kkb_class_total")["state"] == "not_reported":
        return [(_UNKNOWN, say("classes_missing", label=wb.gazetteer.label(code)))]
    figures = {name: shown(cell["value"]) for name, cell in cells.items()}
    total = table.cell(code, "kkb_class_total")
    found = [(_KNOWN, say(
        "classes", dasar=figures["dasar"], berkembang=figures["berkembang"], mandiri=figures["mandiri"],
        top=figures["berkelanjutan"], term=top_term(wb, code),
        advanced=shown(table.cell(code, "kkb_advanced")["value"]),
        total=shown(total["value"]), kind=count_kind(wb, code), date=Spoken(date, total["as_of"]),
    ))]  # fmt: skip
    found += [(_DETAIL, one) for one in _moved(wb, code)]
    found += [(_ASIDE, say("rest", value=figures[name], name=name)) for name, cell in cells.items() if cell["derived"]]
    found += [(_DETAIL, one) for one in rise_readings(wb, table, code)]
    return found


def _moved(wb: Workbench, code: str) -> list[str]:
    """Say how many of the kampung that stand in both the first and the last export of the portal rose and fell."""
    rows = [one for one in wb.rows("kampung", code) if f"{one.code}.".startswith(f"{code}.")]
    first, last = registered_twice(wb, rows)
    both = sorted(first.keys() & last.keys())
    if not both:
        return []
    steps = [CLASSES.index(last[one].class_level) - CLASSES.index(first[one].class_level) for one in both]
    dates = (Spoken(date, one[both[0]].as_of) for one in (first, last))
    count = {"both": len(both), "risen": sum(one > 0 for one in steps), "fallen": sum(one < 0 for one in steps)}
    told = {name: Number(value) for name, value in count.items()}
    return [say("moved", **dict(zip(("first", "last"), dates, strict=True)), **told)]


def _named(wb: Workbench, code: str) -> list[tuple[int, str]]:
    villages = wb.table("village", ["kkb_village_class"], within=code)
    records = zip(villages.labels, villages.column("kkb_village_class", "record_id"), strict=True)
    named = [village for village, record in records if record]
    if not named:
        return []
    districts = Number(len({parent_of(village) for village in named}))
    told = {"count": Number(len(named)), "districts": districts}
    _, last = registered_twice(wb, wb.rows("kampung", code))
    portal = sum(village in last for village in named)
    key = "named_portal" if portal else "named"
    found = [(_DETAIL, say(key, portal=Number(portal), **told))]
    cells = [villages.cell(village, "kkb_village_class") for village in named]
    classed = [cell for cell in cells if cell["text"]]
    counts = Counter(cell["text"] for cell in classed)
    by_class = wb.table(level_of(code), [f"kkb_{name}" for name in CLASSES], within=code)
    # Where they are the numbers by class, these have said so.
    if classed and any(by_class.cell(code, f"kkb_{name}")["value"] != counts[name] for name in CLASSES):
        listed = joined(", ", (phrase("{} {}", shown(counts[name]), name) for name in CLASSES if counts[name]))
        sources = list(dict.fromkeys(_publisher(wb, cell) for cell in classed))
        told = {"classed": shown(len(classed)), "listed": listed, "sources": joined(", ", sources)}
        newest = max(classed, key=lambda cell: cell["as_of"])["as_of"]
        found.append((_DETAIL, say("named_classes", date=Spoken(date, newest), **told)))
    return found


def _prevalence(wb: Workbench, code: str) -> list[tuple[int, str]]:
    keys = [one.indicator for one in wb.rounds]
    here = wb.table(level_of(code), keys, within=code)
    known = [key for key in keys if here.cell(code, key)["state"] != "not_reported"]
    if not known:
        return [(_UNKNOWN, say("prevalence_missing"))]
    newest = known[-1]
    value = _with_doubt(here.cell(code, newest))
    if level_of(code) == "province":
        return [(_KNOWN, say("prevalence_own", value=value, survey=survey_name(wb, newest)))]
    province = code.split(".")[0]
    above = wb.table("province", [newest], within=province).cell(province, newest)
    beside = _with_doubt(above) if above["state"] != "not_reported" else Text("profiles.word.unknown")
    return [(_KNOWN, say("prevalence", value=value, survey=survey_name(wb, newest), province=beside))]


def _with_doubt(cell) -> str:
    figure = Spoken(percent, shown(cell["value"], 1)) + ends_said(*interval_of(cell))
    return phrase("{} ({})", figure, doubt_said(cell["doubt"], cell["doubt_kind"])) if cell["doubt"] else figure


def _aid(wb: Workbench, code: str) -> list[tuple[int, str]]:
    count = wb.table(level_of(code), ["aid_events"], within=code).cell(code, "aid_events")
    events = inner_records(wb, "aid_events", code)
    if count["state"] == "not_reported":
        others = sum(one.status != "not_aid" for one in events)
        return [(_UNKNOWN, say("aid_not_delivered", count=others) if others else say("aid_missing"))]
    counted = [one for one in events if one.record_id in count["record_id"].split()]
    reached = [one for one in counted if one.status in ("delivered", "running")]
    newest = (reached or counted)[0]
    reach, place = event_reach(newest), event_place(wb, newest, code)
    sentence = say(
        "aid" if reached else "aid_started",
        count=shown(count["value"]),
        what=Text(f"profiles.aid_type.{newest.aid_type}"),
        status=Text(f"profiles.aid_status.{newest.status}"),
        date=Spoken(date, newest.as_of),
        place=say("aid_place", place=place) if place else "",
        reach=say("aid_reach", number=reach) if reach else "",
    )
    return [(_KNOWN, sentence)]


def of_regencies(wb: Workbench, within: str | None = None) -> list[str]:
    """Return the findings about the regencies of a province, or of all: who reports, sums, ranges."""
    table = wb.table("regency", ["kkb_total", "kkb_class_total", "stunting_prevalence", "aid_events"], within=within)
    totals = table.frame["kkb_total"].dropna()
    known, everyone = len(totals), Number(len(table))
    if not known:
        found = [(_DETAIL, say("reporting_none", all=everyone))]
    else:
        classes, missing = int(table.frame["kkb_class_total"].notna().sum()), len(table) - known
        told_of = {"known": Number(known), "classes": Number(classes)}
        total = {"total": shown(totals.sum()), "missing": Number(missing)}
        found = [
            (_DETAIL, say("reporting", all=everyone, **told_of)),
            (_DETAIL, say("sum" if missing else "sum_all", **total)),
        ]
    found = _registered_together(wb, within) + found
    if within is not None:
        found += [one for one in _prevalence(wb, within) if one[0] == _KNOWN]
        found += [(_DETAIL, one) for one in own_targets(wb, within)]
    found += [(_KNOWN, one) for one in _range(wb, table)]
    events = table.frame["aid_events"].dropna()
    if len(events):
        count, areas = shown(events.sum()), Number(len(events))
        found.append((_KNOWN, say("aid_sum", events=count, areas=areas, all=everyone)))
    return [sentence for _, sentence in sorted(found, key=lambda one: one[0])]


def _registered_together(wb: Workbench, within: str | None) -> list[tuple[int, str]]:
    """Say how many kampung the portal holds in the regencies of a province, or of all, and of which class they are."""
    keys = ["kkb_registered", *(f"kkb_registered_{name}" for name in CLASSES)]
    table = wb.table("regency", keys, within=within)
    known = [code for code, state in zip(table.labels, table.column(keys[0], "state"), strict=True)
             if state != "not_reported"]  # fmt: skip
    if not known:
        return []
    sums = {key: shown(table.frame.loc[known, key].sum()) for key in keys}
    cell = table.cell(known[0], keys[0])
    return [(_FIRST, say(
        "registered_all", source=_publisher(wb, cell), date=Spoken(date, cell["as_of"]), total=sums[keys[0]],
        dasar=sums[keys[1]], berkembang=sums[keys[2]], mandiri=sums[keys[3]], top=sums[keys[4]],
        known=Number(len(known)), all=Number(len(table)),
    ))]  # fmt: skip


def _range(wb: Workbench, table: AreaTable) -> list[str]:
    values = table.frame["stunting_prevalence"].dropna()
    if len(values) < 2:
        return []
    low, high = values.idxmin(), values.idxmax()
    ends = {name: table.cell(code, "stunting_prevalence") for name, code in (("low", low), ("high", high))}
    return [say(
        "range", survey=newest_survey(wb, table), low=_with_doubt(ends["low"]), low_name=table.labels[low],
        high=_with_doubt(ends["high"]), high_name=table.labels[high], known=Number(len(values)),
        all=Number(len(table)),
    )]  # fmt: skip


def newest_survey(wb: Workbench, table: AreaTable) -> str:
    """Return the survey that ``stunting_prevalence`` of a table comes from, e.g. ``SSGI 2024``; "" when none."""
    joined = table.near["stunting_prevalence"]
    used = (one.record_id for one in joined.observations if joined.verdicts[one.row][0] == "used")
    first = next(used, "")
    return next((f"{one.survey} {one.year}" for one in wb.rows("prevalence") if one.record_id == first), "")


def asked(wb: Workbench) -> list[str]:
    """Return the indicators that a page tells the gaps of."""
    return [*_ASKED, *(one.indicator for one in wb.rounds)]


def never_reported(wb: Workbench, code: str, keys: Sequence[str] = ()) -> list[str]:
    """Return the names of the indicators for which the sources hold no figure of an area, used or not."""
    keys = list(keys) or asked(wb)
    table = wb.table(level_of(code), keys, within=code)
    any_record = {
        "aid_events": any(one.status != "not_aid" for one in inner_records(wb, "aid_events", code)),
        "families_at_risk": any(pd.notna(one.families_at_risk) for one in own_records(wb, "at_risk_families", code)),
        "kkb_villages_named": bool(inner_records(wb, "kampung", code)),
    }
    missing = [key for key in keys if table.cell(code, key)["state"] == "not_reported" and not any_record.get(key)]
    return [Spoken(wb.catalogue[key].label) for key in missing]


def gaps(wb: Workbench, within: str | None = None, keys: Sequence[str] = ()) -> list[str]:
    """Return one sentence per indicator that some regencies have no figure of, and name those with nothing at all.

    Parameters
    ----------
    within : str, optional
        A province; by default all regencies.
    keys : sequence of str
        The indicators to go through; by default `asked`.
    """
    keys = list(keys) or asked(wb)
    table = wb.table("regency", keys, within=within)
    found, everyone = [], Number(len(table))
    for key in keys:
        missing = [code for code in table.labels if table.cell(code, key)["state"] == "not_reported"]
        values = {
            "label": Spoken(table.indicator(key).label),
            "missing": Number(len(missing)),
            "all": everyone,
        }
        if missing and len(missing) == len(table):
            found.append(Text("profiles.gap.all", **values))
        elif missing and len(missing) <= NAMED_GAPS:
            names = joined(", ", (table.labels[code] for code in missing))
            found.append(Text("profiles.gap.named", names=names, **values))
        elif missing:
            found.append(Text("profiles.gap.some", **values))
    bare = [label for code, label in table.labels.items() if not _tells_of_kampung(wb, code)]
    return [*found, Text("profiles.gap.nothing", names=joined(", ", bare))] if bare else found


def _tells_of_kampung(wb: Workbench, code: str) -> bool:
    """Tell whether any record, used or not, is about the kampung of a regency."""
    return any(inner_records(wb, name, code) for name in ("kampung_counts", "kampung"))
