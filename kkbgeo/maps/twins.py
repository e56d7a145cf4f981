"""A page in two languages: both made the same way, checked to be twins, and laid one beside the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kkbgeo.errors import KkbgeoError
from kkbgeo.maps.cells import Link, sources_of

if TYPE_CHECKING:
    from kkbgeo.maps.page import Page


def check(one: Page, two: Page) -> None:
    """Refuse two pages that are not one page in two languages.

    Raises
    ------
    KkbgeoError
        The same language twice, another area, or a section, table or list that only one of them has.
    """
    if one.language == two.language:
        raise KkbgeoError(f"Both pages are in {one.language!r}.", hint="Make the second one in the other language")
    for what, mine, others in _parts(one, two):
        if mine != others:
            raise KkbgeoError(
                f"The page and its twin in {two.language!r} differ in {what}: {mine!r}, {others!r}.",
                hint="Fill both with the same recipe; only words may differ",
            )


def _parts(one: Page, two: Page) -> Iterable[tuple[str, Any, Any]]:
    yield "the area", (one.path, one.as_of, one.simulated), (two.path, two.as_of, two.simulated)
    yield "the boundary edition", getattr(one.edition, "id", ""), getattr(two.edition, "id", "")
    yield "the number of findings", len(one.sentences), len(two.sentences)
    yield "their sections", _outline(one), _outline(two)
    for mine, others in zip(one.sections, two.sections, strict=True):
        key = f"section {mine['key']!r}"
        yield f"{key}: title, note or caption", _present(mine), _present(others)
        if mine["kind"] == "table":
            yield f"the shape of {key}", _shape(mine["rows"]), _shape(others["rows"])
            yield f"the columns of {key}", len(mine["columns"]), len(others["columns"])
            yield f"the sources of {key}", _sources(mine["rows"]), _sources(others["rows"])
        elif mine["kind"] == "text":
            yield f"the items of {key}", len(mine["items"]), len(others["items"])
    for name in ("sources", "notes"):
        yield f"the number of {name}", len(one.foot[name]), len(two.foot[name])
    for name in ("parameters", "checksum", "version"):
        yield name, one.foot[name], two.foot[name]
    for number, (mine, others) in enumerate(zip(one.maps, two.maps, strict=True), 1):
        yield f"the areas of map {number}", list(mine.areas.index), list(others.areas.index)
        yield f"the layers of map {number}", [x.key for x in mine.layers], [x.key for x in others.layers]


def _outline(page: Page) -> list[tuple[str, str]]:
    return [(section["kind"], section["key"]) for section in page.sections]


def _present(section: dict[str, Any]) -> list[bool]:
    return [bool(section.get(name)) for name in ("title", "lead", "note", "caption", "folded", "single")]


def _shape(rows: list[list[str | Link]]) -> list[int]:
    return [len(row) for row in rows]


def _sources(rows: list[list[str | Link]]) -> list[list[tuple[str, ...]]]:
    return [[sources_of(cell) for cell in row] for row in rows]


def labels_css(key: str, columns: Sequence[Sequence[str]], languages: Sequence[str]) -> str:
    """Return the style that names each cell of a table by its column, where a phone stacks the cells.

    Parameters
    ----------
    key : str
        Key of the section.
    columns : sequence of sequence of str
        The heads of the table in each language.
    languages : sequence of str
        The languages, the one that is read first in front.
    """
    rules = []
    for place, heads in enumerate(zip(*columns, strict=True), 1):
        cell = f"#{key} td:nth-child({place})::before"
        rules += [f'{cell}{{content:"{_css_text(heads[0])}"}}'] if place > 1 else []
        if place > 1 and len(set(heads)) > 1:
            other = f":root:has(#kkb-lang-{languages[1]}:checked) {cell}"
            rules.append(f'{other}{{content:"{_css_text(heads[1])}"}}')
    return f"@media screen and (max-width:599px){{{''.join(rules)}}}"


def _css_text(text: str) -> str:
    """Write every sign that is no letter or digit as a number: then no text ends a rule."""
    return "".join(sign if sign.isalnum() and sign.isascii() else f"\\{ord(sign):06x}" for sign in text)
