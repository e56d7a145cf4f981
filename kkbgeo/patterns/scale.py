"""The same question at several levels, side by side: what a coarse map shows may not hold for finer units.

Where the finer level has no data, or too few to test, that is the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kkbgeo.errors import ParameterError
from kkbgeo.language import Spoken, Text, phrase
from kkbgeo.patterns.frame import require_testable
from kkbgeo.patterns.graphs import graph_of
from kkbgeo.profiles.display import shown
from kkbgeo.regions.codes import LEVELS
from kkbgeo.tables import AreaTable
from kkbgeo.workbench import Workbench

if TYPE_CHECKING:
    from kkbgeo.spatial.results import Result

QUESTIONS = ("pattern", "pair")
DEFAULT_LEVELS = ("regency", "district", "village")


@dataclass(frozen=True, eq=False)
class Scale:
    """One question at several levels.

    Attributes
    ----------
    question : {"pattern", "pair"}
        Are neighbours alike (Moran's I), or do two indicators go together over the map (Lee's L)?
    table : DataFrame
        Index ``level``, coarse to fine: ``areas``, ``reported`` (areas with the figures), ``tested`` (those with a
        neighbour that has them), ``total`` (of events, which add up from the finest units), ``statistic``, ``p``,
        ``spearman`` (of a pair), ``state`` (``tested``, ``too-few``, ``constant``, ``no-data``) and ``verdict``.
    comparisons : tuple of (str, str, str)
        Coarser level, finer level, and how they compare: ``agree`` (same verdict), ``differ`` (one finds something,
        the other no evidence), ``opposite``, ``no-data`` or ``not-testable``.
    results : dict
        Level -> result of the test, where there was something to ask.
    """

    question: str
    indicators: tuple[str, ...]
    table: pd.DataFrame
    comparisons: tuple[tuple[str, str, str], ...]
    results: dict[str, Result]

    @property
    def disagrees(self) -> bool:
        """Whether two levels that could both be tested give different answers."""
        return any(how in ("differ", "opposite") for *_, how in self.comparisons)

    def findings(self) -> list[str]:
        """Return how the levels compare, in plain words of the workbench's language."""
        found = []
        for coarse, fine, how in self.comparisons:
            told = {
                "coarse": _level(coarse), "fine": _level(fine),
                "reported": shown(self.table.loc[fine, "reported"]),
                "areas": shown(self.table.loc[fine, "areas"]),
            }  # fmt: skip
            nothing = how == "agree" and self.table.loc[fine, "verdict"] == "none"
            found.append(Text(f"needs.scale.{'agree_none' if nothing else how}", **told))
            high, low = self.table.loc[coarse, "total"], self.table.loc[fine, "total"]
            if pd.notna(high) and pd.notna(low) and low < high:
                told |= {"high": shown(high), "low": shown(low)}
                found.append(Text("needs.scale.lost", **told))
        return found

    def page_table(self) -> pd.DataFrame:
        """Return the levels side by side as display text."""
        rows = [
            (
                _level(str(level)), phrase('{} / {}', shown(row['reported']), shown(row['areas'])),
                shown(row["tested"]), shown(row["total"]), shown(row["statistic"], 2),
                shown(row["p"], 4), Text(f"needs.answer.{row['verdict']}"),
            )
            for level, row in self.table.iterrows()
        ]  # fmt: skip
        names = ("level", "reported", "tested", "total", "statistic", "p", "answer")
        return pd.DataFrame(rows, columns=[Text(f"needs.column.{name}") for name in names])

    def conditions(self) -> str:
        """Return how the coarsest level that could be asked was tested: neighbours, permutations, seed."""
        return next((Spoken(one.conditions) for one in self.results.values()), "")


def scale_effect(
    wb: Workbench,
    indicator: str,
    other: str = "",
    *,
    levels: Sequence[str] = DEFAULT_LEVELS,
    within: str | None = None,
    how: str = "contiguity",
    permutations: int = 999,
    seed: int | None = None,
    alpha: float = 0.05,
    minimum_areas: int = 10,
) -> Scale:
    """Ask one question at several levels: are neighbours alike in an indicator, or do two go together?

    Parameters
    ----------
    indicator, other : str
        One indicator: Moran's I. Two: Lee's L.
    levels : sequence of str
        From the coarsest to the finest.
    within : str, optional
        Only the areas inside this region.
    how, permutations, seed, alpha, minimum_areas
        As for `kkbgeo.spatial.global_moran`.

    Raises
    ------
    ParameterError
        Levels that do not run from coarse to fine; an indicator of Kampung KB
        (`kkbgeo.patterns.frame.require_testable`), or the same twice.

    Examples
    --------
    >>> import kkbgeo
    >>> found = scale_effect(kkbgeo.Workbench(), "stunting_prevalence_ssgi_2022", levels=("regency", "district"))
    >>> found.table["state"].to_dict(), found.comparisons[0][2]
    ({'regency': 'tested', 'district': 'no-data'}, 'no-data')
    """
    places = [LEVELS.index(one) if one in LEVELS else -1 for one in levels]
    if len(places) < 2 or -1 in places or places != sorted(set(places)):
        raise ParameterError(
            f"levels must run from coarse to fine: {', '.join(levels)}.", hint=f"Levels: {', '.join(LEVELS)}"
        )
    keys = tuple(one for one in (indicator, other) if one)
    require_testable(wb, *keys)
    if len(set(keys)) < len(keys):
        raise ParameterError("Give one or two different indicators.", value=keys)
    given = (within, how, permutations, seed, alpha, minimum_areas)
    found = wb.once(("scale_effect", keys, tuple(levels), given), lambda: _scaled(wb, keys, levels, *given))
    return replace(found, table=found.table.copy())  # the one that is kept stays as it is


def _scaled(wb: Workbench, keys: tuple[str, ...], levels: Sequence[str], within: str | None, *given: Any) -> Scale:
    """Ask every level, from the coarsest on."""
    rows, results = {}, {}
    for level in levels:
        table = wb.table(level, list(keys), within=within)
        frame = _figures(table, keys)
        result = _asked(wb, frame, level, within, *given)
        rows[level] = _row(table, frame, result)
        if result is not None:
            results[level] = result
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("level")
    compared = tuple((coarse, fine, _compared(table.loc[coarse], table.loc[fine])) for coarse, fine in pairwise(levels))
    return Scale(QUESTIONS[len(keys) - 1], keys, table, compared, results)


def _figures(table: AreaTable, keys: Sequence[str]) -> pd.DataFrame:
    frame = pd.DataFrame({key: table.column(key) for key in keys}, index=list(table.labels), dtype=float)
    for key in keys:
        frame.loc[[state == "suppressed" for state in table.column(key, "state")], key] = np.nan
    return frame


def _asked(
    wb: Workbench,
    frame: pd.DataFrame,
    level: str,
    within: str | None,
    how: str,
    permutations: int,
    seed: int | None,
    alpha: float,
    minimum: int,
) -> Result | None:
    """Return the test of a level; nothing where no area has the figures."""
    from kkbgeo import spatial
    from kkbgeo.spatial.permute import SEED

    if frame.dropna().empty or len(wb.areas(level, within)) < 2:
        return None
    given = {
        "permutations": permutations, "seed": SEED if seed is None else seed, "alpha": alpha,
        "minimum_areas": minimum, "few": "tell",
    }  # fmt: skip
    graph = graph_of(wb, level, how, within)
    if frame.shape[1] == 1:
        return spatial.global_moran(frame.iloc[:, 0], graph, **given)
    return spatial.global_lee(frame.iloc[:, 0], frame.iloc[:, 1], graph, **given)


def _row(table: AreaTable, frame: pd.DataFrame, result: Result | None) -> dict[str, object]:
    known = frame.dropna()
    first = table.indicator(frame.columns[0])
    # Only events are added up from the finest units; other figures have a record of their own at each level.
    total = known.iloc[:, 0].sum() if first.combine == "sum" and frame.shape[1] == 1 and len(known) else np.nan
    found = {
        "areas": len(frame), "reported": len(known), "tested": 0, "total": float(total), "statistic": np.nan,
        "p": np.nan, "spearman": np.nan, "state": "no-data", "verdict": "no-data",
    }  # fmt: skip
    if result is None:
        return found
    figures = result.table.iloc[0]
    return found | {
        "tested": int(figures["areas"]), "statistic": float(figures["statistic"]), "p": float(figures["p"]),
        "spearman": float(figures.get("spearman", np.nan)), "state": result.state, "verdict": result.verdict,
    }  # fmt: skip


def _compared(coarse: pd.Series, fine: pd.Series) -> str:
    if fine["state"] == "no-data":
        return "no-data"
    if coarse["state"] != "tested" or fine["state"] != "tested":
        return "not-testable"
    if coarse["verdict"] == fine["verdict"]:
        return "agree"
    if "none" in (coarse["verdict"], fine["verdict"]):
        return "differ"
    return "opposite"


def _level(level: str) -> str:
    return Text(f"maps.noun.{level}")
