"""Ways between the pages of an atlas, and the words for how a page was made."""

from __future__ import annotations

from collections.abc import Mapping

from kkbgeo.errors import KkbgeoError
from kkbgeo.language import Number, Spoken, Text, catalogue, date, joined, phrase
from kkbgeo.maps.cells import Place
from kkbgeo.maps.page_path import page_path
from kkbgeo.pages import kind_of
from kkbgeo.profiles.inputs import is_simulated, simulated_above
from kkbgeo.regions.codes import is_code, level_of
from kkbgeo.workbench import Workbench

_SWITCHES = {"True": "yes", "False": "no"}


def named(wb: Workbench, code: str, label: str = "") -> str:
    """Return the name of an area as a cell of a table: it leads to the area's page, where it has one.

    Parameters
    ----------
    code : str
        Code of the area.
    label : str
        What is read; empty takes the full name.

    Examples
    --------
    >>> str(named(Workbench(), "63.11")), named(Workbench(), "63.11").page
    ('Kabupaten Balangan', 'regency/63.11-balangan.html')
    >>> hasattr(named(Workbench(), "63.11.03"), "page")
    False
    """
    label = label or wb.gazetteer.label(code)
    if kind_of(code, level_of(code)) is None:  # its level has no pages
        return label
    return _place(wb, code, label, is_simulated(wb, code))


def above(wb: Workbench, code: str) -> list[Place]:
    """Return the pages of the larger units that an area or an analysis is part of, the largest first.

    Examples
    --------
    >>> [one.page for one in above(Workbench(), "63.11")]
    ['kalimantan.html', 'province/63-kalimantan-selatan.html']
    >>> above(Workbench(), "kalimantan")
    []
    """
    return [_place(wb, one, "", made_up) for one, made_up in simulated_above(wb, code).items()]


def _place(wb: Workbench, code: str, label: str, made_up: bool) -> Place:
    if is_code(code):
        path = page_path(code, level_of(code), wb.gazetteer.slug(code), made_up)
        return Place(label or wb.gazetteer.label(code), path)
    return Place(label or wb.whole, page_path(code, "island", code, made_up))


def told(wb: Workbench, parameters: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters of a page in words: areas, indicators and boundaries by name, dates as read.

    Examples
    --------
    >>> wb = Workbench(language="en")
    >>> wb.words(told(wb, {"regency": "63.11", "as_of": "2025-12", "seed": "1"}))
    {'regency': 'Kabupaten Balangan (63.11)', 'as_of': 'December 2025', 'seed': '1'}
    """
    return {name: _told(wb, name, value) for name, value in parameters.items()}


def _told(wb: Workbench, name: str, value: str) -> str:
    if name in ("province", "regency", "areas"):
        return joined(
            ", ",
            (phrase("{} ({})", wb.gazetteer.label(one), one) if one in wb.gazetteer else one for one in value.split()),
        )
    if name in ("indicator", "indicators", "need", "programme"):
        known = wb.catalogue
        return joined(", ", (Spoken(known[one].label) if one in known else one for one in value.split()))
    if name == "as_of":
        return Spoken(date, value)
    if name == "boundaries":
        return next((Spoken(one.title) for one in _editions(wb) if one.id == value), value)
    key = f"maps.made_value.{_SWITCHES.get(value, value)}"
    if key in catalogue():
        return Text(key)
    if name == "seed":
        return value  # a name rather than a number
    try:
        figure = float(value)
    except ValueError:
        return value
    return Number(figure, 0 if figure.is_integer() else 2)


def _editions(wb: Workbench) -> list:
    try:
        return [wb.edition_of(level) for level in ("regency", "village", "province")]
    except KkbgeoError:
        return []
