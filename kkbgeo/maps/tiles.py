"""The tile grid of a page or an index: every regency as large as the next, on a phone, by keyboard, without a map."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import cached_property
from typing import Any

from markupsafe import Markup

from kkbgeo import language as words
from kkbgeo.maps import document, theme
from kkbgeo.maps.drawn import CellDrawing, Layer, LegendEntry
from kkbgeo.maps.languages import Strings, both
from kkbgeo.maps.legend import legend_of, paint, patterns_svg
from kkbgeo.regions.tilegrid import Tile, TileGrid

_FIGURE = re.compile(r"[-−]?\d[\d.,]*")
_COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII)
_LOOKS = ("fill", *theme.PAPERS)
PLAIN = "#eef1f2"  # a tile of which the layer says nothing


class TileMap:
    """One tile for each regency, coloured by the layers of a map.

    On a page a tile is a button: it chooses its area on the map of that page, and is marked when the map chose it.
    With `links` (on an index) it leads to a page instead. Either way it is a list that a screen reader reads, and
    that reads with scripts off.

    Parameters
    ----------
    grid : TileGrid
        Where the tiles lie.
    layers : sequence of Layer
        Layers of the map it stands beside, in the same order; the first is shown first. None: tiles without colour.
    names : mapping
        Code -> name in full, of regencies and provinces.
    languages : sequence of {"id", "en"}
        Languages it is written in, the one that is read first in front.
    links : mapping, optional
        Code -> address of its page; an area without one is no link.
    map_number : int
        Which map of the page the tiles belong to, from 1.

    Examples
    --------
    >>> from kkbgeo.regions.gazetteer import Gazetteer
    >>> grid, places = TileGrid.load(), Gazetteer.load()
    >>> names = {code: places.label(code) for code in [*grid.tiles, *grid.labels]}
    >>> tiles = TileMap(grid, [], names=names, links={"63.71": "regency/63.71.html"})
    >>> "BJM" in tiles.body().html and "regency/63.71.html" in tiles.body().html
    True
    """

    def __init__(
        self,
        grid: TileGrid,
        layers: Sequence[Layer],
        *,
        names: Mapping[str, str],
        languages: Sequence[str] = ("id",),
        links: Mapping[str, str] | None = None,
        map_number: int = 1,
    ) -> None:
        self.grid = grid
        self.names = dict(names)
        self.links = None if links is None else dict(links)
        self.map_number = map_number
        self.layers = tuple(layers)
        self.languages = tuple(words.require_language(one) for one in languages)

    def in_languages(self, languages: Sequence[str]) -> TileMap:
        """Return the same tiles for a page in these languages."""
        return TileMap(self.grid, self.layers, names=self.names, languages=languages, links=self.links,
                       map_number=self.map_number)  # fmt: skip

    @cached_property
    def _layers(self) -> dict[str, tuple[Layer, ...]]:
        return {language: tuple(one.to(language) for one in self.layers) for language in self.languages}

    # --- what is written ------------------------------------------------------------------------------------------

    def body(self, number: int = 1) -> document.Fragment:
        """Return the tiles as part of a page: markup with its data, and the script that wakes it."""
        key = f"kkb-tiles-{number}"
        # Read row by row within each province: the label first, then its tiles.
        ordered = sorted(self.grid.tiles.values(), key=lambda one: (one.code[:2], one.row, one.column))
        html = document.render(
            "tiles.html.j2",
            key=key,
            provinces=[
                (label, [one for one in ordered if one.code.startswith(f"{code}.")])
                for code, label in self.grid.labels.items()
            ],
            tiles=self,
            to_map=both([words.text("maps.tiles.to_map", one) for one in self.languages], self.languages),
            aria={one: words.text("maps.tiles.label", one) for one in self.languages},
            two=lambda texts: both(texts, self.languages),
            patterns=patterns_svg((entry for layer in self.layers for entry in layer.entries), key),
            paint=lambda entry: paint(entry, key),
            data=document.script_json(self._data) if self.links is None and self.layers else "",
        )
        call = Markup("kkbgeoTiles({});").format(document.script_json(key))
        return document.Fragment(html, f"{document.asset('tiles.js')}\n{call}")

    @staticmethod
    def style() -> str:
        """Return the style rules of the tiles, for a page that has some."""
        return document.asset("tiles.css")

    def drawn(self, tile: Tile, key: str) -> dict[str, Any]:
        """Return what a tile shows in the first layer: paint, class, short figure and headline."""
        cell = self.layers[0].cells.get(tile.code) if self.layers else None
        if cell is None:
            return {"fill": PLAIN, "look": "", "short": "", "headline": ""}
        entry = self.layers[0].entries[cell.entry]
        heads = [layers[0].cells[tile.code].headline for layers in self._layers.values()]
        return {
            "fill": paint(entry, key),
            "look": " dark" if needs_white(entry) else " marked" if entry.look != "fill" else "",
            "short": both([short_figure(entry, one) for one in heads], self.languages),
            "headline": both(heads, self.languages),
        }

    def legend(self, nth: int) -> dict[str, Any]:
        """Return the legend of layer `nth`, every text in each language; classes without an area are left out."""
        twins = [legend_of(layers[nth]) for layers in self._layers.values()]
        return {
            "label": [one.label for one in twins],
            "unit": [f"({one.unit})" if one.unit else "" for one in twins],
            "origin": [one.origin for one in twins],
            "entries": [
                (same[0], [one.label for one in same], [words.number(same[0].count, one) for one in self.languages])
                for same in zip(*(one.present for one in twins), strict=True)
            ],
        }

    @cached_property
    def _data(self) -> dict[str, Any]:
        """What the script needs to show another layer: its legend, and per tile the entry, figure and headline."""
        stored, layers = Strings(), []
        for nth, layer in enumerate(self._layers[self.languages[0]]):
            twins, legend = [layers[nth] for layers in self._layers.values()], self.legend(nth)
            cells = []
            for code in self.grid.tiles:
                cell = layer.cells.get(code)
                if cell is None:
                    cells.append(0)
                    continue
                heads = [one.cells[code].headline for one in twins]
                figures = [short_figure(layer.entries[cell.entry], one) for one in heads]
                cells.append([cell.entry, stored(*figures), stored(*heads)])
            looks = [[entry.look, entry.colour, int(needs_white(entry))] for entry in layer.entries]
            told = [stored(*legend[part]) for part in ("label", "unit", "origin")]
            told.append([[layer.entries.index(one), stored(*label), stored(*count)]
                         for one, label, count in legend["entries"]])  # fmt: skip
            layers.append({"key": layer.key, "looks": looks, "cells": cells, "legend": told})
        return {
            "map": self.map_number - 1, "codes": list(self.grid.tiles), "languages": list(self.languages),
            "layers": layers, "plain": PLAIN, "strings": stored.listed,
        }  # fmt: skip

    # --- through the entry of a page --------------------------------------------------------------------------------

    def meta(self) -> dict[str, Any]:
        """Return the first layer in each language, as an index reads it back with `layer_of`."""
        return {
            language: {
                "key": layer.key, "label": layer.label, "unit": layer.unit_label, "origin": layer.origin,
                "entries": [asdict(entry) for entry in layer.entries],
                "cells": {code: [cell.entry, cell.headline] for code, cell in sorted(layer.cells.items())},
            }
            for language, (layer, *_) in self._layers.items()
        }  # fmt: skip


def layer_of(meta: Mapping[str, Any]) -> Layer | None:
    """Return the layer that an entry of a page tells, in all its languages; None where it tells none in the right form.

    Examples
    --------
    >>> layer_of({"id": {"key": "x", "label": "X", "unit": "", "entries": [], "cells": {"63.11": [0, "3"]}}}) is None
    True
    """
    try:
        told = {one: _layer(meta[one]) for one in words.LANGUAGES if one in meta}
        return _together(told) if told else None
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _together(told: Mapping[str, Layer]) -> Layer:
    """Return one layer with the texts of the same layer in several languages; where one is missing, another's."""
    first = next(iter(told.values()))
    layers = [told.get(one, first) for one in words.LANGUAGES]
    if any(len(one.entries) != len(first.entries) or one.cells.keys() != first.cells.keys() for one in layers):
        raise ValueError

    def said(*texts: str) -> words.Spoken:
        return words.Words(dict(zip(words.LANGUAGES, texts, strict=True)))

    entries = zip(*(one.entries for one in layers), strict=True)
    return Layer(
        first.key, said(*(one.label for one in layers)), said(*(one.unit_label for one in layers)), "",
        tuple(replace(same[0], label=said(*(one.label for one in same))) for same in entries),
        {code: replace(cell, headline=said(*(one.cells[code].headline for one in layers)))
         for code, cell in first.cells.items()},
        origin=said(*(one.origin for one in layers)),
    )  # fmt: skip


def _layer(told: Mapping[str, Any]) -> Layer:
    entries = tuple(LegendEntry(**entry) for entry in told["entries"])
    if not all(_COLOUR.fullmatch(one.colour) and one.look in _LOOKS and one.count >= 0 for one in entries):
        raise ValueError
    cells = {code: CellDrawing(int(at), str(headline)) for code, (at, headline) in told["cells"].items()}
    if not all(0 <= cell.entry < len(entries) for cell in cells.values()):
        raise ValueError
    origin = str(told.get("origin", ""))
    return Layer(str(told["key"]), str(told["label"]), str(told["unit"]), "", entries, cells, origin=origin)


def short_figure(entry: LegendEntry, headline: str) -> str:
    """Return the figure of a headline without its unit; a state or class without a figure gives none.

    Examples
    --------
    >>> entry = LegendEntry("class-1", "1–25", "#cfe9e2", "fill", 3)
    >>> short_figure(entry, "1.234 kampung"), short_figure(entry, "kurang dari 0,1 %")
    ('1.234', '<0,1')
    """
    found = _FIGURE.search(headline)
    if not found or entry.look != "fill":
        return ""
    return ("<" if found.start() else "") + found[0]


def needs_white(entry: LegendEntry) -> bool:
    """Tell whether white reads better than black on a legend entry's paint."""
    ground = entry.colour if entry.look == "fill" else entry.paper
    return theme.contrast(ground, "#ffffff") > theme.contrast(ground, "#000000")
