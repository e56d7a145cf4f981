"""One batch at a time on one atlas folder; a lock ends with its process, however that ends."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kkbgeo.batch.manifest import now
from kkbgeo.errors import BatchError
from kkbgeo.io import write_text

NAME = ".lock"
HOLDER = ".lock.json"
POLL = 0.3


class HeldError(BatchError):
    """The atlas folder is held by another batch; ``.fields`` has pid, host, since and command."""

    exit_code = 3


@contextmanager
def hold(out: Path, *, wait: bool = False, tell: Callable[[str], None] = lambda _: None) -> Iterator[None]:
    """Hold the atlas folder for a batch.

    Parameters
    ----------
    out : Path
        The atlas folder; made when it is not there.
    wait : bool
        Wait for the other batch instead of raising.
    tell : callable
        Told once, in words, who is waited for.

    Raises
    ------
    HeldError
        Another batch holds the folder.
    BatchError
        The folder cannot be written to.
    """
    from filelock import FileLock, Timeout

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as wrong:
        raise _cannot_write(out, wrong) from None
    # The operating system drops this lock when its process ends, so a dead batch never blocks.
    lock = FileLock(out / NAME)
    told = False
    while True:
        try:
            lock.acquire(blocking=False)
            break
        except Timeout:
            if not wait:
                raise _held(out) from None
            if not told:
                tell(f"Waiting: {_held(out).message}")
                told = True
            time.sleep(POLL)
        except OSError as wrong:
            raise _cannot_write(out, wrong) from None
    holder = out / HOLDER
    try:
        with suppress(OSError):  # a full disk: a second batch is still kept out, and told less
            write_text(holder, json.dumps(_myself(), ensure_ascii=False), durable=True)
        yield
    finally:
        with suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def holder_of(out: Path) -> dict[str, str]:
    """Return who holds the folder, as told by itself; empty when that is not known."""
    try:
        found = json.loads((out / HOLDER).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _myself() -> dict[str, str]:
    command = " ".join(["kkbgeo", *sys.argv[1:]])
    return {"pid": str(os.getpid()), "host": platform.node(), "since": now(), "command": command}


def _cannot_write(out: Path, wrong: OSError) -> BatchError:
    return BatchError(
        f"The atlas cannot be written to {out}: {wrong.strerror or wrong}.",
        hint="Name a folder you may write to: --out FOLDER",
        path=str(out),
    )


def _held(out: Path) -> HeldError:
    who = holder_of(out)
    named = "process {pid} on {host} since {since} ({command})".format(**who) if who else "a process that just started"
    return HeldError(
        f"{out} is held by another batch: {named}.",
        hint="Let it end, call again with --wait, or give another folder with --out",
        **who,
    )
