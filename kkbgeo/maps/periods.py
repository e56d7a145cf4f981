"""Layers of one indicator at several times: one slider, the same classes, a break of definition that is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kkbgeo.errors import KkbgeoError
from kkbgeo.maps.drawn import Layer, Period


def over_time(
    layers: Sequence[Layer],
    labels: Sequence[str],
    *,
    group: str,
    title: str,
    broken: dict[int, str] | None = None,
    note: str = "",
) -> list[Layer]:
    """Return `layers` as the periods of one slider, oldest first.

    Parameters
    ----------
    layers : sequence of Layer
        One layer per period, oldest first, all with the same classes.
    labels : sequence of str
        What stands at each tick.
    group : str
        Key of the group.
    title : str
        Name of the group in the list of indicators.
    broken : dict of int to str, optional
        Position of a layer -> label of the break of definition just before it.
    note : str
        What is not comparable across a break, in words; needed where there is one.

    Raises
    ------
    KkbgeoError
        Fewer than two periods, other classes in one of them, or a break that is not explained.

    Examples
    --------
    >>> from kkbgeo.maps.drawn import Layer, LegendEntry
    >>> classes = (LegendEntry("class-1", "hingga 10 %", "#fbe3b4", "fill", 0),)
    >>> two = [Layer(key, key, "%", "", classes, {}) for key in ("ssgi_2021", "ssgi_2022")]
    >>> [one.period.label for one in over_time(two, ["2021", "2022"], group="ssgi", title="Prevalensi")]
    ['2021', '2022']
    """
    broken = broken or {}
    if len(layers) < 2 or len(labels) != len(layers):
        raise KkbgeoError(f"A slider needs two periods or more, each with a label: {len(layers)}, {len(labels)}.")
    if broken and not note:
        raise KkbgeoError("A break between periods must be explained.", hint="Say in `note` what changed")
    first = _classes(layers[0])
    for one in layers[1:]:
        if _classes(one) != first:
            raise KkbgeoError(
                f"Layers {layers[0].key!r} and {one.key!r} have other classes; their colours would not compare.",
                hint="Give both indicators the same breaks",
            )
    return [
        replace(one, period=Period(group, title, label, broken.get(at, ""), note if broken else ""))
        for at, (one, label) in enumerate(zip(layers, labels, strict=True))
    ]


def shown_for(layer: Layer, layers: Sequence[Layer]) -> Layer:
    """Return what a map shows when `layer` is asked for: itself, or the period of its slider that most areas know.

    Of equally known periods it is the newest; where dates do not tell, the later one among `layers`.
    """
    if layer.period is None:
        return layer
    group = [one for one in layers if one.period and one.period.group == layer.period.group]
    return max(reversed(group), key=_how_known)


def best_known(layers: Sequence[Layer]) -> Layer:
    """Return the layer that most of its areas know; of equals the newest, then the first given.

    Parameters
    ----------
    layers : sequence of Layer
        Layers of the same areas. A slider stands for itself by its best-known period, of equals the newest.

    Examples
    --------
    >>> from kkbgeo.maps.drawn import Layer, LegendEntry
    >>> def of(key, known, newest=""):
    ...     return Layer(key, key, "", "", (LegendEntry("class-1", "1", "#fbe3b4", "fill", known),), {}, newest=newest)
    >>> best_known([of("total", 14, "2025-12-31"), of("survey", 56, "2022-12-31"), of("newer", 56, "2024-12-31")]).key
    'newer'
    """
    return max((shown_for(one, layers) for one in layers), key=_how_known)


def _how_known(layer: Layer) -> tuple[int, str]:
    return layer.known, layer.newest


def _classes(layer: Layer) -> list[str]:
    """Return the classes of a layer, the lowest first, as its legend words them."""
    return [one.label for one in layer.entries if one.look == "fill"]
