"""Surveys side by side: what is known, why no change is told, and what standard errors would allow."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

import kkbgeo
from kkbgeo.errors import ParameterError
from kkbgeo.language import words
from kkbgeo.maps.multiples import small_multiples
from kkbgeo.patterns.surveys import surveys_side_by_side
from kkbgeo.records.intervals import ERRORS

DATA = Path(__file__).parents[1] / "data"
R13, R18, S21, S22, K23, S24 = (one.indicator for one in kkbgeo.Workbench().rounds)


@pytest.fixture(scope="module")
def english():
    return kkbgeo.Workbench(language="en")


@pytest.fixture(scope="module")
def found(english):
    return surveys_side_by_side(english)


def test_the_areas_known_in_each_survey_are_those_of_the_file(found):
    records = pd.read_csv(DATA / "records" / "prevalence.csv", dtype=str, keep_default_na=False)
    regencies = records[(records["level"] == "regency") & (records["prevalence_percent"] != "")]
    counted = (regencies["survey"] + " " + regencies["year"]).groupby(regencies["code"]).unique().explode()
    assert found.known["known"].to_dict() == {
        survey: int((counted == survey).sum())
        for survey in ("Riskesdas 2013", "Riskesdas 2018", "SSGI 2021", "SSGI 2022", "SKI 2023", "SSGI 2024")
    }
    assert len(found.table) == 6 * 56
    assert (found.table["prevalence"].isna() == (found.table["state"] == "not_reported")).all()
    assert found.table["standard_error"].isna().all()


def test_no_source_prints_a_standard_error_or_a_sample_size():
    """The refusal rests on this: should a source come that does, it must be taken up."""
    records = pd.read_csv(DATA / "records" / "prevalence.csv", dtype=str, keep_default_na=False)
    assert len(records) > 500
    assert (records[list(ERRORS)] == "").all(axis=None)


def test_without_standard_errors_no_difference_is_told_and_other_instruments_never(found):
    differences = found.differences
    assert differences[["difference", "low", "high"]].isna().all().all()
    other = differences["first"].str.split().str[0] != differences["second"].str.split().str[0]
    known = differences["verdict"] != "not-reported"
    assert set(differences[other & known]["verdict"]) == {"another-instrument"}
    assert set(differences[~other & known]["verdict"]) == {"no-standard-error"}
    assert len(differences) == 15 * 56
    assert found.verdicts.to_numpy().sum() == 15 * 56
    assert len(found.changes()) == 1
    assert "For no area can it be said" in words(found.changes(), "en")[0]
    assert "tidak dapat dikatakan" in words(found.changes(), "id")[0]
    cautions = " ".join(words(found.cautions(), "en"))
    assert "different instruments" in cautions and "neither sample sizes nor standard errors" in cautions


def test_standard_errors_from_a_report_give_the_difference_of_the_textbook(english):
    """South Kalimantan: 30.0 in SSGI 2021, 24.6 in SSGI 2022; with errors of 0.8 the half width is 1.96 · 0.8 · √2."""
    errors = {
        S21: pd.Series({"63": 0.8, "64": 0.8}),
        S22: pd.Series({"63": 0.8, "64": 0.8}),
        K23: pd.Series({"63": 0.1}),
    }
    found = surveys_side_by_side(english, "province", standard_errors=errors)
    mine = found.differences[found.differences["code"] == "63"].set_index(["first", "second"])
    row = mine.loc[("SSGI 2021", "SSGI 2022")]
    assert row["verdict"] == "lower"
    assert row["difference"] == pytest.approx(-5.4)
    assert (row["low"], row["high"]) == (pytest.approx(-5.4 - 2.2174, abs=1e-3), pytest.approx(-5.4 + 2.2174, abs=1e-3))
    # Another instrument stays another instrument, however small its error; without one of two errors nothing is told.
    assert mine.loc[("SSGI 2022", "SKI 2023"), "verdict"] == "another-instrument"
    assert pd.isna(mine.loc[("SSGI 2022", "SKI 2023"), "difference"])
    assert mine.loc[("SSGI 2022", "SSGI 2024"), "verdict"] == "no-standard-error"
    said = english.words(found.changes())
    assert said[0].startswith("Provinsi Kalimantan Selatan: SSGI 2022 is 5.4 points lower than SSGI 2021")
    assert "no evidence" in said[1] and "no proof" in said[1]  # East Kalimantan: 22.8 and 23.9
    assert said[2].startswith("2 differences were tested")
    assert "SSGI 2021, SSGI 2022" in english.words(found.cautions()[1])


@pytest.mark.parametrize(
    "wrong",
    [
        {"stunting_prevalence_ssgi_2020": pd.Series({"63.01": 1.0})},
        {S21: pd.Series({"63.99": 1.0})},
        {S21: pd.Series({"63.01": 0.0})},
        {S21: pd.Series([1.0, 1.0], index=["63.01", "63.01"])},
    ],
    ids=["survey", "area", "zero", "twice"],
)
def test_errors_of_nothing_known_are_refused(english, wrong):
    with pytest.raises(ParameterError):
        surveys_side_by_side(english, standard_errors=wrong)


def test_the_page_table_marks_doubt_and_conflict_and_leaves_no_hole(english, found):
    table = english.words(found.page_table()).set_index("Area")
    assert table.shape == (56, 6)
    assert not table.isna().to_numpy().any()
    sambas = ["51.3", "39.0", "32.6", "30.5 (1 conflicting figure)", "30.8", "36.4"]
    assert table.loc["Kabupaten Sambas"].tolist() == sambas
    assert table.loc["Kabupaten Ketapang"].tolist()[2:] == ["23.6", "22.3", "–", "17.9"]  # SKI 2023 was withheld
    assert table.loc["Kabupaten Tanah Laut", ["SSGI 2022 (%)", "SSGI 2024 (%)"]].tolist() == ["–", "22.5"]
    assert table.loc["Kabupaten Tanah Laut", "SKI 2023 (%)"].startswith("41.7 (doubted: said in a speech only")
    assert not table.map(lambda cell: cell.startswith("0")).to_numpy().any()


def test_the_pictures_share_one_legend_and_their_shapes_and_their_counts_add_up_to_all_areas(found):
    picture, table = words(found.pictures(), "en")
    assert str(picture).count("<svg") == 7 and str(picture).count("<path id=") == 56
    assert all(name in str(picture) for name in ("SSGI 2021", "SSGI 2022", "SKI 2023", "SSGI 2024"))
    ids = re.findall(r'id="([^"]+)"', str(picture))
    assert len(ids) == len(set(ids))
    used = re.findall(r'(?:href="|url\()#([^")]+)', str(picture))
    assert set(used) <= set(ids) and sum(one.startswith("shape-") and one[6].isdigit() for one in used) == 6 * 56
    assert table.iloc[:, 1:].astype(int).sum().tolist() == [56] * 6
    assert table.set_index("Class").loc["Not reported"].astype(int).tolist() == [0, 0, 0, 2, 4, 0]


def test_layers_with_other_classes_are_not_set_side_by_side(english):
    from kkbgeo.maps import numeric_layer

    table = english.table("regency", [S21, "aid_events"])
    layers = [numeric_layer(table.indicator(key), table.cells) for key in (S21, "aid_events")]
    with pytest.raises(ParameterError, match="different classes"):
        small_multiples(table.areas, layers, titles={S21: "a", "aid_events": "b"}, title="t")
    with pytest.raises(ParameterError, match="at least two"):
        small_multiples(table.areas, layers[:1], titles={}, title="t")
