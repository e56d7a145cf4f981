"""Spreadsheets made by the tests themselves, and a data folder of one's own to import them into."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

from kkbgeo.intake import ImportResult, import_file
from kkbgeo.paths import CHECKOUT
from kkbgeo.provenance import read_source

DATA = CHECKOUT / "data"
#: Kampung of the project's own records, to which imports are added.
KAMPUNG_ROWS = read_source(DATA / "records" / "kampung.csv").rows
TITLE = [["REKAPITULASI KAMPUNG KB"], ["KABUPATEN BALANGAN"], ["KEADAAN PER 31 DESEMBER 2025"], []]
#: A sound little table of named kampung: three villages of Awayan and one of Halong, Balangan.
KAMPUNG = [
    ["No", "Kecamatan", "Desa/Kelurahan", "Klasifikasi"],
    [1, "Awayan", "Pudak", "Mandiri"],
    [2, "Awayan", "Badalungga", "Dasar"],
    [3, "Awayan", "Bihara", "Paripurna"],
    [4, "Halong", "Binju", "Berkembang"],
]


def data_folder(root: Path, *, whole: bool = False) -> Path:
    """Copy what an import needs of the data folder (with `whole`, also the boundaries that pages are drawn from)."""
    for name in ("records", "reference"):
        shutil.copytree(DATA / name, root / name)
    for file in DATA.glob("sources.csv*"):
        shutil.copy(file, root)
    if whole:
        (root / "boundaries").symlink_to(DATA / "boundaries")
    return root


def state(root: Path) -> dict[str, bytes]:
    """Return every file of a data folder, so that two states can be compared."""
    files = (one for one in root.rglob("*") if one.is_file() and one.name != ".lock")
    return {one.relative_to(root).as_posix(): one.read_bytes() for one in files}


def xlsx(path: Path, *sheets: list[list[object]], names: tuple[str, ...] = (), merged: tuple[str, ...] = ()) -> Path:
    """Write a workbook; each sheet is a list of rows."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(names[number] if number < len(names) else f"Sheet{number + 1}")
        for row in rows:
            sheet.append(row)
        if number == 0:
            for area in merged:
                sheet.merge_cells(area)
    book.save(path)
    return path


def csv(path: Path, rows: list[list[object]], *, delimiter: str = ";", encoding: str = "utf-8") -> Path:
    """Write a text table."""
    lines = [delimiter.join("" if cell is None else str(cell) for cell in row) for row in rows]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))
    return path


def ods(path: Path, rows: list[list[object]], *, spans: dict[tuple[int, int], tuple[int, int]] | None = None) -> Path:
    """Write an OpenDocument spreadsheet with one sheet; `spans` gives (rows, columns) of merged cells."""
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import CoveredTableCell, Table, TableCell, TableRow
    from odf.text import P

    book, table = OpenDocumentSpreadsheet(), Table(name="Lembar1")
    covered = {
        (row + down, column + across)
        for (row, column), (deep, wide) in (spans or {}).items()
        for down in range(deep)
        for across in range(wide)
        if down or across
    }
    for number, row in enumerate(rows):
        line = TableRow()
        for column, cell in enumerate(row):
            deep, wide = (spans or {}).get((number, column), (1, 1))
            options = {"numberrowsspanned": deep, "numbercolumnsspanned": wide} if deep * wide > 1 else {}
            if (number, column) in covered:
                made = CoveredTableCell()
            elif isinstance(cell, dt.date):
                made = TableCell(valuetype="date", datevalue=cell.isoformat(), **options)
            elif isinstance(cell, int | float):
                made = TableCell(valuetype="float", value=cell, **options)
            else:
                made = TableCell(valuetype="string", **options) if cell is not None else TableCell()
            if cell is not None and (number, column) not in covered:
                made.addElement(P(text=str(cell)))
            line.addElement(made)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    book.save(str(path))
    return path


def dry(path: Path, kind: str = "kampung", **options: object) -> ImportResult:
    """Check a file against the committed data folder, storing nothing."""
    return import_file(path, kind=kind, source="DPPKBP3A Kabupaten Balangan", dry_run=True, data_root=DATA, **options)


def codes(done: ImportResult) -> list[str]:
    """Return the codes of the records of an import."""
    return [one.values["code"] for one in done.checked.drafts]


def keys(done: ImportResult) -> list[str]:
    """Return what is wrong, in words for programs."""
    return [one.key for one in done.problems]


def where(done: ImportResult) -> list[tuple[str, str]]:
    """Return the cell and the problem of each."""
    return [(one.cell, one.key) for one in done.problems]
