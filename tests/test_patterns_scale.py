"""Programme beside need over the map, and the same question at several levels: agreement, disagreement, no data."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

import kkbgeo
from kkbgeo import spatial
from kkbgeo.errors import ParameterError
from kkbgeo.patterns.relation import rank_table, relate
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
    assert found.both == int(frame[[SURVEY, "aid_events"]].notna().all(axis=1).sum()) == 18
    said = " ".join(found.findings("en"))
    assert "18 of 56" in said and "199 random permutations, seed 7" in said


@pytest.mark.parametrize(("language", "words"), [("id", "Terlalu sedikit"), ("en", "Too few")])
def test_too_few_areas_with_both_are_told_and_not_tested(english, language, words):
    found = relate(english, SURVEY, "kkb_advanced_share")
    assert found.lee.state == found.moran.state == "too-few"
    assert found.lee.table["p"].isna().all()
    assert any(words in one for one in found.findings(language))
    assert found.scatter(language) is not None  # two points may be drawn, but not tested


def test_an_area_without_a_polygon_has_no_neighbours_and_stays_in_the_count(monkeypatch):
    wb = kkbgeo.Workbench(language="en")
    areas = wb.areas
    monkeypatch.setattr(
        wb, "areas", lambda level, within=None: areas(level, within).drop(index=["63.11"], errors="ignore")
    )
    found = relate(wb, SURVEY, "aid_events", permutations=99)
    assert "63.11" in found.lee.sample.no_neighbours
    assert len(found.lee.sample.every) == 56
    assert "63.11" not in found.layer("en").cells
    again = scale_effect(wb, "aid_events", levels=("regency", "district"), permutations=99)
    assert again.table.loc["regency", "reported"] == 20
    assert "63.11" in again.results["regency"].sample.no_neighbours


def test_the_scatter_names_areas_and_its_table_has_the_same_figures(english):
    found = relate(english, SURVEY, "aid_events")
    picture, table = str(found.scatter("en")), found.scatter_table("en")
    assert len(table) == found.both == picture.count("<circle")
    assert "Balangan: 29.8; 4" in picture
    assert table.set_index("Area").loc["Kabupaten Balangan"].tolist() == ["29.8", "4"]
    assert relate(english, "families_at_risk", "kkb_advanced_share").scatter() is None


def test_indicators_that_do_not_fit_are_refused(english):
    with pytest.raises(ParameterError, match="same indicator"):
        relate(english, SURVEY, SURVEY)
    with pytest.raises(ParameterError, match="classes"):
        relate(english, SURVEY, "kkb_village_class")


@pytest.mark.parametrize("language", ["id", "en"])
def test_ranks_stand_beside_their_figures_and_gaps_have_none(language):
    wb = kkbgeo.Workbench(language=language)
    table = rank_table(wb)
    assert len(table) == 56
    table = table.set_index(table.columns[0])
    tanah_laut = table.loc["Kabupaten Tanah Laut"].str.replace(",", ".").tolist()
    assert tanah_laut == ["22.5 (12/27)", "–", "12.6 (3/3)", "100.0 (1/14)", "–"]
    ranked = table.iloc[:, 0][table.iloc[:, 0] != "–"]
    assert len(ranked) == 27 and ranked.iloc[0].startswith("35")


def test_the_named_kampung_cluster_by_district_and_not_by_regency_and_the_result_says_so(english):
    found = scale_effect(english, "kkb_villages_named")
    assert found.comparisons[0] == ("regency", "district", "differ")
    assert found.disagrees
    assert "DIFFER" in found.findings(english)[0]
    # The districts counted again from the file, and tested by hand.
    named = pd.read_csv(DATA / "records" / "kampung.csv", dtype=str, keep_default_na=False)
    named = named[(named["level"] == "village") & named["status"].isin(("formed", "implied"))].drop_duplicates("code")
    counted = named["code"].str[:8].value_counts().astype(float)
    areas = english.areas("district")
    by_hand = spatial.global_moran(counted.reindex(areas.index), spatial.neighbours(areas))
    row = found.table.loc["district"]
    assert (row["reported"], row["total"]) == (len(counted), counted.sum())
    assert row["statistic"] == pytest.approx(float(by_hand.table["statistic"].iloc[0]))
    assert row["p"] == pytest.approx(float(by_hand.table["p"].iloc[0]))


def test_a_finer_level_without_figures_is_said_to_have_none(english):
    found = scale_effect(english, SURVEY)
    assert found.table["state"].tolist() == ["tested", "no-data", "no-data"]
    assert not found.disagrees
    said = found.findings(english)
    assert "not one figure was found for 626 areas" in said[0]
    assert "not one figure was found for 7,252 areas" in said[1]
    assert found.page_table(english)["Answer"].tolist()[1:] == ["no figures", "no figures"]


def test_events_known_only_for_a_larger_unit_are_missing_below_and_counted(english):
    found = scale_effect(english, "aid_events", levels=("regency", "district"))
    aid = pd.read_csv(DATA / "records" / "aid_events.csv", dtype=str, keep_default_na=False)
    assert found.table["total"].tolist() == [41, 29]
    assert len(aid) > 41  # plans, doubles and what is no aid are no events
    assert "The total by regencies and cities is 41, by districts 29" in found.findings(english)[1]


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
    assert found.findings(made)[-1] == "By regencies and cities and by districts the test gives the same answer."


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
    with pytest.raises(ParameterError, match="figures"):
        scale_effect(english, "kkb_village_class")
