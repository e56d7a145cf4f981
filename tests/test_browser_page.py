"""Pages in a real browser with the network off: what a person sees, taps and switches."""

from __future__ import annotations

import pandas as pd
import pytest
from browser import one_browser, open_page
from mapkit import CLASSES, DISTRICTS, NAMES, PREVALENCE, Edition, Indicator, cells, island
from test_page import HOSTILE, make_page

from kkbgeo.maps import Link, Page, area_map, class_layer, numeric_layer
from kkbgeo.maps.drawn import Marker

KAMPUNG = Indicator()
VALUES = [36, 0, None, "hidden", 20, 51]


def full_map(**changes):
    layers = [
        numeric_layer(KAMPUNG, cells(KAMPUNG, VALUES)),
        numeric_layer(PREVALENCE, cells(PREVALENCE, [27.9, None, None, 12.0, 0, 5])),
        class_layer(CLASSES, cells(CLASSES, ["dasar", "berkembang", "mandiri", "berkelanjutan", "", None])),
    ]
    options = {
        "edition": Edition(),
        "labels": {code: f"Desa {name}" for code, name in NAMES.items()},
        "parents": DISTRICTS,
        "markers": [Marker(112.5, 0.2, "Sembako untuk 10 keluarga", (("Tanggal", "12 November 2025"),))],
    } | changes
    return area_map(island(), layers, **options)


@pytest.fixture(scope="module", autouse=True)
def browser():
    with one_browser():
        yield


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return full_map().save(tmp_path_factory.mktemp("map") / "map.html")


def colour_at(opened, code: str, dx: float = 0, dy: float = 0) -> tuple[int, int, int]:
    """Return the colour painted near the middle of an area (off its name)."""
    return tuple(
        opened.page.evaluate(
            """([code, dx, dy]) => {
                const at = kkbgeo.maps[0].pointOf(code);
                const canvas = document.querySelector('.leaflet-overlay-pane canvas');
                const box = canvas.getBoundingClientRect(), sharp = canvas.width / box.width;
                const x = (at.x + dx - box.left) * sharp, y = (at.y + dy - box.top) * sharp;
                return Array.from(canvas.getContext('2d').getImageData(x, y, 1, 1).data).slice(0, 3);
            }""",
            [code, dx, dy],
        )
    )


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


@pytest.mark.parametrize("width", [360, 390, 1280])
def test_areas_are_drawn_in_their_colours_and_nothing_is_requested(saved, width):
    layer = full_map().layers[0]
    with open_page(saved, width=width) as opened:
        opened.quiet()
        assert opened.page.get_attribute(".kkb-map", "data-areas") == "6"
        for code in ("63.11.01.2001", "63.11.01.2002", "63.11.02.2002", "63.11.02.2003"):
            entry = layer.entries[layer.cells[code].entry]
            found = colour_at(opened, code)
            assert max(abs(a - b) for a, b in zip(found, rgb(entry.colour), strict=True)) <= 3, code
        hatched = {colour_at(opened, "63.11.01.2003", dx, dy) for dx in range(8) for dy in range(8)}
        dotted = {colour_at(opened, "63.11.02.2001", dx, dy) for dx in range(8) for dy in range(8)}
        assert len(hatched) > 2 and len(dotted) > 2 and hatched != dotted
        assert opened.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert opened.page.locator(".kkb-static").is_hidden()


def test_a_tap_opens_the_details_of_that_area(saved):
    with open_page(saved) as opened:
        panel = opened.page.locator(".kkb-details")
        assert panel.is_hidden()
        opened.tap("63.11.01.2001")
        said = panel.inner_text().replace("\N{NO-BREAK SPACE}", " ")
        for text in ("Desa Pudak", "Kecamatan Awayan", "36 kampung", "31 Juli 2025", "63.11.01.2001"):
            assert text in said
        opened.page.click(".kkb-close")
        assert panel.is_hidden()
        opened.tap("63.11.01.2003")
        assert "Tidak dilaporkan" in panel.inner_text()
        opened.page.keyboard.press("Escape")
        assert panel.is_hidden()
        opened.quiet()


def test_a_selected_area_is_not_hidden_by_its_own_details(saved):
    for width, height in ((390, 844), (1280, 900)):
        with open_page(saved, width=width, height=height) as opened:
            for code in ("63.11.01.2001", "63.11.02.2003"):
                opened.bring(".kkb-frame")
                opened.tap(code)
                at = opened.page.evaluate("code => kkbgeo.maps[0].pointOf(code)", code)
                box = opened.page.locator(".kkb-details").bounding_box()
                inside = box["x"] < at["x"] < box["x"] + box["width"] and box["y"] < at["y"] < box["y"] + box["height"]
                assert not inside
                opened.page.click(".kkb-close")
                opened.page.click(".kkb-reset")


def test_switching_the_indicator_redraws_without_a_reload(saved):
    with open_page(saved, width=1280) as opened:
        before = colour_at(opened, "63.11.01.2001")
        opened.page.evaluate("window.__here = 1")
        opened.page.select_option(".kkb-layer", label="Prevalensi stunting")
        opened.settle()
        assert colour_at(opened, "63.11.01.2001") != before
        assert opened.page.evaluate("window.__here") == 1
        shown = [
            one.get_attribute("data-layer")
            for one in opened.page.query_selector_all(".kkb-legend-layer")
            if one.is_visible()
        ]
        assert shown == ["stunting_prevalence"]
        opened.tap("63.11.01.2001")
        said = opened.page.locator(".kkb-details").inner_text()
        assert "27,9" in said
        opened.page.select_option(".kkb-layer", label="Kampung KB yang disebut")
        assert "Dasar" in opened.page.locator(".kkb-details").inner_text()
        opened.quiet()


def test_the_view_can_be_brought_back(saved):
    with open_page(saved, width=1280) as opened:
        state = "(() => { const m = kkbgeo.maps[0].map, c = m.getCenter(); return [m.getZoom(), c.lat, c.lng] })()"
        before = opened.page.evaluate(state)
        opened.page.click(".leaflet-control-zoom-in")
        opened.settle()
        assert opened.page.evaluate(state)[0] > before[0]
        opened.page.click(".kkb-reset")
        opened.settle()
        assert opened.page.evaluate(state) == pytest.approx(before)
        assert opened.page.locator(".leaflet-control-scale-line").inner_text().endswith("km")
        assert opened.page.locator(".kkb-notice").inner_text() == "Batas perkiraan – bukan batas hukum"


def test_the_legend_folds(saved):
    with open_page(saved) as opened:
        table = opened.page.locator(".kkb-legend-layer table").first
        assert table.is_visible()
        opened.page.click(".kkb-legend > summary")
        assert table.is_hidden()


def test_a_page_works_with_two_maps_and_fits_a_phone(tmp_path):
    page = make_page()
    page.add_map(full_map(), "Kedua")
    path = page.save(tmp_path)
    for width in (360, 390, 1280):
        with open_page(path, width=width) as opened:
            opened.quiet()
            assert [one.get_attribute("data-areas") for one in opened.page.query_selector_all(".kkb-map")] == ["6", "6"]
            assert opened.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            opened.bring("#kkbgeo-2 .kkb-frame")
            opened.tap("63.11.02.2003", 1)
            assert "51" in opened.page.locator("#kkbgeo-2 .kkb-details").inner_text()
            assert opened.page.locator("#kkbgeo-1 .kkb-details").is_hidden()


def test_with_scripts_off_the_page_still_shows_figures_and_a_map(tmp_path):
    with open_page(make_page().save(tmp_path), scripts=False) as opened:
        assert opened.page.locator(".kkb-static").is_visible()
        assert opened.page.locator(".kkb-noscript").is_visible()
        assert opened.page.locator(".kkb-tools").is_hidden()
        assert "Sepuluh keluarga" in opened.page.locator(".findings").inner_text()
        assert opened.page.locator(".kkb-legend-layer").first.is_visible()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_does_nothing_and_is_shown_as_it_is(tmp_path, text):
    areas = island()
    areas["name"] = text
    indicator = Indicator(name=text, unit=text, meaning=text)
    details = {code: [(text, text)] for code in areas.index}
    layers = [
        numeric_layer(indicator, cells(indicator, VALUES), details=details),
        numeric_layer(PREVALENCE, cells(PREVALENCE, [27.9, None, None, 12.0, 0, 5])),
    ]
    edition = Edition(provider=text, licence=text, approximate=False, texts={"title": text, "not": text})
    everywhere = dict.fromkeys(areas.index, text)
    drawn = area_map(
        areas, layers, edition=edition, labels=everywhere, parents=everywhere, title=text,
        markers=[Marker(112.5, 0.2, text, ((text, text),))],
    )  # fmt: skip
    page = Page("63.11", "regency", "balangan", text, text, edition=edition, generated_by=text)
    page.findings([text]).add_map(drawn, text)
    page.add_table("t", text, pd.DataFrame({text: [text], "b": [Link(text, f"javascript:{text}")]}), text, text)
    page.footer(sources=[Link(text, "javascript:window.__pwned=1")], notes=[text], parameters={text: text})
    folium_file = tmp_path / "folium.html"
    drawn.folium.save(str(folium_file))
    seen = text.replace("\u2028", "").strip()
    for path in (page.save(tmp_path), folium_file):
        with open_page(path, width=1280) as opened:
            opened.tap("63.11.01.2001")
            panel = opened.page.locator(".kkb-details")
            assert panel.locator(".kkb-title").text_content().replace("\u2028", "").strip() == seen
            assert panel.locator(".kkb-facts dd").first.text_content().replace("\u2028", "").strip() == seen
            at = opened.page.evaluate("kkbgeo.maps[0].pointOf('63.11.01.2001')")
            opened.page.mouse.move(at["x"] + 3, at["y"] + 3)
            opened.page.select_option(".kkb-layer", index=1)
            opened.page.click(".kkb-place")
            options = opened.page.locator(".kkb-option-name").all_text_contents()
            assert len(options) >= 7 and {one.replace("\u2028", "").strip() for one in options} == {seen}
            opened.page.locator(".kkb-option").nth(2).click()
            opened.settle()
            assert opened.page.evaluate("window.__pwned === undefined")
            assert opened.page.locator("img, iframe, object, embed").count() == 0
            opened.quiet()


def test_in_a_notebook_frame_the_map_wakes_up(tmp_path):
    path = tmp_path / "notebook.html"
    path.write_text(f"<!DOCTYPE html><meta charset=utf-8><body>{full_map()._repr_html_()}", encoding="utf-8")
    with open_page(path, width=1280) as opened:
        frame = opened.page.frames[1]
        assert frame.locator(".kkb-map").get_attribute("data-areas") == "6"
        opened.quiet()
