"""Measure the bytes of pages per set of boundaries, beside their budgets; prints, asserts nothing.

Run: ``python benchmarks/pages.py`` for the sets in the data folder, or with a file of boundaries that is imported into
a copy of it first: ``python benchmarks/pages.py --file batas.gpkg``. The whole atlas is built once per set; the ten
largest pages of each kind are shown.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from kkbgeo import paths
from kkbgeo.boundaries import store
from kkbgeo.maps import document
from kkbgeo.maps.topology import unpacked
from kkbgeo.pages import analyses, of_level

KKBGEO = [sys.executable, "-c", "from kkbgeo.cli import main; main()"]
LARGEST = 10
console = Console()


def main() -> None:
    """Build pages of every set of boundaries and print their sizes."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--file", type=Path, help="boundaries to import into a copy of the data folder first")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as made:
        data = paths.data_root()
        if given.file:
            data = Path(made) / "data"
            shutil.copytree(paths.data_root(), data)
            run("boundaries", "import", str(given.file.resolve()), data=data)
        for edition in store.editions(data):
            out = Path(made) / edition
            run("atlas", "--out", str(out), "--boundaries", edition, data=data)
            show(edition, out)


def run(*words: str, data: Path) -> None:
    """Run the command ``kkbgeo`` on a data folder."""
    done = subprocess.run([*KKBGEO, *words], env=os.environ | {"KKBGEO_DATA": str(data)}, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def show(edition: str, out: Path) -> None:
    """Print the largest pages of each kind, and what their geometry takes."""
    table = Table("page", "bytes", "budget", "share", "geometry", "areas", "points", title=edition)
    level = {"regency": "regency", "province": "province", ".": "island"}
    for folder, kind in level.items():
        found = [one for one in (out / folder).glob("*.html") if one.name != "index.html"]
        for path in sorted(found, key=lambda one: -one.stat().st_size)[:LARGEST]:
            size = path.stat().st_size
            room = (analyses().get(path.stem) or of_level(kind)).budget
            stored = drawn(path.read_text(encoding="utf-8"))
            areas = unpacked(stored)[0]
            points = sum(len(ring) for one in areas for ring in rings(one))
            geometry = sum(len(part) for part in stored.values() if isinstance(part, str))
            table.add_row(path.stem, f"{size:,}", f"{room:,}", f"{size / room:.0%}", f"{geometry:,}",
                          str(len(areas)), f"{points:,}")  # fmt: skip
    console.print(table)


def drawn(html: str) -> dict:
    """Return the geometry that a page stores."""
    block = re.search(r'id="kkbgeo-map-data"[^>]*>(.*?)</script>', html, re.DOTALL)[1]
    return json.loads(document.unpacked(block))["shapes"]


def rings(geometry: dict) -> list:
    """Return all rings of a GeoJSON geometry."""
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [ring for part in parts for ring in part]


if __name__ == "__main__":
    main()
