"""The living map in a real browser with the network off: search, levels, time, languages, keyboard, pictures, paper."""

from __future__ import annotations

import io

import pytest
from browser import one_browser, open_page
from mapkit import DISTRICTS, NAMES, Edition, Indicator, cells, island, two_levels
from pypdf import PdfReader
from test_browser_page import colour_at, full_map, rgb
from test_map_levels import spoken
from test_page import HOSTILE, make_page

from kkbgeo.language import Words
from kkbgeo.maps import Page, area_map, numeric_layer
from kkbgeo.maps.periods import over_time

PANEL = ".kkb-details"


@pytest.fixture(scope="module", autouse=True)
def browser():
    with one_browser():
        yield


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return full_map().save(tmp_path_factory.mktemp("map") / "map.html")


@pytest.fixture(scope="module")
def levels(tmp_path_factory):
    return two_levels().save(tmp_path_factory.mktemp("levels") / "map.html")


@pytest.fixture(scope="module")
def timed(tmp_path_factory):
    layers = []
    for year, shift in (("2016", 0), ("2021", 4), ("2024", 8)):
        indicator = Indicator(f"total_{year}", name=f"Jumlah {year}")
        layers.append(numeric_layer(indicator, cells(indicator, [1 + shift, 12, 35, None, 0, 60])))
    layers = over_time(
        layers, ["2016", "2021", "2024"], group="total", title="Jumlah menurut waktu", broken={2: "2022"},
        note="Sejak 2022 satuannya lain.",
    )  # fmt: skip
    made = area_map(island(), layers, parents=DISTRICTS, edition=Edition())
    return made.save(tmp_path_factory.mktemp("time") / "map.html")


@pytest.fixture(scope="module")
def bilingual(tmp_path_factory):
    page = Page("63.11", "regency", "balangan", "Balangan", "", edition=Edition(), second="en")
    page.add_map(spoken(), "Peta")
    return page.save(tmp_path_factory.mktemp("languages"))


def zoom_of(opened) -> float:
    return opened.page.evaluate("kkbgeo.maps[0].map.getZoom()")


# --- search --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["pudak", "UDA", "Pu\u0301dak", "pu dak", "desa pudak"])
def test_a_place_is_found_by_any_part_of_its_name(saved, typed):
    with open_page(saved, width=1280) as opened:
        opened.page.focus(".kkb-place")
        opened.page.keyboard.type(typed)
        first = opened.page.locator(".kkb-option").first
        assert first.inner_text().split("\n") == ["Desa Pudak", "Kecamatan Awayan"]
        opened.page.keyboard.press("ArrowDown")
        assert first.get_attribute("aria-selected") == "true"
        assert opened.page.get_attribute(".kkb-place", "aria-activedescendant") == first.get_attribute("id")
        opened.page.keyboard.press("Enter")
        opened.settle()
        assert "36" in opened.page.locator(PANEL).inner_text()
        assert opened.page.locator(".kkb-found").is_hidden()
        opened.page.keyboard.press("Escape")
        assert opened.page.locator(PANEL).is_hidden()
        assert opened.page.evaluate("document.activeElement.className") == "kkb-place"
        opened.quiet()


def test_a_suggestion_is_taken_by_a_finger_and_a_name_nobody_has_is_said(saved):
    with open_page(saved, width=390) as opened:
        opened.page.locator(".kkb-place").tap()
        assert opened.page.locator(".kkb-option").count() == 9  # six villages, two districts, one marker
        opened.page.keyboard.type("xyz")
        assert opened.page.locator(".kkb-found").inner_text() == "Tidak ada wilayah dengan nama itu"
        opened.page.fill(".kkb-place", "hulu")
        opened.page.locator(".kkb-option").first.tap()
        opened.settle()
        assert "51" in opened.page.locator(PANEL).inner_text()
        opened.quiet()


def test_a_district_is_zoomed_to_and_a_marker_opened(saved):
    with open_page(saved, width=1280) as opened:
        opened.page.fill(".kkb-place", "awayan")
        opened.page.keyboard.press("Enter")
        opened.settle()
        opened.page.wait_for_timeout(300)
        inside = opened.page.evaluate(
            "kkbgeo.maps[0].map.getBounds().contains([[0.05, 110.05], [0.95, 111.95]]) && "
            "kkbgeo.maps[0].map.getBounds().getNorth() < 2.6"
        )
        assert inside and opened.page.locator(PANEL).is_hidden()
        opened.page.fill(".kkb-place", "sembako")
        opened.page.keyboard.press("Enter")
        assert "12 November 2025" in opened.page.locator(PANEL).inner_text()


# --- levels and time -----------------------------------------------------------------------------------------------


def test_levels_switch_without_a_reload_and_search_crosses_them(levels):
    with open_page(levels, width=1280) as opened:
        opened.page.evaluate("window.__here = 1")
        assert opened.page.locator(".kkb-legend tfoot").inner_text().split() == ["Jumlah", "2"]
        opened.tap("63.11.02")
        assert "71" in opened.page.locator(PANEL).inner_text()
        opened.page.select_option(".kkb-level", label="Desa/kelurahan")
        opened.settle()
        assert opened.page.locator(".kkb-legend tfoot").inner_text().split() == ["Jumlah", "6"]
        assert opened.page.locator(PANEL).is_hidden()
        opened.tap("63.11.02.2003")
        assert "Desa Hulu" in opened.page.locator(PANEL).inner_text()
        opened.page.select_option(".kkb-level", label="Kecamatan")
        opened.page.fill(".kkb-place", "pudak")
        opened.page.keyboard.press("Enter")
        opened.settle()
        assert opened.page.get_attribute(".kkb-map", "data-level") == "village"
        assert "Desa Pudak" in opened.page.locator(PANEL).inner_text()
        assert opened.page.evaluate("window.__here") == 1
        opened.quiet()


def test_a_district_made_of_villages_is_filled_whole(levels):
    colour = two_levels().layers[0].entries
    with open_page(levels, width=1280) as opened:
        entry = colour[two_levels().layers[0].cells["63.11.01"].entry]
        # On the border between two of its villages there is no line.
        at = opened.page.evaluate(
            """() => { const m = kkbgeo.maps[0].map, a = m.latLngToContainerPoint([0.2, 111]);
                       const b = kkbgeo.maps[0].pointOf('63.11.01'), c = m.getContainer().getBoundingClientRect();
                       return [c.left + a.x - b.x, c.top + a.y - b.y]; }"""
        )
        found = colour_at(opened, "63.11.01", *at)
        assert max(abs(a - b) for a, b in zip(found, rgb(entry.colour), strict=True)) <= 3


def test_the_slider_moves_through_time_by_keyboard_and_the_break_is_drawn_and_said(timed):
    with open_page(timed, width=390) as opened:
        slider = opened.page.locator(".kkb-slider")
        assert opened.page.locator(".kkb-tick").all_inner_texts() == ["2016", "2021", "2024"]
        assert (slider.get_attribute("aria-valuetext"), slider.input_value()) == ("2024", "2")
        assert opened.page.locator(".kkb-layer option").all_text_contents() == ["Jumlah menurut waktu"]
        gap, ticks = opened.page.locator(".kkb-gap").bounding_box(), opened.page.locator(".kkb-tick")
        assert ticks.nth(1).bounding_box()["x"] < gap["x"] < ticks.nth(2).bounding_box()["x"]
        assert opened.page.locator(".kkb-break").inner_text() == "Sejak 2022 satuannya lain."
        legend = opened.page.locator(".kkb-legend tbody th").all_inner_texts()
        slider.focus()
        opened.page.keyboard.press("ArrowLeft")
        assert opened.page.get_attribute(".kkb-map", "data-layer") == "total_2021"
        assert slider.get_attribute("aria-valuetext") == "2021"
        assert opened.page.locator(".kkb-legend tbody th").all_inner_texts() == legend
        opened.page.locator(".kkb-tick").first.tap()
        assert "2016" in opened.page.locator(".kkb-legend-name").inner_text()
        assert opened.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        opened.quiet()


# --- languages -----------------------------------------------------------------------------------------------------


def test_every_text_of_the_map_follows_the_language(bilingual):
    with open_page(bilingual, width=1280) as opened:
        opened.tap("63.11.01.2003")
        assert "Tidak dilaporkan" in opened.page.locator(PANEL).inner_text()
        opened.page.evaluate("document.dispatchEvent(new CustomEvent('kkbgeo:language', {detail: 'en'}))")
        opened.settle()
        assert "Not reported" in opened.page.locator(PANEL).inner_text()
        assert "Jumlah Kampung KB (en) (villages)" in opened.page.locator(".kkb-legend-name").inner_text()
        assert "Hidden to protect families" in opened.page.locator(".kkb-legend tbody").inner_text()
        assert opened.page.get_attribute(".kkb-reset", "aria-label") == "Back to the first view"
        assert opened.page.get_attribute(".leaflet-control-zoom-in", "title") == "Zoom in"
        assert opened.page.get_attribute(".kkb-canvas", "aria-label") == "Map: Jumlah Kampung KB (en)"
        assert opened.page.locator(".kkb-action").first.inner_text() == "Download the picture (PNG)"
        opened.page.fill(".kkb-place", "aid")
        assert opened.page.locator(".kkb-option").first.inner_text().split("\n") == ["Aid", "Markers"]
        opened.page.evaluate("document.dispatchEvent(new CustomEvent('kkbgeo:language', {detail: 'id'}))")
        assert "Tidak dilaporkan" in opened.page.locator(PANEL).inner_text()
        opened.quiet()


# --- keyboard ------------------------------------------------------------------------------------------------------


def test_arrows_step_from_area_to_area_and_enter_opens(saved):
    with open_page(saved, width=1280) as opened:
        opened.page.focus(".kkb-place")
        opened.page.keyboard.press("Tab")
        assert "kkb-canvas" in opened.page.evaluate("document.activeElement.className")
        said = opened.page.locator(".kkb-spoken")
        opened.page.keyboard.press("ArrowRight")
        first = said.inner_text()
        assert first.split(":")[0] in {f"Desa {name}" for name in NAMES.values()}
        seen = {first}
        for key in ("ArrowLeft", "ArrowLeft", "ArrowUp", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown"):
            opened.page.keyboard.press(key)
            seen.add(said.inner_text())
        assert len(seen) >= 4
        opened.page.keyboard.press("Enter")
        now = said.inner_text().split(":")[0]
        assert now in opened.page.locator(PANEL).inner_text()
        opened.page.keyboard.press("Escape")
        assert opened.page.locator(PANEL).is_hidden()
        before = zoom_of(opened)
        opened.page.keyboard.press("+")
        opened.settle()
        assert zoom_of(opened) > before
        opened.quiet()


# --- full screen, pictures, paper ------------------------------------------------------------------------------------


@pytest.mark.parametrize("able", [True, False])
def test_the_map_fills_the_window_also_where_the_browser_has_no_full_screen(saved, able):
    with open_page(saved, width=390) as opened:
        if not able:  # an iPhone
            opened.page.evaluate("Element.prototype.requestFullscreen = undefined")
        assert opened.page.locator(".kkb-legend table").is_visible()
        opened.page.click(".kkb-full")
        opened.page.wait_for_timeout(600)
        box = opened.page.locator(".kkb-map").bounding_box()
        size = opened.page.evaluate("[window.innerWidth, window.innerHeight]")
        assert [box["width"], box["height"]] == size
        assert opened.page.locator(".kkb-legend table").is_hidden()
        assert opened.page.get_attribute(".kkb-full", "aria-label") == "Tutup layar penuh"
        opened.page.click(".kkb-full")
        opened.page.wait_for_timeout(400)
        assert "kkb-wide" not in opened.page.get_attribute(".kkb-map", "class")
        assert opened.page.locator(".kkb-legend table").is_visible()
        opened.quiet()


def test_the_picture_has_title_map_legend_and_notice(saved):
    from PIL import Image

    with open_page(saved, width=1280) as opened:
        with opened.page.expect_download() as waiting:
            opened.page.click(".kkb-action >> nth=0")
        assert waiting.value.suggested_filename.endswith("-kkb_total.png")
        made = Image.open(io.BytesIO(waiting.value.path().read_bytes())).convert("RGB")
        assert made.width == 1600 and made.height > 900
        colours = {colour for _, colour in made.getcolors(1 << 24)}
        layer = full_map().layers[0]
        for entry in layer.entries:
            if entry.look == "fill":
                assert rgb(entry.colour) in colours, entry.key
        assert rgb(layer.entries[-1].paper) in colours
        opened.quiet()


def test_of_what_kind_the_source_is_follows_layer_and_language_and_reaches_the_picture(tmp_path):
    said = {"id": "Ekspor portal, bukan rilis resmi", "en": "Portal export, not an official release"}

    portal = Indicator("kkb_registered", name="Tercatat")
    layers = [
        numeric_layer(Indicator(), cells(Indicator(), [1] * 6)),
        numeric_layer(portal, cells(portal, [2] * 6), origin=Words(said)),
    ]
    page = Page("63.11", "regency", "balangan", "Balangan", "", edition=Edition(), second="en")
    page.add_map(area_map(island(), layers, edition=Edition()), "Peta")
    with open_page(page.save(tmp_path), width=900, height=800) as opened:
        line = opened.page.locator(".kkb-legend .kkb-origin")
        assert line.count() == 0
        plain = opened.page.evaluate("kkbgeo.maps[0].picture().height")
        opened.page.select_option(".kkb-layer", index=1)
        assert line.inner_text() == said["id"]
        assert opened.page.evaluate("kkbgeo.maps[0].picture().height") == plain + 32  # one line more at its foot
        opened.page.evaluate("document.dispatchEvent(new CustomEvent('kkbgeo:language', {detail: 'en'}))")
        assert line.inner_text() == said["en"]
        opened.quiet()
    first = area_map(island(), layers[::-1], edition=Edition())
    assert f'<p class="kkb-origin">{said["id"]}</p>' in first.html()


def test_hostile_names_reach_the_picture_as_letters(tmp_path):
    areas = island()
    areas["name"] = HOSTILE[: len(areas)]
    drawn = area_map(areas, [numeric_layer(Indicator(), cells(Indicator(), [1, 2, 3, 4, 5, 6]))])
    with open_page(drawn.save(tmp_path / "a.html"), width=1280) as opened:
        assert opened.page.evaluate("kkbgeo.maps[0].picture().toDataURL().length") > 1000
        assert opened.page.evaluate("window.__pwned === undefined")
        opened.quiet()


def test_paper_gets_the_shown_layer_without_buttons(tmp_path):
    with open_page(make_page().save(tmp_path), width=1280) as opened:
        opened.page.emulate_media(media="print")
        assert opened.page.locator(".kkb-static").is_visible()
        for hidden in (".kkb-tools", ".kkb-actions", ".kkb-canvas", ".leaflet-control-zoom"):
            assert opened.page.locator(hidden).is_hidden(), hidden
        opened.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert opened.page.locator(".kkb-paper").is_visible() and opened.page.locator(".kkb-static").is_hidden()
        opened.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        assert opened.page.locator(".kkb-paper").count() == 0
        opened.page.emulate_media(media="null")
        printed = PdfReader(io.BytesIO(opened.page.pdf(format="A4")))
        text = " ".join(page.extract_text() for page in printed.pages)
        assert "Tidak dilaporkan" in text and "Jumlah Kampung KB" in text
        assert "Unduh gambar" not in text and "Cari wilayah" not in text
        # The names of villages stand on the map alone: the map as shown went to paper, not the still picture.
        assert "Muara" in text and "Hulu" in text


# --- what holds everywhere -------------------------------------------------------------------------------------------


def test_what_a_finger_needs_is_large_enough(timed):
    with open_page(timed, width=360) as opened:
        opened.page.locator(".kkb-place").tap()
        parts = ".kkb-button, .leaflet-bar a, .kkb-tools select, .kkb-place, .kkb-slider, .kkb-action, .kkb-option"
        sizes = opened.page.eval_on_selector_all(
            parts, "all => all.map(one => [one.className, one.offsetWidth, one.offsetHeight])"
        )
        assert len(sizes) > 12
        assert [one for one in sizes if min(one[1:]) and min(one[1:]) < 44] == []


def test_only_the_pages_own_scripts_run(saved):
    with open_page(saved) as opened:
        opened.page.evaluate(
            "(() => { const s = document.createElement('script'); s.textContent = 'window.__pwned = 1';"
            "document.head.appendChild(s); })()"
        )
        assert opened.page.evaluate("window.__pwned === undefined")
        assert any("Content Security Policy" in one for one in opened.errors)


def test_a_browser_that_cannot_open_the_data_says_so_and_keeps_the_picture(saved):
    with open_page(saved) as opened:
        opened.page.add_init_script("delete window.DecompressionStream")
        opened.page.reload()
        opened.settle()
        assert opened.page.locator(".kkb-old").is_visible()
        assert opened.page.locator(".kkb-static").is_visible()
        assert opened.page.locator(".kkb-tools").is_hidden()
        assert opened.page.locator(".kkb-legend table").is_visible()
        opened.quiet()


def test_the_legend_counts_each_state(saved):
    with open_page(saved, width=1280) as opened:
        counts = dict(
            opened.page.eval_on_selector_all(
                ".kkb-legend tbody tr",
                "all => all.map(one => [one.dataset.key, Number(one.querySelector('.kkb-count').textContent)])",
            )
        )
        assert counts == full_map().layers[0].counts
