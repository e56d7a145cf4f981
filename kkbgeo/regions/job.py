"""One spreadsheet's places, from file to file: what ``kkbgeo resolve`` does."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kkbgeo.language import text
from kkbgeo.regions import files, printed, review
from kkbgeo.regions.codes import LEVELS
from kkbgeo.regions.decisions import learned_path
from kkbgeo.regions.names import VERDICTS, Place, Resolver, load
from kkbgeo.regions.table import ADDED, PARTS, unique_places

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Report:
    """What became of the rows of a table.

    Attributes
    ----------
    rows, taken, above : int
        Rows in all; rows whose deepest printed name was found; rows coded to a unit above it.
    verdicts : dict
        Rows by verdict.
    questions : int
        Printed names that a person has to decide.
    shared : dict
        Village -> the different printed names that led to it, where there are several.
    """

    rows: int
    taken: int
    above: int
    verdicts: dict[str, int]
    questions: int
    shared: dict[str, list[str]] = field(default_factory=dict)

    @property
    def none(self) -> int:
        """Rows left without any code."""
        return self.rows - self.taken - self.above

    def lines(self, language: str = "id") -> list[str]:
        """Return the report in words, counts first."""
        counts = ", ".join(f"{verdict} {count}" for verdict, count in self.verdicts.items())
        values = {"rows": self.rows, "taken": self.taken, "above": self.above, "none": self.none,
                  "questions": self.questions}  # fmt: skip
        told = [
            text("places.summary", language, **values),
            text("places.verdicts", language, counts=counts),
        ]
        if self.shared:
            told.append(text("places.shared", language, count=len(self.shared)))
            told += [f"  {code}: {'; '.join(names)}" for code, names in list(self.shared.items())[:10]]
        return told


def resolve_file(
    path: str | os.PathLike,
    out: str | os.PathLike,
    *,
    review_file: str | os.PathLike | None = None,
    decisions: str | os.PathLike | None = None,
    as_of: str = "",
    data_root: str | os.PathLike | None = None,
    language: str = "id",
) -> Report:
    """Look up every row of a table and write it with the columns of `table.ADDED`; same rows, same order.

    Parameters
    ----------
    path, out : path
        Table in (see `files.read_table`), CSV out.
    review_file : path, optional
        Where to write what a person has to decide.
    decisions : path, optional
        Decisions learned before; else those of the data folder.
    as_of : str
        Date of the table (ISO), for rows without their own.
    data_root : path, optional
        The data folder.
    language : str
        Language of the reasons in both files.

    Raises
    ------
    RecordError
        The file is no table, or no column names a place.
    """
    frame = files.read_table(path)
    columns = files.place_columns(list(frame.columns))
    view = frame.rename(columns={heading: part for part, heading in columns.items()})
    view = view[[name for name in (*PARTS, "as_of") if name in view.columns]]
    resolver = load(data_root, decisions=decisions)
    found = resolver.resolve_table(view, as_of=as_of, language=language)
    result = frame.rename(columns={name: f"{name}_given" for name in ADDED if name in frame.columns})
    for name in ADDED:
        result[name] = found[name]
    questions = review.review_rows(resolver, view, as_of=as_of, language=language)
    places, row_of = unique_places(resolver.resolve, view, as_of)
    files.write_table(result, out)
    if review_file:
        files.write_table(questions, review_file)
    rows = [places[number] for number in row_of]
    counts = {verdict: sum(place.verdict == verdict for place in rows) for verdict in VERDICTS}
    return Report(
        rows=len(rows),
        taken=sum(place.taken for place in rows),
        above=sum(bool(place.code) and not place.taken for place in rows),
        verdicts={verdict: count for verdict, count in counts.items() if count},
        questions=len(questions),
        shared=_shared(resolver, view, rows),
    )


def learn_file(
    path: str | os.PathLike,
    *,
    decisions: str | os.PathLike | None = None,
    data_root: str | os.PathLike | None = None,
    language: str = "id",
) -> list[str]:
    """Remember a filled review file; return what happened, in words. See `review.learn`."""
    target = Path(decisions) if decisions else learned_path(data_root)
    done = review.learn(path, target, data_root=data_root, language=language)
    counts = {"added": len(done.added), "known": len(done.known), "empty": done.empty, "path": target}
    told = [text("places.learned", language, **counts)]
    if done.findings:
        told.append(text("places.findings", language, count=len(done.findings)))
        told += [f"  {finding.kind}: {finding.message}" for finding in done.findings]
    return told


def _shared(resolver: Resolver, view: pd.DataFrame, places: list[Place]) -> dict[str, list[str]]:
    """Return villages that really different printed names led to: perhaps one of them is another village."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    levels = [level for level in LEVELS if level in view.columns]
    for names, place in zip(view[levels].itertuples(index=False, name=None), places, strict=True):
        if place.taken and place.level == "village":
            bare = printed.read("village", names[-1]).forms[-1][0]
            found[place.code].setdefault(resolver.index.spell(bare).plain, " / ".join(filter(None, names)))
    return {code: list(names.values()) for code, names in sorted(found.items()) if len(names) > 1}
