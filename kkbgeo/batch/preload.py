"""Imported by the server of warm processes, and there alone: loads what kernels and papermill need, once.

Importing it there is the work. It must start no thread, leave no file open, and change nothing that a run could tell
from a fresh process except that these modules are loaded.
"""

from __future__ import annotations

import atexit
import builtins
import contextlib
import contextvars
import gc
import importlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import types
from multiprocessing import forkserver
from pathlib import Path

from kkbgeo.batch import warm
from kkbgeo.batch.kernels import MODULES, ON_FIRST_USE, missing
from kkbgeo.batch.rehearsal import rehearse

SLOW = "rfc3987_syntax"  # compiles a grammar for two seconds, for one check of jsonschema that hardly anybody asks for
PRINT_PATH = "import sys; print(*sys.path, sep='\\n')"


def _check_when_asked(*given):
    return importlib.import_module(SLOW).is_valid_syntax(*given)


def _load_jsonschema(_name: str) -> None:
    """Import jsonschema, but what is slow in it only when it is used."""
    if importlib.util.find_spec(SLOW):
        sys.modules[SLOW] = types.ModuleType(SLOW)
        sys.modules[SLOW].is_valid_syntax = _check_when_asked
    try:
        importlib.import_module("jsonschema")
    finally:
        sys.modules.pop(SLOW, None)


def _load_pandas(_name: str) -> None:
    """Import pandas as a kernel would: it looks around, once, for how wide a frame may be and in which encoding."""
    builtins.get_ipython = lambda: types.SimpleNamespace(kernel=True)
    encoding = getattr(sys.stdout, "encoding", None)
    if encoding:
        sys.stdout.reconfigure(encoding="UTF-8")
    try:
        importlib.import_module("pandas")
    finally:
        del builtins.get_ipython
        if encoding:
            sys.stdout.reconfigure(encoding=encoding)


def _load() -> str:
    """Import everything; return what went wrong, or ""."""
    for name in MODULES:
        try:
            SPECIAL.get(name, importlib.import_module)(name)
        except Exception as wrong:
            return f"{name} cannot be loaded ({type(wrong).__name__}: {wrong})"
    for name in ON_FIRST_USE:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    return missing()


def _clear_up() -> None:
    """Remove what the batch could not, had it been killed: the server is always the last to go."""
    if os.getpid() != SERVER:
        return
    shutil.rmtree(FOLDER or "", ignore_errors=True)
    address = Path(forkserver._forkserver._forkserver_address or "")
    if address.parent.name.startswith("pymp-"):
        shutil.rmtree(address.parent, ignore_errors=True)


def _load_matplotlib(_name: str) -> None:
    """Import the part of matplotlib that draws, as a kernel would, which shows its figures in the notebook."""
    from kkbgeo.paper.letters import quiet_matplotlib

    chosen = os.environ.get("MPLBACKEND")
    os.environ["MPLBACKEND"] = chosen or "module://matplotlib_inline.backend_inline"
    try:
        quiet_matplotlib()
    finally:
        os.environ.pop("MPLBACKEND")
        if chosen is not None:
            os.environ["MPLBACKEND"] = chosen


SPECIAL = {
    "jsonschema": _load_jsonschema,
    "pandas": _load_pandas,
    "matplotlib.backends.backend_agg": _load_matplotlib,
}
SERVER = os.getpid()
PROBLEM = "this process is not its server"
PATH: list[str] = []
SET_BY_LIBRARIES: dict[str, str] = {}
FOLDER: str | None = None

if any("multiprocessing.forkserver" in word for word in sys.orig_argv):
    _interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program that asks
    _before = dict(os.environ)
    gc.disable()  # hardly anything loaded here is garbage, and to look for it takes a fifth of the time
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # or the debugger's first import prints a warning
    # The path that Python starts with, not the one that the program that asks has made of it.
    with subprocess.Popen([sys.executable, "-c", PRINT_PATH], stdout=subprocess.PIPE, text=True, cwd="/") as _shown:
        PROBLEM = _load()
        if not PROBLEM:
            contextvars.copy_context().run(rehearse)  # what it sets there is not for a page
        PATH = [line for line in _shown.stdout.read().splitlines() if line]
    SET_BY_LIBRARIES = {key: value for key, value in os.environ.items() if _before.get(key) != value}
    SET_BY_LIBRARIES.pop("PYDEVD_DISABLE_FILE_VALIDATION", None)
    # Connection files and sockets of all kernels: readable by this user alone, and short enough for a socket's path.
    FOLDER = tempfile.mkdtemp(prefix=warm.FOLDER.format(SERVER))
    atexit.register(_clear_up)
    signal.signal(signal.SIGINT, _interrupt)
    for _stream in (sys.stdout, sys.stderr):
        if _stream:  # a service may have closed it
            _stream.flush()
    gc.collect()
    gc.freeze()
    gc.enable()
