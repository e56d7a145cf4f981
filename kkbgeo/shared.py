"""What many runs need and one computed: Arrow files that each run maps into its memory instead of working again.

A batch keeps tables in a folder of its own and names the folder in the environment of its runs. A table is found only
for the very files of the data folder that it was made from; else, and wherever anything is amiss, the caller reads and
computes as if there were no such folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, overload

from kkbgeo._version import __version__
from kkbgeo.io import atomic, sha256

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER = "KKBGEO_SHARED"  # the environment variable that names the folder


def find(name: str, data: Path) -> pa.Table | None:
    """Return a table made from the data folder as it is now, mapped into memory; None where there is none.

    Parameters
    ----------
    name : str
        As it was kept.
    data : Path
        The data folder.
    """
    folder = os.environ.get(FOLDER, "")
    if not folder:
        return None
    import pyarrow as pa

    try:
        with pa.memory_map(str(_path(Path(folder), name, data))) as source:
            return pa.ipc.open_file(source).read_all()
    except (OSError, ValueError):  # a torn file, or a folder whose name this locale cannot write
        return None


def keep(folder: Path, name: str, data: Path, table: pa.Table) -> Path:
    """Write a table for the runs of a batch; aside and renamed, so that none meets half of it.

    Parameters
    ----------
    folder : Path
        The folder that `offered` names to the runs.
    name : str
        What it is; with letters, digits, hyphens and dots only.
    data : Path
        The data folder that it was made from.
    table : pyarrow.Table
        Not compressed, so that a run reads only the pages it touches.
    """
    import pyarrow as pa

    path = _path(folder, name, data)
    with (
        atomic(path) as draft,
        pa.OSFile(str(draft), "wb") as sink,
        pa.ipc.new_file(sink, table.schema) as writer,
    ):
        writer.write_table(table.combine_chunks())
    return path


@contextmanager
def offered(folder: Path) -> Iterator[None]:
    """Name the folder to every process started meanwhile."""
    before = os.environ.get(FOLDER)
    os.environ[FOLDER] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ[FOLDER]
        else:
            os.environ[FOLDER] = before


def signature(data: Path) -> str:
    """Return a digest of name, size and time of change of every file in a data folder; none of them is read."""
    root = str(Path(data).absolute())
    told = [root, __version__, *_entries(root)]
    return sha256("\n".join(told))[:16]


def _entries(folder: str) -> list[str]:
    found = []
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            if entry.is_dir():
                found += _entries(entry.path)
            else:
                told = entry.stat()
                found.append(f"{entry.path} {told.st_size} {told.st_mtime_ns}")
    return found


def _path(folder: Path, name: str, data: Path) -> Path:
    return folder / f"{name}-{signature(data)}.arrow"


class Texts(Sequence[str]):
    """A text column as a sequence: nothing is made of it but what is asked for.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
        Text, in one chunk.

    Examples
    --------
    >>> import pyarrow as pa
    >>> words = Texts(pa.chunked_array([["a", "b", "c"]]))
    >>> words[1], words[1:], len(words)
    ('b', ['b', 'c'], 3)
    """

    def __init__(self, column: pa.ChunkedArray) -> None:
        self._column = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place):
        """Return one text, or a list of those in a slice."""
        if isinstance(place, slice):
            return self._column[place].to_pylist()
        return self._column[place].as_py()

    def __iter__(self) -> Iterator[str]:
        return iter(self._column.to_pylist())

    def __len__(self) -> int:
        return len(self._column)


def inside(members: Sequence[str], code: str) -> slice:
    """Return where, among sorted codes, those inside a unit stand.

    Examples
    --------
    >>> inside(["62", "63", "63.01", "63.01.01", "64"], "63")
    slice(2, 4, None)
    """
    from bisect import bisect_left

    return slice(bisect_left(members, f"{code}."), bisect_left(members, f"{code}/"))  # "/" follows "."
