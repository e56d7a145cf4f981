"""Neighbours and tests of pattern: closed forms, invariance, the null, power, missing figures and islands."""

from __future__ import annotations

import itertools
import subprocess
import sys
import textwrap
import time
import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy import stats
from shapely import affinity, box
from spatialkit import field, graph_of, grid, reference_case

import kkbgeo
from kkbgeo import spatial
from kkbgeo.errors import BoundaryError, CodeError, ParameterError
from kkbgeo.spatial.adjacency import WAYS, neighbourhood_of
from kkbgeo.spatial.neighbourhood import Neighbourhood
from kkbgeo.spatial.permute import Settings, lags
from kkbgeo.spatial.sample import TooFewAreasError

GLOBAL = (spatial.global_moran, spatial.global_geary, spatial.global_g)
LOCAL = (spatial.local_moran, spatial.local_g)
BOTH = (*GLOBAL, *LOCAL)
NAMED = ["high-high", "low-low", "high-low", "low-high"]


def squares(count=4, gap=0.0, size=0.1):
    """A chessboard of squares near the equator, in degrees, with gaps of `gap` degrees."""
    codes = [f"62.{row}{column}" for row in range(count) for column in range(count)]
    shapes = [
        box(113 + column * size + gap, row * size + gap, 113 + (column + 1) * size, (row + 1) * size)
        for row in range(count)
        for column in range(count)
    ]
    return gpd.GeoDataFrame(geometry=shapes, index=pd.Index(codes, name="code"), crs=4326)


# --- neighbours -------------------------------------------------------------------------------------------------------


def test_touching_squares_are_neighbours_with_their_corners():
    graph = spatial.neighbours(squares())
    assert sorted(graph.cardinalities.value_counts().to_dict().items()) == [(3, 4), (5, 8), (8, 4)]


def test_a_gap_within_the_tolerance_is_a_border_and_one_beyond_is_none():
    gapped = squares(gap=0.0005)  # about 55 m
    assert spatial.neighbours(gapped, tolerance_m=100).cardinalities.min() == 3
    assert len(spatial.neighbours(gapped, tolerance_m=10).isolates) == 16


@pytest.mark.parametrize("how", WAYS)
def test_with_and_without_libpysal_the_neighbours_are_the_same(how):
    areas = kkbgeo.Workbench().areas("regency")
    plain, graph = neighbourhood_of(areas, how), spatial.neighbours(areas, how)
    back = Neighbourhood.of(graph)
    assert list(plain.codes) == list(back.codes) == list(graph.unique_ids)
    assert (plain.weights != back.weights).nnz == 0
    assert (plain.how, dict(plain.parameters)) == (back.how, dict(back.parameters))
    values = pd.Series(np.random.default_rng(4).normal(size=len(areas)), index=areas.index)
    for measure in BOTH:
        if measure is not spatial.global_g:
            pd.testing.assert_frame_equal(measure(values, plain).table, measure(values, graph).table)


def test_the_tests_of_a_page_do_not_wait_for_libpysal():
    asked = """
        import sys, kkbgeo
        from kkbgeo.patterns import relate
        relate(kkbgeo.Workbench(), "stunting_prevalence_ssgi_2022", "aid_events")
        print(sorted({"libpysal", "sklearn", "scipy.stats"} & set(sys.modules)))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(asked)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("how", WAYS)
def test_order_of_rows_and_projection_change_no_neighbour(how):
    areas = kkbgeo.Workbench().areas("regency")
    there = spatial.neighbours(areas, how).adjacency
    pd.testing.assert_series_equal(there, spatial.neighbours(areas.sample(frac=1, random_state=3), how).adjacency)
    pd.testing.assert_series_equal(there, spatial.neighbours(areas.to_crs(23835), how).adjacency)


def test_neighbours_cross_provincial_borders():
    report = spatial.describe(spatial.neighbours(kkbgeo.Workbench().areas("regency")))
    assert report.table.loc["62.03", "other_parent"] > 0
    assert report.table["neighbours"].sum() % 2 == 0


def test_an_island_stays_alone_or_is_tied_to_the_nearest_as_asked():
    areas = squares()
    areas.loc["62.00", "geometry"] = affinity.translate(areas.geometry["62.00"], xoff=-0.05, yoff=-0.06)
    report = spatial.describe(spatial.neighbours(areas))
    assert (report.isolates, report.components) == (["62.00"], 2)
    tied = spatial.neighbours(areas, "contiguity-nearest")
    assert len(tied.isolates) == 0 and list(tied["62.00"].index) == ["62.01"] and "62.00" in tied["62.01"].index
    assert tied.kkbgeo_parameters["tied"] == 1
    assert tied.kkbgeo_parameters["farthest_tie_km"] == pytest.approx(0.05 * 111.3, rel=0.01)


def test_distances_are_told_on_the_sphere():
    # Near 60° north a degree of longitude is half as long as at the equator.
    points = [box(x, y, x + 1e-6, y + 1e-6) for x, y in ((0, 60), (1, 60), (0, 61))]
    areas = gpd.GeoDataFrame(geometry=points, index=["a", "b", "c"], crs=4326)
    graph = spatial.neighbours(areas, "distance", distance_km=60)
    assert list(graph["a"].index) == ["b"] and list(graph.isolates) == ["c"]
    assert list(spatial.neighbours(areas, "nearest", k=1)["a"].index) == ["b"]


def test_the_default_distance_leaves_nobody_alone_and_nearest_gives_each_its_number():
    areas = kkbgeo.Workbench().areas("regency")
    assert len(spatial.neighbours(areas, "distance").isolates) == 0
    assert set(spatial.neighbours(areas, "nearest", k=5).cardinalities) == {5}


def test_an_area_without_a_polygon_has_no_neighbours_and_is_not_lost():
    areas = squares()
    areas.loc["62.33", "geometry"] = None
    graph = spatial.neighbours(areas)
    assert graph.n == 16 and list(graph.isolates) == ["62.33"]


def test_links_are_drawn_once_a_pair():
    areas = squares(3)
    graph = spatial.neighbours(areas)
    lines = spatial.links(graph, areas)
    assert len(lines) == graph.cardinalities.sum() / 2
    assert lines.geom_type.unique().tolist() == ["LineString"]


def test_wrong_orders_for_neighbours_are_refused():
    areas = squares()
    with pytest.raises(ParameterError, match="no way"):
        spatial.neighbours(areas, "queen")
    with pytest.raises(ParameterError):
        spatial.neighbours(areas, tolerance_m=-1)
    with pytest.raises(ParameterError):
        spatial.neighbours(areas, "nearest", k=16)
    for wrong in (np.nan, np.inf, "100", None, True):
        with pytest.raises(ParameterError, match="tolerance_m must be a finite number"):
            spatial.neighbours(areas, tolerance_m=wrong)
    for wrong in (np.nan, 0, -3, "100"):
        with pytest.raises(ParameterError, match="distance_km must be"):
            spatial.neighbours(areas, "distance", distance_km=wrong)
    for wrong in (2.5, "4", 0, None):
        with pytest.raises(ParameterError, match="k must be a whole number"):
            spatial.neighbours(areas, "nearest", k=wrong)
    with pytest.raises(ParameterError, match=r"GeoSeries.*\n.*not areas.geometry"):
        spatial.neighbours(areas.geometry)
    with pytest.raises(ParameterError, match="GeoDataFrame"):
        spatial.neighbours(pd.DataFrame(areas))
    with pytest.raises(BoundaryError, match="CRS"):
        spatial.neighbours(areas.set_crs(None, allow_override=True))
    with pytest.raises(BoundaryError, match="twice"):
        spatial.neighbours(pd.concat([areas, areas.iloc[:1]]))


@pytest.mark.slow
def test_the_real_file_has_one_island_city_and_ragged_borders(real_boundaries):
    regencies = gpd.read_file(real_boundaries, layer="kabupaten_kota").set_index("kode")
    graph = spatial.neighbours(regencies)
    assert list(graph.isolates) == ["65.71"]  # Tarakan
    assert list(spatial.neighbours(regencies, "contiguity-nearest").isolates) == []
    values = pd.Series(np.arange(56.0), index=regencies.index)
    assert spatial.local_moran(values, graph).table.loc["65.71", "label"] == "no-neighbours"
    villages = gpd.read_file(real_boundaries, layer="desa_kelurahan").set_index("kode")
    trusting = spatial.neighbours(villages, tolerance_m=0)
    fuzzy = spatial.neighbours(villages)
    assert fuzzy.cardinalities.sum() > trusting.cardinalities.sum()
    assert len(fuzzy.isolates) < len(trusting.isolates)


# --- closed forms -----------------------------------------------------------------------------------------------------


def test_a_chessboard_is_the_most_unlike_a_map_can_be():
    codes, graph = grid(6, 6)
    board = pd.Series([(int(code[:3]) + int(code[4:])) % 2 for code in codes], index=codes, dtype=float)
    result = spatial.global_moran(board, graph)
    assert result.table["statistic"].iloc[0] == pytest.approx(-1)
    assert result.verdict == "different"
    # Every link joins unlike areas: C = (n-1)/(2 S0 n/4) S0 = 2(n-1)/n.
    assert spatial.global_geary(board, graph).table["statistic"].iloc[0] == pytest.approx(2 * 35 / 36)
    joins = spatial.join_counts(board.map({0.0: "a", 1.0: "b"}), graph, ["a", "b"]).table.set_index(["first", "second"])
    assert joins["joins"].to_dict() == {("a", "a"): 0, ("a", "b"): 60, ("b", "b"): 0}
    assert set(joins["verdict"]) == {"more", "fewer"}
    assert set(spatial.local_moran(board, graph).table["label"]) <= {"high-low", "low-high", "not-significant"}


def test_a_gradient_is_alike_and_has_a_high_and_a_low_end():
    codes, graph = grid(10, 10)
    slope = pd.Series([float(code[:3]) for code in codes], index=codes)
    assert spatial.global_moran(slope, graph).verdict == "similar"
    assert spatial.global_geary(slope, graph).verdict == "similar"
    # Both sums by hand: differences are 1 along the slope and 0 across it.
    degree = graph.cardinalities.reindex(codes)
    along = pd.Series([(int(code[:3]) > 0) + (int(code[:3]) < 9) for code in codes], index=codes)
    z = slope - slope.mean()
    by_hand = 99 * (along / degree).sum() / (2 * 100 * (z**2).sum())
    assert spatial.global_geary(slope, graph).table["statistic"].iloc[0] == pytest.approx(by_hand)
    labels = spatial.local_moran(slope, graph).table["label"]
    inner = np.array([0 < int(code[4:]) < 9 for code in codes])  # four neighbours or, at the ends, three
    assert set(labels[inner & (slope == 8)]) == {"high-high"} and set(labels[inner & (slope == 1)]) == {"low-low"}
    assert set(labels[slope > 5]) <= {"high-high", "not-significant"}
    assert set(labels[(slope == 4) | (slope == 5)]) == {"not-significant"}


def test_one_hot_spot_is_found_where_it_is_and_nowhere_else():
    codes, graph = grid(12, 12)
    rng = np.random.default_rng(5)
    inside = np.array([int(code[:3]) in (5, 6, 7) and int(code[4:]) in (5, 6, 7) for code in codes])
    x = pd.Series(rng.normal(size=144) * 0.3 + 4 * inside, index=codes)
    for measure in LOCAL:
        labels = measure(x, graph).table["label"]
        hot = set(labels.index[labels == "high-high"])
        assert hot and hot <= set(np.array(codes)[inside])
        assert {"006.006"} <= hot
    assert spatial.global_g(x - x.min(), graph).verdict == "high"


@pytest.mark.parametrize("measure", BOTH)
def test_constant_figures_are_nothing_to_test(measure):
    codes, graph = grid(6, 6)
    result = measure(pd.Series(3.1, index=codes), graph)
    assert result.state == "constant"
    assert result.table["p"].isna().all()
    assert "nothing to test" in result.sentence("en")


def test_the_mean_of_local_moran_is_the_global_one():
    values, graph = reference_case("columbus")
    local = spatial.local_moran(values["first"], graph).table["statistic"].mean()
    assert local == pytest.approx(spatial.global_moran(values["first"], graph).table["statistic"].iloc[0])


def test_permutation_p_is_the_exact_one_where_all_permutations_can_be_counted():
    # Six areas in a row: 720 maps in all; the local lag of an end has five possible values.
    codes = list("abcdef")
    graph = graph_of(codes, [(a, b) for a, b in itertools.permutations(codes, 2) if abs(ord(a) - ord(b)) == 1])
    x = pd.Series([1.0, 2.0, 4.0, 8.0, 16.0, 32.0], index=codes)
    weights = spatial.global_moran(x, graph, minimum_areas=2).sample.row_standardised.toarray()
    z = (x - x.mean()).to_numpy()
    every = np.array([z[list(order)] @ weights @ z[list(order)] for order in itertools.permutations(range(6))])
    here = z @ weights @ z
    exact = 2 * min((every >= here - 1e-9).mean(), (every <= here + 1e-9).mean())
    found = spatial.global_moran(x, graph, permutations=20_000, minimum_areas=2).table["p"].iloc[0]
    assert found == pytest.approx(exact, abs=0.006)
    around = lags(z, spatial.global_moran(x, graph, minimum_areas=2).sample.row_standardised, Settings(20_000, 1))
    # The neighbour of "a" holds 2, the least of five others: exactly one in five is as low.
    assert around.p[0] == pytest.approx(2 / 5, abs=0.02)
    # "f" has neighbour 16, the most of the five others.
    assert around.p[5] == pytest.approx(2 / 5, abs=0.02)


# --- false findings and power -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kalimantan():
    """The 56 regencies and their neighbours."""
    return spatial.neighbours(kkbgeo.Workbench().areas("regency"))


def share_of_maps(measure, graph, maps, values, **options):
    hits = 0
    for seed in range(maps):
        x = pd.Series(values(np.random.default_rng(1_000 + seed)), index=list(graph.unique_ids))
        result = measure(x, graph, seed=seed, **options)
        table = result.table
        hits += bool(table["label"].isin(NAMED).any()) if "label" in table else table["p"].iloc[0] <= 0.05
    return hits / maps


@pytest.mark.slow
def test_noise_gives_a_local_finding_on_at_most_five_maps_of_a_hundred(kalimantan):
    assert share_of_maps(spatial.local_moran, kalimantan, 500, lambda rng: rng.normal(size=56)) <= 0.05


@pytest.mark.slow
def test_skewed_noise_does_not_either(kalimantan):
    assert share_of_maps(spatial.local_g, kalimantan, 500, lambda rng: rng.lognormal(size=56)) <= 0.05


@pytest.mark.slow
def test_noise_gives_a_global_finding_as_often_as_the_level_says(kalimantan):
    # 5 % of 500 maps: 25, give or take; 37 is the 99 % bound of a test of exact level.
    found = share_of_maps(spatial.global_moran, kalimantan, 500, lambda rng: rng.normal(size=56), permutations=199)
    assert 0.02 <= found <= stats.binom.ppf(0.99, 500, 0.05) / 500


@pytest.mark.slow
def test_without_the_correction_noise_does_give_clusters(kalimantan):
    # Why the correction is the default.
    noise = share_of_maps(
        spatial.local_moran, kalimantan, 50, lambda rng: rng.normal(size=56), correction="none", permutations=199
    )
    assert noise > 0.6


def test_power_a_true_gradient_is_found_nearly_always(kalimantan):
    points = kkbgeo.Workbench().areas("regency").representative_point().loc[list(kalimantan.unique_ids)]
    east = points.x.rank().to_numpy() / 56
    found = share_of_maps(
        spatial.global_moran, kalimantan, 100, lambda rng: 2 * east + rng.normal(size=56) * 0.4, permutations=199
    )
    assert found > 0.95


# --- invariance -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["columbus", "columbus_missing", "columbus_island"])
@pytest.mark.parametrize("measure", BOTH)
def test_order_of_rows_changes_nothing_at_all(measure, name):
    values, graph = reference_case(name)
    x = values["first"]
    there = measure(x, graph).table
    back = measure(x.sample(frac=1, random_state=7), graph).table
    pd.testing.assert_frame_equal(there, back.reindex(there.index))


@pytest.mark.parametrize("name", ["columbus", "columbus_missing", "columbus_island"])
@pytest.mark.parametrize("measure", BOTH)
def test_scale_of_the_figures_changes_no_verdict(measure, name):
    values, graph = reference_case(name)
    x = values["first"]
    there, scaled = measure(x, graph).table, measure(x * 1000, graph).table
    pd.testing.assert_series_equal(there["p"], scaled["p"])
    if measure is not spatial.global_g:  # G is not free to shift
        pd.testing.assert_series_equal(there["p"], measure(x * 7 + 3, graph).table["p"], rtol=1e-6)
    if "label" in there:
        assert there["label"].equals(scaled["label"])


@pytest.mark.parametrize("name", ["columbus", "columbus_missing", "columbus_island"])
@pytest.mark.parametrize("measure", BOTH)
def test_other_codes_change_no_statistic(measure, name):
    values, graph = reference_case(name)
    new = {code: f"x{999 - int(code)}" for code in graph.unique_ids}
    renamed = graph_of(
        list(new.values()),
        [(new[a], new[b]) for a, b, w in graph.adjacency.reset_index().itertuples(index=False, name=None) if w],
    )
    x = values["first"]
    there, other = measure(x, graph).table, measure(x.rename(new), renamed).table
    key = "statistic" if "statistic" in there else "z"
    expected = there[key].rename(new) if "label" in there else there[key]
    pd.testing.assert_series_equal(expected.sort_index(), other[key].sort_index(), check_names=False)


# --- what is left out -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", LOCAL)
def test_every_code_handed_in_is_in_the_table_with_its_reason(measure):
    codes, graph = grid(6, 6)
    x = pd.Series(np.arange(36.0), index=codes)
    x["002.003"] = np.nan
    x[["000.001", "001.000"]] = np.nan  # the corner 000.000 is cut off
    result = measure(x.drop("005.005"), graph)  # the graph knows it, the values do not
    table = result.table
    assert sorted(table.index) == sorted(codes)
    assert set(table["label"]) <= set(spatial.LABELS)
    assert sorted(table.index[table["label"] == "not-reported"]) == ["000.001", "001.000", "002.003", "005.005"]
    assert list(table.index[table["label"] == "no-neighbours"]) == ["000.000"]
    assert result.sample.cut_off == ("000.000",)
    left = table["label"].isin(["not-reported", "no-neighbours"])
    assert table.loc[left, "p"].isna().all() and table.loc[~left, "p"].notna().all()
    assert "31 areas; left out: 4 not reported, 1 without" in result.sentence("en")


@pytest.mark.parametrize("measure", BOTH)
def test_leaving_out_is_the_same_as_never_having_had_the_area(measure):
    values, graph = reference_case("columbus_missing")
    whole = measure(values["first"], graph).table
    known = values["first"].dropna()
    pairs = [
        (a, b)
        for a, b, w in graph.adjacency.reset_index().itertuples(index=False, name=None)
        if w and a in known.index and b in known.index
    ]
    alone = measure(known, graph_of(list(known.index), pairs)).table
    key = "statistic" if "statistic" in whole else "z"
    if "label" in whole:
        whole = whole.reindex(alone.index)
    pd.testing.assert_series_equal(whole[key], alone[key])
    pd.testing.assert_series_equal(whole["p"], alone["p"])


@pytest.mark.parametrize("measure", BOTH)
def test_too_few_areas_are_refused_or_told(measure):
    codes, graph = grid(3, 3)
    x = pd.Series(np.arange(9.0), index=codes)
    with pytest.raises(TooFewAreasError, match="at least"):
        measure(x, graph)
    told = measure(x, graph, few="tell")
    assert told.state == "too-few"
    assert told.table["p"].isna().all()
    assert "Too few areas" in told.sentence("en") and "Terlalu sedikit" in told.sentence("id")


def test_nothing_reported_at_all_is_told_too():
    codes, graph = grid(3, 3)
    told = spatial.local_moran(pd.Series(np.nan, index=codes), graph, few="tell")
    assert set(told.table["label"]) == {"not-reported"}


def test_wrong_values_are_refused():
    codes, graph = grid(6, 6)
    x = pd.Series(np.arange(36.0), index=codes)
    with pytest.raises(CodeError, match="does not know"):
        spatial.global_moran(x.rename({"000.000": "99"}), graph)
    with pytest.raises(CodeError, match="twice"):
        spatial.global_moran(pd.concat([x, x.iloc[:1]]), graph)
    with pytest.raises(ParameterError, match="infinite"):
        spatial.global_moran(x.replace(3.0, np.inf), graph)
    with pytest.raises(ParameterError, match="zero or more"):
        spatial.global_g(x - 5, graph)
    with pytest.raises(ParameterError, match="permutations"):
        spatial.global_moran(x, graph, permutations=9)
    with pytest.raises(ParameterError, match="alpha"):
        spatial.global_moran(x, graph, alpha=5)
    with pytest.raises(ParameterError, match="correction"):
        spatial.local_moran(x, graph, correction="bonferoni")
    with pytest.raises(ParameterError, match="does not name"):
        spatial.join_counts(x.map(str), graph, ["a", "b"])
    with pytest.raises(ParameterError, match="different areas"):
        spatial.global_lee(x, x.iloc[1:], graph)
    with pytest.raises(ParameterError, match=r"does not name: \[3\].*\n.*Order: 1, 2"):
        spatial.join_counts((x % 3 + 1).astype(int), graph, [1, 2])


FOLLOWING = (*BOTH, lambda x, graph: spatial.global_lee(x, x, graph),
             lambda x, graph: spatial.bivariate_moran(x, x, graph),
             lambda x, graph: spatial.local_bivariate_moran(x, x, graph),
             lambda x, graph: spatial.smooth_locally(x, x, graph))  # fmt: skip


@pytest.mark.parametrize("measure", FOLLOWING)
def test_what_is_no_series_of_numbers_is_refused_with_a_way_out(measure):
    codes, graph = grid(6, 6)
    x = pd.Series(np.arange(36.0), index=codes)
    text = x.astype(object)
    text["002.003"] = "24,6"
    with pytest.raises(ParameterError, match=r"(?s)002.003 holds '24,6'.*What to do.*decimal comma"):
        measure(text, graph)
    with pytest.raises(ParameterError, match=r"000.000 holds '0.0'"):  # "24.600" may mean 24,600
        measure(x.map(str), graph)
    with pytest.raises(ParameterError, match="no number"):
        measure(pd.Series(pd.date_range("2020-01-01", periods=36), index=codes), graph)
    with pytest.raises(ParameterError, match=r"(?s)DataFrame.*table\['stunting'\]"):
        measure(x.to_frame("stunting"), graph)
    for wrong in (list(x), x.to_numpy(), None, {}):
        with pytest.raises(ParameterError, match=r"(?s)must be a Series.*index=codes"):
            measure(wrong, graph)
    for cut in (61.01 + np.arange(36) / 100, np.arange(6101, 6137)):
        with pytest.raises(CodeError, match=r"(?s)Codes are text.*dtype="):
            measure(pd.Series(x.to_numpy(), index=cut), graph)


@pytest.mark.parametrize("measure", FOLLOWING)
def test_a_classic_w_is_refused_with_the_way_to_a_graph(measure):
    codes, graph = grid(6, 6)
    x = pd.Series(np.arange(36.0), index=codes)
    with pytest.raises(ParameterError, match=r"(?s)got a W.*Graph.from_W\(w\)"):
        measure(x, graph.to_W())
    with pytest.raises(ParameterError, match=r"spatial.neighbours"):
        measure(x, None)


def test_every_kind_of_number_and_of_gap_is_read():
    codes, graph = grid(6, 6)
    x = pd.Series(np.arange(36.0), index=codes)
    x.iloc[4] = np.nan
    wanted = spatial.global_moran(x, graph).table
    for same in (x.astype("Float64"), x.astype("Int64"), x.astype(object), x.astype(object).where(x.notna(), None)):
        pd.testing.assert_frame_equal(spatial.global_moran(same, graph).table, wanted)
    mixed = x.astype(object)
    mixed.iloc[4] = pd.NA
    pd.testing.assert_frame_equal(spatial.global_moran(mixed, graph).table, wanted)


@pytest.mark.parametrize("seed", [-1, 2.5, "1", None])
def test_a_seed_that_is_none_is_refused(seed):
    codes, graph = grid(6, 6)
    x = pd.Series(np.arange(36.0), index=codes)
    for measure in BOTH:
        with pytest.raises(ParameterError, match="seed must be"):
            measure(x, graph, seed=seed)
    for measure in (spatial.global_lee, spatial.bivariate_moran, spatial.local_bivariate_moran):
        with pytest.raises(ParameterError, match="seed must be"):
            measure(x, x, graph, seed=seed)
    classes = (x % 2).map({0.0: "a", 1.0: "b"})
    with pytest.raises(ParameterError, match="seed must be"):
        spatial.join_counts(classes, graph, ["a", "b"], seed=seed)
    with pytest.raises(ParameterError, match="seed must be"):
        spatial.spatial_transitions(classes, classes, graph, ["a", "b"], seed=seed)


# --- what is said -----------------------------------------------------------------------------------------------------


def results_of(values, graph):
    x, y = values["first"], values["second"]
    yield from (measure(x, graph) for measure in BOTH)
    yield spatial.local_g(x, graph, star=False)
    yield spatial.join_counts(values["class"].where(x.notna()), graph, ["a", "b", "c", "d"])
    for measure in (spatial.global_lee, spatial.bivariate_moran, spatial.local_bivariate_moran):
        yield measure(x, y, graph)


@pytest.mark.parametrize("name", ["columbus", "columbus_missing", "columbus_island", "kalimantan", "kalimantan_island"])
def test_every_sentence_states_how_the_test_was_made_in_both_languages(name):
    values, graph = reference_case(name)
    for result in results_of(values, graph):
        for language, left_out, seed in (("en", "left out", "seed"), ("id", "tidak ikut", "benih")):
            said = result.sentence(language)
            assert left_out in said and seed in said and str(result.settings.seed) in said
            assert str(len(result.sample.codes)) in said
            assert "{" not in said and " nan" not in said
        if result.verdict == "none":
            assert "no proof" in result.sentence("en") and "bukan bukti" in result.sentence("id")


def test_the_kalimantan_survey_shows_no_pattern_and_the_words_do_not_claim_one():
    values, graph = reference_case("kalimantan")
    for result in results_of(values, graph):
        assert result.verdict == "none"


def test_a_lone_outlier_can_pass_the_correction():
    # With 999 permutations a single area of 50 never could: the default draws as many as it takes.
    codes, graph = grid(7, 7)
    x = pd.Series(np.random.default_rng(2).normal(size=49), index=codes)
    assert spatial.local_moran(x, graph).settings.permutations >= 2 * 49 / 0.05 - 1


# --- size -------------------------------------------------------------------------------------------------------------


def test_local_moran_of_as_many_villages_is_quick():
    codes, graph = grid(85, 86)
    x = pd.Series(field(85, 86, np.random.default_rng(1), smooth=2), index=codes)
    started = time.process_time()
    result = spatial.local_moran(x, graph, permutations=999)
    assert time.process_time() - started < 10
    assert len(result.table) == 7310 and result.counts["high-high"] > 100


def test_nothing_warns():
    values, graph = reference_case("columbus_missing")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for result in results_of(values, graph):
            assert result.state == "tested"
