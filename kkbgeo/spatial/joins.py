"""Join counts for classes: do neighbours share a class more often than chance would have it? Nothing is averaged."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kkbgeo.errors import ParameterError
from kkbgeo.measures.figures import require_series
from kkbgeo.spatial.permute import SEED, Settings, adjusted, p_of, whole_maps
from kkbgeo.spatial.results import Result
from kkbgeo.spatial.sample import take
from kkbgeo.spatial.whole import MINIMUM

if TYPE_CHECKING:
    from libpysal.graph import Graph

    from kkbgeo.spatial.neighbourhood import Neighbourhood

COLUMNS = ("first", "second", "steps", "joins", "expected", "permutation_sd", "p", "p_adjusted", "verdict")


def join_counts(
    classes: pd.Series,
    graph: Graph | Neighbourhood,
    order: Sequence[str],
    *,
    permutations: int = 999,
    seed: int = SEED,
    alpha: float = 0.05,
    correction: str = "fdr",
    minimum_areas: int = MINIMUM,
    few: str = "refuse",
) -> Result:
    """Count neighbours of each pair of classes and compare with random maps of the same classes.

    The maps are shuffled freely. Classes that come in blocks, since an office reports them for all of its area, then
    seem to lie together though places inside the blocks have no pattern: such classes, those of Kampung KB among them,
    need permutation within the block, which this function does not make.

    Parameters
    ----------
    classes : Series
        Index codes; one of `order`, or missing where no class is reported.
    graph : Graph or Neighbourhood
        Neighbours; a pair is counted once, one-sided links as half a join.
    order : sequence of str
        The classes from the lowest to the highest.
    permutations, seed, alpha, correction, minimum_areas, few
        As for `local_moran`.

    Returns
    -------
    Result
        One row per pair of classes, columns ``first``, ``second``, ``steps`` (classes between them: 0 is the same),
        ``joins``, ``expected`` (Cliff and Ord, without replacement), ``permutation_sd``, ``p``, ``p_adjusted``,
        ``verdict`` (``more``, ``fewer``, ``not-significant``).

    Raises
    ------
    ParameterError
        A class that `order` does not name, or fewer than two classes.
    """
    order = list(order)
    if len(order) < 2 or len(set(order)) != len(order):
        raise ParameterError(
            "order must name at least two different classes.",
            hint="Name them from the lowest to the highest",
            value=order,
        )
    require_named(classes, order)
    rank = classes.map({name: float(place) for place, name in enumerate(order)}).astype(float)
    sample = take(rank, graph, minimum=minimum_areas, few=few)
    settings = Settings(permutations, seed, alpha, correction)
    pairs = list(combinations_with_replacement(range(len(order)), 2))
    table = pd.DataFrame(
        {
            "first": [order[a] for a, _ in pairs],
            "second": [order[b] for _, b in pairs],
            "steps": [b - a for a, b in pairs],
        }
    )
    ranks = sample.values.astype(int)
    if (state := sample.state) != "tested":
        blank = table.reindex(columns=list(COLUMNS)).assign(verdict="not-significant")
        return Result("joins", state, blank, settings, sample, {"verdict": state})
    links = sample.weights.tocoo()
    size = len(order)

    def statistic(positions: np.ndarray) -> np.ndarray:
        maps = positions.shape[1]
        here = ranks[positions]
        low = np.minimum(here[links.row], here[links.col])
        high = np.maximum(here[links.row], here[links.col])
        cell = low * size + high + size * size * np.arange(maps)
        weight = np.repeat(links.data / 2, maps)
        counted = np.bincount(cell.ravel(), weights=weight, minlength=size * size * maps).reshape(maps, size * size)
        return counted[:, [a * size + b for a, b in pairs]]

    # Only the maps that fit beside the links are held at once.
    observed, permuted = whole_maps(ranks, _in_parts(statistic, links.nnz), settings)
    present = np.bincount(ranks, minlength=size)
    areas, total = len(ranks), sample.weights.sum()
    chance = [
        total / 2 * present[a] * (present[a] - 1) / (areas * (areas - 1))
        if a == b
        else total * present[a] * present[b] / (areas * (areas - 1))
        for a, b in pairs
    ]
    p = p_of(observed, permuted)
    # A pair of classes of which one is nowhere has zero joins on every map: it is no test and no weight on the others.
    real = permuted.std(axis=0) > 0
    p_adjusted = np.full(len(p), np.nan)
    p_adjusted[real] = adjusted(p[real], settings.correction)
    named = real & (np.nan_to_num(p_adjusted, nan=1.0) <= settings.alpha)
    table = table.assign(
        joins=observed,
        expected=chance,
        permutation_sd=permuted.std(axis=0),
        p=np.where(real, p, np.nan),
        p_adjusted=p_adjusted,
        verdict=np.where(named, np.where(observed > permuted.mean(axis=0), "more", "fewer"), "not-significant"),
    )
    same = table[(table["steps"] == 0) & (table["verdict"] == "more")]["first"].tolist()
    facts = {
        "verdict": "same" if same else ("some" if named.any() else "none"),
        "classes": ", ".join(same),
        "named": int(named.sum()),
    }
    return Result("joins", state, table, settings, sample, facts)


def require_named(classes: pd.Series, order: Sequence) -> None:
    """Refuse classes that the order does not name; 1 and "1" are not the same class."""
    unknown = sorted(set(require_series(classes, "classes").dropna()) - set(order), key=str)
    if unknown:
        raise ParameterError(
            f"Classes that the order does not name: {unknown[:5]}.",
            hint=f"Order: {', '.join(map(repr, order))}",
            value=unknown[:5],
        )


def _in_parts(statistic, links: int, cells: int = 1 << 22):
    def parted(positions: np.ndarray) -> np.ndarray:
        step = max(1, cells // max(1, links))
        maps = range(0, positions.shape[1], step)
        return np.concatenate([statistic(positions[:, start : start + step]) for start in maps])

    return parted
