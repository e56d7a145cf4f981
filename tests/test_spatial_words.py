"""What a test says must not be more than it found: no verdict from no number, no sign turned round, no hidden limit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from spatialkit import grid

from kkbgeo import spatial
from kkbgeo.patterns import compare


@pytest.fixture(scope="module")
def board():
    return grid(8, 8)[1]


def test_a_statistic_that_is_no_number_gives_no_finding(board):
    one = pd.Series(0.0, board.unique_ids)
    one.iloc[3] = 5
    found = spatial.global_g(one, board)
    assert (found.state, found.verdict) == ("undefined", "undefined")
    assert np.isnan(found.table["p"].iloc[0])
    assert "cannot be computed" in found.sentence("en")
    assert "tidak dapat dihitung" in found.sentence("id")


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_very_small_and_very_large_figures_give_the_same_answer(board, scale):
    values = pd.Series(np.random.default_rng(0).normal(size=64) + 5, board.unique_ids)
    for measure in (spatial.global_moran, spatial.global_geary, spatial.global_g):
        plain, scaled = measure(values, board), measure(values * scale, board)
        assert scaled.table["statistic"].iloc[0] == pytest.approx(plain.table["statistic"].iloc[0])
        assert scaled.table["p"].iloc[0] == plain.table["p"].iloc[0]
    other = values[::-1].set_axis(values.index)
    plain, scaled = spatial.global_lee(values, other, board), spatial.global_lee(values * scale, other, board)
    assert scaled.table["statistic"].iloc[0] == pytest.approx(plain.table["statistic"].iloc[0])


def test_less_opposed_than_chance_is_not_called_together(board):
    rng = np.random.default_rng(0)
    rng.random(0)
    i, j = np.repeat(np.arange(8), 8), np.tile(np.arange(8), 8)
    base = pd.Series(np.where(i % 4 < 2, 1, -1) * np.where(j % 2, 1, -1) * 1.0, board.unique_ids)
    first, second = (pd.Series(rng.normal(size=64), board.unique_ids) for _ in range(2))
    found = spatial.global_lee(base + 0.2 * first, -base + 0.2 * second, board)
    assert found.table["statistic"].iloc[0] < 0
    assert found.verdict == "together"
    assert "in opposite directions" in found.sentence("en")
    assert "but less so than if places were random" in found.sentence("en")
    assert "berlawanan" in found.sentence("id")


def test_too_few_permutations_to_name_one_area_are_said(board):
    values = pd.Series(np.random.default_rng(1).normal(size=64), board.unique_ids)
    few = spatial.local_moran(values, board, permutations=99).sentence("en")
    assert "at least 26 stand out at once; for one area alone 2,559 permutations are needed" in few
    assert "stand out at once" not in spatial.local_moran(values, board).sentence("en")
    assert "stand out at once" not in spatial.global_moran(values, board, permutations=99).sentence("en")


def test_what_was_not_corrected_is_said(board):
    values = pd.Series(np.random.default_rng(1).normal(size=64), board.unique_ids)
    said = spatial.local_moran(values, board, correction="none").sentence("en")
    assert "NOT corrected for the number of tests: about 3.2 areas" in said
    assert "corrected" not in spatial.global_moran(values, board).sentence("en")


def test_what_reports_happen_to_name_is_shown_and_not_compared(wb):
    found = compare(wb, ["63", "64", "62"], ["stunting_prevalence_ssgi_2024", "kkb_villages_named", "aid_events"])
    assert found.table["value"].notna().all()
    assert found.verdicts.at["stunting_prevalence_ssgi_2024", "comparable"]
    for key in ("kkb_villages_named", "aid_events"):
        assert "reported" in found.verdicts.at[key, "reasons"]
        assert not found.verdicts.at[key, "comparable"]
