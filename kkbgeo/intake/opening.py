"""What kind of file is it, really, and may it be opened: told from its bytes, before anything is unpacked.

A spreadsheet comes by mail from somebody else. So the name is not trusted, nothing is unpacked that would not fit,
and every refusal says in both languages what it is and what to do. Limits are far above any office's sheet.
"""

from __future__ import annotations

import os
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from kkbgeo import file_type, language
from kkbgeo.errors import IntakeError

_SHOWN_AS = {"xlsx": "Excel (.xlsx)", "ods": "OpenDocument (.ods)", "csv": "CSV (.csv)"}
_SUFFIXES = {".xlsx": "xlsx", ".xlsm": "xlsx", ".ods": "ods", ".csv": "csv", ".tsv": "csv", ".txt": "csv"}
_STEP = 1 << 20


@dataclass(frozen=True)
class Limits:
    """How much of a file is read at most.

    Attributes
    ----------
    file_bytes, unpacked_bytes : int
        Size on disk, and of all parts of a workbook when unpacked.
    rows, columns, cells : int
        Used rows and columns of one sheet, and used cells of the whole file.
    tags : int
        XML tags of one part of a workbook.
    sheets : int
        Sheets of a workbook.
    text : int
        Letters in one cell.
    """

    file_bytes: int = 50_000_000
    unpacked_bytes: int = 200_000_000
    rows: int = 100_000
    columns: int = 256
    cells: int = 2_000_000
    tags: int = 15_000_000
    sheets: int = 100
    text: int = 5_000


LIMITS = Limits()


def refuse(key: str, path: Path, **facts: object) -> IntakeError:
    """Make the error of a file that cannot be read: text `key` of intake.toml, both languages."""
    said = []
    for tongue in language.LANGUAGES:
        values = {"file": path.name, **{name: _number(value, tongue) for name, value in facts.items()}}
        what, todo = (language.text(f"intake.{part}.{key}", tongue, **values) for part in ("refused", "remedy"))
        said.append(f"{what} {todo}")
    return IntakeError("\n".join(said), path=str(path), reason=key, **facts)


def _number(value: object, tongue: str) -> object:
    return language.number(value, tongue) if isinstance(value, int) else value


def format_of(path: str | os.PathLike, limits: Limits = LIMITS) -> str:
    """Return what a file is: ``xlsx``, ``ods`` or ``csv``.

    Parameters
    ----------
    path : path
        The file.
    limits : Limits
        How large it may be; the parts of a workbook are counted before any of them is unpacked.

    Raises
    ------
    IntakeError
        No file, an empty one, one that is too large, broken or protected, or something else than a spreadsheet,
        or than its name says. ``.fields["reason"]`` is one word for it.
    """
    path = Path(path)
    if path.is_dir():
        raise refuse("folder", path)
    if not path.is_file():
        raise refuse("missing", path)
    size = path.stat().st_size
    if size == 0:
        raise refuse("empty", path)
    if size > limits.file_bytes:
        raise refuse("too_large", path, megabytes=size // 1_000_000, limit=limits.file_bytes // 1_000_000)
    with path.open("rb") as file:
        found = _spreadsheet(path, file_type.of(file.read(file_type.HEAD)), limits)
    named = _SUFFIXES.get(path.suffix.lower(), "")
    if named != found:
        raise refuse("wrong_name", path, suffix=path.suffix or "–", found=_SHOWN_AS[found])
    return found


def _spreadsheet(path: Path, found: str, limits: Limits) -> str:
    if found == "OLE":
        raise refuse("password" if _is_encrypted(path) else "old_excel", path)
    if found == "ZIP":
        return _zipped(path, limits)
    if found in ("text", "JSON"):  # a heading may begin with a bracket
        return "csv"
    raise refuse("other_kind", path, found=found or "?")


def _is_encrypted(path: Path) -> bool:
    # The directory of the container names the stream in UTF-16; it may lie anywhere in the file.
    return "EncryptedPackage".encode("utf-16-le") in path.read_bytes()


def _zipped(path: Path, limits: Limits) -> str:
    try:
        with zipfile.ZipFile(path) as parts:
            return _checked(path, parts, limits)
    except IntakeError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        raise refuse("broken", path) from None


def _checked(path: Path, parts: zipfile.ZipFile, limits: Limits) -> str:
    names = {one.filename for one in parts.infolist()}
    if any(one.flag_bits & 1 for one in parts.infolist()):
        raise refuse("password", path)
    unpacked = sum(one.file_size for one in parts.infolist())
    if unpacked > limits.unpacked_bytes or len(names) > 20_000:
        raise refuse(
            "zip_bomb", path, megabytes=unpacked // 1_000_000, limit=limits.unpacked_bytes // 1_000_000
        )  # fmt: skip
    if "xl/workbook.xml" in names or any(re.fullmatch(r"xl/workbook\w*\.xml", name) for name in names):
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise refuse("other_kind", path, found="XLSB")
    if "mimetype" in names and b"opendocument.spreadsheet" in parts.read("mimetype")[:200]:
        if "META-INF/manifest.xml" in names and b"encryption-data" in parts.read("META-INF/manifest.xml"):
            raise refuse("password", path)
        return "ods"
    if "word/document.xml" in names:
        raise refuse("other_kind", path, found="Word")
    raise refuse("other_kind", path, found="ZIP")


def scan(
    parts: zipfile.ZipFile, name: str, path: Path, limits: Limits, marks: tuple[bytes, ...] = ()
) -> dict[bytes, int]:
    """Count byte strings in one part of a workbook, unpacking it in small pieces: how much is in there?

    The part's own size in the directory bounds what is unpacked, and its checksum is compared on the way.

    Raises
    ------
    IntakeError
        The part is damaged, declares entities (which may unfold without end), or has too many tags.
    """
    found = dict.fromkeys((b"<", *marks), 0)
    longest = max(len("<!DOCTYPE"), *map(len, found))
    rest = b""
    try:
        with parts.open(name) as part:
            while piece := part.read(_STEP):
                if b"<!DOCTYPE" in rest + piece or b"<!ENTITY" in rest + piece:
                    raise refuse("entities", path)
                text = rest + piece
                for mark in found:
                    # What lies wholly in the rest was counted with the piece before.
                    found[mark] += text.count(mark) - rest.count(mark)
                if found[b"<"] > limits.tags:
                    raise refuse("too_many_cells", path, limit=limits.cells)
                rest = text[-(longest - 1) :]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, NotImplementedError):
        raise refuse("broken", path) from None
    return found
