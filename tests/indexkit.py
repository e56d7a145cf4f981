"""A made-up atlas folder for the tests of the index: an entry and a page of two lines for every area."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
from mapkit import Indicator, cells

from kkbgeo.language import LANGUAGES, Words
from kkbgeo.maps.drawn import Layer
from kkbgeo.maps.layers import numeric_layer
from kkbgeo.maps.page import page_path
from kkbgeo.maps.tiles import TileMap
from kkbgeo.pages import analyses
from kkbgeo.regions.gazetteer import Gazetteer
from kkbgeo.regions.tilegrid import TileGrid
from kkbgeo.regions.whole import Whole

THUMBNAIL = '<svg viewBox="0 0 4 3" role="img" aria-label="Peta kecil"><path fill="#4a9f95" d="M0 0h4v3z"/></svg>'
#: What the five provinces' pages say of themselves in the tests.
SENTENCE = {"id": "Dua belas dari 56 melapor.", "en": "Twelve of 56 reported."}


def coloured(grid: TileGrid) -> Layer:
    """Return a layer over all tiles: figures, zero, not reported and hidden, in turn."""
    codes = list(grid.tiles)
    values = [[7, 0, None, "hidden", 1234, 51, 12][at % 7] for at in range(len(codes))]
    layer = numeric_layer(Indicator(), cells(Indicator(), values, codes=codes))
    return replace(layer, label=Words({"id": "Jumlah Kampung KB", "en": "Number of Kampung KB"}))


def tile_map(places: Gazetteer, **changes) -> TileMap:
    """Return the tiles of Kalimantan in both languages, `changes` made to their layer."""
    grid = TileGrid.load()
    names = {code: places.label(code) for code in [*grid.tiles, *grid.labels]}
    return TileMap(grid, [replace(coloured(grid), **changes)], names=names, languages=LANGUAGES)


def write_atlas(out: Path, places: Gazetteer, *, tiles: bool = True) -> Path:
    """Write an entry and a page for the whole, each analysis, each province and each regency."""
    frame = places.frame
    for code in [places.whole.code, *analyses(), *places.codes("province"), *places.codes("regency")]:
        level = frame.at[code, "level"] if code in frame.index else "island"
        titles = dict.fromkeys(("id", "en"), places.label(code) if level != "island" else places.whole.name("id"))
        if code in analyses():
            titles = dict(analyses()[code].title)
        path = page_path(code, level, places.slug(code) if level != "island" else code)
        entry = {
            "title": titles["id"], "code": code, "level": level, "path": path, "as_of": "2025-12-03", "language": "id",
            "edition": "approximate-2025", "approximate": True, "simulated": False, "findings": [SENTENCE["id"]],
            "thumbnail": THUMBNAIL, "other": {"language": "en", "title": titles["en"], "findings": [SENTENCE["en"]]},
            "legend": [legend(3, 5)],
        }  # fmt: skip
        if code == places.whole.code and tiles:
            entry["tiles"] = tile_map(places).meta()
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_text(f"<!DOCTYPE html><title>{code}</title><h1>{code}</h1>", encoding="utf-8")
        write_entry(out, entry)
    return out


def write_entry(out: Path, entry: dict) -> None:
    """Write the entry of one page."""
    (out / "meta").mkdir(parents=True, exist_ok=True)
    (out / "meta" / f"{entry['code']}.json").write_text(json.dumps(entry, ensure_ascii=False), encoding="utf-8")


def legend(known: int, missing: int) -> dict:
    """Return what an entry tells of one layer."""
    entries = [{"key": "class-1", "label": "1–25", "count": known},
               {"key": "not_reported", "label": "Tidak dilaporkan", "count": missing}]  # fmt: skip
    return {"map": 1, "layer": "kkb_total", "label": "Jumlah Kampung KB", "entries": entries}


def country(provinces: int = 38, regencies: int = 514) -> Gazetteer:
    """Return the gazetteer of a made-up country."""
    rows = [(f"{11 + at}", f"Wilayah {at + 1}", "provinsi", "province", "") for at in range(provinces)]
    for at in range(regencies):
        parent = f"{11 + at % provinces}"
        rows.append((f"{parent}.{1 + at // provinces:02}", f"Daerah {at + 1}", "kabupaten", "regency", parent))
    frame = pd.DataFrame(rows, columns=["code", "name", "kind", "level", "parent"]).set_index("code")
    frame[["lon", "lat"]] = 110.0, 0.0
    frame["point_source"] = "given"
    return Gazetteer(frame, whole=Whole("negeri", {"id": "Negeri", "en": "Country"}))
