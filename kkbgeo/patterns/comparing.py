"""Areas side by side: figures with dates and sources, the counts of shares, and what may not be compared."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from kkbgeo.errors import ParameterError
from kkbgeo.join import KNOWN
from kkbgeo.language import joined
from kkbgeo.measures import Indicator
from kkbgeo.profiles.display import publisher_of, source_link
from kkbgeo.records.intervals import interval_of
from kkbgeo.regions.codes import level_of
from kkbgeo.workbench import Workbench

#: Of the Kampung KB the portal alone comes first: one date for all areas.
_PROGRAMME = (
    "kkb_registered", "kkb_registered_coverage", "kkb_registered_advanced_share", "kkb_registered_dasar_share",
    "kkb_risen_share", "kkb_total", "kkb_total_before_2022", "kkb_coverage",
)  # fmt: skip
_BESIDE = ("families_at_risk", "aid_events", "population")
SIZED = (
    "kkb_registered", "kkb_total", "kkb_total_before_2022", "kkb_villages_named", "families_at_risk", "aid_events",
)  # fmt: skip
#: What reports happen to name; how much of it an area has, hangs on who reports there.
REPORTED = ("aid_events", "kkb_villages_named")
FEWEST = 2
MOST = 20
COLUMNS = (
    "indicator", "code", "area", "value", "unit", "part", "whole", "low", "high", "state", "as_of", "doubt",
    "conflicts", "source_id", "publisher", "url",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Comparison:
    """Areas side by side.

    Attributes
    ----------
    codes : tuple of str
        The areas, in the order asked for.
    table : DataFrame
        One row per indicator and area (`COLUMNS`): value with unit, the counts that a share is made of (``part`` of
        ``whole``), the ends of its 95 % interval (empty for counts, which are complete, and for survey figures whose
        error is not known), state, date, all its sources and the address of the first.
    verdicts : DataFrame
        One row per indicator (index): ``comparable`` (bool) and ``reasons`` (list of keys): ``too-few`` (fewer than
        two figures), ``undated``, ``dates`` (of different years), ``reported`` (what reports happen to name);
        ``doubt``, ``size`` (counts that grow with the area), ``no-error`` (a survey figure without an error),
        ``complete`` (shares that are 100 % everywhere). The first four refuse a comparison, the others are cautions.
    pairs : list of (str, str)
        Indicators shown that measure different things and must not be compared with one another.
    level : str
    """

    codes: tuple[str, ...]
    table: pd.DataFrame
    verdicts: pd.DataFrame
    pairs: list[tuple[str, str]]
    level: str

    def of(self, indicator: str) -> pd.DataFrame:
        """Return the rows of one indicator, index code."""
        return self.table[self.table["indicator"] == indicator].set_index("code")


def compare(wb: Workbench, codes: Sequence[str], indicators: Iterable[str] = ()) -> Comparison:
    """Set areas of one level side by side and say what may not be compared, and why.

    Parameters
    ----------
    codes : sequence of str, or one str
        Two to twenty codes of one level; in a text they are parted by spaces or commas.
    indicators : iterable of str, optional
        Ids of the catalogue; default `compared`.

    Raises
    ------
    CodeError, ParameterError
        A wrong code; fewer than two areas, more than twenty, of several levels; an unknown indicator or one of classes.

    Examples
    --------
    >>> found = compare(Workbench(), ["63.01", "64.03"])
    >>> bool(found.verdicts.at["kkb_coverage", "comparable"]), found.verdicts.at["kkb_coverage", "reasons"]
    (False, ['dates', 'complete'])
    """
    asked = tuple(dict.fromkeys(wb.region(code) for code in _split(codes)))
    levels = {level_of(code) for code in asked}
    if not FEWEST <= len(asked) <= MOST:
        raise ParameterError(
            f"Name {FEWEST} to {MOST} different areas, not {len(asked)}.",
            hint="Codes of one level, parted by spaces or commas: 63.01 64.03 62.04",
            value=list(asked),
        )
    if len(levels) > 1:
        raise ParameterError(
            f"Areas of different levels cannot be compared: {', '.join(sorted(levels))}.",
            hint="Name areas of one level, e.g. regencies: 63.01 64.03",
            value=list(asked),
        )
    keys = list(dict.fromkeys(indicators)) or compared(wb)
    for key in keys:
        if wb.catalogue[key].kind == "class":
            raise ParameterError(
                f"{key!r} is a class of one village; it has no figure to compare.",
                hint="Compare a share of classes, e.g. kkb_dasar_share",
                value=key,
            )
    level = levels.pop()
    table = wb.table(level, keys)
    rows, verdicts = [], {}
    for key in keys:
        made = [_row(wb, table, key, code) for code in asked]
        verdicts[key] = dict(zip(("comparable", "reasons"), _verdict(key, made), strict=True))
        rows += made
    pairs = [
        (one, other)
        for at, one in enumerate(keys)
        for other in keys[at + 1 :]
        if other in wb.catalogue[one].not_comparable or one in wb.catalogue[other].not_comparable
    ]
    frame = pd.DataFrame(rows)[[*COLUMNS]]
    return Comparison(asked, frame, pd.DataFrame.from_dict(verdicts, orient="index"), pairs, level)


def compared(wb: Workbench) -> list[str]:
    """Return what is set side by side where nothing is asked for, the survey rounds among it.

    Examples
    --------
    >>> compared(Workbench())[-1]
    'population'
    """
    return [*_PROGRAMME, *(one.indicator for one in wb.rounds), *_BESIDE]


def _split(codes: Sequence[str]) -> list[str]:
    """Return the codes one by one; ``63.01,64.03`` is two."""
    found: list[str] = []
    for one in [codes] if isinstance(codes, str) else codes:
        # What holds no code, or is no text, is refused by name later.
        found += (re.findall(r"[^\s,;]+", one) or [one]) if isinstance(one, str) else [one]
    return found


def _made_of(indicator: Indicator) -> tuple[str, ...]:
    """Return the counts that a share is made of, part and whole; of a coverage the part alone, of others nothing."""
    return indicator.inputs if indicator.formula in ("share", "coverage") else ()


def _row(wb: Workbench, table, key: str, code: str) -> dict[str, object]:
    cell = table.cell(code, key)
    known = cell["state"] in KNOWN
    row: dict[str, object] = dict.fromkeys(COLUMNS, "")
    row |= dict.fromkeys(("value", "part", "whole", "low", "high"), float("nan"))
    first = str(cell["source_id"]).split()[0] if known and cell["source_id"] else ""
    row |= {
        "indicator": key, "code": code, "area": table.labels[code], "unit": wb.catalogue[key].unit,
        "state": cell["state"], "doubt": cell["doubt"], "conflicts": cell["conflicts"],
        "source_id": str(cell["source_id"]) if known else "",
    }  # fmt: skip
    if known:
        low, high = interval_of(cell)
        row |= {"value": float(cell["value"]), "as_of": cell["as_of"], "low": low, "high": high}
    if first:
        publishers = dict.fromkeys(publisher_of(wb, one) for one in str(cell["source_id"]).split())
        row |= {"publisher": wb.words(joined(", ", publishers)), "url": source_link(wb, first).url}
    if known and (made_of := _made_of(wb.catalogue[key])):
        part, *whole = (float(table.cell(code, one)["value"]) for one in made_of)
        row |= {"part": part, "whole": whole[0] if whole else float(len(wb.gazetteer.within(code, "village")))}
    return row


def _verdict(key: str, rows: list[dict]) -> tuple[bool, list[str]]:
    """Return whether figures may be set against each other, and what speaks against it or must be kept in mind."""
    known = [one for one in rows if one["state"] in KNOWN]
    if len(known) < FEWEST:
        return False, ["too-few"]
    refused = []
    dates = [str(one["as_of"]) for one in known]
    if "" in dates:
        refused.append("undated")
    if len({one[:4] for one in dates if one}) > 1:
        refused.append("dates")
    if key in REPORTED:
        refused.append("reported")
    cautions = []
    if any(one["doubt"] or one["conflicts"] for one in known):
        cautions.append("doubt")
    if key in SIZED:
        cautions.append("size")
    if key.startswith("stunting_prevalence") and any(math.isnan(one["low"]) for one in known):
        cautions.append("no-error")
    if all(one["part"] == one["whole"] for one in known):  # never where there are no such counts: NaN equals nothing
        cautions.append("complete")
    return not refused, refused + cautions
