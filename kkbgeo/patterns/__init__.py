"""Pages of analysis: programme beside need, aid where need is, levels and surveys side by side.

Names load when first used, so that importing the room costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kkbgeo.patterns.need import NeedAndAid as NeedAndAid
    from kkbgeo.patterns.need import aid_and_need as aid_and_need
    from kkbgeo.patterns.need import concentration_of_aid as concentration_of_aid
    from kkbgeo.patterns.need_page import bivariate_map as bivariate_map
    from kkbgeo.patterns.need_page import programme_and_need as programme_and_need
    from kkbgeo.patterns.relation import Relation as Relation
    from kkbgeo.patterns.relation import rank_table as rank_table
    from kkbgeo.patterns.relation import relate as relate
    from kkbgeo.patterns.scale import Scale as Scale
    from kkbgeo.patterns.scale import scale_effect as scale_effect
    from kkbgeo.patterns.surveys import Surveys as Surveys
    from kkbgeo.patterns.surveys import surveys_side_by_side as surveys_side_by_side

_HOMES = {
    "NeedAndAid": "need",
    "Relation": "relation",
    "Scale": "scale",
    "Surveys": "surveys",
    "aid_and_need": "need",
    "bivariate_map": "need_page",
    "concentration_of_aid": "need",
    "programme_and_need": "need_page",
    "rank_table": "relation",
    "relate": "relation",
    "scale_effect": "scale",
    "surveys_side_by_side": "surveys",
}
__all__ = list(_HOMES)


def __getattr__(name: str):
    if name in _HOMES:
        return getattr(import_module(f"kkbgeo.patterns.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'kkbgeo.patterns' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
