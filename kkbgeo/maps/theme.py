"""Colours and looks: readable in greyscale and to the colour-blind.

Sequential palettes run from light to dark in even steps of perceived lightness (OKLab), each in one
hue, so that the order survives a black-and-white printer. The ladder of the four classes darkens as well, with a
change of hue; its first step, *dasar*, is a pale neutral outside the ramp: it mostly means that nothing was reported
to the portal, so it must not read as a first achievement, nor as *not reported*, which is hatched. No palette sets
red against green.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from kkbgeo.errors import ParameterError

# light, middle and dark end of each sequential palette
_SEQUENTIAL = {
    "teal": ("#cfe9e2", "#4a9f95", "#0a3f3d"),
    "amber": ("#fbe3b4", "#cf8430", "#5e2606"),
    "purple": ("#e3daf0", "#8d72b5", "#33185c"),
    "blue": ("#d3e3f3", "#4f8abf", "#10305c"),
}
# dasar (a pale neutral), then the ramp: berkembang, mandiri, berkelanjutan
_ORDINAL = {"ladder": ("#e2ddd3", "#7cc8b4", "#2478a6", "#1a2766")}
UNCLASSED = "#d08a2e"  # a named kampung whose class nobody reported: not a step of the ladder, so another hue

INK = "#1d2731"
BORDER = "#4c5965"
SELECTED = "#111418"
GROUND = "#f1f2ee"  # behind the areas: neither sea nor neighbour is claimed


@dataclass(frozen=True)
class Look:
    """How a state is drawn: ``colour`` of the fill, lines or dots, on ``paper``."""

    look: str
    colour: str
    paper: str = "#ffffff"


STATES = {
    "zero": Look("fill", "#ffffff"),
    "not_reported": Look("hatch", "#979ea6", "#f6f6f4"),
    "suppressed": Look("dots", "#4a4360", "#e9e5f2"),
}


@dataclass(frozen=True)
class Pattern:
    """A mark that repeats: its `path` in a tile of `SIDE` by `SIDE` pixels, drawn with `stroke` or filled (0).

    Printed sheets draw it as lines or rows of dots: points `apart`, `thick` points each.
    """

    path: str
    stroke: float
    apart: float
    thick: float


SIDE = 8  # pixels of the tile of a pattern
PATTERNS = {
    "hatch": Pattern("M-2 2L2 -2M0 8L8 0M6 10L10 6", 1.2, 4.2, 0.5),
    "dots": Pattern("M2.5 4a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0 -3 0z", 0, 4.6, 1.4),
}
PAPERS = {look.look: look.paper for look in STATES.values() if look.look != "fill"}


def palette_names() -> tuple[str, ...]:
    """Return every palette name, sequential ones first."""
    return (*_SEQUENTIAL, *_ORDINAL)


def is_ordinal(name: str) -> bool:
    """Return whether `name` is an ordinal palette (fixed steps)."""
    return name in _ORDINAL


@cache
def colours(name: str, steps: int) -> tuple[str, ...]:
    """Return `steps` colours of a palette, light to dark.

    Parameters
    ----------
    name : str
        A palette of `palette_names`.
    steps : int
        Number of classes. An ordinal palette has a fixed number.

    Raises
    ------
    ParameterError
        Unknown palette, or more steps than an ordinal palette has.

    Examples
    --------
    >>> colours("ladder", 4)[0], colours("teal", 2)
    ('#e2ddd3', ('#cfe9e2', '#0a3f3d'))
    """
    if name in _ORDINAL:
        if steps > len(_ORDINAL[name]):
            raise ParameterError(f"Palette {name!r} has {len(_ORDINAL[name])} steps, not {steps}.", value=steps)
        return _ORDINAL[name][:steps]
    if name not in _SEQUENTIAL:
        raise ParameterError(
            f"There is no palette {name!r}.", hint=f"Palettes: {', '.join(palette_names())}", value=name
        )
    anchors = [_to_oklab(one) for one in _SEQUENTIAL[name]]
    if steps == 1:
        return (_SEQUENTIAL[name][1],)
    return tuple(_between(anchors, position / (steps - 1)) for position in range(steps))


def lightness(colour: str) -> float:
    """Return the perceived lightness (OKLab L, 0 black to 1 white) of ``#rrggbb``.

    Examples
    --------
    >>> round(lightness("#ffffff"), 3), round(lightness("#000000"), 3)
    (1.0, 0.0)
    """
    return _to_oklab(colour)[0]


def contrast(one: str, other: str) -> float:
    """Return the WCAG 2 contrast ratio of two colours, 1 to 21.

    Examples
    --------
    >>> round(contrast("#ffffff", "#000000"), 1)
    21.0
    """
    low, high = sorted(
        0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in (_linear(one), _linear(other))
    )
    return (high + 0.05) / (low + 0.05)


def _linear(colour: str) -> tuple[float, float, float]:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return red, green, blue


# The OKLab matrices are those of its definition (Björn Ottosson, 2020, public domain).
def _to_oklab(colour: str) -> tuple[float, float, float]:
    red, green, blue = _linear(colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _from_oklab(light: float, a: float, b: float) -> str:
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    bounded = (min(1.0, max(0.0, one)) for one in linear)
    parts = (12.92 * one if one <= 0.0031308 else 1.055 * one ** (1 / 2.4) - 0.055 for one in bounded)
    return "#" + "".join(f"{round(one * 255):02x}" for one in parts)


def _between(anchors: list[tuple[float, float, float]], share: float) -> str:
    """Return the colour at `share` (0 to 1) of the way, even in lightness."""
    light, middle, dark = anchors
    wanted = light[0] + share * (dark[0] - light[0])
    first, last = (light, middle) if wanted >= middle[0] else (middle, dark)
    part = (wanted - first[0]) / (last[0] - first[0])
    return _from_oklab(*(low + part * (high - low) for low, high in zip(first, last, strict=True)))
