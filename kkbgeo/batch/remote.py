"""What a batch does on a worker of a cluster: get ready, build a page, let go. Loaded there by the worker itself."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import platform
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from kkbgeo.batch.inputs import DATA, NOTEBOOKS, Inputs, pack
from kkbgeo.batch.orphans import USAGE
from kkbgeo.batch.plan import Run
from kkbgeo.batch.runner import RESTED

GRACE = 60.0  # seconds beyond the limit of a page that its runner has to say so
START = 180.0  # seconds that a runner may take to start
LOOK = 0.2  # seconds between two looks whether the page is still wanted
RUN_WHAT_IS_ASKED = "from kkbgeo.batch.runner import main; main()"
GIVEN_UP = "given up: nobody waits for it"


@dataclass(frozen=True)
class Answer:
    """A worker's answer to a batch that wants to use it."""

    where: str
    inputs: bool  # it has them
    likeness: dict[str, dict[str, str]] = field(default_factory=dict)
    why_plain: str = ""  # why it cannot have warm kernels
    problem: str = ""


@dataclass(frozen=True)
class Built:
    """What became of a run on a worker; ``files`` is an archive of what it left."""

    ready: bool  # False: this worker knows nothing of the batch
    error: str = ""
    files: bytes = b""
    seconds: float = 0.0
    where: str = ""


async def prepare(batch: str, inputs: Inputs, environment: dict[str, str], dask_worker=None) -> Answer:
    """Find the inputs and start the process that runs notebooks here; to be called with ``Client.run``."""
    return await asyncio.to_thread(_prepare, batch, inputs, environment, dask_worker)


async def receive(inputs: Inputs, packed: bytes, dask_worker=None) -> None:
    """Unpack inputs that are not here; copies that no batch uses any more go."""
    folder = _folder(dask_worker)
    await asyncio.to_thread(inputs.unpack, packed, folder)
    used = {place.digest for place in list(_PLACES.values())} | {inputs.digest}
    for copy in folder.iterdir():
        if not copy.name.startswith(".") and copy.name not in used:
            shutil.rmtree(copy, ignore_errors=True)


async def dismiss(batch: str, dask_worker=None) -> None:
    """End what a batch has here."""
    _let_go(dask_worker, batch)


def build_there(batch: str, run: Run, limit: float) -> Built:
    """Run a notebook here, in a process of its own and a folder that is removed afterwards; a task of the cluster."""
    from distributed import get_worker

    worker = get_worker()
    place = _PLACES.get((worker.id, batch))
    if place is None:
        return Built(ready=False)
    key = worker.get_current_task()
    where = _name(worker)
    started = time.monotonic()
    aside = Path(tempfile.mkdtemp(prefix="kkbgeo-page-", dir=worker.local_directory))
    try:
        here = replace(run, notebook=Path(place.folders[NOTEBOOKS]) / run.notebook.name)
        error = place.run(here, aside, limit, lambda: _wanted(worker, key))
        if error == GIVEN_UP:
            _let_go(worker, batch)
        files = pack(aside, ["atlas", here.notebook.name, USAGE])
        return Built(True, error, files, time.monotonic() - started, where)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


class _Place:
    """What a batch has on a worker: its inputs, and the process that runs its notebooks."""

    def __init__(self, inputs: Inputs, folders: dict[str, str], environment: dict[str, str], scratch: str) -> None:
        self.digest = inputs.digest
        self.folders = folders
        roots = {"KKBGEO_DATA": folders[DATA], "KKBGEO_NOTEBOOKS": folders[NOTEBOOKS]}
        self._started = {**os.environ, **environment, **roots}, scratch
        self._lock = threading.Lock()
        self.runner = _Runner(*self._started)

    def run(self, run: Run, aside: Path, limit: float, wanted: Callable[[], bool]) -> str:
        while True:
            with self._lock:
                if self.runner.ended:
                    self.runner = _Runner(*self._started)
                runner = self.runner
            if (error := runner.run(run, aside, limit, wanted)) is not None:
                return error


class _Runner:
    """The process that runs notebooks (`kkbgeo.batch.runner`), as seen from the worker."""

    def __init__(self, environment: dict[str, str], folder: str) -> None:
        # subprocess, not multiprocessing: a worker that is a daemon may have no children of the other kind.
        self._process = subprocess.Popen(
            [sys.executable, "-c", RUN_WHAT_IS_ASKED],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, cwd=folder, text=True, encoding="utf-8",
        )  # fmt: skip
        self._lock = threading.Lock()
        self._waiting: dict[int, queue.SimpleQueue] = {}
        self._number = 0
        self.ended = False
        self._hello: queue.SimpleQueue = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def hello(self) -> dict[str, Any]:
        """Return what it says of itself, or nothing when it did not start."""
        try:
            return self._hello.get(timeout=START)
        except queue.Empty:
            self.kill()
            return {}

    def run(self, run: Run, aside: Path, limit: float, wanted: Callable[[], bool]) -> str | None:
        """Return "" or what went wrong; None when it had just gone to rest and must be started again."""
        answer: queue.SimpleQueue = queue.SimpleQueue()
        with self._lock:
            if self.ended:
                return None
            self._number += 1
            number = self._number
            self._waiting[number] = answer
        told = {"number": number, "run": {**asdict(run), "notebook": str(run.notebook)},
                "aside": str(aside), "limit": limit}  # fmt: skip
        with contextlib.suppress(OSError, ValueError), self._lock:
            self._process.stdin.write(json.dumps(told) + "\n")
            self._process.stdin.flush()
        end = time.monotonic() + limit + GRACE
        while True:
            with contextlib.suppress(queue.Empty):
                code, error = answer.get(timeout=LOOK)
                return None if code == RESTED else error
            if not wanted():
                self.kill()
                return GIVEN_UP
            if time.monotonic() > end:
                self.kill()
                return f"took longer than {limit:.0f} s and was stopped"

    def kill(self) -> None:
        """End it; every run of it ends with it."""
        self._process.kill()

    def _listen(self) -> None:
        for line in self._process.stdout:
            told = json.loads(line)
            if "hello" in told:
                self._hello.put(told)
                continue
            with self._lock:
                waiting = self._waiting.pop(told["number"])
            waiting.put((None, told["error"]))
        code = self._process.wait()
        self._hello.put({})
        with self._lock:
            self.ended = True
            waiting, self._waiting = list(self._waiting.values()), {}
        for one in waiting:
            one.put((code, f"the process that ran it ended without an answer (exit code {code}); out of memory?"))
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                stream.close()


_PLACES: dict[tuple[str, str], _Place] = {}


def _prepare(batch: str, inputs: Inputs, environment: dict[str, str], worker) -> Answer:
    where = _name(worker)
    folders = inputs.folders if inputs.found() else inputs.unpacked_at(_folder(worker))
    if folders is None:
        return Answer(where, inputs=False)
    _let_go(worker, batch)
    place = _PLACES[worker.id, batch] = _Place(inputs, folders, environment, worker.local_directory)
    if not (hello := place.runner.hello()):
        _let_go(worker, batch)
        return Answer(where, True, problem="its process for the notebooks does not start; its log says why")
    return Answer(where, True, hello["hello"], hello["why"])


def _let_go(worker, batch: str) -> None:
    if place := _PLACES.pop((worker.id, batch), None):
        place.runner.kill()


def _folder(worker) -> Path:
    return Path(worker.local_directory) / "kkbgeo-inputs"


def _name(worker) -> str:
    return f"{worker.address} on {platform.node()}"


def _wanted(worker, key: str) -> bool:
    """Tell whether the batch still waits for a task; it does not when it was stopped, or died, or lost this worker."""
    if worker.status.name in ("closing", "closed", "failed"):
        return False
    task = worker.state.tasks.get(key)
    return task is not None and task.state != "cancelled"
