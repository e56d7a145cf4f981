"""Layers of verdicts: which areas a local test names, and why the others have no verdict, each in a look of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pandas as pd

from kkbgeo.errors import KkbgeoError
from kkbgeo.language import Text
from kkbgeo.maps import theme
from kkbgeo.maps.drawn import CellDrawing, Layer, LegendEntry
from kkbgeo.maps.layers import Details

# From dark to light in even steps, so that a black-and-white print tells them apart; warm is high, cool is low.
LOOKS = {
    "high-high": theme.Look("fill", "#4f1d05"),
    "low-low": theme.Look("fill", "#27598a"),
    "high-low": theme.Look("fill", "#cf7a34"),
    "low-high": theme.Look("fill", "#a8cbe8"),
    "not-significant": theme.Look("fill", "#f4f2ec"),
    "no-neighbours": theme.Look("dots", "#5a4a2f"),
    "not-reported": theme.STATES["not_reported"],
}


def label_layer(
    key: str,
    title: str,
    labels: pd.Series,
    *,
    kind: str = "moran",
    note: str = "",
    details: Details | None = None,
) -> Layer:
    """Draw the labels of a local test.

    Parameters
    ----------
    key, title : str
        Key and name of the layer.
    labels : Series
        Label by code, each one of `LOOKS`.
    kind : {"moran", "spots"}
        ``spots``: high-high is a hot spot, low-low a cold one, and there are no others (Gi, Gi*).
    note : str
        What the layer shows, below its legend.
    details : mapping, optional
        Code -> (label, text) pairs shown on a tap.

    Returns
    -------
    Layer
        Every label of the kind has an entry, also one that no area has; the counts add up to all areas.

    Raises
    ------
    KkbgeoError
        A label that is none of them.

    Examples
    --------
    >>> layer = label_layer("moran", "Moran", pd.Series({"63.01": "high-high", "63.02": "no-neighbours"}))
    >>> layer.counts["high-high"], layer.counts["no-neighbours"], layer.counts["not-reported"]
    (1, 1, 0)
    """
    used = [one for one in LOOKS if kind == "moran" or one not in ("high-low", "low-high")]
    unknown = sorted(set(labels) - set(used))
    if unknown:
        raise KkbgeoError(f"{unknown[0]!r} is no label of a local test.", hint=f"Labels: {', '.join(used)}")
    counts = Counter(labels)
    said = {one: Text(f"maps.label.{kind}.{one}") for one in used}
    entries = [LegendEntry(one, said[one], LOOKS[one].colour, LOOKS[one].look, counts[one]) for one in used]
    place = {one: at for at, one in enumerate(used)}
    more: Mapping = details or {}
    cells = {
        code: CellDrawing(place[label], said[label], tuple(more.get(code, ())))
        for code, label in labels.sort_index().items()
    }
    return Layer(key, title, "", note, tuple(entries), cells)
