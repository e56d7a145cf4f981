"""Letters of pictures and PDF pages: which font has them, how wide they are, what their outlines are.

Source Sans Pro (SIL Open Font License, package ``font-source-sans-pro``) is narrow, so that names fit on a map; what it
lacks is taken from DejaVu Sans, which comes with matplotlib; what neither has is drawn as an empty box.
"""

from __future__ import annotations

import importlib
import io
import logging
import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from matplotlib.ft2font import FT2Font

BOX = "\N{WHITE SQUARE}"
ASCENT, DESCENT = 0.74, 0.22  # of the size: what a line of ordinary letters takes above and below its base
_FACES = {
    "regular": "SourceSansPro-Regular.ttf",
    "semibold": "SourceSansPro-Semibold.ttf",
    "bold": "SourceSansPro-Bold.ttf",
    "italic": "SourceSansPro-It.ttf",
}
_SPARE = {"regular": "DejaVuSans.ttf", "semibold": "DejaVuSans-Bold.ttf", "bold": "DejaVuSans-Bold.ttf",
          "italic": "DejaVuSans-Oblique.ttf"}  # fmt: skip
# Marks that steer writing and cannot be drawn; and what would end a line of a picture.
_STEERING = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")


class Glyph(NamedTuple):
    """One letter in thousandths of the size: advance, and its outline as vertices and path codes."""

    advance: float
    vertices: np.ndarray
    codes: np.ndarray


@cache
def font_path(face: str) -> Path:
    """Return the file of a face: ``regular``, or ``regular-spare`` for the font that stands in."""
    if face.endswith("-spare"):
        package, name = "matplotlib", f"mpl-data/fonts/ttf/{_SPARE[face.removesuffix('-spare')]}"
    else:
        package, name = "font_source_sans_pro", f"files/{_FACES[face]}"
    found = find_spec(package)
    assert found and found.submodule_search_locations, package
    return Path(found.submodule_search_locations[0], name)


@cache
def quiet_matplotlib() -> None:
    """Load matplotlib; that its folder for settings cannot be written is no news for who reads a page."""
    log = logging.getLogger("matplotlib")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        importlib.import_module("matplotlib.backends.backend_agg")
    finally:
        log.setLevel(level)


@cache
def _font(face: str) -> FT2Font:
    quiet_matplotlib()
    from matplotlib.ft2font import FT2Font

    # From memory: an open file would be shared by all processes forked from this one.
    font = FT2Font(io.BytesIO(font_path(face).read_bytes()))
    font.set_size(1000, 72)  # a thousandth of the size is then a pixel
    return font


@cache
def _face_of(letter: str, weight: str) -> str:
    """Return the face that has a letter, or "" if none has."""
    if ord(letter) > 0xFFFF:  # PDF readers would copy another letter
        return ""
    return next((face for face in (weight, f"{weight}-spare") if _font(face).get_char_index(ord(letter))), "")


@lru_cache(20_000)
def glyph(face: str, letter: str) -> Glyph:
    """Return a letter of a face."""
    from matplotlib.ft2font import LoadFlags

    font = _font(face)
    made = font.load_char(ord(letter), LoadFlags.NO_HINTING)
    vertices, codes = font.get_path()
    return Glyph(made.linearHoriAdvance / 65536, np.asarray(vertices, float), np.asarray(codes, np.uint8))


@lru_cache(20_000)
def clean(text: str) -> str:
    r"""Return `text` as one line that can be drawn: no control characters, no broken halves of letters.

    Examples
    --------
    >>> clean("Desa\tPudak\x00 \ud83d")
    'Desa Pudak'
    """
    if text.isascii() and text.isprintable():  # most are, and there are many
        return re.sub(" +", " ", text).strip(" ")
    kept = _STEERING.sub("", unicodedata.normalize("NFC", text))
    kept = "".join(" " if one.isspace() and one != "\xa0" else one for one in kept)
    kept = "".join(one for one in kept if unicodedata.category(one) not in {"Cc", "Cs", "Co", "Cn"})
    return re.sub(" +", " ", kept).strip(" ")


@lru_cache(20_000)
def runs(text: str, weight: str = "regular") -> tuple[tuple[str, str], ...]:
    """Cut `text` where its font changes; return (face, letters), empty boxes for what no font has."""
    found: list[tuple[str, str]] = []
    for letter in clean(text):
        face = _face_of(letter, weight)
        drawn, face = (letter, face) if face else (BOX, f"{weight}-spare")
        if found and found[-1][0] == face:
            found[-1] = (face, found[-1][1] + drawn)
        else:
            found.append((face, drawn))
    return tuple(found)


@lru_cache(20_000)
def _units(text: str, weight: str) -> float:
    return sum(glyph(face, letter).advance for face, letters in runs(text, weight) for letter in letters)


def width(text: str, size: float, weight: str = "regular") -> float:
    """Return how wide `text` is, in the unit of `size`.

    Examples
    --------
    >>> width("iii", 10) < width("WWW", 10) < width("WWW", 10, "bold")
    True
    """
    return _units(text, weight) * size / 1000


def wrap(text: str, size: float, room: float, weight: str = "regular", *, most: int = 0, end: str = "…") -> list[str]:
    """Break `text` into lines no wider than `room`; a word that is too long is cut.

    Parameters
    ----------
    text : str
        What to write.
    size, room : float
        Size of the letters, and width that a line may have.
    weight : str
        regular, semibold, bold or italic.
    most : int
        Lines that there may be, 0 for any number; the last one then ends with `end`.
    end : str
        What tells that there is more.

    Examples
    --------
    >>> wrap("Hulu Sungai Selatan", 10, 60)
    ['Hulu Sungai', 'Selatan']
    >>> wrap("Hulu Sungai Selatan", 10, 60, most=1)
    ['Hulu …']
    """
    lines, line, taken = [], "", 0.0
    space = width("a a", size, weight) - width("aa", size, weight)
    for whole in clean(text).split(" "):
        word, wide = whole, width(whole, size, weight)
        # Letters stand side by side, so widths add up: a line is not measured again with every word.
        if line and taken + space + wide <= room:
            line, taken = f"{line} {word}", taken + space + wide
            continue
        if line:
            lines.append(line)
        while wide > room and len(word) > 1:
            fits = next((at for at in range(len(word) - 1, 1, -1) if width(word[:at], size, weight) <= room), 1)
            lines.append(word[:fits])
            word = word[fits:]
            wide = width(word, size, weight)
        line, taken = word, wide
    if line:
        lines.append(line)
    if most and len(lines) > most:
        words = lines[most - 1]
        while words and width(f"{words} {end}", size, weight) > room:
            words = words.rpartition(" ")[0] if " " in words else words[:-1]
        lines = [*lines[: most - 1], f"{words} {end}".strip()]
    return lines


def as_many(count: int, written: Callable[[int], list[str]], most: int) -> list[str] | None:
    """Return the lines that name as many of `count` things as `most` lines hold; nothing where even none fits.

    Parameters
    ----------
    count : int
        Things that there are.
    written : callable
        Returns the lines that name the first so many, and tell of the rest.
    most : int
        Lines that there may be.

    Examples
    --------
    >>> as_many(9, lambda number: [str(one) for one in range(number)], 3)
    ['0', '1', '2']
    """
    lines = written(count)
    if len(lines) <= most:
        return lines
    # From few to many: hundreds do not fit.
    best = None
    for number in range(count):
        lines = written(number)
        if len(lines) > most:
            break
        best = lines
    return best
