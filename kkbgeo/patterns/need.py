"""Aid where need is: for each regency its need, the aid that sources report, and a verdict that keeps the gaps.

Not found in the sources is never none: an area without a report may have had no need, no aid, or no reporter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from kkbgeo.errors import ParameterError
from kkbgeo.join import KNOWN
from kkbgeo.language import Number, Spoken, Text, date, joined, phrase
from kkbgeo.maps.layers import headline_of
from kkbgeo.maps.page import Link
from kkbgeo.patterns.need_surveys import other_surveys
from kkbgeo.profiles.display import GAP, doubt_said, ends_said, shown, source_link
from kkbgeo.profiles.findings import newest_survey
from kkbgeo.profiles.reported import survey_name
from kkbgeo.records.intervals import interval_of
from kkbgeo.tables import AreaTable
from kkbgeo.workbench import Workbench

if TYPE_CHECKING:
    from kkbgeo.spatial.inequality import Inequality

HIGH_PREVALENCE = 20.0  # "high" from 20 %, "very high" from 30 %: de Onis and others 2019, for WHO and UNICEF
NEED_LEVELS = ("high", "lower", "unknown")
AID_LEVELS = ("delivered", "started", "planned", "not-found")
_COUNTED = ("aid_events", "aid_families", "aid_children")
_STATUS = {
    "delivered": "delivered", "running": "delivered", "launched": "started", "training": "started",
    "planned": "planned", "unclear": "planned",
}  # fmt: skip
_AID_OF = {"events": "aid_events", "families": "aid_families", "children": "aid_children"}


@dataclass(frozen=True, eq=False)
class NeedAndAid:
    """What is known of need and aid, area by area.

    Attributes
    ----------
    table : DataFrame
        Index code, one row per area, none left out. ``name``, ``province``; ``need`` (NaN where not reported),
        ``need_low``, ``need_high`` (its 95 % interval, NaN where no error is known), ``need_state``, ``need_as_of``,
        ``need_source`` (source id), ``need_doubt``, ``need_doubt_kind``, ``need_conflicts``, ``need_level``
        (`NEED_LEVELS`); ``elsewhere``, ``elsewhere_value``, ``elsewhere_low``, ``elsewhere_high``: where this survey
        has no figure, the newest other one that has; ``events`` (delivered, running, launched or training; NaN where
        none was found), ``delivered`` (delivered or running), ``started`` (launched or training), ``planned`` (planned
        or unclear), ``kitchens`` (DASHAT events delivered, running or launched), ``families``, ``children`` (NaN where
        no number was told), ``without_number``, ``aid_as_of`` (newest), ``aid_sources``, ``aid_records``,
        ``aid_doubt``, ``aid_level`` (`AID_LEVELS`), ``verdict`` (``high-delivered`` … ``unknown-not-found``).
    need : str
        Indicator of need; ``survey`` its survey in words, empty for another indicator.
    high : float
        From which figure on need is high; NaN where no area has a figure.
    unplaced : int
        Aid events known only for a province: no regency can have them. ``unplaced_sources`` are the ids of the sources
        that tell of them.
    """

    table: pd.DataFrame
    need: str
    survey: str
    high: float
    unplaced: int
    level: str = "regency"
    within: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    unplaced_sources: frozenset[str] = frozenset()

    @property
    def counts(self) -> pd.DataFrame:
        """Number of areas by need (rows) and aid (columns); they add up to all areas."""
        counted = pd.crosstab(self.table["need_level"], self.table["aid_level"])
        return counted.reindex(index=list(NEED_LEVELS), columns=list(AID_LEVELS), fill_value=0).astype(int)

    def findings(self, wb: Workbench) -> list[str]:
        """Return what may be said, in plain words of the workbench's language."""
        counted = self.counts
        known = int(counted.loc[["high", "lower"]].to_numpy().sum())
        told = {
            "need": need_name(wb, self), "known": known, "all": len(self.table),
            "unknown": int(counted.loc["unknown"].sum()), "of": of_survey(self),
        }  # fmt: skip
        if not known:
            return [Text("needs.finding.need_missing", **told)]
        limit = headline_of(self.high, wb.catalogue[self.need])
        high = {name.replace("-", "_"): int(count) for name, count in counted.loc["high"].items()}
        found = [
            Text("needs.finding.need", high=int(counted.loc["high"].sum()), limit=limit, **told),
            Text("needs.finding.aid", of=of_survey(self), **high),
        ]
        missing = _greatest_first(self.table[self.table["verdict"] == "high-not-found"])
        if len(missing):
            names = joined(", ", missing["name"].head(8))
            more = len(missing) - 8
            names += Text("needs.finding.more", count=more) if more > 0 else ""
            found.append(Text("needs.finding.not_found", count=len(missing), names=names, of=of_survey(self)))
        found += other_surveys(wb, self)
        if self.unplaced:
            found.append(Text("needs.finding.unplaced", count=self.unplaced))
        return found

    def counts_table(self) -> pd.DataFrame:
        """Return the number of areas by need and aid as display text."""
        counted = self.counts
        columns = {Text("needs.column.aid"): [Text(f"needs.aid_level.{one}") for one in AID_LEVELS]}
        for need in NEED_LEVELS:
            head = Text(f"needs.need_level.{need}") + of_survey(self)
            columns[head] = [Number(one) for one in counted.loc[need]]
        return pd.DataFrame(columns)

    def page_table(self, wb: Workbench) -> pd.DataFrame:
        """Return the table for a page: greatest need first, areas of unknown need last; a dash where not reported."""
        rows = []
        for row in _greatest_first(self.table).itertuples():
            rows.append((
                row.name, _need_said(wb, row, self.need),
                source_link(wb, row.need_source.split()[0]) if row.need_source else GAP,
                Spoken(date, row.need_as_of) if row.need_source else GAP,
                shown(row.events), shown(row.kitchens if row.events > 0 else None),
                shown(row.families), shown(row.children),
                Spoken(date, row.aid_as_of) if row.aid_records else GAP, _aid_source(wb, row),
                Text(f"needs.verdict.{row.verdict}", of=of_survey(self)),
            ))  # fmt: skip
        names = ("area", "need", "need_source", "need_date", "events", "kitchens", "families", "children",
                 "aid_date", "aid_source", "verdict")  # fmt: skip
        heads = [Text(f"needs.column.{name}") for name in names]
        heads[1] = need_name(wb, self)
        return pd.DataFrame(rows, columns=heads)


def aid_and_need(
    wb: Workbench,
    need: str = "stunting_prevalence",
    *,
    high: float | None = None,
    level: str = "regency",
    within: str | None = None,
) -> NeedAndAid:
    """Set reported aid beside need, area by area, and say of each what the sources allow.

    Parameters
    ----------
    wb : Workbench
        The data; its date holds for need and aid.
    need : str
        Indicator of the catalogue: a prevalence, or families at risk.
    high : float, optional
        From which figure on need is called high. By default 20 % for a prevalence (WHO and UNICEF); for another
        indicator it must be said.
    level, within : str
        Areas of the table, all by default.

    Returns
    -------
    NeedAndAid
        One row per area; see there for the columns.

    Raises
    ------
    ParameterError
        An unknown indicator, one without figures (a class), or no `high` where none is agreed on.

    Examples
    --------
    >>> import kkbgeo
    >>> found = aid_and_need(kkbgeo.Workbench(language="en"), "stunting_prevalence_ssgi_2022")
    >>> balangan = found.table.loc["63.11"]
    >>> int(balangan.families), int(balangan.kitchens), balangan.aid_level
    (10, 1, 'delivered')
    >>> int(found.counts.to_numpy().sum())
    56
    """
    limit = _limit(wb, need, high)
    table = wb.table(level, [need, *_COUNTED], within=within)
    elsewhere = _elsewhere(wb, level, within, need)
    newest = newest_survey(wb, table) if need == "stunting_prevalence" else ""
    events = [one for one in wb.rows("aid_events") if one.period_end <= wb.as_of]
    rows = [_row(wb, table, code, need, limit, elsewhere, events) for code in table.labels]
    frame = pd.DataFrame(rows, index=pd.Index(list(table.labels), name="code"))
    survey = newest or survey_name(wb, need)
    placed = {one.event_id or one.record_id for one in events if not _above(one, table)}
    unplaced = [
        one for one in events
        if _above(one, table) and one.status in _STATUS and (one.event_id or one.record_id) not in placed
    ]  # fmt: skip
    return NeedAndAid(
        frame, need, survey, limit, len({one.event_id or one.record_id for one in unplaced}), level, within or "",
        dict(table.labels), frozenset(one.source_id for one in unplaced),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Concentration:
    """Whether reported aid lies with the areas in greater need; without a figure where too few areas have both."""

    state: str
    areas: int
    minimum: int
    inequality: Inequality | None = None

    @property
    def verdict(self) -> str:
        """``needier``, ``less-needy``, ``undecided`` (the interval holds zero) or the state without a figure."""
        if self.inequality is None:
            return self.state
        low, high = self.inequality.table.loc["concentration", ["low", "high"]]
        return "needier" if low > 0 else "less-needy" if high < 0 else "undecided"

    def sentence(self) -> str:
        """Return the finding in plain words, and what it rests on."""
        said = Text(f"needs.concentration.{self.verdict}", areas=self.areas, minimum=self.minimum)
        return said if self.inequality is None else phrase("{} {}", said, Spoken(self.inequality.sentence))


def concentration_of_aid(
    found: NeedAndAid, aid: str = "events", *, draws: int = 1_999, seed: int | None = None, minimum_areas: int = 10
) -> Concentration:
    """Measure whether reported aid is concentrated in areas of greater need, or refuse where too few tell both.

    Areas without a report of aid stay out: they are not zero. The index is thus one among areas with a report.

    Parameters
    ----------
    found : NeedAndAid
        From `aid_and_need`.
    aid : {"events", "families", "children"}
        What to count.
    draws, seed, minimum_areas
        As for `kkbgeo.spatial.concentration`.

    Examples
    --------
    >>> import kkbgeo
    >>> found = aid_and_need(kkbgeo.Workbench(), "stunting_prevalence_ssgi_2022")
    >>> concentration_of_aid(found, "families").verdict
    'too-few'
    """
    from kkbgeo.spatial.inequality import concentration
    from kkbgeo.spatial.permute import SEED

    if aid not in _AID_OF:
        raise ParameterError(f"There is no aid {aid!r} to count.", hint=f"One of {', '.join(_AID_OF)}", value=aid)
    both = found.table[[aid, "need"]].dropna()
    if len(both) < minimum_areas:
        return Concentration("too-few", len(both), minimum_areas)
    if both["need"].nunique() == 1 or not both[aid].sum() > 0:
        return Concentration("constant", len(both), minimum_areas)
    made = concentration(
        found.table[aid],
        found.table["need"],
        draws=draws,
        seed=SEED if seed is None else seed,
        minimum_areas=minimum_areas,
    )
    return Concentration("measured", len(both), minimum_areas, made)


def need_name(wb: Workbench, found: NeedAndAid) -> str:
    """Return the name of the need, with its survey where it has one."""
    if found.need == "stunting_prevalence" and found.survey:
        return Text("needs.word.survey", survey=found.survey)
    return Spoken(wb.catalogue[found.need].label)


def of_survey(found: NeedAndAid) -> str:
    """Return the survey that the need rests on in brackets, to set behind a word; "" for another indicator."""
    return f" ({found.survey})" if found.survey else ""


def _limit(wb: Workbench, need: str, high: float | None) -> float:
    indicator = wb.catalogue[need]
    if indicator.kind == "class":
        raise ParameterError(f"{need} has no figures: it cannot be a need.", value=need)
    if high is not None:
        return float(high)
    if need.startswith("stunting_prevalence"):
        return HIGH_PREVALENCE
    raise ParameterError(
        f"From which figure on is {need} high? No threshold is agreed on.", hint="Give high=…", value=need
    )


def _row(
    wb: Workbench,
    table: AreaTable,
    code: str,
    need: str,
    limit: float,
    elsewhere: AreaTable | None,
    events: Sequence[Any],
) -> dict[str, object]:
    cell = table.cell(code, need)
    known = cell["state"] in KNOWN
    value = float(cell["value"]) if known else float("nan")
    level = "unknown" if not known else "high" if value >= limit else "lower"
    others = list(elsewhere.indicators) if elsewhere and cell["state"] == "not_reported" else []
    other = next((key for key in reversed(others) if elsewhere.cell(code, key)["state"] == "value"), "")
    told = _aid(table, code, events)
    return {
        "name": table.labels[code], "province": wb.gazetteer.label(code.split(".")[0]),
        "need": value, **_ends("need", cell if known else None), "need_state": cell["state"],
        "need_as_of": cell["as_of"] if known else "",
        "need_source": cell["source_id"] if known else "", "need_doubt": cell["doubt"] if known else "",
        "need_doubt_kind": cell["doubt_kind"] if known else "",
        "need_conflicts": int(cell["conflicts"] or 0) if known else 0, "need_level": level,
        "elsewhere": other,
        "elsewhere_value": float(elsewhere.cell(code, other)["value"]) if other else float("nan"),
        **_ends("elsewhere", elsewhere.cell(code, other) if other else None),
        **told, "verdict": f"{level}-{told['aid_level']}",
    }  # fmt: skip


def _ends(name: str, cell: Mapping[str, object] | None) -> dict[str, float]:
    low, high = interval_of(cell) if cell else (float("nan"), float("nan"))
    return {f"{name}_low": low, f"{name}_high": high}


def _aid(table: AreaTable, code: str, events: Sequence[Any]) -> dict[str, object]:
    cells = {key: table.cell(code, f"aid_{key}") for key in ("events", "families", "children")}
    used_ids = set(cells["events"]["record_id"].split())
    inside = [one for one in events if f"{one.code}.".startswith(f"{code}.")]
    used = [one for one in inside if one.record_id in used_ids]
    done = {one.event_id or one.record_id for one in used}
    # Plans that another report of the same event shows to be carried out are no plans any more.
    plans = {one.event_id or one.record_id: one for one in inside if _STATUS.get(one.status) == "planned"}
    plans = {key: one for key, one in plans.items() if key not in done}
    shares = [_STATUS[one.status] for one in used]
    best = next((one for one in AID_LEVELS[:2] if one in shares), "planned" if plans else "not-found")
    mine = used or list(plans.values())
    dated = [one for one in mine if one.precision != "undated"]
    newest = max(dated, key=lambda one: one.period_end).as_of if dated else ""
    figures = {key: _number(cells[key]) for key in cells}
    return {
        "events": figures["events"], "delivered": shares.count("delivered"), "started": shares.count("started"),
        "planned": len(plans),
        "kitchens": sum(one.aid_type == "dashat" and one.status != "training" for one in used),
        "families": figures["families"], "children": figures["children"],
        "without_number": sum(bool(pd.isna(one.beneficiaries)) for one in used),
        "aid_as_of": newest, "aid_sources": tuple(dict.fromkeys(one.source_id for one in mine)),
        "aid_records": tuple(one.record_id for one in mine), "aid_doubt": any(bool(one.doubt) for one in mine),
        "aid_level": best,
    }  # fmt: skip


def _number(cell: Mapping[str, Any]) -> float:
    return float(cell["value"]) if cell["state"] in KNOWN else float("nan")


def _above(one: Any, table: AreaTable) -> bool:
    """Tell whether an event is known only for a unit above those of the table."""
    return bool(one.code) and any(code.startswith(f"{one.code}.") for code in table.labels)


def _elsewhere(wb: Workbench, level: str, within: str | None, need: str) -> AreaTable | None:
    """Return the table of the other surveys, oldest first, where need is a prevalence."""
    if not need.startswith("stunting_prevalence"):
        return None
    keys = [one.indicator for one in wb.rounds if one.indicator != need]
    return wb.table(level, keys, within=within) if keys else None


def _greatest_first(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_index().sort_values("need", ascending=False, na_position="last", kind="stable")


def _need_said(wb: Workbench, row: Any, need: str) -> str:
    if row.need_state == "suppressed":
        return Text("maps.state.suppressed")
    if pd.isna(row.need):
        if not row.elsewhere:
            return GAP
        other = Number(row.elsewhere_value, 1) + ends_said(row.elsewhere_low, row.elsewhere_high)
        return Text("needs.word.elsewhere", survey=survey_name(wb, row.elsewhere), value=other)
    decimals = wb.catalogue[need].decimals
    said = shown(row.need, decimals) + ends_said(row.need_low, row.need_high)
    marks = [Text("profiles.word.conflict", count=row.need_conflicts)] if row.need_conflicts else []
    marks += [doubt_said(row.need_doubt, row.need_doubt_kind)] if row.need_doubt else []
    return phrase("{} ({})", said, joined("; ", marks)) if marks else said


def _aid_source(wb: Workbench, row: Any) -> Link | str:
    if not row.aid_sources:
        return GAP
    first = source_link(wb, row.aid_sources[0])
    more = len(row.aid_sources) - 1
    return Link(phrase("{} (+{})", first.text, more), first.url) if more else first
