"""The legend of a layer, described once: the map, its tiles, thumbnails, PNG and PDF all draw it from here.

`legend_of` says what a legend holds, `kkbgeo.maps.theme.PATTERNS` how a state is drawn; `paint` and `pattern_svg` write
that for SVG, the script of the map and the printed sheet read the same description.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from kkbgeo.language import Spoken
from kkbgeo.maps import theme
from kkbgeo.maps.drawn import Drawn, Layer, LegendEntry, Square


@dataclass(frozen=True)
class Legend(Drawn):
    """What the legend of a layer holds.

    Attributes
    ----------
    label, unit : str or Spoken
        Name of the layer and its unit, empty where the figures have none.
    lines : tuple of LegendEntry
        Classes and states, each with its look, its words and its number of areas, in the order to draw.
    square : Square or None
        The classes of two indicators; they are no lines.
    total : int
        Number of areas: what the counts add up to.
    origin, note : str or Spoken
        Of what kind the source is, and what the layer shows.
    """

    label: str | Spoken
    unit: str | Spoken
    lines: tuple[LegendEntry, ...]
    square: Square | None
    total: int
    origin: str | Spoken = ""
    note: str | Spoken = ""

    @property
    def present(self) -> tuple[LegendEntry, ...]:
        """The lines that some area has, and the two that say what a blank means: zero and not reported."""
        return tuple(one for one in self.lines if one.count or one.key in ("not_reported", "zero"))


def legend_of(layer: Layer) -> Legend:
    """Return the legend of a layer.

    Examples
    --------
    >>> entry = LegendEntry("class-1", "1–25", "#cfe9e2", "fill", 1)
    >>> legend = legend_of(Layer("x", "Kampung", "", "", (entry,), {"63.11": None}))
    >>> [one.label for one in legend.lines], legend.total
    (['1–25'], 1)
    """
    in_square = layer.square.keys if layer.square else frozenset()
    lines = tuple(one for one in layer.entries if one.key not in in_square)
    return Legend(layer.label, layer.unit_label, lines, layer.square, len(layer.cells), layer.origin, layer.note)


def pattern_id(entry: LegendEntry, block: str) -> str:
    """Return the id of the pattern of an entry within a block of a page."""
    return f"{block}-{entry.look}-{entry.colour.lstrip('#')}"


def paint(entry: LegendEntry, block: str) -> str:
    """Return the SVG paint of an entry: its colour, or a reference to its pattern (`patterns_svg`).

    Examples
    --------
    >>> paint(LegendEntry("zero", "nol", "#ffffff", "fill", 0), "kkbgeo-1")
    '#ffffff'
    >>> paint(LegendEntry("not_reported", "tidak dilaporkan", "#979ea6", "hatch", 3), "kkbgeo-1")
    'url(#kkbgeo-1-hatch-979ea6)'
    """
    return entry.colour if entry.look == "fill" else f"url(#{pattern_id(entry, block)})"


def pattern_svg(entry: LegendEntry, key: str, scale: float = 1) -> Markup:
    """Return the SVG pattern of an entry under the id `key`; nothing for a plain colour.

    Parameters
    ----------
    scale : float
        Drawing units to the pixel.
    """
    if entry.look == "fill":
        return Markup("")
    mark, side = theme.PATTERNS[entry.look], theme.SIDE
    drawn = (
        Markup('fill="none" stroke="{}" stroke-width="{:g}"').format(entry.colour, mark.stroke)
        if mark.stroke
        else Markup('fill="{}" stroke="none"').format(entry.colour)
    )
    return Markup(
        '<pattern id="{}" patternUnits="userSpaceOnUse" width="{:g}" height="{:g}" viewBox="0 0 {s} {s}">'
        '<rect width="{s}" height="{s}" fill="{}" stroke="none"/><path {} d="{}"/></pattern>'
    ).format(key, side * scale, side * scale, entry.paper, drawn, mark.path, s=side)


def patterns_svg(entries: Iterable[LegendEntry], block: str) -> Markup:
    """Return the patterns that a block of a page paints with, each once."""
    found = {pattern_id(one, block): one for one in entries if one.look != "fill"}
    return Markup("").join(pattern_svg(one, key) for key, one in sorted(found.items()))
