"""A table from a file, every cell as text, and back into a file that no spreadsheet runs as a formula."""

from __future__ import annotations

import csv
import io
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from kkbgeo import file_type
from kkbgeo.errors import RecordError
from kkbgeo.exports import neutral
from kkbgeo.io import atomic
from kkbgeo.regions.spelling import normalise

if TYPE_CHECKING:
    import pandas as pd

#: Headings that offices use, normalised, for the columns that name a place.
HEADINGS = {
    "province": ("province", "provinsi", "propinsi", "prov", "namaprovinsi"),
    "regency": ("regency", "kabupaten", "kabupatenkota", "kabkota", "kab", "kotakabupaten", "namakabupaten"),
    "district": ("district", "kecamatan", "kec", "namakecamatan"),
    "village": ("village", "desa", "kelurahan", "desakelurahan", "kelurahandesa", "kampung", "namadesa", "desakel"),
    "kind": ("kind", "jenis", "jenisdesa", "statusdesa"),
}
_COLUMN = {heading: column for column, headings in HEADINGS.items() for heading in headings}
_DELIMITERS = ",;\t|"


def read_table(path: str | os.PathLike) -> pd.DataFrame:
    """Read a table of text: CSV, its delimiter and encoding found out.

    Returns
    -------
    DataFrame
        One row per line that is not empty, columns as headed, all text.

    Raises
    ------
    RecordError
        No such file, no text table, an empty or doubled heading, or a row longer than the heading.
    """
    import pandas as pd

    path = Path(path)
    try:
        content = path.read_bytes()
    except OSError as wrong:
        raise RecordError(
            f"{path} cannot be read: {wrong.strerror}.", hint="Check the path.", path=str(path), reason="unreadable"
        ) from None
    if file_type.of(content[: file_type.HEAD]) in ("ZIP", "OLE"):
        raise RecordError(
            f"{path.name} is a workbook, not a text table.",
            hint="Save the sheet as CSV (UTF-8).",
            path=str(path),
            reason="workbook",
        )
    text = _decoded(content, path)
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)) if row]
    if not rows:
        raise RecordError(
            f"{path.name} is empty.", hint="The first line must hold the headings.", path=str(path), reason="empty"
        )
    head = [cell.strip() for cell in rows[0]]
    doubled = sorted({name for name in head if head.count(name) > 1})
    if "" in head or doubled:
        what = f"the heading {doubled[0]!r} stands there twice" if doubled and doubled[0] else "a heading is empty"
        raise RecordError(
            f"{path.name}: {what}.",
            hint="Give each column one heading.",
            path=str(path),
            row=1,
            value=(doubled or [""])[0],
        )
    for number, row in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in row[len(head) :]):
            raise RecordError(
                f"{path.name}, row {number}, has {len(row)} cells under {len(head)} headings.",
                hint='A cell with a comma must stand in quotes: "Pudak, Awayan".',
                path=str(path),
                row=number,
            )
    width = len(head)
    table = [(row + [""] * width)[:width] for row in rows[1:]]
    return pd.DataFrame(table, columns=head, dtype="str")


def place_columns(columns: list[str]) -> dict[str, str]:
    """Return which column holds which part of a place: our name -> the heading found.

    Raises
    ------
    RecordError
        No column names a place, or two name the same part.

    Examples
    --------
    >>> place_columns(["No", "Kab./Kota", "Kecamatan", "Desa/Kelurahan"])
    {'regency': 'Kab./Kota', 'district': 'Kecamatan', 'village': 'Desa/Kelurahan'}
    """
    found: dict[str, str] = {}
    for heading in columns:
        part = _COLUMN.get(normalise(str(heading)))
        if part is None:
            continue
        if part in found:
            raise RecordError(
                f"Two columns name the {part}: {found[part]!r} and {heading!r}.",
                hint="Rename the one that is not meant.",
                column=str(heading),
                candidates=(found[part], heading),
            )
        found[part] = heading
    if not set(found) - {"kind"}:
        raise RecordError(
            f"No column names a place; the headings are: {', '.join(map(str, columns))}.",
            hint="Head the columns province, regency, district, village (or provinsi, kabupaten, kecamatan, desa).",
            columns=tuple(map(str, columns)),
        )
    return found


def write_table(frame: pd.DataFrame, path: str | os.PathLike) -> Path:
    """Write a table as CSV (UTF-8, plain line ends), beside the old file first; no cell can run as a formula."""
    with atomic(path) as draft:
        frame.map(neutral).rename(columns=neutral).to_csv(draft, index=False, lineterminator="\n", encoding="utf-8")
    return Path(path)


def _decoded(content: bytes, path: Path) -> str:
    marked = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    encodings = ("utf-16",) if marked else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise RecordError(
        f"{path.name} is no text table.", hint="Save it as CSV (UTF-8).", path=str(path), reason="no_text"
    )


def _delimiter(text: str) -> str:
    """Return the sign that parts the headings: the one that stands there most, outside quotes."""
    line = re.sub(r'"[^"]*"', "", text.lstrip().split("\n", 1)[0])
    return max(_DELIMITERS, key=lambda sign: (line.count(sign), -_DELIMITERS.index(sign)))
