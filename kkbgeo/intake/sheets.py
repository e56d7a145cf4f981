"""The sheets of a file: what kind of file it is decides who reads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kkbgeo.intake.grids import Grid, Tell
from kkbgeo.intake.opening import LIMITS, Limits, format_of


def read_grids(path: Path, *, limits: Limits = LIMITS, tell: Tell | None = None) -> Iterator[Grid]:
    """Read every sheet of a file, one after the other.

    Parameters
    ----------
    path : Path
        CSV, XLSX or ODS.
    limits : Limits
        Where to stop.
    tell : callable, optional
        Called with the name of a sheet and the rows read so far.

    Raises
    ------
    IntakeError
        The file cannot be read within the limits; see `kkbgeo.intake.opening`.
    """
    kind = format_of(path, limits)
    if kind == "csv":
        from kkbgeo.intake.text import read_csv as read
    elif kind == "ods":
        from kkbgeo.intake.ods import read_ods as read
    else:
        from kkbgeo.intake.xlsx import read_xlsx as read
    yield from read(path, limits, tell or _silent)


def _silent(_sheet: str, _rows: int) -> None:
    pass
