"""What the record tables are made of: their columns, the words allowed and the rules of a row.

Plain descriptions; `kkbgeo.records.schemas` turns them into pandera schemas, ``data/README.md``
explains them in words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from kkbgeo.records.periods import DEFINITIONS
from kkbgeo.regions.codes import LEVELS, is_code, level_of

CLASSES = ("dasar", "berkembang", "mandiri", "berkelanjutan")
#: Two words for the top class; which one a report used is kept.
TOP_TERMS = ("paripurna", "berkelanjutan")

#: What ``beneficiaries`` counts; kampung and helpers are no beneficiaries, their number stands in the note.
UNITS = ("", "families", "children", "persons", "mixed", "packages", "kampung", "helpers")

PLACE_COLUMNS = ("province", "regency", "district", "village")


@dataclass(frozen=True)
class Column:
    """One column: its name, how it is written, and what may stand in it.

    Attributes
    ----------
    name : str
        The header.
    kind : {"text", "count", "number", "flag"}
        ``count``: whole number >= 0 or empty; ``number``: decimal >= 0 or empty; ``flag``: true or
        false.
    words : tuple of str
        The words allowed, in their order; any text when empty.
    needed : bool
        May not be empty.
    top : float
        Highest value of a number; 0: none.
    """

    name: str
    kind: str = "text"
    words: tuple[str, ...] = ()
    needed: bool = False
    top: float = 0


@dataclass(frozen=True)
class Rule:
    """A rule over several columns of a row.

    Attributes
    ----------
    column : str
        The column that a message points at.
    broken : callable
        Takes the table as text, returns a boolean Series: the rows that break the rule.
    problem, hint : str
        What is wrong, what to do.
    """

    column: str
    broken: Callable[[pd.DataFrame], pd.Series]
    problem: str
    hint: str


@dataclass(frozen=True)
class Table:
    """A record table: ``data/records/<name>.csv``, its record ids ``<prefix>-001`` …, columns and rules."""

    name: str
    prefix: str
    own: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """Every column in file order: who and where, when, what, by whom."""
        return (
            Column("record_id", needed=True),
            Column("province", needed=True),
            *(Column(name) for name in PLACE_COLUMNS[1:]),
            Column("code"),
            Column("level", words=("", *LEVELS)),
            Column("place_reason", needed=True),
            Column("as_of"),
            *self.own,
            Column("source_id", needed=True),
            Column("event_id"),
            Column("doubt"),
            Column("note"),
        )


def _numbers(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    return frame[list(names)].apply(pd.to_numeric, errors="coerce")


def _parts_exceed(frame: pd.DataFrame) -> pd.Series:
    values = _numbers(frame, "total", *CLASSES)
    return values[list(CLASSES)].sum(axis=1, min_count=1) > values["total"]


def _parts_differ(frame: pd.DataFrame) -> pd.Series:
    values = _numbers(frame, "total", *CLASSES)
    return values.notna().all(axis=1) & (values[list(CLASSES)].sum(axis=1) < values["total"]) & (frame["doubt"] == "")


def _derived_unknown(frame: pd.DataFrame) -> pd.Series:
    figures = {"total", *CLASSES}
    return pd.Series(
        [
            any(name not in figures or row[name] == "" for name in row["derived"].split())
            for row in frame.to_dict("records")
        ],
        index=frame.index,
    )


def _class_differs(frame: pd.DataFrame) -> pd.Series:
    return frame["class_reported"].replace("paripurna", "berkelanjutan") != frame["class_level"]


def _exceeds(part: str, whole: str) -> Callable[[pd.DataFrame], pd.Series]:
    def broken(frame: pd.DataFrame) -> pd.Series:
        values = _numbers(frame, part, whole)
        return values[part] > values[whole]

    return broken


def _sexes_differ(frame: pd.DataFrame) -> pd.Series:
    values = _numbers(frame, "population_male", "population_female", "population_total")
    return values.notna().all(axis=1) & (
        values["population_male"] + values["population_female"] != values["population_total"]
    )


def _level_differs(frame: pd.DataFrame) -> pd.Series:
    own = frame["code"].map(lambda code: level_of(code) if is_code(code) else "")
    return own != frame["level"]


#: Rules of every table.
COMMON_RULES = (
    Rule(
        "level",
        _level_differs,
        "is not the level of the code",
        "Run scripts/code_records.py, which fills code and level.",
    ),
)

TABLES = {
    table.name: table
    for table in (
        Table(
            "kampung_counts",
            "count",
            (
                *(Column(name, "count") for name in ("total", *CLASSES)),
                Column("top_term", words=("", *TOP_TERMS)),
                Column("derived"),
                Column("about", "flag"),
                Column("definition", words=DEFINITIONS),
                Column("count_kind", words=("formed", "newly_formed", "registered", "active", "planned", "mentioned")),
            ),
            (
                Rule("total", _parts_exceed, "the classes add up to more than the total", "Compare with the source."),
                Rule(
                    "total",
                    _parts_differ,
                    "all four classes are given and add up to less than the total",
                    "Compare with the source; if it is printed so, say it in the column doubt.",
                ),
                Rule(
                    "derived",
                    _derived_unknown,
                    "names a column that is no figure, or is empty",
                    "Name figures that were computed, not printed: total, dasar, berkembang, mandiri, berkelanjutan.",
                ),
            ),
        ),
        Table(
            "kampung",
            "kampung",
            (
                Column("kind", words=("", "desa", "kelurahan", "unknown")),
                Column("class_reported", words=("", *CLASSES, "paripurna")),
                Column("class_level", words=("", *CLASSES)),
                Column("unit", words=("village", "hamlet", "unknown")),
                Column("status", words=("formed", "planned", "implied")),
                Column("definition", words=DEFINITIONS),
            ),
            (
                Rule(
                    "class_level",
                    _class_differs,
                    "is not the class that was reported",
                    "paripurna and berkelanjutan are the level berkelanjutan; every other word is its own level.",
                ),
            ),
        ),
        Table(
            "aid_events",
            "aid",
            (
                Column("aid_type", words=("sembako", "dashat", "baas", "pmt", "other")),
                Column("beneficiaries", "count"),
                Column("unit", words=UNITS),
                Column(
                    "status", words=("planned", "launched", "delivered", "training", "running", "not_aid", "unclear")
                ),
            ),
            (
                Rule(
                    "unit",
                    lambda frame: (frame["beneficiaries"] != "") & (frame["unit"] == ""),
                    "a number needs its unit",
                    "families, children, persons, packages, kampung, helpers or mixed.",
                ),
                Rule(
                    "beneficiaries",
                    lambda frame: (frame["beneficiaries"] != "") & frame["unit"].isin(["kampung", "helpers"]),
                    "kampung and helpers are no beneficiaries",
                    "Leave the cell empty and tell the number in the note.",
                ),
            ),
        ),
        Table(
            "at_risk_families",
            "risk",
            (
                Column("families_at_risk", "count"),
                Column("families_total", "count"),
                Column("semester", words=("", "1", "2")),
                Column("scope", words=("whole", "part")),
            ),
            (
                Rule(
                    "families_at_risk",
                    _exceeds("families_at_risk", "families_total"),
                    "more families at risk than families",
                    "Compare with the source.",
                ),
            ),
        ),
        Table(
            "prevalence",
            "prevalence",
            (
                Column("survey", words=("SSGI", "SKI")),
                Column("year", "count", needed=True),
                Column("prevalence_percent", "number", needed=True, top=100),
            ),
            (
                Rule(
                    "year",
                    lambda frame: frame["year"] != frame["as_of"],
                    "is not the year in as_of",
                    "Make them agree.",
                ),
            ),
        ),
        Table(
            "population_area",
            "population",
            (
                *(Column(f"population_{name}", "count", needed=True) for name in ("male", "female", "total")),
                Column("area_km2", "number", needed=True),
            ),
            (Rule("population_total", _sexes_differ, "is not men and women together", "Compare with the source."),),
        ),
    )
}
