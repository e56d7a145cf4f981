"""The workbench on the real records: published numbers check each other, and order changes nothing."""

from __future__ import annotations

import datetime as dt
import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkbgeo import Workbench, profiles
from kkbgeo.boundaries import store
from kkbgeo.errors import CodeError, ParameterError
from kkbgeo.join import STATUSES, cells_frame, join
from kkbgeo.measures import load_catalogue
from kkbgeo.measures.observe import common_of, observations
from kkbgeo.profiles.pages import area_notes, area_ratios

EVERY = [key for key, one in load_catalogue().items() if one.combine != "derived"]


@pytest.mark.parametrize("level", ["province", "regency", "district", "village"])
def test_every_row_is_accounted_for_at_every_level(wb, level):
    table = wb.table(level, EVERY)
    for key in EVERY:
        mine = table.report[table.report["indicator"] == key]
        assert sorted(mine["record_id"]) == sorted(wb.records(load_catalogue()[key].table)["record_id"])
        assert table.summary().loc[key, "rows"] == len(mine)
        assert sum(table.states(key).values()) == len(table)


@pytest.mark.parametrize(("code", "kampung", "villages"), [("63.01", 135, 135), ("64.03", 110, 110), ("63.71", 52, 52)])
def test_kampung_stand_against_the_villages_of_the_gazetteer(wb, code, kampung, villages):
    table = wb.table("regency", ["kkb_coverage"], within=code)
    assert table.cell(code, "kkb_total")["value"] == kampung
    assert len(wb.gazetteer.within(code, "village")) == villages
    assert table.cell(code, "kkb_coverage")["value"] == pytest.approx(100 * kampung / villages)


def test_awayan_has_the_23_desa_its_camat_speaks_of(wb):
    (awayan,) = [one for one in wb.gazetteer.within("63.11", "district") if wb.gazetteer.short(one) == "Awayan"]
    villages = wb.gazetteer.within(awayan, "village")
    assert len(villages) == 23
    assert {wb.gazetteer.frame.loc[one, "kind"] for one in villages} == {"desa"}


def test_no_kampung_total_after_2022_exceeds_the_villages(wb):
    frame = wb.table("regency", ["kkb_coverage"]).frame
    known = frame["kkb_coverage"].dropna()
    assert len(known) >= 12
    assert known.between(0, 100).all()


def test_class_parts_add_up_to_their_total(wb):
    parts = ["kkb_dasar", "kkb_berkembang", "kkb_mandiri", "kkb_berkelanjutan"]
    frame = wb.table("regency", ["kkb_class_total", *parts]).frame
    known = frame.dropna(subset=["kkb_class_total"])
    assert len(known) == 56
    assert (known[parts].sum(axis=1) == known["kkb_class_total"]).all()


def test_regency_populations_and_areas_add_up_to_their_province(wb):
    regencies = wb.table("regency", ["population", "area_official"]).frame
    provinces = wb.table("province", ["population", "area_official"]).frame
    sums = regencies[["population", "area_official"]].groupby(regencies.index.str[:2]).sum()
    assert (sums["population"] == provinces["population"]).all()
    assert (sums["area_official"] - provinces["area_official"]).abs().max() < 0.01


def test_drawn_areas_stand_beside_the_official_ones_and_the_far_ones_are_said(wb):
    ratios = area_ratios(wb)
    assert len(ratios) == 56
    assert ratios.between(0.5, 2).all()
    far = ratios[(ratios < 0.8) | (ratios > 1.25)]
    notes = wb.words(area_notes(wb, None))
    assert len(notes) == len(far) >= 1
    for code in far.index:
        assert any(wb.gazetteer.label(code) in note for note in notes)


@pytest.mark.parametrize("key", ["aid_events", "aid_families", "aid_children", "kkb_villages_named"])
def test_village_sums_and_what_is_known_only_above_make_the_regency(wb, key):
    """A regency's sum is its villages' sum plus the records known only for a district or the regency.

    One event in two villages counts once for each of them, and once for their regency.
    """
    regencies, villages = wb.table("regency", [key]), wb.table("village", [key])
    by_regency = villages.frame[key].groupby(villages.frame.index.str[:5]).sum()
    used, below = (one.report[one.report["status"] == "used"] for one in (regencies, villages))
    above = used[used["code"].str.len() < 13].groupby("area")["value"].sum()
    expected = by_regency.add(above, fill_value=0)
    if key == "aid_events":
        events = wb.records("aid_events").set_index("record_id")["event_id"]
        told = pd.concat([below, used[used["code"].str.len() < 13]]).drop_duplicates("record_id")
        told = told.assign(event=told["record_id"].map(events), regency=told["code"].str[:5]).query("event != ''")
        again = told.groupby("regency")["event"].agg(lambda one: len(one) - one.nunique())
        assert again.sum() > 0
        expected = expected.sub(again, fill_value=0)
    got = regencies.frame[key].fillna(0)
    assert got.sum() > 0
    pd.testing.assert_series_equal(got, expected.reindex(got.index, fill_value=0), check_names=False)


def observed(records, indicator):
    rows = list(records.itertuples(index=False))
    return observations(rows, indicator, common_of(rows, indicator, level="regency", as_of="2025-12-31"))


@settings(max_examples=15, deadline=None)
@given(key=st.sampled_from(EVERY), seed=st.integers(0, 999))
def test_shuffling_the_records_changes_nothing(wb, key, seed):
    indicator = load_catalogue()[key]
    records = wb.records(indicator.table)
    codes = wb.gazetteer.within("63", "regency")
    shuffled = records.sample(frac=1, random_state=seed)
    cells = [
        join(observed(rows, indicator), list(codes), "regency", as_of="2025-12-31", combine=indicator.combine).records
        for rows in (records, shuffled)
    ]
    pd.testing.assert_frame_equal(*map(cells_frame, cells))


def test_an_earlier_date_leaves_later_records_out_and_says_so(wb):
    before = wb.table("regency", ["kkb_total"], within="63.01", as_of="2025-07-30")
    assert before.cell("63.01", "kkb_total")["state"] == "not_reported"
    mine = before.report[before.report["code"] == "63.01"]
    assert set(mine["status"]) == {"out_of_scope"}
    told = mine["reason"].str.contains("dated after 2025-07-30") | mine["reason"].str.contains("registered, not formed")
    assert told.all()
    assert (
        wb.table("regency", ["kkb_total"], within="63.01", as_of="2025-07").cell("63.01", "kkb_total")["value"] == 135
    )


def test_the_two_meanings_of_a_kampung_are_never_one_series(wb):
    table = wb.table("regency", ["kkb_total", "kkb_total_before_2022"])
    used = table.report[table.report["status"] == "used"].groupby("indicator")["record_id"].agg(set)
    assert not used["kkb_total"] & used["kkb_total_before_2022"]
    definitions = wb.records("kampung_counts").set_index("record_id")["definition"]
    assert set(definitions[list(used["kkb_total"])]) == {"after_2022"}
    assert set(definitions[list(used["kkb_total_before_2022"])]) == {"before_2022"}


def test_conflicting_figures_stay_and_are_counted(wb):
    table = wb.table("regency", ["stunting_prevalence_ski_2023"])
    conflicting = table.report[table.report["status"] == "conflicting"]
    assert len(conflicting) >= 3
    assert table.cells["conflicts"].sum() == len(conflicting)


def test_codes_are_text_in_tables_and_survive_json_csv_and_parquet(wb, tmp_path):
    frame = wb.table("regency", ["kkb_total"]).frame
    assert "62.10" in frame.index
    frame.to_csv(tmp_path / "t.csv")
    assert pd.read_csv(tmp_path / "t.csv", dtype={"code": str})["code"].tolist() == frame.index.tolist()
    frame.reset_index().to_parquet(tmp_path / "t.parquet")
    assert pd.read_parquet(tmp_path / "t.parquet")["code"].tolist() == frame.index.tolist()
    assert list(json.loads(frame["name"].to_json())) == frame.index.tolist()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_codes_survive_as_notebook_parameters(wb, data):
    from papermill.translators import PythonTranslator

    code = data.draw(st.sampled_from(wb.gazetteer.frame.index.tolist()))
    scope: dict[str, object] = {}
    exec(PythonTranslator.codify({"regency": code}), scope)
    assert scope["regency"] == code


@pytest.mark.parametrize("wrong", ["62.1", "6210", 62.1, 6210, "Balangn", "99.99", "62.10.02", "", None])
def test_a_wrong_regency_is_refused(wb, wrong):
    with pytest.raises(CodeError):
        wb.region(wrong, "regency")


@pytest.mark.parametrize(
    ("wrong", "likely"), [("62.1", "62.10"), (62.1, "62.10"), ("6210", "62.11"), ("Balangn", "63.11")]
)
def test_the_refusal_names_the_likely_one(wb, wrong, likely):
    with pytest.raises(CodeError, match=likely.replace(".", r"\.")):
        wb.region(wrong, "regency")


@pytest.mark.parametrize("as_of", ["31/12/2025", "2025-13", "soon", 2025, "2025-02-30"])
def test_a_wrong_date_is_refused(as_of):
    with pytest.raises(ParameterError, match="2025-12"):
        Workbench(as_of=as_of)


@pytest.mark.parametrize(
    "call",
    [
        lambda wb: wb.table("kabupaten", ["kkb_total"]),
        lambda wb: wb.table("regency", ["kkb"]),
        lambda wb: wb.records("counts"),
        lambda _: Workbench(language="de"),
    ],
)
def test_a_wrong_word_is_refused_with_the_ones_there_are(wb, call):
    with pytest.raises(ParameterError) as caught:
        call(wb)
    assert caught.value.hint


def test_one_indicator_may_be_named_alone_and_an_absent_one_is_refused(wb):
    from kkbgeo import maps

    table = wb.table("regency", "aid_events", within="63")
    assert list(table.indicators) == ["aid_events"]
    with pytest.raises(ParameterError, match="aid_events"):
        maps.choropleth(table, "kkb_total")
    with pytest.raises(ParameterError, match=r"(?s)is text, got 3.*What to do"):
        wb.table("regency", [3])


def test_areas_and_tables_name_the_same_units(wb):
    for level, count in {"province": 5, "regency": 56, "district": 626, "village": 7252}.items():
        areas = wb.areas(level)
        assert len(areas) == count
        assert areas.index.tolist() == wb.gazetteer.frame.index[wb.gazetteer.frame["level"] == level].tolist()
    assert wb.areas("village", within="63.11").index.str.startswith("63.11.").all()
    assert wb.areas("village").crs.to_epsg() == 4326


@pytest.mark.parametrize("inside", ["", "63", "63.11"])
def test_the_summary_counts_the_report(wb, inside):
    table = wb.table("regency", EVERY)
    codes = table.report["code"]
    mine = table.report[(codes == inside) | codes.str.startswith(f"{inside}." if inside else "") | (codes == "")]
    counted = pd.crosstab(mine["indicator"], mine["status"]).reindex(columns=list(STATUSES), fill_value=0)
    pd.testing.assert_frame_equal(
        table.summary(inside=inside).drop(columns="rows"), counted, check_index_type=False, check_column_type=False
    )


def test_rows_and_records_say_the_same(wb):
    for name in wb.record_tables:
        told = pd.DataFrame(wb.rows(name)).astype(object)
        pd.testing.assert_frame_equal(told, wb.records(name).astype(object), check_column_type=False)


def test_areas_are_the_callers_own(wb):
    mine = wb.areas("regency")
    mine.loc["63.11", "name"] = "changed"
    assert wb.areas("regency").loc["63.11", "name"] == "Balangan"
    pd.testing.assert_index_equal(wb.areas("regency", "63.11").index, store.read("regency", within="63.11").index)


def test_a_date_to_come_is_refused_and_the_running_year_is_not():
    today = dt.date.today()
    with pytest.raises(ParameterError, match="has not come yet"):
        Workbench(as_of="2099")
    with pytest.raises(ParameterError, match="has not come yet"):
        Workbench(as_of=(today + dt.timedelta(days=1)).isoformat())
    assert Workbench(as_of=today.isoformat()).as_of == today.isoformat()
    assert Workbench(as_of=str(today.year)).as_of == f"{today.year}-12-31"


def test_a_page_in_both_languages_reads_and_joins_nothing_again(monkeypatch):
    wb = Workbench()
    page = profiles.new_page(wb, "63")
    page.show("prevalence", profiles.prevalence(wb, "63"))
    page.show("regencies", profiles.regency_map(wb, "63", ["kkb_total", "kkb_advanced_share"]))
    profiles.finish(wb, page)

    def never(*_given, **_named):
        raise AssertionError("read or joined again")

    for name in ("join", "observations", "read_rows", "read_sources"):
        monkeypatch.setattr(f"kkbgeo.workbench.{name}", never)
    html = page.html()
    assert page.languages == ("id", "en") and "Sumber data" in html and "Sources" in html
    assert page.to("en").frame("prevalence").columns[0] == "Survey"
    assert page.frame("prevalence").columns[0] == "Survei"
    with pytest.raises(ParameterError, match="id, en"):
        page.to("de")


def test_a_table_that_somebody_changes_leaves_the_next_one_alone():
    wb = Workbench()
    first = wb.table("regency", ["kkb_total"], within="63")
    first.frame.loc["63.01", "kkb_total"] = -1
    first.cells["value"] = -1
    assert wb.table("regency", ["kkb_total"], within="63").frame.loc["63.01", "kkb_total"] == 135
