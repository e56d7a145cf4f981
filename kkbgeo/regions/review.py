"""What a person has to decide: written to a file, read back, remembered.

A review file has one row per printed name that was not told, not one per row of the table: a district
misspelt in fifty rows is decided once, and the decision carries its villages.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kkbgeo.errors import RecordError
from kkbgeo.language import words
from kkbgeo.regions import files
from kkbgeo.regions.codes import LEVELS
from kkbgeo.regions.decisions import Decision, Names, add_decisions
from kkbgeo.regions.excel import mend_code
from kkbgeo.regions.names import Resolver, load
from kkbgeo.regions.recheck import Finding, check_decisions
from kkbgeo.regions.table import unique_places

if TYPE_CHECKING:
    import pandas as pd

#: The first four and `code`, `why` are read back; the rest is for the person.
COLUMNS = (*LEVELS, "rows", "verdict", "score", "reason", "candidates", "code", "why")
#: Written in the column `code` where the printed name is no place of the gazetteer.
NO_PLACE = "-"


@dataclass(frozen=True)
class Learned:
    """What became of a review file: names added, names known before, rows left empty, what a check found."""

    added: list[Names]
    known: list[Names]
    empty: int
    findings: list[Finding]


def review_rows(resolver: Resolver, frame: pd.DataFrame, *, as_of: str = "", language: str = "en") -> pd.DataFrame:
    """Return what a person has to decide: one row per printed name not told, the most frequent first.

    Returns
    -------
    DataFrame
        The printed names down to the one that was not found, ``rows`` of the table that wait for it,
        verdict, score, reason, ``candidates`` (code, name and the unit above), and ``code`` and ``why`` to fill
        in. Printed names with a reviewed decision, even one for no place, are not asked again.
    """
    import pandas as pd

    from kkbgeo.regions.explain import told

    places, row_of = unique_places(resolver.resolve, frame, as_of)
    counts = pd.Series(row_of, dtype="int64").value_counts()
    first = {number: row for row, number in reversed(list(enumerate(row_of)))}
    waiting: dict[tuple[str, ...], dict[str, object]] = {}
    for number, place in enumerate(places):
        if place.taken or place.verdict == "alias" or not place.printed:
            continue
        row = frame.iloc[first[number]]
        depth = LEVELS.index(place.missed or place.printed)
        cells = [row.get(level, "") for level in LEVELS[: depth + 1]]
        names = tuple("" if pd.isna(cell) else str(cell).strip() for cell in cells) + ("",) * (3 - depth)
        entry = waiting.setdefault(
            names,
            {
                **dict(zip(LEVELS, names, strict=True)),
                "rows": 0,
                "verdict": place.verdict,
                "score": place.score,
                "reason": words(place.reason, language),
                "candidates": " | ".join(told(resolver.gazetteer, code) for code in place.candidates[:5]),
                "code": "",
                "why": "",
            },
        )
        entry["rows"] += int(counts[number])
    ordered = sorted(waiting.values(), key=lambda entry: (-entry["rows"], [entry[level] for level in LEVELS]))
    return pd.DataFrame(ordered, columns=list(COLUMNS))


def learn(
    review: str | os.PathLike,
    decisions: str | os.PathLike,
    *,
    data_root: str | os.PathLike | None = None,
    language: str = "en",
) -> Learned:
    """Remember what a person filled into a review file: all rows or none.

    Parameters
    ----------
    review : path
        As written by ``kkbgeo resolve --review``, with codes (or ``-`` for no place) filled in; rows
        without a code are left for later.
    decisions : path
        The file that remembers; made when missing.
    data_root : path, optional
        The data folder.
    language : str
        Language of what is said about wrong codes.

    Raises
    ------
    RecordError
        Not a review file, or codes that are wrong; the message lists every wrong row.
    CodeError
        A printed name that was decided otherwise before.
    """
    frame, review = files.read_table(review), Path(review)
    missing = [name for name in (*LEVELS, "code") if name not in frame.columns]
    if missing:
        raise RecordError(
            f"{review.name} is no review file: it has no column {', '.join(missing)}.",
            hint="Write one with: kkbgeo resolve FILE --out OUT.csv --review REVIEW.csv",
            path=str(review),
        )
    resolver = load(data_root, decisions=decisions)
    gazetteer, new, wrong, empty = resolver.gazetteer, {}, {}, 0
    for number, row in enumerate(frame.to_dict("records"), start=2):
        given, names = _bare(row["code"]), tuple(row[level].strip() for level in LEVELS)
        if not given:
            empty += 1
            continue
        why = row.get("why", "").strip() or f"chosen in the review {review.name}"
        if given == NO_PLACE:
            decision = Decision("", why)
        else:
            mended = mend_code(given, system="kemendagri", gazetteer=gazetteer)
            if mended.code is None:
                wrong[number] = words(mended.reason, language)
                continue
            decision = Decision(str(mended.code), why)
        if new.setdefault(names, decision).code != decision.code:
            wrong[number] = f"{' / '.join(filter(None, names))} has two answers in this file"
    if wrong:
        raise RecordError(
            f"{review.name}: {len(wrong)} of {len(frame)} rows are wrong, nothing was remembered.\n"
            + "\n".join(f"row {number}: {why}" for number, why in wrong.items()),
            hint="Take codes from the column candidates, as text; - stands for no place.",
            path=str(review),
            rows=tuple(wrong),
        )
    added, known = add_decisions(new, decisions, gazetteer)
    return Learned(added, known, empty, check_decisions(load(data_root, decisions=decisions)))


def _bare(given: str) -> str:
    """Return the code of an answer, also of a candidate pasted as it is shown: "63.11.06.1023 (Paringin Kota, …)"."""
    shown = re.fullmatch(r"\s*([\d.]+)\s*\(.*\)\s*", given)
    return shown[1] if shown else given.strip()
