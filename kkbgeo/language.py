"""Words, numbers and dates in Bahasa Indonesia (``id``, what officials read) and English (``en``)."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

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
    return f"{written}{percent_sign(' ', language)}"


def percent_sign(space: str, language: str) -> str:
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


# --- lazy text: made once, in words when it is written out ----------------------------------------------------------


class Spoken:
    """Text that is not yet in a language: a function whose last argument is the language, and the arguments before it.

    It becomes words by `words`, once for each language of a page. ``str`` of it is in Bahasa Indonesia, the first
    language; to format it into another text is refused, since that would fix the language: use `phrase` or `joined`.

    Parameters
    ----------
    function : callable
        Takes `args` and, as the last one, a language; returns text.
    *args
        What it is called with; those that are lazy themselves are in words by then.

    Examples
    --------
    >>> when = Spoken(date, "2016-12")
    >>> str(when), words(when, "en")
    ('Desember 2016', 'December 2016')
    """

    __slots__ = ("args", "function")

    def __init__(self, function: Callable[..., str], *args: object) -> None:
        self.function, self.args = function, args

    def to(self, language: str) -> str:
        """Return it in words."""
        return self.function(*(words(one, language) for one in self.args), language)

    def __str__(self) -> str:
        return self.to("id")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Spoken) and (self.function, self.args) == (other.function, other.args)

    def __hash__(self) -> int:
        return hash((self.function, *(str(one) for one in self.args)))

    def __add__(self, other: object) -> Spoken:
        return phrase("{}{}", self, other)

    def __radd__(self, other: object) -> Spoken:
        return phrase("{}{}", other, self)

    def __format__(self, _: str) -> str:
        raise TypeError(f"{self!r} is in no language yet: use phrase(...) or words(..., language)")

    def __html__(self) -> str:
        raise TypeError(f"{self!r} is in no language yet: use words(..., language)")


class Text(Spoken):
    """The message `key` of the catalogue with its `values`, lazy: in words when it is written out (`words`).

    Examples
    --------
    >>> shown = Text("maps.page.show_rows", count=Number(1200))
    >>> words(shown, "id"), words(shown, "en")
    ('Tampilkan tabel (1.200 baris)', 'Show the table (1,200 rows)')
    """

    __slots__ = ("key", "values")

    def __init__(self, key: str, **values: object) -> None:
        self.key, self.values = key, values
        super().__init__(_message, key, values)


class Number(Spoken):
    """A number, lazy: written with the separators of each language.

    Examples
    --------
    >>> words(Number(1234.5, 1), "id"), words(Number(1234.5, 1), "en")
    ('1.234,5', '1,234.5')
    """

    __slots__ = ("decimals", "value")

    def __init__(self, value: float, decimals: int = 0) -> None:
        self.value, self.decimals = value, decimals
        super().__init__(_written, value, decimals)


class Words(Spoken):
    """Text that is told in both languages where it stands, as in a notebook of one's own.

    Examples
    --------
    >>> words(Words({"id": "Posyandu", "en": "Health posts"}), "en")
    'Health posts'
    """

    __slots__ = ()

    def __init__(self, texts: Mapping[str, str]) -> None:
        if missing := [one for one in LANGUAGES if one not in texts]:
            raise ParameterError(f"A text is missing in {missing[0]!r}.", hint='Words({"id": "…", "en": "…"})')
        super().__init__(_told_in, tuple(texts[one] for one in LANGUAGES))


def words(thing: Any, language: str) -> Any:
    """Return text in `language`; tuples, lists, mappings, tables and what has a method ``to(language)`` part by part.

    What is no text stays as it is.

    Examples
    --------
    >>> words([Text("maps.state.not_reported"), "63.11"], "en")
    ['Not reported', '63.11']
    """
    if isinstance(thing, str):
        return thing
    if hasattr(thing, "to"):
        return thing.to(language)
    if isinstance(thing, (tuple, list)):
        return type(thing)(words(one, language) for one in thing)
    if isinstance(thing, dict):
        return {words(key, language): words(one, language) for key, one in thing.items()}
    if hasattr(thing, "columns"):  # a table of pandas
        return thing.map(words, language=language).set_axis([words(one, language) for one in thing.columns], axis=1)
    return thing


def phrase(form: str | Spoken, *parts: object) -> Any:
    """Return `form` with `parts` put in (``str.format``): lazy, unless all of it is plain.

    Examples
    --------
    >>> words(phrase("{} ({})", Number(1200), "kampung"), "en"), phrase("{}–{}", 1, 2)
    ('1,200 (kampung)', '1–2')
    >>> words(phrase(Words({"id": "{} keluarga", "en": "{0} {0:family|families}"}), Number(1200)), "en")
    '1,200 families'
    """
    made = Spoken(_formatted, form, parts)
    return made if _lazy((form, *parts)) else made.to("id")


def joined(separator: str | Spoken, parts: Iterable[object], *, once: bool = False) -> Any:
    """Return `parts` with `separator` between them: lazy, unless every part is plain.

    Parameters
    ----------
    once : bool
        Whether parts that read the same are written once.

    Examples
    --------
    >>> words(joined("; ", [Number(1200), "63.11"]), "id"), joined(", ", ["a", "b"])
    ('1.200; 63.11', 'a, b')
    """
    parts = tuple(parts)
    made = Spoken(_joined, separator, parts, once)
    return made if _lazy((separator, *parts)) else made.to("id")


def _lazy(parts: Iterable[object]) -> bool:
    return any(hasattr(one, "to") for one in parts)


def _message(key: str, values: dict[str, object], language: str) -> str:
    return text(key, language, **values)


def _written(value: float, decimals: int, language: str) -> Numeral:
    return number(value, language, decimals)


def _told_in(texts: tuple[str, ...], language: str) -> str:
    return texts[LANGUAGES.index(language)]


def _formatted(form: str, parts: tuple, language: str) -> str:  # noqa: ARG001
    return form.format(*parts)


def _joined(separator: str, parts: tuple, once: bool, language: str) -> str:  # noqa: ARG001
    return separator.join(dict.fromkeys(map(str, parts)) if once else map(str, parts))
