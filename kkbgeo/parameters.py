"""The check that every notebook makes first: papermill only warns on a misspelt name, and cuts 62.10 to 62.1."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from kkbgeo.errors import ParameterError

_INJECTED = re.compile(r"^#\s*Parameters\b")


def check_parameters(declared: Iterable[str], *, cells: Iterable[str] | None = None) -> None:
    """Refuse a parameter that the notebook does not declare; name the likely one.

    Parameters
    ----------
    declared : iterable of str
        Names that the cell tagged ``parameters`` sets.
    cells : iterable of str, optional
        Sources of the cells run so far; by default those of the running notebook.

    Raises
    ------
    ParameterError
        The cell that papermill injected sets another name.

    Examples
    --------
    >>> check_parameters(["regency", "as_of"], cells=["# Parameters\\nregency = '63.11'"])
    """
    declared = list(declared)
    injected = [source for source in (_history() if cells is None else cells) if _INJECTED.match(source)]
    for source in injected[-1:]:
        for name in _assigned(source):
            if name not in declared:
                raise ParameterError(
                    f"Unknown parameter {name!r}: this notebook does not have it.",
                    hint=f"{_guess(name, declared)}Its parameters: {', '.join(declared)}",
                    value=name,
                    candidates=declared,
                )


def _history() -> list[str]:
    try:
        from IPython import get_ipython
    except ImportError:  # a plain Python session has no injected cell
        return []
    shell = get_ipython()
    return list(shell.user_ns.get("In", [])) if shell else []


def _assigned(source: str) -> list[str]:
    targets = [target for node in ast.parse(source).body if isinstance(node, ast.Assign) for target in node.targets]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _guess(name: str, declared: list[str]) -> str:
    from rapidfuzz import process

    best = process.extractOne(name, declared, score_cutoff=60)
    return f"Did you mean {best[0]!r}? " if best else ""
