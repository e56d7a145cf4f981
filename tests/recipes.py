"""The pages of analysis as the notebooks make them: their recipe cell, run with names of a test's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat

from kkbgeo import patterns, profiles
from kkbgeo.maps.page import Page
from kkbgeo.workbench import Workbench

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"


def recipe_of(notebook: str) -> str:
    """Return the source of the one cell of a notebook that is tagged ``recipe``."""
    (path,) = NOTEBOOKS.glob(f"{notebook}*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    (cell,) = (one for one in cells if "recipe" in one.metadata.get("tags", ()))
    return cell.source


def filled(notebook: str, wb: Workbench, language: str = "", **names: Any) -> Page:
    """Run a recipe and return its page: in one language, or (by default) in both."""
    import kkbgeo

    given = {
        "kkbgeo": kkbgeo, "profiles": profiles, "patterns": patterns, "wb": wb, "as_of": "", "boundaries": "",
        "briefs": "no", "out": "", "print": lambda *_, **__: None, **names,
    }  # fmt: skip
    exec(compile(recipe_of(notebook), notebook, "exec"), given)
    return given["page"].to(language) if language else given["page"]


def study_page(wb: Workbench, study: patterns.Study, sensitivity: Any, language: str = "", **parameters: Any) -> Page:
    """Return the page of notebook 04."""
    asked = {"indicator": study.indicator, "how": study.how, "permutations": 0, "seed": study.seed, "fdr": study.fdr}
    return filled("04", wb, language, study=study, sensitivity=sensitivity, **{**asked, **parameters})


def progress_page(wb: Workbench, found: patterns.Progress, language: str = "", **parameters: Any) -> Page:
    """Return the page of notebook 05."""
    asked = {"indicator": found.indicator, "ceiling": found.ceiling, "error": found.error, "seed": found.seed}
    return filled("05", wb, language, found=found, moved=found.movement, **{**asked, **parameters})


def need_page(
    wb: Workbench, need: str, programme: str = "aid_events", language: str = "", *, need_high: float | None = None,
    how: str = "contiguity", permutations: int = 99, seed: int | None = None, **parameters: Any,
) -> Page:  # fmt: skip
    """Return the page of notebook 06."""
    tests = {"how": how, "permutations": permutations, "seed": seed}
    return filled(
        "06", wb, language, need=need, programme=programme, how=how, tests=tests,
        relation=patterns.relate(wb, need, programme, **tests),
        aid=patterns.aid_and_need(wb, need, high=need_high), surveys=patterns.surveys_side_by_side(wb), **parameters,
    )  # fmt: skip
