"""The facts of November 2026: what is known where, which figure of a conflict is chosen and by which rule."""

from __future__ import annotations

import math
from collections import Counter

import pandas as pd
import pytest

from kkbgeo.measures.observe import of_portal, portal_dates, portal_panel
from kkbgeo.records.tables import CLASSES
from kkbgeo.regions.codes import parent_of

FIRST, LAST = "2022-06-13", "2023-08-28"
#: The portal on 28 August 2023: registered, dasar, berkembang, mandiri, berkelanjutan.
PROVINCES = {
    "61": (388, 303, 49, 15, 21),
    "62": (309, 94, 103, 18, 94),
    "63": (787, 608, 105, 23, 51),
    "64": (438, 263, 97, 18, 60),
    "65": (96, 83, 9, 1, 3),
}
#: Area, indicator, the figure chosen, those that conflict with it, and what decided: the other is doubted, a publisher
#: of better rank, or the figure that most publishers give.
CONFLICTS = [
    ("61.08", "ski_2023", 31.0, {19.0}, "doubt"),
    ("61.08", "ssgi_2024", 28.6, {15.1}, "doubt"),
    ("64.08", "ssgi_2024", 26.9, {20.6}, "doubt"),
    ("62.12", "ssgi_2024", 15.8, {21.0}, "doubt"),
    ("63.72", "ssgi_2022", 18.0, {22.1}, "id"),
    ("65.04", "ski_2023", 15.1, {15.7}, "most"),
    ("65.71", "ssgi_2021", 25.9, {25.6}, "doubt"),
    ("65.71", "ssgi_2022", 15.4, {15.0, 15.6}, "doubt"),
    ("62.08", "ssgi_2022", 21.8, {21.08}, "doubt"),
    ("61.10", "ssgi_2024", 35.2, {35.3}, "doubt"),
    ("63.03", "ssgi_2021", 40.2, {40.6, 40.02, 42.2}, "rank"),
]


def rivals(wb, code: str, key: str, as_of: str = "") -> list:
    """The records of an area that may give an indicator, each with what became of it."""
    table = wb.table("regency", [key], within=code, as_of=as_of or None)
    joined = table.near[key]
    found = [(one, joined.verdicts[one.row][0]) for one in joined.observations if one.code == code and one.eligible]
    return [(one, status) for one, status in found if status != "out_of_scope"]


@pytest.mark.parametrize(
    ("key", "known", "unknown"),
    [
        ("stunting_prevalence_ssgi_2021", 56, set()),
        ("stunting_prevalence_ssgi_2022", 54, {"62.06", "63.01"}),
        ("stunting_prevalence_ski_2023", 52, {"62.04", "64.11", "61.04", "65.03"}),
        ("stunting_prevalence_ssgi_2024", 56, set()),
        ("kkb_class_total", 56, set()),
        ("kkb_registered", 56, set()),
        ("kkb_registered_advanced_share", 56, set()),
        ("kkb_risen_share", 56, set()),
    ],
)
def test_so_many_regencies_are_known(wb, key, known, unknown):
    table = wb.table("regency", [key])
    states = dict(zip(table.labels, table.column(key, "state"), strict=True))
    assert sum(state in ("value", "zero") for state in states.values()) == known
    assert {code for code, state in states.items() if state == "not_reported"} == unknown


def test_aid_is_told_of_52_regencies_and_of_none_in_four(wb):
    told = {parent_of(one.code, "regency") for one in wb.rows("aid_events") if one.code.count(".")}
    without = set(wb.gazetteer.codes("regency")) - told
    assert (len(told), without) == (52, {"61.01", "61.10", "61.11", "62.07"})


def test_two_thousand_villages_have_a_class_and_a_mere_name_is_not_reported(wb):
    cells = wb.table("village", ["kkb_village_class"]).cells
    classed = cells[cells["state"] == "value"]
    assert len(classed) >= 1_950
    assert set(classed["text"]) == set(CLASSES)
    named = cells[(cells["state"] == "not_reported") & (cells["record_id"] != "")]
    assert set(named["code"]) == {"61.04.16.2007", "65.71.01.1001"}  # all others have a class since
    assert (named["text"] == "").all() and (named["source_id"] != "").all()
    assert set(cells["state"]) == {"value", "not_reported"}
    assert cells["value"].isna().all()  # a class is a word and has no number


def test_the_portal_by_province_is_what_it_was(wb):
    keys = ["kkb_registered", *(f"kkb_registered_{name}" for name in CLASSES)]
    provinces = wb.table("province", keys)
    assert {code: tuple(int(provinces.cell(code, key)["value"]) for key in keys) for code in PROVINCES} == PROVINCES
    regencies = wb.table("regency", keys).frame[keys]
    sums = regencies.groupby(regencies.index.str[:2]).sum().astype(int)
    assert {code: tuple(row) for code, row in zip(sums.index, sums.to_numpy().tolist(), strict=True)} == PROVINCES
    assert {provinces.cell(code, key)["as_of"] for code in PROVINCES for key in keys} == {LAST}


@pytest.mark.parametrize("date", [FIRST, LAST])
def test_the_kampung_of_an_export_are_those_that_it_counts(wb, date):
    listed: dict[str, Counter] = {}
    for one in wb.rows("kampung"):
        if of_portal(one) and one.as_of == date:
            listed.setdefault(one.code[:5], Counter())[one.class_level] += 1
    counted = {one.code: one for one in wb.rows("kampung_counts")
               if of_portal(one) and one.as_of == date and one.level == "regency"}  # fmt: skip
    assert len(counted) == len(listed) == 56
    for code, one in counted.items():
        assert [listed[code][name] for name in CLASSES] == [getattr(one, name) for name in CLASSES], code
        assert sum(listed[code].values()) == one.total


def test_every_kampung_of_the_portal_lies_in_a_village_of_its_own(wb):
    rows = [one for one in wb.rows("kampung") if of_portal(one)]
    assert len(rows) == 3_345
    assert {one.level for one in rows} == {"village"}
    assert max(Counter((one.code, one.as_of) for one in rows).values()) == 1


def test_the_same_kampung_moved_and_the_share_that_rose_counts_them(wb):
    rows = wb.rows("kampung")
    dates = portal_dates(rows, wb.as_of)
    assert dates == [FIRST, LAST]
    first, last = portal_panel(rows, dates)
    both = first.keys() & last.keys()
    steps = [CLASSES.index(last[one].class_level) - CLASSES.index(first[one].class_level) for one in both]
    assert (len(both), sum(step > 0 for step in steps), sum(step < 0 for step in steps)) == (1_324, 333, 21)
    table = wb.table("regency", ["kkb_risen_share"])
    used = table.report[table.report["status"] == "used"]
    assert int(used["value"].sum()) == 333
    assert int(used["value"].notna().sum()) == 1_324
    samarinda = [last[one].class_level != first[one].class_level for one in both if one.startswith("64.72.")]
    assert table.cell("64.72", "kkb_risen_share")["value"] == pytest.approx(100 * 55 / len(samarinda))


def test_before_the_second_export_nothing_can_have_risen(wb):
    table = wb.table("regency", ["kkb_risen_share", "kkb_registered"], as_of="2022-12-31")
    assert table.states("kkb_risen_share") == {"not_reported": 56}
    assert set(table.column("kkb_registered", "as_of")) == {"2022-12-26"}  # one export for all areas


def test_what_is_formed_is_never_what_is_registered(wb):
    table = wb.table("regency", ["kkb_total", "kkb_registered"])
    portal = set(wb.sources.index[wb.sources["publisher_kind"] == "portal_export"])
    for code in table.labels:
        assert not portal & set(table.cell(code, "kkb_total")["source_id"].split())
        assert portal == set(table.cell(code, "kkb_registered")["source_id"].split())


def test_classes_of_an_area_come_from_one_record_the_newest_that_gives_them(wb):
    keys = [f"kkb_{name}" for name in CLASSES]
    table = wb.table("regency", keys)
    for code in table.labels:
        records = {table.cell(code, key)["record_id"] for key in ("kkb_class_total", *keys)}
        assert len(records) == 1, code
    assert [int(table.cell("63.01", key)["value"]) for key in keys] == [93, 25, 3, 14]  # 2025, above the portal's 2023
    assert table.cell("63.01", "kkb_class_total")["as_of"] == "2025-07-31"
    assert Counter(table.column("kkb_class_total", "as_of"))[LAST] == 53


@pytest.mark.parametrize(("code", "survey", "chosen", "others", "rule"), CONFLICTS)
def test_a_conflict_of_surveys_is_in_the_account_and_the_written_rule_chose(wb, code, survey, chosen, others, rule):
    key = f"stunting_prevalence_{survey}"
    told = rivals(wb, code, key)
    (used,) = [one for one, status in told if status == "used"]
    against = [one for one, status in told if status == "conflicting"]
    assert used.value == chosen
    assert {one.value for one in against} == others
    cell = wb.table("regency", [key], within=code).cell(code, key)
    assert (cell["value"], cell["conflicts"]) == (chosen, len(against))
    if rule == "doubt":
        assert not used.doubt and all(one.doubt for one in against)
    elif rule == "rank":
        assert all(one.doubt or one.rank > used.rank for one in against)
    elif rule == "most":
        voices = {value: {one.publisher for one, _ in told if one.value == value} for value in (chosen, *others)}
        assert all(len(voices[chosen]) > len(voices[value]) for value in others)
    else:  # nothing else tells them apart: both are doubted, and of one rank
        assert used.doubt and all(one.doubt and one.rank == used.rank for one in against)
        assert used.record_id < min(one.record_id for one in against)


def test_two_breakdowns_of_bontang_on_one_day_conflict(wb):
    told = rivals(wb, "64.74", "kkb_berkembang", as_of="2022-09-22")
    (used,) = [one for one, status in told if status == "used"]
    assert (used.value, used.source_id) == (2.0, "bkkbn-portal-export")  # rank 3 before the press
    assert [(one.value, one.rank) for one, status in told if status == "conflicting"] == [(3.0, 4)]


def test_two_numbers_of_families_at_risk_on_one_page_conflict(wb):
    told = rivals(wb, "61.06", "families_at_risk")
    assert {(one.value, status) for one, status in told if status in ("used", "conflicting")} == {
        (30674.0, "conflicting"), (37831.0, "used"),
    }  # fmt: skip


def test_a_newer_figure_of_the_same_kind_stands_before_one_of_the_first_reports(wb):
    told = rivals(wb, "63.71", "kkb_total")
    assert [(one.value, one.as_of) for one, status in told if status == "used"] == [(52.0, "2025-11-06")]
    assert (44.0, "superseded") in {(one.value, status) for one, status in told}


def test_copies_of_one_table_are_one_publisher(wb):
    sources = wb.sources
    copies = sources[sources["copy_of"] != ""]
    assert set(sources[sources["publisher_kind"] == "transcription"]["rank"]) == {4}
    assert {"kemenkes-2024", "bapanas-fsva-2022"} <= set(copies["copy_of"])
    rows = [one for one in wb.rows("prevalence") if one.source_id in copies.index]
    assert len(rows) > 150
    assert {one.publisher for one in rows} <= set(copies["copy_of"])


def test_targets_that_differ_stand_side_by_side(wb):
    kalsel = {(one.period, one.target) for one in wb.targets if one.code == "63" and one.goal == "prevalence"}
    assert {("2023", 21.51), ("2023", 18.1), ("2024", 17.27), ("2024", 14.0)} <= kalsel
    nation = {(one.period, one.target) for one in wb.targets if one.code == ""}
    assert {("2025", 18.8), ("2029", 14.2), ("2045", 5.0)} <= nation
    assert {one.reading for one in wb.targets} == {"as_printed", "second_hand"}
    assert all(one.source_id in wb.sources.index for one in wb.targets)


def test_every_doubt_of_the_project_has_a_kind_and_its_words(wb):
    for name in wb.record_tables:
        frame = wb.records(name)
        assert ((frame["doubt"] == "") == (frame["doubt_kind"] == "")).all(), name


def test_no_share_is_a_number_where_its_parts_are_unknown(wb):
    table = wb.table("regency", ["kkb_advanced_share", "kkb_registered_advanced_share", "kkb_registered_coverage"])
    for cell in table.cells.to_dict("records"):
        assert (cell["state"] == "not_reported") == math.isnan(cell["value"])
    shares = table.frame[["kkb_registered_advanced_share", "kkb_registered_coverage"]]
    assert shares.map(lambda share: 0 <= share <= 100).all(axis=None)
    assert pd.Series(table.column("kkb_registered_advanced_share", "as_of")).eq(LAST).all()
