"""What pages draw from all areas together: medians of prevalence, the survey or date that all figures of a map are of,
and the little map that says where one lies."""

from __future__ import annotations

import math
import statistics
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from kkbgeo import shared
from kkbgeo.measures.observe import looks_around
from kkbgeo.regions.codes import LEVELS
from kkbgeo.workbench import Workbench

if TYPE_CHECKING:
    import numpy as np


def medians(wb: Workbench) -> pd.DataFrame:
    """Return the median prevalence of the regencies per survey (columns ``median``, ``known``, ``areas``).

    Where a record behind them is made up there is a column ``simulated``.
    """

    def make() -> pd.DataFrame:
        found = shared.find(_medians_name(wb), wb.data)
        return _medians(wb) if found is None else found.to_pandas().set_index("survey").rename_axis(None)

    return wb.once("medians", make)


def _medians(wb: Workbench) -> pd.DataFrame:
    keys = [one.indicator for one in wb.rounds]
    table = wb.table("regency", keys)
    rows = {}
    for key in keys:
        known = [value for value in table.column(key) if not math.isnan(value)]
        rows[key] = (statistics.median(known) if known else math.nan, len(known), len(table))
    found = pd.DataFrame.from_dict(rows, orient="index", columns=["median", "known", "areas"])
    if any(one.source_id in wb.simulated_sources and one.period_end <= wb.as_of for one in wb.rows("prevalence")):
        found["simulated"] = True
    return found


def common(wb: Workbench) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return what all areas of a map have in common, by indicator and level: a record of any area may change it.

    Examples
    --------
    >>> common(Workbench())["kkb_registered", "regency"]
    ('2023-08-28',)
    """
    around = {key: one for key, one in wb.catalogue.items() if looks_around(one)}
    return {(key, level): wb.common.tell(one, level, wb.as_of) for key, one in around.items() for level in LEVELS}


def locator_shapes(wb: Workbench) -> np.ndarray:
    """Return every regency as simple as the locator of a page draws it, sorted by code."""
    import shapely

    from kkbgeo.maps.thumbnail import locator_shapes as simplified

    def make() -> np.ndarray:
        found = shared.find(_locator_name(wb), wb.data)
        return simplified(wb.areas("regency")) if found is None else shapely.from_wkb(found["shape"].to_numpy())

    return wb.once("locator", make)


def share(wb: Workbench, folder: Path) -> None:
    """Keep all of it for the runs of a batch."""
    import pyarrow as pa
    import shapely

    frame = _medians(wb).rename_axis("survey").reset_index()
    shared.keep(folder, _medians_name(wb), wb.data, pa.Table.from_pandas(frame, preserve_index=False))
    common(wb)
    wb.common.share(folder, wb.as_of)
    shapes = pa.table({"shape": pa.array(shapely.to_wkb(locator_shapes(wb)).tolist(), pa.binary())})
    shared.keep(folder, _locator_name(wb), wb.data, shapes)


def _medians_name(wb: Workbench) -> str:
    return f"medians-{wb.as_of}"


def _locator_name(wb: Workbench) -> str:
    return f"locator-{wb.edition.id}"
