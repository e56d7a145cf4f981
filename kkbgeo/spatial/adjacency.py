"""Who is whose neighbour: fuzzy contiguity, distance, the k nearest; on the sphere or in metres, never in degrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kkbgeo.errors import BoundaryError, ParameterError
from kkbgeo.measures.figures import require_number, require_whole
from kkbgeo.spatial.neighbourhood import Neighbourhood

if TYPE_CHECKING:
    import geopandas as gpd
    from libpysal.graph import Graph

WAYS = ("contiguity", "contiguity-nearest", "distance", "nearest")
TOLERANCE_M = 100.0
NEAREST = 4
EARTH_KM = 6371.0088  # mean radius (IUGG)


def neighbours(
    areas: gpd.GeoDataFrame,
    how: str = "contiguity",
    *,
    tolerance_m: float = TOLERANCE_M,
    distance_km: float | None = None,
    k: int = NEAREST,
) -> Graph:
    """Return the neighbours of areas, across every border of provinces inside `areas`.

    Hand in all areas of the whole, also those without figures: a test leaves those out by itself.

    Parameters
    ----------
    areas : GeoDataFrame
        One row per area, index ``code`` (unique), any CRS. An area without a polygon has no neighbours.
    how : {"contiguity", "contiguity-nearest", "distance", "nearest"}
        ``contiguity``: borders or corners within `tolerance_m`. ``contiguity-nearest``: the same, and an area
        left alone is tied, both ways, to the one nearest to its border. ``distance``: points on the surface
        within `distance_km` on the sphere. ``nearest``: the `k` nearest points; need not be mutual.
    tolerance_m : float
        Gap in metres that still counts as a shared border. Real files have slivers and gaps; 0 trusts them.
    distance_km : float, optional
        For ``distance``. Default: the shortest that leaves no area alone.
    k : int
        For ``nearest``.

    Returns
    -------
    libpysal.graph.Graph
        Weights 1, codes sorted, areas alone kept as isolates.

    Raises
    ------
    ParameterError
        An unknown way, a number out of range, or shapes without a table (a GeoSeries).
    BoundaryError
        No CRS, a code twice, fewer than two areas.

    Examples
    --------
    >>> import kkbgeo
    >>> regencies = kkbgeo.Workbench().areas("regency")
    >>> graph = kkbgeo.spatial.neighbours(regencies)
    >>> graph.n, list(graph["63.71"].index)
    (56, ['63.03', '63.04'])
    """
    return neighbourhood_of(areas, how, tolerance_m=tolerance_m, distance_km=distance_km, k=k).graph()


def neighbourhood_of(
    areas: gpd.GeoDataFrame,
    how: str = "contiguity",
    *,
    tolerance_m: float = TOLERANCE_M,
    distance_km: float | None = None,
    k: int = NEAREST,
) -> Neighbourhood:
    """Return what `neighbours` returns, without loading libpysal; parameters and errors are the same."""
    if how not in WAYS:
        raise ParameterError(f"There is no way {how!r} to make neighbours.", hint=f"Ways: {', '.join(WAYS)}", value=how)
    require_number(tolerance_m, "tolerance_m", hint="Metres that still count as a shared border; 0 trusts the file")
    if distance_km is not None:
        require_number(distance_km, "distance_km", zero=False)
    require_whole(k, "k", 1)
    _check(areas)
    areas = areas[[areas.geometry.name]].sort_index()
    drawn = np.flatnonzero(~(areas.geometry.isna() | areas.geometry.is_empty).to_numpy())
    if len(drawn) < 2:
        raise BoundaryError("Neighbours need at least two areas with a polygon.")
    shapes = areas.iloc[drawn].geometry
    if how == "distance":
        pairs, used = _within(shapes, distance_km)
        parameters = {"distance_km": used}
    elif how == "nearest":
        if k >= len(drawn):
            raise ParameterError(
                f"k must be below the number of areas with a polygon ({len(drawn)}).", hint="Take a smaller k", value=k
            )
        pairs, parameters = _nearest(shapes, k), {"k": k}
    else:
        pairs, parameters = _touching(shapes, tolerance_m, tie=how == "contiguity-nearest")
    return Neighbourhood.of_pairs(areas.index, drawn[pairs], how, parameters)


def links(graph: Graph | Neighbourhood, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the neighbours as lines between points of the areas, to be drawn on a map.

    Returns
    -------
    GeoDataFrame
        One row per pair (each once), columns ``focal``, ``neighbour`` and ``geometry``, EPSG:4326.
    """
    import geopandas as gpd
    import shapely

    around = Neighbourhood.of(graph)
    _check(areas)
    names = around.codes.to_numpy(dtype=object)[around.pairs.T]
    ends = pd.DataFrame(np.sort(names, axis=1)).drop_duplicates()
    points = shapely.get_coordinates(areas.geometry.representative_point().to_crs(4326).array)
    place = {code: points[row] for row, code in enumerate(areas.index)}
    lines = [shapely.LineString([place[a], place[b]]) for a, b in ends.itertuples(index=False)]
    return gpd.GeoDataFrame(
        {"focal": list(ends[0]), "neighbour": list(ends[1])} if len(ends) else {"focal": [], "neighbour": []},
        geometry=lines,
        crs="EPSG:4326",
    )


def _check(areas: gpd.GeoDataFrame) -> None:
    import geopandas as gpd

    if not isinstance(areas, gpd.GeoDataFrame):
        hint = "wb.areas(level)"
        if isinstance(areas, gpd.GeoSeries):
            hint = 'Hand in the table itself, areas and not areas.geometry; else shapes.to_frame("geometry")'
        raise ParameterError(f"areas must be a GeoDataFrame, got a {type(areas).__name__}.", hint=hint)
    if areas.crs is None:
        raise BoundaryError("The areas have no CRS, so no distance can be told.", hint="areas.set_crs(...)")
    if areas.index.has_duplicates:
        raise BoundaryError(
            "A code stands twice among the areas.", value=list(areas.index[areas.index.duplicated()][:5])
        )


def _touching(shapes: gpd.GeoSeries, tolerance_m: float, *, tie: bool) -> tuple[np.ndarray, dict[str, float]]:
    import shapely

    flat = _in_metres(shapes)
    tree = shapely.STRtree(flat)
    # A gap of a rounding error after projection is no gap, also where no tolerance is asked for.
    focal, other = tree.query(flat, predicate="dwithin", distance=max(tolerance_m, 1e-3))
    pairs = np.stack([focal, other])[:, focal != other]
    parameters = {"tolerance_m": tolerance_m}
    if tie:
        alone = np.setdiff1d(np.arange(len(flat)), pairs[0])
        if len(alone):
            (source, found), away = tree.query_nearest(
                flat[alone], exclusive=True, all_matches=False, return_distance=True
            )
            tied = np.stack([alone[source], found])
            pairs = np.unique(np.concatenate([pairs, tied, tied[::-1]], axis=1), axis=1)
            parameters["farthest_tie_km"] = float(away.max() / 1000)
        parameters["tied"] = len(alone)
    return pairs, parameters


def _in_metres(shapes: gpd.GeoSeries) -> np.ndarray:
    """Project around the middle of the areas (azimuthal equidistant; 0.2 % off at the rim of Kalimantan)."""
    import shapely

    world = shapes.to_crs(4326)
    west, south, east, north = world.total_bounds
    centred = f"+proj=aeqd +lat_0={(south + north) / 2:.4f} +lon_0={(west + east) / 2:.4f} +datum=WGS84 +units=m"
    flat = world.to_crs(centred).array
    flat = np.asarray(flat)
    bad = ~shapely.is_valid(flat)
    flat[bad] = shapely.make_valid(flat[bad])
    return flat


def on_sphere(shapes: gpd.GeoSeries) -> np.ndarray:
    """Return a point of each area as x, y and z on a sphere of radius 1."""
    import shapely

    # A point on the surface, not the centroid: that of a bent area may lie in its neighbour.
    longitude, latitude = np.radians(shapely.get_coordinates(shapes.to_crs(4326).representative_point().array)).T
    return np.stack(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)], axis=1
    )


def _within(shapes: gpd.GeoSeries, distance_km: float | None) -> tuple[np.ndarray, float]:
    from scipy.spatial import cKDTree

    points = on_sphere(shapes)
    tree = cKDTree(points)
    if distance_km is None:
        chord = tree.query(points, k=2)[0][:, 1].max()
        distance_km = float(np.ceil(20 * EARTH_KM * np.arcsin(chord / 2)) / 10)
    reach = 2 * np.sin(min(distance_km / EARTH_KM, np.pi) / 2)
    found = tree.query_pairs(reach, output_type="ndarray").T
    return np.concatenate([found, found[::-1]], axis=1), distance_km


def _nearest(shapes: gpd.GeoSeries, k: int) -> np.ndarray:
    from scipy.spatial import cKDTree

    points = on_sphere(shapes)
    found = cKDTree(points).query(points, k=k + 1)[1]
    own = np.arange(len(points))
    # Two areas may share a point; then the area itself need not come first.
    kept = [[other for other in row if other != focal][:k] for focal, row in enumerate(found)]
    return np.stack([np.repeat(own, k), np.concatenate(kept)])
