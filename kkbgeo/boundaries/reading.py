"""Read areas from any vector file that somebody sends: safely, codes as text, in degrees."""

from __future__ import annotations

import codecs
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kkbgeo import file_type
from kkbgeo.boundaries import archives, files, sanity
from kkbgeo.boundaries.layer import Layer
from kkbgeo.boundaries.said import said
from kkbgeo.errors import BoundaryError
from kkbgeo.language import joined, phrase, words

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

#: Most rows of a layer; Indonesia has 84,000 villages.
MOST_ROWS = 1_000_000
#: Most bytes of geometry of a file while it is read (16 a vertex): 190 million vertices.
MOST_GEOMETRY = 3 * 1024**3
_DATASETS = {".shp", ".gpkg", ".geojson", ".json", ".geojsonl", ".topojson", ".fgb", ".parquet", ".geoparquet",
             ".kml", ".gml", ".tab", ".mif"}  # fmt: skip
_ONE_LAYER = {"GeoJSON", "GeoJSONSeq", "ESRIJSON", "FlatGeobuf", "Shapefile", "GeoParquet"}
_PREFIX = {"GeoJSON": "GeoJSON:", "TopoJSON": "TopoJSON:", "ESRIJSON": "ESRIJSON:", "GeoJSONSeq": "GeoJSONSeq:"}
_OPTIONS = {"GML_DOWNLOAD_SCHEMA": "NO", "GML_SKIP_RESOLVE_ELEMS": "ALL", "OGR_GEOJSON_MAX_OBJ_SIZE": "200"}


def read_layers(path: str | os.PathLike, *, layer: str | None = None, crs: str = "") -> list[Layer]:
    """Read every layer of areas in a file.

    Parameters
    ----------
    path : path
        A file of this machine: GeoPackage, Shapefile, GeoJSON, TopoJSON, FlatGeobuf, GeoParquet, KML, File
        Geodatabase, MapInfo, or a zip (KMZ) of such.
    layer : str, optional
        Only this layer.
    crs : str
        The coordinate system where the file names none, or a wrong one (``EPSG:32749``).

    Returns
    -------
    list of Layer
        In the order of the file; layers without areas are passed over.

    Raises
    ------
    BoundaryError
        No file of this machine, not vector data, damaged, cut off, too large, an archive that is not safe, no areas,
        no such layer, coordinates in two systems or in one that is not known; fields ``path``, ``layer``, ``value``.

    Examples
    --------
    >>> from kkbgeo.paths import data_root
    >>> embedded = data_root() / "boundaries" / "approximate-2025" / "province.parquet"
    >>> found = read_layers(embedded)
    >>> found[0].frame.loc[0, ["code", "name"]].to_list(), found[0].crs
    (['61', 'Kalimantan Barat'], 'EPSG:4326')
    """
    asked = files.local_file(path)
    with tempfile.TemporaryDirectory(prefix="kkbgeo-") as made:
        found: list[Layer] = []
        passed: list[tuple[str, str]] = []
        names: list[str] = []
        for source in _sources(asked, Path(made)):
            with _readable(source, Path(made)) as opened:
                for name, asked_for in _layer_names(asked, source, opened):
                    names.append(name)
                    if layer is None or name == layer:
                        one = _layer(asked, source, opened, name, asked_for, crs)
                        found.append(one) if isinstance(one, Layer) else passed.append((name, one))
    if layer is not None and layer not in names:
        raise BoundaryError(
            f"{asked.name} has no layer {layer!r}.",
            hint=f"Layers: {', '.join(names)}",
            path=str(asked),
            layer=layer,
            value=layer,
            candidates=tuple(names),
        )
    if not found:
        told = words(joined("; ", (phrase("{}: {}", name, why) for name, why in passed)), "en") or "no layers"
        raise BoundaryError(
            f"{asked.name} holds no areas ({told}).",
            hint="Boundaries are polygons with a name or code each; is this the file you meant?",
            path=str(asked),
            layer=layer or "",
        )
    for one in found:
        one.notes += [said("layer_passed_over", name=name, why=why) for name, why in passed]
    return found


# --- which files, and how GDAL opens them -------------------------------------------------------------------------


def _sources(path: Path, folder: Path) -> Iterator[files.Source]:
    with path.open("rb") if path.is_file() else _nothing() as stream:
        packed = stream is not None and file_type.of(stream.read(4)) == "ZIP"
    if not packed:
        yield _source(path)
        return
    inside = archives.unpack(path, folder)
    bases = {one.parent for one in inside if one.parent.suffix.lower() == ".gdb"}
    single = [one for one in inside if one.suffix.lower() in _DATASETS and one.parent not in bases]
    # Beside a .mif or .tab lie files of the same data; a table alone is a Shapefile that lost its shapes.
    lone = [one for one in inside if one.suffix.lower() in {".dbf", ".shx"}
            and not any(other.stem.lower() == one.stem.lower() for other in single)]  # fmt: skip
    if not single and not bases and not lone:
        raise BoundaryError(
            f"{path.name} holds no boundaries: {', '.join(one.name for one in inside[:6]) or 'nothing'}.",
            hint=f"A zip is opened when it holds: {files.READS}.",
            path=str(path),
        )
    for one in sorted(bases) + (single or ([] if bases else lone[:1])):
        try:
            yield _source(one)
        except BoundaryError as wrong:
            raise BoundaryError(f"In {path.name}: {wrong.message}", hint=wrong.hint, path=str(path)) from None


@contextmanager
def _nothing() -> Iterator[None]:
    yield None


def _source(path: Path) -> files.Source:
    if path.is_file() and path.suffix.lower() in {".shp", ".shx", ".dbf", ".prj", ".cpg"}:
        if path.suffix.lower() == ".shp":
            files.identified(path)  # a web page can be called .shp
        return files.shapefile(path)
    source = files.identified(path)
    return files.shapefile(path) if source.kind == "Shapefile" else source


@contextmanager
def _readable(source: files.Source, folder: Path) -> Iterator[str]:
    """Give the name GDAL opens: a copy where it would write beside the file, or must be handed another encoding."""
    path = source.path
    if source.kind == "Shapefile" and ".shx" not in (parts := files.shapefile_parts(path)):
        copy = Path(tempfile.mkdtemp(dir=folder))
        for suffix, one in parts.items():
            shutil.copyfile(one, copy / f"{path.stem}{suffix}")
        path = copy / f"{path.stem}.shp"
        source.notes.append(said("no_shx"))
    elif source.kind != "Shapefile" and source.encoding:
        copy = Path(tempfile.mkdtemp(dir=folder)) / path.name
        with path.open("rb") as old, copy.open("w", encoding="utf-8", newline="") as new:
            shutil.copyfileobj(codecs.getreader(source.encoding)(old, errors="replace"), new)
        path = copy
        source.notes.append(said("file_not_utf8", encoding=source.encoding))
    yield _PREFIX.get(source.kind, "") + str(path.absolute())


@contextmanager
def _gdal(asked: Path, source: files.Source) -> Iterator[list[str]]:
    """Turn what GDAL says into words of ours: its errors into `BoundaryError`, its warnings into notes."""
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    before = {name: pyogrio.get_gdal_config_option(name) for name in [*_OPTIONS, "SHAPE_RESTORE_SHX"]}
    pyogrio.set_gdal_config_options({**_OPTIONS, "SHAPE_RESTORE_SHX": "YES"})
    told: list[str] = []
    try:
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            yield told
        told += dict.fromkeys(str(one.message) for one in heard if issubclass(one.category, RuntimeWarning))
    except (DataSourceError, DataLayerError, OSError, UnicodeDecodeError, ValueError, RuntimeError) as wrong:
        if isinstance(wrong, BoundaryError):
            raise
        raise BoundaryError(
            f"{asked.name} cannot be read as {source.kind}: {str(wrong).replace(str(source.path.parent), '')[:300]}",
            hint="The file is damaged or was cut off: copy or download it again.",
            path=str(asked),
        ) from None
    finally:
        pyogrio.set_gdal_config_options(before)


def _layer_names(asked: Path, source: files.Source, opened: str) -> list[tuple[str, str | None]]:
    """Return the layers, each with the name GDAL wants for it (None: the only one)."""
    if source.kind in _ONE_LAYER:  # to ask for its name would read a GeoJSON file twice more
        return [(source.path.stem, None)]
    import pyogrio

    with _gdal(asked, source):
        return [(str(name), str(name)) for name, _kind in pyogrio.list_layers(opened)]


# --- one layer ----------------------------------------------------------------------------------------------------


def _layer(asked: Path, source: files.Source, opened: str, name: str, asked_for: str | None, crs: str) -> Layer | str:
    """Return the layer, or why it holds no areas."""
    import geopandas as gpd
    import shapely

    table, wkb, named = _table(asked, source, opened, asked_for)
    if table.num_rows == 0:
        return said("no_rows")
    columns = {column: as_text(table[column]) for column in dict.fromkeys(table.column_names)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            shapes = shapely.from_wkb(wkb, on_invalid="ignore")
        except NotImplementedError:  # arcs, surfaces: GEOS knows straight lines only
            shapes = shapely.from_wkb(_straight(asked, source, opened, asked_for), on_invalid="ignore")
            source.notes.append(said("curved"))
        shapes = shapely.force_2d(shapes)
    layer = Layer(name, gpd.GeoDataFrame(columns, geometry=shapes), named, asked, list(source.notes))
    layer.notes += _numbers_told(table)
    sanity.only_areas(layer)
    if layer.frame.empty:
        return sanity.what_instead(shapes)
    sanity.in_degrees(layer, crs)
    sanity.plausible(layer)
    if layer.frame.empty:
        return layer.left_out[-1].reason
    layer.rows = (layer.frame.index + 1).tolist()
    layer.frame = layer.frame.reset_index(drop=True)
    return layer


def _table(asked: Path, source: files.Source, opened: str, layer: str | None) -> tuple[pa.Table, np.ndarray, str]:
    """Return the columns, the geometry as WKB and the coordinate system of a layer."""
    if source.kind == "GeoParquet":
        return _parquet(asked, source)
    import numpy as np
    import pyarrow as pa
    import pyogrio

    with _gdal(asked, source) as told:
        encoding = source.encoding if source.kind == "Shapefile" else None
        with pyogrio.open_arrow(opened, layer=layer, encoding=encoding, use_pyarrow=True, batch_size=8192) as (
            meta,
            reader,
        ):
            batches, size, rows = [], 0, 0
            for batch in reader:
                batches.append(batch)
                size, rows = size + batch.nbytes, rows + batch.num_rows
                if size > MOST_GEOMETRY or rows > MOST_ROWS:
                    raise BoundaryError(
                        f"{asked.name} is too large: over {rows} rows or {size // 1024**2} MB of coordinates.",
                        hint="Cut it to the provinces you need, or simplify it, and import that.",
                        path=str(asked),
                        layer=layer or "",
                        value=rows,
                    )
            table = pa.Table.from_batches(batches, schema=reader.schema)
    heard = [said("gdal", told=words) for words in told]
    source.notes += [words for words in heard if words not in source.notes]
    column = meta["geometry_name"] or "wkb_geometry"
    if column not in table.column_names:
        return table, np.full(table.num_rows, None, dtype=object), ""
    wkb = table[column].to_numpy(zero_copy_only=False)
    drop = [column, *({meta["fid_column"]} & set(table.column_names))]
    return table.drop_columns(drop), wkb, str(meta["crs"] or "")


def _straight(asked: Path, source: files.Source, opened: str, layer: str | None) -> np.ndarray:
    """Return the geometry as WKB once more, every arc as a chain of straight lines of 4 degrees each."""
    import pyogrio

    with _gdal(asked, source):
        return pyogrio.raw.read(opened, layer=layer, columns=[], max_features=MOST_ROWS)[2]


def _parquet(asked: Path, source: files.Source) -> tuple[pa.Table, np.ndarray, str]:
    import geopandas as gpd
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(source.path) as opened:
            size = sum(opened.metadata.row_group(i).total_byte_size for i in range(opened.metadata.num_row_groups))
            rows = opened.metadata.num_rows
            if size > MOST_GEOMETRY or rows > MOST_ROWS:
                raise BoundaryError(
                    f"{asked.name} is too large: {rows} rows, {size // 1024**2} MB unpacked.",
                    hint="Cut it to the provinces you need and import that.",
                    path=str(asked),
                    value=rows,
                )
            if b"geo" not in (opened.schema_arrow.metadata or {}):
                raise BoundaryError(
                    f"{asked.name} is Parquet, but not GeoParquet: it does not say which column holds the areas.",
                    hint="Write it with geopandas: areas.to_parquet(...).",
                    path=str(asked),
                )
        areas = gpd.read_parquet(source.path)
        table = pq.read_table(source.path)
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as wrong:
        if isinstance(wrong, BoundaryError):
            raise
        raise BoundaryError(
            f"{asked.name} cannot be read as GeoParquet: {str(wrong)[:300]}",
            hint="The file is damaged or was cut off: copy or download it again.",
            path=str(asked),
        ) from None
    geometry = [column for column in table.column_names if not _is_plain(table.schema.field(column).type)]
    geometry += [column for column in areas.columns if areas[column].dtype == "geometry" and column not in geometry]
    return table.drop_columns(geometry), areas.geometry.to_wkb().to_numpy(), _crs_name(areas.crs)


def _is_plain(kind: Any) -> bool:
    import pyarrow as pa

    return not (pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or isinstance(kind, pa.BaseExtensionType))


def _crs_name(crs: Any) -> str:
    if crs is None:
        return ""
    authority = crs.to_authority()
    if authority == ("OGC", "CRS84"):
        return "EPSG:4326"
    return ":".join(authority) if authority else crs.to_wkt()


def as_text(column: pa.ChunkedArray) -> list[str]:
    """Return a column as text: whole numbers without a point, a missing cell as ``""``.

    Examples
    --------
    >>> import pyarrow as pa
    >>> as_text(pa.chunked_array([[6101.0, None, 61.5]])), as_text(pa.chunked_array([["061", None]]))
    (['6101', '', '61.5'], ['061', ''])
    """
    import pyarrow as pa

    values = column.to_pylist()
    if pa.types.is_floating(column.type):
        return ["" if v is None or v != v else str(int(v)) if v.is_integer() else repr(v) for v in values]
    return ["" if value is None else str(value).strip() for value in values]


def _numbers_told(table: pa.Table) -> list[str]:
    import pyarrow as pa

    words = ("kode", "code", "pcode", "kd", "id", "gid", "cc_")
    odd = [
        one.name
        for one in table.schema
        if pa.types.is_floating(one.type)
        and one.name.lower().startswith(words)
        and any(v is not None and v == v and not v.is_integer() for v in table[one.name].to_pylist())
    ]
    return [said("decimals", column=name) for name in odd]
