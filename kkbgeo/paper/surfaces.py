"""What is drawn on: a picture (matplotlib's Agg) here and a PDF page in `kkbgeo.paper.sheet`, with the same strokes.

Units are points from the lower left. Neither touches pyplot, a setting of matplotlib or its list of fonts.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

import numpy as np

from kkbgeo.maps.theme import PATTERNS
from kkbgeo.paper import letters

MOVE, LINE, QUADRATIC, CUBIC, CLOSE = 1, 2, 3, 4, 79  # as matplotlib numbers the parts of a path
HALO = 0.16  # of the size of a name
_COLOURS = 216  # that the quantiser gives; the rest is for those that it took for one


class Outline(NamedTuple):
    """Rings and lines as one path: vertices (n, 2) and codes as matplotlib numbers them."""

    vertices: np.ndarray
    codes: np.ndarray

    @classmethod
    def of_rings(cls, rings: np.ndarray, starts: np.ndarray, *, closed: bool = True) -> Outline:
        """Return lines given end to end, each beginning at one of `starts`."""
        codes = np.full(len(rings), LINE, np.uint8)
        codes[starts] = MOVE
        if closed and len(rings):
            codes[np.append(starts[1:], len(rings)) - 1] = CLOSE
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
        return cls(np.array(turns) + np.array([x, y]), np.array([MOVE, *[CUBIC] * 12, CLOSE], np.uint8))

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
    (left, low, right, top), apart = outline.bounds, PATTERNS[look].apart
    if look == "hatch":
        # Fixed to the page, so that the lines of neighbours meet.
        first, last = np.floor((left - top) / apart), np.ceil((right - low) / apart)
        offsets = np.arange(first, last + 1) * apart
        return Outline.lines(*[((low + one, low), (top + one, top)) for one in offsets])
    rows = np.arange(np.floor(low / apart), np.ceil(top / apart) + 1)
    start = np.floor(left / apart) * apart
    shift = np.where(rows % 2 == 0, 0.0, apart / 2) - apart
    return Outline.lines(
        *[((start + s, row * apart), (right, row * apart)) for row, s in zip(rows, shift, strict=True)]
    )


def start_of(words: str, size: float, weight: str, align: str) -> float:
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
        self._cut = None
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

        pen = self._pen(colour, PATTERNS[look].thick)
        # Agg knows the mask it cut last by the address of the points: they must outlive the next ones, or those come to
        # stand at the same address, are cut with the old mask and stay blank.
        whole = Outline(np.array(outline.vertices, float, order="C"), outline.codes)
        self._cut = TransformedPath(self._path(whole), self._transform)
        pen.set_clip_path(self._cut)
        if look == "dots":
            pen.set_dashes(0, [0.01, PATTERNS[look].apart - 0.01])
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
        points = outline.vertices * (size / 1000) + (start_of(words, size, weight, align), 0)
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
            vertices.append(one.vertices * (size / 1000) + (x + start_of(words, size, "regular", "centre"), y))
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
