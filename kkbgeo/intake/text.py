"""Reading CSV: encoding, delimiter and quotes are found out, never asked for."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from kkbgeo.exports import restored
from kkbgeo.intake.grids import Grid, Meter, Tell, trimmed
from kkbgeo.intake.opening import Limits, refuse

DELIMITERS = (";", ",", "\t", "|")
_SAMPLE_LINES = 60
_SAMPLE_BYTES = 200_000


def read_csv(path: Path, limits: Limits, tell: Tell) -> Iterator[Grid]:
    """Read a text table as one sheet; parameters as `kkbgeo.intake.sheets.read_grids`."""
    text = decoded(path)
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        delimiter, text = first.strip()[4], "\n" + rest  # Excel's own way to say it; the line keeps its number
    else:
        delimiter = delimiter_of(text)
    grid, meter = Grid(path.stem, style="text"), Meter(path, limits)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, line in enumerate(lines, start=1):
            cells = trimmed([restored(cell.strip()) for cell in line])
            grid.rows.append(cells)
            meter.row(grid.sheet, number, cells)
            if number % 1000 == 0:
                tell(grid.sheet, number)
    except csv.Error:
        raise refuse("broken_csv", path, row=lines.line_num) from None
    yield grid


def decoded(path: Path) -> str:
    """Return the text of a file: UTF-8 if it is that, else what its bytes look most like.

    Raises
    ------
    IntakeError
        It is no text.
    """
    content = path.read_bytes()
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _decode(content, encoding, path)
    if b"\0" in content:
        raise refuse("other_kind", path, found="?")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(content[:_SAMPLE_BYTES]).best()
        # Names of places are written in Latin letters here; Windows wrote them in its western code page.
        encoding = best.encoding if best and best.encoding.startswith(("utf", "mac")) else "cp1252"
        return content.decode(encoding, errors="replace")


def _decode(content: bytes, encoding: str, path: Path) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise refuse("broken", path) from None


def delimiter_of(text: str) -> str:
    """Return the sign between the cells: the one that cuts most lines into the same number of cells.

    Examples
    --------
    >>> delimiter_of("Desa;Persen\\nPudak;29,8\\n"), delimiter_of("Desa,Kelas\\n\\"A, B\\",dasar\\n")
    (';', ',')
    """
    lines = [line for line in text[:_SAMPLE_BYTES].splitlines() if line.strip()][:_SAMPLE_LINES]
    best, most = ",", (0.0, 0)
    for sign in DELIMITERS:
        try:
            widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=sign) if len(cells) > 1)
        except csv.Error:
            continue
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda one: (one[1], one[0]))
        if (count / len(lines), width) > most:
            best, most = sign, (count / len(lines), width)
    return best
