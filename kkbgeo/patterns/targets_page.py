"""The page of progress: classes and registration, coverage, how far the targets are, inequality of prevalence."""

from __future__ import annotations

import pandas as pd

from kkbgeo.join import KNOWN
from kkbgeo.language import Number, Spoken, Text, date, joined, percent, phrase
from kkbgeo.maps.cells import Figure
from kkbgeo.maps.interactive import AreaMap
from kkbgeo.maps.page import Link, Page
from kkbgeo.measures.targets import share_target
from kkbgeo.patterns.frame import GAP, analysis_page, finish, heads, newest_of, say, sources_of
from kkbgeo.patterns.tracking import GOAL_OF, Progress
from kkbgeo.profiles.display import publisher_of, shown, source_link
from kkbgeo.profiles.findings import newest_survey
from kkbgeo.profiles.pages import ProfilePage, Section, table_map
from kkbgeo.profiles.reported import survey_name
from kkbgeo.profiles.targets import as_printed
from kkbgeo.records.targets import NATION, Target
from kkbgeo.regions.codes import level_of
from kkbgeo.workbench import Workbench

NOT_SHOWN = ("aid", "dates", "survey", "national", "net")
SHARED = ("raise_share", "advanced")  # targets that are a share of all kampung
MAPPED = ("kkb_registered_advanced_share", "kkb_registered_dasar_share", "kkb_coverage")


def new_progress_page(wb: Workbench, found: Progress) -> ProfilePage:
    """Return the empty page of progress and targets, with its heading."""
    return analysis_page(
        wb, "kemajuan-dan-target", say("progress.title"), as_of=newest_of(found.table.cells),
        generated_by="05_progress_and_targets",
    )  # fmt: skip


def coverage_section(wb: Workbench, found: Progress) -> Section | None:
    """Return how many of the villages are a Kampung KB; nothing where no regency tells."""
    if not len(found.coverage):
        return None
    note = joined(" ", [say("progress.coverage_note"), *_missing(found, found.coverage)])
    return Section(coverage_shown(wb, found), say("progress.coverage"), note, folded=len(found.coverage) > 12)


def named_section(wb: Workbench) -> Section | None:
    """Return every target that a source names; nothing where none does."""
    if not wb.targets:
        return None
    note = joined(" ", [say("progress.named_note"), *differing(wb)])
    return Section(named_shown(wb), say("progress.named"), note, folded=len(wb.targets) > 12)


def origin_section(wb: Workbench, found: Progress, key: str) -> Section | None:
    """Return where a target comes from: one of `GOAL_OF`, or ``prevalence``; nothing where no source names it."""
    if key in GOAL_OF and found.yardsticks[key] is None:
        return None  # the findings say that none is named
    return Section(origin(wb, found, key), _title(found, key))


def shares_section(wb: Workbench, found: Progress) -> Section | None:
    """Return where the classes known stand beside the targets of a share; nothing where no source names one."""
    keys = [key for key in SHARED if found.yardsticks[key] is not None]
    if not keys:
        return None  # the findings say that none is named
    table = shared_shown(wb, found, keys)
    if table.empty:
        return Section(say("progress.empty_advanced"))
    portal = [say("progress.of_portal", publisher=publisher_of(wb, one)) for one in sorted(found.movement.sources)]
    note = joined(" ", [say("progress.shared_note"), *portal, *_missing(found, table)])
    return Section(table, say("progress.shared"), note, folded=len(table) > 12)


def unknown_section(found: Progress, key: str) -> Section | None:
    """Return that no area can be held against a target; nothing where one can, or where no source names it."""
    unnamed = key in GOAL_OF and found.yardsticks[key] is None
    known = found.targets[key]["state"] != "not-reported"
    return None if unnamed or known.any() else Section(say(f"progress.empty_{key}"))


def yearly_section(wb: Workbench, found: Progress) -> Section | None:
    """Return the net rise of regencies beside the yearly one asked for; nothing where none is known, or asked for."""
    return _held(found, "raise_yearly", yearly_shown(wb, found))


def ceiling_section(wb: Workbench, found: Progress) -> Section | None:
    """Return the prevalence of regencies against the ceiling; nothing where none is known."""
    return _held(found, "prevalence", prevalence_shown(wb, found))


def _held(found: Progress, key: str, table: pd.DataFrame) -> Section | None:
    if table.empty or (key in GOAL_OF and found.yardsticks[key] is None):
        return None
    return Section(table, note=joined(" ", _missing(found, table)), folded=len(table) > 12)


def progress_map(wb: Workbench, found: Progress) -> AreaMap | list[str]:
    """Return the map of the page: the prevalence, then what the portal tells of the programme."""
    keys = [found.indicator, *MAPPED]
    return table_map(wb, wb.table("regency", keys), keys)


def inequality_section(wb: Workbench, found: Progress) -> Section:
    """Return how unequal the prevalence is."""
    return Section(inequality_said(wb, found), say("progress.inequality"))


def limits_section() -> Section:
    """Return what the page does not show."""
    return Section([say(f"progress.not_{one}") for one in NOT_SHOWN], say("not_shown"))


def finish_progress(wb: Workbench, page: ProfilePage, found: Progress, **parameters: object) -> Page:
    """Put the footer on the page of progress; `parameters` are what was asked for."""
    cells = found.table.cells
    known = {one.source_id for one in wb.targets} | found.movement.sources
    return finish(wb, page, sources_of(cells[cells["state"].isin(KNOWN)]) | known, **parameters)


def progress_findings(wb: Workbench, found: Progress) -> list[str]:
    """Return what can be told of coverage and of each target in a sentence or two, and what cannot."""
    said = []
    if len(found.coverage):
        full = int((found.coverage["kampung"] == found.coverage["villages"]).sum())
        said.append(say("progress.finding_coverage", full=full, known=len(found.coverage), all=len(found.table)))
    for key in SHARED:
        said += shared_said(wb, found, key)
    yearly = found.targets["raise_yearly"]
    if found.yardsticks["raise_yearly"] is None:
        said.append(say("progress.unnamed_raise_yearly"))
    else:
        key = "finding_raise_yearly" if len(yearly) else "finding_raise_yearly_none"
        told = {"reached": int((yearly["state"] == "reached").sum()), "known": len(yearly), "all": len(found.table)}
        told["date"] = Spoken(date, found.yardsticks["raise_yearly"].as_of)
        said.append(say(f"progress.{key}", percent=asked(found, "raise_yearly"), **told))
    table = found.targets["prevalence"]
    known = table[table["state"] != "not-reported"]
    if known.empty:
        said.append(_unknown(found, "prevalence"))
    else:
        sides = sides_of(known).value_counts()
        said.append(say(
            "progress.finding_prevalence", survey=survey_of(wb, found), known=len(known), all=len(table),
            ceiling=_plain(found.ceiling), error=_plain(found.error),
            **{side: int(sides.get(side, 0)) for side in ("above", "below", "open")},
        ))  # fmt: skip
    return [*said, *differing(wb)]


def shared_said(wb: Workbench, found: Progress, key: str) -> list[str]:
    """Return where the areas of a target stand, each by its own figure, and what is known of the others."""
    if found.yardsticks[key] is None:
        return [say(f"progress.unnamed_{key}")]
    table = found.targets[key]
    known = table[table["state"] != "not-reported"]
    if known.empty:
        return [_unknown(found, key)]
    said = [own_said(wb, one) for one in binding(wb, key)]
    reached = int((known["state"] == "reached").sum())
    return [*said, say(
        "progress.known", known=len(known), all=len(table), reached=reached, percent=asked(found, key)
    )]  # fmt: skip


def binding(wb: Workbench, key: str) -> list[Target]:
    """Return the targets of a goal: one for each area, period and figure, though several sources may name it."""
    same: dict[tuple, Target] = {}
    for one in wb.targets:
        if one.goal == GOAL_OF[key]:
            same.setdefault((one.code, one.period, one.target), one)
    return list(same.values())


def own_said(wb: Workbench, target: Target) -> str:
    """Return where the one area stands that a target of a share was set for."""
    facts = {
        "goal": say(f"goal.{target.goal}"), "where": _where(wb, target), "period": period_said(target),
        "percent": Spoken(percent, shown(target.target)),
    }  # fmt: skip
    cells = _own_cells(wb, target)
    if any(one is None or one["state"] not in KNOWN for one in cells):
        return say("progress.own_unknown", **facts)
    advanced, total = (pd.Series({target.code: float(one["value"])}) for one in cells)
    stands = share_target(advanced, total, target.target).iloc[0]
    return say(
        "progress.own_reached" if stands["state"] == "reached" else "progress.own_missing", **facts,
        advanced=_plain(advanced.iloc[0]), total=_plain(total.iloc[0]), needed=_plain(stands["needed"]),
        gap=_plain(stands["gap"]), date=Spoken(date, cells[1]["as_of"]),
    )  # fmt: skip


def _own_cells(wb: Workbench, target: Target) -> list:
    keys = ["kkb_advanced", "kkb_class_total"]
    if target.code not in wb.gazetteer or level_of(target.code) not in ("province", "regency"):
        return [None, None]
    table = wb.table(level_of(target.code), keys)
    return [table.cell(target.code, key) for key in keys]


def _unknown(found: Progress, key: str) -> str:
    empty = "progress.empty_prevalence" if key == "prevalence" else "progress.empty_advanced"
    return phrase("{}: {}", _title(found, key), say(empty))


def _title(found: Progress, key: str) -> str:
    return say(f"progress.target_{key}", percent=asked(found, key))


def asked(found: Progress, key: str) -> str:
    """Return the per cent that a target asks for, as written; empty where no source names one."""
    target = found.yardsticks.get(key)
    return Spoken(percent, shown(target.target)) if target else ""


def named_by(wb: Workbench, found: Progress, key: str) -> list[Target]:
    """Return the rows of the file that name what the page holds areas against: one for each source."""
    if key == "prevalence":
        nation = [one for one in wb.targets if (one.code, one.goal) == (NATION, "prevalence")]
        return [one for one in nation if one.target == found.ceiling]
    held = found.yardsticks.get(key)
    same = held and (held.code, held.goal, held.as_of, held.target)
    return [one for one in wb.targets if (one.code, one.goal, one.as_of, one.target) == same]


def survey_of(wb: Workbench, found: Progress) -> str:
    """Return the survey of the prevalence, e.g. ``SSGI 2024``."""
    if found.indicator == "stunting_prevalence":
        return newest_survey(wb, found.table) or GAP
    return survey_name(wb, found.indicator)


def sides_of(table: pd.DataFrame) -> pd.Series:
    """Return on which side of the ceiling each area is even with the error: ``above``, ``below``, or ``open``.

    Parameters
    ----------
    table : DataFrame
        As `kkbgeo.measures.targets.prevalence_target` returns it, areas not reported left out.
    """
    above = table["gap"].gt(0).map({True: "above", False: "below"})
    return above.where(table["sure"], "open")


def coverage_shown(wb: Workbench, found: Progress) -> pd.DataFrame:
    """Return how many of the villages are a Kampung KB, as counted: complete counts have no interval and no rank."""
    rows = []
    for code, one in found.coverage.iterrows():
        counts = say("of", part=_plain(one["kampung"]), whole=_plain(one["villages"]))
        said = say("progress.all_of_them", counts=counts) if one["kampung"] == one["villages"] else counts
        sources = found.table.cell(code, "kkb_total")["source_id"].split()
        rows.append((wb.gazetteer.label(code), Figure(said, sources), Spoken(date, one["as_of"])))
    return pd.DataFrame(rows, columns=heads("area", "covered", "date"), dtype=object)


def named_shown(wb: Workbench) -> pd.DataFrame:
    """Return every target that a source names, as it names it."""
    rows = []
    for one in sorted(wb.targets, key=lambda one: (one.goal, one.code, one.period, one.target)):
        rows.append((
            _where(wb, one), say(f"goal.{one.goal}"), period_said(one),
            _as_named(one.goal, one.target), GAP if one.reached is None else _as_named(one.goal, one.reached),
            say(f"reading.{one.reading}") if one.reading else GAP, source_link(wb, one.source_id),
        ))  # fmt: skip
    return pd.DataFrame(
        rows, columns=heads("area", "goal", "period", "target", "told", "reading", "source"), dtype=object
    )


def differing(wb: Workbench) -> list[str]:
    """Return where sources name different targets for one area, period and goal: both stand."""
    found: dict[tuple[str, str, str], list[Target]] = {}
    for one in wb.targets:
        found.setdefault((one.code, one.period, one.goal), []).append(one)
    said = []
    for (*_, goal), rows in sorted(found.items()):
        figures = sorted({one.target for one in rows})
        if len(figures) < 2:
            continue
        told = joined(say("progress.and"), (_as_named(goal, one) for one in figures))
        said.append(say(
            "progress.differing", goal=say(f"goal.{goal}"), where=_where(wb, rows[0]),
            period=period_said(rows[0]), figures=told,
        ))  # fmt: skip
    return said


def shared_shown(wb: Workbench, found: Progress, keys: list[str]) -> pd.DataFrame:
    """Return where the classes known stand beside targets of a share; the areas that one was set for come first."""
    own = {key: {one.code for one in binding(wb, key)} for key in keys}
    known = found.targets[keys[0]].dropna(subset=["share"])
    order = sorted(known.index, key=lambda code: not any(code in own[key] for key in keys))  # and as they were
    kinds = {one.record_id: one.count_kind for one in wb.rows("kampung_counts")}
    rows = []
    for code in order:
        total = found.table.cell(code, "kkb_class_total")
        kind = kinds.get(total["record_id"].partition(" ")[0], "")
        needed = [shown(found.targets[key].at[code, "needed"]) for key in keys]
        rows.append((
            wb.gazetteer.label(code), shown(found.table.cell(code, "kkb_advanced")["value"]),
            Figure(shown(total["value"]), total["source_id"].split()),
            Spoken(percent, shown(known.at[code, "share"], 1)),
            *(say("progress.own", needed=one) if code in own[key] else one
              for key, one in zip(keys, needed, strict=True)),
            Text(f"profiles.count_kind.{kind}") if kind else GAP, Spoken(date, total["as_of"]),
        ))  # fmt: skip
    needs = [say("progress.needed", percent=asked(found, key)) for key in keys]
    names = [*heads("area", "advanced", "classified", "share"), *needs, *heads("kind", "date")]
    return pd.DataFrame(rows, columns=names, dtype=object)


def yearly_shown(wb: Workbench, found: Progress) -> pd.DataFrame:
    """Return the net rise of the regencies that two reports tell the classes of."""
    rows = [
        (wb.gazetteer.label(code), say(f"state.{row['state']}"), Spoken(date, row["since"]),
         Spoken(date, row["until"]), shown(row["net_rise"]), shown(row["needed"]),
         shown(row["gap"]))
        for code, row in found.targets["raise_yearly"].iterrows()
    ]  # fmt: skip
    return pd.DataFrame(
        rows, columns=heads("area", "state", "since", "until", "net_rise", "needed", "gap"), dtype=object
    )


def prevalence_shown(wb: Workbench, found: Progress) -> pd.DataFrame:
    """Return the prevalence against the ceiling: on which side, and points above it."""
    table = found.targets["prevalence"]
    known = table[table["state"] != "not-reported"].sort_values("prevalence", ascending=False)
    rows = [
        (wb.gazetteer.label(code), say(f"side.{side}"),
         Figure(Spoken(percent, shown(row["prevalence"], 1)),
                found.table.cell(code, found.indicator)["source_id"].split()),
         shown(row["gap"], 1))
        for (code, row), side in zip(known.iterrows(), sides_of(known), strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=heads("area", "side", "prevalence", "points"), dtype=object)


def inequality_said(wb: Workbench, found: Progress) -> list[str]:
    """Return how unequal the prevalence is, or that too few areas report it."""
    told = [Spoken(one.sentence) for one in (found.theil, found.gini) if one is not None]
    lead = say("progress.inequality_of", survey=survey_of(wb, found))
    if not told:
        return [lead, say("progress.inequality_few")]
    return [lead, *told, say("progress.inequality_note")]


def origin(wb: Workbench, found: Progress, key: str) -> list[str | Link]:
    """Return where a target comes from: what it says, and the pages that say it."""
    named = named_by(wb, found, key)
    said: list[str | Link] = [say(
        f"progress.origin_{key}", ceiling=_plain(found.ceiling), error=_plain(found.error),
        percent=asked(found, key), where=_where(wb, named[0]) if named else "",
        date=Spoken(date, named[0].as_of) if named else "",
    )]  # fmt: skip
    if key == "prevalence":
        said += [say("progress.nation", period=period_said(one), reading=say(f"reading.{one.reading}"))
                 for one in named[:1]]  # fmt: skip
    return said + [source_link(wb, one.source_id) for one in named]


def _missing(found: Progress, table: pd.DataFrame) -> list[str]:
    """Say how many regencies are not in a table; nothing where all are."""
    missing = len(found.table) - len(table)
    return [say("progress.target_note", missing=missing)] if missing else []


def _where(wb: Workbench, target: Target) -> str:
    return wb.gazetteer.label(target.code) if target.code != NATION else say("progress.country")


def period_said(target: Target) -> str:
    """Return the year that a target is for, or when it was named."""
    if target.period:
        return target.period
    return say("progress.named_on", date=Spoken(date, target.as_of))


def _as_named(goal: str, value: float) -> str:
    """Return the figure of a target as its source prints it: a number of kampung, or a per cent."""
    said = as_printed(value)
    return said if goal == "formed" else Spoken(percent, said)


def _plain(value: float) -> str:
    return Number(float(value), 0 if float(value).is_integer() else 1)
