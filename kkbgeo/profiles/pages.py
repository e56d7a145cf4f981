"""The frame of each kind of page: heading, maps and footer, ready for a notebook to fill."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from kkbgeo._version import __version__
from kkbgeo.boundaries.store import area_km2
from kkbgeo.language import Number, Spoken, Text, catalogue, joined, other_language, phrase
from kkbgeo.maps import area_map, locator_svg
from kkbgeo.maps.cells import Link
from kkbgeo.maps.drawn import Layer
from kkbgeo.maps.interactive import AreaMap
from kkbgeo.maps.layers import layer_for
from kkbgeo.maps.page import Page
from kkbgeo.maps.periods import best_known
from kkbgeo.maps.tiles import TileMap
from kkbgeo.profiles.display import cell_details, origin_of, shown, software, source_lines
from kkbgeo.profiles.inputs import checksum, is_simulated, newest_date, page_sources, reference_files
from kkbgeo.profiles.pooled import locator_shapes
from kkbgeo.profiles.ways import above, told
from kkbgeo.provenance import read_source
from kkbgeo.regions.codes import is_code, level_of
from kkbgeo.regions.tilegrid import tiles_of
from kkbgeo.tables import AreaTable
from kkbgeo.workbench import Workbench

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np

#: What a map of regencies shows besides the survey rounds.
MAPPED = (
    "kkb_total", "kkb_coverage", "kkb_total_before_2022", "kkb_registered", "kkb_registered_coverage",
    "kkb_registered_advanced_share", "kkb_registered_dasar_share", "kkb_risen_share", "aid_events", "families_at_risk",
)  # fmt: skip
FOLDED_ROWS = 25  # longer tables open on a tap
FOLDED = ("registered",)  # and these, which say little more than their newest row does elsewhere
HATCHED = 0.9  # a map of villages of which at least so many are hatched is explained
FAR_OFF = (0.8, 1.25)  # an approximate area outside this ratio to the official one is said on the page


@dataclass(frozen=True)
class Chart:
    """A picture, and the table of the figures it shows."""

    picture: Markup | Spoken
    table: pd.DataFrame


@dataclass(frozen=True)
class Section:
    """What stands in one section of a page: a table, map, chart or text, with its heading and what is said around it.

    Attributes
    ----------
    thing : DataFrame, AreaMap, Chart, Link, text or list of texts
        What is shown.
    title, note, caption : str or Spoken
        Heading (empty carries on under the one before), line below, line above a table.
    folded, matrix : bool
        As for `kkbgeo.maps.page.Page.add_table`.
    """

    thing: pd.DataFrame | AreaMap | Chart | Link | Spoken | str | list
    title: str | Spoken = ""
    note: str | Spoken = ""
    caption: str | Spoken = ""
    folded: bool = False
    matrix: bool = False

    def put_on(self, page: Page, key: str) -> None:
        """Add it to a page."""
        if isinstance(self.thing, AreaMap):
            page.add_map(self.thing, self.title, key=key, note=self.note)
        elif isinstance(self.thing, Chart):
            page.add_chart(key, self.title, self.thing.picture, self.thing.table, note=self.note)
        elif isinstance(self.thing, pd.DataFrame):
            page.add_table(key, self.title, self.thing, note=self.note, caption=self.caption, folded=self.folded,
                           matrix=self.matrix)  # fmt: skip
        else:
            page.add_text(key, self.title, self.thing, folded=self.folded)


class ProfilePage(Page):
    """A page whose sections carry the headings and notes of the message catalogue."""

    whole = ""  # what all regions together are called, for the notes

    def show(self, key: str, thing: Section | pd.DataFrame | AreaMap | TileMap | list[str] | None) -> ProfilePage:
        """Add a section; None adds nothing.

        A `Section` brings its own heading. A table, a map or a list stands under the heading
        ``profiles.section.<key>``; an empty table is said in words.

        Parameters
        ----------
        key : str
            Name of the section (``where``, ``classes``, ``kampung``, ``missing`` …).
        thing : Section, DataFrame, AreaMap, TileMap, list of str or None
            What to show there.
        """
        if thing is None:
            return self
        if isinstance(thing, Section):
            thing.put_on(self, key)
            return self
        title = Text(f"profiles.section.{key}")
        key_of_note = f"profiles.note.{key}"
        note = Text(key_of_note, whole=self.whole) if key_of_note in catalogue() else ""
        if isinstance(thing, pd.DataFrame):
            self._frames[key] = thing
        if isinstance(thing, AreaMap):
            self.add_map(thing, title, key=key, note=note)
        elif isinstance(thing, TileMap):
            self.add_tiles(thing, title, key=key, note=note)
        elif isinstance(thing, list):
            self.add_text(key, title, thing or [Text(f"profiles.empty.{key}")])
        elif thing.empty:
            self.add_text(key, title, Text(f"profiles.empty.{key}"))
        else:
            self.add_table(key, title, thing, note=note, folded=key in FOLDED or len(thing) > FOLDED_ROWS)
        return self


def new_page(wb: Workbench, code: str) -> ProfilePage:
    """Return an empty page of a regency, a province or the whole (code ``kalimantan``), with its heading."""
    places = wb.gazetteer
    level = level_of(code) if is_code(code) else "island"
    regencies = wb.areas("regency")
    if level == "island":
        whole = wb.gazetteer.whole
        if code != whole.code:
            wb.region(code)  # refused by name
        label, slug, within = wb.whole, whole.code, places.codes("regency")
        subtitle = {"provinces": len(places.codes("province")), "regencies": len(within)}
    else:
        label, slug = places.label(code), places.slug(code)
        within = [code] if level == "regency" else list(places.within(code, "regency"))
        subtitle = {"province": places.label(code.split(".")[0]), "count": len(within)}
    drawn = [one for one in within if one in regencies.index]
    page = ProfilePage(
        code, level, slug, label, Text(f"profiles.subtitle.{level}", **subtitle),
        language=wb.language, second=other_language(wb.language), as_of=newest_date(wb, code),
        edition=wb.edition_of(_drawn_level(code)),
        locator_svg=locator_of(wb, drawn),
        simulated=is_simulated(wb, code),
    )  # fmt: skip
    page.whole, page.above = wb.whole, above(wb, code)
    return page


def locator_of(wb: Workbench, drawn: list[str]) -> Spoken:
    """Return the little map that says where some regencies lie."""
    return Spoken(_located, wb.areas("regency"), drawn, locator_shapes(wb), wb.whole)


def _located(regencies: gpd.GeoDataFrame, drawn: list[str], shapes: np.ndarray, whole: str, language: str) -> str:
    return locator_svg(regencies, drawn, language=language, whole=whole, shapes=shapes)


def indicator_layer(wb: Workbench, table: AreaTable, key: str, breaks: tuple[float, ...] = ()) -> Layer:
    """Return the layer of an indicator over the areas of a table that have a polygon, with what a tap tells.

    Parameters
    ----------
    breaks : tuple of float, optional
        Other upper class edges than the indicator's own.
    """
    indicator = replace(table.indicator(key), breaks=breaks) if breaks else table.indicator(key)
    cells = table.cells_of(key, drawn=True)
    return layer_for(indicator, cells, details=cell_details(wb, table, key),
                     origin=origin_of(wb, cells))  # fmt: skip


def village_map(wb: Workbench, code: str) -> AreaMap | list[str]:
    """Return the map of an area's villages: the kampung that sources name by class, then aid events by village.

    Where the boundary edition has none of them, a sentence that says so.
    """
    table = wb.table("village", ["kkb_village_class", "aid_events"], within=code)
    if table.areas.empty:
        return _nothing_drawn(table)
    districts = {one: wb.gazetteer.label(".".join(one.split(".")[:3])) for one in table.labels}
    layers = [indicator_layer(wb, table, key) for key in ("kkb_village_class", "aid_events")]
    drawn = area_map(table.areas, layers, language=wb.language, edition=table.edition, labels=table.labels,
                     parents=districts, simulated=table.simulated, undrawn=table.undrawn)  # fmt: skip
    drawn.lead = hatched(wb, table, code)
    return drawn


def hatched(wb: Workbench, table: AreaTable, code: str) -> str:
    """Say what a map of villages shows that is hatched nearly all over, or although every village is a kampung.

    Parameters
    ----------
    wb : Workbench
        Where the total comes from.
    table : AreaTable
        The villages, with ``kkb_village_class``.
    code : str
        The area; only of a regency something is said.

    Returns
    -------
    str
        Empty where the map tells by itself.

    Examples
    --------
    >>> wb = Workbench(language="en")
    >>> wb.words(hatched(wb, wb.table("village", ["kkb_village_class"], within="63.01"), "63.01"))[:60]
    '94 of 135 villages are hatched: no source names them as Kamp'
    """
    if level_of(code) != "regency":
        return ""
    cells = [table.cell(one, "kkb_village_class") for one in table.areas.index]
    # A village that is named without a class has a record, and a colour of its own.
    hatched = sum(one["state"] == "not_reported" and not one["record_id"] for one in cells)
    all_of_them = len(cells)
    total = wb.table("regency", ["kkb_total", "kkb_coverage"], within=code)
    known = total.cell(code, "kkb_total")["state"] != "not_reported"
    full = known and total.cell(code, "kkb_coverage")["value"] >= 100
    if not hatched or (hatched < HATCHED * all_of_them and not full):
        return ""
    figures = {
        "hatched": Number(hatched), "villages": Number(all_of_them),
        "total": shown(total.cell(code, "kkb_total")["value"]),
    }  # fmt: skip
    first = Text(f"profiles.hatched.{'all' if hatched == all_of_them else 'some'}", **figures)
    rest = "full" if full else "part" if known else "unknown"
    return phrase("{} {}", first, Text(f"profiles.hatched.{rest}", **figures))


def regency_indicators(wb: Workbench) -> list[str]:
    """Return the indicators that a map of regencies shows, the survey rounds last, the newest of them first."""
    return [*MAPPED, *(one.indicator for one in reversed(wb.rounds))]


def regency_map(wb: Workbench, within: str | None = None, indicators: Iterable[str] = ()):
    """Return the map of regencies (all, or of one province), one layer per indicator over one geometry."""
    keys = list(indicators) or regency_indicators(wb)
    return table_map(wb, wb.table("regency", keys, within=within), keys)


def table_map(wb: Workbench, table: AreaTable, indicators: list[str]) -> AreaMap | list[str]:
    """Return a map of a table's areas with one layer per indicator named; a sentence where none has a polygon.

    The list of indicators keeps the order given; the map opens with the one that most areas know
    (`kkbgeo.maps.periods.best_known`).
    """
    if table.areas.empty:
        return _nothing_drawn(table)
    layers = [indicator_layer(wb, table, key) for key in indicators]
    parents = {code: wb.gazetteer.label(code.split(".")[0]) for code in table.labels}
    return area_map(table.areas, layers, language=wb.language, edition=table.edition, labels=table.labels,
                    parents=parents, simulated=table.simulated, undrawn=table.undrawn,
                    opens=best_known(layers).key)  # fmt: skip


def tile_map(wb: Workbench, regency_map: AreaMap | list[str]) -> TileMap | None:
    """Return the tile grid beside a map of all regencies; None where there is no map, or no grid of these regencies."""
    grid = tiles_of(wb.gazetteer, wb.data)
    if grid is None or not isinstance(regency_map, AreaMap):
        return None
    names = {code: wb.gazetteer.label(code) for code in [*grid.tiles, *grid.labels]}
    # Shown first is what the map opens with.
    first = regency_map.opening
    layers = [first, *(one for one in regency_map.layers if one is not first)]
    return TileMap(grid, layers, names=names)


def _nothing_drawn(table: AreaTable) -> list[str]:
    return [Text("boundaries.map.nothing", title=Spoken(table.edition.title))]


def _drawn_level(code: str) -> str:
    """Return the level of the map that a page is about."""
    return "village" if is_code(code) and level_of(code) == "regency" else "regency"


def finish(
    wb: Workbench, page: Page, *, sources: Iterable[str] | None = None, notes: Iterable[str] = (), **parameters: str
) -> Page:
    """Put the footer on a page: its sources, boundary edition, parameters, data checksum and version.

    `sources` are those of the records it shows, unless given; `notes` come before those about boundaries.
    """
    within = None if page.level == "island" else page.code
    used = page_sources(wb, page.code) if sources is None else sources
    lines = source_lines(wb, used)
    given = {key: value for key, value in parameters.items() if value}
    lines += [_reference(wb, path) for path in reference_files(wb, page.code)]
    page.footer(
        sources=lines,
        notes=[*notes, *area_notes(wb, within), *_edition_notes(wb, page)],
        parameters=given,
        told=told(wb, given),
        checksum=checksum(wb, page.code),
        version=__version__,
    )
    return page


def _reference(wb: Workbench, path: Path) -> Link:
    """Name the gazetteer or a file of boundaries as a source."""
    level, url = _level_words(path.stem), read_source(path).url
    edition = wb.edition_of(path.stem) if path.suffix == ".parquet" else None
    if edition is None or edition.approximate:
        part = "gazetteer" if edition is None else "boundaries"
        title = Text(f"profiles.reference.{part}", level=level, whole=wb.whole)
    else:
        title = phrase("{} ({})", Spoken(edition.title), level)
    package, registry = software(url)
    said = Text("profiles.word.software", name=package, registry=registry) if package else url
    return Link(phrase("{}: {}", title, said) if said else title, key=f"reference:{path.stem}")


def _edition_notes(wb: Workbench, page: Page) -> list[str]:
    """Say of a second map, or of the map's other level, that another edition draws it; and of units not whole."""
    drawn = {"regency": "regency", "province": "village"}.get(page.level, "province")
    other = wb.edition_of(drawn)
    notes = _holed(wb, page)
    if page.edition is None or other.id == page.edition.id:
        return notes
    level = Text(f"maps.noun.{drawn}")
    return [Text("boundaries.note.other_edition", level=level, title=Spoken(other.title)), *notes]


def _holed(wb: Workbench, page: Page) -> list[str]:
    """Say which regencies on a map are drawn with a hole, where its set lacks parts inside them."""
    shown = page.code if page.code in wb.gazetteer else ""
    edition = wb.edition_of("regency")
    found = [wb.gazetteer.label(code) for code in edition.partial.get("regency", ()) if code.startswith(shown)]
    if not found:
        return []
    facts = {"level": Text("maps.noun.regency"), "title": Spoken(edition.title)}
    count = Number(len(found))
    return [Text("boundaries.note.partial", count=count, names=joined(", ", found), **facts)]


def _level_words(level: str) -> str:
    return Text(f"maps.noun.{level}") if f"maps.noun.{level}" in catalogue() else level


def area_notes(wb: Workbench, within: str | None) -> list[str]:
    """Say of which regencies the polygon is far from the official area."""
    ratios = area_ratios(wb, within)
    low, high = FAR_OFF
    note = "area_far" if wb.edition.approximate else "area_far_given"
    return [
        Text(f"profiles.note.{note}", name=wb.gazetteer.label(code), ratio=Number(ratio, 2))
        for code, ratio in ratios.items()
        if not low <= ratio <= high
    ]


def area_ratios(wb: Workbench, within: str | None = None):
    """Return the area of each drawn regency over its official area (Series, index code)."""
    drawn = wb.once(("drawn areas", within), lambda: area_km2(wb.areas("regency", within)))
    known = [one for one in wb.rows("population_area", within) if not pd.isna(one.area_km2)]
    # The best publisher's figure, should several tell the area of one unit.
    best = sorted(known, key=lambda one: -one.rank)
    official = pd.Series({one.code: one.area_km2 for one in best}, dtype=float)
    return (drawn / official.reindex(drawn.index)).rename("ratio")
