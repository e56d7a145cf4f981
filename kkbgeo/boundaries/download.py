"""Download what providers publish: into the user's cache, checked, resumed, and handed on to the import."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from kkbgeo import file_type
from kkbgeo.boundaries import providers, wording
from kkbgeo.boundaries.providers import Offer, Provider
from kkbgeo.boundaries.said import level_word, said
from kkbgeo.boundaries.transport import Manners, NoNetworkError, Progress, Transport
from kkbgeo.errors import BoundaryError
from kkbgeo.io import sha256, write_text
from kkbgeo.language import Spoken

if TYPE_CHECKING:
    import pooch

#: Areas of a page of a service; villages of BIG have some thousand points each.
PAGE = 200


@dataclass(frozen=True)
class Downloaded:
    """A file in the cache: what it is, where it lies, its checksum, and whether it came just now."""

    offer: Offer
    path: Path
    sha256: str
    fresh: bool


def cache_folder(folder: str | os.PathLike | None = None) -> Path:
    """Return where downloads are kept: the argument, else ``KKBGEO_CACHE``, else the cache folder of this user."""
    import pooch

    return Path(folder or os.environ.get("KKBGEO_CACHE") or pooch.os_cache("kkbgeo")) / "boundaries"


def download(
    provider: str | Provider,
    level: str = "",
    *,
    provinces: tuple[str, ...] = (),
    cache: str | os.PathLike | None = None,
    refresh: bool = False,
    progress: Progress | None = None,
    tell: Callable[[str], None] = lambda _text: None,
    manners: Manners | None = None,
) -> Downloaded:
    """Fetch boundaries of a provider, unless they are in the cache.

    Parameters
    ----------
    provider : str or Provider
        ``geoboundaries``, ``cod-ab`` or ``big``.
    level : str
        province, regency, district or village; empty for the provider's own choice.
    provinces : tuple of str
        Codes of the provinces wanted, of a provider that gives parts (``big``).
    cache : path, optional
        Where to keep it; see `cache_folder`.
    refresh : bool
        Fetch again and keep the new checksum, also where the provider changed the file.
    progress : callable, optional
        Called with bytes there and bytes in all (or None).
    tell : callable
        Called with each line for the user; the licence is told before the download starts.
    manners : Manners, optional
        How patient to be.

    Raises
    ------
    NoNetworkError
        It cannot be reached and nothing is in the cache; the hint says how to do it by hand.
    BoundaryError
        The provider does not have it, answers with something else, leads elsewhere, sends too much, or changed a
        file whose checksum is kept.
    """
    import pooch

    who = providers.provider_named(provider) if isinstance(provider, str) else provider
    folder = cache_folder(cache) / who.id
    folder.mkdir(parents=True, exist_ok=True)
    way = Transport(who.places, who.manual, manners or Manners())
    found = _offer(who, way, folder, level, provinces, tell)
    level = level_word(found.level) if found.level else said("all_levels")
    tell(said("offered", title=who.title, level=level, date=found.date or said("without_date")))
    tell(said("offered_licence", licence=Spoken(wording.licence, found.licence)))
    if found.source:
        tell(said("offered_source", source=found.source))
    pooch.get_logger().setLevel("WARNING")  # what there is to tell is told above
    keeper = pooch.create(path=folder, base_url="", registry={found.name: None}, urls={found.name: found.url})
    listed, target = folder / "registry.txt", folder / found.name
    if listed.exists():
        keeper.load_registry(listed)
    # A file of another address is another file; the checksum kept says nothing about it.
    keep = target.exists() and keeper.urls.get(found.name) == found.url and not refresh
    if keep and (first := _kept(folder, found.level)):
        if first.date != found.date:
            tell(said("older_copy", now=found.date, date=first.date))
        found = first
    checksum = keeper.registry.get(found.name) if keep else None
    keeper.registry[found.name], keeper.urls[found.name] = checksum, found.url
    fetch = _Pages(way, found, folder, progress) if found.queries else _File(way, who.most, folder, progress)
    with _replacing(target, keep and checksum is not None) as there:
        try:
            keeper.fetch(found.name, downloader=fetch)
        except ValueError as wrong:
            if isinstance(wrong, BoundaryError):
                raise
            raise BoundaryError(
                f"{found.name} is not the file it was when it was first fetched: its checksum differs.",
                hint="If the provider published a new one, fetch it on purpose: "
                f"kkbgeo boundaries download {who.id} --refresh",
                path=str(target),
                value=checksum,
                reason="checksum",
            ) from None
        _check(target, way)
        fresh = there is None or target.stat().st_mtime_ns != there
    checksum = sha256(target)
    keeper.registry[found.name] = f"sha256:{checksum}"
    known = {name: keeper.urls[name] for name in sorted(keeper.registry) if keeper.registry[name]}
    write_text(listed, "".join(f"{name} {keeper.registry[name]} {url}\n" for name, url in known.items()))
    write_text(_offer_file(folder, found.level), json.dumps(asdict(found), ensure_ascii=False, indent=1))
    return Downloaded(found, target, checksum, fresh)


@contextmanager
def _replacing(target: Path, keep: bool) -> Iterator[int | None]:
    """Give the age of a file that is kept; put one that is to be replaced aside, and back when that fails."""
    if keep:
        yield target.stat().st_mtime_ns
        return
    old = target.with_name(target.name + ".old")
    if target.exists():
        target.replace(old)
    try:
        yield None
    except BaseException:
        if old.exists():
            old.replace(target)
        raise
    old.unlink(missing_ok=True)


def _offer_file(folder: Path, level: str) -> Path:
    return folder / f"offer-{level or 'all'}.json"


def _kept(folder: Path, level: str) -> Offer | None:
    """Return what the provider said when the file in the cache was fetched."""
    path = _offer_file(folder, level)
    if not path.exists():
        return None
    facts = json.loads(path.read_text(encoding="utf-8"))
    return Offer(**facts | {"queries": tuple(facts["queries"])})


def import_downloaded(
    downloaded: Downloaded, *, data_root: str | os.PathLike | None = None, progress: Callable | None = None
) -> Any:
    """Import a download with the facts of its provider; return the report of the import."""
    from kkbgeo.boundaries.importing import import_file

    offer = downloaded.offer
    return import_file(
        downloaded.path,
        level=offer.level or None,
        edition_id=offer.edition_id,
        provider=offer.publisher,
        licence=offer.licence,
        date=offer.date,
        data_root=data_root,
        progress=progress,
    )


def _offer(
    who: Provider, way: Transport, folder: Path, level: str, provinces: tuple[str, ...], tell: Callable[[str], None]
) -> Offer:
    """Ask the provider; where it cannot be reached, take what it said when the file in the cache was fetched."""
    try:
        return providers.offer(who, way, level, provinces)
    except NoNetworkError as wrong:
        found = _kept(folder, level or who.level)
        asked = tuple(f"'{code}'" for code in provinces) or ("1=1",)
        if (
            found is None
            or not (folder / found.name).exists()
            or (found.queries and tuple(one.rpartition(" ")[2] for one in found.queries) != asked)
        ):
            raise
        tell(said("copy_used", why=wrong.message))
        return found


def _check(path: Path, way: Transport) -> None:
    """Remove a file that is no vector data, so that it is not met in the cache again."""
    from kkbgeo.boundaries import files

    with path.open("rb") as stream:
        packed = file_type.of(stream.read(4)) == "ZIP"
    try:
        if packed and not zipfile.is_zipfile(path):
            raise files.cut_off(path, "it is no whole zip file")
        if not packed:
            files.identified(path)
    except BoundaryError as wrong:
        path.unlink()
        raise BoundaryError(
            f"What came is no boundaries: {wrong.message}", hint=way.manual, path=str(path), reason="no_boundaries"
        ) from None


@dataclass
class _File:
    """Fetches one file for pooch, over as many tries as it takes."""

    way: Transport
    most: int
    folder: Path
    progress: Progress | None

    def __call__(self, url: str, output_file: str, keeper: pooch.Pooch) -> None:
        # pooch's own temporary file goes when a try fails; the part stays, so that the next call goes on from it.
        name = next(name for name, address in keeper.urls.items() if address == url)
        part = self.folder / f"{name}.part"
        self.way.file(url, part, self.most, self.progress)
        shutil.move(part, output_file)


@dataclass
class _Pages:
    """Fetches the pages of an ArcGIS service for pooch and joins them to one GeoJSON file."""

    way: Transport
    offer: Offer
    folder: Path
    progress: Progress | None

    def __call__(self, url: str, output_file: str, _keeper: pooch.Pooch) -> None:
        pages = self.folder / f"{self.offer.name}.pages"
        totals = [self._count(url, where) for where in self.offer.queries]
        stand = pages / "totals.json"
        if stand.exists() and json.loads(stand.read_text(encoding="utf-8")) != [self.offer.date, totals]:
            shutil.rmtree(pages)  # the provider changed something: pages of two states do not fit
        pages.mkdir(exist_ok=True)
        write_text(stand, json.dumps([self.offer.date, totals]))
        done, seen, kept = 0, set(), []
        for number, (where, total) in enumerate(zip(self.offer.queries, totals, strict=True)):
            offset = 0
            while offset < total:
                page = pages / f"{number}-{offset}.json"
                if not page.exists():
                    write_text(page, json.dumps(self._page(url, where, offset), ensure_ascii=False))
                features = json.loads(page.read_text(encoding="utf-8"))["features"]
                ids = [_id(one, self.offer.order) for one in features]
                if not features or len(set(ids)) < len(ids) or seen & set(ids):
                    shutil.rmtree(pages)
                    raise BoundaryError(
                        f"The service gave {done} of {sum(totals)} areas, then "
                        f"{'nothing' if not features else 'the same ones again'}.",
                        hint=self.way.manual,
                        value=where,
                        reason="incomplete",
                        came=done,
                        wanted=sum(totals),
                    )
                seen |= set(ids)
                kept.append(page)
                offset, done = offset + len(features), done + len(features)
                if self.progress:
                    self.progress(done, sum(totals))
        with Path(output_file).open("w", encoding="utf-8") as out:
            out.write('{"type": "FeatureCollection", "features": [\n')
            for at, page in enumerate(kept):
                features = json.loads(page.read_text(encoding="utf-8"))["features"]
                out.write((",\n" if at else "") + ",\n".join(json.dumps(one, ensure_ascii=False) for one in features))
            out.write("\n]}\n")
        shutil.rmtree(pages)

    def _count(self, url: str, where: str) -> int:
        answer = self.way.json(f"{url}/query?{urlencode({'where': where, 'returnCountOnly': 'true', 'f': 'json'})}")
        count = answer.get("count") if isinstance(answer, dict) else None
        if not isinstance(count, int):
            raise self._refused(answer, url)
        return count

    def _page(self, url: str, where: str, offset: int) -> dict:
        asked = {
            "where": where, "outFields": "*", "returnGeometry": "true", "outSR": 4326, "geometryPrecision": 6,
            "orderByFields": self.offer.order, "resultOffset": offset, "resultRecordCount": PAGE, "f": "geojson",
        }  # fmt: skip
        answer = self.way.json(f"{url}/query?{urlencode(asked)}")
        if not isinstance(answer, dict) or not isinstance(answer.get("features"), list):
            raise self._refused(answer, url)
        return answer

    def _refused(self, answer: Any, url: str) -> BoundaryError:
        told = answer.get("error") if isinstance(answer, dict) else None
        why = told.get("message") if isinstance(told, dict) else "an answer of another shape"
        return BoundaryError(
            f"The service does not give the areas: {why}.", hint=self.way.manual, value=url, reason="service", told=why
        )


def _id(feature: Any, order: str) -> Any:
    properties = feature.get("properties") or {} if isinstance(feature, dict) else {}
    return properties.get(order, feature.get("id") if isinstance(feature, dict) else None)
