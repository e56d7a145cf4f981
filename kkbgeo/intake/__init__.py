"""Data entry from spreadsheets: from a file that an office sent to validated records, or to a list of errors by cell.

`import_file` does it all; `template` writes a workbook that goes through without a question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kkbgeo.on_first_use import on_first_use

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
__getattr__, __dir__ = on_first_use(__name__, _HOMES)
