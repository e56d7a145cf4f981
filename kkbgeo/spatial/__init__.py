"""Spatial comparison: neighbours, global and local tests, join counts, two variables, inequality, transitions.

Areas without a figure and areas without a neighbour stay out of every computation and stay in every table.
Names load when first used, so that importing the room costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kkbgeo.spatial.adjacency import links as links
    from kkbgeo.spatial.adjacency import neighbours as neighbours
    from kkbgeo.spatial.bivariate import bivariate_moran as bivariate_moran
    from kkbgeo.spatial.bivariate import global_lee as global_lee
    from kkbgeo.spatial.bivariate import local_bivariate_moran as local_bivariate_moran
    from kkbgeo.spatial.change import spatial_transitions as spatial_transitions
    from kkbgeo.spatial.change import transitions as transitions
    from kkbgeo.spatial.correlation import correlate as correlate
    from kkbgeo.spatial.inequality import concentration as concentration
    from kkbgeo.spatial.inequality import gini as gini
    from kkbgeo.spatial.inequality import theil as theil
    from kkbgeo.spatial.joins import join_counts as join_counts
    from kkbgeo.spatial.local import local_g as local_g
    from kkbgeo.spatial.local import local_moran as local_moran
    from kkbgeo.spatial.report import describe as describe
    from kkbgeo.spatial.sample import LABELS as LABELS
    from kkbgeo.spatial.smoothing import smooth_locally as smooth_locally
    from kkbgeo.spatial.whole import global_g as global_g
    from kkbgeo.spatial.whole import global_geary as global_geary
    from kkbgeo.spatial.whole import global_moran as global_moran

_HOMES = {
    "LABELS": "sample",
    "bivariate_moran": "bivariate",
    "describe": "report",
    "global_g": "whole",
    "global_geary": "whole",
    "global_lee": "bivariate",
    "global_moran": "whole",
    "join_counts": "joins",
    "links": "adjacency",
    "concentration": "inequality",
    "correlate": "correlation",
    "gini": "inequality",
    "spatial_transitions": "change",
    "theil": "inequality",
    "transitions": "change",
    "local_bivariate_moran": "bivariate",
    "local_g": "local",
    "local_moran": "local",
    "neighbours": "adjacency",
    "smooth_locally": "smoothing",
}
__all__ = list(_HOMES)


def __getattr__(name: str):
    if name in _HOMES:
        return getattr(import_module(f"kkbgeo.spatial.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'kkbgeo.spatial' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
