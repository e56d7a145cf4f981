"""What all pages of a batch need, computed once: kept as Arrow files in a folder of the batch, mapped by its runs."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from kkbgeo import shared
from kkbgeo.boundaries import store
from kkbgeo.errors import BoundaryError
from kkbgeo.patterns import graphs
from kkbgeo.profiles import pooled
from kkbgeo.records import rows
from kkbgeo.records.tables import TABLES
from kkbgeo.regions import mapped
from kkbgeo.workbench import Workbench

LEVELS = ("regency", "village")  # those that pages draw
WEIGHED = ("regency", "district", "village")  # those at which analyses ask


@contextmanager
def worked_once(wb: Workbench, staging: Path, *, weights: bool = False) -> Iterator[Path | None]:
    """Share gazetteer, checked records, medians, boundaries and weights with every run started meanwhile.

    Where they cannot be written (a full disk), each run works for itself, as it does when the data change.

    Parameters
    ----------
    wb : Workbench
        The one that planned the batch: it has read and checked everything.
    staging : Path
        A folder is made in it, and removed at the end.
    weights : bool
        Whether a page asks who is whose neighbour.
    """
    folder = None
    try:
        with suppress(OSError, UnicodeError):
            staging.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(prefix="shared-", dir=staging))
            _keep(wb, folder, weights)
        with shared.offered(folder) if folder else nullcontext():
            yield folder
    finally:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):
            staging.rmdir()  # unless another one's folder is in it


def _keep(wb: Workbench, folder: Path, weights: bool) -> None:
    mapped.share(wb.gazetteer, folder, wb.data)
    for name in wb.record_tables:
        rows.share(TABLES[name], wb.rows(name), folder, wb.data)
    pooled.share(wb, folder)
    for level in LEVELS:
        store.share(level, folder, wb.data, wb.edition_of(level).id)
    for level in WEIGHED if weights else ():
        with suppress(BoundaryError):  # too few shapes, or none: told by the page that asks for them
            graphs.share(wb, level, folder)
