"""What kind of file is this, is it whole, and in which encoding are its names? Told from its bytes, before GDAL."""

from __future__ import annotations

import codecs
import os
import re
import struct
from dataclasses import dataclass, field
from pathlib import Path

from kkbgeo import file_type
from kkbgeo.boundaries.said import said
from kkbgeo.errors import BoundaryError

_MB = 1024**2
#: Most bytes per kind. GDAL streams the first group and builds the whole of the second in memory.
LIMITS = {
    "GPKG": 4096, "Shapefile": 4096, "FlatGeobuf": 4096, "GeoParquet": 4096, "FileGDB": 4096, "MapInfo": 4096,
    "GeoJSON": 2048, "GeoJSONSeq": 2048,
    "TopoJSON": 100, "ESRIJSON": 100, "KML": 150, "GML": 150,
}  # fmt: skip
#: What is opened; named where a file is something else.
READS = "GeoPackage, Shapefile, GeoJSON, TopoJSON, FlatGeobuf, GeoParquet, KML, File Geodatabase or MapInfo"
_CONVERT = f"Export the boundaries as one of: {READS} (in QGIS: Export > Save Features As), and import that file."
#: Types of files that are one kind of boundaries.
_KINDS = {"SQLite": "GPKG", "FlatGeobuf": "FlatGeobuf", "Parquet": "GeoParquet", "Shapefile": "Shapefile"}
_REMOTE = re.compile(r"^(/vsi|\\\\|[A-Za-z][A-Za-z0-9+_.-]+:)")
_JSON_KIND = [
    ("TopoJSON", rb'"type"\s*:\s*"Topology"'),
    ("ESRIJSON", rb'"(geometryType|esriGeometry\w*)"\s*:'),
    ("GeoJSON", rb'"type"\s*:\s*"(FeatureCollection|Feature|GeometryCollection|(Multi)?Polygon|(Multi)?LineString'
                rb'|(Multi)?Point)"'),
]  # fmt: skip
_HIGH = bytes(range(0x80, 0x100))
_UTF8_RUN = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


@dataclass
class Source:
    """One file ready for GDAL: what it is, how to open it, and what was noticed.

    Attributes
    ----------
    path : Path
        The file (or the folder of a File Geodatabase).
    kind : str
        ``GPKG``, ``Shapefile``, ``GeoJSON`` …
    encoding : str
        Encoding of its texts where GDAL must be told, else empty.
    notes : list of str
        What a person should know of it.
    """

    path: Path
    kind: str
    encoding: str = ""
    notes: list[str] = field(default_factory=list)


def local_file(path: str | os.PathLike) -> Path:
    """Return `path` if it is a file (or a folder ``*.gdb``) of this machine.

    Raises
    ------
    BoundaryError
        An address, a database, a virtual path of GDAL, a folder, a device, or nothing at all.
    """
    text = os.fspath(path)
    found = Path(text)
    if _REMOTE.match(text) and not (os.name == "nt" and found.exists()):
        raise BoundaryError(
            f"{text.split('?')[0]!r} is not a file of this computer.",
            hint="Download the boundaries first (kkbgeo boundaries download), then import the file.",
            path=text,
        )
    if found.is_dir() and found.suffix.lower() == ".gdb":
        return found
    if found.is_dir():
        raise BoundaryError(f"{found} is a folder.", hint="Name the file in it, or zip the folder.", path=text)
    if not found.exists():
        raise BoundaryError(f"There is no file {found}.", hint="Check the name and the folder.", path=text)
    if not found.is_file():
        raise BoundaryError(f"{found} is not a regular file.", path=text)
    if found.stat().st_size == 0:
        raise BoundaryError(f"{found.name} is empty (0 bytes).", hint="Copy or download it again.", path=text)
    return found


def identified(path: Path) -> Source:
    """Tell the kind of a file from its first bytes, and that it is whole as far as its header tells.

    Raises
    ------
    BoundaryError
        Not vector data, of a kind that is not opened, too large for its kind, or cut off.
    """
    if path.is_dir():
        return _sized(Source(path, "FileGDB"), sum(one.stat().st_size for one in path.iterdir() if one.is_file()))
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(file_type.HEAD)
    source = Source(path, _kind(path, head))
    _sized(source, size)
    if source.kind == "GPKG":
        _whole_sqlite(path, head, size)
    elif source.kind == "GeoParquet":
        with path.open("rb") as stream:
            stream.seek(max(0, size - 4))
            if stream.read() != b"PAR1":
                raise cut_off(path, "its end is missing")
    elif source.kind in {"GeoJSON", "GeoJSONSeq", "TopoJSON", "ESRIJSON"}:
        source.encoding = _text_encoding(path)
    elif source.kind in {"KML", "GML"}:
        _harmless_xml(path)
    return source


def cut_off(path: Path, why: str) -> BoundaryError:
    """Return the error for a file that ends too early."""
    return BoundaryError(
        f"{path.name} is not whole: {why}.",
        hint="Copy or download it again; the first attempt was probably cut off.",
        path=str(path),
    )


def _sized(source: Source, size: int) -> Source:
    most = LIMITS[source.kind]
    if size > most * _MB:
        raise BoundaryError(
            f"{source.path.name} has {size // _MB} MB; {source.kind} is read up to {most} MB.",
            hint="Save it as GeoPackage, or cut it to the provinces you need, and import that.",
            path=str(source.path),
            value=size,
        )
    return source


def _kind(path: Path, head: bytes) -> str:
    suffix, found = path.suffix.lower(), file_type.of(head)
    if found in _KINDS:
        return _KINDS[found]
    if not found:
        if suffix in {".tab", ".mif"}:
            return "MapInfo"
        if suffix == ".shp":
            raise cut_off(path, "it does not begin like a Shapefile")
        raise _no_boundaries(path, "is of a kind that is not known")
    if found == "HTML":
        raise BoundaryError(
            f"{path.name} is a web page, not boundaries.",
            hint="It was probably saved instead of the file (a login, a notice). Download the file itself again.",
            path=str(path),
        )
    text = file_type.as_text(head) or b""
    start = text.lstrip().lower()
    if found == "JSON":
        return _json_kind(path, text)
    if found == "XML":
        if b"<kml" in start:
            return "KML"
        if b"featurecollection" in start and b"opengis.net/gml" in start:
            return "GML"
        raise _no_boundaries(path, "is XML, but neither KML nor GML")
    if found != "text":
        raise _no_boundaries(path, f"is no vector data, but {found}")
    if (suffix == ".tab" and b"!table" in start[:200]) or (suffix == ".mif" and start.startswith(b"version")):
        return "MapInfo"
    raise _no_boundaries(path, "is text, but no vector data")


def _json_kind(path: Path, text: bytes) -> str:
    # GDAL would run such a file as a pipeline of commands.
    if b"gdal_streamed_alg" in text:
        raise _no_boundaries(path, "is a list of GDAL commands")
    for kind, pattern in _JSON_KIND:
        if re.search(pattern, text):
            lines = text.split(b"\n", 2)
            in_lines = len(lines) > 1 and all(re.match(rb'\s*\x1e?\{.*"type"\s*:\s*"Feature"\W.*\}\s*$', one)
                                              for one in lines[:2])  # fmt: skip
            return "GeoJSONSeq" if kind == "GeoJSON" and in_lines else kind
    raise _no_boundaries(path, "is JSON, but neither GeoJSON nor TopoJSON")


def _no_boundaries(path: Path, why: str) -> BoundaryError:
    return BoundaryError(f"{path.name} {why}.", hint=_CONVERT, path=str(path))


def _text_encoding(path: Path) -> str:
    """Return the encoding of a text file: empty for UTF-8, which GDAL expects."""
    with path.open("rb") as stream:
        mark = stream.read(4)
        if mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        stream.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while block := stream.read(_MB):
                decoder.decode(block)
        except UnicodeDecodeError:
            return "cp1252"
    return ""


def _harmless_xml(path: Path) -> None:
    """Refuse XML that defines entities: they can read other files or swell without end."""
    rest = b""
    with path.open("rb") as stream:
        while block := stream.read(_MB):
            piece = rest + block
            if b"\0" in piece:
                raise _no_boundaries(path, "is XML in an encoding that is not opened (save it as UTF-8)")
            if b"<!DOCTYPE" in piece.upper() or b"<!ENTITY" in piece.upper():
                raise BoundaryError(
                    f"{path.name} declares a document type or entities; such files can reach other files.",
                    hint="Save the areas again from Google Earth or QGIS.",
                    path=str(path),
                )
            rest = block[-16:]


def _whole_sqlite(path: Path, head: bytes, size: int) -> None:
    page, pages = struct.unpack_from(">H", head, 16)[0], struct.unpack_from(">I", head, 28)[0]
    expected = (65536 if page == 1 else page) * pages
    if size < expected:
        raise cut_off(path, f"{size} of {expected} bytes are there")


# --- Shapefile: several files that belong together ----------------------------------------------------------------


def shapefile_parts(path: Path) -> dict[str, Path]:
    """Return the files of a Shapefile by suffix, in whatever case they are written."""
    stem = path.stem.lower()
    return {one.suffix.lower(): one for one in sorted(path.parent.iterdir()) if one.stem.lower() == stem}


def shapefile(path: Path) -> Source:
    """Check a Shapefile: its table is there, both are whole, and the encoding of its names is found.

    Raises
    ------
    BoundaryError
        No ``.shp`` or ``.dbf`` beside it, or one of them cut off.
    """
    parts = shapefile_parts(path)
    missing = [one for one in (".shp", ".dbf") if one not in parts]
    if missing:
        raise BoundaryError(
            f"{path.stem} lacks its {' and '.join(missing)} file; a Shapefile is several files of one name, and the "
            "names and codes are in the .dbf.",
            hint="Copy all of them (.shp .shx .dbf .prj .cpg), best as one zip.",
            path=str(path),
        )
    source = Source(parts[".shp"], "Shapefile")
    size = parts[".shp"].stat().st_size
    with parts[".shp"].open("rb") as stream:
        head = stream.read(100)
    if len(head) < 100 or file_type.of(head) != "Shapefile":
        raise cut_off(path, "its .shp does not begin like a Shapefile")
    expected = struct.unpack_from(">i", head, 24)[0] * 2
    if size < expected:
        raise cut_off(path, f"its .shp has {size} of {expected} bytes")
    _sized(source, size)
    source.encoding, note = _table_encoding(parts)
    source.notes += [note] if note else []
    if ".prj" not in parts:
        source.notes.append(said("no_prj"))
    return source


def _table_encoding(parts: dict[str, Path]) -> tuple[str, str]:
    """Return the encoding of a dBASE table and a note, from its bytes first and its ``.cpg`` second."""
    path = parts[".dbf"]
    content = path.read_bytes()
    if len(content) < 32:
        raise cut_off(path, "its .dbf has no header")
    rows, start, width = struct.unpack_from("<IHH", content, 4)
    if len(content) < start + rows * width:
        raise cut_off(path, f"its .dbf has {len(content)} of {start + rows * width} bytes")
    declared = parts[".cpg"].read_text("ascii", "ignore").strip() if ".cpg" in parts else ""
    body = content[start:]
    runs = _UTF8_RUN.findall(body)
    loose = len(body) - len(body.translate(None, _HIGH)) - sum(map(len, runs))
    if not runs and not loose:
        return "UTF-8", ""
    # A name of ten letters can be cut inside a letter, so a few loose bytes do not speak against UTF-8.
    if runs and loose <= len(runs):
        return "UTF-8", "" if declared.upper() in {"UTF-8", "UTF8", "65001"} else said("read_utf8")
    encoding = _single_byte(declared)
    key = "not_utf8_but_said" if declared else "not_utf8"
    return encoding, said(key, declared=declared, encoding=encoding)


def _single_byte(declared: str) -> str:
    named = f"cp{declared}" if declared.isdigit() else declared.replace("ANSI ", "cp").replace("ISO 88591", "latin-1")
    try:
        found = codecs.lookup(named).name
    except LookupError:
        return "cp1252"
    return "cp1252" if found in {"utf-8", "ascii", "iso8859-1"} else found.upper() if "iso" in found else found
