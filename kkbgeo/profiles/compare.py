"""Tables that set areas side by side: the facts of one area, regencies of a province, provinces of the island."""

from __future__ import annotations

import pandas as pd

from kkbgeo.language import number, text
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
    places, language = wb.gazetteer, wb.language
    villages = places.within(code, "village")
    kelurahan = sum(village.rpartition(".")[2].startswith("1") for village in villages)
    table = wb.table(level_of(code), ["population", "area_official"], within=code)
    facts = [
        *([("province", places.label(code.split(".")[0]))] if "." in code else []),
        *([("regencies", number(len(places.within(code, "regency")), language))] if "." not in code else []),
        ("districts", number(len(places.within(code, "district")), language)),
        ("villages", text("profiles.fact.villages_split", language, total=number(len(villages), language),
                          desa=number(len(villages) - kelurahan, language), kelurahan=number(kelurahan, language))),
        ("population", _with_unit(table, code, "population")),
        ("area", _with_unit(table, code, "area_official")),
        ("code", code),
    ]  # fmt: skip
    listed = {"districts", "villages", "regencies", "code"}  # told by the list of codes and names itself
    rows = [
        (text(f"profiles.fact.{key}", language), Figure(value, [GAZETTEER]) if key in listed else value)
        for key, value in facts
    ]
    return pd.DataFrame(
        rows, columns=[text(f"profiles.column.{name}", language) for name in ("fact", "figure")], dtype=object
    )


def _with_unit(table: AreaTable, code: str, key: str) -> Figure:
    figure, indicator = cell_text(table, code, key), table.indicator(key)
    if figure == GAP:
        return figure
    written = number(float(table.cell(code, key)["value"]), table.language, indicator.decimals)
    return Figure(f"{figure} {indicator.unit_beside(written, table.language)}", figure.sources)


def compare(wb: Workbench, table: AreaTable, keys: tuple[str, ...] = COMPARED) -> pd.DataFrame:
    """Return one row per area and one column per indicator; a dash where nothing was reported."""
    heads = [text("profiles.column.area", wb.language)]
    heads += [_head(wb, table, key) for key in keys]
    rows = [
        (named(wb, code, label), *[_dated(table, code, key) for key in keys]) for code, label in table.labels.items()
    ]
    return pd.DataFrame(rows, columns=heads, dtype=object)


def _dated(table: AreaTable, code: str, key: str) -> Figure:
    """Return a cell with its year, where the areas of one column are of different years."""
    words, as_of = cell_text(table, code, key), table.cell(code, key)["as_of"]
    mixed = table.indicator(key).id in ("kkb_total", "families_at_risk") and words != GAP
    year = as_of[:4] or text("common.undated", table.language)
    return Figure(f"{words} · {year}", words.sources) if mixed else words


def _head(wb: Workbench, table: AreaTable, key: str) -> str:
    label = table.indicator(key).label(wb.language)
    if key == "stunting_prevalence" and (survey := newest_survey(wb, table)):
        label = f"{label}: {survey}"
    return f"{label} (%)" if table.indicator(key).kind == "percent" else label


def provinces(wb: Workbench) -> pd.DataFrame:
    """Return one row per province: its own reported figures, and how many of its regencies report.

    A sum of regencies stands with the number that make it up, and is never taken for the province's total.
    """
    language = wb.language
    portal = ["kkb_registered", "kkb_registered_advanced"]
    own = wb.table("province", [*portal, "stunting_prevalence", "families_at_risk"])
    regencies = wb.table("regency", ["kkb_total", "aid_events"])
    rows = []
    for code, label in own.labels.items():
        mine = regencies.frame[regencies.frame.index.str.startswith(code + ".")]
        totals = mine["kkb_total"].dropna()
        rows.append((
            named(wb, code, label), f"{len(totals)} / {len(mine)}",
            number(totals.sum(), language) if len(totals) else "–",
            *(cell_text(own, code, key) for key in portal),
            cell_text(own, code, "stunting_prevalence"), _dated(own, code, "families_at_risk"),
            number(mine["aid_events"].sum(), language) if mine["aid_events"].notna().any() else "–",
        ))  # fmt: skip
    names = ("area", "reporting", "reported_sum", "registered", "advanced", "prevalence", "families", "events")
    heads = {name: text(f"profiles.column.{name}", language) for name in names}
    if survey := newest_survey(wb, own):
        heads["prevalence"] = f"{heads['prevalence']}: {survey}"
    return pd.DataFrame(rows, columns=list(heads.values()), dtype=object)


def accounting(wb: Workbench, table: AreaTable, inside: str = "") -> pd.DataFrame:
    """Return where every row went: one row per indicator, one column per status, and the rows that went in."""
    counted = table.summary(inside=inside)
    keys = [key for key in table.indicators if key in counted.index]
    counted = counted.loc[keys]
    shown = pd.DataFrame({text("profiles.column.indicator", wb.language): [
        table.indicator(key).label(wb.language) for key in keys
    ]})  # fmt: skip
    shown[text("profiles.column.rows", wb.language)] = counted["rows"].astype(str).tolist()
    for status in counted.columns.drop("rows"):
        shown[text(f"profiles.status.{status}", wb.language)] = counted[status].astype(str).tolist()
    return shown
