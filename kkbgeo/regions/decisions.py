"""What people decided about printed places: ``reference/place_decisions.csv``, read and added to."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from kkbgeo import provenance
from kkbgeo.errors import CodeError
from kkbgeo.paths import data_root as find_data_root
from kkbgeo.regions.codes import is_code
from kkbgeo.regions.gazetteer import Gazetteer
from kkbgeo.regions.spelling import normalise

DECISION_COLUMNS = ("province", "regency", "district", "village", "code", "reason")

Names = tuple[str, str, str, str]


@dataclass(frozen=True)
class Decision:
    """A reviewed answer for one printed place: ``code`` (may be "" or above the level printed) and why."""

    code: str
    reason: str


def key_of(names: Iterable[str]) -> Names:
    """Return the four names as decisions compare them: without case, accents, spaces and signs."""
    return tuple(normalise(name) for name in names)  # type: ignore[return-value]


def decisions_path(data_root: str | os.PathLike | None = None) -> Path:
    """Return where the decisions of a data folder lie."""
    return find_data_root(data_root) / "reference" / "place_decisions.csv"


def learned_path(data_root: str | os.PathLike | None = None) -> Path:
    """Return where decisions learned from reviews of spreadsheets lie: beside those of the project's records.

    They are two files, because a decision that no *record* needs is an error, and spreadsheets come and go.
    """
    return find_data_root(data_root) / "reference" / "learned_places.csv"


def merged(first: Mapping[Names, Decision], second: Mapping[Names, Decision], path: Path) -> dict[Names, Decision]:
    """Return both sets of decisions as one.

    Raises
    ------
    CodeError
        One printed name is decided differently in the two.
    """
    codes = {key_of(names): decision.code for names, decision in first.items()}
    for names, decision in second.items():
        before = codes.get(key_of(names), decision.code)
        if before != decision.code:
            raise CodeError(
                f"{path.name}: {' / '.join(filter(None, names))} is {decision.code or 'no place'} there, and "
                f"{before or 'no place'} in place_decisions.csv.",
                hint="One printed name cannot be two places: strike one of the two rows, then seal the file.",
                path=str(path),
                value=decision.code,
                candidates=(before, decision.code),
            )
    return {**{names: each for names, each in second.items() if key_of(names) not in codes}, **first}


def read_decisions(
    data_root: str | os.PathLike | None = None,
    gazetteer: Gazetteer | None = None,
    path: str | os.PathLike | None = None,
) -> dict[Names, Decision]:
    """Read the decisions: the printed names, the code decided on and the reason.

    Parameters
    ----------
    data_root : path, optional
        The data folder.
    gazetteer : Gazetteer, optional
        To check codes against; read from the same folder when left out.
    path : path, optional
        Another file than ``reference/place_decisions.csv`` of the folder.

    Raises
    ------
    CodeError
        A row without names or reason, a place decided twice, or a code that no unit has.
    """
    root = find_data_root(data_root)
    path = Path(path) if path else decisions_path(root)
    rows = provenance.read_csv(path)
    known = gazetteer or Gazetteer.load(root)
    if tuple(rows.columns) != DECISION_COLUMNS:
        needed = ", ".join(DECISION_COLUMNS)
        raise CodeError(f"{path.name} must have the columns {needed}.", hint="Mend its first line.", path=str(path))
    decisions: dict[Names, Decision] = {}
    seen: set[Names] = set()
    for number, row in enumerate(rows.itertuples(index=False), start=2):
        names: Names = (row.province, row.regency, row.district, row.village)
        wrong = ""
        if not any(key_of(names)) or not row.reason.strip():
            wrong = "needs a printed name and a reason"
        elif key_of(names) in seen:
            wrong = f"decides {' / '.join(filter(None, names))} a second time"
        elif row.code and (not is_code(row.code) or row.code not in known):
            wrong = f"names {row.code!r}, which is no code of the gazetteer"
        if wrong:
            raise provenance.row_error(path, number, wrong, row.code)
        seen.add(key_of(names))
        decisions[names] = Decision(row.code, row.reason.strip())
    return decisions


def add_decisions(
    new: Mapping[Names, Decision], path: str | os.PathLike, gazetteer: Gazetteer
) -> tuple[list[Names], list[Names]]:
    """Add decisions to a file, all or none: written beside it, sealed, then put in its place.

    Two calls at a time wait for each other. What is on file already is left as it is.

    Returns
    -------
    added, known : list of names
        What was written, and what the file said already.

    Raises
    ------
    CodeError
        A code that no unit has, a missing reason, or a place that the file decides otherwise.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(f".{path.name}.lock")):
        old = read_decisions(path=path, gazetteer=gazetteer) if path.exists() else {}
        by_key = {key_of(names): (names, decision) for names, decision in old.items()}
        added, known = [], []
        for names, decision in new.items():
            place = " / ".join(filter(None, names))
            if decision.code and decision.code not in gazetteer:
                raise CodeError(
                    f"{place}: {decision.code!r} is no code of the gazetteer.",
                    hint="Take a code from the column candidates, or write - for none.",
                    value=decision.code,
                    reason="no_code",
                )
            if not decision.reason.strip() or not any(key_of(names)):
                raise CodeError(
                    f"{place or 'A row'}: a decision needs printed names and a reason.",
                    hint="Write in the column reason how you know.",
                    value=decision.code,
                    reason="incomplete",
                )
            before = by_key.get(key_of(names))
            if before and before[1].code != decision.code:
                raise CodeError(
                    f"{place} was decided before as {before[1].code or 'no place'} ({before[1].reason}), "
                    f"and now as {decision.code or 'no place'}.",
                    hint=f"One printed name cannot be two places: change the row in {path}, or this one.",
                    value=decision.code,
                    candidates=(before[1].code, decision.code),
                    reason="decided_before",
                )
            (known if before else added).append(names)
            by_key.setdefault(key_of(names), (names, decision))
        if added:
            _write(path, dict(by_key.values()))
    return added, known


def _write(path: Path, decisions: Mapping[Names, Decision]) -> None:
    """Put a new decisions file and its record in place; after a stop in between, reading refuses the file."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(DECISION_COLUMNS)
    table.writerows([*names, each.code, each.reason] for names, each in decisions.items())
    draft = path.with_name(f".new.{path.name}")  # the suffix stays: it tells how rows are counted
    draft.write_text(text.getvalue(), encoding="utf-8", newline="\n")
    record, draft_record = provenance.record_path(path), provenance.record_path(draft)
    if record.exists():
        draft_record.write_bytes(record.read_bytes())
        provenance.seal(draft)
    else:
        provenance.seal(
            draft,
            title="Reviewed decisions: printed place names that do not match the gazetteer by themselves",
            producer="decided by hand in reviews of kkbgeo resolve",
            licence="MIT (see LICENSE)",
        )
    draft.replace(path)
    draft_record.replace(record)
