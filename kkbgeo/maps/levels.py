"""One map of several levels: regencies and the villages in them, with every border stored once."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from kkbgeo.errors import KkbgeoError
from kkbgeo.maps.interactive import AreaMap


def levelled(maps: Sequence[AreaMap]) -> AreaMap:
    """Return one map with the levels of several, the first shown first; a switch leads from one to the other.

    Borders are stored once: a regency that its villages make up is drawn from their borders.

    Parameters
    ----------
    maps : sequence of AreaMap
        One map per level, made in the same language; markers, title and credit are those of the first.

    Raises
    ------
    KkbgeoError
        Two maps of one level, or of different languages.

    Examples
    --------
    >>> import kkbgeo
    >>> from kkbgeo import profiles
    >>> wb = kkbgeo.Workbench()
    >>> levelled([profiles.regency_map(wb, "64"), profiles.village_map(wb, "64")]).save(
    ...     "kaltim.html"
    ... )  # doctest: +SKIP
    """
    if not maps:
        raise KkbgeoError("A map needs at least one level.")
    levels = [level for one in maps for level in one.levels]
    keys = [one.key for one in levels]
    if len(set(keys)) < len(keys):
        raise KkbgeoError(f"Two maps of one level: {', '.join(keys)}.", hint="Hand over one map per level")
    if len({one.languages for one in maps}) > 1:
        raise KkbgeoError("The maps are in different languages.", hint="Make them from one workbench")
    made = copy.copy(maps[0])
    made.forget()
    made.levels = tuple(levels)
    made.simulated = any(one.simulated for one in maps)
    made.title = next((one.title for one in maps if one.simulated), made.title) if made.simulated else made.title
    made.precision = min(one.precision for one in maps)
    return made
