"""Fixed class breaks: which class a value falls in, and how the class is written in the legend."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from kkbgeo.errors import ParameterError
from kkbgeo.language import Number, Spoken, Text, phrase


def shown(value: float, decimals: int = 0) -> float:
    """Round `value` to the decimals a reader sees (half to even, as `kkbgeo.language.number` does).

    Classes are told from the rounded value: a figure printed as 10.0 never sits in the class above 10.0.

    Examples
    --------
    >>> shown(10.04, 1), shown(12.5), shown(13.5)
    (10.0, 12.0, 14.0)
    """
    return float(Decimal(str(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN))


@dataclass(frozen=True)
class Breaks:
    """Classes bounded by fixed upper edges; zero is not among them, it is a class of its own.

    Parameters
    ----------
    edges : tuple of float
        Upper edges, rising, each belonging to its class.
    open_end : bool
        Whether a class above the last edge exists.
    decimals : int
        Decimals a reader sees; values are rounded to them before they are classed.
    whole : bool
        Values are whole numbers (counts), so the lowest class begins with 1.
    """

    edges: tuple[float, ...]
    open_end: bool = True
    decimals: int = 0
    whole: bool = True

    def __post_init__(self) -> None:
        rising = all(low < high for low, high in zip(self.edges, self.edges[1:], strict=False))
        if not rising or not all(math.isfinite(edge) for edge in self.edges):
            raise ParameterError(
                f"Class breaks must be finite and rise: {self.edges}.",
                hint="Correct the breaks of this indicator in the catalogue",
                value=self.edges,
            )

    def __len__(self) -> int:
        return len(self.edges) + int(self.open_end)

    def class_of(self, value: float) -> int:
        """Return the position of the class that `value` falls in, 0 the lowest.

        Examples
        --------
        >>> three = Breaks((10, 20), decimals=1, whole=False)
        >>> three.class_of(10.04), three.class_of(10.06), three.class_of(20.5)
        (0, 1, 2)
        """
        position = bisect_left(self.edges, shown(value, self.decimals))
        if position >= len(self):
            raise ParameterError(f"{value} lies above the last class break {self.edges[-1]}.", value=value)
        return position

    def labels(self, suffix: str | Spoken = "") -> list[str | Spoken]:
        """Return the text of each class, lowest first.

        Examples
        --------
        >>> from kkbgeo.language import words
        >>> words(Breaks((1, 10, 20)).labels(), "en")
        ['1', '2–10', '11–20', 'more than 20']
        >>> words(Breaks((99.9, 100), open_end=False, decimals=1, whole=False).labels(" %"), "id")
        ['hingga 99,9 %', '100,0 %']
        """
        step = 10.0**-self.decimals

        def written(value: float) -> Number:
            return Number(value, self.decimals)

        texts = []
        for position, high in enumerate(self.edges):
            low = self.edges[position - 1] + step if position else (1.0 if self.whole else None)
            if low is None:
                texts.append(Text("maps.class.up_to", value=written(high)))
            elif shown(low, self.decimals) >= shown(high, self.decimals):
                texts.append(written(high))
            else:
                texts.append(phrase("{}–{}", written(low), written(high)))
        if self.open_end:
            last = self.edges[-1] if self.edges else 0.0
            texts.append(Text("maps.class.more_than", value=written(last)))
        return [text + suffix for text in texts]


def breaks_for(edges: Sequence[float], values: Iterable[float], *, kind: str = "count", decimals: int = 0) -> Breaks:
    """Return the classes of one indicator.

    There is always an open class above the last edge, so that pages compare; only per cents whose
    last edge is 100 do without one, unless a value is above 100.

    Parameters
    ----------
    edges : sequence of float
        Fixed upper edges of the catalogue.
    values : iterable of float
        The values to be drawn.
    kind : {"count", "percent", "ratio"}
        Kind of the indicator.
    decimals : int
        Decimals a reader sees.

    Examples
    --------
    >>> len(breaks_for((50, 100), [20.0], kind="percent")), len(breaks_for((50, 100), [104.0], kind="percent"))
    (2, 3)
    """
    edges = tuple(float(edge) for edge in edges)
    closed = kind == "percent" and edges[-1:] == (100.0,) and all(shown(v, decimals) <= 100 for v in values)
    return Breaks(edges, open_end=not closed, decimals=decimals, whole=kind == "count" and decimals == 0)
