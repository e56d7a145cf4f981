"""All spatial tests of one indicator at once, and whether their answers hang on choices: neighbours, seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from kkbgeo.errors import ParameterError
from kkbgeo.patterns.frame import known_values, require_numbers, require_testable
from kkbgeo.spatial import (
    describe,
    global_g,
    global_geary,
    global_moran,
    links,
    local_g,
    local_moran,
)
from kkbgeo.spatial.adjacency import WAYS, neighbourhood_of
from kkbgeo.spatial.permute import SEED
from kkbgeo.spatial.results import LocalResult, Result
from kkbgeo.workbench import Workbench

if TYPE_CHECKING:
    from kkbgeo.spatial.neighbourhood import Neighbourhood
    from kkbgeo.spatial.report import NeighbourReport
    from kkbgeo.tables import AreaTable

#: Other definitions of neighbours to try; each is as defensible as the next.
ALTERNATIVES: tuple[tuple[str, Mapping[str, float]], ...] = (
    ("contiguity", {}),
    ("contiguity", {"tolerance_m": 5_000.0}),
    ("contiguity-nearest", {}),
    ("distance", {}),
    ("nearest", {"k": 4}),
    ("nearest", {"k": 6}),
)
NAMED = ("high-high", "low-low", "high-low", "low-high")


@dataclass(frozen=True, eq=False)
class Study:
    """The spatial tests of one indicator.

    Attributes
    ----------
    table : AreaTable
        The figures with their states and sources.
    indicator : str
        Id of the catalogue.
    values : Series
        Figures by code; NaN not reported or suppressed.
    neighbourhood : Neighbourhood
        Neighbours of all areas that have a polygon; its ``graph()`` is one of libpysal.
    how : str
        The way they were made.
    moran, geary, g : Result
        One figure for the whole map; ``g`` is None where a figure is below zero.
    local, spots : LocalResult
        Local Moran and Gi*: a verdict per area.
    fdr : bool
        Whether local verdicts are corrected for the number of tests.
    """

    table: AreaTable
    indicator: str
    values: pd.Series
    neighbourhood: Neighbourhood
    how: str
    moran: Result
    geary: Result
    g: Result | None
    local: LocalResult
    spots: LocalResult
    permutations: int
    seed: int
    fdr: bool

    @cached_property
    def report(self) -> NeighbourReport:
        """Isolates, components and neighbour counts."""
        return describe(self.neighbourhood)

    @cached_property
    def links(self):
        """The neighbours as lines (GeoDataFrame)."""
        return links(self.neighbourhood, self.table.areas)

    @property
    def slug(self) -> str:
        """Name of the page: ``pola-spasial-<indicator>``; without it for prevalence, the usual question."""
        plain = self.indicator.startswith("stunting_prevalence")
        return "pola-spasial" if plain else f"pola-spasial-{self.indicator.replace('_', '-')}"

    @property
    def whole(self) -> pd.DataFrame:
        """The global measures, one row each (index ``measure``)."""
        tested = [one for one in (self.moran, self.geary, self.g) if one is not None]
        return pd.concat({one.measure: one.table.iloc[0] for one in tested}, axis=1).T.rename_axis("measure")

    @property
    def named(self) -> pd.DataFrame:
        """The areas that local Moran names: its rows, ordered by label and code."""
        table = self.local.table
        return table[table["label"].isin(NAMED)].sort_index().sort_values("label", kind="stable")

    def sensitivity(
        self, alternatives: Sequence[tuple[str, Mapping[str, float]]] = ALTERNATIVES, seeds: int = 3
    ) -> Sensitivity:
        """Make the tests again for other neighbours and other seeds.

        Parameters
        ----------
        alternatives : sequence of (str, mapping)
            Ways of `kkbgeo.spatial.neighbours` with their settings.
        seeds : int
            Seeds per way: that of the study, and the numbers after it.
        """
        # The whole page is refused with its own sentence; there is nothing to be stable then.
        if self.moran.state != "tested":
            return Sensitivity(pd.DataFrame(), pd.DataFrame(), "")
        runs, labels = [], {}
        for how, settings in alternatives:
            around = neighbourhood_of(self.table.areas, how, **settings)
            for seed in range(self.seed, self.seed + seeds):
                whole = global_moran(
                    self.values, around, permutations=max(self.permutations, 999), seed=seed, few="tell"
                )
                local = local_moran(
                    self.values, around, permutations=self.permutations or None, seed=seed, few="tell",
                    correction="fdr" if self.fdr else "none",
                )  # fmt: skip
                row = whole.table.iloc[0]
                named = local.table["label"].isin(NAMED)
                runs.append((how, dict(around.parameters), seed, row["statistic"], row["p"], whole.verdict,
                             int(row["areas"]), int(named.sum())))  # fmt: skip
                labels[len(runs)] = local.table["label"]
        columns = ["how", "settings", "seed", "moran", "p", "verdict", "areas", "named"]
        return Sensitivity(pd.DataFrame(runs, columns=columns), _agreement(self.local.table["label"], labels),
                           self.moran.verdict)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """The same tests under other choices.

    Attributes
    ----------
    runs : DataFrame
        One row per way of neighbours and seed: ``how``, ``settings``, ``seed``, ``moran``, ``p``, ``verdict``,
        ``areas``, ``named`` (areas that local Moran names).
    areas : DataFrame
        One row per area that any run names: ``label`` of the study, ``same`` (runs with that label), ``named``
        (runs that name it at all), ``runs``.
    verdict : str
        Verdict of the study's own Moran.
    """

    runs: pd.DataFrame
    areas: pd.DataFrame
    verdict: str

    @property
    def stable(self) -> tuple[int, int]:
        """Runs whose Moran has the verdict of the study, and all runs."""
        return (int((self.runs["verdict"] == self.verdict).sum()), len(self.runs)) if len(self.runs) else (0, 0)

    @property
    def by_way(self) -> pd.DataFrame:
        """One row per way: range of Moran's I and p over the seeds, areas named, runs with the study's verdict."""
        if self.runs.empty:
            return self.runs
        keyed = self.runs.assign(key=self.runs["how"] + self.runs["settings"].map(str), agrees=self._agrees)
        found = keyed.groupby("key", sort=False).agg(
            how=("how", "first"), settings=("settings", "first"), moran=("moran", "first"), p_low=("p", "min"),
            p_high=("p", "max"), named_low=("named", "min"), named_high=("named", "max"), agrees=("agrees", "sum"),
            runs=("seed", "size"), areas=("areas", "first"),
        )  # fmt: skip
        return found.reset_index(drop=True)

    @property
    def _agrees(self) -> pd.Series:
        return self.runs["verdict"] == self.verdict


def study(
    wb: Workbench,
    indicator: str,
    *,
    level: str = "regency",
    within: str | None = None,
    how: str = "contiguity",
    permutations: int = 0,
    seed: int = SEED,
    fdr: bool = True,
) -> Study:
    """Make every spatial test of one indicator; too few areas give results that say so, never an error.

    Parameters
    ----------
    indicator : str
        Id of the catalogue; a count, per cent or ratio.
    level : {"province", "regency", "district", "village"}
        Level of the areas.
    within : str, optional
        Only the areas inside this region.
    how : str
        Way to make neighbours: one of `kkbgeo.spatial.adjacency.WAYS`.
    permutations : int
        0: 999, and for the local tests as many as let one single area pass.
    seed : int
        Start of the random draws.
    fdr : bool
        Whether the local tests are corrected for their number.

    Raises
    ------
    ParameterError
        An indicator of Kampung KB (`kkbgeo.patterns.frame.require_testable`), an unknown way or level.

    Examples
    --------
    >>> found = study(Workbench(), "stunting_prevalence_ssgi_2022")
    >>> found.local.counts["not-reported"], found.moran.state
    (2, 'tested')
    """
    if how not in WAYS:
        raise ParameterError(f"There is no way {how!r} to make neighbours.", hint=f"Ways: {', '.join(WAYS)}", value=how)
    require_numbers(permutations=permutations, seed=seed)
    if not isinstance(fdr, bool):
        raise ParameterError("fdr must be true or false.", hint="With papermill: -p fdr False", value=fdr)
    if not isinstance(permutations, int) or (permutations and permutations < 99):
        raise ParameterError("permutations must be 0 or a whole number of at least 99.", value=permutations)
    require_testable(wb, indicator)
    table = wb.table(level, [indicator], within=within)
    around = neighbourhood_of(table.areas, how)
    values = known_values(table, indicator).reindex(table.areas.index)
    options = {"seed": seed, "few": "tell"}
    whole = options | {"permutations": permutations or 999}
    local = options | {"permutations": permutations or None, "correction": "fdr" if fdr else "none"}
    return Study(
        table, indicator, values, around, how,
        global_moran(values, around, **whole), global_geary(values, around, **whole),
        global_g(values, around, **whole) if not (values < 0).any() else None,
        local_moran(values, around, **local), local_g(values, around, **local),
        permutations, seed, fdr,
    )  # fmt: skip


def _agreement(own: pd.Series, labels: Mapping[int, pd.Series]) -> pd.DataFrame:
    table = pd.DataFrame(labels).reindex(own.index)
    named = table.isin(NAMED).sum(axis=1)
    same = table.eq(own, axis=0).sum(axis=1)
    found = pd.DataFrame({"label": own, "same": same, "named": named, "runs": table.shape[1]})
    return found[(found["named"] > 0) | own.isin(NAMED)].sort_values("named", ascending=False, kind="stable")
