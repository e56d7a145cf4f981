"""Who said it: the publishers and pages that the records come from, and how publishers rank.

The rule, used where two reports of one thing differ (the best rank is chosen, the others stay in
the table as superseded or conflicting):

1. a ministry or national agency in charge, or its data site (BKKBN, Kemenkes, Kemendagri's decrees,
   the Vice President's secretariat on stunting), and the survey office;
2. a provincial, regency or city government's own site;
3. the national news agency Antara and its regional sites; an export of the programme's portal that was never
   released as such;
4. other press, radio and television; a table of a ministry as a third party copied it;
5. blogs, bodies not in charge, copies by third parties, and publishers that cannot be told.

The rank says who speaks, not whether it is right: a doubted figure loses to an undoubted one. Where the figure that
most publishers give decides, the copies of one table (``copy_of``) count as one publisher.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pandas as pd

from kkbgeo import provenance
from kkbgeo.errors import RecordError
from kkbgeo.paths import data_root as find_data_root
from kkbgeo.records import imported

RANKS = {
    "ministry": 1,
    "national_government": 1,
    "survey_office": 1,
    "regional_government": 2,
    "news_agency": 3,
    "portal_export": 3,
    "press": 4,
    "transcription": 4,
    "blog": 5,
    "other": 5,
    "simulation": 5,  # made up; every page that holds such a record says so
}
COLUMNS = ("source_id", "publisher", "publisher_kind", "rank", "url", "document", "copy_of", "note")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def rank_of(publisher_kind: str) -> int:
    """Return the rank of a kind of publisher: 1 best, 5 last.

    Examples
    --------
    >>> rank_of("ministry"), rank_of("press")
    (1, 4)
    """
    return RANKS[publisher_kind]


def read_sources(data_root: str | os.PathLike | None = None) -> pd.DataFrame:
    """Read ``sources.csv``, and the source of each imported spreadsheet: one row per page or document.

    Returns
    -------
    DataFrame
        Index ``source_id``; columns publisher, publisher_kind (a key of `RANKS`), rank (int), url
        (may be empty), document (file or decree, may be empty), copy_of (the table that it copies; empty:
        it speaks for itself), note.

    Raises
    ------
    SourceError
        The file is not the one its source record describes.
    RecordError
        A wrong header, an id used twice, a kind or rank against the rule, a page without address
        and document, or one page under two ids.

    Examples
    --------
    >>> str(read_sources().loc["okegas-2024-berau", "publisher"])
    'Okegas'
    """
    root = find_data_root(data_root)
    path = root / "sources.csv"
    frame = _checked(provenance.read_csv(path), path)
    brought = [_checked(one.read("sources.csv"), one.path / "sources.csv") for one in imported.imports(root)]
    if brought:
        frame = pd.concat([frame, *brought], ignore_index=True)
    frame["rank"] = frame["rank"].astype(int)
    return frame.set_index("source_id")


def _checked(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    if "copy_of" not in frame:  # a file of an earlier release
        frame.insert(COLUMNS.index("copy_of"), "copy_of", "")
    if tuple(frame.columns) != COLUMNS:
        raise RecordError(
            f"{path.name} must have the columns {', '.join(COLUMNS)}.",
            hint="Mend its first line.",
            path=str(path),
            row=1,
            column="",
            value=", ".join(map(str, frame.columns)),
        )
    problems = _problems(frame)
    if problems:
        raise RecordError(
            f"{path.name} has {len(problems)} problem(s):\n" + "\n".join(text for *_, text in problems),
            hint=f"Mend the rows, then: kkbgeo data seal {path}",
            path=str(path),
            row=problems[0][0],
            column=problems[0][1],
            value=problems[0][2],
            problems=problems,
        )
    return frame


def _problems(frame: pd.DataFrame) -> list[tuple[int, str, str, str]]:
    found = []
    rows = frame.to_dict("records")
    ids = Counter(row["source_id"] for row in rows)
    pages = Counter((row["publisher"], row["url"], row["document"]) for row in rows)
    for place, row in enumerate(rows):
        wrong: list[tuple[str, str]] = []
        if not _SLUG.fullmatch(row["source_id"]):
            wrong.append(("source_id", "is not small letters, digits and hyphens"))
        if ids[row["source_id"]] > 1:
            wrong.append(("source_id", "stands in several rows"))
        if not row["publisher"].strip():
            wrong.append(("publisher", "must not be empty"))
        if row["publisher_kind"] not in RANKS:
            wrong.append(("publisher_kind", f"is not one of {', '.join(RANKS)}"))
        elif row["rank"] != str(RANKS[row["publisher_kind"]]):
            wrong.append(("rank", f"is not the rank of {row['publisher_kind']}: {RANKS[row['publisher_kind']]}"))
        if row["copy_of"] and not _SLUG.fullmatch(row["copy_of"]):
            wrong.append(("copy_of", "is not small letters, digits and hyphens"))
        if row["url"] and not re.fullmatch(r"https?://\S+", row["url"]):
            wrong.append(("url", "is no web address"))
        if not (row["url"] or row["document"] or row["note"]):
            wrong.append(("url", "is empty, and neither document nor note says where it can be found"))
        if pages[row["publisher"], row["url"], row["document"]] > 1:
            wrong.append(("url", "the same page stands under two ids"))
        found += [
            (place + 2, column, row[column], f'row {place + 2}, column {column}, value "{row[column]}": {why}')
            for column, why in wrong
        ]
    return found
