"""Build an atlas: plan, run with progress, index, summary."""

from __future__ import annotations

import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from kkbgeo.batch.gallery import write_index
from kkbgeo.batch.plan import plan
from kkbgeo.batch.run import Outcome, run_all
from kkbgeo.workbench import Workbench


def build(
    out: Path, only: list[str], *, as_of: str = "", jobs: int = 1, language: str = "id", limit: float = 900
) -> list[Outcome]:
    """Build the pages that `only` names (all when empty) and the index; print a line per area.

    Returns
    -------
    list of Outcome
        One per page, in the order of the plan; the caller turns a failure into an exit code.
    """
    # The workbench checks date, language and data once, before 62 kernels would each find the same fault.
    bench = Workbench(as_of=as_of, language=language)
    runs = plan(bench.gazetteer, only, as_of=as_of, language=language)
    console = Console(soft_wrap=True)
    started = time.monotonic()
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(f"{len(runs)} pages, {jobs} at a time", total=len(runs))

        def report(outcome: Outcome) -> None:
            progress.advance(task)
            progress.console.print(_line(outcome), markup=False, highlight=False)

        outcomes = run_all(runs, out, jobs=jobs, limit=limit, report=report)
    failed = [one for one in outcomes if one.status == "failed"]
    names = {one.run.code: one.run.name for one in failed}
    index = write_index(out, bench.gazetteer, language=language, failed=names)
    console.print(
        f"{len(outcomes) - len(failed)} pages built, {len(failed)} failed, "
        f"{time.monotonic() - started:.0f} s. Open {index}",
        markup=False,
        highlight=False,
    )
    for one in failed:
        console.print(f"failed: {_line(one)}", markup=False, highlight=False)
    return outcomes


def _line(outcome: Outcome) -> str:
    head = f"{outcome.status:<6} {outcome.run.code:<10} {outcome.run.name:<22} {outcome.seconds:5.1f} s"
    if outcome.status == "failed":
        return f"{head}  {outcome.error}  notebook kept: {outcome.notebook}"
    return f"{head}  {outcome.page.stat().st_size / 1000:.0f} kB"
