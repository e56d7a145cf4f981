"""Levels, periods and languages of one map: geometry stored once, the same classes, every text in both languages."""

from __future__ import annotations

import json
import re

import pytest
import shapely
from mapkit import (
    DISTRICTS,
    NAMES,
    PREVALENCE,
    Bilingual,
    Edition,
    Indicator,
    cells,
    data_of,
    island,
    two_levels,
)  # fmt: skip
from shapely.geometry import shape

from kkbgeo.errors import KkbgeoError
from kkbgeo.language import LANGUAGES, Spoken, Words, words
from kkbgeo.maps import area_map, class_layer, document, numeric_layer, thumbnail_svg, topology
from kkbgeo.maps.drawn import Marker
from kkbgeo.maps.level import parts_of
from kkbgeo.maps.levels import levelled
from kkbgeo.maps.periods import over_time


def spoken(language: str = "id", values: list | None = None, **options):
    """Return a map whose texts are lazy, with a date and a source per tap; shown alone it is in `language`."""
    indicator = Bilingual()
    layer = numeric_layer(indicator, cells(indicator, values or [36, 0, None, "hidden", 20, 51]))
    marker = Marker(112.5, 0.2, Words({"id": "Bantuan", "en": "Aid"}), (("a", Words({"id": "id", "en": "en"})),))
    options = {"parents": DISTRICTS, "markers": [marker], "edition": Edition()} | options
    return area_map(island(), [layer], language=language, **options)


# --- bytes ---------------------------------------------------------------------------------------------------------


def test_what_is_packed_is_the_same_each_time_and_opens_again():
    text = "Desa Pudak \N{SNOWMAN}" * 50
    assert document.packed(text) == document.packed(text)
    assert document.unpacked(document.packed(text)) == text
    assert len(document.packed(text)) < len(text)
    assert document.unpacked(document.packed("a\ud800b")) == "a?b"


def test_a_page_carries_the_library_once_and_compressed():
    html = spoken("id").html()
    block = re.search(r'id="kkbgeo-library">(.*?)</script>', html)[1]
    assert document.unpacked(block) == document.map_library().script
    assert len(block) < 0.45 * len(document.map_library().script)
    # The library packed (73 kB), styles and scripts of the map; the style of a page with tables is in it too.
    assert len(html) < 115_000


def coarse(language: str):
    """Return the map of districts alone."""
    one = two_levels(language)
    one.levels = one.levels[:1]
    return one


# --- levels --------------------------------------------------------------------------------------------------------


def test_a_district_is_made_of_its_villages_borders():
    one = two_levels()
    assert [level.key for level in one.levels] == ["district", "village"]
    assert set(parts_of(one.levels[0], one.levels[1])) == {"63.11.01", "63.11.02"}
    stored = data_of(one.html())
    areas, _ = topology.unpacked(stored["shapes"])
    alone = topology.fitted(island().geometry.to_numpy(), one.precision)
    assert len(stored["shapes"]["arcs"]) == len(alone.packed()["arcs"])
    for drawn, whole in zip(areas[:2], one.levels[0].areas.geometry, strict=True):
        # Rings are told together: what lies in an odd number of them is inside.
        told = shapely.Polygon()
        for ring in drawn["coordinates"]:
            told = told.symmetric_difference(shapely.Polygon(ring))
        assert told.symmetric_difference(whole).area < 1e-6
    for drawn, whole in zip(areas[2:], island().geometry, strict=True):
        assert shape(drawn).symmetric_difference(whole).area < 1e-6


def test_a_coarser_outline_that_villages_do_not_fill_stays_itself():
    villages = island().iloc[:2]
    coarse = island().iloc[:1].set_geometry([shapely.box(110, 0, 113, 2)])
    coarse.index = ["63.11.01"]
    fine = area_map(villages, [numeric_layer(Indicator(), cells(Indicator(), [1, 2], codes=list(villages.index)))])
    rough = area_map(coarse, [numeric_layer(Indicator(), cells(Indicator(), [3], codes=["63.11.01"]))])
    one = levelled([rough, fine])
    assert parts_of(one.levels[0], one.levels[1]) == {}
    areas, _ = topology.unpacked(data_of(one.html())["shapes"])
    assert shape(areas[0]).equals(shapely.box(110, 0, 113, 2))


def test_levels_that_do_not_fit_are_refused():
    with pytest.raises(KkbgeoError, match="one level"):
        levelled([spoken("id"), spoken("id")])
    with pytest.raises(KkbgeoError, match="different languages"):
        levelled([spoken("id"), coarse("en")])
    with pytest.raises(KkbgeoError, match="different languages"):
        levelled([spoken("id").in_languages(LANGUAGES), coarse("id")])
    with pytest.raises(KkbgeoError, match="at least one"):
        levelled([])


# --- time ----------------------------------------------------------------------------------------------------------


def test_two_regencies_and_two_periods_share_their_classes():
    codes, others = list(NAMES)[:3], list(NAMES)[3:]
    drawn = {}
    for name, mine, values in (("one", codes, [5, 12, 35]), ("two", others, [1, 2, 3])):
        years = []
        for year, shift in (("2021", 0), ("2024", 4)):
            indicator = Indicator(f"ssgi_{year}", "percent", 1, "amber", (10, 20, 30), f"SSGI {year}", "%")
            years.append(numeric_layer(indicator, cells(indicator, [value + shift for value in values], codes=mine)))
        drawn[name] = over_time(years, ["2021", "2024"], group="ssgi", title="Prevalensi")
    legends = {
        tuple((e.key, e.label, e.colour) for e in layer.entries) for layers in drawn.values() for layer in layers
    }
    assert len(legends) == 1


def test_a_slider_opens_with_its_newest_period_also_as_a_still_picture():
    layers = []
    for year in ("2021", "2024"):
        one = Indicator(f"ssgi_{year}", "percent", 1, "amber", (10, 20, 30), f"SSGI {year}", "%")
        layers.append(numeric_layer(one, cells(one, [5, 12, 35, None, 0, 60])))
    made = area_map(island(), over_time(layers, ["2021", "2024"], group="ssgi", title="Prevalensi"))
    assert made.opening.key == "ssgi_2024"
    assert 'data-layer="ssgi_2024"' in made.html()
    assert "SSGI 2024" in made.thumbnail()


def test_periods_with_other_classes_or_an_unexplained_break_are_refused():
    one = numeric_layer(PREVALENCE, cells(PREVALENCE, [5] * 6))
    other = Indicator("other", "percent", 1, "amber", (50, 60), "Lain", "%")
    two = numeric_layer(other, cells(other, [5] * 6))
    with pytest.raises(KkbgeoError, match="other classes"):
        over_time([one, two], ["a", "b"], group="g", title="t")
    with pytest.raises(KkbgeoError, match="explained"):
        over_time([one, one], ["a", "b"], group="g", title="t", broken={1: "2022"})
    with pytest.raises(KkbgeoError, match="two periods"):
        over_time([one], ["a"], group="g", title="t")


def test_the_profiles_show_totals_with_the_break_of_2022_and_surveys_on_one_slider(wb):
    from kkbgeo.profiles.levels import levels_map

    one = levels_map(wb, "63")
    assert [level.key for level in one.levels] == ["regency", "village"]
    groups: dict[str, list] = {}
    for layer in one.layers:
        if layer.period:
            groups.setdefault(layer.period.group, []).append(layer)
    assert [layer.key for layer in groups["kkb_total"]] == ["kkb_total_before_2022", "kkb_total"]
    assert [layer.period.broken for layer in groups["kkb_total"]] == ["", "2022"]
    assert "2022" in str(groups["kkb_total"][1].period.note)
    assert words([layer.period.label for layer in groups["stunting_prevalence"]], "id") == [
        "Riskesdas 2013", "Riskesdas 2018", "SSGI 2021", "SSGI 2022", "SKI 2023", "SSGI 2024",
    ]  # fmt: skip
    assert [layer.period.broken for layer in groups["stunting_prevalence"]] == ["", "", "≠", "", "≠", "≠"]
    for layers in groups.values():
        assert len({tuple(e.label for e in layer.entries if e.look == "fill") for layer in layers}) == 1
    assert [level.key for level in levels_map(wb).levels] == ["regency", "province"]


# --- languages -----------------------------------------------------------------------------------------------------


def test_two_languages_share_geometry_and_numbers():
    one = spoken().in_languages(LANGUAGES)
    assert one.languages == ("id", "en")
    stored, alone = json.loads(document.unpacked(one.data)), json.loads(document.unpacked(spoken("id").data))
    assert stored["shapes"] == alone["shapes"]
    assert len(one.data) < 1.5 * len(spoken("id").data)
    layer = stored["levels"][0]["layers"][0]
    assert stored["strings"][layer["label"]] == ["Jumlah Kampung KB (id)", "Jumlah Kampung KB (en)"]
    assert stored["markers"][0][2] == ["Bantuan", "Aid"]
    assert stored["strings"][layer["cells"][2][1]] == ["Tidak dilaporkan", "Not reported"]


def test_the_markup_holds_both_languages_where_they_differ():
    html = str(spoken().in_languages(LANGUAGES).body().html)
    assert '<span lang="id">Legenda</span><span lang="en">Legend</span>' in html
    assert '<span lang="id">Tidak dilaporkan</span><span lang="en">Not reported</span>' in html
    assert html.count('id="kkbgeo-map-data"') == 1


def test_the_language_that_is_read_first_stands_first():
    english = spoken().in_languages(("en", "id"))
    assert english.language == "en"
    assert '<span lang="en">Legend</span><span lang="id">Legenda</span>' in str(english.body().html)
    with pytest.raises(KkbgeoError, match="'de'"):
        spoken().in_languages(("id", "de"))


@pytest.mark.parametrize(("language", "other", "said"), [("id", "en", "Legenda<"), ("en", "id", "Legend<")])
def test_alone_a_map_stays_in_its_own_language(language, other, said):
    one = spoken().in_languages((language, other))
    assert one.html() == spoken(language).html() == spoken(other).to(language).html()
    shown = re.sub(r"<(style|script)\b.*?</\1>", "", one.html(), flags=re.S)  # the style names both languages
    assert f'lang="{language}"' in shown and f'lang="{other}"' not in shown
    assert said in shown and {"Legenda<": "Legend<", "Legend<": "Legenda<"}[said] not in shown


def test_a_map_in_words_has_no_lazy_text_left_and_the_map_it_was_made_from_keeps_them():
    one = two_levels()
    english = one.to("en")
    assert [layer.label for level in english.levels for layer in level.layers] == ["Jumlah Kampung KB (en)"] * 2
    told = [(cell.headline, cell.details) for level in english.levels for cell in level.layers[0].cells.values()]
    assert all(
        isinstance(text, str) for head, pairs in told for text in (head, *(text for pair in pairs for text in pair))
    )
    assert spoken().to("en").markers == (Marker(112.5, 0.2, "Aid", (("a", "en"),)),)
    assert all(isinstance(layer.label, Spoken) for level in one.levels for layer in level.layers)


def test_levels_in_two_languages():
    one = two_levels().in_languages(LANGUAGES)
    stored = json.loads(document.unpacked(one.data))
    assert stored["strings"][stored["levels"][1]["noun"]] == ["desa/kelurahan", "villages"]


# --- states --------------------------------------------------------------------------------------------------------


def test_what_is_hidden_stays_dotted_in_data_legend_and_picture():
    layer = numeric_layer(Indicator(), cells(Indicator(), [36, 0, None, "hidden", 20, 51]))
    one = area_map(island(), [layer])
    stored = data_of(one.html())
    looks = {entry[3]: entry[0] for entry in stored["layers"][0]["entries"]}
    assert looks["suppressed"] == "dots" and looks["not_reported"] == "hatch" and looks["zero"] == "fill"
    assert stored["layers"][0]["cells"][3][0] == list(looks).index("suppressed")
    assert 'data-key="suppressed"' in one.html()
    assert 'id="dots-' in thumbnail_svg(island(), layer)
    ordinal = Indicator("c", "class", 0, "ladder")
    hidden = class_layer(ordinal, cells(ordinal, ["dasar", "mandiri", None, "hidden", "", "dasar"]))
    assert hidden.counts["suppressed"] == 1


def test_a_notebook_that_is_not_trusted_keeps_picture_and_words():
    from bs4 import BeautifulSoup

    kept = BeautifulSoup(spoken("id")._repr_html_(), "html.parser")
    for cut in kept(["iframe", "style", "script", "svg"]):  # what JupyterLab takes out
        cut.decompose()
    assert kept.find("img")["src"].startswith("data:image/svg+xml;base64,")
    assert "Trust Notebook" in kept.get_text()
