"""One verdict per area: local Moran and Getis and Ord's Gi and Gi*, with conditional permutations and the FDR."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kkbgeo.spatial.permute import SEED, Lags, Settings, adjusted, enough_permutations, lags
from kkbgeo.spatial.results import LocalResult
from kkbgeo.spatial.sample import TOO_FEW, Sample, spread, take

if TYPE_CHECKING:
    from libpysal.graph import Graph

    from kkbgeo.spatial.neighbourhood import Neighbourhood

MINIMUM = 20
MORAN_COLUMNS = ("value", "neighbours", "neighbour_mean", "statistic", "z", "p", "p_adjusted")
G_COLUMNS = ("value", "neighbours", "neighbour_mean", "z", "p", "p_adjusted")


def local_moran(
    values: pd.Series,
    graph: Graph | Neighbourhood,
    *,
    permutations: int | None = None,
    seed: int = SEED,
    alpha: float = 0.05,
    correction: str = "fdr",
    minimum_areas: int = MINIMUM,
    few: str = "refuse",
) -> LocalResult:
    """Find areas whose neighbours are all alike or unlike beyond chance: local Moran, rows standardised.

    Parameters
    ----------
    values : Series
        Index codes; NaN is *not reported*.
    graph : Graph or Neighbourhood
        From `kkbgeo.spatial.neighbours`, or any of libpysal.
    permutations : int, optional
        Default: 999, or as many (up to 9,999) as let one single area pass the correction.
    seed : int
        Start of the random draws.
    alpha : float
        Level of the two-sided test.
    correction : {"fdr", "none"}
        ``fdr``: of the areas named, at most a share `alpha` is expected to be false.
    minimum_areas, few
        As for `global_moran`.

    Returns
    -------
    LocalResult
        One row per code: value, number and mean of the neighbours, statistic I_i, its z under permutation,
        p, p_adjusted, and ``label``: ``high-high``, ``low-low``, ``high-low`` (high among low), ``low-high``,
        ``not-significant``, ``no-neighbours``, ``not-reported``. High and low are relative to the mean of
        the areas in the test.

    Raises
    ------
    TooFewAreasError, CodeError, ParameterError
        As for `global_moran`.

    Examples
    --------
    >>> import kkbgeo
    >>> wb = kkbgeo.Workbench()
    >>> graph = kkbgeo.spatial.neighbours(wb.areas("regency"))
    >>> survey = wb.table("regency", "stunting_prevalence_ssgi_2022").frame["stunting_prevalence_ssgi_2022"]
    >>> result = kkbgeo.spatial.local_moran(survey, graph)
    >>> len(result.table), result.counts["not-reported"]
    (56, 2)
    """
    sample = take(values, graph, minimum=minimum_areas, few=few)
    settings = settings_of(sample, permutations, seed, alpha, correction)
    if (refused := refused_result("local-moran", sample, settings, MORAN_COLUMNS)) is not None:
        return refused
    x = sample.values
    z = x - x.mean()
    weights = sample.row_standardised
    found = lags(z, weights, settings)
    scale = np.sqrt((z @ z) / len(z))
    # An area at the mean has a product of zero on every map: nothing to be found out about it.
    flat = np.abs(z) <= 1e-12 * np.abs(x).max()
    p = np.where(flat, 1.0, found.p)
    p_adjusted = adjusted(p, settings.correction)
    side = np.where(z > 0, "high", "low").astype(object) + np.where(found.upper, "-high", "-low")
    table = spread(
        sample,
        {
            "value": x,
            "neighbours": sample.neighbour_counts,
            "neighbour_mean": weights @ x,
            "statistic": z / scale * found.observed / scale,
            "z": _z(found) * np.where(flat, 0, np.sign(z)),
            "p": p,
            "p_adjusted": p_adjusted,
            "label": np.where(p_adjusted <= settings.alpha, side, "not-significant"),
        },
    )
    return _local("local-moran", sample, settings, table)


def local_g(
    values: pd.Series,
    graph: Graph | Neighbourhood,
    *,
    star: bool = True,
    permutations: int | None = None,
    seed: int = SEED,
    alpha: float = 0.05,
    correction: str = "fdr",
    minimum_areas: int = MINIMUM,
    few: str = "refuse",
) -> LocalResult:
    """Find hot and cold spots: Getis and Ord's Gi* (the area counts with its neighbours) or Gi (without it).

    Parameters and errors as for `local_moran`.

    Returns
    -------
    LocalResult
        One row per code: value, neighbours, neighbour_mean (with the area itself for Gi*), ``z`` (Ord and
        Getis 1995), p, p_adjusted, ``label``: ``high-high`` is a hot spot, ``low-low`` a cold one, and the
        words for no verdict as for `local_moran`. An area is named only if the permutations and z agree in direction.
    """
    sample = take(values, graph, minimum=minimum_areas, few=few)
    settings = settings_of(sample, permutations, seed, alpha, correction)
    measure = "gi-star" if star else "gi"
    if (refused := refused_result(measure, sample, settings, G_COLUMNS)) is not None:
        return refused
    x, weights = sample.values, sample.weights
    # The area itself does not move, so that Gi and Gi* have one and the same permutation test.
    found = lags(x, weights, settings)
    z, mean = _ord_getis(x, weights, star=star)
    p_adjusted = adjusted(found.p, settings.correction)
    named = (p_adjusted <= settings.alpha) & (np.sign(z) == np.where(found.upper, 1, -1))
    table = spread(
        sample,
        {
            "value": x,
            "neighbours": sample.neighbour_counts,
            "neighbour_mean": mean,
            "z": z,
            "p": found.p,
            "p_adjusted": p_adjusted,
            "label": np.where(named, np.where(found.upper, "high-high", "low-low"), "not-significant"),
        },
    )
    return _local(measure, sample, settings, table)


def _ord_getis(x: np.ndarray, weights, *, star: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the standardised Gi or Gi* of Ord and Getis (1995), and the mean of the window."""
    areas = len(x)
    sums = np.asarray(weights.sum(axis=1)).ravel()
    squares = np.asarray((weights**2).sum(axis=1)).ravel()
    lag = weights @ x
    if star:
        sums, squares, lag = sums + 1, squares + 1, lag + x
        count, mean = areas, np.full(areas, x.mean())
        spread_ = np.full(areas, x.var())
    else:
        count = areas - 1
        mean = (x.sum() - x) / count
        spread_ = ((x**2).sum() - x**2) / count - mean**2
    variance = spread_ * (count * squares - sums**2) / (count - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(variance > 0, (lag - sums * mean) / np.sqrt(variance), 0.0)
    return z, lag / sums


def settings_of(sample: Sample, permutations: int | None, seed: int, alpha: float, correction: str) -> Settings:
    """Return the settings of a local test; without a number of permutations as many as the correction needs."""
    count = enough_permutations(len(sample.codes), alpha) if permutations is None else permutations
    return Settings(count, seed, alpha, correction)


def refused_result(measure: str, sample: Sample, settings: Settings, columns: tuple[str, ...]) -> LocalResult | None:
    """Return a result without figures where there is nothing to test, else nothing."""
    if (state := sample.state) == "tested":
        return None
    x = sample.values if sample.values.ndim == 1 else sample.values[:, 0]
    blank: dict[str, object] = dict.fromkeys(columns, np.nan)
    blank["label"] = TOO_FEW if state == TOO_FEW else "not-significant"
    table = spread(sample, {**blank, "value": x, "neighbours": sample.neighbour_counts})
    return LocalResult(measure, state, table, settings, sample, {"verdict": state})


def _local(measure: str, sample: Sample, settings: Settings, table: pd.DataFrame) -> LocalResult:
    named = int(table["label"].isin(("high-high", "low-low", "high-low", "low-high")).sum())
    facts = {"verdict": "some" if named else "none", "named": named}
    return LocalResult(measure, "tested", table, settings, sample, facts)


def _z(found: Lags) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(found.sd > 0, (found.observed - found.mean) / found.sd, 0.0)
