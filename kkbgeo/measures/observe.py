"""From a record table to observations of one indicator: what is eligible, and why the rest is not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from kkbgeo.join import NAMED, OBSERVATION_COLUMNS, Observation
from kkbgeo.measures.catalogue import Indicator
from kkbgeo.records.tables import CLASSES

_ORDER = {word: float(position) for position, word in enumerate(CLASSES, start=1)}


def observe(records: pd.DataFrame, indicator: Indicator, *, level: str, as_of: str) -> pd.DataFrame:
    """Turn every record of a table into one observation of `indicator`; none is left out.

    Parameters
    ----------
    records : DataFrame
        A record table as `kkbgeo.records` reads it.
    indicator, level, as_of
        As for `observations`.

    Returns
    -------
    DataFrame
        One row per record, columns as `kkbgeo.join.join` expects them.
    """
    seen = observations(list(records.itertuples(index=False)), indicator, level=level, as_of=as_of)
    return pd.DataFrame(seen, columns=list(OBSERVATION_COLUMNS))


def observations(records: Sequence[Any], indicator: Indicator, *, level: str, as_of: str) -> list[Observation]:
    """Turn rows of a record table into observations of `indicator`, one each.

    Parameters
    ----------
    records : sequence of named tuples
        Rows of a record table, as ``DataFrame.itertuples`` gives them.
    indicator : Indicator
        A catalogue entry that is read from that table (not a derived one).
    level, as_of : str
        Level of the table to come and its date; only an indicator of group ``survey`` needs them, to
        keep all areas of one map on one survey.
    """
    values = [_value(one, indicator) for one in records]
    why = [_why_not(one, indicator, value) for one, (value, _) in zip(records, values, strict=True)]
    if indicator.group == "survey":
        why = _keep_one_survey(records, why, level, as_of)
    return [
        Observation(
            row=f"{one.record_id}/{indicator.id}",
            record_id=one.record_id,
            table=indicator.table,
            indicator=indicator.id,
            code=one.code,
            level=one.level,
            value=value,
            text=word,
            eligible=not reason,
            why=reason,
            period_start=one.period_start,
            period_end=one.period_end,
            precision=one.precision,
            as_of=one.as_of,
            rank=one.rank,
            doubt=getattr(one, "doubt", ""),
            derived=bool(indicator.column) and indicator.column in getattr(one, "derived", "").split(),
            # A village counts once, however often and by whomever it is named.
            event_id=one.code if indicator.group == "place" else one.event_id,
            source_id=one.source_id,
            place_reason=one.place_reason,
        )
        for one, (value, word), reason in zip(records, values, why, strict=True)
    ]


def has_breakdown(counts: pd.DataFrame) -> pd.Series:
    """Return which count records tell the classes: a total and at least three of the four classes."""
    return pd.Series([_tells_classes(one) for one in counts.itertuples(index=False)], index=counts.index, dtype=bool)


def _tells_classes(one: Any) -> bool:
    return not pd.isna(one.total) and sum(not pd.isna(getattr(one, name)) for name in CLASSES) >= 3


def _value(one: Any, indicator: Indicator) -> tuple[float, str]:
    """Return the figure, and the word of a class."""
    if not indicator.column:
        return 1.0, ""
    cell = getattr(one, indicator.column)
    if indicator.kind == "class":
        return _ORDER.get(cell, math.nan), cell or NAMED
    return math.nan if pd.isna(cell) else float(cell), ""


def _why_not(one: Any, indicator: Indicator, value: float) -> str:
    for column, allowed in indicator.where.items():
        actual = str(_tells_classes(one)).lower() if column == "has_breakdown" else str(getattr(one, column))
        if actual not in allowed:
            return f"{column} is {actual or 'not told'}, not {' or '.join(allowed)}"
    if indicator.group == "place":
        return "the village is not certain" if one.level != "village" else ""
    if indicator.group != "classes" and indicator.kind != "class" and math.isnan(value):
        return "the record carries no such figure"
    return ""


def _keep_one_survey(records: Sequence[Any], why: list[str], level: str, as_of: str) -> list[str]:
    mine = [
        one
        for one, reason in zip(records, why, strict=True)
        if not reason and one.level == level and one.period_end <= as_of
    ]
    if not mine:
        return why
    # Of two surveys that end on one day the later row counts.
    newest = _survey(sorted(mine, key=lambda one: one.period_end)[-1])
    return [
        reason or ("" if _survey(one) == newest else f"{_survey(one)}: another survey; "
                   f"every area of this map is of {newest}")
        for one, reason in zip(records, why, strict=True)
    ]  # fmt: skip


def _survey(one: Any) -> str:
    return f"{one.survey} {one.year}"
