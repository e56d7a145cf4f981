"""The map of two indicators: nine colours that all eyes tell apart, gaps that are gaps, a legend that adds up."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from browser import open_page
from bs4 import BeautifulSoup
from mapkit import Indicator

import kkbgeo
from kkbgeo.errors import JoinError, ParameterError
from kkbgeo.maps import area_map, theme, thumbnail_svg
from kkbgeo.maps.bivariate_layer import COLOURS, FIRST_ONLY, bivariate_layer, even_cuts
from kkbgeo.maps.drawn import Square

# Machado, Oliveira and Fernandes (2009), severity 1, on linear light.
BLINDNESS = {
    "none": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
NEED = Indicator(id="need", kind="percent", decimals=1, breaks=(10, 20, 30), name="Prevalensi", unit="%")
AID = Indicator(id="aid", breaks=(1, 2, 5), name="Kejadian bantuan", unit="kejadian")


def cells(**pairs):
    """Cells of both indicators: a figure, None for not reported, "hidden" for suppressed."""
    rows = []
    for code, pair in pairs.items():
        for indicator, value in zip(("need", "aid"), pair, strict=True):
            state = "not_reported" if value is None else "suppressed" if value == "hidden" else "value"
            number = math.nan if state != "value" else float(value)
            rows.append((code, indicator, number, "zero" if number == 0 else state))
    return pd.DataFrame(rows, columns=["code", "indicator", "value", "state"])


def seen(colour, blindness):
    linear = np.clip(BLINDNESS[blindness] @ np.array(theme._linear(colour)), 0, 1)
    parts = [12.92 * one if one <= 0.0031308 else 1.055 * one ** (1 / 2.4) - 0.055 for one in linear]
    return np.array(theme._to_oklab("#" + "".join(f"{round(255 * one):02x}" for one in parts)))


@pytest.mark.parametrize("blindness", BLINDNESS)
def test_no_two_of_the_nine_colours_come_near_each_other(blindness):
    nine = [seen(one, blindness) for row in COLOURS for one in row]
    nearest = min(np.linalg.norm(a - b) for a, b in combinations(nine, 2))
    assert nearest > 0.12  # neighbours of a sequential palette of six steps are about 0.12 apart


def test_both_indicators_darken_and_the_two_corners_differ_in_grey():
    light = np.array([[theme.lightness(one) for one in row] for row in COLOURS])
    assert (np.diff(light, axis=0) < -0.1).all()
    assert (np.diff(light, axis=1) < -0.1).all()
    assert abs(light[2, 0] - light[0, 2]) > 0.05


def test_counts_are_written_readably_and_hatching_shows_on_its_paper():
    for row in COLOURS:
        for one in row:
            assert theme.contrast(Square.ink(one), one) >= 4.5
    paper = theme.STATES["not_reported"].paper
    assert all(theme.contrast(one, paper) > 1.8 for one in FIRST_ONLY)


def test_every_area_is_in_the_box_of_its_two_classes_and_gaps_are_not_the_lowest_box():
    layer = bivariate_layer(
        NEED, AID, cells(a=(5, 1), b=(15, 2), c=(35, 9), d=(35, None), e=(None, 9), f=(None, None), g=(5, 9)),
        cuts=((10, 20), (1, 2)),
    ).to("en")  # fmt: skip
    found = {code: layer.entries[cell.entry].key for code, cell in layer.cells.items()}
    assert found == {
        "a": "r1c1", "b": "r2c2", "c": "r3c3", "d": "first-3", "e": "second-only", "f": "not_reported", "g": "r1c3",
    }  # fmt: skip
    assert sum(layer.counts.values()) == 7
    assert layer.counts["r1c1"] == 1  # only the area that reported low figures
    assert layer.square.rows == ("up to 10.0%", "10.1–20.0%", "more than 20.0%")
    assert layer.square.columns == ("1", "2", "more than 2")
    assert layer.cells["d"].headline == "35.0% · Not reported"
    assert layer.entries[layer.cells["d"].entry].look == "hatch"


def test_a_reported_zero_is_low_and_said_and_a_hidden_figure_hides_the_pair():
    layer = bivariate_layer(NEED, AID, cells(a=(0, 0), b=(15, "hidden"), c=("hidden", None)), cuts=((10, 20), (1, 2)))
    layer = layer.to("id")
    assert layer.entries[layer.cells["a"].entry].key == "r1c1"
    assert layer.square.columns[0] == "0–1"
    assert layer.counts["suppressed"] == 2
    assert layer.entries[layer.cells["b"].entry].look == "dots"
    # Nobody hidden, no entry for it.
    assert "suppressed" not in bivariate_layer(NEED, AID, cells(a=(5, 1))).counts


def test_edges_are_those_of_the_indicators_own_map_and_share_out_evenly():
    assert even_cuts([10, 15, 20, 25, 30], [8, 9, 12, 18, 22, 28]) == (10, 20)
    assert even_cuts([1, 2, 3], []) == (1, 2)
    full = Indicator(id="need", kind="percent", decimals=1, breaks=(20, 60, 99.9, 100))
    layer = bivariate_layer(full, AID, cells(a=(100, 1), b=(99, 1), c=(70, 2), d=(10, 1), e=(30, 1))).to("en")
    assert layer.square.rows[-1] == "100.0%"
    assert layer.entries[layer.cells["a"].entry].key.startswith("r3")


def test_what_does_not_fit_is_refused():
    both = cells(a=(5, 1), b=(6, 1))
    with pytest.raises(ParameterError, match="two different"):
        bivariate_layer(NEED, NEED, both)
    with pytest.raises(JoinError, match="one indicator only: b"):
        bivariate_layer(NEED, AID, both[~((both["code"] == "b") & (both["indicator"] == "aid"))])
    with pytest.raises(JoinError, match="twice"):
        bivariate_layer(NEED, AID, pd.concat([both, both.iloc[:1]]))
    with pytest.raises(ParameterError, match="two edges"):
        bivariate_layer(NEED, AID, both, cuts=((10, 20, 30), (1, 2)))
    with pytest.raises(ParameterError, match="rise"):
        bivariate_layer(NEED, AID, both, cuts=((20, 10), (1, 2)))


@pytest.mark.browser
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_map_of_the_records_has_a_square_whose_counts_and_the_list_add_up_to_all_regencies(language, tmp_path):
    wb = kkbgeo.Workbench(language=language)
    table = wb.table("regency", ["stunting_prevalence_ssgi_2022", "aid_events"])
    need, aid = (table.indicator(one) for one in table.indicators)
    layer = bivariate_layer(need, aid, table.cells).to(language)
    with open_page(area_map(table.areas, [layer], language=language).save(tmp_path / "map.html")) as opened:
        opened.quiet()
        legend = BeautifulSoup(opened.page.inner_html(".kkb-legend"), "html.parser")
    square = [int(one.text) for one in legend.select(".kkb-square td[data-key]")]
    rest = [int(one.text) for one in legend.select("table:not(.kkb-square) tbody .kkb-count")]
    assert len(square) == 9
    assert len(rest) == 5
    assert sum(square) + sum(rest) == 56
    known = table.frame.iloc[:, [1, 3]].notna()
    assert sum(square) == int(known.all(axis=1).sum())
    # The row at the top is the highest class of the first indicator, as on an axis; columns rise to the right.
    assert legend.select(".kkb-square tbody tr")[0].th.text == layer.square.rows[-1]
    assert tuple(one.text for one in legend.select(".kkb-square tfoot th")) == layer.square.columns


def test_the_static_picture_draws_it_as_any_layer_and_other_maps_have_no_square():
    wb = kkbgeo.Workbench(language="en")
    table = wb.table("regency", ["stunting_prevalence_ssgi_2022", "aid_events"], within="63")
    need, aid = (table.indicator(one) for one in table.indicators)
    layer = bivariate_layer(need, aid, table.cells)
    picture = str(thumbnail_svg(table.areas, layer))
    used = {layer.entries[cell.entry] for cell in layer.cells.values()}
    assert all(one.colour in picture for one in used)
    assert "kkb-square" not in str(kkbgeo.maps.choropleth(table, "aid_events").body().html)
