"""`AreaTable`: areas with figures, the report of every row that went in, and what maps need to draw them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from kkbgeo.errors import ParameterError
from kkbgeo.join import STATUSES, Joined, cells_frame, report_frame
from kkbgeo.measures.catalogue import Indicator
from kkbgeo.records.intervals import ERRORS

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
        Wide: index ``code``, ``name``, then for each indicator its value and ``<indicator>_state``; where the error of
        a survey figure is known of any area, also ``<indicator>_low``, ``…_high``, ``…_standard_error``, ``…_sample``.
    joined : dict
        Indicator -> its join, with the verdict on every record (not the derived ones); made when first asked for.
    near : dict
        The same of the records in, around or without a certain place of the table's region alone.
    areas : GeoDataFrame
        The polygons, index ``code``, EPSG:4326; read when first asked for. A unit without a polygon has no row.
    edition : Edition
        The boundary edition of the polygons.
    labels : dict
        Code -> name as officials write it.
    """

    def __init__(
        self,
        level: str,
        cells: Mapping[tuple[str, str], Mapping[str, object]],
        near: Mapping[str, Joined],
        *,
        load_joined: Callable[[], Mapping[str, Joined]],
        within: str = "",
        labels: Mapping[str, str],
        indicators: Mapping[str, Indicator],
        as_of: str,
        language: str,
        load_edition: Callable[[], Edition],
        load_areas: Callable[[], gpd.GeoDataFrame],
        simulated_sources: frozenset[str] = frozenset(),
    ) -> None:
        self.level = level
        self._cells = cells
        self.near = dict(near)
        self.within = within
        self._load_joined = load_joined
        self.labels = dict(labels)
        self.indicators = dict(indicators)
        self.as_of = as_of
        self.language = language
        self._load_edition = load_edition
        self._load_areas = load_areas
        self._simulated_sources = simulated_sources

    @cached_property
    def simulated(self) -> bool:
        """Whether any figure of the table is made up; a map of it says so."""
        return any(self._simulated_sources.intersection(one["source_id"].split()) for one in self._cells.values())

    @cached_property
    def joined(self) -> dict[str, Joined]:
        """The join of each indicator that is read, with the verdict on every record."""
        return dict(self._load_joined())

    @cached_property
    def edition(self) -> Edition:
        """The boundary edition that this table's areas are drawn from."""
        return self._load_edition()

    @property
    def undrawn(self) -> dict[str, str]:
        """Code and label of the areas that the edition has no polygon of."""
        drawn = set(self.areas.index)
        return {code: label for code, label in self.labels.items() if code not in drawn}

    @cached_property
    def areas(self) -> gpd.GeoDataFrame:
        """The polygons of this table's areas."""
        return self._load_areas()

    @cached_property
    def cells(self) -> pd.DataFrame:
        """Every cell, long: indicator by indicator, in the order of the areas."""
        return cells_frame([self._cells[code, key] for key in self.indicators for code in self.labels])

    def cells_of(self, *keys: str, drawn: bool = False) -> list[Mapping[str, object]]:
        """Return the cells of indicators as mappings, in the order of the areas: what a layer is made of.

        Parameters
        ----------
        *keys : str
            Ids of the table's indicators.
        drawn : bool
            Only those of areas that have a polygon.

        Examples
        --------
        >>> import kkbgeo
        >>> table = kkbgeo.Workbench().table("province", ["population"])
        >>> [one["state"] for one in table.cells_of("population", drawn=True)]
        ['value', 'value', 'value', 'value', 'value']
        """
        codes = set(self.areas.index) if drawn else self.labels
        return [self._cells[code, key] for key in keys for code in self.labels if code in codes]

    @cached_property
    def report(self) -> pd.DataFrame:
        """Where every input record went, indicator by indicator."""
        return report_frame(list(self.joined.values()))

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The wide table for reading and for spreadsheets."""
        columns = {"name": pd.Series(self.labels, dtype="object")}
        for key, one in self.indicators.items():
            columns[key] = self.column(key, "text" if one.kind == "class" else "value")
            columns[f"{key}_state"] = self.column(key, "state")
            errors = {f"{key}_{part}": self.column(key, part) for part in ERRORS}
            if not all(math.isnan(value) for values in errors.values() for value in values):
                columns |= errors
        wide = pd.DataFrame(columns, index=list(self.labels))
        wide.index.name = "code"
        return wide

    def column(self, key: str, part: str = "value") -> list:
        """Return one part (value, state …) of every area's cell of an indicator."""
        return [self._cells[code, key][part] for code in self.labels]

    def indicator(self, key: str) -> Indicator:
        """Return the catalogue entry of one of this table's indicators."""
        if key not in self.indicators:
            raise ParameterError(
                f"This table has no indicator {key!r}.",
                hint=f"It has {', '.join(self.indicators)}. Ask for others: wb.table(level, [...])",
                value=key,
            )
        return self.indicators[key]

    def cell(self, code: str, key: str) -> Mapping[str, object]:
        """Return one cell as a mapping (keys `kkbgeo.join.CELL_COLUMNS`)."""
        return self._cells[code, key]

    def states(self, key: str) -> dict[str, int]:
        """Count the states of an indicator, the most frequent first; they add up to the number of areas."""
        return dict(Counter(self.column(key, "state")).most_common())

    def summary(self, inside: str = "") -> pd.DataFrame:
        """Count the report: one row per indicator, one column per status, and ``rows`` that went in.

        Parameters
        ----------
        inside : str, optional
            Count only the records of this region, of units inside it, and those whose place is not certain.
        """
        counted = {}
        # Of a region of this table the records around it tell all.
        enough = _dotted(inside).startswith(_dotted(self.within))
        for key, joined in sorted((self.near if enough else self.joined).items()):
            mine = [one for one in joined.observations if not one.code or f"{one.code}.".startswith(_dotted(inside))]
            if mine:
                found = Counter(joined.verdicts[one.row][0] for one in mine)
                counted[key] = [*(found[status] for status in STATUSES), len(mine)]
        index = pd.Index(list(counted), name="indicator")
        columns = pd.Index([*STATUSES, "rows"], name="status")
        return pd.DataFrame(list(counted.values()), index=index, columns=columns, dtype="int64")

    def __len__(self) -> int:
        return len(self.labels)

    def _repr_html_(self) -> str:
        return self.frame._repr_html_()


def _dotted(code: str) -> str:
    return f"{code}." if code else ""
