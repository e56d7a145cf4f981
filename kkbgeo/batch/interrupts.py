"""Signals that ask the batch to end: one exception, order put first, and everything as it was before afterwards."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Stopped(KeyboardInterrupt):
    """The batch was asked to stop by a signal; ``number`` is which."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def stoppable() -> Iterator[None]:
    """Turn the first signal that asks the process to end into `Stopped`; later ones are ignored to the end of this."""

    def stop(number: int, _frame) -> None:
        for again in numbers:
            signal.signal(again, signal.SIG_IGN)
        raise Stopped(number)

    # What the caller chose to ignore (nohup, a job in the background) stays ignored.
    numbers = [number for number in _signals() if signal.getsignal(number) is not signal.SIG_IGN]
    with _as_before(numbers):
        for number in numbers:
            signal.signal(number, stop)
        yield


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore signals that ask the process to end: for the stopping itself, which no second Ctrl-C may break off."""
    numbers = _signals()
    with _as_before(numbers):
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        yield


@contextmanager
def _as_before(numbers: list[signal.Signals]) -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:  # else it was not set from Python, which then cannot set it again
                signal.signal(number, handler)


def _signals() -> list[signal.Signals]:
    """Return what this system has of them; none in a thread, where Python allows no handler."""
    if threading.current_thread() is not threading.main_thread():
        return []
    return [number for name in ("SIGINT", "SIGTERM", "SIGHUP") if (number := getattr(signal, name, None))]
