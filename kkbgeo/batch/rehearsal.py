"""What every page does first, done once by the server that all pages are forked from.

Templates, catalogues, validators and the tables of the data folder are read or compiled on first use: half a second
for each page that starts without them. All of it is kept under the path and the time of change of its file, so that a
fork with another data folder, or after a change, reads its own.
"""

from __future__ import annotations

import contextlib
import decimal
import io
import json
import logging
import os
import tempfile
import warnings
from pathlib import Path

from kkbgeo import paths
from kkbgeo.batch import warm
from kkbgeo.pages import of_level


def rehearse() -> None:
    """Run the notebook of most pages once, here, without a kernel; what goes wrong is left for the page to tell."""
    log = logging.getLogger("kkbgeo.batch")
    environment, folder = dict(os.environ), Path.cwd()
    try:
        with (
            decimal.localcontext(),
            tempfile.TemporaryDirectory(prefix=warm.FOLDER.format(os.getpid())) as out,
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            # Ours, never one of another folder: nobody asked for that yet.
            notebook = paths.CHECKOUT / "notebooks" / of_level("regency").notebook.name
            _prepare(notebook, Path(out))
            _play(notebook, Path(out))
    except Exception as wrong:
        log.debug("rehearsal: %s: %s", type(wrong).__name__, wrong)
    finally:
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)


def _prepare(notebook: Path, out: Path) -> None:
    """Do what papermill does around a run: read, check, put parameters in, write."""
    import papermill

    log = logging.getLogger("papermill")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        papermill.execute_notebook(str(notebook), str(out / notebook.name), {"out": str(out)}, prepare_only=True)
    finally:
        log.setLevel(level)


def _play(notebook: Path, out: Path) -> None:
    from kkbgeo.regions.gazetteer import Gazetteer

    space: dict = {"__name__": "__main__"}
    given = {"regency": Gazetteer.load().codes("regency")[0], "out": str(out)}
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), notebook.name, "exec"), space)  # our own notebook
            space.update(given)
