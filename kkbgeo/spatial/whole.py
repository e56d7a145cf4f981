"""One figure for the whole map: Moran's I, Geary's C, Getis and Ord's G, each against random permutations."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from kkbgeo.errors import ParameterError
from kkbgeo.spatial.permute import SEED, Settings, is_defined, p_of, whole_maps
from kkbgeo.spatial.results import Result
from kkbgeo.spatial.sample import UNDEFINED, Sample, take

if TYPE_CHECKING:
    from libpysal.graph import Graph

    from kkbgeo.spatial.neighbourhood import Neighbourhood

MINIMUM = 10
GLOBAL_COLUMNS = ("statistic", "expected", "permutation_mean", "permutation_sd", "z", "p", "areas", "not_reported",
                  "no_neighbours", "permutations", "seed")  # fmt: skip
_Statistic = Callable[[np.ndarray], np.ndarray]


def global_moran(
    values: pd.Series,
    graph: Graph | Neighbourhood,
    *,
    permutations: int = 999,
    seed: int = SEED,
    alpha: float = 0.05,
    minimum_areas: int = MINIMUM,
    few: str = "refuse",
) -> Result:
    """Test whether neighbours resemble each other: Moran's I with rows of the weights standardised.

    Parameters
    ----------
    values : Series
        Index codes; NaN is *not reported* and stays out, as do areas without a neighbour that has a figure.
    graph : Graph or Neighbourhood
        From `kkbgeo.spatial.neighbours`, or any of libpysal.
    permutations, seed : int
        Random maps and where they start; stated with the result.
    alpha : float
        Level of the two-sided test.
    minimum_areas : int
        With fewer areas no number is given.
    few : {"refuse", "tell"}
        Below the minimum: raise, or return a result whose state is ``too-few``.

    Returns
    -------
    Result
        One row: statistic, expected (−1/(n−1)), mean and sd of the permutations, z, p, areas.

    Raises
    ------
    TooFewAreasError, CodeError, ParameterError
        Fewer areas than the minimum; codes the graph does not know; settings out of range.

    Examples
    --------
    >>> import kkbgeo
    >>> wb = kkbgeo.Workbench()
    >>> graph = kkbgeo.spatial.neighbours(wb.areas("regency"))
    >>> survey = wb.table("regency", "stunting_prevalence_ssgi_2022").frame["stunting_prevalence_ssgi_2022"]
    >>> result = kkbgeo.spatial.global_moran(survey, graph)
    >>> int(result.table.areas.iloc[0]), int(result.table.not_reported.iloc[0])
    (54, 2)
    """
    sample = take(values, graph, minimum=minimum_areas, few=few)
    settings = Settings(permutations, seed, alpha)
    return _tested("moran", sample, settings, lambda: _moran(sample), lambda n: -1 / (n - 1), ("different", "similar"))


def global_geary(
    values: pd.Series,
    graph: Graph | Neighbourhood,
    *,
    permutations: int = 999,
    seed: int = SEED,
    alpha: float = 0.05,
    minimum_areas: int = MINIMUM,
    few: str = "refuse",
) -> Result:
    """Test whether neighbours differ less than any two areas: Geary's C, rows standardised; below 1 is alike.

    Parameters, result and errors as for `global_moran`. C weighs differences of neighbours, so that single
    outliers count more than in Moran's I.
    """
    sample = take(values, graph, minimum=minimum_areas, few=few)
    settings = Settings(permutations, seed, alpha)
    return _tested("geary", sample, settings, lambda: _geary(sample), lambda _: 1.0, ("similar", "different"))


def global_g(
    values: pd.Series,
    graph: Graph | Neighbourhood,
    *,
    permutations: int = 999,
    seed: int = SEED,
    alpha: float = 0.05,
    minimum_areas: int = MINIMUM,
    few: str = "refuse",
) -> Result:
    """Test whether high figures, or low ones, lie together: Getis and Ord's G, weights as the graph gives them.

    Parameters, result and errors as for `global_moran`; figures below zero are refused, since G multiplies them.
    """
    sample = take(values, graph, minimum=minimum_areas, few=few)
    if (sample.values < 0).any():
        raise ParameterError("Getis and Ord's G needs figures of zero or more.", hint="Use global_moran")
    settings = Settings(permutations, seed, alpha)
    share = sample.weights.sum() / max(1, len(sample.codes) * (len(sample.codes) - 1))
    return _tested("g", sample, settings, lambda: _g(sample), lambda _: share, ("low", "high"))


def centred(values: np.ndarray) -> np.ndarray:
    """Return deviations from the mean in units of the largest: squares of very small or large figures get lost."""
    z = values - values.mean(axis=0)
    return z / np.abs(z).max(axis=0)


def _moran(sample: Sample) -> _Statistic:
    weights, z = sample.row_standardised, centred(sample.values)
    factor = len(z) / weights.sum() / (z @ z)
    return lambda order: factor * (z[order] * (weights @ z[order])).sum(axis=0)


def _geary(sample: Sample) -> _Statistic:
    weights, z = sample.row_standardised, centred(sample.values)
    factor = (len(z) - 1) / (2 * weights.sum()) / (z @ z)
    ends = np.asarray(weights.sum(axis=0)).ravel() + np.asarray(weights.sum(axis=1)).ravel()

    def statistic(order: np.ndarray) -> np.ndarray:
        here = z[order]
        return factor * (ends @ here**2 - 2 * (here * (weights @ here)).sum(axis=0))

    return statistic


def _g(sample: Sample) -> _Statistic:
    weights: sparse.csr_array = sample.weights
    x = sample.values / np.abs(sample.values).max()
    products = x.sum() ** 2 - (x**2).sum()
    return lambda order: (x[order] * (weights @ x[order])).sum(axis=0) / products


def _tested(
    measure: str,
    sample: Sample,
    settings: Settings,
    statistic: Callable[[], _Statistic],
    expected: Callable[[int], float],
    sides: tuple[str, str],
) -> Result:
    if (state := sample.state) != "tested":
        return untested(measure, state, sample, settings)
    with np.errstate(divide="ignore", invalid="ignore"):
        observed, permuted = whole_maps(sample.values, statistic(), settings)
    if not is_defined(observed, permuted):
        return untested(measure, UNDEFINED, sample, settings)
    p = float(p_of(observed, permuted))
    table = global_table(sample, settings, float(observed), expected(len(sample.codes)), permuted, p)
    side = sides[int(observed > permuted.mean())]
    facts = {"verdict": side if p <= settings.alpha else "none", "statistic": float(observed), "p": p}
    return Result(measure, state, table, settings, sample, facts)


def untested(measure: str, state: str, sample: Sample, settings: Settings, **unknown: float) -> Result:
    """Return the result of a test that was not made, or gave no number: its row holds no figure."""
    table = global_table(sample, settings).assign(**unknown)
    return Result(measure, state, table, settings, sample, {"verdict": state})


def global_table(
    sample: Sample,
    settings: Settings,
    statistic: float = np.nan,
    expected: float = np.nan,
    permuted: np.ndarray | None = None,
    p: float = np.nan,
) -> pd.DataFrame:
    """Return the one row of a global measure (`GLOBAL_COLUMNS`)."""
    mean, sd = (np.nan, np.nan) if permuted is None else (float(permuted.mean()), float(permuted.std()))
    z = (statistic - mean) / sd if sd and sd > 0 else np.nan
    row = (statistic, expected, mean, sd, z, p, len(sample.codes), len(sample.not_reported), len(sample.no_neighbours),
           settings.permutations, settings.seed)  # fmt: skip
    return pd.DataFrame([row], columns=list(GLOBAL_COLUMNS))
