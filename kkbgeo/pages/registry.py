"""The registry of kinds of pages: what the notebooks declare, and the one place that the rest of the atlas asks.

A notebook makes a page of the atlas by declaring it in its metadata, under the key ``kkbgeo``::

    "kkbgeo": {
        "id": "pola-spasial",                                     code and file name of an analysis; else its level
        "title": {"id": "Pola spasial", "en": "Spatial patterns"},
        "level": "analysis",                                      or regency, province, island: one page per area
        "order": 4,                                               place among the analyses
        "draws_from": ["prevalence", "population_area"],          record tables, and "targets"
        "boundaries": ["regency"],                                levels drawn, or asked for neighbours
        "budget": 500000,                                         bytes the page may have
        "brief": false                                            or the sections of its one-page PDF
    }

A change of a table that a kind does not draw from leaves its pages as they are, so it must name them all. A brief is
``{"beside": [...], "below": [...]}``: sections beside the map, as far as they fit, and tables over the whole width.
Plan, staleness, index, page, brief and links read this and nothing else, so a page of one's own is a notebook.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from kkbgeo import paths
from kkbgeo.errors import BatchError
from kkbgeo.language import LANGUAGES
from kkbgeo.records.tables import TABLES
from kkbgeo.regions.codes import LEVELS as DRAWN

KEY = "kkbgeo"
#: One page for each area of the level, or one for the whole.
AREA_LEVELS = ("regency", "province", "island")
ANALYSIS = "analysis"
#: Levels that the entry of a saved page may have: a page of analysis lies beside that of the whole.
LEVELS = AREA_LEVELS
TARGETS = "targets"  # among what a kind draws from: the targets that sources name
BUDGET = 500_000  # bytes of a page that no notebook declares
_NAME = re.compile(r"[a-z][a-z0-9-]*", re.ASCII)


@dataclass(frozen=True)
class Kind:
    """One kind of page, as its notebook declares it.

    Attributes
    ----------
    id : str
        Code of an analysis, which is also the name of its file; of other kinds their level.
    title : dict of str to str
        What it is called, by language.
    level : str
        ``regency``, ``province``, ``island``, or ``analysis``.
    order : int
        Place among the pages of analysis, in plan and index.
    draws_from : frozenset of str
        Record tables that stand on it, and ``targets``.
    boundaries : tuple of str
        Levels of boundaries it is drawn from.
    budget : int
        Bytes a page may have; where it has more, its maps leave out detail.
    notebook : Path
        Where it is declared.
    beside, below : tuple of str
        Sections of its brief; both are empty where it has none.
    """

    id: str
    title: Mapping[str, str] = field(hash=False)
    level: str
    order: int
    draws_from: frozenset[str]
    boundaries: tuple[str, ...]
    budget: int
    notebook: Path
    beside: tuple[str, ...] = ()
    below: tuple[str, ...] = ()

    @property
    def has_brief(self) -> bool:
        """Whether a one-page PDF stands beside its pages."""
        return bool(self.beside or self.below)


def kinds() -> tuple[Kind, ...]:
    """Return every declared kind of page, in order.

    Raises
    ------
    BatchError
        A notebook that cannot be read, a wrong declaration, or one made twice.

    Examples
    --------
    >>> [one.id for one in kinds()][:3]
    ['regency', 'province', 'island']
    """
    found = sorted(paths.notebooks_root().glob("*.ipynb"))
    return _kinds(tuple((path, path.stat().st_mtime_ns) for path in found))


def analyses() -> dict[str, Kind]:
    """Return the pages of analysis over the whole by id, in order.

    Examples
    --------
    >>> "pola-spasial" in analyses()
    True
    """
    return {one.id: one for one in kinds() if one.level == ANALYSIS}


def of_level(level: str) -> Kind:
    """Return the kind of the pages of a level.

    Raises
    ------
    BatchError
        No notebook declares it.

    Examples
    --------
    >>> of_level("regency").notebook.name
    '01_regency_profile.ipynb'
    """
    found = next((one for one in kinds() if one.level == level), None)
    if found is None:
        raise BatchError(
            f"No notebook in {paths.notebooks_root()} makes the pages of the level {level!r}.",
            hint="Check out notebooks/ again: git checkout notebooks",
            value=level,
        )
    return found


def kind_of(code: str, level: str) -> Kind | None:
    """Return the kind of a page by its code and level; None for one that no notebook declares.

    Examples
    --------
    >>> kind_of("63.11", "regency").id, kind_of("pola-spasial", "analysis").id, kind_of("perbandingan-1", "analysis")
    ('regency', 'pola-spasial', None)
    """
    if level == ANALYSIS:
        return analyses().get(code)
    return next((one for one in kinds() if one.level == level), None)


@lru_cache(maxsize=8)
def _kinds(stamps: tuple[tuple[Path, int], ...]) -> tuple[Kind, ...]:
    found: dict[str, Kind] = {}
    for path, _ in stamps:
        told = _declaration(path)
        if told is None:
            continue
        one = _checked(told, path)
        if one.id in found:
            raise _wrong(path, "id", one.id, f"Make it another one: {found[one.id].notebook.name} has it already")
        found[one.id] = one
    return tuple(sorted(found.values(), key=lambda one: (one.order, one.id)))


def _declaration(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8")).get("metadata", {}).get(KEY)
    except (ValueError, AttributeError) as broken:
        raise BatchError(
            f"{path} cannot be read as a notebook: {broken}.",
            hint=f"Check it out again: git checkout {path}",
            path=path,
        ) from None


def _checked(told: Any, path: Path) -> Kind:
    """Return a declaration as a kind, or refuse it by key and value."""
    if not isinstance(told, dict):
        raise _wrong(path, "", told, 'Write an object: {"id": …, "title": …, "level": …}')
    needed = ("id", "title", "level", "order", "draws_from", "boundaries", "budget", "brief")
    for key in needed:
        if key not in told:
            raise _wrong(path, key, None, f"Declare all of: {', '.join(needed)}")
    for key in told:
        if key not in needed:
            raise _wrong(path, key, told[key], f"Keys: {', '.join(needed)}")
    level, name, title = told["level"], told["id"], told["title"]
    if level not in (*AREA_LEVELS, ANALYSIS):
        raise _wrong(path, "level", level, f"One of: {', '.join((*AREA_LEVELS, ANALYSIS))}")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _wrong(path, "id", name, "Small letters, digits and hyphens, a letter first")
    if level != ANALYSIS and name != level:
        raise _wrong(path, "id", name, f"Call it {level}: a level has one kind of page")
    if not isinstance(title, dict) or not all(isinstance(title.get(one), str) and title[one] for one in LANGUAGES):
        raise _wrong(path, "title", title, 'Tell it in both languages: {"id": "…", "en": "…"}')
    if not _is_whole(told["order"]):
        raise _wrong(path, "order", told["order"], "A whole number")
    if not _is_whole(told["budget"]) or told["budget"] < 1:
        raise _wrong(path, "budget", told["budget"], "A whole number of bytes, e.g. 500000")
    for key in ("draws_from", "boundaries"):
        if not _are_names(told[key]):
            raise _wrong(path, key, told[key], 'A list of names: ["prevalence"]')
    for key, known in (("draws_from", (*TABLES, TARGETS)), ("boundaries", DRAWN)):
        if unknown := [one for one in told[key] if one not in known]:
            raise _wrong(path, key, unknown[0], f"One of: {', '.join(known)}")
    brief = told["brief"] or {}
    if not isinstance(brief, dict) or set(brief) - {"beside", "below"} or not all(map(_are_names, brief.values())):
        raise _wrong(path, "brief", brief, 'false, or {"beside": ["where"], "below": ["kampung"]}')
    return Kind(
        name, dict(title), level, told["order"], frozenset(told["draws_from"]), tuple(told["boundaries"]),
        told["budget"], path, tuple(brief.get("beside", ())), tuple(brief.get("below", ())),
    )  # fmt: skip


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _wrong(path: Path, key: str, value: Any, hint: str) -> BatchError:
    what = f"does not tell {key!r}" if value is None else f"cannot have {key!r} = {value!r}" if key else f"is {value!r}"
    return BatchError(
        f"{path.name}: the declaration of its page (metadata, key {KEY!r}) {what}.",
        hint=hint,
        path=path,
        key=key,
        value=value,
    )
