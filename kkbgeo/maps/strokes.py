"""Strokes of the charts: axes with round ticks, lines, marks, boxes and text, as pieces of SVG."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from kkbgeo import language as words
from kkbgeo.maps import theme
from kkbgeo.maps.thumbnail import safe_svg

GREY, ACCENT, ALARM, CROSS = "#8a949d", "#0b5d57", "#7a2d06", "#c2571a"
LETTER = 6.3  # about the width of a letter of 12 pixels


@dataclass(frozen=True)
class Axis:
    """From figures to pixels, with round ticks."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return where a figure lies, in pixels."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    @property
    def step(self) -> float:
        """The distance of two ticks, as a figure."""
        return _round_step(self.high - self.low)

    def ticks(self) -> list[float]:
        """Return the figures of the ticks."""
        first, last = math.ceil(self.low / self.step - 1e-9), math.floor(self.high / self.step + 1e-9)
        return [number * self.step for number in range(first, last + 1)]

    def said(self, value: float, language: str) -> str:
        """Return a tick as written, with as many decimals as its step needs."""
        return words.number(value + 0.0, language, max(0, -math.floor(math.log10(self.step) + 1e-9)))


def _round_step(span: float) -> float:
    raw = span / 5
    power = 10.0 ** math.floor(math.log10(raw))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= raw - 1e-12)


def axis(values: Collection[float], start: float, end: float, *, zero: bool = False) -> Axis:
    """Return an axis that holds all figures, from a round one to a round one; with `zero` it begins there."""
    known = [float(one) for one in values if math.isfinite(one)]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    low = min(low, 0.0) if zero else low
    if high - low <= 1e-9 * max(1.0, abs(high)):
        low, high = low - 0.5 * (not zero), high + 0.5
    step = _round_step(high - low)
    return Axis(math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, start, end)


def across(x: Axis, top: float, bottom: float, language: str, head: str = "") -> str:
    """Draw the ticks of an axis, below and, where it has a heading, above as well: nobody scrolls to find the scale."""
    parts = [text(x.start, top - 24, head, "start", bold=True)] if head else []
    for tick in x.ticks():
        here, said = x.at(tick), x.said(tick, language)
        parts.append(line(here, top, here, bottom, "#e1e5e8", 1))
        parts += [text(here, y, said, "middle") for y in ([top - 6] if head else []) + [bottom + 16]]
    return "".join(parts)


def mark(x: float, y: float, look: str, title: str, size: float = 4) -> str:
    """Draw a point: ``dot``, ``hollow`` or ``square``."""
    told = f"<title>{escape(title)}</title>" if title else ""
    if look == "square":
        where = f'x="{x - size:.1f}" y="{y - size:.1f}" width="{2 * size:g}" height="{2 * size:g}"'
        return f'<rect {where} fill="{ALARM}">{told}</rect>'
    fill, width = ("#ffffff", 1.4) if look == "hollow" else (ACCENT, 1)
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:g}" fill="{fill}" stroke="{ACCENT}" stroke-width="{width:g}">'
        f"{told}</circle>"
    )


def line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float, dash: str = "") -> str:
    """Draw a straight line."""
    return polyline([(x1, y1), (x2, y2)], colour, width, dash)


def polyline(points: Sequence[tuple[float, float]], colour: str, width: float, dash: str = "") -> str:
    """Draw a line through points."""
    data = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{data}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashed}/>'


def text(x: float, y: float, said: str, anchor: str, *, bold: bool = False, size: int = 12) -> str:
    """Write a line of text; `anchor` is ``start``, ``middle`` or ``end``."""
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"{weight} fill="{theme.INK}">'
        f"{escape(said)}</text>"
    )


def group(drawn: Sequence[str], **looks: str) -> str:
    """Return strokes that share looks, e.g. ``stroke_width="0.7"``: said once, the picture is half as large."""
    said = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in looks.items())
    return f"<g{said}>{''.join(drawn)}</g>"


def cut(said: str, letters: int) -> str:
    """Return text of so many letters at most."""
    return said if len(said) <= letters else said[: letters - 1].rstrip() + "…"


def svg(drawn: Sequence[str], size: tuple[int, float], title: str, *, tall: bool = False) -> Markup:
    """Return the whole picture, checked; a `tall` one is not scaled up to the width of a large screen."""
    width, height = size
    look = "kkb-chart kkb-rows" if tall else "kkb-chart"
    return safe_svg(
        f'<svg class="{look}" viewBox="0 0 {width} {height:g}" width="{width}" height="{height:g}" role="img" '
        f'aria-label="{escape(title)}">{"".join(drawn)}</svg>'
    )
