"""Targets: reached or not, how far off, and the pace needed; a share and a rise are kept apart.

Which per cent is asked for, `kkbgeo.records.targets` tells.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from kkbgeo.errors import ParameterError
from kkbgeo.language import number, require_language, text
from kkbgeo.measures.derive import target_gap, target_needed
from kkbgeo.measures.figures import figures, require_number

PREVALENCE_PERCENT = 14.0  # a setting: the sources of the records print no ceiling, so pages cite none


def share_target(advanced: pd.Series, total: pd.Series, percent: float, years: float = 0) -> pd.DataFrame:
    """Hold kampung at mandiri or above against a share of all kampung.

    Parameters
    ----------
    advanced, total : Series
        Kampung by code, both of one report; NaN is not reported.
    percent : float
        The target.
    years : float
        Years left; 0 gives no pace.

    Returns
    -------
    DataFrame
        Index code; ``share`` (per cent), ``needed`` (kampung, rounded up), ``gap`` (kampung; 0 when reached),
        ``pace`` (kampung a year), ``state`` (``reached``, ``not-reached``, ``not-reported``).

    Examples
    --------
    >>> share_target(pd.Series({"63.01": 17}), pd.Series({"63.01": 135}), 40).loc["63.01", ["needed", "gap"]].tolist()
    [54.0, 37.0]
    """
    _percent(percent)
    require_number(years, "years", hint="Years left; 0 gives no pace")
    advanced, total = _same(advanced, total)
    if (advanced > total).any() or (advanced < 0).any():
        raise ParameterError("More kampung at mandiri or above than kampung, or less than none.")
    known = advanced.notna() & (total > 0)
    gap = target_gap(advanced, total, percent).where(known)
    return pd.DataFrame(
        {
            "share": (100 * advanced / total).where(known),
            "needed": target_needed(total, percent).where(known),
            "gap": gap,
            "pace": gap / years if years else gap * np.nan,
            "state": _state(gap, known),
        }
    )


def rise_target(
    before: pd.Series, after: pd.Series, total: pd.Series, percent: float, years: float = 1
) -> pd.DataFrame:
    """Hold kampung that *rose* between two reports against so many per cent of each regency's kampung a year.

    Only a net figure can be told from two counts: kampung at mandiri or above, after less before. Moves below
    mandiri, and falls made up by rises, do not show in it; `kkbgeo.patterns.class_movement` tells them.

    Parameters
    ----------
    before, after : Series
        Kampung at mandiri or above in the earlier and the later report.
    total : Series
        All kampung in the earlier report.
    percent : float
        The target.
    years : float
        Years between the two.

    Returns
    -------
    DataFrame
        Index code; ``net_rise``, ``needed`` (⌈percent · total / 100 · years⌉), ``gap``, ``state``.

    Examples
    --------
    >>> rise_target(pd.Series({"a": 3}), pd.Series({"a": 9}), pd.Series({"a": 110}), 5).loc["a", "state"]
    'reached'
    """
    _percent(percent)
    require_number(years, "years", zero=False, hint="Years between the two reports")
    before, after = _same(before, after)
    before, total = _same(before, total)
    net = after - before
    known = net.notna() & (total > 0)
    needed = target_needed(total, percent, years).where(known)
    gap = target_gap(net, total, percent, years).where(known)
    return pd.DataFrame({"net_rise": net.where(known), "needed": needed, "gap": gap, "state": _state(gap, known)})


def prevalence_target(
    prevalence: pd.Series,
    percent: float = PREVALENCE_PERCENT,
    years: float = 0,
    standard_error: pd.Series | None = None,
) -> pd.DataFrame:
    """Hold a prevalence against a ceiling.

    Parameters
    ----------
    prevalence : Series
        Per cent by code, of one survey.
    percent : float
        The ceiling.
    years : float
        Years left; 0 gives no pace.
    standard_error : Series, optional
        In points. Without it ``sure`` is False everywhere: the sources print none.

    Returns
    -------
    DataFrame
        Index code; ``prevalence``, ``gap`` (points above; 0 when reached), ``pace`` (points a year), ``state``,
        ``sure`` (whether the ceiling lies outside the 95 % interval).

    Raises
    ------
    ParameterError
        Prevalences below 0, above 100, or all of them shares (0.21 for 21 %); years or a standard error below 0.

    Examples
    --------
    >>> prevalence_target(pd.Series({"a": 21.5, "b": 13.0}), years=5).gap.tolist()
    [7.5, 0.0]
    """
    _percent(percent)
    require_number(years, "years", hint="Years left; 0 gives no pace")
    prevalence = _prevalence(prevalence)
    known = prevalence.notna()
    gap = (prevalence - percent).clip(lower=0)
    sure = pd.Series(False, index=prevalence.index)
    if standard_error is not None:
        error = figures(standard_error, "standard_error")
        if (error < 0).any():
            wrong = error.index[error < 0]
            raise ParameterError(
                f"A standard error is below 0: {', '.join(map(str, wrong[:5]))}.",
                hint="Give standard errors in points, 0 or more; NaN where none is printed",
                value=list(wrong[:5]),
            )
        sure = (prevalence - percent).abs() > 1.959964 * error.reindex(prevalence.index)
    return pd.DataFrame(
        {
            "prevalence": prevalence,
            "gap": gap,
            "pace": gap / years if years else gap * np.nan,
            "state": _state(gap, known),
            "sure": sure,
        }
    )


def survey_difference(
    first: float, second: float, se_first: float = math.nan, se_second: float = math.nan, *, same_instrument: bool
) -> dict[str, object]:
    """Return the difference of two surveys and what may be said of it.

    Returns
    -------
    dict
        ``difference`` (second less first), ``low``, ``high`` (95 %, NaN without standard errors), ``verdict``:
        ``another-instrument`` (SSGI against SKI: no change may be told), ``no-standard-error``, ``no-evidence``,
        ``lower`` or ``higher``.

    Raises
    ------
    ParameterError
        A standard error below 0, or infinite.

    Examples
    --------
    >>> survey_difference(30.0, 24.0, 1.5, 1.5, same_instrument=True)["verdict"]
    'lower'
    >>> survey_difference(30.0, 24.0, same_instrument=True)["verdict"]
    'no-standard-error'
    """
    for name, error in (("se_first", se_first), ("se_second", se_second)):
        if error is None or error == error:  # NaN: none printed
            require_number(error, name, hint="Standard errors are in points; leave them out where none is printed")
    difference = second - first
    half = 1.959964 * math.hypot(se_first, se_second)
    verdict = "no-evidence"
    if not same_instrument:
        verdict = "another-instrument"
    elif math.isnan(difference):
        verdict = "not-reported"
    elif math.isnan(half):
        verdict = "no-standard-error"
    elif abs(difference) > half:
        verdict = "lower" if difference < 0 else "higher"
    return {"difference": difference, "low": difference - half, "high": difference + half, "verdict": verdict}


def difference_sentence(name: str, first: str, second: str, found: Mapping[str, Any], language: str = "id") -> str:
    """Say what the difference of two surveys allows, or why it may not be told.

    Parameters
    ----------
    first, second : str
        The surveys as read: ``SSGI 2021``.
    found : mapping
        What `survey_difference` returned.

    Examples
    --------
    >>> found = survey_difference(30.0, 24.6, same_instrument=True)
    >>> difference_sentence("Kalimantan Selatan", "SSGI 2021", "SSGI 2022", found, "en")[:68]
    'Kalimantan Selatan: whether SSGI 2022 differs from SSGI 2021 cannot '
    """
    told = {"name": name, "first": first, "second": second}
    if not math.isnan(found["low"]) and found["verdict"] in ("lower", "higher", "no-evidence"):
        told |= {key: number(found[key], language, 1) for key in ("low", "high")}
        told["difference"] = number(abs(found["difference"]), language, 1)
    return text(f"targets.difference.{found['verdict']}", require_language(language), **told)


def _same(one: pd.Series, other: pd.Series) -> tuple[pd.Series, pd.Series]:
    one, other = figures(one), figures(other)
    if set(one.index) != set(other.index) or one.index.has_duplicates or other.index.has_duplicates:
        raise ParameterError("The figures must be of the same codes, each once.", hint="other.reindex(one.index)")
    return one, other.reindex(one.index)


def _state(gap: pd.Series, known: pd.Series) -> pd.Series:
    return pd.Series(np.where(known, np.where(gap <= 0, "reached", "not-reached"), "not-reported"), index=gap.index)


def _prevalence(prevalence: pd.Series) -> pd.Series:
    found = figures(prevalence, "prevalence")
    wrong = found.index[(found < 0) | (found > 100)]
    if len(wrong):
        raise ParameterError(
            f"A prevalence lies between 0 and 100 per cent: {', '.join(map(str, wrong[:5]))} does not.",
            hint="Correct these areas, or make them NaN (not reported)",
            value=list(wrong[:5]),
        )
    if 0 < found.max() <= 1:
        raise ParameterError(
            f"No prevalence is above 1 per cent (the highest is {found.max():g}): these look like shares.",
            hint="Give per cent: 100 * prevalence",
            value=float(found.max()),
        )
    return found


def _percent(percent: float) -> None:
    if not 0 < percent <= 100:
        raise ParameterError(
            "A target must lie above 0 and up to 100 per cent.", hint="Write 14 % as 14", value=percent
        )
