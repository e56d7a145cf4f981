"""Pictures of a tiny fixture against pictures that a person has looked at; `scripts/make_golden.py` makes those.

A pixel may be off by 40 of 255 in each colour, and 4 of 1000 pixels by more (`goldenkit.NEAR`, `goldenkit.SHARE`):
another machine smooths rims differently. On failure actual, expected and difference are kept below `outputs/golden`.
"""

from __future__ import annotations

import pytest
from browser import one_browser
from goldenkit import GOLDEN, NEAR, SHARE, WAYS, areas, difference, layers
from PIL import Image, ImageDraw

from kkbgeo.paths import CHECKOUT

KEPT = CHECKOUT / "outputs" / "golden"
LARGEST = 30_000  # bytes of a golden picture
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    with one_browser():
        yield {
            name: picture
            for way in WAYS
            for name, picture in WAYS[way](tmp_path_factory.mktemp(way)).items()
        }  # fmt: skip


NAMES = [f"{way}-{layer}" for way in WAYS for layer in layers()]


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_as_it_was_approved(drawn, name):
    with Image.open(GOLDEN / f"{name}.png") as stored:
        expected = stored.convert("RGB")
    share, shown = difference(drawn[name], expected)
    if share > SHARE:
        KEPT.mkdir(parents=True, exist_ok=True)
        for kind, picture in (("actual", drawn[name]), ("expected", expected), ("difference", shown)):
            picture.save(KEPT / f"{name}-{kind}.png")
        pytest.fail(f"{share:.1%} of the pixels of {name} differ, {SHARE:.1%} may; look at {KEPT}/{name}-*.png")


def test_no_golden_picture_is_left_over_or_large():
    assert sorted(path.stem for path in GOLDEN.glob("*.png")) == sorted(NAMES)
    assert all(path.stat().st_size < LARGEST for path in GOLDEN.glob("*.png"))


def test_every_state_is_in_the_fixture():
    seen = {one.look for layer in layers().values() for one in layer.entries if one.count}
    assert seen == {"fill", "hatch", "dots"}
    counts = layers()["figures"].counts
    assert counts["zero"] and counts["not_reported"] == 2 and counts["suppressed"]
    assert {len(one.interiors) for one in areas().geometry if one.geom_type == "Polygon"} == {0, 1}
    assert "MultiPolygon" in set(areas().geom_type)


@pytest.mark.parametrize("name", ["live-figures", "static-figures"])
def test_a_state_drawn_in_another_look_is_seen(name):
    """An area of the fixture painted over: more pixels differ than may, but smoothing alone does not."""
    with Image.open(GOLDEN / f"{name}.png") as stored:
        expected = stored.convert("RGB")
    assert difference(expected, expected)[0] == 0
    lighter = expected.point(lambda value: max(0, value - NEAR // 2))
    assert difference(lighter, expected)[0] == 0
    changed = expected.copy()
    ImageDraw.Draw(changed).rectangle((50, 155, 76, 181), fill="#123456")  # the area in the hole
    assert difference(changed, expected)[0] > SHARE
