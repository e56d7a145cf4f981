"""The correlation that knows its areas are neighbours: against plain R, under the null, and with areas missing."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from spatialkit import REFERENCE

from kkbgeo import spatial
from kkbgeo.errors import BoundaryError, CodeError, ParameterError
from kkbgeo.spatial.correlation import correlate
from kkbgeo.spatial.sample import TooFewAreasError

SAYS = json.loads((REFERENCE / "modified_t.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def regencies():
    points = pd.read_csv(REFERENCE / "kalimantan_points.csv", dtype={"code": str}).set_index("code")
    shapes = gpd.points_from_xy(points["longitude"], points["latitude"]).buffer(0.01)
    return gpd.GeoDataFrame(geometry=shapes, index=points.index, crs=4326)


@pytest.fixture(scope="module")
def surveys():
    return pd.read_csv(REFERENCE / "kalimantan_values.csv", dtype={"code": str}).set_index("code")


@pytest.mark.parametrize("case", [one for one in SAYS if one != "versions"])
def test_the_figures_are_those_of_plain_r(case, regencies, surveys):
    method, _, classes = case.partition("-")
    found = correlate(surveys["first"], surveys["second"], regencies, method=method, classes=int(classes))
    row, says = found.table.iloc[0], SAYS[case]
    for name in ("areas", "correlation", "effective_areas", "t", "p", "p_naive"):
        if (name, method) != ("p_naive", "spearman"):
            assert row[name] == pytest.approx(says[name], rel=2e-3), name
    assert row["p"] >= row["p_naive"] and row["low"] < row["correlation"] < row["high"]


def fields(kilometres, rng, areas, count):
    """Maps that change slowly: exponential covariance."""
    from kkbgeo.spatial.correlation import _kilometres

    away = _kilometres(areas)
    root = np.linalg.cholesky(np.exp(-away / kilometres) + 1e-9 * np.eye(len(areas)))
    return root @ rng.normal(size=(len(areas), count))


@pytest.mark.slow
@pytest.mark.parametrize("kilometres", [1, 250])
def test_unrelated_maps_seldom_correlate_however_slowly_they_change(kilometres, regencies):
    rng = np.random.default_rng(11)
    first, second = fields(kilometres, rng, regencies, 300), fields(kilometres, rng, regencies, 300)
    found = []
    for at in range(300):
        one, other = pd.Series(first[:, at], regencies.index), pd.Series(second[:, at], regencies.index)
        found.append(correlate(one, other, regencies).table.iloc[0])
    found = pd.DataFrame(found)
    # 300 maps at 5 %: up to 9 % in 99.9 % of cases; the simulation of the docstring gives 4 to 7 %.
    assert (found["p"] <= 0.05).mean() <= 0.09
    assert ((found["p_naive"] <= 0.05).mean() > 0.25) == (kilometres == 250)
    inside = (found["low"] <= 0) & (found["high"] >= 0)
    assert inside.mean() >= 0.90


@pytest.mark.slow
def test_a_real_relation_is_found(regencies):
    rng = np.random.default_rng(2)
    shared, noise = fields(100, rng, regencies, 60), rng.normal(size=(56, 60))
    hits = 0
    for at in range(60):
        one = pd.Series(shared[:, at], regencies.index)
        hits += correlate(one, one + 0.5 * noise[:, at], regencies).verdict == "positive"
    assert hits >= 57


def test_order_scale_and_projection_do_not_matter(regencies, surveys):
    found = correlate(surveys["first"], surveys["second"], regencies).table.iloc[0]
    turned = correlate(surveys["second"][::-1] / 3 - 7, surveys["first"], regencies[::-1].to_crs(3857)).table.iloc[0]
    assert np.allclose(found.to_numpy(float), turned.to_numpy(float), rtol=1e-4)


def test_missing_figures_stay_out_and_are_counted(regencies, surveys):
    cut = surveys["first"].copy()
    known = surveys.dropna(subset=["first", "second"]).index
    cut[known[0]] = np.nan
    full, less = (correlate(one, surveys["second"], regencies).table.iloc[0] for one in (surveys["first"], cut))
    assert less["areas"] == full["areas"] - 1 and less["not_reported"] == full["not_reported"] + 1
    alone = surveys.loc[known[1:]]
    again = correlate(alone["first"], alone["second"], regencies).table.iloc[0]
    assert again["p"] == less["p"]


def test_too_few_and_constant_figures_give_a_sentence_and_no_number(regencies, surveys):
    few = surveys.dropna().head(12)
    with pytest.raises(TooFewAreasError):
        correlate(few["first"], few["second"], regencies)
    told = correlate(few["first"], few["second"], regencies, few="tell")
    assert told.verdict == "too-few" and told.table[["correlation", "p"]].isna().all(axis=None)
    assert "12" in told.sentence("id") and "20" in told.sentence("en")
    flat = correlate(surveys["first"] * 0 + 1, surveys["second"], regencies)
    assert flat.verdict == "constant" and flat.sentence("en")


def test_a_relation_that_the_neighbours_explain_is_called_not_robust(regencies):
    points = regencies.geometry.representative_point()
    rng = np.random.default_rng(0)
    slope = pd.Series(points.x, regencies.index)
    found = [correlate(slope + rng.normal(0, 1.5, 56), -slope + points.y + rng.normal(0, 4, 56), regencies)
             for _ in range(40)]  # fmt: skip
    verdicts = {one.verdict for one in found}
    assert "not-robust" in verdicts
    told = next(one for one in found if one.verdict == "not-robust")
    assert "not once the likeness of neighbours" in told.sentence("en") and "tidak terbukti" in told.sentence("id")


def test_wrong_calls_are_refused(regencies, surveys):
    with pytest.raises(ParameterError):
        correlate(surveys["first"], surveys["second"], regencies, method="kendall")
    with pytest.raises(CodeError):
        correlate(surveys["first"], surveys["second"], regencies.drop("61.01"))
    with pytest.raises(ParameterError):
        correlate(surveys["first"] * np.inf, surveys["second"], regencies)
    broken = regencies.copy()
    broken.loc["61.01", "geometry"] = None
    with pytest.raises(BoundaryError):
        correlate(surveys["first"], surveys["second"], broken)
    assert spatial.correlate is correlate


def test_figures_that_are_none_are_refused(regencies, surveys):
    first, second = surveys["first"], surveys["second"]
    with pytest.raises(ParameterError, match="no number"):
        correlate(first.map(str), second, regencies)
    with pytest.raises(ParameterError, match="Series"):
        correlate(first, surveys, regencies)
    cut = first.dropna()
    cut.index = range(6101, 6101 + len(cut))
    with pytest.raises(CodeError, match=r"(?s)no area for 6101.*What to do: Codes are text"):
        correlate(cut, cut, regencies)
