"""Build data/reference/code_changes.csv: codes and names that changed between registry editions.

Usage::

    python scripts/build_code_changes.py [--cache DIR] [--data DIR] [--retrieved YYYY-MM-DD]

The editions are npm packages, fetched by name with ``npm pack`` into the cache folder (files already
there are used as they are) and only read, never installed. The last edition is the gazetteer itself.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
import tarfile
import tempfile
from collections import defaultdict
from pathlib import Path

import pandas as pd
from rapidfuzz.distance import OSA

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from build_gazetteer import PROVINCES, fetch, write

from kkbgeo import provenance
from kkbgeo.paths import data_root
from kkbgeo.regions.codes import dotted, level_of
from kkbgeo.regions.editions import COLUMNS
from kkbgeo.regions.spelling import Speller, normalise

#: Package, its version, the year of the codes it holds and their decree, oldest first.
EDITIONS = (
    ("geografis", "1.3.2", "2020", "Permendagri 72/2019 and Kepmendagri 146.1-4717/2020"),
    ("idn-area-data", "2.2.1", "2022", "Kepmendagri 100.1.1-6117/2022"),
    ("idn-area-data", "3.1.2", "2022", "the same decree, some names corrected"),
    ("idn-area-data", "4.0.1", "2025", "Kepmendagri 300.2.2-2138/2025"),
)
#: Changes by law that are older than the registry editions: kind, code and name before, code after, the last year
#: that is wholly before it, the first that is wholly after it, the law.
BY_LAW = [
    ("moved", "64.04", "Kabupaten Bulungan", "65.01", "2011", "2013", "UU 20/2012"),
    ("moved", "64.05", "Kabupaten Nunukan", "65.03", "2011", "2013", "UU 20/2012"),
    ("moved", "64.06", "Kabupaten Malinau", "65.02", "2011", "2013", "UU 20/2012"),
    ("moved", "64.10", "Kabupaten Tana Tidung", "65.04", "2011", "2013", "UU 20/2012"),
    ("moved", "64.73", "Kota Tarakan", "65.71", "2011", "2013", "UU 20/2012"),
    ("split", "64", "Kalimantan Timur", "64", "2011", "2013", "UU 20/2012"),
    ("split", "64", "Kalimantan Timur", "65", "2011", "2013", "UU 20/2012"),
    (
        "split",
        "64.07",
        "Kabupaten Kutai Barat",
        "64.07",
        "2012",
        "2013",
        "UU 2/2013",
    ),  # of 11 January: 2013 is after it
    ("split", "64.07", "Kabupaten Kutai Barat", "64.11", "2012", "2013", "UU 2/2013"),
    ("renamed", "61.02", "Kabupaten Pontianak", "61.02", "2013", "2015", "PP 58/2014"),
]


def read_geografis(package: Path) -> dict[str, str]:
    """Read code and name of every unit of Kalimantan from the 2020 edition."""
    names = {}
    with tarfile.open(package) as archive:
        for row in json.load(archive.extractfile("package/data/json/data.json")):
            code = row["code"]
            if code[:2] in PROVINCES:
                names[code[:2]], names[code[:5]] = row["province"], row["city"]
                names[code[:8]], names[code] = row["district"], row["village"]
    return names


def read_area_data(package: Path) -> dict[str, str]:
    """Read code and name of every unit of Kalimantan from one edition of idn-area-data."""
    names = {}
    with tarfile.open(package) as archive:
        for level in ("provinces", "regencies", "districts", "villages"):
            text = archive.extractfile(f"package/data/{level}.csv").read().decode("utf-8")
            for row in csv.DictReader(io.StringIO(text)):
                code = row["code"] if "." in row["code"] else dotted(row["code"])
                if code[:2] in PROVINCES:
                    # The oldest edition writes in capitals; only small words and numerals matter for display.
                    names[code] = row["name"].title() if row["name"].isupper() else row["name"]
    return names


def cut(old: str, new: str) -> bool:
    """Tell whether an old name was cut at an apostrophe (``Pa`` for ``Pa' Padi``): a fault, not a name."""
    return "'" in new and normalise(old) == normalise(new.split("'")[0])


def renamed(editions: list[dict[str, str]], now: dict[str, str]) -> list[dict[str, str]]:
    """List names that one code bore in an earlier edition and does not bear now."""
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for place, names in enumerate(editions):
        for code in sorted(set(names) & set(now)):
            old = names[code]
            if normalise(old) == normalise(now[code]) or cut(old, now[code]):
                continue
            row = rows.setdefault(
                (code, normalise(old)),
                {"kind": "renamed", "code_old": code, "name_old": old, "code_new": code, "source": source(place)},
            )
            following = EDITIONS[place + 1 :]
            row["until"], row["since"] = EDITIONS[place][2], following[0][2] if following else "2025"
    return list(rows.values())


def source(place: int) -> str:
    """Return how a row names the package of an edition."""
    return "{} {}".format(*EDITIONS[place])


def alike(one: str, other: str) -> bool:
    """Tell whether two names are spellings of one name: by sound, or up to two letters apart."""
    spell = Speller({"s": "sungai"})
    return spell(one).sound == spell(other).sound or OSA.distance(normalise(one), normalise(other)) <= 2


def moved(before: dict[str, str], after: dict[str, str], now: dict[str, str]) -> list[dict[str, str]]:
    """Pair codes that vanished with new codes of the same regency and name; list what is left over."""
    gone = sorted(set(before) - set(after))
    fresh = sorted(set(after) - set(before))
    base = {"until": "2020", "since": "2022", "source": source(0)}
    rows, taken = [], set()
    for code in gone:
        same = [
            new
            for new in fresh
            if level_of(new) == level_of(code) and new[:5] == code[:5] and alike(before[code], after[new])
        ]
        exact = [new for new in same if normalise(before[code]) == normalise(after[new])]
        found = exact or same
        assert len(found) < 2, (code, before[code], found)
        new = found[0] if found else ""
        taken.add(new)
        kind = "moved" if found else "vanished"
        rows.append({"kind": kind, "code_old": code, "name_old": before[code], "code_new": new, **base})
    rows += [
        {"kind": "new", "code_old": "", "name_old": "", "code_new": new, **base, "source": source(1)}
        for new in fresh
        if new not in taken
    ]
    parts = defaultdict(set)
    for row in rows:
        if row["kind"] == "moved" and row["code_new"][:8] in fresh:
            parts[row["code_old"][:8]].add(row["code_new"][:8])
    for old, new in parts.items():
        rows += [
            {"kind": "split", "code_old": old, "name_old": before[old], "code_new": each, **base}
            for each in sorted({old, *new} & set(now))
        ]
    return rows


def build(editions: list[dict[str, str]], gazetteer: pd.DataFrame) -> pd.DataFrame:
    """Return the table, one row per change and successor, sorted and checked."""
    kinds = {"kabupaten": "Kabupaten ", "kota": "Kota "}
    now = {
        code: kinds.get(kind, "") + name
        for code, name, kind in gazetteer[["code", "name", "kind"]].itertuples(index=False)
    }
    law = [
        dict(zip(("kind", "code_old", "name_old", "code_new", "until", "since", "source"), each, strict=True))
        for each in BY_LAW
    ]
    frame = pd.DataFrame([*law, *moved(editions[0], editions[1], now), *renamed(editions, now)])
    frame["level"] = [level_of(old or new) for old, new in zip(frame["code_old"], frame["code_new"], strict=True)]
    frame["name_new"] = frame["code_new"].map(now).fillna("")
    frame["note"] = [
        ""
        if not old or not new or normalise(old) == normalise(new)
        else "another spelling"
        if alike(old, new)
        else "another name"
        for old, new in zip(frame["name_old"], frame["name_new"], strict=True)
    ]
    assert set(frame["code_new"]) - {""} <= set(now)
    frame = frame[list(COLUMNS)].sort_values(["code_old", "code_new", "kind", "until"], ignore_index=True)
    assert not frame.duplicated(["kind", "code_old", "code_new", "name_old"]).any()
    return frame


def main() -> None:
    """Run the build; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, help="folder with, or for, the package files")
    parser.add_argument("--data", type=Path, default=data_root(), help="data folder to write")
    parser.add_argument("--retrieved", help="day the packages were fetched (today)")
    options = parser.parse_args()
    cache = options.cache or Path(tempfile.mkdtemp(prefix="kkbgeo-packages-"))
    editions = []
    for name, version, _, _ in EDITIONS:
        package = fetch(name, version, cache)
        editions.append(read_geografis(package) if name == "geografis" else read_area_data(package))
    folder = options.data / "reference"
    frame = build(editions, provenance.read_csv(folder / "gazetteer.csv"))
    retrieved = write(frame, folder / "code_changes.csv", options.retrieved)
    counts = frame["kind"].value_counts().to_dict()
    provenance.seal(
        folder / "code_changes.csv",
        title="Codes and names of Kalimantan that changed between registry editions",
        producer="kkbgeo, comparing "
        + "; ".join(f"{name} {version} ({decree})" for name, version, _, decree in EDITIONS)
        + " and the gazetteer",
        url="pkg:npm/geografis@1.3.2",
        licence="codes and names are public facts of decrees; older names with an idn-area-data as source are "
        "extracts from a database under the Open Database License (ODbL) 1.0; the rest MIT",
        date="2020 to 2025",
        note="until: last edition with the old code or name; since: first edition without it. Kinds: "
        + ", ".join(f"{kind} {n}" for kind, n in sorted(counts.items()))
        + ". Names that geografis cuts at an apostrophe are left out. Rows with a law as source were added by hand.",
        retrieved=retrieved,
        built_by="scripts/build_code_changes.py",
    )
    print(f"{len(frame)} changes: {counts}; by level {frame['level'].value_counts().to_dict()}")


if __name__ == "__main__":
    main()
