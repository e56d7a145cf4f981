"""Random permutations: what a statistic would be if the same figures lay anywhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from kkbgeo.errors import ParameterError
from kkbgeo.measures.figures import require_level, require_whole

SEED = 20_251_231
CELLS = 1 << 21  # numbers held at once; keeps memory flat, whatever the number of areas
CORRECTIONS = ("fdr", "none")
SLACK = 1e-10  # sums of the same numbers in another order differ by rounding; a tie must stay a tie


@dataclass(frozen=True)
class Settings:
    """How a test was made; stated with its result. All tests are two-sided."""

    permutations: int
    seed: int
    alpha: float = 0.05
    correction: str = "none"

    def __post_init__(self) -> None:
        require_whole(self.permutations, "permutations", 99)
        require_whole(self.seed, "seed", 0)
        require_level(self.alpha, "alpha")
        if self.correction not in CORRECTIONS:
            raise ParameterError(f"correction must be one of {', '.join(CORRECTIONS)}.", value=self.correction)


def permutations_for_one(areas: int, alpha: float) -> int:
    """Return the fewest permutations with which one area alone can pass the false discovery rate.

    The smallest two-sided p is ``2 / (permutations + 1)``; one area of n passes at ``alpha / n``.
    """
    return int(np.ceil(2 * areas / alpha)) - 1


def enough_permutations(areas: int, alpha: float) -> int:
    """Return permutations that let a single area pass the false discovery rate, from 999 to 9,999.

    Examples
    --------
    >>> enough_permutations(10, 0.05), enough_permutations(56, 0.05), enough_permutations(7252, 0.05)
    (999, 2239, 999)
    """
    needed = permutations_for_one(areas, alpha)
    # Out of reach for many areas: there a cluster is found by its size, and 999 will do.
    return max(999, needed) if needed <= 9_999 else 999


def at_once(areas: int, settings: Settings) -> int:
    """Return how many areas must have the smallest possible p before the false discovery rate names any of them.

    Examples
    --------
    >>> at_once(50, Settings(1999, 1, correction="fdr")), at_once(50, Settings(99, 1, correction="fdr"))
    (1, 20)
    """
    return max(1, int(np.ceil(2 * areas / ((settings.permutations + 1) * settings.alpha) - SLACK)))


def two_sided(above: np.ndarray, below: np.ndarray, permutations: int) -> np.ndarray:
    """Return two-sided p from how many permuted values are at least, and at most, the observed one."""
    return np.minimum(1.0, 2 * (np.minimum(above, below) + 1) / (permutations + 1))


def adjusted(p: np.ndarray, correction: str) -> np.ndarray:
    """Return p adjusted for the number of tests: Benjamini and Hochberg's false discovery rate, or as it is."""
    if correction == "none" or not len(p):
        return p
    from scipy.stats import false_discovery_control

    return false_discovery_control(p)


def whole_maps(
    values: np.ndarray, statistic: Callable[[np.ndarray], np.ndarray], settings: Settings
) -> tuple[np.ndarray, np.ndarray]:
    """Permute the rows of `values` over the areas.

    Parameters
    ----------
    values : ndarray, shape (areas,) or (areas, variables)
        Rows move together.
    statistic : callable
        Takes an array of row positions, shape (areas, maps), and returns the statistic of each map, (maps, …).
    settings : Settings
        Number and seed.

    Returns
    -------
    tuple of ndarray
        The observed statistic, and one row per permutation.
    """
    areas = len(values)
    rng = np.random.default_rng(settings.seed)
    observed = statistic(np.arange(areas)[:, None])[0]
    step = max(1, CELLS // (4 * areas))
    found = []
    for start in range(0, settings.permutations, step):
        maps = min(step, settings.permutations - start)
        order = np.tile(np.arange(areas, dtype=np.int32), (maps, 1))
        found.append(statistic(rng.permuted(order, axis=1).T))
    return observed, np.concatenate(found)


def is_defined(observed: np.ndarray, permuted: np.ndarray) -> bool:
    """Tell whether a statistic is a number on the map and on every permuted one; else there is nothing to compare."""
    return bool(np.isfinite(observed).all() and np.isfinite(permuted).all())


def p_of(observed: np.ndarray, permuted: np.ndarray) -> np.ndarray:
    """Return the two-sided p of one or more statistics from their permuted values (rows), all of them numbers."""
    slack = SLACK * np.maximum(np.abs(observed), np.abs(permuted).max(axis=0))
    above = (permuted >= observed - slack).sum(axis=0)
    below = (permuted <= observed + slack).sum(axis=0)
    return two_sided(above, below, len(permuted))


@dataclass(frozen=True)
class Lags:
    """Lags of every area, observed and under conditional permutation (the area stays, the others move)."""

    observed: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    p: np.ndarray
    upper: np.ndarray


def lags(values: np.ndarray, weights: sparse.csr_array, settings: Settings) -> Lags:
    """Permute the values around each area and compare the observed lag.

    The draws are shared by all areas (each sees the others through its own gap), so that memory holds
    ``permutations · most neighbours`` numbers and a block of areas, not a table of all.
    """
    areas = len(values)
    counts = np.diff(weights.indptr)
    observed = weights @ values
    draws = _draws(areas - 1, int(counts.max()), settings)
    mean, sd = np.zeros(areas), np.zeros(areas)
    above, below = np.zeros(areas, dtype=np.int64), np.zeros(areas, dtype=np.int64)
    scale = np.abs(values).max() or 1.0
    for count in np.unique(counts):
        alike = np.flatnonzero(counts == count)
        step = max(1, CELLS // (4 * settings.permutations))
        for start in range(0, len(alike), step):
            block = alike[start : start + step]
            given = weights.data[weights.indptr[block][:, None] + np.arange(count)]
            lag = np.zeros((len(block), settings.permutations))
            for slot in range(count):
                drawn = draws[slot]
                lag += given[:, slot, None] * values[drawn + (drawn >= block[:, None])]
            slack = SLACK * scale * np.abs(given).sum(axis=1)[:, None]
            mean[block], sd[block] = lag.mean(axis=1), lag.std(axis=1)
            above[block] = (lag >= observed[block, None] - slack).sum(axis=1)
            below[block] = (lag <= observed[block, None] + slack).sum(axis=1)
    return Lags(observed, mean, sd, two_sided(above, below, settings.permutations), above < below)


def _draws(others: int, most: int, settings: Settings) -> np.ndarray:
    """Draw, for each permutation, `most` different positions among the others; shape (most, permutations)."""
    rng = np.random.default_rng(settings.seed)
    if most * most > others:
        step = max(1, CELLS // others)
        parts = [
            rng.permuted(
                np.tile(np.arange(others, dtype=np.int32), (min(step, settings.permutations - start), 1)), axis=1
            )[:, :most]
            for start in range(0, settings.permutations, step)
        ]
        return np.ascontiguousarray(np.concatenate(parts).T)
    drawn = rng.integers(0, others, size=(settings.permutations, most), dtype=np.int32)
    while True:
        ordered = np.sort(drawn, axis=1)
        twice = (ordered[:, 1:] == ordered[:, :-1]).any(axis=1)
        if not twice.any():
            return np.ascontiguousarray(drawn.T)
        drawn[twice] = rng.integers(0, others, size=(int(twice.sum()), most), dtype=np.int32)
