"""Make the pictures of docs/pictures from a built atlas: five pages on a phone and on a wide screen, network off.

    python scripts/make_pictures.py outputs/atlas

Look at each of them before it is committed.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
#: Name of the picture: page, and the area whose details are opened on its first map.
PAGES = {
    "index": ("index.html", ""),
    "regency": ("regency/63.11-balangan.html", "63.11.03.2008"),
    "province": ("province/63-kalimantan-selatan.html", "63.01"),
    "overview": ("kalimantan.html", ""),
    "analysis": ("program-dan-kebutuhan.html", ""),
}
SIZES = {390: 844, 1280: 900}
_COLOURS = 128


def main(atlas: Path) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, (path, code) in PAGES.items():
            for width, height in SIZES.items():
                page = browser.new_page(viewport={"width": width, "height": height}, offline=True)
                page.goto((atlas / path).resolve().as_uri())
                _settle(page, code)
                target = FOLDER / f"{name}-{width}.png"
                page.screenshot(path=target)
                page.close()
                Image.open(target).convert("RGB").quantize(_COLOURS).save(target, optimize=True)
                print(target.name, target.stat().st_size)
        browser.close()


def _settle(page: Page, code: str) -> None:
    if not page.query_selector(".kkb-map"):
        return
    page.wait_for_selector(".kkb-awake")
    if code:
        page.evaluate("code => window.kkbgeo.maps[0].choose(code)", code)
    # The map, with what is written above it.
    page.evaluate("document.querySelector('.kkb-map').scrollIntoView({block: 'start'})")
    page.wait_for_timeout(800)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
