"""Another country than Kalimantan: every page calls the whole by the name that its workspace gives."""

from __future__ import annotations

import re

import pytest
from recipes import need_page, progress_page, study_page

import kkbgeo
from kkbgeo.batch.gallery import write_index
from kkbgeo.batch.plan import plan
from kkbgeo.errors import CodeError, SourceError
from kkbgeo.pages import analyses
from kkbgeo.regions.gazetteer import Gazetteer
from kkbgeo.regions.whole import KALIMANTAN, Whole, read_whole, write_whole
from kkbgeo.simulation import country
from kkbgeo.simulation.workspace import simulate
from kkbgeo.workbench import Workbench


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A country of two provinces and twelve regencies, made the way Indonesia is: just enough to be tested."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(country, "INDONESIA", (2, 12, 26, 120))
        return simulate(tmp_path_factory.mktemp("small") / "country", seed=3, scope="indonesia")


def pages(wb: Workbench) -> dict[str, str]:
    """Return one page of each kind as HTML, put together as the notebooks do."""
    profiles, found = kkbgeo.profiles, {}
    regency, province = wb.gazetteer.codes("regency")[0], wb.gazetteer.codes("province")[0]
    for code in (regency, province, wb.gazetteer.whole.code):
        page = profiles.new_page(wb, code)
        if code != wb.gazetteer.whole.code:
            page.show("prevalence", profiles.prevalence(wb, code))
        else:
            page.show("provinces", profiles.provinces(wb))
        found[page.path] = profiles.finish(wb, page).html()
    patterns = kkbgeo.patterns
    study = patterns.study(wb, "stunting_prevalence_ssgi_2022", permutations=199)
    for page in (
        study_page(wb, study, study.sensitivity()),
        progress_page(wb, patterns.progress(wb)),
        need_page(wb, "stunting_prevalence_ssgi_2022"),
    ):
        found[page.path] = page.html()
    return found


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_page_of_another_country_speaks_of_kalimantan(small, language):
    made = pages(Workbench(small, language=language))
    assert [path for path in made if "/" not in path] == [
        f"{code}-simulasi.html" for code in ("indonesia", *analyses())
    ]  # fmt: skip
    for path, html in made.items():
        assert not re.search("kalimantan|tanah laut|berau", html, re.IGNORECASE), path
        assert "Indonesia" in html, path
    for words in ("di 2 provinsi, 12 kabupaten dan kota", "in 2 provinces, 12 regencies and cities"):
        assert words in made["indonesia-simulasi.html"]


def test_plan_and_index_of_another_country(small, tmp_path):
    places = Gazetteer.load(small)
    runs = plan(places, [])
    assert [(one.code, one.name) for one in runs if one.level == "island"] == [
        ("indonesia", "Indonesia"), ("pola-spasial", "Pola spasial"),
        ("kemajuan-dan-target", "Kemajuan dan target"), ("program-dan-kebutuhan", "Program dan kebutuhan"),
    ]  # fmt: skip
    assert [one.code for one in plan(places, ["indonesia"])] == ["indonesia"]
    with pytest.raises(CodeError):
        plan(places, ["kalimantan"])
    index = write_index(tmp_path, places, language="id").read_text(encoding="utf-8")
    assert "Atlas Kampung KB Indonesia" in index and "Kalimantan" not in index


def test_kalimantan_needs_no_word(small):
    assert read_whole() == KALIMANTAN
    assert Gazetteer.load().whole.code == "kalimantan"
    assert str(Workbench().whole) == "Kalimantan" and str(Workbench(small).whole) == "Indonesia"


def test_a_page_of_no_region_is_refused(small):
    with pytest.raises(CodeError):
        kkbgeo.profiles.new_page(Workbench(small), "kalimantan")


@pytest.mark.parametrize("written", ['code = "java"', 'code = "Java"\n[name]\nid = "Jawa"\nen = "Java"', "code ="])
def test_an_incomplete_name_is_refused(tmp_path, written):
    write_whole(Whole("java", {"id": "Jawa", "en": "Java"}), tmp_path)
    assert read_whole(tmp_path).name("id") == "Jawa"
    (tmp_path / "reference" / "whole.toml").write_text(written, encoding="utf-8")
    with pytest.raises(SourceError):
        read_whole(tmp_path)
