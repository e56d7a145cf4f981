"""What of a spreadsheet is stored already: so that no figure is ever counted twice."""

from __future__ import annotations

import csv
import io
import os
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from kkbgeo.intake import kinds
from kkbgeo.intake.drafts import Draft
from kkbgeo.records import imported
from kkbgeo.records.periods import period_of
from kkbgeo.records.tables import CLASSES, TABLES

#: What tells two records of one place and time apart, besides the indicator's own column.
_TOLD_APART = {
    "kampung": ("hamlet",),
    "kampung_counts": ("count_kind",),
    "aid_events": ("aid_type", "unit"),
    "at_risk_families": ("semester",),
    "prevalence": ("survey",),
    "population_area": (),
}
#: Tables whose records hold several figures, each of which may come from another file.
_FIGURES = {
    "kampung_counts": ("total", *CLASSES),
    "population_area": ("population_male", "population_female", "population_total", "area_km2"),
}
_NOT_SAID = frozenset(
    {
        "record_id",
        "source_id",
        "place_reason",
        "note",
        "province",
        "regency",
        "district",
        "village",
        "doubt",
        "doubt_kind",
        "kampung_name",
    }
)
_HAMLET = "dusun/RT/RW: "


@dataclass(frozen=True)
class Held:
    """An import that holds rows of the file already.

    Attributes
    ----------
    id, file, publisher : str
        Which one.
    rows : int
        How many records of the file stand for a place, time and indicator that it holds.
    of : int
        Its records in all.
    """

    id: str
    file: str
    publisher: str
    rows: int
    of: int


@dataclass
class Standing:
    """How a file stands to what is stored.

    Attributes
    ----------
    gives_way : list of str
        Imports of the very same file and source, all of whose rows are in the file as it is read now.
    held : list of Held
        Others that hold rows of it.
    """

    gives_way: list[str] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)


@dataclass(frozen=True)
class _Said:
    """A record as it is compared: for what it is a figure, in which days, and everything that it says."""

    about: tuple[tuple[str, ...], ...]
    start: str
    end: str
    whole: tuple[str, ...]


def standing(
    drafts: Sequence[Draft],
    about: Mapping[str, object],
    spots: Collection[tuple[str, int]],
    data_root: str | os.PathLike | None = None,
    but: Collection[str] = (),
) -> Standing:
    """Compare the records of a file with every import.

    Parameters
    ----------
    drafts : list of Draft
        The records to be.
    about : mapping
        ``kind``, ``publisher`` and ``file_sha256`` of the file.
    spots : set of (sheet, row)
        The rows that the records are made of; rows from 0.
    data_root : path, optional
        The data folder.
    but : collection of str
        Ids that are not looked at: those that are replaced anyway.
    """
    mine = [_said(one.table, one.values) for one in drafts]
    found = Standing()
    for one in imported.imports(data_root):
        if one.id in but:
            continue
        theirs = _stored(one)
        hits = _common(mine, theirs)
        same_file = one.about.get("file_sha256") == about["file_sha256"] and one.about["kind"] == about["kind"]
        if same_file:
            before = _spots(one)
            if one.about["publisher"] == about["publisher"] and before <= set(spots) and _covered(theirs, mine):
                found.gives_way.append(one.id)
                continue
            hits = max(hits, len(before & {(draft.sheet, draft.row) for draft in drafts}))
        elif kinds.key(one.about["publisher"]) != kinds.key(str(about["publisher"])):
            hits = hits if _is_copy(mine, theirs) else 0
        if hits:
            found.held.append(
                Held(one.id, str(one.about["file"]), str(one.about["publisher"]), hits, int(one.about["records"]))
            )
    return found


def _said(table: str, values: Mapping[str, str]) -> _Said:
    hamlet = next((part for part in values["note"].split("; ") if part.startswith(_HAMLET)), "").casefold()
    own = {**values, "hamlet": hamlet}
    key = (table, values["code"], *(own[name] for name in _TOLD_APART[table]))
    figures = [name for name in _FIGURES.get(table, ()) if values[name]]
    period = period_of(values["as_of"], semester=values.get("semester", ""))
    # An import of an earlier release lacks columns.
    whole = [values.get(column.name, "") for column in TABLES[table].columns if column.name not in _NOT_SAID]
    keys = tuple((*key, name) for name in figures) or (key,)
    return _Said(keys, period.start, period.end, (table, hamlet, *whole))


def _stored(one: imported.Import) -> list[_Said]:
    return [
        _said(table, row)
        for table in TABLES
        if f"{table}.csv" in one.files
        for row in csv.DictReader(io.StringIO(one.content(f"{table}.csv").decode(), newline=""))
    ]


def _spots(one: imported.Import) -> set[tuple[str, int]]:
    rows = csv.DictReader(io.StringIO(one.content("rows.csv").decode(), newline=""))
    return {(row["sheet"], int(row["row"]) - 1) for row in rows if row["became"] in ("record", "merged")}


def _common(mine: Sequence[_Said], theirs: Sequence[_Said]) -> int:
    """Return how many of one's own records tell of a place, indicator and time that others tell of, too."""
    return sum(_meets(one, known) for known in [_by_key(theirs)] for one in mine)


def _covered(theirs: Sequence[_Said], mine: Sequence[_Said]) -> bool:
    return _common(theirs, mine) == len(theirs)


def _by_key(said: Sequence[_Said]) -> dict[tuple[str, ...], list[_Said]]:
    known = defaultdict(list)
    for one in said:
        for key in one.about:
            known[key].append(one)
    return known


def _meets(one: _Said, known: Mapping[tuple[str, ...], list[_Said]]) -> bool:
    # "2025" and "31 December 2025" are one date written twice; two days or two months are two.
    return any(
        (one.start <= other.start and other.end <= one.end) or (other.start <= one.start and one.end <= other.end)
        for key in one.about
        for other in known.get(key, ())
    )


def _is_copy(mine: Sequence[_Said], theirs: Sequence[_Said]) -> bool:
    """Tell whether another source says the very same: a delivery of aid, which would be added, or most of the rows."""
    known = {one.whole for one in theirs}
    same = [one for one in mine if one.whole in known]
    return any(one.whole[0] == "aid_events" for one in same) or 2 * len(same) > len(mine)
