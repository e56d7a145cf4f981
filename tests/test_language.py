"""Words: every text in both languages with the same fields, every word of the records has one."""

from __future__ import annotations

import ast
import csv
import json
import re
import string
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from markupsafe import Markup, escape

from kkbgeo.errors import KkbgeoError, ParameterError
from kkbgeo.language import (
    LANGUAGES,
    Number,
    Spoken,
    Text,
    Words,
    catalogue,
    date,
    joined,
    number,
    percent,
    phrase,
    require_language,
    text,
    words,
)
from kkbgeo.paths import PACKAGE
from kkbgeo.profiles.display import doubt_said
from kkbgeo.records.tables import DOUBTS, TABLES

HOMES = sorted({key.split(".")[0] for key in catalogue()})
FILES = re.compile(r"\.(py|toml|json|csv|css|js|j2|html)$")

SPOKEN = {  # words of the records that a page says, and where their texts are
    ("kampung_counts", "definition"): "definition",
    ("kampung_counts", "count_kind"): "count_kind",
    ("kampung", "status"): "kampung_status",
    ("aid_events", "aid_type"): "aid_type",
    ("aid_events", "status"): "aid_status",
    ("aid_events", "unit"): "unit",
}


def fields(said: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(said) if name}


def test_every_text_stands_in_both_languages_with_the_same_fields():
    assert len(catalogue()) > 150
    for key, texts in catalogue().items():
        assert set(texts) == set(LANGUAGES), key
        assert fields(texts["id"]) == fields(texts["en"]), key
        assert all(one.strip() or one == "" for one in texts.values()), key


@pytest.mark.parametrize(
    ("place", "home"), SPOKEN.items(), ids=lambda one: "/".join(one) if isinstance(one, tuple) else ""
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_records_has_a_text(place, home, language):
    table, column = place
    (allowed,) = [one.words for one in TABLES[table].own if one.name == column]
    assert allowed
    for word in filter(None, allowed):
        assert text(f"profiles.{home}.{word}", language, count=2)


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


PART = "[a-z_0-9. -]+"  # what code may put into a key


@cache
def said_in_code() -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    """Return every string of the package and the notebooks, the patterns of keys that are put together, and of parts.

    A part is what one function puts together and another one puts the home before: ``say(wb, f"progress.not_{one}")``.
    """
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")]
    for path in sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        trees += [ast.parse("".join(one["source"])) for one in cells if one["cell_type"] == "code"]
    strings, patterns, parts = set(), set(), set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            strings.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            fixed = "".join(one.value for one in node.values if isinstance(one, ast.Constant))
            made = "".join(
                re.escape(one.value) if isinstance(one, ast.Constant) else f"({PART})" for one in node.values
            )
            if re.match(rf"({'|'.join(HOMES)})\\\.", made):
                patterns.add(made)
            elif re.fullmatch(r"[a-z_0-9.-]+", fixed):
                parts.add(made)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "startswith":
            # keys looked through for one that fits: key.startswith("boundaries.licence.")
            start = getattr(node.args[0], "value", None)
            if isinstance(start, str) and re.fullmatch(rf"({'|'.join(HOMES)})\.([a-z_]+\.)+", start):
                patterns.add(re.escape(start) + f"(?:{PART})")
    for path in PACKAGE.rglob("*.j2"):
        template = path.read_text(encoding="utf-8")
        strings.update(re.findall(r"""["']([a-z_0-9.-]+)["']""", template))
        for start in re.findall(r"""["']([a-z_.]+\.)["'] *~""", template):
            patterns.add(re.escape(start) + f"({PART})")
    return frozenset(strings), tuple(sorted(patterns)), tuple(sorted(parts))


def test_no_key_is_used_that_is_not_in_the_catalogue():
    strings, patterns, _ = said_in_code()
    whole = {
        one for one in strings if re.fullmatch(rf"({'|'.join(HOMES)})(\.[a-z_0-9-]+)+", one) and not FILES.search(one)
    }
    assert len(whole) > 100
    assert sorted(whole - set(catalogue())) == []
    for pattern in patterns:
        assert any(re.fullmatch(pattern, key) for key in catalogue()), pattern
    found = {one for tree in [ast.parse((PACKAGE / "profiles" / "findings.py").read_text(encoding="utf-8"))]
             for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say"
             for one in [node.args[0]] if isinstance(one, ast.Constant)}  # fmt: skip
    assert found
    assert all(f"profiles.finding.{one.value}" in catalogue() for one in found)


def test_no_text_of_the_catalogue_is_left_unused():
    strings, patterns, parts = said_in_code()
    ends = {one.strip(" .") for one in strings}

    def known(part: str, deep: int = 2) -> bool:
        """Whether the code says this part of a key, or puts it together of parts that it says."""
        part = part.strip()
        forms = {part, part.replace("-", " ")}  # a verdict of two words is a key with a hyphen
        if forms & ends or part.isdecimal() or not deep:
            return part.isdecimal() or bool(forms & ends)
        found = (re.fullmatch(way, form) for one in parts for way in (one, one.replace("+)", "+?)")) for form in forms)
        return any(all(known(said, deep - 1) for said in one.groups()) for one in found if one)

    def used(key: str) -> bool:
        if key in strings:
            return True
        found = (re.fullmatch(pattern, key) for pattern in patterns)
        return any(all(known(part) for part in match.groups()) for match in found if match)

    assert not used("patterns.progress.never_said_anywhere") and not used("maps.noun.galaxy")
    assert sorted(key for key in catalogue() if not used(key)) == []


def test_the_noun_goes_with_its_number():
    said = {
        count: text("profiles.finding.aid_sum", "en", events=number(count, "en"), areas="2", all="5")
        for count in (1, 2)
    }
    assert said[1].startswith("1 aid event is ") and said[2].startswith("2 aid events are ")
    assert text("profiles.word.more_events", "en", count=0) == "and 0 more events"
    assert text("profiles.word.more_events", "en", count=number(1200, "en")) == "and 1,200 more events"
    assert text("profiles.word.more_events", "id", count=1) == "dan 1 kejadian lain"
    with pytest.raises(KkbgeoError, match="more_events"):
        text("profiles.word.more_events", "en", count="1")  # no number: the noun cannot be chosen


def test_nouns_have_as_many_forms_as_the_language_and_no_text_hedges_with_brackets():
    needed = {"en": 2, "id": 1}
    for key, texts in catalogue().items():
        for language, said in texts.items():
            for _, name, wanted, _ in string.Formatter().parse(said):
                if name and wanted and "|" in wanted:
                    assert len(wanted.split("|")) == needed[language], key
        assert "(s)" not in texts["en"], key


def test_every_doubt_of_the_data_is_told_in_both_languages():
    doubted = [
        row
        for name in TABLES
        for row in csv.DictReader((PACKAGE.parent / "data" / "records" / f"{name}.csv").open(encoding="utf-8"))
        if row["doubt"] or row["doubt_kind"]
    ]
    assert len(doubted) > 50
    assert [row["record_id"] for row in doubted if not (row["doubt"] and row["doubt_kind"])] == []
    for row in doubted:
        told = [words(doubt_said(row["doubt"], row["doubt_kind"]), language) for language in LANGUAGES]
        assert told[0].startswith("diragukan: ") and told[1].startswith("doubted: ") and told[0] != told[1]
    assert str(doubt_said("kata Pak Camat", "")) == "diragukan: «kata Pak Camat»"


def test_every_kind_of_doubt_has_its_words():
    for kind in DOUBTS:
        told = {words(doubt_said("why", kind), language) for language in LANGUAGES}
        assert len(told) == 2 and not any("why" in one for one in told), kind


# --- lazy text -------------------------------------------------------------------------------------------------------

ONE_OF_EACH = {
    "a function": (lambda: Spoken(date, "2016-12"), "Desember 2016", "December 2016"),
    "a message": (lambda: Text("maps.state.not_reported"), "Tidak dilaporkan", "Not reported"),
    "a message with values": (
        lambda: Text("maps.page.show_rows", count=Number(1200)),
        "Tampilkan tabel (1.200 baris)", "Show the table (1,200 rows)",
    ),
    "a number": (lambda: Number(1234.5, 1), "1.234,5", "1,234.5"),
    "told here": (lambda: Words({"id": "Posyandu", "en": "Health posts"}), "Posyandu", "Health posts"),
    "a phrase": (lambda: phrase("{} ({})", Text("maps.page.map"), 3), "Peta (3)", "Map (3)"),
    "joined": (lambda: joined("; ", [Number(1200), "63.11"]), "1.200; 63.11", "1,200; 63.11"),
}  # fmt: skip


@pytest.fixture(params=ONE_OF_EACH)
def lazy(request):
    """A way to make a lazy text, and what it reads in each language."""
    make, *said = ONE_OF_EACH[request.param]
    return make, dict(zip(LANGUAGES, said, strict=True))


def test_a_lazy_text_is_in_words_once_for_each_language(lazy):
    make, said = lazy
    made = make()
    assert {one: words(made, one) for one in LANGUAGES} == {one: made.to(one) for one in LANGUAGES} == said
    assert all(isinstance(words(made, one), str) for one in LANGUAGES)
    assert str(made) == said["id"] and repr(said["id"]) in repr(made)
    assert words(words(made, "en"), "id") == said["en"]  # what is in words stays in them


def test_lazy_texts_are_equal_by_what_they_are_made_of_and_never_to_words(lazy):
    make, said = lazy
    assert make() == make() and hash(make()) == hash(make()) and len({make(), make()}) == 1
    assert all(make() != one for one in said.values()) and make() != Text("common.undated")
    assert Text("maps.page.show_rows", count=1) != Text("maps.page.show_rows", count=2)
    assert Number(1) != Number(1, 1) and phrase("{}a", Number(1)) != phrase("{}b", Number(1))


def test_a_lazy_text_put_into_other_text_is_refused_since_that_would_fix_its_language(lazy):
    made = lazy[0]()
    for write in (lambda: f"{made}", lambda: f"{made:>9}", lambda: format(made, ""), lambda: "{}".format(*[made])):
        with pytest.raises(TypeError, match="no language yet"):
            write()


def test_a_lazy_text_that_reaches_markup_or_json_is_refused(lazy):
    made = lazy[0]()
    for write in (lambda: escape(made), lambda: Markup("<p>{}</p>").format(made), lambda: Markup("<p>%s</p>") % made):
        with pytest.raises(TypeError, match="no language yet"):
            write()
    with pytest.raises(TypeError):
        json.dumps({"label": made})


def test_plain_parts_stay_plain():
    made = [phrase("{}–{}", 1, 2), phrase("Desa"), joined(", ", ["a", "b"]), joined("; ", ["a", "b", "a"], once=True)]
    assert made == ["1–2", "Desa", "a, b", "a; b"]
    assert all(type(one) is str for one in made)
    for plain in ("63.11", 7, None, True, 1.5, number(3, "en")):
        assert words(plain, "en") is plain


def test_text_beside_text_stays_lazy():
    made = "± " + Number(1200) + " " + Text("maps.noun.regency")
    assert isinstance(made, Spoken)
    assert (words(made, "id"), words(made, "en")) == ("± 1.200 kabupaten/kota", "± 1,200 regencies and cities")


def test_what_lazy_text_is_made_of_is_in_words_first_however_deep():
    share = Spoken(percent, Number(12.6, 1))
    inner = Text("maps.class.less_than", value=share)
    made = phrase(Words({"id": "{}: {}", "en": "{} - {}"}), joined(", ", [inner, "–"]), phrase("({})", Number(1000)))
    assert words(made, "id") == f"{text('maps.class.less_than', 'id', value='12,6 %')}, –: (1.000)"
    assert words(made, "en") == f"{text('maps.class.less_than', 'en', value='12.6%')}, – - (1,000)"
    nested = {Text("maps.noun.regency"): (Number(1000), [share, None]), "code": "63.11"}
    assert words(nested, "en") == {"regencies and cities": ("1,000", ["12.6%", None]), "code": "63.11"}


def test_parts_that_read_the_same_in_a_language_are_written_once_in_it():
    made = joined(", ", [Number(1000), "1,000"], once=True)
    assert (words(made, "id"), words(made, "en")) == ("1.000, 1,000", "1,000")


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, ["dan 0 kejadian lain", "and 0 more events"]), (1, ["dan 1 kejadian lain", "and 1 more event"]),
        (1200, ["dan 1.200 kejadian lain", "and 1,200 more events"]),
    ],
)  # fmt: skip
def test_the_noun_goes_with_a_lazy_number(count, said):
    assert [words(Text("profiles.word.more_events", count=Number(count)), one) for one in LANGUAGES] == said
    told = Words({"id": "dan {} kejadian lain", "en": "and {0} more {0:event|events}"})
    assert [words(phrase(told, Number(count)), one) for one in LANGUAGES] == said


def test_what_has_no_text_is_refused_when_it_is_written():
    unknown, unfilled = Text("no.such.key"), Text("maps.page.show_rows")
    with pytest.raises(KkbgeoError, match=r"no\.such\.key"):
        words(unknown, "en")
    with pytest.raises(KkbgeoError, match="count"):
        words([unfilled], "id")
    with pytest.raises(KkbgeoError, match="show_rows"):
        words(Text("maps.page.show_rows", count="many"), "en")  # no number: the noun cannot be chosen
    with pytest.raises(ParameterError, match="missing in 'en'"):
        Words({"id": "Posyandu"})


def test_a_table_is_in_words_in_its_cells_and_heads():
    frame = pd.DataFrame({Text("maps.noun.regency"): [Number(1200), "63.11"], "Kode": [3, "–"]}, dtype=object)
    english = words(frame, "en")
    assert [*english.columns] == ["regencies and cities", "Kode"]
    assert english.values.tolist() == [["1,200", 3], ["63.11", "–"]]
    assert isinstance(frame.iloc[0, 0], Number)  # the table itself stays as it was
