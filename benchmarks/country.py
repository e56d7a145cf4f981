"""Build the atlas of a simulated country and watch it: memory, open files, processes and CPU; nothing is asserted here.

Run: ``python benchmarks/country.py`` (all of it: 514 regencies, 38 provinces, the overview and the index), or a part
with ``--pages 100``. Linux only: it reads /proc. A workspace that ``kkbgeo simulate --scope indonesia`` made is taken
with ``--data``; else one is made first.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

KKBGEO = [sys.executable, "-c", "from kkbgeo.cli import main; main()"]
WORKERS = (1, 2, 4, 8, 16, 32, 64)
console = Console()


@dataclass(frozen=True)
class Sample:
    """The batch and all below it at one moment; CPU seconds since its start, ended processes included."""

    seconds: float
    pages: int
    pss_mb: float
    files: int
    processes: int
    own_cpu: float
    all_cpu: float


def sample(batch: psutil.Process, started: float, out: Path) -> Sample:
    """Look at every process of the batch."""
    family = [batch, *batch.children(recursive=True)]
    pss, cpu, files, own = 0, 0.0, 0, 0.0
    for one in family:
        with suppress(psutil.Error, OSError, ValueError):
            told = Path(f"/proc/{one.pid}/smaps_rollup").read_text()
            pss += next(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:"))
            times = one.cpu_times()
            # A process's time passes to its parent when it has ended and was looked after.
            cpu += times.user + times.system + times.children_user + times.children_system
            if one.pid == batch.pid:
                files, own = one.num_fds(), times.user + times.system
    pages = len(list((out / "meta").glob("*.json")))
    return Sample(time.monotonic() - started, pages, pss / 1024, files, len(family), own, cpu)


def watch(data: Path, out: Path, pages: int, jobs: int, every: float) -> tuple[list[Sample], dict]:
    """Build, and look every so many seconds; return what was seen and the batch's own summary."""
    only = [word for code in codes(data)[:pages] for word in ("--only", code)] if pages else []
    summary = out / "summary.json"
    line = [*KKBGEO, "atlas", "--out", str(out), "--jobs", str(jobs), "--summary", str(summary), *only]
    seen, started = [], time.monotonic()
    with subprocess.Popen(line, env={**os.environ, "KKBGEO_DATA": str(data)}, stdout=subprocess.DEVNULL) as process:
        batch = psutil.Process(process.pid)
        while process.poll() is None:
            with suppress(psutil.Error):
                seen.append(sample(batch, started, out))
            time.sleep(every)
    return seen, json.loads(summary.read_text(encoding="utf-8"))


def codes(data: Path) -> list[str]:
    """Return the codes of all regencies."""
    from kkbgeo.regions.gazetteer import Gazetteer

    return Gazetteer.load(data).codes("regency")


def slope(seen: list[Sample], part: str) -> float:
    """Return how much a figure grows per 100 pages (least squares)."""
    x, y = [one.pages for one in seen], [getattr(one, part) for one in seen]
    return 100 * statistics.linear_regression(x, y).slope if len(set(x)) > 1 else 0.0


def tell_growth(seen: list[Sample]) -> None:
    """Print each figure in the first and the last quarter of the time in which pages were built."""
    building = [one for one in seen if 0 < one.pages < seen[-1].pages] or seen
    quarter = max(1, len(building) // 4)
    table = Table(title=f"{len(building)} samples while pages were built")
    for head in ("what", "first quarter", "last quarter", "growth per 100 pages", "peak"):
        table.add_column(head, justify="right")
    named = {"pss_mb": "memory, all processes (PSS, MB)", "files": "open files of the batch", "processes": "processes"}
    for part, name in named.items():
        first, last = (
            statistics.mean(getattr(one, part) for one in some) for some in (building[:quarter], building[-quarter:])
        )
        peak = max(getattr(one, part) for one in seen)
        table.add_row(name, f"{first:.1f}", f"{last:.1f}", f"{slope(building, part):+.2f}", f"{peak:.0f}")
    console.print(table)


def tell_scaling(seen: list[Sample], count: int) -> None:
    """Print what the batch itself and its runs cost, and what that gives for more workers."""
    first = next((one for one in seen if one.pages), seen[-1])
    last = next((one for one in seen if one.pages == seen[-1].pages), seen[-1])
    pages = max(1, last.pages - first.pages)
    own = (last.own_cpu - first.own_cpu) / pages
    runs = (seen[-1].all_cpu - seen[-1].own_cpu) / count
    fixed = first.own_cpu + seen[-1].own_cpu - last.own_cpu
    console.print(f"CPU seconds: {fixed:.1f} once (plan, sharing, index), {own:.3f} a page in the batch itself, "
                  f"{runs:.2f} a page in its runs (the server's start included)")  # fmt: skip
    table = Table(title="seconds = once + pages x max(batch, runs / workers), a core for each")
    for head in ("workers", "seconds", "pages a second", "times one worker"):
        table.add_column(head, justify="right")
    whole = {workers: fixed + count * max(own, runs / workers) for workers in WORKERS}
    for workers, seconds in whole.items():
        table.add_row(str(workers), f"{seconds:.0f}", f"{count / seconds:.1f}", f"{whole[1] / seconds:.1f}")
    console.print(table)
    if own > 0:
        console.print(f"No faster from {runs / own:.0f} workers on: the batch itself is then always busy.")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pages", type=int, default=0, help="regency pages only, so many; else everything")
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--every", type=float, default=1.0, help="seconds between samples")
    arguments.add_argument("--data", type=Path, help="a workspace made by kkbgeo simulate --scope indonesia")
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = given.data
        if data is None:
            data = Path(folder) / "data"
            line = [*KKBGEO, "simulate", "--scope", "indonesia", "--seed", str(given.seed), "--out", str(data)]
            subprocess.run(line, check=True)
        out = Path(folder) / "atlas"
        out.mkdir()
        seen, told = watch(data.absolute(), out, given.pages, given.jobs, given.every)
        built, failed = len(told["built"]), len(told["failed"])
        console.print(f"{built} pages built, {failed} failed, {told['seconds']:.0f} s with {given.jobs} jobs on "
                      f"{os.cpu_count()} cores: {built / told['seconds']:.2f} pages a second")  # fmt: skip
        for one in told["failed"]:
            console.print(f"failed: {one['code']}: {one['error']} ({one['attempts']} attempts)")
        sizes = [path.stat().st_size for path in out.rglob("*.html") if path.name != "index.html"]
        console.print(f"{sum(sizes) / 1e6:.0f} MB of pages; largest {max(sizes) / 1e6:.1f} MB; "
                      f"index {(out / 'index.html').stat().st_size / 1e6:.1f} MB")  # fmt: skip
    tell_growth(seen)
    tell_scaling(seen, max(built, 1))


if __name__ == "__main__":
    main()
