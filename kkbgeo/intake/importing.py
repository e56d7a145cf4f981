"""`import_file`: a spreadsheet in, records or a list of problems out; all or nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from kkbgeo.errors import KkbgeoError, ParameterError
from kkbgeo.intake import kinds, store
from kkbgeo.intake.markup import write_report
from kkbgeo.intake.opening import LIMITS, Limits
from kkbgeo.intake.overlaps import standing
from kkbgeo.intake.personal import masked
from kkbgeo.intake.places import Finder
from kkbgeo.intake.problems import Problem
from kkbgeo.intake.result import ImportResult
from kkbgeo.intake.sheets import read_grids
from kkbgeo.intake.spelled import spelled
from kkbgeo.intake.validate import Checked, check, nothing_found
from kkbgeo.intake.values import UnreadableError, When, plain, when
from kkbgeo.io import sha256
from kkbgeo.language import LANGUAGES
from kkbgeo.records import imported
from kkbgeo.records.read import table_of
from kkbgeo.records.schemas import find_problems
from kkbgeo.records.sources import RANKS, rank_of
from kkbgeo.records.tables import TABLES


def import_file(
    path: str | os.PathLike,
    *,
    kind: str,
    source: str,
    as_of: str = "",
    within: str = "",
    system: str = "",
    sheet: str = "",
    publisher_kind: str = "regional_government",
    url: str = "",
    dry_run: bool = False,
    accept_valid: bool = False,
    replace: str = "",
    also: bool = False,
    report: str | os.PathLike | None = None,
    data_root: str | os.PathLike | None = None,
    limits: Limits = LIMITS,
    tell: Callable[[str, int], None] | None = None,
) -> ImportResult:
    """Bring a spreadsheet into the data folder, or say everything that is wrong with it.

    Parameters
    ----------
    path : path
        CSV, XLSX or ODS.
    kind : {"kampung", "counts", "aid", "observations"}
        What its rows are: named kampung, numbers of kampung, aid, or figures of any indicator (long).
    source : str
        Who reported it, such as "DPPKBP3A Kabupaten Balangan".
    as_of : str
        Date of rows that name none: ``2025-12-31``, ``31/12/2025``, ``Desember 2025``, ``2025`` …; else the title's.
    within : str
        Code of the regency or province that all rows lie in; else the title's.
    system : {"", "kemendagri", "bps"}
        Whose codes the file holds; else the heading of their column tells, or bare numbers are refused.
    sheet : str
        Read this sheet only.
    publisher_kind : str
        One of `kkbgeo.records.sources.RANKS`; its rank decides between figures that differ.
    url : str
        Where the file can be had.
    dry_run : bool
        Check everything, store nothing.
    accept_valid : bool
        Store the rows without problems and write the others to a file; else one problem stops all.
    replace : str
        Id of an import that this one takes the place of; several with commas between them.
    also : bool
        Store the file beside imports that hold the same places, dates and indicators: it is another report.
    report : path, optional
        Folder for the marked-up copy, the rows left out and the review file of uncertain names; where there are
        problems. None is written when it is left out.
    data_root : path, optional
        The data folder.
    limits : Limits
        How large a file may be.
    tell : callable, optional
        Called with a sheet's name and the rows done so far.

    Returns
    -------
    ImportResult
        ``.status`` and ``.problems``, and what was written where.

    Raises
    ------
    IntakeError
        The file cannot be read at all; nothing was changed.
    ParameterError, CodeError
        A wrong kind, date, region or publisher.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp(), "mail.csv")
    >>> _ = file.write_text("Kecamatan;Desa;Klasifikasi\\nAwayan;Pudak;Mandiri\\n")
    >>> done = import_file(file, kind="kampung", source="DPPKB", as_of="2025", within="63.11", dry_run=True)
    >>> done.status, [draft.values["code"] for draft in done.checked.drafts]
    ('ready', ['63.11.03.2008'])
    """
    path, one = Path(path), kinds.kind_of(kind)
    given = _date(as_of)
    who = _source(source, publisher_kind, url, path)
    finder = Finder(data_root, within, system)
    old = [store.find(one.strip(), data_root).name for one in replace.split(",")] if replace else []
    grids = list(read_grids(path, limits=limits, tell=tell))
    if sheet and sheet not in [grid.sheet for grid in grids]:
        names = ", ".join(grid.sheet for grid in grids)
        raise ParameterError(f"{path.name} has no sheet {sheet!r}.", hint=f"Sheets: {names}", value=sheet)
    found = check(grids, one, finder, sheet=sheet, given=given, tell=tell)
    if not found.sheets:
        found.problems.append(nothing_found(one, found.skipped))
    done = ImportResult(path, kind, "refused", found, grids=grids)
    stopped = bool(found.problems) and not accept_valid
    about: dict[str, object] = {}
    if found.drafts and not stopped:
        _guard(found, finder)
        digest = store.content_digest(found.drafts, who)
        done.id = store.import_id(kind, digest)
        about = _about(path, one.name, who, found, digest, [as_of, within])
        _stand(done, about, old, also, data_root)
    elif not found.problems:
        found.problems.append(Problem("no_rows", found.sheets[0].layout.grid.sheet))
    done.spelled = spelled(found.drafts, finder.gazetteer)
    if report is not None and found.problems:
        _report(done, Path(report), finder, given)
    if done.status == "ready" and not dry_run:  # the last step, so that nothing can fail after it
        about["replaces"] = done.replaced
        fates = [(*place, fate) for place, fate in found.fates.items()]

        def still() -> None:
            before = (done.status, done.replaced, done.held)
            _stand(done, about, old, also, data_root)
            if before != (done.status, done.replaced, done.held):
                raise store.in_use(data_root)

        done.folder = store.write(data_root, done.id, found.drafts, who, about, fates, still)
        done.status = "imported"
    return done


def _stand(
    done: ImportResult, about: dict[str, object], old: list[str], also: bool, data_root: str | os.PathLike | None
) -> None:
    """Tell whether the file is there already, takes the place of others, or may not stand beside them."""
    there = next((each for each in imported.imports(data_root) if each.id == done.id), None)
    if there is not None:
        done.status, done.folder = "already", there.path
        return
    spots = {place for place, fate in done.checked.fates.items() if fate in ("record", "merged")}
    found = standing(done.checked.drafts, about, spots, data_root, but=old)
    done.replaced = list(dict.fromkeys([*old, *found.gives_way]))
    done.held = [] if also else found.held
    done.status = "held" if done.held else "ready"


def _report(done: ImportResult, folder: Path, finder: Finder, given: When | None) -> None:
    try:
        write_report(done, folder, finder, given)
    except OSError as wrong:
        raise ParameterError(
            f"The marked-up copy cannot be written to {folder} ({wrong.strerror or wrong}); nothing was changed.",
            hint="Name a folder of your own with --report, and close the copy if a spreadsheet has it open.",
            value=str(folder),
        ) from None


def _date(as_of: str) -> When | None:
    try:
        return when(as_of)
    except UnreadableError as wrong:
        # "as_of" stands for the cell: a date after today, or before the programme, is told as in a sheet.
        why = " / ".join(Problem(wrong.key, "", facts=wrong.facts).rule(tongue) for tongue in LANGUAGES)
        raise ParameterError(
            f"as_of {as_of!r} cannot be the date: {why}",
            hint="Write 2025-12-31, 31/12/2025, Desember 2025 or 2025.",
            value=as_of,
        ) from None


def _source(source: str, publisher_kind: str, url: str, path: Path) -> dict[str, str]:
    if not plain(source):
        raise ParameterError("The source is missing.", hint='Say who reported it: --source "DPPKB Balangan".', value="")
    if publisher_kind not in RANKS:
        raise ParameterError(
            f"There is no kind of publisher {publisher_kind!r}.",
            hint=f"Kinds: {', '.join(RANKS)}",
            value=publisher_kind,
        )
    return {
        "publisher": masked(source),
        "publisher_kind": publisher_kind,
        "rank": str(rank_of(publisher_kind)),
        "url": url,
        "document": masked(path.name),
        "copy_of": "",
        "note": "spreadsheet brought in with kkbgeo import",
    }


def _guard(found: Checked, finder: Finder) -> None:
    """Hold the records to the very rules that reading them will: a breach here is a defect, not the office's."""
    for name in dict.fromkeys(draft.table for draft in found.drafts):
        header = [column.name for column in TABLES[name].columns]
        mine = [draft for draft in found.drafts if draft.table == name]
        ids = {"record_id": "imp-x-{:03d}", "source_id": "imp-x"}
        rows = [
            [({**one.values, **{key: text.format(number) for key, text in ids.items()}})[column] for column in header]
            for number, one in enumerate(mine, start=1)
        ]
        if find_problems(table_of(name, finder.data_root), header, rows, finder.gazetteer, {"imp-x"}, "imp-x"):
            raise KkbgeoError(
                f"The records made of {name} break the rules of that table: a defect of kkbgeo, nothing was changed.",
                hint="Please report it with the headings of the sheet (without its rows).",
            )


def _about(
    path: Path, kind: str, who: dict[str, str], found: Checked, digest: str, options: list[str]
) -> dict[str, object]:
    return {
        "kind": kind,
        "file": masked(path.name),
        "sheets": [masked(one.layout.grid.sheet) for one in found.sheets],
        "publisher": who["publisher"],
        "day": store.today(),
        "made": time.time_ns(),
        "dates": sorted({draft.values["as_of"] for draft in found.drafts}),
        "as_of": options[0],
        "within": options[1],
        "records": len(found.drafts),
        "rejected": found.count("rejected"),
        "file_sha256": sha256(path),
        "content_sha256": digest,
        "replaces": [],
    }
