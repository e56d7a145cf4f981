"""Keeping what was imported: a folder for each spreadsheet, there as a whole or not at all, gone with one call."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from kkbgeo.errors import IntakeError, ParameterError
from kkbgeo.intake.drafts import Draft
from kkbgeo.io import sha256, write_bytes, write_toml
from kkbgeo.paths import data_root as find_data_root
from kkbgeo.provenance import IMPORTED
from kkbgeo.records import imported
from kkbgeo.records.sources import COLUMNS
from kkbgeo.records.tables import TABLES

#: Not what was reported, but how it was found or what this folder calls it.
_NOT_CONTENT = frozenset({"record_id", "source_id", "place_reason"})
_ASIDE = ".aside-"


def content_digest(drafts: Sequence[Draft], source: Mapping[str, str]) -> str:
    """Return one checksum over what is reported and by whom: the same for a file that was only saved again.

    A column of a later release counts only where it is filled, so that what an earlier one imported is known again.
    """
    later = {(table.name, column.name) for table in TABLES.values() for column in table.columns if column.later}
    told = [
        [one.table, *((name, value) for name, value in sorted(one.values.items())
                      if name not in _NOT_CONTENT and (value or (one.table, name) not in later))]
        for one in drafts
    ]  # fmt: skip
    who = [source["publisher"], source["publisher_kind"], source["url"]]
    return sha256(json.dumps([who, told], ensure_ascii=False))


def import_id(kind: str, digest: str) -> str:
    """Return the id of an import: its kind and the first digits of what it holds.

    Examples
    --------
    >>> import_id("aid", "1a2b3c4d5e6f")
    'aid-1a2b3c4d'
    """
    return f"{kind}-{digest[:8]}"


def write(
    data_root: str | os.PathLike | None,
    name: str,
    drafts: Sequence[Draft],
    source: Mapping[str, str],
    about: Mapping[str, object],
    accounts: Sequence[Sequence[object]],
    still: Callable[[], None] = lambda: None,
) -> Path:
    """Write an import aside and put it in place with one rename.

    Parameters
    ----------
    data_root : path, optional
        The data folder.
    name : str
        The id, from `import_id`.
    drafts : list of Draft
        The records.
    source : mapping
        Publisher, kind, rank, url, document, copy_of and note.
    about : mapping
        What ``import.toml`` says besides; ``replaces`` lists the ids of imports that no longer count.
    accounts : list of rows
        Sheet, row, what became of it and its record, for every row of the spreadsheet.
    still : callable
        Called while no other import can be at work: raises when what is stored is no longer what it was.

    Returns
    -------
    Path
        The folder.
    """
    folder = find_data_root(data_root) / IMPORTED
    with _locked(folder):
        still()
        aside = folder / f"{_ASIDE}{name}"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir()
        files = {"sources.csv": _csv(COLUMNS, [[f"imp-{name}", *(source[one] for one in COLUMNS[1:])]])}
        ids: dict[tuple[str, int], str] = {}
        for number, one in enumerate(drafts, start=1):
            one.values |= {"record_id": f"imp-{name}-{number:03d}", "source_id": f"imp-{name}"}
            ids[one.sheet, one.row] = one.values["record_id"]
        for table in dict.fromkeys(one.table for one in drafts):
            header = [column.name for column in TABLES[table].columns]
            rows = [[one.values[column] for column in header] for one in drafts if one.table == table]
            files[f"{table}.csv"] = _csv(header, rows)
        lines = [[sheet, row + 1, fate, ids.get((sheet, row), "")] for sheet, row, fate in accounts]
        files["rows.csv"] = _csv(("sheet", "row", "became", "record_id"), lines)
        for file, content in files.items():
            write_bytes(aside / file, content, durable=True)
        sums = {file: sha256(content) for file, content in files.items()}
        write_toml(aside / imported.ABOUT, {**about, "sha256": sums}, durable=True)
        final = folder / name
        if final.exists():  # the same, replaced once and left behind: it does not count, and makes way
            os.rename(final, folder / f"{_ASIDE}{name}-old")  # noqa: PTH104
        _rename(aside, final)
        for old in about.get("replaces", []):  # no longer counted from the rename on; now also out of the way
            shutil.rmtree(folder / str(old), ignore_errors=True)
    return final


def _rename(aside: Path, final: Path) -> None:
    os.rename(aside, final)  # noqa: PTH104  the one step that makes an import be there
    with contextlib.suppress(OSError):
        handle = os.open(final.parent, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)


def _csv(header: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    # A data file, read by this program only: what it holds is kept as it was reported; exports are neutralised.
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / ".lock", timeout=60):
            for left in folder.glob(f"{_ASIDE}*"):  # of an import that was killed
                shutil.rmtree(left, ignore_errors=True)
            yield
    except Timeout:
        raise in_use(data_root=folder.parent) from None


def in_use(data_root: str | os.PathLike | None = None) -> IntakeError:
    """Make the error of an import that another one came in between of."""
    folder = find_data_root(data_root) / IMPORTED
    return IntakeError(
        f"{folder}: sedang dipakai impor lain. / Another import is at work on it.",
        hint="Tunggu sampai selesai, lalu ulangi. / Wait until it is done, then call again.",
        path=str(folder),
    )


def listing(data_root: str | os.PathLike | None = None) -> list[dict[str, object]]:
    """Return what was imported: one mapping for each import, newest last (``id``, then what ``import.toml`` says).

    Examples
    --------
    >>> import tempfile
    >>> listing(tempfile.mkdtemp())
    []
    """
    found = [{"id": one.id, **one.about} for one in imported.imports(data_root)]
    return sorted(found, key=lambda one: (str(one["day"]), str(one["id"])))


def find(name: str, data_root: str | os.PathLike | None = None) -> Path:
    """Return the folder of an import by its id or the beginning of it.

    Raises
    ------
    ParameterError
        No such import, or several.
    """
    folder = find_data_root(data_root) / IMPORTED
    ids = sorted(one.name for one in folder.iterdir() if one.is_dir() and one.name[0] != ".") if folder.is_dir() else []
    fitting = [one for one in ids if one == name] or [one for one in ids if name and one.startswith(name)]
    if len(fitting) != 1:
        raise ParameterError(
            f"There is no import {name!r}." if not fitting else f"{name!r} begins several ids: {', '.join(fitting)}.",
            hint=f"Imports here: {', '.join(ids) or 'none'}. See: kkbgeo import --list",
            value=name,
        )
    return folder / fitting[0]


def undo(name: str, data_root: str | os.PathLike | None = None) -> str:
    """Take an import out again; return its id.

    Parameters
    ----------
    name : str
        The id, or the beginning of it.
    data_root : path, optional
        The data folder.

    Raises
    ------
    ParameterError
        No such import, or several.
    """
    folder = find(name, data_root)
    with _locked(folder.parent):
        aside = folder.with_name(f"{_ASIDE}{folder.name}")
        os.rename(folder, aside)  # noqa: PTH104  gone with one step, then removed
        shutil.rmtree(aside, ignore_errors=True)
    return folder.name


def today() -> str:
    """Return the day, ISO."""
    return dt.date.today().isoformat()
