"""Static charts as small SVG pictures with real text: funnel, scatter, ranks with intervals, neighbours on a map.

Each function takes tables with figures ready to draw and returns one ``<svg role="img">`` as `markupsafe.Markup`, the
same bytes for the same input; text is escaped, and `kkbgeo.maps.thumbnail.safe_svg` has passed it. Points carry their
label and figures as ``<title>``. A chart shows nothing that a table beside it does not: ``Page.add_chart`` takes both.

======================================================  =======================================================
``funnel(points, limits, labels=…, x_label=…, …)``        shares by denominator within control limits
``scatter(x, y, labels=…, x_label=…, y_label=…, …)``      two figures per area, extremes labelled
``ranks(table, labels=…, x_label=…, …)``                  one row per area: point and interval
``network(areas, links, labels=…, title=…)``              areas and the lines between neighbours
======================================================  =======================================================

Looks differ in shape and lightness, never in hue alone. Widths are for a phone; wider screens scale them up.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup, escape

from kkbgeo import language as words
from kkbgeo.errors import ParameterError
from kkbgeo.maps import theme
from kkbgeo.maps.thumbnail import safe_svg

if TYPE_CHECKING:
    import geopandas as gpd

WIDTH, HEIGHT = 420, 330
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 34, 44  # room around the plot
_GREY, _ACCENT, _ALARM = "#8a949d", "#0b5d57", "#7a2d06"
_LETTER = 6.3  # about the width of a letter of 12 pixels


@dataclass(frozen=True)
class _Axis:
    """From figures to pixels, with round ticks."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    @property
    def step(self) -> float:
        return _round_step(self.high - self.low)

    def ticks(self) -> list[float]:
        first, last = math.ceil(self.low / self.step - 1e-9), math.floor(self.high / self.step + 1e-9)
        return [number * self.step for number in range(first, last + 1)]

    def said(self, value: float, language: str) -> str:
        return words.number(value + 0.0, language, max(0, -math.floor(math.log10(self.step) + 1e-9)))


def _round_step(span: float) -> float:
    raw = span / 5
    power = 10.0 ** math.floor(math.log10(raw))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= raw - 1e-12)


def _axis(values: Collection[float], start: float, end: float, *, zero: bool = False) -> _Axis:
    known = [float(one) for one in values if math.isfinite(one)]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    low = min(low, 0.0) if zero else low
    if high - low <= 1e-9 * max(1.0, abs(high)):
        low, high = low - 0.5 * (not zero), high + 0.5
    step = _round_step(high - low)
    return _Axis(math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, start, end)


def funnel(
    points: pd.DataFrame,
    limits: pd.DataFrame,
    *,
    labels: Mapping[str, str],
    x_label: str,
    y_label: str,
    title: str,
    language: str = "id",
) -> Markup:
    """Draw shares by their denominators with the control limits that each size allows.

    Parameters
    ----------
    points : DataFrame
        As `kkbgeo.measures.rates.funnel` returns it: index code; ``whole``, ``share`` (0 to 1), ``target``,
        ``verdict``. Areas not reported are left out.
    limits : DataFrame
        As `kkbgeo.measures.rates.funnel_limits` returns it: index the denominator, the limits from 0 to 1.
    labels : mapping
        Code -> name; those beyond the limits are written on the chart.
    x_label, y_label, title : str
        What the axes show; what the chart is called (its ``aria-label``).
    language : {"id", "en"}
        Language of the numbers.
    """
    known = points.dropna(subset=["share"]).sort_index()
    if known.empty:
        raise ParameterError("A funnel needs at least one share.")
    ends = [c for c in limits.columns if c.endswith(("_low", "_high"))]
    x = _axis([*limits.index, *known["whole"]], _LEFT, WIDTH - _RIGHT, zero=True)
    shares = [100 * one for one in [*known["share"], *limits[ends].to_numpy().ravel()]]
    y = _axis(shares, HEIGHT - _BOTTOM, _TOP, zero=True)
    drawn = [_frame(x, y, x_label, y_label, language)]
    middle = y.at(100 * float(known["target"].iloc[0]))
    drawn.append(_line(x.start, middle, x.end, middle, theme.INK, 1.2))
    for name in ends:
        line = [(x.at(size), y.at(100 * value)) for size, value in limits[name].items()]
        dash = "" if name.startswith("alarm") else "4 3"
        drawn.append(_polyline(line, _GREY, 1.2, dash))
    marks = []
    for code, row in known.iterrows():
        here = (x.at(row["whole"]), y.at(100 * row["share"]))
        said = f"{labels.get(code, code)}: {words.percent(words.number(100 * row['share'], language, 1), language)}"
        look = "hollow" if row["verdict"] == "within" else "square" if "very" in row["verdict"] else "dot"
        marks.append((*here, look, f"{said} ({words.number(row['whole'], language)})", str(labels.get(code, code))))
    return _with_marks(drawn, marks, {one[4] for one in marks if one[2] != "hollow"}, title)


def scatter(
    x: pd.Series,
    y: pd.Series,
    *,
    labels: Mapping[str, str],
    x_label: str,
    y_label: str,
    title: str,
    named: Collection[str] = (),
    strong: Collection[str] = (),
    x_line: float | None = None,
    y_line: float | None = None,
    decimals: tuple[int, int] = (1, 1),
    language: str = "id",
) -> Markup:
    """Draw two figures per area; areas without one of them are left out (say so beside the chart).

    Parameters
    ----------
    x, y : Series
        Figures by code, NaN not reported.
    labels : mapping
        Code -> name.
    x_label, y_label, title : str
        What the axes show, with unit; what the chart is called.
    named : collection of str
        Codes to write on the chart where there is room; by default as many as fit, the extremes first.
    strong : collection of str
        Codes drawn filled and dark; the rest is hollow.
    x_line, y_line : float, optional
        Dashed lines, e.g. medians or a target.
    decimals : (int, int)
        Decimals of x and y in the titles of points.
    language : {"id", "en"}
        Language of the numbers.
    """
    both = pd.DataFrame({"x": x, "y": y}).dropna().sort_index()
    if both.empty:
        raise ParameterError("A scatter needs at least one area with both figures.")
    across = _axis([*both["x"], *([] if x_line is None else [x_line])], _LEFT, WIDTH - _RIGHT)
    up = _axis([*both["y"], *([] if y_line is None else [y_line])], HEIGHT - _BOTTOM, _TOP)
    drawn = [_frame(across, up, x_label, y_label, language)]
    if x_line is not None:
        drawn.append(_line(across.at(x_line), up.start, across.at(x_line), up.end, _GREY, 1.2, "4 3"))
    if y_line is not None:
        drawn.append(_line(across.start, up.at(y_line), across.end, up.at(y_line), _GREY, 1.2, "4 3"))
    spread = ((both - both.mean()) / both.std(ddof=0).replace(0, 1)).abs().sum(axis=1).fillna(0)
    order = spread.sort_values(ascending=False, kind="stable").index
    marks = []
    for code in order:
        row, name = both.loc[code], str(labels.get(code, code))
        figures = "; ".join(
            words.number(row[one], language, places) for one, places in zip("xy", decimals, strict=True)
        )
        look = "dot" if code in strong else "hollow"
        marks.append((across.at(row["x"]), up.at(row["y"]), look, f"{name}: {figures}", name))
    wanted = {str(labels.get(code, code)) for code in (named or order)}
    return _with_marks(drawn, marks, wanted, title)


def ranks(
    table: pd.DataFrame,
    *,
    labels: Mapping[str, str],
    x_label: str,
    title: str,
    target: float | None = None,
    decimals: int = 1,
    language: str = "id",
) -> Markup:
    """Draw one row per area, in the order of the table: a point, and its interval as a line.

    Parameters
    ----------
    table : DataFrame
        Index code; ``value``, ``low``, ``high`` in the unit of the axis; rows without a value are left out. An optional
        column ``told_apart`` (bool) draws the point filled where true, hollow where the figure tells little.
    labels : mapping
        Code -> name, written beside each row.
    x_label, title : str
        What the axis shows, with unit; what the chart is called.
    target : float, optional
        A dashed line, e.g. the share of all or a target.
    decimals : int
        Decimals in the titles of points.
    language : {"id", "en"}
        Language of the numbers.
    """
    known = table.dropna(subset=["value"])
    if known.empty:
        raise ParameterError("A chart of ranks needs at least one figure.")
    names = [_cut(str(labels.get(code, code)), 24) for code in known.index]
    left = 10 + _LETTER * max(map(len, names))
    row, head = 18, 24
    height = head + row * len(known) + 36
    ends = [*known["value"], *known["low"].dropna(), *known["high"].dropna(), *([] if target is None else [target])]
    x = _axis(ends, left, WIDTH - 18, zero=min(ends) >= 0)
    bottom = head + row * len(known)
    drawn = [_across(x, head, bottom, language), _text(left, 14, x_label, "start", bold=True)]
    if target is not None:
        drawn.append(_line(x.at(target), head, x.at(target), bottom, theme.INK, 1.2, "4 3"))
    for place, (name, one) in enumerate(zip(names, known.itertuples(), strict=True)):
        y = head + row * place + row / 2
        low, high = one.low, one.high
        told_apart = getattr(one, "told_apart", True)
        sure = pd.notna(told_apart) and bool(told_apart)
        said = f"{labels.get(one.Index, one.Index)}: {words.number(one.value, language, decimals)}"
        if pd.notna(low) and pd.notna(high):
            said += f" ({words.number(low, language, decimals)}–{words.number(high, language, decimals)})"
            drawn.append(_line(x.at(low), y, x.at(high), y, _ACCENT, 2))
        drawn.append(_text(left - 6, y + 4, name, "end"))
        drawn.append(_mark(x.at(one.value), y, "dot" if sure else "hollow", said))
    return _svg(drawn, (WIDTH, height), title)


def network(
    areas: gpd.GeoDataFrame, links: gpd.GeoDataFrame, *, labels: Mapping[str, str], title: str, width: int = WIDTH
) -> Markup:
    """Draw areas and the lines between neighbours; an area without a neighbour has a square instead of a dot.

    Parameters
    ----------
    areas : GeoDataFrame
        Index code, EPSG:4326.
    links : GeoDataFrame
        As `kkbgeo.spatial.links` returns it.
    labels : mapping
        Code -> name, the title of each point.
    title : str
        What the picture shows.
    """
    import shapely

    west, south, east, north = areas.total_bounds
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = (width - 8) / ((east - west) * squeeze)
    height = round((north - south) * scale) + 8

    def at(x: float, y: float) -> tuple[float, float]:
        return 4 + (x - west) * squeeze * scale, 4 + (north - y) * scale

    areas = areas.sort_index()
    simple = shapely.coverage_simplify(areas.geometry.to_numpy(), 1.5 / scale)
    rings = shapely.get_rings(shapely.get_parts(simple))
    rings = rings[[ring.area > 0 for ring in shapely.polygons(rings)]]
    paths = "".join("M" + "L".join("{:.0f} {:.0f}".format(*at(*one)) for one in ring.coords) + "z" for ring in rings)
    drawn = [f'<path fill="#e9ecea" stroke="#aab2b8" stroke-width="0.6" stroke-linejoin="round" d="{paths}"/>']
    points = {code: at(one.x, one.y) for code, one in areas.geometry.representative_point().items()}
    linked = set()
    for a, b in zip(links["focal"], links["neighbour"], strict=True):
        if a in points and b in points:
            linked |= {a, b}
            drawn.append(_line(*points[a], *points[b], _ACCENT, 1.4))
    for code, (x, y) in points.items():
        drawn.append(_mark(x, y, "dot" if code in linked else "square", str(labels.get(code, code)), size=2.4))
    return _svg(drawn, (width, height), title)


# --- pieces -----------------------------------------------------------------------------------------------------------


class _Labels:
    """Boxes taken so far, so that no two names run into each other."""

    def __init__(self) -> None:
        self.taken: list[tuple[float, float, float, float]] = []

    def block(self, x: float, y: float) -> None:
        self.taken.append((x - 4, y - 4, x + 4, y + 4))

    def place(self, x: float, y: float, name: str) -> str:
        wide = 0.92 * _LETTER * len(name)
        for left, top in ((x + 6, y - 6), (x - 6 - wide, y - 6), (x - wide / 2, y - 18), (x - wide / 2, y + 6)):
            box = (left, top, left + wide, top + 12)
            inside = box[0] >= _LEFT + 1 and box[2] <= WIDTH - 2 and box[1] >= _TOP - 12 and box[3] <= HEIGHT - _BOTTOM
            if inside and not any(_overlap(box, other) for other in self.taken):
                self.taken.append(box)
                return _text(left, top + 10, name, "start", size=11)
        return ""


def _overlap(a: Sequence[float], b: Sequence[float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _with_marks(drawn: list[str], marks: list[tuple], wanted: set[str], title: str) -> Markup:
    placed = _Labels()
    for x, y, *_ in marks:
        placed.block(x, y)
    drawn += [_mark(x, y, look, said) for x, y, look, said, _ in marks]
    drawn += [placed.place(x, y, _cut(name, 22)) for x, y, _, _, name in marks if name in wanted]
    return _svg(drawn, (WIDTH, HEIGHT), title)


def _frame(x: _Axis, y: _Axis, x_label: str, y_label: str, language: str) -> str:
    parts = [_across(x, y.end, y.start, language)]
    for tick in y.ticks():
        here = y.at(tick)
        parts.append(_line(x.start, here, x.end, here, "#e1e5e8", 1))
        parts.append(_text(x.start - 5, here + 4, y.said(tick, language), "end"))
    parts.append(_line(x.start, y.start, x.end, y.start, theme.INK, 1))
    # Names of axes lie flat: nobody turns the head.
    parts.append(_text(4, 14, _cut(y_label, 62), "start", bold=True))
    parts.append(_text((x.start + x.end) / 2, HEIGHT - 8, _cut(x_label, 56), "middle", bold=True))
    return "".join(parts)


def _across(x: _Axis, top: float, bottom: float, language: str) -> str:
    parts = []
    for tick in x.ticks():
        here = x.at(tick)
        parts.append(_line(here, top, here, bottom, "#e1e5e8", 1))
        parts.append(_text(here, bottom + 16, x.said(tick, language), "middle"))
    return "".join(parts)


def _mark(x: float, y: float, look: str, title: str, size: float = 4) -> str:
    told = f"<title>{escape(title)}</title>"
    if look == "square":
        box = f'x="{x - size:.1f}" y="{y - size:.1f}" width="{2 * size:g}" height="{2 * size:g}"'
        return f'<rect {box} fill="{_ALARM}">{told}</rect>'
    fill, width = ("#ffffff", 1.4) if look == "hollow" else (_ACCENT, 1)
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:g}" fill="{fill}" stroke="{_ACCENT}" stroke-width="{width:g}">'
        f"{told}</circle>"
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float, dash: str = "") -> str:
    return _polyline([(x1, y1), (x2, y2)], colour, width, dash)


def _polyline(points: Sequence[tuple[float, float]], colour: str, width: float, dash: str = "") -> str:
    data = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{data}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashed}/>'


def _text(x: float, y: float, said: str, anchor: str, *, bold: bool = False, size: int = 12) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"{weight} fill="{theme.INK}">'
        f"{escape(said)}</text>"
    )


def _cut(said: str, letters: int) -> str:
    return said if len(said) <= letters else said[: letters - 1].rstrip() + "…"


def _svg(drawn: Sequence[str], size: tuple[int, int], title: str) -> Markup:
    width, height = size
    return safe_svg(
        f'<svg class="kkb-chart" viewBox="0 0 {width} {height:g}" width="{width}" height="{height:g}" role="img" '
        f'aria-label="{escape(title)}">{"".join(drawn)}</svg>'
    )
