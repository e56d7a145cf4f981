"""From the rows of a layer to codes of the gazetteer: by code where the names bear it out, else by names and parents.

Geometry never chooses a unit on its own. It is a second witness: a unit must lie where the gazetteer has
its point, and among several units of one name (files without parents) the one whose point lies inside is meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from kkbgeo.boundaries.said import level_word, said
from kkbgeo.boundaries.witness import Given, Told, Witness, above, plain
from kkbgeo.regions import printed
from kkbgeo.regions.codes import LEVELS, Code, is_code, level_of

VERDICTS = ("matched", "ambiguous", "extra", "outside")
#: Kilometres beyond which a shape is not where the gazetteer has the unit; for a name without parents, the second.
FAR, FAR_ALONE = 55.0, 11.0
#: Kilometres from every village of the regions beyond which a shape is of another part of the country.
BEYOND = 33.0
#: What is no unit with people in it, though files of units hold it.
_NO_UNIT = re.compile(
    r"^(danau|waduk|situ|rawa|hutan|huta|kawasan hutan|taman nasional|cagar alam|suaka|perairan|laut|"
    r"water ?body|lake|forest|reservoir)\b",
    re.IGNORECASE,
)


@dataclass
class Row:
    """What became of one row of the file.

    Attributes
    ----------
    number : int
        Row in its layer, from 0.
    label : str
        As the file names it.
    level : str
    verdict : str
        One of `VERDICTS`; ``outside`` is of another part of the country.
    code : str
        Of the gazetteer; "" unless matched.
    how : str
        ``code``, ``edition``, ``name`` or ``place`` (a name without parents, told by its place).
    reason : str
        In words.
    candidates : tuple of str
    """

    number: int
    label: str
    level: str
    verdict: str = "extra"
    code: str = ""
    how: str = ""
    reason: str = ""
    candidates: tuple[str, ...] = ()


def match(witness: Witness, given: Given, told: Told) -> list[Row]:
    """Find the unit of each row.

    Parameters
    ----------
    witness : Witness
    given : Given
        Rows of one level; shapes valid, in degrees.
    told : Told
        The system of their codes, as `Witness.tell` gives it.

    Returns
    -------
    list of Row
        In the order of the rows. Two rows may have one code.
    """
    return _Matcher(witness, given, told).rows()


class _Matcher:
    def __init__(self, witness: Witness, given: Given, told: Told) -> None:
        self.witness, self.given, self.told = witness, given, told
        self.places, self.resolver = witness.gazetteer, witness.resolver
        self.depth = LEVELS.index(given.level)

    def rows(self) -> list[Row]:
        found = [self._one(row) for row in range(len(self.given))]
        self._hold_against_points(found)
        self._part_from_far(found)
        return found

    def _one(self, at: int) -> Row:
        name, code = self.given.name(at), self.told.read[at]
        row = Row(self.given.numbers[at], self._label(at), self.given.level)
        if _NO_UNIT.match(self.given.kind[at]):
            row.reason = said("no_people", name=self.given.kind[at])
            return row
        if code and code in self.places:
            self._by_code(row, at, code, name)
        elif code and self._by_edition(row, code, name):
            pass
        else:
            self._by_names(row, at)
        if row.verdict != "matched" and _NO_UNIT.match(name):
            row.verdict, row.reason = "extra", said("no_people", name=name)
        return row

    def _label(self, at: int) -> str:
        names = [self.given.name(at, level) for level in reversed(LEVELS[: self.depth + 1])]
        text = ", ".join(filter(None, names))
        code = self.given.code[at]
        return f"{text} ({code})" if text and code else text or code

    # --- by code ------------------------------------------------------------------------------------

    def _by_code(self, row: Row, at: int, code: str, name: str) -> None:
        if not name or self.witness.bears(code, name):
            self._take(row, code, "code")
            return
        listed = self.places.label(code)
        other = Row(row.number, row.label, row.level)
        self._by_names(other, at, code)
        if other.verdict == "matched" and other.code != code:
            row.verdict, row.candidates = "ambiguous", (code, other.code)
            row.reason = said("code_against_name", code=code, listed=listed, other=other.code)
        elif self._distance(code, at) <= FAR_ALONE:
            self._take(row, code, "code", said("by_code_and_place", name=name, listed=listed))
        else:
            row.verdict, row.candidates = "ambiguous", (code,)
            row.reason = said("nothing_fits", code=code, listed=listed, name=name)

    def _by_edition(self, row: Row, code: str, name: str) -> bool:
        """Follow an old code through the table of changed codes, and nothing else."""
        new, change = self.resolver.index.editions.successor(code)
        if new is None or str(new) not in self.places:
            return False
        reason = said(
            "old_code", code=code, old=change.name_old, new=str(new), name=change.name_new, since=change.since
        )
        if name and not self.witness.bears(str(new), name):
            row.verdict, row.candidates = "ambiguous", (str(new),)
            row.reason = said("old_code_other_name", told=reason, name=name, listed=self.places.label(str(new)))
            return True
        self._take(row, str(new), "edition", reason)
        return True

    def _take(self, row: Row, code: str, how: str, reason: str = "") -> None:
        row.verdict, row.code, row.how, row.reason, row.candidates = "matched", str(code), how, reason, ()

    # --- by names -----------------------------------------------------------------------------------

    def _parents(self, at: int) -> list[str]:
        return [self.given.name(at, level) for level in LEVELS[: self.depth]]

    def _by_names(self, row: Row, at: int, code: str = "") -> None:
        name = self.given.name(at)
        if not name:
            row.reason = said("code_unknown" if self.given.code[at] else "no_name_no_code")
            return
        parents = self._parents(at)
        inside = self.told.regency[at] or self._known_above(code or self.told.read[at])
        for depth, unit in enumerate([*above(inside), inside] if inside else []):
            if depth < self.depth and not parents[depth]:
                parents[depth] = self.places.short(unit)
        needed = parents[:1] if self.depth < 2 else parents[1:2]
        if self.depth and not any(needed):
            self._alone(row, at, name)
            return
        place = self.resolver.resolve(*parents, self._with_kind(at, name))
        reason = place.reason
        if place.taken and place.level == self.given.level:
            self._take(row, place.code, "edition" if place.verdict == "edition" else "name", reason)
            return
        row.candidates, row.reason = place.candidates, reason
        row.verdict = "ambiguous" if place.verdict == "ambiguous" else "extra"
        if not place.code and parents and parents[0]:
            row.verdict = "outside"  # the province itself is none of ours; places near are looked at again

    def _known_above(self, code: str) -> str:
        """Return the deepest unit of the gazetteer that holds a code which is not in it."""
        known = [unit for unit in (above(code) if code and is_code(code) else []) if unit in self.places]
        return known[-1] if known else ""

    def _with_kind(self, at: int, name: str) -> str:
        kind = self.given.kind[at].lower()
        if self.given.level == "regency" and not re.match(r"(kota|kab)", name, re.IGNORECASE):
            return (
                f"Kota {name}"
                if kind.startswith(("kota", "city"))
                else f"Kabupaten {name}"
                if kind.startswith("kab")
                else name
            )
        return name

    def _alone(self, row: Row, at: int, name: str) -> None:
        """Take a name without parents when its place bears it out: two witnesses, never the name alone."""
        cell = printed.read(self.given.level, self._with_kind(at, name))
        bearers: list[str] = []
        for form, _ in cell.forms:
            found = self.resolver.index.find(self.given.level, "", form, cities=not cell.kabupaten)
            bearers = list(dict.fromkeys(one.code for one in found))
            if bearers:
                break
        if not bearers:
            row.reason = said("nobody_named", level=level_word(self.given.level), name=name)
            return
        far = {code: self._distance(code, at) for code in bearers}
        inside = [code for code in bearers if far[code] == 0]
        near = [code for code in bearers if far[code] <= FAR_ALONE]
        if len(inside) == 1 or (not inside and len(near) == 1):
            code = (inside or near)[0]
            self._take(row, code, "place", said("by_place", count=len(bearers), name=name))
        elif near:
            row.verdict, row.candidates = "ambiguous", tuple(near)
            row.reason = said("several_there", count=len(near), name=name)
        else:
            row.verdict, row.candidates = "extra", tuple(bearers[:5])
            row.reason = said("nobody_there", name=name)

    # --- by place -----------------------------------------------------------------------------------

    def _distance(self, code: str, at: int) -> float:
        return float(self.witness.kilometres([code], self.given.shapes[at : at + 1])[0])

    def _hold_against_points(self, rows: list[Row]) -> None:
        """Take a match back when the shape lies elsewhere in the country."""
        matched = [at for at, row in enumerate(rows) if row.code and self.given.shapes[at] is not None]
        if not matched:
            return
        far = self.witness.kilometres([rows[at].code for at in matched], self.given.shapes[matched])
        for at, distance in zip(matched, far, strict=True):
            row = rows[at]
            if distance > FAR:
                row.candidates, row.verdict, row.code = (row.code,), "ambiguous", ""
                listed, how = self.places.label(row.candidates[0]), said(f"how_{row.how}")
                row.reason = said("too_far", listed=listed, how=how, distance=int(min(distance, 20_000)))

    def _part_from_far(self, rows: list[Row]) -> None:
        """Tell what is of another part of the country from what lies among the units and is none of them."""
        import shapely

        left = [at for at, row in enumerate(rows) if row.verdict in ("extra", "outside") or self._named_elsewhere(row)]
        if not left:
            return
        spots = shapely.points(np.array([self.witness.point(code) for code in self.places.codes("village")]))
        shapes = self.given.shapes[left]
        full = ~(shapely.is_empty(shapes) | shapely.is_missing(shapes))
        near = np.zeros(len(left), dtype=bool)
        at, _ = shapely.STRtree(spots).query(shapes[full], predicate="dwithin", distance=BEYOND / 111)
        near[np.flatnonzero(full)[np.unique(at)]] = True
        for place, among in zip(left, near, strict=True):
            row, code = rows[place], plain(self.given.code[place])
            ours = bool(code) and self.told.system != "" and code[:2] in self.places
            if row.verdict == "ambiguous":
                row.verdict = "ambiguous" if among or ours else "outside"
            else:
                row.verdict = "extra" if (among and row.verdict != "outside") or ours else "outside"

    def _named_elsewhere(self, row: Row) -> bool:
        return row.verdict == "ambiguous" and not row.how and bool(row.reason)


def level_of_codes(texts: list[str]) -> list[str]:
    """Return the level that the length of each code tells; "" where it is no code.

    Examples
    --------
    >>> level_of_codes(["63.11", "6311", "ID6311032014", "6311040", "?"])
    ['regency', 'regency', 'village', 'district', '']
    """
    lengths = {2: "province", 4: "regency", 6: "district", 7: "district", 10: "village"}
    found = []
    for text in map(plain, texts):
        if is_code(text):
            found.append(level_of(Code(text)))
        else:
            found.append(lengths.get(len(text), "") if text.isdigit() else "")
    return found
