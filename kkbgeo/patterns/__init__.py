"""Pages of analysis: patterns in space, progress and targets, areas side by side. Statistics become words and charts.

Names load when first used, so that importing the room costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kkbgeo.patterns.comparing import Comparison as Comparison
    from kkbgeo.patterns.comparing import compare as compare
    from kkbgeo.patterns.comparing_told import compare_page as compare_page
    from kkbgeo.patterns.frame import analysis_page as analysis_page
    from kkbgeo.patterns.frame import finish as finish
    from kkbgeo.patterns.spatial_page import label_map as label_map
    from kkbgeo.patterns.spatial_page import study_page as study_page
    from kkbgeo.patterns.studying import Study as Study
    from kkbgeo.patterns.studying import study as study
    from kkbgeo.patterns.targets_page import progress_page as progress_page
    from kkbgeo.patterns.tracking import Progress as Progress
    from kkbgeo.patterns.tracking import progress as progress

_HOMES = {
    "Comparison": "comparing",
    "compare": "comparing",
    "compare_page": "comparing_told",
    "Progress": "tracking",
    "progress": "tracking",
    "progress_page": "targets_page",
    "Study": "studying",
    "analysis_page": "frame",
    "finish": "frame",
    "label_map": "spatial_page",
    "study": "studying",
    "study_page": "spatial_page",
}
__all__ = list(_HOMES)


def __getattr__(name: str):
    if name in _HOMES:
        return getattr(import_module(f"kkbgeo.patterns.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'kkbgeo.patterns' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
