"""Measure the pages as a slow phone would find them, beside their bars; prints, asserts nothing.

Headless Chromium, the network off, the processor slowed four times: the time until a map can be used, frames over
100 ms while it is dragged and zoomed, and the bytes of each kind of page, also beside ``GeoDataFrame.explore()`` of the
same areas. The boundaries of ``KKBGEO_TEST_BOUNDARIES`` are drawn if that is set, else those of the data folder.

Run: ``python benchmarks/browser.py``, with ``--rounds 1`` for a quick look, or ``--keep FOLDER`` to keep (and next time
to reuse) data, pages and pictures. On a machine that does other work the seconds say little: its load is printed.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console
from rich.table import Table

from kkbgeo import paths
from kkbgeo.pages import of_level

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

if TYPE_CHECKING:
    import geopandas as gpd
    from playwright.sync_api import Browser, Page

SLOWED = 4
LONG = 100  # milliseconds of a frame that a person feels
TIMES_SMALLER = 5
KKBGEO = [sys.executable, "-c", "from kkbgeo.cli import main; main()"]
LAYERS = ["provinsi", "kabupaten_kota", "kecamatan", "desa_kelurahan"]
console = Console(width=130)

# Tells when the map is alive: its areas are counted, a frame with them is painted, and the next task has run.
_READY = """
  const told = () => document.querySelector('.kkb-map[data-areas]');
  const done = () => requestAnimationFrame(() => setTimeout(() => { window.kkbReady = performance.now(); }, 0));
  const watch = new MutationObserver(() => { if (told()) { watch.disconnect(); done(); } });
  watch.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-areas'] });
"""
_FRAMES = """() => {
  window.kkbFrames = [];
  let last = performance.now();
  const next = now => { window.kkbFrames.push(now - last); last = now; window.kkbNext = requestAnimationFrame(next); };
  window.kkbNext = requestAnimationFrame(next);
}"""


class Kind(NamedTuple):
    """A kind of page: where it lies, its bars, and the areas that ``explore()`` would have to draw."""

    name: str
    page: str
    most: int
    seconds: float | None
    level: str
    within: str


KINDS = (
    Kind("regency with its villages", "regency/63.01-*.html", of_level("regency").budget, 1.5, "village", "63.01"),
    Kind("province", "province/63-*.html", of_level("province").budget, None, "village", "63"),
    Kind("Kalimantan by regency", "kalimantan.html", of_level("island").budget, None, "regency", ""),
    Kind("Kalimantan by village", "villages.html", 3_000_000, 5.0, "village", ""),
)


class Seen(NamedTuple):
    """What one round saw of a page."""

    ready: float  # seconds until the map could be used
    busy: float  # processor seconds of the page's thread, as slowed: what other work of the machine changes least
    frames: int  # frames over LONG
    worst: float  # the longest frame, milliseconds


def main() -> None:
    """Make the pages, measure them and print the tables."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rounds", type=int, default=3, help="medians of so many")
    asked.add_argument("--keep", type=Path, help="keep data, pages and pictures here, and reuse what is there")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = (given.keep or Path(made)).resolve()
        data = prepared(folder)
        pages = made_pages(data, folder / "pages")
        show_times(pages, given.rounds, folder / "pictures")
        show_bytes(pages, data, folder)


def run(*words: str, data: Path) -> None:
    """Run the command ``kkbgeo`` on a data folder."""
    done = subprocess.run([*KKBGEO, *words], env=os.environ | {"KKBGEO_DATA": str(data)}, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def prepared(folder: Path) -> Path:
    """Return a data folder with the boundaries to draw."""
    real = os.environ.get("KKBGEO_TEST_BOUNDARIES", "")
    if not Path(real).is_file():
        return paths.data_root()
    data = folder / "data"
    if not data.exists():
        shutil.copytree(paths.data_root(), data)
        run("boundaries", "import", real, data=data)
    return data


def made_pages(data: Path, out: Path) -> dict[str, Path]:
    """Return the page of each kind, built."""
    words = [word for code in ("63.01", "63", "kalimantan") for word in ("--only", code)]
    run("atlas", "--out", str(out), *words, data=data)
    by_village(data, out / "villages.html")
    found = {}
    for kind in KINDS:
        (found[kind.name],) = out.glob(kind.page)
    return found


def by_village(data: Path, path: Path) -> Path:
    """Write a map of every village of Kalimantan. (A page of the atlas, should there be one, goes here.)"""
    from kkbgeo import Workbench
    from kkbgeo.maps import choropleth

    wb = Workbench(data)
    shown = ["kkb_village_class", "aid_events"]
    table = wb.table("village", shown)
    parents = {code: wb.gazetteer.label(code[:5]) for code in table.areas.index}
    return choropleth(table, shown, parents=parents).save(path)


# --- time ----------------------------------------------------------------------------------------------------


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser that the tests use."""
    import browser
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=browser.SWITCHES)
        try:
            yield started
        finally:
            started.close()


def show_times(pages: dict[str, Path], rounds: int, pictures: Path) -> None:
    """Print when each map can be used, and how smoothly it moves."""
    if not shutil.which("chromium"):
        console.print("chromium is not installed: no times")
        return
    before = os.getloadavg()[0]
    table = Table(
        "page", "usable after", "bar", "met", "work", f"frames > {LONG} ms", "bar", "met", "longest frame",
        title=f"network off, processor slowed {SLOWED} times, medians of {rounds}",
    )  # fmt: skip
    with chromium() as started:
        for kind in KINDS:
            seen = [measured(started, pages[kind.name], pictures / f"{kind.level}.png") for _ in range(rounds)]
            ready, busy, frames, worst = (statistics.median(values) for values in zip(*seen, strict=True))
            smooth = kind.within == "63.01"
            table.add_row(
                kind.name, f"{ready:.2f} s", f"{kind.seconds} s" if kind.seconds else "", met(ready, kind.seconds),
                f"{busy:.2f} s", f"{frames:g}", "0" if smooth else "", met(frames, 0 if smooth else None),
                f"{worst:.0f} ms",
            )  # fmt: skip
    console.print(table)
    console.print(f"load of the machine {before:.1f} before, {os.getloadavg()[0]:.1f} after, {os.cpu_count()} cores")


def measured(started: Browser, path: Path, picture: Path) -> Seen:
    """Open a page in a window of 1280 x 900, wait for its map, drag and zoom it."""
    context = started.new_context(viewport={"width": 1280, "height": 900})
    try:
        context.set_offline(True)
        page = context.new_page()
        page.set_default_timeout(120_000)
        debugger = context.new_cdp_session(page)
        debugger.send("Performance.enable", {"timeDomain": "threadTicks"})
        debugger.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
        page.add_init_script(_READY)
        page.goto(path.resolve().as_uri(), wait_until="commit")
        # Asked seldom, since asking is work for the page too; its policy lets no script wait for us.
        while not (ready := page.evaluate("window.kkbReady || 0") / 1000):
            page.wait_for_timeout(100)
        told = {one["name"]: one["value"] for one in debugger.send("Performance.getMetrics")["metrics"]}
        page.evaluate("document.querySelector('.kkb-canvas').scrollIntoView({behavior: 'instant', block: 'center'})")
        page.wait_for_timeout(500)
        frames = moved(page)
        picture.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=picture)
        return Seen(ready, told["TaskDuration"], sum(one > LONG for one in frames), max(frames))
    finally:
        context.close()


def moved(page: Page) -> list[float]:
    """Drag a map to and fro, zoom it in and out; return the milliseconds of every frame meanwhile."""
    box = page.locator(".kkb-canvas").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.evaluate("document.querySelector('.kkb-canvas').focus({preventScroll: true})")
    page.mouse.move(x, y)
    page.evaluate(_FRAMES)
    for across, down in ((160, 0), (-160, 90), (0, -90)):
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + across, y + down, steps=12)
        page.mouse.up()
        page.wait_for_timeout(500)
    for step in (-240, -240, 240, 240):
        page.mouse.move(x, y)
        page.mouse.wheel(0, step)
        page.wait_for_timeout(700)
    frames = page.evaluate("() => { cancelAnimationFrame(window.kkbNext); return window.kkbFrames; }")
    return frames[1:] or [0.0]


# --- bytes ---------------------------------------------------------------------------------------------------


def show_bytes(pages: dict[str, Path], data: Path, folder: Path) -> None:
    """Print the bytes of each page beside its bar and beside ``explore()`` of the areas it draws."""
    table = Table(
        "page", "bytes", "bar", "met", "explore()", "times smaller", "bar", "met", "map data", "times smaller", "met",
        title="bytes",
    )  # fmt: skip
    for kind in KINDS:
        size, stored = pages[kind.name].stat().st_size, map_data(pages[kind.name])
        beside = explored(areas_of(kind, data), folder / "explore.html")
        table.add_row(
            kind.name, f"{size:,}", f"{kind.most:,}", met(size, kind.most), f"{beside:,}", f"{beside / size:.1f}",
            str(TIMES_SMALLER), met(TIMES_SMALLER, beside / size), f"{stored:,}", f"{beside / stored:.1f}",
            met(TIMES_SMALLER, beside / stored),
        )  # fmt: skip
    console.print(table)
    console.print(
        "explore() leaves its libraries on the network; a page of kkbgeo carries all it needs, texts and tables."
    )


def map_data(path: Path) -> int:
    """Return the bytes that a page's areas and figures take: what explore() writes; libraries and texts left out."""
    html = path.read_text(encoding="utf-8")
    blocks = re.findall(r'<script[^>]*id="kkbgeo-map-data[^"]*"[^>]*>(.*?)</script>', html, re.DOTALL)
    if not blocks:
        sys.exit(f"{path} has no block of map data")
    return sum(len(one.encode("utf-8")) for one in blocks)


def areas_of(kind: Kind, data: Path) -> gpd.GeoDataFrame:
    """Return the areas as their publisher drew them."""
    import geopandas

    from kkbgeo.boundaries import store

    real = os.environ.get("KKBGEO_TEST_BOUNDARIES", "")
    if not Path(real).is_file():
        return store.read(kind.level, within=kind.within or None, data_root=data, edition=store.DEFAULT_EDITION)
    where = f"kode LIKE '{kind.within}%'" if kind.within else None
    layer = LAYERS[["province", "regency", "district", "village"].index(kind.level)]
    return geopandas.read_file(real, layer=layer, where=where)[["kode", "nama", "geometry"]]


def explored(areas: gpd.GeoDataFrame, path: Path) -> int:
    """Return the bytes of what GeoPandas itself writes for the same areas."""
    areas.explore(tiles=None).save(str(path))
    size = path.stat().st_size
    path.unlink()
    return size


def met(seen: float, bar: float | None) -> str:
    """Return whether something is within its bar, in a word."""
    return "" if bar is None else "yes" if seen <= bar else "NO"


if __name__ == "__main__":
    main()
