"""Write the real figures and neighbours of the 56 regencies for the R script, so that both sides use the very same.

Run: ``python tests/reference/make_inputs.py && Rscript tests/reference/spdep.R``
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import kkbgeo
from kkbgeo import spatial

HERE = Path(__file__).parent
FIRST, SECOND = "stunting_prevalence_ssgi_2022", "stunting_prevalence_ssgi_2021"


def main() -> None:
    """Write ``kalimantan_values.csv`` and ``kalimantan_links.csv``."""
    wb = kkbgeo.Workbench()
    frame = wb.table("regency", [FIRST, SECOND]).frame
    classes = pd.cut(frame[FIRST], [0, 20, 25, 30, 100], labels=["a", "b", "c", "d"], right=False)
    values = pd.DataFrame({"first": frame[FIRST], "second": frame[SECOND], "class": classes})
    values.to_csv(HERE / "kalimantan_values.csv", index_label="code")
    graph = spatial.neighbours(wb.areas("regency"))
    links = graph.adjacency.reset_index()
    links = links[links["weight"] != 0].rename(columns={"neighbor": "neighbour"})
    links[["focal", "neighbour"]].to_csv(HERE / "kalimantan_links.csv", index=False)


if __name__ == "__main__":
    main()
