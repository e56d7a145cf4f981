"""Read stored boundaries: one folder per edition, one GeoParquet file per level."""

from __future__ import annotations

import json
import math
import os
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kkbgeo import provenance, shared
from kkbgeo.errors import BoundaryError
from kkbgeo.language import LANGUAGES, require_language
from kkbgeo.paths import data_root as find_data_root
from kkbgeo.regions.codes import parent_of, require_level
from kkbgeo.regions.gazetteer import Gazetteer

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    import pyarrow as pa
    from pyproj import CRS

#: The edition that comes with the product and needs no download.
DEFAULT_EDITION = "approximate-2025"
# The ellipsoid WGS 84.
_RADIUS_KM = 6378.137
_ECCENTRICITY = math.sqrt(1 / 298.257223563 * (2 - 1 / 298.257223563))


@dataclass(frozen=True)
class Edition:
    """One set of boundaries: which it is, whose, and what it must not be taken for.

    Attributes
    ----------
    id : str
        Name of its folder, ``approximate-2025``.
    approximate : bool
        Whether the lines are drawn by us, not surveyed.
    provider, licence, date : str
        Who made it, under which licence, and the date or year of the units it shows.
    titles, disclaimers : dict of str to str
        Texts by language; use `title` and `disclaimer`.
    code_edition : str
        Edition of the gazetteer whose codes it has ("2025"); "" where it does not say.
    units : dict of str to int
        Level -> units with a shape, of the levels it has; empty where it does not say.
    partial : dict of str to tuple of str
        Level -> codes of the units that are drawn with a hole, since units inside them have no shape.
    """

    id: str
    approximate: bool
    provider: str
    licence: str
    date: str
    titles: dict[str, str] = field(repr=False)
    disclaimers: dict[str, str] = field(repr=False)
    code_edition: str = ""
    units: dict[str, int] = field(default_factory=dict, repr=False)
    partial: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def title(self, language: str = "id") -> str:
        """Return the edition's name for people.

        Examples
        --------
        >>> edition().title("en")
        'Approximate boundaries 2025'
        """
        return self.titles[require_language(language)]

    def disclaimer(self, language: str = "id") -> str:
        """Return the sentence that stands on every map: what these lines are not.

        Examples
        --------
        >>> "batas hukum" in edition().disclaimer("id")
        True
        """
        return self.disclaimers[require_language(language)]


def edition(data_root: str | os.PathLike | None = None, name: str | None = None) -> Edition:
    """Return the facts of an edition (the embedded one unless named).

    Raises
    ------
    BoundaryError
        No such edition, or its ``edition.toml`` lacks something.
    """
    folder = _folder(data_root, name)
    try:
        raw = tomllib.loads((folder / "edition.toml").read_text(encoding="utf-8"))
        found = Edition(
            **{key: raw[key] for key in ("id", "approximate", "provider", "licence", "date")},
            titles={language: raw["title"][language] for language in LANGUAGES},
            disclaimers={language: raw["disclaimer"][language] for language in LANGUAGES},
            code_edition=raw.get("code_edition", ""),
            units=dict(raw.get("units", {})),
            partial={level: tuple(codes) for level, codes in raw.get("partial", {}).items()},
        )
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as broken:
        raise BoundaryError(
            f"{folder / 'edition.toml'} is not complete: {broken!r}.",
            hint="It needs id, approximate, provider, licence, date, and title and disclaimer in id and en.",
            path=str(folder),
        ) from None
    if found.id != folder.name:
        raise BoundaryError(
            f"The folder {folder} holds the edition {found.id!r}.", hint="Rename one of the two.", path=str(folder)
        )
    return found


def editions(data_root: str | os.PathLike | None = None) -> list[str]:
    """Return the names of all stored editions, sorted.

    Examples
    --------
    >>> "approximate-2025" in editions()
    True
    """
    found = (find_data_root(data_root) / "boundaries").glob("*/edition.toml")
    # A folder that begins with a dot is one that is being written.
    return sorted(path.parent.name for path in found if not path.parent.name.startswith("."))


def has_level(name: str, level: str, data_root: str | os.PathLike | None = None) -> bool:
    """Tell whether an edition has a level.

    Examples
    --------
    >>> has_level("approximate-2025", "village")
    True
    """
    return (_folder(data_root, name) / f"{require_level(level)}.parquet").is_file()


def read(
    level: str,
    *,
    within: str | None = None,
    data_root: str | os.PathLike | None = None,
    edition: str | None = None,
) -> gpd.GeoDataFrame:
    """Read the areas of one level, checked against their source record.

    Parameters
    ----------
    level : str
        province, regency, district or village.
    within : str, optional
        Code of the unit whose parts are wanted (or of a unit of `level` itself).
    data_root : path, optional
        Data folder, as `kkbgeo.paths.data_root`.
    edition : str, optional
        Name of an edition, the embedded ``approximate-2025`` when left out.

    Returns
    -------
    GeoDataFrame
        One row per area: index ``code`` (text, sorted, unique), columns ``name`` (without kind),
        ``level``, ``parent`` (code) and ``geometry`` (Polygon or MultiPolygon, EPSG:4326). A unit that the
        edition has no shape of has no row.

    Raises
    ------
    BoundaryError
        No such edition, or it has not that level.
    CodeError
        `within` is no code of the gazetteer, or lies below `level`.
    SourceError
        The file is not the one its source record describes.

    Examples
    --------
    >>> read("district", within="63.11").loc["63.11.03", "name"]
    'Awayan'
    """
    path = _folder(data_root, edition) / f"{require_level(level)}.parquet"
    if not path.is_file() and not provenance.record_path(path).is_file():
        raise BoundaryError(
            f"The edition {path.parent.name} has no {level} level.",
            hint=f"Editions here: {', '.join(editions(data_root))}.",
            path=str(path),
            value=level,
        )
    members = Gazetteer.load(data_root).within(within, level) if within else None
    table = shared.find(_name(path), find_data_root(data_root))
    areas = _built(_table(path) if table is None else table, members).sort_index()
    areas.insert(1, "level", level)
    areas.insert(2, "parent", [parent_of(code) for code in areas.index])
    return areas


def share(level: str, folder: Path, data_root: Path, edition: str | None = None) -> None:
    """Keep the areas of a level of an edition for the runs of a batch."""
    path = _folder(data_root, edition) / f"{require_level(level)}.parquet"
    shared.keep(folder, _name(path), data_root, _table(path).sort_by("code"))


def _name(path: Path) -> str:
    return f"areas-{path.parent.name}-{path.stem}"


def _table(path: Path) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    content = provenance.read_bytes(path)
    try:
        # A file this small is read faster than threads start.
        return pq.ParquetFile(pa.BufferReader(content)).read(use_threads=False)
    except (pa.ArrowException, OSError) as broken:
        raise BoundaryError(
            f"{path} is damaged: {broken}",
            hint=f"Restore it (git checkout -- {path}), or import the boundaries again.",
            path=str(path),
        ) from None


def _built(table: pa.Table, members: list[str] | None) -> gpd.GeoDataFrame:
    """Turn a table of GeoParquet into areas, of all rows only `members`: geometry left out is never built."""
    import geopandas as gpd
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc
    import shapely

    if members is not None:
        table = table.filter(pc.is_in(table["code"], pa.array(members, table.schema.field("code").type)))
    geometry = shapely.from_wkb(table["geometry"].to_numpy())
    index = pd.Index(table["code"].to_pylist(), name="code")
    plain = pd.DataFrame({"name": table["name"].to_pylist()}, index=index)
    return gpd.GeoDataFrame(plain, geometry=geometry, crs=_crs(table.schema.metadata[b"geo"]))


@cache
def _crs(geo: bytes) -> CRS | None:
    from pyproj import CRS

    written = json.loads(geo)["columns"]["geometry"].get("crs", "OGC:CRS84")
    named = written.get("id") if isinstance(written, dict) else None
    if written is None:  # the file says that it is not known
        return None
    # To find a system by its name takes a millisecond, to build it from its description twenty.
    return CRS.from_user_input(f"{named['authority']}:{named['code']}" if named else written)


def area_km2(areas: gpd.GeoDataFrame) -> pd.Series:
    """Return the area of each row in square kilometres, measured in an equal-area projection.

    Examples
    --------
    >>> bool(area_km2(read("province")).sum() > 500_000)
    True
    """
    import numpy as np
    import pandas as pd
    import shapely

    def flattened(points: np.ndarray) -> np.ndarray:
        # EPSG:6933 but for its stretch of width against height, which no area depends on.
        sine = np.sin(np.radians(points[:, 1]))
        logarithm = np.log((1 - _ECCENTRICITY * sine) / (1 + _ECCENTRICITY * sine)) / (2 * _ECCENTRICITY)
        height = (1 - _ECCENTRICITY**2) * (sine / (1 - (_ECCENTRICITY * sine) ** 2) - logarithm) / 2
        return np.column_stack([np.radians(points[:, 0]), height])

    degrees = areas.geometry if areas.crs == "EPSG:4326" else areas.geometry.to_crs("EPSG:4326")
    flat = shapely.transform(degrees.to_numpy(), flattened)
    return pd.Series(shapely.area(flat) * _RADIUS_KM**2, index=areas.index, name="area_km2")


def write_level(areas: gpd.GeoDataFrame, path: Path, compression: int = 19) -> None:
    """Write one level (index ``code``, columns ``name`` and ``geometry``) as compact GeoParquet.

    The same areas give the same bytes: rows sorted, no index of its own, one compression (zstd, 1 quick … 22 small).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    table = areas.sort_index().rename_axis("code")[["name", "geometry"]].reset_index()
    table.to_parquet(path, index=False, compression="zstd", compression_level=compression)


def _folder(data_root: str | os.PathLike | None, name: str | None) -> Path:
    folder = find_data_root(data_root) / "boundaries" / (name or DEFAULT_EDITION)
    if not (folder / "edition.toml").is_file():
        there = editions(data_root)
        raise BoundaryError(
            f"There is no edition {folder.name!r} of boundaries in {folder.parent}.",
            hint=f"Editions here: {', '.join(there) or 'none'}. What each has: kkbgeo boundaries list",
            value=folder.name,
            candidates=tuple(there),
        )
    return folder
