"""Tell a person at a terminal what an import is doing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kkbgeo.language import words

if TYPE_CHECKING:
    from rich.console import Console


@contextmanager
def steps(console: Console, language: str = "en") -> Iterator[Callable[[str], None]]:
    """Show the step that is being done and the time it takes; the function given names the next one.

    Where nobody looks on (a log, a pipe), each step is a line of its own.
    """
    if not console.is_terminal:
        yield lambda step: console.print(words(step, language), highlight=False, markup=False)
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda step: bar.update(task, description=words(step, language))
