"""The five reports the project starts from, end to end: read out of the built pages, on the right polygon."""

from __future__ import annotations

import re

import pytest
from shapely.geometry import Point

import kkbgeo

pytestmark = pytest.mark.atlas

BARITO_SELATAN = {
    "Jenamas": ["Rantau Kujang", "Rantau Bahuang"],
    "Dusun Hilir": ["Kalanis", "Lehai"],
    "Karau Kuala": ["Babai", "Bangkuang"],
    "Dusun Utara": ["Marawan Lama", "Hulu Tampang", "Maruga"],
    "Gn. Bintang Awai": ["Marga Jaya", "Bintang Ara", "Muara Singan"],
    "Dusun Selatan": ["Kalahien", "Tanjung Jawa", "Teluk Mampun"],
}


def only(rows: list[list[str]], **wanted: str) -> list[str]:
    found = [row for row in rows if all(word in " | ".join(row) for word in wanted.values())]
    assert len(found) == 1, (wanted, rows)
    return found[0]


def on_its_polygon(page, wb, code: str) -> bool:
    row = wb.gazetteer.frame.loc[code]
    return page.polygon(code).buffer(0.001).contains(Point(row["lon"], row["lat"]))


def test_tanah_laut_has_135_kampung_in_four_classes(page, wb):
    own = page("63.01")
    classes = {row[0]: row[1] for row in own.rows("classes")}
    assert [classes[name] for name in ("Dasar", "Berkembang", "Mandiri", "Paripurna")] == ["93", "25", "3", "14"]
    assert classes["Kampung KB yang diklasifikasi (sudah dibentuk, 31 Juli 2025)"] == "135"
    assert classes["Kampung KB mandiri atau lebih"] == "17"
    (total,) = [one for one in own.findings if "135 Kampung KB (31 Juli 2025)" in one]
    assert total.startswith("Menurut Post Kalimantan")
    assert "cakupan 100 %" in total
    assert only(own.rows("classes"), fact="Kampung KB mandiri atau lebih")[1:] == ["17", "12,6 %"]
    assert any("17 dari 135 kampung mandiri atau lebih" in one for one in own.findings)
    assert any("berarti 7 kampung" in one and "kekurangannya 0" in one for one in own.findings)
    # A launch is not told as if somebody had been given something.
    (aid,) = [one for one in own.findings if "kejadian bantuan" in one]
    assert "tidak satu pun disalurkan atau berjalan" in aid and "diluncurkan (14 Mei 2025)" in aid
    for other in ("63", "kalimantan"):
        assert page(other).headline("kkb_total", "63.01") == "135 kampung"
        # Beside other areas stands the portal alone, at one date: 3 of 41.
        assert page(other).headline("kkb_registered_advanced_share", "63.01") == "7,3 %"
        told = page(other).details("kkb_registered_advanced_share", "63.01")
        assert told["Keadaan"] == "28 Agustus 2023" and told["Sumber"].endswith("(ekspor portal, bukan rilis resmi)")
        assert on_its_polygon(page(other), wb, "63.01")


def test_berau_has_110_kampung_a_derived_rest_and_dashat(page, wb):
    own = page("64.03")
    classes = {row[0]: row[1] for row in own.rows("classes")}
    assert classes["Dasar"] == "45 (dihitung)"
    assert (classes["Berkembang"], classes["Mandiri"], classes["Berkelanjutan"]) == ("47", "2", "16")
    assert any("110 Kampung KB (11 Desember 2024)" in one for one in own.findings)
    assert any("sisa dari total" in one for one in own.findings)
    event = only(own.rows("aid"), date="11 Desember 2024")
    assert "DASHAT" in event[1]
    # The report says whom it is for but gives no number of people, and none is invented.
    assert event[3] == "keluarga miskin berisiko stunting (jumlah tidak disebut)"
    assert page("kalimantan").headline("kkb_total", "64.03") == "110 kampung"
    assert on_its_polygon(page("kalimantan"), wb, "64.03")


def test_barito_selatan_has_15_named_villages_in_six_districts_all_on_the_map(page, wb):
    own = page("62.04")
    named = [code for code in own.codes if own.entry("kkb_village_class", code)[0] == "fill"]
    assert len(named) == 15
    by_district: dict[str, set[str]] = {}
    classes = {one.code: one.class_level for one in wb.rows("kampung") if one.as_of == "2023-08-28"}
    for code in named:
        assert on_its_polygon(own, wb, code)
        # The report names no class; the portal has the same 15 villages, with a class each.
        assert own.headline("kkb_village_class", code).split()[0].lower() == classes[code]
        district = wb.gazetteer.short(".".join(code.split(".")[:3]))
        by_district.setdefault(district, set()).add(wb.gazetteer.short(code))
    assert by_district == {district: set(villages) for district, villages in BARITO_SELATAN.items()}
    report = [row for row in own.rows("kampung") if row[4:] == ["2021", "Antara"]]
    assert len(report) == 15 and {row[2] for row in report} == {"–"}
    assert {(row[1], row[0]) for row in report} == {
        (district, village) for district, villages in BARITO_SELATAN.items() for village in villages
    }
    assert any("15 desa atau kelurahan di 6 kecamatan" in one for one in own.findings)
    assert only(own.rows("counts"), date="2021", status="dipakai")[1] == "15"


def test_banjarmasin_has_52_kampung_and_the_44_of_two_years_before_are_shown(page, wb):
    own = page("63.71")
    assert any("52 Kampung KB (6 November 2025) dari 52 desa" in one and "100 %" in one for one in own.findings)
    assert only(own.rows("counts"), date="6 November 2025", status="dipakai")[1] == "52"
    assert only(own.rows("counts"), date="20 November 2023", status="tergantikan")[1] == "44"
    assert page("63").headline("kkb_total", "63.71") == "52 kampung"
    assert page("kalimantan").headline("kkb_coverage", "63.71") == "100,0 %"
    assert on_its_polygon(page("63"), wb, "63.71")
    before = kkbgeo.Workbench(as_of="2025-11-05")
    then = before.words(kkbgeo.profiles.of_area(before, "63.71"))
    assert any("44 Kampung KB (20 November 2023) dari 52 desa" in one and "84,6 %" in one for one in then)


def test_ten_families_in_pudak_balangan_received_staple_food(page, wb):
    own = page("63.11")
    event = only(own.rows("aid"), date="12 November 2025")
    assert event[1:6] == [
        "sembako",
        "Desa Pudak, Kecamatan Awayan",
        "10 keluarga berisiko stunting",
        "disalurkan",
        "dipakai",
    ]
    (pudak,) = [code for code in own.codes if wb.gazetteer.label(code) == "Desa Pudak"]
    assert wb.gazetteer.short(".".join(pudak.split(".")[:3])) == "Awayan"
    assert own.headline("aid_events", pudak).startswith("1 ")
    told = "sembako · 10 keluarga berisiko stunting · disalurkan · Banua TV"
    assert own.details("aid_events", pudak) == {"12 November 2025": told}
    assert on_its_polygon(own, wb, pudak)
    assert any("di Desa Pudak, Kecamatan Awayan untuk 10 keluarga berisiko stunting" in one for one in own.findings)


ENGLISH = {
    "63.01": ("135 Kampung KB (31 July 2025) among 135 villages", "93 dasar, 25 berkembang, 3 mandiri, 14 paripurna"),
    "64.03": ("110 Kampung KB (11 December 2024)", "47 berkembang, 2 mandiri, 16 berkelanjutan"),
    "62.04": (
        "15 villages are named as Kampung KB, in 6 districts;",
        "15 of them in the portal's export (not an official release)",
    ),
    "63.71": ("52 Kampung KB (6 November 2025) among 52 villages", "a coverage of 100%"),
    "63.11": (
        "staple food (12 November 2025) in Desa Pudak, Kecamatan Awayan for 10 families at risk of stunting",
        "aid event",
    ),
}


@pytest.mark.parametrize(("code", "said"), ENGLISH.items(), ids=ENGLISH)
def test_the_five_reports_are_found_on_their_pages_in_english_too(page, code, said):
    own = page(code).speaking("en")
    assert any(all(words in one for words in said) for one in own.findings) or (
        all(any(words in one for one in own.findings) for words in said)
    )
    assert not any(word in " ".join(own.findings) for word in ("Menurut", "kejadian", "Prevalensi"))
    assert own.section("missing").h2.get_text() == "What no source reports"


@pytest.mark.parametrize("code", ["63.01", "64.03", "62.04", "63.71", "63.11", "63", "kalimantan"])
def test_the_findings_and_a_table_stand_before_the_map_and_the_sources_after_what_is_missing(page, code):
    html = page(code).html
    sections = re.findall(r'<section class="(findings|table|text|map)"', html)
    assert sections[0] == "findings" and "table" in sections[: sections.index("map")]
    assert html.index('id="missing"') > max(html.index(f'id="{one}"') for one in ("kkbgeo-1", "isi"))
    assert html.index('id="missing"') < html.index('id="kkb-sources"')
    assert len(page(code).soup.select(".lead li")) == 3


@pytest.mark.parametrize("code", ["63", "kalimantan"])
def test_every_figure_of_a_comparison_has_its_source_within_reach(page, code):
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(page(code).html, "html.parser")
    figures = [cell for cell in soup.select("#comparison td") if cell.get_text(strip=True) != "–"]
    assert len(figures) > 20
    for cell in figures:
        marks = [one["href"] for one in cell.select(".mark")]
        assert marks, cell
        assert all(soup.find(id=mark.removeprefix("#")).get_text(strip=True) for mark in marks)


def test_what_was_never_reported_is_hatched_and_said(page):
    own = page("63.11")
    without = [code for code in own.codes if own.entry("kkb_village_class", code)[0] == "hatch"]
    assert len(without) == len(own.codes) - 42  # those that the portal lists; 157 are formed, most of them unnamed
    assert {own.headline("kkb_village_class", code) for code in without} == {"Tidak disebut namanya dalam sumber"}
    missing = own.section("missing").get_text()
    assert "Keluarga berisiko stunting" in missing and "Kampung KB yang diklasifikasi" not in missing


def test_named_kampung_with_a_class_are_told_beside_the_missing_total_by_class():
    """The map shows the class of a village; the sentences must not say that there are none."""
    before = kkbgeo.Workbench(as_of="2022-06-12")  # since the next day the portal's export gives a total by class
    told = before.words(kkbgeo.profiles.of_area(before, "63.06"))
    assert any("Kabupaten Hulu Sungai Selatan sebagai keseluruhan tidak ditemukan" in one for one in told)
    assert "Kelas 1 di antaranya diketahui, hingga 2021: 1 berkelanjutan. Sumber: PPID HSS." in told


def test_classes_of_named_kampung_are_told_where_the_map_shows_others_than_the_counts(page):
    """Of Banjarbaru one class is newer than the portal's: the map shows 10 and 8, the counts say 11 and 7."""
    own = page("63.72")
    looks = [own.entry("kkb_village_class", code)[-1] for code in own.codes]
    assert (looks.count("dasar"), looks.count("berkembang")) == (10, 8)
    assert any("28 Agustus 2023): 11 dasar, 7 berkembang, 0 mandiri" in one for one in own.findings)
    assert any(one.startswith("Kelas 18 di antaranya diketahui, hingga 2026: 10 dasar, 8 berkembang. Sumber: BKKBN")
               for one in own.findings)  # fmt: skip
    # Where both say the same, the numbers by class are enough.
    assert not any("di antaranya diketahui" in one for one in page("63.11").findings)
