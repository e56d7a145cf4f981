"""What went wrong with a run, and whether a second try can help."""

from __future__ import annotations

import re

#: Errors that come from the machine, not from the cell: the next try may find it well.
_PASSING = {
    "BlockingIOError", "BrokenPipeError", "ChildProcessError", "ConnectionAbortedError", "ConnectionError",
    "ConnectionRefusedError", "ConnectionResetError", "DeadKernelError", "EOFError", "IOError", "InterruptedError",
    "MemoryError", "OSError", "TimeoutError", "ZMQError", "ArrowMemoryError",
}  # fmt: skip
_WORDS = re.compile(
    r"took longer than|ended without an answer|kernel died|kernel didn't respond|no kernel|"
    r"kernel (has )?(gone|stopped)|connection (lost|refused|reset)|no space left|cannot allocate memory",
    re.IGNORECASE,
)
_NAME = re.compile(r"^(?:[\w.]+\.)?(\w+)(?::|\s|$)")


def worth_a_retry(error: str) -> bool:
    """Tell whether a second try may succeed: after death, time-out, trouble of connection or disk; not a cell's error.

    Examples
    --------
    >>> worth_a_retry("OSError: [Errno 28] No space left on device (cell 3)")
    True
    >>> worth_a_retry("took longer than 60 s and was stopped")
    True
    >>> worth_a_retry("ValueError: a made-up fault (cell 2)")
    False
    """
    if _WORDS.search(error):
        return True
    name = _NAME.match(error)
    return bool(name) and name[1] in _PASSING
