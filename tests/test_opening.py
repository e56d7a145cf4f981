"""One layer stands for a map: live map, still picture, thumbnail, PNG and PDF open with the same."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace

import pytest
from browser import open_page
from mapkit import DISTRICTS, Edition, Indicator, cells, data_of, island, two_levels
from pypdf import PdfReader

from kkbgeo import profiles
from kkbgeo.maps import Page, area_map, numeric_layer, thumbnail_svg
from kkbgeo.maps.levels import levelled
from kkbgeo.maps.periods import over_time
from kkbgeo.paper import static_map
from kkbgeo.paper.brief import brief
from kkbgeo.paper.companions import save


def surveys(values=([5, 12, 35, None, 0, 60], [35, 60, 5, 12, None, 0])):
    made = []
    for year, given in zip(("2021", "2024"), values, strict=True):
        one = Indicator(f"ssgi_{year}", "percent", 1, "amber", (10, 20, 30), f"SSGI {year}", "%")
        made.append(numeric_layer(one, cells(one, given)))
    return over_time(made, ["2021", "2024"], group="ssgi", title="Prevalensi")


def timed(more=()):
    return area_map(island(), [*surveys(), *more], edition=Edition(), parents=DISTRICTS)


def of_levels():
    """A map of districts, that has a slider, above one of villages, that has none."""
    coarse, fine = two_levels().levels
    years = []
    for year, given in (("2021", [5, 35]), ("2024", [35, None])):
        one = Indicator(f"ssgi_{year}", "percent", 1, "amber", (10, 20, 30), f"SSGI {year}", "%")
        years.append(numeric_layer(one, cells(one, given, codes=list(coarse.areas.index))))
    upper = area_map(coarse.areas, over_time(years, ["2021", "2024"], group="g", title="Prevalensi"), edition=Edition())
    return levelled([upper, area_map(fine.areas, fine.layers, edition=Edition(), labels=fine.labels)])


def single():
    return area_map(island(), [replace(surveys()[0], period=None)], edition=Edition())


MAPS = {
    "timed": (timed, "ssgi_2024"),
    "timed, then another": (lambda: timed([numeric_layer(Indicator(), cells(Indicator(), [1] * 6))]), "ssgi_2024"),
    "levels": (of_levels, "ssgi_2024"),
    "one layer": (single, "ssgi_2021"),
}


def page_of(drawn) -> Page:
    page = Page("63", "province", "kalimantan-selatan", "Provinsi Kalimantan Selatan", "", edition=Edition())
    page.add_map(drawn, "Peta", key="regencies")
    page.footer(sources=["Antara"], checksum="9f2c", version="0.1.0")
    return page


def text_of(pdf: bytes) -> str:
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", page.extract_text().replace("\xa0", " "))


@pytest.mark.parametrize("kind", MAPS)
def test_all_that_stands_for_a_map_shows_the_layer_it_opens_with(kind, tmp_path):
    make, key = MAPS[kind]
    drawn, opens = make(), make().opening
    assert opens.key == key
    # The live map: what its script is told, and the block it starts from.
    html = drawn.html()
    stored = data_of(html)
    assert stored["layers"][stored["opens"]]["key"] == key
    assert f'data-layer="{key}"' in html
    # The still picture and the thumbnail.
    assert str(drawn._picture) == str(
        thumbnail_svg(drawn.areas, opens, (640, 520), language="id", css="kkb-static")
    )  # fmt: skip
    assert str(drawn.thumbnail()) == str(thumbnail_svg(drawn.areas, opens))
    # The picture.
    assert static_map(drawn).png == static_map(drawn, key).png
    for other in drawn.layers:
        if other is not drawn.opening:
            assert static_map(drawn).png != static_map(drawn, other.key).png
    assert drawn.title == opens.label
    # What is saved beside a page, and its entry for the index.
    page = page_of(drawn)
    save(page, tmp_path)
    entry = json.loads((tmp_path / "meta" / "63.json").read_text())
    assert entry["thumbnail"] == str(drawn.thumbnail())
    picture = (tmp_path / entry["files"]["png"]["path"]).read_bytes()
    assert picture == static_map(drawn, key, title=page.title, sources=["Antara"], as_of=page.as_of).png
    told = text_of((tmp_path / entry["files"]["pdf"]["path"]).read_bytes())
    assert opens.label in told
    for other in drawn.layers:
        assert other is drawn.opening or other.label not in told


def test_the_map_on_the_sheet_has_the_figures_of_the_layer_it_is_named_after():
    """Other figures in the layer that is not shown leave the sheet as it was; others in the one shown do not."""

    def sheet(*values):
        return brief(page_of(area_map(island(), surveys(values), edition=Edition())))

    first, last, other = [5, 12, 35, None, 0, 60], [35, 60, 5, 12, None, 0], [12, 12, 12, None, 0, 5]
    assert sheet(first, last) == sheet(other, last)
    assert sheet(first, last) != sheet(first, other)


@pytest.mark.browser
@pytest.mark.parametrize("kind", ["timed", "levels"])
def test_the_live_map_opens_with_it(kind, tmp_path):
    make, key = MAPS[kind]
    with open_page(make().save(tmp_path / "map.html"), width=900, height=700) as opened:
        opened.settle()
        assert opened.page.locator(".kkb-map").get_attribute("data-layer") == key
        assert opened.page.locator(".kkb-slider").input_value() == "1"
        opened.quiet()


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_sheet_of_a_province_shows_the_totals_after_inpres_3_of_2022(language):
    import kkbgeo

    spoken = kkbgeo.Workbench(language=language)
    page = profiles.new_page(spoken, "63")
    page.show("regencies", profiles.levels_map(spoken, "63"))
    told = text_of(brief(page))
    before, after = (one.label for one in page.maps[0].layers[:2])
    assert page.maps[0].opening.label == after
    assert {"id": "setelah Inpres 3/2022", "en": "Inpres 3/2022"}[language] in after.replace("\xa0", " ")
    assert after.replace("\xa0", " ") in told
    assert before.replace("\xa0", " ") not in told


@pytest.mark.atlas
@pytest.mark.parametrize("code", ["61", "62", "63", "64", "65", "63.01"])
def test_the_sheets_of_the_atlas_are_named_after_the_layer_of_the_page(atlas, code):
    (path,) = (atlas / ("regency" if "." in code else "province")).glob(f"{code}-*.pdf")
    stored = data_of(path.with_suffix(".html").read_text(encoding="utf-8"))
    label = stored["strings"][stored["layers"][stored["opens"]]["label"]]
    label = label if isinstance(label, str) else label[0]
    assert label.replace("\xa0", " ") in text_of(path.read_bytes())
