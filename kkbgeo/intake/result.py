"""What an import of a spreadsheet came to: its status, its problems, its rows counted, and what was written where."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from kkbgeo.intake.grids import Grid
from kkbgeo.intake.overlaps import Held
from kkbgeo.intake.problems import Problem
from kkbgeo.intake.validate import Checked


@dataclass
class ImportResult:
    """What became of a spreadsheet.

    Attributes
    ----------
    status : str
        ``imported``; ``already`` (the very same is there, nothing was changed); ``ready`` (a dry run, or nothing
        wrong to stop it); ``held`` (other imports hold rows of it, nothing was changed); ``refused`` (problems,
        nothing was changed).
    id : str
        Of the import; "" when refused.
    checked : Checked
        Sheets, rows and drafts.
    problems : list of Problem
        Everything that is wrong, in the order of the cells.
    folder : Path or None
        Where it is kept.
    marked, rejects, review : Path or None
        The marked-up copy, the rows that were left out, and the file that answers for uncertain names.
    replaced : list of str
        Imports that this one takes the place of: the one named, and earlier ones of the very same file.
    spelled : dict of str to str
        Printed names of places that were taken under another spelling -> the name of the list.
    held : list of Held
        Imports that hold rows of this file; with one of them nothing is stored.
    """

    path: Path
    kind: str
    status: str
    checked: Checked
    id: str = ""
    folder: Path | None = None
    marked: Path | None = None
    rejects: Path | None = None
    review: Path | None = None
    grids: list[Grid] = field(default_factory=list, repr=False)
    replaced: list[str] = field(default_factory=list)
    spelled: dict[str, str] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)

    @property
    def problems(self) -> list[Problem]:
        """Everything that is wrong."""
        return self.checked.problems

    @property
    def counts(self) -> dict[str, int]:
        """Rows by what became of them, and ``records`` made of them."""
        names = (
            "record",
            "merged",
            "rejected",
            "total",
            "mean",
            "group",
            "example",
            "numbering",
            "foot",
            "blank",
            "unreported",
        )
        return {**{name: self.checked.count(name) for name in names}, "records": len(self.checked.drafts)}
