"""How unequal areas are: Theil within and between groups, Gini, concentration of aid against need; with intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kkbgeo import language as words
from kkbgeo.errors import ParameterError
from kkbgeo.measures.figures import figures, one_each, require_level, require_series, require_whole
from kkbgeo.spatial.permute import SEED
from kkbgeo.spatial.sample import TooFewAreasError

MINIMUM = 10


@dataclass(frozen=True, eq=False)
class Inequality:
    """An inequality with its interval.

    Attributes
    ----------
    measure : str
        ``theil``, ``gini`` or ``concentration``.
    table : DataFrame
        One row per figure: index ``part``; ``value``, ``low``, ``high`` (percentile bootstrap over areas).
    areas, not_reported, draws, seed, level
        What the figure rests on.
    """

    measure: str
    table: pd.DataFrame
    areas: int
    not_reported: int
    draws: int
    seed: int
    level: float

    def sentence(self, language: str = "id") -> str:
        """Return the figure and what it rests on, in plain words."""
        said = {
            f"{part}_{column}": words.number(row[column], language, 3)
            for part, row in self.table.iterrows()
            for column in ("value", "low", "high")
        }
        return words.text(
            f"spatial.inequality.{self.measure}",
            words.require_language(language),
            areas=self.areas,
            missing=self.not_reported,
            draws=words.number(self.draws, language),
            seed=self.seed,
            level=words.number(100 * self.level, language),
            **said,
        )


def theil(
    values: pd.Series,
    groups: pd.Series,
    weights: pd.Series | None = None,
    *,
    draws: int = 1_999,
    seed: int = SEED,
    level: float = 0.95,
    minimum_areas: int = MINIMUM,
) -> Inequality:
    """Split inequality of areas into that within groups (provinces) and that between them: Theil's T.

    ``T = Σ w_i (x_i / m) ln(x_i / m)`` with weights that add up to 1 and m the weighted mean; zero counts as
    ``0 ln 0 = 0``. Between: the same of the group means; within: the groups' T by their share of the total.

    Parameters
    ----------
    values : Series
        Index codes; zero or more; NaN is not reported.
    groups : Series
        The group of each code.
    weights : Series, optional
        Weight of each area (families, kampung); default all alike.
    draws, seed, level
        Bootstrap: areas are drawn anew within their groups.

    Returns
    -------
    Inequality
        Rows ``total``, ``within``, ``between``, ``between_share`` (of the total).

    Raises
    ------
    TooFewAreasError, ParameterError
        Fewer areas than the minimum; figures below zero or infinite; all figures zero; a code twice.

    Examples
    --------
    >>> found = theil(pd.Series([1.0, 1, 3, 3] * 3), pd.Series(["a", "a", "b", "b"] * 3), draws=99)
    >>> found.table.value.round(4).to_dict()
    {'total': 0.1308, 'within': 0.0, 'between': 0.1308, 'between_share': 1.0}
    """
    frame = _known(values, minimum_areas, group=groups, weight=weights)
    x, w = frame["value"].to_numpy(), frame["weight"].to_numpy()
    group = pd.factorize(frame["group"], sort=True)[0]

    def figures(rows: np.ndarray) -> np.ndarray:
        here, weight, part = x[rows], w[rows], group[rows]
        share = weight / weight.sum(axis=1, keepdims=True)
        mean = (share * here).sum(axis=1, keepdims=True)
        with np.errstate(invalid="ignore"):  # a draw of zeros alone
            # Rounding must not put a hair below zero what cannot be, nor print "-0".
            total = np.maximum((share * _xlogx(here / mean)).sum(axis=1), 0.0) + 0.0
        between = np.zeros(len(rows))
        for one in range(group.max() + 1):
            inside = share * (part == one)
            size = inside.sum(axis=1)
            with np.errstate(invalid="ignore"):
                ratio = (inside * here).sum(axis=1) / size / mean[:, 0]
            between += np.where(size > 0, size * _xlogx(np.nan_to_num(ratio)), 0)
        between = np.maximum(between, 0.0) + 0.0
        within = np.maximum(total - between, 0.0) + 0.0
        with np.errstate(invalid="ignore", divide="ignore"):
            part = np.where(total <= 1e-15, 0.0, between / total)
            return np.stack([total, within, between, part], axis=1)

    names = ["total", "within", "between", "between_share"]
    return _bootstrapped("theil", names, figures, group, values, draws, seed, level)


def gini(
    values: pd.Series,
    weights: pd.Series | None = None,
    *,
    draws: int = 1_999,
    seed: int = SEED,
    level: float = 0.95,
    minimum_areas: int = MINIMUM,
) -> Inequality:
    """Measure inequality of areas between 0 (all alike) and 1: the Gini coefficient.

    ``G = Σ_i Σ_j w_i w_j |x_i − x_j| / (2 m)``, weights adding up to 1. Parameters and errors as for `theil`.

    Examples
    --------
    >>> float(gini(pd.Series([1.0, 2, 3, 4, 5] * 2), draws=99).table.value.iloc[0].round(4))
    0.2667
    """
    frame = _known(values, minimum_areas, weight=weights)
    x, w = frame["value"].to_numpy(), frame["weight"].to_numpy()
    figures = _area(lambda rows: x[rows], lambda rows: w[rows], lambda rows: x[rows] * w[rows])
    return _bootstrapped("gini", ["gini"], figures, np.zeros(len(x), int), values, draws, seed, level)


def concentration(
    aid: pd.Series,
    need: pd.Series,
    people: pd.Series | None = None,
    *,
    draws: int = 1_999,
    seed: int = SEED,
    level: float = 0.95,
    minimum_areas: int = MINIMUM,
) -> Inequality:
    """Measure whether aid is concentrated where need is: the concentration index, from −1 to 1.

    Areas are ranked from the least to the greatest need; above 0 aid lies with the needier areas, below 0 with the
    less needy ones. Areas of equal need share one rank. An area without reported aid is *not reported*, not zero.

    Parameters
    ----------
    aid : Series
        Aid of each area, zero or more (total, not per head).
    need : Series
        What to rank by (prevalence, families at risk).
    people : Series, optional
        Size of each area; default all alike.
    draws, seed, level, minimum_areas
        As for `theil`.

    Examples
    --------
    >>> aid, need = pd.Series([0.0] * 9 + [5.0]), pd.Series(range(10))
    >>> float(concentration(aid, need, draws=99).table.value.iloc[0].round(4))
    0.9
    """
    frame = _known(aid, minimum_areas, need=need, weight=people)
    x, w, rank = (frame[one].to_numpy(dtype=float) for one in ("value", "weight", "need"))
    figures = _area(lambda rows: rank[rows], lambda rows: w[rows], lambda rows: x[rows])
    return _bootstrapped(
        "concentration", ["concentration"], figures, np.zeros(len(x), int), aid, draws, seed, level, second=need
    )


def _area(by: Callable, size: Callable, amount: Callable) -> Callable[[np.ndarray], np.ndarray]:
    """Return twice the area between the diagonal and the curve of `amount`, areas in the order of `by`."""

    def figures(rows: np.ndarray) -> np.ndarray:
        key = by(rows)
        order = np.argsort(key, axis=1, kind="stable")
        key, here, share = (np.take_along_axis(one, order, 1) for one in (key, amount(rows), size(rows)))
        share = share / share.sum(axis=1, keepdims=True)
        upto = np.cumsum(share, axis=1)
        middle = upto - share / 2
        found = np.empty((len(rows), 1))
        for one in range(len(rows)):
            start = np.flatnonzero(np.r_[True, key[one, 1:] != key[one, :-1]])
            tied = np.add.reduceat(middle[one] * share[one], start) / np.add.reduceat(share[one], start)
            total = here[one].sum()
            shared = np.add.reduceat(here[one], start)
            found[one] = 2 * (shared @ tied) / total - 1 if total > 0 else np.nan
        return found

    return figures


def _bootstrapped(
    measure: str,
    names: list[str],
    figures: Callable[[np.ndarray], np.ndarray],
    group: np.ndarray,
    given: pd.Series,
    draws: int,
    seed: int,
    level: float,
    second: pd.Series | None = None,
) -> Inequality:
    require_whole(draws, "draws", 99)
    require_level(level)
    require_whole(seed, "seed", 0)
    rng = np.random.default_rng(seed)
    rows = np.empty((draws, len(group)), dtype=np.int64)
    for one in np.unique(group):
        members = np.flatnonzero(group == one)
        rows[:, members] = rng.choice(members, size=(draws, len(members)))
    value = figures(np.arange(len(group))[None])[0]
    # A draw of zeros alone has no inequality to tell.
    low, high = np.nanquantile(figures(rows), [(1 - level) / 2, (1 + level) / 2], axis=0)
    table = pd.DataFrame({"value": value, "low": low, "high": high}, index=pd.Index(names, name="part"))
    every = len(given.index if second is None else given.index.union(second.index))
    return Inequality(measure, table, len(group), every - len(group), draws, seed, level)


def _known(values: pd.Series, minimum: int, **others: pd.Series | None) -> pd.DataFrame:
    frame = pd.DataFrame({"value": one_each(figures(values))})
    for name, column in others.items():
        if column is None:
            frame[name] = 1.0
            continue
        checked = require_series(column, "groups") if name == "group" else figures(column, name)
        frame[name] = one_each(checked, f"{name}s").reindex(frame.index)
    frame = frame.dropna().sort_index()
    if (frame["value"] < 0).any() or ("weight" in frame and (frame["weight"] <= 0).any()):
        raise ParameterError(
            "Inequality needs figures of zero or more and weights above zero.",
            hint="Make impossible figures NaN (not reported)",
        )
    if len(frame) < minimum:
        raise TooFewAreasError(
            f"{len(frame)} areas have all the figures; at least {minimum} are needed.",
            value=len(frame),
            minimum=minimum,
        )
    if not frame["value"].sum() > 0:
        raise ParameterError("All figures are zero: there is nothing to share out.")
    return frame


def _xlogx(ratio: np.ndarray) -> np.ndarray:
    return ratio * np.log(np.where(ratio > 0, ratio, 1.0))
