"""The page on programme and need: everything asked for, in both languages, without a hole, quiet in a browser."""

from __future__ import annotations

import json

import pytest
from browser import one_browser, open_page
from bs4 import BeautifulSoup
from recipes import need_page

import kkbgeo
from kkbgeo.language import text
from kkbgeo.profiles.display import source_link

SECTIONS = (
    "map", "scatter", "scatter-data", "relation", "beside", "aid", "aid-newer", "aid-areas", "concentration", "scale",
    "scale-aid", "surveys", "survey-table", "survey-pictures", "survey-pictures-data", "survey-map", "limits",
)  # fmt: skip


@pytest.fixture(scope="module", params=["id", "en"])
def saved(request, tmp_path_factory):
    """The page as saved, and its language."""
    wb = kkbgeo.Workbench(language=request.param)
    page = need_page(wb, "stunting_prevalence_ssgi_2022", as_of="2025-12-31", language=request.param)
    return page.save(tmp_path_factory.mktemp(request.param)), request.param


@pytest.fixture(scope="module")
def browser():
    with one_browser():
        yield


def test_every_section_is_there_and_within_the_size_of_a_page(saved):
    path, language = saved
    assert path.name == "program-dan-kebutuhan.html"
    assert path.stat().st_size < 500_000
    page = BeautifulSoup(path.read_bytes(), "html.parser")
    assert page.html["lang"] == language
    assert [one["id"] for one in page.select("main section[id]") if one["id"] in SECTIONS] == list(SECTIONS)
    headings = {one.text.strip() for one in page.select("h2")}
    other = "en" if language == "id" else "id"
    for key in ("map", "relation", "beside", "aid", "scale", "surveys", "limits"):
        assert text(f"needs.section.{key}", language) in headings
        assert text(f"needs.section.{key}", other) not in page.text
    assert "nan" not in page.text.lower().split()


def test_the_five_reports_stand_on_the_page_and_gaps_are_dashes(saved):
    path, language = saved
    page = BeautifulSoup(path.read_bytes(), "html.parser")
    rows = {
        one.th.text.strip(): [cell.text.strip() for cell in one.select("td")]
        for one in page.select_one("#aid-areas").select("tbody tr")
    }
    assert len(rows) == 56
    names = ("Balangan", "Berau", "Tanah Laut", "Barito Selatan", "Sambas")
    balangan, berau, tanah_laut, barito_selatan, sambas = (rows[f"Kabupaten {name}"] for name in names)
    assert balangan[3:7] == ["7", "1", "10", "–"]
    assert berau[3:7] == ["1", "1", "–", "–"]
    assert tanah_laut[3:7] == ["1", "0", "–", "–"]
    assert barito_selatan[3:7] == ["1", "0", "–", "–"]
    assert rows["Kota Banjarmasin"][3:7] == ["6", "1", "1.000" if language == "id" else "1,000", "19"]
    assert sambas[3:7] == ["–"] * 4
    assert text("needs.verdict.high-delivered", language, of=" (SSGI 2022)") in balangan[-1]
    assert text("needs.verdict.unknown-started", language, of=" (SSGI 2022)") in tanah_laut[-1]
    assert text("needs.verdict.high-not-found", language, of=" (SSGI 2022)") in sambas[-1]
    newer = page.select_one("#aid-newer").text
    assert all(one in newer for one in ("Murung Raya", "Tana Tidung", "Barito Utara", "Kota Pontianak"))
    assert "SSGI 2024" in page.select_one("#aid").text
    said = page.select_one("#concentration").text
    assert text("needs.concentration.too-few", language, areas=7, minimum=10) in said


def test_the_sources_are_those_of_what_it_shows(saved):
    """Reports that count kampung or name villages are no source of it: of Kampung KB it shows the portal's figures."""
    path, language = saved
    page, wb = BeautifulSoup(path.read_bytes(), "html.parser"), kkbgeo.Workbench(language=language)
    listed = {one["href"] for one in page.select("#kkb-sources a[href]")}
    marks = {one["href"].removeprefix("#") for one in page.select("main a.mark")}
    assert len(marks) > 50 and marks <= {one["id"] for one in page.select("#kkb-sources li[id]")}
    urls = {one: source_link(wb, one).url for one in wb.sources.index}
    pages = {name: {urls[one.source_id] for one in wb.rows(name)} for name in wb.record_tables}
    of_kampung = pages.pop("kampung") | pages.pop("kampung_counts")
    alone = of_kampung.difference(*pages.values(), {urls["bkkbn-portal-export"]})
    assert len(alone) > 50 and not alone & listed
    found = kkbgeo.patterns.aid_and_need(wb, "stunting_prevalence_ssgi_2022")
    told = set().union(*found.table["aid_sources"], found.unplaced_sources, found.table["need_source"]) - {""}
    addresses = {urls[one] for one in told} - {""}
    assert len(addresses) > 100 and addresses <= listed


@pytest.mark.atlas
def test_with_both_languages_it_stays_well_within_the_size_of_a_page(atlas):
    assert (atlas / "program-dan-kebutuhan.html").stat().st_size < 470_000


def test_the_meta_file_and_the_footer_say_how_it_was_made(saved):
    path, language = saved
    meta = json.loads((path.parent / "meta" / "program-dan-kebutuhan.json").read_text(encoding="utf-8"))
    assert meta["level"] == "island" and meta["legend"][0]["layer"] == "stunting_prevalence_ssgi_2022-aid_events"
    assert sum(one["count"] for one in meta["legend"][0]["entries"]) == 56
    footer = BeautifulSoup(path.read_bytes(), "html.parser").text
    wanted = (text(f"maps.made.{one}", language) for one in ("permutations", "as_of", "seed"))
    assert all(one in footer for one in (*wanted, "99", "20251231"))
    assert "permutations:" not in footer and "as_of" not in footer


@pytest.mark.browser
@pytest.mark.usefixtures("browser")
@pytest.mark.parametrize("width", [390, 1280])
def test_it_is_quiet_and_fits_and_the_square_shows_its_colours(saved, width):
    path, _ = saved
    with open_page(path, width=width) as opened:
        opened.quiet()
        assert opened.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        measured = "all => all.map(one => [getComputedStyle(one).fill, one.getBoundingClientRect().width])"
        fills = opened.page.eval_on_selector_all("#map .kkb-square rect", measured)
        assert len(fills) == 9 and len({one[0] for one in fills}) == 9
        assert all(one[1] > 40 for one in fills)
        # Another layer has its list and no square.
        opened.page.select_option("#map .kkb-layer", index=1)
        opened.settle()
        assert not opened.page.is_visible("#map .kkb-square")


def test_another_question_that_cannot_be_tested_is_a_page_all_the_same(tmp_path):
    wb = kkbgeo.Workbench(language="en", as_of="2015")
    page = need_page(wb, "families_at_risk", need_high=15_000, language="en")
    found = BeautifulSoup(page.save(tmp_path).read_bytes(), "html.parser")
    assert "0 of 56 regencies and cities have both figures" in found.select_one("#scatter").text
    assert "Too few areas to test" in found.select_one("#relation").text


@pytest.mark.parametrize("language", ["id", "en"])
def test_another_country_has_its_own_page_and_made_up_figures_are_marked(tmp_path, monkeypatch, language):
    from kkbgeo.simulation import country
    from kkbgeo.simulation.workspace import simulate

    monkeypatch.setattr(country, "INDONESIA", (2, 5, 12, 60))
    wb = kkbgeo.Workbench(simulate(tmp_path / "small", seed=3, scope="indonesia"), language=language)
    page = need_page(wb, "stunting_prevalence_ssgi_2022")
    assert page.path == "program-dan-kebutuhan-simulasi.html"
    html = page.html()
    assert "SIMULASI" in html
    assert "kalimantan" not in html.lower()
