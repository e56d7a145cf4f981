"""The error of a survey figure: its 95 % interval, standard error and sample; what cannot be, and what follows.

The records, the import of spreadsheets and the pages ask here, so that one rule holds for all of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

#: What a survey figure may say of its error: the limits of its 95 % interval in per cent, its standard error in
#: points, and how many children the figure rests on.
ERRORS = ("low", "high", "standard_error", "sample")
NORMAL = 1.96  # half of a 95 % interval is so many standard errors
#: How far a standard error may lie from the one that its interval gives: a quarter of it, or a tenth of a point where
#: that is more. Printed figures are rounded, and intervals of a survey's design are not quite symmetric.
TOLERANCE, ROUNDED = 0.25, 0.1
#: No survey of a regency or province has a standard error this small, in points: it is a fraction.
LEAST_ERROR = 0.1


def flaws(
    value: float,
    low: float = math.nan,
    high: float = math.nan,
    standard_error: float = math.nan,
    sample: float = math.nan,
) -> list[str]:
    """Return what is wrong with a survey figure and its error, as keys of `FLAWS`: at most one flaw of the figure and
    its interval, one of the standard error, one of the sample.

    Parameters
    ----------
    value, low, high : float
        The figure and the limits of its 95 % interval, in per cent; NaN where not told.
    standard_error : float
        In points.
    sample : float
        Number of children.

    Examples
    --------
    >>> flaws(22.5, 18.0, 27.0, 2.3, 410)
    []
    >>> flaws(22.5, 27.0, 18.0), flaws(22.5, 18.0, 27.0, 0.023, 0)
    (['limits_exchanged'], ['error_fraction', 'sample_zero'])
    """
    found = [_of_interval(value, low, high)]
    if standard_error == 0:
        found.append("error_zero")
    elif standard_error > 0 and found == [""]:
        found.append(_of_error(implied(low, high), standard_error))
    if sample == 0:
        found.append("sample_zero")
    return [one for one in found if one]


def _of_interval(value: float, low: float, high: float) -> str:
    if 0 < value < 1:
        return "value_fraction"
    if math.isnan(low) or math.isnan(high):
        missing = [name for name, limit in (("low", low), ("high", high)) if math.isnan(limit)]
        return f"{missing[0]}_missing" if len(missing) == 1 else ""
    if 0 < low < 1 < value and 100 * low <= value:
        return "low_fraction"
    if 0 < high <= 1 < value:
        return "high_fraction"
    if low > high:
        return "limits_exchanged"
    if low == high:
        return "limits_equal"
    return "" if math.isnan(value) or low <= value <= high else "value_outside"


def _of_error(expected: float, error: float) -> str:
    if math.isnan(expected):
        return "error_fraction" if error < LEAST_ERROR else ""
    if _agrees(error, expected):
        return ""
    return "error_fraction" if error < LEAST_ERROR or _agrees(100 * error, expected) else "error_differs"


def _agrees(error: float, expected: float) -> bool:
    return abs(error - expected) <= max(TOLERANCE * expected, ROUNDED)


def implied(low: float, high: float) -> float:
    """Return the standard error that a 95 % interval gives, in points; NaN without an interval.

    Examples
    --------
    >>> round(implied(18.0, 27.0), 2)
    2.3
    """
    return (high - low) / 2 / NORMAL


def interval_of(cell: Mapping[str, object]) -> tuple[float, float]:
    """Return the 95 % interval of a cell: as told, else of its standard error; NaN where no error is known.

    Examples
    --------
    >>> told = {"value": 22.5, "low": 18.0, "high": 27.0, "standard_error": 2.3}
    >>> interval_of(told), [round(one, 1) for one in interval_of({**told, "low": math.nan, "high": math.nan})]
    ((18.0, 27.0), [18.0, 27.0])
    """
    value, low, high, error = (float(cell[name]) for name in ("value", "low", "high", "standard_error"))
    if not math.isnan(low) or math.isnan(error):
        return low, high
    return max(0.0, value - NORMAL * error), min(100.0, value + NORMAL * error)


def standard_error_of(cell: Mapping[str, object]) -> float:
    """Return the standard error of a cell in points: as told, else of its interval; NaN where no error is known.

    Examples
    --------
    >>> round(standard_error_of({"low": 18.0, "high": 27.0, "standard_error": math.nan}), 2)
    2.3
    """
    low, high, error = (float(cell[name]) for name in ("low", "high", "standard_error"))
    return implied(low, high) if math.isnan(error) else error


#: What may be wrong: the part it lies in (``value``, or one of `ERRORS`), the problem, and what to do. These words are
#: for the records; an office reads those of ``messages/intake.toml``, under the same keys.
FLAWS = {
    "value_fraction": ("value", "lies below 1, as if it were a fraction", "Write per cent: 21 for 0.21."),
    "low_missing": ("low", "is empty, yet the upper limit is given", "Give both limits of the interval, or neither."),
    "high_missing": ("high", "is empty, yet the lower limit is given", "Give both limits of the interval, or neither."),
    "low_fraction": ("low", "is a fraction beside a figure in per cent", "Write per cent: 18 for 0.18."),
    "high_fraction": ("high", "is a fraction beside a figure in per cent", "Write per cent: 25 for 0.25."),
    "limits_exchanged": (
        "low", "lies above the upper limit, as if the two were exchanged", "Exchange low and high.",
    ),
    "limits_equal": ("high", "is the lower limit, too: an interval has a width", "Compare with the source."),
    "value_outside": (
        "value", "lies outside its own interval, as if one of the three were mistyped or of another area or survey",
        "Compare low, prevalence_percent and high with the source.",
    ),
    "error_zero": (
        "standard_error", "is 0, which no sample gives: mostly an unknown error",
        "Leave it empty where it is not known.",
    ),
    "error_fraction": (
        "standard_error", "is a fraction beside a figure in per cent", "Write points: 2.3 for 0.023.",
    ),
    "error_differs": (
        "standard_error", "does not fit the interval, whose half is 1.96 standard errors: perhaps half the interval or "
        "the relative standard error (RSE)", "Compare with the source; give the standard error in points.",
    ),
    "sample_zero": (
        "sample", "is 0, yet there is a figure: mostly an unknown sample", "Leave it empty where it is not known.",
    ),
}  # fmt: skip
