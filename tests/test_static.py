"""The picture of a map: looks, names, scale, what is written on it; the same bytes; nothing of matplotlib changed."""

from __future__ import annotations

import io
import itertools
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from mapkit import CLASSES, DISTRICTS, NAMES, Edition, Indicator, cells, island
from PIL import Image
from pyproj import Geod

from kkbgeo.errors import ParameterError
from kkbgeo.maps import Marker, area_map, class_layer, locator_svg, numeric_layer, theme
from kkbgeo.paper import letters, static, static_map
from kkbgeo.paper.drawing import bar_km
from kkbgeo.paper.labels import Box, Wish, place

VALUES = [5, 0, None, "hidden", 15, 60]  # with a hole, in the hole, and so on
HOSTILE = ["$x^2$ \\frac", "<b>&amp;</b>", "\U0001f600 emoji", "עברית عربي", "\u202eevil", "a\x00b\nc", "W" * 300]


def made_map(values=VALUES, *, names=NAMES, simulated=False, language="id", **more):
    frame = island()
    frame["name"] = list(names.values())
    layer = numeric_layer(Indicator(), cells(Indicator(), values))
    return area_map(
        frame, [layer], language=language, edition=Edition(), parents=DISTRICTS, simulated=simulated, **more
    )


def pixels(picture: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))


def around(made, lon: float, lat: float, points: float = 9) -> np.ndarray:
    """Pixels of the picture around a place of the map."""
    shown, scale = pixels(made.png), static.DPI / 72
    x, y = made.view.at(np.array([[lon, lat]]))[0]
    left, top, reach = round(x * scale), round((static.HIGH - y) * scale), round(points / 2 * scale)
    return shown[top - reach : top + reach, left - reach : left + reach].reshape(-1, 3)


def share(found: np.ndarray, colour: str) -> float:
    exact = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return float((found == exact).all(axis=1).mean())


@pytest.fixture
def written(monkeypatch):
    """What a picture has text of, in order."""
    told: list[str] = []

    class Listening(static.Picture):
        def text(self, x, y, words, size, **how):
            told.append(words)
            super().text(x, y, words, size, **how)

        def names(self, lines, size, colour):
            told.extend(words for _, _, words in lines)
            super().names(lines, size, colour)

    monkeypatch.setattr(static, "Picture", Listening)
    return told


def test_each_state_has_its_look_where_its_area_lies():
    made = static_map(made_map(names=dict.fromkeys(NAMES, "")))
    entries = {one.key: one.colour for one in made_map().layers[0].entries}
    assert share(around(made, 110.17, 0.5), entries["class-1"]) > 0.9  # the ring round the hole
    assert share(around(made, 110.5, 0.5), "#ffffff") > 0.9  # reported as zero, inside the hole
    hatched = around(made, 111.5, 0.5)
    paper = theme.PAPERS["hatch"]
    assert 0.4 < share(hatched, paper) < 0.95
    assert len(np.unique(hatched, axis=0)) > 3  # lines on it
    dotted = around(made, 110.5, 1.5)
    assert 0.4 < share(dotted, theme.PAPERS["dots"]) < 0.97
    assert (np.abs(dotted.astype(int) - [74, 67, 96]).max(axis=1) < 30).any()
    assert share(around(made, 111.5, 1.5), entries["class-2"]) > 0.9
    assert share(around(made, 112.4, 1.6, 4), entries["class-2"]) > 0.9  # its islet has the same colour
    assert share(around(made, 112.5, 0.5), entries["class-4"]) > 0.9
    assert share(around(made, 112.8, 1.8, 4), theme.GROUND) > 0.9  # nothing is claimed beside the areas


def test_the_classes_of_kampung_have_the_colours_of_the_page():
    words = ["dasar", "berkembang", "mandiri", "berkelanjutan", "", None]
    layer = class_layer(CLASSES, cells(CLASSES, words))
    frame = island().assign(name="")
    made = static_map(area_map(frame, [layer], edition=Edition()))
    for (lon, lat), entry in zip([(110.17, 0.5), (110.5, 0.5), (111.5, 0.5), (110.5, 1.5), (111.5, 1.5)],
                                 layer.entries, strict=False):  # fmt: skip
        assert share(around(made, lon, lat), entry.colour) > 0.9, entry.key


def test_an_area_too_small_to_draw_is_a_dot_that_can_be_seen():
    frame = island().assign(name="")
    code = "63.11.01.2002"
    from shapely import box

    frame.loc[code, "geometry"] = box(114.0, 1.0, 114.0004, 1.0004)
    layer = numeric_layer(Indicator(), cells(Indicator(), [5, 60, 5, 5, 5, 5]))
    made = static_map(area_map(frame, [layer], edition=Edition()))
    assert len(np.unique(around(made, 114.0002, 1.0002, 3), axis=0)) > 1


def test_what_is_written_on_it(written):
    svg = str(locator_svg(island(), ["63.11.01.2001"]))
    static_map(
        made_map(markers=[Marker(110.5, 1.5, "Aksi")]), title="Kabupaten Balangan", subtitle="Kalimantan Selatan",
        as_of="2025-07-31", sources=["Antara", "Antara", "Kompas"], locator=svg,
    )  # fmt: skip
    told = " ".join(written).replace("\xa0", " ")
    for words in ("Kabupaten Balangan", "Kalimantan Selatan", "31 Juli 2025", "Bukan batas hukum.", "Sumber: Antara ·",
                  "Kompas", "Jumlah Kampung KB", "Legenda", "0 (dilaporkan nol)", "Tidak dilaporkan", "km",
                  "Pudak"):  # fmt: skip
        assert words in told, words
    assert told.count("Antara") == 1
    assert "SIMULASI" not in told
    counts = [written[at + 1] for at, words in enumerate(written) if words in ("Tidak dilaporkan", "1–10")]
    assert counts == ["1", "1"]


def test_in_english_every_word_is_english(written):
    static_map(made_map(language="en"), title="Balangan Regency", as_of="2025-07-31", sources=["Antara"])
    told = " ".join(written).replace("\xa0", " ")
    for words in (
        "Legend",
        "0 (reported as zero)",
        "Not reported",
        "Data up to 31 July 2025",
        "Sources: Antara",
        " N ",
    ):
        assert words in f"{told} ", words
    assert "Sumber" not in told and "Tidak" not in told


def test_more_sources_than_two_lines_hold_are_counted(written):
    static_map(made_map(), sources=[f"Penerbit nomor {number}" for number in range(90)])
    (end,) = [words for words in written if "lagi di halaman" in words]
    shown = " ".join(written).count("Penerbit nomor")
    assert end.endswith(f"… ({90 - shown} lagi di halaman)")


def test_a_simulated_map_says_so_across_itself(written):
    made = static_map(made_map(simulated=True))
    assert "SIMULASI" in written
    assert any("dibuat-buat" in words for words in written)
    assert made.png != static_map(made_map()).png


def test_the_same_map_gives_the_same_bytes_without_date_or_program():
    first, second = static_map(made_map()), static_map(made_map())
    assert first.png == second.png
    image = Image.open(io.BytesIO(first.png))
    assert image.size == (1600, 1200)
    assert set(image.info) <= {"dpi"}
    assert b"matplotlib" not in first.png.lower()


def test_another_process_gives_the_same_bytes():
    told = (
        "import hashlib, sys; sys.path.insert(0, 'tests'); import test_static as t;"
        "print(hashlib.sha256(t.static_map(t.made_map()).png).hexdigest())"
    )
    root = Path(__file__).parents[1]
    runs = {
        subprocess.run(
            [sys.executable, "-c", told], cwd=root, env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(runs) == 1


def test_it_is_saved_and_shown_in_a_notebook(tmp_path):
    made = static_map(made_map(), layer="kkb_total", title="Balangan").saved(tmp_path / "peta.png")
    assert (tmp_path / "peta.png").read_bytes() == made.png == made._repr_png_()
    assert [path.name for path in tmp_path.iterdir()] == ["peta.png"]


@pytest.mark.parametrize("layer", ["kkb_other", 7, -1])
def test_a_layer_that_is_not_there_is_refused_by_name(layer):
    with pytest.raises(ParameterError, match="no layer"):
        static_map(made_map(), layer)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_are_drawn_as_they_stand(text):
    names = dict(zip(NAMES, [text, *list(NAMES.values())[1:]], strict=True))
    made = static_map(made_map(names=names), title=text, subtitle=text, sources=[text])
    assert pixels(made.png).shape == (1200, 1600, 3)


@pytest.mark.parametrize("code", ["63.01", "63.71", "64.02"])
def test_no_name_covers_another_and_each_stands_in_the_map(wb, code):
    import kkbgeo

    drawn = kkbgeo.profiles.village_map(wb, code)
    made = static_map(drawn)
    boxes = [one.box for one in made.names]
    assert len(boxes) > 15
    for one, other in itertools.combinations([*boxes], 2):
        apart = one.right <= other.left or other.right <= one.left or one.top <= other.low or other.top <= one.low
        assert apart, (one, other)
    assert all(one.left >= made.box.left and one.right <= made.box.right for one in boxes)
    assert all(one.low >= made.box.low and one.top <= made.box.top for one in boxes)


def test_every_regency_of_a_province_has_its_name(wb):
    import kkbgeo

    drawn = kkbgeo.profiles.regency_map(wb, "63", ["kkb_total"])
    named = {" ".join(one.lines) for one in static_map(drawn).names}
    assert named == set(drawn.areas["name"])


def test_the_important_name_gets_the_place():
    from shapely import box

    area = box(0, 0, 60, 20)
    wishes = [Wish("Rantau", 30, 10, 0.5, area), Wish("Pudak", 30, 10, 2.5, area)]
    (only,) = place(wishes, Box(0, 0, 60, 20), 12)
    assert only.lines == ("Pudak",)


def test_a_name_that_does_not_fit_stands_beside_its_area_tied_to_it():
    from shapely import box

    (label,) = place([Wish("Banjarmasin", 50, 50, 1, box(49, 49, 51, 51))], Box(0, 0, 200, 100), 8, tied=True)
    assert label.tie[0] == (50, 50)
    assert not (label.box.left < 50 < label.box.right and label.box.low < 50 < label.box.top)


def test_on_a_crowded_map_a_village_with_a_figure_has_its_name_however_small():
    import kkbgeo

    early = kkbgeo.Workbench(as_of="2022-05")  # later on every village has a class
    drawn = kkbgeo.profiles.village_map(early, "63.06")
    entries = drawn.layers[0].entries
    told = {code for code, cell in drawn.layers[0].cells.items() if entries[cell.entry].key != "not_reported"}
    named = {" ".join(one.lines) for one in static_map(drawn).names}
    assert told
    assert set(drawn.areas.loc[sorted(told), "name"]) <= named


@pytest.mark.parametrize("middle", [0.0, -3.0, 45.0])
def test_the_scale_bar_is_as_long_as_it_says(middle):
    frame = island()
    frame["geometry"] = frame.translate(yoff=middle - 1)
    layer = numeric_layer(Indicator(), cells(Indicator(), VALUES))
    view = static_map(area_map(frame, [layer], edition=Edition())).view
    km = bar_km(view.points_per_km, 80)
    across = view.at(np.array([[110.0, middle], [111.0, middle]]))
    degrees = km * view.points_per_km / (across[1, 0] - across[0, 0])
    true = Geod(ellps="WGS84").inv(110, middle, 110 + degrees, middle)[2] / 1000
    assert true == pytest.approx(km, rel=0.007)  # the Earth is no sphere


def test_lines_are_no_wider_than_the_room_also_for_one_endless_word():
    for text in ("Kabupaten Hulu Sungai Selatan", "W" * 200, "a " * 100):
        lines = letters.wrap(text, 9, 80)
        assert all(letters.width(line, 9) <= 80 for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


FRESH = """
import sys
from kkbgeo.paper import letters
letters.quiet_matplotlib()
import matplotlib
def state():
    return {key: repr(matplotlib.rcParams[key]) for key in matplotlib.rcParams if key != "backend"}  # that loads pyplot
before = state()
sys.path.insert(0, "tests")
import test_static as t
t.static_map(t.made_map())
assert before == state()
assert "matplotlib.pyplot" not in sys.modules
print("drawn")
"""


@pytest.mark.parametrize("home", ["empty", "nowhere", "file"])
def test_no_setting_is_changed_and_no_home_is_needed(tmp_path, home):
    folder = tmp_path / home
    if home == "empty":
        folder.mkdir()
    elif home == "file":
        folder.write_text("")  # nothing can be written below it, by anybody
    given = {key: value for key, value in os.environ.items() if not key.startswith(("MPL", "XDG_"))}
    done = subprocess.run(
        [sys.executable, "-c", FRESH], cwd=Path(__file__).parents[1], env={**given, "HOME": str(folder)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.strip() == "drawn", done.stderr
    assert done.stderr == ""
