"""The index: every page of an atlas with a thumbnail, made from the entries that the pages leave beside them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from markupsafe import Markup

from kkbgeo.batch.plan import ANALYSES
from kkbgeo.language import text
from kkbgeo.maps import document
from kkbgeo.maps.thumbnail import safe_svg
from kkbgeo.regions.gazetteer import Gazetteer

TEMPLATES = Path(__file__).with_name("templates")
INDEX = "index.html"


def write_index(out: Path, gazetteer: Gazetteer, *, language: str, failed: dict[str, str] | None = None) -> Path:
    """Write ``index.html`` over all pages that stand in `out`, the island first, then province by province.

    Parameters
    ----------
    out : Path
        The atlas folder; ``meta/*.json`` holds one entry per page.
    gazetteer : Gazetteer
        Order and names of provinces.
    language : {"id", "en"}
        Language of the index.
    failed : dict, optional
        Code -> name of pages that failed in this batch; an older page of theirs is marked.

    Returns
    -------
    Path
        The index, written aside and renamed.
    """
    entries = _entries(out)
    failed = failed or {}
    groups = [
        {
            "code": code,
            "name": gazetteer.short(code),
            "province": entries.get(code),
            "regencies": [entries[one] for one in gazetteer.within(code, "regency") if one in entries],
        }
        for code in _provinces(gazetteer)
    ]
    pages = len(entries)
    newest = max((one["as_of"] for one in entries.values()), default="")
    body = _template().render(
        island=entries.get(gazetteer.whole.code),
        analyses=[entries[code] for code in ANALYSES if code in entries],
        whole=gazetteer.whole.name(language),
        groups=[group for group in groups if group["province"] or group["regencies"]],
        pages=pages,
        as_of=newest,
        failed=failed,
        language=language,
        boundary="boundary" if all(one["approximate"] for one in entries.values()) else "boundary_named",
        simulated=any(one["simulated"] for one in entries.values()),
    )
    script = (TEMPLATES / "index.js").read_text(encoding="utf-8")
    html = document.document(
        title=text("batch.index.title", language, whole=gazetteer.whole.name(language)),
        language=language,
        body=Markup(body),
        scripts=[script],
        body_class="kkb-page kkb-index",
        extra_style=(TEMPLATES / "index.css").read_text(encoding="utf-8"),
    )
    return document.write_aside(out / INDEX, html)


def _entries(out: Path) -> dict[str, dict[str, Any]]:
    """Read the entry of each page that is really there; a thumbnail is checked again before it is inlined."""
    found = {}
    for path in sorted((out / "meta").glob("*.json")):
        entry = json.loads(path.read_text(encoding="utf-8"))
        if (out / entry["path"]).is_file():
            entry["thumbnail"] = safe_svg(entry["thumbnail"])
            entry.setdefault("simulated", False)
            entry.setdefault("approximate", True)
            found[entry["code"]] = entry
    return found


def _template():
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from kkbgeo.language import date

    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.globals.update(t=text, date=date)
    return made.get_template("index.html.j2")


def _provinces(gazetteer: Gazetteer) -> list[str]:
    return gazetteer.frame.index[gazetteer.frame["level"] == "province"].tolist()
