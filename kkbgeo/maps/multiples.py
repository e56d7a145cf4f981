"""Small multiples: several layers of the same areas as static pictures side by side, under one set of classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup, escape

from kkbgeo.errors import ParameterError
from kkbgeo.language import Number, Text, words
from kkbgeo.maps import theme
from kkbgeo.maps.legend import paint, patterns_svg
from kkbgeo.maps.thumbnail import pictures_svg, safe_svg

if TYPE_CHECKING:
    import geopandas as gpd

    from kkbgeo.maps.drawn import Layer, LegendEntry

_SIZE = (200, 190)  # of one picture
_ACROSS = 2  # pictures in a row, as many as a phone has room for
_HEAD, _GAP, _ROW = 20, 10, 20


def small_multiples(
    areas: gpd.GeoDataFrame, layers: Sequence[Layer], *, titles: Mapping[str, str], title: str, language: str = "id"
) -> Markup:
    """Draw layers side by side with one legend.

    Parameters
    ----------
    areas : GeoDataFrame
        Index ``code``, EPSG:4326; each layer has a cell for each area.
    layers : sequence of Layer
        Two or more with the same classes and colours, e.g. one indicator in several surveys.
    titles : mapping
        Key of a layer -> what is written above it.
    title : str
        What the picture shows (its ``aria-label``).
    language : {"id", "en"}
        Language of descriptions.

    Raises
    ------
    ParameterError
        Fewer than two layers, or layers whose classes or colours differ: they could not be compared.
    """
    legend = _one_legend(layers)
    width = _ACROSS * _SIZE[0] + (_ACROSS - 1) * _GAP
    shapes, pictures = pictures_svg(areas, layers, _SIZE, language=language)
    drawn = [shapes, f"<defs>{patterns_svg(legend, 'multiples')}</defs>"]
    for place, layer in enumerate(layers):
        x = place % _ACROSS * (_SIZE[0] + _GAP)
        y = place // _ACROSS * (_SIZE[1] + _HEAD + _GAP)
        drawn.append(_text(x, y + 14, words(titles[layer.key], language), bold=True))
        drawn.append(pictures[place].replace("<svg ", f'<svg x="{x}" y="{y + _HEAD}" ', 1))
    top = -(-len(layers) // _ACROSS) * (_SIZE[1] + _HEAD + _GAP)
    for place, entry in enumerate(legend):
        x, y = place % _ACROSS * (width // _ACROSS), top + place // _ACROSS * _ROW
        drawn.append(_swatch(x, y, entry) + _text(x + 32, y + 13, words(entry.label, language)))
    height = top + -(-len(legend) // _ACROSS) * _ROW
    return safe_svg(
        f'<svg class="kkb-chart" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(words(title, language))}">{"".join(drawn)}</svg>'
    )


def multiples_table(layers: Sequence[Layer], *, titles: Mapping[str, str]) -> pd.DataFrame:
    """Return the number of areas per class and layer as display text, for who cannot see the pictures."""
    legend = _one_legend(layers)
    columns: dict = {Text("needs.column.class"): [one.label for one in legend]}
    for layer in layers:
        columns[titles[layer.key]] = [Number(layer.counts.get(one.key, 0)) for one in legend]
    return pd.DataFrame(columns)


def _one_legend(layers: Sequence[Layer]) -> list[LegendEntry]:
    """Return the entries of all layers; one that some layers have only where it occurs (hidden figures) stands once."""
    if len(layers) < 2:
        raise ParameterError("Small multiples need at least two layers.")
    found: dict[str, LegendEntry] = {}
    for layer in layers:
        for one in layer.entries:
            other = found.setdefault(one.key, one)
            if (one.label, one.colour, one.look) != (other.label, other.colour, other.look):
                raise ParameterError(
                    f"Layers {layers[0].key!r} and {layer.key!r} have different classes.",
                    hint="Compare one indicator, or indicators with the same breaks and palette",
                    value=layer.key,
                )
    return list(found.values())


def _swatch(x: float, y: float, entry: LegendEntry) -> str:
    box = f'<rect x="{x}" y="{y + 2}" width="24" height="14" fill="{paint(entry, "multiples")}"'
    return f'{box} stroke="{theme.BORDER}" stroke-width="1"/>'


def _text(x: float, y: float, said: str, *, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x}" y="{y}" font-size="12"{weight} fill="{theme.INK}">{escape(said)}</text>'
