"""kkbgeo: Kampung KB and stunting-aid records of Kalimantan on maps, with no row lost.

Heavy libraries load when first used, so that ``import kkbgeo`` stays cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from kkbgeo._version import __version__

if TYPE_CHECKING:
    from kkbgeo import intake as intake
    from kkbgeo import maps as maps
    from kkbgeo.parameters import check_parameters as check_parameters
    from kkbgeo.workbench import Workbench as Workbench

_HOMES = {"Workbench": "kkbgeo.workbench", "check_parameters": "kkbgeo.parameters"}
_ROOMS = ("intake", "maps", "measures", "paper", "patterns", "profiles", "spatial")
__all__ = ["Workbench", "__version__", "check_parameters", "intake", "maps"]


def __getattr__(name: str):
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name in _ROOMS:
        return import_module(f"kkbgeo.{name}")
    raise AttributeError(f"module 'kkbgeo' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *_ROOMS})
