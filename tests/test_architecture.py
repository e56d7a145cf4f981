"""The page of the architecture: its rooms are those of the package and of the import contract."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib

import pytest

from kkbgeo.paths import CHECKOUT, PACKAGE

PAGE = (CHECKOUT / "docs" / "architecture.md").read_text(encoding="utf-8")
CONTRACT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
LAZY = "kkbgeo.on_first_use"
ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))


def layers() -> list[set[str]]:
    """Return the layers of the import contract, from top to bottom."""
    (contract,) = CONTRACT["contracts"]
    return [{one.strip() for one in layer.split("|")} for layer in contract["layers"]]


def told() -> list[set[str]]:
    """Return the rooms of each row of the page's table, from top to bottom."""
    table = PAGE.split("\n## Rooms\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return [set(re.findall(r"`(\w+)`", row)) for row in rows]


def test_the_page_lists_the_layers_of_the_contract_in_their_order():
    assert told() == layers()


def test_the_layers_are_the_modules_of_the_package():
    modules = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}
    listed = [one for layer in layers() for one in layer]
    assert sorted(listed) == sorted({*ROOMS, *modules})


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_is_for_and_lists_names_that_exist(room):
    module = importlib.import_module(f"kkbgeo.{room}")
    first, _, rest = (module.__doc__ or "").partition("\n")
    assert len(first) > 40 and first.endswith("."), f"kkbgeo/{room}/__init__.py begins with one sentence"
    assert not rest or rest.startswith("\n")
    assert module.__all__ and len(set(module.__all__)) == len(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is not None, name
    assert set(module.__all__) <= set(dir(module))
    with pytest.raises(AttributeError):
        getattr(module, "no_such_name")  # noqa: B009


@pytest.mark.parametrize("room", ROOMS)
def test_what_a_room_loads_on_first_use_is_what_an_editor_is_told(room):
    tree = ast.parse((PACKAGE / room / "__init__.py").read_text(encoding="utf-8"))
    imported = {
        one.asname or one.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module.startswith("kkbgeo.") and node.module != LAZY
        for one in node.names
    }
    assert imported == set(importlib.import_module(f"kkbgeo.{room}").__all__)


def test_a_picture_and_one_page():
    assert PAGE.count("```mermaid") == 1
    assert len(PAGE.splitlines()) < 140
