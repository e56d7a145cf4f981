"""The page of spatial patterns: what a `Study` found, in words, on a map, in tables; and what it does not show."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kkbgeo.language import Spoken, Text, phrase
from kkbgeo.maps import area_map, charts
from kkbgeo.maps.interactive import AreaMap
from kkbgeo.maps.page import Page
from kkbgeo.maps.verdicts import label_layer
from kkbgeo.patterns.frame import GAP, analysis_page, finish, heads, newest_of, say, sources_of
from kkbgeo.patterns.studying import Sensitivity, Study
from kkbgeo.profiles.display import shown
from kkbgeo.profiles.pages import Chart, ProfilePage, Section, indicator_layer
from kkbgeo.spatial.results import Result, neighbours_said
from kkbgeo.workbench import Workbench

NOT_SHOWN = ("cause", "proof", "relative", "approximate", "villages", "classes")


def new_study_page(wb: Workbench, study: Study) -> ProfilePage:
    """Return the empty page of a study, with its heading.

    Examples
    --------
    >>> from kkbgeo.patterns import study
    >>> wb = Workbench()
    >>> new_study_page(wb, study(wb, "stunting_prevalence_ssgi_2022")).path
    'pola-spasial.html'
    """
    title = say("study.title", label=Spoken(wb.catalogue[study.indicator].label))
    return analysis_page(
        wb, study.slug, title, as_of=newest_of(cells_of(study)), generated_by="04_spatial_patterns"
    )  # fmt: skip


def cells_of(study: Study) -> pd.DataFrame:
    """Return the cells that a study tests."""
    return study.table.cells[study.table.cells["indicator"] == study.indicator]


def labels_section(wb: Workbench, study: Study) -> Section | None:
    """Return the map of a study; nothing where no area could be tested."""
    if study.local.state != "tested":
        return None
    return Section(label_map(wb, study), say("study.map"), say("study.map_note"))


def reading_section(study: Study) -> Section | None:
    """Return how the map is read; nothing where there is none."""
    if study.local.state != "tested":
        return None
    return Section([say(f"study.reading_{one}") for one in ("1", "2", "3")], say("study.reading"))


def named_section(wb: Workbench, study: Study, sensitivity: Sensitivity) -> Section | None:
    """Return the areas that are named, or a sentence that none is; nothing where no area could be tested."""
    if study.local.state != "tested":
        return None
    return _or_sentence("named", named_table(wb, study, sensitivity), "study.named_none")


def measures_section(study: Study) -> Section | None:
    """Return the global measures; nothing where the map could not be tested."""
    if study.moran.state != "tested":
        return None
    return Section(whole_table(study), say("study.whole"), say("study.whole_note"))


def sensitivity_section(study: Study, sensitivity: Sensitivity) -> Section | None:
    """Return the other ways of neighbours; nothing where the map could not be tested."""
    if study.moran.state != "tested":
        return None
    return _or_sentence("sensitivity", sensitivity_table(sensitivity), "study.sensitivity_none")


def neighbours_section(wb: Workbench, study: Study) -> Section:
    """Return who is a neighbour of whom, drawn and counted."""
    title = say("study.neighbours")
    drawn = charts.spoken(charts.network, study.table.areas, study.links, labels=study.table.labels, title=title)
    return Section(Chart(drawn, neighbour_table(wb, study)), title, Spoken(study.report.sentence))


def left_out_section(wb: Workbench, study: Study) -> Section | None:
    """Return the areas that no test used, and why; nothing where every area is in."""
    left = left_out(wb, study)
    return Section(left, say("study.left_out"), folded=len(left) > 12) if len(left) else None


def limits_section() -> Section:
    """Return what a study does not show."""
    return Section([say(f"study.not_{one}") for one in NOT_SHOWN], say("not_shown"))


def finish_study(wb: Workbench, page: ProfilePage, study: Study, **parameters: object) -> Page:
    """Put the footer on the page of a study; `parameters` are what was asked for."""
    return finish(wb, page, sources_of(cells_of(study)), **parameters)


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


def _or_sentence(key: str, frame: pd.DataFrame, empty: str) -> Section:
    title = say(f"study.{key}")
    return Section(say(empty), title) if frame.empty else Section(frame, title, say(f"study.{key}_note"))
