"""The notebooks: plain code, checked parameters, and a stop that names the likely value."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import papermill
import pytest

from kkbgeo.errors import ParameterError
from kkbgeo.parameters import check_parameters

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
PROFILE = next(path for path in NOTEBOOKS if path.name.startswith("01"))


def code_cells(path: Path) -> list:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def called(node: ast.AST, method: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method


def test_the_notebooks_are_there():
    names = ["01_regency_profile.ipynb", "02_province_comparison.ipynb", "03_kalimantan_overview.ipynb",
             "04_spatial_patterns.ipynb", "05_progress_and_targets.ipynb",
             "06_programme_and_need.ipynb", "07_compare_areas.ipynb"]  # fmt: skip
    assert set(names) <= {path.name for path in NOTEBOOKS}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_plain_code_with_one_recipe_one_parameters_cell_and_a_check_after_it(path):
    cells = code_cells(path)
    tagged = [number for number, cell in enumerate(cells) if "parameters" in cell.metadata.get("tags", [])]
    assert tagged == [0]
    nodes = [node for cell in cells for node in ast.walk(ast.parse(cell.source))]
    assert not [node for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Lambda))]
    (recipe,) = [cell.source for cell in cells if "recipe" in cell.metadata.get("tags", [])]
    shown = [node.args[0].value for node in ast.walk(ast.parse(recipe)) if called(node, "show")]
    assert len(shown) >= 3 and len(set(shown)) == len(shown)  # one line a section, its key first
    everywhere = [node for node in nodes if called(node, "show")]
    assert len(everywhere) == len(shown)  # a page is filled in the recipe and nowhere else
    declared = [node.targets[0].id for node in ast.parse(cells[0].source).body]
    assert all(isinstance(node.value.value, (str, int, float, bool)) for node in ast.parse(cells[0].source).body)
    assert all("#" in line for line in cells[0].source.splitlines())
    # A long list is broken into lines.
    assert f"check_parameters({declared})".replace("'", '"').replace(" ", "") in "".join(cells[1].source.split())


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_numbers_are_stored_and_maps_are_not(path):
    cells = code_cells(path)
    assert any(cell.outputs for cell in cells)
    assert path.stat().st_size < 60_000
    for cell in cells:
        for output in cell.outputs:
            assert output.output_type == "stream"


WRONG = {
    "cut code": ({"regency": "62.1"}, r"62\.10"),
    "a number": ({"regency": 62.1}, r"62\.10"),
    "bare digits": ({"regency": "6210"}, r"62\.11"),
    "misspelt name": ({"regency": "Balangn"}, r"63\.11"),
    "unknown parameter": ({"regncy": "63.11"}, "regency"),
    "as_of a number": ({"regency": "63.11", "as_of": 2025}, "2025-12-31"),
}


@pytest.mark.parametrize(("parameters", "likely"), WRONG.values(), ids=WRONG)
def test_a_wrong_parameter_stops_the_notebook_at_its_check(parameters, likely, tmp_path):
    with pytest.raises(papermill.PapermillExecutionError, match=likely) as caught:
        papermill.execute_notebook(str(PROFILE), str(tmp_path / "out.ipynb"), parameters=parameters, progress_bar=False)
    assert caught.value.ename in {"CodeError", "ParameterError"}
    assert "check_parameters" in caught.value.source


def test_the_check_reads_the_cell_that_papermill_injected():
    check_parameters(["regency"], cells=["regency = '1'", "# Parameters\nregency = '2'", "other = 1"])
    with pytest.raises(ParameterError, match="Did you mean 'regency'"):
        check_parameters(["regency", "out"], cells=["# Parameters\nregencyy = '2'\n"])
