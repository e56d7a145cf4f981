"""Region codes: dotted text goes through, everything else is refused with a reason and a guess."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkbgeo import provenance
from kkbgeo.errors import CodeError, KkbgeoError, ParameterError
from kkbgeo.regions import codes
from kkbgeo.regions.gazetteer import Gazetteer

two = st.integers(0, 99).map("{:02d}".format)
province = st.integers(10, 99).map(str)
any_code = st.one_of(
    province,
    st.tuples(province, two).map(".".join),
    st.tuples(province, two, two).map(".".join),
    st.tuples(province, two, two, st.integers(0, 9999).map("{:04d}".format)).map(".".join),
)
many_codes = st.lists(st.one_of(any_code, st.sampled_from(Gazetteer.load().codes("regency"))), min_size=1, max_size=30)


@given(any_code)
def test_levels_and_parents_agree(code):
    level = codes.level_of(code)
    assert codes.as_code(code, level) == code
    assert code.count(".") == codes.LEVELS.index(level)
    above = codes.parent_of(code)
    if level == "province":
        assert above == ""
    else:
        assert code.startswith(above + ".")
        assert codes.LEVELS.index(codes.level_of(above)) == codes.LEVELS.index(level) - 1
    assert codes.parent_of(code, level) == code
    assert codes.parent_of(code, "province") == code[:2]
    assert codes.dotted(code.replace(".", "")) == code


@given(many_codes)
@settings(max_examples=40, deadline=None)
def test_codes_survive_every_way_in_and_out_as_text(tmp_path_factory, written):
    folder = tmp_path_factory.mktemp("ways")
    frame = pd.DataFrame({"code": pd.Series(written, dtype="str"), "n": range(len(written))})

    frame.to_csv(folder / "t.csv", index=False)
    provenance.seal(folder / "t.csv", title="t", producer="p", licence="l")
    from_csv = provenance.read_csv(folder / "t.csv")["code"]
    frame.to_parquet(folder / "t.parquet")
    from_parquet = pd.read_parquet(folder / "t.parquet")["code"]
    from_json = json.loads(json.dumps(written))
    as_index = pd.read_json(io.StringIO(frame.set_index("code").to_json(orient="split")), orient="split", dtype=False)

    for back in (from_csv.to_list(), from_parquet.to_list(), from_json):
        assert back == written
        assert [codes.as_code(code) for code in back] == written
    # The careless reader changes or refuses some; the strict reader lets none of those through.
    for careless in as_index.index.to_list():
        if not isinstance(careless, str):
            with pytest.raises(CodeError):
                codes.as_code(careless)


@pytest.mark.parametrize("code", Gazetteer.load().codes("regency"))
def test_regency_as_a_number_is_refused_and_guessed_right(code):
    for number in (float(code), np.float64(code), np.float32(code)):
        with pytest.raises(CodeError) as caught:
            codes.as_code(number, "regency")
        assert caught.value.fields["candidates"] == (code,)
        assert caught.value.fields["reason"] == "number"
    for bare in (code.replace(".", ""), int(code.replace(".", "")), float(code.replace(".", ""))):
        with pytest.raises(CodeError) as caught:
            codes.as_code(bare)
        assert caught.value.fields["reason"] == "undotted"
        assert caught.value.fields["candidates"] == (code,)
    cut = str(float(code))
    if cut != code:
        with pytest.raises(CodeError) as caught:
            codes.as_code(cut)
        assert caught.value.fields["reason"] == "cut"
        assert caught.value.fields["candidates"][0] == code


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", "empty"),
        ("  ", "empty"),
        (None, "empty"),
        (float("nan"), "empty"),
        (pd.NA, "empty"),
        (pd.NaT, "empty"),
        (62, "number"),
        (62.0, "number"),
        (True, "text"),
        (np.True_, "text"),
        (["62.10"], "text"),
        (b"62.10", "text"),
        (" 62.10", "spelling"),
        ("62.10\n", "spelling"),
        ("62,10", "spelling"),
        ("62-10-02", "spelling"),
        ("6210.0", "undotted"),
        ("6210020", "undotted"),
        ("62.10.02.101", "cut"),
        ("62.10.2", "cut"),
        ("Gunung Mas", "text"),
        ("62.10.02.1012.1", "text"),
        ("٦٢.١٠", "text"),  # digits of another script
        (float("inf"), "number"),
        (6.2e9, "undotted"),
    ],
)
def test_refusals_say_why(value, reason):
    assert not codes.is_code(value)
    with pytest.raises(CodeError) as caught:
        codes.as_code(value)
    assert caught.value.fields["reason"] == reason
    assert caught.value.hint


def test_cut_zero_in_front_and_at_the_end_are_both_offered():
    with pytest.raises(CodeError) as caught:
        codes.as_code("62.1")
    assert caught.value.fields["candidates"] == ("62.10", "62.01")
    assert '"62.10" or "62.01"' in caught.value.hint


def test_wrong_level_is_refused():
    with pytest.raises(CodeError, match=r"62\.10\.02 is the code of a district, and a regency is wanted") as caught:
        codes.as_code("62.10.02", "regency")
    assert caught.value.fields["candidates"] == ("62.10",)
    with pytest.raises(CodeError) as caught:
        codes.as_code("62", "regency")
    assert caught.value.fields["candidates"] == ()
    with pytest.raises(CodeError, match="has no village above it"):
        codes.parent_of("62.10", "village")
    with pytest.raises(ParameterError):
        codes.as_code("62.10", "kabupaten")


@given(st.one_of(st.text(), st.floats(), st.integers(), st.binary(), st.none(), st.lists(st.text()), st.booleans()))
def test_nothing_but_a_code_passes_and_nothing_crashes(value):
    try:
        code = codes.as_code(value)
    except KkbgeoError as error:
        assert isinstance(error, CodeError)
        assert all(codes.is_code(candidate) for candidate in error.fields["candidates"])
    else:
        assert code == value
        assert type(code) is str


def test_text_of_numpy_becomes_plain_text():
    assert type(codes.as_code(np.str_("62.10"))) is str


@pytest.mark.parametrize("digits", ["", "621", "62100", "6210020", "62.10", "ab", None, 6210])
def test_dotting_takes_only_kemendagri_lengths(digits):
    with pytest.raises(CodeError):
        codes.dotted(digits)
