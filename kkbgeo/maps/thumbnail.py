"""Small static pictures as SVG text: thumbnails of the index, the locator of a page, the map without scripts."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np
from markupsafe import Markup, escape

from kkbgeo import language as words
from kkbgeo.errors import KkbgeoError
from kkbgeo.io import sha256
from kkbgeo.maps import theme
from kkbgeo.maps.legend import paint, pattern_id, pattern_svg

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from kkbgeo.maps.drawn import Layer

_LOCATOR = (112, 104)  # width and height in pixels
_GRID = 4  # drawing units per pixel: whole numbers stay short and look smooth
_LARGE = 300  # pixels: from this width on half a pixel is fine enough
_ELEMENTS = {"svg", "g", "path", "rect", "circle", "title", "defs", "pattern", "text", "use"}
_ATTRIBUTES = {
    "viewBox", "width", "height", "role", "aria-label", "aria-hidden", "class", "d", "fill", "fill-rule", "stroke",
    "stroke-width", "stroke-linejoin", "x", "y", "cx", "cy", "r", "id", "patternUnits",
    "focusable", "preserveAspectRatio", "text-anchor", "font-size", "font-weight", "stroke-dasharray", "href",
}  # fmt: skip


class _Frame:
    """Fits longitude and latitude into a picture: y down, true shape at the middle latitude."""

    def __init__(self, bounds: Sequence[float], size: tuple[int, int], margin: float = 3.0) -> None:
        west, south, east, north = (float(one) for one in bounds)
        large = size[0] > _LARGE
        self.grid = _GRID // 2 if large else _GRID
        self.detail = self.grid * (1.5 if large else 1)
        self.width, self.height = size[0] * self.grid, size[1] * self.grid
        self.squeeze = math.cos(math.radians((south + north) / 2))
        room = (self.width - 2 * margin * self.grid, self.height - 2 * margin * self.grid)
        spans = (max((east - west) * self.squeeze, 1e-9), max(north - south, 1e-9))
        self.scale = min(room[0] / spans[0], room[1] / spans[1])
        self.left = (self.width - spans[0] * self.scale) / 2 - west * self.squeeze * self.scale
        self.top = (self.height - spans[1] * self.scale) / 2 + north * self.scale

    @property
    def tolerance(self) -> float:
        """Detail, in degrees, that is too small to see."""
        return self.detail / self.scale

    @property
    def least(self) -> float:
        """The smallest area that is drawn in its own shape, in square degrees: two square pixels."""
        return 2 * (self.grid / self.scale) ** 2

    def points(self, ring: np.ndarray) -> np.ndarray:
        """Return drawing units, whole numbers, without points that fall together."""
        placed = np.column_stack(
            [ring[:, 0] * self.squeeze * self.scale + self.left, self.top - ring[:, 1] * self.scale]
        )
        whole = np.rint(placed).astype(int)
        new = np.ones(len(whole), dtype=bool)
        new[1:] = np.any(whole[1:] != whole[:-1], axis=1)
        return whole[new]

    def path(self, geometries: Collection[BaseGeometry]) -> str:
        """Return polygons as path data, relative and in whole numbers."""
        return "".join(self._one(geometry) for geometry in geometries)

    def _one(self, geometry: BaseGeometry) -> str:
        polygons = sorted(getattr(geometry, "geoms", [geometry]), key=lambda one: -one.area)
        drawn = []
        for polygon in polygons:
            if drawn and polygon.area < self.least:
                break
            for ring in [polygon.exterior, *polygon.interiors]:
                points = self.points(np.asarray(ring.coords)[:, :2])
                if len(points) >= 4:
                    drawn.append(_ring(points))
        if not drawn and polygons:
            # An area too small to draw is still an area: a dot keeps its place.
            x, y = self.points(np.asarray(polygons[0].exterior.coords)[:1, :2])[0]
            side = self.grid * 3 // 2
            drawn.append(f"M{x - side // 2} {y - side // 2}h{side}v{side}h-{side}z")
        return "".join(drawn)

    def borders(self, shapes: np.ndarray) -> str:
        """Return the borders of areas as path data, each once, though two areas share it."""
        import shapely

        merged = shapely.line_merge(shapely.union_all(shapely.boundary(shapes)))
        lines = (self.points(shapely.get_coordinates(one)) for one in shapely.get_parts(merged))
        return "".join(_moves(points) for points in lines if len(points) > 1)


def _ring(points: np.ndarray) -> str:
    return f"{_moves(points[:-1])}z"


def _moves(points: np.ndarray) -> str:
    steps = np.diff(points, axis=0)
    moves = "".join(f"{' ' if dx >= 0 else ''}{dx}{' ' if dy >= 0 else ''}{dy}" for dx, dy in steps.tolist())
    return f"M{points[0][0]} {points[0][1]}l{moves.lstrip()}"


def thumbnail_svg(
    areas: gpd.GeoDataFrame, layer: Layer, size: tuple[int, int] = (160, 120), *, language: str = "id", css: str = ""
) -> Markup:
    """Draw a layer as a small static picture.

    Parameters
    ----------
    areas : GeoDataFrame
        Index ``code``; EPSG:4326.
    layer : Layer
        The layer to draw; it has a cell for each area.
    size : (int, int)
        Width and height in pixels.
    language : {"id", "en"}
        Language of the description.
    css : str
        Class of the picture.

    Returns
    -------
    Markup
        One ``<svg>`` element, the same bytes for the same input; its text is escaped.
    """
    areas = areas.sort_index()
    frame = _Frame(areas.total_bounds, size)
    # Where borders would run together, areas of one look are drawn as one; else every border is drawn, once.
    crowded = len(areas) > size[0] * size[1] / 1000
    shapes = dict(zip(areas.index, _simplified(areas, frame.tolerance), strict=True))
    defs, paths = [], []
    for position, entry in enumerate(layer.entries):
        mine = [shapes[code] for code in areas.index if layer.cells[code].entry == position]
        if not mine:
            continue
        # Joined with the rest, an area too small to draw would leave no trace.
        small = [] if crowded else [one for one in mine if one.area < frame.least]
        large = [one for one in mine if one.area >= frame.least] if small else mine
        data = frame.path([*([_joined(large)] if large else []), *small])
        key = f"{entry.look}-{sha256(data)[:10]}"
        defs.append(pattern_svg(entry, key, frame.grid))
        fill = entry.colour if entry.look == "fill" else f"url(#{key})"
        edge = "" if crowded else ' stroke="none"'
        paths.append(f'<path fill="{fill}"{edge} d="{data}"/>')
    if not crowded:
        paths.append(f'<path fill="none" d="{frame.borders(np.array(list(shapes.values())))}"/>')
    line = frame.grid * (0.9 if size[0] > _LARGE else 0.5)
    # Even-odd: a hole stays one whichever way its ring runs.
    group = f'<g fill-rule="evenodd" stroke="{theme.BORDER}" stroke-width="{line:g}" stroke-linejoin="round">'
    inner = (f"<defs>{''.join(defs)}</defs>" if any(defs) else "") + f"{group}{''.join(paths)}</g>"
    label = words.words(layer.label, language)
    return _svg(inner, frame, size, words.text("maps.picture.thumbnail", language, label=label), css)


def pictures_svg(
    areas: gpd.GeoDataFrame, layers: Sequence[Layer], size: tuple[int, int], *, language: str = "id"
) -> tuple[str, list[str]]:
    """Draw several layers of the same areas as small pictures that share their shapes, each of which is written once.

    Returns
    -------
    tuple of str and list of str
        The shapes and patterns, to stand before the pictures; one ``<svg>`` element for each layer.
    """
    areas = areas.sort_index()
    frame = _Frame(areas.total_bounds, size)
    shapes = [frame.path([one]) for one in _simplified(areas, frame.tolerance)]
    defs = [f'<path id="shape-{at}" d="{data}"/>' for at, data in enumerate(shapes)]
    marked = {pattern_id(one, "shape"): one for layer in layers for one in layer.entries if one.look != "fill"}
    defs += [pattern_svg(entry, key, frame.grid) for key, entry in marked.items()]
    group = (
        f'<g fill-rule="evenodd" stroke="{theme.BORDER}" stroke-width="{frame.grid * 0.3:g}" stroke-linejoin="round">'
    )
    pictures = []
    for layer in layers:
        inner = ""
        for position, entry in enumerate(layer.entries):
            mine = [at for at, code in enumerate(areas.index) if layer.cells[code].entry == position]
            fill = paint(entry, "shape")
            used = "".join(f'<use href="#shape-{at}"/>' for at in mine)
            inner += f'<g fill="{fill}">{used}</g>' if mine else ""
        label = words.text("maps.picture.thumbnail", language, label=words.words(layer.label, language))
        pictures.append(str(_svg(f"{group}{inner}</g>", frame, size, label, "")))
    return f"<defs>{''.join(defs)}</defs>", pictures


def locator_shapes(regencies: gpd.GeoDataFrame, size: tuple[int, int] = _LOCATOR) -> np.ndarray:
    """Return the regencies as simple as a picture of that size needs them, sorted by code; the same on every page."""
    regencies = regencies.sort_index()
    return _simplified(regencies, _Frame(regencies.total_bounds, size).tolerance)


def locator_svg(
    regencies: gpd.GeoDataFrame,
    highlight_codes: Collection[str],
    *,
    place: str = "",
    size: tuple[int, int] = _LOCATOR,
    language: str = "id",
    whole: str = "Kalimantan",
    shapes: np.ndarray | None = None,
) -> Markup:
    """Draw the island with some of its regencies marked; a small one also gets a ring round it.

    Parameters
    ----------
    regencies : GeoDataFrame
        All regencies, index ``code``, column ``name``; EPSG:4326.
    highlight_codes : collection of str
        Codes of the regencies to mark.
    place : str
        Name for the description; by default the names of the marked regencies.
    size : (int, int)
        Width and height in pixels.
    language : {"id", "en"}
        Language of the description.
    whole : str
        What all regencies together are called, for the description.
    shapes : ndarray, optional
        What `locator_shapes` gives for these regencies and this size, when it is at hand.
    """
    regencies = regencies.sort_index()
    marked = regencies.index.isin(list(highlight_codes))
    unknown = sorted(set(highlight_codes) - set(regencies.index))
    if unknown:
        raise KkbgeoError(f"The locator has no regency {', '.join(unknown)}.", candidates=unknown)
    frame = _Frame(regencies.total_bounds, size)
    shapes = locator_shapes(regencies, size) if shapes is None else shapes
    inner = f'<path fill="#c3c9cd" d="{frame.path([_joined(shapes)])}"/>'
    if marked.any():
        accent = "#0b5d57"
        mine = frame.path([_joined(shapes[marked])])
        inner += f'<path fill="{accent}" stroke="{accent}" stroke-width="{frame.grid * 0.4:g}" d="{mine}"/>'
        west, south, east, north = regencies[marked].total_bounds
        corners = frame.points(np.array([[west, north], [east, south]]))
        spread = float(np.max(corners[-1] - corners[0])) if len(corners) > 1 else 0.0
        if spread < 14 * frame.grid:
            (x0, y0), (x1, y1) = corners[0], corners[-1]
            inner += (
                f'<circle cx="{(x0 + x1) / 2:g}" cy="{(y0 + y1) / 2:g}" r="{spread / 2 + 6 * frame.grid:g}" '
                f'fill="none" stroke="#b3440e" stroke-width="{frame.grid * 1.6:g}"/>'
            )
    place = place or ", ".join(regencies.loc[marked, "name"])
    label = words.text("maps.picture.locator", language, place=place, whole=whole)
    return _svg(inner, frame, size, label, "kkb-locator")


def safe_svg(text: str) -> Markup:
    """Return `text` as markup if it is a picture such as this module makes, else refuse it.

    Pictures travel through files (the index reads them back); only shapes with plain attributes pass.

    Raises
    ------
    KkbgeoError
        Any other element or attribute, or text that is no SVG.

    Examples
    --------
    >>> safe_svg('<svg><script>1</script></svg>')
    Traceback (most recent call last):
    kkbgeo.errors.KkbgeoError: A picture may not hold <script>.
    """
    if not text:
        return Markup("")
    if re.search(r"<[!?]", text):
        raise KkbgeoError("A picture may not hold declarations.")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as wrong:
        raise KkbgeoError(f"This is no SVG picture: {wrong}.") from wrong
    for element in root.iter():
        if element.tag not in _ELEMENTS:
            raise KkbgeoError(f"A picture may not hold <{element.tag}>.")
        for name, value in element.attrib.items():
            elsewhere = re.search(r"url\((?!#)", value) or (name == "href" and not value.startswith("#"))
            if name not in _ATTRIBUTES or elsewhere:
                raise KkbgeoError(f"A picture may not hold the attribute {name}.")
    return Markup(text)


def label_of(svg: str) -> str:
    """Return what a picture says of itself to those who do not see it.

    Examples
    --------
    >>> label_of('<svg role="img" aria-label="A &amp; B"></svg>')
    'A & B'
    """
    return ElementTree.fromstring(svg).get("aria-label", "") if svg else ""


def silent(svg: str) -> Markup:
    """Return a picture that is described elsewhere, so that it is not read out twice."""
    return Markup(re.sub(r' role="img" aria-label="[^"]*"', ' aria-hidden="true"', str(svg), count=1))


def _svg(inner: str, frame: _Frame, size: tuple[int, int], label: str, css: str) -> Markup:
    name = f' class="{escape(css)}"' if css else ""
    box = f"0 0 {frame.width} {frame.height}"
    return Markup(
        f'<svg{name} viewBox="{box}" width="{size[0]}" height="{size[1]}" role="img" '
        f'aria-label="{escape(label)}">{inner}</svg>'
    )


def _simplified(areas: gpd.GeoDataFrame, tolerance: float) -> np.ndarray:
    import shapely

    polygons = areas.geometry.to_numpy()
    simple = shapely.coverage_simplify(polygons, tolerance)
    # Simplifying may empty an islet; its own shape then stands in.
    return np.where(shapely.is_empty(simple), polygons, simple)


def _joined(polygons: Sequence[BaseGeometry]) -> BaseGeometry:
    import shapely

    try:
        return shapely.coverage_union_all(polygons)
    except shapely.errors.GEOSException:
        # Boundaries with gaps and overlaps are no coverage; the slower union takes them.
        return shapely.union_all(shapely.make_valid(polygons))
