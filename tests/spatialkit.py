"""Graphs and maps made for tests: grids, links from a table."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

REFERENCE = Path(__file__).parent / "reference"


def graph_of(codes, pairs):
    """A libpysal graph of codes and (focal, neighbour) pairs, isolates kept."""
    from libpysal.graph import Graph

    focal, neighbour = zip(*pairs, strict=True) if len(pairs) else ((), ())
    linked = set(focal)
    alone = [code for code in codes if code not in linked]
    return Graph.from_arrays([*focal, *alone], [*neighbour, *alone], [1.0] * len(focal) + [0.0] * len(alone))


def grid(rows, columns):
    """Codes and rook neighbours of a chessboard."""
    codes = [f"{row:03d}.{column:03d}" for row in range(rows) for column in range(columns)]
    pairs = []
    for row in range(rows):
        for column in range(columns):
            for down, right in ((0, 1), (1, 0), (0, -1), (-1, 0)):
                if 0 <= row + down < rows and 0 <= column + right < columns:
                    pairs.append((f"{row:03d}.{column:03d}", f"{row + down:03d}.{column + right:03d}"))
    return codes, graph_of(codes, pairs)


def field(rows, columns, rng, smooth=0):
    """A random map; each round of smoothing makes neighbours more alike."""
    z = rng.normal(size=(rows, columns))
    for _ in range(smooth):
        padded = np.pad(z, 1, mode="edge")
        z = (padded[1:-1, 1:-1] + padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]) / 5
    return z.ravel()


def reference_case(name):
    """Values and graph of a data set of tests/reference; ``_missing`` and ``_island`` as the R script makes them."""
    base, _, change = name.partition("_")
    values = pd.read_csv(REFERENCE / f"{base}_values.csv", dtype={"code": str, "class": str}).set_index("code")
    links = pd.read_csv(REFERENCE / f"{base}_links.csv", dtype=str)
    if change == "missing":
        values.iloc[2, values.columns.get_loc("first")] = np.nan
    if change == "island":
        cut = values.index[1]
        links = links[(links["focal"] != cut) & (links["neighbour"] != cut)]
    return values, graph_of(list(values.index), list(links.itertuples(index=False, name=None)))


def incomes():
    """Forty skewed figures in four groups."""
    codes = [f"{i:02d}" for i in range(40)]
    values = np.random.default_rng(4).lognormal(size=40)
    return pd.Series(values, index=codes), pd.Series(np.repeat(list("abcd"), 10), index=codes)


def pysal_says():
    """Return what esda and inequality said (tests/reference/pysal.py)."""
    return json.loads((REFERENCE / "pysal.json").read_text(encoding="utf-8"))
