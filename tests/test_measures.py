"""Catalogue, observations, derived figures: units, denominators, and no mixing of reports."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from kkbgeo.errors import ParameterError
from kkbgeo.measures import load_catalogue
from kkbgeo.measures.derive import derive, the_rest
from kkbgeo.measures.documented import markdown
from kkbgeo.measures.observe import common_of, observations
from kkbgeo.records.read import table_names
from kkbgeo.records.tables import CLASSES

CATALOGUE = load_catalogue()


def test_every_indicator_reads_a_table_that_exists_and_columns_it_has(wb):
    read = [one for one in CATALOGUE.values() if one.combine != "derived"]
    assert len(read) > 15
    for one in read:
        records = wb.records(one.table)
        wanted = {*one.where, *([one.column] if one.column else [])} - {"has_breakdown"}
        assert wanted <= set(records.columns), one.id
        for column in wanted & set(one.where):
            words = set(records[column].astype(str))
            assert words & set(one.where[column]), f"{one.id}: no record has {column} in {one.where[column]}"


def test_the_documentation_lists_every_indicator():
    page = (Path(__file__).parents[1] / "docs" / "indicators.md").read_text(encoding="utf-8")
    for key, one in CATALOGUE.items():
        assert f"| `{key}` | {one.label('en')}. {one.definition('en')} |" in page
    assert page == markdown(CATALOGUE), "run scripts/make_indicators.py"


def test_every_record_table_feeds_an_indicator():
    assert {one.table for one in CATALOGUE.values() if one.table} == set(table_names())


def test_what_may_not_be_compared_is_told_from_both_sides_for_the_two_counts():
    assert "kkb_total_before_2022" in CATALOGUE["kkb_total"].not_comparable
    assert "kkb_total" in CATALOGUE["kkb_total_before_2022"].not_comparable


def test_an_unknown_indicator_is_refused_with_the_likely_one():
    with pytest.raises(ParameterError, match="kkb_total") as caught:
        CATALOGUE["kkb_totl"]
    assert "kkb_total" in caught.value.fields["candidates"]
    assert "kkb_totl" not in CATALOGUE


@pytest.mark.parametrize("key", [key for key, one in CATALOGUE.items() if one.combine != "derived"])
def test_every_record_becomes_exactly_one_observation(wb, key):
    rows = list(wb.records(CATALOGUE[key].table).itertuples(index=False))
    common = common_of(rows, CATALOGUE[key], level="regency", as_of="9999-12-31")
    seen = observations(rows, CATALOGUE[key], common)
    assert [one.record_id for one in seen] == [one.record_id for one in rows]
    assert all((one.why == "") == one.eligible for one in seen)


def test_a_map_of_prevalence_is_of_one_survey(wb):
    for as_of in ("2021", "2022", "2023", "2024", ""):
        table = wb.table("regency", ["stunting_prevalence"], as_of=as_of)
        used = table.report[table.report["status"] == "used"]["record_id"]
        records = wb.records("prevalence").set_index("record_id").loc[used]
        assert len(records) >= 20
        assert len(set(zip(records["survey"], records["year"], strict=True))) == 1
        if as_of:
            assert set(records["year"].astype(str)) == {as_of}


@pytest.mark.parametrize(
    ("total", "classes", "told"),
    [
        (110, (None, 47, 2, 16), True),
        (110, (45, 47, 2, 16), True),
        (None, (1, 1, 1, 1), False),
        (15, (None, None, None, 7), False),
    ],
)
def test_a_breakdown_needs_a_total_and_three_classes(wb, total, classes, told):
    counts = wb.records("kampung_counts")
    one = counts[(counts["count_kind"] == "formed") & (counts["definition"] == "after_2022")].iloc[:1].astype(object)
    one[["total", *CLASSES]] = [[total, *classes]]
    (seen,) = observations(list(one.itertuples(index=False)), CATALOGUE["kkb_mandiri"])
    assert seen.eligible is told and ("has_breakdown is false" in seen.why) is not told


def cell(indicator: str, value: float, record: str = "r", **more) -> dict:
    base = {
        "code": "64.03", "indicator": indicator, "value": value, "text": "",
        "state": "not_reported" if math.isnan(value) else "value", "as_of": "2024", "record_id": record,
        "source_id": "s", "derived": False, "conflicts": 0, "doubt": "", "doubt_kind": "",
    }  # fmt: skip
    return {**base, **more}


def test_the_rest_is_derived_only_when_exactly_one_class_is_missing():
    given = {
        "kkb_class_total": 110,
        "kkb_dasar": math.nan,
        "kkb_berkembang": 47,
        "kkb_mandiri": 2,
        "kkb_berkelanjutan": 16,
    }

    def rest_of(figures: dict) -> dict | None:
        return the_rest({("64.03", key): cell(key, value) for key, value in figures.items()}, "64.03")

    mended = rest_of(given)
    said = [mended[name] for name in ("indicator", "value", "state", "derived")]
    assert said == ["kkb_dasar", 45.0, "value", True]
    assert rest_of(given | {"kkb_dasar": 45}) is None
    assert rest_of(given | {"kkb_mandiri": math.nan}) is None
    wrong = rest_of(given | {"kkb_berkembang": 147})
    assert wrong["state"] == "not_reported"
    assert "exceed" in wrong["doubt"]


def test_a_share_never_mixes_two_reports():
    indicator = CATALOGUE["kkb_advanced_share"]
    one = derive(indicator, [cell("kkb_advanced", 17), cell("kkb_class_total", 135)])
    assert one["value"] == pytest.approx(12.5926, abs=1e-4)
    mixed = derive(indicator, [cell("kkb_advanced", 58, "new"), cell("kkb_class_total", 110, "old")])
    assert (mixed["state"], mixed["doubt"]) == ("not_reported", "its parts come from different reports")
    missing = derive(indicator, [cell("kkb_advanced", math.nan), cell("kkb_class_total", 110)])
    assert missing["state"] == "not_reported"


@pytest.mark.parametrize(
    ("total", "advanced", "needed", "gap"), [(135, 17, 7, 0), (135, 2, 7, 5), (20, 0, 1, 1), (15, 8, 1, 0)]
)
def test_the_five_per_cent_target_in_kampung(total, advanced, needed, gap):
    cells = [cell("kkb_advanced", advanced), cell("kkb_class_total", total)]
    assert derive(CATALOGUE["kkb_target_needed"], cells[1:], percent=5)["value"] == needed
    assert derive(CATALOGUE["kkb_target_needed"], cells[1:])["state"] == "not_reported"  # no source names a target
    short = derive(CATALOGUE["kkb_target_gap"], cells, percent=5)
    assert (short["value"], short["state"]) == (gap, "value" if gap else "zero")
