"""Rates of small areas: intervals, empirical Bayes, funnel limits, ranks with their uncertainty, least denominators.

An area without events or denominator reported, or with a denominator of zero, has no rate: its cells are NaN.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kkbgeo.errors import ParameterError
from kkbgeo.measures.figures import figures, require_level, require_limits, require_whole

MINIMUM_DENOMINATOR = 30  # a setting of ours; no Indonesian rule was found
SEED = 20_251_231


def intervals(
    events: pd.Series,
    whole: pd.Series,
    *,
    method: str = "wilson",
    level: float = 0.95,
    minimum: int = MINIMUM_DENOMINATOR,
) -> pd.DataFrame:
    """Return shares with their intervals.

    Parameters
    ----------
    events, whole : Series
        Counts by code; NaN is not reported. Events lie between 0 and the whole.
    method : {"wilson", "exact"}
        Wilson's score interval (1927), or Clopper and Pearson's (1934), which is never too narrow.
    level : float
        Coverage.
    minimum : int
        Smaller denominators get ``small`` true: show the counts, do not rank the share.

    Returns
    -------
    DataFrame
        Index code; ``events``, ``whole``, ``share``, ``low``, ``high`` (0 to 1), ``small``.

    Raises
    ------
    ParameterError
        Events below zero or above the whole, other codes, text or infinite figures, an unknown method or level.

    Examples
    --------
    >>> one = intervals(pd.Series({"x": 81}), pd.Series({"x": 263})).loc["x"]
    >>> round(float(one.low), 4), round(float(one.high), 4)
    (0.2553, 0.3662)
    """
    from scipy import stats

    x, n = counted(events, whole)
    if method not in ("wilson", "exact"):
        raise ParameterError(f"method must be wilson or exact, got {method!r}.", hint='method="wilson"', value=method)
    require_level(level)
    share = x / n
    if method == "wilson":
        z = stats.norm.ppf(0.5 + level / 2)
        middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
        low, high = (middle - half).where(x > 0, 0.0), (middle + half).where(x < n, 1.0)
    else:
        tail = (1 - level) / 2
        low = pd.Series(stats.beta.ppf(tail, x, n - x + 1), index=x.index).where(x > 0, 0.0)
        high = pd.Series(stats.beta.ppf(1 - tail, x + 1, n - x), index=x.index).where(x < n, 1.0)
    # Rounding must not put a share outside its own interval.
    return pd.DataFrame(
        {
            "events": x,
            "whole": n,
            "share": share,
            "low": low.clip(upper=share).where(share.notna()),
            "high": high.clip(lower=share).where(share.notna()),
            "small": n < minimum,
        }
    )


def smooth(events: pd.Series, whole: pd.Series) -> pd.Series:
    """Shrink shares towards that of all areas, small areas most: Marshall's (1991) empirical Bayes, never below zero.

    With overall share m, variance a between areas (0 where the moments give less) and weight
    ``a / (a + m / n_i)``, the estimate is ``m + weight · (share_i − m)``.

    Examples
    --------
    >>> events, whole = pd.Series({"a": 0, "b": 30, "c": 40}), pd.Series({"a": 2, "b": 100, "c": 400})
    >>> smooth(events, whole).round(3).to_dict()
    {'a': 0.129, 'b': 0.268, 'c': 0.102}
    """
    x, n = counted(events, whole)
    return pd.Series(shrink(x.to_numpy(), n.to_numpy(), x.to_numpy()[None], n.to_numpy()[None]).ravel(), index=x.index)


def shrink(x: np.ndarray, n: np.ndarray, x_around: np.ndarray, n_around: np.ndarray) -> np.ndarray:
    """Return Marshall's estimate of each area, from one set of areas for all or a set each (rows; NaN: not in it)."""
    total = np.nansum(n_around, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(x_around, axis=1) / total
        members = np.isfinite(n_around).sum(axis=1)
        spread = np.nansum(n_around * (x_around / n_around - mean[:, None]) ** 2, axis=1) / total
        between = np.maximum(0.0, spread - mean / (total / members))
        weight = np.where(mean > 0, between / (between + mean / n), 0.0)
        # Rounding may put a hair below zero what cannot be.
        return np.maximum(0.0, mean + weight * (x / n - mean)) + 0 * x / n


def funnel(events: pd.Series, whole: pd.Series, *, limits: tuple[float, float] = (0.95, 0.998)) -> pd.DataFrame:
    """Compare each area with the share of all areas within limits that a denominator of its size allows.

    Exact binomial limits (Spiegelhalter 2005) around the pooled share: 95 % is a warning, 99.8 % an alarm.

    Returns
    -------
    DataFrame
        As `intervals` without the intervals; ``target`` (the pooled share), ``warning_low``, ``warning_high``,
        ``alarm_low``, ``alarm_high``, and ``verdict``: ``within``, ``low``, ``high`` (beyond warning),
        ``very low``, ``very high`` (beyond alarm), ``not-reported``.

    Raises
    ------
    ParameterError
        As for `intervals`; limits in per cent, or the alarm not above the warning.

    Examples
    --------
    >>> funnel(pd.Series({"a": 2, "b": 300}), pd.Series({"a": 4, "b": 2000})).verdict.to_dict()
    {'a': 'within', 'b': 'within'}
    """
    from scipy import stats

    limits = require_limits(limits)
    x, n = counted(events, whole)
    known = x.notna()
    target = x.sum() / n.sum() if known.any() else np.nan
    table = pd.DataFrame({"events": x, "whole": n, "share": x / n, "target": target})
    for name, level in zip(("warning", "alarm"), limits, strict=True):
        tail = (1 - level) / 2
        low = stats.binom.ppf(tail, n[known], target)
        high = stats.binom.ppf(1 - tail, n[known], target)
        table.loc[known, f"{name}_low"] = low / n[known]
        table.loc[known, f"{name}_high"] = high / n[known]
    table["verdict"] = "not-reported"
    table.loc[known, "verdict"] = "within"
    for name, word in (("warning", ""), ("alarm", "very ")):
        table.loc[known & (table["share"] < table[f"{name}_low"]), "verdict"] = f"{word}low"
        table.loc[known & (table["share"] > table[f"{name}_high"]), "verdict"] = f"{word}high"
    return table


def funnel_limits(
    target: float, largest: int, *, limits: tuple[float, float] = (0.95, 0.998), steps: int = 120
) -> pd.DataFrame:
    """Return the limits of `funnel` for denominators from 1 to `largest`, to be drawn as lines.

    Returns
    -------
    DataFrame
        Index ``whole``; ``warning_low``, ``warning_high``, ``alarm_low``, ``alarm_high`` (0 to 1).

    Examples
    --------
    >>> funnel_limits(0.5, 100).loc[100].tolist()
    [0.4, 0.6, 0.35, 0.65]
    """
    from scipy import stats

    limits = require_limits(limits)
    if not 0 <= target <= 1 or not 1 <= largest < np.inf:
        raise ParameterError(
            f"target must lie between 0 and 1, the largest denominator above 0; got {target!r} and {largest!r}.",
            hint="Take them from `funnel`: its column target, and whole.max()",
            value=target,
        )
    require_whole(steps, "steps", 1)
    sizes = np.unique(np.linspace(1, largest, min(steps, int(largest))).round().astype(int))
    table = pd.DataFrame(index=pd.Index(sizes, name="whole"))
    for name, level in zip(("warning", "alarm"), limits, strict=True):
        tail = (1 - level) / 2
        table[f"{name}_low"] = stats.binom.ppf(tail, sizes, target) / sizes
        table[f"{name}_high"] = stats.binom.ppf(1 - tail, sizes, target) / sizes
    return table


def ranks(
    events: pd.Series, whole: pd.Series, *, draws: int = 4_000, level: float = 0.9, seed: int = SEED
) -> pd.DataFrame:
    """Rank areas by share, the highest first, with the ranks that the counts allow.

    Shares are drawn from their Jeffreys posterior, Beta(x + ½, n − x + ½), and ranked `draws` times.

    Returns
    -------
    DataFrame
        Index code; ``share``, ``rank`` (ties share the middle), ``rank_low``, ``rank_high`` (best and worst rank
        of the middle `level`, widened where need be to hold ``rank`` itself: the draws may put an area with few
        counts nearer to the middle than its own share does), ``top_chance`` (share of draws at rank 1),
        ``told_apart`` (whether the interval spans at most a quarter of the areas; ``boolean``, so that
        ``found[found.told_apart]`` works). NaN and NA where not reported.

    Raises
    ------
    ParameterError
        As for `intervals`; fewer than 99 draws, a level in per cent, a seed below 0.

    Examples
    --------
    >>> found = ranks(pd.Series({"a": 1, "b": 500, "c": 900}), pd.Series({"a": 2, "b": 1000, "c": 1000}))
    >>> found.loc["b", ["rank_low", "rank_high"]].tolist(), bool(found.loc["a", "told_apart"])
    ([2, 3], False)
    """
    require_whole(draws, "draws", 99)
    require_level(level)
    require_whole(seed, "seed", 0)
    x, n = counted(events, whole)
    # Codes in order, so that the draws of an area do not hang on its row.
    known = x.dropna().index.sort_values()
    a, b = x[known].to_numpy(), n[known].to_numpy()
    rng = np.random.default_rng(seed)
    drawn = rng.beta(a + 0.5, b - a + 0.5, size=(draws, len(known)))
    placed = (-drawn).argsort(axis=1).argsort(axis=1) + 1 if len(known) else drawn
    ends = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(placed, ends, axis=0, method="closest_observation") if len(known) else ([], [])
    rank = pd.Series(a / b, dtype=float).rank(ascending=False).to_numpy()
    table = pd.DataFrame(
        {
            "share": a / b,
            "rank": rank,
            "rank_low": np.minimum(low, np.floor(rank)).astype(int),
            "rank_high": np.maximum(high, np.ceil(rank)).astype(int),
            "top_chance": (placed == 1).mean(axis=0),
        },
        index=known,
    )
    told = (table["rank_high"] - table["rank_low"] + 1) <= max(1, len(known) / 4)
    return table.assign(told_apart=told.astype("boolean")).reindex(x.index)


def counted(events: pd.Series, whole: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return events and denominators as numbers, both NaN where there is no rate."""
    x, n = figures(events, "events"), figures(whole, "whole")
    if x.index.has_duplicates or n.index.has_duplicates or set(x.index) != set(n.index):
        raise ParameterError(
            "Events and denominators must be of the same codes, each once.",
            hint="whole.reindex(events.index): NaN is not reported",
        )
    n = n.reindex(x.index)
    wrong = (x < 0) | (n < 0) | (x > n)
    if wrong.any():
        raise ParameterError(
            f"Events must lie between 0 and the denominator: {', '.join(map(str, x.index[wrong][:5]))}.",
            hint="Correct these areas, or make them NaN (not reported)",
            value=list(x.index[wrong][:5]),
        )
    known = x.notna() & (n > 0)
    return x.where(known), n.where(known)
