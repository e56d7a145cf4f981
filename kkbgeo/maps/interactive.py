"""Interactive maps: folium with Leaflet inlined, one stored geometry, no request of any kind."""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from kkbgeo.errors import JoinError, KkbgeoError
from kkbgeo.io import write_text
from kkbgeo.language import Spoken, Text, require_language, text, words
from kkbgeo.maps import document, fragment, offline, stored
from kkbgeo.maps.drawn import Layer, Marker
from kkbgeo.maps.framed import framed_map
from kkbgeo.maps.level import Level
from kkbgeo.maps.thumbnail import thumbnail_svg

if TYPE_CHECKING:
    import folium
    import geopandas as gpd

    from kkbgeo.boundaries.store import Edition

_PICTURE = (640, 520)
_TRIES = 6  # to fit geometry into the bytes that are left
INLINE = "KKBGEO_INLINE"


class AreaMap:
    """A map of areas with one or more layers over one stored geometry.

    Made by `area_map` or `choropleth`; `kkbgeo.maps.levels.levelled` joins several into one map with a switch between
    levels. Its texts may be lazy (`kkbgeo.language.Text`), for a page in two languages. It shows in JupyterLab, and
    `save` writes the same map to one file that needs no network.
    """

    def __init__(
        self,
        areas: gpd.GeoDataFrame,
        layers: Sequence[Layer],
        *,
        language: str = "id",
        edition: Edition | None = None,
        labels: Mapping[str, str] | None = None,
        parents: Mapping[str, str] | None = None,
        outline: gpd.GeoDataFrame | None = None,
        markers: Sequence[Marker] = (),
        title: str | Spoken = "",
        precision: int | None = None,
        simulated: bool = False,
        undrawn: Mapping[str, str] | None = None,
        credit: str | Spoken = "",
        opens: str = "",
    ) -> None:
        self.language = require_language(language)
        areas = areas.sort_index()
        named = {code: (labels or {}).get(code) or name for code, name in areas["name"].items()}
        larger = {code: (parents or {}).get(code, "") for code in areas.index}
        self.levels = (Level(areas, tuple(layers), named, larger, outline, dict(undrawn or {}), edition, opens),)
        self.markers = tuple(markers)
        self.simulated = simulated
        self.credit = credit
        self.lead: str | Spoken = ""  # said above the map on a page
        title = title or (self.opening.label if self.layers else "")
        self.title = Text("maps.simulated.title", title=title) if simulated else title
        self.languages = (self.language,)
        self._budget: int | None = None
        self._check()
        self.precision = fine_enough(self.areas.total_bounds) if precision is None else precision

    def _check(self) -> None:
        if not self.layers or self.areas.empty:
            raise KkbgeoError("A map needs at least one area and one layer.")
        opens = self.levels[0].opens
        if opens and opens not in (keys := [one.key for one in self.layers]):
            raise KkbgeoError(f"The map has no layer {opens!r} to open with.", hint=f"Layers: {', '.join(keys)}")
        if self.areas.crs is None or self.areas.crs.to_epsg() != 4326:
            raise KkbgeoError(
                f"The areas are in {self.areas.crs}, not EPSG:4326.", hint='Use areas.to_crs("EPSG:4326")'
            )
        codes = set(self.areas.index)
        if len(codes) != len(self.areas):
            raise JoinError("An area code occurs twice among the areas.")
        for layer in self.layers:
            without, beyond = sorted(codes - set(layer.cells)), sorted(set(layer.cells) - codes)
            if without or beyond:
                raise JoinError(
                    f"Layer {layer.key!r} and the areas do not fit: {len(without)} areas without a cell "
                    f"{without[:3]}, {len(beyond)} cells without an area {beyond[:3]}.",
                    hint="Hand over one cell per area; an area nobody reported on is not_reported",
                    without=without,
                    beyond=beyond,
                )

    # --- what is shown first: its only level, or the first of several ---------------------------------------

    @property
    def areas(self) -> gpd.GeoDataFrame:
        """The areas that are shown first."""
        return self.levels[0].areas

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers of the areas that are shown first."""
        return self.levels[0].layers

    @property
    def opening(self) -> Layer:
        """The layer that the map opens with, and that stands for it in every picture and PDF."""
        return self.levels[0].opening

    @property
    def labels(self) -> dict[str, str]:
        """Code -> name in full, of the areas that are shown first."""
        return self.levels[0].labels

    @property
    def parents(self) -> dict[str, str]:
        """Code -> larger unit, of the areas that are shown first."""
        return self.levels[0].parents

    @property
    def edition(self) -> Edition | None:
        """Boundary edition of the areas that are shown first."""
        return self.levels[0].edition

    @property
    def level(self) -> str:
        """Level of the areas that are shown first; ``area`` if they are of several."""
        return self.levels[0].key

    # --- languages ------------------------------------------------------------------------------------------

    def in_languages(self, languages: Sequence[str]) -> AreaMap:
        """Return this map as part of a page in these languages, the one that is read first in front.

        Geometry is stored once, every text in each language. Shown or saved alone a map stays in its own language.
        """
        made = copy.copy(self)
        made.forget()
        made.languages = tuple(require_language(one) for one in languages)
        made.language = made.languages[0]
        return made

    def to(self, language: str) -> AreaMap:
        """Return this map in one language, with every text in words."""
        made = self.in_languages((language,))
        made.levels = tuple(one.to(language) for one in self.levels)
        for name in ("markers", "title", "lead", "credit"):
            setattr(made, name, words(getattr(self, name), language))
        return made

    @cached_property
    def _spoken(self) -> list[AreaMap]:
        return [self.to(one) for one in self.languages]

    # --- the data of the page -------------------------------------------------------------------------------

    @cached_property
    def data(self) -> Markup:
        """Geometry and layers as a page carries them: JSON, compressed (`kkbgeo.maps.document.unpacked`)."""
        return Markup(document.packed(document.script_json(self._stored)))

    @cached_property
    def _stored(self) -> dict[str, Any]:
        return stored.stored(self._spoken, self._budget)

    @property
    def _letters(self) -> str:
        """The geometry as letters, before it is compressed."""
        lines = [level["lines"] for level in self._stored["levels"]]
        return "".join([*(part for part in self._stored["shapes"].values() if isinstance(part, str)), *lines])

    @property
    def geometry_bytes(self) -> int:
        """Bytes that the geometry takes on a page."""
        return len(document.packed(self._letters))

    def tighten(self, budget: int) -> None:
        """Leave out detail until the geometry takes at most `budget` bytes; for a page that has no more room."""
        for _ in range(_TRIES):
            taken = self.geometry_bytes
            if taken <= budget:
                return
            # How far letters can be compressed depends on the borders themselves; detail goes in steps.
            self._budget = int(0.99 * (self._budget or len(self._letters)) * budget / taken)
            for name in ("data", "_stored"):
                self.__dict__.pop(name, None)

    def forget(self) -> None:
        """Drop what was made from the data; for a copy that gets other data."""
        for name in ("data", "_spoken", "_stored", "folium", "_picture"):
            self.__dict__.pop(name, None)

    @property
    def notice(self) -> str:
        """The short boundary notice that stands on the map itself."""
        editions = {one.edition.id: one.edition for one in self.levels if one.edition is not None}
        if any(one.approximate for one in editions.values()):
            return text("maps.map.notice", self.language)
        return " · ".join(dict.fromkeys(one.title(self.language) for one in editions.values()))

    # --- folium --------------------------------------------------------------------------------------------

    @cached_property
    def folium(self) -> folium.Map:
        """The `folium.Map` behind this map, Leaflet inlined, without tiles."""
        west, south, east, north = (float(one) for one in self.areas.total_bounds)
        made = offline.offline_map()(
            location=[round((south + north) / 2, 4), round((west + east) / 2, 4)],
            zoom_start=7,
            tiles=None,
            zoom_control=False,
            prefer_canvas=True,
            attribution_control=False,
            zoom_snap=0.1,
            zoom_delta=0.75,
            wheel_px_per_zoom_level=90,
            max_zoom=15,
            scroll_wheel_zoom=False,
        )
        made.area_map = self
        made.number = 1
        return made

    def body(self, number: int = 1) -> document.Fragment:
        """Return this map as part of a page.

        Parameters
        ----------
        number : int
            Position among the maps of the page, from 1; ids are made from it.

        Raises
        ------
        KkbgeoError
            Something was added to `folium`: such a map is saved by folium itself.
        """
        made = self.folium
        self.untouched()
        made.number = number
        root = made.get_root()
        for part in (root.header, root.html, root.script):
            part._children.pop("kkbgeo", None)
        made.render()
        return document.Fragment(Markup(root.html.render()), root.script.render().strip())

    def untouched(self) -> None:
        """Refuse what was added to `folium`: an offline page cannot carry it.

        Raises
        ------
        KkbgeoError
            Something was added to `folium`: such a map is saved by folium itself.
        """
        if "folium" in self.__dict__ and self.folium._children:
            # folium prints popups into script and fetches tiles and plugins; neither may reach an offline page.
            raise KkbgeoError(
                "Something was added to this folium map, which an offline page cannot carry safely.",
                hint="Use area_map(..., markers=[...]), or save the folium map itself",
            )

    @cached_property
    def _picture(self) -> Markup:
        return thumbnail_svg(self.areas, self.opening, _PICTURE, language=self.language, css="kkb-static")

    def _fragment(self, number: int) -> Markup:
        return fragment.markup(self._spoken, number, self._picture, self.data)

    # --- ways out ------------------------------------------------------------------------------------------

    def html(self) -> str:
        """Return the map as one complete HTML file."""
        self.untouched()
        alone = self.to(self.language)
        body = alone.body()
        heading = Markup('<h1 class="kkb-solo-title">{}</h1>').format(alone.title)
        return document.document(
            title=alone.title,
            language=self.language,
            body=Markup("<main>{}{}</main>").format(heading, body.html),
            scripts=[body.script],
            with_leaflet=True,
            body_class="kkb-solo",
        )

    def save(self, path: str | Path) -> Path:
        """Write the map to one HTML file, aside and then renamed; return its path."""
        return write_text(path, self.html())

    def thumbnail(self, size: tuple[int, int] = (160, 120)) -> Markup:
        """Return the layer it opens with as a small static SVG picture."""
        return thumbnail_svg(self.areas, self.opening, size, language=self.language)

    def _repr_html_(self) -> str | None:
        """Show the map in JupyterLab: the same file, in a frame of its own.

        A batch sets ``KKBGEO_INLINE=no``: nobody looks at its notebooks, and the map is drawn for the page anyway.
        """
        if os.environ.get(INLINE) == "no":
            return None
        return framed_map(self.html(), self._picture, self._spoken[0].title, self.language)


def fine_enough(bounds: Sequence[float]) -> int:
    """Return decimals that keep rounding below a screen pixel, also zoomed in a few steps."""
    span = max(bounds[2] - bounds[0], bounds[3] - bounds[1])
    return 3 if span > 1.5 else 4 if span > 0.2 else 5


def area_map(
    areas: gpd.GeoDataFrame,
    layers: Sequence[Layer],
    *,
    language: str = "id",
    edition: Edition | None = None,
    labels: Mapping[str, str] | None = None,
    parents: Mapping[str, str] | None = None,
    outline: gpd.GeoDataFrame | None = None,
    markers: Sequence[Marker] = (),
    title: str | Spoken = "",
    precision: int | None = None,
    simulated: bool = False,
    undrawn: Mapping[str, str] | None = None,
    credit: str | Spoken = "",
    opens: str = "",
) -> AreaMap:
    """Draw layers over one stored geometry.

    Parameters
    ----------
    areas : GeoDataFrame
        One row per area: index ``code`` (text), column ``name``; EPSG:4326.
    layers : sequence of Layer
        What to show; a list switches between them in this order, and the first is shown first. Of a slider that is
        the period that most areas know, of equals the newest.
    language : {"id", "en"}
        Language of every text on the map.
    edition : Edition, optional
        Boundary edition; its disclaimer stands on the map.
    labels : mapping, optional
        Code -> name in full (``Desa Pudak``); by default the column ``name``.
    parents : mapping, optional
        Code -> name of the larger unit; groups the list of areas and draws the border between groups.
    outline : GeoDataFrame, optional
        Further borders to draw, e.g. of provinces.
    markers : sequence of Marker
        Points with details.
    title : str
        Title of the map when it stands alone; by default the label of the layer shown first.
    precision : int, optional
        Decimals of the coordinates (4 is about 11 m); by default 4, 3 for maps wider than 1.5 degrees and 5 for
        those under 0.2 degrees: finer than a screen shows.
    simulated : bool
        Whether any figure is made up; the map then says so across itself.
    undrawn : mapping, optional
        Code -> name of the areas that the edition has no polygon of; the map says so below itself.
    credit : str
        Where the figures come from, in one line: written under the picture that is downloaded or printed.
    opens : str
        Key of the layer that is shown first instead, e.g. ``kkbgeo.maps.periods.best_known(layers).key``.

    Raises
    ------
    JoinError
        A layer without a cell for some area, or with a cell for no area.
    KkbgeoError
        Nothing to draw, areas not in EPSG:4326, or no layer of the key in `opens`.
    """
    return AreaMap(
        areas,
        layers,
        language=language,
        edition=edition,
        labels=labels,
        parents=parents,
        outline=outline,
        markers=markers,
        title=title,
        precision=precision,
        simulated=simulated,
        undrawn=undrawn,
        credit=credit,
        opens=opens,
    )
