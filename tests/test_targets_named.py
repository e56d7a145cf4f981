"""Targets stand on the page of their area, elsewhere as comparisons; a rejected record sets no date."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from batchkit import copied_data, edit
from recipes import progress_page

import kkbgeo
from kkbgeo.errors import CodeError
from kkbgeo.language import percent, text
from kkbgeo.profiles.display import doubt_said
from kkbgeo.profiles.findings import of_area, of_regencies
from kkbgeo.profiles.inputs import checksum, newest_date
from kkbgeo.profiles.pages import finish, new_page
from kkbgeo.profiles.reported import counts
from kkbgeo.provenance import read_csv
from kkbgeo.records.targets import READINGS, read_targets

DATA = Path(__file__).parents[1] / "data"
BERAU, TANAH_LAUT, BALANGAN = "64.03", "63.01", "63.11"
MUST = {"id": "harus naik", "en": "must rise"}


@pytest.fixture(scope="module", params=["id", "en"])
def wb(request):
    return kkbgeo.Workbench(language=request.param)


def with_changed(folder, name, change):
    data = copied_data(folder / "data")
    edit(data / name, change)
    return kkbgeo.Workbench(data, language="en")


def told(wb, code):
    return wb.words(of_area(wb, code))


def test_every_target_is_that_of_a_record_and_of_its_source():
    rows = read_csv(DATA / "reference" / "targets.csv")
    tables = [read_csv(DATA / "records" / f"{name}.csv") for name in ("kampung_counts", "prevalence")]
    records = pd.concat(tables).set_index("record_id").fillna("")
    sources = read_csv(DATA / "sources.csv").set_index("source_id")
    assert rows["record_id"].ne("").sum() == 14
    for _, row in rows.iterrows():
        assert row["reading"] in READINGS and row["note"]
        if "in the headline" in row["note"]:
            assert re.search(rf"\b{row['target']}\b", sources.at[row["source_id"], "url"])
        if not row["record_id"]:  # the page gives a target and no figure of what is
            assert (row["goal"], row["reached"]) == ("prevalence", "") and row["source_id"] in sources.index
            continue
        record = records.loc[row["record_id"]]
        assert (row["code"], row["source_id"]) == (record["code"], record["source_id"])
        if row["goal"] == "prevalence":
            assert row["period"] and row["reached"] in ("", record["prevalence_percent"])
            continue
        assert row["as_of"] == record["as_of"]
        # Of reports of one event one record may quote the target for all.
        event = records[records["event_id"].ne("") & records["event_id"].eq(record["event_id"])]
        quoted = any(row["target"] in note for note in [record["note"], *event["note"]])
        assert quoted or f"({row['target']} computed)" in row["note"], row["record_id"]
        if row["goal"] == "formed":
            assert row["reached"] == record["total"]
        elif row["reached"]:
            assert f"{row['reached']}%" in record["note"]


def test_a_target_of_another_area_is_not_told_and_asks_for_nothing(wb):
    said = {code: " ".join(told(wb, code)) for code in wb.gazetteer.codes("regency")}
    assert {code for code, one in said.items() if MUST[wb.language] in one} == {TANAH_LAUT}
    assert {code for code, one in said.items() if wb.gazetteer.label(TANAH_LAUT) in one} == {TANAH_LAUT}
    assert {code for code, one in said.items() if wb.gazetteer.label(BERAU) in one} == {BERAU}


def test_a_target_is_told_on_the_page_of_the_area_that_it_is_named_for(wb):
    said = told(wb, BERAU)
    (own,) = [one for one in said if percent("40", wb.language) in one]
    assert own.startswith("Jurnal Kaltim (2023)") and percent("21", wb.language) in own and "Kabupaten Berau" in own
    assert any("240 Kampung KB" in one and "51" in one for one in told(wb, "65.03"))
    assert not any("240 Kampung KB" in one for one in said)


def test_targets_that_differ_are_both_told_with_their_sources(wb):
    said = wb.words(of_regencies(wb, within="63"))
    figures = ("17,27", "14") if wb.language == "id" else ("17.27", "14")
    for publisher, figure in zip(("Antara Kalsel", "Kalimantan Post"), figures, strict=True):
        assert any(one.startswith(publisher) and percent(figure, wb.language) in one and "2024" in one for one in said)
    differ = text("profiles.target.differ", wb.language, period="2024", targets="; ".join(sorted(figures)))
    assert differ in said


@pytest.mark.parametrize("code", ["62", "63", "65", BERAU])
def test_the_sources_of_the_targets_stand_in_the_footer(wb, code):
    mine = {one.source_id for one in wb.targets if one.code == code}
    listed = {one for line in finish(wb, new_page(wb, code)).foot["sources"] for one in line.sources}
    assert mine and mine <= listed


def test_a_source_that_only_names_a_target_is_told_anew(tmp_path):
    def change(rows):
        next(row for row in rows if row["source_id"] == "kalimantan-post-2024-kalsel")["publisher"] = "Pos Kalimantan"

    wb, before = with_changed(tmp_path, "sources.csv", change), kkbgeo.Workbench()
    due = [code for code in ("62", "63", "kemajuan-dan-target") if checksum(wb, code) != checksum(before, code)]
    assert due == ["63", "kemajuan-dan-target"]


def test_targets_follow_the_file_and_the_date(tmp_path):
    def change(rows):
        next(row for row in rows if row["goal"] == "advanced_share")["target"] = "45"
        for row in rows:
            row["code"] = BERAU if row["goal"] == "raise" else row["code"]

    wb = with_changed(tmp_path, "reference/targets.csv", change)
    said = " ".join(told(wb, BERAU))
    assert "45% of the Kampung KB" in said and "6 more kampung must rise" in said
    assert MUST["en"] not in " ".join(told(wb, TANAH_LAUT))
    assert checksum(wb, BERAU) != checksum(kkbgeo.Workbench(), BERAU)
    before = " ".join(told(kkbgeo.Workbench(as_of="2022", language="en"), BERAU))
    assert "names a target" not in before and MUST["en"] not in before


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_follows_the_one_file_of_targets(tmp_path, language):
    def change(rows):
        for row in rows:
            row["target"] = {"raise": "20", "raise_yearly": "7", "advanced_share": "60"}.get(row["goal"], row["target"])

    wb = kkbgeo.Workbench(with_changed(tmp_path, "reference/targets.csv", change).data, language=language)
    table = wb.table("regency", ["kkb_target_needed", "kkb_target_gap"], within=TANAH_LAUT)
    assert table.cell(TANAH_LAUT, "kkb_target_needed")["value"] == 27  # 20 % of 135
    assert table.cell(TANAH_LAUT, "kkb_target_gap")["value"] == 10
    twenty = next(one for one in told(wb, TANAH_LAUT) if percent("20", language) in one)
    assert "27 kampung" in twenty and "10" in twenty
    found = kkbgeo.patterns.progress(wb, draws=99)
    assert found.targets["raise_share"].loc[TANAH_LAUT, ["needed", "gap"]].tolist() == [27, 10]
    assert found.targets["advanced"].loc[TANAH_LAUT, "needed"] == 81  # 60 % of 135
    page = progress_page(wb, found, language)
    said = page.html()
    titles = [one["title"] for one in page.sections if one["key"].startswith("target-") and one["title"]]
    for asked, title in zip(("20", "60", "7"), titles, strict=False):
        assert percent(asked, language) in title
    old = re.findall(r"(?<![\d.,])(?:5|40) ?%", " ".join([*titles, *page.sentences, *told(wb, TANAH_LAUT)]))
    assert old == []
    for url in ("borneotrend.com", "postkalimantan.com", "kalimantanpost.com", "jurnalkaltim.com"):
        assert url in said
    was, now = (checksum(one, "kemajuan-dan-target") for one in (kkbgeo.Workbench(), wb))
    assert was != now


def test_a_progress_page_without_targets_says_that_none_is_named(tmp_path):
    wb = with_changed(tmp_path, "reference/targets.csv", lambda rows: rows.clear())
    assert wb.table("regency", ["kkb_target_needed"]).states("kkb_target_needed") == {"not_reported": 56}
    page = progress_page(wb, kkbgeo.patterns.progress(wb, draws=99), "en")
    assert sum("no source of these data names a target" in one for one in page.sentences) == 3
    assert next(one["key"] for one in page.sections if one["key"].startswith("target-")) == "target-prevalence"


@pytest.mark.parametrize(("column", "value"), [("code", "Berau"), ("goal", "x"), ("target", "many"), ("source_id", "")])
def test_a_wrong_row_is_refused_by_its_number(tmp_path, column, value):
    wb = with_changed(tmp_path, "reference/targets.csv", lambda rows: rows[1].update({column: value}))
    with pytest.raises(CodeError, match=r"targets\.csv, row 3"):
        read_targets(wb.data)


def test_a_workspace_without_targets_names_none(tmp_path):
    data = copied_data(tmp_path / "data")
    for path in (data / "reference").glob("targets.csv*"):
        path.unlink()
    wb = kkbgeo.Workbench(data)
    assert "5 %" not in " ".join(told(wb, BALANGAN) + told(wb, BERAU))


def test_a_doubted_record_is_left_out_for_the_reason_that_the_table_gives(wb):
    table = wb.words(counts(wb, BERAU)).astype(str)
    row = table[table.apply(lambda one: one.str.startswith("58").any(), axis=1)].iloc[0]
    fate = row[text("profiles.column.status", wb.language)]
    record = next(one for one in wb.rows("kampung_counts", BERAU) if one.record_id == "count-061")
    assert wb.words(doubt_said(record.doubt, record.doubt_kind)) in fate
    assert any("58 berkelanjutan" in one and fate in one for one in told(wb, BERAU))


def test_a_rejected_record_sets_no_date_until_it_is_no_longer_doubted(tmp_path, wb):
    assert newest_date(wb, BERAU) == "2024-12-11"

    def trust(rows):
        next(row for row in rows if row["record_id"] == "count-061").update(doubt="", doubt_kind="")

    trusted = with_changed(tmp_path, "records/kampung_counts.csv", trust)
    assert newest_date(trusted, BERAU) == "2025-10-31"


def test_a_doubted_record_that_is_used_sets_the_date(tmp_path):
    def doubt(rows):
        for row in rows:
            if row["code"] == TANAH_LAUT and row["as_of"] == "2025-07-31":
                row["doubt"] = "rounded"

    assert newest_date(with_changed(tmp_path, "records/kampung_counts.csv", doubt), TANAH_LAUT) == "2025-07-31"


def test_the_date_of_the_whole_is_that_of_a_record_in_use(wb):
    date = newest_date(wb, wb.gazetteer.whole.code)
    dated = [
        one
        for name in wb.record_tables
        if name != "population_area"
        for one in wb.rows(name)
        if one.as_of == date and (pd.isna(one.doubt) or not one.doubt)
    ]
    assert dated
