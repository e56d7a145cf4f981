"""Fixtures shared by all tests: the workbench, the real boundaries, and an atlas built once per run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

# A job in the background of a shell ignores Ctrl-C, and so would all that the tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

REAL = "KKBGEO_TEST_BOUNDARIES"
BUILT = "KKBGEO_TEST_ATLAS"


@pytest.fixture(scope="session")
def wb():
    from kkbgeo import Workbench

    return Workbench()


@pytest.fixture(scope="session")
def real_boundaries() -> Path:
    """The big file of real boundaries, which is not part of the project."""
    path = os.environ.get(REAL, "")
    if not Path(path).is_file():
        pytest.skip(f"{REAL} is not set to the file of real boundaries")
    return Path(path)


@pytest.fixture(scope="session")
def atlas(tmp_path_factory) -> Path:
    """The whole atlas, built by the command that ``make maps`` calls (or KKBGEO_TEST_ATLAS, built a moment ago)."""
    if os.environ.get(BUILT):
        return Path(os.environ[BUILT])
    # One folder and one build for all workers of a run; who comes second finds every page current.
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    with FileLock(shared / "atlas.lock"):
        done = kkbgeo("atlas", "--out", str(shared / "atlas"))
    assert done.returncode == 0, done.stdout + done.stderr
    return shared / "atlas"


@pytest.fixture(scope="session")
def page(atlas):
    """A function: code -> the built page."""
    from pages import BuiltPage

    def find(code: str) -> BuiltPage:
        if code == "kalimantan":
            return BuiltPage(atlas / "kalimantan.html")
        (path,) = (atlas / ("regency" if "." in code else "province")).glob(f"{code}-*.html")
        return BuiltPage(path)

    return find


def kkbgeo(*words: str, **options) -> subprocess.CompletedProcess:
    """Run the command ``kkbgeo`` as a user would."""
    command = [sys.executable, "-c", "from kkbgeo.cli import main; main()", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=1500, check=False, **options)


def pytest_runtest_makereport(item, call):
    """Where nothing may skip (KKBGEO_NO_SKIP=1, as in CI), a skip is a failure."""
    if os.environ.get("KKBGEO_NO_SKIP") == "1" and call.excinfo and call.excinfo.errisinstance(pytest.skip.Exception):
        call.excinfo = pytest.ExceptionInfo.from_exception(
            AssertionError(f"{item.nodeid} skipped, and nothing may skip here: {call.excinfo.value}")
        )
