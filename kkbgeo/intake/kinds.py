"""The kinds of spreadsheet that come in, their fields, and the words offices use for them (``words.toml``)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kkbgeo import language
from kkbgeo.errors import ParameterError
from kkbgeo.records.intervals import ERRORS

PLACES = ("province", "regency", "district", "village")
#: Headings behind the fields of a row that was left out of an import: where it came from, and what was wrong.
ORIGIN = ("lembar asal", "baris asal", "masalah", "problem")
CLASS_FIELDS = ("dasar", "berkembang", "mandiri", "berkelanjutan", "paripurna")


@dataclass(frozen=True)
class Kind:
    """One kind of spreadsheet.

    Attributes
    ----------
    name : str
        As given with ``--kind``.
    fields : tuple of str
        What its columns may be, in the order of the template.
    needed : tuple of tuple of str
        Of each group one field must be there.
    numbers : tuple of str
        Fields with figures; totals are checked over them.
    """

    name: str
    fields: tuple[str, ...]
    needed: tuple[tuple[str, ...], ...]
    numbers: tuple[str, ...] = ()


_WHERE = ("code", "place", *PLACES)
_WHEN = ("as_of", "note")
KINDS = {
    one.name: one
    for one in (
        Kind(
            "kampung",
            (*_WHERE, "kampung", "kind", "hamlet", "class", *CLASS_FIELDS, "status", *_WHEN),
            (("village", "kampung", "code", "place"),),
        ),
        Kind(
            "counts",
            (*_WHERE, "total", *CLASS_FIELDS, "count_kind", *_WHEN),
            ((*PLACES, "code", "place"), ("total", *CLASS_FIELDS)),
            ("total", *CLASS_FIELDS),
        ),
        Kind(
            "aid",
            (*_WHERE, "aid_type", "beneficiaries", "unit", "for_whom", "status", *_WHEN),
            ((*PLACES, "code", "place"), ("aid_type",)),
            ("beneficiaries",),
        ),
        Kind(
            "observations",
            (*_WHERE, "indicator", "value", *ERRORS, "interval", "unit", "semester", *_WHEN),
            ((*PLACES, "code", "place"), ("indicator",), ("value",)),
        ),
    )
}


def kind_of(name: str) -> Kind:
    """Return a kind by name.

    Raises
    ------
    ParameterError
        There is none of that name.

    Examples
    --------
    >>> kind_of("aid").numbers
    ('beneficiaries',)
    """
    if name not in KINDS:
        raise ParameterError(f"There is no kind {name!r}.", hint=f"Kinds: {', '.join(KINDS)}", value=name)
    return KINDS[name]


@cache
def words() -> dict[str, Any]:
    """Return ``words.toml``."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


def key(text: str) -> str:
    """Return a heading or word as it is compared: small letters and digits, single spaces, no signs but ``%``.

    Examples
    --------
    >>> key("  Desa/Kel. "), key("RT / RW"), key("Km²")
    ('desa kel', 'rt rw', 'km²')
    """
    return " ".join(re.sub(r"[^\w%#]|_", " ", text.casefold()).split())


def word(table: str, text: str) -> str:
    """Return what a word of an office means in a word table; "" when it is not known there.

    Examples
    --------
    >>> word("class", "Paripurna"), word("unit", "KK"), word("aid_type", "Dapur Sehat"), word("class", "emas")
    ('paripurna', 'families', 'dashat', '')
    """
    return _meanings(table).get(key(text), "")


@cache
def _meanings(table: str) -> dict[str, str]:
    found = {key(said): meaning for meaning, known in words()["word"][table].items() for said in (meaning, *known)}
    return {**found, **{key(text): meaning for meaning, text in _shown(table).items()}}


def _shown(table: str) -> dict[str, str]:
    return {
        meaning: language.text(f"intake.word.{table}.{meaning}", tongue)
        for meaning in words()["word"][table]
        for tongue in language.LANGUAGES
        if f"intake.word.{table}.{meaning}" in language.catalogue()
    }


def options(table: str, tongue: str = "id") -> dict[str, str]:
    """Return the words of a table that a person can choose from: meaning -> word."""
    known = language.catalogue()
    return {
        meaning: known[f"intake.word.{table}.{meaning}"][tongue]
        for meaning in words()["word"][table]
        if f"intake.word.{table}.{meaning}" in known
    }


def field_name(name: str, tongue: str = "id") -> str:
    """Return the heading of a field, as the template writes it.

    Examples
    --------
    >>> field_name("village"), field_name("village", "en")
    ('Desa/Kelurahan', 'Village')
    """
    return language.text(f"intake.field.{name}", tongue)


@cache
def headings(kind: str) -> dict[str, str]:
    """Return what each known heading means in a kind of table: heading (as `key`) -> field."""
    one = kind_of(kind)
    found: dict[str, str] = {}
    special = words().get("heading_of", {}).get(kind, {})
    for name in one.fields:
        own = [field_name(name, tongue) for tongue in language.LANGUAGES]
        for said in (*special.get(name, ()), name, *own):
            found[key(said)] = name
    for name in one.fields:
        for said in words()["heading"].get(name, ()):
            found.setdefault(key(said), name)
    return found


def passed_over(label: str) -> bool:
    """Tell whether a heading is one that says nothing, such as ``No.``"""
    return label in words()["passed"]["words"]


def starts_with(table: str, text: str) -> bool:
    """Tell whether a row begins with one of the words of ``[row]``: total, mean, foot or example."""
    said = key(text)
    return any(said == one or said.startswith(f"{one} ") for one in words()["row"][table])
