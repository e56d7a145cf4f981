"""Texts of one page in one language or two: written once where they agree, side by side where they differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup, escape

from kkbgeo import language as words


def both(texts: Sequence[str], languages: Sequence[str]) -> Markup:
    """Return `texts`, one per language, for a page; escaped, each marked with its language where they differ.

    Which one is seen is decided by the style of the page.

    Examples
    --------
    >>> both(["Legenda", "Legend"], ["id", "en"])
    Markup('<span lang="id">Legenda</span><span lang="en">Legend</span>')
    >>> both(["Kalimantan", "Kalimantan"], ["id", "en"])
    Markup('Kalimantan')
    """
    if len(set(map(str, texts))) == 1:
        return escape(texts[0])
    span = Markup('<span lang="{}">{}</span>')
    return Markup("").join(span.format(name, text) for name, text in zip(languages, texts, strict=True))


def speaker(languages: Sequence[str]) -> Callable[..., Markup]:
    """Return a function that writes a message of the catalogue in all `languages`; for templates.

    A value that is a list or tuple holds one text per language.
    """

    def say(key: str, **values: object) -> Markup:
        def of(position: int) -> dict[str, object]:
            return {name: one[position] if isinstance(one, (list, tuple)) else one for name, one in values.items()}

        return both([words.text(key, one, **of(position)) for position, one in enumerate(languages)], languages)

    return say


class Strings:
    """The texts of one map, each stored once; where the languages differ, one text per language."""

    def __init__(self) -> None:
        self._at: dict[str | tuple[str, ...], int] = {}

    def __call__(self, *texts: str) -> int:
        """Return where `texts` (one per language) stand in the list, entering them if they are new."""
        return self._at.setdefault(one_or_all(texts), len(self._at))

    @property
    def listed(self) -> list[str | list[str]]:
        """Every text: a str where all languages agree, else a list."""
        return [one if isinstance(one, str) else list(one) for one in self._at]


def one_or_all(texts: Sequence[str]) -> str | tuple[str, ...]:
    """Return the text if all languages agree on it, else the text of each."""
    return texts[0] if len(set(texts)) == 1 else tuple(texts)


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
