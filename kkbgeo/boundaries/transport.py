"""Fetch over the network with care: known places only, retries, resume, limits on size and patience."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from kkbgeo._version import __version__
from kkbgeo.errors import BoundaryError

if TYPE_CHECKING:
    import requests

Progress = Callable[[int, int | None], None]
_AGENT = f"kkbgeo/{__version__} (boundaries of public providers)"
#: Small: of a piece that is cut off nothing is kept, and slowness is seen only between two of them.
_CHUNK = 4096
_PASSING = {408, 425, 429, 500, 502, 503, 504}
_MOST_JSON = 64 * 1024**2


@dataclass(frozen=True)
class Manners:
    """How patient a fetch is.

    Attributes
    ----------
    attempts : int
        Tries in a row that bring nothing new before it gives up.
    pause : float
        Seconds before the second try; doubled each time.
    timeout : tuple of float
        Seconds to wait for a connection, and for the next bytes.
    patience : float
        Seconds over which at least `slowest` bytes a second must come.
    slowest : float
        Bytes a second under which a try is given up (and resumed).
    """

    attempts: int = 5
    pause: float = 1.0
    timeout: tuple[float, float] = (15.0, 60.0)
    patience: float = 60.0
    slowest: float = 512.0


class NoNetworkError(BoundaryError):
    """A provider that cannot be reached, or gives up in the middle: worth another try later."""


class _Again(Exception):  # noqa: N818 - a signal, no error that leaves this module
    def __init__(self, why: str, wait: float | None = None, status: int | None = None) -> None:
        super().__init__(why)
        self.wait, self.status = wait, status


@dataclass
class Transport:
    """A way to the places of one provider.

    Attributes
    ----------
    places : tuple of str
        Beginnings of addresses (with scheme and host, ending in ``/``) that may be asked, redirects included.
    manual : str
        What to do by hand where the network does not serve; the hint of errors.
    manners : Manners
        How patient it is.
    """

    places: tuple[str, ...]
    manual: str = ""
    manners: Manners = field(default_factory=Manners)

    def json(self, url: str) -> Any:
        """Return the JSON that `url` answers with.

        Raises
        ------
        NoNetworkError
            It cannot be reached, or fails each time.
        BoundaryError
            It is not there, answers with something else, or leads to a place that is not the provider's.
        """

        def once(session: requests.Session) -> Any:
            with self._answer(session, url, {}) as answer:
                content = b"".join(self._pieces(answer, _MOST_JSON, url))
            try:
                return json.loads(content)
            except ValueError:
                raise self._not_data(url, content[:200], "JSON") from None

        return self._patiently(url, once)

    def file(self, url: str, part: Path, most: int, progress: Progress | None = None) -> None:
        """Write what `url` answers with to `part`, going on where an earlier try stopped.

        A part is continued only if the provider says that the file is still the same (its ETag or date); beside it
        lies what it said, in ``<part>.json``.
        """
        stand = part.with_name(part.name + ".json")

        def length() -> int:
            return part.stat().st_size if part.exists() else 0

        def once(session: requests.Session) -> None:
            known = json.loads(stand.read_text(encoding="utf-8")) if stand.exists() else {}
            have = length() if known.get("url") == url and known.get("mark") else 0
            headers = {"Range": f"bytes={have}-", "If-Range": known["mark"]} if have else {}
            with self._answer(session, url, headers) as answer:
                if answer.status_code == 416:
                    part.unlink(missing_ok=True)
                    raise _Again("the file became shorter meanwhile")
                if answer.status_code == 206 and not answer.headers.get("Content-Range", "").startswith(
                    f"bytes {have}-"
                ):
                    part.unlink(missing_ok=True)
                    raise _Again("the provider continued at another place")
                if answer.status_code == 200:
                    have = 0
                mark = answer.headers.get("ETag", "")
                mark = (
                    answer.headers.get("Last-Modified", "") if mark.startswith("W/") else mark
                ) or answer.headers.get("Last-Modified", "")
                stand.write_text(json.dumps({"url": url, "mark": mark}), encoding="utf-8")
                declared = answer.headers.get("Content-Length", "")
                total = have + int(declared) if declared.isdigit() else None
                if total is not None and total > most:
                    raise self._too_big(url, total, most)
                with part.open("ab" if have else "wb") as out:
                    for piece in self._pieces(answer, most - have, url):
                        out.write(piece)
                        have += len(piece)
                        if progress:
                            progress(have, total)
            if total is not None and have < total:
                raise _Again(f"it was cut off after {have} of {total} bytes")

        self._patiently(url, once, length)
        stand.unlink(missing_ok=True)
        with part.open("rb") as stream:
            head = stream.read(512)
        if head.lstrip().lower().startswith((b"<!doctype html", b"<html")):
            part.unlink()
            raise self._not_data(url, head, "the file")

    # --- one try, and the next ------------------------------------------------------------------------------------

    def _patiently(self, url: str, once: Callable, length: Callable[[], int] = lambda: 0) -> Any:
        import requests

        failed, before, why, status, most = 0, length(), "", None, self.manners.attempts
        with requests.Session() as session:
            session.headers.update({"User-Agent": _AGENT, "Accept-Encoding": "identity"})
            while failed < most:
                wait = None
                try:
                    return once(session)
                except _Again as again:
                    why, wait, status = str(again), again.wait, again.status
                except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as wrong:
                    why, status = _plain(wrong), None
                    # Without a network nobody should wait long to be told so.
                    most = min(most, 2) if why in _HOPELESS else most
                except requests.RequestException as wrong:
                    raise BoundaryError(
                        f"{_host(url)} cannot be asked: {wrong}.", hint=self.manual, value=url
                    ) from None
                # A try that brought something is no failure: a slow line may need many of them.
                now = length()
                failed = 1 if now > before else failed + 1
                before = now
                if failed < most:
                    time.sleep(min(self.manners.pause * 2 ** (failed - 1), 30.0) if wait is None else wait)
        raise NoNetworkError(
            f"{_host(url)} could not be reached: {why} ({failed} tries).",
            hint=self.manual,
            value=url,
            status=status,
            tries=failed,
        )

    @contextmanager
    def _answer(self, session: requests.Session, url: str, headers: dict[str, str]) -> Iterator[requests.Response]:
        asked = url
        for _ in range(6):
            self._require_place(asked, url)
            answer = session.get(
                asked, stream=True, allow_redirects=False, timeout=self.manners.timeout, headers=headers
            )
            if not answer.is_redirect:
                break
            answer.close()
            asked = urljoin(asked, answer.headers["Location"])
        else:
            raise BoundaryError(
                f"{_host(url)} sends from address to address without end.",
                hint=self.manual,
                value=url,
                reason="redirects",
            )
        with answer:
            status = answer.status_code
            if status in _PASSING:
                after = answer.headers.get("Retry-After", "")
                raise _Again(f"it answered {status}", min(float(after), 60.0) if after.isdigit() else None, status)
            if status not in {200, 206, 416}:
                gone = status in {404, 410}
                raise BoundaryError(
                    f"{_host(url)} {'does not have this any more' if gone else 'refuses'} (answer {status}): {url}",
                    hint=self.manual,
                    value=url,
                    status=status,
                )
            yield answer

    def _pieces(self, answer: requests.Response, most: int, url: str) -> Iterator[bytes]:
        began, size = time.monotonic(), 0
        for piece in answer.iter_content(_CHUNK):
            size += len(piece)
            if size > most:
                raise self._too_big(url, size, most)
            yield piece
            passed = time.monotonic() - began
            if passed > self.manners.patience:
                if size < self.manners.slowest * passed:
                    raise _Again(f"only {size / passed:.0f} bytes a second came")
                began, most, size = time.monotonic(), most - size, 0

    def _require_place(self, asked: str, url: str) -> None:
        target = urlsplit(asked)
        for place in self.places:
            allowed = urlsplit(place)
            if (target.scheme, target.netloc) == (allowed.scheme, allowed.netloc) and target.path.startswith(
                allowed.path
            ):
                return
        led = f"{_host(url)} leads to" if asked != url else "This is"
        raise BoundaryError(
            f"{led} {target.scheme}://{target.netloc}, which is not a place of the provider; nothing is fetched from "
            "there.",
            hint=self.manual,
            value=asked.split("?")[0],
            reason="another_place",
        )

    def _too_big(self, url: str, size: int, most: int) -> BoundaryError:
        return BoundaryError(
            f"{_host(url)} sends {size / 1024**2:.0f} MB, more than the {most / 1024**2:.0f} MB that are expected.",
            hint=self.manual,
            value=size,
            reason="too_big",
        )

    def _not_data(self, url: str, head: bytes, what: str) -> BoundaryError:
        page = head.lstrip().lower().startswith((b"<!doctype", b"<html"))
        return BoundaryError(
            f"{_host(url)} answered with {'a web page' if page else 'something else'} instead of {what}: {url}",
            hint=self.manual,
            value=url,
            reason="web_page" if page else "other_data",
        )


def _host(url: str) -> str:
    return urlsplit(url).netloc or url


_HOPELESS = ("its name is not known here (no network?)", "the proxy refuses", "the connection is refused")


def _plain(wrong: Exception) -> str:
    """Return what went wrong without the names of classes and addresses of objects."""
    text = str(wrong)
    for sign, words in (
        ("NameResolutionError", _HOPELESS[0]),
        ("Name or service", _HOPELESS[0]),
        ("ProxyError", _HOPELESS[1]),
        ("refused", _HOPELESS[2]),
        ("CERTIFICATE", "its certificate is not trusted"),
        ("imed out", "it does not answer in time"),
        ("IncompleteRead", "it was cut off"),
        ("InvalidChunkLength", "it was cut off"),
        ("Connection aborted", "the connection broke"),
        ("reset", "the connection broke"),
    ):
        if sign in text:
            return words
    return text[:120]
