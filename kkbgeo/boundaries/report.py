"""What an import did, for people and for programs: nothing of the file goes without a word."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from kkbgeo.language import number, require_language, text

#: Units named in the text for people; the JSON names all.
SHOWN = 30
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

    def __str__(self) -> str:
        return self.text("id")

    def json(self) -> str:
        """Return all of it as JSON, sorted; the same import gives the same text."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    def text(self, language: str = "en") -> str:
        """Return it for people, the figures first and then what needs a look.

        Parameters
        ----------
        language : {"id", "en"}
        """
        require_language(language)
        lines = [_say("title", language, edition=self.edition, folder=self.folder), ""]
        lines += [f"{name}: {told}" for name, told in self.source.items() if told]
        lines += [f"{where}: {told}" for where, told in self.systems.items()] + [""]
        for one in self.levels.values():
            lines += [*_level(one, language), ""]
        lines.append(_say("gaps", language, count=number(self.gaps, language)))
        if self.lent:
            lines += [_say("lent", language), *_listed(self.lent, language)]
        lines.append(_say("invalid" if self.invalid else "valid", language, levels=", ".join(self.invalid)))
        return "\n".join([*lines, *self.notes]) + "\n"


def read(path: Path) -> dict:
    """Return a report that was stored, as JSON values."""
    return json.loads(path.read_text(encoding="utf-8"))


def _say(key: str, language: str, **values: object) -> str:
    return text(f"boundaries.report.{key}", language, **values)


def _level(one: LevelReport, language: str) -> list[str]:
    level = text(f"maps.noun.{one.level}", language)
    lines = [_say("level", language, level=level, drawn=number(one.drawn, language),
                  wanted=number(one.wanted, language))]  # fmt: skip
    if one.given:
        counted = {
            "rows": one.rows, "matched": one.matched, "ambiguous": len(one.ambiguous), "extra": len(one.extra),
            "outside": one.outside, "repaired": len(one.repaired),
        }  # fmt: skip
        shares = {
            f"{what}_share": number(100 * one.share(what), language, 2) for what in ("matched", "ambiguous", "extra")
        }
        told = {key: number(value, language) for key, value in counted.items()}
        lines.append("  " + _say("counted", language, **told, **shares))
    else:
        lines.append("  " + _say("derived", language))
    if one.agreement:
        values = sorted(one.agreement.values())
        low = min(one.agreement, key=lambda code: one.agreement[code])
        lines.append("  " + _say("agreement", language, median=number(values[len(values) // 2], language, 3),
                                 low=number(one.agreement[low], language, 3), code=low))  # fmt: skip
    if one.repaired:
        done = Counter(note.split(" (")[0] for notes in one.repaired.values() for note in notes)
        lines += ["  " + f"{count} × {what}" for what, count in done.most_common()]
    for key, found in (
        ("missing", one.missing),
        ("lost", one.lost),
        ("changed", {code: f"{100 * share:+.2f} %" for code, share in one.changed.items()}),
        ("ambiguous", {f"{row['label']}": row["reason"] for row in one.ambiguous}),
        ("extra", {f"{row['label']}": row["reason"] for row in one.extra}),
    ):
        if found:
            lines += ["  " + _say(key, language, count=number(len(found), language)), *_listed(found, language)]
    return lines


def _listed(found: dict[str, str], language: str) -> list[str]:
    lines = [f"    {name}: {told}" if told else f"    {name}" for name, told in list(found.items())[:SHOWN]]
    more = len(found) - SHOWN
    return lines + ([f"    {_say('more', language, count=number(more, language))}"] if more > 0 else [])
