"""Progress in figures: moves of the same kampung, coverage, inequality of prevalence, targets with their sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from kkbgeo.errors import ParameterError
from kkbgeo.measures import targets
from kkbgeo.patterns.frame import known_values, require_numbers
from kkbgeo.patterns.movement import Movement, class_movement
from kkbgeo.records.targets import Target, yardstick
from kkbgeo.spatial import gini, theil
from kkbgeo.spatial.inequality import Inequality
from kkbgeo.spatial.permute import SEED
from kkbgeo.spatial.sample import TooFewAreasError
from kkbgeo.tables import AreaTable
from kkbgeo.workbench import Workbench

#: Points either way that a survey may be off in one regency: an assumption, since no source prints an error. SSGI 2022
#: measured about 690 children a regency; with a design effect of 2 that is 4.5 points. SKI 2023 is about twice that.
SURVEY_ERROR = 4.5
#: Target on the page -> its goal in the file of targets. The ceiling of prevalence is the notebook's.
GOAL_OF = {"raise_share": "raise", "raise_yearly": "raise_yearly", "advanced": "advanced_share"}
NORMAL = 1.959964  # an error of 95 per cent is so many standard errors


@dataclass(frozen=True, eq=False)
class Progress:
    """What can be told of progress.

    Attributes
    ----------
    table : AreaTable
        The figures of regencies that targets, coverage and inequality are told from.
    indicator : str
        Prevalence that inequality and the ceiling are told of.
    movement : Movement
        Classes of the same kampung and registration, in the exports of the portal.
    coverage : DataFrame
        Regencies whose Kampung KB are counted: ``kampung``, ``villages``, ``as_of``.
    theil, gini : Inequality or None
        Of the indicator between and within provinces; None with too few areas.
    targets : dict of str to DataFrame
        ``advanced`` (a share of kampung at mandiri or above), ``raise_share`` (that of a rise, read as a share),
        ``raise_yearly`` (a rise of each regency's kampung a year), ``prevalence`` (ceiling): one row per area, as
        `kkbgeo.measures.targets`; empty where no source names such a target.
    yardsticks : dict of str to Target or None
        What areas are held against, by the names of `GOAL_OF`; the file of targets tells it.
    ceiling, error : float
        Prevalence to come down to, and what a survey may be off either way.
    """

    table: AreaTable
    indicator: str
    movement: Movement
    coverage: pd.DataFrame
    theil: Inequality | None
    gini: Inequality | None
    targets: Mapping[str, pd.DataFrame]
    yardsticks: Mapping[str, Target | None]
    ceiling: float
    error: float
    seed: int
    draws: int


def progress(
    wb: Workbench,
    indicator: str = "stunting_prevalence",
    *,
    ceiling: float = targets.PREVALENCE_PERCENT,
    error: float = SURVEY_ERROR,
    seed: int = SEED,
    draws: int = 1_999,
) -> Progress:
    """Gather what the records tell of progress; what they do not is empty, and never guessed.

    Parameters
    ----------
    indicator : str
        A prevalence of the catalogue.
    ceiling : float
        Prevalence to come down to, per cent.
    error : float
        Points either way that a survey's figure may be off: an assumption.
    seed, draws : int
        Of the bootstrap.

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
        raise ParameterError(f"{indicator!r} is no prevalence.", hint="E.g. stunting_prevalence")
    require_numbers(ceiling=ceiling, error=error, seed=seed, draws=draws)
    if error < 0:
        raise ParameterError("error must be 0 or more.", hint="Points, e.g. 4.5", value=error)
    keys = ["kkb_total", "kkb_class_total", "kkb_advanced", indicator]
    table = wb.table("regency", keys)
    column = {key: known_values(table, key) for key in keys}
    yardsticks = {key: yardstick(wb.targets, goal) for key, goal in GOAL_OF.items()}
    standard_error = pd.Series(error / NORMAL, index=column[indicator].index)
    return Progress(
        table, indicator, class_movement(wb), _coverage(wb, table, column["kkb_total"]),
        _inequality("theil", column[indicator], seed, draws), _inequality("gini", column[indicator], seed, draws),
        {
            "advanced": _shared(column, yardsticks["advanced"]),
            "raise_share": _shared(column, yardsticks["raise_share"]),
            "raise_yearly": _raised(wb, yardsticks["raise_yearly"]),
            "prevalence": targets.prevalence_target(column[indicator], ceiling, standard_error=standard_error),
        },
        yardsticks, ceiling, error, seed, draws,
    )  # fmt: skip


def _coverage(wb: Workbench, table: AreaTable, kampung: pd.Series) -> pd.DataFrame:
    """Return the Kampung KB formed beside all villages, for regencies that tell them."""
    known = kampung.dropna()
    return pd.DataFrame({
        "kampung": known.astype(int),
        "villages": [len(wb.gazetteer.within(code, "village")) for code in known.index],
        "as_of": [table.cell(code, "kkb_total")["as_of"] for code in known.index],
    }, index=known.index)  # fmt: skip


def _inequality(measure: str, values: pd.Series, seed: int, draws: int) -> Inequality | None:
    try:
        if measure == "gini":
            return gini(values, seed=seed, draws=draws)
        provinces = pd.Series(values.index.str.split(".").str[0], index=values.index)
        return theil(values, provinces, seed=seed, draws=draws)
    except TooFewAreasError:
        return None


def _shared(column: Mapping[str, pd.Series], target: Target | None) -> pd.DataFrame:
    if target is None:
        return pd.DataFrame(columns=["share", "needed", "gap", "pace", "state"])
    return targets.share_target(column["kkb_advanced"], column["kkb_class_total"], target.target)


def _raised(wb: Workbench, target: Target | None) -> pd.DataFrame:
    """Return the net rise between the first and the last report of a regency's classes since the target was named."""
    since = target.as_of if target else ""
    seen: dict[str, dict[str, tuple[float, float]]] = {}
    for one in wb.rows("kampung_counts"):
        told = one.level == "regency" and one.definition == "after_2022" and one.count_kind == "formed"
        told = told and one.precision != "undated" and not one.about and not one.doubt
        told = told and since <= one.period_end <= wb.as_of
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
