"""What a recorded date covers: a day, a month, a year, a half-year, or no date at all.

The edition of the unit is told from the period, too: Presidential Instruction (Inpres) 3/2022 made
the whole village the unit of a Kampung KB; before it, a kampung could be a hamlet.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import NamedTuple

from kkbgeo.errors import ParameterError

#: Day of Inpres 3/2022.
INPRES_DAY = "2022-05-20"
DEFINITIONS = ("before_2022", "after_2022", "unclear")

_WRITTEN = re.compile(r"(19|20)\d\d(-\d\d(-\d\d)?)?")
_HALF = {"1": ("01-01", "06-30"), "2": ("07-01", "12-31")}


class Period(NamedTuple):
    """First and last day (ISO, ``start`` empty if undated) and how precisely they are known."""

    start: str
    end: str
    precision: str


def period_of(as_of: str, *, semester: str = "", compiled: str = "") -> Period:
    """Return the days that a date of the records covers.

    Parameters
    ----------
    as_of : str
        As recorded: ``""``, ``"2021"``, ``"2016-12"`` or ``"2025-07-31"``.
    semester : {"", "1", "2"}
        Half of the year, if the record names it; it narrows a bare year.
    compiled : str
        Day on which the table was compiled: the last day an undated record can be from.

    Raises
    ------
    ValueError
        Not written like that, or no such day.

    Examples
    --------
    >>> period_of("2016-02")
    Period(start='2016-02-01', end='2016-02-29', precision='month')
    >>> period_of("2023", semester="2").start
    '2023-07-01'
    >>> period_of("", compiled="2026-11-22")
    Period(start='', end='2026-11-22', precision='undated')
    """
    if semester not in ("", *_HALF):
        raise ValueError(f"semester {semester!r} is neither empty, 1 nor 2")
    if not as_of:
        return Period("", compiled, "undated")
    if not _WRITTEN.fullmatch(as_of):
        raise ValueError(f"{as_of!r} is not written 2025, 2025-07 or 2025-07-31")
    if len(as_of) == 4:
        start, end = _HALF.get(semester, ("01-01", "12-31"))
        return Period(f"{as_of}-{start}", f"{as_of}-{end}", "year")
    if len(as_of) == 7:
        year, month = int(as_of[:4]), int(as_of[5:])
        if not 1 <= month <= 12:
            raise ValueError(f"{as_of!r} has no such month")
        return Period(f"{as_of}-01", f"{as_of}-{calendar.monthrange(year, month)[1]:02d}", "month")
    dt.date.fromisoformat(as_of)
    return Period(as_of, as_of, "day")


def definition_of(period: Period) -> str:
    """Return which meaning of "Kampung KB" holds in a period, as far as the date alone tells.

    Returns
    -------
    str
        ``before_2022`` or ``after_2022`` when the period lies wholly on one side of 20 May 2022,
        else ``unclear``; always ``unclear`` for an undated record.

    Examples
    --------
    >>> [definition_of(period_of(date)) for date in ("2018", "2022", "2022-10-10")]
    ['before_2022', 'unclear', 'after_2022']
    """
    if period.precision == "undated":
        return "unclear"
    if period.end < INPRES_DAY:
        return "before_2022"
    return "after_2022" if period.start > INPRES_DAY else "unclear"


def last_day(as_of: str) -> str:
    """Return the last day that a person's ``as_of`` lets in; empty lets in everything.

    Raises
    ------
    ParameterError
        No text, no date, or a day to come: it would be printed as the date of the data.

    Examples
    --------
    >>> last_day("2025-02"), last_day("")
    ('2025-02-28', '9999-12-31')
    """
    if not isinstance(as_of, str):
        raise ParameterError(
            f"as_of must be text, got {as_of!r} ({type(as_of).__name__}).",
            hint='Write it as "2025-12-31"; with papermill use -r as_of 2025-12-31',
            value=as_of,
        )
    if not as_of:
        return "9999-12-31"
    try:
        period = period_of(as_of)
    except ValueError as wrong:
        raise ParameterError(
            f"as_of {as_of!r} is no date.", hint="Write 2025, 2025-12 or 2025-12-31", value=as_of
        ) from wrong
    # The running year or month may be named.
    if period.start > dt.date.today().isoformat():
        raise ParameterError(
            f"as_of {as_of!r} has not come yet: no page can hold data up to then.",
            hint="Leave it empty to keep everything that was reported",
            value=as_of,
        )
    return period.end
