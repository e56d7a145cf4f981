"""Pages that everybody can read: axe-core finds no serious fault, and every text stands out from what is behind it.

axe is handed to the page through the debugger, which no policy of the page stands in the way of; the page itself is
opened as it is. axe cannot see behind gradients and canvas, so contrast is measured here once more for every text.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from browser import KINDS, Opened, kind_of_page, one_browser, open_page

from kkbgeo.maps import theme
from kkbgeo.maps.document import TEMPLATES

pytestmark = [pytest.mark.atlas, pytest.mark.browser]
LEAST = 4.5
GRAVE = {"serious", "critical"}

# Every text that is seen: its colour and what lies behind it, nearest first, down to the white of the paper.
_COLOURS = """() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, one = node.parentElement;
    if (!node.textContent.trim() || one.closest('script, style'))
      continue;
    if (one.closest('.kkb-simulated') || !one.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})) continue;
    const behind = [];
    let opacity = 1;
    for (let up = one; up; up = up.parentElement) {
      const style = getComputedStyle(up);
      // A tile is painted by a picture of one rectangle behind its words: plain, or a pattern on its paper.
      const rect = up.querySelector(':scope > svg > rect[width="100%"]');
      if (rect) {
        const pattern = rect.getAttribute('fill').match(/^url\\((#[^)]+)\\)$/);
        behind.push(getComputedStyle(pattern ? document.querySelector(pattern[1] + ' rect') : rect).fill);
      }
      behind.push(style.backgroundColor);
      opacity *= Number(style.opacity);
    }
    const style = getComputedStyle(one);
    found.push({
      text: node.textContent.trim().slice(0, 40), where: one.tagName + '.' + one.className,
      colour: one instanceof SVGElement ? style.fill : style.color, behind: behind, opacity: opacity,
      halo: style.textShadow, disabled: one.matches(':disabled, option'), onmap: !!one.closest('.kkb-name, svg text')
    });
  }
  return found;
}"""


@pytest.fixture(scope="module", autouse=True)
def browser():
    with one_browser():
        yield


def axe(opened: Opened) -> list[str]:
    """Return the grave faults that axe-core finds on an open page."""
    import axe_playwright_python

    script = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
    opened.page.evaluate(script)
    run = "() => axe.run(document, {preload: false, resultTypes: ['violations']})"
    found = opened.page.evaluate(run)
    assert len(found["passes"]) > 8, "axe did not look at the page"
    return [
        f"{fault['id']} ({fault['impact']}): {fault['help']}: {', '.join(one['html'][:120] for one in fault['nodes'])}"
        for fault in found["violations"]
        if fault["impact"] in GRAVE
    ]


def without_scripts(path: Path, folder: Path) -> Path:
    """Return the page as a reader without scripts has it, in a copy that axe (a script) can still look at."""
    html = path.read_text(encoding="utf-8")
    html = re.sub(r"<script(?![^>]*application/json).*?</script>", "", html, flags=re.DOTALL)
    html = html.replace("<noscript", "<div").replace("</noscript", "</div")
    copy = folder / path.name
    copy.write_text(html, encoding="utf-8")
    return copy


def parts(colour: str) -> tuple[float, float, float, float]:
    """Return red, green, blue (0 to 255) and opacity of a computed colour."""
    numbers = [float(one) for one in re.findall(r"[\d.]+", colour)]
    red, green, blue = numbers[:3]
    return red, green, blue, numbers[3] if len(numbers) > 3 else 1.0


def over(top: tuple[float, ...], under: tuple[float, ...], opacity: float) -> tuple[float, ...]:
    return tuple(above * opacity + below * (1 - opacity) for above, below in zip(top[:3], under[:3], strict=True))


def plain(colour: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(one):02x}" for one in colour[:3])


def faint(opened: Opened) -> list[str]:
    """Return every text seen whose contrast with what is behind it is too low."""
    texts = opened.page.evaluate(_COLOURS)
    assert len(texts) > 20, "no text was measured"
    wrong = []
    for one in texts:
        ground = (255.0, 255.0, 255.0)
        for layer in reversed(one["behind"]):
            red, green, blue, opacity = parts(layer)
            ground = over((red, green, blue), ground, opacity)
        if one["onmap"] and one["halo"] != "none":
            ground = parts(one["halo"])  # a name on the map stands on its own halo
        *colour, opacity = parts(one["colour"])
        seen = theme.contrast(plain(over(tuple(colour), ground, opacity * one["opacity"])), plain(ground))
        if seen < LEAST:
            wrong.append(f"{seen:.2f}: {one['where']} {one['text']!r} {one['colour']} on {plain(ground)}")
    return sorted(set(wrong))


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("kind", KINDS)
def test_a_live_page_has_no_grave_fault_and_no_faint_text(atlas, kind, width):
    with open_page(kind_of_page(atlas, kind), width=width) as opened:
        assert faint(opened) == []
        opened.open_details()
        assert axe(opened) == []
        assert faint(opened) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_with_scripts_off_has_no_grave_fault_and_no_faint_text(atlas, kind, tmp_path):
    with open_page(without_scripts(kind_of_page(atlas, kind), tmp_path), width=360) as opened:
        assert axe(opened) == []
        assert faint(opened) == []


def test_the_checks_find_a_fault(tmp_path):
    """A page with a picture nobody can read out, and with text as pale as its paper."""
    text = "".join(f"<p>Teks nomor {number}</p>" for number in range(30))
    page = tmp_path / "bad.html"
    page.write_text(
        f'<!DOCTYPE html><html><head><title>x</title></head><body><main>{text}<img src="data:,">'
        '<p style="color: #aaa; background: linear-gradient(#fff, #eee)">pucat</p></main></body></html>',
        encoding="utf-8",
    )
    with open_page(page) as opened:
        found = axe(opened)
        assert [one for one in found if one.startswith("image-alt")]
        assert [one for one in found if one.startswith("html-has-lang")]
        assert [one for one in faint(opened) if "pucat" in one]


def test_colours_of_text_stand_out_from_every_ground_of_the_map():
    """What a canvas paints no tool can read: the colours themselves are held here."""
    style = (TEMPLATES / "map.css").read_text(encoding="utf-8")
    name, halo = re.search(
        r"\.kkb-name \{[^}]*?[; ]color: (#\w{6});\s*text-shadow: [^;]*?#(fff|\w{6})\b", style
    ).groups()
    assert theme.contrast(name, "#ffffff" if halo == "fff" else f"#{halo}") >= LEAST
    for ground in (theme.GROUND, *theme.PAPERS.values(), "#ffffff"):
        assert theme.contrast(theme.INK, ground) >= LEAST, ground
    # Borders and the marks of a state are no text: 3 to 1 is what they need, against the lightest fills too.
    for look in theme.STATES.values():
        assert theme.contrast(theme.BORDER, look.paper) >= 3
    for name in theme.palette_names():
        steps = theme.colours(name, 4)
        assert theme.contrast(theme.BORDER, steps[0]) >= 3, name
        # Four states in four looks: neighbours differ in lightness, so that a black-and-white print keeps the order.
        lights = [theme.lightness(one) for one in ("#ffffff", *steps)]
        assert all(lighter - darker > 0.04 for lighter, darker in itertools.pairwise(lights)), name
