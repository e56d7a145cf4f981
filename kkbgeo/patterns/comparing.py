"""Areas side by side: figures with intervals, dates and sources, possible ranks, and what may not be compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from kkbgeo.errors import ParameterError
from kkbgeo.join import KNOWN
from kkbgeo.measures import rates
from kkbgeo.profiles.display import source_link
from kkbgeo.regions.codes import level_of
from kkbgeo.workbench import Workbench

SURVEYS = tuple(f"stunting_prevalence_{one}" for one in ("ssgi_2021", "ssgi_2022", "ski_2023", "ssgi_2024"))
COMPARED = (
    "kkb_total", "kkb_total_before_2022", "kkb_coverage", "kkb_advanced_share", "kkb_villages_named", *SURVEYS,
    "families_at_risk", "aid_events", "population",
)  # fmt: skip
#: Share -> indicators of the counts it is made of; the whole "" is the number of villages.
COUNTS = {"kkb_coverage": ("kkb_total", ""), "kkb_advanced_share": ("kkb_advanced", "kkb_class_total")}
SIZED = ("kkb_total", "kkb_total_before_2022", "kkb_villages_named", "families_at_risk", "aid_events")
#: What papers tell of: sums of events, whose date is that of the newest.
REPORTED = ("aid_events", "kkb_villages_named")
FEWEST = 2
MOST = 20
COLUMNS = (
    "indicator", "code", "area", "value", "unit", "low", "high", "state", "as_of", "rank_low", "rank_high",
    "small", "doubt", "conflicts", "source_id", "publisher", "url",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Comparison:
    """Areas side by side.

    Attributes
    ----------
    codes : tuple of str
        The areas, in the order asked for.
    table : DataFrame
        One row per indicator and area (`COLUMNS`): value with unit, 95 % interval where it is a share of counts, state,
        date, ranks that are possible (1 is the highest; only where the figures may be compared), all its sources and
        the address of the first.
    verdicts : DataFrame
        One row per indicator (index): ``comparable`` (bool) and ``reasons`` (list of keys): ``too-few`` (fewer than
        two figures), ``dates`` (of different years), ``undated``, ``doubt``, ``small`` (a share of few), ``size``
        (counts that grow with the area), ``reported`` (events that papers tell of), ``no-error`` (a survey without
        standard errors: it gets no ranks), ``overlap`` (the intervals of highest and lowest meet). The first three
        refuse a comparison, the others are cautions.
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
        Ids of the catalogue; default `COMPARED`.

    Raises
    ------
    CodeError, ParameterError
        A wrong code; fewer than two areas, more than twenty, of several levels; an unknown indicator or one of classes.

    Examples
    --------
    >>> found = compare(Workbench(), ["63.01", "64.03"])
    >>> bool(found.verdicts.at["kkb_advanced_share", "comparable"]), found.verdicts.at["kkb_advanced_share", "reasons"]
    (False, ['dates', 'overlap'])
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
    keys = list(dict.fromkeys(indicators)) or list(COMPARED)
    for key in keys:
        if wb.catalogue[key].kind == "class":
            raise ParameterError(
                f"{key!r} is a class of one village; it has no figure to compare.",
                hint="Compare kkb_advanced_share",
                value=key,
            )
    level = levels.pop()
    parts = [key for share in keys for key in COUNTS.get(share, ()) if key]
    table = wb.table(level, list(dict.fromkeys([*keys, *parts])))
    rows, verdicts = [], {}
    for key in keys:
        made = [_row(wb, table, key, code) for code in asked]
        comparable, reasons = _verdict(key, made)
        if comparable and "no-error" not in reasons:
            _rank(made)
        verdicts[key] = {"comparable": comparable, "reasons": reasons}
        rows += made
    pairs = [
        (one, other)
        for at, one in enumerate(keys)
        for other in keys[at + 1 :]
        if other in wb.catalogue[one].not_comparable or one in wb.catalogue[other].not_comparable
    ]
    frame = pd.DataFrame(rows)[[*COLUMNS]]
    return Comparison(asked, frame, pd.DataFrame.from_dict(verdicts, orient="index"), pairs, level)


def _split(codes: Sequence[str]) -> list[str]:
    """Return the codes one by one; ``63.01,64.03`` is two."""
    found: list[str] = []
    for one in [codes] if isinstance(codes, str) else codes:
        # What holds no code, or is no text, is refused by name later.
        found += (re.findall(r"[^\s,;]+", one) or [one]) if isinstance(one, str) else [one]
    return found


def _row(wb: Workbench, table, key: str, code: str) -> dict[str, object]:
    cell = table.cell(code, key)
    known = cell["state"] in KNOWN
    row: dict[str, object] = dict.fromkeys(COLUMNS, "")
    row |= dict.fromkeys(("value", "low", "high", "rank_low", "rank_high", "events", "whole"), float("nan"))
    first = str(cell["source_id"]).split()[0] if known and cell["source_id"] else ""
    row |= {
        "indicator": key, "code": code, "area": table.labels[code], "unit": wb.catalogue[key].unit,
        "state": cell["state"], "small": False, "doubt": cell["doubt"], "conflicts": cell["conflicts"],
        "source_id": str(cell["source_id"]) if known else "",
    }  # fmt: skip
    if known:
        row |= {"value": float(cell["value"]), "as_of": cell["as_of"]}
    if first:
        publishers = dict.fromkeys(wb.sources.at[one, "publisher"] for one in str(cell["source_id"]).split())
        row |= {"publisher": ", ".join(publishers), "url": source_link(wb, first).url}
    if known and key in COUNTS:
        events, whole = COUNTS[key]
        x = float(table.cell(code, events)["value"])
        n = float(table.cell(code, whole)["value"]) if whole else float(len(wb.gazetteer.within(code, "village")))
        if 0 <= x <= n and n > 0:
            found = rates.intervals(pd.Series({code: x}), pd.Series({code: n})).loc[code]
            row |= {"low": 100 * found["low"], "high": 100 * found["high"], "small": bool(found["small"])}
            row |= {"events": x, "whole": n}
    return row


def _verdict(key: str, rows: list[dict]) -> tuple[bool, list[str]]:
    """Return whether figures may be set against each other, and what speaks against it or must be kept in mind."""
    known = [one for one in rows if one["state"] in KNOWN]
    if len(known) < FEWEST:
        return False, ["too-few"]
    refused = []
    dates = [] if key in REPORTED else [str(one["as_of"]) for one in known]
    if "" in dates:
        refused.append("undated")
    if len({one[:4] for one in dates if one}) > 1:
        refused.append("dates")
    cautions = []
    if any(one["doubt"] or one["conflicts"] for one in known):
        cautions.append("doubt")
    if any(one["small"] for one in known):
        cautions.append("small")
    if key in SIZED:
        cautions.append("size")
    if key in REPORTED:
        cautions.append("reported")
    if key.startswith("stunting_prevalence"):
        cautions.append("no-error")
    told = [one for one in known if one["low"] == one["low"]]
    if len(told) > 1:
        top, bottom = max(told, key=lambda one: one["value"]), min(told, key=lambda one: one["value"])
        if top["low"] <= bottom["high"]:
            cautions.append("overlap")
    return not refused, refused + cautions


def _rank(rows: list[dict]) -> None:
    """Put the possible ranks into comparable rows: drawn from the counts, or the plain rank where there are none."""
    known = [one for one in rows if one["state"] in KNOWN]
    counted = [one for one in known if one["whole"] == one["whole"]]
    if len(counted) == len(known):
        codes = [one["code"] for one in known]
        found = rates.ranks(*(pd.Series([one[part] for one in known], codes) for part in ("events", "whole")))
        for one in known:
            one["rank_low"], one["rank_high"] = found.loc[one["code"], ["rank_low", "rank_high"]]
        return
    for one in known:
        above = sum(other["value"] > one["value"] for other in known)
        same = sum(other["value"] == one["value"] for other in known)
        one["rank_low"], one["rank_high"] = above + 1, above + same
