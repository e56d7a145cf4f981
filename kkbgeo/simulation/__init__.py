"""Simulated records in a data folder of their own, for teaching and load tests; every page of them says SIMULASI.

Names load when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kkbgeo.on_first_use import on_first_use

if TYPE_CHECKING:
    from kkbgeo.simulation.workspace import simulate as simulate

_HOMES = {"simulate": "workspace"}
__all__ = list(_HOMES)
__getattr__, __dir__ = on_first_use(__name__, _HOMES)
