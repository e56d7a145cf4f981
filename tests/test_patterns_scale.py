"""Programme beside need over the map, and the same question at several levels: agreement, disagreement, no data."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

import kkbgeo
from kkbgeo import spatial
from kkbgeo.errors import ParameterError
from kkbgeo.language import words
from kkbgeo.patterns.relation import PROGRAMME, beside_notes, beside_table, relate
from kkbgeo.patterns.scale import _compared, scale_effect
from kkbgeo.provenance import seal

DATA = Path(__file__).parents[1] / "data"
SURVEY = "stunting_prevalence_ssgi_2022"


@pytest.fixture(scope="module")
def english():
    return kkbgeo.Workbench(language="en")


def test_the_pair_is_tested_on_the_areas_with_both_and_the_rest_is_counted(english):
    found = relate(english, SURVEY, "aid_events", permutations=199, seed=7)
    frame = english.table("regency", [SURVEY, "aid_events"]).frame
    graph = spatial.neighbours(english.areas("regency"))
    by_hand = spatial.global_lee(frame[SURVEY], frame["aid_events"], graph, permutations=199, seed=7)
    pd.testing.assert_frame_equal(found.lee.table, by_hand.table)
    assert found.both == int(frame[[SURVEY, "aid_events"]].notna().all(axis=1).sum()) >= 18
    said = " ".join(english.words(found.findings()))
    assert f"{found.both} of 56" in said and "199 random permutations, seed 7" in said


@pytest.mark.parametrize(("language", "phrase"), [("id", "Terlalu sedikit"), ("en", "Too few")])
def test_too_few_areas_with_both_are_told_and_not_tested(language, phrase):
    found = relate(kkbgeo.Workbench(as_of="2022"), SURVEY, "families_at_risk")
    assert found.lee.state == found.moran.state == "too-few"
    assert found.lee.table["p"].isna().all()
    assert any(phrase in one for one in words(found.findings(), language))
    assert "<svg" in words(found.scatter(), language)  # a few points may be drawn, but not tested


def test_an_area_without_a_polygon_has_no_neighbours_and_stays_in_the_count(monkeypatch):
    wb = kkbgeo.Workbench(language="en")
    areas = wb.areas
    monkeypatch.setattr(
        wb, "areas", lambda level, within=None: areas(level, within).drop(index=["63.11"], errors="ignore")
    )
    found = relate(wb, SURVEY, "aid_events", permutations=99)
    assert "63.11" in found.lee.sample.no_neighbours
    assert len(found.lee.sample.every) == 56
    assert "63.11" not in found.layer().cells
    again = scale_effect(wb, "aid_events", levels=("regency", "district"), permutations=99)
    assert again.table.loc["regency", "reported"] == wb.table("regency", ["aid_events"]).frame["aid_events"].count()
    assert "63.11" in again.results["regency"].sample.no_neighbours


def test_the_scatter_names_areas_and_its_table_has_the_same_figures(english):
    found = relate(english, SURVEY, "aid_events")
    picture, table = english.words(found.scatter()), english.words(found.scatter_table())
    assert len(table) == found.both == picture.count("<circle")
    need, events = table.set_index("Area").loc["Kabupaten Balangan"]
    assert need == "29.8" and int(events) >= 4 and f"Balangan: {need}; {events}" in picture
    assert relate(kkbgeo.Workbench(as_of="2015"), "families_at_risk", "aid_events").scatter() is None


def test_indicators_that_do_not_fit_are_refused(english):
    with pytest.raises(ParameterError, match="same indicator"):
        relate(english, SURVEY, SURVEY)


@pytest.mark.parametrize("language", ["id", "en"])
def test_figures_stand_beside_each_other_without_ranks_and_gaps_have_none(language):
    wb = kkbgeo.Workbench(language=language)
    table = wb.words(beside_table(wb))
    assert len(table) == 56
    table = table.set_index(table.columns[0]).astype(str)
    assert not table.apply(lambda column: column.str.contains("/|\\(")).to_numpy().any()
    assert table.loc["Kabupaten Tanah Laut"].iloc[0].replace(",", ".") == "22.5"
    assert "–" in set(table.iloc[:, -1]) and "0" not in set(table.iloc[:, -1])  # no report of aid is no zero
    assert table.columns[-1] == wb.catalogue["aid_events"].label(language)
    need = [float(one.replace(",", ".")) for one in table.iloc[:, 0] if one != "–"]
    assert need == sorted(need, reverse=True) and (table.iloc[len(need) :, 0] == "–").all()
    # Of the Kampung KB only what has one date for all areas, and that date is told.
    of_offices = [wb.catalogue[key] for key in PROGRAMME if key.startswith("kkb_") and key in wb.catalogue]
    notes = wb.words(beside_notes(wb))
    assert len(notes) == len(of_offices)
    assert all(said.startswith(f"{one.label(language)}: ") for said, one in zip(notes, of_offices, strict=True))
    assert len(table.columns) == 3 + len(of_offices)


def test_a_finer_level_without_figures_is_said_to_have_none(english):
    found = scale_effect(english, SURVEY)
    assert found.table["state"].tolist() == ["tested", "no-data", "no-data"]
    assert not found.disagrees
    said = english.words(found.findings())
    assert "not one figure was found for 626 areas" in said[0]
    assert "not one figure was found for 7,252 areas" in said[1]
    assert english.words(found.page_table())["Answer"].tolist()[1:] == ["no figures", "no figures"]


def test_events_known_only_for_a_larger_unit_are_missing_below_and_counted(english):
    found = scale_effect(english, "aid_events", levels=("regency", "district"))
    aid = pd.read_csv(DATA / "records" / "aid_events.csv", dtype=str, keep_default_na=False)
    # Plans and what is no aid are no events, and several reports of one are one in each area.
    aid = aid[aid["status"].isin(("delivered", "running", "launched", "training"))]
    event = aid["event_id"].where(aid["event_id"] != "", aid["record_id"])
    told = list(zip(aid["code"], event, strict=True))
    total, below = (len({(code[:end], one) for code, one in told if len(code) >= end}) for end in (5, 8))
    assert 29 <= below < total and found.table["total"].tolist() == [total, below]
    assert f"The total by regencies and cities is {total}, by districts {below}" in english.words(found.findings()[1])


def test_two_levels_with_the_same_pattern_agree(tmp_path):
    """Many events in each district of West Kalimantan, one in each elsewhere: alike at both levels."""
    shutil.copytree(DATA, tmp_path / "data")
    path = tmp_path / "data" / "records" / "aid_events.csv"
    columns = pd.read_csv(path, dtype=str).columns
    rows = []
    wb = kkbgeo.Workbench()
    for code in wb.gazetteer.codes("district"):
        for _ in range(4 if code.startswith("61") else 1):
            chain = wb.gazetteer.chain(code)
            names = dict(zip(("province", "regency", "district"), map(wb.gazetteer.short, chain), strict=True))
            rows.append(
                dict.fromkeys(columns, "")
                | names
                | {
                    "record_id": f"aid-{len(rows) + 1000}", "code": code, "level": "district", "as_of": "2025",
                    "place_reason": "made up", "aid_type": "sembako", "status": "delivered",
                    "source_id": "press-000-balangan",
                }
            )  # fmt: skip
    pd.DataFrame(rows, columns=columns).to_csv(path, index=False)
    seal(path)
    made = kkbgeo.Workbench(tmp_path / "data", language="en")
    found = scale_effect(made, "aid_events", levels=("province", "regency", "district"), permutations=199)
    assert found.table["verdict"].tolist() == ["too-few", "similar", "similar"]
    assert [how for *_, how in found.comparisons] == ["not-testable", "agree"]
    assert found.table["total"].nunique() == 1
    last = made.words(found.findings()[-1])
    assert last == "By regencies and cities and by districts the test gives the same answer."


@pytest.mark.parametrize(
    ("coarse", "fine", "how"),
    [
        (("tested", "similar"), ("tested", "different"), "opposite"),
        (("tested", "none"), ("tested", "different"), "differ"),
        (("tested", "none"), ("tested", "none"), "agree"),
        (("too-few", "too-few"), ("tested", "similar"), "not-testable"),
        (("tested", "similar"), ("constant", "constant"), "not-testable"),
        (("no-data", "no-data"), ("no-data", "no-data"), "no-data"),
    ],
)
def test_levels_are_compared_only_where_both_were_tested(coarse, fine, how):
    rows = [pd.Series(dict(zip(("state", "verdict"), one, strict=True))) for one in (coarse, fine)]
    assert _compared(*rows) == how


@pytest.mark.parametrize(
    "wrong",
    [
        {"levels": ("district", "regency")},
        {"levels": ("regency",)},
        {"levels": ("regency", "hamlet")},
        {"other": "aid_events"},
    ],
)
def test_wrong_questions_are_refused(english, wrong):
    with pytest.raises(ParameterError):
        scale_effect(english, "aid_events", **wrong)
