"""Run a plan: one process per notebook run, pages moved into place only when whole."""

from __future__ import annotations

import json
import multiprocessing
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kkbgeo.batch.faults import worth_a_retry
from kkbgeo.batch.interrupts import undisturbed
from kkbgeo.batch.kernels import kernel
from kkbgeo.batch.manifest import move_durably, sha256_of
from kkbgeo.batch.orphans import USAGE, end_marked
from kkbgeo.batch.plan import Run
from kkbgeo.batch.process import in_own_process

STAGING = ".staging"
FAILED = "failed"
PAUSE = 1.0  # seconds before a second try
_WARNINGS = 20

Execute = Callable[[Run, Path, float], str]


@dataclass(frozen=True)
class Outcome:
    """What became of one run; a failed one keeps its notebook and leaves the old page alone."""

    run: Run
    status: str  # built | kept | failed
    seconds: float
    page: Path | None = None
    error: str = ""
    notebook: Path | None = None
    attempts: int = 1
    peak_kb: int = 0
    warnings: tuple[str, ...] = ()
    sha256: str = ""
    entry_sha256: str = ""
    files: dict[str, dict[str, Any]] = field(default_factory=dict)  # beside the page: path -> sha256, bytes
    where: str = ""  # the worker of a cluster; "" is this machine


def run_all(
    runs: list[Run],
    out: Path,
    *,
    jobs: int,
    limit: float = 900,
    report: Callable[[Outcome], None] = lambda _: None,
    execute: Execute | None = None,
    stop: Callable[[], None] | None = None,
) -> list[Outcome]:
    """Build every page of a plan; a failure costs its own page alone.

    Runs that died, hung or met trouble of the machine are tried once more, after all others and one at a
    time, so that a run that was short of memory has all of it.

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
        Called with each outcome as it comes, in the caller's thread, when its page is in place.
    execute : callable
        Runs one notebook into a folder and returns "" or what went wrong; else `in_own_process`.
        It may write ``usage.json`` there: ``peak_kb``, ``seconds`` (else those it took) and ``where``.
    stop : callable
        Called again and again when the batch is broken off, until `execute` has returned or raised everywhere;
        else the processes of this program are ended.

    Returns
    -------
    list of Outcome
        In the order of `runs`.
    """
    if execute is None:
        execute = in_own_process
        kernel()  # loads the server of warm kernels here, before threads would wait for it
    out = Path(out).absolute()  # the notebooks run in another folder
    (out / STAGING).mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(dir=out / STAGING))
    outcomes: dict[str, Outcome] = {}
    again: list[tuple[Run, Outcome]] = []

    def settle(outcome: Outcome, aside: Path) -> Outcome:
        # Only here, in the caller's thread, does anything enter the atlas folder.
        done = _settle(outcome, aside, out)
        shutil.rmtree(aside, ignore_errors=True)
        return done

    def keep(outcome: Outcome) -> None:
        outcomes[outcome.run.code] = outcome
        report(outcome)

    try:
        with ThreadPoolExecutor(max_workers=max(1, jobs)) as threads:
            waiting = {threads.submit(_attempt, run, staging / run.code, limit, execute): run for run in runs}
            try:
                for done in as_completed(waiting):
                    run = waiting[done]
                    outcome = settle(done.result(), staging / run.code)
                    if outcome.status == "failed" and worth_a_retry(outcome.error):
                        again.append((run, outcome))
                    else:
                        keep(outcome)
                for run, first in again:
                    time.sleep(PAUSE)
                    second = threads.submit(_attempt, run, staging / f"{run.code}-again", limit, execute)
                    waiting[second] = run
                    outcome = settle(second.result(), staging / f"{run.code}-again")
                    seconds = first.seconds + outcome.seconds
                    keep(replace(outcome, attempts=2, seconds=seconds, peak_kb=max(first.peak_kb, outcome.peak_kb)))
            except BaseException:
                with undisturbed():
                    _stop(threads, list(waiting), staging, stop or _end_processes)
                raise
    finally:
        end_marked(staging)
        shutil.rmtree(staging, ignore_errors=True)
        with suppress(OSError):
            (out / STAGING).rmdir()  # unless another one's folder is in it
    return [outcomes[run.code] for run in runs]


def sweep(out: Path) -> int:
    """Remove what dead batches left in `out`, and end what they left running; return how many folders there were.

    To be called by the holder of the folder's lock alone.
    """
    stale = [*(Path(out) / STAGING).glob("*")]
    if stale:
        end_marked(Path(out).absolute() / STAGING)
    for folder in stale:
        shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        (Path(out) / STAGING).rmdir()
    for part in Path(out).glob(".*.part"):
        part.unlink(missing_ok=True)
    return len(stale)


def _stop(threads: ThreadPoolExecutor, waiting: list[Future], staging: Path, stop: Callable[[], None]) -> None:
    """End every run at once."""
    threads.shutdown(wait=False, cancel_futures=True)
    # A run that was just being started is not listed at once, so look again until all have ended.
    while any(one.running() for one in waiting):
        stop()
        end_marked(staging)
        time.sleep(0.05)


def _end_processes() -> None:
    for child in multiprocessing.active_children():
        child.kill()


def _attempt(run: Run, aside: Path, limit: float, execute: Execute) -> Outcome:
    """Run once, in a folder aside; nothing of the atlas is touched."""
    started = time.monotonic()
    try:
        aside.mkdir(parents=True)
        error = execute(run, aside, limit)
    except OSError as wrong:  # no room for the folder, no process to be had
        error = f"{type(wrong).__name__}: {wrong}"
    if error:
        end_marked(aside)  # a process that was stopped leaves its kernel
    elif len(_pages(aside)) != 1:
        error = f"the notebook saved {len(_pages(aside))} pages, not one"
    usage = _usage(aside)
    return Outcome(
        run, "failed" if error else "built", usage.get("seconds", time.monotonic() - started), error=error,
        peak_kb=usage.get("peak_kb", 0), where=usage.get("where", ""), warnings=_warnings(aside / run.notebook.name),
    )  # fmt: skip


def _settle(outcome: Outcome, aside: Path, out: Path) -> Outcome:
    """Move a built page into place, or keep the notebook of a failed run."""
    run = outcome.run
    kept = out / FAILED / f"{run.code}.ipynb"
    if not outcome.error:
        try:
            beside = _beside(aside / "atlas", run.code)
            page = _move_into_place(aside / "atlas", out, _pages(aside)[0])
        except OSError as wrong:
            outcome = replace(outcome, status="failed", error=f"{type(wrong).__name__}: {wrong}")
        else:
            kept.unlink(missing_ok=True)
            entry = sha256_of(out / "meta" / f"{run.code}.json")
            return replace(outcome, page=page, sha256=sha256_of(page), entry_sha256=entry, files=beside)
    executed = aside / run.notebook.name
    try:
        kept.parent.mkdir(exist_ok=True)
        # A run that was killed may not have written its notebook yet; the source then stands for it.
        shutil.copyfile(executed if executed.is_file() else run.notebook, kept)
    except OSError:  # a full disk: the error itself is still told
        return outcome
    return replace(outcome, notebook=kept)


def _pages(aside: Path) -> list[Path]:
    return sorted((aside / "atlas").rglob("*.html"))


def _beside(aside: Path, code: str) -> dict[str, dict[str, Any]]:
    """Return what a run made besides page and entry: path below the atlas -> checksum and size."""
    paths = sorted(path for path in aside.rglob("*") if path.is_file() and path.suffix != ".html")
    named = {path.relative_to(aside).as_posix(): path for path in paths}
    named.pop(f"meta/{code}.json", None)
    return {name: {"sha256": sha256_of(path), "bytes": path.stat().st_size} for name, path in named.items()}


def _move_into_place(aside: Path, out: Path, page: Path) -> Path:
    # The page goes last: a page in place has its entry for the index beside it.
    for path in sorted((path for path in aside.rglob("*") if path.is_file()), key=lambda path: path == page):
        move_durably(path, out / path.relative_to(aside))
    return out / page.relative_to(aside)


def _usage(aside: Path) -> dict[str, Any]:
    try:
        found = json.loads((aside / USAGE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _warnings(executed: Path) -> tuple[str, ...]:
    """Return what the cells of a run wrote to stderr, a line each."""
    try:
        cells = json.loads(executed.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return ()
    texts = [
        "".join(output.get("text", ""))
        for cell in cells
        for output in cell.get("outputs", [])
        if output.get("output_type") == "stream" and output.get("name") == "stderr"
    ]
    lines = [line.strip()[:300] for line in "\n".join(texts).splitlines() if line.strip()]
    return tuple(lines[:_WARNINGS])
