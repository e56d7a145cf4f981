"""Observations + areas -> one cell per area and indicator, and a report of every row that went in.

The rules, in words, are in ``docs/methods.md``. In short: nothing is dropped in silence (each input
row has exactly one status and a reason), the newest figure is used, figures for one event or one
period compete by publisher's rank, then date, and losers with another value are *conflicting*.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from kkbgeo.errors import JoinError
from kkbgeo.regions.codes import level_of, parent_of

STATUSES = ("used", "superseded", "conflicting", "unresolved", "out_of_scope")
NAMED = "named"  # the text of a kampung that a source names without its class
OBSERVATION_COLUMNS = (
    "row", "record_id", "table", "indicator", "code", "level", "value", "text", "eligible", "why",
    "period_start", "period_end", "precision", "as_of", "rank", "doubt", "derived", "event_id", "source_id",
    "place_reason",
)  # fmt: skip
CELL_COLUMNS = (
    "code", "indicator", "value", "text", "state", "as_of", "record_id", "source_id", "derived", "conflicts", "doubt",
)  # fmt: skip


@dataclass(frozen=True)
class Joined:
    """The result of a join: ``cells`` (one row per area) and ``report`` (one row per observation)."""

    cells: pd.DataFrame
    report: pd.DataFrame


def join(observations: pd.DataFrame, codes: list[str], level: str, *, as_of: str, combine: str) -> Joined:
    """Join the observations of one indicator onto areas, many to one, and account for every row.

    Parameters
    ----------
    observations : DataFrame
        One row per record, columns `OBSERVATION_COLUMNS`; ``row`` is unique. ``value`` is a float or
        NaN, ``eligible`` says whether the record belongs to the indicator and ``why`` if it does not.
    codes : list of str
        Kemendagri codes of the areas, unique, all of `level`.
    level : str
        Level of the areas: province, regency, district or village.
    as_of : str
        ISO date; records whose period ends later are out of scope.
    combine : {"latest", "sum"}
        ``latest`` chooses one record per area; ``sum`` adds up distinct events, those of smaller units
        inside the area included.

    Returns
    -------
    Joined
        ``cells`` has one row per code in the order given (columns `CELL_COLUMNS`; state ``value``,
        ``zero`` or ``not_reported``: never zero for missing). ``report`` has one row per observation
        with ``status`` (one of `STATUSES`), ``reason`` and ``area``.

    Raises
    ------
    JoinError
        Codes or rows are not unique, or of another level: the declared cardinality would not hold.

    Examples
    --------
    >>> from kkbgeo.join import empty_observations
    >>> joined = join(empty_observations(), ["63.11"], "regency", as_of="2025-12-31", combine="latest")
    >>> joined.cells[["code", "state"]].values.tolist()
    [['63.11', 'not_reported']]
    """
    _require_cardinality(observations, codes, level)
    known = set(codes)
    indicator = observations["indicator"].iloc[0] if len(observations) else ""
    report: dict[object, tuple[str, str, str]] = {}
    candidates: dict[str, list] = {}
    for one in observations.itertuples(index=False):
        area, verdict = _place(one, level, known, as_of, combine)
        if verdict:
            report[one.row] = (*verdict, area)
        else:
            candidates.setdefault(area, []).append(one)
    settle = {"latest": _latest, "sum": _sum}[combine]
    cells = []
    for code in codes:
        used, verdicts = settle(candidates.get(code, []))
        report.update({row: (*verdict, code) for row, verdict in verdicts.items()})
        cells.append(_cell(code, indicator, used, verdicts))
    return Joined(pd.DataFrame(cells, columns=list(CELL_COLUMNS)), _report(observations, report))


def empty_observations() -> pd.DataFrame:
    """Return a frame of no observations, with the columns that `join` expects."""
    return pd.DataFrame({name: pd.Series(dtype="object") for name in OBSERVATION_COLUMNS})


def _require_cardinality(observations: pd.DataFrame, codes: list[str], level: str) -> None:
    missing = [name for name in OBSERVATION_COLUMNS if name not in observations]
    if missing:
        raise JoinError(f"Observations lack the columns {', '.join(missing)}.", columns=missing)
    if len(set(codes)) != len(codes):
        twice = sorted({code for code in codes if codes.count(code) > 1})
        raise JoinError(f"Areas must be unique; twice: {', '.join(twice[:5])}.", codes=twice)
    wrong = [code for code in codes if level_of(code) != level]
    if wrong:
        raise JoinError(f"Areas of level {level!r} expected; not so: {', '.join(wrong[:5])}.", codes=wrong)
    if observations["row"].duplicated().any():
        raise JoinError("Observation rows must be unique; the column 'row' repeats.")
    if observations["indicator"].nunique() > 1:
        raise JoinError("One indicator at a time: the rules differ between indicators.")


def _place(one, level: str, known: set[str], as_of: str, combine: str) -> tuple[str, tuple[str, str] | None]:
    """Return the area an observation belongs to, or the verdict that keeps it out."""
    if not one.code:
        return "", ("unresolved", one.place_reason or "the place could not be told for certain")
    if not one.eligible:
        return "", ("out_of_scope", one.why)
    if one.period_end > as_of:
        when = one.as_of or "an undated record, compiled later"
        return "", ("out_of_scope", f"dated after {as_of}: {when}")
    order = ("province", "regency", "district", "village")
    if order.index(one.level) < order.index(level):
        return "", ("out_of_scope", f"known only for the {one.level}; this table is by {level}")
    if combine == "latest" and one.level != level:
        return "", ("out_of_scope", f"a figure of a {one.level}; this table is by {level}")
    area = parent_of(one.code, level) if one.level != level else one.code
    if area not in known:
        return "", ("out_of_scope", "outside the areas of this table")
    return area, None


def _preference(one) -> tuple:
    """Order rivals for one event or period: undoubted, publisher's rank, newer, more precise, then id."""
    precision = {"day": 0, "month": 1, "year": 2, "undated": 3}[one.precision]
    return (bool(one.doubt), one.rank, _descending(one.period_end), precision, one.record_id)


def _support(one, contest: list) -> int:
    """Count the publishers that give this figure, so that one misprint does not outvote three others."""
    return len({rival.source_id for rival in contest if _same(rival, one)})


def _descending(date: str) -> tuple[int, ...]:
    return tuple(-ord(letter) for letter in date)


def _same(one, other) -> bool:
    both_missing = pd.isna(one.value) and pd.isna(other.value)
    return (both_missing or one.value == other.value) and one.text == other.text


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


def _cell(code: str, indicator: str, used: list, verdicts: dict) -> tuple:
    if not used:
        return (code, indicator, float("nan"), "", "not_reported", "", "", "", False, 0, "")
    values = [one.value for one in used if not pd.isna(one.value)]
    value = float(sum(values)) if values else float("nan")
    word = used[0].text
    # A named kampung without a class is a fact, not a gap; a record without the figure is a gap.
    state = "value" if word or value else "zero"
    if not values and not word:
        state = "not_reported"
    conflicts = sum(status == "conflicting" for status, _ in verdicts.values())
    newest = max(used, key=lambda one: (one.precision != "undated", one.period_end))
    return (
        code, indicator, value, word, state, newest.as_of,
        " ".join(sorted({one.record_id for one in used})), " ".join(sorted({one.source_id for one in used})),
        any(one.derived for one in used), conflicts, newest.doubt,
    )  # fmt: skip


def _report(observations: pd.DataFrame, verdicts: dict) -> pd.DataFrame:
    lost = set(observations["row"]) ^ set(verdicts)
    if lost:
        raise JoinError(f"{len(lost)} rows are not accounted for: a defect of the join.", rows=sorted(map(str, lost)))
    report = observations[
        ["row", "record_id", "table", "indicator", "code", "value", "text", "as_of", "source_id"]
    ].copy()
    found = [verdicts[row] for row in report["row"]]
    for position, name in enumerate(("status", "reason", "area")):
        report[name] = pd.Series([one[position] for one in found], index=report.index, dtype="object")
    return report
