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
