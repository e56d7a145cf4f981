"""Which set of boundaries is drawn: the one asked for, else the best that is there, level by level."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kkbgeo.boundaries import store, wording
from kkbgeo.boundaries.said import level_word
from kkbgeo.errors import BoundaryError
from kkbgeo.language import number, text
from kkbgeo.regions.codes import LEVELS, require_level

if TYPE_CHECKING:
    from kkbgeo.boundaries.store import Edition
    from kkbgeo.regions.gazetteer import Gazetteer

#: A set with less than this share of a level's units is drawn only when it is asked for: the rest would be blank.
ENOUGH = 0.5
#: From this share on the date counts for more than the last units.
NEARLY = 0.95


@dataclass(frozen=True)
class Standing:
    """How an edition stands at one level.

    Attributes
    ----------
    edition : Edition
    level : str
    units, wanted : int
        Units with a shape, and units of the gazetteer.
    partial : int
        Of the units with a shape, those drawn with a hole.
    """

    edition: Edition
    level: str
    units: int
    wanted: int
    partial: int = 0

    @property
    def share(self) -> float:
        """Share of the level's units that have their whole shape."""
        return (self.units - self.partial) / self.wanted if self.wanted else 1.0

    @property
    def rank(self) -> tuple:
        """What the better of two editions has more of: the first difference decides."""
        place = 1 if self.edition.approximate else 2 if self.share >= ENOUGH else 0
        return place, self.share >= 1, self.share >= NEARLY, self.edition.date, self.share, self.edition.id


def standings(level: str, gazetteer: Gazetteer, data_root: str | os.PathLike | None = None) -> list[Standing]:
    """Return every edition that has a level, the best first.

    A set that covers every unit goes before one that does not, or that draws some with a hole; the newer before the
    older; and approximate ones come last, but before a set that has hardly any unit of the level.
    """
    wanted = len(gazetteer.codes(require_level(level)))
    found = []
    for name in store.editions(data_root):
        if store.has_level(name, level, data_root):
            edition = store.edition(data_root, name)
            found.append(
                Standing(edition, level, edition.units.get(level, wanted), wanted, len(edition.partial.get(level, ())))
            )
    return sorted(found, key=lambda one: one.rank, reverse=True)


def best(level: str, gazetteer: Gazetteer, data_root: str | os.PathLike | None = None, *, chosen: str = "") -> Edition:
    """Return the edition that draws a level.

    Parameters
    ----------
    level : str
    gazetteer : Gazetteer
    data_root : path, optional
    chosen : str
        Id of the edition asked for. A level that it has not is drawn from the best of the others.

    Raises
    ------
    BoundaryError
        No such edition, or none has the level.

    Examples
    --------
    >>> from kkbgeo.regions.gazetteer import Gazetteer
    >>> best("village", Gazetteer.load(), chosen="approximate-2025").id
    'approximate-2025'
    """
    if chosen:
        asked = store.edition(data_root, chosen)
        if store.has_level(chosen, level, data_root):
            return asked
    found = standings(level, gazetteer, data_root)
    if not found:
        raise BoundaryError(
            f"No edition of boundaries here has a {level} level.",
            hint="Import one: kkbgeo boundaries import FILE, or build the embedded one: scripts/build_boundaries.py",
            value=level,
        )
    return found[0].edition


def told(gazetteer: Gazetteer, data_root: str | os.PathLike | None = None, language: str = "en") -> list[str]:
    """Return two or three lines on every edition: who made it, its units by level, what it draws by default.

    Examples
    --------
    >>> from kkbgeo.regions.gazetteer import Gazetteer
    >>> told(Gazetteer.load(), language="id")[0].split(":")[0] != ""
    True
    """
    by_level = {level: standings(level, gazetteer, data_root) for level in LEVELS}
    lines = []
    for name in store.editions(data_root):
        edition = store.edition(data_root, name)
        units = {level: one for level, ranked in by_level.items() for one in ranked if one.edition.id == name}
        drawn = [level for level, ranked in by_level.items() if ranked and ranked[0].edition.id == name]
        date = f", {edition.date}" if edition.date else ""
        licence = wording.licence(edition.licence, language)
        lines.append(_say("head", language, name=name, provider=edition.provider, date=date, licence=licence))
        lines.append("  " + ", ".join(_units(one, language) for one in units.values()))
        if drawn:
            levels = ", ".join(level_word(level).to(language) for level in drawn)
            lines.append(_say("drawn", language, levels=levels))
    return lines


def _units(one: Standing, language: str) -> str:
    level, counts = level_word(one.level).to(language), {"units": one.units, "wanted": one.wanted}
    told = _say("units", language, level=level, **{name: number(count, language) for name, count in counts.items()})
    return told + (_say("partial", language, count=number(one.partial, language)) if one.partial else "")


def _say(key: str, language: str, **values: object) -> str:
    return text(f"boundaries.list.{key}", language, **values)
