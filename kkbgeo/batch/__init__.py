"""Building an atlas: which pages are out of date and why, notebook runs, the manifest and the index page.

A page is rebuilt when its fingerprint changed: its records, their sources, its boundaries, its notebook, the code, the
libraries or its parameters. A run that fails costs its own page alone. Names load when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kkbgeo.on_first_use import on_first_use

if TYPE_CHECKING:
    from kkbgeo.batch.atlas import Request as Request
    from kkbgeo.batch.atlas import build as build
    from kkbgeo.batch.atlas import dry_run as dry_run
    from kkbgeo.batch.atlas import why as why
    from kkbgeo.batch.gallery import write_index as write_index
    from kkbgeo.batch.manifest import Manifest as Manifest
    from kkbgeo.batch.plan import Run as Run

_HOMES = {
    "Manifest": "manifest",
    "Request": "atlas",
    "Run": "plan",
    "build": "atlas",
    "dry_run": "atlas",
    "why": "atlas",
    "write_index": "gallery",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = on_first_use(__name__, _HOMES)
