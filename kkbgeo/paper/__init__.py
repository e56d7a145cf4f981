"""Static maps and one-page briefs as PNG and PDF: what is printed, mailed or put into a report.

Names load when first used, so that importing the room costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kkbgeo.on_first_use import on_first_use

if TYPE_CHECKING:
    from kkbgeo.paper.companions import save as save
    from kkbgeo.paper.static import StaticMap as StaticMap
    from kkbgeo.paper.static import static_map as static_map

_HOMES = {"StaticMap": "static", "save": "companions", "static_map": "static"}
__all__ = list(_HOMES)
__getattr__, __dir__ = on_first_use(__name__, _HOMES)
