"""Breaks, looks, layers, thumbnails and the data of a map: what is drawn is what was handed over."""

from __future__ import annotations

import itertools
import json
import math
import re
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from mapkit import CLASSES, DISTRICTS, NAMES, PREVALENCE, Edition, Indicator, cells, data_of, island
from test_bivariate_layer import BLINDNESS, seen

from kkbgeo import language as words
from kkbgeo.errors import JoinError, KkbgeoError, ParameterError
from kkbgeo.maps import (
    Page,
    area_map,
    class_layer,
    document,
    locator_svg,
    numeric_layer,
    shapes,
    theme,
    thumbnail_svg,
    topology,
)
from kkbgeo.maps.breaks import Breaks, breaks_for, shown
from kkbgeo.maps.drawn import Marker
from kkbgeo.maps.layers import details_of, headline_of
from kkbgeo.maps.thumbnail import safe_svg
from kkbgeo.maps.verdicts import label_layer

KAMPUNG = Indicator()


def plain(text: str | words.Spoken, language: str = "id") -> str:
    return words.words(text, language).replace("\N{NO-BREAK SPACE}", " ")


# --- breaks ------------------------------------------------------------------------------------------------------


@given(
    st.lists(st.integers(1, 500), min_size=1, max_size=7, unique=True).map(sorted),
    st.integers(1, 600),
)
def test_a_count_falls_in_the_class_whose_label_bounds_it(edges, value):
    classes = Breaks(tuple(map(float, edges)))
    label = plain(classes.labels()[classes.class_of(value)], "en")
    numbers = [int(one.replace(",", "")) for one in re.findall(r"[\d,]+", label)]
    if label.startswith("more than"):
        assert value > numbers[0]
    else:
        assert numbers[0] <= value <= numbers[-1]


@given(st.lists(st.floats(0.1, 99.9), min_size=2, max_size=30))
def test_classes_keep_the_order_of_values_and_agree_with_what_is_printed(values):
    classes = breaks_for((10, 20, 40, 100), values, kind="percent", decimals=1)
    for low, high in itertools.combinations(sorted(values), 2):
        assert classes.class_of(low) <= classes.class_of(high)
    for value in values:
        assert classes.class_of(value) == classes.class_of(float(words.number(value, "en", 1)))


def test_rounding_is_that_of_the_printed_number():
    for value in (0.05, 0.15, 12.25, 12.35, 99.95, 1e-9, 2.5):
        assert words.number(value, "en", 1) == f"{shown(value, 1):,.1f}"


def test_labels_read_well():
    assert words.words(Breaks((25, 50, 1000)).labels(), "id") == ["1–25", "26–50", "51–1.000", "lebih dari 1.000"]
    coverage = Breaks((20, 99.9, 100), open_end=False, decimals=1, whole=False)
    assert words.words(coverage.labels(" %"), "id") == ["hingga 20,0 %", "20,1–99,9 %", "100,0 %"]


def test_breaks_that_do_not_rise_are_refused():
    for wrong in ((10, 10), (20, 10), (10, math.inf)):
        with pytest.raises(ParameterError):
            Breaks(wrong)


def test_percent_ends_at_100_unless_a_value_is_above():
    assert not breaks_for((50, 100), [99.0, 100.0], kind="percent", decimals=1).open_end
    assert breaks_for((50, 100), [99.0, 101.2], kind="percent", decimals=1).open_end
    assert breaks_for((50, 100), [12], kind="count").open_end


# --- looks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", theme.palette_names())
@pytest.mark.parametrize("steps", [1, 2, 4, 7])
def test_palettes_darken_evenly_and_stay_apart(name, steps):
    if theme.is_ordinal(name) and steps > 4:
        with pytest.raises(ParameterError):
            theme.colours(name, steps)
        return
    colours = theme.colours(name, steps)
    light = [theme.lightness(one) for one in colours]
    assert len(set(colours)) == steps
    gaps = [high - low for high, low in itertools.pairwise(light)]
    assert all(gap > 0.055 for gap in gaps)
    assert light[0] < theme.lightness(theme.STATES["zero"].colour) - 0.045


def test_the_four_states_have_four_looks():
    looks = {(look.look, look.colour, look.paper) for look in theme.STATES.values()}
    assert len(looks) == 3
    assert {look.look for look in theme.STATES.values()} == {"fill", "hatch", "dots"}
    for look in (theme.STATES["not_reported"], theme.STATES["suppressed"]):
        assert theme.contrast(look.colour, look.paper) > 2.2


def test_a_kampung_without_class_is_no_step_of_the_ladder():
    light = [theme.lightness(one) for one in theme.colours("ladder", 4)]
    assert all(abs(theme.lightness(theme.UNCLASSED) - one) > 0.07 for one in light)


def test_dasar_is_a_pale_neutral_outside_the_ramp_told_from_zero_and_ground_in_grey():
    def chroma(colour: str) -> float:
        return math.hypot(*theme._to_oklab(colour)[1:])

    dasar, *ramp = theme.colours("ladder", 4)
    assert chroma(dasar) < 0.02 < 0.07 < min(map(chroma, [*ramp, theme.UNCLASSED]))
    light = theme.lightness(dasar)
    assert light > 0.85  # pale
    assert theme.lightness(theme.STATES["zero"].colour) - light > 0.08
    assert theme.lightness(theme.GROUND) - light > 0.045
    assert light - theme.lightness(ramp[0]) > 0.1
    assert theme.contrast(theme.BORDER, dasar) > 3
    # Hatching says that nothing is reported; dasar is a reported class.
    layer = class_layer(CLASSES, cells(CLASSES, ["dasar", None, None, None, None, None]))
    looks = {one.key: (one.look, one.colour) for one in layer.entries}
    assert looks["dasar"] == ("fill", dasar)
    assert [key for key, (look, _) in looks.items() if look == "hatch"] == ["not_reported"]


@pytest.mark.parametrize("blindness", BLINDNESS)
def test_no_two_fills_of_a_map_of_classes_come_near_each_other(blindness):
    fills = [*theme.colours("ladder", 4), theme.UNCLASSED, theme.STATES["zero"].colour]
    found = [seen(one, blindness) for one in fills]
    # Dasar and berkembang are the nearest to who sees no red; each area also has its border.
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(found, 2)) > 0.085


def test_an_unknown_palette_names_the_known():
    with pytest.raises(ParameterError, match="teal"):
        theme.colours("rainbow", 3)


def test_text_colours_are_readable():
    text = "".join((document.TEMPLATES / name).read_text(encoding="utf-8") for name in ("page.css", "map.css"))
    for colour in set(re.findall(r"(?<![-\w])color: (#[0-9a-f]{6})", text)) - {"#ffffff"}:
        assert theme.contrast(colour, "#f3f5f6") >= 4.5, colour


# --- layers ------------------------------------------------------------------------------------------------------


def test_each_state_has_its_own_entry_and_the_counts_add_up():
    layer = numeric_layer(KAMPUNG, cells(KAMPUNG, [36, 0, None, "hidden", 20, 51]))
    assert layer.counts == {
        "zero": 1, "class-1": 0, "class-2": 1, "class-3": 1, "class-4": 1, "not_reported": 1, "suppressed": 1,
    }  # fmt: skip
    assert sum(layer.counts.values()) == len(NAMES)
    drawn = [layer.cells[code] for code in NAMES]
    assert [plain(one.headline) for one in drawn] == [
        "36 kampung", "0 kampung", "Tidak dilaporkan", "Disembunyikan untuk melindungi keluarga", "20 kampung",
        "51 kampung",
    ]  # fmt: skip
    assert [layer.entries[one.entry].key for one in drawn] == [
        "class-3", "zero", "not_reported", "suppressed", "class-2", "class-4",
    ]  # fmt: skip


def test_zero_and_not_reported_stand_in_the_legend_even_when_they_do_not_occur():
    layer = numeric_layer(KAMPUNG, cells(KAMPUNG, [1, 2, 3, 4, 5, 6]))
    assert layer.counts["zero"] == layer.counts["not_reported"] == 0
    assert "suppressed" not in layer.counts


@given(st.lists(st.one_of(st.none(), st.just("hidden"), st.integers(0, 300)), min_size=6, max_size=6))
def test_counts_always_add_up_and_missing_is_never_zero(values):
    layer = numeric_layer(KAMPUNG, cells(KAMPUNG, values))
    assert sum(layer.counts.values()) == 6
    assert layer.counts["not_reported"] == values.count(None)
    assert layer.counts["zero"] == sum(value == 0 for value in values)


def test_the_order_of_the_rows_changes_nothing():
    frame = cells(KAMPUNG, [36, 0, None, 7, 20, 51])
    shuffled = frame.sample(frac=1, random_state=7)
    assert numeric_layer(KAMPUNG, frame) == numeric_layer(KAMPUNG, shuffled)
    one, other = (
        area_map(island(), [numeric_layer(KAMPUNG, frame)]),
        area_map(island()[::-1], [numeric_layer(KAMPUNG, shuffled)]),
    )
    assert one.html() == other.html()


def test_percent_is_written_as_a_person_writes_it():
    assert plain(headline_of(27.94, PREVALENCE)) == "27,9 %"
    assert words.words(headline_of(27.94, PREVALENCE), "en") == "27.9%"
    assert plain(headline_of(0.02, PREVALENCE)) == "kurang dari 0,1 %"
    assert plain(headline_of(0, PREVALENCE)) == "0,0 %"


def test_classes_are_ordinal_and_a_named_kampung_without_class_is_apart():
    values = ["dasar", "berkembang", "mandiri", "berkelanjutan", "", None]
    layer = class_layer(CLASSES, cells(CLASSES, values)).to("id")
    assert list(layer.counts) == ["dasar", "berkembang", "mandiri", "berkelanjutan", "unclassed", "not_reported"]
    assert set(layer.counts.values()) == {1}
    assert layer.cells["63.11.02.2002"].headline == "Disebut namanya, kelas tidak dilaporkan"
    assert layer.cells["63.11.02.2003"].headline == "Tidak disebut namanya dalam sumber"
    assert layer.cells["63.11.02.2002"].details == (("Keadaan per", "31 Juli 2025"),)
    assert layer.cells["63.11.02.2003"].details == ()


@pytest.mark.parametrize("record", [None, math.nan, "", "no column"])
def test_an_area_without_a_record_is_one_that_nobody_named(record):
    frame = cells(CLASSES, ["dasar", "", "", None, None, None])
    frame = frame.drop(columns="record_id") if record == "no column" else frame.assign(record_id=record)
    assert class_layer(CLASSES, frame).counts["not_reported"] == 5


def test_a_figure_that_nobody_reported_is_hatched_also_where_a_record_speaks_of_the_area():
    frame = cells(KAMPUNG, [36, None, 1, 1, 1, 1])
    frame.loc[1, "record_id"] = "r-2"
    assert numeric_layer(KAMPUNG, frame).counts["not_reported"] == 1


def test_known_areas_have_a_figure_zero_or_a_class():
    figures = numeric_layer(KAMPUNG, cells(KAMPUNG, [36, 0, None, "hidden", 20, None]))
    assert figures.known == 3
    assert class_layer(CLASSES, cells(CLASSES, ["dasar", "mandiri", "", None, "hidden", ""])).known == 2
    assert label_layer("m", "M", pd.Series({"63.01": "not-significant", "63.02": "not-reported"})).known == 1


def test_the_newest_date_is_that_of_a_known_area_whatever_its_precision():
    frame = cells(KAMPUNG, [36, 0, None, "hidden", 20, 1])
    frame["as_of"] = ["2023", "2024-02", "2025", "2025-01-01", "", "2024-02-28"]
    assert numeric_layer(KAMPUNG, frame).newest == "2024-02-29"
    frame.loc[0, "as_of"] = "2024"
    assert numeric_layer(KAMPUNG, frame).newest == "2024-12-31"
    assert numeric_layer(KAMPUNG, frame.assign(as_of="")).newest == ""
    assert numeric_layer(KAMPUNG, frame.drop(columns="as_of")).newest == ""


@pytest.mark.parametrize(
    ("row", "change"),
    [
        (0, {"value": math.nan}),
        (0, {"state": "zero"}),
        (1, {"state": "value"}),
        (2, {"value": 0.0}),
        (2, {"state": "zero"}),
        (0, {"state": "unknown"}),
        (0, {"value": math.inf}),
    ],
)
def test_a_figure_that_does_not_fit_its_state_is_refused(row, change):
    frame = cells(KAMPUNG, [36, 0, None, 7, 20, 51])
    for column, value in change.items():
        frame.loc[row, column] = value
    with pytest.raises(KkbgeoError):
        numeric_layer(KAMPUNG, frame)


def test_wrong_cells_are_refused():
    with pytest.raises(KkbgeoError, match="paripurna"):
        class_layer(CLASSES, cells(CLASSES, ["paripurna", "", "", None, None, None]))
    with pytest.raises(KkbgeoError, match="no class") as refused:
        class_layer(CLASSES, cells(CLASSES, ["dasar", "", "", None, None, None]).assign(state="value"))
    assert "not_reported" in refused.value.hint
    twice = cells(KAMPUNG, [1, 2], codes=["63.11.01.2001", "63.11.01.2001"])
    with pytest.raises(JoinError, match="twice"):
        numeric_layer(KAMPUNG, twice)
    with pytest.raises(JoinError, match="no cells"):
        numeric_layer(PREVALENCE, cells(KAMPUNG, [1, 2, 3, 4, 5, 6]))


def test_details_tell_date_source_derivation_and_conflict():
    frame = cells(KAMPUNG, [45, None, 1, 1, 1, 1])
    frame.loc[0, ["derived", "conflicts"]] = [True, 2]
    details = words.words(details_of(frame, sources={"s-1": "Okegas"}), "id")
    assert details["63.11.01.2001"] == [
        ("Keadaan per", "31 Juli 2025"),
        ("Sumber", "Okegas"),
        ("Catatan", "Dihitung dari angka lain dalam laporan yang sama"),
        ("Perbedaan", "Sumber lain menyebut angka berbeda (2)"),
    ]
    assert details["63.11.01.2002"] == []


# --- the map's data ----------------------------------------------------------------------------------------------


def two_layers() -> list:
    return [
        numeric_layer(KAMPUNG, cells(KAMPUNG, [36, 0, None, "hidden", 20, 51])),
        numeric_layer(PREVALENCE, cells(PREVALENCE, [27.94, None, None, 12.0, 0, 5])),
    ]


def test_geometry_is_stored_once_and_is_the_geometry_that_was_handed_over():
    areas = island()
    data = data_of(area_map(areas, two_layers(), precision=4).html())
    assert data["codes"] == sorted(NAMES)
    for code, geometry in zip(data["codes"], topology.unpacked(data["shapes"])[0], strict=True):
        stored = shapely.from_geojson(json.dumps(geometry))
        assert stored.is_valid
        assert stored.symmetric_difference(areas.geometry[code]).area < 1e-9
    assert len(data["layers"]) == 2
    headlines = [data["strings"][cell[1]] for cell in data["layers"][1]["cells"]]
    assert [plain(one) for one in headlines[:2]] == ["27,9 %", "Tidak dilaporkan"]


def test_the_label_point_lies_inside_the_area():
    for shape in island().geometry:
        assert shape.contains(shapely.Point(shapes.label_point(shape, 4)))


def test_areas_and_cells_must_fit():
    layer = numeric_layer(KAMPUNG, cells(KAMPUNG, [1, 2, 3, 4, 5, 6]))
    with pytest.raises(JoinError, match="without an area"):
        area_map(island().iloc[:5], [layer])
    fewer = numeric_layer(KAMPUNG, cells(KAMPUNG, [1, 2], codes=list(NAMES)[:2]))
    with pytest.raises(JoinError, match="areas without a cell"):
        area_map(island(), [fewer])
    with pytest.raises(KkbgeoError, match="4326"):
        area_map(island().to_crs(3857), [layer])
    with pytest.raises(KkbgeoError, match="at least one"):
        area_map(island(), [])


def test_the_file_is_complete_small_and_the_same_each_time(tmp_path):
    one = area_map(island(), two_layers(), edition=Edition(), parents=DISTRICTS)
    first, second = (
        one.save(tmp_path / "a" / "one.html"),
        area_map(island(), two_layers(), edition=Edition(), parents=DISTRICTS).save(tmp_path / "two.html"),
    )
    assert first.read_bytes() == second.read_bytes() == one.html().encode()
    assert [path.name for path in first.parent.iterdir()] == ["one.html"]
    assert len(first.read_bytes()) < 200_000
    html = first.read_text(encoding="utf-8")
    assert html.count('id="kkbgeo-library"') == 1
    assert document.map_library().script.count("Leaflet 1.9.3, a JS library") == 1
    assert not re.search(r"<(?:script|img|link|iframe)[^>]*\s(?:src|href)=", html)
    assert "sourceMappingURL" not in html
    assert not re.search(r"url\((?!#)", html)
    assert "tileLayer(" not in html.split("kkbgeo.wake")[-1]


def test_folium_saves_the_same_map_and_what_is_added_to_it_stays_off_our_pages(tmp_path):
    import folium

    one = area_map(island(), two_layers())
    assert isinstance(one.folium, folium.Map)
    saved = tmp_path / "folium.html"
    one.folium.save(str(saved))
    text = saved.read_text(encoding="utf-8")
    assert data_of(text) == data_of(one.html())
    assert "cdn." not in text
    folium.TileLayer("OpenStreetMap").add_to(one.folium)
    page = Page("63.11", "regency", "balangan", "Balangan", "", edition=None)
    for way in (one.html, one.body, lambda: one.save(tmp_path / "x.html"), lambda: page.add_map(one)):
        with pytest.raises(KkbgeoError, match="added"):
            way()
    one.folium.save(str(saved))  # as the error says, folium itself saves it
    assert "tile.openstreetmap.org" in saved.read_text(encoding="utf-8")


def test_in_a_notebook_it_is_the_same_file_in_a_frame():
    import html as escaping

    one = area_map(island(), two_layers())
    shown_there = one._repr_html_()
    source = re.search(r'srcdoc="([^"]*)"', shown_there)[1]
    assert escaping.unescape(source) == one.html()
    assert 'sandbox="allow-scripts allow-downloads"' in shown_there


def test_text_that_branca_would_compute_stays_text():
    frame = island()
    frame.loc["63.11.01.2001", "name"] = "{{ 7*7 }}{% raw %}{# #}"
    data = data_of(area_map(frame, two_layers()).html())
    assert data["places"][0][0] == "{{ 7*7 }}{% raw %}{# #}"


def test_markers_and_legends_are_in_the_file():
    marker = Marker(110.5, 1.5, "Sembako", (("Keluarga", "10"),))
    one = area_map(island(), two_layers(), markers=[marker], edition=Edition())
    data = data_of(one.html())
    assert data["markers"][0][:3] == [110.5, 1.5, "Sembako"]
    legend = re.search(r'data-layer="kkb_total">(.*?)</table>', one.html(), re.S)[1]
    counts = [int(count) for count in re.findall(r'kkb-count">(\d+)', legend)]
    assert sum(counts[:-1]) == counts[-1] == 6
    assert "Batas perkiraan – bukan batas hukum" in data["strings"][data["notice"]]


def test_surveyed_boundaries_are_not_called_approximate():
    one = area_map(island(), two_layers(), edition=Edition(id="official-2025", approximate=False))
    assert one.notice == "Batas perkiraan 2025"  # the edition's own title, whatever it is


# --- pictures ----------------------------------------------------------------------------------------------------


def fills(svg: str) -> dict[str, str]:
    """Return path data by fill."""
    return {one.get("fill"): one.get("d") for one in ElementTree.fromstring(svg).iter("path") if one.get("d")}


def test_a_thumbnail_draws_each_look_once_and_puts_north_up():
    layer = numeric_layer(KAMPUNG, cells(KAMPUNG, [36, 36, None, 0, 0, 51]))
    svg = thumbnail_svg(island(), layer)
    assert svg == thumbnail_svg(island()[::-1], layer)
    drawn = fills(svg)
    colours = {entry.key: entry.colour for entry in layer.entries}
    assert colours["class-3"] in drawn and colours["class-4"] in drawn and colours["zero"] in drawn
    assert any(fill.startswith("url(#hatch-") for fill in drawn if fill)
    south = np.array(re.findall(r"M(\d+) (\d+)", drawn[colours["class-3"]]), dtype=int)
    north = np.array(re.findall(r"M(\d+) (\d+)", drawn[colours["zero"]]), dtype=int)
    assert north[:, 1].min() < south[:, 1].min()
    assert safe_svg(svg) == svg
    assert len(svg) < 3000


def test_the_locator_marks_and_rings_a_small_place():
    areas = island()
    svg = locator_svg(areas, ["63.11.01.2002"])
    assert "Letak Baru di Kalimantan" in svg
    assert "<circle" not in locator_svg(areas, ["63.11.01.2001", "63.11.02.2003"])
    small = areas.copy()
    small.loc["63.11.01.2002", "geometry"] = shapely.box(110.49, 0.49, 110.5, 0.5)
    assert "<circle" in locator_svg(small, ["63.11.01.2002"])
    with pytest.raises(KkbgeoError, match=r"99\.99"):
        locator_svg(areas, ["99.99"])


def test_boundaries_with_gaps_and_overlaps_are_drawn_all_the_same():
    areas = island()
    areas.loc["63.11.01.2003", "geometry"] = shapely.box(110.9, 0.1, 112.05, 1.1)
    assert locator_svg(areas, ["63.11.01.2003"]).count("<path") == 2
    layer = numeric_layer(KAMPUNG, cells(KAMPUNG, [36, 36, None, 0, 0, 51]))
    assert thumbnail_svg(areas, layer, (20, 20)).startswith("<svg")


def test_names_in_pictures_are_escaped():
    areas = island()
    areas["name"] = '"><script>window.__pwned=1</script>'
    svg = locator_svg(areas, ["63.11.01.2002"])
    assert "<script" not in svg
    assert ElementTree.fromstring(svg).get("aria-label").startswith('Letak "><script>')


@pytest.mark.parametrize(
    "hostile",
    [
        "<svg onload='x()'/>",
        "<svg><script>1</script></svg>",
        "<svg><a href='javascript:1'/></svg>",
        "<svg style='x'/>",
        "<svg><path fill='url(http://x)'/></svg>",
        "<svg><foreignObject/></svg>",
        "<!DOCTYPE svg [<!ENTITY x 'y'>]><svg/>",
        "<svg",
        "plain",
        "<svg xmlns='http://www.w3.org/1999/xhtml'><script/></svg>",
    ],
)
def test_a_picture_that_is_not_ours_is_refused(hostile):
    with pytest.raises(KkbgeoError):
        safe_svg(hostile)


def test_the_room_is_cheap_to_enter():
    code = "import sys, kkbgeo.maps; print([m for m in ('folium', 'geopandas', 'jinja2') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
    import kkbgeo.maps

    for name in kkbgeo.maps.__all__:
        assert getattr(kkbgeo.maps, name)
    with pytest.raises(AttributeError):
        kkbgeo.maps.nothing  # noqa: B018
