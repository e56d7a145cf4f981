"""What to build: one run per page, computed before anything starts."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kkbgeo.errors import BatchError, ParameterError
from kkbgeo.pages import analyses, of_level
from kkbgeo.regions.codes import level_of

if TYPE_CHECKING:
    from kkbgeo.regions.gazetteer import Gazetteer


@dataclass(frozen=True)
class Run:
    """One notebook run: which notebook, for which area, with which parameters."""

    level: str
    code: str
    name: str
    notebook: Path
    parameters: dict[str, str] = field(default_factory=dict)


def plan(
    gazetteer: Gazetteer, only: list[str], *, as_of: str = "", language: str = "id", boundaries: str = "",
    briefs: bool = True,
) -> list[Run]:  # fmt: skip
    """Return the runs of an atlas: overview, analyses, provinces, regencies, or the part that `only` names.

    Parameters
    ----------
    gazetteer : Gazetteer
        All regions.
    only : list of str
        Codes: a regency is its page; a province its page and those of its regencies; the code of the whole
        (``kalimantan``) the overview; the id of an analysis (`kkbgeo.pages.analyses`) its page. Empty: everything.
    as_of, language, boundaries : str
        Handed to every notebook; the set of boundaries only when one is asked for.
    briefs : bool
        Whether pages get a picture and a PDF beside them; handed on only when they shall not.

    Raises
    ------
    CodeError
        A code that is wrong; the likely one is named.
    BatchError
        A notebook is missing or does not declare a parameter that the batch gives.
    """
    regencies, provinces = gazetteer.codes("regency"), gazetteer.codes("province")
    chosen, whole = chosen_of(gazetteer, only), gazetteer.whole
    common = {"as_of": as_of, "language": language, **({"boundaries": boundaries} if boundaries else {})}
    common |= {} if briefs else {"briefs": "no"}
    runs = [
        Run("island", whole.code, whole.name(language), of_level("island").notebook, dict(common)),
        *[Run("island", one.id, one.title[language], one.notebook, dict(common)) for one in analyses().values()],
        *[Run("province", code, gazetteer.short(code), of_level("province").notebook, {"province": code, **common})
          for code in provinces],
        *[Run("regency", code, gazetteer.short(code), of_level("regency").notebook, {"regency": code, **common})
          for code in regencies],
    ]  # fmt: skip
    runs = [run for run in runs if run.code in chosen]
    _check_notebooks(runs)
    return runs


def chosen_of(gazetteer: Gazetteer, only: list[str]) -> set[str]:
    """Return the codes of the pages that `only` names; of all pages when it is empty."""
    if not only:
        return {gazetteer.whole.code, *analyses(), *gazetteer.codes("province"), *gazetteer.codes("regency")}
    chosen: set[str] = set()
    for value in only:
        if value == gazetteer.whole.code or value in analyses():
            chosen.add(value)
            continue
        code = gazetteer.require(value)
        if level_of(code) not in ("province", "regency"):
            raise ParameterError(
                f"The atlas has no page of its own for {gazetteer.label(code)} ({code}).",
                hint=f"Name its regency: --only {'.'.join(code.split('.')[:2])}",
                value=code,
            )
        chosen.add(code)
        if level_of(code) == "province":
            chosen.update(gazetteer.within(code, "regency"))
    return chosen


def _check_notebooks(runs: list[Run]) -> None:
    """Refuse a parameter name a notebook lacks before a single kernel starts; papermill only warns."""
    for notebook in sorted({run.notebook for run in runs}):
        given = {name for run in runs if run.notebook == notebook for name in run.parameters} | {"out"}
        if unknown := sorted(given - _declared(notebook)):
            raise BatchError(
                f"{notebook.name} does not declare the parameters {', '.join(unknown)}.",
                hint="Add them to the cell tagged 'parameters'",
                path=notebook,
                missing=tuple(unknown),
            )


def _declared(notebook: Path) -> set[str]:
    """Return the names that the cell tagged ``parameters`` sets; papermill could tell, but takes seconds to import."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(one["source"]) for one in cells if "parameters" in one["metadata"].get("tags", [])]
        statements = [node for source in sources for node in ast.parse(source).body]
    except (ValueError, KeyError, TypeError, SyntaxError) as broken:
        raise BatchError(
            f"{notebook} cannot be read as a notebook: {broken}.",
            hint=f"Check it out again: git checkout {notebook}",
            path=notebook,
        ) from None
    targets = [target for node in statements if isinstance(node, ast.Assign) for target in node.targets]
    targets += [node.target for node in statements if isinstance(node, ast.AnnAssign)]
    return {target.id for target in targets if isinstance(target, ast.Name)}
