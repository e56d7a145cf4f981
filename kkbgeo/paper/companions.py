"""A page saved with what stands beside it: a picture of its map and, for a regency or province, a one-page PDF."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kkbgeo.errors import ParameterError
from kkbgeo.io import sha256, write_bytes, write_text

if TYPE_CHECKING:
    from kkbgeo.maps.page import Page


def save(page: Page, folder: str | Path, *, briefs: str = "yes") -> Path:
    """Save a page and its twins below `folder`; return the path of the page.

    Beside ``regency/63.11-balangan.html`` stand ``63.11-balangan.png`` (its first map, as it opens) and
    ``63.11-balangan.pdf`` (`kkbgeo.paper.brief.brief`), in the page's first language. The page's entry for the index
    (``meta/63.11.json``) lists them: ``"files": {"pdf": {"path": …, "bytes": …, "sha256": …}, "png": …}``.

    Parameters
    ----------
    page : Page
        A finished page.
    folder : str or Path
        The atlas folder.
    briefs : {"yes", "no"}
        Whether to make the twins; without, older ones of this page are removed.

    Raises
    ------
    ParameterError
        Another word than yes or no.
    """
    if briefs not in ("yes", "no"):
        raise ParameterError(f"Parameter 'briefs' is {briefs!r}.", hint='Write "yes" or "no"', value=briefs)

    folder = Path(folder)
    made = twins(page) if briefs == "yes" else {}
    files = {}
    for kind in ("pdf", "png"):
        target = (folder / page.path).with_suffix(f".{kind}")
        if kind not in made:
            target.unlink(missing_ok=True)
            continue
        write_bytes(target, made[kind])
        files[kind] = {
            "path": Path(page.path).with_suffix(f".{kind}").as_posix(),
            "bytes": len(made[kind]),
            "sha256": sha256(made[kind]),
        }
    saved = page.save(folder)
    entry = folder / "meta" / f"{page.code}.json"
    told: dict[str, Any] = json.loads(entry.read_text(encoding="utf-8"))
    write_text(entry, json.dumps({**told, "files": files}, ensure_ascii=False, indent=1) + "\n")
    return saved


def twins(page: Page) -> dict[str, bytes]:
    """Return the files that stand beside a page: ``png`` where it has a map, ``pdf`` for a regency or province."""
    from kkbgeo.paper.brief import brief, short_sources
    from kkbgeo.paper.static import static_map

    made = {}
    if page.declared and page.declared.has_brief:
        made["pdf"] = brief(page)
    page = page.to(page.language)
    if page.maps:
        made["png"] = static_map(
            page.maps[0], title=page.title, subtitle=page.subtitle, as_of=page.as_of,
            sources=short_sources(page.foot["sources"]), locator=str(page.locator_svg),
        ).png  # fmt: skip
    return made
