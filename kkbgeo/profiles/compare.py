"""Tables that set areas side by side: the facts of one area, regencies of a province, provinces of the island."""

from __future__ import annotations

import pandas as pd

from kkbgeo.language import Number, Spoken, Text, phrase
from kkbgeo.maps.cells import Figure
from kkbgeo.profiles.display import GAP, cell_text
from kkbgeo.profiles.findings import newest_survey
from kkbgeo.profiles.ways import named
from kkbgeo.regions.codes import level_of
from kkbgeo.tables import AreaTable
from kkbgeo.workbench import Workbench

GAZETTEER = "reference:gazetteer"  # key of the list of codes and names among a page's sources
COMPARED = (
    "kkb_total", "kkb_coverage", "kkb_registered", "kkb_registered_advanced_share", "stunting_prevalence",
    "families_at_risk", "aid_events",
)  # fmt: skip


def where(wb: Workbench, code: str) -> pd.DataFrame:
    """Return the facts of an area: code, units inside it, population and official area."""
    places = wb.gazetteer
    villages = places.within(code, "village")
    kelurahan = sum(village.rpartition(".")[2].startswith("1") for village in villages)
    table = wb.table(level_of(code), ["population", "area_official"], within=code)
    facts = [
        *([("province", places.label(code.split(".")[0]))] if "." in code else []),
        *([("regencies", Number(len(places.within(code, "regency"))))] if "." not in code else []),
        ("districts", Number(len(places.within(code, "district")))),
        ("villages", Text("profiles.fact.villages_split", total=Number(len(villages)),
                          desa=Number(len(villages) - kelurahan), kelurahan=Number(kelurahan))),
        ("population", _with_unit(table, code, "population")),
        ("area", _with_unit(table, code, "area_official")),
        ("code", code),
    ]  # fmt: skip
    listed = {"districts", "villages", "regencies", "code"}  # told by the list of codes and names itself
    rows = [
        (Text(f"profiles.fact.{key}"), Figure(value, [GAZETTEER]) if key in listed else value) for key, value in facts
    ]
    return pd.DataFrame(rows, columns=[Text(f"profiles.column.{name}") for name in ("fact", "figure")], dtype=object)


def _with_unit(table: AreaTable, code: str, key: str) -> Figure:
    figure, indicator = cell_text(table, code, key), table.indicator(key)
    if figure.text == GAP:
        return figure
    written = Number(float(table.cell(code, key)["value"]), indicator.decimals)
    return Figure(phrase("{} {}", figure.text, Spoken(indicator.unit_beside, written)), figure.sources)


def compare(wb: Workbench, table: AreaTable, keys: tuple[str, ...] = COMPARED) -> pd.DataFrame:
    """Return one row per area and one column per indicator; a dash where nothing was reported."""
    heads = [Text("profiles.column.area")]
    heads += [_head(wb, table, key) for key in keys]
    rows = [
        (named(wb, code, label), *[_dated(table, code, key) for key in keys]) for code, label in table.labels.items()
    ]
    return pd.DataFrame(rows, columns=heads, dtype=object)


def _dated(table: AreaTable, code: str, key: str) -> Figure:
    """Return a cell with its year, where the areas of one column are of different years."""
    figure, as_of = cell_text(table, code, key), table.cell(code, key)["as_of"]
    mixed = table.indicator(key).id in ("kkb_total", "families_at_risk") and figure.text != GAP
    year = as_of[:4] or Text("common.undated")
    return Figure(phrase("{} · {}", figure.text, year), figure.sources) if mixed else figure


def _head(wb: Workbench, table: AreaTable, key: str) -> str:
    label = Spoken(table.indicator(key).label)
    if key == "stunting_prevalence" and (survey := newest_survey(wb, table)):
        label = phrase("{}: {}", label, survey)
    return phrase("{} (%)", label) if table.indicator(key).kind == "percent" else label


def provinces(wb: Workbench) -> pd.DataFrame:
    """Return one row per province: its own reported figures, and how many of its regencies report.

    A sum of regencies stands with the number that make it up, and is never taken for the province's total.
    """
    portal = ["kkb_registered", "kkb_registered_advanced"]
    own = wb.table("province", [*portal, "stunting_prevalence", "families_at_risk"])
    regencies = wb.table("regency", ["kkb_total", "aid_events"])
    rows = []
    for code, label in own.labels.items():
        mine = regencies.frame[regencies.frame.index.str.startswith(code + ".")]
        totals = mine["kkb_total"].dropna()
        rows.append((
            named(wb, code, label), f"{len(totals)} / {len(mine)}",
            Number(totals.sum()) if len(totals) else "–",
            *(cell_text(own, code, key) for key in portal),
            cell_text(own, code, "stunting_prevalence"), _dated(own, code, "families_at_risk"),
            Number(mine["aid_events"].sum()) if mine["aid_events"].notna().any() else "–",
        ))  # fmt: skip
    names = ("area", "reporting", "reported_sum", "registered", "advanced", "prevalence", "families", "events")
    heads = {name: Text(f"profiles.column.{name}") for name in names}
    if survey := newest_survey(wb, own):
        heads["prevalence"] = phrase("{}: {}", heads["prevalence"], survey)
    return pd.DataFrame(rows, columns=list(heads.values()), dtype=object)


def accounting(table: AreaTable, inside: str = "") -> pd.DataFrame:
    """Return where every row went: one row per indicator, one column per status, and the rows that went in."""
    counted = table.summary(inside=inside)
    keys = [key for key in table.indicators if key in counted.index]
    counted = counted.loc[keys]
    shown = pd.DataFrame({Text("profiles.column.indicator"): [
        Spoken(table.indicator(key).label) for key in keys
    ]})  # fmt: skip
    shown[Text("profiles.column.rows")] = counted["rows"].astype(str).tolist()
    for status in counted.columns.drop("rows"):
        shown[Text(f"profiles.status.{status}")] = counted[status].astype(str).tolist()
    return shown
