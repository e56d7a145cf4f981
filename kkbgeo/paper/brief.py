"""The brief: a page of the atlas on one sheet of A4, and the files that stand beside the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kkbgeo import language as words
from kkbgeo.paper import blocks, drawing, legends, letters
from kkbgeo.paper.blocks import Block, Look, Table
from kkbgeo.paper.labels import Box
from kkbgeo.paper.sheet import Sheet
from kkbgeo.paper.static import as_of_told
from kkbgeo.paper.surfaces import Outline

if TYPE_CHECKING:
    from kkbgeo.boundaries.store import Edition
    from kkbgeo.maps.interactive import AreaMap
    from kkbgeo.maps.page import Page

A4 = (595.28, 841.89)
EDGE = 42.0
WIDE = A4[0] - 2 * EDGE
FINDINGS = 4
_GAP = 14.0
_LEFT = 306.0  # the map's column
_LEAST, _KEPT = 250.0, 350.0  # what map and sections beside it keep, of a province, and of a regency at most
_SLACK = 70.0  # room to spare that the map may take
_NEWEST = {"prevalence": 4}  # rows of a table that runs from old to new
_SMALL = Look(6.9, colour=drawing.QUIET)


@dataclass(frozen=True)
class Content:
    """What a brief shows of a page."""

    title: str
    subtitle: str
    language: str
    as_of: str
    path: str
    simulated: bool
    edition: Edition | None
    locator: str
    findings: tuple[str, ...]
    sections: tuple[dict[str, Any], ...]
    maps: tuple[AreaMap, ...]
    sources: tuple[Any, ...]
    checksum: str
    version: str
    beside: tuple[str, ...]
    below: tuple[str, ...]

    @classmethod
    def of(cls, page: Page) -> Content:
        """Take from a page what its brief shows."""
        foot, kind = page.foot, page.declared
        return cls(
            page.title, page.subtitle, page.language, page.as_of, page.path, page.simulated, page.edition,
            str(page.locator_svg), tuple(page.sentences), tuple(page.sections), tuple(page.maps),
            tuple(foot["sources"]), foot["checksum"], foot["version"],
            kind.beside if kind else (), kind.below if kind else (),
        )  # fmt: skip

    def section(self, key: str) -> dict[str, Any] | None:
        """Return a section of the page, if it has it and it is no map."""
        return next((one for one in self.sections if one["key"] == key and one["kind"] != "map"), None)


def brief(page: Page) -> bytes:
    """Return a page as one sheet of A4 (PDF), in the page's first language.

    Heading, four findings, figures, map with legend, what was never reported, numbered sources, and a footer with
    date, boundary edition, checksum and version. What does not fit is counted: “… (3 baris lagi di halaman)”. Text can
    be selected and reads in this order; fonts are embedded; the same page gives the same bytes.

    Parameters
    ----------
    page : Page
        A finished page.

    Returns
    -------
    bytes
        A PDF file of one page.
    """
    told = Content.of(page.to(page.language))
    title = f"{told.title} – {told.subtitle}" if told.subtitle else told.title
    sheet = Sheet(*A4, title=title, subject=words.text("brief.subject", told.language), language=told.language)
    y = _findings(sheet, told, _heading(sheet, told)) - 4
    sources = _sources(told)
    room = y - _footer(sheet, told, draw=False) - sources.high - _GAP
    side = WIDE - _LEFT - _GAP
    wanted = max(_map_height(told), sum(one.high for one in _aside(told, side, room)))
    below = _below(told, room - (_LEAST if told.section("comparison") else max(_LEAST, min(wanted, _KEPT))))
    high = sum(one.high + 4 for one in below) + (_GAP if below else 0)
    middle = min(room - high, wanted + max(0.0, min(_SLACK, room - high - wanted)))
    at = y
    for one in _aside(told, side, middle):
        one.draw(sheet, EDGE + _LEFT + _GAP, at)
        at -= one.high
    at = y - middle - _GAP
    for one in below:
        one.draw(sheet, EDGE, at)
        at -= one.high + 4
    sources.draw(sheet, EDGE, at)
    _footer(sheet, told)
    # Last, so that who copies the text of the sheet has the names on the map at its end.
    _map(sheet, told, Box(EDGE, y - middle, EDGE + _LEFT, y))
    return sheet.pdf()


def _heading(sheet: Sheet, told: Content) -> float:
    colour = drawing.MARK if told.simulated else drawing.ACCENT
    sheet.area(Outline.box(0, A4[1] - 8, A4[0], 8), colour)
    locator = 92.0
    room = WIDE - locator - _GAP
    y = A4[1] - 34
    over = (
        f"{words.text('brief.overline', told.language)} · {told.subtitle}"
        if told.subtitle
        else (words.text("brief.overline", told.language))
    )
    for line in letters.wrap(over, 9, room, "semibold", most=2):
        sheet.text(EDGE, y - 8, line, 9, weight="semibold", colour=colour)
        y -= 12
    size = next((one for one in (25, 21, 18) if letters.width(told.title, one, "bold") <= room), 18)
    for line in letters.wrap(told.title, size, room, "bold", most=3):
        y -= size * 1.12
        sheet.text(EDGE, y, line, size, weight="bold")
    y -= 5
    for line in [as_of_told(told.as_of, told.language)] if told.as_of else []:
        y -= 11.5
        sheet.text(EDGE, y, line, 9.5, colour=drawing.QUIET)
    if told.simulated:
        for line in letters.wrap(words.text("maps.simulated.banner", told.language), 9.5, room, "bold", most=2):
            y -= 12.5
            sheet.text(EDGE, y, line, 9.5, weight="bold", colour=drawing.MARK)
    top = A4[1] - 20
    if told.locator:
        drawing.draw_locator(sheet, told.locator, Box(EDGE + WIDE - locator, top - 86, EDGE + WIDE, top))
    return min(y - 11, top - 86)


def _findings(sheet: Sheet, told: Content, top: float) -> float:
    look, y = Look(10.0), top
    title = blocks.heading(words.text("maps.page.findings", told.language), WIDE)
    if not told.findings:
        return y
    title.draw(sheet, EDGE, y)
    y -= title.high + 2
    for number, sentence in enumerate(told.findings[:FINDINGS], 1):
        block = blocks.paragraph(sentence, WIDE - 18, look, told.language, most=4, after=3.5)
        sheet.area(Outline.circle(EDGE + 5.5, y - 7, 5.5), drawing.ACCENT)
        sheet.text(EDGE + 5.5, y - 9.6, words.number(number, told.language), 7.5, weight="bold", colour="#ffffff",
                   align="centre")  # fmt: skip
        block.draw(sheet, EDGE + 18, y)
        y -= block.high
    if len(told.findings) > FINDINGS:
        left = words.number(len(told.findings) - FINDINGS, told.language)
        rest = words.text("brief.more_findings", told.language, count=left)
        sheet.text(EDGE + 18, y - 7, rest, 8, weight="italic", colour=drawing.QUIET)
        y -= 11
    return y - 6


def _table_of(section: dict[str, Any]) -> Table:
    rows = tuple(tuple(str(one) for one in row) for row in section["rows"])
    table = Table(tuple(section["columns"]), rows, tuple(section["numeric"]))
    return table.newest(_NEWEST.get(section["key"], len(rows)))


def _aside(told: Content, wide: float, room: float) -> list[Block]:
    """Return the sections beside the map, as far as there is room; one of which nothing fits is left out."""
    chosen = [one for one in map(told.section, told.beside) if one]
    if not chosen:
        chosen = [one for one in told.sections if one["kind"] != "map" and one["key"] not in told.below][:3]
    found: list[Block] = []
    for section in chosen:
        gap = [blocks.lines_block((), _SMALL, after=8)] if found else []
        title = blocks.heading(section["title"], wide)
        left = room - sum(one.high for one in [*found, *gap, title])
        if left < 26:
            break
        body = _body(section, told, wide, left)
        found += [*gap, title, body]
        note = section.get("note", "")
        lines = letters.wrap(note, _SMALL.size, wide) if note else []
        if lines and len(lines) * _SMALL.step + 2 < left - body.high:
            found.append(blocks.lines_block(lines, _SMALL, after=2))
    return found


def _body(section: dict[str, Any], told: Content, wide: float, room: float) -> Block:
    look = Look(8.0)
    if section["kind"] == "table":
        table = _table_of(section)
        pair = len(table.columns) == 2
        return (table if pair else table.narrow(4)).block(wide, look, told.language, room, head=not pair)
    items = [str(one) for one in section["items"]]
    if section.get("single"):
        return blocks.paragraph(items[0], wide, look, told.language, most=max(1, int(room / look.step)))
    return blocks.bullets(items, wide, look, told.language, room, "brief.more_sources")


def _below(told: Content, room: float) -> list[Block]:
    """Return the tables over the whole width, together at most `room` high."""
    found: list[Block] = []
    for section in filter(None, map(told.section, told.below)):
        title = blocks.heading(section["title"], WIDE)
        left = room - sum(one.high + 4 for one in found) - title.high - 8
        if section["kind"] != "table" or left < 60:
            continue
        table = _table_of(section)
        note = blocks.paragraph(section.get("note", ""), WIDE, _SMALL, told.language, most=2)
        block = table.block(WIDE, Look(7.2), told.language, left - note.high - 4)
        found += [title, block, *([note] if section.get("note") else [])]
    return found


def _map_height(told: Content) -> float:
    """Return how high the column of the map is where its areas fill it from side to side."""
    if not told.maps:
        return 120.0
    area_map = told.maps[0]
    rest = sum(one.high for one in _around_map(told)) + 7
    return rest + min(max(drawing.tall_for(area_map, _LEFT), 130.0), 400.0)


def _around_map(told: Content) -> tuple[Block, Block, Block]:
    """Return what stands above and below the map: heading, legend, disclaimer."""
    area_map = told.maps[0]
    disclaimer = area_map.edition.disclaimer(told.language) if area_map.edition else ""
    noun = words.text(f"maps.noun.{area_map.level}", told.language)
    return (
        blocks.heading(area_map.opening.label, _LEFT),
        legends.columns(area_map.opening, noun, told.language, _LEFT),
        blocks.paragraph(disclaimer, _LEFT, _SMALL, told.language, most=3),
    )


def _map(sheet: Sheet, told: Content, box: Box) -> None:
    if not told.maps:
        told_no = next((one for one in told.sections if one["key"] in ("villages", "regencies")), None)
        if told_no and told_no["kind"] == "text":
            text = " ".join(str(one) for one in told_no["items"])
            blocks.paragraph(text, box.right - box.left, Look(9), told.language, most=8).draw(sheet, box.left, box.top)
        return
    area_map = told.maps[0]
    title, legend, small = _around_map(told)
    title.draw(sheet, box.left, box.top)
    low = box.low + legend.high + small.high + 6
    frame = Box(box.left, low, box.right, box.top - title.high - 1)
    view = drawing.View(area_map, frame)
    drawing.draw_areas(sheet, view, area_map.opening)
    taken = drawing.scale_and_north(sheet, view, told.language)
    size = 6.2 if len(area_map.areas) <= 60 else 5.2
    drawing.draw_names(sheet, view, area_map.opening, size=size, taken=taken)
    if area_map.simulated:
        drawing.mark_simulated(sheet, frame, told.language)
    legend.draw(sheet, box.left, low - 5)
    small.draw(sheet, box.left, low - 6 - legend.high)


def _sources(told: Content) -> Block:
    """Return the sources with their numbers on the page and the site they are on; as many as four lines take."""
    title = words.text("maps.page.sources", told.language)
    short = numbered_sources(told.sources)
    named = [f"{', '.join(map(str, numbers))} {one}" for one, numbers in short.items()]
    if not named:
        return Block(0, lambda *_: None)
    look = Look(6.9)

    def naming(count: int) -> list[str]:
        left = sum(map(len, list(short.values())[count:]))
        told_left = words.text("brief.more_sources", told.language, count=words.number(left, told.language))
        joined = " · ".join(one.replace(" ", "\N{NO-BREAK SPACE}") for one in named[:count])
        parts = [*([joined] if joined else []), *([told_left] if left else [])]
        return letters.wrap(" · ".join(parts), look.size, WIDE)

    lines = letters.as_many(len(named), naming, 4) or naming(0)
    head, body = blocks.heading(title, WIDE), blocks.lines_block(lines, look)

    def draw(sheet: Sheet, x: float, top: float) -> None:
        head.draw(sheet, x, top)
        body.draw(sheet, x, top - head.high)

    return Block(head.high + body.high, draw)


def short_sources(sources: Sequence[Any]) -> list[str]:
    """Return sources short: who said it, and on which site; each once.

    Examples
    --------
    >>> short_sources(["Antara: https://www.antaranews.com/1?page=2", "Antara: https://antaranews.com/2"])
    ['Antara (antaranews.com)']
    """
    return list(numbered_sources(sources))


def numbered_sources(sources: Sequence[Any]) -> dict[str, list[int]]:
    """Return sources short, as `short_sources`, each with the numbers that it has in the page's list.

    Examples
    --------
    >>> numbered_sources(["Antara: https://antaranews.com/1", "PPID", "Antara: https://antaranews.com/2"])
    {'Antara (antaranews.com)': [1, 3], 'PPID': [2]}
    """
    found: dict[str, list[int]] = {}
    for number, one in enumerate(sources, 1):
        text = str(one)
        url = re.search(r"\bhttps?://\S+", text)
        try:
            host = (urlsplit(url[0]).hostname or "").removeprefix("www.") if url else ""
        except ValueError:
            host = ""
        name = re.sub(r":?\s*(\bhttps?://|\bpkg:)\S+", "", text).strip()
        short = f"{name} ({host})" if host and host.casefold() != name.casefold() else name or host
        if short:
            found.setdefault(short, []).append(number)
    return found


def _footer(sheet: Sheet, told: Content, *, draw: bool = True) -> float:
    """Write the footer; return where it begins."""
    lines = []
    if told.edition:
        name = words.text("brief.edition", told.language, title=told.edition.title(told.language), id=told.edition.id)
        lines.append(name)
    made = words.text("brief.made", told.language, version=told.version, checksum=told.checksum)
    parts = [as_of_told(told.as_of, told.language), *lines, made if told.version or told.checksum else ""]
    first = " · ".join(one for one in parts if one)
    second = words.text("brief.page", told.language, path=told.path)
    third = words.text("maps.page.families", told.language)
    text = [*letters.wrap(first, 6.9, WIDE, most=2), *letters.wrap(f"{second} · {third}", 6.9, WIDE, most=2)]
    top = 24 + len(text) * _SMALL.step
    if draw:
        sheet.area(Outline.lines([(EDGE, top + 3), (EDGE + WIDE, top + 3)]), line=blocks.RULE, width=0.6)
        blocks.lines_block(text, _SMALL).draw(sheet, EDGE, top)
    return top + 8
