"""The catalogue of indicators: each defined once, in ``kkbgeo/measures/catalogue.toml``; one of each survey round."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from kkbgeo.errors import ParameterError
from kkbgeo.language import LANGUAGES, Numeral
from kkbgeo.records.surveys import Round, read_rounds

KINDS = ("count", "percent", "ratio", "class")
COMBINE = ("latest", "sum", "share", "derived")


@dataclass(frozen=True)
class Indicator:
    """One indicator: what it counts, where it is read from, how it is drawn and what it must not meet.

    Attributes
    ----------
    id : str
        Name used in tables and pages, e.g. ``kkb_total``.
    kind : {"count", "percent", "ratio", "class"}
        ``class`` is ordinal (dasar < berkembang < mandiri < berkelanjutan) and is never averaged.
    unit : str
        Unit of the value (``kampung``, ``percent``, ``families`` …).
    combine : {"latest", "sum", "share", "derived"}
        How several records of one area become one cell: the newest is chosen, events are added up, the
        per cent of kampung that a thing is true of is taken, or the value is computed from other indicators by
        `formula`.
    table, column : str
        Record table and column the values are read from; `column` empty counts records.
    where : mapping
        Allowed values per column; a record outside is out of scope, and the report says why.
    group : str
        Indicators of one group are read together: ``classes`` from one record per area, ``survey`` from one survey and
        ``portal`` from one date for all areas, ``place`` once per village, ``panel`` from the same kampung twice.
    aggregate : {"sum", "none"}
        Whether values of smaller units may be added up to the larger one.
    not_comparable : tuple of str
        Indicators that look alike and must not be compared or subtracted.
    breaks : tuple of float
        Upper class edges, fixed, so that the colours of all pages compare.
    """

    id: str
    kind: str
    unit: str
    combine: str
    palette: str
    breaks: tuple[float, ...]
    direction: str = "none"
    decimals: int = 0
    aggregate: str = "none"
    table: str = ""
    column: str = ""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    group: str = ""
    formula: str = ""
    inputs: tuple[str, ...] = ()
    not_comparable: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    unit_labels: Mapping[str, str] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)

    @property
    def by_office(self) -> bool:
        """Whether offices decide its figures: which kampung are formed, registered, named and classed.

        Their figures come in blocks, regency by regency, so that no test may shuffle them freely over a map. Every
        indicator of Kampung KB is of this kind, and its id tells it (``kkb_…``).
        """
        return self.id.startswith("kkb_")

    def label(self, language: str = "id") -> str:
        """Return the name for a heading or legend."""
        return self.labels[language]

    def unit_label(self, language: str = "id") -> str:
        """Return the unit in words, as beside a number that is not one."""
        return self.unit_labels[language].rsplit("|", 1)[-1]

    def unit_beside(self, written: Numeral, language: str = "id") -> str:
        """Return the unit as it stands beside a number: ``1 aid event``, ``2 aid events``."""
        forms = self.unit_labels[language]
        return format(written, forms) if "|" in forms else forms

    def definition(self, language: str = "id") -> str:
        """Return the definition, one or two sentences."""
        return self.definitions[language]


class Catalogue(Mapping[str, Indicator]):
    """All indicators by id; an unknown id is refused with the likely one.

    Examples
    --------
    >>> catalogue = load_catalogue()
    >>> catalogue["kkb_total"].unit
    'kampung'
    """

    def __init__(self, indicators: Mapping[str, Indicator], rounds: Sequence[Round] = ()) -> None:
        self._indicators = dict(indicators)
        self.rounds = tuple(rounds)
        self._round_of = {one.indicator: one for one in rounds}

    def round_of(self, key: str) -> Round | None:
        """Return the survey round that an indicator is of; None for any other indicator."""
        return self._round_of.get(key)

    def __getitem__(self, key: str) -> Indicator:
        if not isinstance(key, str):
            raise ParameterError(
                f"The id of an indicator is text, got {key!r} ({type(key).__name__}).",
                hint="All: kkbgeo.measures.load_catalogue()",
                value=key,
            )
        if key not in self._indicators:
            from rapidfuzz import process

            likely = [name for name, *_ in process.extract(key, list(self._indicators), limit=3)]
            raise ParameterError(
                f"There is no indicator {key!r}.",
                hint=f"Did you mean {', '.join(likely)}? All: kkbgeo.measures.load_catalogue()",
                value=key,
                candidates=likely,
            )
        return self._indicators[key]

    def with_inputs(self, keys: Iterable[str]) -> list[str]:
        """Return indicators and all that they are computed from, each once, inputs first.

        Examples
        --------
        >>> load_catalogue().with_inputs(["kkb_coverage"])
        ['kkb_total', 'kkb_coverage']
        """
        wanted: dict[str, None] = {}
        for key in keys:
            one = self[key]
            inputs = list(one.inputs)
            if one.group == "classes" or "kkb_class_total" in inputs or "kkb_advanced" in inputs:
                # "the rest" can only be told from the whole record
                inputs += ["kkb_class_total", "kkb_dasar", "kkb_berkembang", "kkb_mandiri", "kkb_berkelanjutan"]
            wanted |= dict.fromkeys([deep for own in inputs if own != key for deep in self._down_to(own)])
            wanted[key] = None
        return list(wanted)

    def _down_to(self, key: str) -> list[str]:
        return [*[deep for own in self[key].inputs for deep in self._down_to(own)], key]

    def __iter__(self):
        return iter(self._indicators)

    def __len__(self) -> int:
        return len(self._indicators)

    def __contains__(self, key: object) -> bool:
        # Mapping's own would catch KeyError only, and ours is a ParameterError.
        return key in self._indicators


def load_catalogue(data_root: str | os.PathLike | None = None) -> Catalogue:
    """Return the catalogue of a data folder, checked.

    Parameters
    ----------
    data_root : path, optional
        The data folder; its survey rounds (`kkbgeo.records.surveys`) have an indicator each.

    Raises
    ------
    ParameterError
        An entry names an unknown kind, combination, input or incomparable indicator.
    RecordError
        An entry of the survey rounds is wrong.

    Examples
    --------
    >>> load_catalogue()["stunting_prevalence_ski_2023"].label("en")
    'Prevalence of stunting, SKI 2023'
    """
    return _load(read_rounds(data_root))


@lru_cache(maxsize=8)
def _load(rounds: tuple[Round, ...]) -> Catalogue:
    raw = tomllib.loads(Path(__file__).with_name("catalogue.toml").read_text(encoding="utf-8"))
    entries = (one for key, entry in raw["indicator"].items() for one in _of_rounds(key, entry, rounds))
    indicators = {key: _indicator(key, entry, raw["units"]) for key, entry in entries}
    for one in indicators.values():
        _check(one, indicators)
    return Catalogue(indicators, rounds)


def _of_rounds(key: str, entry: dict[str, Any], rounds: Sequence[Round]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give an entry as it is; one with a blank for the survey once for each round, filled in."""
    if "{survey}" not in key:
        yield key, entry
        return
    for one in rounds:
        blanks = {
            language: {
                "survey": one.survey, "year": one.year, "name": one.names[language],
                "population": one.populations[language],
                "remark": f": {one.remarks[language]}" if one.remarks else "",
            }
            for language in LANGUAGES
        }  # fmt: skip
        told = {
            part: {language: entry[part][language].format(**blanks[language]) for language in LANGUAGES}
            for part in ("label", "definition")
        }
        # A figure of another instrument is of no series with this one.
        others = [other.indicator for other in rounds if other.instrument != one.instrument]
        yield one.indicator, {
            **entry, **told, "where": {"survey": one.survey, "year": str(one.year)},
            "not_comparable": [*others, *entry["not_comparable"]],
        }  # fmt: skip


def _indicator(key: str, entry: dict[str, Any], units: dict[str, dict[str, str]]) -> Indicator:
    entry = dict(entry)
    return Indicator(
        id=key,
        labels=entry.pop("label"),
        definitions=entry.pop("definition"),
        unit_labels=units[entry["unit"]],
        breaks=tuple(float(edge) for edge in entry.pop("breaks", ())),
        where={
            column: tuple(allowed if isinstance(allowed, list) else [allowed])
            for column, allowed in entry.pop("where", {}).items()
        },
        inputs=tuple(entry.pop("inputs", ())),
        not_comparable=tuple(entry.pop("not_comparable", ())),
        **entry,
    )


def _check(one: Indicator, known: Mapping[str, Indicator]) -> None:
    problems = [
        *([f"kind {one.kind!r}"] if one.kind not in KINDS else []),
        *([f"combine {one.combine!r}"] if one.combine not in COMBINE else []),
        *[f"unknown indicator {name!r}" for name in (*one.inputs, *one.not_comparable) if name not in known],
        *(
            [
                f"no {part} in both languages"
                for part in ("labels", "unit_labels", "definitions")
                if set(getattr(one, part)) != {"id", "en"}
            ]
        ),
        *(["breaks do not rise"] if list(one.breaks) != sorted(set(one.breaks)) else []),
        *(["no table"] if one.combine != "derived" and not one.table else []),
        *(["no formula"] if one.combine == "derived" and not one.formula else []),
    ]
    if problems:
        raise ParameterError(f"Catalogue entry {one.id!r}: {'; '.join(problems)}.", value=one.id)
