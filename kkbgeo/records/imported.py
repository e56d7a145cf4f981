"""Spreadsheets that were brought in with ``kkbgeo import``: one folder each, read beside ``data/records``.

``data/imported/<id>/`` holds the rows in the columns of their record table, the one source that said so, the
account of every row of the spreadsheet, and ``import.toml``, which seals the other files by their checksums. The
folder comes into being by one rename, so it is there as a whole or not at all. How a spreadsheet becomes such a
folder is the business of `kkbgeo.intake`; here it is only read.
"""

from __future__ import annotations

import io
import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kkbgeo.errors import SourceError
from kkbgeo.io import sha256
from kkbgeo.paths import data_root as find_data_root
from kkbgeo.provenance import IMPORTED

if TYPE_CHECKING:
    import pandas as pd

ABOUT = "import.toml"
WHAT_TO_DO = "Take it out with: kkbgeo import --undo {id}; mend the spreadsheet itself, and import that again."


@dataclass(frozen=True)
class Import:
    """One imported spreadsheet.

    Attributes
    ----------
    path : Path
        Its folder; the name is the id.
    about : dict
        What ``import.toml`` says: kind, file, sheets, day, as_of, publisher, rows, options …
    files : dict of str to str
        Its files and their SHA-256.
    """

    path: Path
    about: dict[str, Any] = field(hash=False)
    files: dict[str, str] = field(hash=False)

    @property
    def id(self) -> str:
        """The id, such as ``kampung-1a2b3c4d``."""
        return self.path.name

    @property
    def record_prefix(self) -> str:
        """What the ids of its records and of its source begin with."""
        return f"imp-{self.id}"

    @property
    def day(self) -> str:
        """The day it was imported, ISO: the last day an undated row of it can be from."""
        return self.about["day"]

    def content(self, name: str) -> bytes:
        """Return the bytes of one of its files, checked against ``import.toml``.

        Raises
        ------
        SourceError
            The file is missing, or was changed after the import.
        """
        where = self.path / name
        try:
            content = where.read_bytes()
        except FileNotFoundError:
            raise _changed(self, f"{where} is missing") from None
        if sha256(content) != self.files.get(name):
            raise _changed(self, f"{where} was changed after the import")
        return content

    def read(self, name: str) -> pd.DataFrame:
        """Return one of its files as a table of text, checked as `content` does."""
        import pandas as pd

        return pd.read_csv(io.BytesIO(self.content(name)), dtype=str, keep_default_na=False, encoding="utf-8")


def imports(data_root: str | os.PathLike | None = None) -> list[Import]:
    """Return the imported spreadsheets of a data folder, sorted by id.

    One that a later import replaced does not count, also when its folder could not be removed any more.

    Raises
    ------
    SourceError
        A folder without a readable ``import.toml``.

    Examples
    --------
    >>> import tempfile
    >>> imports(tempfile.mkdtemp())
    []
    """
    folder = find_data_root(data_root) / IMPORTED
    if not folder.is_dir():
        return []
    found = [_read(each) for each in sorted(folder.iterdir()) if each.is_dir() and not each.name.startswith(".")]
    made = {one.id: one.about.get("made", 0) for one in found}
    replaced = {old for one in found for old in one.about.get("replaces", []) if made.get(old, 0) < made[one.id]}
    return [one for one in found if one.id not in replaced]


def check_all(data_root: str | os.PathLike | None = None) -> list[str]:
    """Return what is wrong with the imported folders, as messages; none when every file is as it was imported."""
    problems = []
    try:
        found = imports(data_root)
    except SourceError as wrong:
        return [str(wrong)]
    for one in found:
        present = {each.name for each in one.path.iterdir() if not each.name.startswith(".")} - {ABOUT}
        for name in sorted({*one.files, *present}):
            try:
                one.content(name)
            except SourceError as wrong:
                problems.append(str(wrong))
    return problems


def _read(folder: Path) -> Import:
    try:
        about = tomllib.loads((folder / ABOUT).read_text(encoding="utf-8"))
        files = about.pop("sha256")
        if not isinstance(files, dict) or "sources.csv" not in files or not about["day"]:
            raise KeyError("sha256")
        return Import(folder, about, files)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError) as wrong:
        raise SourceError(
            f"{folder} is no whole import: {ABOUT} cannot be used ({type(wrong).__name__}: {wrong}).",
            hint=WHAT_TO_DO.format(id=folder.name),
            path=str(folder),
        ) from None


def _changed(one: Import, what: str) -> SourceError:
    return SourceError(f"{what}.", hint=WHAT_TO_DO.format(id=one.id), path=str(one.path))
