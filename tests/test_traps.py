"""Places that invite a mistake: each trap by its name. A taken answer must be right; else nothing is taken."""

from __future__ import annotations

import placekit
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkbgeo.language import words
from kkbgeo.paths import CHECKOUT
from kkbgeo.regions import names, printed
from kkbgeo.regions.gazetteer import Gazetteer
from kkbgeo.regions.names import Resolver
from kkbgeo.regions.spelling import Speller, near, normalise, sound


@pytest.fixture(scope="module")
def resolver() -> Resolver:
    return names.load(CHECKOUT / "data")


# --- all that the gazetteer holds -------------------------------------------------------------------------


def test_not_one_trap_of_the_gazetteer_gives_a_confident_wrong_answer(resolver):
    counts, wrong = placekit.bench().sprung(resolver)
    assert counts["a name that recurs, alone in its province"] == 1105
    assert counts["a name that recurs in its regency"] == 121
    assert counts["a numbered twin without its number"] > 80
    assert min(counts.values()) > 20 and len(counts) == 11
    assert [(trap.kind, trap.printed, place.code) for trap, place in wrong] == []


def test_an_rt_leads_to_its_village_and_kampung_to_it_where_villages_are_called_so(resolver):
    found: dict[str, list[bool]] = {"an RT inside a village": [], "Kampung before the name": []}
    for number, trap in enumerate(placekit.bench().traps(resolver)):
        if trap.kind in found and trap.right and number % 7 == 0:
            found[trap.kind].append(resolver.resolve(*trap.printed).code in trap.right)
    for kind, right in found.items():
        assert len(right) > 50 and sum(right) / len(right) > 0.99, kind


def test_a_village_of_elsewhere_is_taken_only_where_it_is_a_spelling_of_the_listed_name(resolver):
    places, bare = resolver.gazetteer, resolver.without_decisions()
    villages, districts = places.codes("village"), places.codes("district")
    regency_has: dict[str, set[str]] = {}
    for code in villages:
        regency_has.setdefault(code[:5], set()).add(normalise(places.name(code)))
    taken, asked = [], 0
    for number, code in enumerate(villages):
        district = districts[(number * 131 + 17) % len(districts)]
        if normalise(places.name(code)) in regency_has[district[:5]]:
            continue
        asked += 1
        place = bare.resolve(*(places.short(each) for each in places.chain(district)), places.name(code))
        if place.taken:
            taken.append((places.name(code), places.name(place.code)))
    spell = bare.index.spell
    assert asked > 7000 and len(taken) <= 4
    assert all(spell(one).sound == spell(other).sound and near(spell(one), spell(other)) for one, other in taken)


# --- by name ----------------------------------------------------------------------------------------------


def test_palangka_raya_is_not_murung_raya(resolver):
    for printed_as in ("Palangka Raya", "Kota Palangka Raya", "PALANGKARAYA", "Kodya Palangkaraya"):
        for province in ("Kalimantan Tengah", "Kalteng", ""):
            assert resolver.resolve(province, printed_as).code == "62.71"
    assert not resolver.resolve("Kalimantan Tengah", "Kabupaten Palangka Raya").taken


def test_kota_baru_is_a_kabupaten_and_no_city(resolver):
    for printed_as in ("Kota Baru", "Kotabaru", "Kab. Kota Baru", "KABUPATEN KOTABARU"):
        assert resolver.resolve("Kalimantan Selatan", printed_as).code == "63.02"
    assert resolver.resolve("Kalimantan Selatan", "Kota Banjar Baru").code == "63.72"
    assert resolver.resolve("Kalimantan Selatan", "Kabupaten Banjar").code == "63.03"
    assert not resolver.resolve("Kalimantan Selatan", "Kota Banjar").taken


@pytest.mark.parametrize(
    ("province", "text", "among"),
    [
        ("Kalimantan Timur", "Kutai", {"64.02", "64.07", "64.08"}),
        ("Kalimantan Tengah", "Kotawaringin", {"62.01", "62.02"}),
        ("Kalimantan Tengah", "Barito", {"62.04", "62.05", "62.13"}),
        ("Kalimantan Selatan", "Hulu Sungai", {"63.06", "63.07", "63.08"}),
    ],
)
def test_a_name_inside_other_names_is_ambiguous(resolver, province, text, among):
    place = resolver.resolve(province, text)
    assert place.verdict == "ambiguous" and set(place.candidates) == among and place.level == "province"


def test_numbered_twins_are_told_apart(resolver):
    district = ("Kalimantan Timur", "Kutai Kartanegara", "Kota Bangun Darat")
    for number, (roman, word) in enumerate((("I", "Satu"), ("II", "Dua"), ("III", "Tiga")), start=1):
        for tail in (f" {roman}", f" {number}", str(number), f" {word}"):
            assert resolver.resolve(*district, f"Kota Bangun{tail}").code == f"64.02.19.200{3 + number}"
    alone = resolver.resolve(*district, "Kota Bangun")
    assert alone.verdict == "ambiguous" and len(alone.candidates) == 3
    assert not resolver.resolve(*district, "Kota Bangun IV").taken
    assert not resolver.resolve("Kalimantan Barat", "Sambas", "Jawai Selatan", "Sarilaba").taken
    assert resolver.resolve("Kalimantan Barat", "Sambas", "Jawai Selatan", "Sari Laba B").code == "61.01.16.2006"


def test_a_name_that_recurs_needs_its_district(resolver):
    place = resolver.resolve("Kalimantan Barat", "", "", "Sukamaju")
    assert place.verdict == "ambiguous" and len(place.candidates) > 3 and place.code == "61"
    assert resolver.resolve("", "", "Awayan", "Pudak").code == "63.11.03.2008"


def test_a_district_that_contradicts_the_village_is_nobodys_to_choose(resolver):
    place = resolver.resolve("Kalimantan Selatan", "Balangan", "Paringin", "Pudak")
    assert (place.code, place.verdict, place.taken) == ("63.11", "ambiguous", False)
    assert place.candidates[0] == "63.11.03.2008" and "contradicts" in words(place.reason, "en")


def test_a_misspelt_district_is_told_by_its_village(resolver):
    place = resolver.resolve("Kalimantan Selatan", "Balangan", "Awayn", "Pudak")
    assert place.code == "63.11.03.2008" and "the village tells which" in words(place.reason, "en")
    assert not resolver.resolve("Kalimantan Selatan", "Balangan", "Awayn", "Pudok").taken
    assert not resolver.resolve("Kalimantan Selatan", "Balangan", "Tempat Lain", "Pudak").taken


@pytest.mark.parametrize(
    "cell",
    ["Pudak RT 05", "Desa Pudak, RT.05/RW.02", "RT 25-27 Pudak", "Pudak (Dusun Dua)", "Dusun Hulu, Desa Pudak"],
)
def test_a_part_of_a_village_leads_to_the_village(resolver, cell):
    place = resolver.resolve("Kalimantan Selatan", "Balangan", "Awayan", cell)
    assert place.code == "63.11.03.2008" and "a part of the village is printed" in words(place.reason, "en")


@pytest.mark.parametrize("cell", ["Dusun Pudak", "RT 05", "Lingkungan Pudak", "Jl. Pudak", "Dusun Mawar RT 2"])
def test_a_hamlet_alone_is_no_village(resolver, cell):
    place = resolver.resolve("Kalimantan Selatan", "Balangan", "Awayan", cell)
    assert (place.code, place.taken) == ("63.11.03", False)


def test_kampung_is_a_village_in_berau_and_kutai_barat_and_a_hamlet_elsewhere(resolver):
    assert resolver.resolve("Kalimantan Timur", "Berau", "", "Kampung Maluang").code == "64.03.06.2004"
    assert resolver.resolve("Kaltim", "Kubar", "Long Iram", "Kp. Long Iram Seberang").level == "village"
    place = resolver.resolve("Kalimantan Selatan", "Balangan", "Awayan", "Kampung Pudak")
    assert (place.code, place.candidates, place.taken) == ("63.11.03", ("63.11.03.2008",), False)
    assert resolver.resolve("Kalimantan Selatan", "Balangan", "Awayan", "Kampung KB Pudak").taken


@pytest.mark.parametrize(
    ("printed_as", "code"),
    [
        (("", "HSS"), "63.06"),
        (("Kalsel", "HST"), "63.07"),
        (("", "HSU"), "63.08"),
        (("", "Kukar"), "64.02"),
        (("Kaltim", "Kutim"), "64.08"),
        (("", "PPU"), "64.09"),
        (("Kalteng", "Kotim"), "62.02"),
        (("", "Kobar"), "62.01"),
        (("", "Batara"), "62.05"),
        (("", "Kobar", "Kolam"), "62.01.03"),
        (("Kalteng", "Barsel", "GBA"), "62.04.05"),
        (("Kalsel", "HST", "LAS"), "63.07.03"),
        (("Kalimantan Tengah", "Barito Selatan", "Gunung Bintang Awai"), "62.04.05"),
        (("Kalsel", "Banjar", "Kec. Sungai Pinang", "Sei. Pinang"), "63.03.10.2002"),
        (("Kalimantan Tengah", "Gunung Mas", "Rungan", "Tbg. Jutuh"), "62.10.05.2001"),
    ],
)
def test_short_forms(resolver, printed_as, code):
    place = resolver.resolve(*printed_as)
    assert (place.code, place.taken) == (code, True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Soekamadjoe", "Sukamaju"),
        ("Tanjung", "Tandjoeng"),
        ("Bhakti", "Bakti"),
        ("Mulya", "Mulia"),
        ("Benua", "Banua"),
        ("Sebara", "Sebarra"),
        ("Muara Tuboq", "Muara Tubo"),
        ("Pungur", "Punggur"),
        ("Tua' Abang", "Tua Abang"),
        ("Manday", "Mandai"),
    ],
)
def test_habits_of_spelling_fold(one, other):
    assert Speller()(one).sound == Speller()(other).sound


def test_no_two_villages_of_a_district_share_a_key(resolver):
    for level, way in (("village", "sound"), ("district", "sound"), ("regency", "sound")):
        parents = resolver.gazetteer.codes({"village": "district", "district": "regency", "regency": "province"}[level])
        for parent in parents:
            table = getattr(resolver.index.scope(level, parent), way)
            assert all(len(codes) == 1 for codes in table.values()), parent


# --- properties -------------------------------------------------------------------------------------------

villages = st.sampled_from(Gazetteer.load(CHECKOUT / "data").codes("village"))


@given(villages, st.sampled_from([str, str.upper, str.lower, lambda text: f"  {text}  ", lambda text: f"Desa {text}"]))
@settings(max_examples=150, deadline=None)
def test_every_village_is_found_however_its_name_is_set(code, way):
    resolver = names.load(CHECKOUT / "data")
    places = resolver.gazetteer
    chain = [places.short(each) for each in places.chain(code)]
    place = resolver.resolve(*chain[:3], way(chain[3]))
    assert (place.code, place.taken, place.candidates) == (code, True, ())


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_no_text_breaks_the_resolver_and_no_answer_is_half_an_answer(province, regency, district, village):
    resolver = names.load(CHECKOUT / "data")
    place = resolver.resolve(province, regency, district, village)
    assert place.verdict in names.VERDICTS and place.reason and 0 <= place.score <= 100
    assert all(code in resolver.gazetteer for code in place.candidates)
    assert bool(place.code) == bool(place.level)
    if place.taken:
        assert place.verdict in names.CERTAIN and not place.missed


@given(villages, st.integers(0, 30), st.sampled_from("aiueonrtk"))
@settings(max_examples=200, deadline=None)
def test_one_wrong_letter_never_leads_to_another_village_unless_it_makes_its_name(code, spot, letter):
    resolver = names.load(CHECKOUT / "data")
    places = resolver.gazetteer
    chain = [places.short(each) for each in places.chain(code)]
    spot %= len(chain[3])
    written = chain[3][:spot] + letter + chain[3][spot + 1 :]
    place = resolver.resolve(*chain[:3], written)
    if place.taken and place.code != code:
        spell = resolver.index.spell
        once = [change.name_old for change in resolver.index.editions.leading_to(place.code)]
        keys = {spell(name).sound for name in (places.name(place.code), *once) if name}
        assert spell(printed.read("village", written).forms[-1][0]).sound in keys


@given(st.text(max_size=60))
def test_reading_a_cell_never_fails_and_keys_are_stable(text):
    for level in ("province", "regency", "district", "village"):
        cell = printed.read(level, text)
        assert bool(cell.text) == bool(normalise(text)) and all(form for form, _ in cell.forms)
    keys = Speller()(text)
    assert keys == Speller()(text.upper()) or text.lower() != text.upper().lower()
    assert sound(sound("benua")) == sound("benua")
