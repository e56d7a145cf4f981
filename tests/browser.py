"""A real browser for tests: a page opened from disk, the network off, every request and error noted."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

REQUIRE = "KKBGEO_REQUIRE_BROWSER"
# One page of each kind, as a folder and a pattern below the atlas: a regency with many figures, one with few.
KINDS = {
    "regency": "regency/63.01-*.html",
    "poor": "regency/62.08-*.html",
    "province": "province/63-*.html",
    "island": "kalimantan.html",
    "index": "index.html",
}
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A map has counted its areas once it is awake; where it cannot wake, it shows why, or has no script at all.
_UNSETTLED = """() => !!document.querySelector('.leaflet-pan-anim, .leaflet-zoom-anim') || !!window.kkbgeo &&
  [...document.querySelectorAll('.kkb-map:not([data-areas])')].some(one => one.querySelector('.kkb-old[hidden]'))"""


@dataclass
class Opened:
    """An open page, with what it asked the network for and what went wrong on it."""

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    scripts: bool = True

    def listen(self) -> None:
        """Note every request that leaves the disk, every error and every dialog."""

        def request(one) -> None:
            if not one.url.startswith(("file:", "data:")):
                self.requests.append(one.url)

        def console(one) -> None:
            if one.type == "error":
                self.errors.append(one.text)

        def dialog(one) -> None:
            self.errors.append(f"dialog: {one.message}")
            one.dismiss()

        self.page.on("request", request)
        self.page.on("console", console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", dialog)

    def quiet(self) -> None:
        """Assert that nothing was requested and nothing went wrong."""
        assert self.requests == []
        assert self.errors == []

    def settle(self) -> None:
        """Wait until the maps are awake, have stopped moving and are painted."""
        self.page.wait_for_timeout(350)
        # On a busy machine all of it takes longer.
        for _ in range(200):
            if not self.scripts or not self.page.evaluate(_UNSETTLED):
                break
            self.page.wait_for_timeout(50)

    def bring(self, selector: str) -> None:
        """Scroll an element to the top of the window at once."""
        self.page.eval_on_selector(selector, "one => one.scrollIntoView({behavior: 'instant', block: 'start'})")

    def open_details(self) -> bool:
        """Tap about on the first map, as a person would, until the details of some area open; False without a map."""
        frame, panel = self.page.locator(".kkb-canvas").first, self.page.locator(".kkb-details").first
        if not frame.count():
            return False
        self.bring(".kkb-canvas")
        box = frame.bounding_box()
        for down in (0.5, 0.4, 0.6, 0.3, 0.7):
            for right in (0.5, 0.4, 0.6, 0.3, 0.7):
                self.page.mouse.click(box["x"] + right * box["width"], box["y"] + down * box["height"])
                self.settle()
                if panel.is_visible():
                    return True
        raise AssertionError("no tap on the map opened any details")

    def tap(self, code: str, number: int = 0) -> None:
        """Tap the middle of an area of map `number`."""
        at = self.page.evaluate("([number, code]) => kkbgeo.maps[number].pointOf(code)", [number, code])
        self.page.touchscreen.tap(at["x"], at["y"])
        self.settle()


def kind_of_page(atlas: Path, kind: str) -> Path:
    """Return the page of the atlas that stands for a kind of `KINDS`."""
    (path,) = atlas.glob(KINDS[kind])
    return path


def chromium() -> str:
    """Return the browser, or skip; where ``KKBGEO_REQUIRE_BROWSER=1`` its absence is a failure."""
    found = shutil.which("chromium")
    if not found and os.environ.get(REQUIRE) == "1":
        pytest.fail("chromium is not installed, and KKBGEO_REQUIRE_BROWSER=1 demands it")
    if not found:
        pytest.skip("chromium is not installed")
    return found


_shared: list[Browser] = []


@contextmanager
def one_browser(*arguments: str) -> Iterator[None]:
    """Keep one browser for all pages opened inside (each page still has a profile of its own).

    `arguments` are further switches of the browser.

    Use it for a module, not for a session: while it runs, this thread has an event loop, and notebooks
    could not be run in it.
    """
    from playwright.sync_api import sync_playwright

    binary = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=[*SWITCHES, *arguments])
        _shared.append(browser)
        try:
            yield
        finally:
            _shared.remove(browser)
            browser.close()


@contextmanager
def open_page(
    path: Path | str, width: int = 390, height: int = 844, offline: bool = True, scripts: bool = True
) -> Iterator[Opened]:
    """Open a file in headless Chromium.

    Parameters
    ----------
    path : Path
        The HTML file.
    width, height : int
        Size of the window; under 600 pixels it is a phone with a sharp screen.
    offline : bool
        Whether the network is cut.
    scripts : bool
        Whether scripts run.
    """
    with nullcontext() if _shared else one_browser():
        context = _shared[-1].new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=2 if width < 600 else 1,
            has_touch=True,
            java_script_enabled=scripts,
        )
        try:
            context.set_offline(offline)
            opened = Opened(context.new_page(), scripts=scripts)
            opened.listen()
            opened.page.goto(Path(path).resolve().as_uri())
            opened.settle()
            yield opened
        finally:
            context.close()
