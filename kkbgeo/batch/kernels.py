"""Which kernel a batch uses: the warm one, or a plain one and a sentence that says why."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import sys
from functools import cache

NAME = "kkbgeo-warm"
PLAIN = "python3"
CHOICE = "KKBGEO_KERNEL"

# What the server of warm kernels loads, once for all of them.
MODULES = (
    "jsonschema", "numpy", "pandas", "pyarrow.dataset", "pyarrow.parquet", "shapely", "geopandas", "pyogrio", "folium",
    "branca", "rapidfuzz", "babel.dates", "babel.numbers", "jinja2", "xstatic.pkg.leaflet",
    "faulthandler", "sqlite3", "ipykernel.kernelapp", "ipykernel.ipkernel", "tornado.platform.asyncio", "IPython",
    "nbclient", "papermill", "kkbgeo.parameters", "kkbgeo.profiles", "kkbgeo.maps", "kkbgeo.workbench",
    "matplotlib.backends.backend_agg", "PIL.PngImagePlugin", "reportlab.pdfgen.canvas", "reportlab.pdfbase.ttfonts",
    "kkbgeo.paper.static", "kkbgeo.paper.brief",
    "kkbgeo.batch.provisioner", "kkbgeo.batch.process", "kkbgeo.batch.engine",
)  # fmt: skip
# What these load when they are first used; another version of them may have other names.
ON_FIRST_USE = (
    "ipykernel.debugger", "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.oinspect",
    "IPython.extensions.storemagic", "pandas.io.formats.html", "pandas.io.formats.string", "pandas.io.formats.csvs",
    "pandas.core.reshape.reshape",
)  # fmt: skip


def kernel() -> tuple[str, str]:
    """Return the kernel that a batch uses and, where it is not the warm one, a sentence that says why.

    ``KKBGEO_KERNEL`` names another one.
    """
    if os.environ.get(CHOICE, NAME) != NAME:
        return os.environ[CHOICE], f"{CHOICE} asks for kernel {os.environ[CHOICE]}."
    why = cannot_fork()
    return (PLAIN, f"Every page starts its own libraries, which is slower: {why}.") if why else (NAME, "")


def start_early() -> None:
    """Start the server of warm kernels, if the batch is to use it, and do not wait: it loads beside what comes next."""
    if os.environ.get(CHOICE, NAME) == NAME and "forkserver" in multiprocessing.get_all_start_methods():
        from kkbgeo.batch.warm import SERVER

        with contextlib.suppress(OSError):  # told when the first kernel needs it
            SERVER.ensure_running()


def stop_idle() -> None:
    """End the server that was started early and is not needed."""
    if warm := sys.modules.get("kkbgeo.batch.warm"):
        warm.SERVER.stop()


def cannot_fork() -> str:
    """Return why no warm process can be had, or ""."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return f"{sys.platform} cannot fork processes"
    from kkbgeo.batch.warm import SERVER

    return SERVER.problem()


def missing() -> str:
    """Return what of the installation is missing, or "": kernelspec and provisioner come with the installed package."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
    from jupyter_client.provisioning import KernelProvisionerFactory

    try:
        spec = KernelSpecManager().get_kernel_spec(NAME)
    except NoSuchKernel:
        return f"kernel {NAME} is not installed (pip install -e .)"
    factory = KernelProvisionerFactory()
    return (
        "" if factory.is_provisioner_available(spec) else f"the provisioner {NAME} is not installed (pip install -e .)"
    )


@cache
def say(why: str) -> None:
    """Write to the log, once, why no warm kernel is used."""
    logging.getLogger("kkbgeo.batch").warning("%s", why)
