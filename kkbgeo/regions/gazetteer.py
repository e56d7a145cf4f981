"""The units of Kalimantan: 5 provinces, 56 regencies, 626 districts, 7,252 villages, by code.

Codes and names are those of Kepmendagri 300.2.2-2138/2025 as amended by 300.2.2-2430/2025. BPS
numbers are another code system: of the 56 regency numbers 33 agree, 21 mean another regency and 2
do not exist there. So a bare number is never taken for a code (`Gazetteer.require`).
"""

from __future__ import annotations

import os
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

import pandas as pd

from kkbgeo import provenance
from kkbgeo.errors import CodeError
from kkbgeo.paths import data_root as find_data_root
from kkbgeo.regions import codes
from kkbgeo.regions.codes import LEVELS
from kkbgeo.regions.whole import KALIMANTAN, Whole, read_whole, whole_path
from kkbgeo.shared import inside

_PREFIX = {
    "provinsi": "Provinsi",
    "kabupaten": "Kabupaten",
    "kota": "Kota",
    "kecamatan": "Kecamatan",
    "desa": "Desa",
    "kelurahan": "Kelurahan",
}
_PLURAL = {"province": "provinces", "regency": "regencies", "district": "districts", "village": "villages"}
#: Below this likeness (0 … 100) a name is no suggestion but noise.
_LIKELY = 70


class Gazetteer:
    """Codes, names, kinds, parents and points of every unit; get it with `Gazetteer.load`.

    Parameters
    ----------
    frame : DataFrame
        As `frame`.
    bps : Series, optional
        BPS number (text) by regency code.
    whole : Whole, optional
        What all of it together is called; Kalimantan when left out.

    Examples
    --------
    >>> places = Gazetteer.load()
    >>> places.label("63.11"), places.short("63.71"), places.slug("63.71")
    ('Kabupaten Balangan', 'Kota Banjarmasin', 'kota-banjarmasin')
    >>> places.chain("63.11.03.2014")
    ['63', '63.11', '63.11.03', '63.11.03.2014']
    >>> len(places.within("63.01", "village"))
    135
    """

    def __init__(self, frame: pd.DataFrame, bps: pd.Series | None = None, whole: Whole = KALIMANTAN) -> None:
        self.whole = whole
        self._frame = frame.sort_index()
        code, name, kind, level = (
            column.to_numpy(dtype=object).tolist()
            for column in (self._frame.index, self._frame["name"], self._frame["kind"], self._frame["level"])
        )
        self._codes: list[str] = code
        self._name = dict(zip(code, name, strict=True))
        self._kind = dict(zip(code, kind, strict=True))
        self._by_level: dict[str, list[str]] = {each: [] for each in LEVELS}
        for each, own in zip(code, level, strict=True):
            self._by_level[own].append(each)
        self._bps = {} if bps is None else dict(bps)
        self._of_bps = {number: code for code, number in self._bps.items()}

    @classmethod
    def load(cls, data_root: str | os.PathLike | None = None) -> Gazetteer:
        """Read ``reference/gazetteer.csv`` and ``regency_codes.csv``, checked; kept in memory.

        Raises
        ------
        SourceError
            A file is missing, or is not the one its source record describes.
        """
        folder = find_data_root(data_root) / "reference"
        paths = (folder / "gazetteer.csv", folder / "regency_codes.csv", whole_path(data_root))
        # With the time of change as key, a rebuilt file is seen and an unchanged one is read once.
        return _load(tuple((path, path.stat().st_mtime_ns if path.exists() else 0) for path in paths))

    @property
    def frame(self) -> pd.DataFrame:
        """One row per unit: a copy, index ``code`` (text, sorted).

        Columns ``name`` (without kind: "Balangan"), ``kind`` (provinsi | kabupaten | kota |
        kecamatan | desa | kelurahan), ``level``, ``parent`` (code; "" for a province), ``lon`` and
        ``lat`` (degrees, WGS 84), ``point_source``: ``given`` (middle of the area, from the
        source), ``seat`` (seat of government, provinces and regencies), ``district_middle`` (the
        source has no point: middle of the district's other villages).
        """
        return self._frame.copy()

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and code in self._name

    def __len__(self) -> int:
        return len(self._codes)

    def codes(self, level: str) -> list[str]:
        """Return every code of `level`, sorted."""
        return list(self._by_level[codes.require_level(level)])

    def name(self, code: str) -> str:
        """Return the name without its kind: ``"Banjarmasin"``."""
        return self._name[self._known(code)]

    def kind(self, code: str) -> str:
        """Return the kind: provinsi, kabupaten, kota, kecamatan, desa or kelurahan."""
        return self._kind[self._known(code)]

    def label(self, code: str) -> str:
        """Return the full name with its kind: ``"Kota Banjarmasin"``, ``"Desa Pudak"``."""
        return f"{_PREFIX[self.kind(code)]} {self._name[code]}"

    def short(self, code: str) -> str:
        """Return the name as papers write it: the kind stands only before a kota's name."""
        return self.label(code) if self.kind(code) == "kota" else self._name[code]

    def slug(self, code: str) -> str:
        """Return the short name for file names: plain letters, digits and hyphens."""
        return slugify(self.short(code))

    def parent(self, code: str, level: str | None = None) -> str:
        """Return the code of the unit above (or the one at `level`); "" above a province."""
        return codes.parent_of(self._known(code), level)

    def chain(self, code: str) -> list[str]:
        """Return the codes from the province down to `code` itself."""
        own = LEVELS.index(codes.level_of(self._known(code)))
        return [codes.parent_of(code, level) for level in LEVELS[: own + 1]]

    def children(self, code: str = "") -> list[str]:
        """Return the codes one level below `code`; the provinces when `code` is empty."""
        if not code:
            return self.codes("province")
        below = LEVELS[LEVELS.index(codes.level_of(self._known(code))) + 1 :]
        return self.within(code, below[0]) if below else []

    def within(self, code: str | None, level: str) -> list[str]:
        """Return the codes of `level` inside `code`, sorted; everywhere when `code` is empty.

        Raises
        ------
        CodeError
            `code` is unknown, or lies below `level`.
        """
        if not code:
            return self.codes(level)
        own = codes.level_of(self._known(code))
        if LEVELS.index(codes.require_level(level)) < LEVELS.index(own):
            raise CodeError(
                f"{self.label(code)} ({code}) is a {own} and has no {_PLURAL[level]} inside.",
                hint=f"The {level} above it: self.parent({code!r}, {level!r}).",
                value=code,
                candidates=(codes.parent_of(code, level),),
            )
        if level == own:
            return [code]
        members = self._by_level[level]  # sorted, so the units of one code stand together
        return members[inside(members, code)]

    def bps(self, code: str) -> str:
        """Return the BPS number (text) of a regency."""
        return self._bps[self.require(code, "regency")]

    def has_bps(self, code: str) -> bool:
        """Tell whether BPS gives a regency a number."""
        return code in self._bps

    def from_bps(self, number: str) -> str:
        """Return the regency code of a BPS number, given as four digits of text.

        Examples
        --------
        >>> Gazetteer.load().from_bps("6210"), Gazetteer.load().bps("62.10")
        ('62.11', '6211')
        """
        if number not in self._of_bps:
            raise CodeError(
                f"{number!r} is not the BPS number of a regency of {self.whole.name('en')}.",
                hint="BPS numbers are four digits, as text.",
                value=number,
                candidates=(),
            )
        return self._of_bps[number]

    def require(self, value: object, level: str | tuple[str, ...] | None = None) -> str:
        """Return `value` if it is the code of an existing unit of `level`, else refuse it by name.

        Parameters
        ----------
        value : object
            What a person or a file gave. Only the dotted text of an existing code passes.
        level : str or tuple of str, optional
            Level or levels wanted; any when left out.

        Raises
        ------
        CodeError
            The message names the unit most likely meant; ``.fields["candidates"]`` holds its code
            and others that may be, most likely first, ``.fields["reason"]`` one of empty, number,
            undotted, cut, spelling, text (see `codes.as_code`), level, unknown, name.

        Examples
        --------
        >>> Gazetteer.load().require("62.10", "regency")
        '62.10'
        >>> try:
        ...     Gazetteer.load().require("62.1", "regency")
        ... except CodeError as error:
        ...     print(error.hint)
        Did you mean "62.10" (Kabupaten Gunung Mas)? Or "62.01" (Kabupaten Kotawaringin Barat)?
        """
        levels = LEVELS if level is None else (level,) if isinstance(level, str) else tuple(level)
        for each in levels:
            codes.require_level(each)
        if codes.is_code(value):
            code = str(value)
            if code not in self._name:
                raise self._unknown(code, levels)
            if codes.level_of(code) not in levels:
                raise self._wrong_level(code, levels)
            return code
        try:
            codes.as_code(value)
        except CodeError as refused:
            raise self._named(refused, value, levels) from None
        raise AssertionError("as_code and is_code disagree")  # pragma: no cover

    def suggest(self, text: str, level: str | tuple[str, ...] | None = None, limit: int = 3) -> list[str]:
        """Return up to `limit` codes whose names are most like `text`, best first.

        These are proposals for a person, never a match: of villages in one district 68 pairs are
        alike by 90 % and still two places.

        Examples
        --------
        >>> Gazetteer.load().suggest("Balangn", "regency")
        ['63.11']
        """
        from rapidfuzz import fuzz, process

        wanted = _squash(re.sub(r"^\s*(kab|kec|kel|prov)\.?\s+", lambda m: _LONG[m[1].lower()], text, flags=re.I))
        if not wanted:
            return []
        levels = LEVELS if level is None else (level,) if isinstance(level, str) else tuple(level)
        scores: dict[str, float] = {}
        for each in levels:
            members = self._by_level[codes.require_level(each)]
            for names in ([_squash(self._name[c]) for c in members], [_squash(self.label(c)) for c in members]):
                hits = process.extract(wanted, names, scorer=fuzz.ratio, score_cutoff=_LIKELY, limit=50)
                for _, score, place in hits:
                    scores[members[place]] = max(score, scores.get(members[place], 0))
        ranked = sorted(scores, key=lambda code: (-scores[code], len(code), code))
        if ranked and scores[ranked[0]] == 100:
            ranked = [code for code in ranked if scores[code] == 100]
        return ranked[:limit]

    def _known(self, code: object) -> str:
        return code if isinstance(code, str) and code in self._name else self.require(code)

    def _say(self, code: str) -> str:
        """Write a code with its name, and for small units where it lies."""
        if codes.level_of(code) in ("province", "regency"):
            return f'"{code}" ({self.label(code)})'
        return f'"{code}" ({self.label(code)}, {self.label(codes.parent_of(code, "regency"))})'

    def _error(self, message: str, value: object, reason: str, candidates: list[str], hint: str = "") -> CodeError:
        likely = [self._say(code) for code in candidates]
        hint = hint or "Did you mean " + " Or ".join(f"{text}?" for text in likely)
        return CodeError(message, hint=hint, value=value, candidates=tuple(candidates), reason=reason)

    def _unknown(self, code: str, levels: tuple[str, ...]) -> CodeError:
        """Explain a well-written code that no unit has: the deepest part that exists, what it holds."""
        above = codes.parent_of(code)
        while above and above not in self._name:
            above = codes.parent_of(above)
        inside = self.children(above)
        kind = codes.level_of(inside[0])
        where = f"{self.label(above)} ({above})" if above else self.whole.name("en")
        near = _nearest(code, self.within(above or None, levels[-1]) if len(levels) == 1 else inside)
        return self._error(
            f"{code} is not in the gazetteer: {where} has no {kind} {code[: len(inside[0])]}.",
            code,
            "unknown",
            near if above else [],
            f"{where} has {len(inside)} {_PLURAL[kind]}: {self._told(inside)}. An old code may have a new one.",
        )

    def _wrong_level(self, code: str, levels: tuple[str, ...]) -> CodeError:
        own, wanted = codes.level_of(code), levels[-1]
        message = f"{code} is {self.label(code)}, a {own}; wanted is a {' or a '.join(levels)}."
        above = [each for each in levels if LEVELS.index(each) < LEVELS.index(own)]
        if above:
            return self._error(message, code, "level", [codes.parent_of(code, above[-1])])
        inside = self.within(code, wanted)
        return self._error(
            message, code, "level", inside, f"Its {len(inside)} {_PLURAL[wanted]}: {self._told(inside)}."
        )

    def _told(self, members: list[str]) -> str:
        """List codes with names: all when they fit on a few lines, else the first ones."""
        shown = members if len(members) <= 20 else members[:6]
        return ", ".join(f"{code} {self.short(code)}" for code in shown) + (", …" if len(members) > len(shown) else "")

    def _named(self, refused: CodeError, value: object, levels: tuple[str, ...]) -> CodeError:
        """Add names to what the strict reader of codes refused."""
        reason = refused.fields["reason"]
        real = [code for code in refused.fields["candidates"] if code in self._name]
        fit = [code for code in real if codes.level_of(code) in levels] or real
        if reason == "undotted":
            digits = re.sub(r"\.0$", "", str(value).strip())
            bps = self._of_bps.get(digits)
            if bps:
                return self._two_systems(value, fit, bps)
        if reason == "text" and isinstance(value, str) and len(value) <= 200:
            found = self.suggest(value, levels, 5) or self.suggest(value, None, 3)
            if found:
                exact = _squash(value) in (_squash(self._name[found[0]]), _squash(self.label(found[0])))
                what = "is a name, and names are not unique: a code is wanted" if exact else "is not a region code"
                only = f"Write the code: {self._say(found[0])}." if exact and len(found) == 1 else ""
                return self._error(f"{value!r} {what}.", value, "name" if exact else reason, found, only)
        if fit:
            return self._error(refused.message, value, reason, fit)
        if refused.fields["candidates"]:
            guess = self._unknown(refused.fields["candidates"][0], levels)
            return self._error(refused.message, value, reason, [], f"{guess.message} {guess.hint}")
        return CodeError(refused.message, hint=refused.hint, value=value, candidates=(), reason=reason)

    def _two_systems(self, value: object, fit: list[str], bps: str) -> CodeError:
        number = self._bps[bps]
        if fit == [bps]:
            same = f"Kemendagri and BPS both give {self.label(bps)} this number, but for others they differ"
            return self._error(f"{value!r} has no dots. {same}.", value, "undotted", [bps])
        kemendagri = f"Kemendagri {self._say(fit[0])}" if fit else "no code of Kemendagri"
        return CodeError(
            f"{value!r} means different places in the two code systems: {kemendagri}; BPS {number} = {self._say(bps)}.",
            hint="Look which system the file uses and write the dotted code; it is never guessed.",
            value=value,
            candidates=(*fit, bps),
            reason="undotted",
        )


_LONG = {"kab": "kabupaten ", "kec": "kecamatan ", "kel": "kelurahan ", "prov": "provinsi "}


@lru_cache(maxsize=4)
def _load(files: tuple[tuple[Path, int], ...]) -> Gazetteer:
    from kkbgeo.regions import mapped

    (places, _), (numbers, _), (whole, _) = files
    if found := mapped.load(places.parent.parent):
        return found
    frame = provenance.read_csv(places).set_index("code")
    frame[["lon", "lat"]] = frame[["lon", "lat"]].astype("float64")
    bps = provenance.read_csv(numbers).set_index("kemendagri_code")["bps_code"]
    return Gazetteer(frame, bps, read_whole(whole.parent.parent))


def slugify(text: str) -> str:
    """Turn a name into plain lower-case letters, digits and hyphens, fit for file names.

    Examples
    --------
    >>> slugify("Kota Palangkaraya"), slugify("Pasar Panas/Taniran"), slugify("Tua' Abang")
    ('kota-palangkaraya', 'pasar-panas-taniran', 'tua-abang')
    """
    letters = unicodedata.normalize("NFKD", text.replace("'", "")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


def _squash(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", text).casefold() if sign.isalnum())


def _nearest(code: str, among: list[str]) -> list[str]:
    """Return the three codes that differ least from `code` in their digits."""
    from rapidfuzz.distance import DamerauLevenshtein

    return sorted(among, key=lambda other: (DamerauLevenshtein.distance(code, other), other))[:3]
