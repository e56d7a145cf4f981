"""Names on a static map: the important ones first, none over another, each inside its area or tied to it by a line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from kkbgeo.paper import letters

LEADING = 1.02  # line to line, of the size
_SHIFTS = np.array(
    [(0, 0), (0, 0.55), (0, -0.55), (-0.2, 0), (0.2, 0), (-0.2, 0.5), (0.2, 0.5), (-0.2, -0.5), (0.2, -0.5)]
)
_INSIDE = 0.76  # share of a name that must lie in its own area
_AROUND = tuple((float(np.cos(turn)), float(np.sin(turn))) for turn in np.radians(np.arange(0, 360, 30)))
_STEPS = (7.0, 13.0, 20.0, 29.0, 40.0, 54.0)
_ON_LAND = 45.0  # points of distance that a place beside the land is worth
_ACROSS, _UP = (one.ravel() for one in np.meshgrid(np.linspace(0.04, 0.96, 5), np.linspace(0.15, 0.85, 3)))
_AIR = 1.0  # points between two names


class Box(NamedTuple):
    """Left, bottom, right, top, in points."""

    left: float
    low: float
    right: float
    top: float


@dataclass(frozen=True)
class Wish:
    """A name that wants a place: its anchor, the area it belongs to, and how important it is (more is first)."""

    text: str
    x: float
    y: float
    weight: float
    area: object  # shapely geometry, in points


@dataclass(frozen=True)
class Label:
    """A name with a place: lines of text centred on `x`, base line of the first, box, and the end of its leader."""

    lines: tuple[str, ...]
    x: float
    y: float
    size: float
    box: Box
    tie: tuple[tuple[float, float], tuple[float, float]] | None = None


def place(
    wishes: Sequence[Wish], room: Box, size: float, *, taken: Sequence[Box] = (), tied: bool = False,
    tied_from: float = math.inf, land: object = None,
) -> list[Label]:  # fmt: skip
    """Give names a place where they cover no other; those that find none are left out.

    Parameters
    ----------
    wishes : sequence of Wish
        Names; the more important first gets its place first, ties go by text and place.
    room : Box
        Where names may stand.
    size : float
        Size of the letters.
    taken : sequence of Box
        What must stay free besides.
    tied : bool
        Whether a name that does not fit in its area may stand beside it, tied by a line, when all others stand.
    tied_from : float
        Names at least this important may do so at once, in the midst of the others.
    land : shapely geometry, optional
        All areas together: a tied name rather stands outside it.

    Returns
    -------
    list of Label
        In the order of importance; their boxes overlap neither each other nor `taken`.
    """
    import shapely

    order = sorted(
        (one for one in wishes if letters.clean(one.text)), key=lambda one: (-one.weight, one.text, one.x, one.y)
    )
    placed: list[Label] = []
    full = np.array([tuple(one) for one in taken], float).reshape(-1, 4)
    homeless: list[Wish] = []
    lines_drawn: list[tuple] = []
    for wish in order:
        room_for = shapely.area(wish.area)
        for lines in _shapes(wish.text, size):
            wide, high = _extent(lines, size)
            if wide * high * _INSIDE > room_for:
                continue
            boxes = _inside(wish, lines, size)
            good = _free(boxes, full, room)
            if not good.any():
                continue
            boxes = boxes[good]
            share = _share_inside(wish.area, boxes, shapely)
            best = int(np.argmax(share > _INSIDE)) if (share > _INSIDE).any() else -1
            if best >= 0:
                label = _label(lines, Box(*boxes[best].tolist()), size)
                placed.append(label)
                full = np.vstack([full, label.box])
                break
        else:
            label = _beside(wish, size, full, room, lines_drawn, None) if wish.weight >= tied_from else None
            if label:
                placed.append(label)
                full = np.vstack([full, label.box])
            else:
                homeless.append(wish)
    if tied:
        for wish in homeless:
            label = _beside(wish, size, full, room, lines_drawn, land)
            if label:
                placed.append(label)
                full = np.vstack([full, label.box])
    return placed


def _shapes(text: str, size: float) -> list[tuple[str, ...]]:
    """Return a name in one line, and in as many as make it narrow."""
    words = letters.clean(text).split(" ")
    found = [(" ".join(words),)]
    if len(words) > 1:
        narrow = max(letters.width(one, size) for one in words)
        half = letters.width(found[0][0], size) * 0.62
        for room in sorted({max(narrow, half), narrow}, reverse=True):
            lines = tuple(letters.wrap(text, size, room))
            if lines not in found and len(lines) <= 3:
                found.append(lines)
    return [one for one in found if one[0]]


def _extent(lines: tuple[str, ...], size: float) -> tuple[float, float]:
    wide = max(letters.width(one, size) for one in lines)
    return wide, size * (letters.ASCENT + letters.DESCENT + LEADING * (len(lines) - 1))


def _inside(wish: Wish, lines: tuple[str, ...], size: float) -> np.ndarray:
    wide, high = _extent(lines, size)
    centres = _SHIFTS * np.array([wide, high]) + np.array([wish.x, wish.y])
    half = np.array([wide, high]) / 2
    return np.column_stack([centres - half, centres + half])


def _free(boxes: np.ndarray, full: np.ndarray, room: Box) -> np.ndarray:
    good = (boxes[:, 0] >= room.left) & (boxes[:, 1] >= room.low)
    good &= (boxes[:, 2] <= room.right) & (boxes[:, 3] <= room.top)
    if len(full):
        apart = (boxes[:, None, 0] >= full[None, :, 2] + _AIR) | (boxes[:, None, 2] + _AIR <= full[None, :, 0])
        apart |= (boxes[:, None, 1] >= full[None, :, 3]) | (boxes[:, None, 3] <= full[None, :, 1])
        good &= apart.all(axis=1)
    return good


def _share_inside(area: object, boxes: np.ndarray, shapely) -> np.ndarray:
    """Return which part of each box lies in the area, told from fifteen points of it."""
    x = boxes[:, [0]] + _ACROSS * (boxes[:, [2]] - boxes[:, [0]])
    y = boxes[:, [1]] + _UP * (boxes[:, [3]] - boxes[:, [1]])
    return shapely.contains_xy(area, x.ravel(), y.ravel()).reshape(x.shape).mean(axis=1)


def _beside(wish: Wish, size: float, full: np.ndarray, room: Box, drawn: list[tuple], land: object) -> Label | None:
    """Return the best free place beside an area, with a line to it that crosses no other line and no name."""
    import shapely

    lines = _shapes(wish.text, size)[0 if len(wish.text) <= 14 else -1]
    wide, high = _extent(lines, size)
    steps = np.repeat(_STEPS, len(_AROUND))
    ways = np.tile(_AROUND, (len(_STEPS), 1))
    half = np.array([wide, high]) / 2
    centres = ways * (steps[:, None] + half) + np.array([wish.x, wish.y])
    boxes = np.column_stack([centres - half, centres + half])
    good = _free(boxes, full, room)
    boxes, costs = boxes[good], steps[good]
    if land is not None and len(boxes):
        costs = costs + _ON_LAND * _share_inside(land, boxes, shapely)
    for at in np.argsort(costs, kind="stable"):
        box = Box(*boxes[at].tolist())
        end = (min(max(wish.x, box.left - 1), box.right + 1), min(max(wish.y, box.low), box.top))
        tie = ((wish.x, wish.y), end)
        clear = not any(_cross(tie, other) or _passes(other, np.array([box])) for other in drawn)
        if clear and not _passes(tie, full):
            drawn.append(tie)
            return _label(lines, box, size, tie)
    return None


def _passes(tie: tuple, full: np.ndarray) -> bool:
    """Tell whether a line runs through a box."""
    if not len(full):
        return False
    (x0, y0), (x1, y1) = tie
    along = np.linspace(0.02, 0.98, 12)
    x, y = x0 + along * (x1 - x0), y0 + along * (y1 - y0)
    within = (
        (x[:, None] > full[:, 0]) & (x[:, None] < full[:, 2]) & (y[:, None] > full[:, 1]) & (y[:, None] < full[:, 3])
    )
    return bool(within.any())


def _cross(one: tuple, other: tuple) -> bool:
    def side(a: tuple, b: tuple, c: tuple) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    (a, b), (c, d) = one, other
    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def _label(lines: tuple[str, ...], box: Box, size: float, tie: tuple | None = None) -> Label:
    return Label(lines, (box.left + box.right) / 2, box.top - letters.ASCENT * size, size, box, tie)
