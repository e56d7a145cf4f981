"""Run a plan: one process per notebook run, pages moved into place only when whole."""

from __future__ import annotations

import multiprocessing
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from kkbgeo.batch.plan import Run
from kkbgeo.batch.process import in_own_process

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
    out = out.absolute()  # the notebooks run in another folder
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
    error = in_own_process(run, aside, limit)
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
