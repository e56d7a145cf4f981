"""The one object that notebooks call: areas, tables and what was reported, joined and accounted for."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from kkbgeo import paths
from kkbgeo.errors import CodeError, ParameterError
from kkbgeo.join import Joined, Observation, join
from kkbgeo.language import Spoken, require_language, words
from kkbgeo.measures import Catalogue, Indicator, load_catalogue
from kkbgeo.measures.derive import derive, the_rest
from kkbgeo.measures.observe import Common, observations
from kkbgeo.records import rows as table_rows
from kkbgeo.records.periods import last_day
from kkbgeo.records.read import as_frame, read_rows, table_names
from kkbgeo.records.sources import read_sources
from kkbgeo.records.surveys import Round
from kkbgeo.records.tables import TABLES
from kkbgeo.records.targets import Target, named, yardstick
from kkbgeo.regions.codes import LEVELS, is_code
from kkbgeo.regions.gazetteer import Gazetteer
from kkbgeo.tables import AreaTable

if TYPE_CHECKING:
    import geopandas as gpd

    from kkbgeo.boundaries.store import Edition

_Made = TypeVar("_Made")


class Workbench:
    """Joins the rooms: regions, records, boundaries and measures of one data folder.

    Parameters
    ----------
    data : path, optional
        The data folder; else ``KKBGEO_DATA``, else this checkout's ``data/``.
    as_of : str, optional
        ISO date (``2025-12-31``, also ``2025`` or ``2025-12``). Records whose period ends later are
        left out, and listed as such. Empty: everything the data hold.
    language : {"id", "en"}
        Language of labels.
    boundaries : str, optional
        Id of the boundary set to draw (``kkbgeo boundaries list``). Empty: the best that is there, level by
        level; see `kkbgeo.boundaries.choose`.

    Examples
    --------
    >>> import kkbgeo
    >>> wb = kkbgeo.Workbench(as_of="2025-12-31")
    >>> table = wb.table("regency", ["kkb_advanced_share"], within="63")
    >>> f'{table.frame.loc["63.01", "kkb_advanced_share"]:.2f}'
    '12.59'
    """

    def __init__(
        self, data: str | os.PathLike | None = None, *, as_of: str = "", language: str = "id", boundaries: str = ""
    ) -> None:
        self.data = paths.data_root(data)
        self.language = require_language(language)
        self._kept: dict[Hashable, Any] = {}
        self.as_of = last_day(as_of)
        self.as_of_given = as_of
        self.boundaries = self._boundaries(boundaries)

    def words(self, thing: Any) -> Any:
        """Return text, a list of texts or a table of display text in the workbench's language.

        Examples
        --------
        >>> from kkbgeo.language import Text
        >>> Workbench(language="en").words([Text("maps.noun.regency"), "63.11"])
        ['regencies and cities', '63.11']
        """
        return words(thing, self.language)

    def once(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """Return what `make` gives, made once for this workbench; it must hold no words of one language."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    # --- what there is -----------------------------------------------------------------------------------

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """Codes, names, parents and points of every region."""
        return Gazetteer.load(self.data)

    @property
    def whole(self) -> Spoken:
        """What all regions of the data folder together are called."""
        return Spoken(self.gazetteer.whole.name)

    @cached_property
    def catalogue(self) -> Catalogue:
        """Every indicator, defined once; those of the survey rounds are of this data folder."""
        return load_catalogue(self.data)

    @property
    def rounds(self) -> tuple[Round, ...]:
        """The survey rounds, oldest first.

        Examples
        --------
        >>> Workbench().rounds[-1].label
        'SSGI 2024'
        """
        return self.catalogue.rounds

    @cached_property
    def sources(self) -> pd.DataFrame:
        """Who said it: one row per source, index ``source_id``."""
        return read_sources(self.data)

    @cached_property
    def simulated_sources(self) -> frozenset[str]:
        """Ids of the sources that are made up; every page and map that draws on one says so."""
        return frozenset(self.sources.index[self.sources["publisher_kind"] == "simulation"])

    @property
    def targets(self) -> tuple[Target, ...]:
        """Targets that sources name up to the workbench's date, of places it has."""
        known = {"until": self.as_of, "codes": self.gazetteer, "sources": self.sources.index}
        return self.once("targets", lambda: named(self.data, **known))

    @property
    def edition(self) -> Edition:
        """The boundary edition that regencies are drawn from, with its disclaimer."""
        return self.edition_of("regency")

    def edition_of(self, level: str) -> Edition:
        """Return the boundary edition that a level is drawn from.

        Examples
        --------
        >>> Workbench(boundaries="approximate-2025").edition_of("village").id
        'approximate-2025'
        """
        from kkbgeo.boundaries import choose

        self._require_level(level)
        if level not in self._editions:
            self._editions[level] = choose.best(level, self.gazetteer, self.data, chosen=self.boundaries)
        return self._editions[level]

    @cached_property
    def _editions(self) -> dict[str, Edition]:
        return {}

    def records(self, table: str, within: str | None = None) -> pd.DataFrame:
        """Return a record table as reported: every row, or those of a region and of the units inside it."""
        rows = self.rows(table)
        if table not in self._tables:
            self._tables[table] = as_frame(TABLES[table], rows)
        frame = self._tables[table]
        if within is None:
            return frame.copy()
        code = self.gazetteer.require(within)
        return frame[(frame["code"] == code) | frame["code"].str.startswith(code + ".")].copy()

    @cached_property
    def _tables(self) -> dict[str, pd.DataFrame]:
        return {}

    def rows(self, table: str, around: str | None = None) -> list[Any]:
        """Return the rows of a record table as named tuples; quick to go through, and not to be changed.

        Parameters
        ----------
        table : str
            Name of the table.
        around : str, optional
            Only the rows of this region, of units inside it, of those above it, and those without a certain
            place: no other can show on its page. Any word but a region code stands for the whole.
        """
        if table not in table_names():
            raise ParameterError(
                f"There is no record table {table!r}.", hint=f"Tables: {', '.join(table_names())}", value=table
            )
        if table not in self._rows:
            found = table_rows.find(TABLES[table], self.data)
            self._rows[table] = found or table_rows.Rows(read_rows(table, self.data, sources=self.sources))
        if around is None or not is_code(around):
            return self._rows[table].rows
        if (table, around) not in self._around:
            self._around[table, around] = self._rows[table].around(around)
        return self._around[table, around]

    @cached_property
    def _rows(self) -> dict[str, table_rows.Rows | table_rows.MappedRows]:
        return {}

    @cached_property
    def _around(self) -> dict[tuple[str, str], list[Any]]:
        return {}

    def region(self, value: str, level: str | None = None) -> str:
        """Check a region code and return it; a wrong one is refused with the likely one."""
        return self.gazetteer.require(value, level)

    # --- areas and tables ----------------------------------------------------------------------------------

    def areas(self, level: str, within: str | None = None) -> gpd.GeoDataFrame:
        """Return polygons: one row per unit, index ``code``, columns name, level, parent; EPSG:4326.

        A unit that the edition has no polygon of has no row; `undrawn` names those.
        """
        from kkbgeo.boundaries import store

        self._require_level(level)
        if within is not None:
            within = self.gazetteer.require(within)
        if (level, within) not in self._areas:
            whole = self._areas.get((level, None))
            self._areas[level, within] = (
                store.read(level, within=within, data_root=self.data, edition=self.edition_of(level).id)
                if whole is None
                else whole[whole.index.isin(self.gazetteer.within(within, level))]
            )
        return self._areas[level, within].copy()

    @cached_property
    def _areas(self) -> dict[tuple[str, str | None], gpd.GeoDataFrame]:
        return {}

    def undrawn(self, level: str, within: str | None = None) -> list[str]:
        """Return the codes of the units that the edition of their level has no polygon of.

        Examples
        --------
        >>> Workbench(boundaries="approximate-2025").undrawn("village")
        []
        """
        drawn = set(self.areas(level, within).index)
        return [code for code in self._codes(level, within) if code not in drawn]

    def boundary_file(self, level: str) -> Path:
        """Return the file that the polygons of a level are read from."""
        return self.data / "boundaries" / self.edition_of(level).id / f"{level}.parquet"

    @property
    def record_tables(self) -> tuple[str, ...]:
        """Names of the record tables."""
        return tuple(table_names())

    def table(
        self, level: str, indicators: list[str] | str, *, within: str | None = None, as_of: str | None = None
    ) -> AreaTable:
        """Return the figures of all units of a level, with a report of every row that went in.

        Parameters
        ----------
        level : {"province", "regency", "district", "village"}
            The units of the table.
        indicators : list of str, or one str
            Ids of the catalogue; the inputs of a derived one come along.
        within : str, optional
            Only the units inside this region.
        as_of : str, optional
            Another date than the workbench's.

        Raises
        ------
        ParameterError, CodeError
            An unknown indicator, level, date or region; the message names the likely one.
        """
        self._require_level(level)
        date = self.as_of if as_of is None else last_day(as_of)
        codes = self._codes(level, within)
        wanted = self.catalogue.with_inputs([indicators] if isinstance(indicators, str) else list(indicators))
        read = [self.catalogue[key] for key in wanted if self._is_read(key)]
        near, cells = self.once(
            ("cells", level, tuple(wanted), within, date), lambda: self._cells(level, wanted, read, within, date, codes)
        )
        return AreaTable(
            level,
            cells,
            near,
            load_joined=lambda: {one.id: self._join(one, level, within, date) for one in read},
            within=within or "",
            labels={code: self.gazetteer.label(code) for code in codes},
            indicators={key: self.catalogue[key] for key in wanted},
            as_of=date,
            language=self.language,
            load_edition=lambda: self.edition_of(level),
            load_areas=lambda: self._areas_in_order(level, within, codes),
            simulated_sources=self.simulated_sources,
        )

    def _cells(
        self, level: str, wanted: list[str], read: list[Indicator], within: str | None, date: str, codes: list[str]
    ) -> tuple[dict[str, Joined], dict[tuple[str, str], dict]]:
        """Return the joins and the cells of a table, which the tables of both languages share."""
        near = {one.id: self._join(one, level, within, date, around=within) for one in read}
        cells = {(one["code"], key): {**one, "indicator": key} for key in near for one in near[key].records}
        for code in codes:
            if mended := the_rest(cells, code):
                cells[code, mended["indicator"]] = mended
        for key in wanted:
            if not self._is_read(key):
                self._derive(cells, self.catalogue[key], codes)
        return near, cells

    def _areas_in_order(self, level: str, within: str | None, codes: list[str]) -> gpd.GeoDataFrame:
        areas = self.areas(level, within)
        return areas.loc[[code for code in codes if code in areas.index]]

    def _is_read(self, key: str) -> bool:
        return self.catalogue[key].combine != "derived"

    def _join(
        self, indicator: Indicator, level: str, within: str | None, date: str, around: str | None = None
    ) -> Joined:
        """Join one indicator; a page asks for the same ones again and again, so the answer is kept."""
        key = (indicator.id, level, within, date, around)
        if key not in self._joined:
            seen = self._observe(indicator, level, date, around)
            codes = self._codes(level, within)
            self._joined[key] = join(seen, codes, level, as_of=date, combine=indicator.combine)
        return self._joined[key]

    @cached_property
    def _joined(self) -> dict[tuple, Joined]:
        return {}

    def _observe(self, indicator: Indicator, level: str, date: str, around: str | None) -> list[Observation]:
        # Only an indicator of which all areas are of one survey or date is seen otherwise at another level or date.
        common = self.common.tell(indicator, level, date)
        key = (indicator.id, around, common)
        if key not in self._observed:
            self._observed[key] = observations(self.rows(indicator.table, around), indicator, common)
        return self._observed[key]

    @cached_property
    def _observed(self) -> dict[tuple, list[Observation]]:
        return {}

    @cached_property
    def common(self) -> Common:
        """What all areas of one map have in common: their newest survey, or the portal's dates."""
        return Common(self.data, self.rows)

    def _codes(self, level: str, within: str | None) -> list[str]:
        if within is None:
            return self.gazetteer.codes(level)
        return self.gazetteer.within(self.gazetteer.require(within), level)

    def _derive(self, cells: dict[tuple[str, str], dict], one: Indicator, codes: list[str]) -> None:
        for code in codes:
            villages = len(self.gazetteer.within(code, "village")) if one.formula == "coverage" else None
            target = yardstick(self.targets, "raise", code) if one.formula.startswith("target") else None
            inputs = [cells[code, name] for name in one.inputs]
            cells[code, one.id] = derive(one, inputs, villages, target.target if target else None)

    # --- checks ----------------------------------------------------------------------------------------------

    def _require_level(self, level: str) -> None:
        if level not in LEVELS:
            raise ParameterError(f"Unknown level {level!r}.", hint=f"Levels: {', '.join(LEVELS)}", value=level)

    def _boundaries(self, name: str) -> str:
        if not isinstance(name, str):
            raise ParameterError(
                f"boundaries must be text, got {name!r} ({type(name).__name__}).",
                hint="Name a set of: kkbgeo boundaries list",
                value=name,
            )
        if name:
            from kkbgeo.boundaries import store

            store.edition(self.data, name)  # refused by name, before anything is drawn
        return name


__all__ = ["CodeError", "Workbench"]
