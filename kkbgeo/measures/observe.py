"""From a record table to observations of one indicator: what is eligible, and why the rest is not."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from kkbgeo import shared
from kkbgeo.join import NAMED, Observation
from kkbgeo.measures.catalogue import Indicator
from kkbgeo.records.intervals import ERRORS
from kkbgeo.records.tables import CLASSES


def observations(records: Sequence[Any], indicator: Indicator, common: Sequence[str] = ()) -> list[Observation]:
    """Turn rows of a record table into observations of `indicator`, one each.

    Parameters
    ----------
    records : sequence of named tuples
        Rows of a record table, as ``DataFrame.itertuples`` gives them.
    indicator : Indicator
        A catalogue entry that is read from that table (not a derived one).
    common : sequence of str, optional
        What `common_of` tells from all rows of the table; `records` may be those of one region.
    """
    values = [_value(one, indicator) for one in records]
    why = [_why_not(one, indicator, value) for one, (value, _) in zip(records, values, strict=True)]
    if indicator.group in _ONE_FOR_ALL and common:
        why = _keep_newest(records, why, indicator, common[0])
    if indicator.group == "panel":
        values, why = _compare_twice(records, why, common)
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
            doubt=one.doubt,
            doubt_kind=one.doubt_kind,
            derived=bool(indicator.column) and indicator.column in getattr(one, "derived", "").split(),
            # A village counts once, however often and by whomever it is named.
            event_id=one.code if indicator.group == "place" else one.event_id,
            source_id=one.source_id,
            publisher=one.publisher,
            place_reason=one.place_reason,
            **_errors(one, indicator),
        )
        for one, (value, word), reason in zip(records, values, why, strict=True)
    ]


def _tells_classes(one: Any) -> bool:
    return not pd.isna(one.total) and sum(not pd.isna(getattr(one, name)) for name in CLASSES) >= 3


def _value(one: Any, indicator: Indicator) -> tuple[float, str]:
    """Return the figure, and the word of a class."""
    if not indicator.column:
        return 1.0, ""
    cell = getattr(one, indicator.column)
    if indicator.kind == "class":
        return math.nan, cell or NAMED  # a class is a word: it has no number
    return math.nan if pd.isna(cell) else float(cell), ""


def _errors(one: Any, indicator: Indicator) -> dict[str, float]:
    """Return what a record tells of the error of its figure; nothing where no survey stands behind it."""
    if indicator.table != "prevalence":
        return {}
    given = {name: getattr(one, name) for name in ERRORS}
    return {name: math.nan if pd.isna(value) else float(value) for name, value in given.items()}


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


def looks_around(indicator: Indicator) -> bool:
    """Return whether a figure of one area hangs on what the records of the other areas are of."""
    return indicator.group in _ONE_FOR_ALL or indicator.group == "panel"


def _survey(one: Any) -> str:
    return f"{one.survey} {one.year}"


def _date(one: Any) -> str:
    return str(one.as_of)


#: Group -> what all areas of one map have in common, and how another one is called.
_ONE_FOR_ALL: dict[str, tuple[Callable[[Any], str], str]] = {"survey": (_survey, "survey"), "portal": (_date, "date")}


def common_of(records: Iterable[Any], indicator: Indicator, *, level: str, as_of: str) -> tuple[str, ...]:
    """Return what all areas of one map have in common: the newest survey or date, or the portal's days of export.

    Empty for an indicator that does not look around, and where there is none.

    Parameters
    ----------
    records : iterable of named tuples
        All rows of the indicator's table.
    indicator : Indicator
        A catalogue entry.
    level, as_of : str
        Level of the table to come and its date.

    Examples
    --------
    >>> from kkbgeo.measures import load_catalogue
    >>> from kkbgeo.records.read import read_rows
    >>> newest = load_catalogue()["kkb_registered"]
    >>> common_of(read_rows("kampung_counts"), newest, level="regency", as_of="2022-12-31")
    ('2022-12-26',)
    """
    if indicator.group == "panel":
        return tuple(portal_dates(records, as_of))
    if indicator.group not in _ONE_FOR_ALL:
        return ()
    told, _ = _ONE_FOR_ALL[indicator.group]
    mine = [
        one
        for one in records
        if one.level == level and one.period_end <= as_of and not _why_not(one, indicator, _value(one, indicator)[0])
    ]
    # Of two surveys that end on one day the later row counts.
    return (told(sorted(mine, key=lambda one: one.period_end)[-1]),) if mine else ()


class Common:
    """What `common_of` tells of the records of a data folder: told once, or found where a batch shares it.

    Parameters
    ----------
    data : Path
        The data folder.
    rows : callable
        Gives all rows of a record table by its name; called only for what is not shared.

    Examples
    --------
    >>> import kkbgeo
    >>> wb = kkbgeo.Workbench()
    >>> [wb.common.tell(wb.catalogue[key], "regency", wb.as_of) for key in ("kkb_registered", "kkb_risen_share")]
    [('2023-08-28',), ('2022-06-13', '2023-08-28')]
    """

    def __init__(self, data: Path, rows: Callable[[str], Iterable[Any]]) -> None:
        self._data, self._rows = data, rows
        self._told: dict[str, dict[tuple[str, str], tuple[str, ...]]] = {}

    def tell(self, indicator: Indicator, level: str, as_of: str) -> tuple[str, ...]:
        """Return what all areas of a map of an indicator have in common; empty where it does not look around."""
        if not looks_around(indicator):
            return ()
        if as_of not in self._told:
            kept = shared.find(f"common-{as_of}", self._data)
            rows = [] if kept is None else kept.to_pylist()
            self._told[as_of] = {(one["key"], one["level"]): tuple(one["told"]) for one in rows}
        told, key = self._told[as_of], (indicator.id, level)
        if key not in told:
            told[key] = common_of(self._rows(indicator.table), indicator, level=level, as_of=as_of)
        return told[key]

    def share(self, folder: Path, as_of: str) -> None:
        """Keep what was told up to a date for the runs of a batch."""
        import pyarrow as pa

        rows = [{"key": key, "level": level, "told": list(told)} for (key, level), told in self._told[as_of].items()]
        kind = pa.schema([("key", pa.string()), ("level", pa.string()), ("told", pa.list_(pa.string()))])
        shared.keep(folder, f"common-{as_of}", self._data, pa.Table.from_pylist(rows, schema=kind))


def _keep_newest(records: Sequence[Any], why: list[str], indicator: Indicator, newest: str) -> list[str]:
    told, what = _ONE_FOR_ALL[indicator.group]
    return [
        reason or ("" if told(one) == newest else f"{told(one)}: another {what}; every area of this map is of {newest}")
        for one, reason in zip(records, why, strict=True)
    ]


def portal_panel(records: Iterable[Any], dates: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the kampung of the portal's first and last export, each by the code of its village.

    Parameters
    ----------
    records : iterable of named tuples
        Rows of the table ``kampung``; others than the portal's, and those without a class or a certain village, are
        left aside.
    dates : sequence of str
        Days of the exports, the first one first (`portal_dates`).

    Returns
    -------
    tuple of dict
        Village code -> row, of the first and of the last export; both empty where there are not two.

    Examples
    --------
    >>> from kkbgeo.records.read import read_rows
    >>> rows = read_rows("kampung")
    >>> first, last = portal_panel(rows, portal_dates(rows, "2025-12-31"))
    >>> len(first), len(last), len(first.keys() & last.keys())
    (1327, 2018, 1324)
    """
    if len(dates) < 2:
        return {}, {}
    panel: dict[str, dict[str, Any]] = {dates[0]: {}, dates[-1]: {}}
    for one in records:
        if of_portal(one) and one.level == "village" and one.class_level and one.period_end in panel:
            panel[one.period_end][one.code] = one
    return panel[dates[0]], panel[dates[-1]]


def portal_dates(records: Iterable[Any], until: str) -> list[str]:
    """Return the days of the portal's exports that list kampung, up to a day, the first one first."""
    return sorted({one.period_end for one in records if of_portal(one) and one.period_end <= until})


def of_portal(one: Any) -> bool:
    """Return whether a record is of an export of the portal."""
    return one.publisher_kind == "portal_export"


def _compare_twice(
    records: Sequence[Any], why: list[str], dates: Sequence[str]
) -> tuple[list[tuple[float, str]], list[str]]:
    """Return 1 for a kampung that rose from the first date to the last, 0 for another of both, and why not else.

    The figure stands with the later record; the earlier one went into it.
    """
    first, last = portal_panel(records, dates)
    both = first.keys() & last.keys()
    values, reasons = [], []
    for one, reason in zip(records, why, strict=True):
        before, after = first.get(one.code), last.get(one.code)
        mine = one.code in both and one in (before, after)
        rose = mine and CLASSES.index(after.class_level) > CLASSES.index(before.class_level)
        values.append((float(rose) if mine and one is after else math.nan, ""))
        reasons.append(reason or ("" if mine else "the kampung does not stand in both the first and the last export"))
    return values, reasons
