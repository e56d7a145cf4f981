"""What the exports of the portal tell of moves: the same kampung twice, and what was registered at every date.

Counts and nothing else: the exports are complete, so that no figure of theirs has an interval or a rank. A share of all
registered is never set against that of another date, since other kampung are in it; the same kampung at both dates are.
A doubt about a row is no reason to leave it out here: everything is the portal's own word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kkbgeo.measures.observe import of_portal, portal_dates, portal_panel
from kkbgeo.records.tables import CLASSES
from kkbgeo.workbench import Workbench

ADVANCED = ("mandiri", "berkelanjutan")
MOST = 0.8  # the steps that make up so much of what was added are the waves


@dataclass(frozen=True, eq=False)
class Movement:
    """Classes and registration in the exports of the portal.

    Attributes
    ----------
    counts : DataFrame
        What was registered, see `registered`.
    panel : DataFrame
        The same kampung at both dates, see `same_kampung`.
    since, until : str
        Dates of the two lists of kampung, as ISO; empty where there are not two.
    sources : frozenset of str
        Source ids of all these rows.
    """

    counts: pd.DataFrame
    panel: pd.DataFrame
    since: str
    until: str
    sources: frozenset[str]

    @property
    def newest(self) -> str:
        """Date of the newest counts, as ISO; empty where there are none."""
        return max(self.counts["as_of"], default="")

    def at(self, date: str, level: str = "regency") -> pd.DataFrame:
        """Return the counts of one date: index code, columns ``total`` and the classes."""
        counts = self.counts
        chosen = counts[(counts["as_of"] == date) & (counts["level"] == level)]
        return chosen.set_index("code")[["total", *CLASSES]]


def class_movement(wb: Workbench) -> Movement:
    """Gather the portal's exports up to the workbench's date; empty where the data hold none.

    Examples
    --------
    >>> class_movement(Workbench(as_of="2015")).panel.empty
    True
    """
    kampung, counts = wb.rows("kampung"), wb.rows("kampung_counts")
    dates = portal_dates(kampung, wb.as_of)
    panel = same_kampung(kampung, dates)
    ends = (dates[0], dates[-1]) if len(panel) else ("", "")
    told = [one for one in (*kampung, *counts) if of_portal(one) and one.period_end <= wb.as_of]
    return Movement(registered(counts, wb.as_of), panel, *ends, frozenset(one.source_id for one in told))


def same_kampung(rows: Iterable[Any], dates: Sequence[str]) -> pd.DataFrame:
    """Return the class of each kampung that stands in both the first and the last list of the portal.

    Parameters
    ----------
    rows : iterable
        Rows of the table ``kampung``.
    dates : sequence of str
        Days of the lists, from `kkbgeo.measures.observe.portal_dates`.

    Returns
    -------
    DataFrame
        Index code of the village; ``before``, ``after``. A kampung without a class or a certain village is left out;
        empty with fewer than two dates.

    Examples
    --------
    >>> from kkbgeo.measures.observe import portal_dates
    >>> rows = Workbench().rows("kampung")
    >>> same_kampung(rows, portal_dates(rows, "2025-12-31")).loc["61.01.17.2008"].tolist()
    ['dasar', 'berkembang']
    """
    first, last = portal_panel(rows, dates)
    both = sorted(first.keys() & last.keys())
    ends = {name: [found[code].class_level for code in both] for name, found in (("before", first), ("after", last))}
    return pd.DataFrame(ends, index=both, dtype=object)


def moves_table(panel: pd.DataFrame) -> pd.DataFrame:
    """Return how many kampung were in which class before (rows) and after (columns), with ``total`` both ways.

    Examples
    --------
    >>> panel = pd.DataFrame({"before": ["dasar", "dasar", "mandiri"], "after": ["dasar", "mandiri", "mandiri"]})
    >>> moves_table(panel).loc["dasar"].tolist(), int(moves_table(panel).loc["total", "total"])
    ([1, 0, 1, 0, 2], 3)
    """
    table = pd.crosstab(panel["before"], panel["after"]).reindex(index=CLASSES, columns=CLASSES, fill_value=0)
    table = table.rename_axis(index=None, columns=None)
    table["total"] = table.sum(axis=1)
    table.loc["total"] = table.sum()
    return table


def rose_stayed_fell(panel: pd.DataFrame) -> tuple[int, int, int]:
    """Return how many kampung are in a later class of the list than before, in the same one, in an earlier one.

    Examples
    --------
    >>> rose_stayed_fell(pd.DataFrame({"before": ["dasar", "mandiri"], "after": ["mandiri", "berkembang"]}))
    (1, 0, 1)
    """
    before, after = (panel[name].map(CLASSES.index) for name in ("before", "after"))
    return int((after > before).sum()), int((after == before).sum()), int((after < before).sum())


def registered(rows: Iterable[Any], until: str) -> pd.DataFrame:
    """Return what was registered in the portal: one row per area and date that has a total.

    Parameters
    ----------
    rows : iterable
        Rows of the table ``kampung_counts``.
    until : str
        Last day, as ISO.

    Returns
    -------
    DataFrame
        ``code``, ``level``, ``as_of``, ``total`` and the classes (NaN not reported), by code and date.

    Examples
    --------
    >>> registered(Workbench().rows("kampung_counts"), "2022-12-31").query("code == '63.06'")["total"].tolist()
    [22.0, 22.0, 22.0, 22.0, 22.0, 148.0]
    """
    told = [
        one
        for one in rows
        if of_portal(one) and one.count_kind == "registered" and one.period_end <= until and one.code
    ]
    told = [one for one in told if not pd.isna(one.total)]
    frame = pd.DataFrame([(one.code, one.level, one.period_end) for one in told], columns=["code", "level", "as_of"])
    for name in ("total", *CLASSES):
        frame[name] = pd.Series([getattr(one, name) for one in told], dtype="Float64").astype(float)
    return frame.sort_values(["code", "as_of"], ignore_index=True)


def same_and_all(found: Movement) -> pd.DataFrame:
    """Return by area how many stand at mandiri or above: of the same kampung at both dates, and of all registered.

    Returns
    -------
    DataFrame
        Index code of the province or regency; ``same`` (kampung at both dates), ``same_before``, ``same_after`` (of
        them at mandiri or above), ``rose``, ``fell``, and of all registered ``all_before``, ``all_after`` with
        ``advanced_before``, ``advanced_after``. Only areas counted at the later date; empty without two lists.
    """
    panel, tables = found.panel, []
    ranks = panel.apply(lambda column: column.map(CLASSES.index)).astype(float)
    kampung = pd.DataFrame({
        "same": 1,
        **{f"same_{name}": panel[name].isin(ADVANCED).astype(int) for name in ("before", "after")},
        "rose": (ranks["after"] > ranks["before"]).astype(int),
        "fell": (ranks["after"] < ranks["before"]).astype(int),
    }, index=panel.index)  # fmt: skip
    for level, parts in (("province", 1), ("regency", 2)):
        counted = {name: found.at(date, level) for name, date in (("before", found.since), ("after", found.until))}
        every = pd.DataFrame({
            **{f"all_{name}": one["total"] for name, one in counted.items()},
            **{f"advanced_{name}": one[list(ADVANCED)].sum(axis=1, skipna=False) for name, one in counted.items()},
        })  # fmt: skip
        area = pd.Index([".".join(code.split(".")[:parts]) for code in kampung.index], dtype=object)
        table = every.reindex(counted["after"].index)
        same = kampung.groupby(area).sum().reindex(table.index, fill_value=0)
        tables.append(same.join(table))
    return pd.concat(tables)


def steps(counts: pd.DataFrame) -> pd.DataFrame:
    """Return every change of the number registered in a regency from one date to the next, the largest rise first.

    Parameters
    ----------
    counts : DataFrame
        As `registered` returns it.

    Returns
    -------
    DataFrame
        ``code``, ``since``, ``until`` (the two dates), ``before``, ``after``, ``added`` (below 0 where fewer).

    Examples
    --------
    >>> dates = ["2023-07-27", "2023-08-23", "2023-08-28"]
    >>> counts = pd.DataFrame({"code": "63.02", "level": "regency", "as_of": dates, "total": [43.0, 202.0, 202.0]})
    >>> steps(counts)[["until", "before", "added"]].to_dict("records")
    [{'until': '2023-08-23', 'before': 43, 'added': 159}]
    """
    regencies = counts[counts["level"] == "regency"].sort_values(["code", "as_of"])
    last = regencies.groupby("code")[["as_of", "total"]].shift()
    table = pd.DataFrame({
        "code": regencies["code"], "since": last["as_of"], "until": regencies["as_of"],
        "before": last["total"], "after": regencies["total"],
    })  # fmt: skip
    table = table[table["before"].notna() & (table["before"] != table["after"])]
    table = table.astype({"before": int, "after": int}).assign(added=lambda one: one["after"] - one["before"])
    return table.sort_values(["added", "until", "code"], ascending=[False, True, True], ignore_index=True)


def waves(changes: pd.DataFrame, most: float = MOST) -> pd.DataFrame:
    """Return the fewest steps that make up `most` of all that was added, the largest first.

    Examples
    --------
    >>> len(waves(pd.DataFrame({"added": [70, 20, 5, 5, -3]})))
    2
    """
    rises = changes[changes["added"] > 0].sort_values("added", ascending=False, kind="stable")
    enough = rises["added"].cumsum() < most * rises["added"].sum()
    return rises.head(int(enough.sum()) + 1)


def never_changed(counts: pd.DataFrame) -> list[str]:
    """Return the regencies counted more than once in which no figure ever changed, total and classes alike."""
    regencies = counts[counts["level"] == "regency"].groupby("code")
    figures = regencies[["total", *CLASSES]].nunique(dropna=False).max(axis=1)
    return list(figures.index[(figures == 1) & (regencies.size() > 1)])
