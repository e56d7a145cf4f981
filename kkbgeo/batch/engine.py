"""papermill's own engine, writing the notebook once: at the end, or when the run is broken off."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any, ClassVar

from papermill.engines import NBClientEngine, papermill_engines
from papermill.iorw import write_ipynb

NAME = "kkbgeo"


class SparingEngine(NBClientEngine):
    """Runs a notebook as papermill does. For use with ``request_save_on_cell_execute=False``.

    papermill checks and writes the whole notebook before and after each cell, so that a broken run leaves what it had;
    that costs more than all the rest. Here the run keeps hold of the notebook and writes it when it is broken off.
    """

    running: ClassVar[Any] = None

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **given: Any) -> Any:
        """Run the notebook of a manager, known to `keep` meanwhile."""
        cls.running = nb_man.nb
        return super().execute_managed_notebook(nb_man, kernel_name, **given)

    @classmethod
    def keep(cls, path: Path) -> None:
        """Write the notebook as far as it got, unless papermill wrote it or it never started."""
        if cls.running is not None and not Path(path).exists():
            with contextlib.suppress(OSError):
                write_ipynb(cls.running, str(path))


papermill_engines.register(NAME, SparingEngine)
