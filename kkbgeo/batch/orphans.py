"""Nothing outlives its batch: a run ends with its parent, and what a dead batch left is found and ended."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing import connection, util
from pathlib import Path

USAGE = "usage.json"
#: Set by a run for its kernel; all that the kernel starts inherit it.
MARK = "IPYTHONDIR"
_PEAKS: list[int] = []  # of kernels that are no children of this process


def guard(aside: Path) -> None:
    """Make this process end with its parent, leave Ctrl-C to it, and tell the peak memory at the end.

    For a process started by `multiprocessing`; to be called first. The peak goes to ``usage.json`` in `aside`.
    """
    # Ctrl-C reaches every process of a terminal; the batch alone decides what then happens. (A handler, not
    # SIG_IGN: the kernel would inherit that.)
    signal.signal(signal.SIGINT, lambda *_: None)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    util.Finalize(None, tell_usage, args=(aside,), exitpriority=0)


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    end_children()
    os._exit(1)


def end_children() -> None:
    """End every process below this one, deepest last so that none is missed."""
    import psutil

    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            child.kill()


def note_peak(pid: int) -> None:
    """Remember the peak memory of a process that is about to be ended and that is no child of this one."""
    with contextlib.suppress(Exception):  # it may have ended by itself
        _PEAKS.append(_peak_of(pid))


def _peak_of(pid: int) -> int:
    """Return the peak memory of a running process (kB); where the system does not tell it, what it takes now."""
    if sys.platform == "linux":
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
    import psutil

    return psutil.Process(pid).memory_info().rss // 1024


def tell_usage(aside: Path) -> None:
    """Write the peak memory of this process and of its largest child or kernel (kB) to ``usage.json`` in `aside`."""
    try:
        import resource
    except ImportError:  # not on this platform
        return
    unit = 1024 if sys.platform == "darwin" else 1
    own, child = (resource.getrusage(who).ru_maxrss // unit for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    with contextlib.suppress(OSError):
        (Path(aside) / USAGE).write_text(json.dumps({"peak_kb": own + max([child, *_PEAKS])}), encoding="utf-8")


def end_marked(folder: Path) -> int:
    """End every process that a run below `folder` started, also after its own parent died; return how many."""
    import psutil

    mark = str(Path(folder)) + os.sep
    ended = 0
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and (process.environ().get(MARK, "") + os.sep).startswith(mark):
                process.kill()
                ended += 1
    return ended
