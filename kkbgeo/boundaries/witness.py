"""Whose numbers are these? Codes are believed only where the names, or else the places, bear them out.

Of the 56 regency numbers of Kalimantan that both systems have, 33 mean the same regency and 21 mean
another one: a column of bare numbers read in the wrong system would put a third of the country elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from kkbgeo.boundaries.said import said
from kkbgeo.errors import BoundaryError, CodeError
from kkbgeo.language import Spoken, words
from kkbgeo.regions import printed
from kkbgeo.regions.codes import LEVELS, dotted, is_code, level_of, parent_of
from kkbgeo.regions.names import Resolver

if TYPE_CHECKING:
    from kkbgeo.regions.gazetteer import Gazetteer

#: A system is taken when this share of the telling rows bears it out, and refused below the other.
SURE, WRONG = 0.8, 0.5
#: Degrees within which a unit's point bears its code out when the file has no names.
NEAR = 0.02


@dataclass
class Given:
    """The rows of one layer that are of one level, as text.

    Attributes
    ----------
    level : str
    numbers : list of int
        Row of each in the file, from 0.
    code : list of str
        The own code as written; "" without.
    names : dict of str to list of str
        Level -> names as written, of this level and those above.
    kind : list of str
        The word for the unit's kind, where a column has it.
    shapes : ndarray of geometry
    """

    level: str
    numbers: list[int]
    code: list[str]
    names: dict[str, list[str]]
    kind: list[str]
    shapes: np.ndarray
    where: str = ""

    def name(self, row: int, level: str = "") -> str:
        """Return a name as written, of the row's own level unless told; "" without."""
        column = self.names.get(level or self.level)
        return column[row] if column else ""

    def __len__(self) -> int:
        return len(self.numbers)


@dataclass
class Told:
    """Which system a column of codes is of, and why.

    Attributes
    ----------
    system : str
        kemendagri, bps, or "" when nothing bears either out: then names alone count.
    reason : str
    read : list of str
        Code of each row in today's gazetteer's shape; "" where none can be read.
    regency : list of str
        Regency that the number begins with, where that is certain and the rest is not (BPS).
    """

    system: str
    reason: str | Spoken
    read: list[str] = field(default_factory=list)
    regency: list[str] = field(default_factory=list)


class Witness:
    """Compares what a file says with the gazetteer: names, and points.

    Parameters
    ----------
    gazetteer : Gazetteer
    resolver : Resolver
    """

    def __init__(self, gazetteer: Gazetteer, resolver: Resolver) -> None:
        self.gazetteer, self.resolver = gazetteer, resolver
        frame = gazetteer.frame
        self._points = dict(zip(frame.index, frame[["lon", "lat"]].to_numpy(dtype="float64"), strict=True))
        self._borne: dict[str, set[str]] = {}

    def point(self, code: str) -> np.ndarray:
        """Return longitude and latitude of a unit."""
        return self._points[code]

    def bears(self, code: str, name: str) -> bool:
        """Tell whether a unit bears a name, now or once, spelling habits aside."""
        spell = self.resolver.index.spell
        if code not in self._borne:
            own = [self.gazetteer.short(code), self.gazetteer.name(code)]
            own += [change.name_old for change in self.resolver.index.editions.leading_to(code)]
            self._borne[code] = {spell(one).sound for one in own}
        forms = [name, *(form for form, _ in printed.read(level_of(code), name).forms)]
        return any(spell(form).sound in self._borne[code] for form in forms)

    def kilometres(self, codes: Sequence[str], shapes: np.ndarray) -> np.ndarray:
        """Return how far each unit's point lies from a shape (0 inside it), in degrees times 111."""
        import shapely

        spots = shapely.points(np.array([self._points[code] for code in codes]).reshape(-1, 2))
        return np.nan_to_num(shapely.distance(spots, shapes), nan=np.inf) * 111.0

    def tell(self, given: Given, system: str = "") -> Told:
        """Tell the system of the codes of some rows.

        Parameters
        ----------
        given : Given
        system : str
            What the user says; it is checked, too.

        Raises
        ------
        BoundaryError
            The user's system is contradicted by the names.
        """
        text = [plain(one) for one in given.code]
        if not any(text):
            return Told("", said("no_codes"), ["" for _ in text], ["" for _ in text])
        home, office = self._readings(text, given.level)
        found = self._decide(given, text, home, office)
        if system and found.system and system != found.system:
            raise BoundaryError(
                f"{given.where}: the codes are said to be {system}, but {words(found.reason, 'en')}.",
                hint=f"Leave --system out, or write --system {found.system}.",
                value=system,
            )
        if system and not found.system:
            found = Told(system, said("as_you_said", system=system, reason=found.reason))
        if found.system == "kemendagri":
            return Told(found.system, found.reason, home, ["" for _ in text])
        if found.system == "bps":
            regency = [self._bps(one[:4]) if len(one) > 4 else "" for one in text]
            return Told(found.system, found.reason, office, regency)
        return Told("", found.reason, ["" for _ in text], ["" for _ in text])

    def _readings(self, text: list[str], level: str) -> tuple[list[str], list[str]]:
        home = [_kemendagri(one, level) for one in text]
        office = [self._bps(one) if len(one) <= 4 and "." not in one else "" for one in text]
        return home, [one if one and level_of(one) == level else "" for one in office]

    def _bps(self, digits: str) -> str:
        if len(digits) == 2:
            return digits if digits in self.gazetteer else ""
        try:
            return self.gazetteer.from_bps(digits)
        except CodeError:
            return ""

    def _decide(self, given: Given, text: list[str], home: list[str], office: list[str]) -> Told:
        if given.level in ("province", "regency"):
            telling = [row for row in range(len(text)) if home[row] != office[row]]
            known = [row for row in telling if home[row] in self.gazetteer or office[row] in self.gazetteer]
            if not known:
                return Told("kemendagri", said("same_numbers"))
        else:
            known = [row for row in range(len(text)) if home[row][:2] in self.gazetteer or self._bps(text[row][:4])]
            if not known:
                return Told("kemendagri" if any("." in one for one in text) else "", said("no_code_here"))
        mine, theirs = self._agreeing(given, home, known), self._agreeing(given, office, known)
        by = said("by_names" if given.name(known[0]) or any(given.names.values()) else "by_points")
        both = "borne_out_both" if any(office) else "borne_out"
        counted = said(both, count=len(known), by=by, mine=mine, theirs=theirs)
        if mine >= SURE * len(known) and theirs < WRONG * len(known):
            return Told("kemendagri", counted)
        if theirs >= SURE * len(known) and mine < WRONG * len(known):
            return Told("bps", counted)
        if any("." in text[row] for row in known):
            # Only Kemendagri writes dots: of older editions many codes moved, and each row is checked on its own.
            return (
                Told("kemendagri", said("with_dots", told=counted)) if mine >= WRONG * len(known) else Told("", counted)
            )
        numbers = given.level in ("district", "village") and mine < WRONG * len(known)
        if numbers and self._regencies_fit(given, text, known):
            return Told("bps", said("four_digits", told=counted))
        if not any(office) and mine >= WRONG * len(known):
            return Told("kemendagri", counted)
        return Told("", said("neither", told=counted))

    def _agreeing(self, given: Given, read: list[str], rows: list[int]) -> int:
        rows = [row for row in rows if read[row] in self.gazetteer]
        if any(given.names.get(given.level, ())):
            return sum(self.bears(read[row], given.name(row)) for row in rows)
        return (
            int((self.kilometres([read[row] for row in rows], given.shapes[rows]) <= NEAR * 111).sum()) if rows else 0
        )

    def _regencies_fit(self, given: Given, text: list[str], rows: list[int]) -> bool:
        """Tell whether the first four digits, read as BPS, are the regencies that the names or places say."""
        read = {row: self._bps(text[row][:4]) for row in rows}
        rows = [row for row in rows if read[row]]
        if not rows:
            return False
        if given.names.get("regency"):
            fit = sum(self.bears(read[row], given.name(row, "regency")) for row in rows)
        else:
            index, level = self.resolver.index, given.level
            forms = {row: [form for form, _ in printed.read(level, given.name(row)).forms] for row in rows}
            fit = sum(any(index.find(level, read[row], form) for form in forms[row]) for row in rows)
        return fit >= SURE * len(rows)


def plain(text: str) -> str:
    """Return a code as written without what writers put round it: ``ID6311`` -> ``6311``, ``6311.0`` -> ``6311``.

    Examples
    --------
    >>> plain("ID6311"), plain("6311.0"), plain(" 63.11 ")
    ('6311', '6311', '63.11')
    """
    bare = re.sub(r"^[A-Za-z]+[\s:_-]*", "", text.strip())
    return bare[:-2] if re.fullmatch(r"[0-9]{2,}\.0", bare) and len(bare) != 4 else bare


def _kemendagri(text: str, level: str) -> str:
    if "." in text:
        return text if is_code(text) and level_of(text) == level else ""
    try:
        code = dotted(text)
    except CodeError:
        return ""
    return code if level_of(code) == level else ""


def above(code: str) -> list[str]:
    """Return the codes of the units above one, the province first.

    Examples
    --------
    >>> above("63.11.03")
    ['63', '63.11']
    """
    return [parent_of(code, level) for level in LEVELS[: LEVELS.index(level_of(code))]]
