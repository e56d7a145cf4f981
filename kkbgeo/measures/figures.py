"""What a caller hands in, checked in one place: figures by code, and the settings of a measure."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from kkbgeo.errors import ParameterError

_TO_NUMBERS = 'Turn text into numbers first; with a decimal comma: series.str.replace(",", ".").astype(float)'


def require_series(values: Any, name: str = "values") -> pd.Series:
    """Return a Series as it is; refuse what has no code for each figure.

    Examples
    --------
    >>> require_series([1.0, 2.0])
    Traceback (most recent call last):
    kkbgeo.errors.ParameterError: values must be a Series, got a list.
    What to do: Give each figure its code: pandas.Series(values, index=codes)
    """
    if isinstance(values, pd.Series):
        return values
    hint = f"Give each figure its code: pandas.Series({name}, index=codes)"
    if isinstance(values, pd.DataFrame):
        hint = f"Name one column: table[{str(values.columns[0]) if len(values.columns) else 'column'!r}]"
    raise ParameterError(f"{name} must be a Series, got a {type(values).__name__}.", hint=hint)


def figures(values: Any, name: str = "values") -> pd.Series:
    """Return a Series as floats, NaN where not reported.

    Raises
    ------
    ParameterError
        No Series; text, dates or infinite figures. The message names the code.

    Examples
    --------
    >>> figures(pd.Series({"63.01": 24, "63.02": None})).tolist()
    [24.0, nan]
    """
    given = require_series(values, name)
    if isinstance(given.dtype, np.dtype) and given.dtype.kind in "biuf":
        found = given.astype(float)
    else:
        # A list keeps what each cell is; "24.600" may be a thousand times 24.6, so text is never guessed at.
        cells = [_figure(cell, code, name) for code, cell in zip(given.index, given.tolist(), strict=True)]
        found = pd.Series(cells, index=given.index, name=given.name, dtype=float)
    endless = found.isin([math.inf, -math.inf])
    if endless.any():
        raise ParameterError(
            f"A value is infinite ({name}, {_codes(found.index[endless])}).",
            hint="Use NaN for an area that is not reported",
            value=list(found.index[endless][:5]),
        )
    return found


def _figure(cell: Any, code: Any, name: str) -> float:
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return math.nan
    try:
        if not isinstance(cell, str | bytes | pd.Timestamp | pd.Timedelta):
            return float(cell)
    except (TypeError, ValueError):
        pass
    raise ParameterError(f"{name}: {code} holds {cell!r}, which is no number.", hint=_TO_NUMBERS, value=cell)


def one_each(values: pd.Series, name: str = "values") -> pd.Series:
    """Return a Series as it is; refuse a code that stands twice."""
    if values.index.has_duplicates:
        twice = values.index[values.index.duplicated()].unique()
        raise ParameterError(
            f"A code stands twice among the {name}: {_codes(twice)}.",
            hint="Keep one row per code: series.groupby(level=0).sum(), or .first()",
            value=list(twice[:5]),
        )
    return values


def require_level(level: Any, name: str = "level") -> float:
    """Return a level as it is; refuse per cent.

    Examples
    --------
    >>> require_level(95)
    Traceback (most recent call last):
    kkbgeo.errors.ParameterError: level must lie between 0 and 1, got 95.
    What to do: Write 95 % as 0.95
    """
    if not _real(level) or not 0 < level < 1:
        raise ParameterError(f"{name} must lie between 0 and 1, got {level!r}.", hint="Write 95 % as 0.95", value=level)
    return level


def require_whole(value: Any, name: str, least: int) -> int:
    """Return a whole number of at least `least`; refuse text, fractions and truth values.

    Examples
    --------
    >>> require_whole(2.5, "k", 1)
    Traceback (most recent call last):
    kkbgeo.errors.ParameterError: k must be a whole number of at least 1, got 2.5.
    What to do: For example k=1
    """
    if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
        raise ParameterError(
            f"{name} must be a whole number of at least {least}, got {value!r}.",
            hint=f"For example {name}={least}",
            value=value,
        )
    return value


def require_number(value: Any, name: str, *, zero: bool = True, hint: str | None = None) -> float:
    """Return a finite number of 0 or more (above 0 without `zero`); refuse all else."""
    if not _real(value) or not math.isfinite(value) or value < 0 or (value == 0 and not zero):
        least = "of 0 or more" if zero else "above 0"
        raise ParameterError(
            f"{name} must be a finite number {least}, got {value!r}.",
            hint=hint or f"Give {name} as a number {least}",
            value=value,
        )
    return value


def _real(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _codes(index: pd.Index) -> str:
    return ", ".join(map(str, index[:5]))
