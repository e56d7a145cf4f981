"""Aid where need is: the recorded facts, counted again from the files; gaps stay gaps; no index from too few areas."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kkbgeo
from kkbgeo.errors import KkbgeoError, ParameterError
from kkbgeo.language import text, words
from kkbgeo.patterns.need import AID_LEVELS, NEED_LEVELS, NeedAndAid, aid_and_need, concentration_of_aid
from kkbgeo.patterns.need_surveys import other_side, other_side_table, other_surveys
from kkbgeo.provenance import seal

DATA = Path(__file__).parents[1] / "data"
SURVEY = "stunting_prevalence_ssgi_2022"
COUNTED = ("delivered", "running", "launched", "training")


@pytest.fixture(scope="module")
def found():
    return aid_and_need(kkbgeo.Workbench(language="en"), SURVEY)


@pytest.fixture
def made(tmp_path):
    """A data folder with other aid events: a function rows -> workbench."""
    shutil.copytree(DATA, tmp_path / "data")

    def write(*rows: dict[str, str]) -> kkbgeo.Workbench:
        path = tmp_path / "data" / "records" / "aid_events.csv"
        old = pd.read_csv(path, dtype=str, keep_default_na=False)
        blank = dict.fromkeys(old.columns, "") | {"source_id": "press-000-balangan", "province": "Kalimantan Selatan"}
        new = [
            blank | {"record_id": f"aid-9{number:02d}", "place_reason": "every printed name matches"} | row
            for number, row in enumerate(rows)
        ]
        pd.DataFrame(new, columns=old.columns).to_csv(path, index=False)
        seal(path)
        return kkbgeo.Workbench(tmp_path / "data", language="en")

    return write


def event(code="63.11", level="regency", **more):
    names = {"regency": "Balangan"} if level != "province" else {}
    return {"code": code, "level": level, "as_of": "2025-05-01", "aid_type": "sembako", "status": "delivered"} | (
        names | more
    )


def test_the_reports_that_the_project_began_with_are_found_right(found):
    balangan, berau, tanah_laut, barito_selatan, banjarmasin = (
        found.table.loc[code] for code in ("63.11", "64.03", "63.01", "62.04", "63.71")
    )
    # Pudak: food for ten families at risk, 12 November 2025. Food and foster parents of 2023 without a number; a
    # kitchen launched in Batu Merah; three trainings, the newest of January 2026.
    assert (balangan.families, balangan.events, balangan.delivered, balangan.started, balangan.kitchens) == (
        10, 7, 3, 4, 1,
    )  # fmt: skip
    assert (balangan.without_number, balangan.aid_as_of) == (6, "2026-01")
    assert "press-000-balangan" in balangan.aid_sources
    assert (balangan.need, balangan.verdict) == (29.8, "high-delivered")
    # Berau: a DASHAT kitchen that runs, without a number of families; that is no zero.
    assert (berau.events, berau.kitchens, berau.without_number, berau.aid_level) == (1, 1, 1, "delivered")
    assert math.isnan(berau.families) and math.isnan(berau.children)
    assert berau.aid_sources == ("press-002-berau",)
    # Tanah Laut: foster parents installed, nobody served yet. Barito Selatan: one programme in two districts.
    assert (tanah_laut.events, tanah_laut.aid_level) == (1, "started") and math.isnan(tanah_laut.families)
    assert (barito_selatan.events, barito_selatan.need, barito_selatan.verdict) == (1, 35.6, "high-delivered")
    assert (banjarmasin.events, banjarmasin.families, banjarmasin.children) == (6, 1000, 19)
    # Of Sambas no source that was collected tells of aid.
    sambas = found.table.loc["61.01"]
    assert math.isnan(sambas.events) and (sambas.need, sambas.verdict) == (30.5, "high-not-found")


def test_plans_unclear_reports_and_what_is_no_aid_are_not_aid(found):
    barat, ulu, mas, timur = (found.table.loc[code] for code in ("64.07", "64.11", "62.10", "64.08"))
    assert (barat.planned, barat.events) == (1, 1)  # the plan of 2022, and food for children in 2025
    assert math.isnan(barat.children)  # 477 children were only to be helped
    assert (ulu.planned, ulu.aid_level) == (1, "planned") and math.isnan(ulu.events)
    assert (mas.planned, mas.aid_level) == (1, "planned")  # an unclear report
    # A launch and a delivery; two plans, and the visit to Maloy, which is marked "not aid", are none.
    assert (timur.events, timur.planned, timur.aid_level) == (2, 2, "delivered")
    assert timur.aid_records == ("aid-039", "aid-157")


def test_events_and_families_are_those_of_the_file_counted_again(found):
    aid = pd.read_csv(DATA / "records" / "aid_events.csv", dtype=str, keep_default_na=False)
    aid = aid[aid["status"].isin(COUNTED) & (aid["code"].str.count(r"\.") > 0)]
    aid["regency"] = aid["code"].str[:5]
    aid["event"] = aid["event_id"].where(aid["event_id"] != "", aid["record_id"])
    counted = aid.groupby("regency")["event"].nunique()
    pd.testing.assert_series_equal(
        found.table["events"].dropna(), counted.astype(float), check_names=False, check_dtype=False
    )
    served = aid[(aid["unit"] == "families") & aid["status"].isin(("delivered", "running"))]
    families = served.astype({"beneficiaries": float}).groupby("regency")["beneficiaries"].sum()
    pd.testing.assert_series_equal(found.table["families"].dropna(), families, check_names=False)
    assert found.counts.to_numpy().sum() == len(found.table) == 56


def test_not_found_is_never_none_in_any_text(found):
    for language, phrase in (("id", "tidak ditemukan dalam sumber"), ("en", "no aid found in the sources")):
        for need in NEED_LEVELS:
            assert phrase in text(f"needs.verdict.{need}-not-found", language, of="")
    wb = kkbgeo.Workbench(language="en")
    table = wb.words(found.page_table(wb)).set_index("Area")
    assert table.loc["Kabupaten Sambas", "Aid events"] == "–"
    assert "no aid found in the sources" in str(table.loc["Kabupaten Sambas", "What can be said"])
    assert table.loc["Kabupaten Balangan", "Families reached"] == "10"
    assert table.loc["Kabupaten Balangan", "Newest report of aid"] == "January 2026"
    assert table.loc["Kabupaten Tanah Laut", "Newest report of aid"] == "14 May 2025"
    assert table.loc["Kabupaten Sambas", "Newest report of aid"] == "–"
    said = " ".join(wb.words(found.findings(wb)))
    assert "does not mean there was no aid" in said
    # Every figure of the sentences adds up: 34 + 4 + 0 + 4 areas of high need.
    assert found.counts.loc["high"].tolist() == [34, 4, 0, 4]
    assert "in 42 it is high" in said


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_page_table_has_every_area_and_no_hole(found, language):
    wb = kkbgeo.Workbench(language=language)
    table = wb.words(found.page_table(wb))
    assert len(table) == 56
    assert not table.isna().to_numpy().any()
    assert not table.astype(str).map(lambda cell: "nan" in cell.split()).to_numpy().any()
    # Greatest need first, areas of unknown need last.
    assert str(table.iloc[0, 0]) == "Kabupaten Melawi"
    assert [str(one).startswith("–") for one in table.iloc[:, 1]] == [False] * 54 + [True] * 2
    counts = wb.words(found.counts_table())
    assert counts.iloc[:, 1:].astype(int).to_numpy().sum() == 56
    assert len(counts) == len(AID_LEVELS)


def test_an_area_without_a_figure_in_this_survey_shows_another_one_and_stays_unknown(found):
    row = found.table.loc["63.01"]
    assert math.isnan(row.need) and row.need_level == "unknown"
    assert (row.elsewhere, row.elsewhere_value) == ("stunting_prevalence_ssgi_2024", 22.5)
    wb = kkbgeo.Workbench(language="en")
    table = wb.words(found.page_table(wb)).set_index("Area")
    assert table.loc["Kabupaten Tanah Laut"].iloc[0] == "– (SSGI 2024: 22.5)"


def test_need_carries_its_source_doubt_and_conflicts(found):
    melawi, sanggau = found.table.loc["61.10"], found.table.loc["61.03"]
    assert (melawi.need_source, melawi.need_as_of) != ("", "")
    assert sanggau.need_conflicts == 1
    wb = kkbgeo.Workbench(language="en")
    newest = aid_and_need(wb)
    assert newest.survey == "SSGI 2024"
    # Of two figures of Melawi the doubted one, 35.3, is the survey of the year before; Berau's of 2022 has no rival.
    assert newest.table.loc["61.10", ["need", "need_doubt", "need_conflicts"]].tolist() == [35.2, "", 1]
    assert found.table.loc["64.03", ["need", "need_doubt_kind"]].tolist() == [21.0, "misprint"]
    assert found.table.loc["64.03", "need_doubt"].startswith("likely misprint")
    assert "Prevalence of stunting, SSGI 2024" in wb.words(newest.findings(wb)[0])


def test_the_mark_of_high_need_belongs_to_it_and_must_be_said_where_none_is_agreed_on():
    wb = kkbgeo.Workbench()
    limit = aid_and_need(wb, SURVEY, high=29.8)
    assert limit.table.loc["63.11", "need_level"] == "high"
    assert aid_and_need(wb, SURVEY, high=29.9).table.loc["63.11", "need_level"] == "lower"
    with pytest.raises(ParameterError, match="No threshold"):
        aid_and_need(wb, "families_at_risk")
    assert aid_and_need(wb, "families_at_risk", high=15_000).counts.loc["unknown"].sum() == 48
    with pytest.raises(ParameterError, match="no figures"):
        aid_and_need(wb, "kkb_village_class")
    with pytest.raises(KkbgeoError, match="stunting_prevalence"):
        aid_and_need(wb, "stunting_prevalense")


def test_the_date_of_the_workbench_holds_for_need_and_aid():
    early = aid_and_need(kkbgeo.Workbench(as_of="2022-12-31"), SURVEY).table.loc["63.11"]
    assert (early.events, early.aid_level, early.aid_as_of) == (1, "started", "2022-06")
    assert math.isnan(early.families)


def test_a_plan_carried_out_is_one_event_and_no_plan_and_a_province_is_no_regency(made):
    wb = made(
        event(event_id="one", status="planned", beneficiaries="50", unit="families"),
        event(event_id="one", beneficiaries="40", unit="families"),
        event(event_id="two", status="planned", aid_type="dashat"),
        event("63", "province", as_of="2025-06-01"),
        event("63", "province", event_id="one"),
        event(status="not_aid"),
    )
    found = aid_and_need(wb, SURVEY)
    row = found.table.loc["63.11"]
    assert (row.events, row.delivered, row.families, row.planned, row.kitchens) == (1, 1, 40, 1, 0)
    assert found.unplaced == 1
    assert "1 aid event is known only for a larger unit" in wb.words(found.findings(wb)[-1])
    others = found.table.drop(index="63.11")
    assert others["events"].isna().all() and (others["aid_level"] == "not-found").all()


def test_a_reported_zero_is_a_figure(made):
    row = aid_and_need(made(event(beneficiaries="0", unit="families")), SURVEY).table.loc["63.11"]
    assert (row.families, row.without_number) == (0, 0)


def hand(aid, need):
    """Need and aid of areas made by hand."""
    codes = [f"63.{number:02d}" for number in range(1, len(aid) + 1)]
    table = pd.DataFrame({"events": aid, "need": need}, index=codes, dtype=float)
    return NeedAndAid(table, SURVEY, "SSGI 2022", 20.0, 0)


def test_concentration_of_made_up_aid_is_the_closed_form_and_its_verdict_that_of_the_interval():
    rising = np.arange(30.0)
    all_to_the_neediest = concentration_of_aid(hand([0.0] * 9 + [5.0], range(10)))
    assert all_to_the_neediest.inequality.table.loc["concentration", "value"] == pytest.approx(0.9)  # (n − 1) / n
    needier = concentration_of_aid(hand(rising + 1, rising))
    # Aid i = 1 … n by rank: Σ i (2i − 1) / (n Σ i) − 1 = (n² − 1) / (3n (n + 1)) … for n = 30.
    n, i = 30, np.arange(1, 31)
    exact = (i * (2 * i - 1)).sum() / (n * i.sum()) - 1
    assert needier.inequality.table.loc["concentration", "value"] == pytest.approx(exact)
    assert (needier.verdict, concentration_of_aid(hand(rising[::-1] + 1, rising)).verdict) == ("needier", "less-needy")
    even = concentration_of_aid(hand(np.tile([1.0, 3.0], 15), rising))
    assert even.verdict == "undecided"
    assert "cannot be said" in words(even.sentence(), "en") and "tidak dapat dikatakan" in words(even.sentence(), "id")


def test_areas_without_a_report_are_left_out_of_the_index_and_not_zero():
    aid, need = np.r_[np.full(10, np.nan), np.arange(20.0) + 1], np.arange(30.0)
    alone = concentration_of_aid(hand(aid[10:], need[10:]))
    assert concentration_of_aid(hand(aid, need)).inequality.table.equals(alone.inequality.table)
    zero = concentration_of_aid(hand(np.nan_to_num(aid), need))
    assert zero.inequality.table.loc["concentration", "value"] > alone.inequality.table.loc["concentration", "value"]


@pytest.mark.parametrize(
    ("aid", "need", "verdict"),
    [
        ([1.0] * 9, range(9), "too-few"),
        ([1.0] * 8 + [np.nan] * 30, range(38), "too-few"),
        ([1.0] * 12, [7.0] * 12, "constant"),
        ([0.0] * 12, range(12), "constant"),
    ],
)
def test_too_few_areas_or_nothing_to_share_out_give_no_index(aid, need, verdict):
    found = concentration_of_aid(hand(aid, need))
    assert (found.verdict, found.inequality) == (verdict, None)
    for language in ("id", "en"):
        assert str(found.areas) in words(found.sentence(), language)


def test_the_records_give_an_index_for_events_and_refuse_one_for_families(found):
    events = concentration_of_aid(found)
    assert (events.areas, events.verdict) == (46, "undecided")
    both = found.table[["events", "need"]].dropna()
    rank = (both["need"].rank() - 0.5) / len(both)
    by_hand = 2 * np.cov(both["events"], rank, bias=True)[0, 1] / both["events"].mean()
    assert events.inequality.table.loc["concentration", "value"] == pytest.approx(by_hand)
    families = concentration_of_aid(found, "families")
    assert (families.areas, families.verdict) == (7, "too-few")
    with pytest.raises(ParameterError, match="packages"):
        concentration_of_aid(found, "packages")


@pytest.mark.parametrize("need", [SURVEY, "stunting_prevalence_ssgi_2021"])
def test_areas_of_which_a_newer_survey_stands_on_the_other_side_are_counted_from_the_file(need):
    wb = kkbgeo.Workbench(language="en")
    found, year = aid_and_need(wb, need), int(need[-4:])
    expected = {}
    for code, row in found.table[found.table["need"].notna()].iterrows():
        keys = [f"stunting_prevalence_{one}" for one in ("ssgi_2024", "ssgi_2022") if int(one[-4:]) > year]
        cells = [wb.table("regency", [key], within=code).cell(code, key) for key in keys]
        newest = next((one["value"] for one in cells if one["state"] == "value"), None)
        if newest is not None and (newest >= 20) != (row["need"] >= 20):
            expected[code] = (row["need"], newest)
    made = other_side(wb, found)
    assert expected and made.index.is_unique
    assert {code: (row["need"], row["newer_value"]) for code, row in made.iterrows()} == expected
    assert len(other_side_table(wb, found)) == len(expected)
    said = " ".join(wb.words(found.findings(wb)))
    assert f"in {len(expected)} areas a newer survey stands on the other side of the mark of 20.0%" in said
    assert "are not compared as change" in said and f"{made.iloc[0]['name']} {made.iloc[0]['need']:.1f} (" in said


@pytest.mark.parametrize("need", ["riskesdas_2013", "riskesdas_2018", "ski_2023"])
def test_a_newer_survey_of_another_instrument_is_not_set_against_the_need(need):
    wb = kkbgeo.Workbench(language="en")
    made = other_side(wb, aid_and_need(wb, f"stunting_prevalence_{need}"))
    assert set(made["newer"]) == ({"Riskesdas 2018"} if need == "riskesdas_2013" else set())


def test_the_survey_of_the_need_is_named_with_the_verdict_and_why_it_was_chosen(found):
    wb = kkbgeo.Workbench(language="en")
    made = other_side(wb, found)
    assert made.loc["62.12", ["need", "newer_value", "newer"]].tolist() == [40.9, 15.8, "SSGI 2024"]
    assert made.loc["65.04", ["need", "newer_value"]].tolist() == [30.7, 7.4]
    assert made.loc["61.71", ["need", "newer_value"]].tolist() == [19.7, 22.3]
    assert wb.words(found.page_table(wb).iloc[0, -1]).startswith("High need (SSGI 2022); ")
    known = int(found.table["need"].notna().sum())
    why = wb.words(other_surveys(wb, found)[-1])
    assert f"SSGI 2022 was chosen for this page; it is known for {known} of 56 areas." in why
    assert "SSGI 2021 for 56, SKI 2023 for 52, SSGI 2024 for 56" in why
    earlier = kkbgeo.Workbench(language="en", as_of="2022")
    why = wb.words(other_surveys(earlier, aid_and_need(earlier, "stunting_prevalence_ssgi_2021"))[-1])
    assert why.startswith(
        "SSGI 2021 was chosen for this page; it is known for 56 of 56 areas. Other surveys: Riskesdas 2013 for 56, "
    )
    newest = aid_and_need(wb, "stunting_prevalence")
    (why,) = wb.words(other_surveys(wb, newest))  # no survey is newer, so none stands on the other side
    assert why.startswith(f"{newest.survey} is used because it is the newest")


def test_another_need_has_no_survey_to_warn_of():
    wb = kkbgeo.Workbench(language="en")
    risk = aid_and_need(wb, "families_at_risk", high=1_000)
    assert other_surveys(wb, risk) == [] and other_side_table(wb, risk).empty
    assert wb.words(risk.page_table(wb).iloc[0, -1]).startswith("High need; ")
