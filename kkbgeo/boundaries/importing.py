"""From a file to a stored set of boundaries: recognised, matched, repaired, written aside, put in place at the end."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from kkbgeo.boundaries import columns as schemas
from kkbgeo.boundaries import dates, derive, files, keep, reading, report, rows, shapes, store, wording
from kkbgeo.boundaries.layer import Layer
from kkbgeo.boundaries.match import Row, match
from kkbgeo.boundaries.report import ImportReport, LevelReport
from kkbgeo.boundaries.said import said, signed
from kkbgeo.boundaries.witness import Given, Witness
from kkbgeo.errors import BoundaryError, ParameterError
from kkbgeo.io import sha256
from kkbgeo.language import Number, joined, phrase, words
from kkbgeo.paths import data_root as find_data_root
from kkbgeo.regions import names
from kkbgeo.regions.codes import LEVELS, SYSTEMS, require_level
from kkbgeo.regions.gazetteer import Gazetteer, slugify

Progress = Callable[[str], None]
#: Degrees round the points of the gazetteer within which its units lie.
MARGIN = 2.0
#: Two layers that give this share of their units twice are two drawings of one level, not parts of it.
TWICE = 0.5
#: The files of a Shapefile that say something of its areas.
SIDECARS = (".shp", ".dbf", ".shx", ".prj", ".cpg")
#: Most corners of the units of the finest level: half a GB of memory and 25 seconds of a processor a million.
MOST_CORNERS = 16_000_000
#: A change of area below this share is a matter of the last digits.
TRACE = 1e-6


@dataclass
class _Taken:
    """What one layer gives for one level."""

    layer: str
    given: Given
    rows: list[Row]
    file_rows: list[int]
    sound: shapes.Sound


@dataclass
class _Job:
    witness: Witness
    bounds: tuple[float, float, float, float]
    level: str
    code_column: str
    name_column: str
    system: str
    systems: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    schemas: list[schemas.Schema] = field(default_factory=list)


def import_file(
    path: str | os.PathLike,
    *,
    level: str | None = None,
    code_column: str = "",
    name_column: str = "",
    system: str = "",
    edition_id: str = "",
    provider: str = "",
    licence: str = "",
    date: str = "",
    layer: str | None = None,
    crs: str = "",
    data_root: str | os.PathLike | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Bring a file of boundaries into the data folder, and say what became of each of its rows.

    Parameters
    ----------
    path : path
        Any vector file that `kkbgeo.boundaries.reading` opens.
    level : str, optional
        Level of the rows, where the file does not tell it.
    code_column, name_column : str
        Where code and name of a row stand, for a file of nobody's known columns.
    system : {"", "kemendagri", "bps"}
        Of which system the codes are; checked against the names all the same.
    edition_id : str
        Name of the set; else it is made of the file's name.
    provider, licence, date : str
        Who made it, under which licence, and the date (ISO, or its year) of the units it shows.
    layer : str, optional
        Only this layer of the file.
    crs : str
        The coordinate system, where the file names none.
    data_root : path, optional
        The data folder.
    progress : callable, optional
        Called with a few words at each step.

    Returns
    -------
    ImportReport
        Also stored beside the set, as ``report.json``.

    Raises
    ------
    BoundaryError
        The file cannot be used: not read, no known columns, no unit recognised. An earlier set of that name
        stays as it was.
    ParameterError
        An unknown level or system, or a name that no set may have.
    """
    tell = progress or (lambda _: None)
    path, root = Path(path), find_data_root(data_root)
    if level:
        require_level(level)
    if system and system not in SYSTEMS:
        raise ParameterError(f"Unknown code system {system!r}.", hint=f"Use one of: {', '.join(SYSTEMS)}", value=system)
    dates.require(date)
    name = edition_id or slugify(path.name.split(".")[0])
    keep.require_name(name)
    places = Gazetteer.load(root)
    tell(said("step_reading", file=path.name, size=_megabytes(path)))
    job = _Job(Witness(places, names.load(root)), _bounds(places), level or "", code_column, name_column, system)
    layers: list[Layer] = []
    given: dict[str, dict[str, object]] = {}
    with shapes.told_as_errors(path, layers, given, places):
        layers += reading.read_layers(path, layer=layer, crs=crs)
        taken: dict[str, list[_Taken]] = defaultdict(list)
        for one in layers:
            tell(said("step_recognising", layer=one.name))
            for found in _recognise(one, job, path):
                taken[found.given.level].append(found)
        _require_units(taken, layers, path, job)
        told = {one: _one_layer(taken[one], job) for one in LEVELS if taken.get(one)}
        source = _source(path, layers, job, provider, licence, date, crs)
        folder = str(root / "boundaries" / name)
        result = ImportReport(name, folder, source, job.systems, notes=job.notes, untold=_untold(source))
        tell(said("step_units"))
        for one, found in told.items():
            result.levels[one], given[one] = _units(one, found, job)
        _require_room(given, path)
        built = derive.build(given, places, tell=tell)
        tell(said("step_measuring"))
        _account(result, built, given, places)
        tell(said("step_writing"))
        result.replaced = keep.facts(name, root)
        keep.write(result, built, places, root)
    return result


def _bounds(places: Gazetteer) -> tuple[float, float, float, float]:
    points = places.frame[["lon", "lat"]].to_numpy(dtype="float64")
    (west, south), (east, north) = points.min(axis=0) - MARGIN, points.max(axis=0) + MARGIN
    return float(west), float(south), float(east), float(north)


# --- whose rows -------------------------------------------------------------------------------------------


def _recognise(one: Layer, job: _Job, path: Path) -> list[_Taken]:
    where = f"{path.name}, layer {one.name}"
    job.notes += [said("of_layer", layer=one.name, note=note) for note in one.notes]
    job.notes += [
        said("row_left_out", layer=one.name, row=left.row, label=left.label, reason=left.reason)
        for left in one.left_out
    ]
    known = schemas.recognise(
        [name for name in one.frame.columns if name != one.frame.geometry.name],
        code_column=job.code_column, name_column=job.name_column, where=where,
    )  # fmt: skip
    if known is None:
        listed = [name for name in one.frame.columns if name != one.frame.geometry.name]
        job.notes.append(said("unknown_columns", layer=one.name, columns=listed))
        return []
    job.schemas.append(known.schema)
    sound = shapes.first_aid(one.frame.geometry.to_numpy(), job.bounds)
    usable = sound.shapes
    parts = rows.by_level(one.frame, known, usable, level=job.level, where=where)
    if not parts:
        parts = _try_levels(one, known, usable, where, job)
    return [_Taken(one.name, part, _matched(part, one, job), one.rows, sound) for part in parts]


def _matched(part: Given, one: Layer, job: _Job) -> list[Row]:
    told = job.witness.tell(part, job.system)
    job.systems[f"{one.name}, {part.level}"] = said(
        "system_told", system=told.system or said("names_alone"), reason=told.reason
    )
    found = match(job.witness, part, told)
    for row in found:
        row.label = row.label or said("row", number=one.rows[row.number])
    return found


def _try_levels(one: Layer, known: schemas.Columns, usable: np.ndarray, where: str, job: _Job) -> list[Given]:
    """Find the level of rows that only have a name: the one at which most of them are units."""
    best, most = [], 0
    for level in LEVELS:
        parts = rows.by_level(one.frame, known, usable, level=level, where=where)
        found = sum(
            row.verdict == "matched" for part in parts for row in match(job.witness, part, job.witness.tell(part))
        )
        if found > most:
            best, most = parts, found
    if most < rows.FILLED * len(one.frame):
        job.notes.append(said("unknown_level", layer=one.name))
        return []
    return best


def _require_units(taken: dict, layers: list[Layer], path: Path, job: _Job) -> None:
    if any(row.code for found in taken.values() for one in found for row in one.rows):
        return
    counted = Counter(row.verdict for found in taken.values() for one in found for row in one.rows)
    listed = sorted({name for one in layers for name in one.frame.columns if name != one.frame.geometry.name})
    if not counted:
        told = "its columns are nobody's that is known" if not job.schemas else "the level of its rows cannot be told"
        hint = "Say where code and name stand: --code-column, --name-column (and --level). Columns: " + ", ".join(
            listed
        )
    else:
        samples = "; ".join(
            words(phrase("{}: {}", row.label, row.reason), "en")
            for found in taken.values()
            for one in found
            for row in one.rows[:2]
        )
        told = f"none of its {sum(counted.values())} rows is a unit of the gazetteer ({samples})"
        hint = "Is it a file of these regions? Where it misleads say --level, --code-column, --name-column, --system."
    raise BoundaryError(f"{path.name}: {told}.", hint=hint, path=str(path), columns=tuple(listed))


def _one_layer(found: list[_Taken], job: _Job) -> list[_Taken]:
    """Of layers that draw the same units keep the one with most of them; layers of other units complete each other."""
    found = sorted(found, key=lambda one: -len({row.code for row in one.rows if row.code}))
    kept: list[_Taken] = []
    seen: set[str] = set()
    for one in found:
        mine = {row.code for row in one.rows if row.code}
        if kept and (not mine or len(mine & seen) >= TWICE * len(mine)):
            job.notes.append(said("fewer_units", layer=one.layer, other=kept[0].layer))
            continue
        kept.append(one)
        seen |= mine
    return kept


# --- one shape for each unit ------------------------------------------------------------------------------


def _units(level: str, found: list[_Taken], job: _Job) -> tuple[LevelReport, dict[str, object]]:
    places = job.witness.gazetteer
    every = [(one, row, one.sound.shapes[row.number]) for one in found for row in one.rows]
    outlines = np.array([shape for *_, shape in every] + [None], dtype=object)[:-1]
    units = shapes.one_each([row.code for _, row, _ in every], outlines)
    older = derive.older_units(units.shapes, places, job.witness.resolver.index.editions) if level != "village" else {}
    mine = {code: shape for code, shape in units.shapes.items() if code not in older}
    area = dict(zip(range(len(every)), _km2(outlines), strict=True))
    done = LevelReport(level, len(places.codes(level)), given=True, rows=len(every))
    counted: Counter[str] = Counter()
    for place, (one, row, _) in enumerate(every):
        if row.verdict == "outside":
            done.outside += 1
            continue
        counted[row.verdict] += area[place]
        if row.verdict in ("ambiguous", "extra"):
            told = {"layer": one.layer, "row": one.file_rows[row.number], "label": row.label, "reason": row.reason}
            getattr(done, row.verdict).append({**told, "candidates": list(row.candidates)})
            continue
        if row.number in one.sound.lost and row.code not in units.shapes:
            done.lost[row.code] = one.sound.lost[row.number]
        if row.reason:
            done.remarks[row.code] = row.reason
    done.area = {what: round(value, 3) for what, value in sorted(counted.items())}
    codes = {row.code: row.how for _, row, _ in every if row.code}
    done.matched, done.how = len(codes), dict(Counter(codes.values()).most_common())
    done.lost |= units.torn | older
    for code, at in units.rows.items():
        notes = [note for place in at for note in every[place][0].sound.notes.get(every[place][1].number, ())]
        if notes := [*dict.fromkeys(notes), *units.notes.get(code, ())]:
            done.repaired[code] = notes
        labels = list(dict.fromkeys(every[place][1].label for place in at))
        if code in mine and len(labels) > 1:
            done.joined[code] = joined("; ", labels)
    return done, mine


def _require_room(given: dict, path: Path) -> None:
    """Refuse more corners than a machine of 8 GB fits together, before it tries."""
    import shapely

    finest = [level for level in LEVELS if given.get(level)][-1]
    corners = int(shapely.get_num_coordinates(list(given[finest].values())).sum())
    if corners > MOST_CORNERS:
        raise BoundaryError(
            f"{path.name} draws its {len(given[finest]):,} units with {corners:,} corners; at most "
            f"{MOST_CORNERS:,} are fitted together.",
            hint="Simplify it in QGIS (Simplify, 0.00005 degrees is 5 m), or import fewer provinces at a time.",
            path=str(path),
            value=corners,
        )


def _account(result: ImportReport, built: derive.Built, given: dict, places: Gazetteer) -> None:
    """Say what the repair did to each unit, which have no shape, and how far given and dissolved units agree."""
    result.gaps, result.lent, result.invalid = built.gaps, built.lent, built.invalid
    for level, made in built.levels.items():
        done = result.levels.setdefault(level, LevelReport(level, len(places.codes(level))))
        done.drawn = len(made)
        done.missing = {code: places.label(code) for code in places.codes(level) if code not in made}
        done.agreement = {code: round(value, 4) for code, value in built.agreement.get(level, {}).items()}
        done.lost |= {code: why for code, why in built.lost.items() if code in given.get(level, {})}
        done.partial = built.partial.get(level, {})
    result.levels = {level: result.levels[level] for level in LEVELS if level in result.levels}
    finest = result.levels[built.finest]
    made = built.levels[built.finest]
    codes = list(made)
    before = _km2(np.array([given[built.finest][code] for code in codes] + [None], dtype=object)[:-1])
    after = _km2(np.array([made[code] for code in codes] + [None], dtype=object)[:-1])
    widened = set(built.widened)
    for code, around in built.inside.items():
        named = {one: f"{places.label(one)} ({one})" for one in (code, *around)}
        finest.inside[code] = said("inside", around=[named[one] for one in around])
        for one in around:
            finest.repaired.setdefault(one, []).append(said("hole_for", unit=named[code]))
        finest.repaired.setdefault(code, []).append(finest.inside[code])
    for code, old, new in zip(codes, before, after, strict=True):
        share = (new - old) / old if old else 0.0
        if abs(share) >= report.CHANGED:
            finest.changed[code] = round(share, 5)
        if code in widened:
            finest.repaired.setdefault(code, []).append(said("gap_closed"))
        if abs(share) >= TRACE:
            finest.repaired.setdefault(code, []).append(said("fitted", share=signed(100 * share, 3)))
    finest.repaired = dict(sorted(finest.repaired.items()))


def _km2(outlines: np.ndarray) -> list[float]:
    import geopandas as gpd

    return (
        store.area_km2(gpd.GeoSeries(outlines, crs="EPSG:4326").to_frame("geometry").set_geometry("geometry"))
        .fillna(0.0)
        .tolist()
    )


# --- where it comes from ----------------------------------------------------------------------------------


def _source(path: Path, layers: list, job: _Job, provider: str, licence: str, date: str, crs: str) -> dict[str, str]:
    used = list({one.id: one for one in job.schemas}.values())
    return {
        "file": path.name,
        "sha256": sha256(*_parts(path)),  # of a folder and of a Shapefile that of all its parts
        "provider": provider or next((one.provider for one in used if one.provider), path.name),
        "licence": licence or next((one.licence for one in used if one.licence), wording.UNKNOWN),
        "date": date or dates.told_by(path.name),
        "columns": ", ".join(one.id for one in used),
        "crs": crs or joined(", ", dict.fromkeys(one.crs or said("not_named") for one in layers)),
    }


def _untold(source: dict[str, str]) -> list[str]:
    """Return the options that would tell what every page says of its borders, and the file does not."""
    unknown = {"provider": source["file"], "licence": wording.UNKNOWN, "date": ""}
    return [name for name, value in unknown.items() if source[name] == value]


def _megabytes(path: Path) -> Number:
    size = sum(one.stat().st_size for one in _parts(path)) if path.exists() else 0
    return Number(size / 1e6, 1)


__all__ = ["ImportReport", "import_file"]


def _parts(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(one for one in path.rglob("*") if one.is_file())
    found = files.shapefile_parts(path) if path.suffix.lower() in SIDECARS else {}
    return [found[suffix] for suffix in SIDECARS if suffix in found] if ".shp" in found else [path]
