"""Build an atlas: decide, run with progress, keep the manifest, index, summary."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from kkbgeo import paths
from kkbgeo.batch.cluster import MOST, check, cluster
from kkbgeo.batch.decide import Decision, Survey, survey
from kkbgeo.batch.fingerprint import digest_of
from kkbgeo.batch.interrupts import stoppable
from kkbgeo.batch.kernels import start_early, stop_idle
from kkbgeo.batch.lock import hold
from kkbgeo.batch.manifest import Manifest, now, sha256_of
from kkbgeo.batch.news import News
from kkbgeo.batch.plan import Run
from kkbgeo.batch.telling import (
    ALL_THERE,
    SOME_FAILED,
    WRONG_CALL,
    Told,
    console_of_batch,
    line,
    progress,
    say,
    summarise,
)  # fmt: skip
from kkbgeo.errors import KkbgeoError
from kkbgeo.pages import analyses

INDEX = "index.html"
_WORTH_SHARING = 4  # pages


@dataclass(frozen=True)
class Request:
    """What is asked of a batch.

    Attributes
    ----------
    out : Path
        The atlas folder.
    only : tuple of str
        Codes of pages; all when empty.
    as_of, language, boundaries : str
        Handed to every notebook.
    force : bool
        Build also what is current.
    briefs : bool
        Whether pages get a picture and a one-page PDF beside them.
    """

    out: Path
    only: tuple[str, ...] = ()
    as_of: str = ""
    language: str = "id"
    force: bool = False
    boundaries: str = ""
    briefs: bool = True

    def survey(self, manifest: Manifest, meanwhile: Callable[[], None] = lambda: None) -> Survey:
        """Compare with what is there; `meanwhile` starts something that may run beside it."""
        return survey(
            manifest, list(self.only), as_of=self.as_of, language=self.language, force=self.force,
            boundaries=self.boundaries, briefs=self.briefs, meanwhile=meanwhile,
        )  # fmt: skip


@dataclass(frozen=True)
class Means:
    """What a batch is built with.

    Attributes
    ----------
    jobs : int
        Notebooks at a time, on this machine.
    limit : float
        Seconds one page may take.
    executor : str
        ``processes`` of this machine, or ``dask``.
    scheduler : str
        The address of a Dask scheduler; "" starts a cluster of `jobs` workers on this machine.
    """

    jobs: int = 1
    limit: float = 900
    executor: str = "processes"
    scheduler: str = ""

    def start(self) -> None:
        """Start what takes long, and do not wait for it."""
        if self.executor != "dask":
            start_early()


def build(
    request: Request, *, jobs: int = 1, limit: float = 900, wait: bool = False, summary: Path | None = None,
    executor: str = "processes", scheduler: str = "",
) -> int:  # fmt: skip
    """Build the pages that are not current, and the index; print a line per page built; return the exit code.

    Parameters
    ----------
    request : Request
        Which pages, into which folder.
    jobs : int
        Notebooks at a time.
    limit : float
        Seconds one page may take.
    wait : bool
        Wait for another batch on the same folder instead of giving up.
    summary : Path, optional
        Where to tell the outcome as JSON, also when the batch was stopped or could not start.
    executor, scheduler : str
        See `Means`.
    """
    console = console_of_batch()
    started, clock, told = now(), time.monotonic(), Told()
    code, problem = WRONG_CALL, ""
    try:
        check(executor, scheduler)
        means = Means(jobs, limit, executor, scheduler)
        with stoppable():
            # A wrong call must not leave an empty folder behind.
            first = None if request.out.is_dir() else request.survey(Manifest(request.out), means.start)
            with hold(request.out, wait=wait, tell=lambda words: say(console, words)):
                _build(request, first, means, console, told)
        code = told.exit_code
    except KkbgeoError as wrong:
        stop_idle()  # a pipe behind this command would wait until it has loaded
        code, problem = getattr(wrong, "exit_code", WRONG_CALL), wrong.message
        raise
    except KeyboardInterrupt as stop:
        stop_idle()  # it may still be loading
        code = 128 + getattr(stop, "number", signal.SIGINT)
        problem = f"stopped by signal {code - 128}"
        say(console, f"Stopped: {len(told.of('built'))} pages built; the next call goes on from there.")
    except BaseException as wrong:
        code, problem = SOME_FAILED, f"{type(wrong).__name__}: {wrong}"
        raise
    finally:
        if summary:
            summarise(
                summary, told, out=request.out, exit_code=code, problem=problem, started=started,
                seconds=time.monotonic() - clock,
            )  # fmt: skip
    return code


def _build(request: Request, first: Survey | None, means: Means, console: Console, told: Told) -> None:
    from kkbgeo.batch.run import sweep

    clock = time.monotonic()
    out = request.out.absolute()
    paths.settle_roots()
    sweep(out)
    manifest = Manifest(out)
    found = first if first and not manifest.pages else request.survey(manifest, means.start)
    stopped = bool(manifest.started) and not manifest.finished
    manifest.started, manifest.finished = now(), ""
    manifest.plan = {"world": found.surroundings.world, "codes": found.codes}
    manifest.code[digest_of(found.surroundings.code)] = found.surroundings.code
    manifest.libraries[digest_of(found.surroundings.libraries)] = found.surroundings.libraries
    _forget(manifest, found)
    by_code = {one.run.code: one for one in found.decisions}
    for one in found.decisions:
        if not one.reasons:
            _keep(manifest, one, found)
            told.pages.append(_line_of(manifest, one.run))
    if found.due:
        _save(manifest, told)
        news = News(manifest, [one.run.code for one in found.due], going_on=stopped)

        def report(outcome) -> None:
            _record(manifest, outcome, by_code[outcome.run.code], found)
            if outcome.status != "failed":
                news.note(outcome.run.code)
            _save(manifest, told)
            told.pages.append(_line_of(manifest, outcome.run))

        _run(request, found, _longest_first(manifest, found), means, report, console)
    else:
        stop_idle()
    try:
        _index(manifest, found, request.language)
    except OSError as full:
        told.problems.append(f"index.html could not be written: {full}")
    manifest.finished = now()
    _save(manifest, told)
    built, failed = len(told.of("built")), told.of("failed", "old")
    say(console, f"{built} pages built, {len(told.of('kept'))} current, {len(failed)} failed, "
                  f"{time.monotonic() - clock:.1f} s. Open {out / INDEX}")  # fmt: skip
    for one in failed:
        page = "its old page stays, marked in the index" if one["status"] == "old" else "it has no page"
        say(
            console,
            f"failed: {one['code']} {one['name']}: {one['error']}; {page}; notebook kept: {out / one['notebook']}",
        )
    for one in dict.fromkeys(told.problems):
        say(console, f"failed: {one}")


def _longest_first(manifest: Manifest, found: Survey) -> list[Run]:
    """Return what is due by the time it took last: a long page that starts last would be waited for alone."""
    took = {code: entry.get("seconds", 0) for code, entry in manifest.pages.items()}
    return sorted((one.run for one in found.due), key=lambda run: -took.get(run.code, 0))


def _run(request: Request, found: Survey, due: list[Run], means: Means, report: Callable, console: Console) -> None:
    """Run what is due here or on a cluster, with a bar and a line per page."""
    from kkbgeo.batch.run import run_all

    out, dask = request.out.absolute(), means.executor == "dask"
    many = f"on the cluster {means.scheduler}".rstrip() if dask else f"{means.jobs} at a time"
    with progress(console, f"{len(due)} pages, {many}", len(due)) as advance:

        def tell(outcome) -> None:
            report(outcome)
            advance(line(outcome))

        if not dask:
            with _worked_once(request, found):
                run_all(due, out, jobs=means.jobs, limit=means.limit, report=tell)
            return
        with cluster(means.scheduler, means.jobs, due, lambda words: advance(words, by=0)) as there:
            run_all(
                due, out, jobs=min(len(due), MOST), limit=means.limit, report=tell, execute=there.build, stop=there.stop
            )


def _worked_once(request: Request, found: Survey) -> AbstractContextManager:
    """Share what all pages need; for a few pages not worth it when nothing had to be read to plan them."""
    from kkbgeo.batch.once import worked_once
    from kkbgeo.batch.run import STAGING
    from kkbgeo.workbench import Workbench

    if not found.bench and len(found.due) < _WORTH_SHARING:
        return nullcontext()
    bench = found.bench or Workbench(as_of=request.as_of, language=request.language, boundaries=request.boundaries)
    analysed = any(one.run.code in analyses() for one in found.due)
    return worked_once(bench, request.out.absolute() / STAGING, weights=analysed)


def dry_run(request: Request) -> int:
    """Print which pages would be built, and why; build nothing."""
    console = Console(soft_wrap=True)
    found = request.survey(Manifest(request.out))
    for one in found.due:
        say(console, f"{one.run.code:<10} {one.run.name:<22} {'; '.join(one.reasons)}")
    say(console, f"{len(found.due)} of {len(found.decisions)} pages would be built")
    return ALL_THERE


def why(request: Request, code: str) -> int:
    """Print why one page would be built, or that it is current."""
    manifest = Manifest(request.out)
    asked = replace(request, only=(code,))
    one = next(one for one in asked.survey(manifest).decisions if one.run.code == code)
    console = Console(soft_wrap=True)
    entry = manifest.pages.get(code, {})
    if not one.reasons:
        say(console, f"{code} {one.run.name} is current: built {entry['built']}, {entry['path']}")
        return ALL_THERE
    say(console, f"{code} {one.run.name} would be built:")
    for reason in one.reasons:
        say(console, f"- {reason}")
    if entry.get("error"):
        say(console, f"- (its last build failed: {entry['error']})")
    return ALL_THERE


# --- the manifest ----------------------------------------------------------------------------------------------


def _forget(manifest: Manifest, found: Survey) -> None:
    """Remove the files of areas that the gazetteer has no more."""
    for code in set(manifest.pages) - set(found.codes):
        entry = manifest.pages.pop(code)
        for name in (entry.get("path", ""), *entry.get("files", {}), f"meta/{code}.json"):
            if name:
                (manifest.out / name).unlink(missing_ok=True)


def _keep(manifest: Manifest, one: Decision, found: Survey) -> None:
    entry = manifest.pages[one.run.code]
    entry.update(status="kept", world=found.surroundings.world, error="", notebook="")
    entry["inputs"] = one.inputs


def _record(manifest: Manifest, outcome, one: Decision, found: Survey) -> None:
    run: Run = outcome.run
    before = manifest.pages.get(run.code, {})
    tried = {
        "seconds": round(outcome.seconds, 2),
        "peak_kb": outcome.peak_kb,
        "where": outcome.where,
        "attempts": outcome.attempts,
        "warnings": list(outcome.warnings),
        "error": outcome.error,
        "notebook": outcome.notebook.relative_to(manifest.out).as_posix() if outcome.notebook else "",
    }
    if outcome.status == "failed":
        # What stands there is the page that was built from the old fingerprint, if any does.
        old = bool(before.get("path")) and (manifest.out / before["path"]).is_file()
        base = before or {"level": run.level, "name": run.name}
        manifest.pages[run.code] = {**base, "status": "old" if old else "failed", "world": "", **tried}
        return
    path = outcome.page.relative_to(manifest.out).as_posix()
    for stale in {before.get("path") or path, *before.get("files", {})} - {path, *outcome.files}:
        (manifest.out / stale).unlink(missing_ok=True)  # the area has another name now, or no picture any more
    manifest.pages[run.code] = {
        "level": run.level,
        "name": run.name,
        "path": path,
        "status": "built",
        "world": found.surroundings.world,
        "fingerprint": one.fingerprint,
        "inputs": one.inputs,
        "parameters": run.parameters,
        "built": now(),
        "bytes": outcome.page.stat().st_size,
        "sha256": outcome.sha256,
        "entry_sha256": outcome.entry_sha256,
        "files": outcome.files,
        **tried,
    }


def _save(manifest: Manifest, told: Told) -> None:
    """Save the manifest; where the disk is full the batch goes on, and the next call builds what was not noted."""
    try:
        manifest.save()
    except OSError as full:
        told.problems.append(f"manifest.json could not be written: {full}")
    else:
        told.problems = [one for one in told.problems if not one.startswith("manifest.json")]


def _index(manifest: Manifest, found: Survey, language: str) -> None:
    """Write the index, unless the one that stands there was made from the very same pages."""
    marked = {code: entry["name"] for code, entry in manifest.pages.items() if entry["status"] in ("failed", "old")}
    entries = {code: entry.get("entry_sha256", "") for code, entry in manifest.pages.items()}
    made_of = digest_of([found.surroundings.world, entries, marked, manifest.news])
    path = manifest.out / INDEX
    if manifest.index.get("of") == made_of and sha256_of(path) == manifest.index.get("sha256"):
        return
    from kkbgeo.batch.gallery import write_index
    from kkbgeo.regions.gazetteer import Gazetteer

    gazetteer = found.bench.gazetteer if found.bench else Gazetteer.load(paths.data_root())
    write_index(
        manifest.out, gazetteer, language=language, failed=marked, news=manifest.news, data=found.surroundings.data
    )
    manifest.index = {"of": made_of, "bytes": path.stat().st_size, "sha256": sha256_of(path)}


def _line_of(manifest: Manifest, run: Run) -> dict[str, Any]:
    entry = manifest.pages[run.code]
    told = ("status", "seconds", "peak_kb", "attempts", "error", "notebook", "path", "bytes", "sha256", "warnings")
    return {"code": run.code, "name": run.name, **{key: entry[key] for key in told if key in entry}}
