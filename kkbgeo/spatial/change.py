"""Moves between classes where two reports name the same kampung: counts, shares, and by the class of the neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from kkbgeo import language as words
from kkbgeo.measures.figures import one_each, require_series
from kkbgeo.measures.rates import intervals
from kkbgeo.spatial.joins import require_named
from kkbgeo.spatial.permute import SEED, Settings
from kkbgeo.spatial.sample import TooFewAreasError, take

if TYPE_CHECKING:
    from libpysal.graph import Graph

    from kkbgeo.spatial.neighbourhood import Neighbourhood

MINIMUM = 20


@dataclass(frozen=True, eq=False)
class Transitions:
    """Moves between classes.

    Attributes
    ----------
    table : DataFrame
        One row per pair of classes (and class of the neighbours, where asked): ``before``, ``after``, ``kampung``,
        ``share`` of those that started there, with Wilson's ``low`` and ``high``.
    risen, same, fallen : int
        Kampung that moved up, stayed, moved down.
    left_out : int
        Kampung without a class in one of the two reports; of the spatial ones also those without neighbours.
    p : float
        Of the spatial ones: do moves hang on the class of the neighbours? NaN otherwise.
    """

    table: pd.DataFrame
    risen: int
    same: int
    fallen: int
    left_out: int
    p: float = np.nan
    settings: Settings | None = None

    def sentence(self, language: str = "id") -> str:
        """Return the moves, in plain words."""
        known = {"risen": self.risen, "same": self.same, "fallen": self.fallen, "left_out": self.left_out}
        said = words.text("spatial.transitions.counts", words.require_language(language), **known)
        if self.settings is None:
            return said
        key = "depend" if self.p <= self.settings.alpha else "none"
        return f"{said} " + words.text(
            f"spatial.transitions.{key}",
            language,
            p=words.number(self.p, language, 4),
            permutations=words.number(self.settings.permutations, language),
            seed=self.settings.seed,
        )


def transitions(before: pd.Series, after: pd.Series, order: Sequence[str]) -> Transitions:
    """Count moves between the classes of the same kampung in two reports; the classes stay as given.

    Parameters
    ----------
    before, after : Series
        Class by code; missing where not reported. Codes of one alone are left out, and counted.
    order : sequence of str
        The classes from the lowest to the highest.

    Examples
    --------
    >>> a, b = pd.Series({"1": "dasar", "2": "dasar"}), pd.Series({"1": "mandiri", "2": "dasar", "3": "dasar"})
    >>> found = transitions(a, b, ["dasar", "berkembang", "mandiri"])
    >>> found.risen, found.same, found.fallen, found.left_out
    (1, 1, 0, 1)
    """
    ranks, every = _ranks(before, after, order)
    return Transitions(_table(ranks, list(order)), *_moves(ranks), len(every) - len(ranks))


def spatial_transitions(
    before: pd.Series,
    after: pd.Series,
    graph: Graph | Neighbourhood,
    order: Sequence[str],
    *,
    permutations: int = 999,
    seed: int = SEED,
    alpha: float = 0.05,
    minimum_areas: int = MINIMUM,
) -> Transitions:
    """Count moves by the class of the neighbours (their lower median before), and test whether it matters.

    Classes are ordinal, so that neighbours are summed up by a median, never a mean, and nothing is binned anew. The
    test permutes the neighbours' class among kampung of the same starting class; its statistic is the likelihood
    ratio of a spatial against a plain Markov chain.

    Parameters
    ----------
    graph : Graph or Neighbourhood
        Neighbours of the kampung.
    permutations, seed, alpha, minimum_areas
        As for `global_moran`.

    Raises
    ------
    TooFewAreasError
        Fewer kampung with both classes and a neighbour than the minimum.
    """
    ranks, every = _ranks(before, after, order)
    sample = take(ranks.reindex(every), graph, minimum=minimum_areas, several=True)
    start, end = sample.values.astype(int).T
    around = _lower_median(start, sample.weights)
    settings = Settings(permutations, seed, alpha)
    size = len(order)
    rng = np.random.default_rng(seed)
    observed = _ratio(start, end, around, size)
    permuted = np.empty(permutations)
    for one in range(permutations):
        moved = around.copy()
        for rank in range(size):
            members = np.flatnonzero(start == rank)
            moved[members] = rng.permutation(around[members])
        permuted[one] = _ratio(start, end, moved, size)
    # Only a larger ratio speaks for the neighbours: one-sided.
    p = (np.sum(permuted >= observed - 1e-9) + 1) / (permutations + 1)
    parts = []
    frame = pd.DataFrame({"before": start, "after": end}, index=sample.codes)
    for rank in range(size):
        table = _table(frame[around == rank], list(order))
        table.insert(0, "neighbours", order[rank])
        parts.append(table)
    return Transitions(
        pd.concat(parts, ignore_index=True), *_moves(frame), len(sample.every) - len(frame), float(p), settings
    )


def _ranks(before: pd.Series, after: pd.Series, order: Sequence[str]) -> tuple[pd.DataFrame, pd.Index]:
    order = list(order)
    for one in (before, after):
        one_each(require_series(one, "classes"), "classes")
        require_named(one, order)
    place = {name: float(rank) for rank, name in enumerate(order)}
    every = before.index.union(after.index)
    frame = pd.DataFrame({"before": before.map(place), "after": after.map(place)}, index=every, dtype=float)
    return frame.dropna(), every


def _moves(ranks: pd.DataFrame) -> tuple[int, int, int]:
    step = (ranks["after"] - ranks["before"]).to_numpy()
    return int((step > 0).sum()), int((step == 0).sum()), int((step < 0).sum())


def _table(ranks: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    size = len(order)
    cell = ranks["before"].to_numpy(int) * size + ranks["after"].to_numpy(int)
    counts = np.bincount(cell, minlength=size * size)
    started = np.repeat(counts.reshape(size, size).sum(axis=1), size)
    found = intervals(pd.Series(counts), pd.Series(started))
    return pd.DataFrame(
        {
            "before": np.repeat(order, size),
            "after": np.tile(order, size),
            "kampung": counts,
            "share": found["share"],
            "low": found["low"],
            "high": found["high"],
        }
    )


def _lower_median(ranks: np.ndarray, weights: sparse.csr_array) -> np.ndarray:
    bounds = zip(weights.indptr[:-1], weights.indptr[1:], strict=True)
    return np.array([np.sort(ranks[weights.indices[a:b]])[(b - a - 1) // 2] for a, b in bounds])


def _ratio(start: np.ndarray, end: np.ndarray, around: np.ndarray, size: int) -> float:
    cube = np.bincount((around * size + start) * size + end, minlength=size**3).reshape(size, size, size)

    def likelihood(counts: np.ndarray) -> float:
        rows = counts.sum(axis=-1, keepdims=True)
        seen = counts > 0
        return float((counts[seen] * np.log((counts / np.where(rows > 0, rows, 1))[seen])).sum())

    return 2 * (likelihood(cube) - likelihood(cube.sum(axis=0)))


__all__ = ["TooFewAreasError", "Transitions", "spatial_transitions", "transitions"]
