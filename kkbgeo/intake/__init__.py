"""The way in for spreadsheets: from a file that an office sent to checked records, or to a list of what to mend.

`import_file` does it all; `template` writes a workbook that goes through without a question.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kkbgeo.intake.forms import template as template
    from kkbgeo.intake.importing import import_file as import_file
    from kkbgeo.intake.result import ImportResult as ImportResult
    from kkbgeo.intake.store import listing as listing
    from kkbgeo.intake.store import undo as undo

__all__ = ["ImportResult", "import_file", "listing", "template", "undo"]

_HOMES = {
    "ImportResult": "result",
    "import_file": "importing",
    "listing": "store",
    "template": "forms",
    "undo": "store",
}


def __getattr__(name: str):
    if name in _HOMES:
        return getattr(import_module(f"kkbgeo.intake.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'kkbgeo.intake' has no attribute {name!r}")
