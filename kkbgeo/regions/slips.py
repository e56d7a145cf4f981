"""One letter written otherwise, where nothing else can have been meant.

Likeness proposes and never decides, with this one exception: a single slip (a letter left out, put in, changed or
swapped with its neighbour) in a name printed under its own parent. It counts only where it makes no word that any
place bears, where no other unit of the parent, today or in an earlier edition, is within two letters, and where the
numerals agree. Of the names of Indonesia outside Kalimantan that registry editions of 2020 to 2025 write differently,
317 are such slips, and each means the unit that it is taken for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from kkbgeo.regions.scope import Match
from kkbgeo.regions.spelling import split_words

if TYPE_CHECKING:
    from kkbgeo.regions.scope import Index

#: Shorter names are too little evidence.
SHORTEST = 6
#: Another unit this near makes it a question.
APART = 2


def slip(index: Index, level: str, parent: str, name: str) -> Match | None:
    """Return the unit of `level` inside `parent` that a slip of the pen wrote as `name`; None where it is not certain.

    Parameters
    ----------
    index : Index
        The names.
    level, parent : str
        Where the name was printed; the parent is certain.
    name : str
        As printed, and found in no other way.
    """
    scope, keys = index.scope(level, parent), index.spell(name)
    if len(keys.plain) < SHORTEST:
        return None
    near: dict[str, int] = {}
    names = [(code, scope.keys[code]) for code in scope.members]
    names += [(one.code_new, index.spell(one.name_old)) for ones in scope.old["plain"].values() for one in ones]
    for code, listed in names:
        apart = OSA.distance(keys.plain, listed.plain, score_cutoff=APART)
        if apart <= APART:
            near[code] = min(apart, near.get(code, APART))
            if listed.numerals != keys.numerals:
                return None
    if len(near) != 1 or set(near.values()) != {1}:
        return None
    (code,) = near
    known = scope.keys.get(code)
    if known is None or OSA.distance(keys.plain, known.plain) != 1:
        return None  # a slip in a name that the unit no longer bears
    if any(word in index.vocabulary for word in set(split_words(name)) - set(split_words(index.gazetteer.short(code)))):
        return None
    return Match(code, "slip", index.say("slip", printed=name, listed=index.gazetteer.short(code)))
