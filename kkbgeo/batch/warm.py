"""Processes forked from one preloaded server: clean, started in milliseconds, ended with the process that asked.

The server is the standard library's `multiprocessing.forkserver`. What is added here: a process forked from the server
uses the same one; nothing of the program that asks (its ``__main__``, path, arguments, start method) reaches the
new process; environment and folder are those of the moment; and no process outlives the one that asked for it.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import io
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from multiprocessing import connection, context, forkserver, popen_forkserver, process, resource_tracker, util
from pathlib import Path

PRELOAD = "kkbgeo.batch.preload"
FOLDER = "kkbgeo-{}-"  # of the server with this number, for connection files
PATIENCE = 120.0  # seconds that the server may take to load

# Read when Python starts or when a library loads: a fork of the server cannot take them up any more.
READ_AT_START = (
    "PYTHON", "LD_", "DYLD_", "LC_", "LANG", "OMP_", "OPENBLAS_", "MKL_", "NUMEXPR_", "ARROW_", "PANDERA_",
    "GDAL_DATA", "PROJ_DATA", "PROJ_LIB", "MPL",
)  # fmt: skip


class Server(forkserver.ForkServer):
    """The one server of a program and of every process forked from it."""

    def __init__(self) -> None:
        super().__init__()
        self.set_forkserver_preload([PRELOAD])
        self.started_with: dict[str, str] = {}
        self._inherited = False
        self._asking = threading.Lock()
        self._problem: str | None = None

    def ensure_running(self) -> None:
        """Start the server where none runs; a forked process uses the one it was forked from."""
        if self._inherited:
            return
        before = self._forkserver_pid
        super().ensure_running()
        if self._forkserver_pid != before:
            self.started_with = dict(os.environ)

    def stop(self) -> None:
        """End the server at once; for a program that turns out not to need it."""
        if self._inherited or self._forkserver_pid is None:
            return
        pid = self._forkserver_pid
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self._stop()
        for left in Path(tempfile.gettempdir()).glob(FOLDER.format(pid) + "*"):  # it could not clear up itself
            shutil.rmtree(left, ignore_errors=True)
        self._problem = None

    def inheritance(self) -> dict:
        """Return what a forked process needs to use this server too."""
        return {
            "_forkserver_address": self._forkserver_address,
            "_forkserver_authkey": getattr(self, "_forkserver_authkey", None),
            "started_with": self.started_with,
            "_problem": self._problem,
        }

    def inherit(self, inheritance: dict) -> None:
        """Use the server that this process was forked from."""
        self.__dict__.update(inheritance, _inherited=True)
        self._forkserver_alive_fd = forkserver._forkserver._forkserver_alive_fd

    def problem(self) -> str:
        """Return why no process can be forked from the server, or "" when it can; the server is asked once."""
        with self._asking:
            if self._problem is None:
                self._problem = self._ask()
            return self._problem

    def _ask(self) -> str:
        if sys.warnoptions and "PYTHONWARNINGS" not in os.environ:
            return f"Python was started with -W {sys.warnoptions[0]}, which a plain kernel would not have"
        ours, theirs = os.pipe()
        try:
            Fork(Answer(), self, [theirs])
            os.close(theirs)
            theirs = -1
            return "" if (answer := os.read(ours, 4096).decode()) == "ready" else answer or "its server ended at once"
        except (OSError, EOFError, AttributeError, TypeError) as wrong:
            return f"its server does not start ({type(wrong).__name__}: {wrong})"
        finally:
            os.close(ours)
            if theirs >= 0:
                os.close(theirs)


class Fork(popen_forkserver.Popen):
    """A process forked from the server; it answers like `subprocess.Popen` and like a multiprocessing popen.

    Parameters
    ----------
    task : object
        Pickled and sent over; its ``_bootstrap(lifeline)`` runs in the new process and returns the exit code.
    server : Server
        Where it is forked from.
    fds : list of int
        Open files that go along, in the new process `multiprocessing.forkserver.get_inherited_fds`.
    """

    stdin = stdout = stderr = None

    def __init__(self, task: object, server: Server, fds: list[int] | None = None) -> None:
        self._server = server
        self._sent = list(fds or [])
        super().__init__(task)

    def _launch(self, task: object) -> None:
        self._fds = self._sent
        data = io.BytesIO()
        context.set_spawning_popen(self)
        try:
            context.reduction.dump({}, data)  # nothing of this program is prepared over there
            context.reduction.dump(task, data)
        finally:
            context.set_spawning_popen(None)
        try:
            self._ask(data.getbuffer())
        except (EOFError, ConnectionError):
            time.sleep(0.1)  # the server was just lost; a new one starts
            self._ask(data.getbuffer())

    def _ask(self, view: memoryview) -> None:
        self.sentinel, lifeline = self._server.connect_to_new_process(self._fds)
        self.finalizer = util.Finalize(self, util.close_fds, (lifeline, self.sentinel))
        try:
            while view:
                view = view[os.write(lifeline, view) :]
            if not connection.wait([self.sentinel], PATIENCE):
                raise TimeoutError(f"no process within {PATIENCE:.0f} s")
            self.pid = forkserver.read_signed(self.sentinel)
        except BaseException:
            self.finalizer()
            raise

    def poll(self, flag: int = os.WNOHANG) -> int | None:
        """Return the exit code, or None while it runs; a lost server is no lost process."""
        code = super().poll(flag)
        if code == 255 and self._runs():
            self.returncode = None
            if flag == os.WNOHANG:
                return None
            while self._runs():
                time.sleep(0.05)
            self.returncode = code
        return self.returncode

    def _runs(self) -> bool:
        with contextlib.suppress(OSError):
            os.kill(self.pid, 0)
            return True
        return False

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        self._send_signal(number)


class Process(process.BaseProcess):
    """A `multiprocessing.Process` that is forked from the server."""

    _start_method = None  # the default of Python stays the default in there

    @staticmethod
    def _Popen(task: Process) -> Fork:  # noqa: N802  (multiprocessing calls it so)
        return Fork(task, SERVER)


class Answer:
    """The first task that a server gets: say whether everything is loaded."""

    def _bootstrap(self, _lifeline: int) -> int:
        loaded = sys.modules.get(PRELOAD)
        told = (loaded.PROBLEM or "ready") if loaded else f"its server cannot import {PRELOAD}"
        with contextlib.suppress(BrokenPipeError):  # who asked has gone
            os.write(forkserver.get_inherited_fds()[0], told.encode())
        return 0


SERVER = Server()


def read_at_start(environment: dict[str, str]) -> dict[str, str]:
    """Return the part of an environment that a running Python does not take up any more."""
    return {
        key: value
        for key, value in environment.items()
        if key.startswith(READ_AT_START) and key not in ("PYTHONEXECUTABLE", "PYTHONSTARTUP")
    }


def settle(environment: dict[str, str], folder: str) -> None:
    """In a forked process: take on environment and folder as given, and random numbers of its own."""
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)
    sys.path[:] = importlib.import_module(PRELOAD).PATH
    importlib.invalidate_caches()
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def leave_server() -> None:
    """In a forked process: let go of the server, so that multiprocessing is as it is in a fresh Python."""
    known = forkserver._forkserver
    if known._forkserver_alive_fd is not None:
        os.close(known._forkserver_alive_fd)
    known.__init__()
    tracker = resource_tracker._resource_tracker
    if tracker._fd is not None:
        os.close(tracker._fd)
        tracker._fd = None


def end_with(lifeline: int, *, group: bool) -> None:
    """End this process, or its whole group, by SIGKILL when the one that asked for it is gone, however that ended.

    Its end of the lifeline is then closed. A thread waits for that; on Linux the system itself sends the signal too,
    so that not even a cell that never gives the interpreter lock back lives on.
    """
    owner = -os.getpid() if group else os.getpid()
    with contextlib.suppress(AttributeError, OSError):
        fcntl.fcntl(lifeline, fcntl.F_SETOWN, owner)
        fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)

    def watch() -> None:
        connection.wait([lifeline])
        os.kill(owner, signal.SIGKILL)

    threading.Thread(target=watch, name="kkbgeo-lifeline", daemon=True).start()
