"""What an import did, for people and for programs: nothing of the file goes without a word."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from kkbgeo.language import require_language

#: An area change from this share on is reported.
CHANGED = 0.005


@dataclass
class LevelReport:
    """What became of one level.

    Attributes
    ----------
    level : str
    wanted : int
        Units of the gazetteer.
    given : bool
        Whether the file has this level; else it was dissolved from a finer one.
    rows : int
        Rows of the file at this level.
    outside : int
        Of these, rows of other parts of the country.
    matched, drawn : int
        Units found in the file; units that have a shape now.
    missing : dict of str to str
        Code -> name of the units that have no shape.
    ambiguous, extra : list of dict
        Rows that were not taken: ``row``, ``layer``, ``label``, ``reason``, ``candidates``.
    repaired : dict of str to list of str
        Code -> what was done to its shape.
    changed : dict of str to float
        Code -> change of its area by the repair, as a share, where it is `CHANGED` or more.
    lost : dict of str to str
        Code -> why a unit that the file has is not drawn.
    joined : dict of str to str
        Code -> what the rows say that were found to be one unit, where they say different things.
    partial : dict of str to str
        Code -> what is missing in a unit that is drawn with a hole, since units inside it have no shape.
    inside : dict of str to str
        Code -> which larger units it was cut out of, since they were drawn without a hole for it.
    agreement : dict of str to float
        Code -> overlap of the dissolved unit with the one the file gives (intersection over union).
    area : dict of str to float
        Square kilometres by what became of the rows (matched, ambiguous, extra).
    how : dict of str to int
        Units by how they were found: code, edition, name, place.
    remarks : dict of str to str
        Code -> what there is to say of how it was found.
    """

    level: str
    wanted: int
    given: bool = False
    rows: int = 0
    outside: int = 0
    matched: int = 0
    drawn: int = 0
    missing: dict[str, str] = field(default_factory=dict)
    ambiguous: list[dict] = field(default_factory=list)
    extra: list[dict] = field(default_factory=list)
    repaired: dict[str, list[str]] = field(default_factory=dict)
    changed: dict[str, float] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)
    joined: dict[str, str] = field(default_factory=dict)
    partial: dict[str, str] = field(default_factory=dict)
    inside: dict[str, str] = field(default_factory=dict)
    agreement: dict[str, float] = field(default_factory=dict)
    area: dict[str, float] = field(default_factory=dict)
    how: dict[str, int] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)

    def share(self, what: str) -> float:
        """Return the share of the area of this level's rows that were ``matched``, ``ambiguous`` or ``extra``."""
        whole = sum(self.area.values())
        return self.area.get(what, 0.0) / whole if whole else 0.0


@dataclass
class ImportReport:
    """What an import did.

    Attributes
    ----------
    edition : str
        Id of the set that was stored.
    folder : str
        Where it lies.
    source : dict of str to str
        file, sha256, provider, licence, date, columns (whose), crs.
    systems : dict of str to str
        Layer and level -> which codes it has, and why that is believed.
    levels : dict of str to LevelReport
    gaps : int
        Gaps that were closed.
    lent : dict of str to str
        Larger units drawn from their own given shape.
    invalid : list of str
        Levels that are no valid coverage; empty when all is well.
    notes : list of str
    untold : list of str
        Options that would have told what the file does not: provider, licence, date.
    replaced : dict of str to str
        provider, date, file of the earlier set of that name, which is gone; not part of the JSON, which tells of this
        import alone.
    """

    edition: str
    folder: str
    source: dict[str, str]
    systems: dict[str, str] = field(default_factory=dict)
    levels: dict[str, LevelReport] = field(default_factory=dict)
    gaps: int = 0
    lent: dict[str, str] = field(default_factory=dict)
    invalid: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    replaced: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text("id")

    def json(self) -> str:
        """Return all of it as JSON, sorted; the same import gives the same text."""
        told = {name: value for name, value in asdict(self).items() if name != "replaced"}
        return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    def text(self, language: str = "en") -> str:
        """Return it for people, the figures first and then what needs a look.

        Parameters
        ----------
        language : {"id", "en"}
        """
        from kkbgeo.boundaries import wording

        return wording.words(self, require_language(language))


def read(path: Path) -> dict:
    """Return a report that was stored, as JSON values."""
    return json.loads(path.read_text(encoding="utf-8"))
