"""What stands in a cell besides plain text: a link to a source, and a figure with the marks of its sources."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from kkbgeo.errors import KkbgeoError

_NUMERIC = re.compile(r"[<>≈~+±−-]?\s?\d[\d.,]*(\s?%)?")


@dataclass(frozen=True)
class Link:
    """Text that leads to a source. Only ``http`` and ``https`` addresses become links; others stay text.

    Parameters
    ----------
    text, url, note : str
        What is read, where it leads, and a remark behind it.
    key : str
        Which source it is; in a table the number of that source in the page's list stands behind the text. An entry of
        that list may stand for several: their keys with spaces between.

    Examples
    --------
    >>> Link("Antara", "https://antaranews.com/1").href
    'https://antaranews.com/1'
    >>> Link("Antara", "javascript:alert(1)").href
    ''
    """

    text: str
    url: str = ""
    note: str = ""
    key: str = ""

    @property
    def href(self) -> str:
        """The address if it may be a link, else empty."""
        if re.search(r"[\s\x00-\x1f\x7f\\]", self.url):
            return ""
        try:
            parts = urlsplit(self.url)
        except ValueError:
            return ""
        return self.url if parts.scheme in {"http", "https"} and parts.hostname else ""

    @property
    def sources(self) -> tuple[str, ...]:
        """The source as a tuple, as a `Figure` has them."""
        return tuple(self.key.split())

    def __str__(self) -> str:
        return self.text


class Figure(str):
    """A cell of a table that says where it comes from; its marks lead to the page's numbered list of sources.

    Examples
    --------
    >>> Figure("135", ["press-001"]), Figure("135", ["press-001"]).sources
    ('135', ('press-001',))
    """

    sources: tuple[str, ...]

    def __new__(cls, text: str, sources: Sequence[str] = ()) -> Figure:
        made = super().__new__(cls, text)
        made.sources = tuple(sources)
        return made


def sources_of(cell: str | Link) -> tuple[str, ...]:
    """Return the keys of the sources of any cell."""
    return getattr(cell, "sources", ())


def is_numeric(values: Sequence[str | Link], missing: str) -> bool:
    """Tell whether a column of display text is of numbers, and so stands to the right."""
    said = [str(one).replace("\N{NO-BREAK SPACE}", " ").strip() for one in values if str(one) not in {missing, "–"}]
    return bool(said) and all(_NUMERIC.fullmatch(one) for one in said)


def marks(listed: Sequence[str | Link]) -> Callable[[str | Link], list[int]]:
    """Return a function: cell -> the numbers of its sources in the list at the end of the page.

    Parameters
    ----------
    listed : sequence of str or Link
        The sources of the page, in their order.
    """
    numbers = {key: number for number, one in enumerate(listed, 1) for key in sources_of(one)}

    def numbers_of(cell: str | Link) -> list[int]:
        unknown = [key for key in sources_of(cell) if key not in numbers]
        if unknown and listed:
            raise KkbgeoError(
                f"The figure {str(cell)!r} names the source {unknown[0]!r}, which the page does not list.",
                hint="Give footer() a Link with that key",
                value=unknown[0],
            )
        return sorted({numbers[key] for key in sources_of(cell) if key in numbers})

    return numbers_of
