"""The whole atlas, as built by one command: every page, no request, nothing invented, the same bytes again."""

from __future__ import annotations

import json
import os
import re
import shutil

import pytest
from browser import open_page
from conftest import kkbgeo
from pages import BuiltPage

from kkbgeo.batch.plan import ANALYSES
from kkbgeo.maps.page import BACK, ROOM
from kkbgeo.paths import CHECKOUT

pytestmark = pytest.mark.atlas


def built(atlas) -> list[BuiltPage]:
    return [BuiltPage(path) for path in sorted(atlas.rglob("*.html"))]


def test_every_regency_and_province_has_its_page(atlas, wb):
    for level in ("regency", "province"):
        expected = {
            f"{code}-{wb.gazetteer.slug(code)}.{kind}"
            for code in wb.gazetteer.frame.index[wb.gazetteer.frame["level"] == level]
            for kind in ("html", "png", "pdf")
        }
        assert {path.name for path in (atlas / level).iterdir()} == expected
    over_all = {"kalimantan", *ANALYSES}
    assert {path.stem for path in atlas.glob("*.html")} == {"index", *over_all}
    # A page of analysis has a picture where it has a map; a brief is of a province or a regency.
    assert "kalimantan" in {path.stem for path in atlas.glob("*.png")} <= over_all
    assert not list(atlas.glob("*.pdf"))
    assert len(list(atlas.rglob("*.html"))) == 56 + 5 + len(over_all) + 1 == 66
    assert not (atlas / "failed").exists()
    assert (atlas / "regency" / "63.11-balangan.html").is_file()
    assert (atlas / "province" / "63-kalimantan-selatan.html").is_file()


def test_the_index_leads_to_every_page_with_a_thumbnail(atlas):
    index = BuiltPage(atlas / "index.html")
    cards = index.soup.select(".card > a")
    links = [one["href"].removesuffix(f"#{BACK}") for one in cards]
    assert len(links) == len(set(links)) == 65
    assert all((atlas / link).is_file() for link in links)
    assert all(one.find("svg") is not None and one.find("path") is not None for one in cards)


def test_names_lead_to_the_pages_of_areas_and_every_page_to_those_above_it(atlas, wb):
    whole = {f"province/{code}-{wb.gazetteer.slug(code)}.html": code for code in wb.gazetteer.codes("province")}
    for page in built(atlas):
        ways = [one["href"] for one in page.soup.select(".kkb-way")]
        assert all((page.path.parent / one).resolve().is_file() for one in ways), page.path
        said = page.path.relative_to(atlas).as_posix()
        if said in whole:
            wanted = [
                f"../regency/{one}-{wb.gazetteer.slug(one)}.html" for one in wb.gazetteer.within(whole[said], "regency")
            ]
            assert ways == ["../kalimantan.html", *wanted]
        elif said.startswith("regency/"):
            assert [one.split("/")[1] for one in ways] == ["kalimantan.html", "province"]
        elif said == "kalimantan.html":
            assert len(ways) == len(set(ways)) == 5 + 56
        elif said != "index.html":
            assert ways[0] == "kalimantan.html"


def test_no_page_asks_the_network_for_anything(atlas):
    for page in built(atlas):
        for tag, attribute in (
            ("script", "src"),
            ("link", "href"),
            ("img", "src"),
            ("iframe", "src"),
            ("source", "src"),
        ):
            assert not [one[attribute] for one in page.soup.find_all(tag) if one.has_attr(attribute)], page.path
        styles = " ".join(one.get_text() for one in page.soup.find_all("style"))
        assert not re.search(r"@import|url\((?!['\"]?(data:|#))", styles), page.path
        policy = page.soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_every_page_says_that_its_boundaries_are_approximate(atlas):
    for page in built(atlas):
        assert "bukan batas hukum" in page.soup.get_text(), page.path
        if page.path.name != "index.html":
            assert "approximate-2025" in page.footer, page.path
            assert page.notice


def test_every_regency_page_counts_its_states_and_names_its_sources(atlas, wb):
    for path in sorted((atlas / "regency").glob("*.html")):
        page = BuiltPage(path)
        code = path.name[:5]
        villages = wb.gazetteer.within(code, "village")
        assert page.codes == sorted(villages)
        meta = json.loads((atlas / "meta" / f"{code}.json").read_text())
        for layer in meta["legend"]:
            assert sum(entry["count"] for entry in layer["entries"]) == len(villages)
        assert page.findings
        assert "Kementerian Dalam Negeri" in page.footer or "Ministry of Home Affairs" in page.footer
        assert page.html.startswith("<!DOCTYPE html>") or page.html.startswith("<!doctype html>")
        assert 'lang="id"' in page.html[:300]


def test_numbers_of_the_province_map_are_those_of_the_island(page, wb):
    for province in ("61", "62", "63", "64", "65"):
        beside = page(province)
        for code in beside.codes:
            for layer in ("kkb_total", "stunting_prevalence_ssgi_2022", "aid_events"):
                assert beside.headline(layer, code) == page("kalimantan").headline(layer, code)
        assert beside.levels == ["regency", "village"]
        assert beside.codes == sorted(wb.gazetteer.within(province, "regency"))
        assert beside.codes_of("village") == sorted(wb.gazetteer.within(province, "village"))
    assert page("kalimantan").levels == ["regency", "province"]
    assert page("kalimantan").codes_of("province") == ["61", "62", "63", "64", "65"]


def test_named_villages_on_the_regency_map_are_as_many_as_the_table_says(page, wb):
    counted = wb.table("regency", ["kkb_villages_named"])
    for code in ("62.04", "63.03", "63.07", "61.06", "64.74"):
        own = page(code)
        named = sum(own.entry("kkb_village_class", village)[0] == "fill" for village in own.codes)
        assert counted.cell(code, "kkb_villages_named")["value"] == named


def test_the_far_off_areas_are_said_in_the_footer(page):
    assert "kali luas resminya" in page("64.74").footer
    assert "kali luas resminya" not in page("63.01").footer


def test_every_page_keeps_its_budget(atlas):
    within_budget(atlas)


@pytest.mark.slow
def test_pages_drawn_from_real_boundaries_keep_their_budget(real_boundaries, tmp_path):
    data = shutil.copytree(CHECKOUT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("imported", ".*"))
    environment = {**os.environ, "KKBGEO_DATA": str(data)}
    done = kkbgeo("boundaries", "import", str(real_boundaries), env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    asked = [*("--only", "61"), *("--only", "kalimantan"), *("--only", "program-dan-kebutuhan"), "--no-briefs"]
    done = kkbgeo("atlas", *asked, "--out", str(tmp_path / "atlas"), env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "kalimantan_batas" in (tmp_path / "atlas" / "kalimantan.html").read_text(encoding="utf-8")
    assert within_budget(tmp_path / "atlas") >= 17


def within_budget(atlas) -> int:
    """Hold every page to the bytes that its kind may have; return how many there are."""
    metas = list((atlas / "meta").glob("*.json"))
    for path in metas:
        meta = json.loads(path.read_text(encoding="utf-8"))
        assert meta["bytes"] <= ROOM["analysis" if meta["code"] in ANALYSES else meta["level"]], path.stem
    return len(metas)


def test_the_same_input_gives_the_same_bytes(atlas, tmp_path):
    done = kkbgeo("atlas", "--only", "63.11", "--out", str(tmp_path / "again"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "63.11" in done.stdout
    again = tmp_path / "again" / "regency" / "63.11-balangan.html"
    assert again.read_bytes() == (atlas / "regency" / "63.11-balangan.html").read_bytes()
    links = [one["href"] for one in BuiltPage(tmp_path / "again" / "index.html").soup.select(".card > a")]
    assert links == [f"regency/63.11-balangan.html#{BACK}"]


PAGES = ["regency/63.11-balangan.html", "province/63-kalimantan-selatan.html", "kalimantan.html"]


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [390, 1280])
def test_a_page_works_offline_and_a_tap_opens_details(atlas, name, width):
    told = BuiltPage(atlas / name)
    code = max(told.codes, key=lambda one: told.polygon(one).area)
    with open_page(atlas / name, width=width) as opened:
        opened.bring(".kkb-map")
        opened.settle()
        drawn = opened.page.evaluate(
            """() => { const c = document.querySelector('.kkb-canvas canvas');
                const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0;
                for (let i = 3; i < d.length; i += 4) if (d[i]) n += 1; return n / (d.length / 4); }"""
        )
        assert drawn > 0.05
        details = opened.page.locator(".kkb-details")
        assert not details.is_visible()
        opened.tap(code)
        assert details.is_visible()
        said = details.inner_text()
        layer = told.map["layers"][told.map["opens"]]["key"]
        assert told.headline(layer, code) in said.replace("\N{NO-BREAK SPACE}", " ")
        assert code in said
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
        opened.quiet()


@pytest.mark.browser
def test_the_index_finds_a_regency_by_name_and_leads_to_its_page(atlas):
    with open_page(atlas / "index.html", width=390) as opened:
        opened.page.fill("#find", "banjarmas")
        cards = opened.page.locator(".card:visible")
        assert cards.count() == 1
        assert "Banjarmasin" in cards.first.inner_text()
        opened.page.fill("#find", "zzz")
        assert opened.page.locator(".card:visible").count() == 0
        assert opened.page.inner_text("#found").startswith("Tidak ditemukan.")
        opened.page.fill("#find", "63.11")
        opened.page.locator(".card:visible > a").click()
        opened.page.wait_for_load_state()
        assert opened.page.url.endswith(f"regency/63.11-balangan.html#{BACK}")
        assert "Kabupaten Balangan" in opened.page.inner_text("h1")
        opened.quiet()
