"""What a test may use: areas with a figure and a neighbour that has one; the rest is named, not computed with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from kkbgeo.errors import CodeError, ParameterError
from kkbgeo.measures.figures import figures
from kkbgeo.spatial.neighbourhood import Neighbourhood

if TYPE_CHECKING:
    from libpysal.graph import Graph

LABELS = (
    "high-high",
    "low-low",
    "high-low",
    "low-high",
    "not-significant",
    "no-neighbours",
    "not-reported",
)
UNDEFINED = "undefined"  # state of a test whose statistic is no number for these figures
TOO_FEW = "too-few"  # label of the areas with figures where a result was asked for in spite of too few of them
FEW = ("refuse", "tell")


class TooFewAreasError(ParameterError):
    """Fewer areas than the stated minimum are left for a test; no figure is better than a wrong one."""


@dataclass(frozen=True, eq=False)
class Sample:
    """The areas of a test, in the order of their codes, and those left out with the reason.

    Attributes
    ----------
    codes : Index
        Areas in the computation, sorted, so that the order of rows never matters.
    values : ndarray
        Shape ``(areas,)`` or ``(areas, variables)``.
    weights : csr_array
        Weights among them as the graph gives them; no area is its own neighbour.
    every : Index
        All codes handed in, with values or with the graph, in the order of the values.
    not_reported, no_neighbours : tuple of str
        Codes left out. `no_neighbours` holds islands, and areas of which no neighbour has a figure.
    cut_off : tuple of str
        Those of `no_neighbours` that do have neighbours, but none with a figure.
    how : str
        Key of the way the neighbours were made; ``given`` for a graph from elsewhere.
    """

    codes: pd.Index
    values: np.ndarray
    weights: sparse.csr_array
    every: pd.Index
    not_reported: tuple[str, ...]
    no_neighbours: tuple[str, ...]
    cut_off: tuple[str, ...]
    how: str
    parameters: dict[str, float]
    minimum: int
    enough: bool

    @property
    def state(self) -> str:
        """``tested`` where there is something to test; else ``too-few`` or ``constant`` (all figures the same)."""
        if not self.enough:
            return TOO_FEW
        columns = self.values.T if self.values.ndim == 2 else [self.values]
        return "constant" if any(is_constant(one) for one in columns) else "tested"

    @property
    def row_standardised(self) -> sparse.csr_array:
        """The weights with rows that add up to one: a lag is the mean of the neighbours."""
        sums = np.asarray(self.weights.sum(axis=1)).ravel()
        sums[sums == 0] = 1.0
        return sparse.csr_array(sparse.diags_array(1 / sums) @ self.weights)

    @property
    def neighbour_counts(self) -> np.ndarray:
        """Number of neighbours of each area of the sample."""
        return np.diff(self.weights.indptr)


def take(
    values: pd.Series | pd.DataFrame,
    graph: Graph | Neighbourhood,
    *,
    minimum: int,
    few: str = "refuse",
    several: bool = False,
) -> Sample:
    """Return the sample of a test; the one place where the figures and the graph of a caller are checked.

    Parameters
    ----------
    values : Series or DataFrame
        Index codes; NaN is *not reported*. In a frame a row with any NaN is not reported.
    graph : Graph or Neighbourhood
        Neighbours. Codes of the graph without a row in `values` count as not reported.
    minimum : int
        Fewest areas the test may be made with.
    few : {"refuse", "tell"}
        Below the minimum: raise, or return a sample that says ``enough`` is false.
    several : bool
        Whether `values` is a frame of several variables; else a frame is refused.

    Raises
    ------
    CodeError
        A code stands twice, is a number, or the graph does not know it.
    ParameterError
        Values that are no Series or no finite numbers; a classic PySAL W; an unknown word for `few`.
    TooFewAreasError
        Fewer than `minimum` areas are left.
    """
    if few not in FEW:
        raise ParameterError(f"few must be one of {', '.join(FEW)}, got {few!r}.", hint='few="refuse"', value=few)
    around = Neighbourhood.of(graph)
    frame = values.apply(figures) if several else figures(values).to_frame("value")
    _check_codes(frame.index, around.codes)
    every = frame.index.append(around.codes.difference(frame.index))
    known = frame.dropna().sort_index()
    position = around.codes.get_indexer(known.index)
    inside = around.weights[position][:, position]
    kept = np.arange(len(known))
    # An area without a neighbour may be the only one of another: go on until none is left.
    while len(kept) and (np.diff(inside.indptr) == 0).any():
        stay = np.flatnonzero(np.diff(inside.indptr))
        kept, inside = kept[stay], inside[stay][:, stay]
    inside.sort_indices()
    codes = known.index[kept]
    alone = list(known.index.difference(codes))
    degree = dict(zip(around.codes, around.degrees, strict=True))
    if len(codes) < minimum and few == "refuse":
        raise TooFewAreasError(
            f"{len(codes)} areas have a figure and a neighbour with one; this test needs at least {minimum}.",
            hint="Take a wider region or a finer level; below the minimum no number is given",
            value=len(codes),
            minimum=minimum,
        )
    array = known.to_numpy()[kept]
    return Sample(
        codes=codes,
        values=array if several else array[:, 0],
        weights=inside,
        every=every,
        not_reported=tuple(every.difference(known.index, sort=False)),
        no_neighbours=tuple(alone),
        cut_off=tuple(code for code in alone if degree[code] > 0),
        how=around.how,
        parameters=dict(around.parameters),
        minimum=minimum,
        enough=len(codes) >= minimum,
    )


def _check_codes(index: pd.Index, known: pd.Index) -> None:
    if index.has_duplicates:
        twice = list(index[index.duplicated()].unique())[:5]
        raise CodeError(f"Codes stand twice among the values: {', '.join(map(str, twice))}.", value=twice)
    unknown = index[~index.isin(known)]
    numbers = [code for code in unknown if not isinstance(code, str)]
    if numbers:
        raise CodeError(
            f"Codes are text, got the number {numbers[0]!r} ({type(numbers[0]).__name__}).",
            hint='Read codes as text, or 62.10 becomes 62.1: pandas.read_csv(..., dtype={"code": str})',
            value=numbers[:5],
        )
    if len(unknown):
        unknown = unknown.sort_values()
        shown = ", ".join(map(str, unknown[:5]))
        raise CodeError(
            f"The graph does not know {len(unknown)} of the codes: {shown}.",
            hint="Make the neighbours from the areas of the values: kkbgeo.spatial.neighbours(areas)",
            value=list(unknown[:5]),
        )


def is_constant(values: np.ndarray) -> bool:
    """Tell whether figures differ by no more than rounding; none at all differ in nothing."""
    return len(values) == 0 or bool(np.ptp(values) <= 1e-12 * np.abs(values).max())


def spread(sample: Sample, columns: dict[str, Sequence]) -> pd.DataFrame:
    """Put figures of the areas of a sample into a table of all areas, the rest labelled with the reason."""
    table = pd.DataFrame(columns, index=sample.codes).reindex(sample.every)
    table.index.name = "code"
    label = table["label"].astype(object) if "label" in table else pd.Series(TOO_FEW, index=table.index, dtype=object)
    label[list(sample.not_reported)] = "not-reported"
    label[list(sample.no_neighbours)] = "no-neighbours"
    table["label"] = label
    return table
