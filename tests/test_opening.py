"""One layer stands for a map: live map, still picture, thumbnail, PNG and PDF open with the same."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest
from browser import open_page
from hypothesis import given
from hypothesis import strategies as st
from mapkit import DISTRICTS, Edition, Indicator, cells, data_of, island, two_levels
from pypdf import PdfReader

from kkbgeo import profiles
from kkbgeo.errors import KkbgeoError
from kkbgeo.language import words
from kkbgeo.maps import Page, area_map, choropleth, numeric_layer, thumbnail_svg
from kkbgeo.maps.drawn import Layer, LegendEntry, Period
from kkbgeo.maps.interactive import AreaMap
from kkbgeo.maps.levels import levelled
from kkbgeo.maps.periods import best_known, over_time, shown_for
from kkbgeo.paper import static_map
from kkbgeo.paper.brief import brief
from kkbgeo.paper.companions import save


def surveys(values=([5, 12, 35, None, 0, 60], [35, 60, 5, 12, None, 0])):
    made = []
    for year, mine in zip(("2021", "2024"), values, strict=True):
        one = Indicator(f"ssgi_{year}", "percent", 1, "amber", (10, 20, 30), f"SSGI {year}", "%")
        made.append(numeric_layer(one, cells(one, mine)))
    return over_time(made, ["2021", "2024"], group="ssgi", title="Prevalensi")


def timed(more=()):
    return area_map(island(), [*surveys(), *more], edition=Edition(), parents=DISTRICTS)


def of_levels():
    """A map of districts, that has a slider, above one of villages, that has none."""
    coarse, fine = two_levels().levels
    years = []
    for year, mine in (("2021", [5, 35]), ("2024", [35, None])):
        one = Indicator(f"ssgi_{year}", "percent", 1, "amber", (10, 20, 30), f"SSGI {year}", "%")
        years.append(numeric_layer(one, cells(one, mine, codes=list(coarse.areas.index))))
    upper = area_map(coarse.areas, over_time(years, ["2021", "2024"], group="g", title="Prevalensi"), edition=Edition())
    return levelled([upper, area_map(fine.areas, fine.layers, edition=Edition(), labels=fine.labels)])


def single():
    return area_map(island(), [replace(surveys()[0], period=None)], edition=Edition())


def known_in(*counts: int, **how: str) -> AreaMap:
    """A map whose layers a, b, c … are known in so many of the six areas."""
    made = []
    for key, many in zip("abcdef", counts, strict=False):
        one = Indicator(key, name=f"Jumlah {key}")
        made.append(numeric_layer(one, cells(one, [12] * many + [None] * (6 - many))))
    return area_map(island(), made, edition=Edition(), parents=DISTRICTS, **how)


MAPS = {
    "timed": (timed, "ssgi_2024"),
    "timed, then another": (lambda: timed([numeric_layer(Indicator(), cells(Indicator(), [1] * 6))]), "ssgi_2024"),
    "levels, the older period known better": (of_levels, "ssgi_2021"),
    "one layer": (single, "ssgi_2021"),
    "the first given": (lambda: known_in(1, 6, 3), "a"),
    "the one asked for": (lambda: known_in(1, 6, 3, opens="b"), "b"),
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
    label = words(opens.label, "id")
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
    assert words(drawn.title, "id") == label
    # What is saved beside a page, and its entry for the index.
    page = page_of(drawn)
    save(page, tmp_path)
    entry = json.loads((tmp_path / "meta" / "63.json").read_text())
    assert entry["thumbnail"] == str(drawn.thumbnail())
    picture = (tmp_path / entry["files"]["png"]["path"]).read_bytes()
    assert picture == static_map(drawn, key, title=page.title, sources=["Antara"], as_of=page.as_of).png
    told = text_of((tmp_path / entry["files"]["pdf"]["path"]).read_bytes())
    assert label in told
    for other in drawn.layers:
        assert other is drawn.opening or words(other.label, "id") not in told


def test_the_map_on_the_sheet_has_the_figures_of_the_layer_it_is_named_after():
    """Other figures in the layer that is not shown leave the sheet as it was; others in the one shown do not."""

    def sheet(*values):
        return brief(page_of(area_map(island(), surveys(values), edition=Edition())))

    first, last, other = [5, 12, 35, None, 0, 60], [35, 60, 5, 12, None, 0], [12, 12, 12, None, 0, 5]
    assert sheet(first, last) == sheet(other, last)
    assert sheet(first, last) != sheet(first, other)


@pytest.mark.browser
@pytest.mark.parametrize(("kind", "slider"), [("timed", "1"), ("levels, the older period known better", "0")])
def test_the_live_map_opens_with_it(kind, slider, tmp_path):
    make, key = MAPS[kind]
    with open_page(make().save(tmp_path / "map.html"), width=900, height=700) as opened:
        opened.settle()
        assert opened.page.locator(".kkb-map").get_attribute("data-layer") == key
        assert opened.page.locator(".kkb-slider").input_value() == slider
        opened.quiet()


@pytest.mark.browser
@pytest.mark.parametrize(("values", "key", "slider"), [
    (([5, 12, 35, None, 0, 60], [35, None, None, None, None, 0]), "ssgi_2021", "0"),
    (([5, None, None, None, None, 60], [35, 5, 5, None, None, 0]), "ssgi_2024", "1"),
])  # fmt: skip
def test_a_slider_chosen_from_the_list_starts_at_its_best_known_period(values, key, slider, tmp_path):
    first = numeric_layer(Indicator(), cells(Indicator(), [1] * 6))
    drawn = area_map(island(), [first, *surveys(values)], edition=Edition(), parents=DISTRICTS)
    with open_page(drawn.save(tmp_path / "map.html"), width=900, height=700) as opened:
        opened.settle()
        assert opened.page.locator(".kkb-map").get_attribute("data-layer") == "kkb_total"
        assert opened.page.locator(".kkb-layer option").all_inner_texts() == ["Jumlah Kampung KB", "Prevalensi"]
        opened.page.select_option(".kkb-layer", label="Prevalensi")
        assert opened.page.locator(".kkb-map").get_attribute("data-layer") == key
        assert opened.page.locator(".kkb-slider").input_value() == slider
        opened.quiet()


# --- which one that is -----------------------------------------------------------------------------------------------


def layer_of(key: str, known: int, newest: str = "", group: str = "") -> Layer:
    entries = (
        LegendEntry("class-1", "1", "#fbe3b4", "fill", known),
        LegendEntry("not_reported", "x", "#000000", "hatch", 9),
    )
    return Layer(key, key, "", "", entries, {}, Period(group, group, key) if group else None, newest=newest)


@pytest.mark.parametrize(("given", "opens"), [
    ([("a", 14, "2025-12-31"), ("b", 56, "2022-12-31"), ("c", 20, "2025-12-31")], "b"),  # most areas
    ([("a", 56, "2022-12-31"), ("b", 56, "2024-12-31"), ("c", 56, "2023-08-28")], "b"),  # of equals the newest
    ([("a", 3, "2024-12-31"), ("b", 56, ""), ("c", 56, "")], "b"),  # then the first given
    ([("a", 0, ""), ("b", 0, "")], "a"),
    ([("a", 14, "", "g"), ("b", 9, "", "g"), ("c", 50, "", "h"), ("d", 54, "", "h"), ("e", 52, "", "h")], "d"),
    ([("a", 5, "2021-12-31", "g"), ("b", 5, "2024-12-31", "g"), ("c", 5, "2023-12-31")], "b"),
    ([("a", 5, "", "g"), ("b", 5, "", "g"), ("c", 5, "")], "b"),  # of undated periods the later one
])  # fmt: skip
def test_the_best_known_is_chosen_of_equals_the_newest_then_the_first(given, opens):
    layers = [layer_of(*one) for one in given]
    assert best_known(layers).key == opens
    if not any(one.period for one in layers):
        assert best_known(layers[::-1]).known == best_known(layers).known
        assert best_known(layers[::-1]).newest == best_known(layers).newest


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["", "2022-12-31", "2024-12-31"]),
                          st.sampled_from(["", "g", "h"])), min_size=1, max_size=8))  # fmt: skip
def test_no_layer_is_known_in_more_areas_than_the_one_that_opens(given):
    layers = [layer_of(str(at), *one) for at, one in enumerate(given)]
    best = best_known(layers)
    assert best in layers
    assert all((one.known, one.newest) <= (best.known, best.newest) for one in layers)
    for one in layers:
        shown = shown_for(one, layers)
        assert (shown.period and shown.period.group) == (one.period and one.period.group)
        assert shown.known >= one.known


def test_a_layer_to_open_with_that_the_map_does_not_have_is_refused():
    with pytest.raises(KkbgeoError, match="no layer 'x'") as refused:
        known_in(1, 2, opens="x")
    assert refused.value.hint == "Layers: a, b"


def test_in_every_language_a_map_opens_with_the_same_layer():
    both = known_in(1, 6, opens="b").in_languages(("id", "en"))
    assert [both.opening.key, *(both.to(one).opening.key for one in both.languages)] == ["b"] * 3


def how_known(table, key: str) -> int:
    return sum(table.cell(code, key)["state"] in {"value", "zero"} for code in table.areas.index)


@pytest.mark.parametrize("within", [None, "62", "63"])
def test_the_maps_of_the_pages_open_with_what_most_regencies_have(wb, within):
    drawn = profiles.levels_map(wb, within)
    table = wb.table("regency", [one.key for one in drawn.layers], within=within)
    known = {one.key: how_known(table, one.key) for one in drawn.layers}
    assert {one.key: one.known for one in drawn.layers} == known
    assert known[drawn.opening.key] == max(known.values())
    period = drawn.opening.period
    assert drawn.title == (period.title if period else drawn.opening.label)
    # The list of indicators keeps its order.
    assert [one.key for one in drawn.layers][:3] == ["kkb_total_before_2022", "kkb_total", "kkb_coverage"]
    if within:
        assert drawn.levels[1].opening.key == "kkb_village_class"
    else:
        grid = profiles.tile_map(wb, drawn)
        assert grid.layers[0] is drawn.opening
        assert {one.key for one in grid.layers} == set(known)


def test_a_researcher_gets_what_was_named_first_though_fewer_know_it(wb):
    keys = ["families_at_risk", "population"]
    table = wb.table("regency", keys, within="63")
    assert how_known(table, keys[0]) < how_known(table, keys[1])
    assert choropleth(table, keys).opening.key == keys[0]
    assert choropleth(table, keys[::-1]).opening.key == keys[1]
    assert profiles.table_map(wb, table, keys).opening.key == keys[1]
    assert [one.key for one in profiles.table_map(wb, table, keys).layers] == keys


def test_a_village_that_is_named_without_a_class_is_not_counted_as_hatched(wb):
    codes = wb.gazetteer.within("63.01", "village")[:20]

    def table_of(named: int):
        cells = {
            code: {"state": "not_reported", "record_id": "k-1" if at < named else ""} for at, code in enumerate(codes)
        }
        areas = SimpleNamespace(index=codes)
        return SimpleNamespace(areas=areas, language="id", cell=lambda code, _key: cells[code])

    assert str(profiles.pages.hatched(wb, table_of(0), "63.01")).startswith("Semua 20 desa/kelurahan diarsir")
    assert str(profiles.pages.hatched(wb, table_of(1), "63.01")).startswith("19 dari 20 desa/kelurahan diarsir")
    assert profiles.pages.hatched(wb, table_of(20), "63.01") == ""


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_sheet_of_a_province_names_the_layer_it_shows_and_no_other(language):
    import kkbgeo

    spoken = kkbgeo.Workbench(language=language)
    page = profiles.new_page(spoken, "63")
    page.show("regencies", profiles.levels_map(spoken, "63"))
    told = text_of(brief(page))
    drawn = page.maps[0]
    labels = {one.key: words(one.label, language).replace("\xa0", " ") for one in drawn.layers}
    assert [key for key, label in labels.items() if label in told] == [drawn.opening.key]


@pytest.mark.atlas
@pytest.mark.parametrize("code", ["61", "62", "63", "64", "65", "63.01"])
def test_the_sheets_of_the_atlas_are_named_after_the_layer_of_the_page(atlas, code):
    (path,) = (atlas / ("regency" if "." in code else "province")).glob(f"{code}-*.pdf")
    stored = data_of(path.with_suffix(".html").read_text(encoding="utf-8"))
    label = stored["strings"][stored["layers"][stored["opens"]]["label"]]
    label = label if isinstance(label, str) else label[0]
    assert label.replace("\xa0", " ") in text_of(path.read_bytes())
