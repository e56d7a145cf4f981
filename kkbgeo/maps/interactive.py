"""Interactive maps: folium with Leaflet inlined, one stored geometry, no request of any kind."""

from __future__ import annotations

import html as escaping
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from kkbgeo import language as words
from kkbgeo.errors import JoinError, KkbgeoError
from kkbgeo.maps import document, offline, shapes, static, theme, topology
from kkbgeo.maps.layers import Layer
from kkbgeo.maps.thumbnail import thumbnail_svg

if TYPE_CHECKING:
    import folium
    import geopandas as gpd

    from kkbgeo.boundaries.store import Edition

_NOUNS = {0: "province", 1: "regency", 2: "district", 3: "village"}  # by the number of dots in a code
_PICTURE = (640, 520)
_NAMED = 30  # areas without a polygon that are named under the map
INLINE = "KKBGEO_INLINE"


@dataclass(frozen=True)
class Marker:
    """A point on the map, e.g. an aid event: place, name and the details a tap shows."""

    lon: float
    lat: float
    label: str
    details: tuple[tuple[str, str], ...] = ()


class AreaMap:
    """A map of areas with one or more layers over one stored geometry.

    Made by `area_map` or `choropleth`. It shows in JupyterLab, and `save` writes the same map to one
    file that needs no network.
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
        title: str = "",
        precision: int | None = None,
        simulated: bool = False,
        undrawn: Mapping[str, str] | None = None,
    ) -> None:
        self.language = words.require_language(language)
        self.areas = areas.sort_index()
        self.layers = tuple(layers)
        self.edition = edition
        self.labels = {code: (labels or {}).get(code) or name for code, name in self.areas["name"].items()}
        self.parents = {code: (parents or {}).get(code, "") for code in self.areas.index}
        self.outline = outline
        self.markers = tuple(markers)
        self.simulated = simulated
        self.undrawn = dict(undrawn or {})
        title = title or (self.layers[0].label if self.layers else "")
        self.title = words.text("maps.simulated.title", self.language, title=title) if simulated else title
        self._budget: int | None = None
        self._check()
        self.precision = fine_enough(self.areas.total_bounds) if precision is None else precision

    def _check(self) -> None:
        if not self.layers or self.areas.empty:
            raise KkbgeoError("A map needs at least one area and one layer.")
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

    @property
    def level(self) -> str:
        """Level of the areas, told from their codes; ``area`` if they are of several."""
        dots = {code.count(".") for code in self.areas.index}
        return _NOUNS.get(dots.pop(), "area") if len(dots) == 1 else "area"

    # --- the data of the page ------------------------------------------------------------------------------

    @cached_property
    def data(self) -> Markup:
        """Geometry and layers as JSON, escaped for a script block."""
        return document.script_json(self._stored)

    @cached_property
    def _stored(self) -> dict[str, Any]:
        codes = list(self.areas.index)
        west, south, east, north = (round(float(one), self.precision) for one in self.areas.total_bounds)
        strings: dict[str, int] = {}

        def stored(text: str) -> int:
            return strings.setdefault(text, len(strings))

        def pairs(details: Sequence[tuple[str, str]]) -> list[list[int]]:
            return [[stored(label), stored(text)] for label, text in details]

        places = []
        for code, geometry in zip(codes, self.areas.geometry, strict=True):
            label, name = self.labels[code], self.areas.at[code, "name"]
            place = [label, len(label) - len(name), stored(self.parents[code])]
            place += shapes.label_point(geometry, self.precision)
            # "Desa Pudak" and "Pudak": the name is the label's end, and is stored only where it is not.
            places.append(place if label.endswith(name) else [*place, name])
        layers = [
            {
                "key": layer.key,
                "label": layer.label,
                "entries": [[one.look, one.colour] for one in layer.entries],
                "cells": [
                    [cell.entry, stored(cell.headline), *([pairs(cell.details)] if cell.details else [])]
                    for cell in (layer.cells[code] for code in codes)
                ],
            }
            for layer in self.layers
        ]
        markers = [
            [round(one.lon, self.precision), round(one.lat, self.precision), one.label, pairs(one.details)]
            for one in self.markers
        ]
        return {
            "bounds": [[south, west], [north, east]],
            "shapes": self._shapes(),
            "codes": codes,
            "places": places,
            "layers": layers,
            "markers": markers,
            "strings": list(strings),
            "notice": self.notice,
            "look": {"border": theme.BORDER, "selected": theme.SELECTED, "papers": theme.PAPERS},
            "texts": self._texts(),
        }

    def _shapes(self) -> dict[str, Any]:
        """Return areas and the borders between groups of them, as ``map.js`` reads them."""
        extra = () if self.outline is None else self.outline.geometry.to_numpy()
        made = topology.fitted(self.areas.geometry.to_numpy(), self.precision, self._budget, extra)
        mine, others = made.areas[: len(self.areas)], made.areas[len(self.areas) :]
        lines = topology.borders(mine, [self.parents[code] for code in self.areas.index]) | topology.arcs_of(others)
        return made.packed(sorted(lines), len(mine))

    @property
    def geometry_bytes(self) -> int:
        """Bytes that the geometry takes on a page."""
        return sum(len(part) for part in self._stored["shapes"].values() if isinstance(part, str))

    def tighten(self, budget: int) -> None:
        """Leave out detail until the geometry takes at most `budget` bytes; for a page that has no more room."""
        self._budget = budget
        for name in ("data", "_stored"):
            self.__dict__.pop(name, None)

    def _texts(self) -> dict[str, str]:
        used = ("map.zoom_in", "map.zoom_out", "map.reset", "map.close", "map.markers", "detail.code", "detail.others")
        texts = {key.partition(".")[2]: words.text(f"maps.{key}", self.language) for key in used}
        # The script puts the label of the layer in, so the field itself must survive.
        return texts | {"label": words.text("maps.map.label", self.language, label="{label}")}

    @property
    def notice(self) -> str:
        """The short boundary notice that stands on the map itself."""
        if self.edition is None:
            return ""
        if self.edition.approximate:
            return words.text("maps.map.notice", self.language)
        return self.edition.title(self.language)

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
        if made._children:
            # folium prints popups into script and fetches tiles and plugins; neither may reach an offline page.
            raise KkbgeoError(
                "Something was added to this folium map, which an offline page cannot carry safely.",
                hint="Use area_map(..., markers=[...]), or save the folium map itself",
            )
        made.number = number
        root = made.get_root()
        for part in (root.header, root.html, root.script):
            part._children.pop("kkbgeo", None)
        made.render()
        return document.Fragment(Markup(root.html.render()), root.script.render().strip())

    @cached_property
    def _picture(self) -> Markup:
        return thumbnail_svg(self.areas, self.layers[0], _PICTURE, language=self.language, css="kkb-static")

    def _fragment(self, number: int) -> Markup:
        return document.render(
            "map.html.j2",
            key=f"kkbgeo-{number}",
            name=offline.map_name(number),
            data_id=offline.data_id(number),
            layers=self.layers,
            picture=self._picture,
            noun=words.text(f"maps.noun.{self.level}", self.language),
            disclaimer=self.edition.disclaimer(self.language) if self.edition else "",
            undrawn=self._undrawn_told(),
            data=self.data,
            simulated=self.simulated,
            language=self.language,
            border=theme.BORDER,
            number=lambda value: words.number(value, self.language),
        )

    def _undrawn_told(self) -> str:
        if not self.undrawn or self.edition is None:
            return ""
        names = ", ".join(list(self.undrawn.values())[:_NAMED])
        if len(self.undrawn) > _NAMED:
            more = words.number(len(self.undrawn) - _NAMED, self.language)
            names = words.text("boundaries.map.more", self.language, names=names, count=more)
        return words.text(
            "boundaries.map.undrawn", self.language, title=self.edition.title(self.language),
            count=words.number(len(self.undrawn), self.language), names=names,
        )  # fmt: skip

    # --- ways out ------------------------------------------------------------------------------------------

    def html(self) -> str:
        """Return the map as one complete HTML file."""
        fragment = self.body()
        heading = Markup('<h1 class="kkb-solo-title">{}</h1>').format(self.title)
        return document.document(
            title=self.title,
            language=self.language,
            body=Markup("<main>{}{}</main>").format(heading, fragment.html),
            scripts=[fragment.script],
            with_leaflet=True,
            body_class="kkb-solo",
        )

    def save(self, path: str | Path) -> Path:
        """Write the map to one HTML file, aside and then renamed; return its path."""
        return document.write_aside(Path(path), self.html())

    def png(self, path: str | Path | None = None, layer: int | str = 0, **told: Any) -> static.StaticMap:
        """Draw one layer as a picture, written to `path` if given; see `kkbgeo.maps.static.static_map`."""
        made = static.static_map(self, layer, **told)
        return made.saved(path) if path else made

    def thumbnail(self, size: tuple[int, int] = (160, 120)) -> Markup:
        """Return the first layer as a small static SVG picture."""
        return thumbnail_svg(self.areas, self.layers[0], size, language=self.language)

    def _repr_html_(self) -> str | None:
        """Show the map in JupyterLab: the same file, in a frame of its own.

        A batch sets ``KKBGEO_INLINE=no``: nobody looks at its notebooks, and the map is drawn for the page anyway.
        """
        if os.environ.get(INLINE) == "no":
            return None
        source = escaping.escape(self.html(), quote=True)
        trust = escaping.escape(words.text("maps.map.trust", self.language))
        return (
            f'<div style="width:100%"><iframe title="{escaping.escape(self.title)}" srcdoc="{source}" '
            'sandbox="allow-scripts" width="100%" height="640" style="border:0;display:block"></iframe>'
            f"<noscript>{trust}</noscript></div>"
        )


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
    title: str = "",
    precision: int | None = None,
    simulated: bool = False,
    undrawn: Mapping[str, str] | None = None,
) -> AreaMap:
    """Draw layers over one stored geometry.

    Parameters
    ----------
    areas : GeoDataFrame
        One row per area: index ``code`` (text), column ``name``; EPSG:4326.
    layers : sequence of Layer
        What to show; the first is shown first, a list switches between them.
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
        Title of the map when it stands alone; by default the label of the first layer.
    precision : int, optional
        Decimals of the coordinates (4 is about 11 m); by default 4, 3 for maps wider than 1.5 degrees and 5 for
        those under 0.2 degrees: finer than a screen shows.
    simulated : bool
        Whether any figure is made up; the map then says so across itself.
    undrawn : mapping, optional
        Code -> name of the areas that the edition has no polygon of; the map says so below itself.

    Raises
    ------
    JoinError
        A layer without a cell for some area, or with a cell for no area.
    KkbgeoError
        Nothing to draw, or areas not in EPSG:4326.
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
    )
