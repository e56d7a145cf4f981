"""The frame of each kind of page: heading, maps and footer, ready for a notebook to fill."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from kkbgeo._version import __version__
from kkbgeo.boundaries.store import area_km2
from kkbgeo.language import catalogue, number, other_language, text
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

#: What a map of regencies shows besides the survey rounds.
MAPPED = (
    "kkb_total", "kkb_coverage", "kkb_total_before_2022", "kkb_registered", "kkb_registered_coverage",
    "kkb_registered_advanced_share", "kkb_registered_dasar_share", "kkb_risen_share", "aid_events", "families_at_risk",
)  # fmt: skip
FOLDED_ROWS = 25  # longer tables open on a tap
FOLDED = ("registered",)  # and these, which say little more than their newest row does elsewhere
HATCHED = 0.9  # a map of villages of which at least so many are hatched is explained
FAR_OFF = (0.8, 1.25)  # an approximate area outside this ratio to the official one is said on the page


class ProfilePage(Page):
    """A page whose sections carry the headings and notes of the message catalogue."""

    whole = ""  # what all regions together are called, for the notes

    def show(self, key: str, thing: pd.DataFrame | AreaMap | TileMap | list[str]) -> ProfilePage:
        """Add a table, a map or a list under the heading ``profiles.section.<key>``; an empty table is said in words.

        Parameters
        ----------
        key : str
            Name of the section (``where``, ``classes``, ``kampung``, ``missing`` …).
        thing : DataFrame, AreaMap, TileMap or list of str
            What to show there.
        """
        title = text(f"profiles.section.{key}", self.language)
        key_of_note = f"profiles.note.{key}"
        note = text(key_of_note, self.language, whole=self.whole) if key_of_note in catalogue() else ""
        if isinstance(thing, pd.DataFrame):
            self._frames[key] = thing
        if isinstance(thing, AreaMap):
            self.add_map(thing, title, key=key, note=note)
        elif isinstance(thing, TileMap):
            self.add_tiles(thing, title, key=key, note=note)
        elif isinstance(thing, list):
            self.add_text(key, title, thing or [text(f"profiles.empty.{key}", self.language)])
        elif thing.empty:
            self.add_text(key, title, text(f"profiles.empty.{key}", self.language))
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
        label, slug, within = whole.name(wb.language), whole.code, places.codes("regency")
        subtitle = {"provinces": len(places.codes("province")), "regencies": len(within)}
    else:
        label, slug = places.label(code), places.slug(code)
        within = [code] if level == "regency" else list(places.within(code, "regency"))
        subtitle = {"province": places.label(code.split(".")[0]), "count": len(within)}
    drawn = [one for one in within if one in regencies.index]
    page = ProfilePage(
        code, level, slug, label, text(f"profiles.subtitle.{level}", wb.language, **subtitle),
        language=wb.language, as_of=newest_date(wb, code), edition=wb.edition_of(_drawn_level(code)),
        locator_svg=locator_svg(regencies, drawn, language=wb.language, whole=wb.whole, shapes=locator_shapes(wb)),
        simulated=is_simulated(wb, code),
    )  # fmt: skip
    page.whole, page.above = wb.whole, above(wb, code)
    return page


def in_both_languages(wb: Workbench, fill: Callable[[Workbench], Page]) -> Page:
    """Fill a page in the workbench's language and again in the other one: one page that speaks both.

    Parameters
    ----------
    wb : Workbench
        Its language is the one that is read first.
    fill : function
        The recipe: takes a workbench and returns the finished page.

    Raises
    ------
    KkbgeoError
        The recipe made two pages that differ in more than words.

    Examples
    --------
    >>> def fill(wb):
    ...     page = new_page(wb, "63.11")
    ...     page.show("missing", [text("profiles.empty.missing", wb.language)])
    ...     return finish(wb, page)
    >>> in_both_languages(Workbench(), fill).languages
    ('id', 'en')
    """
    return fill(wb).beside(fill(wb.speaking(other_language(wb.language))))


def indicator_layer(wb: Workbench, table: AreaTable, key: str, breaks: tuple[float, ...] = ()) -> Layer:
    """Return the layer of an indicator over the areas of a table that have a polygon, with what a tap tells.

    Parameters
    ----------
    breaks : tuple of float, optional
        Other upper class edges than the indicator's own.
    """
    indicator = replace(table.indicator(key), breaks=breaks) if breaks else table.indicator(key)
    cells = table.cells_of(key, drawn=True)
    return layer_for(indicator, cells, language=wb.language, details=cell_details(wb, table, key),
                     origin=origin_of(wb, cells))  # fmt: skip


def village_map(wb: Workbench, code: str) -> AreaMap | list[str]:
    """Return the map of an area's villages: the kampung that sources name by class, then aid events by village.

    Where the boundary edition has none of them, a sentence that says so.
    """
    table = wb.table("village", ["kkb_village_class", "aid_events"], within=code)
    if table.areas.empty:
        return _nothing_drawn(wb, table)
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
    >>> hatched(wb, wb.table("village", ["kkb_village_class"], within="63.01"), "63.01")[:60]
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
        "hatched": number(hatched, wb.language), "villages": number(all_of_them, wb.language),
        "total": shown(total.cell(code, "kkb_total")["value"], wb.language),
    }  # fmt: skip
    first = text(f"profiles.hatched.{'all' if hatched == all_of_them else 'some'}", wb.language, **figures)
    rest = "full" if full else "part" if known else "unknown"
    return f"{first} {text(f'profiles.hatched.{rest}', wb.language, **figures)}"


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
        return _nothing_drawn(wb, table)
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
    return TileMap(grid, layers, names=names, language=wb.language)


def _nothing_drawn(wb: Workbench, table: AreaTable) -> list[str]:
    return [text("boundaries.map.nothing", wb.language, title=table.edition.title(wb.language))]


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
    level, url = _level_words(wb, path.stem), read_source(path).url
    edition = wb.edition_of(path.stem) if path.suffix == ".parquet" else None
    if edition is None or edition.approximate:
        part = "gazetteer" if edition is None else "boundaries"
        title = text(f"profiles.reference.{part}", wb.language, level=level, whole=wb.whole)
    else:
        title = f"{edition.title(wb.language)} ({level})"
    package, registry = software(url)
    told = text("profiles.word.software", wb.language, name=package, registry=registry) if package else url
    return Link(f"{title}: {told}" if told else title, key=f"reference:{path.stem}")


def _edition_notes(wb: Workbench, page: Page) -> list[str]:
    """Say of a second map, or of the map's other level, that another edition draws it; and of units not whole."""
    drawn = {"regency": "regency", "province": "village"}.get(page.level, "province")
    other = wb.edition_of(drawn)
    notes = _holed(wb, page)
    if page.edition is None or other.id == page.edition.id:
        return notes
    level = text(f"maps.noun.{drawn}", wb.language)
    return [text("boundaries.note.other_edition", wb.language, level=level, title=other.title(wb.language)), *notes]


def _holed(wb: Workbench, page: Page) -> list[str]:
    """Say which regencies on a map are drawn with a hole, where its set lacks parts inside them."""
    shown = page.code if page.code in wb.gazetteer else ""
    edition = wb.edition_of("regency")
    found = [wb.gazetteer.label(code) for code in edition.partial.get("regency", ()) if code.startswith(shown)]
    if not found:
        return []
    facts = {"level": text("maps.noun.regency", wb.language), "title": edition.title(wb.language)}
    count = number(len(found), wb.language)
    return [text("boundaries.note.partial", wb.language, count=count, names=", ".join(found), **facts)]


def _level_words(wb: Workbench, level: str) -> str:
    return text(f"maps.noun.{level}", wb.language) if f"maps.noun.{level}" in catalogue() else level


def area_notes(wb: Workbench, within: str | None) -> list[str]:
    """Say of which regencies the polygon is far from the official area."""
    ratios = area_ratios(wb, within)
    low, high = FAR_OFF
    note = "area_far" if wb.edition.approximate else "area_far_given"
    return [
        text(f"profiles.note.{note}", wb.language, name=wb.gazetteer.label(code), ratio=number(ratio, wb.language, 2))
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
