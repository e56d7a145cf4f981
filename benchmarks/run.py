"""Measure, side by side in one run, and print ratios; nothing is asserted here.

Run: ``make bench`` or ``python benchmarks/run.py --pages 4``
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

SAMPLE = ["63.11", "62.10", "64.03", "61.06", "63.71", "62.04", "65.02", "64.74"]


def clock(work) -> tuple[float, object]:
    """Return the seconds a piece of work took, and its result."""
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def plain_loop(codes: list[str], out: Path) -> None:
    """Do what a user does without kkbgeo's batch: papermill, one notebook after the other."""
    import papermill

    from kkbgeo import paths

    notebook = paths.notebooks_root() / "01_regency_profile.ipynb"
    for code in codes:
        papermill.execute_notebook(
            str(notebook), str(out / f"{code}.ipynb"), parameters={"regency": code, "out": str(out)}, progress_bar=False
        )


def batch(codes: list[str], out: Path) -> None:
    """Build the same pages with the command."""
    only = [word for code in codes for word in ("--only", code)]
    command = [sys.executable, "-c", "from kkbgeo.cli import main; main()", "atlas", *only, "--out", str(out)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def cells_alone(codes: list[str]) -> None:
    """Do the work of the cells alone, in this process: what no batch can save."""
    import kkbgeo

    profiles = kkbgeo.profiles
    for code in codes:
        wb = kkbgeo.Workbench()
        page = profiles.new_page(wb, code)
        page.findings(profiles.of_area(wb, code))
        page.show("villages", profiles.village_map(wb, code))
        for name in ("where", "classes", "kampung", "aid", "prevalence", "risk", "counts"):
            page.show(name, getattr(profiles, name)(wb, code))
        profiles.finish(wb, page).html()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pages", type=int, default=4, help="regency pages to build (1 to 8)")
    codes = SAMPLE[: arguments.parse_args().pages]
    with tempfile.TemporaryDirectory() as folder:
        loop, _ = clock(lambda: plain_loop(codes, Path(folder)))
        quick, _ = clock(lambda: batch(codes, Path(folder) / "atlas"))
        sizes = [path.stat().st_size for path in (Path(folder) / "atlas" / "regency").glob("*.html")]
    cells_alone(codes[:1])  # imports are not the work
    alone, _ = clock(lambda: cells_alone(codes))
    count = len(codes)
    table = Table(title=f"{count} regency pages, {os.cpu_count()} cores, {multiprocessing.get_start_method()}")
    for head in ("what", "seconds a page", "times the plain loop"):
        table.add_column(head, justify="right")
    for name, seconds in (("plain papermill loop", loop), ("kkbgeo atlas", quick), ("the cells alone", alone)):
        table.add_row(name, f"{seconds / count:.2f}", f"{loop / seconds:.1f}")
    console = Console()
    console.print(table)
    console.print(f"bytes a page: {min(sizes)} to {max(sizes)}; peak memory of this process: "
                  f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")  # fmt: skip


if __name__ == "__main__":
    main()
