"""How a batch tells what it does: lines, a progress bar, and a summary for programs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from kkbgeo.batch.manifest import now
from kkbgeo.io import write_text

if TYPE_CHECKING:
    from kkbgeo.batch.run import Outcome

ALL_THERE, SOME_FAILED, WRONG_CALL = 0, 1, 2


@dataclass
class Told:
    """What became of a batch, page by page."""

    pages: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)  # of the folder, not of one page

    def of(self, *status: str) -> list[dict[str, Any]]:
        """Return the pages of a status."""
        return [one for one in self.pages if one["status"] in status]

    @property
    def exit_code(self) -> int:
        """0 all there, 1 something failed."""
        return SOME_FAILED if self.of("failed", "old") or self.problems else ALL_THERE


class _Lasting:
    """Standard output as long as it can be written to: a full disk or a closed pipe behind it is no end of a batch."""

    def write(self, words: str) -> int:
        with self._or_nowhere():
            sys.stdout.write(words)
        return len(words)

    def flush(self) -> None:
        with self._or_nowhere():
            sys.stdout.flush()

    @contextmanager
    def _or_nowhere(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.stdout, name)


def console_of_batch() -> Console:
    """Return where a batch tells what it does."""
    return Console(soft_wrap=True, file=_Lasting() if sys.stdout else None)


def say(console: Console, words: str) -> None:
    """Print words as they are."""
    console.print(words, markup=False, highlight=False)


def line(outcome: Outcome) -> str:
    """Return the line about one page."""
    head = f"{outcome.status:<6} {outcome.run.code:<10} {outcome.run.name:<22} {outcome.seconds:5.1f} s"
    again = "  at the second try" if outcome.attempts > 1 else ""
    if outcome.status == "failed":
        return f"{head}{again}  {outcome.error}"
    return f"{head}  {outcome.page.stat().st_size / 1000:.0f} kB{again}"


@contextmanager
def progress(console: Console, title: str, total: int) -> Iterator[Callable[..., None]]:
    """Show a bar, or in a pipe its title; the function given prints a line and advances it by one, or as told."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    if not console.is_terminal:  # a pipe shows the bar at its end only
        say(console, title)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task(title, total=total)

        def advance(words: str, by: int = 1) -> None:
            bar.advance(task, by)
            say(bar.console, words)

        yield advance


def summarise(path: Path, told: Told, *, out: Path, exit_code: int, problem: str, started: str, seconds: float) -> None:
    """Write what became of a batch as JSON, for cron and other programs."""
    told_again = {
        "exit_code": exit_code,
        "problem": problem or "; ".join(dict.fromkeys(told.problems)),
        "out": str(out),
        "started": started,
        "finished": now(),
        "seconds": round(seconds, 2),
        "built": [one["code"] for one in told.of("built")],
        "kept": [one["code"] for one in told.of("kept")],
        "failed": told.of("failed", "old"),
        "pages": told.pages,
    }
    try:
        write_text(path, json.dumps(told_again, ensure_ascii=False, indent=1) + "\n", durable=True)
    except OSError as wrong:
        print(f"kkbgeo: the summary {path} could not be written: {wrong}", file=sys.stderr)
