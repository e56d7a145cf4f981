"""What the command ``kkbgeo import`` says: the counts first, then every problem, in the languages asked for."""

from __future__ import annotations

import sys
from pathlib import Path

from kkbgeo import language
from kkbgeo.errors import ParameterError
from kkbgeo.intake import store
from kkbgeo.intake.importing import import_file
from kkbgeo.intake.problems import shown, summary
from kkbgeo.intake.result import ImportResult

_SHOWN = 40
_SPELLED = 20
_OTHER = ("mean", "group", "example", "numbering", "foot", "blank", "unreported")


def tongues_of(asked: str) -> tuple[str, ...]:
    """Return the languages to speak: ``id``, ``en`` or ``both``.

    Examples
    --------
    >>> tongues_of("both"), tongues_of("en")
    (('id', 'en'), ('en',))
    """
    return language.LANGUAGES if asked == "both" else (language.require_language(asked),)


def bring_in(file: Path | None, report: Path | None, asked: str, options: dict[str, object]) -> int:
    """Import a file and say what became of it; return the exit code.

    Raises
    ------
    ParameterError, IntakeError
        A wrong call, or a file that cannot be read.
    """
    tongues = tongues_of(asked)
    for name in ("file", "kind", "source"):
        if not (file if name == "file" else options[name]):
            hint = 'kkbgeo import FILE --kind kampung --source "DPPKB Balangan" --as-of 2025-12-31'
            raise ParameterError(f"The {name} is missing.", hint=hint, value="")
    assert file is not None
    try:
        with _progress(tongues[0]) as tell:
            done = import_file(file, report=report or file.parent, tell=tell, **options)  # type: ignore[arg-type]
    except KeyboardInterrupt:
        print(*(_say("stopped", tongue) for tongue in tongues), sep="\n", file=sys.stderr)
        return 130
    for line in lines(done, tongues):
        print(line)
    return 1 if done.problems or done.status == "held" else 0


def lines(done: ImportResult, tongues: tuple[str, ...]) -> list[str]:
    """Return what there is to say of an import, line by line."""
    told = []
    counts = done.counts
    for tongue in tongues:
        told.append(_say("rows", tongue, file=done.path.name, rows=sum(counts.values()) - counts["records"],
                         records=counts["records"], rejected=counts["rejected"], total=counts["total"],
                         rest=sum(counts[one] for one in _OTHER)))  # fmt: skip
        told += _context(done, tongue)
        if done.problems:
            told.append(_say("problems", tongue, count=len(done.problems)))
            told += [f"  {line}" for line in summary(done.problems, tongue)]
    for problem in done.problems[:_SHOWN]:
        told.append("")
        told += [problem.line(tongue) for tongue in tongues]
    for tongue in tongues:
        told.append("")
        if len(done.problems) > _SHOWN:
            told.append(_say("more", tongue, count=len(done.problems) - _SHOWN))
        for name in ("marked", "rejects", "review"):
            if path := getattr(done, name):
                told.append(_say(name, tongue, path=path))
        told += [_say("held_by", tongue, **vars(one)) for one in done.held]
        if done.replaced and done.status in ("ready", "imported"):
            key = "replaced" if done.status == "imported" else "would_replace"
            told.append(_say(key, tongue, ids=", ".join(done.replaced)))
        told.append(_say(done.status, tongue, id=done.id, records=counts["records"],
                         ids=",".join(one.id for one in done.held)))  # fmt: skip
    return told


def _context(done: ImportResult, tongue: str) -> list[str]:
    told = []
    for one in done.checked.sheets:
        columns = [shown(one.layout.labels[column]) for column in one.layout.unused]
        if columns:
            told.append(_say("unused", tongue, columns=", ".join(columns)))
        if one.context.titled or one.context.as_of:
            when = language.date(one.context.as_of, tongue) if one.context.as_of else ""
            facts = {"sheet": one.layout.grid.sheet, "region": one.context.titled, "date": when}
            told.append(_say("title", tongue, **facts).rstrip())
    if done.spelled:
        names = [f"{printed} → {name}" for printed, name in done.spelled.items()]
        rest = f"; … + {len(names) - _SPELLED}" if len(names) > _SPELLED else ""
        told.append(_say("spelled", tongue, names="; ".join(names[:_SPELLED]) + rest))
    if done.checked.skipped and done.checked.sheets:
        told.append(_say("skipped", tongue, sheets=", ".join(done.checked.skipped)))
    return told


def _say(key: str, tongue: str, **facts: object) -> str:
    values = {name: language.number(one, tongue) if isinstance(one, int) else one for name, one in facts.items()}
    return language.text(f"intake.tell.{key}", tongue, **values)


class _progress:  # noqa: N801  used like a function
    """One line on the terminal that tells how far a long file is read; silent where nobody looks."""

    def __init__(self, tongue: str) -> None:
        self.tongue, self.shown = tongue, False

    def __enter__(self):
        return self

    def __call__(self, sheet: str, rows: int) -> None:
        if sys.stderr.isatty():
            self.shown = True
            print(
                "\r\033[K" + _say("reading", self.tongue, sheet=sheet, rows=rows), end="", file=sys.stderr, flush=True
            )

    def __exit__(self, *_: object) -> None:
        if self.shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def keep(undo: str, asked: str) -> None:
    """Take an import back, or list what there is."""
    tongues = tongues_of(asked)
    if undo:
        name = store.undo(undo)
        for tongue in tongues:
            print(_say("undone", tongue, id=name))
        return
    found = store.listing()
    for one in found:
        dates = ", ".join(one["dates"])
        print(
            f"{one['id']}  {one['day']}  {one['kind']}  {one['records']} ({dates})  {one['publisher']}  {one['file']}"
        )
    if not found:
        for tongue in tongues:
            print(_say("none", tongue))
