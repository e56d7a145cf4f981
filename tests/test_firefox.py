"""The pages in Firefox's engine: the map comes alive offline, a place can be chosen, nothing goes wrong."""

from __future__ import annotations

import pytest
from browser import kind_of_page
from firefox import one_fox

pytestmark = pytest.mark.atlas
SEEN = "(one => !!one && one.checkVisibility())(document.querySelector('.kkb-details'))"


def test_a_page_works_in_firefox(atlas, tmp_path):
    with one_fox(tmp_path) as fox:
        fox.open(kind_of_page(atlas, "regency"), 1000, 900)
        assert "Firefox" in fox.evaluate("navigator.userAgent")
        fox.until("document.querySelector('.kkb-map').dataset.areas > 100")
        assert fox.evaluate("getComputedStyle(document.querySelector('.kkb-static')).display") == "none"
        painted = "document.querySelector('.leaflet-overlay-pane canvas')"
        colours = fox.evaluate(
            f"(one => new Set(new Uint32Array(one.getContext('2d').getImageData(0, 0, one.width, one.height)"
            f".data.buffer)).size)({painted})"
        )
        assert colours > 3
        fox.evaluate("document.querySelector('.kkb-canvas').scrollIntoView({behavior: 'instant'})")
        box = fox.evaluate("document.querySelector('.kkb-canvas').getBoundingClientRect()")
        assert not fox.evaluate(SEEN)
        for share in (0.5, 0.4, 0.6, 0.3, 0.7):
            fox.click(box["x"] + share * box["width"], box["y"] + 0.5 * box["height"])
            if fox.evaluate(SEEN):
                break
        fox.until(SEEN, 5)
        assert "63.01." in fox.evaluate("document.querySelector('.kkb-details').innerText")
        if fox.evaluate("!!document.getElementById('kkb-lang-en')"):
            fox.evaluate("document.getElementById('kkb-lang-en').click()")
            fox.until("document.documentElement.lang === 'en'", 5)
        assert fox.requests == []
        assert fox.errors == []
        guilty = tmp_path / "guilty.html"
        guilty.write_text('<!DOCTYPE html><title>x</title><img alt="" src="http://guilty.example/x.png">', "utf-8")
        fox.open(guilty, 400, 400)
        assert [one for one in fox.requests if "guilty.example" in one]
