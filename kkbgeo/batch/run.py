"""Run a plan: one process per notebook run, pages moved into place only when whole."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kkbgeo.batch.plan import Run

STAGING = ".staging"
FAILED = "failed"


@dataclass(frozen=True)
class Outcome:
    """What became of one run; a failed one keeps its notebook and leaves the old page alone."""

    run: Run
    status: str  # built | failed
    seconds: float
    page: Path | None = None
    error: str = ""
    notebook: Path | None = None


def run_all(
    runs: list[Run], out: Path, *, jobs: int, limit: float = 900, report: Callable[[Outcome], None] = lambda _: None
) -> list[Outcome]:
    """Build every page of a plan; a failure costs its own page alone.

    Parameters
    ----------
    runs : list of Run
        From `kkbgeo.batch.plan.plan`.
    out : Path
        The atlas folder. Pages are written in a folder aside and renamed into it.
    jobs : int
        Runs at a time.
    limit : float
        Seconds one page may take before it counts as failed.
    report : callable
        Called with each outcome as it comes.

    Returns
    -------
    list of Outcome
        In the order of `runs`.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / STAGING).mkdir(exist_ok=True)
    staging = Path(tempfile.mkdtemp(dir=out / STAGING))
    outcomes: dict[str, Outcome] = {}
    try:
        with ThreadPoolExecutor(max_workers=max(1, jobs)) as threads:
            waiting = {threads.submit(_run_one, run, out, staging / run.code, limit): run for run in runs}
            try:
                for done in as_completed(waiting):
                    outcome = done.result()
                    outcomes[outcome.run.code] = outcome
                    report(outcome)
            except BaseException:
                threads.shutdown(wait=False, cancel_futures=True)
                for child in multiprocessing.active_children():
                    child.terminate()
                raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        if not any((out / STAGING).iterdir()):
            (out / STAGING).rmdir()
    return [outcomes[run.code] for run in runs]


def _run_one(run: Run, out: Path, aside: Path, limit: float) -> Outcome:
    started = time.monotonic()
    aside.mkdir(parents=True)
    error = _in_own_process(run, aside, limit)
    pages = sorted((aside / "atlas").rglob("*.html"))
    if not error and len(pages) != 1:
        error = f"the notebook saved {len(pages)} pages, not one"
    executed = aside / run.notebook.name
    seconds = time.monotonic() - started
    kept = out / FAILED / f"{run.code}.ipynb"
    if error:
        kept.parent.mkdir(exist_ok=True)
        # A run that was killed may not have written its notebook yet; the source then stands for it.
        shutil.copyfile(executed if executed.is_file() else run.notebook, kept)
        return Outcome(run, "failed", seconds, error=error, notebook=kept)
    page = _move_into_place(aside / "atlas", out, pages[0])
    kept.unlink(missing_ok=True)
    return Outcome(run, "built", seconds, page=page)


def _move_into_place(aside: Path, out: Path, page: Path) -> Path:
    # The page goes last: a page in place has its entry for the index beside it.
    for path in sorted((path for path in aside.rglob("*") if path.is_file()), key=lambda path: path == page):
        target = out / path.relative_to(aside)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
    return out / page.relative_to(aside)


def _in_own_process(run: Run, aside: Path, limit: float) -> str:
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
