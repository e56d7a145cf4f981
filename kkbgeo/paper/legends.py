"""Legends drawn on a picture or a PDF page: looks as on the map, numbers of areas, the square of two indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kkbgeo import language as words
from kkbgeo.maps import theme
from kkbgeo.maps.legend import Legend, legend_of
from kkbgeo.paper import drawing, letters
from kkbgeo.paper.blocks import Block
from kkbgeo.paper.surfaces import Outline, Surface

if TYPE_CHECKING:
    from kkbgeo.maps.drawn import Layer, LegendEntry, Square

_GAP = 14.0  # between two columns
_BELOW = 6.0  # below the square
_SMALL, _LINE = 6.9, 8.2  # letters below two columns, and the way from one line to the next


def swatch(x: float, top: float, size: float) -> Outline:
    """Return the box beside the words of an entry that is written in letters of `size`."""
    return Outline.box(x, top - 1.05 * size, 1.6 * size, 1.05 * size)


def entry_block(entry: LegendEntry, told: list[str], wide: float, size: float, language: str, high: float) -> Block:
    """Return one line of a legend: its look, its words, its number of areas."""

    def draw(surface: Surface, x: float, top: float) -> None:
        box = swatch(x, top, size)
        drawing.paint(surface, box, entry)
        surface.area(box, line=theme.BORDER, width=0.5)
        for number, line in enumerate(told):
            surface.text(x + 2.1 * size, top - (0.87 + 1.12 * number) * size, line, size)
        count = words.number(entry.count, language)
        surface.text(x + wide, top - 0.87 * size, count, size, weight="semibold", align="right")

    return Block(high, draw)


def column(layer: Layer, noun: str, language: str, wide: float, size: float) -> Block:
    """Return the legend of a layer in one column: the square of two indicators if it has one, then the other entries.

    Parameters
    ----------
    layer : Layer
        The layer.
    noun : str
        What its areas are called, for the line that says what the numbers count.
    language : {"id", "en"}
        Language of the legend.
    wide, size : float
        Width, and size of the letters, in points.
    """
    legend = legend_of(layer)
    parts = [square_block(legend.square, language, wide, size)] if legend.square else []
    room = wide - 2.2 * size - letters.width("0.000", size)
    for entry in legend.lines:
        told = letters.wrap(entry.label, size, room)
        high = max(1.45 * size, (len(told) + 0.4) * 1.12 * size)
        parts.append(entry_block(entry, told, wide, size, language, high))
    small = 0.88 * size
    below = letters.wrap(_counted(legend, noun, language), small, wide, most=2)
    below += letters.wrap(legend.origin, small, wide) if legend.origin else []

    def draw(surface: Surface, x: float, top: float) -> None:
        top = _stack(surface, parts, x, top)
        for number, line in enumerate(below):
            surface.text(x, top - (0.75 + 1.05 * number) * size, line, small, colour=drawing.QUIET)

    return Block(sum(one.high for one in parts) + size * (0.3 + 1.05 * max(2, len(below))), draw)


def columns(layer: Layer, noun: str, language: str, wide: float) -> Block:
    """Return the legend of a layer in two columns; a square of two indicators takes the first."""
    legend, size, each = legend_of(layer), 7.4, (wide - _GAP) / 2
    listed: list[Block] = []
    for entry in legend.lines:
        told = letters.wrap(entry.label, size, each - 45, most=3)
        high = max(1.5 * size, (len(told) + 0.35) * 1.12 * size)
        listed.append(entry_block(entry, told, each, size, language, high))
    split = (len(listed) + 1) // 2
    both = (listed[:split], listed[split:])
    if legend.square:
        both = ([square_block(legend.square, language, each, size)], listed)
    high = max(sum(one.high for one in part) for part in both)
    below = [_counted(legend, noun, language), *(letters.wrap(legend.origin, _SMALL, wide) if legend.origin else [])]

    def draw(surface: Surface, x: float, top: float) -> None:
        for number, part in enumerate(both):
            _stack(surface, part, x + number * (each + _GAP), top)
        for number, line in enumerate(below):
            surface.text(x, top - high - 6.5 - number * _LINE, line, _SMALL, colour=drawing.QUIET)

    return Block(high + 10 + (len(below) - 1) * _LINE, draw)


def square_block(square: Square, language: str, wide: float, size: float) -> Block:
    """Return the square of two indicators: the first goes up, the second to the right; each box has its count."""
    said = [
        words.text("needs.bivariate.up", language, first=square.first),
        words.text("needs.bivariate.right", language, second=square.second),
    ]
    above, below = (letters.wrap(one, size, wide, "semibold") for one in said)
    side = min(max(letters.width(one, size) for one in square.rows), 0.36 * wide)
    across = (wide - side - 0.5 * size) / len(square.columns)
    rows = [letters.wrap(one, size, side) for one in square.rows]
    feet = [letters.wrap(one, size, across - 2) for one in square.columns]
    step = 1.12 * size
    tall = max(2.2 * size, max(len(one) for one in rows) * step + 0.2 * size)
    head, foot = len(above) * step + 0.4 * size, max(len(one) for one in feet) * step + 0.5 * size

    def draw(surface: Surface, x: float, top: float) -> None:
        _lines(surface, above, x, top, size, weight="semibold")
        y, left = top - head, x + side + 0.5 * size
        for told, cells in zip(reversed(rows), reversed(square.cells), strict=True):
            _lines(surface, told, x, y - (tall - len(told) * step) / 2, size)
            for number, entry in enumerate(cells):
                box = Outline.box(left + number * across, y - tall, across, tall)
                drawing.paint(surface, box, entry)
                surface.area(box, line=theme.BORDER, width=0.5)
                surface.text(left + (number + 0.5) * across, y - tall / 2 - 0.36 * size,
                             words.number(entry.count, language), size, weight="semibold", align="centre",
                             colour=square.ink(entry.colour))  # fmt: skip
            y -= tall
        for number, told in enumerate(feet):
            _lines(surface, told, left + (number + 0.5) * across, y - 0.2 * size, size, align="centre")
        _lines(surface, below, x, y - foot, size, weight="semibold")

    return Block(head + tall * len(rows) + foot + len(below) * step + _BELOW, draw)


def _counted(legend: Legend, noun: str, language: str) -> str:
    key = "needs.bivariate.counted" if legend.square else "maps.legend.counted"
    return words.text(key, language, noun=noun)


def _stack(surface: Surface, parts: list[Block], x: float, top: float) -> float:
    for one in parts:
        one.draw(surface, x, top)
        top -= one.high
    return top


def _lines(surface: Surface, told: list[str], x: float, top: float, size: float, **how: str) -> None:
    for number, line in enumerate(told):
        surface.text(x, top - (0.87 + 1.12 * number) * size, line, size, **how)
