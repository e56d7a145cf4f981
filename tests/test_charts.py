"""Charts: every area with figures is on them, missing ones are not, text is escaped, the same input the same bytes."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

import kkbgeo
from kkbgeo.errors import KkbgeoError, ParameterError
from kkbgeo.maps import Page, charts
from kkbgeo.measures import rates

CODES = [f"63.{number:02d}" for number in range(1, 13)]
LABELS = {code: f"Kabupaten {code}" for code in CODES} | {"63.01": "<b>Tanah & Laut</b>"}
WHOLE = pd.Series(np.linspace(20, 300, 12).round(), index=CODES)
EVENTS = (WHOLE * 0.3).round()
EVENTS.iloc[0], EVENTS.iloc[5] = WHOLE.iloc[0], np.nan


def made(kind: str):
    if kind == "funnel":
        points = rates.funnel(EVENTS, WHOLE)
        limits = rates.funnel_limits(float(points["target"].iloc[0]), 300)
        return charts.funnel(points, limits, labels=LABELS, x_label="n", y_label="%", title="A & B")
    if kind == "scatter":
        return charts.scatter(WHOLE, EVENTS, labels=LABELS, x_label="n", y_label="x", title="A & B", x_line=100)
    if kind == "ranks":
        table = 100 * rates.intervals(EVENTS, WHOLE)[["share", "low", "high"]].rename(columns={"share": "value"})
        return charts.ranks(table, labels=LABELS, x_label="%", title="A & B", target=30)
    areas = kkbgeo.Workbench().areas("regency", "63")
    links = kkbgeo.spatial.links(kkbgeo.spatial.neighbours(areas), areas)
    return charts.network(areas, links[links["focal"] != "63.01"], labels=LABELS, title="A & B")


@pytest.mark.parametrize("kind", ["funnel", "scatter", "ranks", "network"])
def test_a_chart_is_one_safe_picture_with_a_name_and_a_mark_per_area_that_has_figures(kind):
    svg = made(kind)
    assert svg == made(kind)
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img" and root.get("aria-label") == "A & B"
    told = [one.text for one in root.iter("title")]
    if kind == "network":
        assert len(told) == 13 and any("Tanah & Laut" in one for one in told)
    else:
        assert len(told) == 11 and not any("63.06" in one for one in told)
        assert sum("<b>Tanah & Laut</b>" in one for one in told) == 1
    assert "<b>" not in svg and "nan" not in svg
    assert len(svg) < 40_000


def test_beyond_the_limits_is_told_by_shape_and_by_name():
    root = ElementTree.fromstring(made("funnel"))
    squares = list(root.iter("rect"))
    assert len(squares) == 1 and "Tanah & Laut" in squares[0].find("title").text
    assert "<b>Tanah & Laut</b>" in [one.text for one in root.iter("text")]


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
        charts.ranks(pd.DataFrame({"value": none, "low": none, "high": none}), labels=LABELS, x_label="x", title="t")


def test_a_page_shows_a_chart_with_its_figures_beside_it_and_no_foreign_picture():
    page = Page("pola", "island", "pola", "Pola", "Kalimantan", edition=None)
    frame = pd.DataFrame({"Wilayah": ["a"], "Angka": ["1"]})
    page.add_chart("corong", "Corong", made("funnel"), frame)
    html = page.html()
    assert 'class="kkb-chart"' in html and "<caption>Corong</caption>" in html
    with pytest.raises(KkbgeoError):
        page.add_chart("lain", "Lain", "<svg onload='x()'/>", frame)


def test_drawn_limits_are_those_of_the_verdicts():
    points = rates.funnel(EVENTS, WHOLE)
    limits = rates.funnel_limits(float(points["target"].iloc[0]), 300, steps=300)
    for code in points.dropna().index:
        row = limits.loc[int(points.at[code, "whole"])]
        assert (
            row["alarm_high"] == points.at[code, "alarm_high"] and row["warning_low"] == points.at[code, "warning_low"]
        )
