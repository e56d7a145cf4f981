"""What each row below the headings is: a record, a heading of a group, a total, or words under the table."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kkbgeo.intake import kinds
from kkbgeo.intake.grids import Box
from kkbgeo.intake.headers import Layout
from kkbgeo.intake.values import UnreadableError, is_nothing, number, plain

_CARRIED = ("province", "regency", "district")
_FIGURE = re.compile(r"\d[\d.,]*( [^\W\d]+){0,2}")  # "4 Desa" in the row of totals
_ORDINAL = re.compile(r"([\dIVX.]+|[A-Za-z])[.)]?")
_GROUP = re.compile(r"(?:[\dIVXA-Z]{1,4}[.)]\s*)?(kecamatan|kec\.?|kabupaten|kab\.?)\s*:?\s*(\S.*)", re.IGNORECASE)


@dataclass
class Row:
    """One row of a table.

    Attributes
    ----------
    number : int
        From 0, in the sheet.
    fate : str
        record, total, mean, group, example, numbering, foot or blank: every row below the headings is one of these.
    cells : dict
        Field -> cell; merged cells hold what their first cell holds.
    carried : dict of str to str
        Field -> name that stands in a row above, for places written once for a group of rows.
    """

    number: int
    fate: str
    cells: dict[str, object] = field(default_factory=dict)
    carried: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a cell as text."""
        return plain(self.cells.get(name))


def rows_of(layout: Layout, kind: kinds.Kind) -> list[Row]:
    """Tell what every row below the headings is, and fill in what merged cells and groups say once."""
    grid, boxes = layout.grid, layout.grid.boxed
    spread = _spread(layout, boxes)
    carried: dict[str, str] = {}
    found: list[Row] = []
    # Rows left out of another import come from anywhere: each says itself where it belongs.
    each_by_itself = kinds.ORIGIN[1] in map(kinds.key, layout.labels.values())
    for number_ in range(layout.bottom + 1, len(grid.rows)):
        cells = {
            name: spread.get((number_, column), grid.cell(number_, column)) for name, column in layout.columns.items()
        }
        row = Row(number_, "record", cells)
        # Only what stands below a place inherits it: a row without a village may be of the whole regency.
        inside = any(row.text(name) for name in ("village", "kampung", "place"))
        row.carried = {name: text for name, text in carried.items() if inside or name != "district"}
        row.fate = _fate(layout, kind, row, found)
        if row.fate == "group":
            carried = _below(carried, *_group(grid.rows[number_]))
        elif row.fate == "record":
            for name in () if each_by_itself else _CARRIED:
                if name in layout.columns and row.text(name):
                    carried = _below(carried, name, row.text(name))
        found.append(row)
    _cut_foot(layout, kind, found)
    return found


def _spread(layout: Layout, boxes: dict[tuple[int, int], Box]) -> dict[tuple[int, int], object]:
    """Return what a merged area says for its lower cells; only places and dates are written once for many rows."""
    spread = {}
    for name in (*kinds.PLACES, "as_of", "aid_type", "indicator", "semester"):
        column = layout.columns.get(name, -1)
        for (row, left), box in boxes.items():
            if left == column and box.left == column and row > box.top > layout.bottom:
                spread[row, column] = layout.grid.cell(box.top, box.left)
    return spread


def _below(carried: dict[str, str], name: str, text: str) -> dict[str, str]:
    """Return the carried names after a new one: those of smaller units no longer hold."""
    above = kinds.PLACES[: kinds.PLACES.index(name)]
    return {**{one: carried[one] for one in above if one in carried}, name: text}


def _fate(layout: Layout, kind: kinds.Kind, row: Row, before: list[Row]) -> str:
    cells = layout.grid.rows[row.number]
    used = [cell for cell in cells if cell is not None]
    if not used:
        return "blank"
    texts = [plain(cell) for cell in used]
    if len(used) > 1 and not any(one.fate == "record" for one in before) and _is_numbering(texts):
        return "numbering"
    first = next((text for text in texts if not re.fullmatch(r"[\d.]+", text)), "")
    if first and kinds.starts_with("example", first):
        return "example"
    if first and kinds.starts_with("mean", first):
        return "mean"
    if _is_total(layout, row, first):
        return "total"
    if len(used) <= 2 and _group(cells)[0] and not any(_says(row, name) for name in kind.numbers):
        level, _ = _group(cells)
        own = row.text(level) if level in layout.columns else ""
        alone = not own or len([text for text in texts if not _ORDINAL.fullmatch(text)]) == 1
        if alone and not _is_own_record(layout, kind, row, level):
            return "group"
    return "record"


def _is_own_record(layout: Layout, kind: kinds.Kind, row: Row, level: str) -> bool:
    """Tell whether a lone place is meant as a record: it stands in its own column, and nothing smaller is asked for."""
    smaller = kinds.PLACES[kinds.PLACES.index(level) + 1 :]
    return bool(row.text(level)) and not any(name in layout.columns for name in smaller) and not kind.numbers


def _is_numbering(texts: list[str]) -> bool:
    figures = [re.sub(r"[()\s]", "", text) for text in texts]
    return (
        figures == [str(one) for one in range(int(figures[0]), int(figures[0]) + len(figures))]
        if (figures[0] in ("1", "2"))
        else False
    )


def _is_total(layout: Layout, row: Row, first: str) -> bool:
    if not first or not kinds.starts_with("total", first):
        return False
    # "Jumlah" may begin the name of a village or of an indicator; a total stands where a place is to stand, or alone.
    if row.cells.get("indicator") is not None or row.cells.get("aid_type") is not None:
        return False
    places = [row.text(name) for name in (*kinds.PLACES, "kampung", "place") if name in layout.columns]
    named = [text for text in places[-1:] if text and not _FIGURE.fullmatch(text)]
    return all(kinds.starts_with("total", text) for text in named)


def _says(row: Row, name: str) -> bool:
    try:
        return name in row.cells and number(row.cells[name]) is not None
    except UnreadableError:
        return False


def _group(cells: list[object]) -> tuple[str, str]:
    """Return level and name when a row says nothing but "Kecamatan Awayan"."""
    texts = [plain(cell) for cell in cells if cell is not None]
    names = [text for text in texts if not _ORDINAL.fullmatch(text)]
    if len(names) != 1:
        return "", ""
    match = _GROUP.fullmatch(names[0])
    if not match:
        return "", ""
    return ("district" if match[1].lower().startswith("kec") else "regency"), match[2].strip()


def _cut_foot(layout: Layout, kind: kinds.Kind, rows: list[Row]) -> None:
    """Mark what stands below the table: sources, remarks, place and date, signatures."""
    for place in range(len(rows) - 1, -1, -1):
        row = rows[place]
        if row.fate == "blank" or row.fate == "foot":
            continue
        if row.fate != "record" or not _is_foot(layout, kind, row, rows[:place]):
            return
        for one in rows[place:]:
            one.fate = "foot" if one.fate != "blank" else "blank"


def _is_foot(layout: Layout, kind: kinds.Kind, row: Row, above: list[Row]) -> bool:
    texts = [plain(cell) for cell in layout.grid.rows[row.number] if cell is not None]
    if any(kinds.starts_with("foot", text) for text in texts[:2]):
        return True
    if not any(one.fate == "blank" for one in above[-6:]) and not any(
        one.fate in ("total", "mean") for one in above[-3:]
    ):
        return False
    # Below a gap or a total: a line without a place in its own column, or without anything but one text.
    own = [name for name in (*kinds.PLACES, "kampung", "code", "place") if name in row.cells and row.text(name)]
    figures = any(_says(row, name) for name in (*kind.numbers, "value"))
    numbered = bool(texts) and re.fullmatch(r"\d+\.?", texts[0]) is not None
    return not figures and not numbered and (not own or len(texts) == 1)


def has_record(row: Row) -> bool:
    """Tell whether a row holds anything in a field that is read."""
    return any(not is_nothing(cell) for cell in row.cells.values())
