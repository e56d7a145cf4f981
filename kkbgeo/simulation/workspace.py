"""Write a simulated workspace: a data folder of its own that no page can take for the real one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pandas as pd

from kkbgeo import provenance
from kkbgeo.boundaries import approximate, store
from kkbgeo.errors import ParameterError
from kkbgeo.io import write_toml
from kkbgeo.records.sources import COLUMNS
from kkbgeo.records.surveys import read_rounds
from kkbgeo.regions.gazetteer import Gazetteer
from kkbgeo.regions.whole import Whole, write_whole
from kkbgeo.simulation import country
from kkbgeo.simulation.draw import SOURCE, draw
from kkbgeo.workbench import Workbench

INDONESIA = Whole("indonesia", {"id": "Indonesia", "en": "Indonesia"})
_LICENCE = "none: simulated, not to be quoted"


def simulate(
    out: str | os.PathLike, *, seed: int, scope: str = "kalimantan", data: str | os.PathLike | None = None
) -> Path:
    """Write made-up, village-level records into a new data folder.

    Parameters
    ----------
    out : path
        The new workspace; it must not exist, or be a simulated one, which is written anew.
    seed : int
        The same seed gives the same records.
    scope : str
        ``kalimantan``, the code of a province or regency of it, or ``indonesia`` (a made-up country of
        Indonesia's size: 38 provinces, 514 regencies, 83,762 villages).
    data : path, optional
        The real data folder: its regions and boundaries are taken over, and the drawn villages add up
        to the totals reported there.

    Returns
    -------
    Path
        The folder; use it with ``KKBGEO_DATA`` or ``Workbench(folder)``.

    Raises
    ------
    ParameterError
        `out` holds something else.
    CodeError
        `scope` is no region.
    """
    out = Path(out)
    if out.exists() and any(out.iterdir()):
        if not is_simulated(out):
            raise ParameterError(
                f"{out} holds something else than a simulation; nothing was written.",
                hint="Name a new folder with --out",
                value=str(out),
            )
        shutil.rmtree(out)
    if scope == "indonesia":
        _made_up_regions(out, seed)
        places = Gazetteer.load(out)
        regencies, reported = places.codes("regency"), None
    else:
        real = Workbench(data)
        for part in ("reference", "boundaries", "indicators"):
            if (real.data / part).is_dir():  # a folder of an earlier release has no indicators
                shutil.copytree(real.data / part, out / part)
        places = real.gazetteer
        regencies = _regencies(places, scope)
        reported = real.table("regency", ["kkb_total", "kkb_advanced_share"])
    for name, frame in draw(places, list(regencies), seed, reported, read_rounds(out)).items():
        _write(frame, out / "records" / f"{name}.csv", f"Simulated {name.replace('_', ' ')}", seed)
    sources = [
        (SOURCE, f"SIMULASI (seed {seed})", "simulation", "5", "", "simulation.toml", "", "made up by kkbgeo simulate")
    ]
    _write(pd.DataFrame(sources, columns=COLUMNS), out / "sources.csv", "Simulated source", seed)
    write_toml(out / "simulation.toml", {"seed": seed, "scope": scope})
    return out


def is_simulated(folder: Path) -> bool:
    """Return whether a data folder is a simulated workspace."""
    return (folder / "simulation.toml").is_file()


def _regencies(places: Gazetteer, scope: str) -> list[str]:
    if scope == "kalimantan":
        return list(places.codes("regency"))
    code = places.require(scope, ("province", "regency"))
    return list(places.within(code, "regency"))


def _write(frame: pd.DataFrame, path: Path, title: str, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(path, index=False, lineterminator="\n")
    provenance.seal(
        path, title=title, producer=f"kkbgeo simulate --seed {seed}", licence=_LICENCE, date="2025-12-31",
        note="SIMULASI: made up, not reported by anybody",
    )  # fmt: skip


def _made_up_regions(out: Path, seed: int) -> None:
    import shapely

    frame = country.units(country.INDONESIA, seed)
    _write(frame, out / "reference" / "gazetteer.csv", "Simulated gazetteer", seed)
    write_whole(INDONESIA, out)
    numbers = pd.DataFrame(columns=["kemendagri_code", "name", "bps_code"])
    _write(numbers, out / "reference" / "regency_codes.csv", "Simulated code systems (none)", seed)
    decisions = pd.DataFrame(columns=["province", "regency", "district", "village", "code", "reason"])
    _write(decisions, out / "reference" / "place_decisions.csv", "Simulated place decisions (none)", seed)
    villages = frame[frame["level"] == "village"].set_index("code")[["lon", "lat"]].astype(float)
    land = shapely.box(country.WEST, country.SOUTH, country.EAST, country.NORTH)
    names = frame.set_index("code")["name"]
    folder = out / "boundaries" / store.DEFAULT_EDITION
    for level, areas in approximate.build(villages, land, rounds=0).items():
        path = folder / f"{level}.parquet"
        store.write_level(areas.assign(name=names.loc[areas.index]), path)
        provenance.seal(
            path, title=f"Simulated boundaries: {level} level", producer="kkbgeo simulate", licence=_LICENCE
        )
    shutil.copyfile(Workbench().data / "boundaries" / store.DEFAULT_EDITION / "edition.toml", folder / "edition.toml")
