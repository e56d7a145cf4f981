"""A whole table of printed places at once: each different place is looked up once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from kkbgeo.errors import RecordError
from kkbgeo.language import words
from kkbgeo.regions.codes import LEVELS
from kkbgeo.regions.place import Place

if TYPE_CHECKING:
    import pandas as pd

PARTS = (*LEVELS, "kind")
#: What is added to a table.
ADDED = ("code", "level", "verdict", "score", "candidates", "reason")
_ISO = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def resolve_table(
    resolve: Callable[..., Place], frame: pd.DataFrame, *, as_of: str = "", language: str = "en"
) -> pd.DataFrame:
    """Return `frame` with its places looked up: same rows, same order, same index.

    Parameters
    ----------
    resolve : callable
        Looks up one place: `kkbgeo.regions.names.Resolver.resolve`.
    frame : DataFrame
        Any of the columns ``province regency district village kind`` (at least one of the first
        four); empty cells may be "", None or NaN. A column ``as_of`` with ISO dates gives each row its
        own date.
    as_of : str
        Date of rows that have none of their own.
    language : str
        Language of the reasons: en, or id (Bahasa Indonesia).

    Returns
    -------
    DataFrame
        With ``code`` (the deepest unit that is certain) and its ``level``, ``verdict``, ``score``
        (0 … 100), ``candidates`` (codes, parted by "; ") and ``reason``. A column that had one of these names is
        kept as ``<name>_given``.

    Raises
    ------
    RecordError
        No column names a place.

    Examples
    --------
    >>> import pandas as pd
    >>> from kkbgeo.regions.names import load
    >>> rows = pd.DataFrame({"regency": ["Kab. Balangan", "Balangan"], "village": ["Pudak", "Pudok"]})
    >>> resolve_table(load().resolve, rows)[["code", "level", "verdict"]].to_numpy().tolist()
    [['63.11.03.2008', 'village', 'normalised'], ['63.11', 'regency', 'fuzzy']]
    """
    import pandas as pd

    places, row_of = unique_places(resolve, frame, as_of)
    values = {
        "code": [place.code for place in places],
        "level": [place.level for place in places],
        "verdict": [place.verdict for place in places],
        "score": [place.score for place in places],
        "candidates": ["; ".join(place.candidates) for place in places],
        "reason": [words(place.reason, language) for place in places],
    }
    out = frame.rename(columns={name: f"{name}_given" for name in ADDED if name in frame.columns})
    for name in ADDED:
        column = pd.Series(values[name], dtype="float64" if name == "score" else "str")
        out[name] = column.take(row_of).to_numpy() if len(frame) else column.to_numpy()
    return out


def unique_places(resolve: Callable[..., Place], frame: pd.DataFrame, as_of: str = "") -> tuple[list[Place], list[int]]:
    """Look up each different place of a table once; return the places, and which one each row has."""
    given = [name for name in PARTS if name in frame.columns]
    if not set(given) & set(LEVELS):
        raise RecordError(
            f"No column names a place; the columns are: {', '.join(map(str, frame.columns))}.",
            hint=f"At least one of {', '.join(LEVELS)} is needed.",
            columns=tuple(map(str, frame.columns)),
        )
    columns = [_text(frame[name]) if name in given else [""] * len(frame) for name in PARTS]
    columns.append(_text(frame["as_of"]) if "as_of" in frame.columns else [""] * len(frame))
    number: dict[tuple[str, ...], int] = {}
    row_of = [number.setdefault(key, len(number)) for key in zip(*columns, strict=True)]
    return [_one(resolve, key, as_of) for key in number], row_of


def _one(resolve: Callable[..., Place], key: tuple[str, ...], as_of: str) -> Place:
    *names, kind, own = key
    date = own if _ISO.fullmatch(own) else as_of
    return resolve(*names, kind=kind, as_of=date)


def _text(column: pd.Series) -> list[str]:
    """Return a column as plain text; what is missing is ""."""
    return ["" if missing else str(value).strip() for value, missing in zip(column, column.isna(), strict=True)]
