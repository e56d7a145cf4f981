"""Texts in two languages side by side: which one is seen is decided by the switch at the top of the file."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from kkbgeo.language import LANGUAGES


def both(texts: Sequence[str], languages: Sequence[str] = LANGUAGES) -> Markup:
    """Return a text in every language it is given in: once where all agree, else one ``<span lang>`` each.

    Parameters
    ----------
    texts : sequence of str
        The text in each of `languages`; plain text is escaped.
    languages : sequence of str
        Their codes, in the same order.

    Examples
    --------
    >>> str(both(["Peta", "Map"]))
    '<span lang="id">Peta</span><span lang="en">Map</span>'
    >>> str(both(["Balangan & Tapin"] * 2))
    'Balangan &amp; Tapin'
    """
    if len(set(texts)) == 1:
        return Markup.escape(texts[0])
    spans = [Markup('<span lang="{}">{}</span>').format(*one) for one in zip(languages, texts, strict=True)]
    return Markup("").join(spans)
