"""Short forms and other names that offices use: ``reference/aliases.csv``, each with a source or reason."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from kkbgeo import provenance
from kkbgeo.paths import data_root as find_data_root
from kkbgeo.regions.codes import LEVELS, is_code
from kkbgeo.regions.spelling import normalise

COLUMNS = ("kind", "level", "within", "alias", "stands_for", "source")
KINDS = ("word", "name", "unit")


@dataclass(frozen=True)
class Aliases:
    """The aliases by kind.

    Attributes
    ----------
    words : dict
        Short word -> word, in any name: ``sei`` -> ``sungai``.
    names : dict
        (level, normalised alias) -> list of (unit it is used within, code, source).
    units : dict
        Word for the village-level unit -> regencies that use it: ``kampung`` -> Berau, Kutai Barat …
    """

    words: dict[str, str] = field(default_factory=dict)
    names: dict[tuple[str, str], list[tuple[str, str, str]]] = field(default_factory=dict)
    units: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def load(cls, data_root: str | os.PathLike | None = None) -> Aliases:
        """Read the file, checked; kept in memory. A folder without it has no aliases.

        Raises
        ------
        CodeError
            A row without alias, meaning or source, of an unknown kind or level, or a name given twice
            in one place.

        Examples
        --------
        >>> aliases = Aliases.load()
        >>> aliases.words["sei"], [code for _, code, _ in aliases.names["regency", "hss"]]
        ('sungai', ['63.06'])
        """
        path = find_data_root(data_root) / "reference" / "aliases.csv"
        return _load(path, path.stat().st_mtime_ns) if path.exists() else cls()

    def find(self, level: str, alias: str, scope: str) -> list[tuple[str, str]]:
        """Return (code, source) of the names of `level` that `alias` stands for inside `scope` ("": anywhere)."""
        rows = self.names.get((level, alias), ())
        return [(code, source) for _, code, source in rows if not scope or code.startswith(f"{scope}.")]


@lru_cache(maxsize=4)
def _load(path: Path, _stamp: int) -> Aliases:
    words: dict[str, str] = {}
    names: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    units: dict[str, set[str]] = {}
    rows = provenance.read_csv(path)
    for number, (kind, level, within, alias, meaning, source) in enumerate(
        rows[list(COLUMNS)].itertuples(index=False, name=None), start=2
    ):
        known = names.get((level, normalise(alias)), [])
        wrong = reason = ""
        if kind not in KINDS or (kind != "word" and level not in LEVELS):
            wrong, reason = f"has an unknown kind or level ({kind!r}, {level!r})", "kind"
        elif not (normalise(alias) and meaning and source.strip()):
            wrong, reason = "needs an alias, what it stands for and a source", "incomplete"
        elif kind == "name" and (not is_code(meaning) or any(row[0] == within for row in known)):
            wrong, reason = f"gives {alias!r} no code, or a second one", "code"
        elif kind == "word" and words.get(alias.lower(), meaning) != meaning:
            wrong, reason = f"gives {alias!r} a second meaning", "meaning"
        if wrong:
            raise provenance.row_error(path, number, wrong, alias, reason=reason)
        if kind == "word":
            words[alias.lower()] = meaning
        elif kind == "name":
            names.setdefault((level, normalise(alias)), []).append((within, meaning, source))
        else:
            units.setdefault(alias.lower(), set()).add(within)
    return Aliases(words, names, {word: frozenset(codes) for word, codes in units.items()})
