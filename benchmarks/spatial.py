"""Time the spatial tests on as many areas as there are regencies, villages of Kalimantan and villages of Indonesia.

Run: ``python benchmarks/spatial.py``. Prints CPU seconds, wall seconds and the growth of peak memory; asserts nothing.
"""

from __future__ import annotations

import argparse
import resource
import time

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from rich.console import Console
from rich.table import Table

from kkbgeo import spatial

SIZES = {"regencies": 56, "villages of Kalimantan": 7_252, "villages of Indonesia": 83_000}
console = Console(width=120)


def areas_of(count: int) -> gpd.GeoDataFrame:
    """Return `count` squares of 0.02 degree in rows, as many as in a square map."""
    side = int(np.ceil(np.sqrt(count)))
    row, column = np.divmod(np.arange(count), side)
    west, south = 95 + column * 0.02, -5 + row * 0.02
    shapes = shapely.box(west, south, west + 0.02, south + 0.02)
    return gpd.GeoDataFrame(geometry=shapes, index=pd.Index([f"{i:06d}" for i in range(count)], name="code"), crs=4326)


def main() -> None:
    """Print one row per size and step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--permutations", type=int, default=999)
    permutations = parser.parse_args().permutations
    table = Table("areas", "step", "CPU s", "wall s", "peak memory", title=f"{permutations} permutations")
    for name, count in SIZES.items():
        areas = areas_of(count)
        values = pd.Series(np.random.default_rng(1).normal(size=count), index=areas.index)
        found = {}
        steps = {
            "neighbours": lambda areas=areas, found=found: found.update(graph=spatial.neighbours(areas)),
            "global Moran": lambda v=values, f=found: spatial.global_moran(v, f["graph"], permutations=permutations),
            "local Moran": lambda v=values, f=found: spatial.local_moran(v, f["graph"], permutations=permutations),
        }
        for step, work in steps.items():
            cpu, wall = time.process_time(), time.perf_counter()
            work()
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            table.add_row(f"{count:,} ({name})", step, f"{cpu:.2f}", f"{wall:.2f}", f"{peak:,.0f} MB")
    console.print(table)


if __name__ == "__main__":
    main()
