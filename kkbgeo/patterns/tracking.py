"""Progress in figures: shares with intervals and ranks, inequality, moves between classes, targets with sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from kkbgeo.errors import ParameterError
from kkbgeo.measures import rates, targets
from kkbgeo.patterns.frame import known_values, require_numbers
from kkbgeo.records.tables import CLASSES
from kkbgeo.records.targets import Target, yardstick
from kkbgeo.spatial import gini, theil, transitions
from kkbgeo.spatial.change import Transitions
from kkbgeo.spatial.inequality import Inequality
from kkbgeo.spatial.permute import SEED
from kkbgeo.spatial.sample import TooFewAreasError
from kkbgeo.tables import AreaTable
from kkbgeo.workbench import Workbench

#: Share -> indicator of the events and of the whole; no indicator is the number of villages.
SHARES = {"advanced": ("kkb_advanced", "kkb_class_total"), "coverage": ("kkb_total", "")}
MINIMUM_AREAS = 5  # a pooled share of fewer areas is no measure for any of them
#: Target on the page -> its goal in the file of targets. Of the ceiling of prevalence no source is there to name one.
GOAL_OF = {"raise_share": "raise", "raise_yearly": "raise_yearly", "advanced": "advanced_share"}
_SHARE_COLUMNS = ["share", "needed", "gap", "pace", "state"]


@dataclass(frozen=True, eq=False)
class Share:
    """A share of counts, area by area.

    Attributes
    ----------
    key : str
        ``advanced`` (mandiri or above of the classified) or ``coverage`` (Kampung KB of all villages).
    league : DataFrame
        One row per area with a share, highest first: ``events``, ``whole``, ``share``, ``low``, ``high``, ``small``,
        ``rank``, ``rank_low``, ``rank_high``, ``told_apart``, ``target`` and ``verdict`` (of the funnel), ``as_of``.
    target : float
        The share of all these areas together (0 to 1).
    limits : DataFrame
        Control limits by denominator; empty with fewer than `MINIMUM_AREAS` areas.
    missing : int
        Areas without the figures.
    odd : tuple of str
        Areas with more events than their whole: no share can be told.
    """

    key: str
    league: pd.DataFrame
    target: float
    limits: pd.DataFrame
    missing: int
    odd: tuple[str, ...]

    @property
    def enough(self) -> bool:
        """Whether there are areas enough for limits and ranks."""
        return len(self.league) >= MINIMUM_AREAS


@dataclass(frozen=True, eq=False)
class Progress:
    """What can be told of progress.

    Attributes
    ----------
    table : AreaTable
        The figures of regencies that everything here is made from.
    indicator : str
        Prevalence that inequality and the ceiling are told of.
    shares : dict of str to Share
    theil, gini : Inequality or None
        Of the indicator between and within provinces; None with too few areas.
    moves : Transitions or None
        Moves between classes of kampung known in two reports; None where no kampung is.
    moves_known : int
        Kampung with a class in two dated reports.
    targets : dict of str to DataFrame
        ``advanced`` (a share of kampung at mandiri or above), ``raise_share`` (that of a rise, read as a share),
        ``raise_yearly`` (a rise of each regency's kampung a year), ``prevalence`` (ceiling): one row per area, as
        `kkbgeo.measures.targets`; empty where no source names such a target.
    yardsticks : dict of str to Target or None
        What areas are held against, by the names of `GOAL_OF`; the file of targets tells it.
    years : float
        Years that the pace is told for.
    """

    table: AreaTable
    indicator: str
    shares: Mapping[str, Share]
    theil: Inequality | None
    gini: Inequality | None
    moves: Transitions | None
    moves_known: int
    targets: Mapping[str, pd.DataFrame]
    yardsticks: Mapping[str, Target | None]
    years: float
    ceiling: float
    seed: int
    draws: int


def progress(
    wb: Workbench,
    indicator: str = "stunting_prevalence",
    *,
    minimum: int = 30,
    ceiling: float = targets.PREVALENCE_PERCENT,
    years: float = 5,
    seed: int = SEED,
    draws: int = 1_999,
) -> Progress:
    """Gather what the records tell of progress; what they do not is empty, and never guessed.

    Parameters
    ----------
    indicator : str
        A prevalence of the catalogue.
    minimum : int
        Smaller denominators are marked: their shares are shown with counts and not ranked by.
    ceiling : float
        Prevalence to come down to, per cent.
    years : float
        Years to spread what is left over.
    seed, draws : int
        Of the bootstrap and of the ranks.

    Raises
    ------
    ParameterError
        An indicator that is no per cent; numbers out of range.

    Examples
    --------
    >>> found = progress(Workbench(), draws=99)
    >>> row = found.targets["advanced"].loc["63.01"]
    >>> int(row.needed), int(row.gap), row.state
    (54, 37, 'not-reached')
    """
    if wb.catalogue[indicator].kind != "percent" or not indicator.startswith("stunting_prevalence"):
        raise ParameterError(f"{indicator!r} is no prevalence.", hint="E.g. stunting_prevalence_ssgi_2022")
    require_numbers(minimum=minimum, ceiling=ceiling, years=years, seed=seed, draws=draws)
    if years <= 0 or minimum < 1:
        raise ParameterError("years and minimum must be above 0.", value=[years, minimum])
    keys = ["kkb_total", "kkb_class_total", "kkb_advanced", indicator]
    table = wb.table("regency", keys)
    column = {key: known_values(table.cells[table.cells["indicator"] == key], table.labels) for key in keys}
    villages = pd.Series({code: float(len(wb.gazetteer.within(code, "village"))) for code in table.labels})
    as_of = {key: pd.Series(table.column(key, "as_of"), index=list(table.labels)) for key in keys}
    shares = {
        key: share_of(key, column[events], column[whole] if whole else villages, as_of[events], minimum, seed)
        for key, (events, whole) in SHARES.items()
    }
    before, after = _classes_twice(wb)
    yardsticks = {key: yardstick(wb.targets, goal) for key, goal in GOAL_OF.items()}
    return Progress(
        table, indicator, shares,
        _inequality("theil", column[indicator], seed, draws), _inequality("gini", column[indicator], seed, draws),
        transitions(before, after, CLASSES) if len(before) else None, len(before),
        {
            "advanced": _shared(column, yardsticks["advanced"], years),
            "raise_share": _shared(column, yardsticks["raise_share"], years),
            "raise_yearly": _raised(wb, yardsticks["raise_yearly"]),
            "prevalence": targets.prevalence_target(column[indicator], ceiling, years),
        },
        yardsticks, years, ceiling, seed, draws,
    )  # fmt: skip


def share_of(key: str, events: pd.Series, whole: pd.Series, as_of: pd.Series, minimum: int, seed: int) -> Share:
    """Return a share with its intervals, funnel limits and ranks.

    Raises
    ------
    ParameterError
        Events and wholes of other codes.
    """
    odd = tuple(events.index[events > whole])
    events = events.where(events <= whole)
    known = events.notna() & (whole > 0)
    x, n = events[known], whole[known]
    table = rates.intervals(x, n, minimum=minimum)
    funnel = rates.funnel(x, n)
    ranked = rates.ranks(x, n, seed=seed)
    league = table.join(ranked[["rank", "rank_low", "rank_high", "told_apart"]]).join(funnel[["target", "verdict"]])
    league["as_of"] = as_of.reindex(league.index)
    enough = len(league) >= MINIMUM_AREAS
    if not enough:
        league = league.assign(rank=float("nan"), rank_low=float("nan"), rank_high=float("nan"), told_apart=False)
        league["verdict"] = "too-few"
    target = float(x.sum() / n.sum()) if len(x) else float("nan")
    limits = rates.funnel_limits(target, int(n.max())) if enough else pd.DataFrame()
    return Share(key, league.sort_values("share", ascending=False, kind="stable"), target, limits,
                 int((~known).sum()), odd)  # fmt: skip


def _inequality(measure: str, values: pd.Series, seed: int, draws: int) -> Inequality | None:
    try:
        if measure == "gini":
            return gini(values, seed=seed, draws=draws)
        provinces = pd.Series(values.index.str.split(".").str[0], index=values.index)
        return theil(values, provinces, seed=seed, draws=draws)
    except TooFewAreasError:
        return None


def _classes_twice(wb: Workbench) -> tuple[pd.Series, pd.Series]:
    """Return the first and the last class of each kampung whose village is certain and that two dated reports class."""
    seen: dict[str, list[tuple[str, str]]] = {}
    for one in wb.rows("kampung"):
        told = one.level == "village" and one.class_level in CLASSES and one.precision != "undated"
        if told and not one.doubt and one.period_end <= wb.as_of:
            seen.setdefault(one.code, []).append((one.period_end, one.class_level))
    twice = {code: sorted(set(found)) for code, found in seen.items() if len({when for when, _ in found}) > 1}
    ends = {code: (found[0][1], found[-1][1]) for code, found in twice.items()}
    first = pd.Series({code: end[0] for code, end in ends.items()}, dtype=object)
    return first, pd.Series({code: end[1] for code, end in ends.items()}, dtype=object)


def _shared(column: Mapping[str, pd.Series], target: Target | None, years: float) -> pd.DataFrame:
    if target is None:
        return pd.DataFrame(columns=_SHARE_COLUMNS)
    return targets.share_target(column["kkb_advanced"], column["kkb_class_total"], target.target, years)


def _raised(wb: Workbench, target: Target | None) -> pd.DataFrame:
    """Return the net rise between the first and the last report of a regency that tell all classes."""
    seen: dict[str, dict[str, tuple[float, float]]] = {}
    for one in wb.rows("kampung_counts"):
        told = one.level == "regency" and one.definition == "after_2022" and one.count_kind == "formed"
        told = told and one.precision != "undated" and not one.about and not one.doubt and one.period_end <= wb.as_of
        if told and not any(pd.isna(value) for value in (one.total, one.mandiri, one.berkelanjutan)):
            seen.setdefault(one.code, {})[one.period_end] = (float(one.mandiri + one.berkelanjutan), float(one.total))
    parts = []
    for code, found in sorted(seen.items()):
        if target is None or len(found) < 2:
            continue
        first, last = min(found), max(found)
        years = (pd.Timestamp(last) - pd.Timestamp(first)).days / 365.25
        if years <= 0:
            continue
        before, after, total = (
            pd.Series({code: value}) for value in (found[first][0], found[last][0], found[first][1])
        )
        parts.append(targets.rise_target(before, after, total, target.target, years).assign(since=first, until=last))
    columns = ["net_rise", "needed", "gap", "state", "since", "until"]
    return pd.concat(parts) if parts else pd.DataFrame(columns=columns)
