"""Approximate boundaries from points alone: Thiessen cells of the villages, cut to the land.

Method
------
1. Each village gets the part of the land that is nearest to its point (a Thiessen or Voronoi cell).
   Distances are taken in degrees: within 5 degrees of the equator they are true to 0.4 %.
2. The points given are the *middles* of the villages, while the middle of a Thiessen cell lies
   elsewhere. So each cell's seed is moved, in a few half steps, to where the middle of the cell comes
   to lie on the village's point; a step that would put a village's own point into a neighbour's
   cell is taken back. This costs seconds and no further data.
3. A small disc round each point is land too: coast lines at 1:10,000,000 miss islets and estuaries.
4. All lines (cell edges, coast, discs) are noded together on one grid and every face between them is
   given to one village. Villages are made of whole faces and the levels above of whole villages, so
   the village level is a coverage without gap or overlap and the levels nest, by construction.

Measured against official outlines (area-weighted overlap, intersection over union, of the 56
regencies / 626 districts / 7,229 villages): 0.868 / 0.731 / 0.454 without step 2, 0.885 / 0.759 /
0.499 with it. These are pictures of where a place is, not of its legal border.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kkbgeo.errors import BoundaryError
from kkbgeo.regions.codes import LEVELS, parent_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

#: Radius in degrees (about 670 m) of the disc of land round each point: as large as the inhabited
#: islets that the coast line misses, and small beside the 5 km that lie between villages.
DISC = 0.006
#: Grid in degrees (about 1 m) on which all lines are noded.
GRID = 1e-5
#: Half steps of the seeds; the overlap with official outlines stops growing after the third.
ROUNDS = 3
#: A piece of land farther than this (degrees) from every village belongs to somewhere else.
REACH = 0.5


def build(
    points: pd.DataFrame, land: object, disc_deg: float = DISC, rounds: int = ROUNDS
) -> dict[str, gpd.GeoDataFrame]:
    """Build the cells of all villages and dissolve them upward.

    Parameters
    ----------
    points : DataFrame
        One row per village: index village code, columns ``lon``, ``lat`` in degrees (WGS 84); no
        two rows on one spot.
    land : Polygon or MultiPolygon
        The land of the country, in degrees; pieces far from every village are left out.
    disc_deg : float
        Radius in degrees of the disc of land round each point.
    rounds : int
        Half steps by which cell middles are brought to their points; 0 gives plain Thiessen cells.

    Returns
    -------
    dict of str to GeoDataFrame
        For each of province, regency, district, village: index ``code`` (sorted), column
        ``geometry``, EPSG:4326.

    Raises
    ------
    BoundaryError
        Two points on one spot, or a village that ends up without a cell.
    """
    import geopandas as gpd
    import shapely

    points = points.sort_index()
    spots = points[["lon", "lat"]].to_numpy(dtype="float64")
    if points[["lon", "lat"]].duplicated().any():
        double = points.index[points[["lon", "lat"]].duplicated(keep=False)].to_list()
        raise BoundaryError(
            f"{len(double)} villages share their point with another one: {', '.join(double[:6])}.",
            hint="Give each village a point of its own in the gazetteer.",
            codes=double,
        )
    ground = land_near(land, spots, disc_deg)
    seeds = balanced_seeds(spots, ground, rounds)
    faces, owner = _faces(seeds, ground, disc_deg)
    empty = points.index[np.setdiff1d(np.arange(len(points)), owner)].to_list()
    if empty:
        raise BoundaryError(f"No land is left for {', '.join(empty[:6])}.", hint="Use a larger disc.", codes=empty)
    cells = gpd.GeoSeries(faces, index=points.index[owner], crs="EPSG:4326")
    built = {}
    for level in reversed(LEVELS):
        keys = [parent_of(code, level) for code in cells.index]
        cells = cells.groupby(keys).agg(lambda parts: shapely.normalize(shapely.coverage_union_all(parts.to_numpy())))
        cells = gpd.GeoSeries(cells, crs="EPSG:4326").rename_axis("code").sort_index()
        built[level] = cells.rename("geometry").to_frame()
    return {level: built[level] for level in LEVELS}


def land_near(land: object, spots: np.ndarray, disc_deg: float) -> object:
    """Return the pieces of `land` near `spots`, joined with a disc round each spot."""
    import shapely

    # Piece by piece: one bad ring elsewhere in the country must not spoil the whole.
    pieces = shapely.make_valid(shapely.get_parts(land))
    near = pieces[shapely.dwithin(pieces, shapely.multipoints(spots), REACH)]
    discs = shapely.buffer(shapely.points(spots), disc_deg, quad_segs=3)
    return shapely.union_all(np.append(near, discs), grid_size=GRID)


def balanced_seeds(spots: np.ndarray, ground: object, rounds: int) -> np.ndarray:
    """Move seeds by half steps so that the middle of each one's cell comes to lie on its spot."""
    import shapely

    shapely.prepare(ground)
    seeds = spots.copy()
    for _ in range(rounds):
        cells = shapely.intersection(_thiessen(seeds, ground), ground)
        full = ~shapely.is_empty(cells)
        middles = spots.copy()
        middles[full] = shapely.get_coordinates(shapely.centroid(cells[full]))
        seeds = _keep_own(spots, seeds + (spots - middles) / 2)
    return seeds


def _keep_own(spots: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """Take seeds back, half way at a time, until every spot lies in the cell of its own seed."""
    import shapely

    everyone = np.arange(len(spots))
    while True:
        holder = shapely.STRtree(shapely.points(seeds)).nearest(shapely.points(spots))
        lost = np.flatnonzero(holder != everyone)
        if len(lost) == 0:
            return seeds
        back = np.union1d(lost, holder[lost])
        seeds = seeds.copy()
        seeds[back] = (seeds[back] + spots[back]) / 2


def _thiessen(seeds: np.ndarray, ground: object, only_edges: bool = False) -> object:
    """Return the cell of each seed, in order; or all edges between cells as one geometry."""
    import shapely

    # An edge that ends on the land divides nothing.
    reach = np.array(shapely.bounds(ground)).reshape(2, 2)
    low, high = np.minimum(seeds.min(axis=0) - 2, reach[0] - 1), np.maximum(seeds.max(axis=0) + 2, reach[1] + 1)
    frame = shapely.box(*low, *high)
    found = shapely.voronoi_polygons(
        shapely.multipoints(seeds), extend_to=frame, only_edges=only_edges, ordered=not only_edges
    )
    return found if only_edges else shapely.get_parts(found)


def _faces(seeds: np.ndarray, ground: object, disc_deg: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the faces of land between all lines, and which seed each belongs to."""
    import shapely

    near = shapely.buffer(ground, disc_deg).envelope
    edges = shapely.intersection(_thiessen(seeds, ground, only_edges=True), near)
    lines = shapely.union_all(np.array([edges, shapely.boundary(ground)]), grid_size=GRID)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    inside = shapely.point_on_surface(faces)
    shapely.prepare(ground)
    dry = shapely.contains_properly(ground, inside)
    owner = shapely.STRtree(shapely.points(seeds)).nearest(inside[dry])
    return faces[dry], owner
