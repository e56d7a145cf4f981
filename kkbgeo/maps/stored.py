"""The data block of a map: geometry once, every text once, the layers of each level as short lists of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kkbgeo import language as words
from kkbgeo.maps import shapes, theme, topology
from kkbgeo.maps.drawn import Layer
from kkbgeo.maps.languages import Strings, one_or_all
from kkbgeo.maps.legend import legend_of
from kkbgeo.maps.level import Level, MapLike, parts_of
from kkbgeo.maps.periods import shown_for

#: Messages that the script of the map shows, ``maps.<key>``.
_TEXTS = (
    "map.zoom_in", "map.zoom_out", "map.reset", "map.close", "map.markers", "map.north", "map.north_long", "map.full",
    "map.full_leave", "map.png", "map.print", "map.found_none", "map.type", "map.keys", "map.sources_on_page",
    "map.details", "detail.code", "detail.others", "legend.total", "simulated.mark",
)  # fmt: skip


def stored(maps: Sequence[MapLike], budget: int | None = None) -> dict[str, Any]:
    """Return what a page stores of a map, given once per language.

    Parameters
    ----------
    maps : sequence of MapLike
        The same map in one language or more.
    budget : int, optional
        Most letters of the geometry.
    """
    one = maps[0]
    strings = Strings()
    bounds = _bounds(one)
    west, south, east, north = (round(value, one.precision) for value in bounds)
    levels = [_level([each.levels[at] for each in maps], strings, one.precision) for at in range(len(one.levels))]
    geometry, lines = shapes_of(one.levels, one.precision, budget)
    for level, drawn in zip(levels, lines, strict=True):
        level["lines"] = drawn
    languages = [each.language for each in maps]

    def said(key: str, **values: str) -> int:
        return strings(*(words.text(f"maps.{key}", language, **values) for language in languages))

    for level in levels:
        level["noun"] = said(f"noun.{level['key']}")
    texts = {key.partition(".")[2]: said(key) for key in _TEXTS}
    # The script puts names and numbers in, so the fields themselves must survive.
    texts |= {
        "label": said("map.label", label="{label}"),
        "counted": said("legend.counted", noun="{noun}"),
        "found": said("map.found", count="{count}"),
        "more": said("map.more", count="{count}"),
        "spoken": said("map.spoken", place="{place}", headline="{headline}"),
    }
    markers = [
        [
            round(pair[0].lon, one.precision), round(pair[0].lat, one.precision),
            one_or_all([each.label for each in pair]), _pairs([each.details for each in pair], strings),
        ]
        for pair in zip(*(each.markers for each in maps), strict=True)
    ]  # fmt: skip
    return {
        "languages": languages,
        "bounds": [[south, west], [north, east]],
        "shapes": geometry,
        "levels": levels,
        "markers": markers,
        "notice": strings(*(each.notice for each in maps)),
        "title": strings(*(each.title for each in maps)),
        "credit": strings(*(each.credit for each in maps)),
        "simulated": one.simulated,
        "look": {
            "border": theme.BORDER, "selected": theme.SELECTED, "papers": theme.PAPERS, "ground": theme.GROUND,
            "ink": theme.INK, "side": theme.SIDE,
            "patterns": {look: [one.path, one.stroke] for look, one in theme.PATTERNS.items()},
        },
        "texts": texts,
        "strings": strings.listed,
    }  # fmt: skip


def _bounds(one: MapLike) -> tuple[float, float, float, float]:
    reach = [level.areas.total_bounds for level in one.levels]
    return (
        float(min(each[0] for each in reach)), float(min(each[1] for each in reach)),
        float(max(each[2] for each in reach)), float(max(each[3] for each in reach)),
    )  # fmt: skip


def _level(levels: Sequence[Level], strings: Strings, precision: int) -> dict[str, Any]:
    level = levels[0]
    places, called = [], [one.areas["name"].to_dict() for one in levels]
    for code, geometry in zip(level.areas.index, level.areas.geometry, strict=True):
        labels, names = [one.labels[code] for one in levels], [one[code] for one in called]
        place: list[Any] = [one_or_all(labels), len(labels[0]) - len(names[0])]
        place += [strings(*(one.parents[code] for one in levels)), *shapes.label_point(geometry, precision)]
        # "Desa Pudak" and "Pudak": the name is the label's end, and is stored only where it is not.
        same = len(set(labels)) == len(set(names)) == 1 and labels[0].endswith(names[0])
        places.append(place if same else [*place, one_or_all(names)])
    return {
        "key": level.key,
        "codes": list(level.areas.index),
        "places": places,
        "opens": level.layers.index(level.opening),
        "layers": [_layer(each, level, strings) for each in zip(*(one.layers for one in levels), strict=True)],
    }


def _layer(layers: Sequence[Layer], level: Level, strings: Strings) -> dict[str, Any]:
    layer = layers[0]
    cells = []
    for code in level.areas.index:
        mine = [one.cells[code] for one in layers]
        cell = [mine[0].entry, strings(*(one.headline for one in mine))]
        if any(one.details for one in mine):
            cell.append(_pairs([one.details for one in mine], strings))
        cells.append(cell)
    made = {
        "key": layer.key,
        "label": strings(*(one.label for one in layers)),
        "unit": strings(*(one.unit_label for one in layers)),
        "note": strings(*(one.note for one in layers)),
        "entries": [
            [entries[0].look, entries[0].colour, strings(*(one.label for one in entries)), entries[0].key]
            for entries in zip(*(one.entries for one in layers), strict=True)
        ],
        "cells": cells,
    }
    if layer.square:
        made["lines"] = [layer.entries.index(one) for one in legend_of(layer).lines]
    if layer.origin:
        made["origin"] = strings(*(one.origin for one in layers))
    periods = [one.period for one in layers if one.period is not None]
    if periods:
        made["period"] = [periods[0].group] + [
            strings(*(getattr(one, part) for one in periods)) for part in ("title", "label", "broken", "note")
        ]
        made["first"] = shown_for(layer, level.layers) is layer
    return made


def _pairs(details: Sequence[Sequence[tuple[str, str]]], strings: Strings) -> list[list[int]]:
    return [
        [strings(*(label for label, _ in pair)), strings(*(text for _, text in pair))]
        for pair in zip(*details, strict=True)
    ]


def shapes_of(levels: Sequence[Level], precision: int, budget: int | None) -> tuple[dict[str, Any], list[str]]:
    """Return the areas of all levels on shared borders, and per level the borders between its groups."""
    finest = max(range(len(levels)), key=lambda at: len(levels[at].areas))
    base = levels[finest]
    parts = {at: parts_of(one, base) for at, one in enumerate(levels) if at != finest}
    own = {at: [code for code in levels[at].areas.index if code not in found] for at, found in parts.items()}
    extra: list[Any] = [levels[at].areas.geometry[code] for at, codes in own.items() for code in codes]
    outlines = [() if one.outline is None else one.outline.geometry.to_numpy() for one in levels]
    for outline in outlines:
        extra.extend(outline)
    made = topology.fitted(base.areas.geometry.to_numpy(), precision, budget, extra)
    rest = iter(made.areas[len(base.areas) :])
    drawn: dict[int, list] = {finest: made.areas[: len(base.areas)]}
    single = {at: {code: next(rest) for code in codes} for at, codes in own.items()}
    for at, found in parts.items():
        drawn[at] = [made.merged(found[code]) if code in found else single[at][code] for code in levels[at].areas.index]
    lines = []
    for at, one in enumerate(levels):
        groups = [one.parents[code] for code in one.areas.index]
        mine = topology.borders(drawn[at], groups) | topology.arcs_of([next(rest) for _ in outlines[at]])
        lines.append(topology.lines_of(mine))
    whole = topology.Topology(precision, made.arcs, [area for at in range(len(levels)) for area in drawn[at]])
    return whole.packed(), lines
