"""The index: what it lists, what it tells as new, what it takes from the entries, and what it refuses."""

from __future__ import annotations

import json

import pytest
from bs4 import BeautifulSoup
from indexkit import country, legend, tile_map, write_atlas, write_entry
from pages import BuiltPage

from kkbgeo.batch.gallery import write_index
from kkbgeo.batch.manifest import Manifest
from kkbgeo.batch.news import News, changes, entry_of
from kkbgeo.language import Words
from kkbgeo.maps import theme
from kkbgeo.maps.drawn import LegendEntry
from kkbgeo.maps.page import BACK
from kkbgeo.maps.tiles import layer_of, needs_white
from kkbgeo.pages import analyses


@pytest.fixture(scope="module")
def folder(wb, tmp_path_factory):
    return write_atlas(tmp_path_factory.mktemp("atlas"), wb.gazetteer)


def index_of(folder, wb, **options) -> BuiltPage:
    return BuiltPage(write_index(folder, wb.gazetteer, language=options.pop("language", "id"), **options))


def test_every_page_is_listed_once_and_every_tile_leads_to_its_page(folder, wb):
    soup = index_of(folder, wb).soup
    cards = [one["href"] for one in soup.select(".card > a")]
    tiles = {one["data-code"]: one["href"] for one in soup.select("a.kkb-tile")}
    assert len(cards) == len(set(cards)) == 65
    assert len(tiles) == 56
    assert len(soup.select(".kkb-tile-province a")) == 5
    assert set(tiles.values()) < set(cards)
    assert all((folder / one.removesuffix(f"#{BACK}")).is_file() for one in cards)
    assert all(href.startswith(f"regency/{code}-") for code, href in tiles.items())


def test_tiles_carry_the_figures_of_the_overview_in_both_languages(folder, wb):
    soup = index_of(folder, wb).soup
    said = {one["data-code"]: one.get_text(" ", strip=True).replace("\N{NO-BREAK SPACE}", " ")
            for one in soup.select("a.kkb-tile")}  # fmt: skip
    assert said["61.01"].startswith("SBS Kabupaten Sambas: 7 kampung")
    assert said["61.03"].endswith("Tidak dilaporkan")
    assert "Disembunyikan" in said["61.04"]
    assert "1.234" in said["61.05"]
    fills = {one["data-code"]: one.find("rect")["fill"] for one in soup.select("a.kkb-tile")}
    assert "-hatch-" in fills["61.03"] and "-dots-" in fills["61.04"]
    assert fills["61.02"] == "#ffffff"
    assert sum(int(one.find("b").get_text()) for one in soup.select(".kkb-tile-legend li")) == 56
    english = {one["data-code"]: one.get_text(" ", strip=True)
               for one in index_of(folder, wb).speaking("en").soup.select("a.kkb-tile")}  # fmt: skip
    assert english["61.03"].endswith("Not reported") and "1,234" in english["61.05"]


def test_of_what_kind_the_source_is_stands_below_the_legend_of_the_tiles(tmp_path, wb):
    said = {"id": "Ekspor portal, bukan rilis resmi", "en": "Portal export, not an official release"}
    assert "kkb-origin" not in str(tile_map(wb.gazetteer).body().html)
    tiles = tile_map(wb.gazetteer, origin=Words(said))
    assert layer_of(tiles.meta()).origin == Words(said)
    assert f'<span lang="id">{said["id"]}</span><span lang="en">{said["en"]}</span>' in str(tiles.body().html)
    out = write_atlas(tmp_path, wb.gazetteer)
    entry = json.loads((out / "meta" / "kalimantan.json").read_text(encoding="utf-8"))
    write_entry(out, {**entry, "tiles": tiles.meta()})
    page = index_of(out, wb)
    assert page.soup.select_one(".kkb-tile-legend .kkb-origin").get_text() == said["id"]
    assert page.speaking("en").soup.select_one(".kkb-tile-legend .kkb-origin").get_text() == said["en"]


def test_tiles_are_written_in_the_languages_of_their_page(wb):
    tiles = tile_map(wb.gazetteer)
    assert '<span lang="id">Tidak dilaporkan</span><span lang="en">Not reported</span>' in str(tiles.body().html)
    english = str(tiles.in_languages(("en", "id")).body().html)
    assert '<span lang="en">Not reported</span><span lang="id">Tidak dilaporkan</span>' in english
    alone = str(tiles.in_languages(("en",)).body().html)
    assert "Not reported" in alone and "Tidak dilaporkan" not in alone and "<span lang=" not in alone
    assert list(tiles.meta()) == ["id", "en"] and list(tiles.in_languages(("en",)).meta()) == ["en"]


def test_without_the_overview_tiles_still_lead_to_the_pages(tmp_path, wb):
    soup = index_of(write_atlas(tmp_path, wb.gazetteer, tiles=False), wb).soup
    assert len(soup.select("a.kkb-tile")) == 56
    assert not soup.select(".kkb-tile-legend")


def test_the_colours_of_an_entry_are_checked(wb):
    tiles = tile_map(wb.gazetteer)
    meta = tiles.meta()
    layer = layer_of(meta)
    for language in ("id", "en"):  # it comes back as it was
        said, told = layer.to(language), tiles.layers[0].to(language)
        assert (said.label, said.unit_label, said.entries) == (told.label, told.unit_label, told.entries)
        headlines = {code: cell.headline for code, cell in said.cells.items()}
        assert headlines == {code: cell.headline for code, cell in told.cells.items()}
    for spoilt in ("red;x", 'x"><script>', 3):
        wrong = json.loads(json.dumps(meta))
        wrong["id"]["entries"][0]["colour"] = spoilt
        assert layer_of(wrong) is None
    wrong = json.loads(json.dumps(meta))
    wrong["en"]["cells"]["61.01"][0] = 99
    assert layer_of(wrong) is None
    assert layer_of({"id": "x"}) is None
    wrong = json.loads(json.dumps(meta))
    del wrong["en"]["cells"]["61.01"]  # the languages do not tell the same areas
    assert layer_of(wrong) is None


def test_an_entry_in_one_language_colours_the_tiles_in_that_language(tmp_path, wb):
    out = write_atlas(tmp_path, wb.gazetteer)
    entry = json.loads((out / "meta" / "kalimantan.json").read_text(encoding="utf-8"))
    write_entry(out, {**entry, "tiles": {"id": entry["tiles"]["id"]}})
    told = {one["data-code"]: one.get_text(" ", strip=True) for one in index_of(out, wb).soup.select("a.kkb-tile")}
    assert told["61.03"].endswith("Tidak dilaporkan") and "1.234" in told["61.05"]


def test_text_on_a_tile_is_readable_on_every_colour():
    paints = [colour for name in theme.palette_names() for colour in theme.colours(name, 4)]
    paints += [colour for name in ("teal", "amber", "purple", "blue") for colour in theme.colours(name, 7)]
    entries = [LegendEntry("x", "x", colour, "fill", 1) for colour in [*paints, theme.UNCLASSED, "#ffffff"]]
    entries += [LegendEntry(key, key, look.colour, look.look, 1) for key, look in theme.STATES.items()]
    for one in entries:
        ground = one.colour if one.look == "fill" else one.paper
        assert theme.contrast(ground, "#ffffff" if needs_white(one) else "#000000") >= 4.5, one


def test_the_same_entries_give_the_same_bytes_and_each_language_its_own_start(folder, wb):
    first = index_of(folder, wb).path.read_bytes()
    assert index_of(folder, wb).path.read_bytes() == first
    english = index_of(folder, wb, language="en")
    assert english.soup.html["lang"] == "en" and english.soup.find(id="kkb-lang-en").has_attr("checked")
    assert "Atlas of Kampung KB in Kalimantan" in english.soup.title.get_text()


def test_every_text_stands_in_both_languages(folder, wb):
    news = {"63.11": {"records": {"aid_events": [2, 3]}}, "64.03": {"new": True}}
    page = index_of(folder, wb, news=news, failed={"63.01": "Tanah Laut"})
    soup = BeautifulSoup(page.html, "html.parser")  # as it is, with both languages
    written = soup.find_all("span", lang="id")
    assert len(written) == len(soup.find_all("span", lang="en")) > 50
    for one in written:
        twin = one.find_next_sibling("span", lang="en")
        assert twin is not None, one
        assert twin.get_text(strip=True) and twin.get_text() != one.get_text()


def test_pictures_and_briefs_are_offered_where_they_stand(tmp_path, wb):
    write_atlas(tmp_path, wb.gazetteer)
    entry = entry_of(tmp_path, "63.11")
    secret = tmp_path.parent / "secret.pdf"
    secret.write_text("x")

    def told(**paths: str) -> dict:
        return {kind: {"path": path, "bytes": 7, "sha256": "0" * 64} for kind, path in paths.items()}

    for files, wanted in (
        (told(pdf="regency/63.11-balangan.pdf", png="regency/63.11-balangan.png"), ["regency/63.11-balangan.pdf"]),
        (told(pdf="63.11-balangan.pdf"), []),  # addresses start at the index
        (told(pdf="../secret.pdf", png="javascript:alert(1)"), []),
        ({}, []),
    ):
        (tmp_path / "regency" / "63.11-balangan.pdf").write_text("a brief")  # and no picture
        write_entry(tmp_path, {**entry, "files": files})
        soup = index_of(tmp_path, wb).soup
        assert [one["href"] for one in soup.select(".files a")] == wanted


def test_hostile_entries_and_news_stay_text(tmp_path, wb):
    write_atlas(tmp_path, wb.gazetteer)
    nasty = "</script><script>window.__pwned=1</script><img src=x onerror=alert(1)> ${x} {{ x }}"
    entry = entry_of(tmp_path, "63.11")
    entry |= {"title": nasty, "findings": [nasty], "edition": nasty,
              "other": {"language": "en", "title": nasty, "findings": [nasty]}}  # fmt: skip
    write_entry(tmp_path, entry)
    clean = len(index_of(tmp_path, wb).soup.find_all("script"))
    news = {"63.11": {"findings": [{"id": nasty}], "known": [["x", nasty, 1, 2, 3]], "records": {nasty: [1, 2]}}}
    soup = index_of(tmp_path, wb, news=news, failed={"63.01": nasty}).soup
    assert len(soup.find_all("script")) == clean == 2
    assert not soup.find_all("img")
    assert nasty in soup.select_one(".news").get_text()


# --- what is new ----------------------------------------------------------------------------------------------------


def test_changes_are_told_from_entries_and_records():
    before = {"as_of": "2024", "language": "id", "findings": ["a", "b"], "legend": [legend(3, 5)]}
    after = {"as_of": "2025", "language": "id", "findings": ["a", "c"], "legend": [legend(4, 4)],
             "other": {"language": "en", "findings": ["A", "C"]}}  # fmt: skip
    assert changes(before, after, {"kampung": "3 aa"}, {"kampung": "3 bb", "aid_events": "1 cc"}) == {
        "as_of": ["2024", "2025"],
        "records": {"aid_events": [0, 1], "kampung": [3, 3]},
        "known": [["kkb_total", "Jumlah Kampung KB", 3, 4, 8]],
        "findings": [{"id": "c", "en": "C"}],
    }
    assert changes(before, before, {"kampung": "3 aa"}, {"kampung": "3 aa"}) == {}
    assert changes({}, after, {}, {}) == {"new": True}
    assert "findings" not in changes(before, {**after, "language": "en"}, {}, {})


def test_a_village_that_is_just_named_is_no_news_of_a_known_class():
    def entry(classed: int, named: int) -> dict:
        counts = {"dasar": classed, "unclassed": named, "not_reported": 9 - classed - named}
        entries = [{"key": key, "label": key, "count": many} for key, many in counts.items()]
        return {"legend": [{"map": 1, "layer": "kkb_village_class", "label": "Kelas", "entries": entries}]}

    assert changes(entry(2, 0), entry(2, 5), {}, {}) == {}
    assert changes(entry(2, 5), entry(7, 0), {}, {})["known"] == [["kkb_village_class", "Kelas", 2, 7, 9]]


def test_news_are_those_of_the_newest_batch_that_changed_a_page(tmp_path, wb):
    write_atlas(tmp_path, wb.gazetteer)

    def batch(change: dict[str, dict], going_on: bool = False) -> dict:
        manifest = Manifest(tmp_path)
        news = News(manifest, change, going_on=going_on)
        for code, new in change.items():
            write_entry(tmp_path, {**entry_of(tmp_path, code), **new})
            news.note(code)
        manifest.save()
        return Manifest(tmp_path).news

    assert batch({"63.11": {"as_of": "2026"}}) == {"63.11": {"as_of": ["2025-12-03", "2026"]}}
    assert list(batch({"63.11": {}, "63": {}})) == ["63.11"]  # built again, nothing new: the news stay
    assert list(batch({"63": {"as_of": "2026"}})) == ["63"]
    assert list(batch({"64": {"as_of": "2026"}}, going_on=True)) == ["63", "64"]  # the rest of a batch that was stopped
    (tmp_path / "meta" / "65.json").write_text('{"code": "65", "legend": [1], "findings": 3}')
    assert batch({"65": {"as_of": "2027"}})["65"] == {"new": True}


def test_news_are_told_with_what_changed_and_where(folder, wb):
    news = {
        "63.11": {"as_of": ["2024", "2025-12"], "records": {"aid_events": [2, 3], "kampung": [4, 4]},
                  "known": [["kkb_total", "x", 13, 14, 56]], "findings": [{"id": "Kalimat.", "en": "Sentence."}]},
        "64.03": {"new": True},
        "99.99": {"new": True},
    }  # fmt: skip
    page = index_of(folder, wb, news=news)
    part, english = (one.soup.select_one(".news") for one in (page, page.speaking("en")))
    said = part.get_text(" ", strip=True)
    for words in (
        "data sampai dengan Desember 2025 (sebelumnya: 2024)", "Kejadian bantuan: 3 catatan (sebelumnya 2)",
        "Kampung KB yang disebut namanya: satu catatan atau lebih diperbaiki", "untuk 14 dari 56 wilayah",
        "kini: “Kalimat.”", "halaman baru",
    ):  # fmt: skip
        assert words in said
    for words in ("data up to December 2025 (before: 2024)", "now: “Sentence.”", "new page"):
        assert words in english.get_text(" ", strip=True)
    assert [one["href"] for one in part.find_all("a")] == [
        f"regency/63.11-balangan.html#{BACK}", f"regency/64.03-berau.html#{BACK}",
    ]  # fmt: skip


def test_a_first_build_has_no_news(folder, wb):
    everything = {path.stem: {"new": True} for path in (folder / "meta").iterdir()}
    assert not index_of(folder, wb, news=everything).soup.select(".news")
    assert index_of(folder, wb, news={"63.11": {"new": True}}).soup.select(".news")


# --- a country ------------------------------------------------------------------------------------------------------


def test_an_index_of_553_pages_is_light_and_has_no_tiles(tmp_path):
    places = country()
    write_atlas(tmp_path, places, tiles=False)
    page = BuiltPage(write_index(tmp_path, places, language="id"))
    assert len(page.soup.select(".card > a")) == 553 + len(analyses())
    assert not page.soup.select(".kkb-tilemap")
    assert len(page.soup.select("details.fold")) == 38
    assert len(page.soup.select(".card svg")) == 39 + len(analyses())  # of the whole, each analysis and each province
    # About 0.47 kB a page without thumbnails; a real one of a province takes 3 kB.
    assert page.path.stat().st_size - 39 * 160 < 350_000
