"""Pages fit a phone and a wide screen, are large enough to read and to tap, and print whole."""

from __future__ import annotations

import io
import re
from itertools import combinations

import pytest
from browser import KINDS, kind_of_page, one_browser, open_page
from pages import BuiltPage

from kkbgeo.pages import analyses

pytestmark = [pytest.mark.atlas, pytest.mark.browser]
LEAST_TEXT = 12  # pixels
LEAST_TARGET = 24  # pixels; WCAG 2.2, 2.5.8
PAPER = 688  # pixels between the margins of A4: 182 mm

_SMALL = """least => {
  const found = new Set(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement, text = walker.currentNode.textContent.trim();
    if (!text || one.closest('script, style, svg') || !one.checkVisibility({checkVisibilityCSS: true})) continue;
    const size = parseFloat(getComputedStyle(one).fontSize);
    if (size < least) found.add(`${size}px .${one.className} ${text.slice(0, 40)}`);
  }
  return [...found];
}"""
# What a finger must hit; links inside running text may be as low as their line.
_TARGETS = """least => [...document.querySelectorAll('button, select, input, summary, .leaflet-bar a, [role=button]')]
  .filter(one => one.checkVisibility({checkVisibilityCSS: true, checkOpacity: true}))
  .map(one => [one, (one.labels && one.labels.length ? one.labels[0] : one).getBoundingClientRect(),
               one.getBoundingClientRect()])
  .filter(([one, label, box]) => Math.max(label.width, box.width) < least || Math.max(label.height, box.height) < least)
  .map(([one, label, box]) => `${one.outerHTML.slice(0, 90)} ${box.width}x${box.height}`)"""
_CONTROLS = """() => [...document.querySelectorAll('.kkb-frame')].map(frame => {
  const of = one => { const box = one.getBoundingClientRect();
    return [one.className || one.tagName, box.left, box.top, box.right, box.bottom]; };
  const controls = [...frame.querySelectorAll('.leaflet-control, .kkb-control, .kkb-frame > button')]
    .filter(one => one.checkVisibility({checkVisibilityCSS: true}) && one.getBoundingClientRect().width);
  return [of(frame), controls.map(of)];
})"""
# Whatever is wider than the window and not inside a box that scrolls by itself.
_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  return [...document.body.querySelectorAll('*')].filter(one => {
    if (!one.checkVisibility({checkVisibilityCSS: true}) || one.closest('.kkb-frame, .skip, svg, .kkb-vh'))
      return false;
    for (let up = one.parentElement; up; up = up.parentElement)
      if (getComputedStyle(up).overflowX !== 'visible') return false;
    const box = one.getBoundingClientRect();
    return box.width && (box.right > room + 1 || (box.left < -1 && box.right > 0));
  }).map(one => one.outerHTML.slice(0, 100));
}"""
# Short names that are wider than their tile.
_STICKING = """() => [...document.querySelectorAll('.kkb-tiles li')].filter(one =>
  one.querySelector("b").getBoundingClientRect().width > one.getBoundingClientRect().width)
  .map(one => one.textContent)"""
_CLIPPED = """() => [...document.querySelectorAll('main *, footer *')]
  .filter(one => one.checkVisibility() && !one.closest('.kkb-frame, svg, select, .kkb-vh'))  // .kkb-vh: only read out
  .filter(one => one.scrollWidth > one.clientWidth + 1 && one.clientWidth
    && getComputedStyle(one).overflowX !== 'visible')
  .map(one => `${one.outerHTML.slice(0, 100)} ${one.scrollWidth} > ${one.clientWidth}`)"""
# Words that go on in a second line, in heads of tables and in figures; and tables wider than the sheet.
_BROKEN = """() => {
  const found = [], right = document.querySelector('main').getBoundingClientRect().right, range = new Range();
  for (const cell of document.querySelectorAll('.scroll thead th, .scroll td.num')) {
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode;
      if (!text.parentElement.checkVisibility()) continue;
      for (const word of text.data.matchAll(/\\S+/g)) {
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        if (new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1) found.push(word[0]);
      }
    }
  }
  for (const table of document.querySelectorAll('.scroll table'))
    if (table.getBoundingClientRect().right > right + 1) found.push(`too wide: ${table.closest('section').id}`);
  return found;
}"""


@pytest.fixture(scope="module", autouse=True)
def browser():
    with one_browser():
        yield


def overlap(one: list, other: list) -> float:
    """Return by how many pixels two boxes (name, left, top, right, bottom) lie over each other."""
    across = min(one[3], other[3]) - max(one[1], other[1])
    down = min(one[4], other[4]) - max(one[2], other[2])
    return min(across, down)


@pytest.mark.parametrize("width", [360, 1920])
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_fits_its_window(atlas, kind, width):
    with open_page(kind_of_page(atlas, kind), width=width, height=800 if width < 600 else 1080) as opened:
        for opens in (False, True):
            if opens and not opened.open_details():
                break
            assert opened.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            assert opened.page.evaluate(_WIDE) == []
            assert opened.page.evaluate(_SMALL, LEAST_TEXT) == []
            assert opened.page.evaluate(_STICKING) == []
            assert opened.page.evaluate(_TARGETS, LEAST_TARGET) == []
            for frame, controls in opened.page.evaluate(_CONTROLS):
                assert len(controls) >= 3, "no controls were found on the map"
                over = [(a[0], b[0]) for a, b in combinations(controls, 2) if overlap(a, b) > 1]
                assert over == []
                out = [one[0] for one in controls if one[1] < frame[1] - 1 or one[3] > frame[3] + 1]
                assert out == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_prints_whole(atlas, kind):
    from pypdf import PdfReader

    path = kind_of_page(atlas, kind)
    with open_page(path, width=PAPER) as opened:
        opened.page.emulate_media(media="print")
        opened.settle()
        assert opened.page.evaluate(_CLIPPED) == []
        assert opened.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        paper = PdfReader(io.BytesIO(opened.page.pdf(prefer_css_page_size=True)))
    assert 1 <= len(paper.pages) <= 20
    for sheet in paper.pages:
        wide, tall = (float(one) / 72 * 25.4 for one in (sheet.mediabox.width, sheet.mediabox.height))
        assert (round(wide), round(tall)) == (210, 297)
    said = re.sub(r"\s+", "", "".join(sheet.extract_text() for sheet in paper.pages))
    built = BuiltPage(path)
    wanted = [one.get_text() for one in built.soup.select("h1, h2")] + built.findings
    lost = [one for one in wanted if re.sub(r"\s+", "", one) not in said]
    assert lost == []


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_word_of_a_table_head_and_no_figure_is_cut_on_paper(atlas, language):
    pages = [atlas / f"{code}.html" for code in analyses()]
    pages += [kind_of_page(atlas, kind) for kind in ("island", "province", "regency", "poor")]
    pages += sorted(atlas.glob("regency/63.72-*.html"))  # the most counts, in ten columns
    for path in pages:
        with open_page(path, width=PAPER) as opened:
            opened.page.goto(f"{path.resolve().as_uri()}?{language}")
            opened.page.emulate_media(media="print")
            opened.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
            assert opened.page.evaluate(_BROKEN) == [], path.name
