"""The static twin of a map: one PNG that can be sent, printed or put into a report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kkbgeo import language as words
from kkbgeo.errors import ParameterError
from kkbgeo.io import write_bytes
from kkbgeo.paper import drawing, legends, letters
from kkbgeo.paper.labels import Box
from kkbgeo.paper.surfaces import Outline, Picture

if TYPE_CHECKING:
    from kkbgeo.maps.drawn import Layer
    from kkbgeo.maps.interactive import AreaMap
    from kkbgeo.paper.labels import Label

WIDE, HIGH, DPI = 480.0, 360.0, 240.0  # points, points, dots per inch: 1600 by 1200 dots
_EDGE, _PANEL = 12.0, 122.0
_SMALL = 5.8


class StaticMap:
    """A layer of a map as a picture; made by `static_map`.

    Attributes
    ----------
    png : bytes
        The file: the same map gives the same bytes.
    names : list of Label
        Where names stand, in points from the lower left; no two boxes overlap.
    box : Box
        Where the areas are drawn.
    """

    def __init__(self, png: bytes, names: list[Label], view: drawing.View) -> None:
        self.png, self.names, self.view = png, names, view
        self.box = view.box

    def save(self, path: str | Path) -> Path:
        """Write the picture, aside and then renamed; return its path."""
        return write_bytes(Path(path), self.png)

    def saved(self, path: str | Path) -> StaticMap:
        """Write the picture; return this."""
        self.save(path)
        return self

    def _repr_png_(self) -> bytes:
        return self.png


def static_map(
    area_map: AreaMap,
    layer: int | str | None = None,
    *,
    title: str = "",
    subtitle: str = "",
    as_of: str = "",
    sources: Sequence[str] = (),
    locator: str = "",
) -> StaticMap:
    """Draw one layer of a map as a picture, in the language of the map.

    Areas look as on the page: classes filled, zero white, *not reported* hatched, *suppressed* dotted. Names that
    find room stand on it, none over another; scale bar (true at the map's middle latitude), north arrow, a legend
    that counts, and what the borders are.

    Parameters
    ----------
    area_map : AreaMap
        The map; ``language="en"`` on its making gives an English picture.
    layer : int or str, optional
        Position or key of the layer; by default the one that the map opens with (`AreaMap.opening`).
    title, subtitle : str
        Heading (by default the map's own title) and the line below it.
    as_of : str
        Date of the data, of any precision.
    sources : sequence of str
        Who said it; as many as fit on two lines, then how many more.
    locator : str
        What `kkbgeo.maps.locator_svg` gives: where the areas lie in the island.

    Returns
    -------
    StaticMap

    Raises
    ------
    ParameterError
        The map has no such layer.

    Examples
    --------
    >>> import kkbgeo
    >>> made = static_map(kkbgeo.profiles.village_map(kkbgeo.Workbench(), "63.11"), title="Balangan")
    >>> made.png[1:4]
    b'PNG'
    """
    area_map = area_map.to(area_map.language)
    shown = _layer_of(area_map, layer)
    picture, language = Picture(WIDE, HIGH, DPI), area_map.language
    top = _heading(picture, area_map, shown, title or area_map.title, subtitle, as_of)
    low = _foot(picture, area_map, sources)
    box = Box(_EDGE, low, WIDE - _EDGE - _PANEL - 10, top)
    view = drawing.View(area_map, box)
    drawing.draw_areas(picture, view, shown)
    taken = drawing.scale_and_north(picture, view, language)
    names = drawing.draw_names(picture, view, shown, size=_letters_for(len(area_map.areas)), taken=taken)
    if area_map.simulated:
        drawing.mark_simulated(picture, box, language)
    _panel(picture, area_map, shown, Box(WIDE - _EDGE - _PANEL, low, WIDE - _EDGE, top), locator)
    return StaticMap(picture.png(), names, view)


def _layer_of(area_map: AreaMap, layer: int | str | None) -> Layer:
    if layer is None:
        return area_map.opening
    keys = [one.key for one in area_map.layers]
    if isinstance(layer, str) and layer in keys:
        return area_map.layers[keys.index(layer)]
    if isinstance(layer, int) and 0 <= layer < len(keys):
        return area_map.layers[layer]
    raise ParameterError(f"The map has no layer {layer!r}.", hint=f"Layers: {', '.join(keys)}", value=layer)


def _letters_for(areas: int) -> float:
    """Return the size of names: where many stand close together, smaller."""
    return 7.5 if areas <= 20 else 6.0 if areas <= 60 else 6.5


def _heading(picture: Picture, area_map: AreaMap, layer: Layer, title: str, subtitle: str, as_of: str) -> float:
    """Write what the picture shows; return where the map may begin."""
    y, room = HIGH - _EDGE, WIDE - 2 * _EDGE
    picture.area(Outline.box(0, HIGH - 4, WIDE, 4), drawing.MARK if area_map.simulated else drawing.ACCENT)
    size = 15.0 if letters.width(title, 15, "bold") <= room else 12.0
    for line in letters.wrap(title, size, room, "bold", most=2):
        y -= size
        picture.text(_EDGE, y, line, size, weight="bold")
    label = layer.label
    when = as_of_told(as_of, area_map.language)
    told = " · ".join(one for one in (subtitle, label if label != title else "", when) if one)
    for line in letters.wrap(told, 8.5, room, most=2) if told else []:
        y -= 11.5
        picture.text(_EDGE, y, line, 8.5, colour=drawing.QUIET)
    return y - 7


def as_of_told(as_of: str, language: str) -> str:
    """Say up to when the data go; the date stays in one line."""
    if not as_of:
        return ""
    date = words.date(as_of, language).replace(" ", "\N{NO-BREAK SPACE}")
    return words.text("maps.page.as_of", language, date=date)


def _foot(picture: Picture, area_map: AreaMap, sources: Sequence[str]) -> float:
    """Write what the borders are and who said it; return where the map may end."""
    language = area_map.language
    lines = []
    if area_map.simulated:
        lines += [(words.text("maps.simulated.banner", language), drawing.MARK, "semibold")]
    if area_map.edition:
        told = letters.wrap(area_map.edition.disclaimer(language), _SMALL, WIDE - 2 * _EDGE, most=2)
        lines += [(line, drawing.QUIET, "regular") for line in told]
    if sources:
        said = f"{words.text('brief.sources', language)}: "
        lines += [(line, drawing.QUIET, "regular") for line in sources_lines(said, sources, language)]
    y = _EDGE - 2
    for line, colour, weight in reversed(lines):
        picture.text(_EDGE, y, line, _SMALL, colour=colour, weight=weight)
        y += _SMALL * 1.22
    return y + 3


def sources_lines(
    start: str, sources: Sequence[str], language: str, *, size: float = _SMALL, room: float = WIDE - 2 * _EDGE,
    most: int = 2,
) -> list[str]:  # fmt: skip
    """Return the sources in lines, and how many more there are where they do not all fit."""
    kept = list(dict.fromkeys(sources))

    def naming(count: int) -> list[str]:
        left = len(kept) - count
        end = [words.text("brief.more_sources", language, count=words.number(left, language))] if left else []
        return letters.wrap(start + " · ".join([*kept[:count], *end]), size, room)

    return letters.as_many(len(kept), naming, most) or letters.wrap(start, size, room, most=most)


def _panel(picture: Picture, area_map: AreaMap, layer: Layer, box: Box, locator: str) -> None:
    """Draw legend and locator in the column beside the map."""
    wide, y = box.right - box.left, box.top
    size = 8.0
    label = words.text("maps.legend.title", area_map.language)
    picture.text(box.left, y - 8, label, 9, weight="semibold", colour=drawing.ACCENT)
    y -= 14
    noun = words.text(f"maps.noun.{area_map.level}", area_map.language)
    room = y - box.low - (96 if locator else 0)
    legend = legends.column(layer, noun, area_map.language, wide, size)
    while size > 5 and legend.high > room:
        size -= 0.5
        legend = legends.column(layer, noun, area_map.language, wide, size)
    legend.draw(picture, box.left, y)
    if locator:
        drawing.draw_locator(picture, locator, Box(box.left, box.low, box.right, box.low + 90))
