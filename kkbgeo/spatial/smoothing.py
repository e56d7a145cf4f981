"""Rates smoothed towards their neighbourhood: Marshall's local empirical Bayes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kkbgeo.measures.rates import counted, shrink
from kkbgeo.spatial.sample import take

if TYPE_CHECKING:
    from libpysal.graph import Graph

    from kkbgeo.spatial.neighbourhood import Neighbourhood


def smooth_locally(
    events: pd.Series, whole: pd.Series, graph: Graph | Neighbourhood, *, minimum_areas: int = 10
) -> pd.DataFrame:
    """Shrink each share towards that of the area and its neighbours together; never below zero.

    Parameters
    ----------
    events, whole : Series
        Counts by code; an area without one of them, or with a denominator of zero, is not reported.
    graph : Graph or Neighbourhood
        Neighbours.
    minimum_areas : int
        With fewer areas no number is given.

    Returns
    -------
    DataFrame
        Index code; ``share``, ``smoothed`` (NaN where not reported or without neighbours), ``neighbours``, ``label``
        (``smoothed``, ``no-neighbours``, ``not-reported``). A figure for a map, never a basis for a test of
        pattern: smoothing makes neighbours alike.

    Raises
    ------
    TooFewAreasError, CodeError, ParameterError
        As for `global_moran` and `kkbgeo.measures.rates.intervals`.
    """
    x, n = counted(events, whole)
    sample = take(pd.DataFrame({"events": x, "whole": n}), graph, minimum=minimum_areas, several=True)
    a, b = sample.values.T
    smoothed = np.empty(len(a))
    indptr, other = sample.weights.indptr, sample.weights.indices
    for row in range(len(a)):
        window = np.append(other[indptr[row] : indptr[row + 1]], row)
        smoothed[row] = shrink(a[row : row + 1], b[row : row + 1], a[None, window], b[None, window])[0]
    table = pd.DataFrame({"share": (x / n).reindex(sample.every)})
    table["smoothed"] = pd.Series(smoothed, index=sample.codes).reindex(sample.every)
    table["neighbours"] = pd.Series(sample.neighbour_counts, index=sample.codes).reindex(sample.every)
    table["label"] = "smoothed"
    table.loc[list(sample.not_reported), "label"] = "not-reported"
    table.loc[list(sample.no_neighbours), "label"] = "no-neighbours"
    table.index.name = "code"
    return table
