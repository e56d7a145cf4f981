"""Looking at processes that a test started, until they are what they should be."""

from __future__ import annotations

import time

import psutil


def wait_for(what, seconds: float = 120):
    """Return the first true answer of a function; fail when there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError("waited in vain")


def alive(pid: int) -> bool:
    """A zombie does not run: who started it has not looked yet."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
