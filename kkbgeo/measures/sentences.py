"""Rates and targets in plain words of both languages; no sentence says more than its figure does.

Each function takes a name and one row of a table of `kkbgeo.measures.rates` or `kkbgeo.measures.targets`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from kkbgeo.language import number, require_language, text
from kkbgeo.measures.rates import MINIMUM_DENOMINATOR
from kkbgeo.measures.targets import PREVALENCE_PERCENT

Row = Mapping[str, Any]


def rate_sentence(
    name: str, row: Row, language: str = "id", *, level: float = 0.95, minimum: int = MINIMUM_DENOMINATOR
) -> str:
    """Say a share with its counts and interval; of a small denominator that it may not be ranked.

    Parameters
    ----------
    name : str
        The area, or what the sentence is about.
    row : mapping
        One row of `kkbgeo.measures.rates.intervals`.
    language : {"id", "en"}
        Bahasa Indonesia or English.
    level, minimum
        As handed to `intervals`.

    Examples
    --------
    >>> import pandas as pd
    >>> from kkbgeo.measures.rates import intervals
    >>> row = intervals(pd.Series({"63.01": 17}), pd.Series({"63.01": 135})).loc["63.01"]
    >>> rate_sentence("Tanah Laut", row, "en")
    'Tanah Laut: 17 of 135 (12.6%; 95% interval 8.0 to 19.2%).'
    """
    if _missing(row["share"]):
        return _say("rate.missing", language, name=name)
    said = _say(
        "rate.share", language, name=name, events=_count(row["events"], language),
        whole=_count(row["whole"], language), share=_percent(row["share"], language),
        low=_percent(row["low"], language), high=_percent(row["high"], language), level=_short(100 * level, language),
    )  # fmt: skip
    return f"{said} {_say('rate.small', language, minimum=minimum)}" if row["small"] else said


def funnel_sentence(name: str, row: Row, language: str = "id") -> str:
    """Say whether a share lies within what a denominator of its size allows; within is no proof of being alike.

    Parameters
    ----------
    row : mapping
        One row of `kkbgeo.measures.rates.funnel` with its usual limits.
    """
    if _missing(row["share"]):
        return _say("rate.missing", language, name=name)
    return _say(
        f"funnel.{row['verdict'].replace(' ', '-')}", language, name=name, share=_percent(row["share"], language),
        whole=_count(row["whole"], language), target=_percent(row["target"], language),
    )  # fmt: skip


def rank_sentence(name: str, row: Row, areas: int, language: str = "id", *, level: float = 0.9) -> str:
    """Say a rank with the ranks that the counts allow; where they span too much, that it tells nothing.

    Parameters
    ----------
    row : mapping
        One row of `kkbgeo.measures.rates.ranks`.
    areas : int
        How many areas were ranked.
    """
    if _missing(row["share"]):
        return _say("rank.missing", language, name=name)
    key = "told" if row["told_apart"] else "untold"
    return _say(
        f"rank.{key}", language, name=name, rank=_short(row["rank"], language), areas=areas,
        low=_count(row["rank_low"], language), high=_count(row["rank_high"], language),
        level=_short(100 * level, language),
    )  # fmt: skip


def share_target_sentence(name: str, row: Row, language: str = "id", *, percent: float) -> str:
    """Say how far kampung at mandiri or above are from a share of all kampung, in kampung, and the pace needed.

    Parameters
    ----------
    row : mapping
        One row of `kkbgeo.measures.targets.share_target`.
    percent : float
        The target it was held against.

    Examples
    --------
    >>> import pandas as pd
    >>> from kkbgeo.measures.targets import share_target
    >>> row = share_target(pd.Series({"63.01": 17}), pd.Series({"63.01": 135}), 40).loc["63.01"]
    >>> share_target_sentence("Tanah Laut", row, "en", percent=40)
    'Tanah Laut: 12.6% of the Kampung KB are at mandiri or above; for 40% it takes 54, so 37 are still missing.'
    """
    if row["state"] == "not-reported":
        return _say("share_target.not-reported", language, name=name)
    told = {
        "name": name, "share": number(row["share"], language, 1), "percent": _short(percent, language),
        "needed": _count(row["needed"], language), "gap": _count(row["gap"], language),
    }  # fmt: skip
    said = _say(f"share_target.{row['state']}", language, **told)
    if row["state"] == "reached" or _missing(row["pace"]):
        return said
    return f"{said} {_say('share_target.pace', language, pace=number(row['pace'], language, 1))}"


def rise_target_sentence(name: str, row: Row, language: str = "id", *, percent: float) -> str:
    """Say the net rise between two reports beside the rise asked for; moves that cancel do not show, and it says so.

    Parameters
    ----------
    row : mapping
        One row of `kkbgeo.measures.targets.rise_target`.
    """
    if row["state"] == "not-reported":
        return _say("rise_target.not-reported", language, name=name)
    return _say(
        f"rise_target.{row['state']}", language, name=name, net=_signed(row["net_rise"], language),
        needed=_count(row["needed"], language), gap=_count(row["gap"], language), percent=_short(percent, language),
    )  # fmt: skip


def prevalence_target_sentence(
    name: str, row: Row, language: str = "id", *, percent: float = PREVALENCE_PERCENT
) -> str:
    """Say a prevalence beside its ceiling, and whether the survey can tell on which side it lies.

    Parameters
    ----------
    row : mapping
        One row of `kkbgeo.measures.targets.prevalence_target`.
    """
    if row["state"] == "not-reported":
        return _say("prevalence_target.not-reported", language, name=name)
    told = {
        "name": name, "prevalence": number(row["prevalence"], language, 1), "percent": _short(percent, language),
        "gap": number(row["gap"], language, 1),
    }  # fmt: skip
    said = [_say(f"prevalence_target.{row['state']}", language, **told)]
    if row["state"] == "not-reached" and not _missing(row["pace"]):
        said.append(_say("prevalence_target.pace", language, pace=number(row["pace"], language, 1)))
    said.append(_say(f"prevalence_target.{'sure' if row['sure'] else 'unsure'}", language, percent=told["percent"]))
    return " ".join(said)


def difference_sentence(name: str, first: str, second: str, found: Row, language: str = "id") -> str:
    """Say what the difference of two surveys allows, or why it may not be told.

    Parameters
    ----------
    first, second : str
        The surveys as read: ``SSGI 2021``.
    found : mapping
        What `kkbgeo.measures.targets.survey_difference` returned.

    Examples
    --------
    >>> from kkbgeo.measures.targets import survey_difference
    >>> found = survey_difference(30.0, 24.6, same_instrument=True)
    >>> difference_sentence("Kalimantan Selatan", "SSGI 2021", "SSGI 2022", found, "en")[:68]
    'Kalimantan Selatan: whether SSGI 2022 differs from SSGI 2021 cannot '
    """
    told = {"name": name, "first": first, "second": second}
    if not _missing(found["low"]) and found["verdict"] in ("lower", "higher", "no-evidence"):
        told |= {key: number(found[key], language, 1) for key in ("low", "high")}
        told["difference"] = number(abs(found["difference"]), language, 1)
    return _say(f"difference.{found['verdict']}", language, **told)


def _say(key: str, language: str, **values: object) -> str:
    return text(f"rates.{key}", require_language(language), **values)


def _missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _count(value: float, language: str) -> str:
    return number(value, language)


def _signed(value: float, language: str) -> str:
    return ("+" if value > 0 else "") + number(value, language)


def _percent(share: float, language: str) -> str:
    return number(100 * share, language, 1)


def _short(value: float, language: str) -> str:
    return number(value, language, 0 if float(value).is_integer() else 1)
