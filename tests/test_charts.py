"""Charts: every area with figures is on them, missing ones are not, text is escaped, the same input the same bytes."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

import kkbgeo
from kkbgeo.errors import KkbgeoError, ParameterError
from kkbgeo.language import Text, Words, words
from kkbgeo.maps import Page, charts, theme

CODES = [f"63.{number:02d}" for number in range(1, 13)]
LABELS = {code: f"Kabupaten {code}" for code in CODES} | {"63.01": "<b>Tanah & Laut</b>"}
WHOLE = pd.Series(np.linspace(20, 300, 12).round(), index=CODES)
EVENTS = (WHOLE * 0.3).round()
EVENTS.iloc[0], EVENTS.iloc[5] = WHOLE.iloc[0], np.nan


#: Twelve areas with four parts each; one has none, of one the parts are not known.
PARTS = pd.DataFrame({name: np.arange(12.0) * (place + 1) for place, name in enumerate("abcd")}, index=CODES)
PARTS.iloc[5] = np.nan
DATES = ["2022-06-13", "2022-12-26", "2023-08-28"]
COUNTED = pd.DataFrame([[10 * n, 10 * n, 20 * n] for n in range(1, 13)], index=CODES, columns=DATES, dtype=float)
COUNTED.iloc[5, 1] = np.nan


def made(kind: str):
    if kind == "bars":
        parts = {"a": "a (pale)", "b": "b", "c": "c", "d": "d"}
        ends = {code: str(int(total)) for code, total in PARTS.dropna().sum(axis=1).items()}
        return charts.bars(PARTS, labels=LABELS, parts=parts, fills=theme.colours("ladder", 4), ends=ends,
                           x_label="%", end_label="n", title="A & B", bold=["63.03"])  # fmt: skip
    if kind == "dumbbells":
        table = pd.DataFrame({"before": WHOLE, "after": EVENTS, "all": WHOLE / 2})
        table.loc["63.06"] = np.nan
        return charts.dumbbells(table, labels=LABELS, marks={one: one for one in table}, ends={}, x_label="%",
                                end_label="n", title="A & B", bold=["63.03"])  # fmt: skip
    if kind == "steps":
        return charts.steps(COUNTED, labels=LABELS, title="A & B")
    if kind == "scatter":
        return charts.scatter(WHOLE, EVENTS, labels=LABELS, x_label="n", y_label="x", title="A & B", x_line=100)
    areas = kkbgeo.Workbench().areas("regency", "63")
    links = kkbgeo.spatial.links(kkbgeo.spatial.neighbours(areas), areas)
    return charts.network(areas, links[links["focal"] != "63.01"], labels=LABELS, title="A & B")


#: Chart -> areas with a mark that tells their figures; the strips of steps tell theirs as text.
MARKED = {"scatter": 11, "bars": 10, "dumbbells": 11, "steps": 0, "network": 13}


@pytest.mark.parametrize("kind", MARKED)
def test_a_chart_is_one_safe_picture_with_a_name_and_a_mark_per_area_that_has_figures(kind):
    svg = made(kind)
    assert svg == made(kind)
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img" and root.get("aria-label") == "A & B"
    told = [one.text for one in root.iter("title")] or [one.text for one in root.iter("text") if "→" in one.text]
    assert len(told) == (MARKED[kind] or 11)
    if kind == "network":
        assert any("Tanah & Laut" in one for one in told)
    else:
        assert not any("63.06" in one for one in told)
        first = [one for one in told if "<b>Tanah & Laut</b>" in one]
        assert len(first) == (kind != "bars")  # its parts are none of anything
    assert "<b>" not in svg and "nan" not in svg
    assert len(svg) < 40_000


@pytest.mark.parametrize("kind", ["bars", "dumbbells", "steps"])
def test_a_chart_of_rows_fits_a_phone_pixel_by_pixel(kind):
    root = ElementTree.fromstring(made(kind))
    assert int(root.get("width")) == charts.PHONE <= 390 - 2 * 16
    sizes = [float(one.get("font-size")) for one in root.iter() if one.get("font-size")]
    assert min(sizes) >= 11
    if kind == "steps":
        return
    names = root.find("g[@text-anchor='end']").findall("text")
    heights = sorted({float(one.get("y")) for one in names})
    assert min(b - a for a, b in pairwise(heights)) >= 18
    assert next(one.text for one in names if one.get("font-weight")) == "Kabupaten 63.03"


def test_the_parts_of_a_bar_add_up_to_its_length_and_each_has_an_outline():
    root = ElementTree.fromstring(made("bars"))
    ticks = {one.text: float(one.get("x")) for one in root.iter("text") if one.get("text-anchor") == "middle"}
    length = ticks["100"] - ticks["0"]
    drawn = [one for one in root.iter("g") if one.find("title") is not None]
    for bar in drawn:
        parts = [one.get("d") for one in bar.findall("path")]
        widths = [float(re.search(r"h([\d.]+)v", one)[1]) for one in parts]
        assert sum(widths) == pytest.approx(length, abs=0.3)
        assert widths == pytest.approx([length * share for share in (0.1, 0.2, 0.3, 0.4)], abs=0.1)
        assert [one.get("fill") for one in bar.findall("path")] == list(theme.colours("ladder", 4))
    around = [one for one in root.iter("g") if drawn[0] in list(one)]
    assert around[0].get("stroke") == theme.BORDER


def test_two_dates_are_joined_and_a_third_figure_is_not():
    root = ElementTree.fromstring(made("dumbbells"))
    row = next(one for one in root.iter("g") if "63.02" in (one.findtext("title") or ""))
    hollow, full = (float(one.get("cx")) for one in row.findall("circle"))
    line, cross = (one.get("d") for one in row.findall("path"))
    assert re.findall(r"[\d.]+", line)[0::2] == [f"{hollow:.1f}", f"{full:.1f}"]
    ends = [float(one) for one in re.findall(r"M([\d.]+)", cross)]
    assert abs(ends[0] + 4.5 - (hollow + float(root.find(".//text[.='0']").get("x"))) / 2) < 0.2  # half the first
    assert "○" in row.findtext("title") and "×" in row.findtext("title")


def test_steps_rise_at_the_date_at_which_more_were_counted():
    root = ElementTree.fromstring(made("steps"))
    ticks = next(one.get("d") for one in root.iter("path") if "V" in one.get("d"))
    dates = [float(one) for one in re.findall(r"M([\d.]+)", ticks)]
    line = next(one.get("d") for one in root.iter("path") if one.get("stroke-width") == "2.2")
    points = [tuple(map(float, one.split())) for one in line.removeprefix("M").split("L")]
    assert [x for x, _ in points] == [dates[0], dates[1], dates[1], dates[2], dates[2]]
    assert points[2][1] == points[3][1] > points[4][1]
    days = [pd.Timestamp(one).toordinal() for one in DATES]
    assert (dates[1] - dates[0]) / (dates[2] - dates[0]) == pytest.approx(
        (days[1] - days[0]) / (days[2] - days[0]), abs=0.01
    )


def test_names_on_a_scatter_do_not_run_into_each_other():
    rng = np.random.default_rng(3)
    codes = [f"61.{number:02d}" for number in range(56)]
    x, y = pd.Series(rng.normal(size=56), index=codes), pd.Series(rng.normal(size=56), index=codes)
    labels = {code: f"Nomor {code}" for code in codes}
    root = ElementTree.fromstring(charts.scatter(x, y, labels=labels, x_label="x", y_label="y", title="t"))
    names = [one for one in root.iter("text") if "Nomor" in one.text]
    assert len(names) > 10
    boxes = [(float(n.get("x")), float(n.get("y")), float(n.get("x")) + 5.7 * len(n.text)) for n in names]
    for at, (left, top, right) in enumerate(boxes):
        assert left >= 0 and right <= charts.WIDTH
        for left2, top2, right2 in boxes[at + 1 :]:
            assert abs(top - top2) >= 12 or right <= left2 or right2 <= left


def test_points_lie_where_their_figures_say():
    x, y = pd.Series([0.0, 10.0], index=CODES[:2]), pd.Series([0.0, 100.0], index=CODES[:2])
    root = ElementTree.fromstring(charts.scatter(x, y, labels=LABELS, x_label="x", y_label="y", title="t"))
    by_title = {one.find("title").text: one for one in root.iter("circle")}
    low = next(one for title, one in by_title.items() if "Tanah" in title)
    high = next(one for title, one in by_title.items() if "63.02" in title)
    ticks = {one.text: float(one.get("x")) for one in root.iter("text") if one.get("text-anchor") == "middle"}
    assert float(low.get("cx")) == ticks["0"] and float(high.get("cx")) == ticks["10"]
    assert float(high.get("cy")) < float(low.get("cy"))


@pytest.mark.parametrize("values", [[5.0] * 12, [0.0] * 12, [np.nan] * 11 + [7.0]])
def test_equal_figures_and_single_ones_are_drawn(values):
    x = pd.Series(values, index=CODES)
    svg = charts.scatter(x, x, labels=LABELS, x_label="x", y_label="y", title="t")
    assert svg.count("<circle") == int(x.notna().sum()) and "nan" not in svg


def test_nothing_to_draw_is_refused():
    none = pd.Series(np.nan, index=CODES)
    with pytest.raises(ParameterError):
        charts.scatter(none, WHOLE, labels=LABELS, x_label="x", y_label="y", title="t")
    with pytest.raises(ParameterError):
        charts.bars(
            PARTS * 0, labels=LABELS, parts={"a": "a"}, fills=["#fff"], ends={}, x_label="", end_label="", title=""
        )
    with pytest.raises(ParameterError):
        charts.dumbbells(PARTS[["a", "b", "c"]] * np.nan, labels=LABELS, marks={"a": "", "b": "", "c": ""}, ends={},
                         x_label="", end_label="", title="")  # fmt: skip
    with pytest.raises(ParameterError):
        charts.steps(COUNTED[DATES[:1]], labels=LABELS, title="")


def test_a_page_shows_a_chart_with_its_figures_beside_it_and_no_foreign_picture():
    page = Page("pola", "island", "pola", "Pola", "Kalimantan", edition=None)
    frame = pd.DataFrame({"Wilayah": ["a"], "Angka": ["1"]})
    page.add_chart("corong", "Corong", made("bars"), frame)
    html = page.html()
    assert 'class="kkb-chart kkb-rows"' in html and "<caption>Corong</caption>" in html
    with pytest.raises(KkbgeoError):
        page.add_chart("lain", "Lain", "<svg onload='x()'/>", frame)
    lazy = charts.spoken(lambda language: f"<svg onload='{language}'/>")  # its words are known only when it is written
    page.add_chart("malas", "Malas", lazy, frame)
    with pytest.raises(KkbgeoError):
        page.html()


def test_a_lazy_chart_is_drawn_in_the_words_of_each_language():
    names = {code: Words({"id": f"Kabupaten {code}", "en": f"Regency {code}"}) for code in CODES}
    kind = {"labels": names, "x_label": Text("maps.page.map"), "y_label": "y", "title": "t"}
    lazy = charts.spoken(charts.scatter, WHOLE, WHOLE, **kind)
    indonesian, english = (words(lazy, one) for one in ("id", "en"))
    assert "Kabupaten 63.02" in indonesian and "Peta" in indonesian and "Regency" not in indonesian
    assert "Regency 63.02" in english and "Map" in english and "Kabupaten" not in english
    assert english == charts.scatter(WHOLE, WHOLE, **words(kind, "en"), language="en")
