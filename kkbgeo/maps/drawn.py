"""What a map draws: layers with their legends, their areas and their places on a slider, and points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TypeVar

from kkbgeo.language import Spoken, words
from kkbgeo.maps import theme

_Part = TypeVar("_Part", bound="Drawn")


class Drawn:
    """A part of a map whose texts may be lazy (`kkbgeo.language.Text`)."""

    def to(self: _Part, language: str) -> _Part:
        """Return it with every text in words of `language`."""
        return replace(self, **{one.name: words(getattr(self, one.name), language) for one in fields(self)})


@dataclass(frozen=True)
class LegendEntry(Drawn):
    """One line of the legend: a class or a state, its look (fill, hatch, dots) and its number of areas."""

    key: str
    label: str | Spoken
    colour: str
    look: str
    count: int

    @property
    def paper(self) -> str:
        """The colour behind hatching or dots."""
        return theme.PAPERS.get(self.look, "#ffffff")


@dataclass(frozen=True)
class CellDrawing(Drawn):
    """One area of a layer: position of its legend entry, its headline and the details a tap shows."""

    entry: int
    headline: str | Spoken
    details: tuple[tuple[str | Spoken, str | Spoken], ...] = ()


@dataclass(frozen=True)
class Square(Drawn):
    """The square legend: names of both indicators and of their classes, lowest first; counts by row and column."""

    first: str | Spoken
    second: str | Spoken
    rows: tuple[str | Spoken, ...]
    columns: tuple[str | Spoken, ...]
    cells: tuple[tuple[LegendEntry, ...], ...]

    @property
    def keys(self) -> frozenset[str]:
        """Keys of the legend entries that the square shows."""
        return frozenset(one.key for row in self.cells for one in row)

    @staticmethod
    def ink(colour: str) -> str:
        """The colour of a count on `colour`: black or white, whichever reads better."""
        return max(("#000000", "#ffffff"), key=lambda one: theme.contrast(one, colour))


@dataclass(frozen=True)
class Period(Drawn):
    """Where a layer stands in time.

    Attributes
    ----------
    group : str
        Layers of one group share a slider.
    title : str
        Name of the group in the list of indicators.
    label : str
        What stands at the tick: ``SSGI 2021``, ``sebelum 2022``.
    broken : str
        Label of the break before this period, e.g. ``2022``; empty where the series goes on.
    note : str
        What is not comparable across the break, in words.
    """

    group: str
    title: str | Spoken
    label: str | Spoken
    broken: str = ""
    note: str | Spoken = ""


@dataclass(frozen=True)
class Layer(Drawn):
    """One indicator ready to be drawn; the counts of `entries` add up to the number of `cells`.

    A layer with a `period` is one step of a slider (`kkbgeo.maps.periods.over_time`); one with a `square` shows two
    indicators (`kkbgeo.maps.bivariate_layer.bivariate_layer`), and the square stands in its legend.

    `newest` is the last day (ISO) of the newest date among the known areas, empty where none is dated. `origin` says
    in one short line of what kind the source is; it stands below the legend wherever the layer is drawn.
    """

    key: str
    label: str | Spoken
    unit_label: str | Spoken
    note: str | Spoken
    entries: tuple[LegendEntry, ...]
    cells: Mapping[str, CellDrawing]
    period: Period | None = None
    square: Square | None = None
    newest: str = ""
    origin: str | Spoken = ""

    @property
    def known(self) -> int:
        """Number of areas of which the layer tells a figure or a class; zero is one, a mere name is none."""
        return sum(one.count for one in self.entries if one.look == "fill" and one.key != "unclassed")

    @property
    def counts(self) -> dict[str, int]:
        """Number of areas per legend entry, by key."""
        return {one.key: one.count for one in self.entries}


@dataclass(frozen=True)
class Marker(Drawn):
    """A point on the map, e.g. an aid event: place, name and the details a tap shows."""

    lon: float
    lat: float
    label: str | Spoken
    details: tuple[tuple[str | Spoken, str | Spoken], ...] = ()
