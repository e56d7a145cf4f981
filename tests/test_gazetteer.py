"""The gazetteer: counts that official reports confirm, and refusals that name the likely place."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest

from kkbgeo import provenance
from kkbgeo.errors import CodeError, ParameterError, SourceError
from kkbgeo.paths import data_root
from kkbgeo.regions import codes
from kkbgeo.regions.gazetteer import Gazetteer, slugify


@pytest.fixture(scope="module")
def places():
    return Gazetteer.load()


@pytest.fixture(scope="module")
def bps():
    table = provenance.read_csv(data_root() / "reference" / "regency_codes.csv")
    return table.set_index("kemendagri_code")["bps_code"]


def refusal(places, value, level=None):
    with pytest.raises(CodeError) as caught:
        places.require(value, level)
    return caught.value


def test_every_unit_of_the_decree_is_there(places):
    assert places.frame["level"].value_counts().to_dict() == {
        "province": 5,
        "regency": 56,
        "district": 626,
        "village": 7252,
    }
    assert places.frame["kind"].value_counts().to_dict() == {
        "provinsi": 5,
        "kabupaten": 47,
        "kota": 9,
        "kecamatan": 626,
        "desa": 6638,
        "kelurahan": 614,
    }


def test_counts_that_reports_print(places):
    assert len(places.within("63.01", "village")) == 135  # Tanah Laut
    assert len(places.within("64.03", "village")) == 110  # Berau
    assert len(places.within("63.71", "village")) == 52  # Banjarmasin
    assert places.name("63.11.03") == "Awayan"
    assert len(places.children("63.11.03")) == 23
    assert {places.kind(code) for code in places.children("63.11.03")} == {"desa"}
    assert "Pudak" in {places.name(code) for code in places.children("63.11.03")}


def test_frame_is_keyed_and_whole(places):
    frame = places.frame
    assert frame.index.name == "code"
    assert frame.index.is_unique
    assert frame.index.is_monotonic_increasing
    assert all(codes.is_code(code) for code in frame.index)
    assert (frame.index.map(codes.level_of) == frame["level"]).all()
    assert set(frame["parent"]) - {""} <= set(frame.index)
    assert (frame["name"] != "").all()
    assert frame[["lon", "lat"]].notna().all(axis=None)
    villages = frame[frame["level"] == "village"]
    assert not villages.duplicated(["lon", "lat"]).any()
    assert not villages.duplicated(["parent", "name"]).any()
    assert (villages["kind"] == villages.index.str[9].map({"1": "kelurahan", "2": "desa"})).all()


def test_points_say_how_they_were_found(places):
    frame = places.frame
    counts = frame.groupby("level")["point_source"].value_counts().to_dict()
    assert counts == {
        ("province", "seat"): 5,
        ("regency", "seat"): 56,
        ("district", "given"): 626,
        ("village", "given"): 7229,
        ("village", "district_middle"): 23,
    }
    guessed = frame[frame["point_source"] == "district_middle"]
    for parent, group in guessed.groupby("parent"):
        others = frame[(frame["parent"] == parent) & (frame["point_source"] == "given")]
        assert (group["lon"] - others["lon"].mean()).abs().max() <= 0.0100005
        assert (group["lat"] - others["lat"].mean()).abs().max() <= 0.0100005


def test_a_changed_copy_does_not_reach_the_next_reader(places):
    copy = places.frame
    copy.loc["63.11", "name"] = "spoilt"
    assert places.frame.loc["63.11", "name"] == places.name("63.11") == "Balangan"


def test_ways_up_and_down_agree(places):
    for level, below in itertools.pairwise(codes.LEVELS):
        assert sorted(child for code in places.codes(level) for child in places.children(code)) == places.codes(below)
        assert sorted(child for code in places.codes(level) for child in places.within(code, below)) == places.codes(
            below
        )
    assert places.children() == places.codes("province") == ["61", "62", "63", "64", "65"]
    for code in places.codes("village")[::50]:
        assert places.chain(code)[-1] == code
        assert [places.parent(each) for each in places.chain(code)] == ["", *places.chain(code)[:-1]]
        assert places.within(code, "village") == [code]
    assert places.within(None, "regency") == places.codes("regency")
    with pytest.raises(CodeError, match="has no provinces inside"):
        places.within("63.11", "province")


@pytest.mark.parametrize(
    ("code", "label", "short", "slug"),
    [
        ("63", "Provinsi Kalimantan Selatan", "Kalimantan Selatan", "kalimantan-selatan"),
        ("63.11", "Kabupaten Balangan", "Balangan", "balangan"),
        ("63.02", "Kabupaten Kotabaru", "Kotabaru", "kotabaru"),
        ("63.71", "Kota Banjarmasin", "Kota Banjarmasin", "kota-banjarmasin"),
        ("62.71", "Kota Palangkaraya", "Kota Palangkaraya", "kota-palangkaraya"),
        ("63.11.03", "Kecamatan Awayan", "Awayan", "awayan"),
        ("63.11.03.2008", "Desa Pudak", "Pudak", "pudak"),
        ("62.10.02.1012", "Kelurahan Kurun", "Kurun", "kurun"),
    ],
)
def test_names(places, code, label, short, slug):
    assert (places.label(code), places.short(code), places.slug(code)) == (label, short, slug)


def test_slugs_are_fit_for_file_names(places):
    slugs = [places.slug(code) for code in places.frame.index]
    assert all(slug and slug == slugify(slug) and slug.isascii() for slug in slugs)
    regencies = [places.slug(code) for code in places.codes("regency")]
    assert len(set(regencies)) == 56


def test_two_code_systems(places, bps):
    assert sorted(bps.index) == places.codes("regency")
    assert bps.is_unique
    numbers = pd.Series([code.replace(".", "") for code in bps.index], index=bps.index)
    agree = numbers == bps
    another = ~agree & numbers.isin(bps)
    absent = ~numbers.isin(bps)
    assert (agree.sum(), another.sum(), absent.sum()) == (33, 21, 2)
    assert list(absent[absent].index) == ["64.07", "64.08"]
    assert all(places.from_bps(places.bps(code)) == code for code in bps.index)
    with pytest.raises(CodeError, match="not the BPS number"):
        places.from_bps("6406")


def test_bare_regency_number_is_never_taken_for_a_code(places, bps):
    for code in places.codes("regency"):
        digits = code.replace(".", "")
        for value in (digits, int(digits), float(digits), f"{digits}.0"):
            error = refusal(places, value, "regency")
            assert error.fields["reason"] == "undotted"
            assert error.fields["candidates"][0] == code
            if digits in set(bps) and bps[code] != digits:
                assert error.fields["candidates"] == (code, places.from_bps(digits))
                assert places.label(places.from_bps(digits)) in error.message
                assert "two code systems" in error.message


@pytest.mark.parametrize(
    ("value", "level", "first", "told"),
    [
        ("62.1", "regency", "62.10", "Kabupaten Gunung Mas"),
        (62.1, "regency", "62.10", "Kabupaten Gunung Mas"),
        (62.11, "regency", "62.11", "Kabupaten Pulang Pisau"),
        ("6210", "regency", "62.10", "Kabupaten Pulang Pisau"),
        (6210, "regency", "62.10", "Kabupaten Gunung Mas"),
        ("6311", "regency", "63.11", "both give Kabupaten Balangan this number"),
        ("Balangn", "regency", "63.11", "Kabupaten Balangan"),
        ("Balangan", "regency", "63.11", "is a name"),
        ("kab. balangan", "regency", "63.11", "Kabupaten Balangan"),
        ("Palangka Raya", "regency", "62.71", "Kota Palangkaraya"),
        ("Kota Baru", "regency", "63.02", "Kabupaten Kotabaru"),
        ("Banjar Baru", "regency", "63.72", "Kota Banjarbaru"),
        ("Mahakam Hulu", "regency", "64.11", "Kabupaten Mahakam Ulu"),
        ("Banjar", "regency", "63.03", "Kabupaten Banjar"),
        ("Kalimantan Slatan", "province", "63", "Provinsi Kalimantan Selatan"),
        ("62.10.02", "regency", "62.10", "a district; wanted is a regency"),
        ("62.10.02.1012", ("province", "regency"), "62.10", "a village; wanted is a province or a regency"),
        ("63", "regency", "63.01", "Its 13 regencies"),
        ("62,10", "regency", "62.10", "Kabupaten Gunung Mas"),
        (" 62.10", None, "62.10", "Kabupaten Gunung Mas"),
        ("62.10.2", "district", "62.10.20", None),
        ("6210021012", "village", "62.10.02.1012", "Kelurahan Kurun"),
        (63, "province", "63", "Provinsi Kalimantan Selatan"),
        ("Pudak", "village", "63.11.03.2008", "Desa Pudak, Kabupaten Balangan"),
        ("Awayan", "regency", "63.11.03", "Kecamatan Awayan, Kabupaten Balangan"),
        ("63.11.30", "district", "63.11.03", "has 8 districts"),
    ],
)
def test_wrong_values_are_refused_with_the_likely_place(places, value, level, first, told):
    error = refusal(places, value, level)
    if told is None:  # the restored code does not exist, so a real one must be offered or the children told
        assert all(code in places for code in error.fields["candidates"])
        assert "Kabupaten Gunung Mas" in str(error)
        return
    assert error.fields["candidates"][0] == first
    assert told in str(error)


@pytest.mark.parametrize("value", ["99.99", "99", "62.14", "62.99.01", "63.11.99.2001", "62.10.02.9999", "6406", 64.06])
def test_codes_that_do_not_exist(places, value):
    error = refusal(places, value)
    assert "not in the gazetteer" in str(error)
    assert all(code in places for code in error.fields["candidates"])
    assert "61 Kalimantan Barat" in str(refusal(places, "99.99", "regency"))


@pytest.mark.parametrize("value", ["", None, float("nan"), True, [], "<img src=x>", "xyzzy", "x" * 100_000, "'; --"])
def test_nonsense_gets_no_false_suggestion(places, value):
    assert refusal(places, value, "regency").fields["candidates"] == ()


def test_name_that_several_places_bear_is_not_narrowed_silently(places):
    error = refusal(places, "Sukamaju", "village")
    assert len(error.fields["candidates"]) > 1
    assert "Write the code" not in str(error)


def test_right_values_pass(places):
    for level in codes.LEVELS:
        assert all(places.require(code, level) == code for code in places.codes(level)[::40])
    assert places.require("63", ("regency", "province")) == "63"
    assert "63.11" in places
    assert "63.1" not in places
    assert 63.11 not in places
    with pytest.raises(ParameterError):
        places.require("63.11", "kabupaten")


def test_single_letter_slips_find_their_regency(places):
    """Leave out each letter of each regency's name in turn: the first suggestion is that regency."""
    tried = right = 0
    for code in places.codes("regency"):
        name = places.name(code)
        for place in range(1, len(name)):
            slip = name[:place] + name[place + 1 :]
            tried += 1
            right += places.suggest(slip, "regency")[:1] == [code]
    assert right / tried > 0.99


def test_loading_is_shared_and_sees_a_changed_file(tmp_path, places):
    assert Gazetteer.load() is places
    folder = tmp_path / "reference"
    folder.mkdir()
    for name in ("gazetteer.csv", "regency_codes.csv"):
        source = data_root() / "reference" / name
        (folder / name).write_bytes(source.read_bytes())
        provenance.record_path(folder / name).write_bytes(provenance.record_path(source).read_bytes())
    assert len(Gazetteer.load(tmp_path)) == len(places)
    (folder / "gazetteer.csv").write_bytes((folder / "gazetteer.csv").read_bytes().replace(b"62.10,", b"62.1,"))
    with pytest.raises(SourceError, match=r"gazetteer\.csv"):
        Gazetteer.load(tmp_path)


def test_differences_from_the_second_list_are_recorded(places):
    path = data_root() / "reference" / "gazetteer_differences.csv"
    table = provenance.read_csv(path)
    assert set(table["difference"]) <= {"missing_here", "missing_there", "marks", "spelling"}
    here = table[table["difference"] != "missing_here"]
    assert (here["code"].map(places.name) == here["name_here"]).all()
    assert (table["code"].map(codes.level_of) == table["level"]).all()
    note = provenance.read_source(path).note
    for kind, count in table["difference"].value_counts().items():
        assert f"{kind} {count}" in note
    assert "Open Database License" in provenance.read_source(path).licence
