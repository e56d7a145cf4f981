"""What is new on a page since it was last built: compared from its entry and its records, never from a clock."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kkbgeo.batch.manifest import Manifest

_UNKNOWN = ("not_reported", "suppressed", "unclassed")  # keys of the legend that tell no figure and no class


class News:
    """Notes in the manifest what changed on the pages of the newest batch that changed any.

    A batch that changes no content keeps the news of the one before it, and one that goes on after it was stopped
    adds to them. So the index says what is new since the last build, however often `kkbgeo atlas` is called.

    Parameters
    ----------
    manifest : Manifest
        As it was when the batch began.
    codes : iterable of str
        The pages that are about to be built.
    going_on : bool
        Whether the last batch never came to its end.
    """

    def __init__(self, manifest: Manifest, codes: Iterable[str], *, going_on: bool) -> None:
        self._manifest = manifest
        self._going_on = going_on
        self._before = {code: (entry_of(manifest.out, code), _records(manifest, code)) for code in codes}

    def note(self, code: str) -> None:
        """Note what changed on a page that was just built and recorded."""
        entry, records = self._before[code]
        after, now = entry_of(self._manifest.out, code), _records(self._manifest, code)
        try:
            found = changes(entry, after, records, now)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            found = changes({}, after, {}, now)  # the old entry is of another form: nothing to compare with
        if not found:
            return
        if not self._going_on:
            self._manifest.news = {}
            self._going_on = True
        self._manifest.news[code] = found


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], records: Mapping[str, str], now: Mapping[str, str]
) -> dict[str, Any]:
    """Return what differs between two entries of one page; nothing when a reader would see no difference.

    Parameters
    ----------
    before, after : mapping
        The page's entries; an empty one before means that the page is new.
    records, now : mapping
        Its records by table before and after, as the manifest notes them: ``"3 1a2b3c4d"``.

    Returns
    -------
    dict
        ``new``; ``as_of``: [before, after]; ``records``: table -> [before, after]; ``known``: per layer [key, label,
        areas with a figure before, after, all]; ``findings``: per new sentence {language: text}.

    Examples
    --------
    >>> changes({}, {"as_of": "2025"}, {}, {})
    {'new': True}
    >>> changes({"as_of": "2024"}, {"as_of": "2025"}, {"aid_events": "2 aa"}, {"aid_events": "3 bb"})
    {'as_of': ['2024', '2025'], 'records': {'aid_events': [2, 3]}}
    """
    if not after:
        return {}
    if not before:
        return {"new": True}
    found: dict[str, Any] = {}
    if before.get("as_of") != after.get("as_of"):
        found["as_of"] = [before.get("as_of", ""), after.get("as_of", "")]
    tables = {name: [_many(records, name), _many(now, name)] for name in sorted({*records, *now})
              if records.get(name) != now.get(name)}  # fmt: skip
    if tables:
        found["records"] = tables
    old = {(one["map"], one["layer"]): _known(one) for one in before.get("legend", [])}
    known = [
        [one["layer"], one["label"], old[one["map"], one["layer"]][0], *_known(one)]
        for one in after.get("legend", [])
        if (one["map"], one["layer"]) in old and old[one["map"], one["layer"]][0] != _known(one)[0]
    ]
    if known:
        found["known"] = known
    # A page in another language than before has new words, not news.
    if before.get("language") == after.get("language"):
        said = before.get("findings", [])
        fresh = [_both(after, at) for at, one in enumerate(after.get("findings", [])) if one not in said]
        if fresh:
            found["findings"] = fresh
    return found


def entry_of(out: Path, code: str) -> dict[str, Any]:
    """Return the entry that a page left for the index; empty where there is none that can be read."""
    try:
        found = json.loads((Path(out) / "meta" / f"{code}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _records(manifest: Manifest, code: str) -> dict[str, str]:
    return dict(manifest.pages.get(code, {}).get("inputs", {}).get("records", {}))


def _many(records: Mapping[str, str], name: str) -> int:
    return int(records.get(name, "0").split()[0])


def _known(layer: Mapping[str, Any]) -> tuple[int, int]:
    """Return how many areas of a layer have a figure, and how many there are."""
    counts = [(one["key"], one["count"]) for one in layer["entries"]]
    return sum(many for key, many in counts if key not in _UNKNOWN), sum(many for _, many in counts)


def _both(entry: Mapping[str, Any], at: int) -> dict[str, str]:
    told = {entry.get("language", "id"): entry["findings"][at]}
    other = entry.get("other") or {}
    if len(other.get("findings", [])) == len(entry["findings"]):
        told[other["language"]] = other["findings"][at]
    return told
