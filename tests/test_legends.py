"""Legends on pictures and sheets: each look as on the map, and the square of two indicators."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from mapkit import CLASSES, NAMES, Edition, Indicator, cells, island
from PIL import Image
from pypdf import PdfReader

from kkbgeo.maps import Page, area_map, class_layer, numeric_layer
from kkbgeo.maps.bivariate_layer import bivariate_layer
from kkbgeo.paper import drawing, legends, sheet, static, static_map, surfaces
from kkbgeo.paper.brief import brief
from kkbgeo.paper.surfaces import Outline, Picture

NEED = Indicator(id="need", kind="percent", decimals=1, breaks=(10, 20, 30), name="Prevalensi", unit="%")
AID = Indicator(id="aid", breaks=(1, 2, 5), name="Kejadian bantuan", unit="kejadian")


def both():
    """Two indicators with every gap: neither, one only, hidden."""
    pairs = [(5, 1), (35, None), (None, 9), (None, None), ("hidden", 2), (15, 2)]
    rows = []
    for code, pair in zip(NAMES, pairs, strict=True):
        for indicator, value in zip(("need", "aid"), pair, strict=True):
            state = "not_reported" if value is None else "suppressed" if value == "hidden" else "value"
            rows.append((code, indicator, math.nan if state != "value" else float(value), state))
    frame = pd.DataFrame(rows, columns=["code", "indicator", "value", "state"])
    return bivariate_layer(NEED, AID, frame, cuts=((10, 20), (1, 2)))


def figures():
    return numeric_layer(Indicator(), cells(Indicator(), [5, 0, None, "hidden", 15, 60]))


def words():
    return class_layer(CLASSES, cells(CLASSES, ["dasar", "berkembang", "mandiri", "berkelanjutan", "", None]))


LAYERS = {"two indicators": both, "figures": figures, "words": words}


def drawn(layer):
    return area_map(island(), [layer], edition=Edition())


@pytest.fixture
def painted(monkeypatch):
    """What got the look of an entry, in order: outlines and entries."""
    told = []
    paint = drawing.paint

    def listening(surface, outline, entry):
        told.append((outline, entry))
        paint(surface, outline, entry)

    monkeypatch.setattr(drawing, "paint", listening)
    return told


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])


def inside(picture: bytes, outline: Outline, tall: float) -> np.ndarray:
    """Pixels of a box, its border left out."""
    shown = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).astype(int)
    left, low, right, top = (round(one * static.DPI / 72) for one in outline.bounds)
    tall = round(tall * static.DPI / 72)
    return shown[tall - top + 3 : tall - low - 3, left + 3 : right - 3].reshape(-1, 3)


def has_look(found: np.ndarray, entry) -> bool:
    """Whether pixels are of the colour, or most of the paper and some of the pattern on it."""
    if entry.look == "fill":
        return bool((found == rgb(entry.colour)).all(axis=1).mean() > 0.6)  # a count may stand on it
    paper = (np.abs(found - rgb(entry.paper)).max(axis=1) < 8).mean()
    # Lines are thin and rims smooth: the pattern is what leads from the paper towards its colour.
    way = rgb(entry.colour) - rgb(entry.paper)
    along = (found - rgb(entry.paper)) @ way / (way @ way)
    off = np.abs(found - rgb(entry.paper) - along[:, None] * way).max(axis=1)
    return bool(0.3 < paper < 0.95 and ((along > 0.7) & (off < 30)).mean() > 0.02)


@pytest.mark.parametrize("name", LAYERS)
def test_each_swatch_of_a_picture_has_the_colour_and_pattern_of_its_entry(painted, name):
    layer = LAYERS[name]()
    made = static_map(drawn(layer))
    swatches = {entry.key: (box, entry) for box, entry in painted if box.bounds[0] > made.box.right}
    assert sorted(swatches) == sorted(one.key for one in layer.entries)
    for box, entry in swatches.values():
        assert has_look(inside(made.png, box, static.HIGH), entry), entry.key


def test_all_looks_and_hatch_colours_are_among_them():
    entries = both().entries
    assert {one.look for one in entries} == {"fill", "hatch", "dots"}
    assert len({one.colour for one in entries if one.look == "hatch"}) == 5


@pytest.mark.parametrize("look", ["hatch", "dots"])
def test_a_pattern_never_stays_away_however_many_boxes_have_one(look):
    """Boxes at one address of the memory, one after the other: each is cut with its own outline."""
    picture = Picture(400, 40)
    box = Outline.box(1, 10, 12, 9)
    for _ in range(30):
        picture.pattern(box, look, "#763b30")
        box.vertices[:, 0] += 13
    shown = np.asarray(Image.open(io.BytesIO(picture.png())).convert("RGB")).astype(int)
    scale = 240 / 72
    for number in range(30):
        part = shown[:, round((number * 13 + 1) * scale) : round((number * 13 + 13) * scale)]
        assert (np.abs(part - rgb("#763b30")).max(axis=2) < 60).sum() > 10, number


@pytest.mark.parametrize("name", LAYERS)
def test_each_swatch_of_a_sheet_is_filled_and_covered_with_the_pattern_of_its_entry(painted, name):
    page = Page("63.11", "regency", "balangan", "Kabupaten Balangan", "", edition=Edition())
    layer = LAYERS[name]()
    page.add_map(drawn(layer), "Peta", key="villages")
    pdf = brief(page)
    content = PdfReader(io.BytesIO(pdf)).pages[0].get_contents().get_data().decode("latin-1")
    swatches = {entry.key: (box, entry) for box, entry in painted if len(box.codes) == 5}
    assert set(swatches) == {one.key for one in layer.entries}
    for box, entry in swatches.values():
        path, colour = sheet._operators(box), sheet._rgb(entry.colour)
        ground = colour if entry.look == "fill" else sheet._rgb(entry.paper)
        assert any(f"{ground} rg" in line and line.endswith(f"{path} f") for line in content.split("\n")), entry.key
        if entry.look != "fill":
            lines = sheet._operators(surfaces.pattern_lines(box, entry.look))
            (covered,) = [line for line in content.split("\n") if f"{path} W n" in line]
            assert f"q {colour} RG" in covered and lines in covered, entry.key


def test_the_square_goes_up_with_the_first_and_right_with_the_second(painted):
    made = static_map(drawn(both()))
    at = {entry.key: box.bounds for box, entry in painted if box.bounds[0] > made.box.right}
    for r in (1, 2, 3):
        for c in (1, 2, 3):
            left, low, right, top = at[f"r{r}c{c}"]
            if r < 3:
                assert at[f"r{r + 1}c{c}"][1] == pytest.approx(top)
            if c < 3:
                assert at[f"r{r}c{c + 1}"][0] == pytest.approx(right)
            assert right - left > 15 and top - low > 10
    assert all(low >= made.box.low and right <= static.WIDE for _, low, right, _ in at.values())


@pytest.fixture
def written(monkeypatch):
    """What is written on a picture, line by line, with the height it stands at and the box it takes."""
    told = []

    class Listening(static.Picture):
        def text(self, x, y, words, size, **how):
            told.append((x, y, size, words))
            super().text(x, y, words, size, **how)

    monkeypatch.setattr(static, "Picture", Listening)
    return told


ORIGIN = "Sumber: ekspor portal, bukan rilis resmi"
WITH_ORIGIN = {
    "figures": lambda: numeric_layer(Indicator(), cells(Indicator(), [5, 0, None, "hidden", 15, 60]), origin=ORIGIN),
    "words": lambda: class_layer(CLASSES, cells(CLASSES, ["dasar", "", None, None, None, None]), origin=ORIGIN),
    "two indicators": lambda: replace(both(), origin=ORIGIN),
}


@pytest.mark.parametrize("name", WITH_ORIGIN)
def test_of_what_kind_the_source_is_stands_below_the_legend_of_picture_and_sheet(written, painted, name):
    layer = WITH_ORIGIN[name]()
    assert layer.origin == ORIGIN
    made = static_map(drawn(layer))
    boxes = [outline.bounds for outline, _ in painted if outline.bounds[0] > made.box.right]
    column = sorted((one for one in written if one[0] > made.box.right), key=lambda one: -one[1])
    lowest = min(box[1] for box in boxes)
    assert ORIGIN in " ".join(words for _, y, _, words in column if y < lowest)
    assert min(y for _, y, _, _ in column) >= made.box.low  # not over what stands at the foot
    gaps = [high[1] - low[1] for high, low in pairwise(one for one in column if one[1] < lowest)]
    assert all(gap > 0.9 * column[-1][2] for gap in gaps)  # no line over another
    page = Page("63.11", "regency", "balangan", "Kabupaten Balangan", "", edition=Edition())
    page.add_map(drawn(layer), "Peta", key="villages")
    told = " ".join(PdfReader(io.BytesIO(brief(page))).pages[0].extract_text().split())
    assert ORIGIN in told
    assert told.index(ORIGIN) < told.index("Bukan batas hukum")


def test_the_legend_of_a_sheet_grows_with_the_line_on_the_source():
    plain = legends.columns(figures().to("id"), "desa", "id", 240)
    told = legends.columns(replace(figures().to("id"), origin=ORIGIN), "desa", "id", 240)
    longer = legends.columns(replace(figures().to("id"), origin=" ".join([ORIGIN] * 3)), "desa", "id", 240)
    assert plain.high < told.high < longer.high


@pytest.mark.parametrize(("language", "said"), [
    ("id", ["Ke atas (angka pertama): Prevalensi", "Ke kanan (angka kedua): Kejadian bantuan", "lebih dari 20,0 %",
            "Angka dalam kotak dan di kanan"]),
    ("en", ["Upwards (first figure): Prevalensi", "To the right (second figure): Kejadian bantuan", "more than 20.0%",
            "Figures in the boxes and on the right"]),
])  # fmt: skip
def test_the_square_says_which_figure_is_which(written, language, said):
    static_map(area_map(island(), [both()], edition=Edition(), language=language))
    whole = " ".join(words for *_, words in written).replace("\xa0", " ")
    for one in said:
        assert one in whole, one
    assert "×" not in whole
