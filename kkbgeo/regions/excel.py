"""Codes as spreadsheets leave them: cut, rounded, dotted otherwise, read as numbers or dates.

Only what is certain is restored. ``62.1`` as a *number* can only have been 62.10, because 62.01 stays
62.01; as *text* it may be either. ``6.21E+09`` has lost its digits for good. Four bare digits mean two
places in two systems, unless the system is named or the name beside them decides.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from numbers import Integral, Real

from kkbgeo.errors import ParameterError
from kkbgeo.language import Spoken, Text, joined, phrase
from kkbgeo.regions import printed
from kkbgeo.regions.aliases import Aliases
from kkbgeo.regions.codes import LEVELS, SYSTEMS, Code, dotted, is_code, level_of, parent_of, require_level
from kkbgeo.regions.editions import CURRENT, Change, Editions
from kkbgeo.regions.gazetteer import Gazetteer
from kkbgeo.regions.scope import Index
from kkbgeo.regions.systems import meanings

_QUOTES = "\"'`´‘’“”«» \u00a0\u2007\u202f\ufeff\u200b\t\r\n="
_EXPONENT = re.compile(r"([0-9])(?:[.,]([0-9]+))?[eE]\+?([0-9]{1,2})")


@dataclass(frozen=True)
class Mended:
    """What `mend_code` makes of a cell.

    Attributes
    ----------
    code : Code or None
        The Kemendagri code of an existing unit; None where it is not certain.
    reason : str
        What was done to it, or why it is refused; "" where nothing had to be done.
    candidates : tuple of Code
        What may be meant, most likely first, when it is refused.
    """

    code: Code | None
    reason: str | Spoken = ""
    candidates: tuple[Code, ...] = ()


def mend_code(
    value: object,
    *,
    system: str = "",
    name: str = "",
    level: str = "",
    gazetteer: Gazetteer | None = None,
    editions: Editions | None = None,
) -> Mended:
    """Return the code that a cell held before a spreadsheet got hold of it, or say why it is not certain.

    Parameters
    ----------
    value : object
        The cell: text, number, date, empty.
    system : str
        kemendagri or bps, when the file says so. BPS numbers of regencies are translated.
    name : str
        The unit's name in the same row: it decides between candidates, and a code that belongs to
        another unit than the name is refused.
    level : str
        The level of the column.
    gazetteer, editions : optional
        Those of the data folder when left out.

    Raises
    ------
    ParameterError
        An unknown system or level.

    Examples
    --------
    >>> mend_code(62.1).code, mend_code("６２．１０ ").code, mend_code("6210021012", system="kemendagri").code
    ('62.10', '62.10', '62.10.02.1012')
    >>> mend_code("62.1").code, mend_code("62.1").candidates, mend_code("62.1", name="Kab. Gunung Mas").code
    (None, ('62.10', '62.01'), '62.10')
    >>> mend_code(6210.0).code, mend_code(6210.0).candidates, mend_code(6210.0, system="bps").code
    (None, ('62.10', '62.11'), '62.11')
    >>> mend_code("6.21E+09").code, mend_code("64.73").code
    (None, '65.71')
    """
    if system and system not in SYSTEMS:
        raise ParameterError(f"Unknown code system {system!r}.", hint=f"Use one of: {', '.join(SYSTEMS)}", value=system)
    if level:
        require_level(level)
    known = Editions.load() if editions is None else editions
    desk = _Desk(gazetteer or Gazetteer.load(), known, system, name, level)
    return desk.checked(desk.read(value))


class _Desk:
    """One cell on the desk, with all that is known about it."""

    def __init__(self, gazetteer: Gazetteer, editions: Editions, system: str, name: str, level: str) -> None:
        self.gazetteer, self.editions = gazetteer, editions
        self.system, self.name, self.level = system, name.strip(), level

    def say(self, reason: str, **values: object) -> Text:
        return Text(f"places.code.{reason}", **values)

    def _level(self, level: str) -> Text:
        return Text(f"places.level.{level}")

    # --- by kind of cell ----------------------------------------------------------------------------

    def read(self, value: object) -> Mended:
        if (
            value is None
            or str(value) in ("", "nan", "NaN", "<NA>", "NaT")
            or (isinstance(value, float) and math.isnan(value))
        ):
            return Mended(None, self.say("empty"))
        if isinstance(value, (dt.date, dt.time)):
            return Mended(None, self.say("date", value=value))
        if isinstance(value, bool) or not isinstance(value, (str, Real)):
            return Mended(None, self.say("none", value=repr(value)))
        return self._text(value) if isinstance(value, str) else self._number(value)

    def _number(self, value: Real) -> Mended:
        if isinstance(value, Integral) or float(value).is_integer():
            return self._digits(str(int(value)), self.say("number", value=value))
        whole, _, part = str(value).partition(".")
        if len(whole) != 2 or len(part) > 2:
            return Mended(None, self.say("none", value=value))
        # Only a zero at the end can be lost: 62.01 stays 62.01 as a number.
        if self.system == "bps":
            return Mended(None, self.say("bps_undotted", value=value))
        return self._whole(f"{whole}.{part.ljust(2, '0')}", self.say("lost_zero", value=value) if len(part) < 2 else "")

    def _text(self, value: str) -> Mended:
        text = unicodedata.normalize("NFKC", value).strip(_QUOTES).replace("。", ".")
        text = "".join(str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in text)
        if not text:
            return Mended(None, self.say("empty"))
        exponent = _EXPONENT.fullmatch(text)
        if exponent:
            return self._exponent(*exponent.groups(default=""), text)
        if re.fullmatch(r"[0-9]+([.,]0)?", text):
            return self._digits(re.sub(r"[.,]0$", "", text), self.say("no_dots", value=repr(text)))
        if not re.fullmatch(r"[0-9][0-9\s.,/_·-]*", text):
            return Mended(None, self.say("none", value=repr(value)))
        if self.system == "bps":
            return Mended(None, self.say("bps_undotted", value=repr(value)))
        code = ".".join(re.findall(r"[0-9]+", text))
        if is_code(code):
            return self._whole(code, "" if code == value else self.say("rewritten", value=repr(value)))
        return self._short(code.split("."), value)

    def _exponent(self, first: str, rest: str, power: str, text: str) -> Mended:
        digits = first + rest
        if len(rest) == int(power):
            return self._digits(digits, self.say("number", value=text))
        length = int(power) + 1
        lost = self.say("rounded", value=text, length=length, left=len(digits))
        if length not in (6, 7, 10):
            return Mended(None, lost)
        half = 10.0 ** (length - len(digits)) / 2
        low, high = int(digits.ljust(length, "0")) - half, int(digits.ljust(length, "0")) + half
        near = [
            code
            for code in self.gazetteer.codes("regency")
            if low < (int(code.replace(".", "")) + 1) * 10 ** (length - 4)
            and int(code.replace(".", "")) * 10 ** (length - 4) < high
        ]
        return Mended(None, phrase("{}; {}", lost, self.say("began")), tuple(map(Code, near)))

    def _short(self, parts: list[str], value: str) -> Mended:
        """Read a dotted code with parts that are too short: a zero fell off in front or at the end."""
        widths = (2, 2, 2, 4)
        if len(parts) > 4 or any(len(part) > width for part, width in zip(parts, widths, strict=False)):
            return self._joined("".join(parts), value)
        ways = [
            dict.fromkeys((part.ljust(width, "0"), part.rjust(width, "0")))
            for part, width in zip(parts, widths, strict=False)
        ]
        codes = [code for each in itertools.product(*ways) if (code := ".".join(each)) and is_code(code)]
        known = [code for code in codes if self._today(code)]
        return self._choose(known, self.say("cut", value=repr(value)), sure=len(parts) > 2 and len(known) == 1)

    def _joined(self, digits: str, value: str) -> Mended:
        code = _dots(digits)
        known = [code] if code and self._today(code) else []
        return self._choose(known, self.say("other_dots", value=repr(value)), sure=False)

    def _digits(self, digits: str, what: str) -> Mended:
        """Read a code without dots: which system it is decides what it means."""
        if len(digits) != 7 and not _dots(digits):
            return Mended(None, self.say("and_none", what=what))
        if len(digits) == 2:
            return self._whole(digits, "")
        if len(digits) == 4:
            return self._four(digits, what)
        if self.system == "bps":
            inside = meanings(digits[:4], self.gazetteer).get("bps")
            return Mended(None, phrase("{}; {}", what, self.say("bps_below")), (inside,) if inside else ())
        if len(digits) == 6 or (len(digits) == 10 and self.system == "kemendagri"):
            # Six digits are a district of Kemendagri and nothing in BPS; ten are a village in both systems.
            return self._whole(dotted(digits), phrase("{}; {}", what, self.say("dots_back")))
        if len(digits) == 10:
            code = dotted(digits)
            known = [code] if self._today(code) else []
            return self._choose(known, phrase("{}; {}", what, self.say("ten")), sure=False)
        inside = meanings(digits[:4], self.gazetteer).get("bps")
        return Mended(None, phrase("{}; {}", what, self.say("seven")), (inside,) if inside else ())

    def _four(self, digits: str, what: str) -> Mended:
        found = meanings(digits, self.gazetteer)
        if "kemendagri" not in found:
            old, _ = self.editions.successor(dotted(digits))
            if old is not None:
                found["kemendagri"] = old
        if self.system:
            code = found.get(self.system)
            if code is None:
                return Mended(
                    None,
                    phrase("{}; {}", what, self.say("system_lacks", system=self.system, digits=digits)),
                    tuple(found.values()),
                )
            return Mended(
                Code(str(code), "kemendagri", CURRENT), phrase("{}; {}", what, self.say("read_as", system=self.system))
            )
        if len(found) == 2 and len(set(found.values())) == 1:
            return Mended(Code(str(found["bps"]), "kemendagri", CURRENT), phrase("{}; {}", what, self.say("both")))
        told = joined(
            "; ",
            (
                self.say("means", system=each, digits=digits, name=self.gazetteer.label(code))
                for each, code in found.items()
            ),
        )
        known = [found[each] for each in SYSTEMS if each in found]
        which = self.say("which", meanings=told or self.say("no_regency"))
        return self._choose(known, phrase("{}; {}", what, which), sure=False)

    # --- what is certain ----------------------------------------------------------------------------

    def _whole(self, code: str, how: str) -> Mended:
        """Take a whole code that exists, today or in an earlier edition."""
        if not is_code(code):
            return Mended(None, self.say("and_none", what=how or code))
        if code in self.gazetteer:
            return Mended(Code(code, "kemendagri", CURRENT), how)
        successor, change = self.editions.successor(code)
        told = self._told(change, code) if change else ""
        if successor is not None:
            return Mended(successor, joined("; ", filter(None, (how, told))))
        regency = self._today(code[:5])
        return Mended(None, told or self.say("unknown", code=code), (Code(regency),) if regency else ())

    def _told(self, change: Change, code: str) -> str:
        """Tell what became of an old code, or of the unit around it."""
        kind = "moved" if change.kind == "moved" else "vanished"
        told = self.say(kind, old=change.name_old, before=change.code_old, code=change.code_new, source=change.source)
        return told if change.code_old == code else phrase("{}; {}", told, self.say("inside"))

    def _today(self, code: str) -> str:
        if code in self.gazetteer:
            return code
        successor, _ = self.editions.successor(code) if is_code(code) else (None, "")
        return str(successor or "")

    def _choose(self, codes: list[str], why: str, *, sure: bool) -> Mended:
        """Let the name beside the code decide between codes; without it, refuse them all but a sure one."""
        found = list(dict.fromkeys(filter(None, (self._today(code) for code in codes))))
        if self.name:
            named = [code for code in found if self._bears(code)]
            if len(named) == 1:
                told = phrase("{}; {}", why, self.say("named", name=self.name))
                return Mended(Code(named[0], "kemendagri", CURRENT), told)
        if sure and len(found) == 1:
            return Mended(Code(found[0], "kemendagri", CURRENT), why)
        return Mended(None, why, tuple(Code(code, "kemendagri", CURRENT) for code in found))

    def _bears(self, code: str) -> bool:
        """Tell whether the unit bears the name beside its code: short forms, older names, habits of spelling."""
        index, level = _index(self.gazetteer, self.editions), level_of(code)
        cell = printed.read(level, self.name)
        found = [index.find(level, parent_of(code), form, cities=not cell.kabupaten) for form, _ in cell.forms]
        return any(match.code == code for matches in found for match in matches)

    def checked(self, mended: Mended) -> Mended:
        """Refuse a code of another level than the column's, and one whose name is another unit's."""
        code = mended.code
        if code is None:
            return mended
        own = level_of(code)
        if self.level and own != self.level:
            above = LEVELS.index(self.level) < LEVELS.index(own)
            near = (Code(self.gazetteer.parent(code, self.level)),) if above else ()
            words = {"own": self._level(own), "wanted": self._level(self.level)}
            return Mended(None, self.say("level", code=code, **words), near)
        if self.name and not self._bears(code):
            others = [other for other in self._namesakes(own) if other != code]
            if others:
                told = self.say("other_name", code=code, listed=self.gazetteer.label(code), name=self.name)
                return Mended(None, told, (code, *(Code(other) for other in others[:5])))
        return mended

    def _namesakes(self, level: str) -> list[str]:
        index = _index(self.gazetteer, self.editions)
        scope, found = index.scope(level, ""), []
        for form, _ in printed.read(level, self.name).forms:
            key = index.spell(form).norm
            found += [*scope.norm.get(key, ()), *scope.bare.get(key, ())]
        return list(dict.fromkeys(found))


def _dots(digits: str) -> str:
    """Return undotted digits with dots, "" where they are no code of any length."""
    parts = (digits[:2], digits[2:4], digits[4:6], digits[6:])
    code = ".".join(part for part in parts if part)
    return code if is_code(code) else ""


@lru_cache(maxsize=4)
def _index(gazetteer: Gazetteer, editions: Editions) -> Index:
    return Index(gazetteer, Aliases.load(), editions)
