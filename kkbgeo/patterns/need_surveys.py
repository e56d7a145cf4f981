"""Need by one survey, told beside the others: where a newer one of its instrument is on the other side of the mark."""

from __future__ import annotations

from typing import Any, Protocol

import pandas as pd

from kkbgeo.join import KNOWN
from kkbgeo.language import Number, Text, joined, phrase
from kkbgeo.maps.layers import headline_of
from kkbgeo.profiles.display import doubt_said, ends_said
from kkbgeo.profiles.reported import survey_name
from kkbgeo.records.intervals import interval_of
from kkbgeo.workbench import Workbench

NAMED = 4  # areas that the sentence names; the table beside it has all


class NeedLike(Protocol):
    """What is read of need area by area; `kkbgeo.patterns.need.NeedAndAid` fits."""

    table: pd.DataFrame
    need: str
    survey: str
    high: float
    level: str
    within: str


def other_side(wb: Workbench, found: NeedLike) -> pd.DataFrame:
    """Return the areas of which a newer survey stands on the other side of the mark of high need.

    Of several newer surveys the newest that has a figure of the area counts. Those of another instrument do not: to
    set the two side by side would tell a change.

    Parameters
    ----------
    found : NeedLike
        From `kkbgeo.patterns.aid_and_need`.

    Returns
    -------
    DataFrame
        Index code, highest need first; ``name``, ``need``, ``need_low``, ``need_high``, ``need_doubt``,
        ``need_doubt_kind``, ``newer`` (survey, ``SSGI 2024``), ``newer_value``, ``newer_low``, ``newer_high``,
        ``newer_doubt``, ``newer_doubt_kind``. Without rows where need is no prevalence, or no area is so.

    Examples
    --------
    >>> import kkbgeo
    >>> wb = kkbgeo.Workbench()
    >>> found = kkbgeo.patterns.aid_and_need(wb, "stunting_prevalence_ssgi_2022")
    >>> murung_raya = other_side(wb, found).loc["62.12"]
    >>> float(murung_raya.need), murung_raya.newer, float(murung_raya.newer_value)
    (40.9, 'SSGI 2024', 15.8)
    """
    own = ("need", "need_low", "need_high", "need_doubt", "need_doubt_kind")
    theirs = ("newer", "newer_value", "newer_low", "newer_high", "newer_doubt", "newer_doubt_kind")
    columns = ("code", "name", *own, *theirs)
    mine = next((one for one in wb.rounds if one.label == found.survey), None)
    newer_rounds = [one for one in wb.rounds if mine and one.instrument == mine.instrument and one.year > mine.year]
    keys = [one.indicator for one in reversed(newer_rounds)]
    rows = []
    if keys:
        table = wb.table(found.level, keys, within=found.within or None)
        for row in found.table[found.table["need"].notna()].itertuples():
            cells = ((key, table.cell(row.Index, key)) for key in keys)
            key, cell = next(((key, cell) for key, cell in cells if cell["state"] in KNOWN), ("", None))
            if cell is not None and (cell["value"] >= found.high) != (row.need >= found.high):
                told = (float(cell["value"]), *interval_of(cell), cell["doubt"], cell["doubt_kind"])
                rows.append((row.Index, row.name, *(getattr(row, one) for one in own), survey_name(wb, key), *told))
    made = pd.DataFrame(rows, columns=list(columns)).set_index("code")
    return made.sort_index().sort_values("need", ascending=False, kind="stable")


def other_surveys(wb: Workbench, found: NeedLike) -> list[str]:
    """Say where a newer survey stands on the other side of the mark, and why this survey was chosen.

    Nothing where need is no prevalence, or no area has a figure.
    """
    if not found.survey or not found.table["need"].notna().any():
        return []
    said, areas = [], other_side(wb, found)
    if len(areas):
        named = joined("; ", (
            Text("needs.finding.other_side_area", area=row.name, survey=found.survey, newer=row.newer,
                 value=_figure(row, "need"),
                 newer_value=_figure(row, "newer"))
            for row in areas.head(NAMED).itertuples()
        ))  # fmt: skip
        more = len(areas) - NAMED
        named += Text("needs.finding.more_in_table", count=more) if more > 0 else ""
        limit = headline_of(found.high, wb.catalogue[found.need])
        said.append(Text("needs.finding.other_side", count=len(areas), limit=limit, areas=named))
    return [*said, _why(wb, found)] if len(wb.rounds) > 1 else said


def other_side_table(wb: Workbench, found: NeedLike) -> pd.DataFrame:
    """Return every area of `other_side` as display text: both figures, each with its survey; empty where none is so."""
    rows = [
        (row.name, _figure(row, "need"), row.newer,
         _figure(row, "newer"))
        for row in other_side(wb, found).itertuples()
    ]  # fmt: skip
    area, newer, value = (Text(f"needs.column.{one}") for one in ("area", "newer", "newer_value"))
    return pd.DataFrame(rows, columns=[area, phrase("{} (%)", found.survey), newer, value])


def _why(wb: Workbench, found: NeedLike) -> str:
    table = wb.table(found.level, [one.indicator for one in wb.rounds], within=found.within or None)
    others = [(one, int(table.frame[one.indicator].notna().sum())) for one in wb.rounds if one.label != found.survey]
    order = [one.label for one in wb.rounds]
    known = int(found.table["need"].notna().sum())
    kind = "asked"
    if known > max((count for _, count in others), default=0):
        kind = "most"
    elif all(order.index(one.label) < order.index(found.survey) for one, count in others if count):
        kind = "newest"
    listed = [Text("needs.chosen.known", survey=one.label, known=count) for one, count in others]
    return Text(
        f"needs.chosen.{kind}", survey=found.survey, known=known, all=len(found.table),
        others=joined(", ", listed),
    )  # fmt: skip


def _figure(row: Any, what: str) -> str:
    said = Number(row.need if what == "need" else row.newer_value, 1)
    said += ends_said(getattr(row, f"{what}_low"), getattr(row, f"{what}_high"))
    doubt, kind = getattr(row, f"{what}_doubt"), getattr(row, f"{what}_doubt_kind")
    return phrase("{} [{}]", said, doubt_said(doubt, kind)) if doubt else said
