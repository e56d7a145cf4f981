"""The report of an import in words: the figures first, then what needs a look, in the language asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from kkbgeo.boundaries.said import said, say, signed
from kkbgeo.language import catalogue, number, percent, text

if TYPE_CHECKING:
    from kkbgeo.boundaries.report import ImportReport, LevelReport

#: Units named in the text for people; the JSON names all. Of those that are well, a few are enough.
SHOWN, SHOWN_WELL = 30, 5
#: A change of area above this share is hardly a repair.
HARDLY = 0.05
#: What a licence says in an edition whose maker told none.
UNKNOWN = "not stated"


def words(report: ImportReport, language: str) -> str:
    """Return a report for people."""
    lines = [_say("title", language, edition=report.edition, folder=report.folder)]
    if report.replaced:
        lines.append(_say("replaced", language, edition=report.edition, **report.replaced))
    lines.append("")
    for name, told in report.source.items():
        if told:
            shown = licence(told, language) if name == "licence" else say(told, language)
            lines.append(_say("source", language, name=_say(name, language), told=shown))
    lines += [f"{say(where, language)}: {say(told, language)}" for where, told in report.systems.items()]
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
    return "\n".join([*lines, *(say(note, language) for note in report.notes)]) + "\n"


def licence(told: str, language: str) -> str:
    """Return a licence as it stands on a page: one in words of ours, or told by nobody, is said in the page's language.

    Examples
    --------
    >>> licence("not stated", "id"), licence("CC BY 4.0", "id")
    ('tidak disebutkan', 'CC BY 4.0')
    """
    for key, texts in catalogue().items():
        if key.startswith("boundaries.licence.") and texts["en"] == (told or UNKNOWN):
            return texts[language]
    return told


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
            found = ", ".join(
                say(said("found_by", how=said(f"how_{how}"), count=number(count, language)), language)
                for how, count in one.how.items()
            )
            lines.append("  " + _say("how", language, listed=found))
    else:
        lines.append("  " + _say("derived", language))
    if one.agreement:
        values = sorted(one.agreement.values())
        low = min(one.agreement, key=lambda code: one.agreement[code])
        lines.append("  " + _say("agreement", language, median=number(values[len(values) // 2], language, 3),
                                 low=number(one.agreement[low], language, 3), code=low))  # fmt: skip
    if one.repaired:
        done = Counter(say(note, language).split(" (")[0] for notes in one.repaired.values() for note in notes)
        lines += ["  " + f"{number(count, language)} × {what}" for what, count in done.most_common()]
    changed = {code: percent(signed(100 * share, 2)(language), language) for code, share in one.changed.items()}
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
    return [(say(row["label"], language), say(row["reason"], language)) for row in rows]


def _listed(found: Mapping[str, str] | list[tuple[str, str]], language: str, shown: int = SHOWN) -> list[str]:
    pairs = [(name, say(told, language)) for name, told in (found.items() if isinstance(found, Mapping) else found)]
    lines = [f"    {name}: {told}" if told else f"    {name}" for name, told in pairs[:shown]]
    more = len(pairs) - shown
    return lines + ([f"    {_say('more', language, count=number(more, language))}"] if more > 0 else [])
