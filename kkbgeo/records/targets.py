"""Targets that a source names: ``reference/targets.csv``, the one place. They bind the area named and no other."""

from __future__ import annotations

import os
import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kkbgeo import provenance
from kkbgeo.paths import data_root as find_data_root
from kkbgeo.records.periods import period_of
from kkbgeo.regions.codes import is_code

FILE = "targets.csv"
#: ``raise``: per cent of the kampung to rise to mandiri or above; ``raise_yearly``: per cent to rise in status every
#: year; ``advanced_share``: per cent of the kampung that are at mandiri or above; ``formed``: number of Kampung KB;
#: ``prevalence``: per cent of the under-fives that are stunted, to come down to.
GOALS = ("raise", "raise_yearly", "advanced_share", "formed", "prevalence")
#: How a target is known: the source prints it as one, or somebody else tells what another has set.
READINGS = ("as_printed", "second_hand")
#: Code of a target for the whole country.
NATION = ""


@dataclass(frozen=True)
class Target:
    """One target.

    Attributes
    ----------
    code : str
        The area it binds; `NATION` for the whole country.
    as_of : str
        When it was named; empty where the source is undated.
    period : str
        The year it is for; empty where none is told.
    goal : str
        One of `GOALS`.
    target, reached : float
        What is asked for, and what the source says was reached (None: not told).
    reading : str
        One of `READINGS`; empty in a file of an earlier release.
    source_id : str
        Who names it.
    """

    code: str
    as_of: str
    goal: str
    target: float
    reached: float | None
    source_id: str
    period: str = ""
    reading: str = ""

    @property
    def period_end(self) -> str:
        """Last day that the date covers; of an undated one the first day of all, so that it is always known."""
        return period_of(self.as_of).end if self.as_of else ""


def read_targets(data_root: str | os.PathLike | None = None) -> tuple[Target, ...]:
    """Read the targets, checked, in the order of the file; none where a workspace has no such file.

    Raises
    ------
    CodeError
        A row with a wrong code, date, period, reading or number, an unknown goal, or without a source.

    Examples
    --------
    >>> [(one.goal, one.target, one.reached) for one in read_targets() if one.code == "64.03"]
    [('advanced_share', 40.0, 21.0), ('formed', 83.0, 73.0)]
    """
    path = path_of(data_root)
    return _read(path, path.stat().st_mtime_ns) if path.is_file() else ()


def named(
    data_root: str | os.PathLike | None, *, until: str, codes: Container[str], sources: Container[str]
) -> tuple[Target, ...]:
    """Return the targets named up to a day, of known places and by known sources, in the order of the file."""
    return tuple(
        one
        for one in read_targets(data_root)
        if one.period_end <= until and (one.code == NATION or one.code in codes) and one.source_id in sources
    )


def yardstick(targets: Iterable[Target], goal: str, code: str = "") -> Target | None:
    """Return the target that an area is held against: its own, else the first of that goal; None where none is named.

    Examples
    --------
    >>> yardstick(read_targets(), "advanced_share", "63.01").code, yardstick(read_targets(), "raise").target
    ('64.03', 5.0)
    """
    found = [one for one in targets if one.goal == goal]
    return next((one for one in found if one.code == code), found[0] if found else None)


@lru_cache(maxsize=4)
def _read(path: Path, _stamp: int) -> tuple[Target, ...]:
    rows = provenance.read_csv(path)
    return tuple(_target(path, number, row) for number, row in enumerate(rows.to_dict("records"), start=2))


def path_of(data_root: str | os.PathLike | None = None) -> Path:
    """Return where the targets of a workspace are, or would be."""
    return find_data_root(data_root) / "reference" / FILE


def _target(path: Path, number: int, row: dict[str, str]) -> Target:
    if row["code"] != NATION and not is_code(row["code"]):
        raise provenance.row_error(path, number, f"has no code ({row['code']!r})", row["code"])
    period, reading = row.get("period", ""), row.get("reading", "")
    if reading not in ("", *READINGS):
        wrong = f"has a reading that is none of {', '.join(READINGS)} ({reading!r})"
        raise provenance.row_error(path, number, wrong, reading)
    if period and not re.fullmatch(r"20\d\d", period):
        raise provenance.row_error(path, number, f"is for no year ({period!r})", period)
    if row["goal"] not in GOALS:
        wrong = f"has a goal that is none of {', '.join(GOALS)} ({row['goal']!r})"
        raise provenance.row_error(path, number, wrong, row["goal"])
    if not row["source_id"]:
        raise provenance.row_error(path, number, "names no source", "")
    try:
        period_of(row["as_of"], compiled="9999-12-31")
        target, reached = float(row["target"]), float(row["reached"]) if row["reached"] else None
    except ValueError as error:
        raise provenance.row_error(path, number, f"has a wrong date or number ({error})", row["target"]) from error
    return Target(row["code"], row["as_of"], row["goal"], target, reached, row["source_id"], period, reading)
