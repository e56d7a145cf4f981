"""Texts of a report on boundaries: lazy, so that the same report is told in either language (and stored in English)."""

from __future__ import annotations

from kkbgeo.language import Spoken, Text, Words, joined, number, text


def said(key: str, **values: object) -> Text:
    """Return the message ``boundaries.said.<key>``; a list among its values is joined with commas.

    Examples
    --------
    >>> from kkbgeo.language import words
    >>> told = said("found_by", how=said("how_name"), count="2")
    >>> words(told, "en"), words(told, "id")
    ('name: 2', 'nama: 2')
    """
    listed = {name: joined(", ", one) if isinstance(one, list | tuple) else one for name, one in values.items()}
    return Text(f"boundaries.said.{key}", **listed)


def level_word(level: str) -> Words:
    """Return a level's name: in English its id.

    Examples
    --------
    >>> str(level_word("village"))
    'desa/kelurahan'
    """
    return Words({"id": text(f"places.level.{level}", "id"), "en": level})


def signed(value: float, decimals: int) -> Spoken:
    """Return a number with its sign.

    Examples
    --------
    >>> from kkbgeo.language import words
    >>> words([signed(-1.25, 2), signed(1.25, 1)], "id")
    ['-1,25', '+1,2']
    """
    return Spoken(_signed, value, decimals)


def _signed(value: float, decimals: int, language: str) -> str:
    return ("+" if value >= 0 else "") + number(value, language, decimals)
