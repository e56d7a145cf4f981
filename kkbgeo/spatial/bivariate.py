"""Two variables on one map, programme against need: Lee's L and bivariate Moran."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kkbgeo.errors import ParameterError
from kkbgeo.measures.figures import figures, one_each
from kkbgeo.spatial import whole
from kkbgeo.spatial.permute import SEED, Settings, is_defined, p_of, whole_maps
from kkbgeo.spatial.results import Result
from kkbgeo.spatial.sample import UNDEFINED, Sample, take

if TYPE_CHECKING:
    from libpysal.graph import Graph

    from kkbgeo.spatial.neighbourhood import Neighbourhood


def global_lee(
    first: pd.Series,
    second: pd.Series,
    graph: Graph | Neighbourhood,
    *,
    permutations: int = 999,
    seed: int = SEED,
    alpha: float = 0.05,
    minimum_areas: int = whole.MINIMUM,
    few: str = "refuse",
) -> Result:
    """Measure whether two variables rise and fall together from neighbourhood to neighbourhood: Lee's L (2001).

    The pairs of an area stay together and are permuted over the map: the test asks whether the *place* of the
    pairs matters, given their correlation, and not whether the two are correlated.

    Parameters
    ----------
    first, second : Series
        Index codes. An area without one of the two is not reported.
    graph, permutations, seed, alpha, minimum_areas, few
        As for `global_moran`.

    Returns
    -------
    Result
        One row as of `global_moran`, and ``pearson``, ``spearman`` of the same areas without regard to place.
        ``expected`` is the mean of the permutations.
    """
    sample = _pair(first, second, graph, minimum_areas, few)
    settings = Settings(permutations, seed, alpha)

    return _tested("lee", sample, settings, sample.values, _lee)


def bivariate_moran(
    first: pd.Series,
    second: pd.Series,
    graph: Graph | Neighbourhood,
    *,
    permutations: int = 999,
    seed: int = SEED,
    alpha: float = 0.05,
    minimum_areas: int = whole.MINIMUM,
    few: str = "refuse",
) -> Result:
    """Measure whether `first` in an area goes with `second` among its neighbours: bivariate Moran.

    `first` stays, `second` is permuted: a small p also comes from a plain correlation of the two where `second`
    itself clusters. Read it beside ``pearson`` and ``spearman`` in the table.

    Parameters, result and errors as for `global_lee`.
    """
    sample = _pair(first, second, graph, minimum_areas, few)
    settings = Settings(permutations, seed, alpha)
    return _tested("bivariate-moran", sample, settings, sample.values[:, 1], _bivariate)


def _lee(sample: Sample) -> Callable[[np.ndarray], np.ndarray]:
    weights = sample.row_standardised
    x, y = _standard(sample).T
    sums = np.asarray(weights.sum(axis=1)).ravel()
    return lambda order: ((weights @ x[order]) * (weights @ y[order])).sum(axis=0) / (sums @ sums)


def _bivariate(sample: Sample) -> Callable[[np.ndarray], np.ndarray]:
    weights = sample.row_standardised
    x, y = _standard(sample).T
    return lambda order: x @ (weights @ y[order]) / len(x)


def _pair(first: pd.Series, second: pd.Series, graph: Graph | Neighbourhood, minimum: int, few: str) -> Sample:
    first, second = figures(first, "first"), figures(second, "second")
    if set(first.index) != set(second.index):
        raise ParameterError(
            "The two variables are of different areas.", hint="second.reindex(first.index): NaN is not reported"
        )
    one_each(second, "values of the second variable")
    frame = pd.DataFrame({"first": first, "second": second.reindex(first.index)})
    return take(frame, graph, minimum=minimum, few=few, several=True)


def _standard(sample: Sample) -> np.ndarray:
    z = whole.centred(sample.values)
    return z / z.std(axis=0)


def _tested(measure: str, sample: Sample, settings: Settings, moving: np.ndarray, statistic: Callable) -> Result:
    unknown = {"pearson": np.nan, "spearman": np.nan}
    if (state := sample.state) != "tested":
        return whole.untested(measure, state, sample, settings, **unknown)
    observed, permuted = whole_maps(moving, statistic(sample), settings)
    if not is_defined(observed, permuted):
        return whole.untested(measure, UNDEFINED, sample, settings, **unknown)
    p = float(p_of(observed, permuted))
    ranks = pd.DataFrame(sample.values).rank().to_numpy()
    table = whole.global_table(sample, settings, float(observed), float(permuted.mean()), permuted, p).assign(
        pearson=float(_standard(sample).prod(axis=1).mean()), spearman=float(np.corrcoef(ranks.T)[0, 1])
    )
    side = "together" if observed > permuted.mean() else "apart"
    facts = {
        "verdict": side if p <= settings.alpha else "none",
        # More together than chance is not the same as together: the pairs may still move in opposite directions.
        "wording": f"{side}-but" if p <= settings.alpha and (observed > 0) != (side == "together") else "",
        "statistic": float(observed),
        "p": p,
        "spearman": float(table["spearman"].iloc[0]),
    }
    return Result(measure, state, table, settings, sample, facts)
