"""A file of boundaries is recognised whoever made it, and what cannot be taken is named."""

from __future__ import annotations

import re

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import shapely.affinity
from boundarykit import PLACES, bps, bring, cells, chain, data_folder, frame, kode, name, write

from kkbgeo.boundaries import importing, keep, store
from kkbgeo.errors import BoundaryError, ParameterError
from kkbgeo.io import sha256
from kkbgeo.language import words


@pytest.fixture
def data(tmp_path):
    return data_folder(tmp_path / "data")


def drawn(data, edition: str, level: str) -> list[str]:
    return store.read(level, data_root=data, edition=edition).index.to_list()


def assert_own_shapes(data, edition: str, level: str, areas: gpd.GeoDataFrame) -> None:
    stored = store.read(level, data_root=data, edition=edition)
    common = shapely.area(shapely.intersection(stored.geometry, areas.geometry))
    assert (common > 0.99 * shapely.area(areas.geometry)).all()


def upper(code: str, level: str) -> str:
    return PLACES.short(chain(code)[level])


def kind(code: str) -> str:
    return "Kota" if PLACES.kind(code) == "kota" else "Kabupaten"


# --- whose columns -------------------------------------------------------------------------------------------------

SCHEMAS = {
    "big": ("63.11", "village", "big", {
        "KDPPUM": lambda c: c[:2], "KDPKAB": lambda c: c[:5], "KDCPUM": lambda c: c[:8], "KDEPUM": str,
        "WADMPR": lambda c: upper(c, "province"), "WADMKK": lambda c: upper(c, "regency"),
        "WADMKC": lambda c: upper(c, "district"), "WADMKD": name,
    }),
    "big-names-alone": ("63", "district", "big", {
        "WADMPR": lambda c: upper(c, "province"), "WADMKK": lambda c: upper(c, "regency"), "WADMKC": name,
    }),
    "cod-ab": ("63", "regency", "cod-ab", {
        "ADM1_PCODE": lambda c: "ID" + c[:2], "ADM1_EN": lambda c: upper(c, "province"),
        "ADM2_PCODE": lambda c: "ID" + bps(c), "ADM2_EN": name,
    }),
    "cod-ab-old": ("62", "regency", "cod-ab-old", {
        "admin1Name_en": lambda c: upper(c, "province"), "admin1Pcode": lambda c: "ID" + c[:2],
        "admin2Name_en": name, "admin2Pcode": lambda c: "ID" + bps(c),
    }),
    "gadm-2.8": ("61", "regency", "gadm", {
        "ID_0": lambda _: "106", "NAME_1": lambda c: upper(c, "province"), "ID_2": lambda c: c[3:],
        "NAME_2": PLACES.name, "TYPE_2": lambda c: kind(c).replace("Kota", "Kotamadya"), "VARNAME_2": lambda _: "",
    }),
    "gadm-3.6": ("63", "regency", "gadm", {
        "GID_0": lambda _: "IDN", "NAME_1": lambda c: upper(c, "province"), "GID_2": lambda c: f"IDN.{c}_1",
        "NAME_2": PLACES.name, "TYPE_2": kind, "CC_2": bps, "HASC_2": lambda _: "ID.KS.XX",
    }),
    "gadm-4.1": ("64", "district", "gadm", {
        "GID_3": lambda c: f"IDN.{c}_1", "NAME_1": lambda c: upper(c, "province").replace(" ", ""),
        "NAME_2": lambda c: upper(c, "regency").replace(" ", ""), "NAME_3": lambda c: name(c).replace(" ", ""),
        "TYPE_3": lambda _: "Kecamatan", "CC_3": lambda _: "NA",
    }),
    "geoboundaries": ("", "regency", "geoboundaries", {
        "shapeName": PLACES.name, "shapeISO": lambda _: "", "shapeID": lambda c: f"IDN-{c}",
        "shapeGroup": lambda _: "IDN", "shapeType": lambda _: "ADM2",
    }),
    "kode-nama": ("64.09", "village", "kode-nama", {"kode": str, "nama": PLACES.name}),
    "dukcapil": ("65.01", "village", "plain", {
        "PROVINSI": lambda c: upper(c, "province").upper(), "KAB_KOTA": lambda c: upper(c, "regency").upper(),
        "KECAMATAN": lambda c: upper(c, "district").upper(), "DESA_KELUR": lambda c: name(c).upper(),
        "KODE_DESA": lambda c: c.replace(".", ""),
    }),
    "bps": ("63", "regency", "bps", {"idprov": lambda c: c[:2], "nmprov": lambda c: upper(c, "province").upper(),
                                     "idkab": bps, "nmkab": lambda c: PLACES.name(c).upper()}),
}  # fmt: skip


@pytest.mark.parametrize("key", SCHEMAS)
@pytest.mark.parametrize("suffix", ["gpkg", "shp", "geojson"])
def test_every_publishers_columns_are_recognised(data, key, suffix):
    within, level, schema, columns = SCHEMAS[key]
    if suffix != "gpkg" and key in ("kode-nama", "geoboundaries"):
        suffix = {"shp": "fgb", "geojson": "parquet"}[suffix]
    areas = cells(level, within or None)
    made, path = frame(areas, **columns), data.parent / "files" / f"{key}-2020.{suffix}"
    if suffix == "parquet":
        path.parent.mkdir()
        made.to_parquet(path)
    else:
        write(made, path)
    if suffix == "shp":
        path.with_suffix(".prj").unlink()
    found = importing.import_file(path, data_root=data)
    assert found.source["columns"] == schema and found.source["date"] == "2020"
    done = found.levels[level]
    assert (done.matched, done.rows, done.outside) == (len(areas), len(areas), 0)
    assert not done.ambiguous and not done.extra and not done.lost
    assert drawn(data, found.edition, level) == areas.index.to_list()
    # Every unit got its own shape, not a neighbour's.
    stored = store.read(level, data_root=data, edition=found.edition)
    assert (
        shapely.area(shapely.intersection(stored.geometry, areas.geometry)) > 0.99 * shapely.area(areas.geometry)
    ).all()


def test_a_mapping_of_the_user_goes_before_everything(data):
    areas = cells("regency", "62")
    made = frame(areas, nomor=bps, sebutan=name, NAME_2=lambda _: "x", GID_2=lambda _: "y")
    found = bring(made, data, code_column="nomor", name_column="sebutan")
    assert found.levels["regency"].matched == 14
    assert words(found.systems["set-2025, regency"], "en").startswith("bps")
    with pytest.raises(BoundaryError, match="no column 'kod'") as caught:
        bring(made, data, code_column="kod")
    assert "sebutan" in caught.value.hint


def test_names_without_codes_and_level_find_their_level_or_are_refused(data):
    areas = cells("regency", "63")
    found = bring(frame(areas, sebutan=name), data, name_column="sebutan")
    assert found.levels["regency"].matched == 13
    with pytest.raises(BoundaryError, match="level of its rows cannot be told"):
        bring(frame(areas, sebutan=lambda c: f"Blok {c}"), data, name_column="sebutan")


def test_columns_of_nobody_and_rows_of_elsewhere_are_refused_in_words(data):
    areas = cells("regency", "63")
    with pytest.raises(BoundaryError, match="nobody's that is known") as caught:
        bring(frame(areas, fid_lama=str, luas=len), data)
    assert "--code-column" in caught.value.hint and "luas" in caught.value.hint
    with pytest.raises(BoundaryError, match="none of its 13 rows"):
        bring(frame(areas, kode=lambda c: "32" + c[2:], nama=lambda _: "Kabupaten Bandung"), data)
    with pytest.raises(ParameterError, match="embedded"):
        bring(kode(areas), data, edition_id="approximate-2025")
    with pytest.raises(ParameterError, match="Unknown code system"):
        bring(kode(areas), data, system="dagri")


# --- which numbers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [True, False])
@pytest.mark.parametrize("system", ["kemendagri", "bps"])
def test_bare_numbers_are_told_apart_by_names_or_else_by_places(data, system, names):
    areas = cells("regency").drop(index=[code for code in PLACES.codes("regency") if not PLACES.has_bps(code)])
    number = bps if system == "bps" else lambda code: code.replace(".", "")
    made = frame(areas, nomor=number, **({"sebutan": name} if names else {}))
    found = bring(made, data, code_column="nomor", name_column="sebutan" if names else "")
    assert drawn(data, found.edition, "regency") == areas.index.to_list()
    assert words(found.systems["set-2025, regency"], "en").startswith(f"{system}: ")
    stored = store.read("regency", data_root=data, edition=found.edition)
    assert (
        shapely.area(shapely.intersection(stored.geometry, areas.geometry)) > 0.99 * shapely.area(areas.geometry)
    ).all()


def test_a_system_that_the_names_contradict_is_refused(data):
    made = frame(cells("regency", "62"), nomor=bps, sebutan=name)
    with pytest.raises(BoundaryError, match="said to be kemendagri, but") as caught:
        bring(made, data, code_column="nomor", name_column="sebutan", system="kemendagri")
    assert "--system bps" in caught.value.hint


def test_numbers_that_nothing_bears_out_are_left_aside(data):
    areas = cells("regency", "62")
    turned = dict(zip(areas.index, [*areas.index[1:], areas.index[0]], strict=True))
    made = frame(areas, KDPKAB=turned.get, WADMPR=lambda _: "Kalimantan Tengah", WADMKK=name)
    found = bring(made, data)
    assert words(found.systems["set-2025, regency"], "en").startswith("names alone")
    stored = store.read("regency", data_root=data, edition=found.edition)
    assert (
        shapely.area(shapely.intersection(stored.geometry, areas.geometry)) > 0.99 * shapely.area(areas.geometry)
    ).all()


def test_village_numbers_of_bps_tell_their_regency_and_names_the_rest(data):
    areas = cells("village", "62.11")
    made = frame(areas, iddesa=lambda c: bps(c[:5]) + "010" + f"{areas.index.get_loc(c):03d}", nmdesa=name)
    found = bring(made, data, title="peta-2020.gpkg")
    done = found.levels["village"]
    assert words(found.systems["peta-2020, village"], "en").startswith("bps")
    # Twins by name in two districts of the regency stay apart: that is said, not guessed.
    twins = areas["name"].map(areas["name"].value_counts()).gt(1).sum()
    assert done.matched >= len(areas) - 2 * twins - 2 and done.matched + len(done.ambiguous) + len(done.extra) == len(
        areas
    )
    stored = store.read("village", data_root=data, edition=found.edition)
    common = shapely.area(shapely.intersection(stored.geometry, areas.geometry.loc[stored.index]))
    assert (common > 0.99 * shapely.area(areas.geometry.loc[stored.index])).all()


def test_one_row_whose_code_and_name_contradict_each_other_is_not_taken(data):
    made = kode(cells("regency", "63"))
    made.loc[made["kode"] == "63.11", "nama"] = "Kabupaten Tapin"
    made.loc[made["kode"] == "63.05", "nama"] = "Kabupaten Balangan"
    done = bring(made, data).levels["regency"]
    assert done.matched == 11
    assert sorted(row["label"] for row in done.ambiguous) == [
        "Kabupaten Balangan (63.05)", "Kabupaten Tapin (63.11)",
    ]  # fmt: skip
    assert done.missing.keys() >= {"63.11", "63.05"}


def test_a_shape_far_from_its_place_is_not_taken(data):
    made = kode(cells("regency", "63"))
    at = made.index[made["kode"] == "63.11"][0]
    made.loc[at, "geometry"] = shapely.box(109.2, 1.2, 109.4, 1.4)  # Sambas, 700 km away
    done = bring(made, data).levels["regency"]
    assert done.matched == 12 and "km from it" in words(done.ambiguous[0]["reason"], "en")


# --- other editions ------------------------------------------------------------------------------------------------


def test_old_codes_reach_todays_units_through_the_table_of_changes_only(data):
    areas = cells("regency", "65")
    old = {"65.01": "64.04", "65.02": "64.06", "65.03": "64.05", "65.04": "64.10", "65.71": "64.73"}
    done = bring(frame(areas, kode=old.get, nama=name), data).levels["regency"]
    assert done.matched == 5 and done.how == {"edition": 5}
    assert drawn(data, "set-2025", "regency") == areas.index.to_list()


def test_gadm_without_north_kalimantan_draws_regencies_and_derives_todays_provinces(data):
    areas = cells("regency", "64")
    areas = pd.concat([areas, cells("regency", "65")])
    columns = {**SCHEMAS["gadm-2.8"][3], "NAME_1": lambda _: "Kalimantan Timur"}
    found = bring(frame(areas, **columns), data)
    assert found.levels["regency"].matched == 15
    assert drawn(data, found.edition, "province") == ["64", "65"]


def test_a_larger_unit_of_former_days_is_not_drawn_as_todays(data):
    provinces = cells("province")
    old = provinces.loc[["61", "62", "63"]].copy()
    united = shapely.union_all(provinces.loc[["64", "65"], "geometry"].to_numpy())
    old = pd.concat([old, gpd.GeoDataFrame({"name": ["Kalimantan Timur"]}, geometry=[united], index=["64"], crs=4326)])
    done = bring(frame(old, kode=str, nama=PLACES.name), data).levels["province"]
    assert "Kalimantan Utara (65)" in str(done.lost["64"]) and set(done.missing) == {"64", "65"}
    regencies = cells("regency", "64")
    united = shapely.union_all(regencies.loc[["64.07", "64.11"], "geometry"].to_numpy())
    regencies.loc["64.07", "geometry"] = united
    done = bring(kode(regencies.drop(index="64.11")), data).levels["regency"]
    assert set(done.lost) == {"64.07"} and done.drawn == 8


# --- the whole country, and what is no unit ------------------------------------------------------------------------


def elsewhere(*names: tuple[str, str]) -> gpd.GeoDataFrame:
    """Return regencies of Java: province and name."""
    boxes = [shapely.box(108 + n, -7.5, 108.5 + n, -7) for n in range(len(names))]
    made = {"WADMPR": [one for one, _ in names], "WADMKK": [one for _, one in names]}
    return gpd.GeoDataFrame(made, geometry=boxes, crs=4326)


def test_other_parts_of_the_country_are_cut_off_and_counted(data):
    mine = frame(cells("regency", "63"), WADMPR=lambda _: "Kalimantan Selatan", WADMKK=name)
    both = pd.concat([mine, elsewhere(("Jawa Barat", "Kota Banjar"), ("Jawa Tengah", "Klaten"))])
    done = bring(both, data).levels["regency"]
    assert (done.rows, done.matched, done.outside) == (15, 13, 2) and not done.extra
    assert done.share("matched") == 1


def test_a_name_without_parents_is_taken_only_where_it_lies(data):
    """There is a Kabupaten Banjar here and a Kota Banjar in West Java."""
    mine = frame(cells("regency", "63"), shapeName=PLACES.name, shapeType=lambda _: "ADM2")
    java = gpd.GeoDataFrame(
        {"shapeName": ["Banjar"], "shapeType": ["ADM2"]}, geometry=[shapely.box(108, -7.5, 108.5, -7)]
    )
    done = bring(pd.concat([java.set_crs(4326), mine]), data).levels["regency"]
    assert (done.matched, done.outside) == (13, 1) and done.how == {"place": 13}
    stored = store.read("regency", data_root=data, edition="set-2025")
    assert stored.loc["63.03"].geometry.bounds[1] > -5


def test_villages_of_one_name_are_told_by_their_place(data):
    areas = cells("village", "63.01")
    done = bring(frame(areas, shapeName=PLACES.name, shapeType=lambda _: "ADM4"), data).levels["village"]
    assert done.matched == len(areas)
    assert drawn(data, "set-2025", "village") == areas.index.to_list()


def test_lakes_and_forests_are_listed_and_left_out(data):
    areas = cells("district", "62.06")
    mine = frame(areas, ADM1_EN=lambda _: "Kalimantan Tengah", ADM2_EN=lambda _: "Katingan", ADM3_EN=name,
                 ADM3_PCODE=lambda _: "ID")  # fmt: skip
    lake = areas.geometry.iloc[0].centroid.buffer(0.02)
    made = {"ADM1_EN": "Kalimantan Tengah", "ADM2_EN": "Katingan"}
    names = ["Danau Sembuluh", "Huta Lindung", "Hutan", "Simpang Lima"]
    extra = gpd.GeoDataFrame(
        [{**made, "ADM3_EN": one, "ADM3_PCODE": "ID"} for one in names], geometry=[lake] * 4, crs=4326
    )
    done = bring(pd.concat([mine, extra]), data).levels["district"]
    assert done.matched == len(areas) and [row["label"].split(",")[0] for row in done.extra] == names
    assert [words(row["reason"], "en").startswith("no unit with people") for row in done.extra] == [
        True,
        True,
        True,
        False,
    ]
    assert 0 < done.share("extra") < 0.1


# --- what a file may hold besides --------------------------------------------------------------------------------

CURVED = """<?xml version="1.0"?>
<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:k="http://example.org/k" gml:id="all">
<gml:featureMember><k:kab gml:id="one"><k:kode>63.11</k:kode><k:nama>Kabupaten Balangan</k:nama><k:area>
<gml:Polygon gml:id="p1" srsName="EPSG:4326"><gml:exterior><gml:Ring><gml:curveMember><gml:Curve gml:id="c1">
<gml:segments><gml:Arc><gml:posList>115.3 -2.4 115.6 -2.1 115.9 -2.4</gml:posList></gml:Arc>
<gml:LineStringSegment><gml:posList>115.9 -2.4 115.3 -2.4</gml:posList></gml:LineStringSegment>
</gml:segments></gml:Curve></gml:curveMember></gml:Ring></gml:exterior></gml:Polygon></k:area></k:kab></gml:featureMember>
<gml:featureMember><k:kab gml:id="two"><k:kode>63.09</k:kode><k:nama>Kabupaten Tabalong</k:nama><k:area>
<gml:MultiSurface gml:id="p2" srsName="EPSG:4326"><gml:surfaceMember><gml:Polygon gml:id="p3"><gml:exterior>
<gml:LinearRing><gml:posList>115.3 -1.5 115.9 -1.5 115.9 -2.1 115.3 -2.1 115.3 -1.5</gml:posList></gml:LinearRing>
</gml:exterior></gml:Polygon></gml:surfaceMember></gml:MultiSurface></k:area></k:kab></gml:featureMember>
</gml:FeatureCollection>
"""


def test_arcs_are_drawn_as_short_straight_lines_and_told(data):
    path = data.parent / "curved.gml"
    path.write_text(CURVED, encoding="utf-8")
    found = importing.import_file(path, data_root=data, date="2020")
    assert drawn(data, "curved", "regency") == ["63.09", "63.11"]
    assert any("Curved borders" in note for note in words(found.notes, "en"))
    arc = store.read("regency", data_root=data, edition="curved").geometry["63.11"]
    # Half a disc of radius 0.3 degrees: its chord alone would be nothing, three points a triangle of 0.09.
    assert arc.area == pytest.approx(shapely.Point(0, 0).buffer(0.3, quad_segs=90).area / 2, rel=0.01)


def test_row_numbers_are_the_files_own_also_after_rows_left_out(data):
    made = kode(cells("regency", "63"))
    made.loc[0, "geometry"] = made.geometry[0].centroid
    made.loc[3, ["kode", "nama"]] = None
    made.loc[5, ["kode", "nama"]] = ["63.99", "Hutan Lindung"]
    found = bring(made, data)
    assert [(row["row"], words(row["label"], "en")) for row in found.levels["regency"].extra] == [
        (4, "row 4"),
        (6, "Hutan Lindung (63.99)"),
    ]


@pytest.mark.parametrize("wrong", ["yesterday", "31/12/2019", "2019-13", "19"])
def test_a_date_that_is_none_is_refused_since_the_newest_set_is_drawn(data, wrong):
    with pytest.raises(ParameterError, match="is no date"):
        bring(kode(cells("regency", "63")), data, date=wrong)
    assert store.editions(data) == ["approximate-2025"]


def test_a_date_of_eight_digits_in_the_name_of_the_file_is_told(data):
    areas = kode(cells("regency", "63"))
    assert bring(areas, data, "idn_admbnda_adm2_bps_20200401.gpkg").source["date"] == "2020-04-01"
    assert bring(areas, data, "sheet_20209999.gpkg").source["date"] == ""


def test_the_coordinate_system_that_the_user_names_is_stored(data):
    path = write(kode(cells("regency", "63")).to_crs(32750), data.parent / "files" / "utm.shp")
    path.with_suffix(".prj").unlink()
    found = importing.import_file(path, data_root=data, crs="EPSG:32750")
    assert found.source["crs"] == "EPSG:32750"
    assert 'crs = "EPSG:32750"' in (data / "boundaries/utm/edition.toml").read_text(encoding="utf-8")


def test_degrees_under_a_metric_system_are_sent_to_the_right_one(data):
    made = kode(cells("regency", "63")).set_crs(32750, allow_override=True)
    with pytest.raises(BoundaryError, match="coordinates are degrees") as caught:
        bring(made, data)
    assert "--crs EPSG:4326" in caught.value.hint and "32749" not in caught.value.hint


def test_a_set_that_takes_the_place_of_another_says_so(data):
    path = write(kode(cells("regency", "63")), data.parent / "files" / "set-2025.gpkg")
    first, again = (importing.import_file(path, data_root=data, provider="BIG", date="2019") for _ in "12")
    assert not first.replaced and first.json() == again.json()
    assert "was replaced: BIG, 2019, file set-2025.gpkg" in again.text("en")
    assert "diganti: BIG, 2019" in again.text("id") and "diganti" not in first.text("id")


def test_rows_of_different_names_that_become_one_unit_are_named(data):
    areas = cells("regency", "61")
    made = frame(areas, NAME_1=lambda _: "Kalimantan Barat", TYPE_2=lambda _: "Kabupaten", ID_2=str,
                 NAME_2=lambda c: "Pontianak" if c == "61.71" else PLACES.short(c))  # fmt: skip
    made["TYPE_2"] = ["Kota" if code == "61.72" else "Kabupaten" for code in areas.index]
    found = bring(made, data)
    # Kabupaten Pontianak is what Mempawah was called until 2014.
    assert found.levels["regency"].joined == {"61.02": "Mempawah, Kalimantan Barat; Pontianak, Kalimantan Barat"}
    assert "please check (1)" in found.text("en") and "mohon diperiksa (1)" in found.text("id")


# --- in words ------------------------------------------------------------------------------------------------------


def _troubled():
    """A file with a bit of everything a report tells of."""
    made = kode(cells("regency", "63"))
    names = list(made["nama"])
    made.loc[0, "nama"] = names[1]  # code and name of two regencies
    made.loc[2, "nama"] = "Sungai Anu"  # by code and place
    made.loc[3, "geometry"] = made.geometry[3].centroid
    x, y = PLACES.frame.loc[made["kode"][4], ["lon", "lat"]]
    made.loc[4, "geometry"] = shapely.Polygon([(x, y), (x + 0.1, y + 0.1), (x + 0.1, y), (x, y + 0.1)])
    made.loc[5, "geometry"] = shapely.affinity.translate(made.geometry[5], 100, 0)
    made.loc[6, ["kode", "nama"]] = ["63.99", "Danau Panggang"]
    made.loc[7, "kode"] = "63.98"
    made.loc[8, "geometry"] = made.geometry[8].buffer(0.1)
    return pd.concat([made, made.iloc[[9]]]).set_crs(4326)


def test_every_line_of_a_report_is_in_the_language_asked_for(data):
    found = bring(_troubled(), data)
    told, english = found.text("id"), found.text("en")
    for line in (
        "berkas: set-2025.gpkg", "lisensi: tidak disebutkan", "kode dan nama bertentangan", "bukan wilayah berpenduduk",
        "menurut kode dan letak; tertulis \"Sungai Anu\"", "baris 4", "titik, bukan poligon", "bujurnya melewati 180",
        "salinan kedua poligonnya", "garis batas yang tidak sah dibenahi", "dikenali menurut kode",
        "sebagai kode Kemendagri",
    ):  # fmt: skip
        assert line in told, line
    # No line that says something is the same in both, but for names and numbers.
    same = [line for line in told.splitlines() if line in english.splitlines() and re.search("[a-z]{3}", line)]
    listed = re.compile(r"sha256|    [0-9.]{2,13}: (Provinsi|Kabupaten|Kota|[+-])")
    assert [line for line in same if not listed.match(line)] == []
    assert not re.search(r"(?<!-)\b(the|row|rows|left out|not|licence|provider|file|shape|named|unit)\b", told)
    assert "recognised, though name or code are written otherwise (2)" in english


def test_an_import_says_what_nobody_told_it_and_why(data):
    areas = kode(cells("regency", "63"))
    bare = bring(areas, data, "batas.gpkg")
    assert bare.untold == ["provider", "licence", "date"]
    assert 'Not told yet: --provider "…" --licence "…" --date "…"' in bare.text("en")
    assert "Belum disebutkan: --provider" in bare.text("id")
    full = bring(areas, data, provider="BIG", licence="CC BY 4.0", date="2020")
    assert not full.untold and "Not told" not in full.text("en")


def test_an_old_code_is_told_in_words(data):
    made = kode(cells("regency", "65"))
    made.loc[made["kode"] == "65.71", "kode"] = "64.73"  # Tarakan, in Kalimantan Timur until 2012
    found = bring(made, data).levels["regency"]
    assert words(found.remarks["65.71"], "en").startswith("the old code 64.73 (") and found.how["edition"] == 1
    assert words(found.remarks["65.71"], "id").startswith("kode lama 64.73 (")


def test_a_longitude_beyond_180_is_no_metre(data):
    made = kode(cells("regency", "63")).set_crs(None, allow_override=True)
    made.loc[2, "geometry"] = shapely.affinity.translate(made.geometry[2], 100, 0)
    found = bring(made, data, "one.geojson")
    assert found.levels["regency"].drawn == 12
    assert any("longitude goes beyond 180 degrees (21" in note for note in words(found.notes, "en"))
    made["geometry"] = [shapely.affinity.translate(one, 100, 0) for one in cells("regency", "63").geometry]
    with pytest.raises(BoundaryError, match="longitudes beyond 180 degrees") as caught:
        bring(made, data, "all.geojson")
    assert "UTM" not in str(caught.value) and "metres" not in str(caught.value)


def test_a_name_that_is_no_set_is_sent_to_the_list(data):
    with pytest.raises(BoundaryError) as caught:
        keep.remove("big-1900", data)
    assert "kkbgeo boundaries list" in caught.value.hint
    with pytest.raises(ParameterError, match="embedded set; it is not removed") as caught:
        keep.remove("approximate-2025", data)
    assert "--id" not in caught.value.hint and "kkbgeo boundaries list" in caught.value.hint


def test_the_checksum_of_a_shapefile_is_of_all_its_parts(data):
    path = write(kode(cells("regency", "63")), data.parent / "files" / "parts.shp")
    first = importing.import_file(path, data_root=data).source["sha256"]
    assert importing.import_file(path.with_suffix(".dbf"), data_root=data).source["sha256"] == first
    path.with_suffix(".txt").write_text("no part of it", encoding="utf-8")
    assert importing.import_file(path, data_root=data).source["sha256"] == first
    for suffix in (".dbf", ".prj", ".cpg", ".shx", ".shp"):
        part = path.with_suffix(suffix)
        kept = part.read_bytes()
        part.write_bytes(kept + b" ")
        assert sha256(*importing._parts(path)) != first, suffix
        part.write_bytes(kept)
    assert sha256(*importing._parts(path)) == first


def test_each_step_of_an_import_is_told_in_the_language_asked_for(data, capfd):
    from rich.console import Console

    from kkbgeo.boundaries.telling import steps

    areas = cells("regency", "63")
    areas.loc["63.03", "geometry"] = areas.geometry["63.03"].union(areas.geometry["63.72"])
    with steps(Console(stderr=True, soft_wrap=True), "id") as tell:
        bring(kode(areas), data, progress=tell)
    told = capfd.readouterr().err.splitlines()
    assert re.fullmatch(r"membaca set-2025.gpkg \([0-9]+,[0-9] MB\)", told[0])
    assert told[1:] == [
        "mengenali set-2025", "satu poligon untuk tiap wilayah", "mencocokkan batas 13 wilayah (langkah terlama)",
        "mencari wilayah yang menutupi wilayah lain", "mencocokkan batas 13 wilayah (langkah terlama)",
        "menutup celah sempit", "menggabung menjadi provinsi", "mengukur", "menyimpan",
    ]  # fmt: skip


def test_more_corners_than_can_be_fitted_are_refused_before_the_work(data, monkeypatch):
    made = kode(cells("regency", "63"))
    before = bring(made, data).json()
    monkeypatch.setattr(importing, "MOST_CORNERS", 1000)
    with pytest.raises(BoundaryError, match="at most 1,000 are fitted together") as caught:
        bring(made, data)
    assert "QGIS" in caught.value.hint and caught.value.fields["value"] > 1000
    assert (data / "boundaries/set-2025/report.json").read_text(encoding="utf-8") == before


def test_why_the_resolver_takes_no_unit_is_told_in_both_languages(data):
    areas = cells("district", "63.11")
    made = frame(areas, PROVINSI=lambda _: "Kalimantan Selatan", KABUPATEN=lambda _: "Balangan",
                 KECAMATAN=lambda c: "Anu Baru" if c == "63.11.03" else name(c))  # fmt: skip
    (row,) = bring(made, data).levels["district"].extra
    assert 'no district named "Anu Baru" in Kabupaten Balangan' in words(row["reason"], "en")
    assert 'tidak ada kecamatan bernama "Anu Baru" di Kabupaten Balangan' in words(row["reason"], "id")


def test_a_licence_in_words_of_ours_has_both_languages(data):
    columns = {"NAME_1": lambda c: upper(c, "province"), "NAME_2": PLACES.name, "TYPE_2": kind, "GID_2": str}
    found = bring(frame(cells("regency", "61"), **columns), data)
    assert "licence: GADM licence: academic" in found.text("en") and "lisensi: Lisensi GADM: hanya" in found.text("id")
