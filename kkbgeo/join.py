"""Observations + areas -> one cell per area and indicator, and a report of every row that went in.

The rules, in words, are in ``docs/methods.md``. In short: nothing is dropped in silence (each input
row has exactly one status and a reason), the newest figure is used, figures for one event or one
period compete by publisher's rank, then date, and losers with another value are *conflicting*.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from kkbgeo.errors import JoinError
from kkbgeo.records.intervals import ERRORS
from kkbgeo.regions.codes import LEVELS, level_of, parent_of

STATUSES = ("used", "superseded", "conflicting", "unresolved", "out_of_scope")
KNOWN = ("value", "zero")  # states of a cell whose figure is there to be used
NAMED = "named"  # the text of a kampung that a source names without its class
CELL_COLUMNS = (
    "code", "indicator", "value", "text", "state", "as_of", "record_id", "source_id", "derived", "conflicts", "doubt",
    "doubt_kind", *ERRORS,
)  # fmt: skip
_REPORTED = ("row", "record_id", "table", "indicator", "code", "value", "text", "as_of", "source_id")
_PRECISION = {"day": 0, "month": 1, "year": 2, "undated": 3}


class Observation(NamedTuple):
    """What one record says of one indicator, and whether it may: the input of `join`."""

    row: str
    record_id: str
    table: str
    indicator: str
    code: str
    level: str
    value: float
    text: str
    eligible: bool
    why: str
    period_start: str
    period_end: str
    precision: str
    as_of: str
    rank: int
    doubt: str
    doubt_kind: str
    derived: bool
    event_id: str
    source_id: str
    publisher: str
    place_reason: str
    low: float = math.nan
    high: float = math.nan
    standard_error: float = math.nan
    sample: float = math.nan


Verdict = tuple[str, str, str]  # status, reason, area


@dataclass(frozen=True)
class Joined:
    """The result of a join: one cell per area, one verdict per observation.

    Attributes
    ----------
    records : list of dict
        One cell per area (keys `CELL_COLUMNS`).
    observations : sequence of Observation
        What went in.
    verdicts : mapping
        ``row`` -> status, reason and area.
    """

    records: list[dict[str, Any]]
    observations: Sequence[Observation]
    verdicts: Mapping[object, Verdict]


def cells_frame(records: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return cells as a frame, columns `CELL_COLUMNS`."""
    return pd.DataFrame({name: [one[name] for one in records] for name in CELL_COLUMNS})


def report_frame(joined: Sequence[Joined]) -> pd.DataFrame:
    """Return the reports of several joins as one frame."""
    pairs = [(one, each.verdicts[one.row]) for each in joined for one in each.observations]
    columns: dict[str, Any] = {name: [getattr(one, name) for one, _ in pairs] for name in _REPORTED}
    for position, name in enumerate(("status", "reason", "area")):
        columns[name] = [verdict[position] for _, verdict in pairs]
    for name in ("text", "status", "reason", "area"):
        columns[name] = pd.Series(columns[name], dtype="object")
    return pd.DataFrame(columns)


def join(observations: Sequence[Observation], codes: list[str], level: str, *, as_of: str, combine: str) -> Joined:
    """Join the observations of one indicator onto areas, many to one, and account for every row.

    Parameters
    ----------
    observations : sequence of Observation
        One per record; ``row`` is unique. ``value`` is a float or
        NaN, ``eligible`` says whether the record belongs to the indicator and ``why`` if it does not. The last four,
        the error of a survey figure (`kkbgeo.records.intervals.ERRORS`), are NaN where it is not known.
    codes : list of str
        Kemendagri codes of the areas, unique, all of `level`.
    level : str
        Level of the areas: province, regency, district or village.
    as_of : str
        ISO date; records whose period ends later are out of scope.
    combine : {"latest", "sum", "share"}
        ``latest`` chooses one record per area; ``sum`` adds up distinct events, those of smaller units
        inside the area included; ``share`` is the per cent of records that are 1 among those that are 0 or 1, also
        those of smaller units (a record without a figure went into another one's).

    Returns
    -------
    Joined
        ``records`` has one cell per code in the order given (keys `CELL_COLUMNS`; state ``value``, ``zero`` or
        ``not_reported``: never zero for missing), ``verdicts`` one status (of `STATUSES`) with reason and area per
        observation; `cells_frame` and `report_frame` make tables of them.

    Raises
    ------
    JoinError
        Codes or rows are not unique, or of another level: the declared cardinality would not hold.

    Examples
    --------
    >>> joined = join([], ["63.11"], "regency", as_of="2025-12-31", combine="latest")
    >>> [(one["code"], one["state"]) for one in joined.records]
    [('63.11', 'not_reported')]
    """
    rows = observations
    _require_cardinality(rows, codes, level)
    known = set(codes)
    indicator = rows[0].indicator if rows else ""
    report: dict[object, Verdict] = {}
    candidates: dict[str, list] = {}
    for one in rows:
        area, verdict = _place(one, level, known, as_of, combine)
        if verdict:
            report[one.row] = (*verdict, area)
        else:
            candidates.setdefault(area, []).append(one)
    settle = {"latest": _latest, "sum": _sum, "share": _all}[combine]
    cells = []
    for code in codes:
        used, verdicts = settle(candidates.get(code, []))
        report.update({row: (*verdict, code) for row, verdict in verdicts.items()})
        cells.append(_cell(code, indicator, used, verdicts, combine))
    lost = {one.row for one in rows} ^ set(report)
    if lost:
        raise JoinError(f"{len(lost)} rows are not accounted for: a defect of the join.", rows=sorted(map(str, lost)))
    return Joined(cells, rows, report)


def _require_cardinality(observations: Sequence[Observation], codes: list[str], level: str) -> None:
    if len(set(codes)) != len(codes):
        twice = sorted({code for code in codes if codes.count(code) > 1})
        raise JoinError(f"Areas must be unique; twice: {', '.join(twice[:5])}.", codes=twice)
    wrong = [code for code in codes if level_of(code) != level]
    if wrong:
        raise JoinError(f"Areas of level {level!r} expected; not so: {', '.join(wrong[:5])}.", codes=wrong)
    if len({one.row for one in observations}) != len(observations):
        raise JoinError("Observation rows must be unique; the column 'row' repeats.")
    if len({one.indicator for one in observations}) > 1:
        raise JoinError("One indicator at a time: the rules differ between indicators.")


def _place(
    one: Observation, level: str, known: set[str], as_of: str, combine: str
) -> tuple[str, tuple[str, str] | None]:
    """Return the area an observation belongs to, or the verdict that keeps it out."""
    if not one.code:
        return "", ("unresolved", one.place_reason or "the place could not be told for certain")
    if not one.eligible:
        return "", ("out_of_scope", one.why)
    if one.period_end > as_of:
        when = one.as_of or "an undated record, compiled later"
        return "", ("out_of_scope", f"dated after {as_of}: {when}")
    if LEVELS.index(one.level) < LEVELS.index(level):
        return "", ("out_of_scope", f"known only for the {one.level}; this table is by {level}")
    if combine == "latest" and one.level != level:
        return "", ("out_of_scope", f"a figure of a {one.level}; this table is by {level}")
    area = parent_of(one.code, level) if one.level != level else one.code
    if area not in known:
        return "", ("out_of_scope", "outside the areas of this table")
    return area, None


def _preference(one) -> tuple:
    """Order rivals for one event or period: undoubted, publisher's rank, newer, more precise, then id."""
    return (bool(one.doubt), one.rank, _descending(one.period_end), _PRECISION[one.precision], one.record_id)


def _support(one, contest: list) -> int:
    """Count the publishers that give this figure, so that one misprint does not outvote three others."""
    return len({rival.publisher for rival in contest if _same(rival, one)})


def _descending(date: str) -> tuple[int, ...]:
    return tuple(-ord(letter) for letter in date)


def _same(one, other) -> bool:
    both_missing = math.isnan(one.value) and math.isnan(other.value)
    return (both_missing or one.value == other.value) and one.text == other.text


def _tells_error(one) -> bool:
    return not (math.isnan(one.low) and math.isnan(one.standard_error))


def _verdict(rival, winner, shared: str) -> tuple[str, str]:
    if _same(rival, winner):
        return "superseded", f"the same figure for the same {shared} as {winner.record_id}"
    return "conflicting", f"another figure for the same {shared}; {winner.record_id} was chosen (rank, then date)"


def _latest(rivals: list) -> tuple[list, dict]:
    if not rivals:
        return [], {}
    named_only = {one.row for one in rivals if one.text == NAMED}
    if len(named_only) < len(rivals):  # a class says more than a mere name
        rivals, named = [one for one in rivals if one.row not in named_only], named_only
    else:
        named = set()
    newest = min(rivals, key=lambda one: (one.precision == "undated", _descending(one.period_end), _preference(one)))
    contest, events, undated = [], {newest.event_id} - {""}, newest.precision == "undated"
    for one in sorted(rivals, key=_preference):
        same_period = one.period_end == newest.period_end and (one.precision == "undated") == undated
        if one.row == newest.row or same_period or (one.event_id and one.event_id in events):
            contest.append(one)
    winner = min(contest, key=lambda one: (*_preference(one)[:-1], -_support(one, contest), one.record_id))
    if not _tells_error(winner):  # of those that give the very figure chosen, the one that tells its error
        telling = (one for one in contest if _tells_error(one) and _same(one, winner) and one.doubt == winner.doubt)
        winner = next(telling, winner)
    verdicts = {winner.row: ("used", "the newest figure for this area")}
    for one in contest:
        if one.row == winner.row:
            continue
        shared = "event" if one.event_id and one.event_id == winner.event_id else "period"
        verdicts[one.row] = _verdict(one, winner, shared)
    for one in rivals:
        if one.row not in verdicts:
            why = "undated, and a dated figure exists" if one.precision == "undated" else "older"
            verdicts[one.row] = ("superseded", f"{why}: {winner.record_id} is used")
    for row in named:
        verdicts[row] = ("superseded", f"names the place only; {winner.record_id} gives its class")
    return [winner], verdicts


def _sum(rivals: list) -> tuple[list, dict]:
    used, verdicts, first = [], {}, {}
    for one in sorted(rivals, key=_preference):
        key = one.event_id or one.row
        if key in first:
            verdicts[one.row] = _verdict(one, first[key], "event")
        else:
            first[key] = one
            used.append(one)
            verdicts[one.row] = ("used", "one of the events added up")
    return used, verdicts


def _all(rivals: list) -> tuple[list, dict]:
    return sorted(rivals, key=_preference), {one.row: ("used", "one of the kampung counted") for one in rivals}


def _cell(code: str, indicator: str, used: list, verdicts: dict, combine: str) -> dict[str, Any]:
    if not used:
        nothing = (code, indicator, math.nan, "", "not_reported", "", "", "", False, 0, "", "", *[math.nan] * 4)
        return dict(zip(CELL_COLUMNS, nothing, strict=True))
    values = [one.value for one in used if not math.isnan(one.value)]
    value = float(sum(values)) if values else math.nan
    if combine == "share":
        value = 100 * value / len(values) if values else math.nan
    # A kampung that is named without its class has a record and a source, and no class.
    word = "" if used[0].text == NAMED else used[0].text
    state = "value" if word or value else "zero"
    if not values and not word:
        state = "not_reported"
    newest = max(used, key=lambda one: (one.precision != "undated", one.period_end))
    return {
        "code": code,
        "indicator": indicator,
        "value": value,
        "text": word,
        "state": state,
        "as_of": newest.as_of,
        "record_id": " ".join(sorted({one.record_id for one in used})),
        "source_id": " ".join(sorted({one.source_id for one in used})),
        "derived": any(one.derived for one in used),
        "conflicts": sum(status == "conflicting" for status, _ in verdicts.values()),
        "doubt": newest.doubt,
        "doubt_kind": newest.doubt_kind,
        # An error is of one figure: a sum or share of several has none.
        **{name: getattr(newest, name) if combine == "latest" else math.nan for name in ERRORS},
    }
