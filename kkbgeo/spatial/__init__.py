"""Spatial statistics: weights, global and local autocorrelation, join counts, bivariate association, inequality.

Areas without a figure and areas without a neighbour stay out of every computation and stay in every table.
Names load when first used, so that importing the room costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kkbgeo.on_first_use import on_first_use

if TYPE_CHECKING:
    from kkbgeo.spatial.adjacency import links as links
    from kkbgeo.spatial.adjacency import neighbours as neighbours
    from kkbgeo.spatial.bivariate import bivariate_moran as bivariate_moran
    from kkbgeo.spatial.bivariate import global_lee as global_lee
    from kkbgeo.spatial.inequality import concentration as concentration
    from kkbgeo.spatial.inequality import gini as gini
    from kkbgeo.spatial.inequality import theil as theil
    from kkbgeo.spatial.joins import join_counts as join_counts
    from kkbgeo.spatial.local import local_g as local_g
    from kkbgeo.spatial.local import local_moran as local_moran
    from kkbgeo.spatial.report import describe as describe
    from kkbgeo.spatial.sample import LABELS as LABELS
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
    "gini": "inequality",
    "theil": "inequality",
    "local_g": "local",
    "local_moran": "local",
    "neighbours": "adjacency",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = on_first_use(__name__, _HOMES)
