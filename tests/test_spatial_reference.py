"""Against R's spdep (tests/reference/spdep.R), esda and worked examples: the same figures from other hands."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from spatialkit import REFERENCE, pysal_says, reference_case

from kkbgeo import spatial

WITNESS = json.loads((REFERENCE / "spdep.json").read_text())
CASES = [key for key in WITNESS if key != "versions"]


@pytest.fixture(scope="module", params=CASES)
def case(request):
    values, graph = reference_case(request.param)
    return values, graph, WITNESS[request.param]


def test_the_witness_says_its_versions_and_covers_four_data_sets_in_three_states():
    assert set(WITNESS["versions"]) == {"R", "spdep", "sf", "spData"}
    assert len(CASES) == 12


def test_global_measures_are_those_of_spdep(case):
    values, graph, said = case
    for measure, key in ((spatial.global_moran, "moran"), (spatial.global_geary, "geary"), (spatial.global_g, "g")):
        row = measure(values["first"], graph).table.iloc[0]
        statistic, expected, variance = said[key]
        assert row["areas"] == said["n"]
        assert row["statistic"] == pytest.approx(statistic, rel=1e-10)
        assert row["expected"] == pytest.approx(expected, rel=1e-10)
        # The spread under permutation is spdep's analytic one, within the error of 999 draws.
        assert row["permutation_sd"] == pytest.approx(np.sqrt(variance), rel=0.1)
        assert abs(row["permutation_mean"] - expected) < 0.15 * np.sqrt(variance)


def test_permutation_p_of_moran_is_that_of_spdep(case):
    values, graph, said = case
    upper = said["moran_mc_p_upper"]  # one-sided, of 9,999
    p = spatial.global_moran(values["first"], graph, permutations=9_999).table["p"].iloc[0]
    assert p == pytest.approx(2 * min(upper, 1 - upper), abs=0.02)


def test_the_same_areas_are_left_out_as_by_subsetting_in_spdep(case):
    values, graph, said = case
    table = spatial.local_moran(values["first"], graph).table
    tested = table.index[~table["label"].isin(["no-neighbours", "not-reported"])]
    assert sorted(tested) == sorted(said["codes"])


def test_local_moran_is_that_of_spdep(case):
    values, graph, said = case
    table = spatial.local_moran(values["first"], graph, permutations=9_999, correction="none").table.loc[said["codes"]]
    assert table["statistic"].to_numpy() == pytest.approx(np.array(said["local_moran"]), rel=1e-9, abs=1e-12)
    theirs = np.array(said["local_p"])
    # Two random samples, of 9,999 and 4,999, differ by their Monte Carlo error alone.
    half = np.maximum(theirs, 0.001) / 2
    error = 2 * np.sqrt(half * (1 - half) * (1 / 9_999 + 1 / 4_999))
    assert (np.abs(table["p"].to_numpy() - theirs) <= 4.5 * error).all()


def test_gi_and_gi_star_are_those_of_spdep(case):
    values, graph, said = case
    for star, key in ((False, "gi"), (True, "gi_star")):
        table = spatial.local_g(values["first"], graph, star=star).table.loc[said["codes"]]
        assert table["z"].to_numpy() == pytest.approx(np.array(said[key]), rel=1e-8, abs=1e-10)


def test_join_counts_are_those_of_spdep(case):
    values, graph, said = case
    classes = values["class"].where(values["first"].notna())
    table = spatial.join_counts(classes, graph, ["a", "b", "c", "d"]).table
    ours = {f"{max(a, b)}:{min(a, b)}": row for row in table.itertuples() for a, b in [(row.first, row.second)]}
    seen = 0
    theirs = said["joins"]
    for name, count, expected, variance in zip(
        theirs["name"], theirs["count"], theirs["expected"], theirs["variance"], strict=True
    ):
        if name == "Jtot":
            continue
        mine = ours[":".join(sorted(name.split(":"), reverse=True))]
        assert mine.joins == pytest.approx(count)
        assert mine.expected == pytest.approx(expected)
        assert mine.permutation_sd == pytest.approx(np.sqrt(variance), rel=0.12)
        seen += 1
    assert seen == len(table) == 10


def test_two_variables_are_those_of_spdep(case):
    values, graph, said = case
    lee = spatial.global_lee(values["first"], values["second"], graph).table.iloc[0]
    assert lee["areas"] == said["lee_n"]
    assert lee["statistic"] == pytest.approx(said["lee"], rel=1e-9)
    crossed = spatial.bivariate_moran(values["first"], values["second"], graph).table.iloc[0]
    assert crossed["statistic"] == pytest.approx(said["bivariate"], rel=1e-9)


def test_moran_in_columbus_is_the_figure_of_the_literature():
    # Anselin, "Spatial Regression Analysis in R: A Workbook" (2005), pp. 18-20: queen neighbours, rows standardised.
    values, graph = reference_case("columbus")
    crime = spatial.global_moran(values["first"], graph, permutations=9_999).table.iloc[0]
    assert crime["statistic"] == pytest.approx(0.485770914, abs=1e-9)
    assert crime["permutation_sd"] ** 2 == pytest.approx(0.008991121, rel=0.05)
    income = spatial.global_moran(values["second"], graph).table.iloc[0]
    assert income["statistic"] == pytest.approx(0.416837942, abs=1e-9)


def test_esda_agrees_where_it_can_be_trusted():
    # No island, nothing missing: there a second library of our own language says the same.
    values, graph = reference_case("columbus")
    x, said = values["first"], pysal_says()
    assert spatial.global_moran(x, graph).table["statistic"].iloc[0] == pytest.approx(said["moran"])
    assert spatial.global_geary(x, graph).table["statistic"].iloc[0] == pytest.approx(said["geary"])
    ours = spatial.global_lee(x, values["second"], graph).table["statistic"].iloc[0]
    assert ours == pytest.approx(said["lee"])


def test_where_esda_errs_ours_does_not():
    # An island is a significant "cluster" for esda; one missing value makes everything nan, with p at its smallest.
    values, graph = reference_case("columbus_island")
    island = graph.isolates[0]
    assert spatial.local_moran(values["first"], graph).table.loc[island, "label"] == "no-neighbours"
    values, graph = reference_case("columbus_missing")
    assert np.isfinite(spatial.global_moran(values["first"], graph).table["statistic"].iloc[0])


def test_the_committed_kalimantan_figures_are_those_of_the_records(wb):
    committed, graph = reference_case("kalimantan")
    frame = wb.table("regency", ["stunting_prevalence_ssgi_2022", "stunting_prevalence_ssgi_2021"]).frame
    for column, key in (("first", "stunting_prevalence_ssgi_2022"), ("second", "stunting_prevalence_ssgi_2021")):
        pd.testing.assert_series_equal(
            committed[column].sort_index(), frame[key].sort_index(), check_names=False, check_index_type=False,
            check_dtype=False,
        )  # fmt: skip
    ours = spatial.neighbours(wb.areas("regency"))
    assert set(map(tuple, ours.adjacency.reset_index()[["focal", "neighbor"]].to_numpy())) == set(
        map(tuple, graph.adjacency.reset_index()[["focal", "neighbor"]].to_numpy())
    )
