"""Words, numbers and dates in Bahasa Indonesia (``id``, what officials read) and English (``en``)."""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cache, lru_cache

from kkbgeo.errors import KkbgeoError, ParameterError
from kkbgeo.paths import PACKAGE

LANGUAGES = ("id", "en")


def other_language(language: str) -> str:
    """Return the language of the second text on a page.

    Examples
    --------
    >>> other_language("id"), other_language("en")
    ('en', 'id')
    """
    return "en" if require_language(language) == "id" else "id"


def require_language(language: str) -> str:
    """Return `language` if it is one we speak, else raise `ParameterError`."""
    if language not in LANGUAGES:
        raise ParameterError(
            f"Unknown language {language!r}.", hint=f"Use one of: {', '.join(LANGUAGES)}", value=language
        )
    return language


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Return every message by dotted key, each with its text per language.

    The texts live in ``kkbgeo/messages/*.toml``; a table ``[a.b]`` of the file ``maps.toml`` with
    ``id`` and ``en`` is the message ``maps.a.b``.
    """
    found: dict[str, dict[str, str]] = {}
    for path in sorted((PACKAGE / "messages").glob("*.toml")):
        _collect(tomllib.loads(path.read_text(encoding="utf-8")), path.stem, found)
    return found


def _collect(node: dict, prefix: str, found: dict) -> None:
    if all(isinstance(value, str) for value in node.values()):
        found[prefix] = node
        return
    for key, value in node.items():
        _collect(value, f"{prefix}.{key}", found)


def text(key: str, language: str = "id", **values: object) -> str:
    """Return the message `key` in `language`, with `values` put in (``str.format`` fields).

    A field such as ``{count:village|villages}`` is the noun that goes with that number (a whole number, or what
    `number` gives), by the plural rules of the language (its forms in the order of the rules: English one and other).

    Raises
    ------
    KkbgeoError
        No such key, or no text of it in that language: a missing text is a defect, never a blank.

    Examples
    --------
    >>> text("maps.page.show_rows", "en", count=1), text("maps.page.show_rows", "en", count=number(1200, "en"))
    ('Show the table (1 row)', 'Show the table (1,200 rows)')
    """
    try:
        return catalogue()[key][language].format(**{name: _spoken(one, language) for name, one in values.items()})
    except KeyError as missing:
        raise KkbgeoError(f"No text {key!r} in {language!r} (missing {missing}).") from None
    except ValueError as wrong:
        raise KkbgeoError(f"Text {key!r} in {language!r} cannot be filled in: {wrong}.") from wrong


class Numeral(str):
    """A number as written, which still knows its value: the noun beside it is chosen by that."""

    value: float
    language: str

    def __new__(cls, written: str, value: float, language: str) -> Numeral:
        made = super().__new__(cls, written)
        made.value, made.language = value, language
        return made

    def __format__(self, wanted: str) -> str:
        if "|" not in wanted:
            return str.__format__(self, wanted)
        forms, rules = wanted.split("|"), _plural_rules(self.language)
        if len(forms) != len(rules):
            raise ValueError(f"{len(forms)} forms of a noun, {len(rules)} needed")
        return forms[rules[_plural_of(self.language)(self.value)]]


@cache
def _plural_of(language: str):
    from babel import Locale

    return Locale.parse(language).plural_form


@cache
def _plural_rules(language: str) -> dict[str, int]:
    order = ("zero", "one", "two", "few", "many", "other")
    tags = {"other", *_plural_of(language).rules}
    return {tag: place for place, tag in enumerate(one for one in order if one in tags)}


def _spoken(value: object, language: str) -> object:
    return Numeral(str(value), value, language) if isinstance(value, int) and not isinstance(value, bool) else value


@lru_cache(maxsize=50_000)
def number(value: float, language: str = "id", decimals: int = 0) -> Numeral:
    """Format `value` with the separators of `language`.

    Examples
    --------
    >>> number(1234.5, "id", 1), number(1234.5, "en", 1)
    ('1.234,5', '1,234.5')
    """
    from babel.numbers import format_decimal

    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return Numeral(format_decimal(value, format=pattern, locale=language), value, language)


def percent(written: str, language: str = "id") -> str:
    """Put the sign for per cent behind a number as written: the one rule of how each language writes it.

    Examples
    --------
    >>> percent("12,6", "id"), percent("12.6", "en")
    ('12,6 %', '12.6%')
    """
    return f"{written}{percent_sign(language)}"


def percent_sign(language: str, space: str = " ") -> str:
    """Return the sign for per cent, with the space that Indonesian puts before it (on a map one that holds)."""
    return f"{space}%" if language == "id" else "%"


@lru_cache(maxsize=5_000)
def date(value: str, language: str = "id") -> str:
    """Format a date of any precision: ``2025``, ``2025-07`` or ``2025-07-31``; empty stays a word.

    Examples
    --------
    >>> date("2025-11-12"), date("2016-12", "en"), date("2021")
    ('12 November 2025', 'December 2016', '2021')
    """
    from babel.dates import format_date

    parts = [int(part) for part in value.split("-")] if value else []
    if not parts:
        return text("common.undated", language)
    if len(parts) == 1:
        return str(parts[0])
    if len(parts) == 2:
        return format_date(dt.date(parts[0], parts[1], 1), format="MMMM y", locale=language)
    return format_date(dt.date(*parts), format="d MMMM y", locale=language)
