"""Targets and differences of surveys: worked by hand, refused where impossible, and said no further than they go."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from kkbgeo.errors import ParameterError
from kkbgeo.measures import targets


def test_the_two_readings_of_five_per_cent_differ():
    total, before, after = (pd.Series({"63.01": value}) for value in (135, 17, 17))
    assert targets.share_target(after, total, percent=5).loc["63.01", "state"] == "reached"
    assert targets.rise_target(before, after, total, 5).loc["63.01", ["needed", "gap", "state"]].tolist() == [
        7,
        7,
        "not-reached",
    ]


def test_targets_by_hand():
    found = targets.share_target(
        pd.Series({"a": 18, "b": 44, "c": np.nan}), pd.Series({"a": 110, "b": 110, "c": 50}), 40, years=2
    )
    assert found["needed"].tolist()[:2] == [44, 44] and found["gap"].tolist()[:2] == [26, 0]
    assert found["pace"].tolist()[:2] == [13, 0]
    assert found["state"].tolist() == ["not-reached", "reached", "not-reported"]
    # 5 % of 140 is 7 exactly.
    assert targets.share_target(pd.Series({"a": 7}), pd.Series({"a": 140}), percent=5)["state"].tolist() == ["reached"]
    ceiling = targets.prevalence_target(
        pd.Series({"a": 14.0, "b": 24.0, "c": np.nan}),
        years=4,
        standard_error=pd.Series({"a": 2.0, "b": 2.0, "c": 2.0}),
    )
    assert ceiling["state"].tolist() == ["reached", "not-reached", "not-reported"]
    assert ceiling["pace"].tolist()[1] == 2.5 and ceiling["sure"].tolist() == [False, True, False]
    for wrong in (0, 140):
        with pytest.raises(ParameterError):
            targets.prevalence_target(pd.Series({"a": 1.0}), percent=wrong)


def test_surveys_of_other_instruments_or_without_errors_tell_no_change():
    verdict = targets.survey_difference(30, 20, 1, 1, same_instrument=False)["verdict"]
    assert verdict == "another-instrument"
    assert targets.survey_difference(30, 20, same_instrument=True)["verdict"] == "no-standard-error"
    assert targets.survey_difference(22, 20, 1, 1, same_instrument=True)["verdict"] == "no-evidence"
    assert targets.survey_difference(20, 24, 1, 1, same_instrument=True)["verdict"] == "higher"


def test_impossible_prevalences_years_and_errors_are_refused():
    good = pd.Series({"63.01": 21.0, "63.02": 14.5})
    with pytest.raises(ParameterError, match=r"(?s)shares.*per cent: 100"):
        targets.prevalence_target(good / 100)
    for wrong in (-3.0, 140.0):
        with pytest.raises(ParameterError, match=r"63.02"):
            targets.prevalence_target(good.replace(14.5, wrong))
    for wrong in (-2, np.nan, np.inf, "5"):
        with pytest.raises(ParameterError, match="years"):
            targets.prevalence_target(good, years=wrong)
        with pytest.raises(ParameterError, match="years"):
            targets.share_target(pd.Series({"a": 1}), pd.Series({"a": 2}), 40, years=wrong)
        with pytest.raises(ParameterError, match="years"):
            targets.rise_target(*[pd.Series({"a": 1})] * 3, 5, years=wrong)
    with pytest.raises(ParameterError, match=r"standard error is below 0: 63.01"):
        targets.prevalence_target(good, standard_error=pd.Series({"63.01": -1.0, "63.02": 1.0}))
    for errors in ((-1.0, 1.0), (1.0, -1.0), (np.inf, 1.0), (None, 1.0)):
        with pytest.raises(ParameterError, match="se_"):
            targets.survey_difference(30, 24, *errors, same_instrument=True)
    # A small figure beside others is a figure, a whole without cases has nothing to refuse.
    assert targets.prevalence_target(pd.Series({"a": 0.4, "b": 21.0}))["state"].tolist() == ["reached", "not-reached"]
    assert targets.prevalence_target(pd.Series({"a": 0.0, "b": np.nan}))["state"].tolist() == [
        "reached",
        "not-reported",
    ]


@pytest.mark.parametrize(
    ("given", "verdict", "english"),
    [
        ((30.0, 24.6, 0.8, 0.8, True), "lower", "do not tell the cause"),
        ((24.6, 30.0, 0.8, 0.8, True), "higher", "5.4 points higher"),
        ((22.8, 23.9, 0.8, 0.8, True), "no-evidence", "no proof that nothing changed"),
        ((30.0, 24.6, np.nan, np.nan, True), "no-standard-error", "cannot be told"),
        ((30.0, 24.7, 0.8, 0.8, False), "another-instrument", "no change can be told"),
        ((30.0, np.nan, 0.8, 0.8, True), "not-reported", "is not reported"),
    ],
)
def test_a_difference_of_surveys_says_what_its_verdict_allows(given, verdict, english):
    *figures, same = given
    found = targets.survey_difference(*figures, same_instrument=same)
    assert found["verdict"] == verdict
    said = targets.difference_sentence("x", "A", "B", found, "en")
    assert english in said
    # A figure stands in the sentence only where a change may be spoken of.
    told = verdict in ("lower", "higher", "no-evidence")
    assert bool(re.search(r"\d\.\d", said)) == told
    assert bool(re.search(r"\d,\d", targets.difference_sentence("x", "A", "B", found))) == told
