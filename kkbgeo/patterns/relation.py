"""Programme beside need: one row per area, a scatter, and the test of the pair over the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from kkbgeo.errors import ParameterError
from kkbgeo.language import Number, Spoken, Text, date, phrase
from kkbgeo.maps import charts
from kkbgeo.maps.bivariate_layer import bivariate_layer
from kkbgeo.maps.drawn import Layer
from kkbgeo.measures import Indicator
from kkbgeo.patterns.frame import known_values, require_testable
from kkbgeo.patterns.graphs import graph_of
from kkbgeo.profiles.display import cell_text
from kkbgeo.tables import AreaTable
from kkbgeo.workbench import Workbench

if TYPE_CHECKING:
    from libpysal.graph import Graph

    from kkbgeo.spatial.neighbourhood import Neighbourhood
    from kkbgeo.spatial.results import Result

#: Of the Kampung KB the portal alone, so that all areas are of one date.
PROGRAMME = ("kkb_registered_advanced_share", "kkb_registered_coverage", "aid_events")
NEED = ("stunting_prevalence", "families_at_risk")


@dataclass(frozen=True, eq=False)
class Relation:
    """Two indicators of the same areas.

    Attributes
    ----------
    table : AreaTable
        Both, with the areas.
    need, programme : str
        Their indicators.
    frame : DataFrame
        Index code; ``need``, ``programme``, NaN where not reported.
    lee, moran : Result
        Lee's L and bivariate Moran's I (need of an area, programme of its neighbours); state ``too-few`` where too few
        areas have both.
    """

    table: AreaTable
    need: str
    programme: str
    frame: pd.DataFrame
    lee: Result
    moran: Result

    @property
    def both(self) -> int:
        """Number of areas with both figures."""
        return len(self.frame.dropna())

    def findings(self) -> list[str]:
        """Return how many areas have both figures, and what the tests allow to say."""
        said = Text(
            "needs.relation.both", both=self.both, all=len(self.frame),
            need=self._label(self.need), programme=self._label(self.programme),
        )  # fmt: skip
        if self.lee.state != "tested":
            return [said, Spoken(self.lee.finding)]
        return [said, Spoken(self.lee.finding), Spoken(self.moran.finding), Spoken(self.lee.conditions)]

    def layer(self) -> Layer:
        """Return the bivariate layer of the areas that have a polygon."""
        cells = self.table.cells_of(self.need, self.programme, drawn=True)
        pair = (self.table.indicator(self.need), self.table.indicator(self.programme))
        return bivariate_layer(*pair, cells)

    def scatter(self) -> Spoken | None:
        """Return the scatter with the names of areas; nothing where no area has both figures."""
        if not self.both:
            return None
        one, other = self.table.indicator(self.need), self.table.indicator(self.programme)
        known = self.frame.dropna()
        return charts.spoken(
            charts.scatter,
            self.frame["need"],
            self.frame["programme"],
            labels={code: _short(label) for code, label in self.table.labels.items()},
            x_label=_with_unit(one),
            y_label=_with_unit(other),
            title=Text("needs.relation.scatter", need=Spoken(one.label), programme=Spoken(other.label)),
            x_line=float(known["need"].median()),
            y_line=float(known["programme"].median()),
            decimals=(one.decimals, other.decimals),
        )

    def scatter_table(self) -> pd.DataFrame:
        """Return the figures of the scatter as display text."""
        known = self.frame.dropna().sort_values("need", ascending=False, kind="stable")
        pair = (self.table.indicator(self.need), self.table.indicator(self.programme))
        rows = [
            (self.table.labels[code], *(Number(v, one.decimals) for v, one in zip(row, pair, strict=True)))
            for code, row in zip(known.index, known.itertuples(index=False), strict=True)
        ]
        heads = [Text("needs.column.area"), *(_with_unit(one) for one in pair)]
        return pd.DataFrame(rows, columns=heads)

    def _label(self, key: str) -> str:
        return Spoken(self.table.indicator(key).label)


def relate(
    wb: Workbench,
    need: str = "stunting_prevalence",
    programme: str = "aid_events",
    *,
    graph: Graph | Neighbourhood | None = None,
    how: str = "contiguity",
    permutations: int = 999,
    seed: int | None = None,
    alpha: float = 0.05,
) -> Relation:
    """Set a programme indicator beside an indicator of need, regency by regency, and test the pair over the map.

    An area without one of the two stays out of the tests, and stays in every table and on the map.

    Parameters
    ----------
    need, programme : str
        Two different indicators of the catalogue that may be tested (`kkbgeo.patterns.frame.require_testable`).
    graph : Graph or Neighbourhood, optional
        Neighbours; by default made from the regencies, `how` says in what way.
    permutations, seed, alpha
        As for `kkbgeo.spatial.global_lee`.

    Raises
    ------
    ParameterError
        The same indicator twice, an unknown one, or one of Kampung KB.

    Examples
    --------
    >>> import kkbgeo
    >>> found = relate(kkbgeo.Workbench(as_of="2022"), "stunting_prevalence_ssgi_2022", "families_at_risk")
    >>> found.lee.state
    'too-few'
    """
    from kkbgeo import spatial
    from kkbgeo.spatial.permute import SEED

    require_testable(wb, need, programme)
    if need == programme:
        raise ParameterError("Need and programme are the same indicator.", value=need)
    table = wb.table("regency", [need, programme])
    graph = graph_of(wb, "regency", how) if graph is None else graph
    frame = pd.DataFrame(
        {"need": table.column(need), "programme": table.column(programme)}, index=pd.Index(table.labels, name="code")
    ).astype(float)
    for key, column in ((need, "need"), (programme, "programme")):
        # A figure hidden to protect families must not show in a statistic.
        hidden = [state == "suppressed" for state in table.column(key, "state")]
        frame.loc[hidden, column] = float("nan")
    given = {"permutations": permutations, "seed": SEED if seed is None else seed, "alpha": alpha, "few": "tell"}
    lee = spatial.global_lee(frame["need"], frame["programme"], graph, **given)
    moran = spatial.bivariate_moran(frame["need"], frame["programme"], graph, **given)
    return Relation(table, need, programme, frame, lee, moran)


def beside_table(wb: Workbench) -> pd.DataFrame:
    """Return prevalence and families at risk beside classes, coverage and aid, one row per regency.

    A dash where nothing was reported. No ranks: counts are complete, and surveys print no errors. Areas with the
    greatest need come first, those of unknown need last.

    Examples
    --------
    >>> import kkbgeo
    >>> len(beside_table(kkbgeo.Workbench()))
    56
    """
    table, keys = _beside(wb)
    need = known_values(table, NEED[0]).sort_index()
    order = need.sort_values(ascending=False, na_position="last", kind="stable").index
    rows = [(table.labels[code], *(cell_text(table, code, key).text for key in keys)) for code in order]
    heads = [_with_unit(table.indicator(key)) for key in keys]
    return pd.DataFrame(rows, columns=[Text("needs.column.area"), *heads])


def beside_notes(wb: Workbench) -> list[str]:
    """Return date and definition of each indicator of Kampung KB in `beside_table`; each has one date for all areas."""
    table, keys = _beside(wb)
    found = []
    for one in (table.indicator(key) for key in keys):
        dates = {day for day in table.column(one.id, "as_of") if day}
        if one.by_office and len(dates) == 1:
            found.append(phrase("{}: {}. {}", Spoken(one.label), Spoken(date, *dates), Spoken(one.definition)))
    return found


def _beside(wb: Workbench) -> tuple[AreaTable, list[str]]:
    keys = [*NEED, *PROGRAMME]
    return wb.table("regency", keys), keys


def _with_unit(one: Indicator) -> str:
    label = Spoken(one.label)
    return phrase("{} (%)", label) if one.kind == "percent" else label


def _short(label: str) -> str:
    """Return a name as short as a chart has room for; a city keeps its word, lest it be taken for the regency."""
    return label.removeprefix("Kabupaten ")
