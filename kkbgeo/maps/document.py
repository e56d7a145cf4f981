"""One HTML file that asks the network for nothing: escaping, inlined library, security policy, writing."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup, escape

from kkbgeo import language as words
from kkbgeo.errors import KkbgeoError
from kkbgeo.io import sha256

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).with_name("templates")

#: The scripts of the maps in the order they are joined, ``templates/map/*.js``; one job each.
_MAP_SCRIPTS = (
    "style", "tools", "geometry", "looks", "names", "details", "legend", "time", "search", "keys", "picture",
    "controls", "map",
)  # fmt: skip

# `<`, `>` and `&` would end a script block, `$` and the backtick matter inside template literals, and the two
# separators end a line in older scripts. As \uXXXX they are plain text in JSON wherever it is pasted.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&$`\u2028\u2029\u007f"}

# Base 85 takes a sixteenth less room than base 64; three of its signs mean something in markup, these do not.
_PLAIN_LETTERS = str.maketrans("<>&", ",./")
_OWN_LETTERS = str.maketrans(",./", "<>&")


class Library(NamedTuple):
    """Leaflet as one page needs it."""

    version: str
    script: str
    style: str


class Fragment(NamedTuple):
    """A map as part of a page: markup of the body, data included, and the script that wakes it."""

    html: Markup
    script: str


@cache
def environment() -> Environment:
    """Return the jinja2 environment of this room: everything is escaped unless it is `Markup`."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals["t"] = words.text
    return made


def render(template: str, **values: Any) -> Markup:
    """Render a template of this room."""
    return Markup(environment().get_template(template).render(**values))


@cache
def leaflet() -> Library:
    """Return Leaflet from the package XStatic-Leaflet, with every outside reference taken out."""
    from xstatic.pkg import leaflet as package

    folder = Path(package.BASE_DIR)
    script = (folder / "leaflet.js").read_text(encoding="utf-8")
    script = re.sub(r"\n?//# sourceMappingURL=\S*\s*$", "", script)
    style = (folder / "leaflet.css").read_text(encoding="utf-8")
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.S)
    style = re.sub(r"[\w-]+\s*:[^;{}]*url\([^)]*\)[^;}]*;?", "", style)
    return Library(package.VERSION, script.strip(), _compact_css(style))


class MapLibrary(NamedTuple):
    """Leaflet and the scripts of the maps: as they run, with the style that they put in, and as a page carries them."""

    script: str
    style: str
    packed: str


@cache
def map_library() -> MapLibrary:
    """Return what wakes the maps of a page, made once per process: it is the same on every page."""
    style = leaflet().style + asset("map.css")
    parts = "\n".join(asset(f"map/{name}.js") for name in _MAP_SCRIPTS)
    script = f'{leaflet().script}\n(function () {{\n"use strict";\nconst STYLE = {json.dumps(style)};\n{parts}\n}})();'
    return MapLibrary(script, style, packed(script))


def library_block() -> Markup:
    """Return the element that carries `map_library`; ``map/wake.js`` opens it."""
    return Markup('<script type="text/plain" id="kkbgeo-library">{}</script>').format(map_library().packed)


def packed(text: str) -> str:
    """Return `text` deflated, in letters that any page may carry; the same text gives the same letters.

    Examples
    --------
    >>> unpacked(packed("Desa Pudak"))
    'Desa Pudak'
    """
    # A lone surrogate from a broken spreadsheet must not stop the page.
    small = zlib.compress(text.encode("utf-8", "replace"), 9)
    return base64.b85encode(small).decode("ascii").translate(_PLAIN_LETTERS)


def unpacked(letters: str) -> str:
    """Read back what `packed` wrote, as a browser does."""
    return zlib.decompress(base64.b85decode(letters.translate(_OWN_LETTERS))).decode("utf-8")


@cache
def asset(name: str) -> str:
    """Return a style or script of this room, without comments and indents."""
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    if name.endswith(".css"):
        return _compact_css(re.sub(r"/\*.*?\*/", "", text, flags=re.S))
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def _compact_css(text: str) -> str:
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s*([{};,])\s*", r"\1", text)
    text = re.sub(r":\s+", ":", text)
    return re.sub(r"[^{}]+\{\}", "", text).replace(";}", "}").strip()


def script_json(value: Any) -> Markup:
    r"""Return `value` as JSON that is plain data wherever it is put into a page.

    Examples
    --------
    >>> str(script_json(["</script>", "${x}"]))
    '["\\u003c/script\\u003e","\\u0024{x}"]'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.translate(_ESCAPES))


def document(
    *,
    title: str,
    language: str,
    body: Markup,
    scripts: Sequence[str] = (),
    with_leaflet: bool = False,
    body_class: str = "",
    extra_style: str = "",
    other_title: str = "",
) -> str:
    """Frame `body` as one complete HTML file under a policy that forbids every request.

    The Content-Security-Policy names this file's own style and script by their hash: nothing else
    runs, whatever text the data carry. The library of the maps travels compressed and is put in by script, and its
    style with it; their hashes stand in the policy too.

    Parameters
    ----------
    title : str
        Title of the window; escaped.
    language : {"id", "en"}
        Language of the page.
    body : Markup
        Escaped body; a plain str is escaped.
    scripts : sequence of str
        Scripts of this room (never data), run in order at the end of the page.
    with_leaflet : bool
        Whether to carry Leaflet and the scripts of the maps.
    body_class, extra_style : str
        Class of ``<body>`` and style rules added to those of this room.
    other_title : str
        Title of the window in the other language, for a page that has two.
    """
    style = asset("page.css") + _compact_css(extra_style)
    parts, allowed, dressed = list(scripts), [], []
    if with_leaflet:
        body = escape(body) + library_block()
        parts = [asset("map/wake.js"), *parts]
        allowed, dressed = [_hash(map_library().script)], [_hash(map_library().style)]
    script = "\n".join(parts)
    if re.search(r"</script|<!--", script, flags=re.I) or re.search(r"</style", style, flags=re.I):
        raise KkbgeoError("A script or style of this page would end its own block.")
    policy = "; ".join(
        [
            "default-src 'none'",
            "img-src data:",
            f"style-src {' '.join([_hash(style), *dressed])}",
            f"script-src {' '.join([_hash(script), *allowed])}" if script else "script-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    # Plain text, not Markup: whoever puts this file into another page must escape it.
    return (
        environment()
        .get_template("document.html.j2")
        .render(
            title=title,
            language=language,
            other_title=other_title,
            second=words.other_language(language),
            body=body,
            body_class=body_class,
            policy=policy,
            style=Markup(style),
            script=Markup(script),
        )
    )


def _hash(text: str) -> str:
    digest = base64.b64encode(bytes.fromhex(sha256(text.encode("utf-8")))).decode("ascii")
    return f"'sha256-{digest}'"
