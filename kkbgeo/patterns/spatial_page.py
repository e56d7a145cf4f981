"""The page of spatial patterns: what a `Study` found, in words, on a map, in tables; and what it does not show."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kkbgeo.language import Spoken, Text, phrase
from kkbgeo.maps import area_map, charts
from kkbgeo.maps.interactive import AreaMap
from kkbgeo.maps.verdicts import label_layer
from kkbgeo.patterns.frame import GAP, analysis_page, finish, heads, newest_of, say, sources_of
from kkbgeo.patterns.studying import Sensitivity, Study
from kkbgeo.profiles.display import shown
from kkbgeo.profiles.pages import ProfilePage, indicator_layer
from kkbgeo.spatial.results import Result, neighbours_said
from kkbgeo.workbench import Workbench

NOT_SHOWN = ("cause", "proof", "relative", "approximate", "villages", "classes")


def study_page(
    wb: Workbench, study: Study, sensitivity: Sensitivity, *, generated_by: str = "", **parameters: object
) -> ProfilePage:
    """Return the page of a study; where nothing could be tested, a page that says so and shows no figure.

    Parameters
    ----------
    wb : Workbench
        Gives the language; the study itself has none.
    study : Study
        From `kkbgeo.patterns.study`.
    sensitivity : Sensitivity
        From ``study.sensitivity()``.
    generated_by : str
        Notebook that makes it.
    **parameters
        What was asked for, for the footer.
    """
    indicator = wb.catalogue[study.indicator]
    label = Spoken(indicator.label)
    cells = study.table.cells[study.table.cells["indicator"] == study.indicator]
    page = analysis_page(
        wb, study.slug, say("study.title", label=label), as_of=newest_of(cells), generated_by=generated_by
    )
    page.findings(study_findings(wb, study, sensitivity))
    tested = study.local.state == "tested"
    if tested:
        page.add_map(label_map(wb, study), say("study.map"), key="peta", note=say("study.map_note"))
        page.add_text("arti", say("study.reading"), [say(f"study.reading_{one}") for one in ("1", "2", "3")])
        _add(page, "named", named_table(wb, study, sensitivity), "study.named_none")
    if study.moran.state == "tested":
        page.add_table("uji", say("study.whole"), whole_table(study), note=say("study.whole_note"))
        _add(page, "sensitivity", sensitivity_table(sensitivity), "study.sensitivity_none")
    labels = study.table.labels
    chart = charts.spoken(charts.network, study.table.areas, study.links, labels=labels, title=say("study.neighbours"))
    said = Spoken(study.report.sentence)
    page.add_chart("tetangga", say("study.neighbours"), chart, neighbour_table(wb, study), note=said)
    left = left_out(wb, study)
    if len(left):
        page.add_table("tidak-ikut", say("study.left_out"), left, folded=len(left) > 12)
    page.add_text("batasan", say("not_shown"), [say(f"study.not_{one}") for one in NOT_SHOWN])
    finish(wb, page, sources_of(cells), **parameters)
    return page


def study_findings(wb: Workbench, study: Study, sensitivity: Sensitivity) -> list[str]:
    """Return what the study found, one sentence each: the whole map, the areas, how stable that is, how it was made."""
    label = Spoken(wb.catalogue[study.indicator].label)
    found = [phrase("{}: {}", label, Spoken(study.moran.finding))]
    if study.moran.state == "tested":
        stable, runs = sensitivity.stable
        found.append(say("study.stable", stable=stable, runs=runs, ways=len(sensitivity.by_way)))
    if study.local.state == "tested" or study.moran.state == "tested":
        found.append(Spoken(study.local.finding))
    return [*found, Spoken((study.local if study.local.state == "tested" else study.moran).conditions)]


def label_map(wb: Workbench, study: Study) -> AreaMap | list[str]:
    """Return the map of a study: labels of local Moran and of Gi*, and the figures themselves.

    A list with one sentence where there are too few areas to test.
    """
    if study.local.state != "tested":
        return [Spoken(study.local.finding)]
    table = wb.table(study.table.level, [study.indicator], within=study.table.within or None)
    layers = [
        label_layer("local-moran", say("study.layer_moran"), study.local.table["label"],
                    note=say("study.layer_moran_note"), details=_details(wb, study, study.local)),
        label_layer("gi-star", say("study.layer_gi"), study.spots.table["label"], kind="spots",
                    note=say("study.layer_gi_note"), details=_details(wb, study, study.spots)),
        indicator_layer(wb, table, study.indicator),
    ]  # fmt: skip
    parents = {code: wb.gazetteer.label(code.split(".")[0]) for code in table.labels}
    return area_map(table.areas, layers, language=wb.language, edition=table.edition, labels=table.labels,
                    parents=parents, simulated=table.simulated, undrawn=table.undrawn)  # fmt: skip


def _details(wb: Workbench, study: Study, result: Result) -> Mapping[str, list[tuple[str, str]]]:
    decimals = wb.catalogue[study.indicator].decimals
    found = {}
    for code, row in result.table.iterrows():
        if pd.isna(row["value"]):
            found[code] = []
            continue
        found[code] = [
            (say("column.value"), shown(row["value"], decimals)),
            (say("column.neighbour_mean"), shown(row["neighbour_mean"], max(1, decimals))),
            (say("column.neighbours"), shown(row["neighbours"])),
            (say("column.p_adjusted"), shown(row["p_adjusted"], 3)),
        ]
    return found


def named_table(wb: Workbench, study: Study, sensitivity: Sensitivity) -> pd.DataFrame:
    """Return the areas that local Moran names, or that another run does, with how stable that is."""
    rows, table = [], study.local.table
    decimals = wb.catalogue[study.indicator].decimals
    for code, one in sensitivity.areas.iterrows():
        row = table.loc[code]
        rows.append((
            wb.gazetteer.label(code), Text(f"maps.label.moran.{one['label']}"),
            shown(row["value"], decimals), shown(row["neighbour_mean"], max(1, decimals)),
            shown(row["p_adjusted"], 3),
            say("of", part=int(one["same"]), whole=int(one["runs"])),
            say("of", part=int(one["named"]), whole=int(one["runs"])),
        ))  # fmt: skip
    names = ("area", "label", "value", "neighbour_mean", "p_adjusted", "same_label", "named_in")
    return pd.DataFrame(rows, columns=heads(*names))


def whole_table(study: Study) -> pd.DataFrame:
    """Return the global measures as read."""
    rows = [
        (Text(f"patterns.measure.{name}"), shown(row["statistic"], 4),
         shown(row["expected"], 4), shown(row["z"], 2), shown(row["p"], 4))
        for name, row in study.whole.iterrows()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=heads("measure", "statistic", "expected", "z", "p"))


def sensitivity_table(sensitivity: Sensitivity) -> pd.DataFrame:
    """Return the other ways of neighbours as read."""
    rows = [
        (
            Spoken(neighbours_said, row.how, row.settings),
            str(row.areas),
            shown(row.moran, 3),
            _span(row.p_low, row.p_high, 3),
            _span(row.named_low, row.named_high, 0),
            say("of", part=row.agrees, whole=row.runs),
        )
        for row in sensitivity.by_way.itertuples()
    ]
    return pd.DataFrame(rows, columns=heads("way", "areas", "moran", "p", "named", "same_verdict"))


def neighbour_table(wb: Workbench, study: Study) -> pd.DataFrame:
    """Return who has how many neighbours, and how many of them across a provincial border."""
    rows = [
        (wb.gazetteer.label(code), str(row.neighbours), str(row.other_parent), str(row.component + 1))
        for code, row in zip(study.report.table.index, study.report.table.itertuples(), strict=True)
    ]
    return pd.DataFrame(rows, columns=heads("area", "neighbours", "across", "part"))


def left_out(wb: Workbench, study: Study) -> pd.DataFrame:
    """Return the areas that no test used, and why."""
    sample = study.moran.sample
    reasons = {
        **dict.fromkeys(sample.not_reported, "not-reported"),
        **dict.fromkeys(sample.no_neighbours, "no-neighbours"),
        **dict.fromkeys(sample.cut_off, "cut-off"),
        **dict.fromkeys(study.table.undrawn, "undrawn"),
    }
    rows = [(wb.gazetteer.label(code), say(f"reason.{reason}")) for code, reason in sorted(reasons.items())]
    return pd.DataFrame(rows, columns=heads("area", "reason"))


def _span(low: float, high: float, decimals: int) -> str:
    ends = [shown(one, decimals) for one in (low, high)]
    return ends[0] if ends[0] == ends[1] else phrase("{}{}{}", ends[0], GAP, ends[1])


def _add(page: ProfilePage, key: str, frame: pd.DataFrame, empty: str) -> None:
    title = say(f"study.{key}")
    if frame.empty:
        page.add_text(key, title, say(empty))
    else:
        page.add_table(key, title, frame, note=say(f"study.{key}_note"))
