"""What a graph of neighbours is like: isolates, components, neighbour counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from kkbgeo import language as words
from kkbgeo.spatial.neighbourhood import Neighbourhood
from kkbgeo.spatial.results import neighbours_said

if TYPE_CHECKING:
    from libpysal.graph import Graph


@dataclass(frozen=True, eq=False)
class NeighbourReport:
    """The neighbours of all areas in figures.

    Attributes
    ----------
    table : DataFrame
        One row per code: ``neighbours`` (number), ``component`` (0 is the largest), ``isolate``, and
        ``other_parent`` (neighbours in another province: the first part of the code differs).
    """

    table: pd.DataFrame
    how: str
    parameters: dict[str, float]

    @property
    def isolates(self) -> list[str]:
        """Areas without a neighbour."""
        return list(self.table.index[self.table["isolate"]])

    @property
    def components(self) -> int:
        """Parts of the map between which there is no link; each isolate is one."""
        return int(self.table["component"].max()) + 1

    def sentence(self, language: str = "id") -> str:
        """Return the neighbours in one sentence."""
        counts = self.table["neighbours"]
        return words.text(
            "spatial.neighbours.report",
            words.require_language(language),
            how=neighbours_said(self.how, self.parameters, language),
            areas=words.number(len(counts), language),
            links=words.number(int(counts.sum()), language),
            mean=words.number(float(counts.mean()), language, 1),
            least=int(counts.min()),
            most=int(counts.max()),
            isolates=len(self.isolates),
            components=self.components,
        )


def describe(graph: Graph | Neighbourhood) -> NeighbourReport:
    """Report isolates, components and neighbour counts of a graph.

    Examples
    --------
    >>> import kkbgeo
    >>> report = kkbgeo.spatial.describe(kkbgeo.spatial.neighbours(kkbgeo.Workbench().areas("regency")))
    >>> report.components, report.isolates, int(report.table.neighbours.max())
    (1, [], 8)
    """
    around = Neighbourhood.of(graph)
    codes = around.codes
    _, part = sparse.csgraph.connected_components(around.weights, directed=True, connection="weak")
    by_size = pd.Series(part).value_counts(sort=False)
    # Ties between components of one size are settled by their first code, so that the order of rows does not matter.
    first = (
        {one: min(codes[part == one]) for one in by_size.index} if len(by_size) < 1000 else dict.fromkeys(by_size.index)
    )
    rank = {
        one: place
        for place, one in enumerate(sorted(by_size.index, key=lambda one: (-by_size[one], first[one] or one)))
    }
    focal, other = around.pairs
    province = np.array([str(code).split(".")[0] for code in codes])
    crossing = np.bincount(focal[province[focal] != province[other]], minlength=len(codes))
    degree = around.degrees
    table = pd.DataFrame(
        {
            "neighbours": degree,
            "component": [rank[one] for one in part],
            "isolate": degree == 0,
            "other_parent": crossing,
        },
        index=codes,
    )
    return NeighbourReport(table, around.how, dict(around.parameters))
