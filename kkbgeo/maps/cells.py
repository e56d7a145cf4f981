"""What stands in a cell besides plain text: a link to a source, a figure with its sources, an area with its page."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from kkbgeo.errors import KkbgeoError
from kkbgeo.language import Spoken, words

_PAGE = re.compile(r"([a-z]+/)?[a-z0-9][a-z0-9.-]*\.html", re.ASCII)
_NUMERIC = re.compile(r"[<>≈~+±−-]?\s?\d[\d.,]*(\s?%)?( \(\d[\d.,]*–\d[\d.,]*\))?")  # with its interval


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

    text: str | Spoken
    url: str = ""
    note: str = ""
    key: str = ""

    def to(self, language: str) -> Link:
        """Return it in words of `language`."""
        return replace(self, text=words(self.text, language), note=words(self.note, language))

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
    def name(self) -> str:
        """The text without the address it ends with: a list of sources writes each address once, by its style sheet."""
        return self.text.removesuffix(f": {self.url}") if self.href else self.text

    @property
    def sources(self) -> tuple[str, ...]:
        """The source as a tuple, as a `Figure` has them."""
        return tuple(self.key.split())

    def __str__(self) -> str:
        return str(self.text)


@dataclass(frozen=True)
class Figure:
    """A cell of a table that says where it comes from; its marks lead to the page's numbered list of sources.

    Examples
    --------
    >>> str(Figure("135", ["press-001"])), Figure("135", ["press-001"]).sources
    ('135', ('press-001',))
    """

    text: str | Spoken
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "sources", tuple(self.sources))

    def to(self, language: str) -> Figure:
        """Return it in words of `language`."""
        return replace(self, text=words(self.text, language))

    def __str__(self) -> str:
        return str(self.text)


@dataclass(frozen=True)
class Place:
    """The name of an area that has a page of its own; the name leads there.

    Parameters
    ----------
    text : str
        What is read.
    page : str
        The page below the atlas folder, from `kkbgeo.maps.page_path`.

    Examples
    --------
    >>> Place("Balangan", "regency/63.11-balangan.html").page
    'regency/63.11-balangan.html'
    """

    text: str | Spoken
    page: str

    def __post_init__(self) -> None:
        if not _PAGE.fullmatch(self.page):
            raise KkbgeoError(
                f"{self.page!r} is no page of an atlas.", hint="Use kkbgeo.maps.page_path", value=self.page
            )

    def to(self, language: str) -> Place:
        """Return it in words of `language`."""
        return replace(self, text=words(self.text, language))

    def __str__(self) -> str:
        return str(self.text)


def way(start: str, value: object) -> str:
    """Return the relative address from one page to that of a `Place`; empty for any other cell, and for itself.

    It is right wherever a whole atlas lies: on a disk, a stick, a web server. Whoever has one page alone reads plain
    text: the script of the page takes the links away unless the page lies where the atlas put it. (The overview lies
    in the top folder, which has no name to tell by, so it keeps them.)

    Examples
    --------
    >>> way("province/63-kalimantan-selatan.html", Place("Balangan", "regency/63.11-balangan.html"))
    '../regency/63.11-balangan.html'
    """
    page = value.page if isinstance(value, Place) else start
    return "" if page == start else "../" * start.count("/") + page


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
