"""Measure the import of boundaries: seconds of processor, memory, and what came out.

Run::

    python benchmarks/boundaries.py FILE                 # a real file, into a data folder of its own
    python benchmarks/boundaries.py FILE --country       # the file laid side by side to 83,000 villages

The country is made of copies of the file's finest layer, each moved aside by the width of the file, its units under
made-up codes and names in a made-up gazetteer. Nothing is asserted here.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from kkbgeo import provenance
from kkbgeo.boundaries import importing, reading
from kkbgeo.boundaries.report import ImportReport
from kkbgeo.paths import CHECKOUT
from kkbgeo.regions.codes import LEVELS, parent_of
from kkbgeo.regions.gazetteer import Gazetteer

VILLAGES = 83_000
#: Copies stand in so many columns, so that the made-up country is about as wide as Indonesia.
COLUMNS = 4
_KINDS = dict(zip(LEVELS, ("provinsi", "kabupaten", "kecamatan", "desa"), strict=True))


def workspace(folder: Path) -> Path:
    """Return a data folder with the real gazetteer and nothing imported."""
    shutil.copytree(CHECKOUT / "data" / "reference", folder / "reference")
    return folder


def country(path: Path, folder: Path) -> Path:
    """Write a country of `VILLAGES` villages as a GeoPackage, and its gazetteer; return the file."""
    real = Gazetteer.load(CHECKOUT / "data")
    finest = max(reading.read_layers(path), key=lambda one: len(one.frame)).frame
    finest = finest[finest["kode"].isin(real.codes("village"))]
    west, south, east, north = finest.total_bounds
    copies = -(-VILLAGES // len(finest))
    points = real.frame[["lon", "lat"]].astype(float)
    shapes, codes, rows = [], [], []
    for copy in range(copies):
        moved = np.array([copy % COLUMNS * (east - west + 1), copy // COLUMNS * (north - south + 1)]) - [12.0, 12.0]
        shapes.append(shapely.transform(finest.geometry.to_numpy(), lambda xy, by=moved: xy + by))
        codes += [other(code, copy) for code in finest["kode"]]
        for code in real.frame.index:
            rows.append((other(code, copy), code, *(points.loc[code].to_numpy() + moved)))
    listed = pd.DataFrame(rows, columns=["code", "real", "lon", "lat"]).set_index("code").sort_index()
    known = set(codes)
    held = {parent_of(code, level) for code in known for level in LEVELS[:3]} | known
    listed = listed[listed.index.isin(held)]
    frame = pd.DataFrame(
        {
            "code": listed.index,
            "name": [f"{real.name(code)} {own[:2]}" for own, code in listed["real"].items()],
            "kind": [_KINDS[LEVELS[code.count(".")]] for code in listed.index],
            "level": [LEVELS[code.count(".")] for code in listed.index],
            "parent": [parent_of(code) for code in listed.index],
            "lon": listed["lon"].round(6),
            "lat": listed["lat"].round(6),
            "point_source": "given",
        }
    )
    data = folder / "country"
    numbers = pd.DataFrame(columns=["kemendagri_code", "name", "bps_code"])
    decisions = pd.DataFrame(columns=["province", "regency", "district", "village", "code", "reason"])
    for name, table in (("gazetteer", frame), ("regency_codes", numbers), ("place_decisions", decisions)):
        file = data / "reference" / f"{name}.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        table.to_csv(file, index=False, lineterminator="\n")
        provenance.seal(file, title=f"Made-up {name}", producer="benchmarks/boundaries.py", licence="none: made up")
    names = frame.set_index("code")["name"]
    made = gpd.GeoDataFrame({"kode": codes, "nama": names.loc[codes].to_numpy()}, geometry=np.concatenate(shapes))
    file = folder / "country-2025.gpkg"
    made.set_crs(4326).to_file(file)
    return file


def other(code: str, copy: int) -> str:
    """Return a made-up code: each copy has provinces of its own."""
    return f"{10 + (int(code[:2]) - 61) * 17 + copy}{code[2:]}"


def measure(path: Path, data: Path) -> ImportReport:
    """Import a file and print what it cost, step by step."""
    began = last = _cpu()
    clock = time.perf_counter()
    step = ""

    def tell(words: str) -> None:
        nonlocal last, step
        if step:
            print(f"  {_cpu() - last:7.1f} s  {step}", flush=True)
        last, step = _cpu(), words

    found = importing.import_file(path, data_root=data, progress=tell)
    tell("")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    wall = time.perf_counter() - clock
    print(f"{_cpu() - began:.1f} s of processor, {wall:.1f} s by the clock, {memory:.2f} GB at most")
    for level, one in found.levels.items():
        print(
            f"  {level}: {one.matched} matched, {one.drawn} of {one.wanted} drawn, {len(one.missing)} missing, "
            f"{len(one.ambiguous)} ambiguous, {len(one.extra)} extra, {len(one.changed)} changed by 0.5 % or more"
        )
    print(f"  {found.gaps} gaps closed; no valid coverage: {', '.join(found.invalid) or 'none'}")
    return found


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Run it; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="a file of villages with the columns kode and nama")
    parser.add_argument("--country", action="store_true", help="lay it side by side to a whole country")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kkbgeo-bench-") as made:
        folder = Path(made)
        if options.country:
            path = country(options.file, folder)
            # The copies were made in this process: their memory counts, too, and is the smaller part.
            measure(path, folder / "country")
        else:
            measure(options.file, workspace(folder / "data"))


if __name__ == "__main__":
    main()
