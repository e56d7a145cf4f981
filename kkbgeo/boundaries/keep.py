"""Put a set of boundaries in its folder, all at once or not at all, and take one away."""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kkbgeo import provenance
from kkbgeo._version import __version__
from kkbgeo.boundaries import derive, store
from kkbgeo.errors import BoundaryError, ParameterError
from kkbgeo.io import write_text, write_toml
from kkbgeo.language import LANGUAGES, text, words
from kkbgeo.paths import data_root as find_data_root
from kkbgeo.regions.editions import CURRENT

if TYPE_CHECKING:
    from kkbgeo.boundaries.derive import Built
    from kkbgeo.boundaries.report import ImportReport
    from kkbgeo.regions.gazetteer import Gazetteer

REPORT = "report.json"
#: Quick: a country is written in seconds, a tenth larger than at its smallest.
COMPRESSION = 6


def require_name(name: str) -> str:
    """Return the name of a set if it can be one.

    Raises
    ------
    ParameterError
        Other signs than small letters, digits, dots and hyphens, or the name of the embedded set.

    Examples
    --------
    >>> require_name("big-2019")
    'big-2019'
    """
    if not is_name(name) or name == store.DEFAULT_EDITION:
        why = "is the embedded set" if name == store.DEFAULT_EDITION else "cannot be the name of a set"
        raise ParameterError(
            f"{name!r} {why}.", hint="Name it with small letters, digits and hyphens: --id big-2019", value=name
        )
    return name


def is_name(name: str) -> bool:
    """Tell whether a set may have a name: small letters, digits, dots and hyphens."""
    return re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,63}", name) is not None


def facts(name: str, root: Path) -> dict[str, str]:
    """Return provider, date and file of a set that is there; {} where there is none, or none that can be read."""
    try:
        told = tomllib.loads((root / "boundaries" / name / "edition.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {one: str(told.get(key) or "?") for one, key in
            (("provider", "provider"), ("date", "date"), ("file", "source_file"))}  # fmt: skip


def write(result: ImportReport, built: Built, places: Gazetteer, root: Path) -> Path:
    """Write a set aside, then put it in place of an earlier one of its name.

    Raises
    ------
    BoundaryError
        The disk is full or not writable; what was there stays.
    """
    folder = root / "boundaries" / result.edition
    aside = folder.with_name(f".{result.edition}.{os.getpid()}.part")
    try:
        recover(root)
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        _fill(aside, result, built, places)
        _put(aside, folder)
    except OSError as wrong:
        raise BoundaryError(
            f"The set cannot be written to {folder}: {wrong.strerror or wrong}. What was there is untouched.",
            hint="Make room, or use a data folder that you may write to (KKBGEO_DATA).",
            path=str(folder),
        ) from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def _fill(aside: Path, result: ImportReport, built: Built, places: Gazetteer) -> None:
    source = words(result.source, "en")
    facts = {"producer": source["provider"], "licence": source["licence"], "date": source["date"],
             "built_by": f"kkbgeo boundaries import (kkbgeo {__version__})"}  # fmt: skip
    note = f"From {source['file']} (sha256 {source['sha256']}), columns {source['columns']}; EPSG:4326."
    for level, shapes in built.levels.items():
        path = aside / f"{level}.parquet"
        store.write_level(derive.as_frame(shapes, places), path, COMPRESSION)
        provenance.seal(path, title=f"Boundaries {result.edition}: {level} level", note=note, **facts)
    write_text(aside / REPORT, result.json())
    provenance.seal(aside / REPORT, title=f"Report of the import of {result.edition}", note=note, **facts)
    write_toml(
        aside / "edition.toml", _edition(result, built),
        comment="Written by kkbgeo boundaries import; report.json beside it says what became of each row.",
    )  # fmt: skip


def _edition(result: ImportReport, built: Built) -> dict[str, Any]:
    """Return the facts of a set, as ``edition.toml`` has them."""
    source = words(result.source, "en")
    partial = {level: list(codes) for level, codes in built.partial.items() if codes}
    said = {"provider": source["provider"], "date": source["date"]}
    return {
        "approximate": False, "id": result.edition, "provider": source["provider"], "licence": source["licence"],
        "date": source["date"], "code_edition": CURRENT, "columns": source["columns"], "crs": source["crs"],
        "source_file": source["file"], "source_sha256": source["sha256"],
        "units": {level: len(shapes) for level, shapes in built.levels.items()},
        **({"partial": partial} if partial else {}),
        **{part: {language: text(f"boundaries.edition.{part}", language, **said).strip() for language in LANGUAGES}
           for part in ("title", "disclaimer")},
    }  # fmt: skip


def _put(aside: Path, folder: Path) -> None:
    """Rename the finished set into place; an earlier one is moved away first, and back if that fails."""
    old = folder.with_name(f".{folder.name}.old")
    if folder.exists():
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
        try:
            aside.rename(folder)
        except OSError:
            old.rename(folder)
            raise
        shutil.rmtree(old, ignore_errors=True)
    else:
        aside.rename(folder)


def recover(root: Path) -> list[str]:
    """Put back the sets that a killed import had moved away and not replaced; return their names."""
    found = []
    for old in sorted((root / "boundaries").glob(".*.old")):
        folder = old.with_name(old.name[1:-4])
        if not folder.exists():
            old.rename(folder)
            found.append(folder.name)
        else:
            shutil.rmtree(old, ignore_errors=True)
    return found


def remove(name: str, data_root: str | os.PathLike | None = None) -> Path:
    """Take an imported set away.

    Raises
    ------
    BoundaryError
        No such set.
    ParameterError
        The embedded one, which everything falls back on.
    """
    root = find_data_root(data_root)
    if name == store.DEFAULT_EDITION:
        raise ParameterError(
            f"{name!r} is the embedded set; it is not removed.",
            hint="It is the last resort: import or download a set, and maps are drawn from that. Which sets are here: "
            "kkbgeo boundaries list",
            value=name,
        )
    if not is_name(name):
        raise ParameterError(
            f"{name!r} cannot be the name of a set.", hint="Which sets are here: kkbgeo boundaries list", value=name
        )
    store.edition(root, name)  # refused by name
    folder = root / "boundaries" / name
    gone = folder.with_name(f".{name}.{os.getpid()}.part")
    folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)
    return folder
