"""Write pysal.json: what esda and inequality say, where they can be trusted (no island, nothing missing).

Run it with these two installed (they are not needed otherwise): python tests/reference/pysal.py
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))


def main() -> None:
    import esda
    from inequality.gini import Gini
    from inequality.theil import Theil, TheilD
    from spatialkit import incomes, reference_case

    values, graph = reference_case("columbus")
    first, second = (values[name].reindex(graph.unique_ids) for name in ("first", "second"))
    rows = graph.transform("r")
    lee = esda.Spatial_Pearson(connectivity=rows.sparse).fit(first.to_numpy()[:, None], second.to_numpy()[:, None])
    x, groups = incomes()
    parts = TheilD(x.to_numpy(), groups.to_numpy())
    told = {
        "versions": {name: version(name) for name in ("esda", "inequality", "libpysal", "numpy")},
        "moran": esda.Moran(first, rows, permutations=0).I,
        "geary": esda.Geary(first, rows, permutations=0).C,
        "lee": lee.association_[0, 1],
        "theil": float(Theil(x.to_numpy()).T),
        "between": float(parts.bg[0]),
        "within": float(parts.wg[0]),
        "gini": float(Gini(x.to_numpy()).g),
    }
    (HERE / "pysal.json").write_text(json.dumps(told, default=float) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
