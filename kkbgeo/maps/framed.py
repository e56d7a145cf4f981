"""Around maps and pages: their frames in a notebook, and the words for how a page was made."""

from __future__ import annotations

import base64
import html as escaping
from collections.abc import Sequence

from markupsafe import Markup

from kkbgeo import language as words


def made_label(name: str, language: str) -> str:
    """Return what a parameter of a notebook is called on a page; its own name where the catalogue has none.

    Examples
    --------
    >>> made_label("as_of", "en"), made_label("my_own", "en")
    ('Data up to', 'my_own')
    """
    key = f"maps.made.{name}"
    return words.text(key, language) if key in words.catalogue() else name


def framed_page(file: str, title: str, sentences: Sequence[str], language: str) -> str:
    """Return the markup that shows a page in JupyterLab."""
    # JupyterLab takes frames out of a notebook that is not trusted, and leaves what noscript holds.
    plain = Markup("<h3>{}</h3><ul>{}</ul><p>{}</p>").format(
        title,
        Markup("").join(Markup("<li>{}</li>").format(one) for one in sentences),
        words.text("maps.map.trust", language),
    )
    return str(
        Markup(
            '<iframe title="{}" srcdoc="{}" sandbox="allow-scripts allow-popups allow-downloads" width="100%" '
            'height="760" style="border:1px solid #ccc"></iframe><noscript>{}</noscript>'
        ).format(title, file, plain)
    )


def framed_map(file: str, picture: Markup, title: str, language: str) -> str:
    """Return what a notebook shows: the saved file in a frame of its own, and a still picture where frames are cut.

    JupyterLab takes frames and styles out of a notebook that is not trusted; the picture and the sentence stay.
    """
    source = escaping.escape(file, quote=True)
    title = escaping.escape(title, quote=True)
    trust = escaping.escape(words.text("maps.map.trust", language))
    svg = str(picture).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    still = base64.b64encode(svg.encode("utf-8", "replace")).decode("ascii")
    return (
        '<div style="width:100%"><style>.kkbgeo-live~.kkbgeo-still{display:none}</style>'
        f'<iframe class="kkbgeo-live" title="{title}" srcdoc="{source}" sandbox="allow-scripts allow-downloads" '
        'allow="fullscreen" width="100%" height="640" style="border:0;display:block"></iframe>'
        f'<div class="kkbgeo-still"><p><strong>{title}</strong></p>'
        f'<img alt="{title}" src="data:image/svg+xml;base64,{still}"><p>{trust}</p></div></div>'
    )
