"""Static charts as small SVG pictures with real text: scatter, bars of classes, two dates, steps, neighbours on a map.

Each function takes tables with figures ready to draw and returns one ``<svg role="img">`` as `markupsafe.Markup`, the
same bytes for the same input; text is escaped, and `kkbgeo.maps.thumbnail.safe_svg` has passed it. Marks carry their
label and figures as ``<title>``. A chart shows nothing that a table beside it does not: ``Page.add_chart`` takes both.

======================================================  =======================================================
``scatter(x, y, labels=…, x_label=…, y_label=…, …)``      two figures per area, extremes labelled
``bars(table, labels=…, parts=…, fills=…, …)``            one row per area: what a whole is made of
``dumbbells(table, labels=…, marks=…, …)``                one row per area: two dates, and a third mark
``steps(table, labels=…, title=…)``                       one strip per area: a count at a few dates
``network(areas, links, labels=…, title=…)``              areas and the lines between neighbours
======================================================  =======================================================

Looks differ in shape and lightness, never in hue alone. Widths are for a phone; wider screens scale them up.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from inspect import signature
from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup, escape

from kkbgeo import language as words
from kkbgeo.errors import ParameterError
from kkbgeo.language import Spoken
from kkbgeo.maps import strokes, theme

if TYPE_CHECKING:
    import geopandas as gpd

WIDTH, HEIGHT = 420, 330
PHONE, ROW = 358, 20  # room between the margins of a page on a phone: there a chart of rows is drawn pixel by pixel
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 34, 44  # room around the plot
_Sign = Callable[[float, float], str]
#: The marks of two dates and of a third figure, in a group that strokes and fills.
_SIGNS: tuple[_Sign, ...] = (
    lambda x, y: f'<circle cx="{x:.1f}" cy="{y:g}" r="4.6" fill="#ffffff"/>',
    lambda x, y: f'<circle cx="{x:.1f}" cy="{y:g}" r="3"/>',
    lambda x, y: f'<path stroke="{strokes.CROSS}" d="M{x - 4.5:.1f} {y - 4.5:g}l9 9m0-9l-9 9"/>',
)


def spoken(draw: Callable[..., Markup], *figures: object, **told: object) -> Spoken:
    """Return a chart in no language yet: `draw` is called with lazy texts in words, once for each language of a page.

    Parameters
    ----------
    draw : callable
        A function of this module, or one like it.
    *figures, **told
        What it is called with, its ``language`` apart.
    """
    return Spoken(_in_words, partial(draw, *figures), told)


def _in_words(draw: Callable[..., Markup], told: dict, language: str) -> Markup:
    speaks = "language" in signature(draw).parameters
    return draw(**told, **({"language": language} if speaks else {}))


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
    across = strokes.axis([*both["x"], *([] if x_line is None else [x_line])], _LEFT, WIDTH - _RIGHT)
    up = strokes.axis([*both["y"], *([] if y_line is None else [y_line])], HEIGHT - _BOTTOM, _TOP)
    drawn = [_frame(across, up, x_label, y_label, language)]
    if x_line is not None:
        drawn.append(strokes.line(across.at(x_line), up.start, across.at(x_line), up.end, strokes.GREY, 1.2, "4 3"))
    if y_line is not None:
        drawn.append(strokes.line(across.start, up.at(y_line), across.end, up.at(y_line), strokes.GREY, 1.2, "4 3"))
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


def bars(
    table: pd.DataFrame,
    *,
    labels: Mapping[str, str],
    parts: Mapping[str, str],
    fills: Sequence[str],
    ends: Mapping[str, str],
    x_label: str,
    end_label: str,
    title: str,
    bold: Collection[str] = (),
    language: str = "id",
) -> Markup:
    """Draw one bar per area, all of one length, parted as the area's whole is.

    Parameters
    ----------
    table : DataFrame
        Index code, in the order to draw; counts, a column per part. Areas without a part known, or with nothing to
        part, are left out.
    labels : mapping
        Code -> name, written beside each row.
    parts : mapping
        Column -> what it is called in the legend, in the order of the bar.
    fills : sequence of str
        A colour per part; every part has an outline, so that a pale one is seen.
    ends : mapping
        Code -> what stands at the end of its row, e.g. how many the whole is.
    x_label, end_label, title : str
        What the bar shows, with unit; what stands at its end; what the chart is called.
    bold : collection of str
        Codes that head a group, e.g. provinces.
    language : {"id", "en"}
        Language of the numbers.
    """
    known = table[list(parts)].dropna()
    known = known[known.sum(axis=1) > 0]
    told = [str(ends.get(code, "")) for code in known.index]
    swatches = [lambda x, y, fill=fill: _part(x - 7, y, 14, 11, fill) for fill in fills]
    rows = _rows(known.index, labels, told, zip(swatches, parts.values(), strict=True), end_label, bold)
    x = strokes.Axis(0, 100, rows.left, rows.right)
    drawn = []
    for code, y, end in zip(known.index, rows.middles, told, strict=True):
        shares, at, boxes = 100 * known.loc[code] / known.loc[code].sum(), 0.0, []
        for share, fill in zip(shares, fills, strict=True):
            boxes += [_part(x.at(at), y, x.at(at + share) - x.at(at), 13, fill)] if share else []
            at += share
        counts = ", ".join(f"{name} {words.number(known.at[code, name], language)}" for name in parts)
        drawn.append(_titled(f"{labels.get(code, code)}: {end}; {counts}", boxes))
    looks = {"stroke": theme.BORDER, "stroke_width": "0.7"}
    around = [strokes.across(x, rows.top, rows.bottom, language, x_label), *rows.drawn]
    drawn = [*around, strokes.group(rows.signs, **looks), strokes.group(drawn, **looks)]
    return strokes.svg(drawn, (PHONE, rows.bottom + 26), title, tall=True)


def dumbbells(
    table: pd.DataFrame,
    *,
    labels: Mapping[str, str],
    marks: Mapping[str, str],
    ends: Mapping[str, str],
    x_label: str,
    end_label: str,
    title: str,
    bold: Collection[str] = (),
    language: str = "id",
) -> Markup:
    """Draw one row per area: a hollow and a full mark with a line between them, and a cross that no line leads to.

    Parameters
    ----------
    table : DataFrame
        Index code, in the order to draw; the columns of `marks`, NaN where there is none. Areas without any are left
        out.
    labels : mapping
        Code -> name, written beside each row.
    marks : mapping
        Three columns -> what they are called in the legend: the hollow mark, the full one, the cross.
    ends, x_label, end_label, title, bold, language
        As for `bars`.
    """
    known = table[list(marks)].dropna(how="all")
    told = [str(ends.get(code, "")) for code in known.index]
    rows = _rows(known.index, labels, told, zip(_SIGNS, marks.values(), strict=True), end_label, bold)
    axis = strokes.axis(known.to_numpy().ravel(), rows.left + 6, rows.right - 6, zero=True)
    drawn = []
    for (code, row), y, end in zip(known.iterrows(), rows.middles, told, strict=True):
        at = [axis.at(value) for value in row]
        figures = [f"{sign} {words.number(value, language, 1)}" for sign, value in zip("○●×", row, strict=True)
                   if pd.notna(value)]  # fmt: skip
        link = [f'<path stroke="{strokes.GREY}" d="M{at[0]:.1f} {y:g}H{at[1]:.1f}"/>'] if row[:2].notna().all() else []
        # The full mark last: it leaves the arms of a cross to be seen.
        shapes = link + [_SIGNS[one](at[one], y) for one in (0, 2, 1) if pd.notna(at[one])]
        drawn.append(_titled("; ".join([f"{labels.get(code, code)}: {end}", *figures]), shapes))
    looks = {"fill": strokes.ACCENT, "stroke": strokes.ACCENT, "stroke_width": "1.5"}
    around = [strokes.across(axis, rows.top, rows.bottom, language, x_label), *rows.drawn]
    drawn = [*around, strokes.group(rows.signs, **looks), strokes.group(drawn, **looks)]
    return strokes.svg(drawn, (PHONE, rows.bottom + 26), title, tall=True)


def steps(table: pd.DataFrame, *, labels: Mapping[str, str], title: str, language: str = "id") -> Markup:
    """Draw one strip per area with a count at a few dates; it rises at the date at which more were counted.

    Parameters
    ----------
    table : DataFrame
        Index code, in the order to draw; a column per date (ISO, to the day), oldest first; all strips have one scale.
    labels : mapping
        Code -> name.
    title : str
        What the chart is called.
    language : {"id", "en"}
        Language of numbers and dates.
    """
    known = table.dropna(how="any")
    if known.empty or known.shape[1] < 2:
        raise ParameterError("Steps need at least one area counted at two dates.")
    dates = list(known.columns)
    left, right, high, head, strip = 40, PHONE - 40, 46, 18, 76
    days = strokes.Axis(*(pd.Timestamp(one).toordinal() for one in (dates[0], dates[-1])), left, right)
    at = [days.at(pd.Timestamp(one).toordinal()) for one in dates]
    bottom, drawn = strip * len(known), []
    for place, (code, counts) in enumerate(known.iterrows()):
        top = strip * place + head
        up = strokes.Axis(0, max(1.0, float(known.to_numpy().max())), top + high, top + 4)
        first, last = (words.number(counts.iloc[end], language) for end in (0, -1))
        drawn.append(strokes.text(2, top - 4, f"{labels.get(code, code)}: {first} → {last}", "start", bold=True))
        ticks = "".join(f"M{x:.1f} {top + 2}V{top + high}" for x in at)
        drawn.append(f'<path stroke="#dfe4e7" d="{ticks}"/>')
        drawn.append(strokes.line(left, top + high, right, top + high, theme.INK, 0.8))
        line = [(at[0], up.at(counts.iloc[0]))]
        for x, before, after in zip(at[1:], counts, counts.iloc[1:], strict=False):
            line += [(x, up.at(before)), (x, up.at(after))]
        drawn.append(strokes.polyline(line, strokes.ACCENT, 2.2))
        drawn.append(strokes.text(left - 5, up.at(counts.iloc[0]) + 4, first, "end"))
        drawn.append(strokes.text(right + 5, up.at(counts.iloc[-1]) + 4, last, "start"))
    drawn.append(strokes.text(left, bottom + 10, words.date(dates[0], language), "start"))
    drawn.append(strokes.text(right, bottom + 10, words.date(dates[-1], language), "end"))
    return strokes.svg(drawn, (PHONE, bottom + 18), title, tall=True)


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
            drawn.append(strokes.line(*points[a], *points[b], strokes.ACCENT, 1.4))
    for code, (x, y) in points.items():
        drawn.append(strokes.mark(x, y, "dot" if code in linked else "square", str(labels.get(code, code)), size=2.4))
    return strokes.svg(drawn, (width, height), title)


# --- pieces -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Rows:
    """Where the rows of a chart lie: room for the figures, and names, ends and legend around it."""

    left: float
    right: float
    top: float
    middles: list[float]
    drawn: list[str]
    signs: list[str]

    @property
    def bottom(self) -> float:
        return self.middles[-1] + ROW / 2


def _rows(
    codes: Sequence[str], labels: Mapping[str, str], ends: Sequence[str], legend: Iterable[tuple[_Sign, str]],
    end_label: str, bold: Collection[str],
) -> _Rows:  # fmt: skip
    """Lay out one row per area: its name before, its end behind, and the legend (what draws a sign, word) above all."""
    if not len(codes):
        raise ParameterError("A chart of rows needs at least one area with figures.")
    drawn, signs, x, y = [], [], 2.0, 14.0
    for sign, said in legend:
        wide = 24 + strokes.LETTER * len(said)
        x, y = (x, y) if x == 2 or x + wide <= PHONE else (2.0, y + 18)
        signs.append(sign(x + 7, y - 4))
        drawn.append(strokes.text(x + 18, y, said, "start"))
        x += wide + 6
    names = [strokes.cut(str(labels.get(code, code)), 22) for code in codes]
    # Names are cut off by the margin where a font is wide, so that they get more than a usual letter.
    left, right = (8 + 1.15 * strokes.LETTER * max(map(len, said)) for said in (names, ends))
    right = PHONE - right
    top = y + 42
    middles = [top + ROW * (place + 0.5) for place in range(len(names))]
    drawn.append(strokes.text(PHONE - 2, top - 24, end_label, "end", bold=True))
    said = []
    for code, name, end, middle in zip(codes, names, ends, middles, strict=True):
        weight = ' font-weight="600"' if code in bold else ""
        if code in bold:
            drawn.append(strokes.line(0, middle - ROW / 2, PHONE, middle - ROW / 2, strokes.GREY, 0.8))
        for x, one in ((left - 5, name), (PHONE - 2, end)):
            said.append(f'<text x="{x:.1f}" y="{middle + 4:g}"{weight}>{escape(one)}</text>')
    drawn.append(strokes.group(said, text_anchor="end", font_size="12", fill=theme.INK))
    return _Rows(left, right, top, middles, drawn, signs)


def _part(x: float, middle: float, width: float, height: float, fill: str) -> str:
    """Draw a part of a bar, in a group that strokes: so a pale one is seen."""
    return f'<path fill="{fill}" d="M{x:.1f} {middle - height / 2:g}h{width:.1f}v{height:g}h-{width:.1f}z"/>'


def _titled(said: str, shapes: Sequence[str]) -> str:
    return f"<g><title>{escape(said)}</title>{''.join(shapes)}</g>"


class _Labels:
    """Boxes taken so far, so that no two names run into each other."""

    def __init__(self) -> None:
        self.taken: list[tuple[float, float, float, float]] = []

    def block(self, x: float, y: float) -> None:
        self.taken.append((x - 4, y - 4, x + 4, y + 4))

    def place(self, x: float, y: float, name: str) -> str:
        wide = 0.92 * strokes.LETTER * len(name)
        for left, top in ((x + 6, y - 6), (x - 6 - wide, y - 6), (x - wide / 2, y - 18), (x - wide / 2, y + 6)):
            box = (left, top, left + wide, top + 12)
            inside = box[0] >= _LEFT + 1 and box[2] <= WIDTH - 2 and box[1] >= _TOP - 12 and box[3] <= HEIGHT - _BOTTOM
            if inside and not any(_overlap(box, other) for other in self.taken):
                self.taken.append(box)
                return strokes.text(left, top + 10, name, "start", size=11)
        return ""


def _overlap(a: Sequence[float], b: Sequence[float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _with_marks(drawn: list[str], marks: list[tuple], wanted: set[str], title: str) -> Markup:
    placed = _Labels()
    for x, y, *_ in marks:
        placed.block(x, y)
    drawn += [strokes.mark(x, y, look, said) for x, y, look, said, _ in marks]
    drawn += [placed.place(x, y, strokes.cut(name, 22)) for x, y, _, _, name in marks if name in wanted]
    return strokes.svg(drawn, (WIDTH, HEIGHT), title)


def _frame(x: strokes.Axis, y: strokes.Axis, x_label: str, y_label: str, language: str) -> str:
    parts = [strokes.across(x, y.end, y.start, language)]
    for tick in y.ticks():
        here = y.at(tick)
        parts.append(strokes.line(x.start, here, x.end, here, "#e1e5e8", 1))
        parts.append(strokes.text(x.start - 5, here + 4, y.said(tick, language), "end"))
    parts.append(strokes.line(x.start, y.start, x.end, y.start, theme.INK, 1))
    # Names of axes lie flat: nobody turns the head.
    parts.append(strokes.text(4, 14, strokes.cut(y_label, 62), "start", bold=True))
    parts.append(strokes.text((x.start + x.end) / 2, HEIGHT - 8, strokes.cut(x_label, 56), "middle", bold=True))
    return "".join(parts)
