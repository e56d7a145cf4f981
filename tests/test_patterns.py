"""Pages of spatial patterns: a cluster is drawn and told, noise is not, too few areas give a sentence and no figure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from recipes import need_page, study_page
from spatialkit import grid

import kkbgeo
import kkbgeo.measures
from kkbgeo import spatial
from kkbgeo.errors import KkbgeoError, ParameterError
from kkbgeo.maps import theme
from kkbgeo.maps.verdicts import LOOKS, label_layer
from kkbgeo.patterns import studying
from kkbgeo.spatial import LABELS
from kkbgeo.spatial.neighbourhood import Neighbourhood

PREVALENCE = "stunting_prevalence_ssgi_2022"
TABLES = ("kampung", "prevalence")


@pytest.fixture(scope="module")
def wb():
    return kkbgeo.Workbench()


@pytest.fixture(scope="module")
def english():
    return kkbgeo.Workbench(language="en")


@pytest.fixture(scope="module")
def plain(wb):
    return kkbgeo.patterns.study(wb, PREVALENCE)


@pytest.fixture
def clustered(wb, monkeypatch):
    """South Kalimantan high, all others low with a little noise; one figure missing, one city without neighbours."""
    codes = wb.gazetteer.codes("regency")
    noise = pd.Series(np.random.default_rng(3).normal(0, 1, len(codes)), index=codes)
    values = noise + 20.0 + 20.0 * noise.index.str.startswith("63.")
    values["62.05"] = np.nan
    monkeypatch.setattr(studying, "known_values", lambda table, _: values.reindex(list(table.labels)))
    return kkbgeo.patterns.study(wb, PREVALENCE)


def test_every_label_has_a_look_of_its_own_that_survives_black_and_white():
    assert set(LOOKS) == set(LABELS)
    fills = sorted(theme.lightness(one.colour) for one in LOOKS.values() if one.look == "fill")
    assert len(fills) == 5 and min(np.diff(fills)) > 0.09
    others = [one.look for one in LOOKS.values() if one.look != "fill"]
    assert sorted(others) == ["dots", "hatch"]


def test_the_legend_counts_every_area_once_and_knows_its_labels():
    labels = pd.Series([*LABELS, "high-high"], index=[f"63.{at:02d}" for at in range(8)])
    layer = label_layer("m", "M", labels)
    assert sum(layer.counts.values()) == 8 and layer.counts["high-high"] == 2
    with pytest.raises(KkbgeoError, match="no label"):
        label_layer("m", "M", pd.Series({"63.01": "hoch"}))
    with pytest.raises(KkbgeoError, match="no label"):
        label_layer("m", "M", pd.Series({"63.01": "high-low"}), kind="spots")


def test_the_real_figures_are_tested_and_the_missing_ones_named(wb, plain):
    assert plain.local.counts["not-reported"] == 2
    page = study_page(wb, plain, plain.sensitivity())
    assert page.path == "pola-spasial.html"
    legend = {one["layer"]: one["entries"] for one in page.meta(0)["legend"]}
    assert set(legend) == {"local-moran", "gi-star", PREVALENCE}
    assert all(sum(entry["count"] for entry in entries) == 56 for entries in legend.values())
    left = kkbgeo.patterns.spatial_page.left_out(wb, plain)
    assert sorted(left.iloc[:, 0]) == ["Kabupaten Katingan", "Kabupaten Tanah Laut"]


def test_a_cluster_is_named_drawn_told_in_both_languages_and_stable(wb, english, clustered):
    named = clustered.named
    high = named[named["label"] == "high-high"]
    assert len(high) >= 5 and all(high.index.str.startswith("63."))
    assert not any(named.drop(high.index).index.str.startswith("63."))
    found = clustered.sensitivity()
    stable, runs = found.stable
    assert stable == runs == 18
    core = found.areas[found.areas["label"] == "high-high"]
    assert (core["same"] >= 3).all() and (core["same"] <= 18).all()
    for desk, word in ((wb, "lebih mirip"), (english, "more alike")):
        page = study_page(desk, clustered, found)
        html = page.html()
        assert word in html and str(stable) in desk.words(page.sentences[1])
        assert len(html.encode()) < 500_000
    with_map = kkbgeo.patterns.label_map(wb, clustered)
    assert with_map.layers[0].counts["high-high"] == len(high)
    assert with_map.layers[0].counts["not-reported"] == 1


def test_an_area_without_neighbours_is_drawn_as_such_and_never_named(wb, monkeypatch):
    real = studying.neighbourhood_of

    def alone(areas, how="contiguity", **settings):
        found = real(areas, how, **settings)
        mine = found.codes.get_indexer(["65.71"])[0]
        return Neighbourhood.of_pairs(found.codes, found.pairs[:, (found.pairs != mine).all(axis=0)], how, {})

    monkeypatch.setattr(studying, "neighbourhood_of", alone)
    study = kkbgeo.patterns.study(wb, PREVALENCE)
    assert study.local.table.loc["65.71", "label"] == "no-neighbours"
    layer = kkbgeo.patterns.label_map(wb, study).layers[0]
    entry = layer.entries[layer.cells["65.71"].entry]
    assert (entry.key, entry.look) == ("no-neighbours", "dots")
    assert study.report.isolates == ["65.71"]


def test_noise_names_no_area(wb, monkeypatch):
    codes = wb.gazetteer.codes("regency")
    named = 0
    for seed in range(20):
        values = pd.Series(np.random.default_rng(seed).normal(size=len(codes)), index=codes)
        monkeypatch.setattr(studying, "known_values", lambda table, _, v=values: v.reindex(list(table.labels)))
        named += len(kkbgeo.patterns.study(wb, PREVALENCE).named) > 0
    assert named <= 4  # 5 % of 20 maps is one; four or fewer in 99.7 % of cases


def test_too_few_areas_give_a_sentence_and_a_page_without_figures(english):
    study = kkbgeo.patterns.study(english, "families_at_risk")
    page = study_page(english, study, study.sensitivity())
    html = page.html()
    assert "Too few areas to test" in html and "No number is given" in html
    assert "p = " not in html and "<canvas" not in html and "L.map" not in html
    assert page.meta(0)["legend"] == [] and study.sensitivity().stable == (0, 0)
    assert english.words(kkbgeo.patterns.label_map(english, study)) == [study.local.finding("en")]


def test_classes_are_not_tested_and_the_page_says_why(wb, english, plain):
    assert not any("join" in one for one in vars(plain))
    for desk, why in ((wb, "karena itu kelas tidak diuji"), (english, "classes are therefore not tested")):
        page = study_page(desk, plain, plain.sensitivity(seeds=1))
        html = page.html()
        assert why in html and 'id="kelas' not in html
        assert "berkembang" not in html  # no class is named, as no figure of one is shown
        addresses = {table: set(desk.sources.loc[desk.records(table)["source_id"], "url"]) - {""} for table in TABLES}
        assert any(one in html for one in addresses["prevalence"])
        assert not any(one in html for one in addresses["kampung"] - addresses["prevalence"])


OF_OFFICES = sorted(key for key in kkbgeo.measures.load_catalogue() if key.startswith("kkb_"))


@pytest.mark.parametrize("key", OF_OFFICES)
def test_no_figure_that_offices_decide_is_tested_over_the_map(wb, key):
    """Free permutation prints "same classes lie together" whether or not villages have a pattern."""
    for asked in (
        lambda: kkbgeo.patterns.study(wb, key),
        lambda: kkbgeo.patterns.scale_effect(wb, key),
        lambda: kkbgeo.patterns.scale_effect(wb, PREVALENCE, key),
        lambda: kkbgeo.patterns.relate(wb, PREVALENCE, key),
        lambda: kkbgeo.patterns.relate(wb, key, "aid_events"),
        lambda: need_page(wb, PREVALENCE, key),
        lambda: need_page(wb, key, "aid_events", need_high=1),
    ):
        with pytest.raises(ParameterError, match="offices decide") as refused:
            asked()
        assert key in str(refused.value) and "What to do: Show it on a map or in a table" in str(refused.value)


def test_what_offices_decide_is_told_by_the_id_and_is_all_that_is_read_from_kampung():
    catalogue = kkbgeo.measures.load_catalogue()

    def tables(key):
        one = catalogue[key]
        return {one.table} - {""} | {table for part in one.inputs for table in tables(part)}

    for key, one in catalogue.items():
        assert one.by_office == (tables(key) <= {"kampung", "kampung_counts"}), key


def test_free_permutation_finds_blocks_of_offices_where_villages_have_no_pattern():
    """Why classes are refused: an office gives its class to all of its area, at random, and the free test finds it."""
    _, graph = grid(12, 12)
    rng = np.random.default_rng(4)
    codes = graph.unique_ids
    blocks = pd.Series([(at // 12 // 4) * 3 + at % 12 // 4 for at in range(144)], index=codes)
    found = []
    for _ in range(20):
        dasar = blocks.map(dict(enumerate(rng.permutation([0.1, 0.2, 0.3, 0.5, 0.5, 0.7, 0.8, 0.9, 1.0]))))
        classes = pd.Series(np.where(rng.random(144) < dasar, "dasar", "mandiri"), index=codes)
        found.append(spatial.join_counts(classes, graph, ["dasar", "mandiri"], permutations=99).verdict)
    assert found.count("same") >= 18


def test_nothing_known_at_all_is_a_page_too():
    study = kkbgeo.patterns.study(kkbgeo.Workbench(as_of="2015"), PREVALENCE)
    page = study_page(kkbgeo.Workbench(as_of="2015"), study, study.sensitivity())
    assert "Terlalu sedikit wilayah" in page.html() and study.moran.state == "too-few"


def test_the_same_seed_gives_the_same_bytes_and_row_order_does_not_matter(wb, plain):
    again = kkbgeo.patterns.study(wb, PREVALENCE)
    one, other = (study_page(wb, each, each.sensitivity(seeds=1)).html() for each in (plain, again))
    assert one == other


@pytest.mark.parametrize(
    "wrong",
    [
        {"how": "touching"},
        {"permutations": 12},
        {"permutations": True},
        {"seed": "1"},
        {"fdr": "no"},
        {"indicator": "kkb_village_class"},
    ],
)
def test_wrong_choices_are_refused(wb, wrong):
    with pytest.raises(ParameterError):
        kkbgeo.patterns.study(wb, **{"indicator": PREVALENCE, **wrong})


def test_sentences_never_call_a_pattern_a_cause_or_a_large_p_a_proof(plain):
    for language, word in (("en", "no proof"), ("id", "bukan bukti")):
        assert word in plain.moran.finding(language) and word in plain.local.finding(language)
