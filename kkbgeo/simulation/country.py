"""A made-up country of any size: units, points and boundaries, for load and for teaching."""

from __future__ import annotations

import numpy as np
import pandas as pd

#: Indonesia's size in 2025: provinces, regencies, districts, villages.
INDONESIA = (38, 514, 7285, 83762)
WEST, SOUTH, EAST, NORTH = 95.0, -11.0, 141.0, 6.0


def units(counts: tuple[int, int, int, int], seed: int) -> pd.DataFrame:
    """Return a made-up gazetteer: so many provinces, regencies, districts and villages, with points.

    Parameters
    ----------
    counts : tuple of int
        Provinces, regencies, districts, villages; each at least as many as the one before.
    seed : int
        The same seed gives the same country.

    Returns
    -------
    DataFrame
        Columns of ``data/reference/gazetteer.csv`` as text; names say that they are made up.

    Examples
    --------
    >>> made = units((2, 5, 12, 60), seed=1)
    >>> made["level"].value_counts().to_dict()
    {'village': 60, 'district': 12, 'regency': 5, 'province': 2}
    """
    random = np.random.default_rng(seed)
    spots = np.column_stack([random.uniform(WEST, EAST, counts[3]), random.uniform(SOUTH, NORTH, counts[3])])
    spots = np.unique(spots.round(5), axis=0)
    # Strips of like longitude, cut by latitude, make each unit one neighbourhood.
    parents = np.zeros(len(spots), dtype=int)
    for count in counts[:3]:
        parents = _split(spots, parents, count)
        spots, parents = spots[np.argsort(parents, kind="stable")], np.sort(parents)
    codes = _codes(len(spots), counts)
    villages = pd.DataFrame({"code": codes, "lon": spots[:, 0], "lat": spots[:, 1]})
    villages["kind"] = np.where(villages["code"].str[9] == "1", "kelurahan", "desa")
    frames = []
    for level, length, kind in (("province", 2, "provinsi"), ("regency", 5, "kabupaten"), ("district", 8, "kecamatan")):
        middle = villages.groupby(villages["code"].str[:length])[["lon", "lat"]].mean()
        frames.append(middle.rename_axis("code").reset_index().assign(level=level, kind=kind))
    made = pd.concat([*frames, villages.assign(level="village")], ignore_index=True).sort_values("code")
    made["name"] = "Simulasi " + made["code"].str.replace(".", " ")
    made["parent"] = made["code"].str.rpartition(".")[0]
    made["point_source"] = "given"
    for axis in ("lon", "lat"):
        made[axis] = made[axis].map("{:.5f}".format)
    return made[["code", "name", "kind", "level", "parent", "lon", "lat", "point_source"]].reset_index(drop=True)


def _split(spots: np.ndarray, parents: np.ndarray, count: int) -> np.ndarray:
    """Number `count` neighbourhoods of equal size, in an order that keeps those of one parent together."""
    strips = max(1, int(np.sqrt(count)))
    strip = np.floor((spots[:, 0] - WEST) / (EAST - WEST) * strips).astype(int)
    order = np.lexsort([spots[:, 1], strip, parents])
    numbers = np.empty(len(spots), dtype=int)
    numbers[order] = np.arange(len(spots)) * count // len(spots)
    return numbers


def _codes(villages: int, counts: tuple[int, int, int, int]) -> list[str]:
    """Give dotted codes level by level: units in a row belong together."""
    place = np.arange(villages)
    province = place * counts[0] // villages
    regency = place * counts[1] // villages
    district = place * counts[2] // villages
    chain = pd.DataFrame({"p": province, "r": regency, "d": district})
    # A smaller unit belongs to the larger one that its first village lies in.
    chain["p"] = chain.groupby("r")["p"].transform("first")
    chain["r"] = chain.groupby("d")["r"].transform("first")
    chain["p"] = chain.groupby("d")["p"].transform("first")
    r_in = chain.groupby("p")["r"].transform(lambda own: own.rank(method="dense")).astype(int)
    d_in = chain.groupby("r")["d"].transform(lambda own: own.rank(method="dense")).astype(int)
    v_in = chain.groupby("d").cumcount() + 1
    return [
        f"{11 + p:02d}.{r:02d}.{d:02d}.{2000 + v:04d}" for p, r, d, v in zip(chain["p"], r_in, d_in, v_in, strict=True)
    ]
