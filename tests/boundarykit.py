"""Boundary files as publishers write them, of the embedded cells: real codes, names and places, made-up borders."""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd

from kkbgeo.boundaries import importing, store
from kkbgeo.paths import CHECKOUT
from kkbgeo.regions.codes import LEVELS, parent_of
from kkbgeo.regions.gazetteer import Gazetteer

PLACES = Gazetteer.load(CHECKOUT / "data")


def data_folder(path: Path) -> Path:
    """Copy the parts of the data folder that an import needs."""
    for part in ("reference", "boundaries/approximate-2025"):
        shutil.copytree(CHECKOUT / "data" / part, path / part)
    return path


def cells(level: str, within: str | None = None) -> gpd.GeoDataFrame:
    """Return embedded areas: index code, columns name, level, parent, geometry."""
    return store.read(level, within=within, data_root=CHECKOUT / "data", edition=store.DEFAULT_EDITION)


def chain(code: str) -> dict[str, str]:
    """Return level -> code from the province down to a unit itself."""
    return {level: parent_of(code, level) for level in LEVELS[: code.count(".") + 1]}


def bps(code: str) -> str:
    """Return the BPS number of a province or regency."""
    return code if len(code) == 2 else PLACES.bps(code)


def name(code: str) -> str:
    """Return a name as BIG and Dukcapil print it: the kind only before a city."""
    return PLACES.short(code)


def frame(areas: gpd.GeoDataFrame, **columns) -> gpd.GeoDataFrame:
    """Return areas with the columns given, each a function of the code."""
    made = {title: [of(code) for code in areas.index] for title, of in columns.items()}
    return gpd.GeoDataFrame(made, geometry=list(areas.geometry), crs="EPSG:4326")


def kode(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return areas with the columns kode and nama."""
    return frame(areas, kode=str, nama=lambda code: PLACES.label(code) if len(code) == 5 else PLACES.name(code))


def write(made: gpd.GeoDataFrame, path: Path, layer: str | None = None) -> Path:
    """Write a file in the format that its suffix tells; a further layer is added to it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made.to_file(path, layer=layer, mode="a" if layer and path.exists() else "w")
    return path


def bring(made: gpd.GeoDataFrame, data: Path, title: str = "set-2025.gpkg", **given) -> importing.ImportReport:
    """Write a file and import it."""
    return importing.import_file(write(made, data.parent / "files" / title), data_root=data, **given)
