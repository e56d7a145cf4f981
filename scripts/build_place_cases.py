"""Build tests/data/place_cases.csv: printed places whose code is known, to measure the resolver with.

Usage::

    python scripts/build_place_cases.py [--cache DIR] [--out FILE]

Two sources. The committed records: names that papers and offices printed otherwise than the gazetteer
writes them, with the code that was reviewed. The registry editions: every village and district whose
printed names (with those of its district and regency) were written otherwise in 2020, 2022 or 2025.
Half of the cases, told by a hash of their names, are held out: rules are tuned on the other half.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import pandas as pd

from kkbgeo.io import sha256

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from build_code_changes import EDITIONS, alike, cut, read_area_data, read_geografis
from build_gazetteer import fetch, write

from kkbgeo import provenance
from kkbgeo.paths import CHECKOUT
from kkbgeo.records.read import read_text, table_names
from kkbgeo.regions.codes import LEVELS, parent_of
from kkbgeo.regions.gazetteer import Gazetteer
from kkbgeo.regions.spelling import normalise

COLUMNS = ["part", "kind", *LEVELS, "code", "source"]


def part_of(names: list[str]) -> str:
    """Tell by the names alone whether a case is for tuning or held out."""
    return "held out" if int(sha256("|".join(map(normalise, names)))[:2], 16) % 2 else "tuning"


def from_records(places: Gazetteer) -> list[dict[str, str]]:
    """List the printed places of the records that differ from the gazetteer in more than capital letters."""
    rows = []
    for table in table_names():
        for record in read_text(table).to_dict("records"):
            names = [record[level] for level in LEVELS]
            deepest = max(index for index in range(4) if names[index])
            if not record["code"] or record["level"] != LEVELS[deepest]:
                continue
            listed = dict(zip(LEVELS, places.chain(record["code"]), strict=False))
            written = {
                level: (places.short(code).casefold(), places.label(code).casefold()) for level, code in listed.items()
            }
            if all(not name or name.casefold() in written[level] for level, name in zip(LEVELS, names, strict=True)):
                continue
            rows.append(
                {**dict(zip(LEVELS, names, strict=True)), "kind": "record", "code": record["code"], "source": table}
            )
    return rows


def from_editions(editions: list[dict[str, str]], places: Gazetteer, moved: dict[str, str]) -> list[dict[str, str]]:
    """List units whose names, as an edition prints them with their parents, are not those of the gazetteer."""
    rows = []
    for (package, version, _, _), names in zip(EDITIONS, editions, strict=True):
        for code, name in names.items():
            now = moved.get(code, code)
            if len(code) < 8 or now not in places or cut(name, places.name(now)):
                continue
            chain = [*(names[parent_of(code, level)] for level in LEVELS[: code.count(".")]), name]
            kind = kind_of(code, now, name, places.name(now), chain, places)
            if not kind:
                continue
            chain += [""] * (4 - len(chain))
            source = f"{package} {version}"
            rows.append({**dict(zip(LEVELS, chain, strict=True)), "kind": kind, "code": now, "source": source})
    return rows


def kind_of(code: str, now: str, name: str, listed: str, chain: list[str], places: Gazetteer) -> str:
    """Tell in what an old printed place differs from today's; "" where in nothing but capital letters."""
    if now != code:
        return "moved"
    if normalise(name) != normalise(listed):
        return "spelling" if alike(name, listed) else "name"
    own = [places.label(each).removeprefix("Provinsi ").removeprefix("Kecamatan ") for each in places.chain(now)[:-1]]
    if [normalise(text) for text in own] != [normalise(text) for text in chain[:-1]]:
        return "above"
    # Small letters of the packages' own making (Ii for II) are no spelling of anybody's.
    return "marks" if name.casefold() != listed.casefold() else ""


def main() -> None:
    """Run the build; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, help="folder with, or for, the package files")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "tests" / "data" / "place_cases.csv")
    options = parser.parse_args()
    cache = options.cache or Path(tempfile.mkdtemp(prefix="kkbgeo-packages-"))
    editions = []
    for name, version, _, _ in EDITIONS:
        package = fetch(name, version, cache)
        editions.append(read_geografis(package) if name == "geografis" else read_area_data(package))
    places = Gazetteer.load()
    changes = provenance.read_csv(CHECKOUT / "data" / "reference" / "code_changes.csv")
    moves = changes[changes["kind"] == "moved"]
    moved = dict(zip(moves["code_old"], moves["code_new"], strict=True))
    frame = pd.DataFrame([*from_records(places), *from_editions(editions, places, moved)])
    key = frame[list(LEVELS)].map(normalise).agg("|".join, axis=1)
    frame = frame[~key.duplicated()].copy()
    frame["part"] = [part_of(list(names)) for names in frame[list(LEVELS)].itertuples(index=False, name=None)]
    frame = frame[COLUMNS].sort_values(["kind", "code", "source", "village"], ignore_index=True)
    retrieved = write(frame, options.out, None)
    provenance.seal(
        options.out,
        title="Printed places with known codes, to measure the resolver with",
        producer="kkbgeo, from its records and from "
        + "; ".join(f"{name} {version}" for name, version, _, _ in EDITIONS),
        url="pkg:npm/geografis@1.3.2",
        licence="codes and names are public facts of decrees; rows with an idn-area-data as source are extracts from a "
        "database under the Open Database License (ODbL) 1.0; the rest MIT",
        retrieved=retrieved,
        built_by="scripts/build_place_cases.py",
        note="kind: record (as printed by papers and offices); as in an earlier edition: marks, spelling, name, moved, "
        "above (the district or regency bore another name).",
    )
    print(frame.groupby(["kind", "part"]).size().unstack(fill_value=0))


if __name__ == "__main__":
    main()
