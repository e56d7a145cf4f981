"""Warm kernels: Jupyter kernels that are forks of a server which has loaded the libraries once.

Kernel ``kkbgeo-warm`` is one for `papermill --kernel`, JupyterLab and the batch alike. Where it cannot be had, a plain
kernel starts in its place, and the log says why.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import sys
import threading
import time
from dataclasses import dataclass
from importlib.util import find_spec
from queue import Empty
from typing import Any

import zmq
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner

from kkbgeo.batch.kernels import cannot_fork
from kkbgeo.batch.orphans import note_peak

RECALL = 10  # milliseconds
HISTORY = "--HistoryManager.hist_file"  # nbclient keeps that of kernels it knows by name in memory; runs share no file
LONGEST = 90  # bytes of a connection file's path whose sockets (…-ipc-5) still fit into 104, the least of all systems


class WarmProvisioner(LocalProvisioner):
    """Starts a kernel as a fork of the warm server; signals, polls and ends it as a local one."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict:
        """Start the kernel, warm where that gives the very process that the command would have given."""
        if not any(word.startswith(HISTORY) for word in cmd):
            cmd = [*cmd, f"{HISTORY}=:memory:"]
        given = {key: value for key, value in kwargs.items() if value is not None}
        why = await asyncio.to_thread(_cannot_be_warm, cmd, given)
        if not why:
            try:
                self.process = await asyncio.to_thread(_fork, cmd, given)
            except (OSError, EOFError) as wrong:
                why = f"its server does not answer ({type(wrong).__name__}: {wrong})"
        if why:
            self.log.warning("A plain kernel starts in place of a warm one: %s.", why)
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid  # it leads a group of its own
        self.cwd = given.get("cwd", os.getcwd())  # noqa: PTH109
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """End it at once; how much memory it took is noted first, for it is the server's child, not ours."""
        note_peak(self.pid)
        await super().kill(restart)


class PromptClient(AsyncKernelClient):
    """Knows that a kernel is ready when it says so, and does not listen for another 0.2 s."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers and both channels of the answer are connected."""
        limit = time.monotonic() + (timeout or float("inf"))
        while time.monotonic() < limit:
            asked = self.kernel_info()
            with contextlib.suppress(Empty):
                while (reply := await self.get_shell_msg(timeout=1))["parent_header"].get("msg_id") != asked:
                    pass
                while not _idle_after(await self.get_iopub_msg(timeout=1), asked):
                    pass
                self._handle_kernel_info_reply(reply)
                return
            if not await self.parent.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
        raise RuntimeError(f"Kernel didn't respond in {timeout:.0f} seconds")


def _idle_after(message: dict, asked: str) -> bool:
    return message["parent_header"].get("msg_id") == asked and message["content"].get("execution_state") == "idle"


class PrivateKernelManager(AsyncKernelManager):
    """Talks to its kernel over sockets in a folder of this user alone; over loopback where the path is too long."""

    folder = ""

    @classmethod
    def within(cls, folder: str) -> type[PrivateKernelManager]:
        """Return the class with a folder to put connection file and sockets in."""
        return type(cls.__name__, (cls,), {"folder": folder})

    @staticmethod
    def common_folder() -> str | None:
        """Return the folder of the server, which clears it up last of all; None where there is no server."""
        preload = sys.modules.get("kkbgeo.batch.preload")
        return preload.FOLDER if preload else None

    def __init__(self, **given: Any) -> None:
        given.setdefault("connection_file", os.path.join(self.folder, "k.json"))  # noqa: PTH118
        if len(os.fsencode(given["connection_file"])) <= LONGEST:
            given.setdefault("transport", "ipc")
        super().__init__(client_factory=PromptClient, **given)
        # A client calls before its kernel listens; by default the next call comes 0.1 s later.
        self.context.setsockopt(zmq.RECONNECT_IVL, RECALL)

    async def _async_wait(self, pollinterval: float = 0.1) -> None:
        await super()._async_wait(min(pollinterval, 0.005))


def _cannot_be_warm(command: list[str], given: dict[str, Any]) -> str:
    """Return why a fork of the server would not be what the command gives, or ""."""
    if command[:3] != [sys.executable, "-m", "ipykernel_launcher"]:
        return f"the command is another one ({' '.join(command[:3])})"
    if other := set(given) - {"env", "cwd", "kernel_id", "extra_arguments"}:
        return f"it is to start with {', '.join(sorted(other))}"
    if why := cannot_fork():
        return why
    from kkbgeo.batch.warm import SERVER, read_at_start

    SERVER.ensure_running()
    wanted, loaded = read_at_start(given.get("env", os.environ)), read_at_start(SERVER.started_with)
    if changed := sorted(key for key in wanted.keys() | loaded.keys() if wanted.get(key) != loaded.get(key)):
        return f"{', '.join(changed)} changed since its server started"
    return "" if os.path.isdir(given.get("cwd", ".")) else "its folder is not there"  # noqa: PTH112


def _fork(command: list[str], given: dict[str, Any]):
    import resource

    from kkbgeo.batch.warm import SERVER, Fork

    limits = {
        number: resource.getrlimit(number)
        for number in {getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")}
    }
    environment = {**given.get("env", os.environ), "JPY_PARENT_PID": str(os.getpid())}
    with contextlib.ExitStack() as opened:
        outputs = []
        for number in (1, 2):
            try:
                os.fstat(number)
            except OSError:  # a service may have closed it
                number = opened.enter_context(open(os.devnull, "wb")).fileno()  # noqa: PLW2901, PTH123
            outputs.append(number)
        folder = os.path.abspath(given.get("cwd") or ".")  # noqa: PTH100
        return Fork(_Kernel(tuple(command), environment, folder, limits), SERVER, outputs)


@dataclass(frozen=True)
class _Kernel:
    """What becomes a kernel in the forked process: what ``python -m ipykernel_launcher`` does, its libraries loaded."""

    command: tuple[str, ...]
    environment: dict[str, str]
    folder: str
    limits: dict[int, tuple[int, int]]

    def _bootstrap(self, lifeline: int) -> int:
        import resource
        from multiprocessing import forkserver

        from kkbgeo.batch import warm

        os.setsid()
        warm.end_with(lifeline, group=True)
        for number, sent in zip((1, 2), forkserver.get_inherited_fds(), strict=True):
            os.dup2(sent, number)
            os.close(sent)
        warm.leave_server()
        for number, limit in self.limits.items():
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(number, limit)
        # What the libraries set in the environment when they are imported: they are imported here.
        set_by_libraries = sys.modules[warm.PRELOAD].SET_BY_LIBRARIES
        warm.settle({**set_by_libraries, **self.environment}, self.folder)
        for name in ("tqdm.auto", "tqdm.autonotebook"):  # chose their look at import, for papermill: not for a notebook
            if sys.modules.pop(name, None):
                delattr(sys.modules["tqdm"], name.removeprefix("tqdm."))
        sys.argv[:] = [find_spec("ipykernel_launcher").origin, *self.command[3:]]
        sys.orig_argv[:] = self.command
        return _run_until_the_end()


def _run_until_the_end() -> int:
    from ipykernel.kernelapp import IPKernelApp

    code = 0
    try:
        IPKernelApp.launch_instance(parent_handle=1)  # no poller of the parent: the lifeline does that
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        # What Python does at its end, and a forked process does not.
        threading._shutdown()
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
            with contextlib.suppress(Exception):
                stream.flush()
    return code
