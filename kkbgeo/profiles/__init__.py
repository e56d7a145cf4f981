"""Area profiles: tables of everything reported for an area, findings in words, its maps, heading and footer."""

from kkbgeo.paper.companions import save
from kkbgeo.profiles.compare import accounting, compare, provinces, where
from kkbgeo.profiles.findings import gaps, never_reported, of_area, of_regencies
from kkbgeo.profiles.levels import levels_map, timed_map
from kkbgeo.profiles.pages import (
    area_ratios,
    finish,
    new_page,
    regency_map,
    table_map,
    tile_map,
    village_map,
)
from kkbgeo.profiles.reported import aid, classes, counts, kampung, prevalence, registered, registered_kampung, risk

__all__ = [
    "accounting",
    "aid",
    "area_ratios",
    "classes",
    "compare",
    "counts",
    "finish",
    "gaps",
    "kampung",
    "levels_map",
    "never_reported",
    "new_page",
    "of_area",
    "of_regencies",
    "prevalence",
    "provinces",
    "regency_map",
    "registered",
    "registered_kampung",
    "risk",
    "save",
    "table_map",
    "tile_map",
    "timed_map",
    "village_map",
    "where",
]
