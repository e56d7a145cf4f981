"""The page of progress: targets with their sources, shares with their doubt, and no figure where there is none."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest

import kkbgeo
from kkbgeo import paths
from kkbgeo.errors import ParameterError
from kkbgeo.patterns import targets_page, tracking


@pytest.fixture(scope="module")
def wb():
    return kkbgeo.Workbench()


@pytest.fixture(scope="module")
def found(wb):
    return kkbgeo.patterns.progress(wb, draws=199)


def test_the_targets_of_the_real_reports(found):
    share = found.targets["advanced"]
    assert share.loc["63.01", ["needed", "gap", "pace", "state"]].tolist() == [54, 37, 7.4, "not-reached"]
    assert share.loc["64.74", "state"] == "reached"
    assert (share["state"] == "not-reported").sum() == 53
    assert found.targets["raise_share"].loc["63.01", ["needed", "state"]].tolist() == [7, "reached"]
    assert found.targets["raise_yearly"].empty
    prevalence = found.targets["prevalence"]
    assert prevalence.loc["65.04", "state"] == "reached" and not prevalence["sure"].any()


def test_few_areas_have_no_limits_and_small_denominators_no_rank(wb, found):
    advanced, coverage = found.shares["advanced"], found.shares["coverage"]
    assert not advanced.enough and advanced.limits.empty and len(advanced.league) == 3
    assert coverage.enough and len(coverage.league) == 14 and coverage.missing == 42
    table = targets_page.league_table(wb, coverage)
    small = coverage.league.index[coverage.league["small"]]
    shown = dict(zip(coverage.league.index, table.iloc[:, 5], strict=True))
    assert all(shown[code] == "–" for code in small) and shown["63.09"] == "13–14"
    assert set(targets_page.league_table(wb, advanced).iloc[:, 5]) == {"–"}


def test_more_kampung_than_villages_are_no_share_and_are_named():
    events, whole = pd.Series({"a": 5.0, "b": 9.0, "c": np.nan}), pd.Series({"a": 10.0, "b": 8.0, "c": 4.0})
    share = tracking.share_of("coverage", events, whole, pd.Series("", index=events.index), 30, 1)
    assert share.odd == ("b",) and list(share.league.index) == ["a"] and share.missing == 2


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_page_says_each_target_with_its_source_and_cites_no_law_it_has_not_seen(found, language):
    wb = kkbgeo.Workbench(language=language)
    page = kkbgeo.patterns.progress_page(wb, found)
    html = page.html()
    assert page.path == "kemajuan-dan-target.html"
    for url in ("borneotrend.com", "postkalimantan.com", "kalimantanpost.com", "jurnalkaltim.com"):
        assert url in html
    assert "72/2021" not in html
    assert html.count('class="kkb-chart"') == 3
    none = {"id": "tidak dapat dinilai", "en": "cannot be judged"}[language]
    assert none in html.lower()


def test_a_time_before_all_reports_gives_sentences_and_no_numbers():
    wb = kkbgeo.Workbench(as_of="2015")
    empty = kkbgeo.patterns.progress(wb, draws=199)
    page = kkbgeo.patterns.progress_page(wb, empty)
    assert 'kkb-chart"' not in page.html() and not any("0 dari 0" in one for one in page.meta(0)["findings"])
    assert empty.theil is None and empty.gini is None


@pytest.fixture
def two_reports(tmp_path):
    """The records with a second report of Tanah Laut a year later, and two classes of the same kampung."""
    data = tmp_path / "data"
    shutil.copytree(paths.data_root(), data)
    counts = pd.read_csv(data / "records" / "kampung_counts.csv", dtype=str, keep_default_na=False)
    later = counts[counts["record_id"] == "count-001"].assign(
        record_id="count-901", as_of="2026-07-31", dasar="80", berkembang="30", mandiri="8", berkelanjutan="17",
        event_id="", note="",
    )  # fmt: skip
    pd.concat([counts, later]).to_csv(data / "records" / "kampung_counts.csv", index=False)
    kampung = pd.read_csv(data / "records" / "kampung.csv", dtype=str, keep_default_na=False)
    one = kampung[(kampung["code"].str.len() == 13) & (kampung["class_level"] != "")].iloc[:1]
    first = one.assign(record_id="kampung-901", as_of="2021-01-31", class_reported="dasar", class_level="dasar",
                       event_id="", note="")  # fmt: skip
    last = first.assign(record_id="kampung-902", as_of="2025-01-31", class_reported="mandiri", class_level="mandiri")
    kampung = kampung[kampung["code"] != one["code"].iloc[0]]
    pd.concat([kampung, first, last]).to_csv(data / "records" / "kampung.csv", index=False)
    for name in ("kampung_counts", "kampung"):
        from kkbgeo.provenance import seal

        seal(data / "records" / f"{name}.csv")
    return kkbgeo.Workbench(data)


def test_two_reports_of_a_regency_and_of_a_kampung_tell_the_second_reading_and_a_move(two_reports):
    found = kkbgeo.patterns.progress(two_reports, draws=199)
    row = found.targets["raise_yearly"].loc["63.01"]
    assert row["net_rise"] == 8 and row["needed"] == 7 and row["state"] == "reached"
    assert (found.moves_known, found.moves.risen, found.moves.fallen) == (1, 1, 0)
    page = kkbgeo.patterns.progress_page(two_reports, found)
    assert "1 kampung naik kelas" in page.html()


@pytest.mark.parametrize(
    "wrong", [{"indicator": "kkb_total"}, {"years": 0}, {"years": "5"}, {"minimum": 0}, {"ceiling": 101}]
)
def test_wrong_choices_are_refused(wb, wrong):
    with pytest.raises(ParameterError):
        kkbgeo.patterns.progress(wb, **wrong)
