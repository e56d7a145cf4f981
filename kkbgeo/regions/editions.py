"""Codes and names of other years: what became of them, and when.

``reference/code_changes.csv`` compares registry editions (2020, 2022, 2025) and adds the few laws
behind changes of provinces and regencies. A code that vanished is never given to another place, so an
old code leads to one new one; an old *name* may be another unit's name today, and then the record's
own date decides, or nobody does.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kkbgeo import provenance
from kkbgeo.errors import ParameterError
from kkbgeo.paths import data_root as find_data_root
from kkbgeo.regions.codes import LEVELS, Code, parent_of, require_level
from kkbgeo.regions.spelling import normalise

COLUMNS = ("level", "kind", "code_old", "name_old", "code_new", "name_new", "until", "since", "source", "note")
KINDS = ("vanished", "new", "moved", "renamed", "split")
#: The edition whose codes the gazetteer holds.
CURRENT = "2025"


@dataclass(frozen=True)
class Change:
    """One change of a code or a name; the columns of ``reference/code_changes.csv``.

    Attributes
    ----------
    level : str
        province, regency, district or village.
    kind : str
        ``vanished`` (no successor), ``new`` (no predecessor), ``moved`` (the same unit under another
        code), ``renamed`` (the same code, another name or spelling) or ``split`` (one row for each
        unit that the old one was divided into).
    code_old, name_old, code_new, name_new : str
        Before and after; "" where there is none.
    until, since : str
        Last date (ISO, or its year) that is certainly before, first that is certainly after.
    source, note : str
        Package or law that tells; whether the name is another one or another spelling.
    """

    level: str
    kind: str
    code_old: str
    name_old: str
    code_new: str
    name_new: str
    until: str
    since: str
    source: str
    note: str = ""

    def holds(self, as_of: str) -> bool | None:
        """Tell whether the *old* state held on a date: True, False, or None where the date cannot tell.

        Examples
        --------
        >>> change = Editions.load().by_code("64.04")[0]
        >>> change.holds("2010-05-01"), change.holds("2012-06"), change.holds("2024"), change.holds("")
        (True, None, False, None)
        """
        if not as_of:
            return None
        if last_day(as_of) <= last_day(self.until):
            return True
        return False if first_day(as_of) >= first_day(self.since) else None


class Editions:
    """The changes, to be looked up by code and by name.

    Examples
    --------
    >>> editions = Editions.load()
    >>> [(change.kind, change.code_new, change.name_new) for change in editions.by_code("63.02.06.1002")]
    [('moved', '63.02.22.1009', 'Baharu Selatan')]
    >>> [change.code_new for change in editions.by_name("Salok Api Laut", "village", "64.02")]
    ['64.02.20.1008']
    """

    def __init__(self, changes: Iterable[Change] = ()) -> None:
        self.changes = tuple(changes)
        self._by_code: dict[str, list[Change]] = defaultdict(list)
        self._by_new: dict[str, list[Change]] = defaultdict(list)
        self._by_name: dict[tuple[str, str], list[Change]] = defaultdict(list)
        self._old: dict[tuple[str, str], dict[str, Change]] = defaultdict(dict)
        for change in self.changes:
            if change.code_old:
                self._by_code[change.code_old].append(change)
                self._by_name[change.level, normalise(change.name_old)].append(change)
            if change.code_new and change.kind != "split":
                self._by_new[change.code_new].append(change)
            if change.kind in ("moved", "renamed"):
                for scope in _scopes(change):
                    key = f"{change.name_old}\0{change.code_new}"
                    self._old[change.level, scope].setdefault(key, change)

    @classmethod
    def load(cls, data_root: str | os.PathLike | None = None) -> Editions:
        """Read ``reference/code_changes.csv``, checked; kept in memory. A folder without it has no changes.

        Raises
        ------
        SourceError
            The file is not the one its source record describes.
        """
        path = find_data_root(data_root) / "reference" / "code_changes.csv"
        return _load(path, path.stat().st_mtime_ns) if path.exists() else cls()

    def by_code(self, code: str) -> list[Change]:
        """Return what became of an old code, in file order; renamings of a code that still stands, too."""
        return list(self._by_code.get(str(code), ()))

    def by_name(self, name: str, level: str, within: str = "") -> list[Change]:
        """Return the changes of units that once bore `name`, inside `within` before or after the change."""
        found = self._by_name.get((require_level(level), normalise(name)), [])
        return [
            change
            for change in found
            if not within or any(_inside(code, within) for code in (change.code_old, change.code_new))
        ]

    def old_names(self, level: str, scope: str) -> list[Change]:
        """Return the changes whose old name was, or would be, looked for under the unit `scope` ("": anywhere)."""
        return list(self._old.get((level, scope), {}).values())

    def leading_to(self, code: str) -> list[Change]:
        """Return the changes that gave a unit of today its code or its name, or made it."""
        return list(self._by_new.get(str(code), ()))

    def split_of(self, code: str, as_of: str) -> list[Change]:
        """Return the parts of a unit that was divided later than `as_of`; empty where none was.

        Examples
        --------
        >>> [part.code_new for part in Editions.load().split_of("64.02.13", "2019")]
        ['64.02.13', '64.02.20']
        >>> Editions.load().split_of("64.02.13", "2024"), Editions.load().split_of("64.02.13", "")
        ([], [])
        """
        if not as_of:
            return []
        parts = [change for change in self._by_code.get(code, ()) if change.kind == "split"]
        return [change for change in parts if change.holds(as_of) is not False]

    def successor(self, code: str) -> tuple[Code | None, Change | None]:
        """Return the code that took the place of a vanished `code`, and the change that tells.

        Only a place that stayed one place has a successor. For a unit below a regency that moved as
        a whole (Kaltara) the change is the regency's: its inner numbers are not on record.

        Examples
        --------
        >>> editions = Editions.load()
        >>> editions.successor("64.73")[0], editions.successor("64.73.02.1001")[0]
        ('65.71', None)
        >>> editions.successor("64.73.02.1001")[1].code_new, editions.successor("63.11")
        ('65.71', (None, None))
        """
        for change in self._by_code.get(code, ()):
            if change.kind == "moved":
                return Code(change.code_new, "kemendagri", CURRENT), change
            if change.kind == "vanished":
                return None, change
        above = parent_of(code)
        while above:
            for change in self._by_code.get(above, ()):
                if change.kind == "moved":
                    return None, change
            above = parent_of(above)
        return None, None


def first_day(date: str) -> str:
    """Return the first day of an ISO date, month or year, as ISO text."""
    return (checked(date) + "-01-01")[:10] if len(date) == 4 else (date + "-01")[:10]


def last_day(date: str) -> str:
    """Return the last day of an ISO date, month or year, as text that sorts right (February may have 31)."""
    return (checked(date) + "-12-31")[:10] if len(date) == 4 else (date + "-31")[:10]


def checked(date: str) -> str:
    """Return `date` if it is a year, month or day in ISO, or empty.

    Raises
    ------
    ParameterError
        Anything else: a date that cannot be ordered would choose an edition at random.
    """
    if not re.fullmatch(r"(\d{4}(-\d{2}(-\d{2})?)?)?", date):
        raise ParameterError(f"{date!r} is no ISO date.", hint="Write 2025, 2025-12 or 2025-12-31.", value=date)
    return date


def _scopes(change: Change) -> set[str]:
    """Return the units under which an old name is looked for: all above it, before and after; "" is everywhere."""
    above = {""}
    for code in (change.code_old, change.code_new):
        while code := parent_of(code) if code else "":
            above.add(code)
    return above if change.level != "village" else {code for code in above if len(code) >= 5}


def _inside(code: str, within: str) -> bool:
    return code == within or code.startswith(f"{within}.")


@lru_cache(maxsize=4)
def _load(path: Path, _stamp: int) -> Editions:
    rows = provenance.read_csv(path)
    changes = [Change(*row) for row in rows[list(COLUMNS)].itertuples(index=False, name=None)]
    for change in changes:
        assert change.kind in KINDS and change.level in LEVELS, change
    return Editions(changes)
