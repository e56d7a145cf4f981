"""From a printed place to its code: only what is certain, and a written reason for each answer.

Three rules. Narrow from the province down, so that a name is looked for under its own parent only.
Take a name when exactly one unit there bears it, case, spaces, hyphens and apostrophes aside.
Anything else is a decision that a person made and explained, in ``reference/place_decisions.csv``, or
stays without a code at that level. No guess by likeness is ever made here: of the villages of one
district 68 pairs are alike by 90 % and still two places.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kkbgeo import provenance
from kkbgeo.errors import CodeError
from kkbgeo.paths import data_root as find_data_root
from kkbgeo.regions.codes import LEVELS, is_code, level_of
from kkbgeo.regions.gazetteer import Gazetteer

VERDICTS = ("exact", "normalised", "decision", "none", "ambiguous")
DECISION_COLUMNS = ("province", "regency", "district", "village", "code", "reason")

#: Words for the kind of a unit that may stand before its name. "Kota" belongs to the name of a city.
_PREFIX = {
    "province": r"provinsi|prov",
    "regency": r"kabupaten|kab",
    "district": r"kecamatan|kec",
    "village": r"desa|kelurahan|kampung|kel|ds",
}
# A bare "Pontianak" may be the city, or the Kabupaten Pontianak that is named Mempawah since 2014.
_CITY_NEEDS_ITS_KIND = "a city is written with its kind: Kota …"

Names = tuple[str, str, str, str]


@dataclass(frozen=True)
class Place:
    """Where a printed place lies, and how that was told.

    Attributes
    ----------
    code : str
        Kemendagri code of the deepest unit that is certain; "" if not even the province is.
    level : str
        Level of `code`; "" without a code. It may lie above the deepest name printed.
    verdict : str
        ``exact`` or ``normalised`` (every printed name found), ``decision`` (a reviewed decision
        was needed), ``none`` (a name was not found) or ``ambiguous`` (several units bear it).
    reason : str
        In words, for the table and the report.
    """

    code: str
    level: str
    verdict: str
    reason: str


@dataclass(frozen=True)
class Decision:
    """A reviewed answer for one printed place: ``code`` (may be "" or above the level printed) and why."""

    code: str
    reason: str


def normalise(name: str) -> str:
    """Return `name` without case, accents, spaces and signs, for comparing names under one parent.

    Examples
    --------
    >>> normalise("Api-Api") == normalise("Api-api"), normalise("Tua' Abang")
    (True, 'tuaabang')
    """
    return "".join(sign for sign in unicodedata.normalize("NFKD", name).casefold() if sign.isalnum())


class Resolver:
    """Looks up printed places in one gazetteer and one set of decisions.

    Parameters
    ----------
    gazetteer : Gazetteer
        The units.
    decisions : mapping
        `Decision` by the four names as printed; see `read_decisions`.

    Attributes
    ----------
    used : set
        The decisions that were needed so far, so that idle ones can be found (`unused`).
    """

    def __init__(self, gazetteer: Gazetteer, decisions: Mapping[Names, Decision] | None = None) -> None:
        self.gazetteer = gazetteer
        self.decisions = dict(decisions or {})
        self.used: set[Names] = set()
        self._by_name: dict[tuple[str, str], list[str]] = {}
        frame = gazetteer.frame
        for code, name, kind, level in zip(frame.index, frame["name"], frame["kind"], frame["level"], strict=True):
            own = f"kota {name}" if kind == "kota" else name
            self._by_name.setdefault((level, normalise(own)), []).append(code)

    def unused(self) -> list[Names]:
        """Return the decisions that no resolved place has needed, in file order."""
        return [names for names in self.decisions if names not in self.used]

    def resolve(self, province: str, regency: str = "", district: str = "", village: str = "", kind: str = "") -> Place:
        """Return the place of four printed names; a level that was not printed is "".

        Parameters
        ----------
        province, regency, district, village : str
            As printed. A regency without a kind is a kabupaten, a city reads ``Kota …``.
        kind : str
            Kind of the village as printed (desa, kelurahan …); only compared, and told in the
            reason when the gazetteer has it otherwise.
        """
        printed: Names = (province.strip(), regency.strip(), district.strip(), village.strip())
        code, verdict, told = "", "exact", []
        for depth, level in enumerate(LEVELS):
            name = printed[depth]
            if not name:
                continue
            decided = self._decision(printed, depth)
            if decided:
                code, verdict = decided.code, "decision"
                told.append(decided.reason)
                if not code or level_of(code) != level:
                    return self._place(code, verdict, told)
                continue
            found, how = self._find(level, name, code, printed, depth)
            if len(found) != 1:
                verdict = "ambiguous" if found else "none"
                return self._place(code, verdict, [*told, self._why_not(level, name, code, found, how)])
            code = found[0]
            told += how
            if verdict == "exact" and name not in (self.gazetteer.short(code), self.gazetteer.label(code)):
                verdict = "normalised"
        listed = self.gazetteer.kind(code) if code else ""
        if printed[3] and kind in ("desa", "kelurahan") and listed != kind:
            told.append(f"printed as {kind}, listed as {listed}")
        return self._place(code, verdict, told)

    def _decision(self, printed: Names, depth: int) -> Decision | None:
        names: Names = (*printed[: depth + 1], *("",) * (3 - depth))  # type: ignore[assignment]
        if names in self.decisions:
            self.used.add(names)
        return self.decisions.get(names)

    def _find(self, level: str, name: str, under: str, printed: Names, depth: int) -> tuple[list[str], list[str]]:
        """Return the codes that bear `name` under a parent, and what there is to say about the match."""
        if (depth and not under) or (depth > 1 and not printed[1]):
            return [], ["the level above is not printed"]
        for form in (name, _without_kind(level, name)):
            codes = self._by_name.get((level, normalise(form)), [])
            inside = [code for code in codes if not under or code.startswith(f"{under}.")]
            if inside:
                return inside, self._remarks(inside[0], name, under, level) if len(inside) == 1 else []
        return [], []

    def _remarks(self, code: str, name: str, under: str, level: str) -> list[str]:
        how = []
        if name not in (self.gazetteer.short(code), self.gazetteer.label(code)):
            how.append(f'printed "{name}", listed "{self.gazetteer.short(code)}"')
        if level == "village" and level_of(under) == "regency":
            how.append(
                f"district not printed; the only village of that name in {self.gazetteer.label(under)} "
                f"({self.gazetteer.label(self.gazetteer.parent(code))})"
            )
        return how

    def _why_not(self, level: str, name: str, code: str, found: list[str], how: list[str]) -> str:
        where = self.gazetteer.label(code) if code else self.gazetteer.whole.name("en")
        if found:
            listed = ", ".join(f"{each} ({self.gazetteer.label(self.gazetteer.parent(each))})" for each in found[:5])
            return f'{len(found)} units of {where} are named "{name}": {listed}'
        why = f'no {level} named "{name}" in {where}'
        if how:
            why = f'"{name}" is not looked up: {how[0]}'
        elif level == "regency" and self._by_name.get((level, normalise(f"kota {name}"))):
            why += f"; {_CITY_NEEDS_ITS_KIND}"
        return why + (f"; coded to the {level_of(code)}" if code else "")

    def _place(self, code: str, verdict: str, told: list[str]) -> Place:
        reason = "; ".join(told) or "every printed name matches"
        return Place(code, level_of(code) if code else "", verdict, reason)


def _without_kind(level: str, name: str) -> str:
    return re.sub(rf"^({_PREFIX[level]})\b\.?\s+", "", name, flags=re.IGNORECASE)


def read_decisions(
    data_root: str | os.PathLike | None = None, gazetteer: Gazetteer | None = None
) -> dict[Names, Decision]:
    """Read ``reference/place_decisions.csv``: the printed names, the code decided on and the reason.

    Parameters
    ----------
    data_root : path, optional
        The data folder.
    gazetteer : Gazetteer, optional
        To check codes against; read from the same folder when left out.

    Raises
    ------
    CodeError
        A row without a reason, a place decided twice, or a code that no unit has.
    """
    root = find_data_root(data_root)
    path = root / "reference" / "place_decisions.csv"
    rows = provenance.read_csv(path)
    known = gazetteer or Gazetteer.load(root)
    if tuple(rows.columns) != DECISION_COLUMNS:
        needed = ", ".join(DECISION_COLUMNS)
        raise CodeError(f"{path.name} must have the columns {needed}.", hint="Mend its first line.", path=str(path))
    decisions: dict[Names, Decision] = {}
    for number, row in enumerate(rows.itertuples(index=False), start=2):
        names: Names = (row.province, row.regency, row.district, row.village)
        wrong = ""
        if not row.province or not row.reason.strip():
            wrong = "needs a province and a reason"
        elif names in decisions:
            wrong = f"decides {' / '.join(filter(None, names))} a second time"
        elif row.code and (not is_code(row.code) or row.code not in known):
            wrong = f"names {row.code!r}, which is no code of the gazetteer"
        if wrong:
            raise CodeError(
                f"{path.name}, row {number}, {wrong}.",
                hint=f"Mend the row, then: kkbgeo data seal {path}",
                path=str(path),
                row=number,
                value=row.code,
            )
        decisions[names] = Decision(row.code, row.reason.strip())
    return decisions


def resolve(
    province: str,
    regency: str = "",
    district: str = "",
    village: str = "",
    kind: str = "",
    *,
    data_root: str | os.PathLike | None = None,
) -> Place:
    """Return the place of four printed names, after the gazetteer and the reviewed decisions.

    See `Resolver.resolve` for the parameters; `data_root` is the data folder.

    Examples
    --------
    >>> resolve("Kalimantan Selatan", "Balangan", "Awayan", "Pudak").level
    'village'
    >>> resolve("Kalimantan Timur", "Kota Bontang", "", "Loktuan").verdict
    'normalised'
    >>> resolve("Kalimantan Selatan", "Balangn").code, resolve("Kalimantan Selatan", "Balangn").verdict
    ('63', 'none')
    """
    return load(data_root).resolve(province, regency, district, village, kind)


def load(data_root: str | os.PathLike | None = None) -> Resolver:
    """Return the resolver of a data folder; kept in memory as long as its files stay the same."""
    root = find_data_root(data_root)
    files = [root / "reference" / name for name in ("gazetteer.csv", "place_decisions.csv")]
    return _load(root, tuple(file.stat().st_mtime_ns if file.exists() else 0 for file in files))


@lru_cache(maxsize=4)
def _load(root: Path, _stamp: tuple[int, ...]) -> Resolver:
    gazetteer = Gazetteer.load(root)
    return Resolver(gazetteer, read_decisions(root, gazetteer))
