"""The tile grid: complete, provinces in one piece, neighbours near each other, and drawn so that all can use it."""

from __future__ import annotations

import shutil

import pytest

from kkbgeo import provenance
from kkbgeo.errors import CodeError
from kkbgeo.paths import data_root
from kkbgeo.regions.tilegrid import MOST_LETTERS, TileGrid, tiles_of


@pytest.fixture(scope="module")
def grid() -> TileGrid:
    return TileGrid.load()


@pytest.fixture(scope="module")
def borders(wb) -> list[tuple[str, str]]:
    """Pairs of regencies that share a border on the map."""
    shapes = wb.areas("regency").to_crs("EPSG:32750").geometry.buffer(50)
    pairs = shapes.sindex.query(shapes.to_numpy(), predicate="intersects").T
    codes = shapes.index
    return [(codes[one], codes[other]) for one, other in pairs.tolist() if codes[one] < codes[other]]


def steps(grid: TileGrid, one: str, other: str) -> int:
    """Return how many steps of a king lie between two tiles."""
    first, second = grid.tiles[one], grid.tiles[other]
    return max(abs(first.column - second.column), abs(first.row - second.row))


def test_every_regency_has_one_tile_and_every_province_a_label(grid, wb):
    assert sorted(grid.tiles) == sorted(wb.gazetteer.codes("regency"))
    assert sorted(grid.labels) == sorted(wb.gazetteer.codes("province"))
    everything = [*grid.tiles.values(), *grid.labels.values()]
    assert len({(one.column, one.row) for one in everything}) == len(everything) == 61
    assert len({one.label for one in everything}) == 61
    assert all(len(one.label) <= MOST_LETTERS and one.label.isupper() for one in grid.tiles.values())


def test_every_province_is_in_one_piece_side_by_side(grid):
    for province in grid.labels:
        cells = {(one.column, one.row) for code, one in grid.tiles.items() if code.startswith(f"{province}.")}
        reached, ahead = set(), [min(cells)]
        while ahead:
            column, row = ahead.pop()
            if (column, row) in cells - reached:
                reached.add((column, row))
                ahead += [(column + 1, row), (column - 1, row), (column, row + 1), (column, row - 1)]
        assert reached == cells, province
        label = grid.labels[province]
        around = {(label.column + dx, label.row + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)}
        assert around & cells, f"the label of {province} stands away from its tiles"


def test_neighbours_on_the_map_are_near_each_other_on_the_grid(grid, borders):
    # Measured on the approximate boundaries: 124 pairs, of which 103 touch (also at a corner, 83 %) and 123 lie within
    # two steps (99 %). The pair left over is Kotabaru and Paser: a coast that 8 columns have no room for.
    apart = {pair: steps(grid, *pair) for pair in borders}
    assert len(apart) > 110
    assert sum(one == 1 for one in apart.values()) / len(apart) >= 0.8
    assert sum(one <= 2 for one in apart.values()) / len(apart) >= 0.98


def test_north_stays_north_and_west_stays_west(grid, wb):
    # Measured: 0.86 from west to east (8 columns for 10 degrees), 0.96 from north to south.
    places = wb.gazetteer.frame.loc[list(grid.tiles), ["lon", "lat"]]
    places["column"] = [one.column for one in grid.tiles.values()]
    places["up"] = [-one.row for one in grid.tiles.values()]
    alike = places.corr(method="spearman")
    assert alike.at["lon", "column"] > 0.8
    assert alike.at["lat", "up"] > 0.9


def test_short_labels_are_those_that_offices_use(grid, wb):
    """A label that aliases.csv knows as a short form means the same regency there."""
    from kkbgeo.regions.aliases import Aliases

    known = Aliases.load().names
    said = {code: one.label for code, one in grid.tiles.items() if ("regency", one.label.lower()) in known}
    assert {"63.06", "63.07", "63.08", "63.01", "64.02", "65.04"} <= set(said)
    for code, label in said.items():
        assert [found for _, found, _ in known["regency", label.lower()]] == [code]
    assert wb.gazetteer.name("63.71") == "Banjarmasin" and grid.tiles["63.71"].label == "BJM"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("61.01,1,2,SBS", "61.01,2,3,SBS", "where another one is"),
        ("61.01,1,2,SBS", "61.02,1,2,SBS", "second tile"),
        ("61.01,1,2,SBS", "61.01,1,2,BJM", "second time"),
        ("61.01,1,2,SBS", "61.01,1,2,SAMBAS", "does not fit"),
        ("61.01,1,2,SBS", "61.01,9,2,SBS", "outside 8 columns"),
        ("61.01,1,2,SBS", "61.01.01,1,2,SBS", "regency or province"),
    ],
)
def test_a_wrong_row_is_named(tmp_path, old, new, said):
    (tmp_path / "reference").mkdir()
    for name in ("tiles.csv", "tiles.csv.source.toml"):
        shutil.copy(data_root() / "reference" / name, tmp_path / "reference")
    path = tmp_path / "reference" / "tiles.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    provenance.seal(path)
    with pytest.raises(CodeError, match=said):
        TileGrid.load(tmp_path)


def test_a_workspace_of_other_regencies_has_no_tiles(tmp_path, wb):
    assert tiles_of(wb.gazetteer, tmp_path) is None  # no such file
    fewer = type(wb.gazetteer)(wb.gazetteer.frame.drop(index=["63.11"]))
    assert tiles_of(fewer) is None
    assert tiles_of(wb.gazetteer) is not None
