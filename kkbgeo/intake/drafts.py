"""From a read row to a record of its table: one function for each kind of spreadsheet."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from kkbgeo.intake import kinds
from kkbgeo.intake.listed import ticked
from kkbgeo.intake.personal import covered
from kkbgeo.intake.places import Placed
from kkbgeo.intake.reading import Reader
from kkbgeo.intake.survey_errors import check_errors, read_errors
from kkbgeo.intake.values import When, last_day
from kkbgeo.language import Text, words
from kkbgeo.measures.catalogue import Catalogue, Indicator
from kkbgeo.records.periods import definition_of, period_of
from kkbgeo.records.tables import CLASSES, FOR_WHOM, TABLES


@dataclass
class Draft:
    """A record to be: the table, its columns as text, and where it was read.

    Attributes
    ----------
    table : str
        Record table.
    values : dict of str to str
        Columns of the table, without ids.
    sheet, row : str, int
        Where it stands; `row` from 0.
    key : tuple
        Two drafts with one key say the same thing of the same place and time.
    merges : bool
        Parts of one record may come from several rows (observations of classes).
    """

    table: str
    values: dict[str, str]
    sheet: str
    row: int
    key: tuple[str, ...]
    merges: bool = False


def draft(kind: str, reader: Reader, placed: Placed, when: When, catalogue: Catalogue) -> Draft | None:
    """Make the record of one row; None where the row has problems, which the reader then holds."""
    if kind == "observations":
        made = _observation(reader, placed, when, catalogue)
    else:
        made = {"kampung": _kampung, "counts": _counts, "aid": _aid}[kind](reader, placed, _to_the_day(when))
    if made is None or reader.problems:
        return None
    when = when if kind == "observations" else _to_the_day(when)
    table, own, key, merges = made
    values = dict.fromkeys((column.name for column in TABLES[table].columns), "")
    values |= {name: placed.printed[name] for name in kinds.PLACES}
    reason = words(placed.reason, "en")  # as a record stores it
    if table != "at_risk_families":
        when = _to_the_day(when)
    values |= {"code": placed.code, "level": placed.level, "place_reason": reason, "as_of": when.as_of}
    values |= {"note": reader.text("note")} | own
    values["note"] = covered(values["note"])
    place = (table, placed.code, when.as_of, when.semester)
    return Draft(table, values, reader.layout.grid.sheet, reader.row.number, (*place, *key), merges)


Made = tuple[str, dict[str, str], tuple[str, ...], bool]


def _to_the_day(when: When) -> When:
    """Return a half-year as its last day, for the tables that have no column for it: never as the whole year."""
    return When(last_day(when.as_of, when.semester)) if when.semester else when


def _definition(when: When) -> str:
    return definition_of(period_of(when.as_of, semester=when.semester))


def _count(value: float) -> str:
    return str(int(value))


def _kampung(reader: Reader, placed: Placed, when: When) -> Made | None:
    if placed.level != "village":
        reader.add("village_needed", _place_field(reader), level=Text(f"intake.field.{placed.level}"))
        return None
    reported = reader.word("class", "class") or _ticked(reader)
    hamlet = reader.text("hamlet")
    definition = _definition(when)
    own = {
        "kind": reader.word("kind", "kind"),
        "class_reported": reported,
        "class_level": "berkelanjutan" if reported == "paripurna" else reported,
        "unit": "hamlet" if hamlet else "village" if definition == "after_2022" else "unknown",
        "status": reader.word("status", "kampung_status") or "formed",
        "definition": definition,
    }
    name = reader.text("kampung")
    if name and not reader.is_empty("village") and kinds.key(name) != kinds.key(reader.text("village")):
        own["kampung_name"] = covered(name)
    told = [reader.text("note"), f"dusun/RT/RW: {hamlet}" if hamlet else ""]
    own["note"] = "; ".join(filter(None, told))
    return "kampung", own, (hamlet.casefold(),), False


def _ticked(reader: Reader) -> str:
    """Return the class whose column is ticked, in a table with one column per class."""
    found = [name for name in kinds.CLASS_FIELDS if ticked(reader.row, name)]
    if len(found) > 1:
        reader.add("two_classes", found[1], classes=tuple(found))
    return found[0] if found else ""


def _counts(reader: Reader, placed: Placed, when: When) -> Made | None:  # noqa: ARG001
    read = {name: reader.number(name, units=("kampung",)) for name in ("total", *kinds.CLASS_FIELDS)}
    if reader.problems:
        return None
    if read["berkelanjutan"] and read["paripurna"] and read["berkelanjutan"].value and read["paripurna"].value:
        reader.add("two_tops", "paripurna")
        return None
    top_term = "paripurna" if read["paripurna"] else "berkelanjutan" if read["berkelanjutan"] else ""
    tops = [one for one in (read.pop("paripurna"), read["berkelanjutan"]) if one]
    read["berkelanjutan"] = max(tops, key=lambda one: one.value) if tops else None
    given = [one.value for name, one in read.items() if one and name != "total"]
    derived = ""
    total = read["total"].value if read["total"] else None
    if total is None and len(given) == len(CLASSES):
        total, derived = sum(given), "total"
    if total is None and not given:
        reader.add("no_figure", "total")
        return None
    if total is not None and (sum(given) > total or (len(given) == len(CLASSES) and sum(given) != total)):
        reader.add("parts_differ", "total", sum=sum(given), total=total)
        return None
    kind = reader.word("count_kind", "count_kind") or "formed"
    own = {name: _count(read[name].value) if read[name] else "" for name in CLASSES}
    own |= {
        "total": "" if total is None else _count(total),
        "top_term": top_term,
        "derived": derived,
        "about": "true" if any(one and one.about for one in read.values()) else "false",
        "definition": _definition(when),
        "count_kind": kind,
    }
    return "kampung_counts", own, (kind,), False


def _aid(reader: Reader, placed: Placed, when: When) -> Made | None:  # noqa: ARG001
    said = reader.text("aid_type")
    if not said:
        reader.add("needed_empty", "aid_type", field=Text("intake.field.aid_type"))
        return None
    aid_type = kinds.word("aid_type", said) or _contained(said)
    figure = reader.number("beneficiaries")
    unit = reader.word("unit", "unit")
    if figure and figure.unit:
        behind = kinds.word("unit", figure.unit)
        if unit and behind != unit:
            reader.add("unit_unexpected", "beneficiaries", unit=figure.unit)
        unit = unit or behind
    if figure and not unit:
        reader.add("unit_missing", "unit" if "unit" in reader.layout.columns else "beneficiaries",
                   units=tuple(kinds.options("unit").values()))  # fmt: skip
    if figure and unit in ("kampung", "percent", "events", "km2"):
        reader.add("unit_unexpected", "unit" if "unit" in reader.layout.columns else "beneficiaries", unit=unit)
    # "10 KRS" tells both the unit and whom the aid is for.
    whom = reader.word("for_whom", "for_whom") or kinds.word("for_whom", reader.text("unit"))
    whom = whom or kinds.word("for_whom", figure.unit if figure else "")
    status = reader.word("status", "aid_status") or ("delivered" if figure else "unclear")
    note = reader.text("note")
    if kinds.key(said) not in (aid_type, *map(kinds.key, kinds.options("aid_type").values())):
        note = "; ".join(filter(None, (note, said)))
    own = {
        "aid_type": aid_type,
        "beneficiaries": _count(figure.value) if figure else "",
        "unit": unit if figure or unit not in ("percent", "events", "km2") else "",
        "for_whom": whom if whom in FOR_WHOM else "",
        "status": status,
        "note": note,
    }
    return "aid_events", own, (aid_type, own["beneficiaries"], unit, whom, status, note.casefold()), False


def _contained(said: str) -> str:
    """Return the aid that a longer wording names, such as "Penyaluran sembako bagi KRS"; else other."""
    words = f" {kinds.key(said)} "
    known = kinds.words()["word"]["aid_type"]
    found = {
        meaning
        for meaning, names in known.items()
        if meaning != "other" and any(f" {kinds.key(name)} " in words for name in (meaning, *names))
    }
    return found.pop() if len(found) == 1 else "other"


def _place_field(reader: Reader) -> str:
    return next((name for name in ("village", "kampung", "code", "place") if name in reader.layout.columns), "village")


# --- observations ----------------------------------------------------------------------------------------------


def _observation(reader: Reader, placed: Placed, when: When, catalogue: Catalogue) -> Made | None:
    if reader.is_empty("indicator"):
        reader.add("needed_empty", "indicator", field=Text("intake.field.indicator"))
        return None
    indicator = indicator_of(reader.text("indicator"), catalogue)
    if indicator is None:
        reader.add("indicator_unknown", "indicator", candidates=_likely(reader.text("indicator"), catalogue))
        return None
    semester = reader.text("semester")
    if semester:
        semester = {"i": "1", "ii": "2", "1": "1", "2": "2"}.get(
            semester.casefold().removeprefix("semester ").strip(), "?"
        )
    if semester == "?":
        reader.add("semester_unknown", "semester")
        return None
    if why := _not_taken(indicator):
        rounds = tuple(one.label for one in catalogue.rounds)
        reader.add(why, "indicator", indicator=indicator.label("id"), inputs=tuple(indicator.inputs), rounds=rounds)
        return None
    when = When(when.as_of, semester or when.semester)
    if indicator.table != "at_risk_families":
        when = _to_the_day(when)
    errors = read_errors(reader, indicator)
    if indicator.kind == "class":
        return _observed_class(reader, placed, when)
    figure = reader.number("value", whole=indicator.kind == "count")
    if figure is None:
        if not reader.problems:
            reader.add("needed_empty", "value", field=Text("intake.field.value"))
        return None
    if not _unit_fits(reader, indicator, figure.unit):
        return None
    if indicator.kind == "percent" and figure.value > 100:
        reader.add("above_100", "value")
        return None
    if indicator.table == "prevalence":
        check_errors(reader, figure.value, errors)
    return _of_table(reader, indicator, figure.value, figure.about, when, errors)


def indicator_of(text: str, catalogue: Catalogue) -> Indicator | None:
    """Return the indicator that a text names: its id, its label in either language, or a known name of it.

    Examples
    --------
    >>> from kkbgeo.measures import load_catalogue
    >>> known = load_catalogue()
    >>> indicator_of("KRS", known).id, indicator_of("ssgi 2024", known).label("en"), indicator_of("hujan", known)
    ('families_at_risk', 'Prevalence of stunting, SSGI 2024', None)
    """
    wanted = kinds.key(text)
    for name, one in catalogue.items():
        if wanted in (kinds.key(name), kinds.key(one.label("id")), kinds.key(one.label("en")), name.replace("_", " ")):
            return one
    for one in catalogue.rounds:
        if wanted in (kinds.key(one.label), f"prevalensi {kinds.key(one.label)}"):
            return catalogue[one.indicator]
    for name, known in kinds.words()["indicator"].items():
        if wanted in map(kinds.key, known):
            return catalogue[name]
    return None


def choosable(catalogue: Catalogue) -> list[Indicator]:
    """Return the indicators that can be observed: not those that are computed from others."""
    return [one for one in catalogue.values() if not _not_taken(one)]


def _likely(text: str, catalogue: Catalogue) -> tuple[str, ...]:
    from rapidfuzz import fuzz, process

    labels = [one.label("id") for one in choosable(catalogue)]
    return tuple(label for label, *_ in process.extract(text, labels, scorer=fuzz.WRatio, limit=3))


def _not_taken(indicator: Indicator) -> str:
    """Return the key of the reason why an indicator is not observed; "" when it is."""
    if indicator.combine == "derived":
        return "indicator_derived"
    if indicator.id == "kkb_class_total":
        return "indicator_class_total"
    if indicator.group == "survey":
        return "indicator_survey"
    if indicator.group == "portal":
        return "indicator_portal"
    if indicator.id == "aid_events":
        return "indicator_events"
    if indicator.group == "place":
        return "indicator_named"
    return ""


def _unit_fits(reader: Reader, indicator: Indicator, behind: str) -> bool:
    said = [kinds.word("unit", behind)] if behind else []
    if not reader.is_empty("unit"):
        said.append(reader.word("unit", "unit"))
    same = {"people": {"people", "persons"}, "kampung": {"kampung"}}.get(indicator.unit, {indicator.unit})
    wrong = [one for one in said if one and one not in same]
    if wrong:
        reader.add("unit_differs", "unit" if "unit" in reader.layout.columns else "value",
                   unit=indicator.unit_label("id"), indicator=indicator.label("id"))  # fmt: skip
    return not wrong and not reader.problems


def _observed_class(reader: Reader, placed: Placed, when: When) -> Made | None:
    reported = reader.word("value", "class")
    if reader.problems:
        return None
    if placed.level != "village":
        reader.add("village_needed", _place_field(reader), level=Text(f"intake.field.{placed.level}"))
        return None
    definition = _definition(when)
    own = {
        "class_reported": reported,
        "class_level": "berkelanjutan" if reported == "paripurna" else reported,
        "unit": "village" if definition == "after_2022" else "unknown",
        "status": "formed",
        "definition": definition,
    }
    return "kampung", own, ("",), False


def _of_table(
    reader: Reader, indicator: Indicator, value: float, about: bool, when: When, errors: dict[str, float]
) -> Made | None:
    where = {column: allowed[0] for column, allowed in indicator.where.items()}
    if indicator.table == "at_risk_families":
        own = {"families_at_risk": _count(value), "semester": when.semester, "scope": "whole"}
        return indicator.table, own, (when.semester,), False
    if indicator.table == "prevalence":
        if when.as_of[:4] != where["year"]:
            reader.add("survey_year", "as_of", year=where["year"])
            return None
        own = {"survey": where["survey"], "year": where["year"], "prevalence_percent": f"{value:.10g}",
               "as_of": where["year"]}  # fmt: skip
        own |= {name: f"{told:.10g}" for name, told in errors.items() if not math.isnan(told)}
        return indicator.table, own, (where["survey"],), False
    if indicator.table == "aid_events":
        own = {"aid_type": "other", "beneficiaries": _count(value), "unit": where["unit"], "status": "delivered"}
        return indicator.table, own, (where["unit"],), False
    if indicator.table == "population_area":
        own = {indicator.column: f"{value:.10g}"}
        return indicator.table, own, (), True
    definition = _definition(when)
    if definition != where["definition"]:
        reader.add("definition_differs", "as_of", indicator=indicator.label("id"))
        return None
    own = {indicator.column: _count(value), "about": "true" if about else "false", "definition": definition,
           "count_kind": where["count_kind"]}  # fmt: skip
    if indicator.column == "berkelanjutan":
        own["top_term"] = "paripurna" if re.search("paripurna", reader.text("indicator"), re.I) else "berkelanjutan"
    return indicator.table, own, (where["count_kind"],), True
