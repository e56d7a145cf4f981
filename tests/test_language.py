"""Words: every text in both languages with the same fields, every word of the records has one."""

from __future__ import annotations

import string

import pytest

from kkbgeo.errors import KkbgeoError, ParameterError
from kkbgeo.language import LANGUAGES, catalogue, date, number, require_language, text
from kkbgeo.records.tables import TABLES

SPOKEN = {  # words of the records that a page says, and where their texts are
    ("kampung_counts", "definition"): "definition",
    ("kampung_counts", "count_kind"): "count_kind",
    ("kampung", "status"): "kampung_status",
    ("aid_events", "aid_type"): "aid_type",
    ("aid_events", "status"): "aid_status",
    ("aid_events", "unit"): "unit",
}


def fields(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


def test_every_text_stands_in_both_languages_with_the_same_fields():
    assert len(catalogue()) > 150
    for key, words in catalogue().items():
        assert set(words) == set(LANGUAGES), key
        assert fields(words["id"]) == fields(words["en"]), key
        assert all(one.strip() or one == "" for one in words.values()), key


@pytest.mark.parametrize(
    ("place", "home"), SPOKEN.items(), ids=lambda one: "/".join(one) if isinstance(one, tuple) else ""
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_records_has_a_text(place, home, language):
    table, column = place
    (allowed,) = [one.words for one in TABLES[table].own if one.name == column]
    assert allowed
    for word in filter(None, allowed):
        assert text(f"profiles.{home}.{word}", language)


def test_a_missing_text_or_language_is_a_defect_never_a_blank():
    with pytest.raises(KkbgeoError, match=r"no\.such"):
        text("no.such.key")
    with pytest.raises(KkbgeoError, match="source"):
        text("profiles.finding.total", "id")
    with pytest.raises(ParameterError, match="id, en"):
        require_language("de")


@pytest.mark.parametrize(
    ("value", "language", "decimals", "expected"),
    [(1234.5, "id", 1, "1.234,5"), (1234.5, "en", 1, "1,234.5"), (0, "id", 0, "0"), (58933, "id", 0, "58.933")],
)
def test_numbers(value, language, decimals, expected):
    assert number(value, language, decimals) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("2025-11-12", "12 November 2025"), ("2016-12", "Desember 2016"), ("2021", "2021"), ("", "tanpa tanggal")],
)
def test_dates_of_any_precision(value, expected):
    assert date(value) == expected
