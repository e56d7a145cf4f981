"""Targets that a source names about one area: ``reference/targets.csv``, the one place. They bind no other area."""

from __future__ import annotations

import os
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
#: year; ``advanced_share``: per cent of the kampung that are at mandiri or above; ``formed``: number of Kampung KB.
GOALS = ("raise", "raise_yearly", "advanced_share", "formed")


@dataclass(frozen=True)
class Target:
    """One target: where, when it was named, its goal, and what the source says was reached (None: not told)."""

    code: str
    as_of: str
    goal: str
    target: float
    reached: float | None
    source_id: str

    @property
    def period_end(self) -> str:
        """Last day that the date covers."""
        return period_of(self.as_of).end


def read_targets(data_root: str | os.PathLike | None = None) -> tuple[Target, ...]:
    """Read the targets, checked, in the order of the file; none where a workspace has no such file.

    Raises
    ------
    CodeError
        A row without a code, a date, a known goal, a number or a source.

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
        if one.period_end <= until and one.code in codes and one.source_id in sources
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
    if not is_code(row["code"]):
        raise provenance.row_error(path, number, f"has no code ({row['code']!r})", row["code"])
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
    if not row["as_of"]:
        raise provenance.row_error(path, number, "has no date", "")
    return Target(row["code"], row["as_of"], row["goal"], target, reached, row["source_id"])
