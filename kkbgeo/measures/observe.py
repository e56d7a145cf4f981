"""From a record table to observations of one indicator: what is eligible, and why the rest is not."""

from __future__ import annotations

import pandas as pd

from kkbgeo.join import NAMED, OBSERVATION_COLUMNS
from kkbgeo.measures.catalogue import Indicator
from kkbgeo.records.tables import CLASSES


def observe(records: pd.DataFrame, indicator: Indicator, *, level: str, as_of: str) -> pd.DataFrame:
    """Turn every record of a table into one observation of `indicator`; none is left out.

    Parameters
    ----------
    records : DataFrame
        A record table as `kkbgeo.records` reads it.
    indicator : Indicator
        A catalogue entry that is read from that table (not a derived one).
    level, as_of : str
        Level of the table to come and its date; only an indicator of group ``survey`` needs them, to
        keep all areas of one map on one survey.

    Returns
    -------
    DataFrame
        One row per record, columns as `kkbgeo.join.join` expects them.
    """
    frame = pd.DataFrame(index=records.index)
    frame["row"] = records["record_id"] + "/" + indicator.id
    for name in ("record_id", "code", "level", "period_start", "period_end", "precision", "as_of", "rank",
                 "event_id", "source_id", "place_reason"):  # fmt: skip
        frame[name] = records[name]
    frame["table"] = indicator.table
    frame["indicator"] = indicator.id
    frame["doubt"] = records.get("doubt", "")
    frame["derived"] = _derived(records, indicator)
    frame["value"], frame["text"] = _values(records, indicator)
    frame["why"] = _why_not(records, indicator, frame)
    if indicator.group == "place":
        # A village counts once, however often and by whomever it is named.
        frame["event_id"] = records["code"]
    if indicator.group == "survey":
        _keep_one_survey(records, frame, level, as_of)
    frame["eligible"] = frame["why"] == ""
    return frame[list(OBSERVATION_COLUMNS)].reset_index(drop=True)


def has_breakdown(counts: pd.DataFrame) -> pd.Series:
    """Return which count records tell the classes: a total and at least three of the four classes."""
    return counts["total"].notna() & (counts[list(CLASSES)].notna().sum(axis=1) >= 3)


def _derived(records: pd.DataFrame, indicator: Indicator) -> pd.Series:
    if "derived" not in records or not indicator.column:
        return pd.Series(False, index=records.index)
    return records["derived"].map(lambda names: indicator.column in names.split())


def _values(records: pd.DataFrame, indicator: Indicator) -> tuple[pd.Series, pd.Series]:
    nothing = pd.Series("", index=records.index, dtype="object")
    if indicator.kind == "class":
        words = records[indicator.column].replace("", NAMED).astype("object")
        order = {word: float(position) for position, word in enumerate(CLASSES, start=1)}
        return words.map(order).astype(float), words
    if not indicator.column:
        return pd.Series(1.0, index=records.index), nothing
    return records[indicator.column].astype("Float64").astype(float), nothing


def _why_not(records: pd.DataFrame, indicator: Indicator, frame: pd.DataFrame) -> pd.Series:
    why = pd.Series("", index=records.index, dtype="object")
    for column, allowed in indicator.where.items():
        actual = (
            has_breakdown(records).map({True: "true", False: "false"})
            if column == "has_breakdown"
            else records[column].astype(str)
        )
        outside = ~actual.isin(allowed)
        reason = column + " is " + actual.replace("", "not told") + ", not " + " or ".join(allowed)
        why = why.mask(outside & (why == ""), reason)
    if indicator.group == "place":
        why = why.mask((records["level"] != "village") & (why == ""), "the village is not certain")
    elif indicator.group != "classes" and indicator.kind != "class":
        why = why.mask(frame["value"].isna() & (why == ""), "the record carries no such figure")
    return why


def _keep_one_survey(records: pd.DataFrame, frame: pd.DataFrame, level: str, as_of: str) -> None:
    mine = (frame["why"] == "") & (records["level"] == level) & (records["period_end"] <= as_of)
    if not mine.any():
        return
    name = records["survey"] + " " + records["year"].astype(str)
    newest = name[mine].loc[records.loc[mine, "period_end"].sort_values(kind="stable").index[-1]]
    other = (name != newest) & (frame["why"] == "")
    frame["why"] = frame["why"].mask(other, name + ": another survey; every area of this map is of " + newest)
