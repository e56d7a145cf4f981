"""Golden pictures: the tiny fixture of areas drawn in every way, and how two pictures are compared.

Text is never in them: another machine has other fonts. So only areas, borders, patterns and colours are held.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
from browser import open_page
from mapkit import CLASSES, PREVALENCE, Edition, Indicator, cells, island
from PIL import Image
from shapely import box

from kkbgeo.maps import area_map, class_layer, numeric_layer, thumbnail_svg

GOLDEN = Path(__file__).with_name("golden")
SIZE = (320, 240)
#: A pixel differs when one of its colours does by more than NEAR of 255; SHARE of them may (the islet is 0.005).
NEAR, SHARE = 40, 0.004
KAMPUNG = Indicator()
UNMATCHED = "63.11.02.2004"  # an area no record speaks of
CODES = [*island().index, UNMATCHED]


def areas() -> gpd.GeoDataFrame:
    """Return seven areas: a hole and its filling, a multipart one with a small island, one that nobody reported on."""
    frame = island()
    frame.loc[UNMATCHED] = {"name": "Sunyi", "geometry": box(112, 1, 112.2, 1.4)}
    return frame


def layers() -> dict:
    """Return a layer of figures (every state among its cells), one of shares, and an ordinal one."""
    figures = [36, 0, None, "hidden", 20, 51, None]
    shares = [27.9, 12.0, 18.5, 0, None, 41.0, "hidden"]
    classes = ["dasar", "berkembang", "mandiri", "berkelanjutan", "", None, None]
    return {
        "figures": numeric_layer(KAMPUNG, cells(KAMPUNG, figures, codes=CODES)),
        "shares": numeric_layer(PREVALENCE, cells(PREVALENCE, shares, codes=CODES)),
        "classes": class_layer(CLASSES, cells(CLASSES, classes, codes=CODES)),
    }


def live(folder: Path) -> dict[str, Image.Image]:
    """Return the map as the browser draws it, one picture for each layer: the canvas alone, 320 x 240."""
    drawn = area_map(areas(), list(layers().values()), edition=Edition())
    path, found = drawn.save(folder / "map.html"), {}
    with open_page(path, width=1000, height=800) as opened:
        page = opened.page
        page.emulate_media(reduced_motion="reduce")
        page.reload()
        opened.settle()
        page.evaluate(
            "([wide, tall]) => { const one = document.querySelector('.kkb-canvas'); one.style.width = wide + 'px';"
            "one.style.height = tall + 'px'; one.style.minHeight = 0; const map = kkbgeo.maps[0].map;"
            "map.invalidateSize({animate: false}); map.setMinZoom(0); map.fitBounds("
            "[[0, 110], [2, 113]], {animate: false, padding: [8, 8]}); }",
            list(SIZE),
        )
        for number, name in enumerate(layers()):
            page.select_option(".kkb-layer", index=number)
            opened.settle()
            found[f"live-{name}"] = _canvas(page)
    return found


def _canvas(page) -> Image.Image:
    """Return what the canvas of the areas shows inside the frame of the map; names and controls are not on it."""
    import base64

    cut = """([wide, tall]) => {
      const canvas = document.querySelector('.leaflet-overlay-pane canvas'), at = canvas.getBoundingClientRect();
      const frame = document.querySelector('.kkb-canvas').getBoundingClientRect(), sharp = canvas.width / at.width;
      const picture = document.createElement('canvas');
      picture.width = wide; picture.height = tall;
      const pen = picture.getContext('2d');
      pen.fillStyle = '#ffffff';
      pen.fillRect(0, 0, wide, tall);
      pen.drawImage(canvas, (frame.left - at.left) * sharp, (frame.top - at.top) * sharp, wide * sharp, tall * sharp,
                    0, 0, wide, tall);
      return picture.toDataURL('image/png').split(',')[1];
    }"""
    return Image.open(io.BytesIO(base64.b64decode(page.evaluate(cut, list(SIZE))))).convert("RGB")


def static(folder: Path) -> dict[str, Image.Image]:
    """Return the static picture (SVG) of each layer as a browser shows it."""
    found = {}
    for name, layer in layers().items():
        path = folder / f"{name}.html"
        style = "<style>body{margin:0}svg{display:block}</style>"
        path.write_text(f"<!DOCTYPE html><title>x</title>{style}{thumbnail_svg(areas(), layer, SIZE)}", "utf-8")
        with open_page(path, width=640, height=480) as opened:
            shot = opened.page.locator("svg").screenshot(animations="disabled")
        found[f"static-{name}"] = Image.open(io.BytesIO(shot)).convert("RGB")
    return found


#: Every way to draw, by name. A further one is a function: folder -> pictures by name, without text.
WAYS: dict[str, Callable[[Path], dict[str, Image.Image]]] = {"live": live, "static": static}


def difference(actual: Image.Image, expected: Image.Image) -> tuple[float, Image.Image]:
    """Return the share of pixels that differ, and a picture that shows them in red."""
    if actual.size != expected.size:
        return 1.0, Image.new("RGB", actual.size, "#ff0000")
    one, other = (np.asarray(picture.convert("RGB"), dtype=int) for picture in (actual, expected))
    differs = np.abs(one - other).max(axis=2) > NEAR
    shown = (255 - (255 - other) // 3).astype(np.uint8)
    shown[differs] = (255, 0, 0)
    return float(differs.mean()), Image.fromarray(shown)


def small(picture: Image.Image, path: Path) -> None:
    """Write a picture with few colours: small, and far nearer than NEAR to what it was."""
    picture.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
