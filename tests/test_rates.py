"""Rates and targets: worked examples of the literature, R's spdep, and what must hold for any counts."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from spatialkit import REFERENCE, grid, reference_case

from kkbgeo import spatial
from kkbgeo.errors import ParameterError
from kkbgeo.measures import rates, targets

WITNESS = json.loads((REFERENCE / "spdep.json").read_text())["empirical_bayes"]


# Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I.
@pytest.mark.parametrize(
    ("x", "n", "method", "low", "high"),
    [
        (81, 263, "wilson", 0.2553, 0.3662),
        (15, 148, "wilson", 0.0624, 0.1605),
        (0, 20, "wilson", 0.0, 0.1611),
        (1, 29, "wilson", 0.0061, 0.1718),
        (81, 263, "exact", 0.2527, 0.3676),
        (15, 148, "exact", 0.0578, 0.1617),
        (0, 20, "exact", 0.0, 0.1684),
        (1, 29, "exact", 0.0009, 0.1776),
    ],
)
def test_intervals_are_those_of_newcombe(x, n, method, low, high):
    row = rates.intervals(pd.Series({"a": x}), pd.Series({"a": n}), method=method).iloc[0]
    assert (round(row["low"], 4), round(row["high"], 4)) == (low, high)


@given(st.integers(0, 60), st.integers(1, 60), st.sampled_from(["wilson", "exact"]))
def test_an_interval_holds_its_share_and_stays_between_zero_and_one(x, n, method):
    x = min(x, n)
    row = rates.intervals(pd.Series({"a": x}), pd.Series({"a": n}), method=method).iloc[0]
    assert 0 <= row["low"] <= row["share"] <= row["high"] <= 1


def test_the_exact_interval_covers_at_least_what_it_says():
    n, p = 25, 0.1
    found = rates.intervals(pd.Series(range(n + 1)), pd.Series([n] * (n + 1)), method="exact")
    covered = (found["low"] <= p) & (p <= found["high"])
    assert stats.binom.pmf(np.arange(n + 1), n, p)[covered].sum() >= 0.95


def test_missing_counts_and_empty_denominators_have_no_rate():
    found = rates.intervals(pd.Series({"a": 1, "b": np.nan, "c": 0}), pd.Series({"a": 10, "b": 10, "c": 0}))
    assert found["share"].isna().to_dict() == {"a": False, "b": True, "c": True}
    assert found.loc[["b", "c"], ["low", "high"]].isna().all().all()
    assert found["small"].to_dict() == {"a": True, "b": False, "c": False}


def test_impossible_counts_are_refused():
    for x, n in (({"a": 5}, {"a": 4}), ({"a": -1}, {"a": 4}), ({"a": 1}, {"b": 4})):
        with pytest.raises(ParameterError):
            rates.intervals(pd.Series(x), pd.Series(n))
    with pytest.raises(ParameterError):
        rates.intervals(pd.Series({"a": 1}), pd.Series({"a": 4}), method="wald")


def test_empirical_bayes_is_that_of_spdep():
    values, graph = reference_case("nc")
    x = pd.Series(WITNESS["events"], index=values.index)
    n = pd.Series(WITNESS["births"], index=values.index)
    assert rates.smooth(x, n).to_numpy() == pytest.approx(np.array(WITNESS["global"]), rel=1e-9)
    local = spatial.smooth_locally(x, n, graph)["smoothed"].to_numpy()
    assert local == pytest.approx(np.array(WITNESS["local"]), rel=1e-9)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=2, max_size=20))
def test_smoothing_never_leaves_the_range_of_the_shares(rows):
    x = pd.Series([min(a, b) for a, b in rows], dtype=float)
    n = pd.Series([b for _, b in rows], dtype=float)
    found = rates.smooth(x, n)
    share = (x / n).where(n > 0)
    assert (found.isna() == share.isna()).all()
    if found.notna().any():
        assert found.min() >= 0
        assert share.min() - 1e-9 <= found.min() and found.max() <= share.max() + 1e-9


def test_local_smoothing_names_what_it_leaves_out():
    codes, graph = grid(5, 5)
    n = pd.Series(100.0, index=codes)
    x = pd.Series(10.0, index=codes)
    x[["000.001", "001.000"]] = np.nan
    n["004.004"] = 0
    x["004.004"] = 0
    table = spatial.smooth_locally(x, n, graph)
    assert table["label"].value_counts().to_dict() == {"smoothed": 21, "not-reported": 3, "no-neighbours": 1}
    assert table.loc[table["label"] == "smoothed", "smoothed"].to_numpy() == pytest.approx(0.1)


def test_a_funnel_is_wide_for_small_areas_and_noise_stays_inside():
    rng = np.random.default_rng(3)
    n = pd.Series([20] * 500 + [2000] * 500)
    x = pd.Series(rng.binomial(n, 0.2))
    table = rates.funnel(x, n)
    assert (table["warning_high"] - table["warning_low"]).iloc[0] > 5 * (
        table["warning_high"] - table["warning_low"]
    ).iloc[-1]
    assert (table["verdict"] != "within").mean() < 0.06
    assert table["verdict"].str.startswith("very").mean() < 0.006
    x[999] = 700
    assert rates.funnel(x, n)["verdict"].iloc[-1] == "very high"


def test_ranks_of_equal_areas_cannot_be_told_apart_and_of_different_ones_can():
    n = pd.Series([20] * 28 + [2000] * 28, index=[f"{i:02d}" for i in range(56)])
    x = pd.Series(np.random.default_rng(1).binomial(n, 0.2), index=n.index)
    found = rates.ranks(x, n)
    assert found["told_apart"].iloc[:28].mean() < 0.2  # the odd extreme draw of 28 stands out by chance
    assert (found["rank_high"] - found["rank_low"]).iloc[:28].median() > 28
    clear = rates.ranks(pd.Series(range(100, 1900, 100)), pd.Series([2000] * 18))
    assert clear["told_apart"].all()
    assert (clear["rank_low"] <= clear["rank"]).all() and (clear["rank"] <= clear["rank_high"]).all()
    shuffled = rates.ranks(x.sample(frac=1, random_state=2), n)
    pd.testing.assert_frame_equal(shuffled.reindex(found.index), found)


def test_ranks_leave_out_what_is_not_reported():
    found = rates.ranks(pd.Series({"a": 1, "b": np.nan, "c": 3}), pd.Series({"a": 9, "b": 9, "c": 9}))
    assert found["rank"].isna().to_dict() == {"a": False, "b": True, "c": False}
    assert found["rank"].max() == 2


def test_the_two_readings_of_five_per_cent_differ():
    total, before, after = (pd.Series({"63.01": value}) for value in (135, 17, 17))
    assert targets.share_target(after, total, percent=5).loc["63.01", "state"] == "reached"
    assert targets.rise_target(before, after, total, 5).loc["63.01", ["needed", "gap", "state"]].tolist() == [
        7,
        7,
        "not-reached",
    ]


def test_targets_by_hand():
    found = targets.share_target(
        pd.Series({"a": 18, "b": 44, "c": np.nan}), pd.Series({"a": 110, "b": 110, "c": 50}), 40, years=2
    )
    assert found["needed"].tolist()[:2] == [44, 44] and found["gap"].tolist()[:2] == [26, 0]
    assert found["pace"].tolist()[:2] == [13, 0]
    assert found["state"].tolist() == ["not-reached", "reached", "not-reported"]
    # 5 % of 140 is 7 exactly.
    assert targets.share_target(pd.Series({"a": 7}), pd.Series({"a": 140}), percent=5)["state"].tolist() == ["reached"]
    ceiling = targets.prevalence_target(
        pd.Series({"a": 14.0, "b": 24.0, "c": np.nan}),
        years=4,
        standard_error=pd.Series({"a": 2.0, "b": 2.0, "c": 2.0}),
    )
    assert ceiling["state"].tolist() == ["reached", "not-reached", "not-reported"]
    assert ceiling["pace"].tolist()[1] == 2.5 and ceiling["sure"].tolist() == [False, True, False]
    for wrong in (0, 140):
        with pytest.raises(ParameterError):
            targets.prevalence_target(pd.Series({"a": 1.0}), percent=wrong)


def test_surveys_of_other_instruments_or_without_errors_tell_no_change():
    verdict = targets.survey_difference(30, 20, 1, 1, same_instrument=False)["verdict"]
    assert verdict == "another-instrument"
    assert targets.survey_difference(30, 20, same_instrument=True)["verdict"] == "no-standard-error"
    assert targets.survey_difference(22, 20, 1, 1, same_instrument=True)["verdict"] == "no-evidence"
    assert targets.survey_difference(20, 24, 1, 1, same_instrument=True)["verdict"] == "higher"


@pytest.mark.parametrize(
    "limits", [(95, 99), (0.998, 0.95), (0.95,), 0.95, (0.95, 1.0), (np.nan, 0.998), ("a", "b"), None]
)
def test_funnel_limits_in_per_cent_or_swapped_are_refused(limits):
    x, n = pd.Series({"a": 2, "b": 300}), pd.Series({"a": 4, "b": 2000})
    with pytest.raises(ParameterError, match=r"(?s)limits must be.*\(0.95, 0.998\)"):
        rates.funnel(x, n, limits=limits)
    with pytest.raises(ParameterError, match="limits"):
        rates.funnel_limits(0.5, 100, limits=limits)


def test_wrong_settings_of_rates_are_refused():
    x, n = pd.Series({"a": 2, "b": 300}), pd.Series({"a": 4, "b": 2000})
    for draws in (0, -1, 98, 1000.0, "4"):
        with pytest.raises(ParameterError, match="draws must be"):
            rates.ranks(x, n, draws=draws)
    for level in (90, 0, 1, np.nan, "0.9"):
        for measure in (rates.ranks, rates.intervals):
            with pytest.raises(ParameterError, match=r"(?s)level must lie.*0.95"):
                measure(x, n, level=level)
    with pytest.raises(ParameterError, match="seed"):
        rates.ranks(x, n, seed=-1)
    for largest in (np.inf, np.nan, 0):
        with pytest.raises(ParameterError, match="largest"):
            rates.funnel_limits(0.5, largest)
    for measure in (rates.intervals, rates.funnel, rates.ranks, rates.smooth):
        with pytest.raises(ParameterError, match=r"infinite.*whole, b"):
            measure(x, n.astype(float).replace(2000, np.inf))
        with pytest.raises(ParameterError, match="a holds '2'"):
            measure(x.map(str), n)
        with pytest.raises(ParameterError, match="Series"):
            measure([2, 300], n)
        with pytest.raises(ParameterError, match="same codes"):
            measure(x, pd.concat([n, n]))


def test_a_rank_lies_inside_its_own_interval():
    found = rates.ranks(pd.Series({"a": 0, "b": 1, "c": 5, "d": 5}), pd.Series({"a": 1, "b": 1, "c": 5, "d": 1e9}))
    assert found.loc["a", "rank"] == 4 and found.loc["a", "rank_high"] == 4
    assert (found["rank_low"] <= found["rank"]).all() and (found["rank"] <= found["rank_high"]).all()


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2000)), min_size=1, max_size=8))
def test_a_rank_lies_inside_its_own_interval_for_any_counts(rows):
    x, n = pd.Series([float(a) for a, _ in rows]), pd.Series([float(a + b) for a, b in rows])
    found = rates.ranks(x, n, draws=99).dropna()
    assert ((found["rank_low"] <= found["rank"]) & (found["rank"] <= found["rank_high"])).all()


def test_areas_told_apart_can_be_chosen_although_some_are_not_reported():
    x, n = pd.Series({"a": 1, "b": np.nan, "c": 900}), pd.Series({"a": 1000, "b": 9, "c": 1000})
    found = rates.ranks(x, n)
    assert str(found["told_apart"].dtype) == "boolean" and pd.isna(found.loc["b", "told_apart"])
    assert list(found[found.told_apart].index) == ["a", "c"]


def test_impossible_prevalences_years_and_errors_are_refused():
    good = pd.Series({"63.01": 21.0, "63.02": 14.5})
    with pytest.raises(ParameterError, match=r"(?s)shares.*per cent: 100"):
        targets.prevalence_target(good / 100)
    for wrong in (-3.0, 140.0):
        with pytest.raises(ParameterError, match=r"63.02"):
            targets.prevalence_target(good.replace(14.5, wrong))
    for wrong in (-2, np.nan, np.inf, "5"):
        with pytest.raises(ParameterError, match="years"):
            targets.prevalence_target(good, years=wrong)
        with pytest.raises(ParameterError, match="years"):
            targets.share_target(pd.Series({"a": 1}), pd.Series({"a": 2}), 40, years=wrong)
        with pytest.raises(ParameterError, match="years"):
            targets.rise_target(*[pd.Series({"a": 1})] * 3, 5, years=wrong)
    with pytest.raises(ParameterError, match=r"standard error is below 0: 63.01"):
        targets.prevalence_target(good, standard_error=pd.Series({"63.01": -1.0, "63.02": 1.0}))
    for errors in ((-1.0, 1.0), (1.0, -1.0), (np.inf, 1.0), (None, 1.0)):
        with pytest.raises(ParameterError, match="se_"):
            targets.survey_difference(30, 24, *errors, same_instrument=True)
    # A small figure beside others is a figure, a whole without cases has nothing to refuse.
    assert targets.prevalence_target(pd.Series({"a": 0.4, "b": 21.0}))["state"].tolist() == ["reached", "not-reached"]
    assert targets.prevalence_target(pd.Series({"a": 0.0, "b": np.nan}))["state"].tolist() == [
        "reached",
        "not-reported",
    ]
