"""The page as text: order, escaping, links, policy, names of files, and what it leaves for the index."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
import tomllib
from html.parser import HTMLParser

import pandas as pd
import pytest
from mapkit import DISTRICTS, Edition, Indicator, cells, data_of, island

from kkbgeo import language as words
from kkbgeo.errors import KkbgeoError, ParameterError
from kkbgeo.language import Number, Spoken, Words, other_language, percent, phrase
from kkbgeo.maps import Figure, Link, Page, area_map, charts, document, locator_svg, numeric_layer
from kkbgeo.maps.page import Place, page_path
from kkbgeo.paths import PACKAGE

HOSTILE = (
    "<img src=x onerror=window.__pwned=1>",
    "${window.__pwned=1}",
    "'",
    "`",
    "</script><script>window.__pwned=1</script>",
    '"><svg onload=window.__pwned=1>',
    "{{ 7*7 }}{% raw %}",
    "<!--",
    "]]>&amp;\u2028",
)


class Reader(HTMLParser):
    """Reads a page as a browser does: elements, attributes and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        if data.strip():
            self.texts.append(data.strip())

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    def all(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.elements if name == tag]


def make_map(language: str = "id", **changes):
    indicator = Indicator(**changes)
    layer = numeric_layer(indicator, cells(indicator, [36, 0, None, 7, 20, 51]))
    return area_map(island(), [layer], language=language, edition=Edition(), parents=DISTRICTS)


def make_page(**changes) -> Page:
    options = {
        "as_of": "2025-12-31", "edition": Edition(), "locator_svg": locator_svg(island(), ["63.11.01.2001"]),
        "generated_by": "notebooks/01_regency_profile.ipynb",
    } | changes  # fmt: skip
    page = Page("63.11", "regency", "balangan", "Kabupaten Balangan", "Provinsi Kalimantan Selatan", **options)
    page.findings(["Sepuluh keluarga di Desa Pudak menerima sembako.", "Kelas belum pernah dilaporkan."])
    page.add_table(
        "kelas",
        "Kampung KB menurut kelas",
        pd.DataFrame(
            {
                "Kelas": ["Dasar", "Jumlah"],
                "Kampung": ["93", "135"],
                "Bagian": ["68,9 %", "Tidak dilaporkan"],
                "Sumber": [Link("Post Kalimantan", "https://example.org/a?b=1&c=2"), "–"],
            }
        ),
        note="Kata yang dilaporkan: paripurna.",
        caption="Laporan 31 Juli 2025",
    )
    page.add_map(make_map(), "Desa di peta")
    page.add_text("belum", "Yang belum pernah dilaporkan", ["Keluarga berisiko stunting"])
    page.footer(
        sources=[Link("Banua TV", "https://www.banuatv.com/?p=66409", "12 November 2025"), "Dokumen tanpa alamat"],
        notes=["Luas poligon 4 % lebih besar."],
        parameters={"regency": "63.11"},
        checksum="9f2c",
        version="0.1.0",
    )
    return page


def told(indonesian: str, english: str) -> Words:
    return Words({"id": indonesian, "en": english})


FINDINGS = [
    told("Sepuluh keluarga di Desa Pudak menerima sembako.", "Ten families in Desa Pudak received staple food."),
    *(told(f"B {one}.", f"E {other}.") for one, other in zip(("satu", "dua", "tiga", "empat"),
                                                             ("one", "two", "three", "four"), strict=True)),
]  # fmt: skip


def two_languages(*, rows: int = 3, language: str = "id", **changes) -> Page:
    options = {
        "as_of": "2025-12-31", "edition": Edition(), "language": language, "second": other_language(language),
        "locator_svg": charts.spoken(locator_svg, island(), ["63.11.01.2001"]),
    } | changes  # fmt: skip
    sub = told("Provinsi Kalimantan Selatan", "Province of Kalimantan Selatan")
    page = Page("63.11", "regency", "balangan", "Kabupaten Balangan", sub, **options).findings(FINDINGS)
    title, total = told("Kampung KB menurut kelas", "Kampung KB by class"), told("Jumlah", "Total")
    source = Link("Post Kalimantan", "https://example.org/a?b=1&c=2")
    heads = ["Kampung", told("Bagian", "Share"), told("Sumber", "Source")]
    table = [("Dasar", Figure("93", ["a"]), Spoken(percent, Number(68.9, 1)), source), (total, "135", "–", "–")]
    table = pd.DataFrame(table, columns=[told("Kelas", "Class"), *heads], dtype=object)
    note = told("Kata yang dilaporkan.", "The word as reported.")
    page.add_table("kelas", title, table, note)
    page.add_map(make_map(language), told("Desa di peta", "Villages on the map"))
    long = {
        told("Judul yang jauh lebih panjang", "Much longer heading"): [
            phrase(told("Baris nomor {}", "Row number {}"), one) for one in range(rows)
        ]
    }
    page.add_table("panjang", title + " 2", pd.DataFrame(long), folded=True)
    page.add_text("belum", total, [note])
    return page.footer(sources=[Link("Banua TV: banuatv.com", "https://banuatv.com/1", "12 November 2025", "a")])


def test_text_comes_first_and_sections_keep_their_order():
    html = make_page().html()
    marks = [
        "<h1>Kabupaten Balangan</h1>", "Data sampai dengan 31 Desember 2025", "Sepuluh keluarga", 'id="kelas"',
        'id="peta-1"', 'id="belum"', "<footer", "Bukan batas hukum", "Banua TV", "0.1.0", "9f2c",
    ]  # fmt: skip
    places = [html.index(mark) for mark in marks[:7]]
    assert places == sorted(places)
    assert all(mark in html[places[-1] :] for mark in marks[7:])
    assert '<html lang="id">' in html
    assert html.count("Bukan batas hukum.") >= 2  # at the map and in the footer


def test_it_reads_with_scripts_off():
    reader = Reader(make_page().html())
    assert any(svg.get("class") == "kkb-static" for svg in reader.all("svg"))
    assert "Peta interaktif memerlukan JavaScript" in reader.text
    assert reader.all("noscript")
    counts = re.findall(r'kkb-count">(\d+)<', make_page().html())
    assert sum(map(int, counts[:-1])) == int(counts[-1]) == 6


def test_every_finding_and_cell_is_on_the_page():
    reader = Reader(make_page().html())
    for said in ("Sepuluh keluarga di Desa Pudak menerima sembako.", "68,9 %", "Tidak dilaporkan", "paripurna"):
        assert said in reader.text
    assert {"href": "https://example.org/a?b=1&c=2", "rel": "noopener noreferrer"} in reader.all("a")
    headers = [one.get("class") for one in reader.all("th") if one.get("scope") == "col"]
    assert headers == [None, "num", "num", None]


def test_a_table_may_be_folded_and_an_empty_one_says_so():
    page = make_page()
    page.add_table("panjang", "Semua angka", pd.DataFrame({"A": list("xyz")}), folded=True)
    page.add_table("kosong", "Bantuan", pd.DataFrame({"A": []}))
    html = page.html()
    assert "Tampilkan tabel (3 baris)" in html
    assert "Belum ada data yang dilaporkan." in html


@pytest.mark.parametrize("nothing", [None, math.nan, pd.NA, pd.NaT])
def test_a_blank_cell_is_refused_because_blank_says_nothing(nothing):
    frame = pd.DataFrame({"A": ["x", "y"], "B": pd.Series(["1", nothing], dtype="object")})
    with pytest.raises(KkbgeoError, match="row 1, column 'B'"):
        make_page().add_table("lain", "Lain", frame)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:window.__pwned=1", "JAVASCRIPT:alert(1)", "java\nscript:alert(1)", " javascript:alert(1)",
        "data:text/html,<script>1</script>", "vbscript:x", "file:///etc/passwd", "//example.org", "example.org", "",
        "https://", "https:\\\\example.org", "http://[::1", "https://exa mple.org",
    ],
)  # fmt: skip
def test_only_web_addresses_become_links(url):
    assert Link("x", url).href == ""
    page = make_page().footer(sources=[Link("Sumber", url)])
    assert "Sumber" in page.html()
    hrefs = [one["href"] for one in Reader(page.html()).all("a")]
    assert all(one.startswith(("https://example.org/", "#", "../index.html")) for one in hrefs)


def test_hostile_text_in_every_field_stays_text(tmp_path):
    for text in HOSTILE:
        areas = island()
        areas["name"] = text
        indicator = Indicator(name=text, unit=text, meaning=text)
        details = {code: [(text, text)] for code in areas.index}
        layer = numeric_layer(indicator, cells(indicator, [36, 0, None, 7, 20, 51]), details=details)
        edition = Edition(provider=text, licence=text, texts={"title": text, "not": text})
        drawn = area_map(areas, [layer], edition=edition, labels=dict.fromkeys(areas.index, text),
                         parents=dict.fromkeys(areas.index, text), title=text)  # fmt: skip
        page = Page("63.11", "regency", "balangan", text, text, edition=edition, generated_by=text,
                    locator_svg=locator_svg(areas, ["63.11.01.2001"]))  # fmt: skip
        page.findings([text]).add_table(
            "t", text, pd.DataFrame({text: [text], "b": [Link(text, text, text)]}), text, text
        )
        page.add_text("s", text, [text, Link(text, text)]).add_map(drawn, text, note=text)
        page.footer(
            sources=[text, Link(text, text)], notes=[text], parameters={text: text}, checksum=text, version=text
        )
        clean = Reader(make_page().html())
        reader = Reader(page.html())
        assert {tag for tag, _ in reader.elements} <= {tag for tag, _ in clean.elements}
        assert len(reader.all("script")) == len(clean.all("script")) == 3
        assert not any(name.startswith("on") for _, attributes in reader.elements for name in attributes)
        assert {a["href"] for a in reader.all("a")} <= {"#isi", "../index.html"}
        assert reader.texts.count(text.strip()) >= 10 or text in "'`"
        assert data_of(page.html())["places"][0][0] == text
        assert [path.name for path in page.save(tmp_path).parent.iterdir()] == ["63.11-balangan.html"]


@pytest.mark.parametrize(
    "page", ["", "../63.html", "/etc/passwd", "javascript:alert(1)", "a/b/63.html", "63.htm", "x y.html"]
)
def test_a_place_leads_to_a_page_of_an_atlas_only(page):
    with pytest.raises(KkbgeoError):
        Place("Balangan", page)


def test_the_name_of_an_area_leads_to_its_page_and_is_text_like_any_other():
    hostile = "<img src=x onerror=alert(1)>"
    rows = [Place(hostile, "regency/63.01-tanah-laut.html"), Place("Balangan", "regency/63.11-balangan.html")]
    page = make_page().add_table("wilayah", "Wilayah", pd.DataFrame({"Wilayah": rows}, dtype=object))
    page.above = [Place("Kalimantan", "kalimantan.html"), Place("Kalsel", "province/63-kalimantan-selatan.html")]
    reader = Reader(page.html())
    ways = [one["href"] for one in reader.all("a") if one.get("class") == "kkb-way"]
    # Never to itself.
    assert ways == ["../kalimantan.html", "../province/63-kalimantan-selatan.html", "../regency/63.01-tanah-laut.html"]
    assert hostile in reader.texts and not reader.all("img")
    whole = Page("kalimantan", "island", "kalimantan", "Kalimantan", "", edition=None)
    whole.add_table("wilayah", "Wilayah", pd.DataFrame({"Wilayah": rows}, dtype=object))
    assert 'href="regency/63.11-balangan.html"' in whole.html()


def test_how_a_page_was_made_is_told_in_words():
    page = make_page().footer(parameters={"regency": "63.11", "own": "x"}, told={"regency": "Kabupaten Balangan"})
    made = re.search(r'<dl class="making">.*?</dl>', page.html(), re.S)[0]
    assert "<dt>Kabupaten atau kota</dt><dd>Kabupaten Balangan</dd>" in made and "<dt>own</dt><dd>x</dd>" in made


def test_the_policy_names_the_pages_own_style_and_script_and_nothing_else():
    for html in (make_page().html(), make_map().html()):
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1].replace("&#39;", "'")
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy and "http" not in policy
        library = document.map_library()
        for tag, kind, put_in in (("style", "style-src", library.style), ("script", "script-src", library.script)):
            blocks = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.S)
            assert len(blocks) == 1
            digests = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in (*blocks, put_in)]
            assert f"{kind} {' '.join(repr(f'sha256-{one}') for one in digests)};" in f"{policy};"
        assert " style=" not in re.sub(r"<(style|script)\b.*?</\1>", "", html, flags=re.S)


def test_nothing_is_fetched():
    reader = Reader(make_page().html())
    assert not [one for _, attributes in reader.elements for one in attributes if one in {"src", "srcset", "action"}]
    assert not reader.all("link") + reader.all("iframe") + reader.all("img")


def test_the_same_input_gives_the_same_bytes(tmp_path):
    one, two = make_page().save(tmp_path / "1"), make_page().save(tmp_path / "2")
    assert one.read_bytes() == two.read_bytes()
    meta = [(tmp_path / part / "meta" / "63.11.json").read_bytes() for part in "12"]
    assert meta[0] == meta[1]


def test_the_index_finds_what_it_needs(tmp_path):
    path = make_page().save(tmp_path)
    assert path == tmp_path / "regency" / "63.11-balangan.html"
    assert not list(tmp_path.rglob("*.part"))
    meta = json.loads((tmp_path / "meta" / "63.11.json").read_text(encoding="utf-8"))
    assert meta["path"] == "regency/63.11-balangan.html"
    assert meta["bytes"] == path.stat().st_size
    assert (meta["title"], meta["level"], meta["as_of"], meta["sources"]) == (
        "Kabupaten Balangan",
        "regency",
        "2025-12-31",
        2,
    )
    assert meta["thumbnail"].startswith("<svg")
    assert sum(one["count"] for one in meta["legend"][0]["entries"]) == 6


def test_several_maps_share_one_library():
    page = make_page()
    page.add_map(make_map(), "Peta kedua")
    html = page.html()
    assert html.count('id="kkbgeo-library"') == 1
    assert 'id="kkbgeo-map-data"' in html and 'id="kkbgeo-map-data-2"' in html
    ids = [one["id"] for _, one in Reader(html).elements if "id" in one]
    patterns = [one for one in ids if re.match(r"(hatch|dots)-", one)]
    assert len(set(ids) - set(patterns)) == len(ids) - len(patterns)


def test_a_page_without_a_map_carries_no_library():
    page = Page("63", "province", "kalimantan-selatan", "Provinsi", "", edition=None)
    assert "kkbgeo-library" not in page.html()
    assert "<script" not in page.html()
    assert len(page.html()) < 20_000


@pytest.mark.parametrize(
    ("code", "level", "slug"),
    [
        ("63.11", "regency", "../x"), ("63.11", "regency", "a/b"), ("63.11", "regency", "A"), ("63.11", "regency", ""),
        ("63.11", "regency", "a--b"), ("63.11", "regency", "a\n"), ("63.11", "province", "x"), ("6311", "regency", "x"),
        ("..", "island", "x"), ("63/11", "regency", "x"), ("63.11", "planet", "x"), ("٦٣.١١", "regency", "x"),
        ("63.11\n", "regency", "x"),
    ],
)  # fmt: skip
def test_file_names_come_from_code_and_slug_only(code, level, slug):
    with pytest.raises(ParameterError):
        page_path(code, level, slug)


def test_sections_have_plain_unique_keys():
    page = make_page()
    with pytest.raises(ParameterError):
        page.add_text("kelas", "Lagi", "x")
    with pytest.raises(ParameterError):
        page.add_text('x" onload="1', "Lagi", "x")


def test_a_picture_from_elsewhere_is_refused():
    with pytest.raises(KkbgeoError):
        make_page(locator_svg="<svg><script>1</script></svg>")


def test_json_in_a_script_block_is_only_data():
    nasty = {"a": "</script>", "b": "${x}`&\u2028\u2029", "c": [1.5, None, True]}
    text = str(document.script_json(nasty))
    assert json.loads(text) == nasty
    assert not set("<>&$`\u2028\u2029") & set(text)
    with pytest.raises(ValueError, match="JSON"):
        document.script_json(math.nan)


def test_every_text_of_the_room_exists_in_both_languages_and_is_used():
    defined = {key for key in words.catalogue() if key.startswith("maps.")}
    assert all(set(words.catalogue()[key]) == {"id", "en"} and all(words.catalogue()[key].values()) for key in defined)
    tomllib.loads((PACKAGE / "messages" / "maps.toml").read_text(encoding="utf-8"))
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in sorted((PACKAGE / "maps").rglob("*"))
        if path.suffix in {".py", ".j2"}
    )
    named = set(re.findall(r'maps\.[a-z_]+\.[a-z_]+(?=["\'])', code))
    assert named <= defined
    dynamic = tuple(
        f"maps.{one}." for one in ("state", "class", "noun", "map", "detail", "label", "made", "made_value")
    )
    assert all(key in named or key.startswith(dynamic) for key in defined)


def test_english_has_no_indonesian_left():
    page = Page("63.11", "regency", "balangan", "Balangan", "", language="en", as_of="2025-12-31", edition=None)
    page.add_map(
        area_map(island(), [numeric_layer(Indicator(name="x", unit="y", meaning="z"),
                                          cells(Indicator(), [36, 0, None, 7, 20, 51]))], language="en")
    )  # fmt: skip
    text = Reader(page.html()).text
    assert "Data up to December 31, 2025" in text or "Data up to 31 December 2025" in text
    for word in ("Legenda", "Tidak dilaporkan", "Sumber", "Peta", "Keadaan"):
        assert word not in re.sub(r"(?s)\{.*", "", text)


def test_two_languages_stand_in_one_page_and_what_is_equal_stands_once():
    html = two_languages().html()
    assert html.count("<h1>Kabupaten Balangan</h1>") == 1
    said = '<span lang="id">Sepuluh keluarga di Desa Pudak menerima sembako.</span><span lang="en">Ten families in '
    assert said in html
    assert '<html lang="id">' in html
    title = 'data-id="Kabupaten Balangan – Provinsi Kalimantan Selatan" data-en="Kabupaten Balangan – Province of Kali'
    assert f"<title {title}" in html
    assert html.count("Leaflet 1.9.3, a JS library") <= 1
    assert two_languages().languages == ("id", "en")
    other = two_languages(language="en").html()
    assert '<html lang="en">' in other and 'id="kkb-lang-en" value="en" checked' in other
    assert '<span lang="en">E one.</span><span lang="id">B satu.</span>' in other
    assert two_languages().html() == html


def test_a_page_of_two_languages_is_had_in_one():
    page = two_languages()
    indonesian = ("Provinsi", "B satu.", "Judul yang jauh", "68,9 %", "Baris nomor 2", "Kata yang dilaporkan.")
    english = ("Province", "E one.", "Much longer heading", "68.9%", "Row number 2", "The word as reported.")
    for language, said, unsaid in (("id", indonesian, english), ("en", english, indonesian)):
        one = page.to(language)
        assert (one.language, one.languages, one.title) == (language, (language,), "Kabupaten Balangan")
        text = Reader(one.html()).text.replace("\N{NO-BREAK SPACE}", " ")
        assert [word for word in said if word not in text] == [word for word in unsaid if word in text] == []
        shown = re.sub(r"<(style|script)\b.*?</\1>", "", one.html(), flags=re.S)
        assert f'<html lang="{language}">' in shown and "<span lang=" not in shown
    assert (page.language, page.languages, page.sentences) == ("id", ("id", "en"), FINDINGS)  # it stays as it was


def test_the_second_language_is_another_one():
    with pytest.raises(ParameterError, match="Both languages of the page are 'id'"):
        two_languages(second="id")
    with pytest.raises(ParameterError, match="'de'"):
        two_languages(second="de")


def test_three_findings_are_large_and_the_others_open_on_a_tap():
    reader = Reader(make_page().html())
    assert not [one for one in reader.all("ul") if one.get("class") == "more"]
    html = two_languages().html()
    lead, more = html.index('<ul class="lead">'), html.index('<ul class="more">')
    assert html[lead:more].count("<li>") == 3 and "2 kalimat lagi" in html[lead:more]
    assert "2 more sentences" in html


def test_a_mark_that_leads_nowhere_is_refused():
    page = two_languages().footer(sources=[Link("x", key="b")])
    with pytest.raises(KkbgeoError, match="'a'"):
        page.html()


def test_the_index_finds_both_languages(tmp_path):
    two_languages().save(tmp_path)
    meta = json.loads((tmp_path / "meta" / "63.11.json").read_text(encoding="utf-8"))
    assert (meta["language"], meta["languages"]) == ("id", ["id", "en"])
    assert meta["findings"][0].startswith("Sepuluh") and meta["other"]["findings"][0].startswith("Ten")
    assert meta["other"] | {"findings": []} == {
        "language": "en", "title": "Kabupaten Balangan", "subtitle": "Province of Kalimantan Selatan", "findings": [],
    }  # fmt: skip
    make_page().save(tmp_path)
    assert json.loads((tmp_path / "meta" / "63.11.json").read_text(encoding="utf-8"))["other"] == {}


def test_a_table_can_be_read_back_from_its_page():
    assert make_page().frame("kelas").iloc[0, 1] == "93"
    with pytest.raises(ParameterError, match="kelas"):
        make_page().frame("bantuan")
    assert two_languages().frame("kelas").iloc[1].tolist() == ["Jumlah", "135", "–", "–"]
    english = two_languages().to("en").frame("kelas")
    assert [*english.columns] == ["Class", "Kampung", "Share", "Source"] and english.iloc[0, 2] == "68.9%"
