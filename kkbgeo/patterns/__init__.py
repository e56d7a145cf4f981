"""Analyses and their pages: spatial association, progress to targets, programme and need, areas compared.

Names load when first used, so that importing the room costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kkbgeo.on_first_use import on_first_use

if TYPE_CHECKING:
    from kkbgeo.patterns.comparing import Comparison as Comparison
    from kkbgeo.patterns.comparing import compare as compare
    from kkbgeo.patterns.comparing_told import compare_page as compare_page
    from kkbgeo.patterns.frame import analysis_page as analysis_page
    from kkbgeo.patterns.frame import finish as finish
    from kkbgeo.patterns.movement import Movement as Movement
    from kkbgeo.patterns.movement import class_movement as class_movement
    from kkbgeo.patterns.need import NeedAndAid as NeedAndAid
    from kkbgeo.patterns.need import aid_and_need as aid_and_need
    from kkbgeo.patterns.need import concentration_of_aid as concentration_of_aid
    from kkbgeo.patterns.need_page import bivariate_map as bivariate_map
    from kkbgeo.patterns.relation import Relation as Relation
    from kkbgeo.patterns.relation import beside_table as beside_table
    from kkbgeo.patterns.relation import relate as relate
    from kkbgeo.patterns.scale import Scale as Scale
    from kkbgeo.patterns.scale import scale_effect as scale_effect
    from kkbgeo.patterns.spatial_page import label_map as label_map
    from kkbgeo.patterns.studying import Study as Study
    from kkbgeo.patterns.studying import study as study
    from kkbgeo.patterns.surveys import Surveys as Surveys
    from kkbgeo.patterns.surveys import surveys_side_by_side as surveys_side_by_side
    from kkbgeo.patterns.tracking import Progress as Progress
    from kkbgeo.patterns.tracking import progress as progress

_HOMES = {
    "Comparison": "comparing",
    "Movement": "movement",
    "NeedAndAid": "need",
    "Progress": "tracking",
    "Relation": "relation",
    "Scale": "scale",
    "Study": "studying",
    "Surveys": "surveys",
    "aid_and_need": "need",
    "analysis_page": "frame",
    "beside_table": "relation",
    "bivariate_map": "need_page",
    "class_movement": "movement",
    "compare": "comparing",
    "compare_page": "comparing_told",
    "concentration_of_aid": "need",
    "finish": "frame",
    "label_map": "spatial_page",
    "progress": "tracking",
    "relate": "relation",
    "scale_effect": "scale",
    "study": "studying",
    "surveys_side_by_side": "surveys",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = on_first_use(__name__, _HOMES)
