"""The news of a batch in words, in both languages, for the index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kkbgeo.language import LANGUAGES, catalogue, date, number, text
from kkbgeo.measures.catalogue import load_catalogue

#: Sentences of one page that are told; more stand on the page itself.
MOST = 3
Told = dict[str, str]


def told_of(news: Mapping[str, Mapping[str, Any]], order: Iterable[str]) -> list[dict[str, Any]]:
    """Return per page, in the order given, what changed: ``code`` and ``lines``, each a text per language.

    Examples
    --------
    >>> [one] = told_of({"63.11": {"as_of": ["2024", "2025"]}}, ["63.11"])
    >>> one["code"], one["lines"][0]["en"]
    ('63.11', 'data up to 2025 (before: 2024)')
    """
    return [{"code": code, "new": bool(news[code].get("new")), "lines": _lines(news[code])} for code in order]


def _lines(news: Mapping[str, Any]) -> list[Told]:
    lines = []
    if "as_of" in news:
        before, after = news["as_of"]
        lines.append(
            _said("as_of", {one: {"before": date(before, one), "after": date(after, one)} for one in LANGUAGES})
        )
    for table, (before, after) in news.get("records", {}).items():
        key = "records" if before != after else "corrected"
        lines.append(
            _said(key, {one: {"table": _table(table, one), "before": number(before, one), "after": number(after, one)}
                        for one in LANGUAGES})
        )  # fmt: skip
    for key, label, before, after, everything in news.get("known", []):
        lines.append(
            _said("known", {
                one: {"label": _label(key, label, one), "before": number(before, one), "after": number(after, one),
                      "all": number(everything, one)}
                for one in LANGUAGES
            })
        )  # fmt: skip
    sentences = news.get("findings", [])
    for sentence in sentences[:MOST]:
        first = next(iter(sentence.values()))
        lines.append(_said("finding", {one: {"sentence": sentence.get(one, first)} for one in LANGUAGES}))
    return lines


def _said(key: str, values: Mapping[str, Mapping[str, str]]) -> Told:
    return {one: text(f"batch.news.{key}", one, **values[one]) for one in LANGUAGES}


def _table(name: str, language: str) -> str:
    key = f"batch.table.{name}"
    return text(key, language) if key in catalogue() else name


def _label(key: str, label: str, language: str) -> str:
    """Return the name of a layer in a language; one that the catalogue does not have keeps its own."""
    known = load_catalogue()
    return known[key].label(language) if key in known else label
