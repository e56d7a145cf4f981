"""Opening files of boundaries: every format, codes as text, and bad input told in words, in bounded time and memory."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
import zipfile

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import box

from kkbgeo.boundaries import archives, files
from kkbgeo.boundaries.reading import read_layers
from kkbgeo.errors import BoundaryError

NAMES = ["Sambas", "Pulau Sémbilan", "Tanah Laut", "Hulu"]


def areas(count=4, crs="EPSG:4326", codes=None) -> gpd.GeoDataFrame:
    shapes = [box(110 + at, 0, 111 + at, 1) for at in range(count)]
    codes = codes or [f"61.{at + 1:02d}" for at in range(count)]
    frame = gpd.GeoDataFrame({"kode": codes, "nama": NAMES[:count]}, geometry=shapes, crs="EPSG:4326")
    return frame.to_crs(crs) if crs else frame.set_crs(None, allow_override=True)


def write(frame, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path, engine="pyogrio", **({"encoding": "UTF-8"} if path.suffix == ".shp" else {}))
    return path


def one(path, **options):
    (layer,) = read_layers(path, **options)
    return layer


def zipped(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def refused(path, words, **options):
    """Assert a clear refusal: the file named, something to do, in no time."""
    began = time.process_time()
    with pytest.raises(BoundaryError, match=words) as caught:
        read_layers(path, **options)
    assert time.process_time() - began < 5
    assert caught.value.fields["path"]
    return caught.value


# --- formats ------------------------------------------------------------------------------------------------------

TOPOJSON = {
    "type": "Topology", "arcs": [[[0, 0], [1, 0], [0, 1], [-1, 0], [0, -1]]],
    "transform": {"scale": [1, 1], "translate": [110, 0]},
    "objects": {"kab": {"type": "GeometryCollection", "geometries": [
        {"type": "Polygon", "arcs": [[0]], "properties": {"kode": "61.01", "nama": "Sambas"}}]}},
}  # fmt: skip
KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>batas</name><Placemark><name>Sambas</name>
<ExtendedData><Data name="kode"><value>61.01</value></Data></ExtendedData>
<Polygon><outerBoundaryIs><LinearRing><coordinates>110,0 111,0 111,1 110,1 110,0</coordinates></LinearRing>
</outerBoundaryIs></Polygon></Placemark></Document></kml>"""


@pytest.mark.parametrize("suffix", ["gpkg", "shp", "geojson", "fgb", "parquet", "tab", "mif", "gdb", "geojsonl"])
def test_every_format_gives_the_same_areas(tmp_path, suffix):
    path = tmp_path / f"batas.{suffix}"
    areas().to_parquet(path) if suffix == "parquet" else areas().to_file(
        path, engine="pyogrio", driver={"geojsonl": "GeoJSONSeq", "gdb": "OpenFileGDB"}.get(suffix)
    )
    layer = one(path)
    layer.frame = layer.frame.sort_values("kode")  # FlatGeobuf keeps rows in the order of its index
    assert layer.frame["kode"].to_list() == ["61.01", "61.02", "61.03", "61.04"]
    assert layer.frame["nama"].to_list() == NAMES
    assert layer.frame.crs == "EPSG:4326"
    assert layer.path == path
    assert shapely.equals(layer.frame.geometry.to_numpy(), areas().geometry.to_numpy()).all()


def test_topojson_and_kml(tmp_path):
    (tmp_path / "a.topojson").write_text(json.dumps(TOPOJSON), encoding="utf-8")
    (tmp_path / "a.kml").write_text(KML, encoding="utf-8")
    zipped(tmp_path / "a.kmz", {"doc.kml": KML})
    for name in ("a.topojson", "a.kml", "a.kmz"):
        layer = one(tmp_path / name)
        assert layer.frame["kode"].to_list() == ["61.01"]
        assert layer.frame.geometry.iloc[0].equals(box(110, 0, 111, 1))


def test_answers_of_an_arcgis_service(tmp_path):
    rings = [list(map(list, box(110, 0, 111, 1).exterior.coords))]
    answer = {
        "displayFieldName": "NAMOBJ", "geometryType": "esriGeometryPolygon",
        "spatialReference": {"wkid": 4326, "latestWkid": 4326},
        "fields": [{"name": "KDPKAB", "type": "esriFieldTypeString", "alias": "KDPKAB", "length": 50}],
        "features": [{"attributes": {"KDPKAB": "61.01"}, "geometry": {"rings": rings}}],
    }  # fmt: skip
    (tmp_path / "a.json").write_text(json.dumps(answer), encoding="utf-8")
    assert one(tmp_path / "a.json").frame["KDPKAB"].to_list() == ["61.01"]


def test_layers_of_a_geopackage_and_of_a_zip(tmp_path):
    path = tmp_path / "batas.gpkg"
    areas(2).to_file(path, layer="provinsi", engine="pyogrio")
    areas(4).to_file(path, layer="kabupaten", engine="pyogrio")
    points = areas(3).set_geometry(areas(3).representative_point())
    points.to_file(path, layer="ibu_kota", engine="pyogrio")
    assert [(one.name, len(one.frame)) for one in read_layers(path)] == [("provinsi", 2), ("kabupaten", 4)]
    assert any("ibu_kota" in note and "points" in note for note in read_layers(path)[0].notes)
    assert [one.name for one in read_layers(path, layer="kabupaten")] == ["kabupaten"]
    wrong = refused(path, "no layer 'desa'", layer="desa")
    assert wrong.fields["candidates"] == ("provinsi", "kabupaten", "ibu_kota")
    folder = tmp_path / "s"
    for name in ("adm1", "adm2"):
        write(areas(2), folder / f"{name}.shp")
    members = {f"batas/{one.name}": one.read_bytes() for one in folder.iterdir()}
    packed = zipped(tmp_path / "batas.zip", {"__MACOSX/x": "x", "batas/readme.txt": "x", **members})
    assert [(one.name, len(one.frame)) for one in read_layers(packed)] == [("adm1", 2), ("adm2", 2)]


def test_a_file_geodatabase_in_a_zip(tmp_path):
    areas().to_file(tmp_path / "a.gdb", driver="OpenFileGDB", engine="pyogrio", layer="kab")
    members = {f"a.gdb/{one.name}": one.read_bytes() for one in (tmp_path / "a.gdb").iterdir()}
    layer = one(zipped(tmp_path / "a.gdb.zip", members))
    assert (layer.name, len(layer.frame)) == ("kab", 4)


# --- codes stay text ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["gpkg", "shp", "geojson", "parquet"])
def test_codes_are_text_however_they_are_stored(tmp_path, suffix):
    frame = areas(3, codes=["061", "062", "063"])
    frame["whole"] = [6101, 6102, 6103]
    frame["holes"] = [6101.0, np.nan, 6103.0]
    frame["long"] = [6101012001, 6101012002, 6101012003]
    layer = one(write(frame, tmp_path / f"a.{suffix}"))
    assert layer.frame["kode"].to_list() == ["061", "062", "063"]
    assert layer.frame["whole"].to_list() == ["6101", "6102", "6103"]
    assert layer.frame["holes"].to_list() == ["6101", "", "6103"]
    assert layer.frame["long"].to_list() == ["6101012001", "6101012002", "6101012003"]


def test_a_code_with_a_decimal_point_stored_as_a_number_is_told(tmp_path):
    frame = areas(2)
    frame["kode"] = [61.10, 61.02]
    layer = one(write(frame, tmp_path / "a.geojson"))
    assert layer.frame["kode"].to_list() == ["61.1", "61.02"]
    assert any("kode" in note and "61.10" in note for note in layer.notes)


# --- Shapefiles ---------------------------------------------------------------------------------------------------


def test_a_shapefile_without_projection_or_index(tmp_path):
    path = write(areas(), tmp_path / "a.shp")
    (tmp_path / "a.prj").unlink()
    (tmp_path / "a.shx").unlink()
    layer = one(path)
    assert layer.crs == ""
    assert len(layer.frame) == 4
    assert any("no .prj" in note for note in layer.notes)
    assert any("no .shx" in note for note in layer.notes)
    assert not (tmp_path / "a.shx").exists()  # nothing is written beside the user's file


def test_any_part_of_a_shapefile_names_it(tmp_path):
    write(areas(), tmp_path / "A.shp")
    for one_part in list(tmp_path.iterdir()):
        one_part.rename(tmp_path / one_part.name.upper())
    assert len(one(tmp_path / "A.DBF").frame) == len(one(tmp_path / "A.SHP").frame) == 4


@pytest.mark.parametrize("missing", [".dbf", ".shp"])
def test_a_shapefile_without_its_table_or_shapes(tmp_path, missing):
    path = write(areas(), tmp_path / "a.shp")
    (tmp_path / f"a{missing}").unlink()
    wrong = refused(path if missing == ".dbf" else tmp_path / "a.dbf", f"lacks its {missing}")
    assert "zip" in wrong.hint
    members = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    refused(zipped(tmp_path / "b.zip", members), f"lacks its {missing}")


@pytest.mark.parametrize("declared", [None, "UTF-8", "ISO-8859-1", "1252", "nonsense"])
@pytest.mark.parametrize("stored", ["UTF-8", "CP1252"])
def test_the_encoding_of_names_is_found(tmp_path, stored, declared):
    path = tmp_path / "a.shp"
    areas().to_file(path, engine="pyogrio", encoding=stored)
    (tmp_path / "a.cpg").unlink(missing_ok=True)
    if declared:
        (tmp_path / "a.cpg").write_text(declared)
    layer = one(path)
    assert layer.frame["nama"].to_list() == NAMES
    assert bool([note for note in layer.notes if "UTF-8" in note]) == (stored != "UTF-8" or declared != "UTF-8")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_text_that_is_not_utf8(tmp_path, encoding):
    text = areas().to_json(ensure_ascii=False)
    (tmp_path / "a.geojson").write_bytes(text.encode(encoding))
    assert one(tmp_path / "a.geojson").frame["nama"].to_list() == NAMES


# --- coordinates --------------------------------------------------------------------------------------------------


def test_another_coordinate_system_is_brought_to_degrees(tmp_path):
    layer = one(write(areas(crs="EPSG:32749"), tmp_path / "a.gpkg"))
    assert layer.crs == "EPSG:32749"
    assert layer.frame.crs == "EPSG:4326"
    moved = shapely.hausdorff_distance(layer.frame.geometry.to_numpy(), areas().geometry.to_numpy())
    assert moved.max() < 1e-6


def test_metres_without_a_coordinate_system_ask_for_one(tmp_path):
    path = write(areas(crs="EPSG:32749"), tmp_path / "a.shp")
    (tmp_path / "a.prj").unlink()
    assert "--crs" in refused(path, "names no coordinate system").hint
    layer = one(path, crs="EPSG:32749")
    assert layer.frame.total_bounds == pytest.approx([110, 0, 114, 1], abs=1e-6)
    refused(path, "no coordinate system that is known", crs="EPSG:0")


def test_a_wrong_coordinate_system_is_told(tmp_path):
    metres = areas(crs="EPSG:32749").set_crs("EPSG:4326", allow_override=True)
    refused(write(metres, tmp_path / "a.gpkg"), "says EPSG:4326, but its coordinates are metres")
    degrees = areas().set_crs("EPSG:32749", allow_override=True)
    refused(write(degrees, tmp_path / "b.gpkg"), "says EPSG:32749, but its coordinates are degrees")
    assert one(tmp_path / "b.gpkg", crs="EPSG:4326").frame.total_bounds.tolist() == [110, 0, 114, 1]


def test_rows_in_two_coordinate_systems(tmp_path):
    mixed = areas()
    mixed.loc[2, "geometry"] = areas(crs="EPSG:32749").geometry[2]
    wrong = refused(write(mixed, tmp_path / "a.gpkg"), r"mixes coordinate systems.*row 3 \(61\.03")
    assert wrong.fields["value"] == [3]


def test_swapped_coordinates_are_told_and_left_as_they_are(tmp_path):
    turned = areas().set_geometry(shapely.transform(areas().geometry.to_numpy(), lambda at: at[:, ::-1]), crs=4326)
    layer = one(write(turned, tmp_path / "a.gpkg"))
    assert any("swapped" in note for note in layer.notes)
    assert layer.frame.total_bounds.tolist() == [0, 110, 1, 114]
    assert not any("swapped" in note for note in one(write(areas(), tmp_path / "b.gpkg")).notes)


def test_an_area_across_the_antimeridian_is_named_and_left_out(tmp_path):
    frame = areas()
    frame.loc[1, "geometry"] = box(-179, 0, 179, 1)
    layer = one(write(frame, tmp_path / "a.gpkg"))
    assert layer.frame["kode"].to_list() == ["61.01", "61.03", "61.04"]
    ((row, label, reason),) = [(left.row, left.label, left.reason) for left in layer.left_out]
    assert (row, label, reason) == (2, "61.02 Pulau Sémbilan", "spans the antimeridian")
    refused(write(frame.iloc[[1]], tmp_path / "b.gpkg"), "spans the antimeridian")


def test_a_bow_tie_over_the_whole_file_is_named_and_left_out(tmp_path):
    frame = areas()
    frame.loc[3, "geometry"] = shapely.Polygon([(109, -1), (115, 2), (115, -1), (109, 2)])
    layer = one(write(frame, tmp_path / "a.gpkg"))
    assert layer.frame["kode"].to_list() == ["61.01", "61.02", "61.03"]
    assert [left.reason for left in layer.left_out] == ["crosses itself and covers the whole file (a bow-tie)"]
    small = areas()
    small.loc[3, "geometry"] = shapely.Polygon([(113, 0), (114, 1), (114, 0), (113, 1)])
    assert len(one(write(small, tmp_path / "b.gpkg")).frame) == 4  # an invalid unit is for the repair


def test_heights_and_mixed_collections(tmp_path):
    frame = areas()
    frame["geometry"] = shapely.force_3d(frame.geometry.to_numpy(), 5.0)
    frame.loc[0, "geometry"] = shapely.GeometryCollection([box(110, 0, 111, 1), shapely.Point(0, 0)])
    (tmp_path / "a.geojson").write_text(frame.to_json(), encoding="utf-8")
    layer = one(tmp_path / "a.geojson")
    assert not layer.frame.has_z.any()
    assert set(layer.frame.geom_type) <= {"Polygon", "MultiPolygon"}
    assert any("mixed shapes" in note for note in layer.notes)


# --- nothing to draw ----------------------------------------------------------------------------------------------


def test_no_rows_no_geometry_points_and_lines(tmp_path):
    refused(write(areas().iloc[:0], tmp_path / "a.gpkg"), "no rows")
    bare = areas()
    bare["geometry"] = None
    refused(write(bare.set_geometry("geometry", crs=4326), tmp_path / "b.gpkg"), "without any geometry")
    refused(write(areas().set_geometry(areas().boundary), tmp_path / "c.gpkg"), "4 lines, not areas")
    refused(write(areas().set_geometry(areas().representative_point()), tmp_path / "d.shp"), "4 points, not areas")
    refused(write(areas(), tmp_path / "e.gpkg").rename(tmp_path / "x.gpkg").with_name("e.gpkg"), "no file")


def test_rows_that_are_no_areas_are_named(tmp_path):
    frame = areas()
    frame.loc[0, "geometry"] = None
    frame.loc[2, "geometry"] = shapely.Point(110, 0)
    (tmp_path / "a.geojson").write_text(frame.to_json(), encoding="utf-8")
    layer = one(tmp_path / "a.geojson")
    assert [(left.row, left.reason) for left in layer.left_out] == [(1, "no geometry"), (3, "points, not an area")]
    assert layer.frame["kode"].to_list() == ["61.02", "61.04"]


# --- files that are no data ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("content,words", [
    (b"", "empty"), (b"<!DOCTYPE html><html>login</html>", "web page"), (b"  <html>x", "web page"),
    (b"%PDF-1.4", "PDF"), (b"PK\x03\x04broken", "damaged zip"), (b"\x00\x01\x02", r"not known|not whole"),
    (b"kode,nama\n61,Kalbar\n", "no vector data"), (b'{"success": false}', "neither GeoJSON nor TopoJSON"),
    (b'{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline"}', "GDAL commands"),
    (b'<OGRVRTDataSource><OGRVRTLayer name="x"/></OGRVRTDataSource>', "neither KML nor GML"),
    (b"version https://git-lfs.github.com/spec/v1\noid x", "git LFS"), (b"\x1f\x8b\x08", "gzip"),
])  # fmt: skip
@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.shp", "a.kml"])
def test_something_else_is_told(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    wrong = refused(tmp_path / name, words)
    assert wrong.hint


@pytest.mark.parametrize("address", [
    "http://example.org/a.geojson", "https://x/a.zip", "/vsicurl/https://x/a.gpkg", "/vsizip//vsicurl/https://x/a.zip",
    "ftp://x/a", "PG:host=x dbname=y", "MYSQL:x", "WFS:https://x", "s3://b/k", r"\\server\share\a.gpkg", "/vsistdin/",
    "file:///etc/passwd", "GPKG:a.gpkg:layer",
])  # fmt: skip
def test_what_is_not_a_file_of_this_computer_is_refused(address):
    refused(address, "not a file of this computer")


def test_a_folder_a_device_and_nothing(tmp_path):
    refused(tmp_path, "is a folder")
    refused("/dev/zero", "not a regular file")
    refused(tmp_path / "x.shp", "no file")
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "pipe", "not a regular file")


@pytest.mark.parametrize("suffix", ["gpkg", "shp", "geojson", "fgb", "parquet", "zip"])
@pytest.mark.parametrize("share", [0.5, 0.95])
def test_a_file_that_was_cut_off(tmp_path, suffix, share):
    frame = areas().iloc[np.tile(range(4), 50)].reset_index(drop=True)
    if suffix == "zip":
        path = zipped(tmp_path / "a.zip", {"a.geojson": frame.to_json()})
    else:
        path = write(frame, tmp_path / f"a.{suffix}")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    refused(path, r"not whole|cannot be read|damaged zip")


def test_a_table_that_was_cut_off(tmp_path):
    path = write(areas(), tmp_path / "a.shp")
    table = tmp_path / "a.dbf"
    table.write_bytes(table.read_bytes()[:-80])
    refused(path, r"\.dbf has")


def test_parquet_without_areas_is_told(tmp_path):
    areas().drop(columns="geometry").to_parquet(tmp_path / "a.parquet")
    refused(tmp_path / "a.parquet", "not GeoParquet")


def test_kml_that_reaches_for_other_files(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    entity = f'<!DOCTYPE kml [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    for number, text in enumerate((
        KML.replace("<kml", entity + "<kml").replace("Sambas", "&x;"),
        KML.replace("<kml", " " * 1_048_570 + entity + "<kml"),
        KML.replace("<kml", '<!DOCTYPE k [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><kml'),
    )):  # fmt: skip
        path = tmp_path / f"{number}.kml"
        path.write_text(text, encoding="utf-8")
        if number == 1:
            path.write_text(text.replace(" " * 1_048_570, "<kml>" + " " * 1_048_560), encoding="utf-8")
        refused(path, "document type or entities")
    (tmp_path / "u.kml").write_bytes(KML.encode("utf-16"))
    refused(tmp_path / "u.kml", "encoding")


# --- archives -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../a.geojson", "/etc/a.geojson", "x/../../a.geojson", "..\\a.geojson", "C:/a.geojson"]
)
def test_names_that_lead_outside_are_refused(tmp_path, name):
    packed = tmp_path / "in" / "a.zip"
    packed.parent.mkdir()
    refused(zipped(packed, {name: areas().to_json()}), "leads outside")
    assert [one.name for one in tmp_path.rglob("*")] == ["in", "a.zip"]


def test_a_bomb_is_refused_before_it_swells(tmp_path):
    refused(zipped(tmp_path / "a.zip", {"a.geojson": b" " * (80 * 1024**2)}), "swells")


def test_an_archive_that_lies_about_its_size(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a.geojson": b"x" * 10_000})
    content = path.read_bytes()
    at = content.rfind(b"PK\x01\x02")
    path.write_bytes(content[: at + 24] + (5).to_bytes(4, "little") + content[at + 28 :])
    refused(path, r"more of|damaged")


def test_archives_in_archives_links_passwords_and_crowds(tmp_path, monkeypatch):
    refused(zipped(tmp_path / "a.zip", {"b.zip": "x"}), "another archive")
    link = zipfile.ZipInfo("a.geojson")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "l.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    refused(tmp_path / "l.zip", "a link")
    locked = zipped(tmp_path / "p.zip", {"a.geojson": "x"})
    content = bytearray(locked.read_bytes())
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    locked.write_bytes(content)
    refused(locked, "password")
    monkeypatch.setattr(archives, "MOST_FILES", 3)
    refused(zipped(tmp_path / "m.zip", {f"{at}.txt": "" for at in range(5)}), "5 files")
    refused(zipped(tmp_path / "n.zip", {"readme.txt": "x"}), "holds no boundaries")
    both = {"a.geojson": areas().to_json(), "A.GEOJSON": "x"}
    refused(zipped(tmp_path / "t.zip", both), "twice")


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    read_layers(zipped(tmp_path / "a.zip", {"a.geojson": areas().to_json()}))
    refused(zipped(tmp_path / "b.zip", {"b.geojson": "<html>"}), "web page")
    assert list((tmp_path / "t").iterdir()) == []


# --- size ---------------------------------------------------------------------------------------------------------

_MEASURE = """
import re, resource, sys
from pathlib import Path
from kkbgeo.boundaries.reading import read_layers
from kkbgeo.errors import BoundaryError
import geopandas, pyogrio, pyarrow.parquet, shapely, pyproj

def most():  # in kB; ru_maxrss would be that of the process that started this one
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

before = most()
try:
    print(sum(len(one.frame) for one in read_layers(sys.argv[1])))
except BoundaryError as wrong:
    print(wrong.message)
used = resource.getrusage(resource.RUSAGE_SELF)
print((most() - before) // 1024, round(used.ru_utime + used.ru_stime, 1))
"""


def measured(path):
    """Read a file in a process of its own: what it said, MB beyond the libraries, CPU seconds."""
    done = subprocess.run([sys.executable, "-c", _MEASURE, str(path)], capture_output=True, text=True, check=True)
    said, figures = done.stdout.strip().splitlines()
    memory, seconds = figures.split()
    return said, int(memory), float(seconds)


@pytest.mark.slow
def test_a_geojson_of_200_mb_is_read_in_bounded_memory(tmp_path):
    ring = shapely.get_coordinates(shapely.Point(0, 0).buffer(0.01, quad_segs=1250))
    rings = [json.dumps((ring + np.array([110.1 + at / 10, 1])).round(7).tolist()) for at in range(20)]
    with (tmp_path / "a.geojson").open("w") as out:
        out.write('{"type": "FeatureCollection", "features": [')
        for at in range(1800):
            out.write((", " if at else "") + f'{{"type": "Feature", "properties": {{"kode": "{at}"}}, "geometry": ')
            out.write('{"type": "Polygon", "coordinates": [' + rings[at % 20] + "]}}")
        out.write("]}")
    size = (tmp_path / "a.geojson").stat().st_size
    assert size > 200 * 1024**2
    said, memory, seconds = measured(tmp_path / "a.geojson")
    assert said == "1800"
    assert memory < 1500
    assert seconds < 60


def test_what_is_too_large_for_its_kind_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setitem(files.LIMITS, "GeoJSON", 0)
    path = tmp_path / "a.geojson"
    path.write_text(areas().to_json() + " " * 2**20)
    assert "GeoPackage" in refused(path, "is read up to 0 MB").hint
    (tmp_path / "b.topojson").write_text(json.dumps(TOPOJSON) + " " * 70_000)
    with (tmp_path / "b.topojson").open("ab") as out:
        out.truncate(400 * 1024**2)  # a hole in the file: nothing is written
    refused(tmp_path / "b.topojson", "read up to 100 MB")


def test_rows_without_end_stop_the_reading(tmp_path, monkeypatch):
    monkeypatch.setattr("kkbgeo.boundaries.reading.MOST_ROWS", 3)
    for suffix in ("gpkg", "parquet"):
        refused(write(areas(), tmp_path / f"a.{suffix}"), "too large")


def test_the_real_file(real_boundaries):
    began = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    layers = {one.name: one for one in read_layers(real_boundaries)}
    assert {name: len(one.frame) for name, one in layers.items()} == {
        "provinsi": 5, "kabupaten_kota": 56, "kecamatan": 626, "desa_kelurahan": 7229,
    }  # fmt: skip
    assert not any("swapped" in note for one in layers.values() for note in one.notes)
    assert all(not one.left_out and one.crs == "EPSG:4326" for one in layers.values())
    assert layers["desa_kelurahan"].frame["kode"].str.fullmatch(r"\d\d\.\d\d\.\d\d\.\d{4}").all()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - began < 10
