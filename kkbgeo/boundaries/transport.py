"""Fetch over the network with care: known places only, a limit on size, and patience with an end.

Retries, pauses and ``Retry-After`` are urllib3's (`urllib3.util.Retry`). A file that breaks off is continued.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

from kkbgeo import file_type
from kkbgeo._version import __version__
from kkbgeo.errors import BoundaryError

if TYPE_CHECKING:
    import requests
    from urllib3.util import Retry

Progress = Callable[[int, int | None], None]
_AGENT = f"kkbgeo/{__version__} (boundaries of public providers)"
#: Small: of a piece that is cut off nothing is kept.
_CHUNK = 4096
_PASSING = (408, 425, 429, 500, 502, 503, 504)
_MOST_JSON = 64 * 1024**2


@dataclass(frozen=True)
class Manners:
    """How patient a fetch is.

    Attributes
    ----------
    attempts : int
        Tries in a row that bring nothing new before it gives up; two where nobody can be reached at all.
    pause : float
        Seconds of the first pause between two tries; doubled each time.
    longest_pause : float
        Most seconds between two tries, whatever the provider asks for (``Retry-After``).
    timeout : tuple of float
        Seconds to wait for a connection, and for the next byte.
    deadline : float
        Seconds for an answer as a whole, all tries and pauses included.
    file_deadline : float
        The same for a file.
    """

    attempts: int = 5
    pause: float = 1.0
    longest_pause: float = 60.0
    timeout: tuple[float, float] = (15.0, 60.0)
    deadline: float = 600.0
    file_deadline: float = 3 * 3600.0

    def retry(self) -> Retry:
        """Return the same for urllib3."""
        from urllib3.util import Retry

        return Retry(
            total=self.attempts - 1,
            connect=1,
            status_forcelist=_PASSING,
            backoff_factor=self.pause,
            backoff_max=self.longest_pause,
            retry_after_max=self.longest_pause,
            raise_on_status=False,
        )


class NoNetworkError(BoundaryError):
    """A provider that cannot be reached, or gives up in the middle: worth another try later."""


class _CutOff(Exception):  # noqa: N818 - a signal, no error that leaves this module
    """An answer that began and did not end."""


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
            It cannot be reached, fails each time, or does not end in time.
        BoundaryError
            It is not there, answers with something else, or leads to a place that is not the provider's.
        """

        def once(session: requests.Session, _stopped: threading.Event) -> bytes:
            with self._answer(session, url, {}) as answer:
                return b"".join(self._pieces(answer, _MOST_JSON, url))

        content = self._in_time(url, once, self.manners.deadline)
        try:
            return json.loads(content)
        except ValueError:
            raise self._not_data(url, content[:200], "JSON") from None

    def file(self, url: str, part: Path, most: int, progress: Progress | None = None) -> None:
        """Write what `url` answers with to `part`, going on where an earlier try stopped.

        A part is continued only if the provider says that the file is still the same (its ETag or date); beside it
        lies what it said, in ``<part>.json``.
        """
        stand = part.with_name(part.name + ".json")

        def length() -> int:
            return part.stat().st_size if part.exists() else 0

        def once(session: requests.Session, stopped: threading.Event) -> None:
            known = json.loads(stand.read_text(encoding="utf-8")) if stand.exists() else {}
            have = length() if known.get("url") == url and known.get("mark") else 0
            headers = {"Range": f"bytes={have}-", "If-Range": known["mark"]} if have else {}
            with self._answer(session, url, headers) as answer:
                given = answer.headers
                if answer.status_code == 416 or (
                    answer.status_code == 206 and not given.get("Content-Range", "").startswith(f"bytes {have}-")
                ):
                    part.unlink(missing_ok=True)
                    raise _CutOff("the provider continued at another place")
                if answer.status_code == 200:
                    have = 0
                mark = given.get("ETag", "")
                mark = mark if mark and not mark.startswith("W/") else given.get("Last-Modified", "")
                stand.write_text(json.dumps({"url": url, "mark": mark}), encoding="utf-8")
                declared = given.get("Content-Length", "")
                total = have + int(declared) if declared.isdigit() else None
                if total is not None and total > most:
                    raise self._too_big(url, total, most)
                with part.open("ab" if have else "wb", buffering=0) as out:
                    for piece in self._pieces(answer, most - have, url):
                        if stopped.is_set():
                            return
                        out.write(piece)
                        have += len(piece)
                        if progress:
                            progress(have, total)

        self._in_time(url, once, self.manners.file_deadline, length)
        stand.unlink(missing_ok=True)
        with part.open("rb") as stream:
            head = stream.read(512)
        if file_type.of(head) == "HTML":
            part.unlink()
            raise self._not_data(url, head, "the file")

    # --- patience, and its end ------------------------------------------------------------------------------------

    def _in_time(self, url: str, once: Callable, seconds: float, length: Callable[[], int] = lambda: 0) -> Any:
        """Return what `once` returns, tried as often as it takes, or give up at the deadline.

        A server that sends byte by byte keeps every timeout of a socket from running out. So the work is done by
        a thread that is left to itself when time is up; it writes nothing from then on.
        """
        done: Future = Future()
        stopped = threading.Event()

        def work() -> None:
            try:
                done.set_result(self._patiently(url, lambda session: once(session, stopped), length, stopped))
            except BaseException as wrong:
                done.set_exception(wrong)

        threading.Thread(target=work, daemon=True).start()
        try:
            return done.result(seconds)
        except TimeoutError:
            raise self._no_network(url, f"it did not end within {seconds:g} seconds") from None
        finally:
            stopped.set()

    def _patiently(self, url: str, once: Callable, length: Callable[[], int], stopped: threading.Event) -> Any:
        import requests
        from requests.adapters import HTTPAdapter
        from urllib3.exceptions import MaxRetryError, ProtocolError

        patience = self.manners.retry()
        with requests.Session() as session:
            session.mount("http://", HTTPAdapter(max_retries=patience))
            session.mount("https://", HTTPAdapter(max_retries=patience))
            session.headers.update({"User-Agent": _AGENT, "Accept-Encoding": "identity"})
            while True:
                before = length()
                try:
                    return once(session)
                except _CutOff as cut:
                    # A try that brought something is no failure: a bad line may need many of them.
                    patience = self.manners.retry() if length() > before else patience
                    try:
                        patience = patience.increment("GET", url, error=ProtocolError(str(cut)))
                    except MaxRetryError:
                        raise self._no_network(url, str(cut)) from None
                    patience.sleep()
                except (requests.ConnectionError, requests.Timeout) as wrong:
                    raise self._no_network(url, _plain(wrong)) from None
                except requests.RequestException as wrong:
                    raise BoundaryError(
                        f"{_host(url)} cannot be asked: {wrong}.", hint=self.manual, value=url
                    ) from None
                if stopped.is_set():
                    return None

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
                raise self._no_network(url, f"it answered {status} each time")
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
        import requests

        size, pieces = 0, answer.iter_content(_CHUNK)
        while True:
            try:
                piece = next(pieces, b"")
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as wrong:
                raise _CutOff(_plain(wrong)) from None
            if not piece:
                return
            size += len(piece)
            if size > most:
                raise self._too_big(url, size, most)
            yield piece

    # --- what may be asked, and what is told ----------------------------------------------------------------------

    def _require_place(self, asked: str, url: str) -> None:
        target = urlsplit(asked)
        inside = ".." not in unquote(target.path).split("/")
        for place in map(urlsplit, self.places):
            same = (target.scheme, target.netloc) == (place.scheme, place.netloc)
            if same and inside and target.path.startswith(place.path):
                return
        led = f"{_host(url)} leads to" if asked != url else "This is"
        raise BoundaryError(
            f"{led} {target.scheme}://{target.netloc}, which is not a place of the provider; nothing is fetched from "
            "there.",
            hint=self.manual,
            value=asked.split("?")[0],
            reason="another_place",
        )

    def _no_network(self, url: str, why: str) -> NoNetworkError:
        return NoNetworkError(f"{_host(url)} could not be reached: {why}.", hint=self.manual, value=url)

    def _too_big(self, url: str, size: int, most: int) -> BoundaryError:
        return BoundaryError(
            f"{_host(url)} sends {size / 1024**2:.0f} MB, more than the {most / 1024**2:.0f} MB that are expected.",
            hint=self.manual,
            value=size,
            reason="too_big",
        )

    def _not_data(self, url: str, head: bytes, what: str) -> BoundaryError:
        page = file_type.of(head) == "HTML"
        return BoundaryError(
            f"{_host(url)} answered with {'a web page' if page else 'something else'} instead of {what}: {url}",
            hint=self.manual,
            value=url,
            reason="web_page" if page else "other_data",
        )


def _host(url: str) -> str:
    return urlsplit(url).netloc or url


def _plain(wrong: Exception) -> str:
    """Return what went wrong without the names of classes and addresses of objects."""
    text = str(wrong)
    for sign, words in (
        ("NameResolutionError", "its name is not known here (no network?)"),
        ("Name or service", "its name is not known here (no network?)"),
        ("ProxyError", "the proxy refuses"),
        ("refused", "the connection is refused"),
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
