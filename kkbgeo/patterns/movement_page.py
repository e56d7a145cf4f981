"""The page's part on the exports of the portal: classes, the same kampung at two dates, registration in steps."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kkbgeo.language import Number, Spoken, Text, date, joined, percent, phrase
from kkbgeo.maps import charts, theme
from kkbgeo.maps.cells import Figure
from kkbgeo.maps.page import Link
from kkbgeo.patterns.frame import GAP, say
from kkbgeo.patterns.movement import (
    Movement,
    moves_table,
    never_changed,
    rose_stayed_fell,
    same_and_all,
    steps,
    waves,
)
from kkbgeo.profiles.display import publisher_of, source_link
from kkbgeo.profiles.pages import Chart, Section
from kkbgeo.records.tables import CLASSES
from kkbgeo.workbench import Workbench

STEPS_DRAWN = 6
#: Where a class may be parted at the end of a line, so that the table of moves fits a phone.
PARTED = {"berkembang": "berkem\N{SOFT HYPHEN}bang", "berkelanjutan": "berke\N{SOFT HYPHEN}lanjutan"}


def movement_findings(wb: Workbench, moved: Movement) -> list[str]:
    """Return what the exports say in a few sentences, each with its dates; none where there is no export."""
    if not moved.newest:
        return []
    last = moved.at(moved.newest).dropna()
    figures = {name: _number(last[name].sum()) for name in ("total", *CLASSES)}
    facts = {"date": Spoken(date, moved.newest), "publisher": _publisher(wb, moved)}
    known = {"known": len(last), "all": len(wb.gazetteer.codes("regency"))}
    said = [
        say("movement.finding_registered", **figures, **facts, **known),
        say("movement.finding_classes", **figures, **facts),
    ]
    if moved.panel.empty:
        return [*said, say("movement.moves_none")]
    rose, stayed, fell = (_number(one) for one in rose_stayed_fell(moved.panel))
    same = _number(len(moved.panel))
    said.append(say("movement.finding_moves", same=same, rose=rose, stayed=stayed, fell=fell, **_dates(moved)))
    sums = same_and_all(moved).loc[list(moved.at(moved.until).index)].sum()
    parts = {
        "same_before": ("same_before", "same"), "same_after": ("same_after", "same"),
        "all_before": ("advanced_before", "all_before"), "all_after": ("advanced_after", "all_after"),
    }  # fmt: skip
    shares = {name: _of(sums[part], sums[whole]) for name, (part, whole) in parts.items()}
    return [*said, say("movement.finding_same", **shares, **_dates(moved))]


def meaning_section(wb: Workbench, moved: Movement) -> Section | None:
    """Return what a class says and what it does not; nothing where there is no export."""
    return Section(meaning(wb, moved), say("movement.meaning")) if moved.newest else None


def moves_section(wb: Workbench, moved: Movement) -> Section:
    """Return the moves of the same kampung between the two lists, or a sentence that there are none."""
    title = say("movement.moves")
    if not moved.newest or moved.panel.empty:
        return Section(say("movement.moves_none" if moved.newest else "movement.none"), title)
    note = say("movement.moves_note", source=source_said(wb, moved, moved.since, moved.until))
    return Section(moves_shown(moved), title, note, matrix=True)


def meaning(wb: Workbench, moved: Movement) -> list[str | Link]:
    """Return what a class says and what it does not, with the source."""
    told: list[str | Link] = [Text("profiles.note.classes"), say("movement.ladder")]
    return told + [source_link(wb, one) for one in sorted(moved.sources)]


def source_said(wb: Workbench, moved: Movement, *dates: str) -> str:
    """Return the line that stands under every chart and table of these figures."""
    said = joined(", ", dict.fromkeys(Spoken(date, one) for one in dates))
    return say("movement.source", publisher=_publisher(wb, moved), date=said)


def moves_shown(moved: Movement) -> pd.DataFrame:
    """Return the moves as read: a row per class before, a column per class after, counts alone."""
    table = moves_table(moved.panel)
    names = {**{one: PARTED.get(one, one) for one in CLASSES}, "total": say("movement.total")}
    rows = [
        (names[before], *(_number(one) for one in counts[:-1]), _figure(moved, counts.iloc[-1]))
        for before, counts in table.iterrows()
    ]
    return pd.DataFrame(rows, columns=[say("movement.before_after", **_dates(moved)), *names.values()], dtype=object)


def classes_shown(wb: Workbench, moved: Movement) -> pd.DataFrame:
    """Return how many kampung stand in which class, area by area, in the order of `ordered`."""
    every = _every(moved, moved.newest)
    rows = [
        (wb.gazetteer.label(code), _figure(moved, every.at[code, "total"]),
         *(_number(every.at[code, name]) for name in CLASSES))
        for code in ordered(wb, every)
    ]  # fmt: skip
    registered = say("movement.registered_at", date=Spoken(date, moved.newest))
    return pd.DataFrame(rows, columns=[say("column.area"), registered, *CLASSES], dtype=object)


def same_shown(wb: Workbench, moved: Movement) -> pd.DataFrame:
    """Return mandiri or above of the same kampung at both dates, and of all registered at the later one."""
    table, told = same_and_all(moved), _dates(moved)
    rows = [
        (wb.gazetteer.label(code), _of(one["same_before"], one["same"]), _of(one["same_after"], one["same"]),
         _number(one["rose"]), _number(one["fell"]),
         Figure(_of(one["advanced_after"], one["all_after"]), sorted(moved.sources)))
        for code, one in table.loc[ordered(wb, _every(moved, moved.until))].iterrows()
    ]  # fmt: skip
    names = [say(f"movement.{one}", **told) for one in ("same_since", "same_until", "rose", "fell", "all_until")]
    return pd.DataFrame(rows, columns=[say("column.area"), *names], dtype=object)


def steps_shown(wb: Workbench, moved: Movement, changes: pd.DataFrame) -> pd.DataFrame:
    """Return changes of the number registered as read."""
    rows = [
        (wb.gazetteer.label(one.code), Spoken(date, one.since), Spoken(date, one.until),
         _number(one.before), _number(one.after), _figure(moved, one.added))
        for one in changes.itertuples()
    ]  # fmt: skip
    names = [say(f"movement.{one}") for one in ("step_since", "step_until", "before", "after", "added")]
    return pd.DataFrame(rows, columns=[say("column.area"), *names], dtype=object)


def ordered(wb: Workbench, counts: pd.DataFrame) -> list[str]:
    """Return the provinces, each before its regencies, which stand by the share above dasar, highest first.

    Parameters
    ----------
    counts : DataFrame
        Index code of provinces and regencies; ``total`` and the classes.
    """
    above = 1 - counts["dasar"] / counts["total"]
    found = []
    for province in wb.gazetteer.codes("province"):
        inside = sorted(one for one in counts.index if one.startswith(f"{province}."))
        found += [province] if province in counts.index else []
        found += sorted(inside, key=lambda one: -above[one])
    return found


def classes_section(wb: Workbench, moved: Movement) -> Section | None:
    """Return the classes of all registered kampung, area by area; nothing where there is no export."""
    if not moved.newest:
        return None
    every = _every(moved, moved.newest)
    order = ordered(wb, every)
    title = say("movement.classes", date=Spoken(date, moved.newest))
    drawn = charts.spoken(
        charts.bars, every.loc[order], labels=_names(wb, order),
        parts={**{one: one for one in CLASSES}, "dasar": say("movement.dasar")},
        fills=theme.colours("ladder", 4), ends={code: _number(every.at[code, "total"]) for code in order},
        x_label=say("movement.share"), end_label=say("movement.registered"), title=title,
        bold=wb.gazetteer.codes("province"),
    )  # fmt: skip
    note = say("movement.classes_note", source=source_said(wb, moved, moved.newest))
    return Section(Chart(drawn, classes_shown(wb, moved)), title, note)


def same_section(wb: Workbench, moved: Movement) -> Section | None:
    """Return mandiri or above of the same kampung at both dates; nothing where no kampung is in both lists."""
    if not moved.newest or moved.panel.empty:
        return None
    table, told = same_and_all(moved), _dates(moved)
    order = ordered(wb, _every(moved, moved.until))
    shares = pd.DataFrame({
        "before": 100 * table["same_before"] / table["same"].where(table["same"] > 0),
        "after": 100 * table["same_after"] / table["same"].where(table["same"] > 0),
        "all": 100 * table["advanced_after"] / table["all_after"].where(table["all_after"] > 0),
    }).loc[order]  # fmt: skip
    counts = table[["same_before", "same_after", "same"]].astype(int).itertuples()
    ends = {code: f"{before}→{after}/{same}" if same else GAP for code, before, after, same in counts}
    title = say("movement.same", **told)
    drawn = charts.spoken(
        charts.dumbbells, shares, labels=_names(wb, order), ends=ends,
        marks={one: say(f"movement.mark_{one}", **told) for one in ("before", "after", "all")},
        x_label=say("movement.share"), end_label=say("movement.of_same"), title=title,
        bold=wb.gazetteer.codes("province"),
    )  # fmt: skip
    note = say("movement.same_note", source=source_said(wb, moved, moved.since, moved.until))
    return Section(Chart(drawn, same_shown(wb, moved)), title, note)


def waves_section(moved: Movement) -> Section | None:
    """Return that registrations come in waves; nothing where there is no export."""
    if not moved.newest:
        return None
    changes = steps(moved.counts)
    none = waves(changes).empty
    return Section(say("movement.steps_none") if none else steps_said(moved, changes), say("movement.steps"))


def strips_section(wb: Workbench, moved: Movement) -> Section | None:
    """Return registration over time in the areas of the largest steps; nothing where there are none."""
    most = _largest(moved)
    if most.empty:
        return None
    codes = list(dict.fromkeys(most["code"]))[:STEPS_DRAWN]
    counted = _always_counted(moved.counts).reindex(codes).dropna()
    dates, codes = list(counted.columns), list(counted.index)
    drawn = charts.spoken(charts.steps, counted, labels=_names(wb, codes), title=say("movement.steps"))
    figures = {code: [_figure(moved, one) for one in counted.loc[code]] for code in codes}
    frame = pd.DataFrame({say("column.date"): [Spoken(date, one) for one in dates],
                          **{wb.gazetteer.label(code): figures[code] for code in codes}}, dtype=object)  # fmt: skip
    note = say("movement.steps_note", source=source_said(wb, moved, dates[0], dates[-1]))
    return Section(Chart(drawn, frame), say("movement.strips", count=len(codes)), note)


def largest_section(wb: Workbench, moved: Movement) -> Section | None:
    """Return the largest steps of registration; nothing where there are none."""
    most = _largest(moved)
    if most.empty:
        return None
    dates = list(_always_counted(moved.counts).columns)
    return Section(steps_shown(wb, moved, most), say("movement.largest"), source_said(wb, moved, dates[0], dates[-1]))


def _largest(moved: Movement) -> pd.DataFrame:
    return waves(steps(moved.counts)) if moved.newest else pd.DataFrame()


def steps_said(moved: Movement, changes: pd.DataFrame) -> list[str]:
    """Return that registrations come in waves, and how many regencies never changed a figure."""
    most, sums = waves(changes), _always_counted(moved.counts).sum()
    ends = {"since": Spoken(date, sums.index[0]), "until": Spoken(date, sums.index[-1])}
    waved = say(
        "movement.waves", **ends, first=_number(sums.iloc[0]), last=_number(sums.iloc[-1]),
        gained=_number(sums.iloc[-1] - sums.iloc[0]), steps=len(most), added=_number(most["added"].sum()),
        least=_number(most["added"].min()), largest=_number(most["added"].max()),
    )  # fmt: skip
    return [waved, say("movement.never", count=len(never_changed(moved.counts)), dates=len(sums))]


def _always_counted(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the number registered in the regencies that every date counts: a row per regency, a column per date."""
    regencies = counts[counts["level"] == "regency"]
    return regencies.pivot(index="code", columns="as_of", values="total").sort_index(axis=1).dropna()


def _every(moved: Movement, day: str) -> pd.DataFrame:
    """Return provinces and regencies with all classes told at a date."""
    return pd.concat([moved.at(day, level) for level in ("province", "regency")]).dropna()


def _names(wb: Workbench, codes: list[str]) -> Mapping[str, str]:
    return {code: wb.gazetteer.short(code) for code in codes}


def _publisher(wb: Workbench, moved: Movement) -> str:
    return joined(", ", dict.fromkeys(publisher_of(wb, one) for one in sorted(moved.sources)))


def _dates(moved: Movement) -> dict[str, str]:
    return {"since": Spoken(date, moved.since), "until": Spoken(date, moved.until)}


def _number(value: float) -> str:
    return Number(float(value))


def _figure(moved: Movement, value: float) -> Figure:
    return Figure(_number(value), sorted(moved.sources))


def _of(part: float, whole: float) -> str:
    """Return counts with their share, e.g. ``3 dari 24 (12,5 %)``; a gap where there is nothing to share."""
    if not whole > 0:
        return GAP
    counts = say("of", part=_number(part), whole=_number(whole))
    return phrase("{} ({})", counts, Spoken(percent, Number(100 * part / whole, 1)))
