"""All levels from one: the finest given is made a coverage, those above are dissolved from it, so that they nest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from kkbgeo.boundaries import coverage
from kkbgeo.boundaries.said import level_word, said
from kkbgeo.language import joined
from kkbgeo.regions.codes import LEVELS, level_of, parent_of

if TYPE_CHECKING:
    import geopandas as gpd

    from kkbgeo.regions.editions import Editions
    from kkbgeo.regions.gazetteer import Gazetteer

Shapes = Mapping[str, object]
#: A larger unit lends the rest of its own shape where units inside it have none and this share of it would be bare.
BARE = 0.2
#: What is left of a larger unit beside its neighbours is drawn from this share on.
REST = 0.05
#: A unit whose point is farther than this from everything drawn (degrees; about 1 km) has left a hole.
FAR = 0.01


@dataclass
class Built:
    """Every level that could be made.

    Attributes
    ----------
    levels : dict of str to dict
        Level -> code -> shape; each level a coverage, each unit the union of those inside it.
    finest : str
        The level the others are made from.
    gaps : int
        Gaps that were closed.
    widened : list of str
        Units that got a gap.
    lost : dict of str to str
        Units that had a shape and could not keep it, and why.
    inside : dict of str to list of str
        Units -> the larger ones of their level that were drawn over them, and out of which they were cut.
    lent : dict of str to str
        Larger units drawn wholly or in part from their own given shape, because units inside them have none.
    agreement : dict of str to dict
        Level -> code -> overlap (intersection over union) of the dissolved unit with the given one.
    invalid : list of str
        Levels that are no valid coverage in spite of all.
    partial : dict of str to dict
        Level -> code -> what is missing in it: units whose ground nothing covers.
    """

    levels: dict[str, dict[str, object]]
    finest: str
    gaps: int = 0
    widened: list[str] = field(default_factory=list)
    lost: dict[str, str] = field(default_factory=dict)
    inside: dict[str, list[str]] = field(default_factory=dict)
    lent: dict[str, str] = field(default_factory=dict)
    agreement: dict[str, dict[str, float]] = field(default_factory=dict)
    invalid: list[str] = field(default_factory=list)
    partial: dict[str, dict[str, str]] = field(default_factory=dict)


def build(
    given: Mapping[str, Shapes], places: Gazetteer, gap: float = coverage.GAP, tell: Callable[[str], None] | None = None
) -> Built:
    """Make every level from the shapes that were given.

    Parameters
    ----------
    given : mapping of str to mapping
        Level -> code -> valid polygon, of at least one level.
    places : Gazetteer
    gap : float
        Degrees; see `coverage.clean`.
    tell : callable, optional
        Called with a few words at each step.
    """
    import shapely

    finest = [level for level in LEVELS if given.get(level)][-1]
    cells = dict(given[finest])
    lent: dict[str, str] = {}
    for level in reversed(LEVELS[: LEVELS.index(finest)]):
        _lend(cells, given.get(level, {}), level, finest, places, lent)
    codes = sorted(cells)
    made = coverage.clean(np.array([cells[code] for code in codes], dtype=object), gap, tell)
    kept = {code: shape for code, shape in zip(codes, made.shapes, strict=True) if shape is not None}
    built = Built(
        {finest: {code: shape for code, shape in kept.items() if level_of(code) == finest}},
        finest,
        made.gaps,
        [codes[place] for place in sorted(made.widened)],
        {codes[place]: why for place, why in sorted(made.lost.items())},
        {codes[place]: [codes[one] for one in sorted(around)] for place, around in sorted(made.inside.items())},
        {code: why for code, why in lent.items() if code in kept},
    )
    below = built.levels[finest]
    for level in reversed(LEVELS[: LEVELS.index(finest)]):
        if tell:
            tell(said("step_dissolving", level=level_word(level)))
        parts: dict[str, list] = defaultdict(list)
        for code, shape in sorted(below.items()):
            parts[parent_of(code)].append(shape)
        for code, shape in kept.items():
            if level_of(code) == level:
                parts[code].append(shape)
        below = {code: shapely.coverage_union_all(np.array(mine)) for code, mine in sorted(parts.items())}
        built.levels[level] = below
        built.agreement[level] = _agreement(below, given.get(level, {}))
    built.levels = {level: built.levels[level] for level in LEVELS if level in built.levels}
    for level, shapes in built.levels.items():
        if not made.valid or not coverage.fits(np.array(list(shapes.values()), dtype=object)):
            built.invalid.append(level)
    built.partial = _partial(built, places)
    return built


def _partial(built: Built, places: Gazetteer) -> dict[str, dict[str, str]]:
    """Return the dissolved units with a hole where a unit inside them has no shape.

    A unit without a shape leaves none where its ground belongs to a neighbour, as that of a new village does.
    """
    import shapely

    absent = [code for code in places.codes(built.finest) if code not in built.levels[built.finest]]
    upper = [level for level in built.levels if level != built.finest]
    if not absent or not upper:
        return {}
    spots = shapely.points(places.frame.loc[absent, ["lon", "lat"]].to_numpy("float64"))
    tree = shapely.STRtree(list(built.levels[upper[0]].values()))  # all there is lies in these
    covered = set(tree.query(spots, predicate="dwithin", distance=FAR)[0].tolist())
    bare = [code for at, code in enumerate(absent) if at not in covered]
    found: dict[str, dict[str, str]] = {}
    for level in upper:
        below = LEVELS[LEVELS.index(level) + 1]
        inside: dict[str, list[str]] = defaultdict(list)
        for code in bare:
            if (holder := parent_of(code, level)) in built.levels[level]:
                child = parent_of(code, below)
                told = f"{places.label(child)} ({child})"
                inside[holder].append(said("part_of", name=told) if child in built.levels[below] else told)
        found[level] = {code: joined(", ", dict.fromkeys(names)) for code, names in sorted(inside.items())}
    return found


def older_units(shapes: Shapes, places: Gazetteer, editions: Editions) -> dict[str, str]:
    """Return the units that are an older, larger unit of the same code, and why: what was split off lies inside.

    The table of changed codes names the parts; a part without a shape of its own whose point lies in the
    shape was not split off yet. Such a shape is none of today's units.
    """
    import shapely

    found = {}
    frame = places.frame
    for code, shape in shapes.items():
        parts = [each for each in editions.by_code(code) if each.kind == "split" and each.code_new != code]
        absent = [each for each in parts if each.code_new not in shapes and each.code_new in places]
        spots = shapely.points(frame.loc[[each.code_new for each in absent], ["lon", "lat"]].to_numpy("float64"))
        inside = [each for each, spot in zip(absent, spots, strict=True) if shape.intersects(spot)]
        if inside:
            named = ", ".join(f"{each.name_new} ({each.code_new})" for each in inside)
            found[code] = said("older", since=inside[0].since, named=named)
    return found


def _lend(cells: dict, upper: Shapes, level: str, finest: str, places: Gazetteer, lent: dict[str, str]) -> None:
    """Let units of a larger level stand in with their own shape where those inside them have none."""
    import shapely

    if not upper:
        return
    holders: dict[str, list[str]] = defaultdict(list)
    for code in cells:
        if len(code) > len(next(iter(upper))):
            holders[parent_of(code, level)].append(code)
    wanting = [
        code for code in sorted(upper) if not holders.get(code) or len(holders[code]) < len(places.within(code, finest))
    ]
    if not wanting:
        return
    codes = list(cells)
    shapes = np.array([cells[code] for code in codes], dtype=object)
    tree = shapely.STRtree(shapes)
    for code in wanting:
        near = tree.query(upper[code], predicate="intersects")
        rest = shapely.difference(upper[code], shapely.union_all(shapes[near])) if len(near) else upper[code]
        parts = shapely.get_parts(rest)
        parts = parts[(shapely.get_type_id(parts) == 3) & (shapely.area(parts) > 0)]
        share = shapely.area(parts).sum() / upper[code].area
        bare = not holders.get(code)
        if share < (REST if bare else BARE):
            continue
        if not bare:  # of a unit that has some, only what is more than the frayed edge
            parts = parts[shapely.area(parts) >= REST * upper[code].area]
            if not len(parts):
                continue
        cells[code] = parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
        lent[code] = (
            said("lent_whole") if bare else said("lent_part", share=round(100 * share), level=level_word(finest))
        )


def _agreement(made: Shapes, given: Shapes) -> dict[str, float]:
    import shapely

    codes = [code for code in made if code in given]
    if not codes:
        return {}
    one = np.array([made[code] for code in codes], dtype=object)
    other = np.array([given[code] for code in codes], dtype=object)
    common = shapely.area(shapely.intersection(one, other))
    whole = shapely.area(one) + shapely.area(other) - common
    return dict(zip(codes, (common / whole).tolist(), strict=True))


def as_frame(shapes: Shapes, places: Gazetteer) -> gpd.GeoDataFrame:
    """Return shapes as areas: index ``code``, columns ``name`` and ``geometry``, EPSG:4326."""
    import geopandas as gpd
    import pandas as pd

    index = pd.Index(list(shapes), name="code", dtype="object")
    names = [places.name(code) for code in shapes]
    return gpd.GeoDataFrame({"name": names}, geometry=list(shapes.values()), index=index, crs="EPSG:4326").sort_index()
