"""The index: every page of an atlas, to be found by name, tile or province, made from the entries beside the pages."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from markupsafe import Markup

from kkbgeo.batch.whatsnew import told_of
from kkbgeo.errors import KkbgeoError
from kkbgeo.io import write_text
from kkbgeo.language import LANGUAGES, date, number, text
from kkbgeo.maps import document
from kkbgeo.maps.languages import both
from kkbgeo.maps.page import BACK
from kkbgeo.maps.thumbnail import safe_svg
from kkbgeo.maps.tiles import TileMap, layer_of
from kkbgeo.pages import analyses
from kkbgeo.regions.aliases import Aliases
from kkbgeo.regions.gazetteer import Gazetteer
from kkbgeo.regions.tilegrid import TileGrid, tiles_of

TEMPLATES = Path(__file__).with_name("templates")
INDEX = "index.html"
#: An atlas of more pages shows thumbnails of the provinces only, and folds their regencies: a phone still opens it.
MANY = 150
_FILE = re.compile(r"[a-z0-9.-]+(/[a-z0-9.-]+)?\.(pdf|png)", re.ASCII)


def write_index(
    out: Path,
    gazetteer: Gazetteer,
    *,
    language: str,
    failed: dict[str, str] | None = None,
    news: Mapping[str, Mapping[str, Any]] | None = None,
    data: str | os.PathLike | None = None,
) -> Path:
    """Write ``index.html`` over all pages that stand in `out`, the island first, then province by province.

    It is written in both languages; with scripts off it lists everything and opens in `language`.

    Parameters
    ----------
    out : Path
        The atlas folder; ``meta/*.json`` holds one entry per page.
    gazetteer : Gazetteer
        Order and names of provinces.
    language : {"id", "en"}
        Language that is shown first.
    failed : dict, optional
        Code -> name of pages that failed in this batch; an older page of theirs is marked.
    news : mapping, optional
        Code -> what changed since the last build (`kkbgeo.batch.news.changes`).
    data : path, optional
        The data folder that names short forms and tiles; by default this checkout's.

    Returns
    -------
    Path
        The index, written aside and renamed.
    """
    entries = _entries(out)
    failed = failed or {}
    provinces = gazetteer.codes("province")
    grid = tiles_of(gazetteer, data)
    keys = _keys(gazetteer, grid, data)
    groups = [
        {
            "code": code,
            "name": gazetteer.short(code),
            "province": entries.get(code),
            "regencies": [entries[one] for one in gazetteer.within(code, "regency") if one in entries],
        }
        for code in provinces
    ]
    island = entries.get(gazetteer.whole.code)
    tiles = _tiles(gazetteer, grid, entries, island, language).body() if grid else None
    changed = {code: one for code, one in (news or {}).items() if code in entries}
    order = [gazetteer.whole.code, *(one for code in provinces for one in (code, *gazetteer.within(code, "regency")))]
    body = _template().render(
        island=island,
        analyses=[entries[code] for code in analyses() if code in entries],
        groups=[group for group in groups if group["province"] or group["regencies"]],
        entries=entries,
        pages=len(entries),
        many=len(entries) > MANY,
        as_of=max((one["as_of"] for one in entries.values()), default=""),
        failed=failed,
        names=", ".join(failed.values()),
        keys=keys,
        language=language,
        whole={one: gazetteer.whole.name(one) for one in LANGUAGES},
        tiles=tiles,
        # Where every page is new there is nothing to compare with.
        news=told_of(changed, [one for one in order if one in changed]) if not _all_new(changed, entries) else [],
        boundary="boundary" if all(one["approximate"] for one in entries.values()) else "boundary_named",
        editions=[f"{name} ({many})" for name, many in sorted(_editions(entries).items())],
        simulated=any(one["simulated"] for one in entries.values()),
        everywhere={one: text("batch.index.all", one) for one in LANGUAGES},
        texts=document.script_json(_script_texts(gazetteer)),
    )
    scripts = [tiles.script] if tiles else []
    html = document.document(
        title=text("batch.index.title", language, whole=gazetteer.whole.name(language)),
        language=language,
        body=Markup(body),
        scripts=[*scripts, (TEMPLATES / "index.js").read_text(encoding="utf-8")],
        body_class=f"kkb-page kkb-index first-{language}",
        extra_style=(TileMap.style() if tiles else "") + (TEMPLATES / "index.css").read_text(encoding="utf-8"),
    )
    return write_text(out / INDEX, html)


def _entries(out: Path) -> dict[str, dict[str, Any]]:
    """Read the entry of each page that is really there; a thumbnail is checked again before it is inlined."""
    found = {}
    for path in sorted((out / "meta").glob("*.json")):
        # One that is torn or no entry at all is no reason to have no index: the next call for its page makes it anew.
        with suppress(KkbgeoError, OSError, ValueError, KeyError, TypeError, AttributeError):
            entry = _entry(out, json.loads(path.read_text(encoding="utf-8")))
            if (out / entry["path"]).is_file():
                found[entry["code"]] = entry
    return found


def _entry(out: Path, entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry with all that the index shows of it."""
    first, other = entry.get("language", "id"), entry.get("other") or {}
    entry["titles"] = dict.fromkeys(LANGUAGES, entry["title"])
    entry["said"] = dict.fromkeys(LANGUAGES, entry["findings"])
    if other.get("language") in LANGUAGES and other["language"] != first:
        entry["titles"][other["language"]] = other["title"]
        entry["said"][other["language"]] = other["findings"]
    entry["thumbnail"] = safe_svg(entry["thumbnail"])
    entry["href"] = f"{entry['path']}#{BACK}"
    entry["files"] = _files(out, entry)
    entry["edition"] = str(entry.get("edition", ""))
    entry["as_of"] = str(entry["as_of"])
    entry.setdefault("simulated", False)
    entry.setdefault("approximate", True)
    return entry


def _editions(entries: Mapping[str, dict]) -> Counter[str]:
    return Counter(one["edition"] for one in entries.values() if one["edition"])


def _files(out: Path, entry: Mapping[str, Any]) -> dict[str, str]:
    """Return the picture and the brief that stand beside a page: kind -> address; nothing that is not there."""
    told, found = entry.get("files") or {}, {}
    for kind in ("pdf", "png"):
        path = str((told.get(kind) or {}).get("path", ""))
        if _FILE.fullmatch(path) and ".." not in path and (out / path).is_file():
            found[kind] = path
    return found


def _keys(gazetteer: Gazetteer, grid: TileGrid | None, data: str | os.PathLike | None) -> dict[str, str]:
    """Return what a person may type for each province and regency: names, short forms, tile labels."""
    short: dict[str, list[str]] = {}
    for (_, alias), rows in Aliases.load(data).names.items():
        for _, code, _ in rows:
            short.setdefault(code, []).append(alias)
    if grid:
        for one in [*grid.tiles.values(), *grid.labels.values()]:
            short.setdefault(one.code, []).append(one.label)
    codes = [*gazetteer.codes("province"), *gazetteer.codes("regency")]
    return {
        code: "|".join(dict.fromkeys([gazetteer.label(code), gazetteer.name(code), *sorted(short.get(code, []))]))
        for code in codes
    }


def _tiles(
    gazetteer: Gazetteer, grid: TileGrid, entries: Mapping[str, dict], island: dict | None, language: str
) -> TileMap:
    """Return the tile grid whose tiles lead to the pages, coloured as the page of the whole is."""
    names = {code: gazetteer.label(code) for code in [*grid.tiles, *grid.labels]}
    links = {code: entries[code]["href"] for code in names if code in entries}
    told = (island or {}).get("tiles") or {}
    layer = layer_of(told)
    languages = sorted((one for one in LANGUAGES if not layer or one in told), key=lambda one: one != language)
    return TileMap(grid, [layer] if layer else [], names=names, languages=languages, links=links)


def _all_new(news: Mapping[str, Mapping[str, Any]], entries: Mapping[str, Any]) -> bool:
    return set(news) == set(entries) and all(one.get("new") for one in news.values())


def _script_texts(gazetteer: Gazetteer) -> dict[str, dict[str, str]]:
    """Return the texts that the script puts in, by language."""
    kinds = ("one", "some", "none", "like")
    return {
        one: {
            "title": text("batch.index.title", one, whole=gazetteer.whole.name(one)),
            **{kind: text(f"batch.found.{kind}", one, count="{count}") for kind in kinds},
        }
        for one in LANGUAGES
    }


def _template():
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip

    def say(key: str, **values: object) -> Markup:
        """Return a message in both languages; a value that is a dict is told by language."""
        told = [text(key, one, **{name: _in(value, one) for name, value in values.items()}) for one in LANGUAGES]
        return both(told, LANGUAGES)

    made.globals.update(
        say=say,
        two=lambda told: both([told[one] for one in LANGUAGES], LANGUAGES),
        dates=lambda value: {one: date(value, one) for one in LANGUAGES},
        count=lambda value: {one: number(value, one) for one in LANGUAGES},
    )
    return made.get_template("index.html.j2")


def _in(value: object, language: str) -> object:
    return value[language] if isinstance(value, Mapping) else value
