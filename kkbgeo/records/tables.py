"""What the record tables are made of: their columns, the words allowed and the rules of a row.

Plain descriptions; `kkbgeo.records.schemas` holds a file against them, ``data/README.md`` explains them in words.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kkbgeo.records.intervals import ERRORS, FLAWS, flaws
from kkbgeo.records.periods import DEFINITIONS
from kkbgeo.regions.codes import LEVELS, is_code, level_of

CLASSES = ("dasar", "berkembang", "mandiri", "berkelanjutan")
#: Two words for the top class; which one a report used is kept.
TOP_TERMS = ("paripurna", "berkelanjutan")

#: What ``beneficiaries`` counts; kampung and helpers are no beneficiaries, their number stands in the note.
UNITS = ("", "families", "children", "persons", "mixed", "packages", "kampung", "helpers")

#: Whom aid is for, where its source says so; else empty (not said, or others: the note tells).
FOR_WHOM = ("", "at_risk", "poor_at_risk", "poor", "stunted", "at_risk_and_stunted")

PLACE_COLUMNS = ("province", "regency", "district", "village")

#: Why a figure is doubted, as a kind that pages have words for (``profiles.doubt.<kind>``). The last two are told by
#: the program of a figure that it computes, and stand in no record.
DOUBTS = (
    "rounded", "lower_bound", "misprint", "shifted", "undated", "ambiguous", "contradiction", "others_differ",
    "implied", "weak", "no_survey", "other_measure", "speech", "mixed", "exceeds",
)  # fmt: skip


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
    later : bool
        A column of a later release: a file that lacks it is read as if every cell of it were empty.
    """

    name: str
    kind: str = "text"
    words: tuple[str, ...] = ()
    needed: bool = False
    top: float = 0
    later: bool = False


@dataclass(frozen=True)
class Rule:
    """A rule over several columns of a row.

    Attributes
    ----------
    column : str
        The column that a message points at.
    broken : callable
        Takes a row as text, column -> cell, and tells whether it breaks the rule.
    problem, hint : str
        What is wrong, what to do.
    """

    column: str
    broken: Callable[[Mapping[str, str]], bool]
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
            Column("doubt_kind", words=("", *DOUBTS[:-2]), later=True),
            Column("note"),
        )


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _classes(row: Mapping[str, str]) -> list[float]:
    return [number for name in CLASSES if not math.isnan(number := _number(row[name]))]


def _parts_exceed(row: Mapping[str, str]) -> bool:
    given = _classes(row)
    return bool(given) and sum(given) > _number(row["total"])


def _parts_differ(row: Mapping[str, str]) -> bool:
    given = _classes(row)
    return len(given) == len(CLASSES) and sum(given) < _number(row["total"]) and row["doubt"] == ""


def _derived_unknown(row: Mapping[str, str]) -> bool:
    return any(name not in ("total", *CLASSES) or row[name] == "" for name in row["derived"].split())


def _class_differs(row: Mapping[str, str]) -> bool:
    return row["class_level"] != ("berkelanjutan" if row["class_reported"] == "paripurna" else row["class_reported"])


def _exceeds(part: str, whole: str) -> Callable[[Mapping[str, str]], bool]:
    return lambda row: _number(row[part]) > _number(row[whole])


def _sexes_differ(row: Mapping[str, str]) -> bool:
    male, female, total = (_number(row[f"population_{name}"]) for name in ("male", "female", "total"))
    return not any(map(math.isnan, (male, female, total))) and male + female != total


def _level_differs(row: Mapping[str, str]) -> bool:
    return row["level"] != (level_of(row["code"]) if is_code(row["code"]) else "")


def _flawed(key: str) -> Callable[[Mapping[str, str]], bool]:
    return lambda row: key in _flaws(row)


def _flaws(row: Mapping[str, str]) -> list[str]:
    given = [row[name] for name in ERRORS]
    return flaws(_number(row["prevalence_percent"]), *(map(_number, given) if any(given) else ()))


#: Rules of every table.
COMMON_RULES = (
    Rule(
        "level",
        _level_differs,
        "is not the level of the code",
        "Run scripts/code_records.py, which fills code and level.",
    ),
    Rule(
        "doubt_kind",
        lambda row: row["doubt_kind"] != "" and row["doubt"] == "",
        "is the kind of a doubt that is not told",
        "Say in the column doubt why the figure is doubted.",
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
                Column("kampung_name", later=True),
                Column("kind", words=("", "desa", "kelurahan", "unknown")),
                Column("class_reported", words=("", *CLASSES, "paripurna")),
                Column("class_level", words=("", *CLASSES)),
                Column("unit", words=("village", "hamlet", "unknown")),
                Column("status", words=("formed", "registered", "planned", "implied")),
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
                Column("for_whom", words=FOR_WHOM),
                Column(
                    "status", words=("planned", "launched", "delivered", "training", "running", "not_aid", "unclear")
                ),
            ),
            (
                Rule(
                    "unit",
                    lambda row: row["beneficiaries"] != "" and row["unit"] == "",
                    "a number needs its unit",
                    "families, children, persons, packages, kampung, helpers or mixed.",
                ),
                Rule(
                    "beneficiaries",
                    lambda row: row["beneficiaries"] != "" and row["unit"] in ("kampung", "helpers"),
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
                Column("survey", needed=True),
                Column("year", "count", needed=True),
                Column("prevalence_percent", "number", needed=True, top=100),
                Column("low", "number", top=100, later=True),
                Column("high", "number", top=100, later=True),
                Column("standard_error", "number", later=True),
                Column("sample", "count", later=True),
            ),
            (
                Rule(
                    "year",
                    lambda row: row["year"] != row["as_of"],
                    "is not the year in as_of",
                    "Make them agree.",
                ),
                *(
                    Rule("prevalence_percent" if part == "value" else part, _flawed(key), problem, hint)
                    for key, (part, problem, hint) in FLAWS.items()
                ),
            ),
        ),
        Table(
            "population_area",
            "population",
            (
                *(Column(f"population_{name}", "count") for name in ("male", "female", "total")),
                Column("area_km2", "number"),
            ),
            (
                Rule("population_total", _sexes_differ, "is not men and women together", "Compare with the source."),
                Rule(
                    "population_total",
                    lambda row: row["population_total"] == "" and row["area_km2"] == "",
                    "neither population nor area is given",
                    "Give at least one of the two.",
                ),
            ),
        ),
    )
}
