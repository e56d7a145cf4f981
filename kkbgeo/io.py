"""Files as they are written and told apart: atomic writes, checksums, TOML.

A reader and a stopped process meet the old file or the new one, never half of it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def atomic(path: str | os.PathLike, *, durable: bool = False) -> Iterator[Path]:
    """Give a temporary path beside `path`; at the end it is renamed to `path`, after a failure it is removed.

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
    ...     with atomic(Path(folder) / "a.txt") as draft:
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
            flush(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_bytes(path: str | os.PathLike, content: bytes, *, durable: bool = False) -> Path:
    """Write a file as `atomic` does; return its path."""
    with atomic(path, durable=durable) as draft:
        draft.write_bytes(content)
    return Path(path)


def write_text(path: str | os.PathLike, text: str, *, durable: bool = False) -> Path:
    """Write a text as UTF-8, as `atomic` does; a lone surrogate from a broken spreadsheet becomes a question mark."""
    return write_bytes(path, text.encode("utf-8", "replace"), durable=durable)


def write_toml(path: str | os.PathLike, told: Mapping[str, Any], *, comment: str = "", durable: bool = False) -> Path:
    """Write a mapping as TOML, below a line of comment where one is given.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     print(write_toml(Path(folder) / "a.toml", {"code": "62.10", "name": {"id": "Gunung Mas"}}).read_text())
    code = "62.10"
    <BLANKLINE>
    [name]
    id = "Gunung Mas"
    <BLANKLINE>
    """
    import tomli_w

    return write_text(path, (f"# {comment}\n" if comment else "") + tomli_w.dumps(told), durable=durable)


def flush(path: Path) -> None:
    """Flush a finished file to the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sha256(*parts: bytes | str | Path) -> str:
    """Return the SHA-256 of bytes, texts (as UTF-8) and files, one after the other, in hexadecimal digits.

    Examples
    --------
    >>> sha256("62", b".10")[:16] == sha256("62.10")[:16]
    True
    """
    found = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            with part.open("rb") as file:
                while block := file.read(1 << 20):
                    found.update(block)
        else:
            found.update(part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part)
    return found.hexdigest()
