"""What tests of places share: the benchmark as a module, so that tests hold what it measures."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from types import ModuleType

from kkbgeo.paths import CHECKOUT


@cache
def bench() -> ModuleType:
    """Return benchmarks/resolve.py as a module."""
    spec = importlib.util.spec_from_file_location("bench_resolve", CHECKOUT / "benchmarks" / "resolve.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_resolve"] = module
    spec.loader.exec_module(module)
    return module
