"""Who publishes boundaries of Indonesia for download, at which addresses, and what their answers mean."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from kkbgeo.boundaries.transport import Transport
from kkbgeo.errors import BoundaryError, ParameterError
from kkbgeo.regions.codes import LEVELS

_GB = 1024**3


@dataclass(frozen=True)
class Provider:
    """A publisher of boundaries.

    Attributes
    ----------
    id, title : str
        Name on the command line, and for people.
    api : str
        Address its answers start from, ending in ``/``.
    places : tuple of str
        Beginnings of all addresses that may be asked on its behalf.
    page : str
        Where a person downloads the same by hand.
    by_hand : str
        What to choose there.
    licence : str
        What is known of the licence before the provider is asked.
    level : str
        Level that is fetched unless another is named; the levels above are made from it.
    levels : tuple of str
        Levels it may have.
    most : int
        Most bytes of a file.
    """

    id: str
    title: str
    api: str
    places: tuple[str, ...]
    page: str
    by_hand: str
    licence: str
    level: str
    levels: tuple[str, ...] = LEVELS
    most: int = 2 * _GB

    @property
    def manual(self) -> str:
        """The way without this program."""
        return (
            f"By hand: open {self.page} in a browser, {self.by_hand}, bring the file here and run: "
            "kkbgeo boundaries import FILE"
        )


PROVIDERS = {
    one.id: one
    for one in (
        Provider(
            "geoboundaries",
            "geoBoundaries (William & Mary geoLab), gbOpen",
            "https://www.geoboundaries.org/api/current/gbOpen/IDN/",
            (
                "https://www.geoboundaries.org/api/",
                "https://github.com/wmgeolab/geoBoundaries/",
                "https://raw.githubusercontent.com/wmgeolab/geoBoundaries/",
                "https://media.githubusercontent.com/media/wmgeolab/geoBoundaries/",
            ),
            "https://www.geoboundaries.org/",
            "choose Indonesia and the level, and download the GeoJSON",
            "open; differs by level (CC BY or ODbL), shown before the download; geoBoundaries asks to be cited",
            "regency",
        ),
        Provider(
            "cod-ab",
            "COD-AB Indonesia (UN OCHA, from BPS), Humanitarian Data Exchange",
            "https://data.humdata.org/api/3/action/",
            (
                "https://data.humdata.org/api/3/action/",
                "https://data.humdata.org/dataset/",
                "https://s3.us-east-1.amazonaws.com/hdx-production-filestore/",
            ),
            "https://data.humdata.org/dataset/cod-ab-idn",
            "download the file geodatabase, GeoJSON or shapefile of the boundaries",
            "Creative Commons Attribution for Intergovernmental Organisations (CC BY-IGO)",
            "",
            ("",),
        ),
        Provider(
            "big",
            "Badan Informasi Geospasial (BIG), Rupabumi Indonesia: batas wilayah administrasi",
            "https://geoservices.big.go.id/rbi/rest/services/BATASWILAYAH/",
            ("https://geoservices.big.go.id/rbi/rest/services/BATASWILAYAH/",),
            "https://tanahair.indonesia.go.id/",
            "sign in, choose Batas Wilayah Administrasi and the province, and download the Shapefile or GDB",
            "published by BIG for the public; the service states no licence, so ask BIG before you pass the lines on",
            "village",
        ),
    )
}


@dataclass(frozen=True)
class Offer:
    """A set of boundaries that a provider has, with the facts that an edition keeps.

    Attributes
    ----------
    provider : str
        Id of the provider.
    level : str
        Level of its areas; empty where one archive holds all levels.
    url : str
        Where it is; for a service of pages, the address of its layer.
    name : str
        File name in the cache.
    publisher, licence, date : str
        Facts of the edition; the date is as precise as the provider says it.
    source : str
        Where the provider has it from, as it says.
    size : int or None
        Bytes, if told.
    units : int or None
        Number of areas, if told.
    queries : tuple of str
        For a service of pages: the condition of each part.
    order : str
        For a service of pages: the column by which it counts.
    """

    provider: str
    level: str
    url: str
    name: str
    publisher: str
    licence: str
    date: str
    source: str = ""
    size: int | None = None
    units: int | None = None
    queries: tuple[str, ...] = field(default=())
    order: str = ""

    @property
    def edition_id(self) -> str:
        """Name of the edition that is made from it: ``geoboundaries-2020``."""
        return f"{self.provider}-{self.date[:10]}" if self.date else self.provider


def provider_named(name: str) -> Provider:
    """Return a provider by its id.

    Examples
    --------
    >>> provider_named("cod-ab").page
    'https://data.humdata.org/dataset/cod-ab-idn'
    """
    if name not in PROVIDERS:
        raise ParameterError(
            f"There is no provider {name!r}.", hint=f"Providers: {', '.join(PROVIDERS)}", value=name,
            candidates=tuple(PROVIDERS),
        )  # fmt: skip
    return PROVIDERS[name]


def offer(provider: Provider, transport: Transport, level: str = "", provinces: tuple[str, ...] = ()) -> Offer:
    """Ask a provider what it has of a level.

    Parameters
    ----------
    provider : Provider
        Whom to ask.
    transport : Transport
        The way there.
    level : str
        A level, or empty for the provider's own choice.
    provinces : tuple of str
        Codes of the provinces wanted, for a provider that gives parts.

    Raises
    ------
    ParameterError
        A level the provider does not have.
    BoundaryError
        No such level any more, or an answer of another shape.
    NoNetworkError
        It cannot be reached.
    """
    level = level or provider.level
    if level not in provider.levels:
        hint = f"Levels: {', '.join(provider.levels)}" if provider.level else "It comes whole: leave --level out."
        raise ParameterError(f"{provider.title} is not fetched by level {level!r}.", hint=hint, value=level)
    return _ASK[provider.id](provider, transport, level, provinces)


def _geoboundaries(provider: Provider, transport: Transport, level: str, _provinces: tuple[str, ...]) -> Offer:
    url = f"{provider.api}ADM{LEVELS.index(level) + 1}/"
    try:
        answer = transport.json(url)
    except BoundaryError as wrong:
        if wrong.fields.get("status") == 404:
            raise BoundaryError(
                f"geoBoundaries has no boundaries of Indonesia at level {level}.",
                hint=f"Try another --level ({', '.join(LEVELS)}).",
                value=level,
            ) from None
        raise
    facts = _texts(provider, url, answer, "boundaryISO", "boundaryType", "gjDownloadURL", "boundaryLicense")
    if facts["boundaryISO"] != "IDN":
        raise _other_shape(provider, url, f"boundaryISO is {facts['boundaryISO']!r}")
    units = str(answer.get("admUnitCount", ""))
    return Offer(
        provider.id,
        level,
        facts["gjDownloadURL"],
        f"geoboundaries-{facts['boundaryType'].lower()}.geojson",
        provider.title,
        _joined(facts["boundaryLicense"], answer.get("licenseSource")),
        _date(answer.get("boundaryYearRepresented")),
        _joined(answer.get("boundarySource"), answer.get("boundarySourceURL")),
        units=int(units) if units.isdigit() else None,
    )


def _cod_ab(provider: Provider, transport: Transport, _level: str, _provinces: tuple[str, ...]) -> Offer:
    url = f"{provider.api}package_show?id=cod-ab-idn"
    answer = transport.json(url)
    package = answer.get("result") if isinstance(answer, dict) and answer.get("success") is True else None
    if not isinstance(package, dict) or not isinstance(package.get("resources"), list):
        raise _other_shape(provider, url, "no result with resources")
    found = []
    for one in package["resources"]:
        address = one.get("download_url") or one.get("url") if isinstance(one, dict) else None
        if not isinstance(address, str):
            continue
        name = urlsplit(address).path.rpartition("/")[2].lower()
        # The geodatabase is the smallest of the three and keeps column names whole.
        for rank, sign in enumerate(("gdb", "geojson", "shp")):
            if name.endswith(".zip") and sign in name and "bound" in name:
                found.append((rank, address, name, one))
    if not found:
        raise _other_shape(provider, url, "no zip of boundaries among its files")
    _rank, address, name, resource = min(found, key=lambda one: one[:2])
    size = resource.get("size")
    return Offer(
        provider.id,
        "",
        address,
        f"cod-ab-{re.sub(r'[^a-z0-9._-]', '_', name)}",
        provider.title,
        _joined(package.get("license_title") or provider.licence, package.get("license_url")),
        _date(package.get("dataset_date")),
        _joined(package.get("dataset_source"), (package.get("organization") or {}).get("title")),
        size=size if isinstance(size, int) and size > 0 else None,
    )


_LAYERS = {"province": "BATAS_PROVINSI_AR", "regency": "BATAS_KABKOTA_AR", "district": "BATAS_KECAMATAN_AR",
           "village": "BATAS_DESAKEL_AR"}  # fmt: skip


def _big(provider: Provider, transport: Transport, level: str, provinces: tuple[str, ...]) -> Offer:
    url = f"{provider.api}{_LAYERS[level]}/MapServer/0"
    answer = transport.json(f"{url}?f=json")
    told = answer.get("error") if isinstance(answer, dict) else None
    if isinstance(told, dict):
        why = told.get("message", "error")
        raise BoundaryError(
            f"{provider.title} answers: {why}.", hint=provider.manual, value=url, reason="service", told=why
        )
    if not isinstance(answer, dict) or answer.get("geometryType") != "esriGeometryPolygon":
        raise _other_shape(provider, url, "no layer of polygons")
    columns = {one.get("name", ""): one.get("type", "") for one in answer.get("fields") or []}
    province = next((name for name in columns if name.upper() == "KDPPUM"), "")
    order = next((name for name, kind in columns.items() if kind == "esriFieldTypeOID"), "OBJECTID")
    if not province:
        raise _other_shape(provider, url, "no column KDPPUM")
    newest = transport.json(
        f"{url}/query?{urlencode({'where': '1=1', 'outFields': '*', 'returnGeometry': 'false', 'resultRecordCount': 1, 'f': 'json'})}"  # noqa: E501
    )
    rows = newest.get("features") if isinstance(newest, dict) else None
    attributes = rows[0].get("attributes", {}) if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
    stamp = re.search(r"(20\d\d)(\d\d)(\d\d)", str({k.upper(): v for k, v in attributes.items()}.get("METADATA", "")))
    return Offer(
        provider.id,
        level,
        url,
        f"big-{level}-{'-'.join(provinces) or 'all'}.geojson",
        provider.title,
        _joined(str(answer.get("copyrightText") or "").strip() or provider.licence),
        "-".join(stamp.groups()) if stamp else "",
        str(answer.get("description") or "").strip()[:500],
        queries=tuple(f"{province} = '{code}'" for code in provinces) or ("1=1",),
        order=order,
    )


_ASK = {"geoboundaries": _geoboundaries, "cod-ab": _cod_ab, "big": _big}


def _texts(provider: Provider, url: str, answer: Any, *names: str) -> dict[str, str]:
    found = {name: answer.get(name) for name in names} if isinstance(answer, dict) else {}
    missing = [name for name in names if not isinstance(found.get(name), str) or not found[name]]
    if missing:
        raise _other_shape(provider, url, f"{missing[0]} is missing")
    return found


def _other_shape(provider: Provider, url: str, why: str) -> BoundaryError:
    return BoundaryError(
        f"{provider.title} answers in a shape that is not known ({why}): {url}",
        hint=provider.manual,
        value=url,
        reason="other_shape",
        told=why,
    )


def _joined(*texts: object) -> str:
    return ", ".join(dict.fromkeys(text.strip() for text in texts if isinstance(text, str) and text.strip()))


def _date(told: object) -> str:
    """Return the first date of what a provider says: ``2020``, ``2020-04-01``.

    Examples
    --------
    >>> _date("[2020-04-01T00:00:00 TO *]"), _date("2017.0"), _date(None)
    ('2020-04-01', '2017', '')
    """
    found = re.search(r"(19|20)\d\d(-\d\d(-\d\d)?)?", str(told or ""))
    return found.group() if found else ""
