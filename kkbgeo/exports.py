"""Cells that leave the house: text that a spreadsheet would run as a formula is made plain text first."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from kkbgeo.io import atomic

#: Signs at which Excel and LibreOffice start to calculate, their full-width twins, and white space before them.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BELOW_ZERO = re.compile(r"-([0-9]+([.,][0-9]+)*%?)?")
_MARK = "'"


def neutral(value: object) -> object:
    """Return a cell for an export: text that begins like a formula gets an apostrophe in front.

    Numbers, dates and empty cells are returned as they are; only text can be taken for a formula. A figure below
    zero and a lone dash are none, also as text: a longitude must not become a word.

    Examples
    --------
    >>> neutral("=HYPERLINK(1)"), neutral("-1+1"), neutral("+62"), neutral("-5,2"), neutral(-5), neutral("Tua' Abang")
    ("'=HYPERLINK(1)", "'-1+1", "'+62", '-5,2', -5, "Tua' Abang")
    """
    if isinstance(value, str) and _BELOW_ZERO.fullmatch(value):
        return value
    if isinstance(value, str) and (value.startswith(_STARTS) or value.lstrip().startswith(_STARTS)):
        return _MARK + value
    return value


def restored(value: object) -> object:
    """Return what `neutral` was given, for reading one's own exports again.

    Examples
    --------
    >>> restored("'=HYPERLINK(1)"), restored("'Adil"), restored(5)
    ('=HYPERLINK(1)', "'Adil", 5)
    """
    if isinstance(value, str) and value.startswith(_MARK) and neutral(value[1:]) == value:
        return value[1:]
    return value


def write_csv(path: str | os.PathLike, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    """Write a table for people: UTF-8 with the mark that Excel needs to know it, every cell `neutral`."""
    path = Path(path)
    with atomic(path) as draft, draft.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([neutral(cell) for cell in header])
        writer.writerows([neutral(cell) for cell in row] for row in rows)
    return path
