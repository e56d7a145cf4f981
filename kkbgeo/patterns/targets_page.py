"""The page of progress: shares with their uncertainty, inequality, moves, and how far the targets are."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kkbgeo.join import KNOWN
from kkbgeo.language import date, number, percent
from kkbgeo.maps import charts
from kkbgeo.maps.page import Link
from kkbgeo.patterns.frame import GAP, analysis_page, finish, heads, newest_of, say, sources_of
from kkbgeo.patterns.tracking import GOAL_OF, MINIMUM_AREAS, Progress, Share
from kkbgeo.profiles.display import shown, source_link
from kkbgeo.profiles.findings import newest_survey
from kkbgeo.profiles.pages import ProfilePage, table_map
from kkbgeo.records.targets import Target
from kkbgeo.workbench import Workbench

NOT_SHOWN = ("aid", "dates", "survey", "national", "net")
COUNTED = ("raise_share", "advanced")


def progress_page(wb: Workbench, found: Progress, *, generated_by: str = "", **parameters: object) -> ProfilePage:
    """Return the page of progress and targets.

    Parameters
    ----------
    wb : Workbench
        Gives the language.
    found : Progress
        From `kkbgeo.patterns.progress`.
    generated_by : str
        Notebook that makes it.
    **parameters
        What was asked for, for the footer.
    """
    cells = found.table.cells
    page = analysis_page(
        wb, "kemajuan-dan-target", say(wb, "progress.title"), as_of=newest_of(cells), generated_by=generated_by
    )
    page.findings(progress_findings(wb, found))
    for key in COUNTED:
        _target(page, wb, found, key, counted_table(wb, found, key))
    _target(page, wb, found, "raise_yearly", yearly_table(wb, found))
    _target(page, wb, found, "prevalence", prevalence_table(wb, found))
    keys = [found.indicator, *(one for one in ("kkb_coverage", "kkb_advanced_share") if one != found.indicator)]
    page.show("regencies", table_map(wb, wb.table("regency", keys), keys))
    for key, share in found.shares.items():
        _share(page, wb, key, share)
    page.add_text("ketimpangan", say(wb, "progress.inequality"), inequality_said(wb, found))
    page.add_text("perpindahan", say(wb, "progress.moves"), moves_said(wb, found))
    page.add_text("batasan", say(wb, "not_shown"), [say(wb, f"progress.not_{one}") for one in NOT_SHOWN])
    known = {one.source_id for key in GOAL_OF for one in named_by(wb, found, key)}
    finish(wb, page, sources_of(cells[cells["state"].isin(KNOWN)]) | known, **parameters)
    return page


def progress_findings(wb: Workbench, found: Progress) -> list[str]:
    """Return what can be told of each target in one sentence, and what cannot."""
    said = []
    for key in COUNTED:
        state = found.targets[key]["state"]
        if found.yardsticks[key] is None:
            said.append(say(wb, f"progress.unnamed_{key}"))
            continue
        if (state == "not-reported").all():
            said.append(_unknown(wb, found, key))
            continue
        said.append(say(
            wb, f"progress.finding_{key}", reached=int((state == "reached").sum()),
            known=int((state != "not-reported").sum()), all=len(state),
            gap=number(found.targets[key]["gap"].sum(), wb.language), percent=asked(wb, found, key),
        ))  # fmt: skip
    yearly = found.targets["raise_yearly"]
    reached = int((yearly["state"] == "reached").sum())
    key = "finding_raise_yearly" if len(yearly) else "finding_raise_yearly_none"
    if found.yardsticks["raise_yearly"] is None:
        said.append(say(wb, "progress.unnamed_raise_yearly"))
    else:
        told = {"reached": reached, "known": len(yearly), "all": len(found.table)}
        said.append(say(wb, f"progress.{key}", percent=asked(wb, found, "raise_yearly"), **told))
    state = found.targets["prevalence"]["state"]
    if (state == "not-reported").all():
        return [*said, _unknown(wb, found, "prevalence")]
    said.append(say(
        wb, "progress.finding_prevalence", survey=survey_of(wb, found), ceiling=number(found.ceiling, wb.language),
        reached=int((state == "reached").sum()), known=int((state != "not-reported").sum()), all=len(state),
    ))  # fmt: skip
    return said


def _unknown(wb: Workbench, found: Progress, key: str) -> str:
    return f"{_title(wb, found, key)}: {say(wb, f'progress.empty_{key}')}"


def _title(wb: Workbench, found: Progress, key: str) -> str:
    return say(wb, f"progress.target_{key}", percent=asked(wb, found, key))


def asked(wb: Workbench, found: Progress, key: str) -> str:
    """Return the per cent that a target asks for, as written; empty where no source names one."""
    target = found.yardsticks.get(key)
    return percent(shown(target.target, wb.language), wb.language) if target else ""


def named_by(wb: Workbench, found: Progress, key: str) -> list[Target]:
    """Return the rows of the file that name the target of the page: one for each source."""
    held = found.yardsticks.get(key)
    same = held and (held.code, held.goal, held.as_of, held.target)
    return [one for one in wb.targets if (one.code, one.goal, one.as_of, one.target) == same]


def survey_of(wb: Workbench, found: Progress) -> str:
    """Return the survey of the prevalence, e.g. ``SSGI 2024``."""
    if found.indicator == "stunting_prevalence":
        return newest_survey(wb, found.table) or GAP
    return found.indicator.removeprefix("stunting_prevalence_").replace("_", " ").upper()


def counted_table(wb: Workbench, found: Progress, key: str) -> pd.DataFrame:
    """Return a target counted in kampung: reached or not, kampung missing, pace."""
    table, language = found.targets[key], wb.language
    known = table[table["state"] != "not-reported"].sort_values(["gap", "share"], ascending=[False, True])
    rows = []
    for code, row in known.iterrows():
        cell = found.table.cell(code, "kkb_advanced")
        rows.append((
            wb.gazetteer.label(code), say(wb, f"state.{row['state']}"), shown(cell["value"], language),
            shown(found.table.cell(code, "kkb_class_total")["value"], language),
            percent(shown(row['share'], language, 1), language),
            shown(row["needed"], language), shown(row["gap"], language), shown(row["pace"], language, 1),
            date(cell["as_of"], language),
        ))  # fmt: skip
    names = ("area", "state", "advanced", "classified", "share", "needed", "gap", "pace", "date")
    return _titled(wb, rows, names, found.years)


def yearly_table(wb: Workbench, found: Progress) -> pd.DataFrame:
    """Return the net rise of the regencies that two reports tell the classes of."""
    rows = [
        (wb.gazetteer.label(code), say(wb, f"state.{row['state']}"), date(row["since"], wb.language),
         date(row["until"], wb.language), shown(row["net_rise"], wb.language), shown(row["needed"], wb.language),
         shown(row["gap"], wb.language))
        for code, row in found.targets["raise_yearly"].iterrows()
    ]  # fmt: skip
    return _titled(wb, rows, ("area", "state", "since", "until", "net_rise", "needed", "gap"), found.years)


def prevalence_table(wb: Workbench, found: Progress) -> pd.DataFrame:
    """Return the prevalence against the ceiling: points above it, pace."""
    table = found.targets["prevalence"]
    known = table[table["state"] != "not-reported"].sort_values("prevalence", ascending=False)
    rows = [
        (wb.gazetteer.label(code), say(wb, f"state.{row['state']}"),
         percent(shown(row["prevalence"], wb.language, 1), wb.language),
         shown(row["gap"], wb.language, 1), shown(row["pace"], wb.language, 2))
        for code, row in known.iterrows()
    ]  # fmt: skip
    return _titled(wb, rows, ("area", "state", "prevalence", "points", "pace_points"), found.years)


def league_table(wb: Workbench, share: Share) -> pd.DataFrame:
    """Return shares with intervals, and the ranks that the counts allow; small denominators have no rank."""
    rows = []
    for code, row in share.league.iterrows():
        ranked = share.enough and not row["small"]
        rows.append((
            wb.gazetteer.label(code), shown(row["events"], wb.language), shown(row["whole"], wb.language),
            percent(shown(100 * row['share'], wb.language, 1), wb.language),
            f"{shown(100 * row['low'], wb.language, 1)}{GAP}{shown(100 * row['high'], wb.language, 1)}",
            f"{shown(row['rank_low'], wb.language)}{GAP}{shown(row['rank_high'], wb.language)}" if ranked else GAP,
            say(wb, f"verdict.{row['verdict']}") if share.enough else GAP,
            date(row["as_of"], wb.language),
        ))  # fmt: skip
    counted = ("kampung", "villages") if share.key == "coverage" else ("advanced", "classified")
    names = ("area", *counted, "share", "interval", "ranks", "funnel", "date")
    return pd.DataFrame(rows, columns=heads(wb, *names))


def inequality_said(wb: Workbench, found: Progress) -> list[str]:
    """Return how unequal the prevalence is, or that too few areas report it."""
    told = [one.sentence(wb.language) for one in (found.theil, found.gini) if one is not None]
    lead = say(wb, "progress.inequality_of", survey=survey_of(wb, found))
    if not told:
        return [lead, say(wb, "progress.inequality_few")]
    return [lead, *told, say(wb, "progress.inequality_note")]


def moves_said(wb: Workbench, found: Progress) -> list[str]:
    """Return the moves between classes, or that no kampung is known twice."""
    if found.moves is None:
        return [say(wb, "progress.moves_none")]
    return [say(wb, "progress.moves_known", count=found.moves_known), found.moves.sentence(wb.language)]


def origin(wb: Workbench, found: Progress, key: str) -> list[str | Link]:
    """Return where a target comes from: what it says, and the pages that say it."""
    held = found.yardsticks.get(key)
    said: list[str | Link] = [say(
        wb, f"progress.origin_{key}", ceiling=number(found.ceiling, wb.language), percent=asked(wb, found, key),
        where=wb.gazetteer.label(held.code) if held else "", date=date(held.as_of, wb.language) if held else "",
    )]  # fmt: skip
    return said + [source_link(wb, one.source_id) for one in named_by(wb, found, key)]


def _target(page: ProfilePage, wb: Workbench, found: Progress, key: str, table: pd.DataFrame) -> None:
    if key in GOAL_OF and found.yardsticks[key] is None:
        return  # the findings say that none is named
    name = key.replace("_", "-")
    page.add_text(f"target-{name}", _title(wb, found, key), origin(wb, found, key))
    if table.empty:
        page.add_text(f"target-{name}-kosong", "", say(wb, f"progress.empty_{key}"))
        return
    missing = len(found.table) - len(table)
    note = say(wb, "progress.pace_note", years=number(found.years, wb.language), missing=missing)
    page.add_table(f"target-{name}-tabel", "", table, note=note, folded=len(table) > 12)


def _share(page: ProfilePage, wb: Workbench, key: str, share: Share) -> None:
    title = say(wb, f"progress.share_{key}")
    if share.league.empty:
        page.add_text(key, title, say(wb, "progress.share_none"))
        return
    notes = [say(wb, "progress.share_note", missing=share.missing)]
    if share.odd:
        notes.append(say(wb, "progress.share_odd", areas=", ".join(map(wb.gazetteer.label, share.odd))))
    if not share.enough:
        notes.append(say(wb, "progress.share_few", areas=len(share.league), minimum=MINIMUM_AREAS))
    labels: Mapping[str, str] = {code: wb.gazetteer.short(code) for code in share.league.index}
    whole = say(wb, "column.classified" if key == "advanced" else "column.villages")
    axis = say(wb, f"progress.axis_{key}")
    if share.enough:
        svg = charts.funnel(share.league, share.limits, labels=labels, x_label=whole, y_label=axis,
                            title=f"{title}: {say(wb, 'progress.funnel')}", language=wb.language)  # fmt: skip
        league = league_table(wb, share)
        page.add_chart(f"{key}-corong", f"{title}: {say(wb, 'progress.funnel')}", svg, league.iloc[:, [0, 2, 3, 6]],
                       note=say(wb, "progress.funnel_note"))  # fmt: skip
    drawn = share.league.assign(**{one: 100 * share.league[one] for one in ("low", "high")})
    drawn["value"] = 100 * share.league["share"]
    drawn["told_apart"] = drawn["told_apart"].fillna(False).astype(bool) & ~drawn["small"]
    svg = charts.ranks(drawn, labels=labels, x_label=axis, title=title, language=wb.language,
                       target=100 * share.target if share.enough else None)  # fmt: skip
    page.add_chart(key, title, svg, league_table(wb, share), note=" ".join(notes))


def _titled(wb: Workbench, rows: list[tuple], names: tuple[str, ...], years: float) -> pd.DataFrame:
    said = number(years, wb.language, 0 if float(years).is_integer() else 1)
    return pd.DataFrame(rows, columns=[say(wb, f"column.{name}", years=said) for name in names])
