"""Region codes of the Ministry of Home Affairs (Kemendagri), always as dotted text.

A code such as ``62.10`` must never become a number: ``62.10`` turns into ``62.1`` and ``6210`` means
another regency to the statistics office (BPS). So there is one strict reader, `as_code`, that takes
the dotted text and nothing else, and says what the writer most likely meant.
"""

from __future__ import annotations

import math
import re
from numbers import Integral, Real

from kkbgeo.errors import CodeError, ParameterError

LEVELS = ("province", "regency", "district", "village")
#: The Ministry of Home Affairs (dotted) and Statistics Indonesia (digits alone).
SYSTEMS = ("kemendagri", "bps")

#: An example of each level, for messages.
EXAMPLES = {"province": "62", "regency": "62.10", "district": "62.10.02", "village": "62.10.02.1012"}

_CODE = re.compile(r"[1-9][0-9](\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?")
#: BPS numbers of provinces, regencies, districts (seven digits) and villages.
_BPS = re.compile(r"[1-9][0-9]([0-9]{2}([0-9]{3}([0-9]{3})?)?)?")
_LENGTHS = {2: "province", 5: "regency", 8: "district", 13: "village"}
_LENGTH_OF = {level: length for length, level in _LENGTHS.items()}


class Code(str):
    """The text of a code, with the system it belongs to and the edition it was read from.

    It is text everywhere: in files, keys and comparisons. The two systems cannot be mixed up by
    shape: a Kemendagri code has dots below the province, a BPS number never has.

    Parameters
    ----------
    text : str
        ``62.10`` (kemendagri) or ``6210`` (bps).
    system : str
        One of `SYSTEMS`.
    edition : str
        Year of the edition, "" where it does not matter.

    Raises
    ------
    CodeError
        The text has not the shape of its system's codes.

    Examples
    --------
    >>> code = Code("62.10", "kemendagri", "2025")
    >>> code, code.system, code.edition, code == "62.10"
    ('62.10', 'kemendagri', '2025', True)
    >>> Code("6210", "bps").system
    'bps'
    """

    __slots__ = ("edition", "system")

    def __new__(cls, text: str, system: str = "kemendagri", edition: str = "") -> Code:
        if system not in SYSTEMS:
            raise ParameterError(
                f"Unknown code system {system!r}.", hint=f"Use one of: {', '.join(SYSTEMS)}", value=system
            )
        shape = _CODE if system == "kemendagri" else _BPS
        if not isinstance(text, str) or not shape.fullmatch(text):
            looks = "62.10" if system == "kemendagri" else "6210"
            raise CodeError(
                f"{text!r} has not the shape of a {system} code.",
                hint=f"One looks like {looks}.",
                value=text,
                candidates=(),
                reason="text",
            )
        code = super().__new__(cls, text)
        code.system, code.edition = system, edition
        return code

    def __getnewargs__(self) -> tuple[str, str, str]:
        return str(self), self.system, self.edition


def is_code(text: object) -> bool:
    """Tell whether `text` has the shape of a dotted code; it need not exist.

    Examples
    --------
    >>> is_code("62.10"), is_code("62.1"), is_code(62.10), is_code("62.10.02.1012")
    (True, False, False, True)
    """
    return isinstance(text, str) and _CODE.fullmatch(text) is not None


def require_level(level: str) -> str:
    """Return `level` if it is one of `LEVELS`, else raise `ParameterError`."""
    if level not in LEVELS:
        raise ParameterError(f"Unknown level {level!r}.", hint=f"Use one of: {', '.join(LEVELS)}", value=level)
    return level


def level_of(code: str) -> str:
    """Return the level that the shape of `code` tells.

    Raises
    ------
    CodeError
        `code` is not a dotted code.

    Examples
    --------
    >>> level_of("63.11"), level_of("63.11.04.2005")
    ('regency', 'village')
    """
    return _LENGTHS[len(as_code(code))]


def parent_of(code: str, level: str | None = None) -> str:
    """Return the code of the unit that holds `code`: the next one up, or the one at `level`.

    The parent of a province is the empty text.

    Raises
    ------
    CodeError
        `code` is not a dotted code, or `level` lies below it.

    Examples
    --------
    >>> parent_of("63.11.04.2005"), parent_of("63.11.04.2005", "province"), parent_of("63")
    ('63.11.04', '63', '')
    """
    own = level_of(code)
    if level is None:
        return code.rpartition(".")[0]
    length = _LENGTH_OF[require_level(level)]
    if length > len(code):
        raise CodeError(
            f"{code} is a {own}; it has no {level} above it.", hint="Ask for a level above.", value=code, candidates=()
        )
    return code[:length]


def as_code(value: object, level: str | None = None) -> str:
    """Return `value` if it is a dotted Kemendagri code as text (of `level`), else refuse it.

    Parameters
    ----------
    value : object
        Only text such as ``"62.10"`` passes. Numbers, undotted codes (``6210``: two code systems),
        cut codes (``62.1``) and codes with spaces never do, and are never mended silently.
    level : str, optional
        The level wanted, one of `LEVELS`.

    Raises
    ------
    CodeError
        ``.fields["candidates"]`` holds what may have been meant, most likely first; ``reason`` is
        one of empty, number, undotted, cut, spelling, level, text.

    Examples
    --------
    >>> as_code("62.10", "regency")
    '62.10'
    >>> as_code(62.10)
    Traceback (most recent call last):
    kkbgeo.errors.CodeError: 62.1 is a number (float), and a region code is text: as a number 62.10 loses its zero.
    What to do: Write "62.10".
    """
    if level is not None:
        require_level(level)
    if is_code(value):
        assert isinstance(value, str)
        if level is not None and _LENGTHS[len(value)] != level:
            raise _wrong_level(value, level)
        # A plain str, also when a subclass (NumPy's) came in: codes go into files and dict keys.
        return str(value)
    raise _refusal(value, level)


def dotted(digits: str) -> str:
    """Put the dots into an undotted *Kemendagri* code; the caller must know that it is one.

    Raises
    ------
    CodeError
        Not 2, 4, 6 or 10 digits.

    Examples
    --------
    >>> dotted("6210"), dotted("6210021012")
    ('62.10', '62.10.02.1012')
    """
    parts = [digits[:2], digits[2:4], digits[4:6], digits[6:]] if isinstance(digits, str) else []
    code = ".".join(part for part in parts if part)
    if not is_code(code):
        raise CodeError(
            f"{digits!r} is not an undotted Kemendagri code (2, 4, 6 or 10 digits).",
            hint="Look at the column it comes from.",
            value=digits,
            candidates=(),
        )
    return code


def _wrong_level(code: str, level: str) -> CodeError:
    own = _LENGTHS[len(code)]
    above = _LENGTH_OF[level] < len(code)
    return CodeError(
        f"{code} is the code of a {own}, and a {level} is wanted.",
        hint=f"Did you mean {code[: _LENGTH_OF[level]]}?" if above else f"A {level} looks like {EXAMPLES[level]}.",
        value=code,
        candidates=(code[: _LENGTH_OF[level]],) if above else (),
        reason="level",
    )


def _refusal(value: object, level: str | None) -> CodeError:
    reason, why, candidates = _diagnose(value)
    if level is not None:
        candidates = tuple(c for c in candidates if _LENGTHS[len(c)] == level) or candidates
    if reason == "undotted" and candidates:
        hint = f'If it is the Kemendagri code, write "{candidates[0]}"; if it is a BPS number, translate it first.'
    elif candidates:
        hint = "Write " + " or ".join(f'"{candidate}"' for candidate in candidates) + "."
    else:
        wanted = [level] if level else LEVELS
        hint = "A code is dotted text: " + ", ".join(f"{EXAMPLES[each]} ({each})" for each in wanted) + "."
    return CodeError(why, hint=hint, value=value, candidates=candidates, reason=reason)


def _diagnose(value: object) -> tuple[str, str, tuple[str, ...]]:
    """Tell why `value` is no code: a word for programs, a sentence, and what may have been meant."""
    if value is None or (isinstance(value, float) and math.isnan(value)) or str(value) in ("<NA>", "NaT"):
        return "empty", "The region code is missing (empty).", ()
    if isinstance(value, bool):
        return "text", f"{value!r} is not a region code.", ()
    if isinstance(value, Integral) or (isinstance(value, Real) and float(value).is_integer()):
        return _diagnose_digits(str(int(value)), f"{value} is a number ({_kind(value)}), and a region code is text")
    if isinstance(value, Real):
        zero = _restore_zero(str(value))[:1]  # 62.01 as a number stays 62.01, so only the end can be cut
        lost = f": as a number {zero[0]} loses its zero" if zero and zero[0] != str(value) else ""
        return "number", f"{value} is a number ({_kind(value)}), and a region code is text{lost}.", zero
    if not isinstance(value, str):
        return "text", f"{value!r} ({type(value).__name__}) is not a region code; a code is text.", ()
    return _diagnose_text(value)


def _diagnose_text(value: str) -> tuple[str, str, tuple[str, ...]]:
    bare = value.strip()
    if not bare:
        return "empty", "The region code is missing (empty).", ()
    if re.fullmatch(r"[0-9]+", bare):
        return _diagnose_digits(bare, f"{value!r} has no dots")
    if re.fullmatch(r"[0-9]+\.0", bare):
        return _diagnose_digits(bare[:-2], f"{value!r} is what is left of a code column that was read as numbers")
    mended = re.sub(r"[\s,/_-]+", ".", bare).strip(".")
    if is_code(mended):
        return "spelling", f"{value!r} is not written as a code: two digits, a dot, two digits …", (mended,)
    if re.fullmatch(r"[0-9.]+", mended):
        cut = _restore_zero(mended)
        if cut:
            return "cut", f"{value!r} is cut: a spreadsheet or a number format has dropped a zero.", cut
    return "text", f"{value!r} is not a region code.", ()


def _diagnose_digits(digits: str, what: str) -> tuple[str, str, tuple[str, ...]]:
    numbers = what.startswith(digits)
    if len(digits) == 2 and is_code(digits):
        return "number" if numbers else "undotted", f"{what}.", (digits,)
    if len(digits) == 7 and is_code(digits[:2]):
        why = f"{what}, and seven digits are a BPS district number, which is another code system."
        return "undotted", why, ()
    code = ".".join(part for part in (digits[:2], digits[2:4], digits[4:6], digits[6:]) if part)
    if not is_code(code):
        return "number" if numbers else "text", f"{what}, and has no length of a code.", ()
    why = f"{what}; without dots it may be a Kemendagri code or a BPS number, which often mean different places."
    return "undotted", why, (code,)


def _restore_zero(text: str) -> tuple[str, ...]:
    """Return the codes that lost a zero on the way to `text`: at the end first, then in front."""
    parts = text.split(".")
    last = len(parts) - 1
    width = 4 if last == 3 else 2
    short = parts[last]
    ended = ".".join([*parts[:last], short.ljust(width, "0")])
    fronted = ".".join([*parts[:last], short.rjust(width, "0")]) if last < 3 else ended
    return tuple(dict.fromkeys(code for code in (ended, fronted) if short and is_code(code)))


def _kind(value: object) -> str:
    return "float" if isinstance(value, Real) and not isinstance(value, Integral) else "int"
