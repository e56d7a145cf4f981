"""Neighbours of the areas of a workbench, made once: a page and its notebook ask for the same ones again and again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from kkbgeo import shared
from kkbgeo.workbench import Workbench

if TYPE_CHECKING:
    from kkbgeo.spatial.neighbourhood import Neighbourhood

HOW = "contiguity"


def graph_of(wb: Workbench, level: str, how: str = HOW, within: str | None = None) -> Neighbourhood:
    """Return the neighbours of all areas of a level, or of those inside a region; one without a polygon has none.

    Examples
    --------
    >>> wb = Workbench()
    >>> graph_of(wb, "regency") is graph_of(wb, "regency"), len(graph_of(wb, "regency").codes)
    (True, 56)
    """

    def made() -> Neighbourhood:
        kept = None if within or how != HOW else shared.find(_name(wb, level), wb.data)
        return _made(wb, level, how, within) if kept is None else _unpacked(kept)

    return wb.once(("graph_of", level, within, how), made)


def share(wb: Workbench, level: str, folder: Path) -> None:
    """Keep the neighbours of all areas of a level for the runs of a batch."""
    import pyarrow as pa

    found = graph_of(wb, level)
    order = found.pairs
    table = pa.table(
        {
            "code": pa.array(list(found.codes), pa.string()),
            "neighbours": pa.ListArray.from_arrays(found.weights.indptr.astype("int32"), order[1].astype("int32")),
        }
    ).replace_schema_metadata({"parameters": json.dumps(dict(found.parameters))})
    shared.keep(folder, _name(wb, level), wb.data, table)


def _made(wb: Workbench, level: str, how: str, within: str | None) -> Neighbourhood:
    from kkbgeo.spatial.adjacency import neighbourhood_of

    codes = wb.gazetteer.codes(level) if within is None else wb.gazetteer.within(within, level)
    return neighbourhood_of(wb.areas(level, within).reindex(codes), how)


def _unpacked(table) -> Neighbourhood:
    import numpy as np
    import pandas as pd

    from kkbgeo.spatial.neighbourhood import Neighbourhood

    lists = table["neighbours"].combine_chunks()
    other = lists.values.to_numpy()
    focal = np.repeat(np.arange(len(lists)), np.diff(lists.offsets.to_numpy()))
    codes = pd.Index(table["code"].to_pylist(), name="code")
    return Neighbourhood.of_pairs(
        codes, np.stack([focal, other]), HOW, json.loads(table.schema.metadata[b"parameters"])
    )


def _name(wb: Workbench, level: str) -> str:
    return f"neighbours-{level}-{wb.edition_of(level).id}"
