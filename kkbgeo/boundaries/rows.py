"""The rows of a layer by level, as text, ready to be matched: which level a row is of, and what stands above it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from kkbgeo.boundaries.columns import Columns, level_word
from kkbgeo.boundaries.match import level_of_codes
from kkbgeo.boundaries.witness import Given
from kkbgeo.regions.codes import LEVELS

if TYPE_CHECKING:
    import geopandas as gpd

#: A level counts as the layer's own when this share of its rows names a unit of it.
FILLED = 0.5


def by_level(
    frame: gpd.GeoDataFrame, columns: Columns, shapes: np.ndarray, *, level: str = "", where: str = ""
) -> list[Given]:
    """Return the rows of a layer, by level.

    Parameters
    ----------
    frame : GeoDataFrame
        The layer, columns as text.
    columns : Columns
    shapes : ndarray
        The layer's shapes after first aid, in the order of the rows.
    level : str
        What the user says.
    where : str
        File and layer, for messages.

    Returns
    -------
    list of Given
        Empty where nothing tells the level: then any may be tried.
    """
    texts = {
        name: _texts(frame, name)
        for name in {*columns.codes.values(), *columns.names.values(), *columns.kinds.values(), columns.level}
        if name
    }
    if "" in columns.codes or "" in columns.names:
        code = texts.get(columns.codes.get("", ""), [""] * len(frame))
        name = texts.get(columns.names.get("", ""), [""] * len(frame))
        if level:
            levels = [level] * len(frame)
        elif columns.level:
            levels = [level_word(one) for one in texts[columns.level]]
        else:
            levels = level_of_codes(code)
        return own_column(levels, code, name, shapes, where)
    own = level or _deepest(texts, columns, len(frame))
    if not own:
        return []
    upto = LEVELS[: LEVELS.index(own) + 1]
    names = {one: texts[columns.names[one]] for one in upto if one in columns.names}
    empty = [""] * len(frame)
    kinds = texts[columns.kinds[own]] if own in columns.kinds else empty
    code = texts[columns.codes[own]] if own in columns.codes else empty
    return [Given(own, list(range(len(frame))), code, names, kinds, shapes, where)]


def own_column(levels: list[str], code: list[str], name: list[str], shapes: np.ndarray, where: str) -> list[Given]:
    """Part rows that carry their own code or name alone by the level of each."""
    if not any(levels):
        return []
    usual = Counter(filter(None, levels)).most_common(1)[0][0]
    levels = [one or usual for one in levels]
    found = []
    for level in LEVELS:
        rows = [row for row, own in enumerate(levels) if own == level]
        if rows:
            mine = [name[row] for row in rows]
            found.append(
                Given(level, rows, [code[row] for row in rows], {level: mine}, [""] * len(rows), shapes[rows], where)
            )
    return found


def _deepest(texts: dict[str, list[str]], columns: Columns, count: int) -> str:
    for level in reversed(LEVELS):
        filled = max(
            (sum(map(bool, texts[part[level]])) for part in (columns.names, columns.codes) if level in part), default=0
        )
        if filled and filled >= FILLED * count:
            return level
    return ""


def _texts(frame: gpd.GeoDataFrame, name: str) -> list[str]:
    column = frame[name]
    return ["" if missing else str(value).strip() for value, missing in zip(column, column.isna(), strict=True)]
