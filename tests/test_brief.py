"""The one-page PDF: what a reader finds in it, in which order; fonts, size, metadata; what is too long is shortened."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from mapkit import DISTRICTS, NAMES, Edition, Indicator, cells, island
from pypdf import PdfReader

from kkbgeo import profiles
from kkbgeo.errors import ParameterError
from kkbgeo.maps import Link, Page, area_map, locator_svg, numeric_layer
from kkbgeo.paper.brief import A4, FINDINGS, brief
from kkbgeo.paper.companions import save, twins

HOSTILE = ["$x^2$ \\frac", "<b>&amp;</b>", "(paren\\) Tj ET", "\U0001f600 emoji", "עברית عربي", "a\x00b\nc", "W" * 400]


def made_page(
    *, level: str = "regency", title: str = "Kabupaten Balangan", rows: int = 4, simulated: bool = False,
    language: str = "id", name: str = "", findings: int = 3, sources: int = 3, with_map: bool = True,
) -> Page:  # fmt: skip
    names = {**NAMES, "63.11.01.2001": name or "Pudak"}
    frame = island()
    frame["name"] = list(names.values())
    layer = numeric_layer(Indicator(), cells(Indicator(), [5, 0, None, "hidden", 15, 60]), language=language)
    code, slug = ("63.11", "balangan") if level == "regency" else ("63", "kalimantan-selatan")
    page = Page(
        code, level, slug, title, "Provinsi Kalimantan Selatan", language=language, as_of="2025-07-31",
        edition=Edition(), locator_svg=locator_svg(island(), ["63.11.01.2001"]), simulated=simulated,
    )  # fmt: skip
    page.findings([f"Temuan nomor {number}: {name or 'sepuluh keluarga'}." for number in range(1, findings + 1)])
    classes = {"Kelas": ["Dasar", "Mandiri"], "Angka": ["93", "3"], "Bagian": ["68,9 %", "2,2 %"]}
    page.add_table("classes", "Kampung KB menurut kelas", pd.DataFrame(classes), note="Kata yang dilaporkan.")
    if with_map:
        drawn = area_map(frame, [layer], language=language, edition=Edition(), parents=DISTRICTS, simulated=simulated)
        page.add_map(drawn, "Peta", key="villages")
    else:
        page.add_text("villages", "Peta", "Tidak ada poligon.")
    many = pd.DataFrame({"Wilayah": [f"{name or 'Wilayah'} {number}" for number in range(rows)],
                         "Jumlah": [str(number * 11) for number in range(rows)]})  # fmt: skip
    page.add_table("comparison", "Perbandingan", many)
    page.add_text("missing", "Yang tidak ditemukan", [f"Hal {number}" for number in range(rows)])
    page.footer(
        sources=[Link(f"Penerbit {one}: https://a{one}.example/x") for one in range(sources)],
        checksum="9f2c", version="0.1.0",
    )  # fmt: skip
    return page


def text_of(pdf: bytes) -> str:
    """The text in the order in which it is stored, spaces and line ends as one space."""
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", page.extract_text().replace("\xa0", " "))


def inside(pdf: bytes) -> bool:
    """Whether every piece of text begins and ends on the sheet."""
    from kkbgeo.paper import letters

    bad = []

    def look(text, _cm, matrix, _font, size):
        if text.strip():
            long = letters.width(text.strip(), size) * abs(matrix[0])
            if not (20 <= matrix[4] <= A4[0] - 20 and matrix[4] + long <= A4[0] - 15 and 8 <= matrix[5] <= A4[1] - 10):
                bad.append((text, matrix[4], matrix[5], long))

    (page,) = PdfReader(io.BytesIO(pdf)).pages
    page.extract_text(visitor_text=look)
    assert not bad, bad
    return True


def test_it_is_one_sheet_of_a4_that_says_what_it_is():
    reader = PdfReader(io.BytesIO(brief(made_page())))
    (page,) = reader.pages
    assert (round(float(page.mediabox.width), 2), round(float(page.mediabox.height), 2)) == A4
    assert reader.metadata.title == "Kabupaten Balangan – Provinsi Kalimantan Selatan"
    assert reader.trailer["/Root"]["/Lang"] == "id"
    told = set(reader.trailer["/Info"])
    assert told == {"/Title", "/Subject", "/Author", "/Creator", "/Producer"}  # no date
    assert PdfReader(io.BytesIO(brief(made_page(language="en")))).trailer["/Root"]["/Lang"] == "en"


def test_all_fonts_are_embedded_truetype():
    (page,) = PdfReader(io.BytesIO(brief(made_page(name="عربي")))).pages
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    names = {font["/BaseFont"].split("+")[-1] for font in fonts}
    assert {"SourceSansPro-Regular", "SourceSansPro-Bold", "DejaVuSans"} <= names
    for font in fonts:
        assert font["/Subtype"] == "/TrueType", font["/BaseFont"]
        assert "/FontFile2" in font["/FontDescriptor"], font["/BaseFont"]
        assert "/ToUnicode" in font


def test_it_reads_from_top_to_bottom_and_says_everything():
    told = text_of(brief(made_page()))
    order = ["Lembar ringkas", "Kabupaten Balangan", "Data sampai dengan 31 Juli 2025", "Ringkasan", "Temuan nomor 1",
             "Temuan nomor 3", "Kampung KB menurut kelas", "Dasar 93 68,9 %", "Kata yang dilaporkan.",
             "Yang tidak ditemukan", "Hal 3", "Perbandingan", "Wilayah 3 33", "Sumber data",
             "1 Penerbit 0 (a0.example)", "3 Penerbit 2", "Batas perkiraan 2025 (approximate-2025)",
             "kkbgeo 0.1.0 · sidik data 9f2c", "regency/63.11-balangan.html", "Jumlah Kampung KB", "Pudak"]  # fmt: skip
    places = [told.find(one) for one in order]
    assert -1 not in places, dict(zip(order, places, strict=True))
    assert places == sorted(places), dict(zip(order, places, strict=True))
    for words in ("0 (dilaporkan nol)", "Tidak dilaporkan", "Disembunyikan untuk melindungi keluarga", "km",
                  "Bukan batas hukum."):  # fmt: skip
        assert words in told, words


def test_a_name_on_the_map_is_there_once():
    assert text_of(brief(made_page())).count("Pudak") == 1


def test_in_english_its_own_words_are_english():
    told = text_of(brief(made_page(language="en")))
    for words in ("Brief", "In short", "Sources", "Not reported", "Data up to 31 July 2025", "Full page"):
        assert words in told, words
    assert "Lembar" not in told and "Sumber" not in told


@pytest.mark.parametrize("level", ["regency", "province"])
@pytest.mark.parametrize(("rows", "sources", "findings", "name"), [
    (0, 0, 0, ""), (14, 60, 6, ""), (300, 300, 40, "Kabupaten Hulu Sungai Selatan yang sangat panjang namanya " * 4),
])  # fmt: skip
def test_too_much_is_shortened_and_counted_and_nothing_leaves_the_sheet(level, rows, sources, findings, name):
    title = name or "Kabupaten Balangan"
    pdf = brief(made_page(level=level, title=title, rows=rows, sources=sources, findings=findings, name=name))
    told = text_of(pdf)
    assert inside(pdf) is True
    if findings > 3:
        assert f"… ({findings - FINDINGS} temuan lagi di halaman)" in told
    if rows == 300:
        shown = len(set(re.findall(r"Hal (\d+)", told)))
        assert "baris lagi di halaman" in told
        assert shown < rows
    if sources > 50:
        numbered = len(re.findall(r"Penerbit \d+ \(a\d+\.example\)", told))
        (left,) = re.findall(r"· … \((\d+) lagi di halaman\)", told)
        assert numbered + int(left) == sources


def test_a_figure_with_a_remark_is_still_a_figure():
    page = made_page()
    rows = {"Survei": ["SSGI 2024"], "Sumber": ["Antara"], "Di sini": ["45 (dihitung)"], "Provinsi": ["–"],
            "Catatan": ["x"], "Lain": ["y"]}  # fmt: skip
    page.add_table("prevalence", "Prevalensi", pd.DataFrame(rows))
    told = text_of(brief(page))
    assert "SSGI 2024 45 (dihitung) –" in told
    assert "… (3 kolom lagi di halaman)" in told
    assert "Antara" not in told


def test_a_simulated_page_says_so():
    told = text_of(brief(made_page(simulated=True)))
    assert "SIMULASI – Kabupaten Balangan" in told
    assert "dibuat-buat" in told
    assert re.search(r"Sungai|SIMULASI$|SIMULASI ", told)
    assert "SIMULASI" not in text_of(brief(made_page()))


def test_a_page_without_a_polygon_says_why_there_is_no_map():
    page = made_page(with_map=False)
    assert "Tidak ada poligon." in text_of(brief(page))
    assert set(twins(page)) == {"pdf"}


def test_the_same_page_gives_the_same_bytes():
    assert brief(made_page()) == brief(made_page())
    assert brief(made_page()) != brief(made_page(rows=5))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_neither_runs_nor_breaks_it(text):
    page = made_page(title=text, name=text)
    page.add_text("where", text, text)
    pdf = brief(page)
    assert inside(pdf) is True
    told = text_of(pdf).replace(" ", "")
    start = re.sub(r"[\s\x00\U0001f600]", "", text)[:6]
    if text.isascii() or "emoji" in text:
        assert start in told
    raw = b"".join(PdfReader(io.BytesIO(pdf)).pages[0].get_contents().get_data().splitlines())
    assert b"/JavaScript" not in pdf and b"/JS" not in raw
    assert "/Annots" not in PdfReader(io.BytesIO(pdf)).pages[0]


def test_they_are_saved_beside_the_page_and_listed_in_its_entry(tmp_path):
    import hashlib

    path = save(made_page(), tmp_path)
    assert path == tmp_path / "regency" / "63.11-balangan.html"
    entry = json.loads((tmp_path / "meta" / "63.11.json").read_text())
    assert set(entry["files"]) == {"pdf", "png"}
    for kind, told in entry["files"].items():
        content = (tmp_path / told["path"]).read_bytes()
        assert told["path"] == f"regency/63.11-balangan.{kind}"
        assert (told["bytes"], told["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert entry["path"] == "regency/63.11-balangan.html"  # what the page itself tells is still there
    profiles.save(made_page(), tmp_path, briefs="no")
    assert json.loads((tmp_path / "meta" / "63.11.json").read_text())["files"] == {}
    assert sorted(one.name for one in (tmp_path / "regency").iterdir()) == ["63.11-balangan.html"]


@pytest.mark.parametrize("word", ["", "ya", "True"])
def test_another_word_than_yes_or_no_is_refused_before_anything_is_written(tmp_path, word):
    with pytest.raises(ParameterError, match="briefs"):
        save(made_page(), tmp_path, briefs=word)
    assert not list(tmp_path.iterdir())


def test_the_whole_has_a_picture_and_no_brief(tmp_path):
    page = made_page()
    island_page = Page("kalimantan", "island", "kalimantan", "Kalimantan", "", edition=Edition())
    island_page.add_map(page.maps[0])
    save(island_page, tmp_path)
    assert sorted(path.name for path in tmp_path.glob("kalimantan.*")) == ["kalimantan.html", "kalimantan.png"]


# --- the built atlas ---------------------------------------------------------------------------------------------


@pytest.mark.atlas
@pytest.mark.parametrize(("code", "wanted"), [
    ("63.01", ["135 Kampung KB (31 Juli 2025)", "Dasar 93", "Berkembang 25", "Mandiri 3", "Paripurna 14",
               "Menurut Post Kalimantan"]),
    ("64.03", ["110 Kampung KB (11 Desember 2024)", "45 (dihitung)", "Berkembang 47", "DASHAT"]),
    ("62.04", ["15 ", "Rantau Kujang"]),
    ("63.71", ["52 ", "Kota Banjarmasin"]),
    ("63.11", ["10 keluarga", "Pudak"]),
    ("63", ["Perbandingan", "Kabupaten Tanah Laut 135", "Kota Banjarmasin 52"]),
])  # fmt: skip
def test_the_figures_of_the_five_reports_are_on_the_sheets(atlas, code, wanted):
    (path,) = (atlas / ("regency" if "." in code else "province")).glob(f"{code}-*.pdf")
    pdf = path.read_bytes()
    told = text_of(pdf)
    for words in wanted:
        assert words in told, words
    entry = json.loads((atlas / "meta" / f"{code}.json").read_text())
    for sentence in entry["findings"][:FINDINGS]:
        assert re.sub(r"\s+", " ", sentence.replace("\xa0", " ")) in told
    assert inside(pdf) is True


@pytest.mark.slow
@pytest.mark.atlas
def test_every_page_has_its_twins_and_none_overflows(atlas):
    manifest = json.loads((atlas / "manifest.json").read_text())["pages"]
    for code, entry in manifest.items():
        told = json.loads((atlas / "meta" / f"{code}.json").read_text())["files"]
        kinds = {"png"} if entry["level"] == "island" else {"pdf", "png"}
        assert set(told) == kinds, code
        assert {one["path"]: one["sha256"] for one in told.values()} == {
            name: one["sha256"] for name, one in entry["files"].items()
        }
        if "pdf" in told:
            pdf = Path(atlas / told["pdf"]["path"]).read_bytes()
            assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
            assert len(pdf) < 200_000
            assert inside(pdf) is True, code
