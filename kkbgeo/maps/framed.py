"""Around a page: its frame in a notebook, and the words for how it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from kkbgeo import language as words

if TYPE_CHECKING:
    from kkbgeo.maps.page import Page


def made_label(name: str, language: str) -> str:
    """Return what a parameter of a notebook is called on a page; its own name where the catalogue has none.

    Examples
    --------
    >>> made_label("as_of", "en"), made_label("my_own", "en")
    ('Data up to', 'my_own')
    """
    key = f"maps.made.{name}"
    return words.text(key, language) if key in words.catalogue() else name


def framed(page: Page) -> str:
    """Return the markup that shows a page in JupyterLab."""
    # JupyterLab takes frames out of a notebook that is not trusted, and leaves what noscript holds.
    plain = Markup("<h3>{}</h3><ul>{}</ul><p>{}</p>").format(
        page.title,
        Markup("").join(Markup("<li>{}</li>").format(one) for one in page.sentences),
        words.text("maps.map.trust", page.language),
    )
    return str(
        Markup(
            '<iframe title="{}" srcdoc="{}" sandbox="allow-scripts allow-popups allow-downloads" width="100%" '
            'height="760" style="border:1px solid #ccc"></iframe><noscript>{}</noscript>'
        ).format(page.title, page.html(), plain)
    )
