"""What is drawn on: a picture (matplotlib's Agg) and a PDF page (reportlab), with the same few strokes.

Units are points from the lower left. Neither touches pyplot, a setting of matplotlib or its list of fonts.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple, Protocol

import numpy as np

from kkbgeo.maps import letters

_MOVE, _LINE, _QUADRATIC, _CUBIC, _CLOSE = 1, 2, 3, 4, 79
_FINE = 50  # drawing units of a PDF outline per point
HATCH, DOTS = 4.2, 4.6  # points between lines, between dots
HALO = 0.16  # of the size of a name
_COLOURS = 216  # that the quantiser gives; the rest is for those that it took for one


class Outline(NamedTuple):
    """Rings and lines as one path: vertices (n, 2) and codes as matplotlib numbers them."""

    vertices: np.ndarray
    codes: np.ndarray

    @classmethod
    def of_rings(cls, rings: np.ndarray, starts: np.ndarray, *, closed: bool = True) -> Outline:
        """Return lines given end to end, each beginning at one of `starts`."""
        codes = np.full(len(rings), _LINE, np.uint8)
        codes[starts] = _MOVE
        if closed and len(rings):
            codes[np.append(starts[1:], len(rings)) - 1] = _CLOSE
        return cls(np.asarray(rings, float), codes)

    @classmethod
    def box(cls, x: float, y: float, wide: float, high: float) -> Outline:
        """Return a rectangle."""
        corners = [(x, y), (x + wide, y), (x + wide, y + high), (x, y + high), (x, y)]
        return cls.of_rings(np.array(corners), np.array([0]))

    @classmethod
    def lines(cls, *lines: Sequence[tuple[float, float]], closed: bool = False) -> Outline:
        """Return lines through points."""
        starts = np.cumsum([0, *[len(one) for one in lines[:-1]]])
        return cls.of_rings(np.concatenate([np.asarray(one, float) for one in lines]), starts, closed=closed)

    @classmethod
    def circle(cls, x: float, y: float, radius: float) -> Outline:
        """Return a circle, of four curves."""
        bend = 0.5523 * radius
        turns = [(radius, 0), (radius, bend), (bend, radius), (0, radius), (-bend, radius), (-radius, bend),
                 (-radius, 0), (-radius, -bend), (-bend, -radius), (0, -radius), (bend, -radius), (radius, -bend),
                 (radius, 0), (radius, 0)]  # fmt: skip
        return cls(np.array(turns) + np.array([x, y]), np.array([_MOVE, *[_CUBIC] * 12, _CLOSE], np.uint8))

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, bottom, right, top."""
        low, high = self.vertices.min(axis=0), self.vertices.max(axis=0)
        return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


class Surface(Protocol):
    """What a map needs of the thing it is drawn on."""

    def area(self, outline: Outline, fill: str = "", line: str = "", width: float = 0.5, alpha: float = 1.0) -> None:
        """Fill an outline, or draw it, or both."""

    def pattern(self, outline: Outline, look: str, colour: str) -> None:
        """Cover an outline with hatching or dots."""

    def text(
        self, x: float, y: float, words: str, size: float, *, weight: str = "regular", colour: str = "#1d2731",
        align: str = "left", halo: float = 0, angle: float = 0, alpha: float = 1.0,
    ) -> None:  # fmt: skip
        """Write a line of text; y is its base line."""

    def names(self, lines: Sequence[tuple[float, float, str]], size: float, colour: str) -> None:
        """Write lines of text (x of the middle, y of the base line, words) with a white halo, all halos below all."""

    def clip(self, box: tuple[float, float, float, float] | None) -> None:
        """Draw only inside a box (x, y, width, height) from now on; None ends that."""


def pattern_lines(outline: Outline, look: str) -> Outline:
    """Return the lines that hatch an outline, or the rows that its dots stand on; they reach beyond it."""
    left, low, right, top = outline.bounds
    if look == "hatch":
        # Fixed to the page, so that the lines of neighbours meet.
        first, last = np.floor((left - top) / HATCH), np.ceil((right - low) / HATCH)
        offsets = np.arange(first, last + 1) * HATCH
        return Outline.lines(*[((low + one, low), (top + one, top)) for one in offsets])
    rows = np.arange(np.floor(low / DOTS), np.ceil(top / DOTS) + 1)
    start = np.floor(left / DOTS) * DOTS
    shift = np.where(rows % 2 == 0, 0.0, DOTS / 2) - DOTS
    return Outline.lines(*[((start + s, row * DOTS), (right, row * DOTS)) for row, s in zip(rows, shift, strict=True)])


def _start_of(words: str, size: float, weight: str, align: str) -> float:
    return {"left": 0.0, "centre": -0.5, "right": -1.0}[align] * letters.width(words, size, weight)


# --- the picture -------------------------------------------------------------------------------------------------


class Picture:
    """A picture in memory, `wide` by `high` points at `dpi`, that becomes a PNG file."""

    def __init__(self, wide: float, high: float, dpi: float = 240, ground: str = "#ffffff") -> None:
        letters.quiet_matplotlib()
        from matplotlib.backends.backend_agg import RendererAgg
        from matplotlib.transforms import Affine2D

        self.scale = dpi / 72
        self._renderer = RendererAgg(round(wide * self.scale), round(high * self.scale), dpi)
        self._transform = Affine2D().scale(self.scale)
        self._box: tuple[float, float, float, float] | None = None
        self._colours: set[str] = set()
        self.area(Outline.box(0, 0, wide, high), ground)

    def clip(self, box: tuple[float, float, float, float] | None) -> None:
        """Draw only inside a box."""
        self._box = box

    def _pen(self, line: str, width: float, alpha: float = 1.0):
        from matplotlib.transforms import Bbox

        pen = self._renderer.new_gc()
        pen.set_antialiased(True)
        pen.set_snap(False)
        pen.set_alpha(alpha)
        pen.set_foreground(line or "#000000")
        pen.set_linewidth(width if line else 0)
        pen.set_joinstyle("round")
        pen.set_capstyle("round")
        pen.set_dashes(0, None)
        if self._box:
            x, y, wide, high = (one * self.scale for one in self._box)
            pen.set_clip_rectangle(Bbox.from_bounds(x, y, wide, high))
        return pen

    def _path(self, outline: Outline):
        from matplotlib.path import Path

        made = Path(outline.vertices, outline.codes)
        made.should_simplify = False
        return made

    def area(self, outline: Outline, fill: str = "", line: str = "", width: float = 0.5, alpha: float = 1.0) -> None:
        """Fill an outline, or draw it, or both."""
        if fill and alpha == 1:
            self._colours.add(fill)
        paint = (*(int(fill[at : at + 2], 16) / 255 for at in (1, 3, 5)), alpha) if fill else None
        self._renderer.draw_path(self._pen(line, width, alpha), self._path(outline), self._transform, paint)

    def pattern(self, outline: Outline, look: str, colour: str) -> None:
        """Cover an outline with hatching or dots."""
        from matplotlib.transforms import TransformedPath

        pen = self._pen(colour, 0.55 if look == "hatch" else 1.5)
        pen.set_clip_path(TransformedPath(self._path(outline), self._transform))
        if look == "dots":
            pen.set_dashes(0, [0.01, DOTS - 0.01])
        lines = pattern_lines(outline, look)
        self._renderer.draw_path(pen, self._path(lines), self._transform, None)

    def text(
        self, x: float, y: float, words: str, size: float, *, weight: str = "regular", colour: str = "#1d2731",
        align: str = "left", halo: float = 0, angle: float = 0, alpha: float = 1.0,
    ) -> None:  # fmt: skip
        """Write a line of text."""
        outline = _written(words, weight)
        if not len(outline.codes):
            return
        points = outline.vertices * (size / 1000) + (_start_of(words, size, weight, align), 0)
        turn = np.radians(angle)
        along, across = points[:, 0], points[:, 1]
        turned = (along * np.cos(turn) - across * np.sin(turn) + x, along * np.sin(turn) + across * np.cos(turn) + y)
        drawn = Outline(np.column_stack(turned), outline.codes)
        if halo:
            self.area(drawn, line="#ffffff", width=2 * halo)
        self.area(drawn, colour, alpha=alpha)

    def names(self, lines: Sequence[tuple[float, float, str]], size: float, colour: str) -> None:
        """Write lines of text, centred, with a halo: one path for all."""
        vertices, codes = [], []
        for x, y, words in lines:
            one = _written(words, "regular")
            vertices.append(one.vertices * (size / 1000) + (x + _start_of(words, size, "regular", "centre"), y))
            codes.append(one.codes)
        if codes:
            drawn = Outline(np.concatenate(vertices), np.concatenate(codes))
            self.area(drawn, line="#ffffff", width=2 * HALO * size)
            self.area(drawn, colour)

    def png(self) -> bytes:
        """Return the picture as a PNG file, in 256 colours, without a date or the name of a program."""
        from PIL import Image

        wide, high = (int(one) for one in self._renderer.get_canvas_width_height())
        buffer = self._renderer.buffer_rgba()
        image = Image.frombuffer("RGBA", (wide, high), buffer, "raw", "RGBA", 0, 1).convert("RGB")
        image = image.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        # The quantiser gives the mean of neighbours; what was filled with a colour shall have that very colour.
        table = np.array(image.getpalette() or [], int).reshape(-1, 3)
        taken, more, numbers = set(), [], None
        for colour in sorted(self._colours)[: 256 - _COLOURS]:
            exact = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
            nearest = int(np.abs(table - exact).max(axis=1).argmin())
            if nearest not in taken:
                taken.add(nearest)
                table[nearest] = exact
                continue
            numbers = np.array(image) if numbers is None else numbers
            pixels = np.frombuffer(buffer, np.uint32).reshape(high, wide)
            numbers[pixels == np.array([*exact, 255], np.uint8).view(np.uint32)[0]] = len(table) + len(more)
            more.append(exact)
        if numbers is not None:
            image = Image.fromarray(numbers, "P")
        image.putpalette([*table.ravel().tolist(), *[part for exact in more for part in exact]])
        file = io.BytesIO()
        image.save(file, "PNG", compress_level=4, dpi=(self.scale * 72, self.scale * 72))
        return file.getvalue()


@lru_cache(2000)
def _written(words: str, weight: str) -> Outline:
    """Return a line of text as one outline, in thousandths of its size."""
    at, vertices, codes = 0.0, [], []
    for face, part in letters.runs(words, weight):
        for letter in part:
            one = letters.glyph(face, letter)
            if len(one.codes):
                vertices.append(one.vertices + np.array([at, 0]))
                codes.append(one.codes)
            at += one.advance
    if not vertices:
        return Outline(np.empty((0, 2)), np.empty(0, np.uint8))
    return Outline(np.concatenate(vertices), np.concatenate(codes))


# --- the PDF page ------------------------------------------------------------------------------------------------


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
        dots = f"[0 {DOTS * _FINE:.0f}] 0 d" if look == "dots" else ""
        lines = _operators(pattern_lines(outline, look))
        width = 0.5 if look == "hatch" else 1.4
        self._canvas.addLiteral(f"q {_rgb(colour)} RG 1 J {_fine(width)}{_operators(outline)} W n {dots} {lines} S Q")

    def text(
        self, x: float, y: float, words: str, size: float, *, weight: str = "regular", colour: str = "#1d2731",
        align: str = "left", halo: float = 0, angle: float = 0, alpha: float = 1.0,
    ) -> None:  # fmt: skip
        """Write a line of text."""
        canvas, at = self._canvas, _start_of(words, size, weight, align)
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
            f"q {scale:.6f} 0 0 {scale:.6f} {x + _start_of(words, size, 'regular', 'centre'):.2f} {y:.2f} cm "
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
        if code == _LINE:
            if (x, y) != here:
                told.append(f"{x} {y} l")
        elif code == _MOVE:
            told.append(f"{x} {y} m")
        elif code == _CLOSE:
            told.append("h")
        elif code == _QUADRATIC:  # PDF has cubic curves only
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
