"""Where every data file comes from: the record beside it, checked whenever the file is read."""

from __future__ import annotations

import csv
import io
import os
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kkbgeo import file_type
from kkbgeo.errors import CodeError, SourceError
from kkbgeo.io import sha256, write_toml

if TYPE_CHECKING:
    import pandas as pd

SUFFIX = ".source.toml"
_ORDER = ("title", "producer", "url", "licence", "date", "retrieved", "rows", "sha256", "built_by", "note")
#: What a record must say; the other fields may stay empty.
NEEDED = ("title", "producer", "licence")
#: Hand-written texts and settings of the project itself stand without a record, but for those of `_DEFINED`.
_NOT_DATA = (".md", ".toml")
#: Folder of what indicators are read from; its settings are data.
_DEFINED = "indicators"
#: Folder of spreadsheets brought in with ``kkbgeo import``; each of its folders is sealed by an import.toml of its own.
IMPORTED = "imported"


@dataclass(frozen=True)
class SourceRecord:
    """Where a data file comes from: the content of ``<file>.source.toml``.

    Attributes
    ----------
    title, producer, url, licence : str
        What it is, who made it, where it can be had (a web address or a package URL, ``pkg:``),
        and under which licence it may be passed on.
    date : str
        Date or year of the *data*, not of the file.
    retrieved : str
        Day on which it was fetched, ISO.
    rows : int
        Number of records in the file; 0 where rows make no sense (a picture, a JSON document).
    sha256 : str
        Checksum of the file's bytes.
    built_by : str
        The script that wrote the file; empty when it was typed in or delivered.
    note : str
        Anything a reader must know: what was left out, what was measured.
    """

    title: str
    producer: str
    licence: str
    url: str = ""
    date: str = ""
    retrieved: str = ""
    rows: int = 0
    sha256: str = ""
    built_by: str = ""
    note: str = ""


@dataclass(frozen=True)
class Problem:
    """One thing wrong between the data files and their records.

    Attributes
    ----------
    path : Path
        The data file (also when it is the file that is missing).
    kind : str
        ``no_record``, ``no_file``, ``mismatch`` or ``bad_record``.
    message : str
        What is wrong and what to do, for people.
    """

    path: Path
    kind: str
    message: str


def record_path(path: str | os.PathLike) -> Path:
    """Return where the source record of `path` lies.

    Examples
    --------
    >>> record_path("data/records/aid_events.csv").name
    'aid_events.csv.source.toml'
    """
    path = Path(path)
    return path.with_name(path.name + SUFFIX)


def read_source(path: str | os.PathLike) -> SourceRecord:
    """Read the source record of the data file `path`, without looking at the file itself.

    Raises
    ------
    SourceError
        No record, not TOML, a field unknown, ill-typed or a needed one missing.
    """
    where = record_path(path)
    try:
        raw = tomllib.loads(where.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if not Path(path).exists():
            raise SourceError(
                f"{path} is not there, nor its source record.",
                hint="Check the path of the data folder (KKBGEO_DATA names another one), or restore the file.",
                path=str(path),
            ) from None
        raise SourceError(
            f"{path} has no source record ({where.name} is missing).",
            hint=f"Say where it comes from: kkbgeo data seal {path}",
            path=str(path),
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise SourceError(
            f"{where} is not valid TOML: {broken}", hint="Mend the file by hand.", path=str(path)
        ) from None
    _check_fields(raw, where)
    return SourceRecord(**raw)


def verify(path: str | os.PathLike) -> SourceRecord:
    """Check that `path` is the very file its source record describes, and return the record.

    Raises
    ------
    SourceError
        No record, no file, or another checksum; ``.fields`` holds path, expected and found.
    """
    return read_with_source(path)[0]


def read_bytes(path: str | os.PathLike) -> bytes:
    """Read the file `path` once and return its bytes, checked against its source record.

    Raises
    ------
    SourceError
        As `verify`.
    """
    return read_with_source(path)[1]


def read_csv(path: str | os.PathLike) -> pd.DataFrame:
    """Read a CSV file, checked against its source record, every column as text.

    Nothing is guessed: ``62.10`` stays text, an empty field is the empty string, ``NA`` is the
    two letters.

    Raises
    ------
    SourceError
        As `verify`.
    """
    import pandas as pd

    return pd.read_csv(io.BytesIO(read_bytes(path)), dtype=str, keep_default_na=False, encoding="utf-8")


def row_error(path: Path, row: int, wrong: str, value: str, **fields: str) -> CodeError:
    """Return the error of a row of a sealed file that has a wrong code or name; `wrong` goes on after "row 7,".

    Examples
    --------
    >>> print(row_error(Path("tiles.csv"), 7, "has no code", "").message)
    tiles.csv, row 7, has no code.
    """
    hint = f"Mend the row, then: kkbgeo data seal {path}"
    return CodeError(f"{path.name}, row {row}, {wrong}.", hint=hint, path=str(path), row=row, value=value, **fields)


def seal(path: str | os.PathLike, **values: str) -> SourceRecord:
    """Write the source record of `path`: checksum and rows anew, other fields kept or set.

    Parameters
    ----------
    path : path
        The data file; it must exist.
    **values : str
        Fields of `SourceRecord` to set (``title="…"``). A first record needs title, producer and
        licence.

    Raises
    ------
    SourceError
        No such file, one that cannot be read, an unknown field, or a first record without its needed fields.
    """
    path = Path(path)
    if not path.is_file():
        raise SourceError(f"{path} does not exist, so it cannot be sealed.", hint="Check the path.", path=str(path))
    kept = {}
    if record_path(path).exists():
        old = read_source(path)
        kept = {field.name: getattr(old, field.name) for field in fields(SourceRecord)}
    merged = {**kept, **values}
    _check_fields(merged, record_path(path))
    content = path.read_bytes()
    try:
        rows = count_rows(content, path.suffix)
    except (ValueError, OSError) as broken:  # pyarrow's errors are of these kinds, too
        raise SourceError(
            f"{path} cannot be sealed, for it cannot be read: {broken}.",
            hint=f"Restore it: git checkout -- {path}",
            path=str(path),
        ) from None
    record = replace(SourceRecord(**merged), sha256=sha256(content), rows=rows)
    write_toml(record_path(path), {name: getattr(record, name) for name in _ORDER})
    return record


def count_rows(content: bytes, suffix: str) -> int:
    """Count the records of a CSV (without its header) or Parquet file; other kinds have 0.

    Examples
    --------
    >>> count_rows(b'code,note\\n62.10,"two\\nlines"\\n', ".csv")
    1
    """
    if suffix == ".csv":
        lines = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
        return max(sum(1 for line in lines if line) - 1, 0)
    if suffix == ".parquet":
        import pyarrow.parquet as pq

        return pq.read_metadata(io.BytesIO(content)).num_rows
    return 0


def check_all(root: str | os.PathLike) -> list[Problem]:
    """Compare every data file under `root` with its record, and every record with its file.

    Returns
    -------
    list of Problem
        Sorted by path; empty when all is well. Hidden files, ``.md`` and ``.toml`` texts are not
        data, save those in ``indicators``; `kkbgeo.records.imported.check_all` checks the folder ``imported``.
    """
    files = sorted(p for p in Path(root).rglob("*") if p.is_file() and not _elsewhere(p, Path(root)))
    problems = [
        Problem(data, "no_file", f"{path} describes {data.name}, which is missing: restore it or remove the record.")
        for path in files
        if path.name.endswith(SUFFIX) and not (data := path.with_name(path.name.removesuffix(SUFFIX))).exists()
    ]
    for path in files:
        defines = path.parent == Path(root) / _DEFINED and path.suffix == ".toml" and not path.name.endswith(SUFFIX)
        if path.suffix in _NOT_DATA and not defines:
            continue
        try:
            verify(path)
        except SourceError as error:
            kind = "no_record" if not record_path(path).exists() else "mismatch"
            if kind == "mismatch" and "expected" not in error.fields:
                kind = "bad_record"
            problems.append(Problem(path, kind, str(error)))
    return sorted(problems, key=lambda problem: str(problem.path))


def read_with_source(path: str | os.PathLike) -> tuple[SourceRecord, bytes]:
    """Read the file `path` once and return its source record and its bytes, checked against each other.

    Raises
    ------
    SourceError
        As `verify`.
    """
    record = read_source(path)
    try:
        content = Path(path).read_bytes()
    except FileNotFoundError:
        raise SourceError(
            f"{path} is missing, though its source record is there.",
            hint=f"Restore it: git checkout -- {path}" + (f", or run {record.built_by}" if record.built_by else ""),
            path=str(path),
        ) from None
    found = sha256(content)
    if found != record.sha256:
        raise SourceError(
            f"{path} is not the file that its source record describes: expected sha256 "
            f"{record.sha256[:12] or '(none)'}…, found {found[:12]}…. Likely cause: {_likely_cause(record, content)}",
            hint=f"If the change is meant: kkbgeo data seal {path}. If not: git checkout -- {path}",
            path=str(path),
            expected=record.sha256,
            found=found,
        )
    return record, content


def _likely_cause(record: SourceRecord, content: bytes) -> str:
    if not record.sha256:
        return "the file was never sealed."
    if sha256(content.replace(b"\r\n", b"\n")) == record.sha256:
        return "line ends were turned into CRLF (Windows git or editor); the data itself is the same."
    if file_type.of(content[: file_type.HEAD]) == "git LFS":
        return "this is a Git LFS pointer, the file itself was not fetched."
    if not content:
        return "the file is empty, a download or a save broke off."
    if content.startswith(b"\xef\xbb\xbf"):
        return "it was saved again by a spreadsheet (a byte order mark was added), which may have cut codes like 62.10."
    return "it was edited, or saved again by a spreadsheet (which cuts codes like 62.10), without sealing it."


def _check_fields(raw: dict, where: Path) -> None:
    known = {field.name: int if field.name == "rows" else str for field in fields(SourceRecord)}
    unknown = sorted(set(raw) - set(known))
    if unknown:
        raise SourceError(
            f"{where.name}: unknown field {', '.join(unknown)}.", hint=f"Fields: {', '.join(known)}", path=str(where)
        )
    wrong = sorted(name for name, value in raw.items() if type(value) is not known[name])
    if wrong:
        raise SourceError(
            f"{where.name}: {', '.join(wrong)} must be text (rows: a whole number).",
            hint="Put dates and numbers in quotes.",
            path=str(where),
        )
    missing = [name for name in NEEDED if not raw.get(name, "").strip()]
    if missing:
        raise SourceError(
            f"{where.name} does not say: {', '.join(missing)}.",
            hint="A data file is of use only when one knows what it is, who made it and under which licence.",
            path=str(where),
        )


def _elsewhere(path: Path, root: Path) -> bool:
    parts = path.relative_to(root).parts
    return parts[0] == IMPORTED or any(part.startswith(".") for part in parts)
