"""Downloads of boundaries against a server that plays the publishers and misbehaves."""

from __future__ import annotations

import hashlib
import io
import json
import os
import socket
import time
import zipfile
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from publishers import WEB_PAGE, serve, squares
from refusals import refused

from kkbgeo.boundaries import download as fetching
from kkbgeo.boundaries import wording
from kkbgeo.boundaries.providers import PROVIDERS, Offer
from kkbgeo.boundaries.reading import read_layers
from kkbgeo.boundaries.transport import Manners, NoNetworkError, Transport
from kkbgeo.errors import BoundaryError, ParameterError

QUICK = Manners(attempts=3, pause=0.01, longest_pause=0.5, timeout=(2.0, 2.0), deadline=10.0, file_deadline=10.0)
AREAS = json.dumps({"type": "FeatureCollection", "features": squares(300)}).encode()
FILE = "/wm/geoBoundaries-IDN-ADM2.geojson"


@pytest.fixture
def publishers(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    made, server = serve()
    made.has_geoboundaries(AREAS)
    yield made
    server.shutdown()
    server.server_close()


def get(publishers, tmp_path, name="geoboundaries", manners=QUICK, **options):
    told = []
    provider = publishers.provider(name, **options.pop("changes", {}))
    found = fetching.download(provider, cache=tmp_path, manners=manners, tell=told.append, **options)
    return found, told


def asked_for(publishers, path):
    return [given for at, given in publishers.asked if urlsplit(at).path == path]


def test_geoboundaries_is_fetched_with_its_facts(publishers, tmp_path):
    seen = []
    found, told = get(publishers, tmp_path, progress=lambda done, total: seen.append((done, total)))
    assert found.path.read_bytes() == AREAS
    assert found.sha256 == hashlib.sha256(AREAS).hexdigest()
    assert found.fresh
    assert seen[-1] == (len(AREAS), len(AREAS))
    offer = found.offer
    assert (offer.level, offer.date, offer.units, offer.edition_id) == ("regency", "2020", 519, "geoboundaries-2020")
    assert offer.licence.startswith("CC BY 3.0 IGO")
    assert any("CC BY 3.0 IGO" in str(line) for line in told)
    assert len(read_layers(found.path)[0].frame) == 300
    assert str(found.path).startswith(str(tmp_path))


def test_the_licence_is_told_before_the_first_byte_of_the_file(publishers, tmp_path):
    told = []

    def tell(line):
        told.append((line, len(asked_for(publishers, FILE))))

    fetching.download(publishers.provider("geoboundaries"), cache=tmp_path, manners=QUICK, tell=tell)
    assert [count for line, count in told if line.key == "boundaries.said.offered_licence"] == [0]


def test_the_second_time_it_comes_from_the_cache(publishers, tmp_path):
    get(publishers, tmp_path)
    found, _told = get(publishers, tmp_path)
    assert not found.fresh
    assert len(asked_for(publishers, FILE)) == 1


def test_without_network_the_copy_in_the_cache_serves(publishers, tmp_path):
    first, _told = get(publishers, tmp_path)
    publishers.faults["/api/current/gbOpen/IDN/ADM2/"] = [("status", 503)] * 9
    found, told = get(publishers, tmp_path)
    assert found.offer == first.offer
    assert not found.fresh
    assert "boundaries.said.copy_used" in {line.key for line in told}


def test_a_download_cut_off_goes_on_where_it_stopped(publishers, tmp_path):
    publishers.faults[FILE] = [("cut", 30_000), ("cut", 20_000)]
    found, _told = get(publishers, tmp_path)
    assert found.path.read_bytes() == AREAS
    starts = asked_for(publishers, FILE)
    assert starts[0] == ""
    first, second = (int(one[6:-1]) for one in starts[1:])
    assert 25_000 < first <= 30_000
    assert first + 15_000 < second <= first + 20_000


def test_a_download_given_up_goes_on_at_the_next_call(publishers, tmp_path):
    publishers.faults[FILE] = [("cut", 40_000), ("status", 503), ("status", 503), ("status", 503)]
    with pytest.raises(NoNetworkError):
        get(publishers, tmp_path)
    found, _told = get(publishers, tmp_path)
    assert found.path.read_bytes() == AREAS
    assert 35_000 < int(asked_for(publishers, FILE)[-1][6:-1]) <= 40_000
    assert not list(tmp_path.rglob("*.part*"))


def test_a_file_that_changed_between_two_tries_is_not_glued(publishers, tmp_path):
    other = AREAS.replace(b"Desa", b"DESA")
    publishers.faults[FILE] = [("cut", 30_000)]
    whole = publishers.answer

    def changing(path, query):
        if path == FILE and len(asked_for(publishers, FILE)) > 1:
            return other
        return whole(path, query)

    publishers.answer = changing
    found, _told = get(publishers, tmp_path)
    assert found.path.read_bytes() == other


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again(publishers, tmp_path, status):
    publishers.faults["/api/current/gbOpen/IDN/ADM2/"] = [("status", status)]
    publishers.faults[FILE] = [("status", status), ("status", status)]
    assert get(publishers, tmp_path)[0].path.read_bytes() == AREAS


def test_a_failure_that_lasts_is_told_with_the_way_by_hand(publishers, tmp_path):
    publishers.faults[FILE] = [("status", 503)] * 9
    with pytest.raises(NoNetworkError, match=r"could not be reached: it answered 503 each time") as caught:
        get(publishers, tmp_path)
    assert caught.value.hint == PROVIDERS["geoboundaries"].manual
    assert len(asked_for(publishers, FILE)) == 3


def test_the_pause_a_publisher_asks_for_is_kept(publishers, tmp_path):
    publishers.faults[FILE] = [("status", 503, "1")]
    began = time.monotonic()
    get(publishers, tmp_path, manners=replace(QUICK, longest_pause=5))
    assert 1 <= time.monotonic() - began < 5


@pytest.mark.parametrize("asks", ["86400", "Fri, 01 Jan 2100 00:00:00 GMT"])
def test_nobody_waits_as_long_as_a_publisher_likes(publishers, tmp_path, asks):
    publishers.faults[FILE] = [("status", 429, asks), ("status", 503, asks)]
    began = time.monotonic()
    assert get(publishers, tmp_path)[0].path.read_bytes() == AREAS
    assert 2 * QUICK.longest_pause <= time.monotonic() - began < 5


def test_a_pause_that_is_no_number_is_told_in_a_sentence(publishers, tmp_path):
    publishers.faults[FILE] = [("status", 503, "later")]
    with pytest.raises(BoundaryError, match="cannot be asked: Invalid Retry-After header"):
        get(publishers, tmp_path)


def test_a_publisher_that_sends_byte_by_byte_is_left_and_the_next_call_goes_on(publishers, tmp_path):
    publishers.faults[FILE] = [("slow", 0.05)]
    began = time.monotonic()
    with pytest.raises(NoNetworkError, match="did not end within 1 seconds"):
        get(publishers, tmp_path, manners=replace(QUICK, file_deadline=1))
    assert time.monotonic() - began < 3
    (part,) = tmp_path.rglob("*.part")
    size = part.stat().st_size
    time.sleep(0.3)
    assert 0 < part.stat().st_size == size < len(AREAS)  # what was left to itself writes no more
    assert get(publishers, tmp_path)[0].path.read_bytes() == AREAS
    assert asked_for(publishers, FILE) == ["", f"bytes={size}-"]


@pytest.mark.parametrize("path", [FILE, "/api/current/gbOpen/IDN/ADM2/"])
def test_a_head_that_comes_byte_by_byte_does_not_stretch_the_deadline(publishers, tmp_path, path):
    publishers.faults[path] = [("drip", 0.1)] * 9
    began = time.monotonic()
    with pytest.raises(NoNetworkError, match="did not end within 1 seconds"):
        get(publishers, tmp_path, manners=replace(QUICK, deadline=1, file_deadline=1))
    assert time.monotonic() - began < 3


def test_pauses_do_not_stretch_the_deadline(publishers, tmp_path):
    publishers.faults[FILE] = [("status", 503, "60")] * 9
    with pytest.raises(NoNetworkError, match="did not end within 1 seconds"):
        get(publishers, tmp_path, manners=replace(QUICK, longest_pause=60, file_deadline=1))


def test_a_file_that_is_gone_is_not_asked_for_again(publishers, tmp_path):
    del publishers.files[FILE]
    with refused(BoundaryError, status=404) as caught:
        get(publishers, tmp_path)
    assert len(asked_for(publishers, FILE)) == 1
    assert caught.value.hint == PROVIDERS["geoboundaries"].manual


def test_a_level_that_the_publisher_lacks(publishers, tmp_path):
    with refused(BoundaryError, value="village"):
        get(publishers, tmp_path, level="village")


def test_a_web_page_instead_of_json(publishers, tmp_path):
    publishers.faults["/api/current/gbOpen/IDN/ADM2/"] = [("page",)]
    with refused(BoundaryError, reason="web_page"):
        get(publishers, tmp_path)


@pytest.mark.parametrize(
    "answer", [b"[]", b"{}", b'"x"', b'{"boundaryISO": "IDN"}', b'{"boundaryISO": 5, "gjDownloadURL": []}', b"{bad"]
)
def test_json_of_another_shape(publishers, tmp_path, answer):
    publishers.faults["/api/current/gbOpen/IDN/ADM2/"] = [("bytes", answer)]
    with refused(BoundaryError, reason="other_data" if answer == b"{bad" else "other_shape"):
        get(publishers, tmp_path)


def test_boundaries_of_another_country(publishers, tmp_path):
    path = "/api/current/gbOpen/IDN/ADM2/"
    publishers.files[path] = publishers.files[path].replace(b'"IDN"', b'"MYS"')
    with refused(BoundaryError, reason="other_shape", told="boundaryISO is 'MYS'"):
        get(publishers, tmp_path)


@pytest.mark.parametrize(
    "content", [WEB_PAGE, b'{"error": "quota"}', b"version https://git-lfs.github.com/spec/v1\n", b"PK\x03\x04 cut"]
)
def test_something_else_instead_of_the_file_is_not_kept(publishers, tmp_path, content):
    publishers.faults[FILE] = [("bytes", content)]
    with refused(BoundaryError, reason="web_page" if content == WEB_PAGE else "no_boundaries"):
        get(publishers, tmp_path)
    assert not list(tmp_path.rglob("*.geojson"))
    assert get(publishers, tmp_path)[0].path.read_bytes() == AREAS


@pytest.mark.parametrize("place", ["http://localhost:{port}/x", "ftp://127.0.0.1:{port}/x", "file:///etc/passwd",
                                   "http://127.0.0.1:1/x", "https://127.0.0.1:{port}/x",
                                   "http://127.0.0.1:{port}@evil.example/x"])  # fmt: skip
def test_a_redirect_to_another_scheme_or_host_is_refused(publishers, tmp_path, place):
    port = urlsplit(publishers.address).port
    publishers.faults[FILE] = [("to", place.format(port=port))]
    before = len(publishers.asked)
    with refused(BoundaryError, reason="another_place"):
        get(publishers, tmp_path)
    assert len(publishers.asked) == before + 2  # the API and the file; nothing of where it leads


def test_a_redirect_to_a_place_of_the_provider_is_followed(publishers, tmp_path):
    publishers.files["/media/x.geojson"] = AREAS
    publishers.faults[FILE] = [("to", "/media/x.geojson")]
    assert get(publishers, tmp_path)[0].path.read_bytes() == AREAS


def test_a_redirect_without_end(publishers, tmp_path):
    publishers.faults[FILE] = [("to", FILE)] * 20
    with refused(BoundaryError, reason="redirects"):
        get(publishers, tmp_path)


def test_an_address_given_by_the_api_must_be_a_place_of_the_provider(publishers, tmp_path):
    path = "/api/current/gbOpen/IDN/ADM2/"
    answer = json.loads(publishers.files[path]) | {"gjDownloadURL": "http://evil.example/x.geojson"}
    publishers.files[path] = json.dumps(answer).encode()
    with refused(BoundaryError, reason="another_place", value="http://evil.example/x.geojson"):
        get(publishers, tmp_path)


def test_a_file_that_is_too_big_is_not_taken(publishers, tmp_path):
    with refused(BoundaryError, reason="too_big"):
        get(publishers, tmp_path, changes={"most": 10_000})
    assert sum(one.stat().st_size for one in tmp_path.rglob("*.part")) <= 10_000


def test_a_copy_that_was_damaged_is_fetched_again(publishers, tmp_path):
    found, _told = get(publishers, tmp_path)
    found.path.write_bytes(b"damaged")
    again, _told = get(publishers, tmp_path)
    assert again.fresh
    assert again.path.read_bytes() == AREAS


def test_a_file_that_is_no_longer_the_same_is_told_and_taken_on_purpose(publishers, tmp_path):
    found, _told = get(publishers, tmp_path)
    found.path.unlink()
    found.path.write_bytes(b"damaged")
    other = AREAS.replace(b"Desa", b"DESA")
    publishers.files[FILE] = other
    with refused(BoundaryError, reason="checksum") as caught:
        get(publishers, tmp_path)
    assert "--refresh" in caught.value.hint
    again, _told = get(publishers, tmp_path, refresh=True)
    assert again.path.read_bytes() == other
    assert not get(publishers, tmp_path)[0].fresh


def test_a_failed_refresh_keeps_the_old_copy(publishers, tmp_path):
    found, _told = get(publishers, tmp_path)
    publishers.faults[FILE] = [("status", 503)] * 9
    with pytest.raises(NoNetworkError):
        get(publishers, tmp_path, refresh=True)
    assert found.path.read_bytes() == AREAS
    publishers.faults[FILE] = []
    assert not get(publishers, tmp_path)[0].fresh


def test_cod_ab_takes_the_geodatabase(publishers, tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("idn_admin2.geojson", AREAS)
    publishers.has_cod_ab(packed.getvalue())
    found, told = get(publishers, tmp_path, "cod-ab")
    assert found.offer.name.endswith("idn_admin_boundaries.gdb.zip")
    assert (found.offer.level, found.offer.date, found.offer.edition_id) == ("", "2020-04-01", "cod-ab-2020-04-01")
    assert "CC BY-IGO" in found.offer.licence
    assert "Badan Pusat Statistik" in found.offer.source
    assert read_layers(found.path)[0].frame["KDEPUM"].iloc[0] == "61.01.01.2001"
    assert any("CC BY-IGO" in str(line) for line in told)
    with refused(ParameterError, value="village"):
        get(publishers, tmp_path, "cod-ab", level="village")


SHAPES = [{"success": False}, {"success": True, "result": {"resources": []}}, [],
          {"success": True, "result": {"resources": [None, {"download_url": 5}]}}]  # fmt: skip


@pytest.mark.parametrize("answer", SHAPES)
def test_cod_ab_of_another_shape(publishers, tmp_path, answer):
    publishers.files["/api/3/action/package_show"] = json.dumps(answer).encode()
    with refused(BoundaryError, reason="other_shape"):
        get(publishers, tmp_path, "cod-ab")


LAYER = "/BATASWILAYAH/BATAS_DESAKEL_AR/MapServer/0"


def test_big_is_fetched_page_by_page(publishers, tmp_path):
    seen = []
    found, _told = get(publishers, tmp_path, "big", provinces=("61",), progress=lambda *told: seen.append(told))
    frame = read_layers(found.path)[0].frame
    assert len(frame) == 450
    assert frame["KDEPUM"].is_unique
    assert frame["KDEPUM"].iloc[-1] == "61.01.01.2450"
    assert (found.offer.date, found.offer.level) == ("2026-06-12", "village")
    assert seen == [(200, 450), (400, 450), (450, 450)]
    queries = [at for at, _range in publishers.asked if "resultOffset" in at]
    assert all("outSR=4326" in at and "f=geojson" in at for at in queries)


def test_big_serves_less_a_page_than_asked_for(publishers, tmp_path):
    publishers.served_page = 70
    found, _told = get(publishers, tmp_path, "big", provinces=("61",))
    assert len(read_layers(found.path)[0].frame) == 450


def test_pages_that_came_are_not_asked_for_again(publishers, tmp_path):
    publishers.faults[LAYER + "/query"] = [None, None, None, *[("status", 503)] * 3]
    with pytest.raises(NoNetworkError):
        get(publishers, tmp_path, "big", provinces=("61",))
    before = len(publishers.asked)
    get(publishers, tmp_path, "big", provinces=("61",))
    offsets = [
        at.partition("resultOffset=")[2].partition("&")[0] for at, _r in publishers.asked[before:] if "Offset" in at
    ]
    assert offsets == ["200", "400"]


def test_big_with_an_error_in_a_good_answer(publishers, tmp_path):
    failed = json.dumps({"error": {"code": 400, "message": "Failed to execute query."}}).encode()
    publishers.faults[LAYER + "/query"] = [None, None, ("bytes", failed)]
    with refused(BoundaryError, reason="service", told="Failed to execute query."):
        get(publishers, tmp_path, "big", provinces=("61",))
    publishers.faults[LAYER] = [("bytes", failed)]
    with refused(BoundaryError, reason="service", told="Failed to execute query."):
        get(publishers, tmp_path, "big", provinces=("61",))


def test_big_that_gives_less_than_it_counts_or_the_same_twice(publishers, tmp_path):
    empty = json.dumps({"type": "FeatureCollection", "features": []}).encode()
    first = json.dumps({"type": "FeatureCollection", "features": squares(200)}).encode()
    for answer in (empty, first):
        publishers.faults[LAYER + "/query"] = [None, None, None, ("bytes", answer)]
        with refused(BoundaryError, reason="incomplete", came=200, wanted=450):
            get(publishers, tmp_path, "big", provinces=("61",))
    assert not list(tmp_path.rglob("*.geojson"))


def test_a_newer_edition_is_told_and_the_copy_used(publishers, tmp_path):
    first, _told = get(publishers, tmp_path, "big", provinces=("61",))
    for one in publishers.villages:
        one["properties"]["METADATA"] = "TASWIL1000020270101DESAKEL_AR"
    found, told = get(publishers, tmp_path, "big", provinces=("61",))
    assert found.offer == first.offer
    (older,) = [line for line in told if line.key == "boundaries.said.older_copy"]
    assert older.values == {"now": "2027-01-01", "date": first.offer.date}
    again, _told = get(publishers, tmp_path, "big", provinces=("61",), refresh=True)
    assert again.offer.date == "2027-01-01"


def test_nobody_there(publishers, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    gone = replace(
        publishers.provider("geoboundaries"), api=f"http://127.0.0.1:{port}/", places=(f"http://127.0.0.1:{port}/",)
    )
    # Nobody who has no network is kept waiting for a third try.
    with refused(NoNetworkError) as caught:
        fetching.download(gone, cache=tmp_path, manners=QUICK)
    assert caught.value.hint == PROVIDERS["geoboundaries"].manual


def test_real_providers_are_asked_over_https_only():
    for one in PROVIDERS.values():
        assert all(place.startswith("https://") and place.endswith("/") for place in one.places)
        assert any(one.api.startswith(place) for place in one.places)
        assert "kkbgeo boundaries import FILE" in one.manual


def test_a_place_is_a_host_and_a_path_not_a_beginning():
    way = Transport(("https://github.com/wmgeolab/",), manners=QUICK)
    for address in ("https://github.com.evil.example/wmgeolab/x", "https://github.com/other/x",
                    "http://github.com/wmgeolab/x", "https://x@github.com/wmgeolab/x",
                    "https://github.com/wmgeolab/../other/x", "https://github.com/wmgeolab/%2E%2e/x"):  # fmt: skip
        with pytest.raises(BoundaryError, match="not a place"):
            way.json(address)


def test_an_unknown_provider_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(ParameterError) as caught:
        fetching.download("gadm", cache=tmp_path)
    assert caught.value.fields["candidates"] == tuple(PROVIDERS)


def test_the_cache_is_this_users(monkeypatch, tmp_path):
    monkeypatch.delenv("KKBGEO_CACHE", raising=False)
    assert "kkbgeo" in str(fetching.cache_folder())
    monkeypatch.setenv("KKBGEO_CACHE", str(tmp_path))
    assert fetching.cache_folder() == tmp_path / "boundaries"


def test_the_command_lists_providers_without_network():
    from conftest import kkbgeo

    for language in ("en", "id"):
        done = kkbgeo("boundaries", "download", "--list", "--language", language)
        assert done.returncode == 0, done.stderr
        for one in PROVIDERS.values():
            assert one.id in done.stdout
            assert one.page in done.stdout
            assert (one.licence in done.stdout) == (language == "en")
            assert wording.licence(one.licence, language) in done.stdout


def test_the_command_without_network_tells_the_way_by_hand(tmp_path):
    from conftest import kkbgeo

    # A proxy that is not there stands for no network, whatever this machine has.
    nowhere = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), "http://127.0.0.1:9")
    environment = os.environ | nowhere | {"NO_PROXY": "", "no_proxy": ""}
    done = kkbgeo("boundaries", "download", "geoboundaries", "--cache", str(tmp_path), env=environment)
    assert done.returncode == 2
    assert PROVIDERS["geoboundaries"].manual in done.stderr
    assert "Traceback" not in done.stderr


def test_facts_of_an_offer_reach_the_import(monkeypatch, tmp_path):
    import sys
    import types

    given = {}
    fake = types.ModuleType("kkbgeo.boundaries.importing")
    fake.import_file = lambda path, **options: given.update(options, path=path) or "report"
    monkeypatch.setitem(sys.modules, "kkbgeo.boundaries.importing", fake)
    offer = Offer("big", "village", "u", "n", "BIG", "open", "2026-06-12")
    made = fetching.Downloaded(offer, tmp_path / "x.geojson", "0", True)
    assert fetching.import_downloaded(made, data_root=tmp_path) == "report"
    assert given == {"path": tmp_path / "x.geojson", "level": "village", "edition_id": "big-2026-06-12",
                     "provider": "BIG", "licence": "open", "date": "2026-06-12", "data_root": tmp_path,
                     "progress": None}  # fmt: skip


def test_a_download_becomes_an_edition(publishers, tmp_path):
    """From the provider's answer to a set of boundaries that the workbench draws, with the facts of the provider."""
    import shutil

    import geopandas as gpd

    from kkbgeo import Workbench
    from kkbgeo.paths import data_root

    data = tmp_path / "data"
    shutil.copytree(data_root(), data, ignore=shutil.ignore_patterns("[!a]*-*", "outputs"))
    drawn = Workbench(boundaries="approximate-2025").areas("regency", "63")
    made = gpd.GeoDataFrame(
        {"shapeName": drawn["name"].to_list(), "shapeISO": "", "shapeID": [f"x{at}" for at in range(len(drawn))],
         "shapeGroup": "IDN", "shapeType": "ADM2"},
        geometry=drawn.geometry.to_list(), crs=4326,
    )  # fmt: skip
    publishers.has_geoboundaries(made.to_json().encode())
    found, _told = get(publishers, tmp_path / "cache")
    report = fetching.import_downloaded(found, data_root=data)
    assert str(report)
    bench = Workbench(data, boundaries="geoboundaries-2020")
    facts = bench.edition_of("regency")
    assert (facts.provider, facts.date) == (found.offer.publisher, "2020")
    assert facts.licence.startswith("CC BY 3.0 IGO")
    assert set(bench.areas("regency", "63").index) <= set(drawn.index)
    assert len(bench.areas("regency", "63")) >= 10
