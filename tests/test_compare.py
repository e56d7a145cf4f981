"""`kkbgeo compare`: figures side by side, no interval and no rank on complete counts, every refusal with its reason."""

from __future__ import annotations

import csv

import pytest
from typer.testing import CliRunner

import kkbgeo
from kkbgeo.cli import app
from kkbgeo.errors import CodeError, KkbgeoError, ParameterError
from kkbgeo.patterns import comparing, comparing_told

RUN = CliRunner()
DEFAULT = comparing.compared(kkbgeo.Workbench())


@pytest.fixture(scope="module")
def wb():
    return kkbgeo.Workbench(language="en")


def test_figures_of_different_years_are_shown_and_not_compared(wb):
    found = kkbgeo.patterns.compare(wb, ["63.01", "64.03"], ["kkb_advanced_share"])
    share = found.of("kkb_advanced_share")
    assert share["value"].round(1).tolist() == [12.6, 16.4] and share["as_of"].tolist() == ["2025-07-31", "2024-12-11"]
    assert not found.verdicts.at["kkb_advanced_share", "comparable"]
    assert "dates" in found.verdicts.at["kkb_advanced_share", "reasons"]
    assert share[["part", "whole"]].to_numpy().tolist() == [[17, 135], [18, 110]]
    assert "12.6 (17 of 135) · 31 July 2025" in wb.words(comparing_told.summary(wb, found)).iloc[0].tolist()


def test_a_complete_count_has_neither_interval_nor_rank(wb):
    assert not any("rank" in one or one == "small" for one in comparing.COLUMNS)
    everyone = wb.gazetteer.codes("regency")[:20]
    counted = [key for key, one in wb.catalogue.items() if one.by_office and one.kind != "class"]
    found = kkbgeo.patterns.compare(wb, everyone, counted)
    assert found.table["value"].notna().sum() > 20
    assert found.table[["low", "high"]].isna().all(axis=None)
    reasons = {one for given in found.verdicts["reasons"] for one in given}
    assert reasons <= {"too-few", "undated", "dates", "reported", "doubt", "size", "complete"}
    page = comparing_told.compare_page(wb, found).to("en").html()
    assert 'id="peringkat"' not in page and "may be chance" not in page
    for code, cell in found.of("kkb_coverage").iterrows():
        if cell["value"] == cell["value"]:
            assert cell["value"] == pytest.approx(100 * cell["part"] / cell["whole"]), code


def test_where_every_village_is_a_kampung_there_is_no_difference(wb):
    full, other = ["63.01", "64.03"], ["63.01", "63.72"]  # 135 of 135, 110 of 110, 13 of 20
    complete, not_so = (kkbgeo.patterns.compare(wb, codes, ["kkb_coverage"]) for codes in (full, other))
    assert "complete" in complete.verdicts.at["kkb_coverage", "reasons"]
    assert "complete" not in not_so.verdicts.at["kkb_coverage", "reasons"]
    said = wb.words(comparing_told.warnings(wb, complete))
    assert any("all are 100%, so that there is no difference" in one for one in said)


def test_one_survey_is_compared_with_care_and_two_never(wb):
    found = kkbgeo.patterns.compare(wb, ["64.03", "62.04", "63.01"])
    survey = found.of("stunting_prevalence_ssgi_2022")
    assert found.verdicts.at["stunting_prevalence_ssgi_2022", "comparable"]
    assert "no-error" in found.verdicts.at["stunting_prevalence_ssgi_2022", "reasons"]
    # Nothing is known of its error.
    assert survey[["low", "high"]].isna().all(axis=None)
    assert survey.loc["63.01", "state"] == "not_reported"
    assert ("stunting_prevalence_ssgi_2022", "stunting_prevalence_ski_2023") in found.pairs
    rounds = {one.indicator: one for one in wb.rounds}
    of_rounds = [pair for pair in found.pairs if set(pair) <= set(rounds)]
    assert len(of_rounds) == 2 * 4 + 3 * 1  # Riskesdas against the others, SSGI against SKI
    assert all(rounds[one].instrument != rounds[other].instrument for one, other in of_rounds)
    said = wb.words(comparing_told.warnings(wb, found))
    assert sum("different instruments" in one for one in said) == 1
    assert not [one for one in said if one.count("Prevalence of stunting, ") > 1]


def test_every_indicator_has_a_row_per_area_and_every_figure_a_source(wb):
    found = kkbgeo.patterns.compare(wb, ["63.01", "64.03", "62.04"])
    assert len(found.table) == 3 * len(DEFAULT) and set(found.table["indicator"]) == set(DEFAULT)
    known = found.table[found.table["value"].notna()]
    assert (known["source_id"] != "").all() and (known["publisher"] != "").all()
    assert found.table[found.table["value"].isna()]["as_of"].eq("").all()


def test_the_default_sets_the_portal_side_by_side_and_no_share_of_mixed_dates():
    assert "kkb_advanced_share" not in DEFAULT
    assert DEFAULT.index("kkb_registered_advanced_share") < DEFAULT.index("kkb_total")


@pytest.mark.parametrize("codes", [["61", "63", "65"], ["63.11.01", "63.11.02"]])
def test_provinces_and_districts_are_compared_too(wb, codes):
    found = kkbgeo.patterns.compare(wb, codes)
    assert found.codes == tuple(codes) and len(comparing_told.warnings(wb, found))
    assert comparing_told.compare_page(wb, found).html().count("<h1>") == 1


@pytest.mark.parametrize(
    ("codes", "error", "said"),
    [
        (["63.01"], ParameterError, "2 to 20"),
        (["63.01", "63.01"], ParameterError, "2 to 20"),
        (["63", "63.01"], ParameterError, "levels"),
        (["63.01", "62.1"], CodeError, "62.10"),
    ],
)
def test_wrong_areas_are_refused(wb, codes, error, said):
    with pytest.raises(error, match=said):
        kkbgeo.patterns.compare(wb, codes)


def test_wrong_indicators_are_refused(wb):
    for wrong in ("kkb_village_class", "stuntin"):
        with pytest.raises(ParameterError):
            kkbgeo.patterns.compare(wb, ["63.01", "64.03"], [wrong])


def test_the_command_tells_the_table_and_the_refusals():
    done = RUN.invoke(app, ["compare", "63.01", "64.03", "62.04", "--language", "en"])
    assert done.exit_code == 0
    assert "May not be compared: Coverage" in done.output and "different years (2024, 2025)" in done.output
    assert "rank" not in done.output.lower()
    indonesian = RUN.invoke(app, ["compare", "63.01", "64.03"])
    assert "Tidak boleh dibandingkan" in indonesian.output and "tahun yang berbeda" in indonesian.output


def test_the_files_hold_every_figure_with_its_source_and_what_speaks_against_it(tmp_path):
    sheet, page = tmp_path / "a.csv", tmp_path / "a.html"
    for out in (sheet, page):
        assert RUN.invoke(app, ["compare", "63.01", "64.03", "--out", str(out)]).exit_code == 0
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * len(DEFAULT)
    first = next(one for one in rows if one["indicator"] == "kkb_coverage" and one["code"] == "63.01")
    assert (first["part"], first["whole"], first["low"], first["high"]) == ("135.0", "135.0", "", "")
    assert first["comparable"] == "no" and "dates" in first["reasons"] and first["url"].startswith("http")
    html = page.read_text(encoding="utf-8")
    assert "Tidak boleh dibandingkan" in html and "May not be compared" in html
    assert "Kabupaten Tanah Laut" in html and "http-equiv" in html


@pytest.mark.parametrize("codes", ["63.01,64.03", "63.01 64.03", ["63.01,64.03"], ["63.01,", "64.03"], "63.01, 64.03;"])
def test_codes_may_be_parted_by_commas(wb, codes):
    assert kkbgeo.patterns.compare(wb, codes, ["population"]).codes == ("63.01", "64.03")


def test_the_command_takes_commas_and_says_what_to_do():
    done = RUN.invoke(app, ["compare", "63.01,64.03", "--language", "en", "--indicator", "population"])
    assert done.exit_code == 0 and "Tanah Laut" in done.output
    with pytest.raises(ParameterError, match=r"What to do: .*spaces or commas"):
        RUN.invoke(app, ["compare", "63.01"], catch_exceptions=False)


@pytest.mark.parametrize("out", ["x.pdf", "none/x.csv"])
def test_a_file_of_another_kind_is_refused_before_anything_is_told(tmp_path, out):
    done = RUN.invoke(app, ["compare", "63.01", "64.03", "--out", str(tmp_path / out)])
    assert isinstance(done.exception, ParameterError) and done.exception.hint
    assert "Tanah Laut" not in done.output


def test_other_files_are_refused(wb, tmp_path):
    found = kkbgeo.patterns.compare(wb, ["63.01", "64.03"], ["population"])
    for wrong in (tmp_path / "a.pdf", tmp_path / "none" / "a.csv"):
        with pytest.raises(KkbgeoError):
            comparing_told.save(wb, found, wrong)


def test_dates_before_all_reports_compare_nothing():
    wb = kkbgeo.Workbench(as_of="2015")
    found = kkbgeo.patterns.compare(wb, ["63.01", "64.03"], ["kkb_total", "stunting_prevalence_ssgi_2022"])
    assert not found.verdicts["comparable"].any()
    assert "Tidak ada angka" in comparing_told.compare_page(wb, found).html()
