"""Administrative boundaries: any vector file read, matched to codes, made a coverage, and stored by edition.

An import goes: read, recognise the columns, match rows to codes, close gaps and overlaps, dissolve upward, store as
GeoParquet, report. What is not matched or not valid is named; nothing is dropped in silence.
Names load when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kkbgeo.on_first_use import on_first_use

if TYPE_CHECKING:
    from kkbgeo.boundaries.importing import import_file as import_file
    from kkbgeo.boundaries.report import ImportReport as ImportReport
    from kkbgeo.boundaries.store import Edition as Edition
    from kkbgeo.boundaries.store import area_km2 as area_km2
    from kkbgeo.boundaries.store import edition as edition
    from kkbgeo.boundaries.store import editions as editions
    from kkbgeo.boundaries.store import read as read

_HOMES = {
    "Edition": "store",
    "ImportReport": "report",
    "area_km2": "store",
    "edition": "store",
    "editions": "store",
    "import_file": "importing",
    "read": "store",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = on_first_use(__name__, _HOMES)
