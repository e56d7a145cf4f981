"""Neighbours of the areas of a workbench, made once: a page and its notebook ask for the same ones again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kkbgeo.workbench import Workbench

if TYPE_CHECKING:
    from libpysal.graph import Graph


def graph_of(wb: Workbench, level: str, how: str = "contiguity", within: str | None = None) -> Graph:
    """Return the neighbours of all areas of a level, or of those inside a region; one without a polygon has none.

    Examples
    --------
    >>> wb = Workbench()
    >>> graph_of(wb, "regency") is graph_of(wb, "regency"), graph_of(wb, "regency").n
    (True, 56)
    """
    from kkbgeo.spatial import neighbours

    def made() -> Graph:
        codes = wb.gazetteer.codes(level) if within is None else wb.gazetteer.within(within, level)
        return neighbours(wb.areas(level, within).reindex(codes), how)

    return wb.once(("graph_of", level, within, how), made)
