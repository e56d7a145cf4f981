"""What an import did, for people and for programs: nothing of the file goes without a word."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from kkbgeo.boundaries.said import level_word, said, signed
from kkbgeo.boundaries.wording import licence
from kkbgeo.language import Number, joined, number, percent, phrase, require_language, text, words

#: An area change from this share on is reported.
CHANGED = 0.005
#: A change of area above this share is hardly a repair.
HARDLY = 0.05
#: Units named in the text for people; the JSON names all. Of those that are well, a few are enough.
SHOWN, SHOWN_WELL = 30, 5


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
        told = words({name: value for name, value in asdict(self).items() if name != "replaced"}, "en")
        return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    def text(self, language: str = "en") -> str:
        """Return it for people, the figures first and then what needs a look.

        Parameters
        ----------
        language : {"id", "en"}
        """
        return _words(self, require_language(language))


def read(path: Path) -> dict:
    """Return a report that was stored, as JSON values."""
    return json.loads(path.read_text(encoding="utf-8"))


# --- in words -----------------------------------------------------------------------------------------------------


def _words(report: ImportReport, language: str) -> str:
    lines = [_say("title", language, edition=report.edition, folder=report.folder)]
    if report.replaced:
        lines.append(_say("replaced", language, edition=report.edition, **report.replaced))
    lines.append("")
    for name, told in report.source.items():
        if told:
            shown = licence(told, language) if name == "licence" else words(told, language)
            lines.append(_say("source", language, name=_say(name, language), told=shown))
    for where, told in report.systems.items():
        layer, _, level = where.rpartition(", ")
        lines.append(words(phrase("{}, {}: {}", layer, level_word(level), told), language))
    if report.untold:
        lines.append(_say("add", language, options=" ".join(f'--{one} "…"' for one in report.untold)))
    lines.append("")
    for one in report.levels.values():
        lines += [*_level(one, language), ""]
    lines.append(_say("gaps", language, count=number(report.gaps, language)))
    if report.lent:
        lines += [_say("lent", language), *_listed(report.lent, language)]
    levels = ", ".join(text(f"maps.noun.{level}", language) for level in report.invalid)
    lines.append(_say("invalid" if report.invalid else "valid", language, levels=levels))
    return "\n".join([*lines, *(words(note, language) for note in report.notes)]) + "\n"


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
        if one.how:
            found = [said("found_by", how=said(f"how_{how}"), count=Number(count)) for how, count in one.how.items()]
            lines.append("  " + _say("how", language, listed=words(joined(", ", found), language)))
    else:
        lines.append("  " + _say("derived", language))
    if one.agreement:
        values = sorted(one.agreement.values())
        low = min(one.agreement, key=lambda code: one.agreement[code])
        lines.append("  " + _say("agreement", language, median=number(values[len(values) // 2], language, 3),
                                 low=number(one.agreement[low], language, 3), code=low))  # fmt: skip
    if one.repaired:
        done = Counter(words(note, language).split(" (")[0] for notes in one.repaired.values() for note in notes)
        lines += ["  " + f"{number(count, language)} × {what}" for what, count in done.most_common()]
    changed = {code: percent(signed(100 * share, 2).to(language), language) for code, share in one.changed.items()}
    hardly = {code: change for code, change in changed.items() if abs(one.changed[code]) > HARDLY}
    for key, found in (
        ("missing", one.missing),
        ("lost", one.lost),
        ("partial", one.partial),
        ("inside", one.inside),
        ("joined", one.joined),
        ("hardly", hardly),
        ("changed", {code: change for code, change in changed.items() if code not in hardly}),
        ("ambiguous", _rows(one.ambiguous, language)),
        ("extra", _rows(one.extra, language)),
        ("remarks", one.remarks),
    ):
        if found:
            shown = SHOWN_WELL if key == "remarks" else SHOWN
            figures = {"count": number(len(found), language), "percent": number(100 * HARDLY, language)}
            lines += ["  " + _say(key, language, **figures), *_listed(found, language, shown)]
    return lines


def _rows(rows: list[dict], language: str) -> list[tuple[str, str]]:
    return [(words(row["label"], language), words(row["reason"], language)) for row in rows]


def _listed(found: Mapping[str, str] | list[tuple[str, str]], language: str, shown: int = SHOWN) -> list[str]:
    pairs = [(name, words(told, language)) for name, told in (found.items() if isinstance(found, Mapping) else found)]
    lines = [f"    {name}: {told}" if told else f"    {name}" for name, told in pairs[:shown]]
    more = len(pairs) - shown
    return lines + ([f"    {_say('more', language, count=number(more, language))}"] if more > 0 else [])
