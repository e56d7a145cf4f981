"""Write ``docs/indicators.md`` anew from the catalogue and the survey rounds.

Run it after either was changed:

    python scripts/make_indicators.py            # docs/indicators.md
    python scripts/make_indicators.py --check    # change nothing; exit 1 if the page would change
"""

from __future__ import annotations

import argparse
import sys

from kkbgeo.measures import load_catalogue
from kkbgeo.measures.documented import markdown
from kkbgeo.paths import CHECKOUT


def main(arguments: list[str] | None = None) -> int:
    """Write the page; return the exit code."""
    parser = argparse.ArgumentParser(description="Write docs/indicators.md.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if the page would change")
    check = parser.parse_args(arguments).check
    page, text = CHECKOUT / "docs" / "indicators.md", markdown(load_catalogue(CHECKOUT / "data"))
    if page.read_text(encoding="utf-8") == text:
        return 0
    if not check:
        page.write_text(text, encoding="utf-8", newline="\n")
    return int(check)


if __name__ == "__main__":
    sys.exit(main())
