"""The recipes of docs/architecture.md: followed literally where they are short, held against the files they name."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatch

import pytest
from checkoutkit import Checkout
from test_new_page import TOUCHED

from kkbgeo.paths import CHECKOUT

PAGE = (CHECKOUT / "docs" / "architecture.md").read_text(encoding="utf-8")
RECIPES = {
    title: text
    for title, _, text in (one.partition("\n") for one in PAGE.split("\n## Five changes\n")[1].split("\n### ")[1:])
}
FILE = r"[\w<>*.-]+(?:/[\w<>*.-]+)+\.(?:\w+|\*)"
#: Made when the recipe is followed: of a folder of one's own.
NOT_HERE = {"reference/whole.toml"}
INDICATOR = """
[indicator.families_counted]
table = "at_risk_families"
column = "families_total"
combine = "latest"
kind = "count"
unit = "families"
palette = "purple"
breaks = [10000, 25000, 50000, 100000]
label = { id = "Keluarga yang didata", en = "Families counted" }
definition.id = "Keluarga yang didata dalam pemutakhiran keluarga berisiko stunting."
definition.en = "Families counted when those at risk of stunting were updated."
"""
COMPUTE = """
import json
import kkbgeo
wb = kkbgeo.Workbench()
table = wb.table("regency", ["families_counted", "families_at_risk"])
print(json.dumps([table.column("families_counted"), table.column("families_counted", "state"),
                  wb.words(kkbgeo.maps.choropleth(table, "families_counted").layers[0].label)], allow_nan=True))
"""


def paths_in(text: str) -> list[str]:
    """Return the files that a recipe names."""
    return [one for one in re.findall(r"`([^`]+)`", text) if re.fullmatch(FILE, one)]


def test_there_are_five():
    assert list(RECIPES) == [
        "A new indicator", "A new survey round", "A new page", "A new island", "The look of the legend",
    ]  # fmt: skip


@pytest.mark.parametrize("title", RECIPES)
def test_the_files_that_a_recipe_names_are_there(title):
    named = [one for one in paths_in(RECIPES[title]) if one not in NOT_HERE and "<" not in one]
    assert len(named) > 2
    for one in named:
        assert list(CHECKOUT.glob(one)), f"{title}: {one} is not there"


@pytest.mark.parametrize("title", RECIPES)
def test_the_names_that_a_recipe_looks_for_stand_in_the_file_before_them(title):
    for path, names in re.findall(rf"`({FILE})` \(((?:`\w+`(?:, )?)+)\)", RECIPES[title]):
        source = (CHECKOUT / path).read_text(encoding="utf-8")
        for name in re.findall(r"\w+", names):
            assert re.search(rf"^{name}\b", source, re.MULTILINE), f"{title}: {path} has no {name}"


def test_a_new_indicator_is_one_entry_and_the_page_that_a_script_writes(tmp_path):
    checkout = Checkout(tmp_path)
    before = checkout.python("-c", COMPUTE)
    assert before.returncode != 0 and "families_counted" in before.stderr
    path = checkout.folder / "kkbgeo/measures/catalogue.toml"
    checkout.write("kkbgeo/measures/catalogue.toml", path.read_text(encoding="utf-8") + INDICATOR)
    done = checkout.python("-c", COMPUTE)
    assert done.returncode == 0, done.stderr
    values, states, label = json.loads(done.stdout)
    known = [value for value, state in zip(values, states, strict=True) if state == "value"]
    assert known and min(known) > 1000 and len(known) < len(values) == 56
    assert set(states) == {"value", "not_reported"} and label == "Keluarga yang didata"
    written = checkout.python("scripts/make_indicators.py")
    assert written.returncode == 0, written.stderr
    assert "`families_counted` | Families counted." in (checkout.folder / "docs/indicators.md").read_text("utf-8")
    asked = RECIPES["A new indicator"].split("To show it on pages")[0]
    assert checkout.touched == set(paths_in(asked))


def test_a_new_page_touches_the_files_that_its_recipe_names():
    """`tests/test_new_page.py` makes one."""
    steps = [re.sub(r"<\w+>", "*", one) for one in paths_in(RECIPES["A new page"]) if "<" in one or "__init__" in one]
    assert len(steps) == len(TOUCHED) == 4
    for one in TOUCHED:
        assert any(fnmatch(one, step) for step in steps), one
