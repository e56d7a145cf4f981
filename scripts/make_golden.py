"""Make the golden pictures of ``tests/golden`` anew, by hand, after a map is meant to look different.

Run: ``python scripts/make_golden.py`` (all) or ``python scripts/make_golden.py live`` (one way of drawing), then look
at every picture before you commit it: the tests hold from then on whatever is in them.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from browser import one_browser
from goldenkit import GOLDEN, WAYS, difference, small
from PIL import Image


def main() -> None:
    """Draw, say how much each picture has changed, and write it."""
    GOLDEN.mkdir(exist_ok=True)
    for way in sys.argv[1:] or WAYS:
        with tempfile.TemporaryDirectory() as folder, one_browser():
            pictures = WAYS[way](Path(folder))
        for name, picture in pictures.items():
            path, changed = GOLDEN / f"{name}.png", "new"
            if path.exists():
                with Image.open(path) as before:
                    changed = f"{difference(picture, before.convert('RGB'))[0]:.1%} of its pixels differ"
            small(picture, path)
            print(f"{path}: {path.stat().st_size:,} bytes, {changed}")


if __name__ == "__main__":
    main()
