"""What a person does with a page's text: read it, change the language, follow a source, save a table, print."""

from __future__ import annotations

import csv
import io
import re
from contextlib import contextmanager

import pandas as pd
import pypdf
import pytest
from browser import one_browser, open_page
from test_page import HOSTILE, make_map, two_languages

from kkbgeo.exports import neutral
from kkbgeo.language import LANGUAGES, Words
from kkbgeo.maps import Figure, Link, Page

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
ENGLISH, INDONESIAN = "label[for=kkb-lang-en]", "label[for=kkb-lang-id]"


@pytest.fixture(scope="module", autouse=True)
def browser():
    with one_browser():
        yield


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return two_languages().save(tmp_path_factory.mktemp("page"))


def seen(opened, selector: str = "body") -> str:
    return opened.page.locator(selector).first.inner_text().replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_headline_is_read_and_the_language_changed_with_one_tap(saved, scripts, width):
    with open_page(saved, width=width, scripts=scripts) as opened:
        assert seen(opened, "h1") == "Kabupaten Balangan"
        assert "Sepuluh keluarga di Desa Pudak" in seen(opened) and "Ten families" not in seen(opened)
        top = opened.page.locator(".lead li").first.bounding_box()
        assert top["y"] + top["height"] < 844
        opened.page.click(ENGLISH)
        assert "Ten families in Desa Pudak" in seen(opened) and "Sepuluh keluarga" not in seen(opened)
        assert "Data up to 31 December 2025" in seen(opened)
        for word in ("Ringkasan", "Sumber data", "Catatan", "Unduh", "Kelas"):
            assert word not in seen(opened, ".findings") + seen(opened, "#kelas") + seen(opened, "footer")
        opened.page.click(INDONESIAN)
        assert "Sepuluh keluarga di Desa Pudak" in seen(opened) and "Ten families" not in seen(opened)
        opened.quiet()


def test_the_language_is_changed_by_keyboard_and_the_page_says_which_it_is(saved):
    with open_page(saved, width=1280) as opened:
        page = opened.page
        heard = "window.__heard = []; document.addEventListener('kkbgeo:language', e => window.__heard.push(e.detail))"
        page.evaluate(heard)
        assert page.evaluate("document.documentElement.lang") == "id"
        page.keyboard.press("Tab")  # the link that skips to the content
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "kkb-lang-id"
        page.keyboard.press("ArrowRight")
        assert page.evaluate("[document.documentElement.lang, document.activeElement.id]") == ["en", "kkb-lang-en"]
        assert page.title() == "Kabupaten Balangan – Province of Kalimantan Selatan"
        assert page.evaluate("window.__heard") == ["en"]
        assert page.get_by_role("radio", name="English").is_checked()
        assert page.get_by_role("group").first.is_visible()
        opened.quiet()


def test_without_the_newer_style_rule_the_first_language_is_shown_and_the_script_still_switches(saved, tmp_path):
    """A browser that has no :has drops those rules; both the style and the script must do without."""
    html = saved.read_text(encoding="utf-8")
    html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html)
    old = tmp_path / "old.html"
    old.write_text(html.replace(":has(", ":not-yet-known("), encoding="utf-8")
    for scripts in (True, False):
        with open_page(old, scripts=scripts) as opened:
            assert "Sepuluh keluarga" in seen(opened) and "Ten families" not in seen(opened)
            opened.page.click(ENGLISH)
            assert ("Ten families" in seen(opened)) is scripts
            assert ("Sepuluh keluarga" in seen(opened)) is not scripts


def test_names_for_screen_readers_follow_the_language(saved):
    with open_page(saved, width=1280, scripts=False) as opened:
        page = opened.page
        for language, words in (("id", "Kampung KB menurut kelas"), ("en", "Kampung KB by class")):
            page.click(INDONESIAN if language == "id" else ENGLISH)
            assert page.get_by_role("region", name=words, exact=True).count() == 1
            place = {"id": "Letak Pudak di Kalimantan", "en": "Where Pudak lies in Kalimantan"}[language]
            assert page.get_by_role("img", name=place, exact=True).count() == 1


@pytest.mark.parametrize("width", [360, 390])
def test_on_a_phone_every_cell_of_a_wide_table_is_seen_with_its_column_and_nothing_lies_sideways(saved, width):
    with open_page(saved, width=width) as opened:
        for language, label in (("id", "Bagian"), ("en", "Share")):
            opened.page.click(INDONESIAN if language == "id" else ENGLISH)
            cell = opened.page.locator("#kelas tbody tr:first-child td:nth-child(3)")
            assert (
                opened.page.evaluate(
                    "() => getComputedStyle(document.querySelector('#kelas td:nth-child(3)'), '::before').content"
                )
                == f'"{label}"'
            )
            box = cell.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= width
            source = opened.page.locator("#kelas a[href^=https]").first.bounding_box()
            assert source["x"] + source["width"] <= width
        assert opened.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert opened.page.evaluate("one => one.scrollWidth <= one.clientWidth",
                                    opened.page.query_selector("#kelas .scroll"))  # fmt: skip


def test_a_mark_leads_to_its_source(saved):
    with open_page(saved) as opened:
        opened.page.locator("#kelas .mark").first.click()
        opened.settle()
        place = opened.page.locator("#s1")
        assert "Banua TV" in place.inner_text()
        box = place.bounding_box()
        assert 0 <= box["y"] < 844
        opened.quiet()


@contextmanager
def loaded(path):
    """Open a page that may save files, with the policy in force."""
    with open_page(path, width=1280) as opened:
        yield opened


def download(opened, section: str) -> tuple[str, bytes]:
    with opened.page.expect_download() as waiting:
        opened.page.click(f"#{section} .kkb-csv")
    return waiting.value.suggested_filename, waiting.value.path().read_bytes()


def rows(content: bytes, sign: str) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=sign))


def test_a_table_is_saved_as_shown_in_the_language_shown(saved):
    with loaded(saved) as opened:
        name, content = download(opened, "kelas")
        assert name == "63.11-balangan-kelas-id.csv"
        found = rows(content, ";")
        assert found[0] == ["Kelas", "Kampung", "Bagian", "Sumber", "Sumber pada halaman"]
        assert found[1] == ["Dasar", "93", "68,9 %", "Post Kalimantan", "[1] Banua TV: banuatv.com 12 November 2025"]
        assert found[2][3:] == ["–", ""]
        opened.page.click(ENGLISH)
        name, content = download(opened, "kelas")
        assert name == "63.11-balangan-kelas-en.csv"
        assert rows(content, ",")[0] == ["Class", "Kampung", "Share", "Source", "Sources on the page"]
        assert rows(content, ",")[1][2] == "68.9%"
        opened.quiet()


def test_a_saved_table_runs_nothing_in_a_spreadsheet(tmp_path):
    cells = [
        "=HYPERLINK(1)", "+62 812", "-1+1", "@sum", "＝1", "－1", "-5,2", "-5", "-", "–", "Tua' Abang", 'a"b;c,d',
        "1.234,5", "<b>=1</b>", *HOSTILE,
    ]  # fmt: skip
    page = Page("63.11", "regency", "balangan", "Balangan", "", edition=None)
    page.add_table("t", "T", pd.DataFrame({"A": [f"x{n}" for n in range(len(cells))], "=B": cells}))
    with loaded(page.save(tmp_path)) as opened:
        _, content = download(opened, "t")
        found = rows(content, ";")
        assert found[0] == ["A", "'=B"]
        expected = [" ".join(one.replace("\u2028", " ").split()) for one in cells]
        assert [one[1] for one in found[1:]] == [neutral(one) for one in expected]
        assert opened.page.evaluate("window.__pwned === undefined")
        opened.quiet()


@pytest.mark.parametrize("scripts", [True, False])
def test_on_paper_everything_is_there_in_one_language_and_nothing_is_cut(tmp_path, scripts):
    page = two_languages(rows=60)
    path = tmp_path / "page.pdf"
    with open_page(page.save(tmp_path), width=1280, scripts=scripts) as opened:
        opened.page.click(ENGLISH)
        opened.page.pdf(path=path, prefer_css_page_size=True)
        if scripts:
            assert opened.page.evaluate("document.querySelectorAll('details.fold[open]').length") == 0
    read = pypdf.PdfReader(path)
    pages = [" ".join(one.extract_text().replace("ﬁ", "fi").split()) for one in read.pages]
    text = " ".join(pages)
    assert [round(float(side) / 72 * 25.4) for side in read.pages[0].mediabox[2:]] == [210, 297]
    assert "Kabupaten Balangan" in pages[0] and "Ten families in Desa Pudak" in pages[0]
    assert f"1 / {len(pages)}" in pages[0] and f"{len(pages)} / {len(pages)}" in pages[-1]
    assert all(f"Row number {one}" in text for one in range(60))  # folded on the screen
    assert "Sepuluh" not in text and "Baris nomor" not in text
    assert "banuatv.com" in text
    assert "Download the table" not in text and "Bahasa Indonesia" not in text
    long = [one for one in pages if "Row number" in one]
    assert len(long) > 1 and all("Much longer heading" in one for one in long)  # the head on every page


def test_on_paper_a_wide_table_fits_the_page(tmp_path):
    page = Page("63.11", "regency", "balangan", "Balangan", "", edition=None)
    wide = {f"Judul kolom nomor {n}": ["tempat atau pengertian tidak pasti", "290 (dihitung)"] for n in range(10)}
    page.add_table("t", "T", pd.DataFrame(wide))
    with open_page(page.save(tmp_path), width=688) as opened:  # the width of the text on A4
        opened.page.emulate_media(media="print")
        assert opened.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        box = opened.page.locator("#t table").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 688


def test_a_simulated_page_says_so_on_screen_on_paper_and_in_the_name_of_a_table(tmp_path):
    page = two_languages(simulated=True)
    path = tmp_path / "page.pdf"
    with loaded(page.save(tmp_path)) as opened:
        assert "SIMULASI" in seen(opened, ".simulation-banner")
        assert download(opened, "kelas")[0] == "63.11-balangan-kelas-simulasi-id.csv"
        opened.page.pdf(path=path, prefer_css_page_size=True)
    assert "SIMULASI" in pypdf.PdfReader(path).pages[0].extract_text()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_both_languages_does_nothing(tmp_path, text):
    said = Words({one: f"{one} {text}" for one in LANGUAGES})
    page = Page("63.11", "regency", "balangan", said, said, edition=None, generated_by=text, second="en")
    page.findings([said] * 4)
    source = Link(said, f"javascript:{text}", said, "s")
    page.add_table("t", said, pd.DataFrame({said: [said], "b": [Figure(said, ["s"])], said + "c": [source],
                                           said + "d": [said]}), said, said)  # fmt: skip
    page.add_text("s", said, [said, source]).add_map(make_map(name=text), said, note=said)
    page.footer(sources=[source], notes=[said], parameters={text: text}, checksum=text, version=text)
    path = page.save(tmp_path)
    for width in (390, 1280):
        with open_page(path, width=width) as opened:
            for label in (ENGLISH, INDONESIAN, ENGLISH):
                opened.page.click(label)
            opened.page.locator("#t .mark").first.click()
            with opened.page.expect_download():
                opened.page.click("#t .kkb-csv")
            assert opened.page.evaluate("window.__pwned === undefined")
            assert opened.page.locator("img, iframe, object, embed").count() == 0
            assert opened.page.locator("a[href^=javascript]").count() == 0
            label = opened.page.evaluate("getComputedStyle(document.querySelector('#t td'), '::before').content")
            assert label == ('"b"' if width == 390 else "none")
            opened.quiet()


def test_in_jupyterlab_the_page_is_the_saved_one_and_switches_its_language(tmp_path):
    page = two_languages()
    path = tmp_path / "notebook.html"
    path.write_text(f"<!DOCTYPE html><meta charset=utf-8><body>{page._repr_html_()}", encoding="utf-8")
    with open_page(path, width=1280) as opened:
        frame = opened.page.frames[1]
        frame.click(ENGLISH)
        assert "Ten families" in frame.locator("body").inner_text()
        assert opened.page.evaluate("document.querySelector('iframe').srcdoc") == page.html()
        assert page.save(tmp_path).read_text(encoding="utf-8") == page.html()
        opened.quiet()


def test_in_a_notebook_that_is_not_trusted_the_findings_are_still_read():
    """JupyterLab's sanitizer drops frames and the tags it does not know, and keeps the text in them."""
    left = re.sub(r"<iframe.*?</iframe>", "", two_languages()._repr_html_(), flags=re.S)
    assert "<iframe" not in left and "Sepuluh keluarga di Desa Pudak" in left and "Trust Notebook" in left
