"""Sentences on rates and targets: the figures of the table, in both languages, and never more than they say."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kkbgeo.language import LANGUAGES, catalogue
from kkbgeo.measures import rates, sentences, targets

SOURCE = Path(sentences.__file__).read_text(encoding="utf-8")
TANAH_LAUT = (pd.Series({"63.01": 17.0}), pd.Series({"63.01": 135.0}))  # 31 July 2025: 3 mandiri, 14 paripurna, of 135


def row(table):
    return table.loc["63.01"]


def test_a_rate_has_its_counts_and_its_interval():
    one = row(rates.intervals(*TANAH_LAUT))
    assert (
        sentences.rate_sentence("Tanah Laut", one) == "Tanah Laut: 17 dari 135 (12,6 %; selang 95 % 8,0 sampai 19,2 %)."
    )
    assert "17 of 135 (12.6%; 95% interval 8.0 to 19.2%)" in sentences.rate_sentence("Tanah Laut", one, "en")


def test_a_small_denominator_is_said_and_one_that_is_not_there_has_no_share():
    table = rates.intervals(pd.Series({"a": 2.0, "b": np.nan, "c": 0.0}), pd.Series({"a": 15.0, "b": 15.0, "c": 0.0}))
    assert "do not rank" in sentences.rate_sentence("a", table.loc["a"], "en")
    assert "jangan membuat peringkat" in sentences.rate_sentence("a", table.loc["a"])
    for code in ("b", "c"):
        said = sentences.rate_sentence(code, table.loc[code], "en")
        assert "no share to compute" in said
        assert not re.search(r"\d", said)


def test_a_funnel_speaks_by_its_verdict_and_within_is_no_proof():
    events = pd.Series({"in": 100.0, "low": 80.0, "very low": 20.0, "high": 122.0, "very high": 200.0, "none": np.nan})
    whole = pd.Series(1000.0, index=events.index)
    table = rates.funnel(events, whole)
    said = {code: sentences.funnel_sentence(code, table.loc[code], "en") for code in events.index}
    assert table.loc[["in", "none"], "verdict"].tolist() == ["within", "not-reported"]
    assert "no proof that the area is like the others" in said["in"]
    assert table.loc[["very low", "very high"], "verdict"].tolist() == ["very low", "very high"]
    assert "below the 99.8% limit" in said["very low"] and "above the 99.8% limit" in said["very high"]
    assert "no share to compute" in said["none"]
    for verdict, words in (("low", "below the 95% warning limit"), ("high", "above the 95% warning limit")):
        made = table.loc["in"].copy()
        made["verdict"] = verdict
        assert words in sentences.funnel_sentence("x", made, "en")
        assert "one area in forty falls there by chance" in sentences.funnel_sentence("x", made, "en")


def test_a_rank_that_tells_nothing_is_not_told_as_one():
    events = pd.Series({f"{i}": 5.0 for i in range(12)} | {"best": 400.0, "gap": np.nan})
    whole = pd.Series({f"{i}": 10.0 for i in range(12)} | {"best": 410.0, "gap": 10.0})
    table = rates.ranks(events, whole)
    assert "rank 1 of 13" in sentences.rank_sentence("best", table.loc["best"], 13, "en")
    even = sentences.rank_sentence("3", table.loc["3"], 13, "en")
    assert "the rank cannot be told" in even
    assert f"{table.loc['3', 'rank_low']:.0f} to {table.loc['3', 'rank_high']:.0f}" in even
    assert "without a rank" in sentences.rank_sentence("gap", table.loc["gap"], 13, "en")


def test_the_two_readings_of_five_per_cent_and_the_forty_have_sentences_of_their_own():
    forty = sentences.share_target_sentence(
        "Tanah Laut", row(targets.share_target(*TANAH_LAUT, 40, years=2)), "en", percent=40
    )
    assert "for 40% it takes 54, so 37 are still missing. That takes 18.5 kampung a year" in forty
    five = sentences.share_target_sentence("Tanah Laut", row(targets.share_target(*TANAH_LAUT, percent=5)), percent=5)
    assert (
        five
        == "Tanah Laut: 12,6 % Kampung KB berkelas mandiri atau lebih; 5 % (7 kampung) tercapai menurut laporan ini."
    )
    before, (after, whole) = pd.Series({"63.01": 12.0}), TANAH_LAUT
    rise = sentences.rise_target_sentence(
        "Tanah Laut", row(targets.rise_target(before, after, whole, 5)), "en", percent=5
    )
    assert "changed by +5 net" in rise and "means 7, so the net figure is 2 short" in rise
    assert "Rises and falls cancel" in rise
    fallen = sentences.rise_target_sentence("x", row(targets.rise_target(after, before, whole, 5)), "en", percent=5)
    assert "changed by -5 net" in fallen


def test_a_prevalence_without_standard_error_is_not_said_to_be_below_for_sure():
    table = targets.prevalence_target(pd.Series({"63.01": 22.5, "low": 13.2, "none": np.nan}), years=5)
    high = sentences.prevalence_target_sentence("Tanah Laut", row(table), "en")
    assert "22.5%, 8.5 points above 14%" in high and "1.7 points a year" in high
    assert "cannot be told for sure" in high
    low = sentences.prevalence_target_sentence("Tapin", table.loc["low"], "en")
    assert "not above 14%" in low and "cannot be told for sure" in low
    sure = targets.prevalence_target(pd.Series({"x": 22.5}), standard_error=pd.Series({"x": 1.0})).loc["x"]
    assert "outside the survey's 95% interval" in sentences.prevalence_target_sentence("x", sure, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_reported_has_no_figure_in_its_sentence(language):
    nothing = pd.Series({"63.01": np.nan})
    whole = pd.Series({"63.01": 135.0})
    said = [
        sentences.share_target_sentence("x", row(targets.share_target(nothing, whole, 40)), language, percent=40),
        sentences.rise_target_sentence("x", row(targets.rise_target(nothing, nothing, whole, 5)), language, percent=5),
        sentences.prevalence_target_sentence("x", row(targets.prevalence_target(nothing)), language),
    ]
    for one in said:
        assert not re.search(r"\d", one)
        assert ("not known" if language == "en" else "tidak diketahui") in one


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
    said = sentences.difference_sentence("x", "A", "B", found, "en")
    assert english in said
    # A figure stands in the sentence only where a change may be spoken of.
    told = verdict in ("lower", "higher", "no-evidence")
    assert bool(re.search(r"\d\.\d", said)) == told
    assert bool(re.search(r"\d,\d", sentences.difference_sentence("x", "A", "B", found))) == told


def test_every_text_of_the_room_is_said_by_some_function():
    heads = {key.split(".")[1] for key in catalogue() if key.startswith("rates.")}
    assert heads == set(re.findall(r"_say\(\s*f?[\"'](\w+)\.", SOURCE))
