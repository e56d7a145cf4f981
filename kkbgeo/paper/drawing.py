"""A layer of a map drawn on a picture or a PDF page: areas, names, scale bar, north, locator."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from kkbgeo import language as words
from kkbgeo.maps import theme
from kkbgeo.paper import labels, letters
from kkbgeo.paper.labels import Box
from kkbgeo.paper.surfaces import Outline, Surface

if TYPE_CHECKING:
    from kkbgeo.maps.drawn import Layer, LegendEntry
    from kkbgeo.maps.interactive import AreaMap

ACCENT, QUIET, MARK = "#0b5d57", "#56626d", "#b3440e"
KM_PER_DEGREE = 111.195  # of a great circle of the mean Earth (6,371.0 km)
_DETAIL = 0.3  # points: what is smaller is left out
_DOT = 1.3  # points: an area smaller than this is drawn as a dot of that size
_REPORTED = 2.0  # importance of an area with a figure
_TIED = 60  # areas up to which a name may stand beside its area
_MARGIN = 5.0
_NUMBER = re.compile(r"[MlhvzL]|-?\d+(?:\.\d+)?")
_ELEMENT = re.compile(r"<(path|circle)\b([^>]*)>")
_GIVEN = re.compile(r'([\w-]+)="([^"]*)"')


def tall_for(area_map: AreaMap, wide: float) -> float:
    """Return how high the box of a map is when its areas fill `wide` points from side to side."""
    west, south, east, north = (float(one) for one in area_map.areas.total_bounds)
    across = max((east - west) * math.cos(math.radians((south + north) / 2)), 1e-9)
    return (north - south) / across * (wide - 2 * _MARGIN) + 2 * _MARGIN


@dataclass(frozen=True)
class View:
    """Areas of a map fitted into a box of a sheet; true shape at the middle latitude."""

    area_map: AreaMap
    box: Box

    @cached_property
    def _fit(self) -> tuple[float, float, float, float]:
        west, south, east, north = (float(one) for one in self.area_map.areas.total_bounds)
        squeeze = math.cos(math.radians((south + north) / 2))
        room = (self.box.right - self.box.left - 2 * _MARGIN, self.box.top - self.box.low - 2 * _MARGIN)
        spans = (max((east - west) * squeeze, 1e-9), max(north - south, 1e-9))
        scale = min(room[0] / spans[0], room[1] / spans[1])
        x = (self.box.left + self.box.right) / 2 - (west + east) / 2 * squeeze * scale
        y = (self.box.low + self.box.top) / 2 - (south + north) / 2 * scale
        return squeeze * scale, scale, x, y

    @property
    def points_per_km(self) -> float:
        """Points on paper for a kilometre, at the middle latitude of the map."""
        return self._fit[1] / KM_PER_DEGREE

    def at(self, lonlat: np.ndarray) -> np.ndarray:
        """Return points on the sheet."""
        across, up, x, y = self._fit
        return np.asarray(lonlat, float) * (across, up) + (x, y)

    @cached_property
    def shapes(self) -> np.ndarray:
        """The areas in points, as simple as can be seen, outer rings one way and holes the other."""
        import shapely

        placed = shapely.transform(self.area_map.areas.geometry.to_numpy(), self.at)
        try:
            simple = shapely.coverage_simplify(placed, _DETAIL)
        except shapely.errors.GEOSException:
            simple = shapely.simplify(placed, _DETAIL)
        simple = np.where(shapely.is_empty(simple), placed, simple)
        return shapely.orient_polygons(simple)

    def outline(self, shapes: np.ndarray) -> Outline:
        """Return areas as one outline."""
        import shapely

        rings = shapely.get_rings(shapely.get_parts(shapes))
        points, of = shapely.get_coordinates(rings, return_index=True)
        return Outline.of_rings(points, np.flatnonzero(np.diff(of, prepend=-1)))


def paint(surface: Surface, outline: Outline, entry: LegendEntry) -> None:
    """Give an outline the look of a legend entry: its colour, or its pattern on its paper."""
    surface.area(outline, entry.colour if entry.look == "fill" else entry.paper)
    if entry.look != "fill":
        surface.pattern(outline, entry.look, entry.colour)


def draw_areas(surface: Surface, view: View, shown: Layer) -> None:
    """Draw the areas of a layer in their looks, the borders, and the points of the map."""
    import shapely

    box = view.box
    frame = Outline.box(box.left, box.low, box.right - box.left, box.top - box.low)
    surface.area(frame, theme.GROUND)
    surface.clip((box.left, box.low, box.right - box.left, box.top - box.low))
    entry_of = np.array([shown.cells[code].entry for code in view.area_map.areas.index])
    bounds = shapely.bounds(view.shapes)
    tiny = np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]) < _DOT
    crowded = len(entry_of) > 1500
    for number, entry in enumerate(shown.entries):
        mine = view.shapes[(entry_of == number) & ~tiny]
        if len(mine):
            paint(surface, view.outline(mine), entry)
    drawn = view.outline(view.shapes[~tiny])
    if len(drawn.codes):
        surface.area(drawn, line=theme.BORDER, width=0.2 if crowded else 0.4)
    for at in np.flatnonzero(tiny):
        x, y = (bounds[at, :2] + bounds[at, 2:]) / 2
        entry = shown.entries[entry_of[at]]
        dot = Outline.box(x - _DOT / 2, y - _DOT / 2, _DOT, _DOT)
        surface.area(dot, entry.colour if entry.look == "fill" else entry.paper, theme.BORDER, 0.3)
    _draw_borders(surface, view)
    for one in view.area_map.markers:
        x, y = view.at(np.array([[one.lon, one.lat]]))[0]
        surface.area(Outline.circle(x, y, 2.2), MARK, "#ffffff", 0.8)
    surface.clip(None)
    surface.area(frame, line="#c3c9cd", width=0.5)


def _draw_borders(surface: Surface, view: View) -> None:
    """Draw what parts groups of areas (districts, provinces) and further outlines, heavier."""
    import shapely

    parents = [view.area_map.parents[code] for code in view.area_map.areas.index]
    groups = sorted(set(parents) - {""})
    if 1 < len(groups) < len(parents):
        of = np.array(parents)
        joined = [_joined(view.shapes[of == one], shapely) for one in groups]
        surface.area(view.outline(np.array(joined)), line=theme.INK, width=0.7)
    outline = view.area_map.levels[0].outline
    if outline is not None:
        placed = shapely.transform(outline.geometry.to_numpy(), view.at)
        surface.area(view.outline(shapely.simplify(placed, _DETAIL)), line=theme.INK, width=0.8)


def _joined(shapes: np.ndarray, shapely):
    try:
        return shapely.coverage_union_all(shapes)
    except shapely.errors.GEOSException:
        return shapely.union_all(shapely.make_valid(shapes))


def draw_names(surface: Surface, view: View, shown: Layer, *, size: float = 6.5, taken: tuple[Box, ...] = ()):
    """Write the names that find room, areas with a figure first, then the large ones; return where they stand."""
    import shapely

    areas = view.area_map.areas
    parts, of = shapely.get_parts(view.shapes, return_index=True)
    by_size = np.lexsort((-shapely.area(parts), of))
    largest = parts[by_size[np.flatnonzero(np.diff(of[by_size], prepend=-1))]]
    points = shapely.centroid(largest)
    points = np.where(shapely.contains(largest, points), points, shapely.point_on_surface(largest))
    size_of = shapely.area(largest)
    most = float(size_of.max()) or 1.0
    shapely.prepare(largest)
    wishes = [
        labels.Wish(
            str(name), float(x), float(y),
            _rank(shown.entries[shown.cells[code].entry]) + float(area) / most, shape,
        )
        for code, name, x, y, area, shape in zip(
            areas.index, areas["name"], shapely.get_x(points), shapely.get_y(points), size_of, largest, strict=True
        )
    ]  # fmt: skip
    inner = Box(view.box.left + 2, view.box.low + 2, view.box.right - 2, view.box.top - 2)
    tied = len(wishes) <= _TIED
    reported = sum(one.weight >= _REPORTED for one in wishes)
    land = _joined(view.shapes, shapely) if tied else None
    placed = labels.place(wishes, inner, size, taken=taken, tied=tied, land=land,
                          tied_from=_REPORTED if not tied and reported <= _TIED / 2 else math.inf)  # fmt: skip
    for one in placed:
        if one.tie:
            surface.area(Outline.lines(one.tie), line=theme.INK, width=0.4)
            surface.area(Outline.circle(*one.tie[0], 0.9), theme.INK)
    lines = [(one.x, one.y - at * labels.LEADING * size, line) for one in placed for at, line in enumerate(one.lines)]
    surface.names(lines, size, theme.INK)
    return placed


def _rank(entry: LegendEntry) -> float:
    return {"not_reported": 0.0, "suppressed": 1.0, "zero": 1.0}.get(entry.key, _REPORTED)


# --- what stands beside the areas --------------------------------------------------------------------------------


def bar_km(points_per_km: float, most: float) -> float:
    """Return the length of a scale bar: 1, 2 or 5 times a power of ten kilometres, not longer than `most` points.

    Examples
    --------
    >>> bar_km(2.0, 60), bar_km(0.03, 60)
    (20.0, 2000.0)
    """
    longest = most / points_per_km
    power = 10.0 ** math.floor(math.log10(longest))
    return max(step * power for step in (1, 2, 5) if step * power <= longest * 1.0000001)


def scale_and_north(surface: Surface, view: View, language: str) -> tuple[Box, Box]:
    """Draw scale bar and north arrow in the lower left corner of the map; return what they cover."""
    km = bar_km(view.points_per_km, min(80.0, (view.box.right - view.box.left) * 0.25))
    x, y, long = view.box.left + 7, view.box.low + 7, km * view.points_per_km
    value = words.number(km, language, 0 if km >= 1 else 1)
    told = words.text("brief.kilometres", language, value=value)
    bar = Outline.lines([(x, y + 3), (x, y), (x + long, y), (x + long, y + 3)])
    surface.area(bar, line="#ffffff", width=2.6)
    surface.area(bar, line=theme.INK, width=0.9)
    surface.text(x + long / 2, y + 4.5, told, 6.5, align="centre", halo=1.1)
    covered = Box(x - 2, y - 2, x + max(long, letters.width(told, 6.5)) + 2, y + 12)
    top = view.box.top - 6
    at = view.box.right - 11
    arrow = [(at, top), (at + 4, top - 11), (at, top - 8.5), (at - 4, top - 11), (at, top)]
    surface.area(Outline.lines(arrow, closed=True), theme.INK, "#ffffff", 0.8)
    surface.text(at, top - 18.5, words.text("brief.north", language), 7, weight="bold", align="centre", halo=1.1)
    return covered, Box(at - 6, top - 20, at + 6, top)


def mark_simulated(surface: Surface, box: Box, language: str) -> None:
    """Write across a map that its figures are made up."""
    mark = words.text("maps.simulated.mark", language)
    wide, high = box.right - box.left, box.top - box.low
    angle = math.degrees(math.atan2(high, wide)) * 0.8
    size = 0.8 * min(math.hypot(wide, high), 1.6 * wide) / max(letters.width(mark, 1, "bold"), 1e-9) * 0.85
    size = min(size, high * 0.45)
    half = letters.width(mark, size, "bold") / 2
    turn = math.radians(angle)
    x = (box.left + box.right) / 2 - half * math.cos(turn) + 0.35 * size * math.sin(turn)
    y = (box.low + box.top) / 2 - half * math.sin(turn) - 0.35 * size * math.cos(turn)
    surface.text(x, y, mark, size, weight="bold", colour=MARK, angle=angle, alpha=0.22)


def draw_locator(surface: Surface, picture: str, box: Box) -> None:
    """Draw the picture that `kkbgeo.maps.locator_svg` made, fitted into a box."""
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', picture)
    if not found:
        return
    wide, high = float(found[1]), float(found[2])
    scale = min((box.right - box.left) / wide, (box.top - box.low) / high)
    left = (box.left + box.right - wide * scale) / 2
    top = (box.low + box.top + high * scale) / 2
    for kind, told in _ELEMENT.findall(picture):
        given = dict(_GIVEN.findall(told))
        if kind == "path":
            outline = _path_of(given["d"])
        else:
            outline = Outline.circle(float(given["cx"]), float(given["cy"]), float(given["r"]))
        placed = Outline(outline.vertices * (scale, -scale) + (left, top), outline.codes)
        fill, line = (given.get(one, "") if given.get(one) != "none" else "" for one in ("fill", "stroke"))
        surface.area(placed, fill, line, float(given.get("stroke-width", 0)) * scale)


def _path_of(told: str) -> Outline:
    """Read path data as `kkbgeo.maps.thumbnail` writes it: relative lines in whole numbers."""
    points: list[tuple[float, float]] = []
    starts: list[int] = []
    how, held = "", []
    for token in _NUMBER.findall(told):
        if token.isalpha():
            how, held = token, []
            if token == "z":
                points.append(points[starts[-1]])
            continue
        held.append(float(token))
        x, y = points[-1] if points else (0.0, 0.0)
        if how in "hv":
            points.append((x + held[0], y) if how == "h" else (x, y + held[0]))
            held = []
        elif len(held) == 2:
            if how == "M":
                starts.append(len(points))
                points.append((held[0], held[1]))
            else:
                points.append((x + held[0], y + held[1]) if how == "l" else (held[0], held[1]))
            held = []
    return Outline.of_rings(np.array(points), np.array(starts))
