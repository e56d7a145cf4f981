"""Layers: the cells of one indicator turned into what a map draws, legend and counts included."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, Protocol

import pandas as pd

from kkbgeo.errors import JoinError, KkbgeoError
from kkbgeo.language import Number, Numeral, Spoken, Text, date, percent_sign, phrase
from kkbgeo.maps import theme
from kkbgeo.maps.breaks import breaks_for, shown
from kkbgeo.maps.drawn import CellDrawing, Layer, LegendEntry
from kkbgeo.records.periods import period_of

LEVELS_OF_CLASS = ("dasar", "berkembang", "mandiri", "berkelanjutan")
_NBSP = "\N{NO-BREAK SPACE}"

Details = Mapping[str, Sequence[tuple[str | Spoken, str | Spoken]]]
Cells = pd.DataFrame | Sequence[Mapping[str, Any]]


class IndicatorLike(Protocol):
    """What a layer needs to know of an indicator; the catalogue's own entries fit."""

    id: str
    kind: str
    decimals: int
    palette: str
    breaks: tuple[float, ...]

    def label(self, language: str = "id") -> str: ...

    def unit_label(self, language: str = "id") -> str: ...

    def unit_beside(self, written: Numeral, language: str = "id") -> str: ...

    def definition(self, language: str = "id") -> str: ...


def layer_for(
    indicator: IndicatorLike,
    cells: Cells,
    *,
    details: Details | None = None,
    origin: str = "",
) -> Layer:
    """Return the layer of an indicator of any kind: `class_layer` or `numeric_layer`."""
    build = class_layer if indicator.kind == "class" else numeric_layer
    return build(indicator, cells, details=details, origin=origin)


def numeric_layer(
    indicator: IndicatorLike,
    cells: Cells,
    *,
    details: Details | None = None,
    origin: str = "",
) -> Layer:
    """Class the figures of one indicator by its fixed breaks.

    Zero is a class of its own; *not reported* and *suppressed* are states with looks of their own and
    never a number.

    Parameters
    ----------
    indicator : IndicatorLike
        Kind ``count``, ``percent`` or ``ratio``; its `breaks` are the upper class edges.
    cells : DataFrame or sequence of mapping
        One row per area of this indicator (rows of other indicators are ignored); columns or keys
        ``code``, ``indicator``, ``value`` (float, NaN) and ``state``
        (value, zero, not_reported, suppressed).
    details : mapping, optional
        Code -> (label, text) pairs shown on a tap; by default what the cell itself tells
        (`details_of`).
    origin : str
        Of what kind the source is, in one short line below the legend.

    Returns
    -------
    Layer
        Entries: zero, the classes, not reported, and suppressed if it occurs.

    Raises
    ------
    JoinError
        An area twice.
    KkbgeoError
        A value that does not fit its state, e.g. a missing value marked as reported.
    """
    rows = _rows(indicator, cells)
    for row in rows:
        _check_number(row, indicator)
    values = [row["value"] for row in rows if row["state"] == "value"]
    classes = breaks_for(indicator.breaks, values, kind=indicator.kind, decimals=indicator.decimals)
    colours = theme.colours(indicator.palette, len(classes))
    suffix = Spoken(percent_sign, _NBSP) if indicator.kind == "percent" else ""
    entries = [_state_entry("zero")]
    entries += [
        LegendEntry(f"class-{position}", label, colour, "fill", 0)
        for position, (label, colour) in enumerate(zip(classes.labels(suffix), colours, strict=True), 1)
    ]
    entries.append(_state_entry("not_reported"))

    def key_of(row: Mapping) -> str:
        return f"class-{classes.class_of(row['value']) + 1}" if row["state"] == "value" else row["state"]

    def headline(row: Mapping) -> str | Spoken:
        if row["state"] in {"not_reported", "suppressed"}:
            return Text(f"maps.state.{row['state']}")
        return headline_of(row["value"], indicator)

    return _layer(indicator, rows, entries, key_of, headline, details, origin)


def class_layer(
    indicator: IndicatorLike,
    cells: Cells,
    *,
    details: Details | None = None,
    origin: str = "",
) -> Layer:
    """Draw reported classes in their order: dasar < berkembang < mandiri < berkelanjutan.

    An area that a source names without telling its class is *not reported*, but has a ``record_id``: it has an entry
    and a count of its own, apart from the areas that no source names, and is no step of the ladder.

    Parameters
    ----------
    indicator : IndicatorLike
        Kind ``class``.
    cells : DataFrame or sequence of mapping
        As for `numeric_layer`, with the class word in ``text``, and ``record_id`` where areas are named.
    details : mapping, optional
        Code -> (label, text) pairs shown on a tap.
    origin : str
        Of what kind the source is, in one short line below the legend.

    Raises
    ------
    KkbgeoError
        A cell of state ``value`` whose word is none of the four classes; one without a word is no value.

    Examples
    --------
    >>> from types import SimpleNamespace as Made
    >>> named = Made(id="class", kind="class", palette="ladder", label=str, unit_label=str, definition=str)
    >>> cells = pd.DataFrame({"code": ["63.01", "63.02", "63.03"], "indicator": "class", "as_of": "2023",
    ...                       "state": ["value", "not_reported", "not_reported"],
    ...                       "text": ["dasar", "", ""], "record_id": ["r-1", "r-2", ""]})
    >>> layer = class_layer(named, cells)
    >>> layer.counts["dasar"], layer.counts["unclassed"], layer.counts["not_reported"], layer.known
    (1, 1, 1, 1)
    """
    rows = _rows(indicator, cells)
    palette = indicator.palette if theme.is_ordinal(indicator.palette) else "ladder"
    steps = theme.colours(palette, len(LEVELS_OF_CLASS))
    entries = [
        LegendEntry(level, Text(f"maps.class.{level}"), colour, "fill", 0)
        for level, colour in zip(LEVELS_OF_CLASS, steps, strict=True)
    ]
    entries.append(LegendEntry("unclassed", Text("maps.class.unclassed"), theme.UNCLASSED, "fill", 0))
    if any(row["state"] == "zero" for row in rows):
        none = theme.STATES["zero"]
        entries.append(LegendEntry("zero", Text("maps.state.none"), none.colour, none.look, 0))
    # Nobody reports on a village that no source names, so the legend says just that.
    unnamed = Text("maps.class.unnamed")
    entries.append(replace(_state_entry("not_reported"), label=unnamed))
    labels = {one.key: one.label for one in entries}

    def key_of(row: Mapping) -> str:
        if row["state"] != "value":
            return "unclassed" if _is_named(row) else row["state"]
        if row["text"] not in LEVELS_OF_CLASS:
            raise KkbgeoError(
                f"{indicator.id}: {row['text']!r} is no class (area {row['code']}).",
                hint=f"Classes: {', '.join(LEVELS_OF_CLASS)}; where none is told, the state is not_reported",
                value=row["text"],
            )
        return row["text"]

    def headline(row: Mapping) -> str | Spoken:
        return labels.get(key_of(row)) or Text(f"maps.state.{row['state']}")

    return _layer(indicator, rows, entries, key_of, headline, details, origin)


def headline_of(value: float, indicator: IndicatorLike) -> Spoken:
    """Write a figure with its unit: ``36 kampung``, ``27,9 %``; a tiny one never reads as zero.

    Examples
    --------
    >>> from types import SimpleNamespace as Made
    >>> kampung = Made(kind="count", decimals=0, unit_beside=lambda figure, language: "kampung")
    >>> str(headline_of(1234, kampung)).replace("\\xa0", " ")
    '1.234 kampung'
    """
    decimals = indicator.decimals
    smallest = 10.0**-decimals
    tiny = value != 0 and shown(value, decimals) == 0
    figure = Number(math.copysign(smallest, value) if tiny else value, decimals)
    if indicator.kind == "percent":
        figure += Spoken(percent_sign, _NBSP)
    else:
        figure = phrase("{}{}{}", figure, _NBSP, Spoken(indicator.unit_beside, figure))
    return Text("maps.class.less_than", value=figure) if tiny else figure


def details_of(cells: Cells, *, sources: Mapping[str, str] | None = None) -> Details:
    """Return what a tap shows beside the headline: date, source, derived, conflict.

    Parameters
    ----------
    cells : DataFrame or sequence of mapping
        The cells of one indicator, columns or keys as in `numeric_layer` plus ``as_of``, ``source_id``,
        ``derived`` and ``conflicts`` (those that are there are used).
    sources : mapping, optional
        Source id -> publisher as written on the page; an id without one is left out.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for row in records_of(cells):
        lines = []
        if row["state"] in {"value", "zero"} or _is_named(row):
            if "as_of" in row:
                lines.append((Text("maps.detail.as_of"), Spoken(date, row["as_of"])))
            publisher = (sources or {}).get(row.get("source_id", ""), "")
            if publisher:
                lines.append((Text("maps.detail.source"), publisher))
            if row.get("derived"):
                lines.append((Text("maps.detail.derived_label"), Text("maps.detail.derived")))
            if row.get("conflicts"):
                count = int(row["conflicts"])
                lines.append(
                    (
                        Text("maps.detail.conflict_label"),
                        Text("maps.detail.conflict", count=count),
                    )
                )
        found[row["code"]] = lines
    return found


def _is_named(row: Mapping) -> bool:
    """Return whether a cell without a figure or class rests on a record all the same: a source names the area."""
    record = row.get("record_id")
    return row["state"] == "not_reported" and isinstance(record, str) and record != ""


def records_of(cells: Cells) -> Sequence[Mapping[str, Any]]:
    """Return cells as mappings, in their order: as they are, or the rows of a frame."""
    return cells.to_dict("records") if isinstance(cells, pd.DataFrame) else cells


def _rows(indicator: IndicatorLike, cells: Cells) -> list[Mapping[str, Any]]:
    mine = sorted((row for row in records_of(cells) if row["indicator"] == indicator.id), key=lambda row: row["code"])
    if not mine:
        raise JoinError(f"There are no cells of {indicator.id!r}.", value=indicator.id)
    if twice := [one["code"] for one, other in pairwise(mine) if one["code"] == other["code"]]:
        twice = list(dict.fromkeys(twice))
        raise JoinError(f"{indicator.id}: areas that occur twice: {', '.join(twice[:5])}.", candidates=twice)
    return mine


def _check_number(row: Mapping, indicator: IndicatorLike) -> None:
    state, value = row["state"], row["value"]
    missing = value is None or math.isnan(value)
    fits = {
        "value": not missing and math.isfinite(value) and value != 0,
        "zero": not missing and value == 0,
        "not_reported": missing,
        "suppressed": True,
    }
    if state not in fits:
        raise KkbgeoError(
            f"{indicator.id}: {state!r} is no state of a cell (area {row['code']}).",
            hint=f"States: {', '.join(fits)}",
            value=state,
        )
    if not fits[state]:
        raise KkbgeoError(
            f"{indicator.id}: the value {value} of area {row['code']} does not fit its state {state!r}.",
            hint="A missing value is not_reported, 0 is zero, any other figure is value",
            value=value,
            code=row["code"],
        )


def _state_entry(state: str) -> LegendEntry:
    look = theme.STATES[state]
    return LegendEntry(state, Text(f"maps.state.{state}"), look.colour, look.look, 0)


def _layer(
    indicator: IndicatorLike,
    rows: list[Mapping[str, Any]],
    entries: list[LegendEntry],
    key_of: Callable[[Mapping], str],
    headline: Callable[[Mapping], str | Spoken],
    details: Details | None,
    origin: str,
) -> Layer:
    keys = [key_of(row) for row in rows]
    if "suppressed" in keys:
        entries = [*entries, _state_entry("suppressed")]
    place = {one.key: position for position, one in enumerate(entries)}
    unknown = sorted(set(keys) - set(place))
    if unknown:
        raise KkbgeoError(f"{indicator.id}: {unknown[0]!r} is no state of a cell.", value=unknown[0])
    if details is None:
        details = details_of(rows)
    counted = Counter(keys)
    return Layer(
        key=indicator.id,
        label=Spoken(indicator.label),
        unit_label=Spoken(indicator.unit_label),
        note=Spoken(indicator.definition),
        entries=tuple(LegendEntry(one.key, one.label, one.colour, one.look, counted[one.key]) for one in entries),
        cells={
            row["code"]: CellDrawing(
                place[key],
                headline(row),
                tuple((label, said) for label, said in details.get(row["code"], ())),
            )
            for row, key in zip(rows, keys, strict=True)
        },
        newest=max(
            (period_of(row.get("as_of") or "").end for row in rows if row["state"] in {"value", "zero"}), default=""
        ),
        origin=origin,
    )
