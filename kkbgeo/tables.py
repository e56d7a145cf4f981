"""`AreaTable`: areas with figures, the report of every row that went in, and what maps need to draw them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from kkbgeo.join import STATUSES
from kkbgeo.measures.catalogue import Indicator

if TYPE_CHECKING:
    import geopandas as gpd

    from kkbgeo.boundaries.store import Edition


class AreaTable:
    """Figures of one level, one row per area, with their states, sources and report.

    Attributes
    ----------
    cells : DataFrame
        Long: one row per area and indicator (columns `kkbgeo.join.CELL_COLUMNS`).
    report : DataFrame
        One row per input record and indicator with ``status``, ``reason`` and ``area``.
    frame : DataFrame
        Wide: index ``code``, ``name``, then for each indicator its value and ``<indicator>_state``.
    areas : GeoDataFrame
        The polygons, index ``code``, EPSG:4326; read when first asked for.
    labels : dict
        Code -> name as officials write it.
    """

    def __init__(
        self,
        level: str,
        cells: pd.DataFrame,
        report: pd.DataFrame,
        *,
        labels: Mapping[str, str],
        indicators: Mapping[str, Indicator],
        as_of: str,
        language: str,
        edition: Edition,
        load_areas: Callable[[], gpd.GeoDataFrame],
    ) -> None:
        self.level = level
        self.cells = cells
        self.report = report
        self.labels = dict(labels)
        self.indicators = dict(indicators)
        self.as_of = as_of
        self.language = language
        self.edition = edition
        self._load_areas = load_areas

    @cached_property
    def areas(self) -> gpd.GeoDataFrame:
        """The polygons of this table's areas."""
        return self._load_areas()

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The wide table for reading and for spreadsheets."""
        wide = pd.DataFrame({"name": pd.Series(self.labels, dtype="object")})
        wide.index.name = "code"
        for key in self.indicators:
            mine = self.cells[self.cells["indicator"] == key].set_index("code")
            wide[key] = mine["text"] if self.indicators[key].kind == "class" else mine["value"]
            wide[f"{key}_state"] = mine["state"]
        return wide

    def indicator(self, key: str) -> Indicator:
        """Return the catalogue entry of one of this table's indicators."""
        return self.indicators[key]

    def cell(self, code: str, key: str) -> Mapping[str, object]:
        """Return one cell as a mapping (value, state, as_of, record_id, source_id, derived, conflicts)."""
        return self._by_place[(code, key)]

    @cached_property
    def _by_place(self) -> dict[tuple[str, str], dict]:
        return {(one["code"], one["indicator"]): one for one in self.cells.to_dict("records")}

    def states(self, key: str) -> dict[str, int]:
        """Count the states of an indicator; the counts add up to the number of areas."""
        return self.cells.loc[self.cells["indicator"] == key, "state"].value_counts().to_dict()

    def summary(self, inside: str = "") -> pd.DataFrame:
        """Count the report: one row per indicator, one column per status, and ``rows`` that went in.

        Parameters
        ----------
        inside : str, optional
            Count only the records of this region, of units inside it, and those whose place is not certain.
        """
        codes = self.report["code"]
        mine = self.report[(codes == inside) | codes.str.startswith(f"{inside}." if inside else "") | (codes == "")]
        counted = pd.crosstab(mine["indicator"], mine["status"]).reindex(columns=list(STATUSES), fill_value=0)
        counted["rows"] = counted.sum(axis=1)
        return counted

    def __len__(self) -> int:
        return len(self.labels)

    def _repr_html_(self) -> str:
        return self.frame._repr_html_()
