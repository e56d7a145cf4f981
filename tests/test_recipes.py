"""The recipes of docs/architecture.md, followed literally where they are short; that of a new page: test_new_page."""

from __future__ import annotations

import re
from dataclasses import replace
from fnmatch import fnmatch

import pytest
from checkoutkit import Checkout
from test_new_page import TOUCHED

import kkbgeo
from kkbgeo.maps import theme
from kkbgeo.maps.tiles import TileMap
from kkbgeo.paper.static import static_map
from kkbgeo.paths import CHECKOUT
from kkbgeo.regions.tilegrid import TileGrid

PAGE = (CHECKOUT / "docs" / "architecture.md").read_text(encoding="utf-8")
HEADINGS = ("A new indicator", "A new survey round", "A new page", "A new island", "The look of the legend")
INDICATOR = """
[indicator.people_of_annex]
table = "population_area"
column = "population_total"
combine = "latest"
kind = "count"
unit = "people"
palette = "purple"
breaks = [100000, 300000, 600000]
aggregate = "sum"
label = { id = "Penduduk menurut lampiran", en = "People in the annex" }
definition.id = "Jumlah penduduk menurut lampiran."
definition.en = "Number of people in the annex."
"""
MAKE = """
import kkbgeo
wb = kkbgeo.Workbench(language="en")
table = wb.table("regency", ["people_of_annex"])
print(int(table.frame["people_of_annex"].notna().sum()))
print("People in the annex" in kkbgeo.maps.choropleth(table, "people_of_annex").html())
"""


def steps_of(heading: str) -> list[str]:
    """Return the files that the numbered steps of a recipe name."""
    steps = [line for line in part_of(heading).splitlines() if re.match(r"\d\. ", line)]
    return [name for line in steps for name in re.findall(r"`([\w/.<>*-]+\.(?:toml|md|py|csv|ipynb))`", line)]


def test_a_new_indicator_is_its_entry_and_the_list_that_a_script_writes(tmp_path):
    made = Checkout(tmp_path)
    catalogue = made.folder / "kkbgeo/measures/catalogue.toml"
    made.write("kkbgeo/measures/catalogue.toml", catalogue.read_text(encoding="utf-8") + INDICATOR)
    written = made.python("scripts/make_indicators.py")
    assert written.returncode == 0, written.stderr
    assert made.touched == set(steps_of("A new indicator"))
    shown = made.python("-c", MAKE)
    assert shown.stdout.split() == ["56", "True"], shown.stderr


def part_of(heading: str) -> str:
    """Return the text of a recipe."""
    return re.search(rf"^### {heading}\n(.*?)(?=^### |\Z)", PAGE, re.DOTALL | re.MULTILINE)[1]


@pytest.mark.parametrize("heading", HEADINGS)
def test_the_files_that_a_recipe_names_are_there_and_hold_the_names_said_of_them(heading):
    part = part_of(heading)
    named = re.findall(r"`((?:kkbgeo|data|docs|scripts|notebooks)/[\w/.-]+\.\w+)`", part)
    assert named and [name for name in named if not (CHECKOUT / name).is_file()] == []
    for path, names in re.findall(r"`([\w/.-]+\.py)` \(((?:`\w+`(?:, )?)+)\)", part):
        source = (CHECKOUT / path).read_text(encoding="utf-8")
        for name in re.findall(r"\w+", names):
            assert re.search(rf"^{name}\b", source, re.MULTILINE), f"{path} has no {name}"


def test_there_is_no_other_recipe():
    assert re.findall(r"^### (.+)$", PAGE, re.MULTILINE) == list(HEADINGS)


def test_a_new_page_touches_the_files_that_its_recipe_names():
    """`tests/test_new_page.py` makes one."""
    steps = [re.sub(r"<\w+>", "*", one) for one in steps_of("A new page") if "<" in one or "__init__" in one]
    assert len(steps) == len(TOUCHED) == 4
    assert [one for one in sorted(TOUCHED) if not any(fnmatch(one, step) for step in steps)] == []


def test_the_look_of_a_state_is_changed_in_one_place(monkeypatch):
    wb = kkbgeo.Workbench()
    drawn = kkbgeo.profiles.regency_map(wb, None, ["kkb_total"])
    names = {code: wb.gazetteer.label(code) for code in TileGrid.load().tiles | TileGrid.load().labels}

    def looks() -> dict[str, str | bytes]:
        drawn.forget()
        return {
            "legend of the map": str(drawn.body().html),
            "script of the map": str(drawn._stored["look"]),
            "small picture": str(drawn.thumbnail()),
            "tiles": str(TileMap(TileGrid.load(), drawn.layers, names=names).body().html),
            "PNG": static_map(drawn).png,
        }

    before, hatch = looks(), theme.PATTERNS["hatch"]
    path = "M0 4L8 4"
    assert not any(path in text for text in before.values() if isinstance(text, str))
    monkeypatch.setitem(theme.PATTERNS, "hatch", replace(hatch, path=path, apart=7.0))
    after = looks()
    assert [name for name, text in after.items() if isinstance(text, str) and path not in text] == []
    assert after["PNG"] != before["PNG"]
