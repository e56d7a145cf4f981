"""Where things lie: the only module that knows folder names."""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parent


def data_root(folder: str | os.PathLike | None = None) -> Path:
    """Return the data folder: the argument, else ``KKBGEO_DATA``, else this checkout's ``data/``.

    Examples
    --------
    >>> data_root("/srv/kkb").as_posix()
    '/srv/kkb'
    """
    return Path(folder or os.environ.get("KKBGEO_DATA") or CHECKOUT / "data")


def settle_roots() -> None:
    """Make ``KKBGEO_DATA`` and ``KKBGEO_NOTEBOOKS`` hold in every folder: the notebooks run in another one."""
    for name in ("KKBGEO_DATA", "KKBGEO_NOTEBOOKS"):
        if given := os.environ.get(name):
            os.environ[name] = str(Path(given).absolute())


def notebooks_root() -> Path:
    """Return the folder of the parameterised notebooks: ``KKBGEO_NOTEBOOKS``, else this checkout's ``notebooks/``."""
    return Path(os.environ.get("KKBGEO_NOTEBOOKS") or CHECKOUT / "notebooks")


def outputs_root() -> Path:
    """Return the folder that generated files go to."""
    return CHECKOUT / "outputs"
