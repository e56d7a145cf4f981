"""Codes and names of other years: what became of them, and when a record's own date calls for them."""

from __future__ import annotations

import pytest

from kkbgeo import provenance
from kkbgeo.errors import ParameterError
from kkbgeo.paths import CHECKOUT
from kkbgeo.regions import names
from kkbgeo.regions.codes import level_of
from kkbgeo.regions.editions import COLUMNS, KINDS, Editions
from kkbgeo.regions.gazetteer import Gazetteer
from kkbgeo.regions.spelling import normalise

DATA = CHECKOUT / "data"


@pytest.fixture(scope="module")
def editions() -> Editions:
    return Editions.load(DATA)


@pytest.fixture(scope="module")
def resolver() -> names.Resolver:
    return names.load(DATA)


def test_the_table_agrees_with_the_gazetteer(editions):
    places = Gazetteer.load(DATA)
    frame = provenance.read_csv(DATA / "reference" / "code_changes.csv")
    assert tuple(frame.columns) == COLUMNS and set(frame["kind"]) == set(KINDS)
    for change in editions.changes:
        assert change.source and change.level == level_of(change.code_old or change.code_new)
        assert not change.code_new or places.short(change.code_new) in change.name_new
        assert change.until <= change.since
        if change.kind in ("moved", "vanished"):
            assert change.code_old not in places  # a code that vanished was given to nobody else
        if change.kind == "renamed":
            assert change.code_old == change.code_new and normalise(change.name_old) != normalise(change.name_new)


def test_eighty_villages_moved_with_their_name_and_one_vanished(editions):
    moved = [each for each in editions.changes if each.kind == "moved" and each.level == "village"]
    assert len(moved) == 80 and len({each.code_new for each in moved}) == 80
    assert [each.name_old for each in editions.changes if each.kind == "vanished"] == ["Dambung"]
    assert sum(each.kind == "new" and each.level == "district" for each in editions.changes) == 7


@pytest.mark.parametrize(
    ("old", "new"),
    [("64.04", "65.01"), ("64.05", "65.03"), ("64.06", "65.02"), ("64.10", "65.04"), ("64.73", "65.71")],
)
def test_north_kalimantan_took_its_regencies_along(editions, resolver, old, new):
    assert editions.successor(old)[0] == new
    name = resolver.gazetteer.short(new)
    for printed in (name, resolver.gazetteer.label(new)):
        place = resolver.resolve("Kalimantan Timur", printed)
        assert (place.code, place.verdict) == (new, "edition") and old in str(place.reason)
    inside, change = editions.successor(f"{old}.01.2001")
    assert inside is None and change.code_new == new


def test_lookups_by_code_and_name(editions):
    assert [each.code_new for each in editions.by_code("63.02.06.1002")] == ["63.02.22.1009"]
    assert editions.by_code("63.11") == [] and editions.successor("63.11") == (None, None)
    assert [each.code_new for each in editions.by_name("karya utama", "village")] == ["64.02.02.2009"]
    assert editions.by_name("Karya Utama", "village", "63") == []
    gone, change = editions.successor("62.13.05.2026")
    assert gone is None and change.kind == "vanished"


@pytest.mark.parametrize(
    ("as_of", "code", "verdict"),
    [
        ("", "64.02.13", "exact"),
        ("2024-05", "64.02.13", "exact"),
        ("2019-12-31", "64.02", "ambiguous"),
        ("2021", "64.02", "ambiguous"),  # between the two editions nobody can tell
    ],
)
def test_a_district_that_was_larger_then_is_not_todays(resolver, as_of, code, verdict):
    place = resolver.resolve("Kalimantan Timur", "Kutai Kartanegara", "Samboja", as_of=as_of)
    assert (place.code, place.verdict) == (code, verdict)
    if verdict == "ambiguous":
        assert place.candidates == ("64.02.13", "64.02.20") and not place.taken


def test_a_village_is_found_under_its_old_district_and_its_new_one(resolver):
    for district, verdict in (("Samboja", "edition"), ("Samboja Barat", "exact")):
        for as_of in ("", "2019", "2025"):
            place = resolver.resolve("Kalimantan Timur", "Kutai Kartanegara", district, "Salok Api Laut", as_of=as_of)
            assert (place.code, place.verdict, place.taken) == ("64.02.20.1008", verdict, True)


def test_east_kalimantan_before_the_split_has_no_single_code(resolver):
    assert resolver.resolve("Kalimantan Timur", as_of="2010").candidates == ("64", "65")
    assert resolver.resolve("Kalimantan Timur", as_of="2010").code == ""
    assert resolver.resolve("Kalimantan Timur", as_of="2014").code == "64"
    assert resolver.resolve("Kalimantan Timur", "Berau", as_of="2010").code == "64.03"


def test_pontianak_is_told_by_its_kind_or_by_the_date(resolver):
    assert resolver.resolve("Kalimantan Barat", "Kota Pontianak").code == "61.71"
    old = resolver.resolve("Kalimantan Barat", "Kabupaten Pontianak")
    assert (old.code, old.verdict) == ("61.02", "edition")
    assert resolver.resolve("Kalimantan Barat", "Pontianak").verdict == "ambiguous"
    assert resolver.resolve("Kalimantan Barat", "Pontianak", as_of="2012").verdict == "ambiguous"
    assert resolver.resolve("Kalimantan Barat", "Pontianak", as_of="2016").code == "61.71"


def test_an_old_name_that_is_anothers_today_needs_the_date_or_the_district(resolver):
    banjar = ("Kalimantan Selatan", "Banjar")
    assert set(resolver.resolve(*banjar, "", "Sungai Pinang").candidates) == {"63.03.04.2006", "63.03.10.2002"}
    assert resolver.resolve(*banjar, "", "Sungai Pinang", as_of="2024").code == "63.03.10.2002"
    assert not resolver.resolve(*banjar, "", "Sungai Pinang", as_of="2019").taken  # both bore it then
    assert resolver.resolve(*banjar, "Sungai Tabuk", "Sungai Pinang").code == "63.03.04.2006"
    assert resolver.resolve(*banjar, "Sungai Pinang", "Sungai Pinang").code == "63.03.10.2002"


@pytest.mark.parametrize("date", ["12/11/2025", "2025-1", "soon", "20251112"])
def test_a_date_that_cannot_be_ordered_is_refused(resolver, date):
    with pytest.raises(ParameterError):
        resolver.resolve("Kalimantan Selatan", as_of=date)
