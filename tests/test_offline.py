"""No page asks for anything: the browser's own network log is read, not only what scripts can see.

What a browser under test leaves undone (names looked up ahead, connections opened ahead, icons) is looked for in the
live page itself.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browser import KINDS, kind_of_page, one_browser, open_page

pytestmark = [pytest.mark.atlas, pytest.mark.browser]
LOCAL = {"file", "data", "blob", "about", "chrome", "devtools", "chrome-extension"}
# What Chromium asks of its maker by itself, at times of its own.
HABITS = {"accounts.google.com", "update.googleapis.com", "clients2.google.com", "clients2.googleusercontent.com",
          "optimizationguide-pa.googleapis.com", "content-autofill.googleapis.com", "www.google.com",
          "android.clients.google.com", "mtalk.google.com", "redirector.gvt1.com", "edgedl.me.gvt1.com"}  # fmt: skip
_HOST = re.compile(r"^(?:[a-z]+://|\w+/)*([^/:\s]*)")


def asked(log: Path) -> set[str]:
    """Return every host in a network log of Chromium."""
    text = log.read_text(encoding="utf-8").rstrip().rstrip(",")
    try:
        told = json.loads(text)
    except json.JSONDecodeError:  # a browser that was ended does not close the list
        told = json.loads(text + "]}")
    found = set()
    for event in told["events"]:
        values = event.get("params") or {}
        for key in ("url", "host", "group_id", "origin"):
            value = values.get(key)
            if isinstance(value, str) and value and urlsplit(value).scheme not in LOCAL:
                found.add(_HOST.search(value)[1])
    return found - HABITS


def network_of(paths: list[Path], log: Path) -> set[str]:
    """Open pages, use them, and return the hosts that the browser turned to."""
    switches = (f"--log-net-log={log}", "--net-log-capture-mode=Everything")
    with one_browser(*switches):
        for path in paths:
            with open_page(path, width=1280, offline=False) as opened:
                workers: list[str] = []
                opened.page.on("worker", lambda one, workers=workers: workers.append(one.url))
                opened.open_details()
                opened.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
                for link in opened.page.locator("a[href^=http]").all()[:3]:
                    if link.is_visible():
                        link.hover()
                opened.settle()
                assert workers == []
    return asked(log)


# All that makes a browser ask without a word in its log, and all that it has loaded.
_AHEAD = """() => [
  ...document.querySelectorAll('link:not([href^="data:"]), [ping], meta[http-equiv="refresh" i], iframe[src], base'),
  ...performance.getEntriesByType('resource').filter(one => !/^(data|blob):/.test(one.name))
].map(one => one.outerHTML || one.name)"""


@pytest.fixture(scope="module")
def quiet(tmp_path_factory) -> set[str]:
    """What an empty page makes this browser ask for: its own habits, no page's."""
    folder = tmp_path_factory.mktemp("quiet")
    (folder / "empty.html").write_text("<!DOCTYPE html><title>x</title>", encoding="utf-8")
    return network_of([folder / "empty.html"], folder / "net.json")


def test_no_page_asks_the_network_for_anything(atlas, quiet, tmp_path):
    pages = [kind_of_page(atlas, kind) for kind in KINDS]
    assert network_of(pages, tmp_path / "net.json") - quiet == set()


@pytest.mark.parametrize(
    "guilty",
    [
        '<img alt="" src="http://guilty.example/x.png">',
        '<script>new Image().src = "http://guilty.example/late.png"</script>',
    ],
)
def test_the_log_shows_a_page_that_does_ask(guilty, quiet, tmp_path):
    page = tmp_path / "guilty.html"
    page.write_text(f"<!DOCTYPE html><title>x</title><body>{guilty}<p>x</p>", encoding="utf-8")
    assert any("guilty.example" in one for one in network_of([page], tmp_path / "net.json") - quiet), guilty


def test_no_live_page_has_anything_that_asks_ahead(atlas):
    with one_browser():
        for kind in KINDS:
            with open_page(kind_of_page(atlas, kind)) as opened:
                assert opened.page.evaluate(_AHEAD) == [], kind


def test_what_asks_ahead_is_seen(tmp_path):
    page = tmp_path / "ahead.html"
    page.write_text(
        '<!DOCTYPE html><title>x</title><link rel="dns-prefetch" href="//guilty.example">'
        '<link rel="icon" href="icon.png"><p><a ping="https://guilty.example" href="#x">x</a>',
        encoding="utf-8",
    )
    with open_page(page) as opened:
        assert len(opened.page.evaluate(_AHEAD)) == 3
