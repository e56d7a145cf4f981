"""The record tables: nothing lost, figures that check each other, and messages that name the cell."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from kkbgeo import provenance
from kkbgeo.errors import RecordError, SourceError
from kkbgeo.paths import CHECKOUT
from kkbgeo.records.periods import Period, definition_of, period_of
from kkbgeo.records.read import ADDED, check, read_all, read_table, read_text, table_names, table_of, table_path
from kkbgeo.records.sources import RANKS, read_sources
from kkbgeo.records.tables import CLASSES, TABLES
from kkbgeo.records.targets import read_targets
from kkbgeo.regions.gazetteer import Gazetteer

DATA = CHECKOUT / "data"
ROWS = {
    "kampung_counts": 822,
    "kampung": 3_524,
    "aid_events": 184,
    "at_risk_families": 37,
    "prevalence": 628,
    "population_area": 61,
}
REPORTS = {
    "press-000-balangan": "000_f5750fa504a8310d.txt",
    "press-001-tanah-laut": "001_090b06e062bfa123.txt",
    "press-002-berau": "002_f9a31639a5446f8e.txt",
    "press-003-barito-selatan": "003_70b99ffc18b46658.txt",
    "press-004-banjarmasin": "004_4aedf06e012c3598.txt",
}


@pytest.fixture(scope="module")
def records() -> dict[str, pd.DataFrame]:
    return read_all(DATA)


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    return Gazetteer.load(DATA)


@pytest.fixture(scope="module")
def sources() -> pd.DataFrame:
    return read_sources(DATA)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A data folder of one's own: records, sources and reference, sealed as committed."""
    for name in ("records", "reference"):
        shutil.copytree(DATA / name, tmp_path / name)
    for file in DATA.glob("sources.csv*"):
        shutil.copy(file, tmp_path)
    return tmp_path


def rows(frame: pd.DataFrame, **wanted: object) -> pd.DataFrame:
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
    return frame


# --- nothing lost -----------------------------------------------------------------------------------


def test_every_record_is_there_once_and_in_order(records):
    assert {name: len(frame) for name, frame in records.items()} == ROWS
    for name, frame in records.items():
        expected = [f"{TABLES[name].prefix}-{number:03d}" for number in range(1, len(frame) + 1)]
        assert frame["record_id"].tolist() == expected


@pytest.mark.parametrize("name", table_names())
def test_files_are_sealed_with_their_rows(name):
    assert provenance.verify(table_path(name, DATA)).rows == ROWS[name]


def test_each_table_is_read_with_its_columns_types_and_additions(records):
    kinds = {"count": "Int64", "number": "float64", "flag": "bool", "text": "str"}
    for name, frame in records.items():
        own = TABLES[name].columns
        assert list(frame.columns) == [*(column.name for column in own), *ADDED]
        assert {column.name: str(frame[column.name].dtype) for column in own} == {
            column.name: kinds[column.kind] for column in own
        }


def test_the_five_reports_are_sources_with_records(records, sources):
    assert dict(sources.loc[list(REPORTS), "document"]) == REPORTS
    used = {source for frame in records.values() for source in frame["source_id"]}
    assert set(REPORTS) <= used


# --- the five reports ---------------------------------------------------------------------------------


def test_tanah_laut_parts_make_the_total_and_four_reports_are_one_event(records, places):
    four = rows(records["kampung_counts"], event_id="tanah-laut-2025-07-31")
    assert four["source_id"].tolist()[0] == "press-001-tanah-laut"
    assert (len(four), set(four["code"]), set(four["top_term"])) == (4, {"63.01"}, {"paripurna"})
    for column, value in {"total": 135, "dasar": 93, "berkembang": 25, "mandiri": 3, "berkelanjutan": 14}.items():
        assert set(four[column]) == {value}
    assert (four[list(CLASSES)].sum(axis=1) == four["total"]).all()
    assert len(places.within("63.01", "village")) == 135


def test_the_rest_of_berau_is_not_stored(records, places):
    three = rows(records["kampung_counts"], event_id="berau-2024-12-11")
    assert (len(three), set(three["code"]), set(three["total"])) == (3, {"64.03"}, {110})
    assert three["dasar"].isna().all()
    assert set(three["about"]) == {True, False}  # one paper says "about 110"
    assert not records["kampung_counts"].isin([45]).loc[three.index].any(axis=None)
    assert len(places.within("64.03", "village")) == 110


def test_barito_selatan_names_fifteen_villages_in_all_its_six_districts(records, places):
    named = rows(records["kampung"], source_id="press-003-barito-selatan")
    assert named["level"].tolist() == ["village"] * 15
    assert named["code"].nunique() == 15
    assert sorted({places.parent(code) for code in named["code"]}) == places.children("62.04")
    printed = [name.replace("Gn.", "Gunung") for name in map(places.name, map(places.parent, named["code"]))]
    assert printed == named["district"].tolist()
    counted = rows(records["kampung_counts"], event_id="barito-selatan-2021")
    assert set(counted["total"]) == {15} and len(counted) == 2


def test_banjarmasin_and_pudak(records):
    (counted,) = rows(records["kampung_counts"], source_id="press-004-banjarmasin").to_dict("records")
    assert (counted["code"], counted["total"], counted["as_of"]) == ("63.71", 44, "2023-11-20")
    (aid,) = rows(records["aid_events"], source_id="press-000-balangan").to_dict("records")
    assert (aid["beneficiaries"], aid["unit"], aid["status"]) == (10, "families", "delivered")
    assert aid["code"].startswith("63.11.03.") and Gazetteer.load(DATA).label(aid["code"]) == "Desa Pudak"


# --- figures that check each other --------------------------------------------------------------------


def test_kalteng_2018_lists_every_regency_and_sums_to_278(records, places):
    listed = rows(records["kampung_counts"], source_id="antara-kalteng-2018-kalteng")
    regencies, province = rows(listed, level="regency"), rows(listed, level="province")
    assert sorted(regencies["code"]) == places.children("62")
    assert regencies["total"].sum() == 278
    assert province["total"].tolist() == [287] and "278" in province["doubt"].iloc[0]


def test_bontang_classes_make_its_fifteen_villages(records, places):
    (one,) = rows(records["kampung_counts"], source_id="pranala-2025-bontang").to_dict("records")
    assert sum(one[name] for name in CLASSES) == one["total"] == 15 == len(places.within(one["code"], "village"))
    assert one["derived"] == "total"


def test_totals_after_2022_never_exceed_the_villages(records, places):
    counts = records["kampung_counts"]
    after = counts[(counts["definition"] == "after_2022") & (counts["level"] == "regency") & counts["total"].notna()]
    villages = after["code"].map(lambda code: len(places.within(code, "village")))
    assert (after["total"] <= villages).all()
    complete = set(after.loc[after["total"] == villages, "regency"])
    assert complete >= {"Tanah Laut", "Berau", "Banjar", "Kota Samarinda", "Hulu Sungai Selatan", "Kotabaru"}
    assert complete >= {"Kotawaringin Timur", "Kota Bontang", "Balangan"}


@pytest.mark.parametrize("province", ["61", "62", "63", "64", "65"])
def test_regencies_add_up_to_their_province(records, places, province):
    people = records["population_area"].set_index("code")
    inside = people.loc[places.children(province)]
    for column in ("population_male", "population_female", "population_total"):
        assert inside[column].sum() == people.loc[province, column]
    assert inside["area_km2"].sum() == pytest.approx(people.loc[province, "area_km2"], abs=0.0005)


def test_population_covers_every_province_and_regency_under_its_own_name(records, places):
    people = records["population_area"]
    assert people["code"].tolist() == sorted(places.codes("province") + places.codes("regency"))
    printed = people["regency"].where(people["regency"] != "", people["province"])
    assert printed.tolist() == [places.label(code).removeprefix("Provinsi ") for code in people["code"]]


# --- events, doubts, editions ---------------------------------------------------------------------------


def test_events_join_several_reports_within_one_table(records):
    where: dict[str, list[tuple[str, str]]] = {}
    for name, frame in records.items():
        for event, record in zip(frame["event_id"], frame["record_id"], strict=True):
            if event:
                where.setdefault(event, []).append((name, record))
    assert all(len(reports) > 1 for reports in where.values())
    assert all(len({name for name, _ in reports}) == 1 for reports in where.values())
    assert len(where) == 34
    aid = records["aid_events"]
    same = aid["note"].str.contains("SAME EVENT|SAME PROGRAMME")
    assert same.sum() == 24 and (aid.loc[same, "event_id"] != "").all()


def test_conflicting_reports_of_one_event_are_all_kept(records):
    berau = rows(records["kampung_counts"], event_id="berau-2023-11-21")
    assert sorted(berau["total"]) == [73, 76]
    risk = rows(records["at_risk_families"], event_id="kalteng-pk21-2022")
    assert sorted(risk["families_at_risk"]) == [58923, 58933]
    assert risk.sort_values("rank")["source_id"].iloc[0].startswith("bkkbn-")
    lungau = rows(records["aid_events"], event_id="lungau-2022-06-28")
    assert sorted(lungau["as_of"]) == ["2022-06-22", "2022-06-28"]
    assert lungau.loc[lungau["as_of"] == "2022-06-22", "doubt"].str.contains("Wednesday").all()


def test_notes_that_speak_of_doubt_have_one(records):
    prevalence = records["prevalence"]
    suspicious = prevalence["note"].str.contains(
        "LOW CONFIDENCE|likely (?:a )?misprint|likely shifted|look swapped|rounded"
    )
    assert suspicious.sum() == 15
    assert (prevalence.loc[suspicious, "doubt"] != "").all()
    assert set(prevalence.loc[suspicious, "doubt_kind"]) == {"weak", "misprint", "shifted", "rounded", "undated"}
    only_unnamed = prevalence["note"].isin(["survey name not printed", "BKKBN figures; survey name not printed"])
    assert only_unnamed.any() and (prevalence.loc[only_unnamed, "doubt"] == "").all()


def test_numbers_of_other_units_are_no_beneficiaries(records):
    aid = records["aid_events"]
    other = aid["note"].str.contains("not people served")
    assert aid.loc[other, "beneficiaries"].isna().all() and set(aid.loc[other, "unit"]) <= {"kampung", "helpers", ""}
    unnamed = aid[other & (aid["unit"] == "")]
    assert unnamed["record_id"].tolist() == ["aid-135"] and "meal trays" in unnamed["note"].iloc[0]  # no word for trays
    planned = aid["note"].str.startswith("PLANNED")
    assert planned.sum() == 14 and set(aid.loc[planned, "status"]) == {"planned"}
    assert aid.loc[aid["note"].str.startswith("NOT AID"), "status"].tolist() == ["not_aid"]


def test_district_figures_are_not_regency_figures(records, places):
    risk = records["at_risk_families"]
    district = risk[risk["note"].str.contains("NOT the regency total")]
    assert [places.label(code).removeprefix("Kecamatan ") for code in district["code"]] == [
        "Sangatta Utara", "Muara Muntai",
        "Tanjung Redeb", "Sambaliung", "Segah", "Gunung Tabur", "Talisayan", "Kelay",  # six of the 13 of Berau
    ]  # fmt: skip
    part = rows(risk, scope="part")
    assert part["note"].str.contains("ACCOMPANIED|TARGETED").tolist() == [True, True]


def test_the_edition_follows_from_the_date_or_the_record_itself(records):
    told = {
        "kampung_counts": {
            "count-048": "after_2022",  # every village launched
            "count-051": "before_2022",  # its page number precedes one of November 2018
            "count-053": "before_2022",  # "Keluarga Berencana" in the address; page number before one of 2017
            "count-065": "before_2022",  # the week day fits 2020 only
            "count-087": "before_2022",  # its page number lies between those of 2019 and 2020; 343 in January 2020
        },
        "kampung": {
            **{f"kampung-{number:03d}": "before_2022" for number in (66, 67, *range(81, 90), 115)},
            "kampung-114": "after_2022",  # formed on 21 November 2022
            "kampung-165": "before_2022",  # a Tuesday 14 January: of 2019 as printed, or of 2020
            "kampung-176": "after_2022",  # the page's number lies behind one of August 2022
            "kampung-177": "after_2022",  # the same page
            "kampung-179": "before_2022",  # the page of count-087
        },
    }
    for name, exceptions in told.items():
        frame = records[name]
        by_date = [
            definition_of(Period(*period))
            for period in zip(frame["period_start"], frame["period_end"], frame["precision"], strict=True)
        ]
        differs = frame[frame["definition"] != by_date]
        assert dict(zip(differs["record_id"], differs["definition"], strict=True)) == exceptions
        assert set(differs["precision"]) == {"undated"}


def test_hamlets_and_named_classes(records):
    kampung = records["kampung"]
    hamlets = kampung[kampung["unit"] == "hamlet"]
    assert hamlets["level"].eq("village").all() and len(hamlets) == 14
    assert kampung.loc[kampung["class_reported"] == "paripurna", "class_level"].unique().tolist() == ["berkelanjutan"]
    assert kampung.loc[kampung["village"] == "Muara Siran", "status"].tolist() == ["planned"]


# --- periods ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2025-07-31", ("2025-07-31", "2025-07-31", "day")),
        ("2016-12", ("2016-12-01", "2016-12-31", "month")),
        ("2024-02", ("2024-02-01", "2024-02-29", "month")),
        ("2021", ("2021-01-01", "2021-12-31", "year")),
        ("", ("", "2026-11-22", "undated")),
    ],
)
def test_period(as_of, expected):
    assert period_of(as_of, compiled="2026-11-22") == expected


@pytest.mark.parametrize("wrong", ["2025-02-30", "2025-13", "31/07/2025", "2025-7-31", "25", " 2025", "2025-07-31T00"])
def test_a_wrong_date_is_no_period(wrong):
    with pytest.raises(ValueError):
        period_of(wrong)


def test_half_years_are_apart_and_undated_records_end_when_compiled(records):
    risk = rows(records["at_risk_families"], province="Kalimantan Selatan", as_of="2023")
    assert dict(zip(risk["semester"], risk["period_end"], strict=True)) == {"1": "2023-06-30", "2": "2023-12-31"}
    for name, frame in records.items():
        assert set(frame["precision"]) <= {"day", "month", "year", "undated"}
        undated = frame["precision"] == "undated"
        assert (undated == (frame["as_of"] == "")).all()
        compiled = provenance.read_source(table_path(name, DATA)).date
        assert set(frame.loc[undated, "period_end"]) <= {compiled}
        assert (frame.loc[~undated, "period_start"] <= frame.loc[~undated, "period_end"]).all()


# --- sources --------------------------------------------------------------------------------------------------


def test_every_source_is_used_and_ranked_by_the_rule(records, sources):
    used = {source for frame in records.values() for source in frame["source_id"]}
    used |= {one.source_id for one in read_targets(DATA)}
    assert used == set(sources.index) and len(sources) == 462
    assert (sources["rank"] == sources["publisher_kind"].map(RANKS)).all()
    assert sources.groupby("publisher")["publisher_kind"].nunique().max() == 1
    assert not sources.loc[sources["url"] != "", ["url", "document"]].duplicated().any()
    for frame in records.values():
        assert (frame["rank"].to_numpy() == sources.loc[frame["source_id"], "rank"].to_numpy()).all()


def test_publishers_of_one_family_rank_alike(sources):
    by_name = sources["publisher"].str
    assert set(sources.loc[by_name.startswith("Antara"), "rank"]) == {3}
    export = sources["publisher_kind"] == "portal_export"  # BKKBN's portal, but never released as such
    assert set(sources.loc[by_name.startswith("BKKBN") & ~export, "rank"]) == {1}
    assert sources.loc[export, ["publisher", "rank"]].to_numpy().tolist() == [["BKKBN, portal Kampung KB", 3]]
    assert set(sources.loc[by_name.startswith("Tribun") & ~by_name.contains("feed"), "rank"]) == {4}
    own_sites = sources["url"].str.contains(r"(?:kab|kota|prov|kalteng|hsu|sambas)\.go\.id/")
    own = sources.loc[own_sites, "rank"]
    assert len(own) > 20 and own[own != 2].to_dict() == {
        "bkpp-demak-2020-banjarmasin": 4,  # a ministry's table on the site of a regency of Java
        "kelurahan-website-2026-banjarbaru": 5,  # not the site but its source code
    }


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("rank", "2", "is not the rank of press: 4"),
        ("publisher_kind", "radio", "is not one of"),
        ("url", "okegas.id/x", "is no web address"),
        ("source_id", "press-002-berau", "stands in several rows"),
        ("source_id", "Okegas 2024", "small letters"),
    ],
)
def test_a_wrong_source_is_refused_by_row(copy, column, value, says):
    path = copy / "sources.csv"
    frame = provenance.read_csv(path)
    place = frame.index[frame["source_id"] == "okegas-2024-berau"][0]
    frame.loc[place, column] = value
    frame.to_csv(path, index=False, lineterminator="\n")
    provenance.seal(path)
    with pytest.raises(RecordError, match=says) as caught:
        read_sources(copy)
    assert f"row {place + 2}, column {column}" in str(caught.value)


# --- broken rows -------------------------------------------------------------------------------------------------

BROKEN = [
    ("kampung_counts", 3, {"total": "-15"}, "total", "-15", "whole number from 0 up"),
    ("kampung_counts", 3, {"total": "lima belas"}, "total", "lima belas", "whole number from 0 up"),
    ("kampung_counts", 3, {"total": "1.350"}, "total", "1.350", "no dot"),
    ("kampung_counts", 0, {"mandiri": "30"}, "total", "135", "add up to more than the total"),
    ("kampung_counts", 0, {"mandiri": "2"}, "total", "135", "add up to less than the total"),
    ("kampung_counts", 0, {"derived": "semua"}, "derived", "semua", "no figure"),
    ("kampung_counts", 0, {"top_term": "Paripurna"}, "top_term", "Paripurna", "paripurna, berkelanjutan"),
    ("kampung_counts", 0, {"about": "TRUE"}, "about", "TRUE", "neither true nor false"),
    ("kampung_counts", 0, {"as_of": "31/07/2025"}, "as_of", "31/07/2025", "is no date"),
    ("kampung_counts", 0, {"as_of": "2025-02-30"}, "as_of", "2025-02-30", "is no date"),
    ("kampung_counts", 1, {"record_id": "count-001"}, "record_id", "count-001", "several rows (2, 3)"),
    ("kampung_counts", 1, {"record_id": "2"}, "record_id", "2", "count-001"),
    ("kampung_counts", 0, {"source_id": "koran"}, "source_id", "koran", "no source of data/sources.csv"),
    ("kampung_counts", 0, {"source_id": ""}, "source_id", "", "must not be empty"),
    ("kampung_counts", 0, {"code": "62.99"}, "code", "62.99", "no place in the gazetteer"),
    ("kampung_counts", 0, {"code": "63.1"}, "code", "63.1", "not written as a region code"),
    ("kampung_counts", 0, {"code": "6301"}, "code", "6301", "not written as a region code"),
    ("kampung_counts", 0, {"level": "district"}, "level", "district", "not the level of the code"),
    ("kampung_counts", 0, {"place_reason": ""}, "place_reason", "", "must not be empty"),
    ("kampung_counts", 0, {"province": " Kalimantan Selatan"}, "province", " Kalimantan Selatan", "spaces"),
    ("kampung_counts", 0, {"event_id": "Tanah Laut"}, "event_id", "Tanah Laut", "no event id"),
    ("kampung", 26, {"class_reported": "utama"}, "class_reported", "utama", "not one of the words"),
    ("kampung", 25, {"class_level": "dasar"}, "class_level", "dasar", "not the class that was reported"),
    ("aid_events", 0, {"unit": ""}, "unit", "", "a number needs its unit"),
    ("aid_events", 6, {"beneficiaries": "15"}, "beneficiaries", "15", "no beneficiaries"),
    ("aid_events", 0, {"status": "given"}, "status", "given", "not one of the words"),
    ("at_risk_families", 6, {"families_total": "100"}, "families_at_risk", "80000", "more families at risk"),
    ("at_risk_families", 0, {"semester": "I"}, "semester", "I", "not one of the words"),
    ("prevalence", 0, {"prevalence_percent": "298"}, "prevalence_percent", "298", "is above 100"),
    ("prevalence", 0, {"prevalence_percent": "29,8"}, "prevalence_percent", "29,8", "with a dot"),
    ("prevalence", 0, {"prevalence_percent": ""}, "prevalence_percent", "", "must not be empty"),
    ("prevalence", 0, {"year": "2022"}, "year", "2022", "not the year in as_of"),
    ("prevalence", 0, {"survey": "ssgi"}, "survey", "ssgi", "Riskesdas, SSGI, SKI"),
    ("prevalence", 0, {"year": "2020", "as_of": "2020"}, "year", "2020", "no round of this survey"),
    ("population_area", 0, {"population_male": "1"}, "population_total", "5646268", "men and women"),
]


def cells_of(frame):
    return [list(frame.columns), *frame.to_numpy().tolist()]


@pytest.mark.parametrize(
    ("name", "place", "change", "column", "value", "says"),
    BROKEN,
    ids=[f"{name}-{column}-{value}" for name, _, _, column, value, _ in BROKEN],
)
def test_a_broken_cell_is_named(name, place, change, column, value, says, places, sources):
    frame = read_text(name, DATA)
    for key, text in change.items():
        frame.loc[place, key] = text
    with pytest.raises(RecordError) as caught:
        check(table_of(name, DATA), cells_of(frame), f"{name}.csv", places, sources)
    said = [one for one in caught.value.fields["problems"] if one["column"] == column and one["value"] == value]
    assert any(one["row"] == place + 2 and says in f"{one['problem']}. {one['hint']}" for one in said), caught.value
    message = str(caught.value)
    assert f'row {place + 2}, column {column}, value "{value}"' in message
    assert f"{name}.csv" in message and "What to do:" in message


@pytest.mark.parametrize("name", table_names())
def test_the_committed_tables_are_sound_as_text(name, places, sources):
    check(table_of(name, DATA), cells_of(read_text(name, DATA)), f"{name}.csv", places, sources)


def test_all_problems_come_at_once_in_row_order(places, sources):
    frame = read_text("kampung_counts", DATA)
    frame.loc[9, "total"] = "-1"
    frame.loc[4, "as_of"] = "kemarin"
    frame.loc[4, "source_id"] = "nobody"
    with pytest.raises(RecordError) as caught:
        check(TABLES["kampung_counts"], cells_of(frame), "kampung_counts.csv", places, sources)
    found = [(one["row"], one["column"]) for one in caught.value.fields["problems"]]
    assert found == [(6, "as_of"), (6, "source_id"), (11, "total")]
    assert caught.value.fields["row"] == 6 and caught.value.fields["value"] == "kemarin"


def test_a_wrong_header_is_told_before_the_rows(places, sources):
    frame = read_text("prevalence", DATA)
    frame.loc[0, "year"] = "-1"
    for changed, column, says in (
        (frame.drop(columns="survey"), "survey", "is missing"),
        (frame.assign(persen="1"), "persen", "no such column"),
        (frame[["province", *frame.columns.drop("province")]], "province", "not in its place"),
    ):
        with pytest.raises(RecordError) as caught:
            check(TABLES["prevalence"], cells_of(changed), "prevalence.csv", places, sources)
        problems = caught.value.fields["problems"]
        assert {one["row"] for one in problems} == {1}
        assert any(one["column"] == column and says in one["problem"] for one in problems)


def test_a_broken_file_is_refused_end_to_end(copy):
    path = table_path("prevalence", copy)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",29.8,", ",2980,", 1), encoding="utf-8")
    with pytest.raises(SourceError):
        read_table("prevalence", copy)
    provenance.seal(path)
    with pytest.raises(RecordError, match='row 2, column prevalence_percent, value "2980": is above 100'):
        read_table("prevalence", copy)


@pytest.mark.parametrize(
    ("breaking", "row", "cells"),
    [
        (lambda lines: [*lines, lines[1] + ",one too many"], 39, 19),
        (lambda lines: [*lines, lines[1].rsplit(",", 1)[0]], 39, 17),
        (lambda lines: [lines[0], *(f"x,{line}" for line in lines[1:])], 2, 19),
        (lambda lines: [*lines[:5], "", *lines[5:]], 6, 0),
    ],
    ids=["a comma too many", "cut short", "every row shifted", "an empty line"],
)
def test_uneven_rows_are_refused(copy, breaking, row, cells):
    path = table_path("at_risk_families", copy)
    frame = read_text("at_risk_families", copy).replace('[,"]', " ", regex=True)  # so that no cell needs quotes
    lines = [",".join(cells) for cells in ([*frame.columns], *frame.to_numpy().tolist())]
    path.write_text("\n".join(breaking(lines)) + "\n", encoding="utf-8")
    provenance.seal(path)
    with pytest.raises(RecordError, match=f"row {row}, has {cells} cells; the header has 18") as caught:
        read_table("at_risk_families", copy)
    assert caught.value.fields["row"] == row


def test_an_unknown_table_is_named_with_those_that_exist():
    with pytest.raises(RecordError, match="There is no record table 'aid'") as caught:
        read_table("aid", DATA)
    assert "aid_events" in caught.value.hint


def test_codes_stay_text_to_the_last_digit(records):
    for frame in records.values():
        assert frame["code"].map(type).eq(str).all()
    assert "62.10" in set(records["population_area"]["code"])
