"""Files written beside their place and renamed into it: a reader meets the old one or the new one, never half."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def aside(path: str | os.PathLike, *, durable: bool = False) -> Iterator[Path]:
    """Give a place beside `path` to write to; at the end it is renamed to `path`, after a failure it is removed.

    Parameters
    ----------
    path : path
        Where the file is to stand; its folder is made.
    durable : bool
        Whether it is flushed to the disk before the renaming, so that a power cut leaves no empty file.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with aside(Path(folder) / "a.txt") as draft:
    ...         _ = draft.write_text("whole")
    ...     [one.name for one in Path(folder).iterdir()]
    ['a.txt']
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield draft
        if durable:
            with draft.open("rb+") as file:
                os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
