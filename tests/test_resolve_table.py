"""Whole tables: rows in, rows out; what a person decides is asked once, remembered and checked both ways."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refusals import refused
from typer.testing import CliRunner

from kkbgeo import provenance
from kkbgeo.errors import CodeError, KkbgeoError, ParameterError, RecordError, SourceError
from kkbgeo.language import words
from kkbgeo.paths import CHECKOUT
from kkbgeo.regions import files, names, review
from kkbgeo.regions.aliases import Aliases
from kkbgeo.regions.decisions import Decision, add_decisions, read_decisions
from kkbgeo.regions.gazetteer import Gazetteer
from kkbgeo.regions.recheck import check_decisions
from kkbgeo.regions.table import ADDED

DATA = CHECKOUT / "data"
MESSY = pd.DataFrame(
    {
        "provinsi": ["Kalsel", "Kalsel", "Kalsel", "Kalsel", "Kalsel", ""],
        "Kab/Kota": ["Balangan", "Kab. Balangan", "Balangan", "Balangan", "Balangan", ""],
        "Kecamatan": ["Awayan", "AWAYAN", "Awayn", "Awayn", "Awayan", ""],
        "Desa/Kelurahan": ["Pudak", "Desa Pudak", "", "", "Pudok", ""],
        "Jumlah": ["1", "=1+1", "3", "4", "5", "6"],
    }
)


@pytest.fixture(scope="module")
def resolver() -> names.Resolver:
    return names.load(DATA)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(DATA / "reference", tmp_path / "data" / "reference")
    return tmp_path / "data"


@pytest.fixture
def run(root, monkeypatch):
    from kkbgeo.cli import app

    monkeypatch.setenv("KKBGEO_DATA", str(root))

    def call(*arguments: object):
        done = CliRunner().invoke(app, ["resolve", *map(str, arguments)])
        if isinstance(done.exception, KkbgeoError):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    return call


# --- frames -----------------------------------------------------------------------------------------------


def test_rows_order_index_and_columns_stay(resolver):
    frame = pd.DataFrame(
        {
            "n": [3, 1, 2, 3],
            "district": ["Awayan", None, float("nan"), "Awayan"],
            "regency": pd.Categorical(["Balangan", "Balangan", "Kab. Balangan", "Balangan"]),
            "village": ["Pudak", "Pudak", pd.NA, "Pudok"],
        },
        index=[9, 9, "x", (1, 2)],
    )
    before = frame.copy()
    out = resolver.resolve_table(frame)
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(out[list(frame.columns)], before)
    assert list(out.columns) == [*frame.columns, *ADDED]
    assert out["code"].to_list() == ["63.11.03.2008", "63.11.03.2008", "63.11", "63.11.03"]
    assert out["level"].to_list() == ["village", "village", "regency", "district"]
    assert out["candidates"].to_list() == ["", "", "", "63.11.03.2008"]
    assert all(isinstance(code, str) for code in out["code"])


def test_a_column_that_is_there_is_kept_under_another_name(resolver):
    out = resolver.resolve_table(pd.DataFrame({"regency": ["Balangan"], "code": ["6311"], "score": [5]}))
    assert out[["code_given", "score_given", "code"]].to_numpy().tolist() == [["6311", 5, "63.11"]]


def test_each_row_may_have_its_own_date(resolver):
    rows = pd.DataFrame(
        {"regency": "Kutai Kartanegara", "district": "Samboja", "as_of": ["2019", "2025", "", "12/11/2019"]}
    )
    assert resolver.resolve_table(rows)["code"].to_list() == ["64.02", "64.02.13", "64.02.13", "64.02.13"]
    assert resolver.resolve_table(rows, as_of="2018")["code"].to_list() == ["64.02", "64.02.13", "64.02", "64.02"]


def test_an_empty_table_and_one_without_places(resolver):
    out = resolver.resolve_table(pd.DataFrame({"regency": []}))
    assert len(out) == 0 and list(out.columns) == ["regency", *ADDED]
    with refused(RecordError, columns=("kabupaten",)):
        resolver.resolve_table(pd.DataFrame({"kabupaten": ["Balangan"]}))


rows = st.lists(
    st.fixed_dictionaries(
        {
            "regency": st.sampled_from(["Balangan", "Kab. Balangan", "Balangn", "", "Banjar", "Kota Banjarbaru"]),
            "district": st.sampled_from(["Awayan", "awayan", "", "Awayn", "Paringin"]),
            "village": st.sampled_from(["Pudak", "Desa Pudak", "Pudok", "", "Loktabat Utara", "Dusun Pudak", "-"]),
        }
    ),
    max_size=30,
)


@given(rows)
@settings(max_examples=60, deadline=None)
def test_a_table_says_what_each_row_says_alone(records):
    resolver = names.load(DATA)
    frame = pd.DataFrame(records, columns=["regency", "district", "village"])
    out = resolver.resolve_table(frame)
    assert len(out) == len(frame)
    for record, found in zip(records, out.to_dict("records"), strict=True):
        place = resolver.resolve(**record)
        assert (found["code"], found["verdict"], found["score"]) == (place.code, place.verdict, place.score)
        assert found["reason"] == words(place.reason, "en") and found["candidates"] == "; ".join(place.candidates)


# --- files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_delimiter_and_encoding_are_found(tmp_path, encoding, sign):
    frame = MESSY.assign(Catatan=["a, b", "c; d", "é", "", "", ""])
    path = tmp_path / "in.csv"
    path.write_text(frame.to_csv(index=False, sep=sign), encoding=encoding)
    back = files.read_table(path)
    pd.testing.assert_frame_equal(back, frame.astype("str"))


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        (b"", {"reason": "empty"}),
        (b"\n\n", {"reason": "empty"}),
        (b"a,a\n1,2\n", {"row": 1, "value": "a"}),
        (b"a,\n1,2\n", {"row": 1, "value": ""}),
        (b"a,b\n1,2,3\n", {"row": 2}),
        (b"PK\x03\x04rest", {"reason": "workbook"}),
        (b"a\x00b,c\n", {"reason": "no_text"}),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, content, fields):
    path = tmp_path / "in.csv"
    path.write_bytes(content)
    with refused(RecordError, path=str(path), **fields):
        files.read_table(path)
    with refused(RecordError, path=str(tmp_path / "none.csv"), reason="unreadable"):
        files.read_table(tmp_path / "none.csv")


def test_headings_of_offices_are_known_and_doubles_refused():
    found = files.place_columns(["No", "Provinsi", "KAB./KOTA", "Kec.", "Desa / Kelurahan", "Jenis"])
    assert found == dict(
        zip(
            ("province", "regency", "district", "village", "kind"),
            ["Provinsi", "KAB./KOTA", "Kec.", "Desa / Kelurahan", "Jenis"],
            strict=True,
        )
    )
    with refused(RecordError, column="Kelurahan", candidates=("Desa", "Kelurahan")):
        files.place_columns(["Desa", "Kelurahan"])
    with refused(RecordError, columns=("No", "Jumlah")):
        files.place_columns(["No", "Jumlah"])


# --- the command ------------------------------------------------------------------------------------------


def test_the_command_from_table_to_review_to_memory(run, root, tmp_path):
    table, out, asked = tmp_path / "in.csv", tmp_path / "out.csv", tmp_path / "review.csv"
    MESSY.to_csv(table, index=False, sep=";")
    told = run(table, "--out", out, "--review", asked)
    assert (
        "6 baris: 2 tempat ditetapkan, 3 hanya sampai wilayah di atasnya, 1 tanpa kode; 2 nama perlu diputuskan" in told
    )
    first = files.read_table(out)
    assert list(first.columns) == [*MESSY.columns, *ADDED] and len(first) == 6
    assert first["code"].to_list() == ["63.11.03.2008"] * 2 + ["63.11"] * 2 + ["63.11.03", ""]
    assert first["Jumlah"].to_list() == ["1", "'=1+1", "3", "4", "5", "6"]

    questions = files.read_table(asked)
    assert questions[["district", "village", "rows"]].to_numpy().tolist() == [
        ["Awayn", "", "2"],
        ["Awayan", "Pudok", "1"],
    ]
    assert questions["candidates"].str.startswith(("63.11.03 (Awayan", "63.11.03.2008 (Pudak")).all()
    questions["code"] = ["63.11.03", "-"]
    questions["why"] = ["typing error", "a hamlet of no known village"]
    questions.to_csv(asked, index=False, sep=";")  # as a spreadsheet saves it
    told = run("--learn", asked, "--language", "en")
    assert "2 decisions kept" in told and str(root / "reference" / "learned_places.csv") in told
    assert "0 decisions kept" in run("--learn", asked, "--language", "en")

    told = run(table, "--out", out, "--review", asked, "--language", "en")
    assert (
        "6 rows: 4 places told, 0 only to the unit above, 2 without any code" in told
        and "0 names need a person" in told
    )
    second = files.read_table(out)
    assert second["code"].to_list() == ["63.11.03.2008"] * 2 + ["63.11.03"] * 2 + ["", ""]
    assert second["verdict"].to_list()[2:5] == ["alias"] * 3 and "a hamlet" in second["reason"][4]
    assert len(files.read_table(asked)) == 0
    assert provenance.check_all(root) == []
    assert provenance.read_source(root / "reference" / "learned_places.csv").rows == 2


def test_another_file_of_decisions(run, tmp_path):
    table, out, own = tmp_path / "in.csv", tmp_path / "out.csv", tmp_path / "mine" / "own.csv"
    MESSY.to_csv(table, index=False)
    asked = tmp_path / "review.csv"
    run(table, "--out", out, "--review", asked)
    questions = files.read_table(asked).assign(code=["63.11.03", "63.11.03.2008"])
    questions.to_csv(asked, index=False)
    run("--learn", asked, "--decisions", own, table, "--out", out)
    assert own.exists() and files.read_table(out)["code"].to_list()[4] == "63.11.03.2008"
    run(table, "--out", out)
    assert files.read_table(out)["code"].to_list()[4] == "63.11.03"


def test_a_wrong_review_changes_nothing_and_names_every_row(run, root, tmp_path):
    asked = tmp_path / "review.csv"
    given = ["63.11.03.9999", "62.1", "63.11.03", "63.11.04", ""]
    rows = [
        ["Kalsel", "Balangan", name, "", code]
        for name, code in zip(["A a", "B b", "C c", "C c", "D d"], given, strict=True)
    ]
    pd.DataFrame(rows, columns=["province", "regency", "district", "village", "code"]).to_csv(asked, index=False)
    with refused(RecordError, path=str(asked), rows=(2, 3, 5)):
        run("--learn", asked)
    assert not (root / "reference" / "learned_places.csv").exists()
    with pytest.raises(ParameterError):  # there is no --out
        run(asked)


# --- decisions, both ways ---------------------------------------------------------------------------------


def test_decisions_are_checked_both_ways():
    places = Gazetteer.load(DATA)
    shipped = names.load(DATA)
    area = ("Kalimantan Selatan", "Balangan", "Awayan")
    given = {
        (*area, "Pudak"): Decision("63.11.03.2008", "needed once"),
        (*area, "Desa Pudak"): Decision("63.11.03.2009", "wrong"),
        (*area, "Sungai Hantu"): Decision("63.11.03.2010", "by hand"),
        (*area, "Kampung Hantu"): Decision("63.11.03.2010", "by hand"),
        ("Kalimantan Selatan", "Balangan", "", "Nowhere"): Decision("63.10.01.2002", "by hand"),
    }
    found = check_decisions(names.Resolver(places, given, shipped.index.aliases, shipped.index.editions))
    assert {finding.kind: finding.names[3] for finding in found} == {
        "idle": "Pudak",
        "contradicts": "Desa Pudak",
        "outside": "Nowhere",
        "shared": "Sungai Hantu",
    }
    assert all(finding.message for finding in found)


def test_the_decisions_of_the_records_need_no_correction(resolver):
    assert check_decisions(resolver) == []


def test_one_printed_name_cannot_become_two_places(root, tmp_path):
    places, path = Gazetteer.load(root), tmp_path / "own.csv"
    place = ("Kalsel", "Balangan", "Awayan", "Pudok")
    assert add_decisions({place: Decision("63.11.03.2008", "seen")}, path, places) == ([place], [])
    again = ("KALSEL", "balangan", "Awayan", "pu-dok")
    assert add_decisions({again: Decision("63.11.03.2008", "seen")}, path, places) == ([], [again])
    before = path.read_bytes()
    for names_, decision, reason in (
        (again, Decision("63.11.03.2009", "other"), "decided_before"),
        (("", "", "", ""), Decision("63.11", "x"), "incomplete"),
        (("Kalsel", "X", "", ""), Decision("63.11", " "), "incomplete"),
        (("Kalsel", "X", "", ""), Decision("63.99", "x"), "no_code"),
    ):
        with refused(CodeError, value=decision.code, reason=reason):
            add_decisions({("Kalsel", "Y", "", ""): Decision("63.11", "fine"), names_: decision}, path, places)
        assert path.read_bytes() == before
    assert list(read_decisions(root, places, path)) == [place]


def test_a_learned_decision_may_not_contradict_the_records(root, tmp_path):
    places, path = Gazetteer.load(root), tmp_path / "own.csv"
    known = next(iter(names.load(root).decisions))
    add_decisions({known: Decision("63.11", "another")}, path, places)
    with refused(CodeError, path=str(path), value="63.11"):
        names.load(root, decisions=path)


def test_an_edited_memory_is_refused_until_it_is_sealed(run, root, tmp_path):
    path = root / "reference" / "learned_places.csv"
    add_decisions({("Kalsel", "Balangan", "Awayn", ""): Decision("63.11.03", "seen")}, path, Gazetteer.load(root))
    path.write_text(path.read_text().replace("63.11.03", "63.11.04"))
    table = tmp_path / "in.csv"
    MESSY.to_csv(table, index=False)
    with refused(SourceError, path=str(path)):
        run(table, "--out", tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_rows_with_the_same_unknown_district_are_one_question(resolver):
    frame = pd.DataFrame({"regency": "Balangan", "district": "Awayn", "village": [f"Desa {n}" for n in range(40)]})
    asked = review.review_rows(resolver, frame)
    assert len(asked) == 1 and asked["rows"][0] == 40 and asked["village"][0] == ""
    assert np.isclose(asked["score"][0], 90.9)


# --- aliases ----------------------------------------------------------------------------------------------


def test_every_alias_has_a_reason_and_is_no_other_units_name():
    places, aliases = Gazetteer.load(DATA), Aliases.load(DATA)
    rows = provenance.read_csv(DATA / "reference" / "aliases.csv")
    assert (rows["source"].str.len() > 10).all() and not rows.duplicated(["kind", "level", "within", "alias"]).any()
    for (level, alias), found in aliases.names.items():
        for within, code, _ in found:
            assert code in places and code.startswith(within)
            listed = {names.normalise(places.name(each)) for each in places.within(within or None, level)}
            assert alias not in listed


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("word,,,sei,seri,a reason that is long", "meaning"),
        ("name,regency,63,HSS,63.07,a reason that is long", "code"),
        ("name,regency,63,XX,6307,a reason that is long", "code"),
        ("thing,regency,63,XX,63.07,a reason that is long", "kind"),
        ("word,,,xx,yy,", "incomplete"),
    ],
)
def test_a_wrong_alias_is_refused_by_row(root, row, reason):
    path = root / "reference" / "aliases.csv"
    path.write_text(path.read_text(encoding="utf-8") + row + "\n", encoding="utf-8")
    provenance.seal(path)
    with refused(CodeError, row=len(provenance.read_csv(path)) + 1, value=row.split(",")[3], reason=reason):
        Aliases.load(root)


def test_reasons_are_told_in_bahasa_indonesia_and_in_english():
    from kkbgeo import language

    resolver = names.load(DATA)
    places = [
        ("Kalsel", "Balangan", "Awayan", "Pudok"),
        ("Kalsel", "Balangan", "Awayn", "Pudak"),
        ("Kalsel", "Balangan", "Paringin", "Pudak"),
        ("Kalsel", "Balangan", "Awayan", "Dusun Pudak"),
        ("Kalsel", "Balangan", "Awayan", "Kampung Pudak"),
        ("Kalbar", "Pontianak", "", ""),
        ("Kaltim", "Tarakan", "", ""),
        ("Kalbar", "", "", "Sukamaju"),
        ("Kalbar", "", "Sungai Raya", ""),
        ("", "", "", ""),
    ]
    for place in places:
        reason = resolver.resolve(*place).reason
        assert words(reason, "id") != words(reason, "en")
    texts = {key: text for key, text in language.catalogue().items() if key.startswith("places.")}
    assert len(texts) > 30 and all(set(text) == {"id", "en"} for text in texts.values())
