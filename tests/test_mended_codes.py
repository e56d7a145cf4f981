"""What spreadsheets do to codes: only what is certain is restored, the rest is refused with who may be meant."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkbgeo.errors import CodeError, ParameterError
from kkbgeo.language import words
from kkbgeo.paths import CHECKOUT
from kkbgeo.regions.codes import Code
from kkbgeo.regions.excel import mend_code
from kkbgeo.regions.gazetteer import Gazetteer
from kkbgeo.regions.systems import meanings

PLACES = Gazetteer.load(CHECKOUT / "data")
regencies = st.sampled_from(PLACES.codes("regency"))
units = st.sampled_from(
    [code for level in ("province", "regency", "district", "village") for code in PLACES.codes(level)]
)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("62.10", "62.10"),
        (62.1, "62.10"),
        (np.float32(62.1), "62.10"),
        (62.01, "62.01"),
        ('"62.10"', "62.10"),
        ("'62.10", "62.10"),
        (' ="62.10" ', "62.10"),
        ("62,10", "62.10"),
        ("６２．１０", "62.10"),
        ("62 . 10\u00a0", "62.10"),
        ("62-10-02-1012", "62.10.02.1012"),
        ("62.10.2.1012", "62.10.02.1012"),
        (62, "62"),
        (62.0, "62"),
        ("62.0", "62"),
        (6303, "63.03"),
        ("6303.0", "63.03"),
        ("621002", "62.10.02"),
        (64.1, "65.04"),
        ("64.73", "65.71"),
        ("63.02.06.1002", "63.02.22.1009"),
    ],
)
def test_what_is_certain_is_restored(value, code):
    mended = mend_code(value)
    assert mended.code == code and not mended.candidates
    assert isinstance(mended.code, Code) and mended.code.system == "kemendagri" and mended.code.edition == "2025"


@pytest.mark.parametrize(
    ("value", "candidates"),
    [
        ("62.1", ("62.10", "62.01")),
        (6210, ("62.10", "62.11")),
        (6210.0, ("62.10", "62.11")),
        ("6210.0", ("62.10", "62.11")),
        ("6402", ("64.02", "64.07")),
        ("6405", ("65.03", "64.03")),
        ("6407", ("64.07",)),
        ("6210021012", ("62.10.02.1012",)),
        ("6.21E+09", tuple(f"62.{n:02d}" for n in range(5, 14))),
        ("6210021", ("62.11",)),
        ("62.10.99", ("62.10",)),
        ("64.04.01.2001", ("65.01",)),
        (65.1, ()),
        (62.113, ()),
        ("Balangan", ()),
        ("", ()),
        (None, ()),
        (float("nan"), ()),
        (pd.NA, ()),
        (True, ()),
        (dt.date(2025, 6, 21), ()),
        (dt.datetime(1962, 10, 1), ()),
        ("9.9E+99", ()),
        ("1" * 400, ()),
    ],
)
def test_what_is_not_certain_is_refused_with_who_may_be_meant(value, candidates):
    mended = mend_code(value)
    assert mended.code is None and mended.reason and mended.candidates == candidates


@pytest.mark.parametrize(
    ("value", "given", "code"),
    [
        (6210, {"system": "kemendagri"}, "62.10"),
        (6210, {"system": "bps"}, "62.11"),
        ("6210021012", {"system": "kemendagri"}, "62.10.02.1012"),
        ("6.210021012E+09", {"system": "kemendagri"}, "62.10.02.1012"),
        ("6210", {"name": "Kab. Pulang Pisau"}, "62.11"),
        ("6210", {"name": "Gumas"}, "62.10"),
        ("62.1", {"name": "GUNUNG MAS"}, "62.10"),
        ("62.1", {"name": "Kobar"}, "62.01"),
        ("6405", {"name": "Berau"}, "64.03"),
        ("6104", {"name": "Kabupaten Pontianak"}, "61.02"),
        ("62.10", {"name": "Gunung Mass"}, "62.10"),
    ],
)
def test_the_system_or_the_name_beside_it_decides(value, given, code):
    assert mend_code(value, **given).code == code


def test_a_code_whose_name_is_anothers_is_refused():
    mended = mend_code("62.10", name="Pulang Pisau")
    assert mended.code is None and mended.candidates == ("62.10", "62.11")
    assert mend_code("62.10", level="village").code is None
    assert mend_code("62.10.02.1012", level="regency").candidates == ("62.10",)
    assert mend_code("62.10", system="bps").code is None


@pytest.mark.parametrize("given", [{"system": "BPS"}, {"level": "kabupaten"}])
def test_a_wrong_call_is_refused(given):
    with pytest.raises(ParameterError):
        mend_code("62.10", **given)


@given(regencies)
def test_a_bare_number_that_means_two_places_is_refused_until_the_system_is_named(code):
    digits = code.replace(".", "")
    found = set(meanings(digits, PLACES).values())
    for value in (digits, int(digits), float(digits), f"{digits}.0"):
        mended = mend_code(value)
        assert mended.code in (None, code)
        if len(found) == 2:
            assert mended.code is None and set(mended.candidates) == found
        assert mend_code(value, system="kemendagri").code == code
    assert mend_code(PLACES.bps(code), system="bps").code == code
    assert mend_code(PLACES.bps(code), name=PLACES.label(code)).code == code


@given(units, st.sampled_from(["{}", " {} ", '"{}"', "'{}", "\ufeff{}"]), st.booleans())
@settings(max_examples=200, deadline=None)
def test_a_whole_code_survives_marks_and_wide_digits(code, frame, wide):
    text = frame.format(code)
    if wide:
        text = text.translate({ord(str(n)): 0xFF10 + n for n in range(10)} | {ord("."): 0xFF0E})
    assert mend_code(text).code == code


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.from_regex(r"[0-9.,E+ ]{1,14}", fullmatch=True)))
@settings(max_examples=400, deadline=None)
def test_nothing_breaks_it_and_every_code_exists(value):
    mended = mend_code(value)
    assert mended.code is None or mended.code in PLACES
    assert all(code in PLACES for code in mended.candidates)
    assert mended.code is not None or mended.reason


def test_a_code_knows_its_system_by_shape():
    import pickle

    code = Code("62.10", "kemendagri", "2025")
    again = pickle.loads(pickle.dumps(code))
    assert (again, again.system, again.edition) == ("62.10", "kemendagri", "2025")
    for text, system in (("6210", "kemendagri"), ("62.10", "bps"), ("62.1", "kemendagri"), ("", "bps")):
        with pytest.raises(CodeError):
            Code(text, system)
    with pytest.raises(ParameterError):
        Code("62.10", "kemdagri")


@pytest.mark.parametrize(
    "value", ["62.1", 6210, "6210021012", "6.21E+09", "", "64.04.01.2001", "62.99", 65.1, "6210021"]
)
def test_reasons_are_told_in_both_languages(value):
    reason = mend_code(value).reason
    assert words(reason, "id") != words(reason, "en")
