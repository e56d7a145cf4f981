"""Maps and pages as PNG and PDF: the twins that are printed, mailed or put into a report.

Names load when first used, so that importing the room costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kkbgeo.paper.companions import save as save
    from kkbgeo.paper.static import StaticMap as StaticMap
    from kkbgeo.paper.static import static_map as static_map

_HOMES = {"StaticMap": "static", "save": "companions", "static_map": "static"}
__all__ = list(_HOMES)


def __getattr__(name: str):
    if name in _HOMES:
        return getattr(import_module(f"kkbgeo.paper.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'kkbgeo.paper' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
