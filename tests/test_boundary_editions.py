"""Which set draws what; pages of a set with holes; an atlas knows when its set changed."""

from __future__ import annotations

import json
import shutil

import pytest
import shapely
from boundarykit import PLACES, bring, cells, data_folder, kode, write
from conftest import kkbgeo as command

import kkbgeo
from kkbgeo import profiles
from kkbgeo.batch.decide import survey
from kkbgeo.batch.manifest import Manifest
from kkbgeo.boundaries import choose, importing, store
from kkbgeo.errors import BoundaryError, ParameterError
from kkbgeo.paths import CHECKOUT
from kkbgeo.workbench import Workbench


@pytest.fixture
def data(tmp_path):
    return data_folder(tmp_path / "data")


@pytest.fixture
def whole(tmp_path):
    """A data folder with records, too."""
    kept = shutil.ignore_patterns("*.md")
    shutil.copytree(CHECKOUT / "data", tmp_path / "data", ignore=kept)
    for folder in (tmp_path / "data/boundaries").iterdir():
        if folder.name != "approximate-2025":
            shutil.rmtree(folder)
    return tmp_path / "data"


def ranked(data, level: str) -> list[str]:
    return [one.edition.id for one in choose.standings(level, PLACES, data)]


# --- the best that is there ----------------------------------------------------------------------------------------


def test_the_newest_set_that_covers_a_level_draws_it_and_approximate_is_the_last_resort(data):
    everything = cells("regency")
    bring(kode(everything), data, edition_id="old", date="2019")
    bring(kode(everything), data, edition_id="new", date="2024-06-01")
    bring(kode(everything.drop(index=["65.71"])), data, edition_id="newest-but-one", date="2025")
    bring(kode(everything.loc["61.01":"63.01"]), data, edition_id="part", date="2026")
    assert ranked(data, "regency") == ["new", "old", "newest-but-one", "part", "approximate-2025"]
    assert ranked(data, "village") == ["approximate-2025"]
    wb = Workbench(data)
    assert (wb.edition.id, wb.edition_of("village").id) == ("new", "approximate-2025")
    assert Workbench(data, boundaries="old").edition.id == "old"
    assert Workbench(data, boundaries="old").edition_of("village").id == "approximate-2025"


def test_a_set_of_one_province_draws_only_when_it_is_asked_for(data):
    bring(kode(cells("regency", "63")), data)
    assert ranked(data, "regency") == ["approximate-2025", "set-2025"]
    assert len(Workbench(data).areas("regency")) == 56
    wb = Workbench(data, boundaries="set-2025")
    assert len(wb.areas("regency")) == 13 and len(wb.undrawn("regency")) == 43
    assert wb.areas("regency", "61").empty and wb.undrawn("regency", "61") == PLACES.within("61", "regency")


def test_an_unknown_set_is_refused_by_name(data):
    with pytest.raises(BoundaryError, match="no edition 'big-2019'"):
        Workbench(data, boundaries="big-2019")
    with pytest.raises(ParameterError, match="must be text"):
        Workbench(data, boundaries=2019)
    shutil.rmtree(data / "boundaries")
    with pytest.raises(BoundaryError, match="No edition of boundaries here"):
        Workbench(data).areas("regency")
    bring(kode(cells("regency", "63")), data)
    with pytest.raises(BoundaryError, match="No edition of boundaries here has a village level"):
        Workbench(data).areas("village")


# --- pages ---------------------------------------------------------------------------------------------------------


def page_of(wb: Workbench, code: str) -> str:
    level = "village" if "." in code else "regency"
    made = profiles.village_map(wb, code) if level == "village" else profiles.regency_map(
        wb, within=None if code == "kalimantan" else code)  # fmt: skip
    page = profiles.new_page(wb, code)
    page.show("villages" if level == "village" else "regencies", made)
    return profiles.finish(wb, page).html()


def test_pages_draw_what_a_set_has_name_what_it_lacks_and_say_whose_it_is(whole):
    path = whole.parent / "files/holes-2020.gpkg"
    villages = cells("village").drop(index=PLACES.within("63.11", "village")[:2])
    villages = villages[~villages.index.str.startswith("65.71")]
    write(kode(villages), path)
    importing.import_file(path, data_root=whole, provider="BIG uji")
    for language, words, nothing in (
        (
            "id",
            "Tidak tergambar, karena tidak ada poligonnya dalam «Batas wilayah BIG uji 2020» (2)",
            "Peta tidak dapat",
        ),
        ("en", "Not drawn, because “Boundaries of BIG uji 2020” has no polygon of theirs (2)", "No map can be drawn"),
    ):
        wb = Workbench(whole, language=language)
        html = page_of(wb, "63.11")
        first = PLACES.label(PLACES.within("63.11", "village")[0])
        assert words in html and f"{first}," in html.split(words)[1][:200]
        assert "BIG uji" in html.split("<footer")[-1] and "holes-2020" in html
        empty = page_of(wb, "65.71")  # a city whose villages all lack a polygon
        assert nothing in empty and 'id="kkbgeo-map-data"' not in empty
        island = page_of(wb, "kalimantan")
        assert "Kota Tarakan" in island and "BIG uji" in island


def test_a_page_with_two_sets_names_both(whole):
    bring(kode(cells("regency")), whole, provider="BIG uji", date="2020")
    html = page_of(Workbench(whole, language="en"), "63.11")
    assert "The map of regencies and cities is drawn from “Boundaries of BIG uji 2020”." in html
    assert "Approximate boundaries 2025" in html


def test_a_choropleth_of_a_table_leaves_out_what_has_no_polygon(whole):
    bring(kode(cells("regency").drop(index=["63.11"])), whole)
    table = Workbench(whole).table("regency", ["population"], within="63")
    assert table.undrawn == {"63.11": "Kabupaten Balangan"} and len(table) == 13 and len(table.areas) == 12
    assert "Kabupaten Balangan" in kkbgeo.maps.choropleth(table, "population").html()


def test_units_drawn_with_a_hole_are_no_whole_units_and_list_and_page_say_so(whole):
    districts = cells("district")
    path = write(kode(districts[~districts.index.str.startswith("63.11.01")]), whole.parent / "files/holed-2026.gpkg")
    importing.import_file(path, data_root=whole)
    bring(kode(cells("regency")), whole, edition_id="full", date="2020")
    assert store.edition(whole, "holed-2026").partial == {"province": ("63",), "regency": ("63.11",)}
    # Newer, and each regency has a shape; but one of them is not whole.
    assert ranked(whole, "regency") == ["full", "holed-2026", "approximate-2025"]
    told = "\n".join(choose.told(PLACES, whole, "en"))
    assert "regency 56 of 56 (1 with holes)" in told and "province 5 of 5 (1 with holes)" in told
    assert "kabupaten/kota 56 dari 56 (tidak utuh: 1)" in "\n".join(choose.told(PLACES, whole, "id"))
    for language, words in (
        ("id", "wilayah ini tergambar tidak utuh, karena bagian di dalamnya tidak punya poligon (1): Kabupaten Bal"),
        ("en", "these units are drawn with holes, because parts inside them have no polygon (1): Kabupaten Balangan"),
    ):
        wb = Workbench(whole, language=language, boundaries="holed-2026")
        for code in ("kalimantan", "63"):
            assert words in page_of(wb, code).split("<footer")[-1]
        assert words not in page_of(wb, "61")
    assert "with holes" not in page_of(Workbench(whole, language="en", boundaries="full"), "kalimantan")


def test_a_licence_that_nobody_told_is_said_in_the_language_of_the_page(whole):
    bring(kode(cells("regency")), whole)
    assert "Lisensi: tidak disebutkan." in page_of(Workbench(whole), "63")
    assert "Licence: not stated." in page_of(Workbench(whole, language="en"), "63")


# --- the atlas -----------------------------------------------------------------------------------------------------


def test_another_set_changes_the_fingerprint_of_the_pages_it_draws(whole, monkeypatch, tmp_path):
    monkeypatch.setenv("KKBGEO_DATA", str(whole))
    manifest = Manifest(tmp_path / "atlas")

    def parts(**asked) -> dict[str, dict[str, str]]:
        found = survey(manifest, ["63.11", "61.01"], **asked)
        return {one.run.code: one.fingerprint for one in found.decisions} | {"world": found.surroundings.world}

    before = parts()
    # Regencies of another set change every page: each has the little map. Villages change the pages of their own.
    bring(kode(cells("regency")), whole)
    after = parts()
    assert all(before[code]["boundaries"] != after[code]["boundaries"] for code in ("63.11", "61.01"))
    assert all(before[code][part] == after[code][part] for code in ("63.11", "61.01") for part in before[code]
               if part not in ("boundaries", "code"))  # fmt: skip
    assert before["world"] != after["world"]
    again = parts()
    assert again == after
    asked = parts(boundaries="approximate-2025")
    assert asked["63.11"]["boundaries"] == before["63.11"]["boundaries"] and asked["world"] != after["world"]
    assert asked["63.11"]["parameters"] != after["63.11"]["parameters"]
    shutil.rmtree(whole / "boundaries/set-2025")
    assert parts() == before


def test_a_set_that_is_imported_anew_with_other_shapes_changes_the_checksum(whole):
    from kkbgeo.profiles.inputs import checksum

    made = kode(cells("regency"))
    bring(made, whole)
    one = checksum(Workbench(whole), "63.11")
    importing.import_file(whole.parent / "files/set-2025.gpkg", data_root=whole)
    assert checksum(Workbench(whole), "63.11") == one
    made.loc[0, "geometry"] = made.geometry[0].intersection(shapely.box(*made.geometry[0].bounds).buffer(-0.05))
    bring(made, whole)
    assert checksum(Workbench(whole), "63.11") != one


# --- the command ---------------------------------------------------------------------------------------------------


def test_import_list_atlas_and_remove_from_the_command_line(whole, tmp_path, monkeypatch):
    monkeypatch.setenv("KKBGEO_DATA", str(whole))
    path = write(kode(cells("village").drop(index=PLACES.within("63.11", "village")[:3])), tmp_path / "desa_2024.gpkg")
    told = tmp_path / "told.json"
    done = command(
        "boundaries", "import", str(path), "--provider", "BIG uji", "--language", "en", "--report", str(told)
    )
    assert done.returncode == 0, done.stderr
    assert "7,249 of 7,252 drawn" in done.stdout and "without a polygon (3)" in done.stdout
    assert len(json.loads(told.read_text(encoding="utf-8"))["levels"]["village"]["missing"]) == 3
    assert "desa-2024: BIG uji, 2024; lisensi: tidak disebutkan" in command("boundaries", "list").stdout
    listed = command("boundaries", "list", "--language", "en").stdout
    assert "desa-2024: BIG uji, 2024; licence: not stated" in listed
    assert "drawn by default: province, regency, district" in listed
    out = tmp_path / "atlas"
    built = command("atlas", "--only", "63.11", "--out", str(out), "--boundaries", "desa-2024")
    assert built.returncode == 0, built.stdout + built.stderr
    (page,) = (out / "regency").glob("63.11-*.html")
    html = page.read_text(encoding="utf-8")
    assert "Tidak tergambar" in html and "desa-2024" in html
    why = command("atlas", "--why", "63.11", "--out", str(out)).stdout
    assert "boundaries is '', was 'desa-2024'" in why
    gone = command("boundaries", "remove", "desa-2024")
    assert gone.returncode == 0 and gone.stdout.strip().endswith("desa-2024 dihapus")
    spoken = command("boundaries", "list", "--language", "xx")
    assert spoken.returncode == 2 and "Unknown language" in spoken.stderr
    assert store.editions(whole) == ["approximate-2025"]
    wrong = command("boundaries", "import", str(tmp_path / "none.gpkg"))
    assert wrong.returncode == 2 and "Traceback" not in wrong.stderr
    refused = command("atlas", "--boundaries", "desa-2024", "--out", str(out))
    assert refused.returncode == 2 and "no edition 'desa-2024'" in refused.stderr
