"""From the sheets of a file to drafts of records and the list of everything that is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from kkbgeo.intake import kinds
from kkbgeo.intake.context import Context
from kkbgeo.intake.drafts import Draft, draft
from kkbgeo.intake.grids import Grid, coordinate
from kkbgeo.intake.headers import Layout, find_table
from kkbgeo.intake.listed import check_counts
from kkbgeo.intake.places import Finder, Placed
from kkbgeo.intake.plausible import check_figures
from kkbgeo.intake.problems import Problem, ordered
from kkbgeo.intake.reading import Reader
from kkbgeo.intake.rows import Row, has_record, rows_of
from kkbgeo.intake.survey_errors import FIELDS
from kkbgeo.intake.titles import read_title
from kkbgeo.intake.totals import Total, check_totals
from kkbgeo.intake.values import When, is_nothing, plain, style_of
from kkbgeo.language import Text
from kkbgeo.records.tables import CLASSES
from kkbgeo.regions.codes import level_of, parent_of

#: Problems that leave no way to read the rows: with one of them nothing of the sheet is taken.
_PLACES = ("village", "kampung", "district", "regency", "code", "place", "province")
_FATAL = {"header_missing", "header_twice", "region_differs", "title_unclear"}


@dataclass
class Sheet:
    """A sheet that was read: its table, its rows and what its title says."""

    layout: Layout
    rows: list[Row]
    context: Context


@dataclass
class Checked:
    """What a file holds.

    Attributes
    ----------
    sheets : list of Sheet
        Those with a table.
    skipped : list of str
        Names of the others.
    drafts : list of Draft
        Records to be, in the order of the rows.
    problems : list of Problem
        Everything that is wrong, in the order of the cells.
    fates : dict
        Sheet and row -> what became of the row: record, rejected, total, group, foot, blank … Rows without anything
        in them are left out.
    totals : int
        Rows of totals that agree with their rows.
    asked : list of dict
        Places whose names were not certain.
    """

    sheets: list[Sheet] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    fates: dict[tuple[str, int], str] = field(default_factory=dict)
    totals: int = 0
    asked: list[dict[str, str]] = field(default_factory=list)

    def count(self, fate: str) -> int:
        """Return how many rows met this fate."""
        return Counter(self.fates.values())[fate]


def check(
    grids: Iterable[Grid],
    kind: kinds.Kind,
    finder: Finder,
    *,
    sheet: str = "",
    given: When | None = None,
    tell: Callable[[str, int], None] | None = None,
) -> Checked:
    """Check every sheet of a file against the rules of a kind.

    Parameters
    ----------
    grids : iterable of Grid
        The sheets.
    kind : Kind
        What the file is said to hold.
    finder : Finder
        Finds places.
    sheet : str
        Read this sheet only.
    given : When, optional
        Date of the rows that name none.
    tell : callable, optional
        Called with a sheet's name and the rows checked so far.
    """
    found = Checked()
    for grid in grids:
        asked = sheet == grid.sheet or (not sheet and not grid.hidden and not kinds.starts_with("guide", grid.sheet))
        layout = find_table(grid, kind.name) if asked else None
        if layout is None:
            found.skipped.append(grid.sheet)
            continue
        one = Sheet(layout, rows_of(layout, kind), read_title(layout, finder, dated=given is not None))
        found.sheets.append(one)
        _check_sheet(found, one, kind, finder, given, tell)
    _merge(found)
    _find_twins(found)
    _settle(found)
    found.asked = finder.asked
    return found


def _check_sheet(
    found: Checked, one: Sheet, kind: kinds.Kind, finder: Finder, given: When | None, tell: Callable | None
) -> None:
    layout, name = one.layout, one.layout.grid.sheet
    if finder.disagrees(one.context):
        facts = {"title": finder.gazetteer.label(one.context.titled), "region": finder.gazetteer.label(finder.within)}
        layout.problems.append(Problem("region_differs", name, facts=facts))
    layout.problems += one.context.problems
    found.problems += layout.problems
    # Rows without anything but their number are no rows: a template has a thousand that only carry its lists.
    passed = {column for column, label in layout.labels.items() if kinds.passed_over(kinds.key(label))}
    for number in range(layout.bottom + 1):
        if any(plain(cell) for cell in layout.grid.rows[number]):
            found.fates[name, number] = "heading"
    for row in one.rows:
        cells = layout.grid.rows[row.number]
        said = [(column, plain(cell)) for column, cell in enumerate(cells)]
        if not any(text and not (column in passed and text.strip(". ").isdecimal()) for column, text in said):
            continue
        found.fates[name, row.number] = row.fate if row.fate != "record" or has_record(row) else "blank"
    if any(problem.key in _FATAL for problem in layout.problems):
        return
    columns = list(layout.columns.values())
    style = style_of(layout.grid.cell(row.number, column) for row in one.rows for column in columns)
    readers: dict[int, tuple[Reader, Draft | None]] = {}
    for row in one.rows:
        if found.fates.get((name, row.number)) != "record":
            continue
        if _is_unreported(kind, row):
            found.fates[name, row.number] = "unreported"
            continue
        reader = Reader(layout, row, style)
        made = _check_row(reader, kind, finder, one.context, given)
        readers[row.number] = (reader, made)
        found.problems += reader.problems
        if made:
            found.drafts.append(made)
        if tell and len(readers) % 500 == 0:
            tell(name, len(readers))
    totals, problems = check_totals(layout, _summed(kind, one.rows), one.rows, style)
    found.problems += problems
    found.totals += len(totals)
    if kind.name == "kampung":
        found.problems += check_counts(layout, one.rows)
    if kind.name == "counts":
        found.drafts += _of_totals(found, one, finder, totals, readers)


def _is_unreported(kind: kinds.Kind, row: Row) -> bool:
    """Tell whether a row says of its figures that there are none: dashes, and nothing else."""
    if any(not is_nothing(row.cells.get(name)) for name in FIELDS):
        return False
    if kind.name not in ("counts", "observations"):
        return False
    cells = [row.cells[name] for name in kind.numbers or ("value",) if row.cells.get(name) is not None]
    return bool(cells) and all(is_nothing(cell) for cell in cells)


def _summed(kind: kinds.Kind, rows: list[Row]) -> kinds.Kind:
    """Return the kind with the figures that a total can add up: values of observations only when all are of one."""
    said = {kinds.key(row.text("indicator")) for row in rows if row.fate == "record"}
    return replace(kind, numbers=("value",)) if kind.name == "observations" and len(said) == 1 else kind


def _check_row(reader: Reader, kind: kinds.Kind, finder: Finder, context: Context, given: When | None) -> Draft | None:
    reader.check_cells()
    when = reader.when() or given or (When(context.as_of, context.semester) if context.as_of else None)
    if when is None and not any(problem.column == reader.layout.columns.get("as_of") for problem in reader.problems):
        reader.add("date_missing", "as_of")
    place = finder.find(reader.layout, reader.row, context, when.as_of if when else "")
    if isinstance(place, Problem):
        if not any((one.row, one.column) == (place.row, place.column) for one in reader.problems):
            reader.problems.append(place)
        # The other cells of the row are read all the same, so that all problems are told at once.
        place = Placed("", "village", "", dict.fromkeys(kinds.PLACES, ""))
    made = draft(kind.name, reader, place, when or When("2025"), finder.catalogue)
    return made if made is None or not place.code or check_figures(reader, made, finder.gazetteer) else None


def _of_totals(
    found: Checked, one: Sheet, finder: Finder, totals: list[Total], readers: dict[int, tuple[Reader, Draft | None]]
) -> list[Draft]:
    """Make a record of the unit that a total adds up: a report of the whole, since figures are never added up here."""
    made: list[Draft] = []
    known = {draft.key for draft in found.drafts}
    for total in totals:
        members = [readers[number][1] for number in total.members if number in readers]
        if not members or None in members:
            continue
        first = members[0]
        same = all(
            (each.values["as_of"], each.values["count_kind"]) == (first.values["as_of"], first.values["count_kind"])
            for each in members
        )
        above = _common([each.values["code"] for each in members])
        codes = [each.values["code"] for each in members]
        # Only when every part of the unit is listed, once, is the total one of the unit.
        parts = finder.gazetteer.within(above, level_of(codes[0])) if above else []
        if not same or len(members) < 2 or sorted(codes) != parts:
            continue
        key = ("kampung_counts", above, *first.key[2:])
        if key in known:
            continue
        figures = dict(total.figures)
        tops = [figures.pop("paripurna", None), figures.get("berkelanjutan")]
        if tops[0]:
            figures["berkelanjutan"] = tops[0] + (tops[1] or 0)
        values = dict(first.values)
        levels = kinds.PLACES[: above.count(".") + 1]
        values |= {name: first.values[name] if name in levels else "" for name in kinds.PLACES}
        values |= {name: str(int(figures[name])) if name in figures else "" for name in ("total", *CLASSES)}
        values |= {
            "code": above, "level": levels[-1], "derived": "", "note": "",
            "place_reason": f"row of totals over all {len(members)} parts of this unit",
        }  # fmt: skip
        made.append(Draft("kampung_counts", values, one.layout.grid.sheet, total.row.number, key))
        known.add(key)
    return made


def _common(codes: list[str]) -> str:
    """Return the smallest unit that holds all places and is none of them."""
    above = parent_of(codes[0])
    while above and not all(code.startswith(f"{above}.") for code in codes):
        above = parent_of(above)
    return above


def _merge(found: Checked) -> None:
    """Put the parts of one record together: the classes of one place and date, written in several rows."""
    whole: dict[tuple[str, ...], Draft] = {}
    kept = []
    for one in found.drafts:
        first = whole.get(one.key) if one.merges else None
        if first is None:
            kept.append(one)
            if one.merges:
                whole[one.key] = one
            continue
        clash = [
            name for name, value in one.values.items()
            if value and first.values[name] and value != first.values[name]
            and name not in ("about", "place_reason", "note")
        ]  # fmt: skip
        twice = [name for name in ("total", *CLASSES, "population_total", "area_km2")
                 if one.values.get(name) and first.values.get(name)]  # fmt: skip
        if clash or twice:
            kept.append(one)  # said by _find_twins
            continue
        first.values |= {name: value for name, value in one.values.items() if value and not first.values[name]}
        found.fates[one.sheet, one.row] = "merged"
    for one in whole.values():
        _check_parts(found, one)
    found.drafts = kept


def _check_parts(found: Checked, one: Draft) -> None:
    given = [int(one.values[name]) for name in CLASSES if one.values.get(name)]
    if one.table != "kampung_counts" or not one.values["total"]:
        return
    total = int(one.values["total"])
    if sum(given) > total or (len(given) == len(CLASSES) and sum(given) != total):
        facts = {"sum": float(sum(given)), "total": float(total)}
        found.problems.append(Problem("parts_differ", one.sheet, one.row, -1, str(total), facts))


def _find_twins(found: Checked) -> None:
    """Refuse rows that say the same of the same place and time twice."""
    first: dict[tuple[str, ...], Draft] = {}
    columns = {one.layout.grid.sheet: one.layout.columns for one in found.sheets}
    for one in found.drafts:
        twin = first.setdefault(one.key, one)
        if twin is one:
            continue
        places = columns[one.sheet]
        column = next((places[name] for name in _PLACES if name in places), 0)
        value = one.values["village"] or one.values["district"] or one.values["regency"] or one.values["code"]
        other = f"{twin.sheet} {coordinate(twin.row, column)}"
        found.problems.append(Problem("row_twice", one.sheet, one.row, column, value, {"other": other}))


def _settle(found: Checked) -> None:
    """Order the problems, and take out of the drafts every row that has one."""
    found.problems = ordered(found.problems, [one.layout.grid.sheet for one in found.sheets])
    fatal = {problem.sheet for problem in found.problems if problem.key in _FATAL}
    bad = {(problem.sheet, problem.row) for problem in found.problems if problem.row >= 0}
    found.drafts = [one for one in found.drafts if one.sheet not in fatal and (one.sheet, one.row) not in bad]
    for place, fate in found.fates.items():
        if fate == "record" and (place in bad or place[0] in fatal):
            found.fates[place] = "rejected"


def nothing_found(kind: kinds.Kind, sheets: list[str]) -> Problem:
    """Make the problem of a file in which no sheet has the headings of a kind."""
    groups = tuple(Text(f"intake.field.{name}") for group in kind.needed for name in group[:5])
    return Problem("no_table", ", ".join(sheets[:5]), facts={"fields": groups})
