"""Damaged shapes are mended and said so, levels nest, and what cannot be mended is named."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import shapely.affinity
from boundarykit import PLACES, bring, cells, data_folder, kode, write
from hypothesis import given, settings
from hypothesis import strategies as st
from refusals import refused

from kkbgeo import provenance
from kkbgeo.boundaries import coverage, importing, keep, shapes, store
from kkbgeo.boundaries.report import HARDLY
from kkbgeo.errors import BoundaryError, ParameterError
from kkbgeo.language import text, words
from kkbgeo.regions.codes import LEVELS, parent_of


@pytest.fixture
def data(tmp_path):
    return data_folder(tmp_path / "data")


def stored(data, level: str, edition: str = "set-2025") -> gpd.GeoDataFrame:
    return store.read(level, data_root=data, edition=edition)


def grid(columns: int, rows: int, size: float = 0.1) -> np.ndarray:
    """Return cells beside each other, row by row."""
    return np.array([shapely.box(x * size, y * size, (x + 1) * size, (y + 1) * size)
                     for y in range(rows) for x in range(columns)], dtype=object)  # fmt: skip


def keys(told) -> list[str]:
    """Return the keys of what is said, not its words."""
    return [one.key.removeprefix("boundaries.said.") for one in told]


# --- one shape at a time -------------------------------------------------------------------------------------------

HERE = (108.0, -5.0, 119.0, 5.0)


def test_first_aid_says_what_it_did_to_each():
    tie = shapely.Polygon([(110, 0), (111, 1), (111, 0), (110, 1)])
    line = shapely.LineString([(110, 0), (111, 1)])
    mixed = shapely.GeometryCollection([shapely.box(110, 0, 111, 1), line])
    given = [tie, shapely.box(-1, 110, 1, 111), None, shapely.Polygon(), line, mixed, shapely.box(-179, 0, 179, 1)]
    done = shapes.first_aid([*given, shapely.box(110, 0, 111, 1)], HERE)
    assert {row: keys(notes) for row, notes in done.notes.items()} == {
        0: ["ring_mended"], 1: ["axes_swapped"], 5: ["only_polygons"],
    }  # fmt: skip
    assert done.notes[0][0].values == {"why": "Self-intersection"} and done.shapes[0].area == pytest.approx(0.5)
    assert done.shapes[1].bounds == (110, -1, 111, 1) and done.shapes[5].area == 1
    assert dict(zip(done.lost, keys(done.lost.values()), strict=True)) == {
        2: "no_shape", 3: "no_shape", 4: "no_polygon", 6: "too_wide",
    }  # fmt: skip
    assert all(shape is None for row, shape in enumerate(done.shapes) if row in done.lost and row != 3)


def test_several_rows_of_one_unit_are_parts_copies_or_a_contradiction():
    one, far, over = shapely.box(0, 0, 1, 1), shapely.box(3, 0, 4, 1), shapely.box(0.5, 0, 1.5, 1)
    given = np.array([one, far, one, one, one, over, None], dtype=object)
    done = shapes.one_each(["parts", "parts", "copies", "copies", "torn", "torn", "empty"], given)
    assert done.shapes["parts"].area == 2 and keys(done.notes["parts"]) == ["rows_joined"]
    assert done.notes["parts"][0].values == {"count": 2}
    assert done.shapes["copies"].area == 1 and keys(done.notes["copies"]) == ["second_copy"]
    assert done.torn["torn"].key == "boundaries.said.torn" and "torn" not in done.shapes
    assert "empty" not in done.shapes


# --- a coverage ----------------------------------------------------------------------------------------------------


def test_slivers_gaps_and_overlaps_are_closed_and_the_rest_stays():
    given = grid(4, 4)
    given[5] = shapely.box(0.10005, 0.1, 0.2, 0.2)  # a gap of 5 m on its west
    given[10] = shapely.box(0.1999, 0.2, 0.3, 0.3)  # 11 m over its neighbour
    made = coverage.clean(given, gap=0.0005)
    assert made.valid and made.gaps == 1 and not made.lost
    assert shapely.area(made.shapes).sum() == pytest.approx(0.16, abs=1e-12)
    assert shapely.area(made.shapes)[0] == pytest.approx(0.01)
    assert len(made.widened) == 1 and made.widened < {4, 5}


def test_a_lake_stays_a_lake_and_an_island_in_a_gap_stays_one_unit():
    given = grid(5, 5)
    lake = np.delete(given, 12)
    made = coverage.clean(lake, gap=0.0005)
    assert made.gaps == 0 and shapely.area(made.shapes).sum() == pytest.approx(0.24)
    ring = given.copy()
    ring[12] = shapely.box(0.2001, 0.2001, 0.2999, 0.2999)  # its neighbours end 11 m from it, all round
    made = coverage.clean(ring, gap=0.0005)
    assert made.valid and made.gaps == 1 and shapely.area(made.shapes).sum() == pytest.approx(0.25, abs=1e-12)


def test_a_bow_tie_over_the_country_is_named_and_harms_nobody():
    given = grid(6, 6)
    given[7] = shapely.make_valid(shapely.Polygon([(0, 0), (0.6, 0.6), (0.6, 0), (0, 0.6)]))
    made = coverage.clean(given)
    assert list(made.lost) == [7] and made.lost[7].key == "boundaries.said.lies_over" and made.shapes[7] is None
    rest = [place for place in range(36) if place != 7]
    assert shapely.area(made.shapes[rest]) == pytest.approx(np.full(35, 0.01))


def test_two_units_with_one_shape_are_both_named():
    given = grid(3, 3)
    given[4] = given[0]
    made = coverage.clean(given)
    assert set(made.lost) == {0, 4} and set(keys(made.lost.values())) == {"same_shape"}


def test_a_hole_that_touches_the_border_where_neighbours_meet_is_no_overlap():
    corner = (1, 1)
    holed = shapely.Polygon([(0, 0), (1, 0), corner, (0, 1)], [[corner, (0.6, 0.9), (0.9, 0.6)]])
    east = shapely.Polygon([(1, 0), (2, 0), (2, 0.9), corner])
    north = shapely.Polygon([(0, 1), corner, (2, 1.1), (2, 2), (0, 2)])
    parts = np.array([holed, east, north])
    assert not shapely.coverage_is_valid(parts) and coverage.fits(parts)  # GEOS looks at the hole alone
    over = shapely.Polygon([(0.95, 0), (2, 0), (2, 0.9), corner])
    assert not coverage.fits(np.array([holed, over, north]))
    without_corner = shapely.Polygon([(0, 1), (2, 1), (2, 2), (0, 2)])
    assert not coverage.fits(np.array([holed, east, without_corner]))
    assert not coverage.fits(np.array([shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])]))


def test_a_unit_inside_another_is_cut_out_of_it_and_only_twins_are_refused():
    regency, city, quarter = shapely.box(0, 0, 1, 1), shapely.box(0.2, 0.2, 0.6, 0.6), shapely.box(0.3, 0.3, 0.4, 0.4)
    made = coverage.clean(np.array([quarter, regency, city, shapely.box(1, 0, 2, 1)]))
    assert made.valid and not made.lost and set(made.inside) == {0, 2}
    assert shapely.area(made.shapes) == pytest.approx([0.01, 0.84, 0.15, 1])
    large = np.array([regency, shapely.box(0.1, 0.1, 0.9, 0.9)])  # most of it is the unit inside
    made = coverage.clean(large)
    assert not made.lost and shapely.area(made.shapes) == pytest.approx([0.36, 0.64])
    twins = np.array([regency, shapely.box(0.01, 0.01, 0.99, 0.99), shapely.box(1, 0, 2, 1)])
    assert set(coverage.clean(twins).lost) == {0, 1}


def test_a_regency_drawn_over_its_city_gets_a_hole_and_both_say_so(data):
    areas = cells("regency", "63")
    whole = areas.geometry["63.03"].union(areas.geometry["63.72"])
    areas.loc["63.03", "geometry"] = whole
    city = areas.geometry["63.72"]
    found = bring(kode(areas), data)
    done, drawn = found.levels["regency"], stored(data, "regency").geometry
    assert not done.lost and drawn["63.72"].area == pytest.approx(city.area, rel=0.01)
    assert drawn["63.03"].area == pytest.approx(whole.area - city.area, rel=0.01)
    (hole,) = [one for one in done.repaired["63.03"] if one.key == "boundaries.said.hole_for"]
    assert hole.values == {"unit": "Kota Banjarbaru (63.72)"}
    assert done.inside.keys() == {"63.72"} and done.inside["63.72"] in done.repaired["63.72"]
    assert done.inside["63.72"].values == {"around": "Kabupaten Banjar (63.03)"}
    assert {code: round(share, 4) for code, share in done.changed.items() if abs(share) > HARDLY} == {"63.03": -0.064}
    # The report names both, under their headings, in either language.
    for language in ("id", "en"):
        lines = found.text(language).splitlines()
        for heading, line in (
            ("inside", f"    63.72: {words(done.inside['63.72'], language)}"),
            ("hardly", "    63.03: -6"),
        ):
            at = lines.index("  " + text(f"boundaries.report.{heading}", language, count="1", percent="5"))
            assert lines[at + 1].startswith(line)


# --- random damage -------------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 24), st.floats(-3e-4, 3e-4), st.floats(-3e-4, 3e-4)), min_size=1, max_size=12))
def test_cells_moved_a_little_become_a_coverage_of_the_same_area(moves):
    given_cells = grid(5, 5)
    for place, east, north in moves:
        given_cells[place] = shapely.affinity.translate(given_cells[place], east, north)
    made = coverage.clean(given_cells, gap=0.002)
    assert made.valid and not made.lost
    whole = shapely.coverage_union_all(made.shapes)
    assert shapely.area(made.shapes).sum() == pytest.approx(whole.area, abs=1e-12)
    assert whole.area == pytest.approx(shapely.union_all(given_cells).area, abs=0.0005)
    assert not shapely.get_num_interior_rings(shapely.get_parts(whole)).any()
    change = np.abs(shapely.area(made.shapes) - 0.01) / 0.01
    assert change.max() < 0.05


def shaken(areas: np.ndarray, spread: float, seed: int) -> tuple[np.ndarray, float]:
    """Return areas each moved rigidly by a normal displacement, and the largest of these."""
    moves = np.random.default_rng(seed).normal(0, spread, (len(areas), 2))
    return np.array([shapely.affinity.translate(one, *move) for one, move in zip(areas, moves, strict=True)]), float(
        np.hypot(*moves.T).max()
    )


def repaired(areas: np.ndarray, codes: list[str], spread: float, seed: int) -> coverage.Coverage:
    """Shake areas, make a coverage of them, and hold it to what a repair may do."""
    moved, farthest = shaken(areas, spread, seed)
    made = coverage.clean(moved)
    assert made.valid and shapely.coverage_is_valid(made.shapes) and not made.lost
    assert all(isinstance(one, shapely.Polygon | shapely.MultiPolygon) and not one.is_empty for one in made.shapes)
    # All but strips narrower than the tolerance lies within the tolerance of where it lay.
    far = coverage.GAP + 2 * farthest
    for one, other in ((made.shapes, moved), (moved, made.shapes)):
        assert not shapely.area(shapely.difference(shapely.buffer(one, -far), shapely.buffer(other, far))).any()
    change = np.abs(shapely.area(made.shapes) - shapely.area(moved)) / shapely.length(moved)
    assert change.max() < coverage.GAP / 2 + 6 * farthest
    assert shapely.area(made.shapes).sum() == pytest.approx(shapely.area(areas).sum(), rel=50 * spread)
    for level in LEVELS[:-1]:
        holders = np.array([parent_of(one, level) for one in codes])
        units = [shapely.coverage_union_all(made.shapes[holders == one]) for one in np.unique(holders)]
        assert coverage.fits(np.array(units))
    return made


SPREADS = pytest.mark.parametrize("spread", [1e-6, 1e-5, 1e-4])


@SPREADS
@pytest.mark.parametrize("within", ["63.11", "63.72"])
def test_villages_that_were_each_moved_a_little_become_a_coverage_again(within, spread):
    villages = cells("village", within).geometry
    for seed in range(12):
        repaired(villages.to_numpy(), list(villages.index), spread, seed)


@SPREADS
def test_a_province_of_villages_each_moved_a_little_becomes_a_coverage_again(spread):
    villages = cells("village", "63").geometry
    assert len(villages) == 2016
    repaired(villages.to_numpy(), list(villages.index), spread, seed=0)


@pytest.mark.slow
@SPREADS
def test_real_villages_each_moved_a_little_become_a_coverage_again(spread, real_boundaries):
    drawn = gpd.read_file(real_boundaries, layer="desa_kelurahan", where="kode LIKE '63.%'").sort_values("kode")
    sound = coverage.clean(shapes.first_aid(drawn.geometry.to_numpy(), HERE).shapes).shapes
    repaired(sound, list(drawn["kode"]), spread, seed=0)


def test_a_coverage_keeps_its_coordinates_to_the_last_digit():
    villages = cells("village", "63.11").geometry.to_numpy()
    made = coverage.clean(villages)
    assert made.valid and made.gaps == 0 and not made.widened
    assert shapely.equals_identical(shapely.normalize(made.shapes), shapely.normalize(villages)).all()
    far = shapely.affinity.translate(villages[0], 3, 0)  # an overlap elsewhere moves no corner here
    made = coverage.clean(np.array([*villages, far, shapely.affinity.translate(far, 1e-5, 0)]))
    assert shapely.equals_identical(shapely.normalize(made.shapes[:-2]), shapely.normalize(villages)).all()


# --- what GEOS cannot do -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "told", "near"),
    [
        ("coverage_clean", "TopologyException: side location conflict at 115.43 -2.33. This can occur", "63.11"),
        ("coverage_union_all", "TopologyException: CoverageUnion cannot process incorrectly noded inputs.", ""),
        ("is_valid", "IllegalArgumentException: Points of LinearRing do not form a closed linestring", ""),
    ],
)
def test_an_error_of_geos_is_a_sentence_with_file_layer_and_unit(data, monkeypatch, function, told, near):
    def fails(*_args, **_kwargs):
        raise shapely.errors.GEOSException(told)

    made = kode(cells("regency", "63"))
    made.loc[0, "geometry"] = made.geometry[0].buffer(0.01)
    path = write(made, data.parent / "files/kabupaten.gpkg", "batas")
    monkeypatch.setattr(shapely, function, fails)
    with pytest.raises(BoundaryError) as caught:
        importing.import_file(path, data_root=data)
    first, hint = str(caught.value).split("\n")
    assert first.startswith("kabupaten.gpkg") and ": its areas cannot be repaired" in first
    assert ", layer batas:" in first or function == "is_valid"  # before its layers are known
    assert told.split(". ")[0].rstrip(".") in first and hint.startswith("What to do: Mend them in QGIS")
    assert (f"near Kabupaten Balangan ({near})" in first) == bool(near)
    assert not (data / "boundaries/kabupaten").exists()


# --- levels --------------------------------------------------------------------------------------------------------


def test_levels_dissolve_from_the_finest_and_nest_exactly(data):
    villages = cells("village", "63.11")
    done = bring(kode(villages), data)
    assert list(done.levels) == list(LEVELS) and not done.invalid
    parts = stored(data, "village").geometry
    for level in ("district", "regency", "province"):
        units = stored(data, level).geometry
        assert shapely.coverage_is_valid(units.to_numpy())
        for code, unit in units.items():
            inside = parts[[parent_of(one, level) == code for one in parts.index]].to_numpy()
            assert shapely.coverage_union_all(inside).symmetric_difference(unit).area == 0
    # Split by the levels below and dissolved again, a regency is what it was.
    once, again = cells("regency", "63.11").geometry.iloc[0], stored(data, "regency").geometry.iloc[0]
    assert once.symmetric_difference(again).area < 1e-9
    totals = [store.area_km2(stored(data, level)).sum() for level in LEVELS]
    assert totals == pytest.approx([totals[0]] * 4)


def test_the_order_of_rows_changes_nothing(data):
    made = kode(cells("village", "63.11"))
    made["geometry"] = made.geometry.scale(1.001, 1.001)  # overlaps everywhere
    bring(made, data, edition_id="one")
    bring(made.sample(frac=1, random_state=3), data, edition_id="two")
    for level in LEVELS:
        one, two = ((data / "boundaries" / name / f"{level}.parquet").read_bytes() for name in ("one", "two"))
        assert one == two


def test_a_given_upper_layer_is_held_against_the_dissolved_one(data):
    path = data.parent / "two-levels.gpkg"
    districts = cells("district", "63.11")
    districts.loc["63.11.03", "geometry"] = districts.loc["63.11.03", "geometry"].buffer(0.02)
    write(kode(cells("village", "63.11")), path, "desa")
    write(kode(districts), path, "kecamatan")
    done = importing.import_file(path, data_root=data)
    agreement = done.levels["district"].agreement
    assert set(agreement) == set(districts.index)
    assert agreement.pop("63.11.03") < 0.95 and min(agreement.values()) > 0.999
    assert done.levels["regency"].agreement == {}


def test_larger_units_lend_their_shape_where_nothing_inside_has_one(data):
    path = data.parent / "partly.gpkg"
    write(kode(cells("village", "63.11")), path, "desa")
    write(kode(cells("regency", "63")), path, "kabupaten")
    done = importing.import_file(path, data_root=data)
    assert len(stored(data, "regency", "partly")) == 13 and len(stored(data, "village", "partly")) == 157
    assert set(done.lent) == set(PLACES.within("63", "regency")) - {"63.11"} and not done.invalid
    assert shapely.coverage_is_valid(stored(data, "regency", "partly").geometry.to_numpy())
    assert len(done.levels["village"].missing) == 7252 - 157


def test_changes_of_area_and_every_repair_are_told_by_unit(data):
    made = kode(cells("village", "63.11"))
    code = made.at[10, "kode"]
    made.loc[10, "geometry"] = made.geometry[10].buffer(0.002)
    done = bring(made, data).levels["village"]
    assert "fitted" in keys(done.repaired[code])
    assert abs(done.changed[code]) > 0.005
    told = json.loads((data / "boundaries/set-2025/report.json").read_text(encoding="utf-8"))
    assert told["levels"]["village"]["changed"].keys() == done.changed.keys()
    lines = bring(made, data).text("id").splitlines()
    hardly = abs(done.changed[code]) > HARDLY
    alike = [one for one in done.changed.values() if (abs(one) > HARDLY) == hardly]
    heading = f"boundaries.report.{'hardly' if hardly else 'changed'}"
    at = lines.index(f"  {text(heading, 'id', count=str(len(alike)), percent='5')}")
    assert any(line.startswith(f"    {code}: ") for line in lines[at + 1 : at + 1 + len(alike)])


def test_damaged_rows_of_a_file_are_mended_or_named(data):
    made = kode(cells("regency", "63"))
    tie = shapely.Polygon([(114.7, -3.9), (114.9, -3.7), (114.9, -3.9), (114.7, -3.7)])
    made.loc[0, "geometry"] = tie
    made.loc[1, "geometry"] = None
    made.loc[2, "geometry"] = shapely.Polygon([(-179, 0), (179, 0), (179, 1), (-179, 1)])
    made = pd.concat([made, made.iloc[[3]], made.iloc[[4]].set_geometry([made.geometry[4].buffer(0.1)], crs=4326)])
    found = bring(made.set_crs(4326), data)
    done, mine = found.levels["regency"], PLACES.within("63", "regency")
    assert keys(done.repaired[mine[0]])[0] == "ring_mended"
    assert "second_copy" in keys(done.repaired[mine[3]])
    assert done.lost[mine[4]].key == "boundaries.said.torn"
    assert set(done.missing) >= {mine[1], mine[2], mine[4]} and done.drawn == 10
    left = [keys([note.values["reason"]])[0] for note in found.notes if note.key == "boundaries.said.row_left_out"]
    assert {"antimeridian", "no_geometry"} <= {*left, *keys(done.lost.values())}


def test_a_file_whose_axes_are_all_swapped_is_turned(data):
    areas = cells("regency", "63")
    made = kode(areas)
    made["geometry"] = [shapely.transform(one, lambda points: points[:, ::-1]) for one in made.geometry]
    done = bring(made, data).levels["regency"]
    assert done.matched == 13 and stored(data, "regency").total_bounds == pytest.approx(areas.total_bounds)


# --- in its folder -------------------------------------------------------------------------------------------------


def contents(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_set_is_sealed_and_says_what_it_is(data):
    done = bring(kode(cells("regency", "63")), data, provider='BIG "uji"\n', licence="CC BY 4.0", date="2019-12-31")
    edition = store.edition(data, "set-2025")
    assert (edition.approximate, edition.provider, edition.licence, edition.date, edition.code_edition) == (
        False, 'BIG "uji"\n', "CC BY 4.0", "2019-12-31", "2025",
    )  # fmt: skip
    assert edition.units == {"province": 1, "regency": 13} and "bukan batas hukum" in edition.disclaimer("id")
    assert done.source["sha256"] in (data / "boundaries/set-2025/edition.toml").read_text(encoding="utf-8")
    assert not provenance.check_all(data)


@pytest.mark.parametrize("failing", ["regency.parquet", "report.json", "rename"])
def test_an_import_that_fails_half_way_leaves_the_earlier_set(data, monkeypatch, failing):
    bring(kode(cells("regency", "63")), data)
    before = contents(data / "boundaries/set-2025")
    seal, rename = provenance.seal, keep.Path.rename

    def full(path, **facts):
        if path.name == failing:
            raise OSError(28, "No space left on device")
        return seal(path, **facts)

    def no_rename(path, target):
        if failing == "rename" and path.name.endswith(".part"):
            raise OSError(13, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(keep.provenance, "seal", full)
    monkeypatch.setattr(keep.Path, "rename", no_rename)
    with refused(BoundaryError, path=str(data / "boundaries/set-2025")):
        bring(kode(cells("regency", "61")), data)
    assert contents(data / "boundaries/set-2025") == before
    assert sorted(one.name for one in (data / "boundaries").iterdir()) == ["approximate-2025", "set-2025"]


def test_a_wrong_file_leaves_the_earlier_set(data):
    bring(kode(cells("regency", "63")), data)
    before = contents(data / "boundaries/set-2025")
    (data.parent / "files/set-2025.gpkg").write_bytes(b"<html>not here</html>")
    with pytest.raises(BoundaryError):
        importing.import_file(data.parent / "files/set-2025.gpkg", data_root=data)
    assert contents(data / "boundaries/set-2025") == before


def test_a_set_moved_away_by_a_killed_import_comes_back(data):
    bring(kode(cells("regency", "63")), data)
    folder = data / "boundaries/set-2025"
    before = contents(folder)
    folder.rename(folder.with_name(".set-2025.old"))
    assert keep.recover(data) == ["set-2025"] and contents(folder) == before
    assert keep.recover(data) == []


def test_sets_are_removed_but_the_embedded_one(data):
    bring(kode(cells("regency", "63")), data)
    keep.remove("set-2025", data)
    assert store.editions(data) == ["approximate-2025"]
    with refused(BoundaryError, value="set-2025", candidates=("approximate-2025",)):
        keep.remove("set-2025", data)
    for name in ("approximate-2025", "../records", ".hidden"):
        with pytest.raises(ParameterError):
            keep.remove(name, data)


# --- the real file -------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_real_file_is_recognised_whole_and_becomes_a_nested_coverage(data, real_boundaries):
    done = importing.import_file(real_boundaries, data_root=data, edition_id="real")
    assert {level: one.matched for level, one in done.levels.items()} == {
        "province": 5, "regency": 56, "district": 626, "village": 7229,
    }  # fmt: skip
    assert all(not one.ambiguous and not one.extra and not one.lost for one in done.levels.values())
    missing = done.levels["village"].missing
    assert len(missing) == 23 and missing["61.09.01.2018"] == "Desa Sempulau Indah"
    assert not done.invalid and not done.lent
    layers = {level: stored(data, level, "real").geometry for level in LEVELS}
    again = coverage.clean(villages := layers["village"].to_numpy()).shapes
    assert shapely.equals_identical(shapely.normalize(again), shapely.normalize(villages)).all()
    assert all(shapely.coverage_is_valid(one.to_numpy()) for one in layers.values())
    for below, above in zip(LEVELS[:0:-1], LEVELS[-2::-1], strict=True):
        parents = [parent_of(code) for code in layers[below].index]
        made = layers[below].groupby(parents).agg(lambda parts: shapely.coverage_union_all(parts.to_numpy()))
        assert made.index.equals(layers[above].index)
        assert shapely.area(shapely.symmetric_difference(made.to_numpy(), layers[above].to_numpy())).max() == 0
    assert max(map(abs, done.levels["village"].changed.values())) < 0.02
    assert np.median(list(done.levels["regency"].agreement.values())) > 0.98


def test_districts_of_the_real_file_alone_raise_no_false_alarm(data, real_boundaries):
    districts = gpd.read_file(real_boundaries, layer="kecamatan")[["kode", "nama", "geometry"]]
    done = bring(districts, data, edition_id="districts")
    assert not done.invalid and done.levels["regency"].drawn == 56
    for level in ("district", "regency", "province"):
        units = stored(data, level, "districts").geometry.to_numpy()
        one, other = shapely.STRtree(units).query(units, predicate="intersects")
        assert not shapely.area(shapely.intersection(units[one], units[other]))[one != other].any()


def test_a_dissolved_unit_with_a_hole_in_it_says_so(data):
    districts = cells("district", "63")
    found = bring(kode(districts[~districts.index.str.startswith(("63.11.01", "63.02"))]), data)
    assert found.levels["regency"].partial == {"63.11": "Kecamatan Juai (63.11.01)"}
    assert words(found.levels["province"].partial, "en") == {
        "63": "Kabupaten Kotabaru (63.02), part of Kabupaten Balangan (63.11)"
    }
    for language in ("id", "en"):
        assert f"  {text('boundaries.report.partial', language, count='1')}" in found.text(language).splitlines()
    assert not any(one.partial for one in bring(kode(districts), data).levels.values())


def test_a_unit_whose_ground_a_neighbour_has_leaves_no_hole(data):
    districts = cells("district", "63.11")
    made = kode(districts)
    made.loc[1, "geometry"] = shapely.union(made.geometry[0], made.geometry[1])
    found = bring(made.drop(index=0), data)
    assert found.levels["district"].missing and not found.levels["regency"].partial
    assert list(found.levels["province"].partial) == ["63"]
