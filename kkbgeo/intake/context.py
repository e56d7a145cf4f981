"""What holds for every row of a sheet, once it is read off the lines above its table."""

from __future__ import annotations

from dataclasses import dataclass

from kkbgeo.intake.problems import Problem


@dataclass(frozen=True)
class Context:
    """What a sheet says above its table, for all of its rows.

    Attributes
    ----------
    within : str
        Code of the regency or province that the sheet is of; "".
    titled : str
        Code that the title names, whatever the caller said; "".
    district : str
        Name of the one district that the sheet is of; "".
    as_of, semester : str
        Date of the sheet, as records write it; "".
    system : str
        Whose codes the sheet holds, kemendagri or bps, when the caller or the heading says so; "".
    problems : tuple of Problem
        A region that cannot be told, a date that cannot be.
    """

    within: str = ""
    titled: str = ""
    district: str = ""
    as_of: str = ""
    semester: str = ""
    system: str = ""
    problems: tuple[Problem, ...] = ()
