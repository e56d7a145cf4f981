"""A Dask cluster of command-line processes, as on several machines: a scheduler, and workers that come and go."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
from processes import wait_for

# A worker that does not see the disk of the batch.
FAR = "from kkbgeo.batch.inputs import Inputs\nInputs.found = lambda self: False\n"


class Processes:
    """``dask scheduler`` and ``dask worker``; all end with `close`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.all: list[subprocess.Popen] = []
        self._file = folder / "scheduler.json"
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(self._file)
        )
        wait_for(lambda: self._file.exists() and self._file.stat().st_size > 0, 90)

    @property
    def address(self) -> str:
        import json

        return json.loads(self._file.read_text())["address"]

    def worker(self, *, threads: int = 1, far: bool = True, **environment: str) -> subprocess.Popen:
        """Start a worker, with its nanny, as ``dask worker`` does when nothing else is said."""
        preload = self.folder / "far.py"
        preload.write_text(FAR if far else "")
        own = self.folder / f"worker{len(self.all)}"
        own.mkdir()
        return self._start(
            "worker", self.address, "--nthreads", str(threads), "--no-dashboard", "--local-directory", str(own),
            "--preload", str(preload), **environment,
        )  # fmt: skip

    def log(self, process: subprocess.Popen) -> str:
        return (self.folder / f"{self.all.index(process)}.log").read_text()

    def _start(self, what: str, *words: str, **environment: str) -> subprocess.Popen:
        with (self.folder / f"{len(self.all)}.log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", what, *words],
                env={**os.environ, **environment}, cwd=self.folder, stdout=log, stderr=log,
            )  # fmt: skip
        self.all.append(process)
        return process

    def end(self, process: subprocess.Popen) -> None:
        for one in [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]:
            if one.is_running():
                one.kill()
        process.wait()

    def close(self) -> None:
        for process in reversed(self.all):
            if process.poll() is None:
                self.end(process)
