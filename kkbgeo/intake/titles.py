"""What a sheet says above its table, for all of its rows: region, district and date.

A region is told by the resolver (short forms and habits of spelling included). A title that names a region which
cannot be told is never passed over: without it the rows below could land in another regency.
"""

from __future__ import annotations

import datetime as dt
import re

from kkbgeo.intake import kinds
from kkbgeo.intake.context import Context
from kkbgeo.intake.headers import Layout
from kkbgeo.intake.places import Finder
from kkbgeo.intake.problems import Problem, shown
from kkbgeo.intake.values import PARTS, UnreadableError, plain, when
from kkbgeo.regions.codes import SYSTEMS, level_of

_LONGEST = 5  # words of a name
_LEVEL = {
    **dict.fromkeys(("kabupaten", "kab", "kota", "kotamadya", "kodya", "pemkab", "pemkot"), "regency"),
    **dict.fromkeys(("kecamatan", "kec"), "district"),
    **dict.fromkeys(("provinsi", "propinsi", "prov", "prop", "pemprov"), "province"),
}
#: Words that end a name, or that follow "kabupaten" where no name is meant ("per kabupaten se Kalimantan").
_ENDS = frozenset(_LEVEL) | set(kinds.words()["title"]["ends"])


def read_title(layout: Layout, finder: Finder, *, dated: bool = False) -> Context:
    """Read region, district and date off the lines above a table and off the sheet's name.

    Parameters
    ----------
    layout : Layout
        The table.
    finder : Finder
        Finds places.
    dated : bool
        The caller has said the date: the title's is not needed.
    """
    name = layout.grid.sheet
    lines = [
        (plain(cell), row, column)
        for row, cells in enumerate(layout.grid.rows[: layout.top])
        for column, cell in enumerate(cells)
        if isinstance(cell, str | dt.date) and plain(cell)
    ]
    problems: list[Problem] = []
    titled, unclear = _region_of([line for line, *_ in lines], finder)
    if not finder.within:
        problems += [_unclear(name, lines, said) for said in unclear]
    within = finder.within or titled
    if titled and finder.within and titled.startswith(f"{finder.within}."):
        within = titled  # the title says more than the caller
    district = ""
    if "district" not in layout.columns:
        district, said = _district_of([line for line, *_ in lines], within, finder)
        if said:
            problems.append(_unclear(name, lines, said))
        elif not district and within and level_of(within) == "regency":
            bare = re.sub(r"^(kecamatan|kec) ", "", kinds.key(name))
            district, _ = _district_of([f"kecamatan {bare}"], within, finder)
    dates = set()
    for line, row, column in lines:
        try:
            found = date_in(line)
        except UnreadableError as wrong:
            if not dated:
                problems.append(Problem(wrong.key, name, row, column, shown(line), wrong.facts))
            continue
        if found:
            dates.add(found)
    as_of, semester = dates.pop() if len(dates) == 1 else ("", "")
    heading = f" {kinds.key(layout.labels.get(layout.columns.get('code', -1), ''))} "
    system = finder.system or next((one for one in SYSTEMS if f" {one} " in heading), "")
    return Context(within, titled, district, as_of, semester, system, tuple(problems))


def _unclear(sheet: str, lines: list[tuple[str, int, int]], said: str) -> Problem:
    row, column = next(((row, column) for line, row, column in lines if said in kinds.key(line)), (-1, -1))
    return Problem("title_unclear", sheet, row, column, shown(said))


def _mentions(line: str) -> list[tuple[str, list[str]]]:
    """Return the places that a line names: level, and the words from the word for the level on.

    Examples
    --------
    >>> _mentions("DATA KAB. HSS TAHUN 2025"), _mentions("per kecamatan dan desa"), _mentions("KAB. KOTA BARU")
    ([('regency', ['kab', 'hss'])], [], [('regency', ['kab', 'kota', 'baru'])])
    """
    words = kinds.key(line).split()
    found, place = [], 0
    while place < len(words):
        level = _LEVEL.get(words[place], "")
        place += 1
        if not level:
            continue
        start = place - 1
        if level == "regency":  # "Kabupaten/Kota …", "Kabupaten Kotabaru" written "Kabupaten Kota Baru"
            while place < len(words) and _LEVEL.get(words[place]) == "regency":
                place += 1
        ends = _ENDS - _PROVINCES if level == "province" else _ENDS
        named = place
        while place < len(words) and place - named < _LONGEST and words[place] not in ends and words[place].isalpha():
            place += 1
        if place > named and not (place - named == 1 and words[named].startswith("se")
                                  and words[named + 1 : named + 2] == ["kalimantan"]):  # fmt: skip
            found.append((level, words[start:place]))
    return found


_PROVINCES = frozenset(("kalimantan", "kalbar", "kalteng", "kalsel", "kaltim", "kaltara"))


def _region_of(lines: list[str], finder: Finder) -> tuple[str, list[str]]:
    """Return the code of the one region that a title names, and the words for regions that cannot be told."""
    found: dict[str, set[str]] = {"regency": set(), "province": set()}
    unclear = []
    mentioned = [one for line in lines for one in _mentions(line) if one[0] != "district"]
    for level, words in mentioned:
        code = _told(level, words, finder)
        if code:
            found[level].add(code)
        else:
            unclear.append(" ".join(words))
    if not any(level == "province" for level, _ in mentioned):
        text = f" {kinds.key(' | '.join(lines))} "
        found["province"] |= {
            code for code in finder.gazetteer.codes("province") if f" {kinds.key(finder.gazetteer.name(code))} " in text
        }
    if unclear or len(found["regency"]) > 1:
        return "", unclear
    codes = found["regency"] or found["province"]
    return (codes.pop() if len(codes) == 1 else ""), unclear


def _told(level: str, words: list[str], finder: Finder) -> str:
    """Return the code that the words name for certain, read with and without the words for the kind."""
    lead = 1
    while lead < len(words) and _LEVEL.get(words[lead]) == level:
        lead += 1
    # "kab kota baru" may be Kabupaten "Kota Baru", or a form's "Kab./Kota: Baru…": one meaning must remain.
    tries = [words, words[1:], words[lead - 1 :], words[lead:]] if lead > 1 else [words]
    codes = set()
    for one in tries:
        names = ("", " ".join(one)) if level == "regency" else (" ".join(one),)
        place = finder.resolver.resolve(*names)
        if place.taken:
            codes.add(place.code)
    return codes.pop() if len(codes) == 1 else ""


def _district_of(lines: list[str], within: str, finder: Finder) -> tuple[str, str]:
    """Return the name of the one district that the lines name, and the words that cannot be told."""
    said = [words for line in lines for level, words in _mentions(line) if level == "district"]
    if not said:
        return "", ""
    if not within or level_of(within) != "regency":
        once = {" ".join(words[1:]) for words in said}
        return (once.pop().title() if len(once) == 1 else ""), ""
    above = [finder.gazetteer.short(one) for one in finder.gazetteer.chain(within)][:2]
    found = {}
    for words in said:
        place = finder.resolver.resolve(*above, " ".join(words))
        found[place.code if place.taken else ""] = " ".join(words)
    if "" in found:
        return "", found[""]
    return (finder.gazetteer.name(next(iter(found))) if len(found) == 1 else ""), ""


_DAY = r"(?:\d{1,2}\s+)?[a-z]+\s+\d{4}"
_DATES = (
    rf"(?:per|posisi|keadaan|tanggal|tgl|bulan|s\.?/?d\.?)\s*:?\s*(?:per\s+|tanggal\s+|bulan\s+)?({_DAY}|\d{{1,2}}[-/]\d{{1,2}}[-/]\d{{4}})",
    rf"\b({PARTS}\s*,?\s*(?:tahun|thn\.?|/)?\s*\d{{4}})",
)
_YEAR = r"\b(?:tahun|thn|th)\.?\s*:?\s*(\d{4})(?!\s*[-/]\s*\d)"
_PART = r"\b(?:semester|smt|triwulan|tri wulan|tw|trw|kuartal|caturwulan|cawu|quarter|semesteran)\b"


def date_in(line: str) -> tuple[str, str] | None:
    """Return the date that a title names: "per 31 Desember 2025", "Tahun 2025", "TW III 2025".

    Raises
    ------
    UnreadableError
        A date that lies after today, or before the programme.

    Examples
    --------
    >>> date_in("KEADAAN PER 31 DESEMBER 2025"), date_in("Triwulan III Tahun 2025"), date_in("Caturwulan II tahun 2025")
    (('2025-12-31', ''), ('2025-09-30', ''), None)
    """
    text = line.casefold()
    # A part of a year that is not understood is not cut to its year.
    for pattern in (*_DATES, *(() if re.search(_PART, text) else (_YEAR,))):
        found = re.search(pattern, text)
        if found:
            try:
                read = when(found[1])
            except UnreadableError as wrong:
                if wrong.key in ("future", "too_early"):
                    raise
                continue
            return (read.as_of, read.semester) if read else None
    return None
