"""One notebook run in a process of its own: started, limited in time, ended for certain."""

from __future__ import annotations

import multiprocessing
import os
import traceback
from functools import cache
from pathlib import Path

from kkbgeo.batch.orphans import guard
from kkbgeo.batch.plan import Run


def in_own_process(run: Run, aside: Path, limit: float) -> str:
    """Run a notebook in a process of its own; return "" or what went wrong."""
    context = _context()
    answer, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_execute, args=(run, str(aside), theirs), daemon=False)
    child.start()
    theirs.close()
    try:
        if answer.poll(limit):
            return answer.recv()
        return f"took longer than {limit:.0f} s and was stopped"
    except EOFError:
        child.join(5)
        return f"its process ended without an answer (exit code {child.exitcode}); out of memory?"
    finally:
        answer.close()
        child.join(5)
        if child.is_alive():
            child.kill()
            child.join()


@cache
def _context() -> multiprocessing.context.BaseContext:
    """Return how processes start: from a server that has imported papermill once, else from nothing."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["papermill"])
    return context


def _execute(run: Run, aside: str, answer) -> None:
    try:
        guard(Path(aside))
        # The kernel's own chatter goes to a log, not into the progress bar.
        log = os.open(Path(aside) / "kernel.log", os.O_WRONLY | os.O_CREAT)
        os.dup2(log, 1)
        os.dup2(log, 2)
        # A settings folder of its own: parallel kernels must not share a history file.
        os.environ["IPYTHONDIR"] = str(Path(aside) / "ipython")
        os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
        import papermill

        papermill.execute_notebook(
            str(run.notebook),
            str(Path(aside) / run.notebook.name),
            parameters={**run.parameters, "out": str(Path(aside) / "atlas")},
            kernel_name="python3",
            cwd=str(run.notebook.parent),
            progress_bar=False,
            log_output=False,
            start_timeout=120,
        )
        answer.send("")
    except Exception as wrong:
        answer.send(_one_line(wrong))
    finally:
        answer.close()


def _one_line(wrong: Exception) -> str:
    """Say what went wrong in a cell: the error's own name and first line, not the whole traceback."""
    name, value = getattr(wrong, "ename", ""), getattr(wrong, "evalue", "")
    if name:
        return f"{name}: {value.splitlines()[0] if value else ''} (cell {getattr(wrong, 'exec_count', '?')})"
    return traceback.format_exception_only(wrong)[-1].strip().splitlines()[0]
