"""Measure the batch side by side with the plain loop, in one run; print ratios; nothing is asserted here.

Run: ``make bench``, or ``python benchmarks/run.py --rounds 3 --sample 4``. The whole atlas is built in each round; of
the plain loop a sample of its pages (all kinds, in proportion), since all of them take minutes; ``--sample 62`` runs
all. Two plain loops are measured: the command ``papermill`` once a page, as in a shell, and
`papermill.execute_notebook` in one Python, which imports papermill once.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

SAMPLE = ("63.11", "kalimantan", "63", "62.10", "64.03", "61.06", "63.71", "62", "62.04", "65.02", "64.74", "63.01")
KKBGEO = [sys.executable, "-c", "from kkbgeo.cli import main; main()"]
CHANGED = ("aid_events", "63.11")  # the first record of this table and place gets another note
console = Console(width=120)


def clock(work: Callable[[], object]) -> float:
    """Return the seconds a piece of work took."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def run(*words: str, **environment: str) -> None:
    """Run a command quietly."""
    subprocess.run(words, check=True, env={**os.environ, **environment}, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)  # fmt: skip


class Peak:
    """The most memory that a process and all below it took at once (PSS: shared pages counted once), in MB."""

    def __init__(self, process: subprocess.Popen) -> None:
        self.mb = 0.0
        self._process = psutil.Process(process.pid)
        self._thread = threading.Thread(target=self._watch, args=(process,))
        self._thread.start()

    def _watch(self, process: subprocess.Popen) -> None:
        while process.poll() is None:
            total = 0
            with suppress(psutil.Error, OSError):
                for one in (self._process, *self._process.children(recursive=True)):
                    with suppress(psutil.Error, OSError):
                        told = Path(f"/proc/{one.pid}/smaps_rollup").read_text()
                        total += next(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:"))
            self.mb = max(self.mb, total / 1024)
            time.sleep(1)  # looking is not free for those looked at


def atlas(out: Path, *words: str, data: Path | None = None, peak: list[float] | None = None) -> dict:
    """Build with the command; return its own summary."""
    summary = out.parent / f"{out.name}.json"
    line = [*KKBGEO, "atlas", "--out", str(out), "--summary", str(summary), *words]
    environment = {**os.environ, **({"KKBGEO_DATA": str(data)} if data else {})}
    with subprocess.Popen(line, env=environment, stdout=subprocess.DEVNULL) as process:
        seen = Peak(process) if peak is not None and Path("/proc/self/smaps_rollup").exists() else None
        if process.wait():
            raise SystemExit(f"kkbgeo atlas ended with {process.returncode}")
    if seen:
        seen._thread.join()
        peak.append(seen.mb)
    return json.loads(summary.read_text(encoding="utf-8"))


def plan() -> dict[str, tuple[Path, dict[str, str]]]:
    """Return notebook and parameters of every page of the atlas, by code."""
    from kkbgeo.batch.plan import plan as planned
    from kkbgeo.regions.gazetteer import Gazetteer

    return {one.code: (one.notebook, one.parameters) for one in planned(Gazetteer.load(), [])}


def loop_of_commands(pages: list, out: Path) -> None:
    """Do what a shell user does without kkbgeo's batch: the command papermill, page after page."""
    for notebook, parameters in pages:
        words = [word for name, value in {**parameters, "out": str(out)}.items() for word in ("-r", name, value)]
        run(sys.executable, "-m", "papermill", "-k", "python3", "--no-progress-bar", str(notebook), str(out / "x.ipynb"), *words)  # fmt: skip # noqa: E501


def loop_in_python(pages: list, out: Path) -> None:
    """Do the same in one Python."""
    work = out / "work.json"
    work.write_text(json.dumps([[str(notebook), parameters] for notebook, parameters in pages]))
    program = (
        "import json, sys, papermill\n"
        "for notebook, parameters in json.load(open(sys.argv[1])):\n"
        "    papermill.execute_notebook(notebook, sys.argv[2] + '/x.ipynb', {**parameters, 'out': sys.argv[2]},\n"
        "                               kernel_name='python3', progress_bar=False)\n"
    )
    run(sys.executable, "-c", program, str(work), str(out))


def cells_alone(pages: list, out: Path) -> None:
    """Do the work of the cells alone, in one Python that has done it once before: what no batch can save."""
    for notebook, parameters in pages:
        space: dict = {"__name__": "__main__"}
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), notebook.name, "exec"), space)
                space.update(parameters, out=str(out))


def one_record_changed(folder: Path) -> tuple[float, int]:
    """Return seconds and pages of a call after one aid record was changed."""
    from kkbgeo import paths
    from kkbgeo.provenance import seal

    data, out = folder / "data", folder / "changed"
    shutil.copytree(paths.data_root(), data)
    atlas(out, data=data)
    table, place = CHANGED
    path = data / "records" / f"{table}.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    number = next(number for number, line in enumerate(lines) if f",{place}." in line or f",{place}," in line)
    lines[number] = lines[number].rstrip("\n") + " (seen again)\n"
    path.write_text("".join(lines), encoding="utf-8")
    seal(path)
    told: dict = {}
    seconds = clock(lambda: told.update(atlas(out, data=data)))
    return seconds, len(told["built"])


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3, help="medians of so many")
    arguments.add_argument("--sample", type=int, default=4, help="pages of the plain loops in each round")
    given = arguments.parse_args()
    pages = plan()
    chosen = [pages[code] for code in [*SAMPLE, *(code for code in pages if code not in SAMPLE)][: given.sample]]
    count, seen = len(pages), {name: [] for name in ("command", "python", "atlas", "two", "cells", "nothing", "peak")}
    started: dict[str, list[float]] = {"import kkbgeo": [], "kkbgeo --help": []}
    with tempfile.TemporaryDirectory() as name, open(os.devnull, "w") as quiet:  # noqa: PTH123
        folder = Path(name)
        for number in range(given.rounds):
            seen["command"].append(clock(lambda: loop_of_commands(chosen, folder)) / len(chosen))
            seen["python"].append(clock(lambda: loop_in_python(chosen, folder)) / len(chosen))
            out = folder / f"atlas{number}"
            seen["atlas"].append(clock(lambda: atlas(out)) / count)  # noqa: B023
            seen["nothing"].append(clock(lambda: atlas(out)))  # noqa: B023
            seen["two"].append(clock(lambda: atlas(folder / f"two{number}", "--jobs", "2", peak=seen["peak"])) / count)  # noqa: B023
            shown, sys.stdout = sys.stdout, quiet
            cells_alone(chosen[:1], folder)
            seen["cells"].append(clock(lambda: cells_alone(chosen, folder)) / len(chosen))
            sys.stdout = shown
            started["import kkbgeo"].append(clock(lambda: run(sys.executable, "-c", "import kkbgeo")))
            started["kkbgeo --help"].append(clock(lambda: run(*KKBGEO, "--help")))
        changed, built = one_record_changed(folder)
    typical = {key: statistics.median(values) for key, values in seen.items() if values}
    table = Table(title=f"{count} pages, {os.cpu_count()} cores, medians of {given.rounds}; "
                        f"plain loops over {len(chosen)} of them")  # fmt: skip
    for head in ("what", "seconds a page", f"all {count} pages", "times `papermill`", "times the loop in Python"):
        table.add_column(head, justify="right")
    named = {"command": "plain loop, command papermill", "python": "plain loop in one Python", "atlas": "kkbgeo atlas",
             "two": "kkbgeo atlas --jobs 2", "cells": "the cells alone, one core"}  # fmt: skip
    for key, words in named.items():
        ratios = (f"{typical[other] / typical[key]:.1f}" for other in ("command", "python"))
        table.add_row(words, f"{typical[key]:.2f}", f"{typical[key] * count:.0f}", *ratios)
    console.print(table)
    beyond = 2 * typical["two"] - typical["cells"]
    console.print(f"with two jobs a page takes {2 * typical['two']:.2f} s of its job, {beyond:.2f} s beyond its cells")
    console.print(f"nothing changed: {typical['nothing']:.2f} s; one record changed: {built} pages, {changed:.1f} s")
    console.print("; ".join(f"{words}: {statistics.median(values):.2f} s" for words, values in started.items()))
    if seen["peak"]:
        console.print(f"peak memory of batch, server, runs and kernels with two jobs: {max(seen['peak']):.0f} MB")


if __name__ == "__main__":
    main()
