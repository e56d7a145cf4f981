"""Indicators computed from other cells of the same area: shares, coverage, targets.

Every formula refuses to mix reports: its inputs must come from one record, else the cell is
*not reported* and says so in ``doubt``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np
import pandas as pd

from kkbgeo.join import CELL_COLUMNS
from kkbgeo.measures.catalogue import Indicator
from kkbgeo.records.intervals import ERRORS
from kkbgeo.records.tables import CLASSES


def share(part: float, whole: float) -> float:
    """Return ``100 · part / whole`` (per cent).

    Examples
    --------
    >>> round(share(17, 135), 2)
    12.59
    """
    return 100 * part / whole if whole else math.nan


Figures = TypeVar("Figures", float, pd.Series)


def target_needed(total: Figures, percent: float, years: float = 1) -> Figures:
    """Return the kampung that make up a target of so many per cent of all (a year), rounded up; of areas one by one.

    Examples
    --------
    >>> float(target_needed(135, 5)), target_needed(pd.Series([140, 135]), 5, years=2).tolist()
    (7.0, [14.0, 14.0])
    """
    # 5 % of 140 is 7 and not 7.000000000000001.
    return np.ceil(np.round(percent * total * years / 100, 9))


def target_gap(reached: Figures, total: Figures, percent: float, years: float = 1) -> Figures:
    """Return how many kampung are missing to a target; 0 when it is reached.

    Examples
    --------
    >>> float(target_gap(17, 135, 5)), target_gap(pd.Series([2, 17]), pd.Series([135, 135]), 5).tolist()
    (0.0, [5.0, 0.0])
    """
    return np.maximum(0.0, target_needed(total, percent, years) - reached)


def derive(
    indicator: Indicator, inputs: list[Mapping[str, object]], villages: int | None = None, percent: float | None = None
) -> dict[str, object]:
    """Compute one derived cell from the cells of its inputs.

    Parameters
    ----------
    indicator : Indicator
        A catalogue entry with ``combine = "derived"``.
    inputs : list of mapping
        The cells of ``indicator.inputs`` for one area, in that order.
    villages : int, optional
        Villages of the area, the denominator of formula ``coverage``.
    percent : float, optional
        The target that the area is held against (`kkbgeo.records.targets`); without one nothing is needed or missing.

    Returns
    -------
    dict
        A cell (keys `kkbgeo.join.CELL_COLUMNS`), ``derived`` true.
    """
    code = inputs[0]["code"]
    cell: dict[str, object] = dict.fromkeys(CELL_COLUMNS, "") | dict.fromkeys(ERRORS, math.nan)
    cell.update(code=code, indicator=indicator.id, value=math.nan, state="not_reported", derived=True, conflicts=0)
    if any(one["state"] == "not_reported" for one in inputs):
        return cell
    records = {one["record_id"] for one in inputs}
    if len(records) > 1:
        return cell | {"doubt": "its parts come from different reports", "doubt_kind": "mixed"}
    values = [float(one["value"]) for one in inputs]
    if indicator.formula.startswith("target"):
        if percent is None:
            return cell
        values.append(percent)
    if indicator.formula == "coverage":
        values.append(float(villages or 0))
    value = float(_FORMULAS[indicator.formula](*values))
    if math.isnan(value):
        return cell
    first = inputs[0]
    doubted = next((one for one in inputs if one["doubt"]), first)
    cell.update(
        value=value,
        state="value" if value else "zero",
        as_of=first["as_of"],
        record_id=first["record_id"],
        source_id=first["source_id"],
        conflicts=max(int(one["conflicts"]) for one in inputs),
        doubt=doubted["doubt"],
        doubt_kind=doubted["doubt_kind"],
    )
    return cell


def total(*parts: float) -> float:
    """Return the sum of the parts.

    Examples
    --------
    >>> total(3, 14)
    17.0
    """
    return float(sum(parts))


_FORMULAS: dict[str, Callable[..., float]] = {
    "sum": total,
    "share": share,
    "coverage": share,
    "target_needed": target_needed,
    "target_gap": target_gap,
}


def the_rest(known: Mapping[tuple[str, str], Mapping[str, object]], code: str) -> dict[str, object] | None:
    """Derive the one class that the report of an area leaves as "the rest": its total less the three it gives.

    Berau, December 2024: 110 in all, 47 + 2 + 16 given, so 45 are dasar. The cell is marked derived.

    Parameters
    ----------
    known : mapping
        Cells by code and indicator.
    code : str
        The area.

    Returns
    -------
    dict or None
        The cell of that class, mended; None where none or several are missing.
    """
    total = known.get((code, "kkb_class_total"))
    parts = [known.get((code, f"kkb_{name}")) for name in CLASSES]
    if total is None or None in parts or math.isnan(total["value"]):
        return None
    missing = [one for one in parts if math.isnan(one["value"])]
    if len(missing) != 1:
        return None
    rest = float(total["value"] - sum(one["value"] for one in parts if one is not missing[0]))
    if rest < 0:
        return {**missing[0], "doubt": "the classes given exceed the total", "doubt_kind": "exceeds"}
    said = {name: total[name] for name in ("as_of", "record_id", "source_id")}
    return {**missing[0], "value": rest, "state": "value" if rest else "zero", "derived": True, **said}
