"""What a page keeps of a boundary: shared borders, islands, a budget of bytes, and the same picture read back."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from mapkit import DISTRICTS, counts_of, island, wavy
from shapely.geometry import shape

from kkbgeo.maps import area_map, topology


def read_back(made: topology.Topology) -> np.ndarray:
    return np.array([shape(one) for one in topology.unpacked(made.packed())[0]])


def test_a_shared_border_is_stored_once():
    made = topology.topology([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], 2)
    assert len(made.arcs) == 3
    (left,), (right,) = made.areas[0][0], made.areas[1][0]
    shared = {one if one >= 0 else ~one for one in left} & {one if one >= 0 else ~one for one in right}
    assert len(shared) == 1
    assert len({one for one in [*left, *right] if (one if one >= 0 else ~one) in shared}) == 2  # once backwards


def test_a_hole_and_the_island_in_it_are_one_arc():
    hole = shapely.box(1, 1, 2, 2)
    made = topology.topology([shapely.difference(shapely.box(0, 0, 3, 3), hole), shapely.segmentize(hole, 9)], 1)
    assert len(made.arcs) == 2


@pytest.mark.parametrize("precision", [3, 4, 5])
def test_what_is_written_is_read_back(precision):
    areas = island().geometry.to_numpy()
    back = read_back(topology.topology(areas, precision))
    assert shapely.is_valid(back).all()
    assert shapely.area(shapely.symmetric_difference(back, areas)).max() < 1e-9


@given(st.lists(st.integers(-(2**30), 2**30), max_size=60))
def test_any_whole_numbers_are_read_back(numbers):
    text = topology._written(numbers)
    assert topology._read(text) == numbers
    assert text.isascii()
    assert not set(text) & set('<>&"\\')


def test_district_borders_are_the_edges_between_districts_only():
    areas = island()
    made = topology.topology(areas.geometry, 4)
    found = topology.borders(made.areas, [DISTRICTS[code] for code in areas.index])
    _areas, lines = topology.unpacked(made.packed(sorted(found)))
    drawn = shapely.union_all([shapely.LineString(line) for line in lines])
    assert drawn.equals(shapely.LineString([(110, 1), (111, 1), (112, 1), (112, 0)]))
    assert topology.borders(made.areas, ["one"] * len(areas)) == set()


def test_an_area_or_an_islet_smaller_than_the_grid_stays_and_a_sliver_goes():
    tiny = shapely.box(110, 0, 110.00001, 0.00001)
    land = shapely.box(111, 0, 112, 1)
    islet = shapely.box(113, 0, 113.00001, 0.00001)
    sliver = shapely.box(111, 1, 111.00001, 1.00001)
    made = topology.topology([tiny, shapely.MultiPolygon([land, islet, sliver])], 3)
    assert [len(area) for area in made.areas] == [1, 2]
    back = read_back(made)
    assert shapely.distance(back[0], tiny) < 0.001
    assert shapely.distance(back[1], islet) < 0.001


def test_points_that_fall_together_are_dropped():
    line = shapely.Polygon([(0, 0), (0.00001, 0), (1, 0), (1, 1), (0, 1)])
    assert sum(len(arc) for arc in topology.topology([line], 3).arcs) == 5


def test_a_coverage_stays_one_at_every_budget():
    areas = wavy(8, 400)
    before = shapely.area(areas)
    sizes = []
    for budget in (10**6, 12_000, 6_000, 4_000):
        made = topology.fitted(areas, 4, budget)
        back = read_back(made)
        sizes.append(topology.size_of(made))
        assert sizes[-1] <= budget
        assert not shapely.is_empty(back).any()
        # One line on both sides: no border is there twice, and the whole has neither gap nor overlap.
        assert shapely.union_all(back).area == pytest.approx(shapely.area(back).sum(), rel=1e-9)
        assert shapely.area(back).sum() == pytest.approx(before.sum(), rel=0.02)
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > sizes[-1]


def test_detail_goes_before_islands_do():
    specks = [shapely.Point(120 + at % 20, at // 20).buffer(0.001) for at in range(200)]
    coast = shapely.Point(110, 0).buffer(1, quad_segs=2000)
    made = topology.fitted(np.array([shapely.MultiPolygon([coast, *specks])]), 3, 3_500)
    assert topology.size_of(made) <= 3_500
    assert len(made.areas[0]) == 201


def test_the_same_areas_give_the_same_bytes_whatever_their_start():
    areas = wavy(4, 20)
    turned = np.array([shapely.Polygon(np.roll(shapely.get_coordinates(one)[:-1], 7, axis=0)) for one in areas])
    one, two = (topology.fitted(shapes, 3, 900) for shapes in (areas, areas.copy()))
    assert one.packed() == two.packed()
    other = topology.topology(list(turned), 4)
    assert len(other.arcs) == len(topology.topology(list(areas), 4).arcs)
    assert shapely.equals(read_back(other), read_back(topology.topology(list(areas), 4))).all()


def test_polygons_that_are_no_coverage_are_drawn_all_the_same():
    areas = np.array([shapely.Point(0, 0).buffer(1), shapely.Point(1, 0).buffer(1), shapely.box(0.5, 0, 3, 3)])
    bow = shapely.Polygon([(5, 5), (6, 6), (6, 5), (5, 6)])
    back = read_back(topology.fitted(np.append(areas, bow), 3))
    assert len(back) == 4
    assert shapely.area(shapely.symmetric_difference(back[:3], areas)).max() < 0.01


@given(st.integers(1, 5), st.integers(2, 30), st.integers(300, 3000))
@settings(max_examples=20, deadline=None)
def test_any_coverage_is_read_back_as_one(many, points, budget):
    areas = wavy(many, points)
    made = topology.fitted(areas, 5, budget)
    back = read_back(made)
    assert len(back) == len(areas)
    assert shapely.union_all(back).area == pytest.approx(shapely.area(back).sum(), rel=1e-9)


@pytest.mark.browser
def test_the_script_reads_what_was_written(tmp_path):
    from browser import open_page

    frame = island().iloc[:4].set_geometry(wavy(2, 300))
    frame.iloc[3, frame.columns.get_loc("geometry")] = shapely.MultiPolygon(
        [wavy(2, 300)[3], shapely.box(-1, -2, 0, -1)]
    )
    drawn = area_map(frame, [counts_of(list(frame.index))], parents=DISTRICTS, precision=5)
    areas, _ = topology.unpacked(drawn._stored["shapes"])
    assert drawn._stored["levels"][0]["lines"]
    with open_page(drawn.save(tmp_path / "a.html")) as opened:
        opened.quiet()
        for code, one in zip(frame.index, areas, strict=True):
            polygons = one["coordinates"] if one["type"] == "MultiPolygon" else [one["coordinates"]]
            assert opened.page.evaluate("code => kkbgeo.maps[0].polygonsOf(code)", code) == polygons


def test_a_map_can_be_tightened():
    frame = island().iloc[:4].set_geometry(wavy(2, 400))
    one = area_map(frame, [counts_of(list(frame.index))], precision=5)
    before = one.geometry_bytes
    one.tighten(before // 2)
    assert one.geometry_bytes <= before // 2
    assert len(topology.unpacked(one._stored["shapes"])[0]) == 4


def test_a_page_over_its_budget_loses_detail_not_areas(monkeypatch):
    from kkbgeo.maps import page as pages
    from kkbgeo.maps.page import Page

    frame = island().iloc[:4].set_geometry(wavy(2, 3000))
    built = []
    for room in (10**9, None):
        one = Page("63.11", "regency", "balangan", "Balangan", "", language="id", edition=None)
        drawn = area_map(frame, [counts_of(list(frame.index))], precision=5)
        one.add_map(drawn, "Peta", key="map")
        monkeypatch.setitem(pages.ROOM, "regency", room or len(built[0].encode()) - 5_000)
        built.append(one.html())
        assert one.html() == built[-1]
        assert len(topology.unpacked(drawn._stored["shapes"])[0]) == 4
    assert len(built[1].encode()) <= len(built[0].encode()) - 5_000


@pytest.mark.slow
def test_real_villages_fit_the_room_of_a_regency_page(real_boundaries):
    """Every regency of the real file, as messy as it is: within the budget, no village lost, areas as they were."""
    import geopandas as gpd

    from kkbgeo.maps.interactive import fine_enough

    villages = gpd.read_file(real_boundaries, layer="desa_kelurahan").set_index("kode").sort_index()
    shapes = shapely.make_valid(villages.geometry.to_numpy(), method="structure")
    regency = villages.index.str[:5]
    for code in sorted(set(regency)):
        mine = shapes[regency == code]
        made = topology.fitted(mine, fine_enough(shapely.total_bounds(mine)))
        assert topology.size_of(made) <= topology.BUDGET
        back = shapely.make_valid(read_back(made))
        assert len(back) == len(mine)
        assert not shapely.is_empty(back).any()
        # Measured: 0.05 % to 0.3 %, most where villages are small beside the grid of a wide regency.
        assert np.abs(shapely.area(back) - shapely.area(mine)).sum() < 0.005 * shapely.area(mine).sum()
