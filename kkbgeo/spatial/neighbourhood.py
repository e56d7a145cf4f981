"""Who is whose neighbour, as every test of this room reads it: a graph of libpysal, or the same without libpysal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from kkbgeo.errors import ParameterError

if TYPE_CHECKING:
    from libpysal.graph import Graph

GIVEN = "given"  # how neighbours were made that come from elsewhere


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """What a graph of libpysal holds. Importing libpysal takes a second, more than most tests of a page.

    Attributes
    ----------
    codes : Index
        Every area, also those without a neighbour.
    weights : csr_array
        Weight of the area in the column for the one in the row, in the order of `codes`; no area is its own neighbour.
    how : str
        Key of the way the neighbours were made; ``given`` for a graph from elsewhere.
    parameters : dict
        Settings of that way, and what came out.
    """

    codes: pd.Index
    weights: sparse.csr_array
    how: str = GIVEN
    parameters: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, graph: Graph | Neighbourhood) -> Neighbourhood:
        """Return the neighbourhood that a graph of libpysal holds.

        Raises
        ------
        ParameterError
            It is no such graph, above all the W of classic PySAL.

        Examples
        --------
        >>> from libpysal.graph import Graph
        >>> found = Neighbourhood.of(Graph.from_arrays(["a", "b", "c"], ["b", "a", "c"], [1, 1, 0]))
        >>> list(found.codes), found.weights.toarray().tolist()
        (['a', 'b', 'c'], [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
        """
        if isinstance(graph, Neighbourhood):
            return graph
        from libpysal.graph import Graph

        if not isinstance(graph, Graph):
            classic = hasattr(graph, "id_order")
            raise ParameterError(
                f"graph must be a libpysal.graph.Graph, got a {type(graph).__name__}.",
                hint="libpysal.graph.Graph.from_W(w)" if classic else "Make one: kkbgeo.spatial.neighbours(areas)",
            )
        weights = sparse.csr_array(graph.sparse)
        weights = sparse.csr_array(weights - sparse.diags_array(weights.diagonal()))
        weights.eliminate_zeros()
        weights.sort_indices()
        # libpysal keeps no word of how a graph was made; every result prints it.
        how, parameters = getattr(graph, "kkbgeo_how", GIVEN), getattr(graph, "kkbgeo_parameters", {})
        return cls(pd.Index(graph.unique_ids, name="code"), weights, how, dict(parameters))

    @classmethod
    def of_pairs(cls, codes: pd.Index, pairs: np.ndarray, how: str, parameters: Mapping[str, float]) -> Neighbourhood:
        """Return the neighbourhood of pairs of places in `codes` (two rows), each with the weight 1."""
        ones, (focal, other) = np.ones(pairs.shape[1]), pairs.astype(np.int32)  # as libpysal has them
        weights = sparse.coo_array((ones, (focal, other)), shape=(len(codes), len(codes))).tocsr()
        weights.sort_indices()
        return cls(codes, weights, how, parameters)

    @property
    def pairs(self) -> np.ndarray:
        """Places of an area and its neighbour in `codes`, a column each."""
        links = self.weights.tocoo()
        return np.stack([links.row, links.col])

    @property
    def degrees(self) -> np.ndarray:
        """How many neighbours each area has."""
        return np.diff(self.weights.indptr)

    def graph(self) -> Graph:
        """Return it as a graph of libpysal: codes sorted as they are here, areas alone kept as isolates."""
        from libpysal.graph import Graph

        alone = np.flatnonzero(self.degrees == 0)
        links = self.weights.tocoo()
        focal, other = np.concatenate([links.row, alone]), np.concatenate([links.col, alone])
        weight = np.concatenate([links.data, np.zeros(len(alone))])
        order = np.lexsort((other, focal))
        made = Graph.from_arrays(self.codes[focal[order]], self.codes[other[order]], weight[order])
        made.kkbgeo_how, made.kkbgeo_parameters = self.how, dict(self.parameters)
        return made
