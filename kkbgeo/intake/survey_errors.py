"""The error beside a survey figure in a spreadsheet: interval, standard error and sample, read and checked."""

from __future__ import annotations

import datetime as dt
import math
import re

from kkbgeo.intake.reading import Reader
from kkbgeo.intake.values import UnreadableError, number, plain
from kkbgeo.language import Text
from kkbgeo.measures.catalogue import Indicator
from kkbgeo.records.intervals import ERRORS, FLAWS, flaws, implied

#: Columns that only a survey figure may fill: the parts of its error, and both limits in one cell.
FIELDS = (*ERRORS, "interval")
_FIGURE = r"\d+(?:[.,]\d+)?"
_INTERVAL = re.compile(
    rf"[(\[]?\s*({_FIGURE})\s*%?\s*(?:[-–—−;]|,\s|s\s?/\s?d|s\.d\.|sampai|hingga|to)\s*({_FIGURE})\s*%?\s*[)\]]?", re.I
)


def read_errors(reader: Reader, indicator: Indicator) -> dict[str, float]:
    """Return the error that a row tells of its figure, NaN where it tells none.

    What cannot be read is a problem, and then nothing is returned of the rest, which would be judged without it.

    Parameters
    ----------
    reader : Reader
        Reads the row.
    indicator : Indicator
        What the row is of. The columns must be empty where that is no prevalence of a survey.

    Returns
    -------
    dict of str to float
        The parts (`kkbgeo.records.intervals.ERRORS`).
    """
    found, before = dict.fromkeys(ERRORS, math.nan), len(reader.problems)
    if indicator.table != "prevalence":
        for name in FIELDS:
            if not reader.is_empty(name):
                reader.add(
                    "error_not_survey", name, field=Text(f"intake.field.{name}"), indicator=indicator.label("id")
                )
        return found
    for name in ERRORS:
        read = reader.number(name, whole=name == "sample", units=("children",) if name == "sample" else ("percent",))
        if read:
            found[name] = read.value
            if name in ("low", "high") and read.value > 100:
                reader.add("above_100", name)
    limits = _limits(reader)
    if limits and all(math.isnan(found[name]) for name in ("low", "high")):
        found |= dict(zip(("low", "high"), limits, strict=True))
    elif limits and limits != (found["low"], found["high"]):
        reader.add("interval_twice", "interval")
    return found if len(reader.problems) == before else dict.fromkeys(ERRORS, math.nan)


def _limits(reader: Reader) -> tuple[float, float] | None:
    """Return both limits of an interval that stands in one cell, such as "18,0–27,0"."""
    if reader.is_empty("interval"):
        return None
    cell = reader.row.cells["interval"]
    if isinstance(cell, dt.date):
        reader.add("date_not_number", "interval")
        return None
    match = _INTERVAL.fullmatch(plain(cell))
    try:
        low, high = (number(text, style=reader.style) for text in match.groups()) if match else (None, None)
    except UnreadableError as wrong:
        reader.add(wrong.key, "interval", **wrong.facts)
        return None
    if low is None or high is None:
        reader.add("not_an_interval", "interval")
        return None
    if max(low.value, high.value) > 100:
        reader.add("above_100", "interval")
    return low.value, high.value


def check_errors(reader: Reader, figure: float, told: dict[str, float]) -> None:
    """Add to the problems what of a figure and its error cannot be, each at the cell it lies in.

    Parameters
    ----------
    reader : Reader
        Reads the row.
    figure : float
        The prevalence, per cent.
    told : dict of str to float
        From `read_errors`.
    """
    for key in flaws(figure, **told):
        part = FLAWS[key][0]
        facts = {
            "figure": figure, "low": told["low"], "high": told["high"], "error": told["standard_error"],
            "expected": round(implied(told["low"], told["high"]), 2),
            "percent": round(100 * {**told, "value": figure}[part], 10),
        }  # fmt: skip
        other = {"low": "high", "high": "low"}.get(part, "value")
        columns = reader.layout.columns
        place = next(name for name in (part, "interval", other, "value") if name in columns and _fits(name, part))
        reader.add(key, place, **facts)


def _fits(name: str, part: str) -> bool:
    return name != "interval" or part in ("low", "high")
