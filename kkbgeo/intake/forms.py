"""The workbook that an office fills in: lists to choose from, an example, an explanation; made to pass the import."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kkbgeo import language
from kkbgeo.errors import ParameterError
from kkbgeo.exports import neutral
from kkbgeo.intake import kinds
from kkbgeo.intake.drafts import choosable
from kkbgeo.intake.grids import coordinate
from kkbgeo.io import atomic
from kkbgeo.measures import Catalogue, load_catalogue
from kkbgeo.records.intervals import ERRORS
from kkbgeo.regions.gazetteer import Gazetteer

ROWS = 1_000  # with lists to choose from
_TOP = 4  # row of the headings, from 1
_COLUMNS = {
    "kampung": ("district", "village", "class", "status", "as_of", "note"),
    "counts": (
        "regency", "district", "village", "total", "dasar", "berkembang", "mandiri", "berkelanjutan", "count_kind",
        "as_of", "note",
    ),
    "aid": (
        "regency", "district", "village", "aid_type", "beneficiaries", "unit", "for_whom", "status", "as_of",
        "note",
    ),
    "observations": (
        "regency", "district", "village", "indicator", "value", *ERRORS, "semester", "as_of", "note",
    ),
}  # fmt: skip
_WORDS = {
    "kampung": {"class": "class", "status": "kampung_status"},
    "counts": {"count_kind": "count_kind"},
    "aid": {"aid_type": "aid_type", "unit": "unit", "for_whom": "for_whom", "status": "aid_status"},
    "observations": {},
}
_EXAMPLES = {
    "class": "mandiri", "status": "", "as_of": "31/12/2025", "note": "", "total": 12, "dasar": 6, "berkembang": 4,
    "mandiri": 1, "berkelanjutan": 1, "count_kind": "terbentuk", "aid_type": "sembako", "beneficiaries": 10,
    "unit": "keluarga", "for_whom": "keluarga berisiko stunting", "value": 1250, "semester": 2,
    **dict.fromkeys(ERRORS, ""),
}  # fmt: skip
_WIDTHS = {"regency": 26, "district": 24, "village": 28, "indicator": 48, "aid_type": 18, "for_whom": 28, "note": 40}
_WHOLE = (*kinds.CLASS_FIELDS, "total", "beneficiaries", "sample")


def template(
    path: str | os.PathLike,
    *,
    kind: str,
    regency: str,
    force: bool = False,
    data_root: str | os.PathLike | None = None,
) -> Path:
    """Write a workbook for one regency.

    Parameters
    ----------
    path : path
        The workbook, ``.xlsx``.
    kind : {"kampung", "counts", "aid", "observations"}
        What its rows will be.
    regency : str
        Code of the regency whose districts and villages it offers.
    force : bool
        Write over a file that is there.
    data_root : path, optional
        The data folder.

    Returns
    -------
    Path
        The workbook: sheet ``Isian`` to fill in (the villages offered follow the district chosen), sheet ``Petunjuk``
        with the explanation, and the lists on a hidden sheet.

    Raises
    ------
    ParameterError, CodeError
        A wrong kind, regency or file name, no such folder, or a file that is there already.

    Examples
    --------
    >>> import tempfile
    >>> template(tempfile.mkdtemp() + "/isian.xlsx", kind="aid", regency="63.11").name
    'isian.xlsx'
    """
    path = Path(path)
    kinds.kind_of(kind)
    places = Gazetteer.load(data_root)
    places.require(regency, "regency")
    if path.suffix.lower() != ".xlsx":
        raise ParameterError(f"{path.name} does not end in .xlsx.", hint="Name it FILE.xlsx.", value=str(path))
    if path.exists() and not force:
        raise ParameterError(f"{path} is there already.", hint="Give another name, or --force.", value=str(path))
    if not path.parent.is_dir():
        raise ParameterError(
            f"There is no folder {path.parent}.", hint="Make it first, or name another one.", value=str(path)
        )
    import openpyxl

    book = openpyxl.Workbook()
    book.properties.creator = "kkbgeo"
    form, guide = book.active, book.create_sheet(_text("guide"))
    form.title = _text("sheet")
    lists = _Lists(book.create_sheet(_text("lists")))
    lists.sheet.sheet_state = "hidden"
    _form(form, kind, places, regency, lists, load_catalogue(data_root))
    _guide(guide, kind, places.label(regency))
    with atomic(path) as draft:
        book.save(draft)
    return path


def _text(key: str, **facts: object) -> str:
    return language.text(f"intake.template.{key}", "id", **facts)


class _Lists:
    """The hidden sheet that the lists to choose from stand on, one column each."""

    def __init__(self, sheet: Any) -> None:
        self.sheet, self.columns = sheet, 0

    def add(self, words: Iterable[str]) -> tuple[str, int]:
        """Write a list; return the letters of its column and its length."""
        column, count = self.columns, 0
        self.columns += 1
        for count, word in enumerate(words, start=1):
            self.sheet.cell(count, column + 1, neutral(word))
        return coordinate(0, column)[:-1], count

    def reference(self, words: Iterable[str]) -> str:
        """Write a list; return the formula of a dropdown over it."""
        letters, count = self.add(words)
        return f"{self.sheet.title}!${letters}$1:${letters}${max(count, 1)}"


def _form(sheet: Any, kind: str, places: Gazetteer, regency: str, lists: _Lists, catalogue: Catalogue) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    names = _COLUMNS[kind]
    sheet.cell(1, 1, _text("title", what=_text(f"what.{kind}"))).font = Font(bold=True, size=14)
    sheet.cell(2, 1, f"{places.label(regency)} ({regency})").font = Font(bold=True)
    fill = PatternFill("solid", fgColor="FFD9E8E6")
    for column, name in enumerate(("", *names), start=1):
        head = sheet.cell(_TOP, column, kinds.field_name(name) if name else "No.")
        head.font, head.fill = Font(bold=True), fill
        head.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[coordinate(0, column - 1)[:-1]].width = _WIDTHS.get(name, 16) if name else 9
    example = sheet[_TOP + 1]
    example[0].value = _text("example")
    for cell, value in zip(example[1:], _example(kind, names, places, regency, catalogue), strict=True):
        cell.value = neutral(value)
    for cell in example:
        cell.font = Font(italic=True, color="FF7F7F7F")
    for row in range(1, ROWS + 1):
        sheet.cell(_TOP + 1 + row, 1, row)
    sheet.freeze_panes = f"B{_TOP + 1}"
    _choices(sheet, kind, names, places, regency, lists, catalogue)
    if "as_of" in names:  # as text, so that 12/11/2025 stays the twelfth of November in every Excel
        for row in range(_TOP + 1, _TOP + 2 + ROWS):
            sheet.cell(row, names.index("as_of") + 2).number_format = "@"


def _example(kind: str, names: tuple[str, ...], places: Gazetteer, regency: str, catalogue: Catalogue) -> list[object]:
    village = places.within(regency, "village")[0]
    found = {**_EXAMPLES, "regency": places.label(regency), "village": places.name(village)}
    found["district"] = places.name(places.parent(village))
    found["status"] = {"kampung": "terbentuk", "aid": "disalurkan"}.get(kind, "")
    if kind in ("counts", "observations"):
        found["district"] = found["village"] = ""
    if kind == "observations":
        found["indicator"] = catalogue["families_at_risk"].label("id")
    return [found[name] for name in names]


def _choices(
    sheet: Any,
    kind: str,
    names: tuple[str, ...],
    places: Gazetteer,
    regency: str,
    lists: _Lists,
    catalogue: Catalogue,
) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    def area(name: str) -> str:
        letters = coordinate(0, names.index(name) + 1)[:-1]
        return f"{letters}{_TOP + 2}:{letters}{_TOP + 1 + ROWS}"

    def offer(name: str, formula: str) -> None:
        one = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=True,
                             error=_text("not_listed"), errorTitle=kinds.field_name(name),
                             showInputMessage=True, prompt=_text("pick"),
                             promptTitle=kinds.field_name(name)[:32])  # fmt: skip
        one.add(area(name))
        sheet.add_data_validation(one)

    if "regency" in names:
        offer("regency", lists.reference([places.label(regency)]))
    districts = places.children(regency)
    offer("district", lists.reference(sorted(places.name(code) for code in districts)))
    pairs = sorted((places.name(above), places.name(code)) for above in districts for code in places.children(above))
    parent, _ = lists.add(above for above, _ in pairs)
    child, count = lists.add(name for _, name in pairs)
    # The villages of one district stand together: begin at the first of them, as many as there are.
    home, own = lists.sheet.title, f"${coordinate(0, names.index('district') + 1)[:-1]}{_TOP + 2}"
    match = f"{home}!${parent}$1:${parent}${count}"
    offer("village", f"OFFSET({home}!${child}$1,MATCH({own},{match},0)-1,0,COUNTIF({match},{own}),1)")
    for name, table in _WORDS[kind].items():
        offer(name, lists.reference(kinds.options(table).values()))
    if "indicator" in names:
        offer("indicator", lists.reference(one.label("id") for one in choosable(catalogue)))
    if "semester" in names:
        offer("semester", '"1,2"')
    for name in set(names) & set(_WHOLE):
        one = DataValidation(type="whole", operator="greaterThanOrEqual", formula1="0", allow_blank=True,
                             showErrorMessage=True, error=_text("whole"),
                             errorTitle=kinds.field_name(name))  # fmt: skip
        one.add(area(name))
        sheet.add_data_validation(one)


def _guide(sheet: Any, kind: str, region: str) -> None:
    from openpyxl.styles import Alignment, Font

    facts = {"region": region, "kind": kind, "unit": _text(f"unit.{kind}")}
    for number in range(1, 8):
        sheet.append([_text(f"guide_{number}", **facts)])
    sheet.append([])
    sheet.append([_text("columns"), _text("meaning"), _text("choices")])
    head = sheet.max_row
    for name in _COLUMNS[kind]:
        table = _WORDS[kind].get(name)
        words = ", ".join(kinds.options(table).values()) if table else ""
        sheet.append([kinds.field_name(name), _text(f"of.{name}"), words])
    for cell in (*sheet[1], *sheet[head]):
        cell.font = Font(bold=True)
    for row in sheet.iter_rows(min_row=head):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for letters, width in (("A", 24), ("B", 70), ("C", 60)):
        sheet.column_dimensions[letters].width = width
