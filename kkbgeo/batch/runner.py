"""The process in which a worker of a cluster runs notebooks: not a daemon, with an environment of its own.

It reads requests and writes answers, one JSON object a line, and ends with the worker that started it.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

#: Seconds without work after which it ends: its batch may have died without a word.
IDLE = 300.0
#: Its exit code then; the next request starts another one.
RESTED = 75


def likeness() -> dict[str, dict[str, str]]:
    """Return what must be equal on two machines so that they make equal pages: ``code`` and ``libraries``."""
    from kkbgeo import paths
    from kkbgeo.batch.fingerprint import CATALOGUE, Surroundings

    here = Surroundings(Path(paths.data_root()), "", "")
    return {
        "code": {**here.code, CATALOGUE: here.catalogue},
        "libraries": {**here.libraries, "platform": f"{sys.platform} {platform.machine()}"},
    }


def main() -> None:
    """Say hello, then run what is asked until the worker is gone."""
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C is for the batch
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what anybody prints must not get between the answers
    at_work = _AtWork()
    from kkbgeo.batch.kernels import kernel

    kernel_name, why = kernel()  # loads the server of warm kernels before the first page is asked for
    at_work.tell(answers, {"hello": likeness(), "kernel": kernel_name, "why": why})
    threading.Thread(target=at_work.rest, daemon=True).start()
    pool = ThreadPoolExecutor(max_workers=1000)  # the worker asks for no more than it has threads
    for line in sys.stdin:
        at_work.change(1)
        pool.submit(_answer, json.loads(line), answers, at_work)
    _end(0)


class _AtWork:
    """How many runs there are, and since when there is none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs = 0
        self._since = time.monotonic()

    def change(self, by: int) -> None:
        with self._lock:
            self._runs += by
            self._since = time.monotonic()

    def tell(self, answers, words: dict[str, Any]) -> None:
        with self._lock, contextlib.suppress(BrokenPipeError):
            answers.write(json.dumps(words) + "\n")
            answers.flush()

    def rest(self) -> None:
        while True:
            time.sleep(1)
            with self._lock:
                if not self._runs and time.monotonic() - self._since > IDLE:
                    _end(RESTED)


def _answer(request: dict[str, Any], answers, at_work: _AtWork) -> None:
    from kkbgeo.batch.plan import Run
    from kkbgeo.batch.process import in_own_process

    try:
        run = Run(**{**request["run"], "notebook": Path(request["run"]["notebook"])})
        error = in_own_process(run, Path(request["aside"]), request["limit"])
    except Exception as wrong:
        error = f"{type(wrong).__name__}: {wrong}"
    at_work.tell(answers, {"number": request["number"], "error": error})
    at_work.change(-1)


def _end(code: int) -> None:
    from kkbgeo.batch.orphans import end_children

    end_children()
    os._exit(code)
