"""A PDF page as a surface (reportlab): text that can be selected, fonts embedded, no date."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np

from kkbgeo.maps.theme import PATTERNS
from kkbgeo.paper import letters
from kkbgeo.paper.surfaces import (
    CLOSE,
    HALO,
    LINE,
    MOVE,
    QUADRATIC,
    Outline,
    pattern_lines,
    start_of,
)  # fmt: skip

_FINE = 50  # drawing units of a PDF outline per point


class Sheet:
    """One PDF page whose text can be selected; its fonts are embedded (TrueType) and it carries no date.

    Parameters
    ----------
    wide, high : float
        Size in points.
    title, subject, language : str
        What the file says of itself.
    """

    def __init__(self, wide: float, high: float, *, title: str, subject: str = "", language: str = "id") -> None:
        from reportlab.pdfgen.canvas import Canvas

        self._file = io.BytesIO()
        self._canvas = Canvas(
            self._file, pagesize=(wide, high), pageCompression=1, invariant=1, lang=language,
            initialFontName=_registered("regular"),
        )  # fmt: skip
        told = _undated()
        told.title, told.subject, told.author = letters.clean(title), letters.clean(subject), "kkbgeo"
        told.creator = told.producer = "kkbgeo"
        self._canvas._doc.info = told
        self._canvas.setViewerPreference("DisplayDocTitle", "true")
        self._clipped = False

    def clip(self, box: tuple[float, float, float, float] | None) -> None:
        """Draw only inside a box."""
        if self._clipped:
            self._canvas.restoreState()
        self._clipped = box is not None
        if box:
            self._canvas.saveState()
            x, y, wide, high = box
            self._canvas.addLiteral(f"{x:.2f} {y:.2f} {wide:.2f} {high:.2f} re W n")

    def area(self, outline: Outline, fill: str = "", line: str = "", width: float = 0.5, alpha: float = 1.0) -> None:
        """Fill an outline, or draw it, or both."""
        how = {(True, False): "f", (False, True): "S", (True, True): "B"}[bool(fill), bool(line)]
        self._canvas.saveState()
        if alpha < 1:
            self._canvas.setFillAlpha(alpha)
        colours = (f"{_rgb(fill)} rg " if fill else "") + (f"{_rgb(line)} RG 1 j 1 J " if line else "")
        self._canvas.addLiteral(f"{colours}{_fine(width)}{_operators(outline)} {how}")
        self._canvas.restoreState()

    def pattern(self, outline: Outline, look: str, colour: str) -> None:
        """Cover an outline with hatching or dots."""
        dots = f"[0 {PATTERNS[look].apart * _FINE:.0f}] 0 d" if look == "dots" else ""
        lines = _operators(pattern_lines(outline, look))
        self._canvas.addLiteral(
            f"q {_rgb(colour)} RG 1 J {_fine(PATTERNS[look].thick)}{_operators(outline)} W n {dots} {lines} S Q"
        )

    def text(
        self, x: float, y: float, words: str, size: float, *, weight: str = "regular", colour: str = "#1d2731",
        align: str = "left", halo: float = 0, angle: float = 0, alpha: float = 1.0,
    ) -> None:  # fmt: skip
        """Write a line of text."""
        canvas, at = self._canvas, start_of(words, size, weight, align)
        canvas.saveState()
        turn = np.radians(angle)
        along, across = float(np.cos(turn)), float(np.sin(turn))
        if halo:
            # Outlines, not letters: who selects the name gets it once.
            scale = size / 1000
            matrix = f"{along * scale:.6f} {across * scale:.6f} {-across * scale:.6f} {along * scale:.6f}"
            start = f"{x + at * along:.2f} {y + at * across:.2f}"
            canvas.addLiteral(
                f"q {matrix} {start} cm 1 1 1 RG 1 j {2 * halo / scale:.0f} w {_glyph_operators(words, weight)} Q"
            )
        canvas.setFillColor(_colour(colour), alpha=alpha if alpha < 1 else None)
        write = canvas.beginText()
        write.setTextTransform(along, across, -across, along, x + at * along, y + at * across)
        for face, part in letters.runs(words, weight):
            write.setFont(_registered(face), size)
            write.textOut(part)
        canvas.drawText(write)
        canvas.restoreState()

    def names(self, lines: Sequence[tuple[float, float, str]], size: float, colour: str) -> None:
        """Write lines of text, centred, with a halo of outlines: who selects a name gets it once."""
        scale = size / 1000
        told = [
            f"q {scale:.6f} 0 0 {scale:.6f} {x + start_of(words, size, 'regular', 'centre'):.2f} {y:.2f} cm "
            f"{_glyph_operators(words, 'regular')} Q"
            for x, y, words in lines
        ]
        self._canvas.addLiteral(f"q 1 1 1 RG 1 j {2000 * HALO:.0f} w {' '.join(told)} Q")
        for x, y, words in lines:
            self.text(x, y, words, size, colour=colour, align="centre")

    def pdf(self) -> bytes:
        """Return the page as a PDF file."""
        self.clip(None)
        from reportlab import rl_config

        self._canvas.showPage()
        before, rl_config.useA85 = rl_config.useA85, 0  # streams as text are a fourth larger, and slow
        try:
            self._canvas.save()
        finally:
            rl_config.useA85 = before
        return self._file.getvalue()


@cache
def _registered(face: str) -> str:
    """Make a face known to reportlab; return its name there."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    name = f"kkbgeo-{face}"
    pdfmetrics.registerFont(TTFont(name, str(letters.font_path(face))))
    return name


@cache
def _colour(colour: str):
    from reportlab.lib.colors import HexColor

    return HexColor(colour)


def _undated():
    """Return what a PDF tells of itself, without dates: the same page is the same file."""
    from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFInfo, PDFString

    class Undated(PDFInfo):
        def format(self, document) -> bytes:
            told = {"Title": self.title, "Subject": self.subject, "Author": self.author, "Creator": self.creator,
                    "Producer": self.producer}  # fmt: skip
            return PDFDictionary({name: PDFString(words) for name, words in told.items()}).format(document)

    return Undated()


@cache
def _rgb(colour: str) -> str:
    return " ".join(f"{int(colour[at : at + 2], 16) / 255:.3g}" for at in (1, 3, 5))


def _fine(width: float) -> str:
    """Return the operators that make `_FINE` units a point, so that coordinates are short whole numbers."""
    return f"{width * _FINE:.1f} w {1 / _FINE:g} 0 0 {1 / _FINE:g} 0 0 cm "


def _operators(outline: Outline) -> str:
    """Return an outline as PDF writes it."""
    whole = np.rint(outline.vertices * _FINE).astype(int).tolist()
    return _path_operators(whole, outline.codes.tolist())


def _path_operators(vertices: list, codes: list) -> str:
    told: list[str] = []
    at, end = 0, len(codes)
    here = (0, 0)
    while at < end:
        code, (x, y) = codes[at], vertices[at]
        if code == LINE:
            if (x, y) != here:
                told.append(f"{x} {y} l")
        elif code == MOVE:
            told.append(f"{x} {y} m")
        elif code == CLOSE:
            told.append("h")
        elif code == QUADRATIC:  # PDF has cubic curves only
            (x0, y0), (x1, y1), (x2, y2) = here, (x, y), vertices[at + 1]
            told.append(
                f"{(x0 + 2 * x1) / 3:.0f} {(y0 + 2 * y1) / 3:.0f} {(x2 + 2 * x1) / 3:.0f} {(y2 + 2 * y1) / 3:.0f} "
                f"{x2:.0f} {y2:.0f} c"
            )
            x, y = x2, y2
            at += 1
        else:
            (x1, y1), (x2, y2) = vertices[at + 1], vertices[at + 2]
            told.append(f"{x} {y} {x1} {y1} {x2} {y2} c")
            x, y = x2, y2
            at += 2
        here = (x, y)
        at += 1
    return " ".join(told)


@lru_cache(20_000)
def _glyph(face: str, letter: str) -> str:
    one = letters.glyph(face, letter)
    return _path_operators(np.rint(one.vertices).astype(int).tolist(), one.codes.tolist())


@lru_cache(4000)
def _glyph_operators(words: str, weight: str) -> str:
    """Return the outlines of a line of text, drawn, in thousandths of its size."""
    told = []
    for face, part in letters.runs(words, weight):
        for letter in part:
            told.append(f"{_glyph(face, letter)} S 1 0 0 1 {letters.glyph(face, letter).advance:.0f} 0 cm")
    return " ".join(told)
