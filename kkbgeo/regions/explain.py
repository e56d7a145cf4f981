"""Why a printed name was not taken, in words, and who may be meant by it."""

from __future__ import annotations

from kkbgeo.language import Spoken, Text, joined, phrase
from kkbgeo.regions import printed
from kkbgeo.regions.codes import level_of, parent_of
from kkbgeo.regions.gazetteer import Gazetteer
from kkbgeo.regions.place import Stop
from kkbgeo.regions.printed import Printed
from kkbgeo.regions.scope import LIKELY, SCORES, Index, Match

#: Candidates nearer to each other than this are several, not one.
MARGIN = 5.0


def not_found(index: Index, level: str, parent: str, cell: Printed, found: list[Match]) -> Stop:
    """Say why no unit of `level` is taken, and who may be meant; `found` are those that bear the name, if several."""
    reason = why_not(index, level, parent, cell, found)
    if found:
        return Stop("ambiguous", parent, reason, [(match.code, SCORES[match.how]) for match in found])
    # Where the whole cell is a hamlet, a village of its name is a candidate and no more.
    name = cell.unit or (printed.bare_hamlet(cell.text) if cell.hamlet else cell.forms[-1][0])
    same = index.find(level, parent, name) if cell.unit or cell.hamlet else []
    near = [(match.code, 90.0) for match in same] or index.alike(level, parent, name)
    holding = [] if near and near[0][1] >= 85 else index.holding(level, parent, name)
    candidates = {**dict.fromkeys(holding, LIKELY), **dict(near)}
    ranked = sorted(candidates.values(), reverse=True)
    close = len(ranked) > 1 and ranked[0] - ranked[1] < MARGIN
    verdict = "none" if not candidates else "ambiguous" if close or cell.hamlet or cell.unit else "fuzzy"
    return Stop(verdict, parent, reason, list(candidates.items()))


def village_alone(index: Index, code: str, cell: Printed, found: list[Match]) -> Stop:
    """Say who may be meant by a village printed without regency and district; it is never taken."""
    verdict = "ambiguous" if len(found) > 1 else "fuzzy" if found else "none"
    reason = index.say("village_alone", printed=cell.text)
    if found:
        reason += "; " + joined(", ", (told(index.gazetteer, match.code) for match in found[:5]))
    return Stop(verdict, code, reason, [(match.code, SCORES[match.how] - 10) for match in found[:20]])


def why_not(index: Index, level: str, code: str, cell: Printed, found: list[Match]) -> str | Spoken:
    """Return the reason why no unit of `level` is taken inside `code`."""
    gazetteer = index.gazetteer
    where = gazetteer.label(code) if code else Spoken(gazetteer.whole.name)
    if found:
        listed = [
            told(gazetteer, match.code) + (phrase(", {}", match.remark) if match.remark else "") for match in found[:5]
        ]
        return index.say("several", count=len(found), where=where, printed=cell.text, listed=joined(", ", listed))
    if cell.hamlet:
        why = index.say("hamlet", printed=cell.text)
    else:
        why = index.say("nobody", level=level_word(level), printed=cell.text, where=where)
    if cell.unit:
        villages = code[:5] in index.aliases.units.get("kampung", ())
        meaning = "kampung_village" if villages else "kampung" if code.count(".") else "kampung_either"
        why += phrase("; {}", index.say(meaning))
    return why + (phrase("; {}", index.say("coded", level=level_word(level_of(code)))) if code else "")


def level_word(level: str) -> Text:
    """Return the word for a level."""
    return Text(f"places.level.{level}")


def told(gazetteer: Gazetteer, code: str) -> str:
    """Write a code with its name and the unit above: ``63.11.03.2008 (Pudak, Kecamatan Awayan)``."""
    above = parent_of(code)
    return f"{code} ({gazetteer.short(code)}" + (f", {gazetteer.label(above)})" if above else ")")
