"""Inequality and moves between classes: closed forms, PySAL's inequality and giddy, what is left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from spatialkit import classes, incomes, moves, pysal_says

from kkbgeo import spatial
from kkbgeo.errors import ParameterError
from kkbgeo.spatial.sample import TooFewAreasError

CLASSES = ["dasar", "berkembang", "mandiri", "berkelanjutan"]


@pytest.fixture(name="incomes")
def _incomes():
    return incomes()


def test_theil_and_gini_are_those_of_pysal(incomes):
    x, groups = incomes
    found, said = spatial.theil(x, groups, draws=99).table["value"], pysal_says()
    assert found["total"] == pytest.approx(said["theil"], rel=1e-6)
    assert found["between"] == pytest.approx(said["between"], rel=1e-6)
    assert found["within"] == pytest.approx(said["within"], rel=1e-6)
    assert spatial.gini(x, draws=99).table["value"].iloc[0] == pytest.approx(said["gini"], rel=1e-6)


def test_closed_forms_of_inequality():
    codes = [f"{i:02d}" for i in range(10)]
    one = pd.Series([0.0] * 9 + [5.0], index=codes)
    groups = pd.Series(["a"] * 5 + ["b"] * 5, index=codes)
    assert spatial.theil(one, groups, draws=99).table.loc["total", "value"] == pytest.approx(np.log(10))
    assert spatial.gini(one, draws=99).table["value"].iloc[0] == pytest.approx(0.9)
    same = pd.Series(2.0, index=codes)
    assert spatial.gini(same, draws=99).table.iloc[0].tolist() == pytest.approx([0, 0, 0])
    need = pd.Series(range(10), index=codes)
    assert spatial.concentration(one, need, draws=99).table["value"].iloc[0] == pytest.approx(0.9)
    assert spatial.concentration(one, -need, draws=99).table["value"].iloc[0] == pytest.approx(-0.9)
    # Equal need everywhere: nobody is needier, whatever the aid and the order of rows.
    assert spatial.concentration(one, need * 0, draws=99).table["value"].iloc[0] == pytest.approx(0)


def test_weights_count_as_so_many_areas(incomes):
    x, groups = incomes
    times = pd.Series(np.tile([1.0, 2.0], 20), index=x.index)
    doubled = pd.Series(np.repeat(x.to_numpy(), times.astype(int)))
    group = pd.Series(np.repeat(groups.to_numpy(), times.astype(int)))
    weighted, plain = spatial.theil(x, groups, times, draws=99).table["value"], spatial.theil(doubled, group, draws=99)
    pd.testing.assert_series_equal(weighted, plain.table["value"])
    assert spatial.gini(x, times, draws=99).table["value"].iloc[0] == pytest.approx(
        spatial.gini(doubled, draws=99).table["value"].iloc[0]
    )


def test_inequality_is_free_of_scale_and_order_and_its_interval_holds_it(incomes):
    x, groups = incomes
    there = spatial.theil(x, groups).table
    pd.testing.assert_frame_equal(there, spatial.theil(x.sample(frac=1, random_state=1), groups).table)
    pd.testing.assert_frame_equal(there, spatial.theil(x * 1000, groups).table)
    found = spatial.gini(x).table.iloc[0]
    assert found["low"] < found["value"] < found["high"]


def test_inequality_leaves_out_what_is_not_reported_and_refuses_too_few(incomes):
    x, groups = incomes
    gone = x.copy()
    gone.iloc[3] = np.nan
    found = spatial.theil(gone, groups, draws=99)
    assert (found.areas, found.not_reported) == (39, 1)
    pd.testing.assert_frame_equal(found.table, spatial.theil(x.drop(x.index[3]), groups, draws=99).table)
    for language in ("id", "en"):
        assert "39" in found.sentence(language) and str(found.seed) in found.sentence(language)
        assert "nan" not in spatial.concentration(x, gone, draws=99).sentence(language)
    with pytest.raises(TooFewAreasError):
        spatial.gini(x.iloc[:5])
    with pytest.raises(ParameterError):
        spatial.gini(x - 100)
    with pytest.raises(ParameterError, match="zero"):
        spatial.gini(x * 0)


def test_inequality_refuses_what_it_cannot_measure(incomes):
    x, groups = incomes
    endless, twice = x.copy(), pd.concat([x, x.iloc[:1]])
    endless.iloc[2] = np.inf
    for call in (
        lambda: spatial.gini(endless), lambda: spatial.theil(endless, groups), lambda: spatial.gini(x, endless),
        lambda: spatial.concentration(endless, x), lambda: spatial.concentration(x, endless),
    ):  # fmt: skip
        with pytest.raises(ParameterError, match="infinite"):
            call()
    for call in (
        lambda: spatial.theil(x, pd.concat([groups, groups.iloc[:1]])), lambda: spatial.gini(twice),
        lambda: spatial.concentration(x, twice), lambda: spatial.gini(x, twice),
    ):  # fmt: skip
        with pytest.raises(ParameterError, match=r"(?s)stands twice.*What to do"):
            call()
    for call in (lambda: spatial.gini(list(x)), lambda: spatial.theil(x, list(groups))):
        with pytest.raises(ParameterError, match="Series"):
            call()
    with pytest.raises(ParameterError, match="level"):
        spatial.gini(x, level=95)
    with pytest.raises(ParameterError, match="draws"):
        spatial.gini(x, draws=999.5)
    with pytest.raises(ParameterError, match="classes must be a Series"):
        spatial.transitions(["a"], ["b"], ["a", "b"])
    with pytest.raises(ParameterError, match="does not name"):
        spatial.transitions(pd.Series([1]), pd.Series([2]), [1, 3])


@pytest.mark.parametrize("seed", range(20))
def test_no_inequality_is_a_negative_zero(seed):
    x = pd.Series(np.random.default_rng(seed).uniform(1, 9, 30))
    one = pd.Series("63", index=x.index)
    for values in (x, x * 0 + x.iloc[0]):
        found = spatial.theil(values, one, draws=99)
        assert not np.signbit(found.table.to_numpy()).any()
        assert "-0" not in found.sentence("en") and "-0" not in found.sentence("id")


def named(ranks):
    return ranks.map(dict(enumerate(CLASSES)))


def test_transitions_are_those_of_giddy():
    before, after = moves()
    found, said = spatial.transitions(named(before), named(after), CLASSES), pysal_says()
    assert found.table["kampung"].to_numpy().reshape(4, 4).tolist() == said["transitions"]
    assert found.table["share"].to_numpy().reshape(4, 4) == pytest.approx(np.array(said["shares"]))
    assert (found.risen, found.fallen) == (int((after > before).sum()), 0)


def test_transitions_count_what_they_leave_out_and_refuse_unknown_classes():
    before = pd.Series({"1": "dasar", "2": "mandiri", "3": None, "4": "dasar"})
    after = pd.Series({"1": "mandiri", "2": "dasar", "3": "dasar", "5": "dasar"})
    found = spatial.transitions(before, after, CLASSES)
    assert (found.risen, found.same, found.fallen, found.left_out) == (1, 0, 1, 3)
    for language in ("id", "en"):
        assert "3" in found.sentence(language)
    with pytest.raises(ParameterError, match="paripurna"):
        spatial.transitions(before.replace("mandiri", "paripurna"), after, CLASSES)


@pytest.mark.slow
def test_moves_that_follow_the_neighbours_are_found_and_others_are_not():
    follow, free = [], []
    for seed in range(20):
        codes, graph, rng, before = classes(seed)
        around = np.array([before[list(graph[code].index)].median() for code in codes])
        pulled = pd.Series(np.where(rng.random(len(codes)) < 0.7, np.floor(around), before), index=codes).astype(int)
        follow.append(spatial.spatial_transitions(named(before), named(pulled), graph, CLASSES, permutations=99).p)
        loose = pd.Series(np.clip(before + rng.integers(-1, 2, len(codes)), 0, 3), index=codes)
        free.append(spatial.spatial_transitions(named(before), named(loose), graph, CLASSES, permutations=99).p)
    assert max(follow) <= 0.05
    assert sum(p <= 0.05 for p in free) <= 4


def test_spatial_transitions_leave_islands_and_missing_out():
    _, graph, _, before = classes(2, 6)
    after = named(before)
    after["000.001"] = after["001.000"] = None
    found = spatial.spatial_transitions(named(before), after, graph, CLASSES, permutations=99)
    assert found.left_out == 3  # two missing, and the corner they cut off
    assert found.table["kampung"].sum() == 33
    assert "permutations" in found.sentence("en") and "permutasi" in found.sentence("id")
    with pytest.raises(TooFewAreasError):
        spatial.spatial_transitions(named(before).iloc[:9], after, graph, CLASSES)
