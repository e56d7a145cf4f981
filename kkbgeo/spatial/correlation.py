"""Correlation of two figures of areas, with the number of areas corrected for how alike neighbours are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kkbgeo import language as words
from kkbgeo.errors import BoundaryError, CodeError, ParameterError
from kkbgeo.measures.figures import figures
from kkbgeo.spatial.sample import FEW, TOO_FEW, TooFewAreasError, is_constant

if TYPE_CHECKING:
    import geopandas as gpd

MINIMUM = 20
CLASSES = 10  # fewer classes blur the autocorrelation: more false findings on maps that change slowly
METHODS = ("pearson", "spearman")
COLUMNS = ("correlation", "low", "high", "effective_areas", "t", "degrees", "p", "p_naive", "areas", "not_reported")


@dataclass(frozen=True, eq=False, repr=False)
class Correlation:
    """A correlation and what it is worth.

    Attributes
    ----------
    table : DataFrame
        One row (`COLUMNS`): ``correlation`` with its interval ``low`` to ``high`` (Fisher's z with the effective
        number of areas), ``effective_areas``, ``t`` and ``degrees`` of the modified test, its two-sided ``p``,
        ``p_naive`` (the ordinary test, which takes areas for independent), ``areas``, ``not_reported``.
    classes : DataFrame
        One row per class of distance: ``upto_km``, ``pairs``, ``first``, ``second`` (autocorrelation of each).
    state : {"tested", "too-few", "constant"}
    method : {"pearson", "spearman"}
    alpha : float
    minimum : int
    """

    table: pd.DataFrame
    classes: pd.DataFrame
    state: str
    method: str
    alpha: float
    minimum: int

    @property
    def verdict(self) -> str:
        """``positive``, ``negative``, ``none``, ``not-robust`` (only the ordinary test finds one), or the state."""
        if self.state != "tested":
            return self.state
        row = self.table.iloc[0]
        if row["p"] <= self.alpha:
            return "positive" if row["correlation"] > 0 else "negative"
        return "not-robust" if row["p_naive"] <= self.alpha else "none"

    def sentence(self, language: str = "id") -> str:
        """Return the finding in plain words; a correlation is never called a cause."""
        row = self.table.iloc[0]
        if self.state != "tested":
            return words.text(
                f"spatial.state.{self.state}", words.require_language(language), areas=int(row["areas"]),
                minimum=self.minimum,
            )  # fmt: skip
        figures = {key: words.number(row[key], language, 2) for key in ("correlation", "low", "high")}
        return words.text(
            f"spatial.correlation.{self.verdict}",
            language,
            method=words.text(f"spatial.correlation.method.{self.method}", language),
            missing=int(row["not_reported"]),
            p=p_said(row["p"], language),
            worth=self._worth(language),
            level=words.number(95, language),
            **figures,
        )

    def _worth(self, language: str) -> str:
        row = self.table.iloc[0]
        key = "same" if row["effective_areas"] >= row["areas"] else "less"
        effective = words.number(row["effective_areas"], language, 1)
        return words.text(f"spatial.correlation.worth.{key}", language, areas=int(row["areas"]), effective=effective)

    def __repr__(self) -> str:
        return f"<correlation: {self.sentence('en')}>"


def p_said(p: float, language: str) -> str:
    """Return a p in words that never call it zero.

    Examples
    --------
    >>> p_said(0.0123, "id"), p_said(1e-9, "en")
    ('= 0,0123', '< 0.0001')
    """
    return f"< {words.number(1e-4, language, 4)}" if p < 1e-4 else f"= {words.number(p, language, 4)}"


def correlate(
    first: pd.Series,
    second: pd.Series,
    areas: gpd.GeoDataFrame,
    *,
    method: str = "pearson",
    classes: int = CLASSES,
    alpha: float = 0.05,
    minimum_areas: int = MINIMUM,
    few: str = "refuse",
) -> Correlation:
    """Test a correlation as Clifford, Richardson and Hémon (1989) do, with Dutilleul's (1993) effective sample size.

    Two maps that each change slowly over space correlate by chance far more often than 5 % of the time. Their
    autocorrelation is estimated in classes of distance (Moran's coefficient of each class, 1 on the diagonal), which
    gives matrices R1 and R2; with the centring matrix ``P = I − 11'/n`` the pairs are worth
    ``M = 1 + tr(P R1) tr(P R2) / tr(P R1 P R2)`` independent ones, and ``t = r √((M − 2) / (1 − r²))`` has M − 2
    degrees of freedom. M is held between 3 and n: what looks like repulsion does not make evidence. Simulated on the
    56 regencies, two unrelated maps pass at 5 % in 4 to 7 % of cases (the ordinary test: up to 46 %).

    Parameters
    ----------
    first, second : Series
        Figures by code; NaN is *not reported*, and such an area is left out.
    areas : GeoDataFrame
        Index code; distances are those on the sphere between points on the surface of each area.
    method : {"pearson", "spearman"}
        ``spearman``: the same on ranks.
    classes : int
        Classes of distance, all of one width.
    alpha : float
        Level of the two-sided test.
    minimum_areas, few
        As for `global_moran`.

    Returns
    -------
    Correlation

    Raises
    ------
    TooFewAreasError, CodeError, ParameterError, BoundaryError
        Fewer areas than the minimum; codes without an area; settings out of range; an area without a polygon.

    Examples
    --------
    >>> import kkbgeo
    >>> wb = kkbgeo.Workbench()
    >>> table = wb.table("regency", ["stunting_prevalence_ssgi_2021", "stunting_prevalence_ssgi_2022"]).frame
    >>> before, after = table["stunting_prevalence_ssgi_2021"], table["stunting_prevalence_ssgi_2022"]
    >>> found = correlate(before, after, wb.areas("regency"))
    >>> row = found.table.iloc[0]
    >>> bool(row.effective_areas < row.areas), found.verdict
    (True, 'positive')
    """
    if method not in METHODS or few not in FEW or not 0 < alpha < 1 or classes < 2:
        raise ParameterError(
            f"method is one of {', '.join(METHODS)}, few one of {', '.join(FEW)}, alpha lies between 0 and 1, "
            "classes is at least 2.",
            value=[method, few, alpha, classes],
        )
    both = _both(first, second, areas)
    known = both.dropna().sort_index()
    missing = len(both) - len(known)
    if len(known) < minimum_areas and few == "refuse":
        raise TooFewAreasError(
            f"{len(known)} areas have both figures; this test needs at least {minimum_areas}.",
            value=len(known),
            minimum=minimum_areas,
        )
    x, y = (known.rank() if method == "spearman" else known).to_numpy().T
    state = TOO_FEW if len(known) < minimum_areas else "tested"
    if state == "tested" and (is_constant(x) or is_constant(y)):
        state = "constant"
    blank = pd.DataFrame(columns=["upto_km", "pairs", "first", "second"])
    if state != "tested":
        row = dict.fromkeys(COLUMNS, np.nan) | {"areas": len(known), "not_reported": missing}
        return Correlation(pd.DataFrame([row]), blank, state, method, alpha, minimum_areas)
    table, of_class, upto, pairs = _classes(x, y, _kilometres(areas.loc[known.index]), classes)
    effective = _effective(table[:, 0], table[:, 1], of_class)
    row = _tested(x, y, effective) | {"areas": len(known), "not_reported": missing}
    told = pd.DataFrame({"upto_km": upto, "pairs": pairs, "first": table[:, 0], "second": table[:, 1]})
    return Correlation(pd.DataFrame([row])[list(COLUMNS)], told, state, method, alpha, minimum_areas)


def _both(first: pd.Series, second: pd.Series, areas: gpd.GeoDataFrame) -> pd.DataFrame:
    first, second = figures(first, "first"), figures(second, "second")
    for one in (first, second):
        if one.index.has_duplicates:
            raise CodeError("A code stands twice among the values.")
    both = pd.DataFrame({"first": first, "second": second}, dtype=float)
    known = both.dropna().index
    unknown = known[~known.isin(areas.index)]
    if len(unknown):
        text = all(isinstance(code, str) for code in unknown)
        raise CodeError(
            f"There is no area for {', '.join(map(str, unknown[:5]))}.",
            hint="Take the areas of the figures: wb.areas(level)"
            if text
            else "Codes are text: read them with dtype=str",
            value=list(unknown[:5]),
        )
    return both


def _kilometres(areas: gpd.GeoDataFrame) -> np.ndarray:
    from kkbgeo.spatial.adjacency import EARTH_KM, on_sphere

    if areas.crs is None or (areas.geometry.isna() | areas.geometry.is_empty).any():
        raise BoundaryError("Every area with both figures needs a polygon and a CRS.")
    points = on_sphere(areas.geometry)
    chords = np.linalg.norm(points[:, None] - points[None], axis=2)
    return 2 * EARTH_KM * np.arcsin(np.minimum(1.0, chords / 2))


def _classes(x: np.ndarray, y: np.ndarray, away: np.ndarray, count: int):
    """Return the autocorrelation of both figures by class of distance, the class of each pair, bounds and pairs."""
    upto = np.linspace(0, away.max(), count + 1)[1:]
    of_class = np.minimum(np.searchsorted(upto, away, side="left"), count - 1)
    np.fill_diagonal(of_class, -1)
    rows, columns = np.triu_indices(len(x), 1)
    of_pair = of_class[rows, columns]
    pairs = np.bincount(of_pair, minlength=count)
    found = np.zeros((count, 2))
    for place, values in enumerate((x, y)):
        z = values - values.mean()
        products = np.bincount(of_pair, weights=z[rows] * z[columns], minlength=count)
        found[:, place] = np.divide(products, pairs, out=np.zeros(count), where=pairs > 0) / (z @ z / len(z))
    return found, of_class, upto, pairs


def _effective(first: np.ndarray, second: np.ndarray, of_class: np.ndarray) -> float:
    """Return Dutilleul's effective sample size."""
    one, other = (np.append(values, 1.0)[of_class] for values in (first, second))  # class −1: the diagonal
    areas = len(one)
    centred = [matrix - matrix.mean(axis=0) for matrix in (one, other)]
    shared = float(np.sum(centred[0] * centred[1].T))
    traces = float(np.trace(centred[0]) * np.trace(centred[1]))
    # An estimate without a positive trace is no correlation matrix: nothing is known, so nothing is claimed.
    effective = 1 + traces / shared if shared > 0 and traces > 0 else 3.0
    return float(min(max(effective, 3.0), areas))


def _tested(x: np.ndarray, y: np.ndarray, effective: float) -> dict[str, float]:
    from scipy import stats

    r = float(np.clip(np.corrcoef(x, y)[0, 1], -1, 1))
    rest = max(1 - r**2, 1e-15)

    def p_of(size: float) -> float:
        return float(2 * stats.t.sf(abs(r) * math.sqrt((size - 2) / rest), size - 2))

    half = stats.norm.ppf(0.975) / math.sqrt(effective - 3) if effective > 3 else math.inf
    middle = math.atanh(np.clip(r, -1 + 1e-15, 1 - 1e-15))
    return {
        "correlation": r,
        "low": math.tanh(middle - half),
        "high": math.tanh(middle + half),
        "effective_areas": effective,
        "t": r * math.sqrt((effective - 2) / rest),
        "degrees": effective - 2,
        "p": p_of(effective),
        "p_naive": p_of(len(x)),
    }
