"""Surveys of stunting side by side, each with the caution it needs; no change is told that the sources do not carry.

Between rounds of different instruments (`kkbgeo.records.surveys`) there is no difference to tell. Two of one instrument
have one only with standard errors: those of the records, or those that a caller gives, which go first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from kkbgeo.errors import ParameterError
from kkbgeo.join import KNOWN
from kkbgeo.language import Number, Spoken, Text, Words, joined, phrase
from kkbgeo.maps import charts
from kkbgeo.maps.drawn import Layer
from kkbgeo.maps.interactive import AreaMap, area_map
from kkbgeo.maps.layers import numeric_layer
from kkbgeo.maps.multiples import multiples_table, small_multiples
from kkbgeo.maps.periods import over_time
from kkbgeo.measures.targets import difference_sentence, survey_difference
from kkbgeo.profiles.display import GAP, doubt_said, ends_said
from kkbgeo.profiles.reported import instruments_said
from kkbgeo.records.intervals import interval_of, standard_error_of
from kkbgeo.records.surveys import Round, breaks
from kkbgeo.tables import AreaTable
from kkbgeo.workbench import Workbench


@dataclass(frozen=True, eq=False)
class Surveys:
    """The prevalence of every area in every survey.

    Attributes
    ----------
    table : DataFrame
        One row per area and survey: ``code``, ``name``, ``survey`` (``SSGI 2021`` …), ``instrument``, ``prevalence``
        (per cent, NaN where not reported), ``low``, ``high`` (its 95 % interval as recorded), ``state``, ``doubt``,
        ``conflicts``, ``source_id``, ``standard_error`` (points: the caller's, else the record's, told or of its
        interval; NaN where unknown).
    differences : DataFrame
        One row per area and pair of surveys: ``code``, ``first``, ``second``, ``difference`` (NaN unless it may be
        told), ``low``, ``high``, ``verdict`` (`kkbgeo.measures.targets.survey_difference`).
    known : DataFrame
        Index survey; ``known`` (areas with a figure), ``areas``, ``doubted``, ``conflicting``.
    """

    table: pd.DataFrame
    differences: pd.DataFrame
    areas: AreaTable
    rounds: tuple[Round, ...]

    @property
    def known(self) -> pd.DataFrame:
        """Coverage of each survey."""
        groups = self.table.groupby("survey", sort=False)
        return pd.DataFrame({
            "known": groups["prevalence"].count(), "areas": groups.size(), "doubted": groups["doubt"].agg(_many),
            "conflicting": groups["conflicts"].agg(lambda one: int((one > 0).sum())),
        })  # fmt: skip

    @property
    def verdicts(self) -> pd.DataFrame:
        """Number of areas per pair of surveys (rows) and verdict (columns)."""
        pairs = (self.differences["first"] + " / " + self.differences["second"]).rename("pair")
        return pd.crosstab(pairs, self.differences["verdict"]).reindex(pairs.unique()).rename_axis("pair")

    def cautions(self) -> list[str]:
        """Return what a reader must know before comparing two surveys, in plain words."""
        found = [said] if (said := instruments_said(self.rounds)) else []
        known = self.table.loc[self.table["standard_error"].notna(), "survey"]
        if len(known):
            names = joined(", ", known.unique())
            found.append(Text("needs.surveys.some_errors", surveys=names))
        else:
            found.append(Text("needs.surveys.no_errors"))
        for one, row in zip(self.rounds, self.known.itertuples(), strict=True):
            known = Text(
                "needs.surveys.known", survey=one.label, known=int(row.known), areas=int(row.areas),
                doubted=int(row.doubted), conflicting=int(row.conflicting),
            )  # fmt: skip
            found.append(joined(" ", filter(None, (known, _sample(one), Words(one.notes) if one.notes else ""))))
        return found

    def changes(self) -> list[str]:
        """Return the differences that standard errors allow to tell; where there are none, a sentence that refuses."""
        told = self.differences[self.differences["verdict"].isin(("lower", "higher", "no-evidence"))]
        if told.empty:
            return [Text("needs.surveys.refused")]
        said = [
            Spoken(difference_sentence, self.areas.labels[row.code], row.first, row.second, row._asdict())
            for row in told.itertuples()
        ]
        # Each interval is one of 95 %: of many, some leave out zero by chance.
        return [*said, Text("needs.surveys.many", count=len(said))] if len(said) > 1 else said

    def page_table(self) -> pd.DataFrame:
        """Return one row per area and one column per survey; a dash where none was found, doubt and conflict marked."""
        rows = []
        for code, mine in self.table.groupby("code", sort=True):
            rows.append((self.areas.labels[str(code)], *(_said(row) for row in mine.itertuples())))
        heads = [Text("needs.column.area"), *(f"{one.label} (%)" for one in self.rounds)]
        return pd.DataFrame(rows, columns=heads)

    def layers(self) -> list[Layer]:
        """Return one layer per survey, the oldest first, of the areas that have a polygon."""
        keys = [one.indicator for one in self.rounds]
        cells = self.areas.cells_of(*keys, drawn=True)
        return [numeric_layer(self.areas.indicator(key), cells) for key in keys]

    def pictures(self) -> tuple[Spoken, pd.DataFrame] | None:
        """Return the surveys as small maps side by side, and their counts; nothing for one, or without polygons."""
        if self.areas.areas.empty or len(self.rounds) < 2:
            return None
        layers = self.layers()
        titles = {one.indicator: one.label for one in self.rounds}
        title = Text("needs.section.survey-pictures")
        picture = charts.spoken(small_multiples, self.areas.areas, layers, titles=titles, title=title)
        return picture, multiples_table(layers, titles=titles)

    def map(self, wb: Workbench) -> AreaMap | list[str]:
        """Return one map with a slider over the surveys, in the same classes; another instrument is a break."""
        table = self.areas
        if table.areas.empty:
            return [Text("boundaries.map.nothing", title=Spoken(table.edition.title))]
        layers = self.layers()
        if len(layers) > 1:
            layers = over_time(
                layers, [one.label for one in self.rounds], group="surveys",
                title=Text("needs.surveys.slider"), broken=breaks(self.rounds),
                note=instruments_said(self.rounds),
            )  # fmt: skip
        parents = {code: wb.gazetteer.label(code.split(".")[0]) for code in table.labels}
        return area_map(
            table.areas, layers, language=wb.language, edition=table.edition, labels=table.labels, parents=parents,
            simulated=table.simulated, undrawn=table.undrawn,
        )  # fmt: skip


def surveys_side_by_side(
    wb: Workbench,
    level: str = "regency",
    within: str | None = None,
    *,
    standard_errors: Mapping[str, pd.Series] | None = None,
) -> Surveys:
    """Set the prevalence of all survey rounds side by side.

    Parameters
    ----------
    level : {"province", "regency"}
        The surveys stand for these; a finer level has no figures.
    within : str, optional
        Only the areas inside this region.
    standard_errors : mapping, optional
        Indicator (``stunting_prevalence_ssgi_2022``) -> Series of standard errors in points by code, from the survey's
        own report. Where there is none, or NaN, that of the record counts; without either no difference is told.

    Raises
    ------
    ParameterError
        Standard errors of an unknown survey, for unknown areas, or not above zero.

    Examples
    --------
    >>> import kkbgeo
    >>> found = surveys_side_by_side(kkbgeo.Workbench())
    >>> found.known.loc[["SSGI 2022", "SKI 2023"], "known"].tolist()
    [54, 52]
    >>> sorted(found.differences["verdict"].unique())
    ['another-instrument', 'no-standard-error', 'not-reported']
    """
    table = wb.table(level, [one.indicator for one in wb.rounds], within=within)
    errors = _errors(standard_errors or {}, table, wb.rounds)
    rows = []
    for code, name in table.labels.items():
        for one in wb.rounds:
            key = one.indicator
            cell = table.cell(code, key)
            known = cell["state"] in KNOWN
            low, high = interval_of(cell)
            error = float(errors[key].get(code, math.nan)) if key in errors else math.nan
            rows.append({
                "code": code, "name": name, "survey": one.label, "instrument": one.instrument,
                "prevalence": float(cell["value"]) if known else math.nan, "low": low, "high": high,
                "state": cell["state"],
                "doubt": cell["doubt"] if known else "", "doubt_kind": cell["doubt_kind"] if known else "",
                "conflicts": int(cell["conflicts"] or 0) if known else 0,
                "source_id": cell["source_id"] if known else "",
                "standard_error": standard_error_of(cell) if math.isnan(error) else error,
            })  # fmt: skip
    frame = pd.DataFrame(rows)
    # Standard errors are one caller's own.
    kept = ("survey differences", level, within)
    differences = _differences(frame) if errors else wb.once(kept, lambda: _differences(frame))
    return Surveys(frame, differences.copy(), table, wb.rounds)


def _differences(frame: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for code, mine in frame.groupby("code", sort=True):
        for one, other in combinations(mine.itertuples(), 2):
            found = survey_difference(
                one.prevalence, other.prevalence, one.standard_error, other.standard_error,
                same_instrument=one.instrument == other.instrument,
            )  # fmt: skip
            if math.isnan(one.prevalence) or math.isnan(other.prevalence):
                found["verdict"] = "not-reported"
            may_tell = found["verdict"] in ("lower", "higher", "no-evidence")
            figures = {key: found[key] if may_tell else math.nan for key in ("difference", "low", "high")}
            rows.append(
                {"code": code, "first": one.survey, "second": other.survey, **figures, "verdict": found["verdict"]}
            )
    return pd.DataFrame(rows)


def _errors(given: Mapping[str, pd.Series], table: AreaTable, rounds: Iterable[Round]) -> dict[str, pd.Series]:
    keys = [one.indicator for one in rounds]
    for key, one in given.items():
        if key not in keys:
            raise ParameterError(f"There is no survey {key!r}.", hint=f"Surveys: {', '.join(keys)}", value=key)
        unknown = [code for code in one.index if code not in table.labels]
        if unknown or one.index.has_duplicates:
            raise ParameterError(f"Standard errors of areas that the table does not have: {unknown[:5]}.", value=key)
        if not (one.dropna() > 0).all():
            raise ParameterError("A standard error must be above zero; NaN where it is unknown.", value=key)
    return {key: one.astype(float) for key, one in given.items()}


def _sample(one: Round) -> str:
    """Say how many children a round measured, and in how many regencies; empty where no source tells."""
    if one.children is None:
        return ""
    children = Number(one.children)
    if one.regencies is None:
        return Text("needs.surveys.sample", children=children)
    return Text("needs.surveys.sample_in", children=children, regencies=Number(one.regencies))


def _many(told: pd.Series) -> int:
    return int((told != "").sum())


def _said(row) -> str:
    if row.state == "suppressed":
        return Text("maps.state.suppressed")
    if math.isnan(row.prevalence):
        return GAP
    marks = [Text("profiles.word.conflict", count=row.conflicts)] if row.conflicts else []
    marks += [doubt_said(row.doubt, row.doubt_kind)] if row.doubt else []
    said = Number(row.prevalence, 1) + ends_said(row.low, row.high)
    return phrase("{} ({})", said, joined("; ", marks)) if marks else said
