"""The rounds of the surveys of stunting: ``indicators/surveys.toml`` says which there are; nothing else lists any."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from kkbgeo import provenance
from kkbgeo.errors import RecordError
from kkbgeo.language import LANGUAGES
from kkbgeo.paths import CHECKOUT
from kkbgeo.paths import data_root as find_data_root
from kkbgeo.records.tables import Rule, Table

FILE = Path("indicators", "surveys.toml")
#: What the indicators of all rounds begin with.
PREVALENCE = "stunting_prevalence"
_NEEDED = ("survey", "year", "instrument", "name", "population", "source")
_FIELDS = (*_NEEDED, "remark", "sample", "note")
_SAMPLE = ("children", "regencies")


@dataclass(frozen=True)
class Round:
    """One round of a survey.

    Attributes
    ----------
    survey, year : str, int
        As records write them.
    instrument : str
        Rounds of one instrument are of one series; across instruments no line is drawn and no change is told.
    names, populations : mapping
        The survey in full, and of whom its prevalence is, by language.
    remarks, notes : mapping
        What the definition of its indicator adds, and what a reader must know of it, by language; empty where nothing.
    children, regencies : int or None
        Children measured and regencies with a figure, in Indonesia; None where no source tells.
    source : str
        Where these facts are from.

    Examples
    --------
    >>> newest = read_rounds()[-1]
    >>> newest.label, newest.indicator, newest.instrument
    ('SSGI 2024', 'stunting_prevalence_ssgi_2024', 'SSGI')
    """

    survey: str
    year: int
    instrument: str
    source: str
    names: Mapping[str, str] = field(repr=False, hash=False)
    populations: Mapping[str, str] = field(repr=False, hash=False)
    remarks: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)
    notes: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)
    children: int | None = None
    regencies: int | None = None

    @property
    def label(self) -> str:
        """What it is called for short, in every language."""
        return f"{self.survey} {self.year}"

    @property
    def indicator(self) -> str:
        """Id of its indicator in the catalogue."""
        return f"{PREVALENCE}_{self.survey.lower()}_{self.year}"


def path_of(data_root: str | os.PathLike | None = None) -> Path:
    """Return the file that the rounds of a data folder are read from: its own, else the project's."""
    own = find_data_root(data_root) / FILE
    return own if own.is_file() else CHECKOUT / "data" / FILE


def read_rounds(data_root: str | os.PathLike | None = None) -> tuple[Round, ...]:
    """Read the rounds, checked, in the order of the file: oldest first.

    Parameters
    ----------
    data_root : path, optional
        The data folder. One without the file, such as one of an earlier release, has the project's own rounds.

    Raises
    ------
    SourceError
        The file is not the one its source record describes.
    RecordError
        It is no TOML, or an entry is wrong; the message names file, entry, field and value.

    Examples
    --------
    >>> [one.label for one in read_rounds() if one.instrument == "SSGI"]
    ['SSGI 2021', 'SSGI 2022', 'SSGI 2024']
    """
    path = path_of(data_root)
    return _read(path, path.stat().st_mtime_ns)


def breaks(rounds: Sequence[Round]) -> dict[int, str]:
    """Return where a series breaks: position of each round of another instrument than the one before -> its instrument.

    Examples
    --------
    >>> [read_rounds()[at].label for at in breaks(read_rounds())]
    ['SSGI 2021', 'SKI 2023', 'SSGI 2024']
    """
    pairs = enumerate(pairwise(rounds), start=1)
    return {at: after.instrument for at, (before, after) in pairs if before.instrument != after.instrument}


def instruments(rounds: Iterable[Round]) -> list[str]:
    """Return the instruments with their years: ``SSGI (2021, 2022, 2024)``, in the order of their first rounds.

    Examples
    --------
    >>> instruments(read_rounds())[-1]
    'SKI (2023)'
    """
    years: dict[str, list[str]] = {}
    for one in rounds:
        years.setdefault(one.instrument, []).append(str(one.year))
    return [f"{instrument} ({', '.join(told)})" for instrument, told in years.items()]


def with_rounds(table: Table, rounds: Sequence[Round]) -> Table:
    """Return the table of prevalences, taking the surveys of these rounds and no others.

    Examples
    --------
    >>> from kkbgeo.records.tables import TABLES
    >>> bound = with_rounds(TABLES["prevalence"], read_rounds())
    >>> next(column.words for column in bound.columns if column.name == "survey")
    ('Riskesdas', 'SSGI', 'SKI')
    """
    words = tuple(dict.fromkeys(one.survey for one in rounds))
    known = {(one.survey, str(one.year)) for one in rounds}
    own = tuple(replace(one, words=words) if one.name == "survey" else one for one in table.own)
    rule = Rule(
        "year",
        # A survey that is none of the words has been said already.
        lambda row: row["survey"] in words and (row["survey"], row["year"]) not in known,
        "is the year of no round of this survey",
        f"Rounds: {', '.join(one.label for one in rounds)}; a new one is an entry of {FILE.as_posix()}.",
    )
    return replace(table, own=own, rules=(*table.rules, rule))


@lru_cache(maxsize=8)
def _read(path: Path, _stamp: int) -> tuple[Round, ...]:
    try:
        raw = tomllib.loads(provenance.read_bytes(path).decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise _wrong(path, f"is no TOML ({broken})", "Mend the file", str(broken)) from None
    entries = raw.get("round")
    if not isinstance(entries, list) or not entries or not all(isinstance(one, dict) for one in entries):
        raise _wrong(path, "has no entry [[round]]", "Write one for each round of a survey", "")
    if strange := next((key for key in raw if key != "round"), ""):
        raise _wrong(path, f"has {strange!r}, which is no entry [[round]]", "Remove it", strange)
    found: list[Round] = []
    for number, entry in enumerate(entries, start=1):
        problem = _problem(entry, found)
        if problem:
            name, wrong, hint = problem
            value = entry.get(name, "")
            said = f'entry {number}, {name} "{value}": {wrong}' if name in entry else f"entry {number}: {wrong}"
            raise _wrong(path, said, hint, str(value), entry=number, field=name)
        found.append(_round(entry))
    return tuple(found)


def _round(entry: Mapping[str, Any]) -> Round:
    sample = entry.get("sample", {})
    return Round(
        entry["survey"], entry["year"], entry["instrument"], entry["source"], entry["name"], entry["population"],
        entry.get("remark", {}), entry.get("note", {}), sample.get("children"), sample.get("regencies"),
    )  # fmt: skip


def _problem(entry: Mapping[str, Any], before: Sequence[Round]) -> tuple[str, str, str] | None:
    """Return the field of an entry that is wrong, what is wrong with it and what to do; None where nothing is."""
    if missing := next((name for name in _NEEDED if name not in entry), ""):
        return missing, f"the field {missing} is missing", f"Write {', '.join(_NEEDED)}"
    if strange := next((name for name in entry if name not in _FIELDS), ""):
        return strange, "there is no such field", f"Fields: {', '.join(_FIELDS)}"
    if not isinstance(entry["survey"], str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", entry["survey"]):
        return "survey", "is no short name of a survey", "Write it in letters and digits, as records do: SSGI"
    for name in ("instrument", "source"):
        if not isinstance(entry[name], str) or not entry[name].strip():
            return name, "is no text", "Fill it in, in quotes"
    if type(entry["year"]) is not int or not 1990 <= entry["year"] <= 2100:
        return "year", "is no year", "Write four digits without quotes: 2024"
    for name in ("name", "population", "remark", "note"):
        texts = entry.get(name, dict.fromkeys(LANGUAGES, "-"))
        told = isinstance(texts, dict) and set(texts) == set(LANGUAGES)
        if not told or not all(isinstance(text, str) and text.strip() for text in texts.values()):
            return name, "is not told in both languages", f'Write {name} = {{ id = "…", en = "…" }}'
    sample = entry.get("sample", {"children": 1})
    counts = sample.items() if isinstance(sample, dict) else ()
    if not counts or not all(key in _SAMPLE and type(value) is int and value > 0 for key, value in counts):
        return (
            "sample",
            "is no sample",
            "Write whole numbers above 0: { children = 334848, regencies = 486 }, or leave it out",
        )
    ids = {(one.survey.lower(), one.year) for one in before}
    if (entry["survey"].lower(), entry["year"]) in ids:
        return "year", "is a round that stands above already", "Remove one of the two entries"
    if before and entry["year"] < before[-1].year:
        return "year", f"is before that of the entry above ({before[-1].year})", "Put the oldest round first"
    return None


def _wrong(path: Path, said: str, hint: str, value: str, **fields: object) -> RecordError:
    told = f"{path.name}, {said}." if "entry" in fields else f"{path.name} {said}."
    return RecordError(told, hint=f"{hint}; then: kkbgeo data seal {path}", path=str(path), value=value, **fields)
