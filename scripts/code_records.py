"""Fill code, level and place_reason of every record table from the printed names, and seal the files.

Run it after a record was added or a decision in ``data/reference/place_decisions.csv`` was changed:

    python scripts/code_records.py            # the checkout's data/
    python scripts/code_records.py --check    # change nothing; exit 1 if a file would change

Running it twice changes nothing. Decisions that no record needs are an error.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path

import pandas as pd

from kkbgeo import provenance
from kkbgeo.language import words
from kkbgeo.paths import data_root as find_data_root
from kkbgeo.records.read import read_text, table_names, table_path
from kkbgeo.regions import names
from kkbgeo.regions.aliases import Aliases
from kkbgeo.regions.editions import Editions
from kkbgeo.regions.gazetteer import Gazetteer


def coded(frame: pd.DataFrame, resolver: names.Resolver) -> pd.DataFrame:
    """Return the table with the three place columns filled anew; all else untouched."""
    frame = frame.copy()
    kinds = frame["kind"] if "kind" in frame else [""] * len(frame)
    printed = zip(frame["province"], frame["regency"], frame["district"], frame["village"], kinds, strict=True)
    # The date of a record may call for the names of its time.
    dates = frame["as_of"] if "as_of" in frame else [""] * len(frame)
    places = [resolver.resolve(*place, as_of=as_of) for place, as_of in zip(printed, dates, strict=True)]
    frame["code"] = [place.code for place in places]
    frame["level"] = [place.level for place in places]
    frame["place_reason"] = [words(place.reason, "en") for place in places]
    return frame


def to_csv(frame: pd.DataFrame) -> bytes:
    """Return the bytes of a record table: UTF-8, plain line ends, quotes only where needed."""
    out = io.StringIO()
    frame.to_csv(out, index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    return out.getvalue().encode("utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Code every table; return the exit code."""
    parser = argparse.ArgumentParser(description="Fill the codes of the record tables from the printed names.")
    parser.add_argument("--data", type=Path, default=None, help="the data folder")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if a file would change")
    options = parser.parse_args(arguments)
    root = find_data_root(options.data)
    gazetteer = Gazetteer.load(root)
    resolver = names.Resolver(gazetteer, names.read_decisions(root, gazetteer), Aliases.load(root), Editions.load(root))
    changed = []
    for name in table_names():
        path = table_path(name, root)
        frame = coded(read_text(name, root), resolver)
        counts = frame["level"].replace("", "no code").value_counts()
        print(f"{name}: {len(frame)} rows; " + ", ".join(f"{level} {count}" for level, count in counts.items()))
        content = to_csv(frame)
        if content != path.read_bytes():
            changed.append(name)
            if not options.check:
                path.write_bytes(content)
                provenance.seal(path)
    idle = resolver.unused()
    for place in idle:
        print(f"No record needs the decision for {' / '.join(filter(None, place))}.", file=sys.stderr)
    print(f"changed: {', '.join(changed) or 'none'}")
    return 1 if idle or (options.check and changed) else 0


if __name__ == "__main__":
    sys.exit(main())
