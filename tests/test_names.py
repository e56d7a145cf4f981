"""From printed names to codes: only what is certain, each decision needed and explained."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest

from kkbgeo import provenance
from kkbgeo.errors import CodeError
from kkbgeo.language import words
from kkbgeo.paths import CHECKOUT
from kkbgeo.records.read import read_text, table_names, table_path
from kkbgeo.regions import names
from kkbgeo.regions.codes import LEVELS
from kkbgeo.regions.gazetteer import Gazetteer
from kkbgeo.regions.names import VERDICTS, Decision, Resolver, normalise, read_decisions, resolve

DATA = CHECKOUT / "data"
UNCODED_VILLAGES = {
    ("kampung-042", "Selintah"): "district",
    ("kampung-123", "Tatahlayap Baru"): "district",
    ("kampung-129", "Bungurraya"): "regency",
    ("aid-024", "Kuala Kurun"): "district",
    ("aid-146", "Beliung"): "district",
}


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    return Gazetteer.load(DATA)


@pytest.fixture(scope="module")
def bare() -> Resolver:
    """A resolver without any decision."""
    return names.load(DATA).without_decisions()


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("code_records", CHECKOUT / "scripts" / "code_records.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("records", "reference"):
        shutil.copytree(DATA / name, tmp_path / name)
    return tmp_path


def rewrite_decisions(root: Path, change) -> None:
    path = root / "reference" / "place_decisions.csv"
    frame = change(provenance.read_csv(path))
    frame.to_csv(path, index=False, lineterminator="\n")
    provenance.seal(path)


# --- what is certain ------------------------------------------------------------------------------------


def test_every_unit_is_found_by_its_own_names(places, bare):
    for code in places.codes("village")[::97] + places.codes("regency") + places.codes("district")[::11]:
        printed = [places.short(each) for each in places.chain(code)]
        place = bare.resolve(*printed)
        assert (place.code, place.verdict) == (code, "exact")
        joined = [text.upper().replace(" ", "").replace("'", "").replace("-", " ") for text in printed]
        assert bare.resolve(*joined).code == code


def test_names_stay_unique_under_their_parent_when_normalised(places):
    frame = places.frame
    key = frame["name"].map(normalise).where(frame["kind"] != "kota", "kota" + frame["name"].map(normalise))
    assert (key != "").all()
    assert not frame.assign(key=key).duplicated(["parent", "key"]).any()


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        (("Kalimantan Tengah", "Kota Palangka Raya"), "62.71"),
        (("Kalimantan Tengah", "kab. gunung mas"), "62.10"),
        (("Provinsi Kalimantan Selatan", "Kabupaten Kota Baru"), "63.02"),
        (("Kalimantan Selatan", "Kota Baru"), "63.02"),
        (("Kalimantan Timur", "Penajam Paser Utara", "Waru", "Api-Api"), "64.09.02.2001"),
        (("Kalimantan Timur", "Kota Bontang", "", "Api-Api"), "64.74.01.1006"),
        (("Kalimantan Timur", "Kota Bontang", "", "Berbas Pantai"), "64.74.02.1003"),
        (("Kalimantan Timur", "Berau", "", "Kampung Maluang"), "64.03.06.2004"),
        (("Kalimantan Selatan", "Balangan", "Kec. Awayan", "Desa Pudak"), "63.11.03.2008"),
        (("Kalimantan Selatan", "Banjar", "Beruntungbaru", "Haurkuning"), "63.03.13.2008"),
    ],
)
def test_spaces_signs_and_kinds_do_not_matter(bare, printed, code):
    assert bare.resolve(*printed).code == code


@pytest.mark.parametrize(
    ("printed", "code", "verdict"),
    [
        (("Kalimantan Selatan", "Balangn"), "63", "fuzzy"),
        (("Kalimantan Selatan", "Kota Banjar"), "63", "ambiguous"),
        (("Kalimantan Barat", "Pontianak"), "61", "ambiguous"),  # the city, or the kabupaten that is Mempawah today
        (("Kalimantan Selatan", "Balangan", "Awayan", "Pudok"), "63.11.03", "fuzzy"),
        (("Kalimantan Selatan", "Balangan", "Awayn"), "63.11", "fuzzy"),
        # The district has no such village and its neighbour has: either may be the slip, so neither is certain.
        (("Kalimantan Barat", "Kapuas Hulu", "Badau", "Laja Sandang"), "61.06", "ambiguous"),
        (("Kalimantan Selatan", "", "", "Pudak"), "63", "fuzzy"),
        (("Jawa Barat", "Banjar"), "", "none"),
        (("Kalimantan Selatan", "Balangan", "Awayan", "Tempat Tak Dikenal"), "63.11.03", "none"),
    ],
)
def test_no_guess_is_made(bare, printed, code, verdict):
    place = bare.resolve(*printed)
    assert (place.code, place.verdict) == (code, verdict)
    assert not place.taken and bool(place.candidates) == (verdict != "none")
    assert place.level == (LEVELS[(0, 2, 5, 8).index(len(code)) - 1] if code else "")
    assert place.reason


def test_a_name_that_two_villages_of_a_regency_bear_is_ambiguous(places, bare):
    frame = places.frame
    villages = frame[frame["level"] == "village"]
    regency = villages["parent"].map(places.parent)
    twice = villages[villages.assign(regency=regency).duplicated(["regency", "name"], keep=False)]
    assert len(twice) > 100
    for code in twice.index[:40]:
        above = places.parent(code, "regency")
        printed = (places.short(above[:2]), places.short(above))
        unsure = bare.resolve(*printed, "", places.name(code))
        assert (unsure.code, unsure.verdict) == (above, "ambiguous")
        assert code in str(unsure.reason) or "5" in str(unsure.reason)
        assert bare.resolve(*printed, places.name(places.parent(code)), places.name(code)).code == code


def test_the_printed_kind_is_compared_but_does_not_decide(bare):
    place = bare.resolve("Kalimantan Selatan", "Balangan", "Awayan", "Pudak", "kelurahan")
    assert place.code == "63.11.03.2008" and "printed as kelurahan, listed as desa" in words(place.reason, "en")


# --- decisions --------------------------------------------------------------------------------------------


def test_every_decision_is_needed_and_explained(places, bare):
    decisions = read_decisions(DATA, places)
    assert len(decisions) == 21
    for printed, decision in decisions.items():
        alone = bare.resolve(*printed)
        assert not alone.taken, printed
        assert len(decision.reason) > 15
        # A decision may answer with another district, never with another regency than was printed.
        certain = bare.resolve(*printed[:2]).code
        assert decision.code == certain or decision.code.startswith(f"{certain}.")


def test_a_decision_on_a_district_carries_its_villages(places):
    printed = ("Kalimantan Selatan", "Balangan", "Awayannya")
    resolver = Resolver(places, {(*printed, ""): Decision("63.11.03", "a test")})
    place = resolver.resolve(*(name.upper() for name in printed), "Pudak")
    assert (place.code, place.verdict, place.taken) == ("63.11.03.2008", "alias", True)
    assert not resolver.unused()


def test_two_provinces_in_one_figure_have_no_code():
    place = resolve("Kalimantan Timur + Kalimantan Utara", data_root=DATA)
    assert (place.code, place.level, place.verdict) == ("", "", "alias")
    assert "two provinces" in place.reason


def test_idle_decisions_are_found(places):
    printed = ("Kalimantan Barat", "Sambas", "", "Nowhere")
    resolver = Resolver(places, {printed: Decision("61.01", "a test")})
    assert resolver.unused() == [printed]
    assert resolver.resolve(*printed).code == "61.01"
    assert resolver.unused() == []


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("code", "62.04.99", "no code of the gazetteer"),
        ("code", "6204", "no code of the gazetteer"),
        ("reason", " ", "needs a printed name and a reason"),
        ("province", "", "needs a printed name and a reason"),
    ],
)
def test_a_wrong_decision_is_refused_by_row(copy, column, value, says):
    def change(frame):
        frame.loc[1, list(LEVELS) if column == "province" else column] = value
        return frame

    rewrite_decisions(copy, change)
    with pytest.raises(CodeError, match=says) as caught:
        read_decisions(copy)
    assert caught.value.fields["row"] == 3


def test_a_place_decided_twice_is_refused(copy):
    import pandas as pd

    rewrite_decisions(copy, lambda frame: pd.concat([frame, frame.iloc[[4]].assign(code="61.09")]))
    with pytest.raises(CodeError, match="a second time"):
        read_decisions(copy)


def test_a_changed_decisions_file_is_seen_by_the_same_process(copy):
    assert names.load(copy).resolve("Kalimantan Barat", "Sekadau", "Sekadau Hulu", "Selintah").level == "district"
    rewrite_decisions(copy, lambda frame: frame[frame["village"] != "Selintah"])
    assert names.load(copy).resolve("Kalimantan Barat", "Sekadau", "Sekadau Hulu", "Selintah").verdict == "none"


# --- the committed records -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", table_names())
def test_the_committed_codes_are_what_the_resolver_says(script, name):
    frame = read_text(name, DATA)
    again = script.coded(frame, names.load(DATA))
    assert script.to_csv(again) == table_path(name, DATA).read_bytes()


def test_only_these_places_lack_the_code_that_was_printed():
    missing, empty = {}, []
    for name in table_names():
        for row in read_text(name, DATA).to_dict("records"):
            deepest = next(level for level in reversed(LEVELS) if row[level])
            if not row["code"]:
                empty.append(row["record_id"])
            elif row["level"] != deepest:
                missing[row["record_id"], row[deepest]] = row["level"]
            assert row["place_reason"]
    assert missing == UNCODED_VILLAGES
    assert empty == ["count-028"]


def test_codes_lie_inside_the_printed_province_and_regency(places):
    for name in table_names():
        for row in read_text(name, DATA).to_dict("records"):
            if row["code"]:
                assert normalise(places.name(row["code"][:2])) == normalise(row["province"])
            if row["regency"] and row["code"]:
                listed = normalise(places.label(row["code"][:5])).removeprefix("kabupaten")
                assert listed == normalise(row["regency"]).removeprefix("kabupaten")


def test_the_script_fills_emptied_codes_again_and_then_changes_nothing(script, copy, capsys):
    path = table_path("kampung", copy)
    original = path.read_bytes()
    frame = read_text("kampung", copy)
    frame[["code", "level", "place_reason"]] = ""
    path.write_bytes(script.to_csv(frame))
    provenance.seal(path)
    assert script.main(["--data", str(copy), "--check"]) == 1
    assert path.read_bytes() != original
    assert script.main(["--data", str(copy)]) == 0
    assert path.read_bytes() == original
    assert provenance.verify(path).rows == 3_524
    assert script.main(["--data", str(copy), "--check"]) == 0
    assert "changed: none" in capsys.readouterr().out


def test_the_script_names_an_idle_decision(script, copy, capsys):
    rewrite_decisions(copy, lambda frame: frame.assign(village=frame["village"].replace("Pumpung", "Pumpungan")))
    assert script.main(["--data", str(copy)]) == 1
    assert "Kalimantan Selatan / Kota Banjarbaru / Pumpungan" in capsys.readouterr().err


def test_verdicts_are_the_declared_ones(bare):
    seen = {
        bare.resolve(*[row[level] for level in LEVELS]).verdict for row in read_text("kampung", DATA).to_dict("records")
    }
    assert seen <= set(VERDICTS) and {"exact", "normalised", "none"} <= seen


def test_where_kampung_is_the_word_for_a_village_it_is_not_called_a_hamlet():
    said = {
        tongue: words(names.load().resolve("", "Berau", "", "Kampung Sukan").reason, tongue) for tongue in ("id", "en")
    }
    assert "berarti desa" in said["id"]
    assert "is a village in this regency" in said["en"]
    assert "is a hamlet" in words(names.load().resolve("", "Banjar", "", "Kampung Sukan").reason, "en")
