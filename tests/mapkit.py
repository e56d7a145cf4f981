"""A tiny island for the tests of maps and pages: six areas of every awkward kind, and an indicator of each kind."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import MultiPolygon, Polygon, box

from kkbgeo.maps import document

HOLE = box(110.35, 0.35, 110.65, 0.65)
NAMES = {
    "63.11.01.2001": "Pudak",
    "63.11.01.2002": "Baru",
    "63.11.01.2003": "Tengah",
    "63.11.02.2001": "Muara",
    "63.11.02.2002": "Pulau",
    "63.11.02.2003": "Hulu",
}
SHAPES = {
    "63.11.01.2001": Polygon(box(110, 0, 111, 1).exterior.coords, [HOLE.exterior.coords]),  # with a hole
    "63.11.01.2002": HOLE,  # inside it
    "63.11.01.2003": box(111, 0, 112, 1),
    "63.11.02.2001": box(110, 1, 111, 2),
    "63.11.02.2002": MultiPolygon([box(111, 1, 112, 2), box(112.3, 1.5, 112.5, 1.7)]),  # with an islet
    "63.11.02.2003": box(112, 0, 113, 1),
}
DISTRICTS = {code: f"Kecamatan {'Awayan' if code.startswith('63.11.01') else 'Halong'}" for code in NAMES}


@dataclass
class Indicator:
    """An entry of the catalogue as the maps see it."""

    id: str = "kkb_total"
    kind: str = "count"
    decimals: int = 0
    palette: str = "teal"
    breaks: tuple[float, ...] = (10, 20, 50)
    name: str = "Jumlah Kampung KB"
    unit: str = "kampung"
    meaning: str = "Kampung KB yang sudah dibentuk."

    def label(self, _language: str = "id") -> str:
        return self.name

    def unit_label(self, _language: str = "id") -> str:
        return self.unit

    def unit_beside(self, _written: str, language: str = "id") -> str:
        return self.unit_label(language)

    def definition(self, _language: str = "id") -> str:
        return self.meaning


@dataclass
class Edition:
    """A boundary edition as pages see it."""

    id: str = "approximate-2025"
    approximate: bool = True
    provider: str = "kkbgeo"
    licence: str = "CC0"
    date: str = "2025"
    texts: dict = field(default_factory=lambda: {"title": "Batas perkiraan 2025", "not": "Bukan batas hukum."})

    def title(self, _language: str = "id") -> str:
        return self.texts["title"]

    def disclaimer(self, _language: str = "id") -> str:
        return self.texts["not"]


PREVALENCE = Indicator(
    "stunting_prevalence", "percent", 1, "amber", (10, 20, 30), "Prevalensi stunting", "%", "Persen anak balita."
)
CLASSES = Indicator("kkb_village_class", "class", 0, "ladder", (), "Kampung KB yang disebut", "kelas", "Dari berita.")


def data_of(html: str, name: str = "kkbgeo-map-data") -> dict:
    """Return what a page stores of a map, with the first level's areas and layers beside it."""
    data = json.loads(document.unpacked(re.search(rf'id="{name}">(.*?)</script>', html, re.DOTALL)[1]))
    return {**data, **data["levels"][0]}


def island() -> gpd.GeoDataFrame:
    """Return the six areas."""
    frame = gpd.GeoDataFrame({"name": NAMES}, geometry=pd.Series(SHAPES), crs="EPSG:4326")
    frame.index.name = "code"
    return frame


def cells(indicator: Indicator, values: list, *, codes: list[str] | None = None) -> pd.DataFrame:
    """Return cells: a number, 0, ``None`` (not reported), ``"hidden"``, a class word or ``""`` (named) per area."""
    rows = []
    for code, value in zip(codes or NAMES, values, strict=True):
        state, number, text = "value", math.nan, ""
        record = {"as_of": "2025-07-31", "record_id": "r-1", "source_id": "s-1"}
        if value is None:
            state, record = "not_reported", dict.fromkeys(record, "")
        elif value == "":
            state = "not_reported"
        elif value == "hidden":
            state = "suppressed"
        elif isinstance(value, str):
            text = value
        else:
            state, number = ("value" if value else "zero"), float(value)
        rows.append(
            {
                "code": code, "indicator": indicator.id, "value": number, "text": text, "state": state,
                **record, "derived": False, "conflicts": 0,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def wavy(many: int, points: int) -> np.ndarray:
    """Return `many` x 2 areas side by side whose shared borders have about `points` points each; a coverage."""
    steps = np.arange(points + 1) / points
    wave = np.sin(np.pi * steps) ** 2 * (0.08 * np.sin(steps * 40) + 0.03 * np.cos(steps * 91))
    wave[[0, -1]] = 0

    def upright(x: float, y: float) -> np.ndarray:
        return np.column_stack([x + wave, y + steps])

    def level(x: float, y: float) -> np.ndarray:
        return np.column_stack([x + steps, y + wave])

    made = []
    for column in range(many):
        for row in range(2):
            ring = [level(110 + column, row), upright(111 + column, row), level(110 + column, row + 1)[::-1],
                    upright(110 + column, row)[::-1]]  # fmt: skip
            made.append(Polygon(np.vstack(ring)))
    return np.array(made)


def counts_of(codes: list[str]):
    """Return a layer of counts for some areas."""
    from kkbgeo.maps import numeric_layer

    return numeric_layer(Indicator(), cells(Indicator(), [1 + at for at in range(len(codes))], codes=codes))


class Bilingual(Indicator):
    """An indicator with a name in each language."""

    def label(self, language: str = "id") -> str:
        return f"{self.name} ({language})"

    def unit_label(self, language: str = "id") -> str:
        return {"id": "kampung", "en": "villages"}[language]


def two_levels(language: str = "id", values: list | None = None):
    """Return a map of two districts and their six villages."""
    from kkbgeo.maps import area_map, numeric_layer
    from kkbgeo.maps.levels import levelled

    villages, indicator = island(), Bilingual()
    known = cells(indicator, values or [36, 0, None, "hidden", 20, 51])
    fine = area_map(
        villages, [numeric_layer(indicator, known)], language=language, edition=Edition(),
        parents=DISTRICTS, labels={code: f"Desa {name}" for code, name in NAMES.items()},
    )  # fmt: skip
    districts = villages.dissolve(villages.index.str[:8])
    districts.index.name = "code"
    districts["name"] = ["Awayan", "Halong"]
    layer = numeric_layer(indicator, cells(indicator, [36, 71], codes=list(districts.index)))
    coarse = area_map(districts, [layer], language=language, edition=Edition())
    return levelled([coarse, fine])
