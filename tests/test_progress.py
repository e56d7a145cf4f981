"""The page of progress: moves and registration as counts, targets that bind their own area, no figure where none is."""

from __future__ import annotations

import re
import shutil
from types import SimpleNamespace

import pandas as pd
import pytest
from recipes import progress_page

import kkbgeo
from kkbgeo import paths
from kkbgeo.errors import ParameterError
from kkbgeo.language import percent
from kkbgeo.measures.observe import portal_dates
from kkbgeo.patterns import movement, movement_page, targets_page
from kkbgeo.patterns.movement import Movement
from kkbgeo.provenance import seal
from kkbgeo.records.tables import CLASSES
from kkbgeo.records.targets import Target

FIRST, MIDDLE, LAST = "2022-06-13", "2022-12-26", "2023-08-28"
PORTAL_WORDS = {"id": "ekspor portal, bukan rilis resmi", "en": "portal export, not an official release"}
#: Words that would make an estimate of a count, or an effect of a move.
FORBIDDEN = {
    "id": re.compile(r"selang|peringkat|corong|dampak|akibat|rata-rata", re.IGNORECASE),
    "en": re.compile(r"interval|rank|funnel|impact|effect|cause|average|mean class", re.IGNORECASE),
}


@pytest.fixture(scope="module")
def wb():
    return kkbgeo.Workbench()


@pytest.fixture(scope="module")
def found(wb):
    return kkbgeo.patterns.progress(wb, draws=199)


@pytest.fixture(scope="module", params=["id", "en"])
def page(request, wb, found):
    return progress_page(wb, found, request.param)


# --- made-up rows -----------------------------------------------------------------------------------------------------


def kampung(code: str, day: str, word: str, **other: str) -> SimpleNamespace:
    made = {"level": "village", "publisher_kind": "portal_export", "source_id": "made-up"}
    return SimpleNamespace(**made | {"code": code, "period_end": day, "class_level": word} | other)


def count(code: str, day: str, *classes: int, **other: object) -> SimpleNamespace:
    made = {"level": "regency" if "." in code else "province", "publisher_kind": "portal_export",
            "source_id": "made-up", "count_kind": "registered", "total": sum(classes)}  # fmt: skip
    return SimpleNamespace(
        **made | {"code": code, "period_end": day} | dict(zip(CLASSES, classes, strict=True)) | other
    )


KAMPUNG = [
    # 63.02: three of both dates and two new ones; 63.11: one of both dates.
    kampung("63.02.01.2001", FIRST, "dasar"), kampung("63.02.01.2001", LAST, "mandiri"),
    kampung("63.02.01.2002", FIRST, "mandiri"), kampung("63.02.01.2002", LAST, "berkembang"),
    kampung("63.02.01.2003", FIRST, "berkelanjutan"), kampung("63.02.01.2003", LAST, "berkelanjutan"),
    kampung("63.02.01.2004", LAST, "dasar"), kampung("63.02.01.2005", LAST, "dasar"),
    kampung("63.11.01.2001", FIRST, "dasar"), kampung("63.11.01.2001", LAST, "dasar"),
    # Left out: gone at the later date, no certain village, another publisher, between the dates.
    kampung("63.11.01.2002", FIRST, "dasar"),
    kampung("63.11", FIRST, "mandiri", level="regency"), kampung("63.11", LAST, "mandiri", level="regency"),
    kampung("63.11.01.2003", FIRST, "dasar", publisher_kind="press"),
    kampung("63.11.01.2003", LAST, "mandiri", publisher_kind="press"),
    kampung("63.11.01.2004", MIDDLE, "mandiri"), kampung("63.11.01.2004", LAST, "mandiri"),
]  # fmt: skip
COUNTS = [
    count("63", FIRST, 3, 0, 1, 1), count("63", MIDDLE, 3, 0, 1, 1), count("63", LAST, 3, 1, 2, 1),
    count("63.02", FIRST, 1, 0, 1, 1), count("63.02", MIDDLE, 1, 0, 1, 1), count("63.02", LAST, 2, 1, 1, 1),
    count("63.11", FIRST, 2, 0, 0, 0), count("63.11", MIDDLE, 2, 0, 0, 0), count("63.11", LAST, 1, 0, 1, 0),
    count("63.05", FIRST, 4, 0, 0, 0), count("63.05", MIDDLE, 4, 0, 0, 0), count("63.05", LAST, 4, 0, 0, 0),
    # Not the portal's, formed, or without a total.
    count("63.05", LAST, 90, 0, 0, 0, publisher_kind="press"), count("63.05", LAST, 90, 0, 0, 0, count_kind="formed"),
    count("63.06", LAST, 1, 1, 1, 1, total=pd.NA),
]  # fmt: skip


@pytest.fixture(scope="module")
def made():
    dates = portal_dates(KAMPUNG, LAST)
    panel, counts = movement.same_kampung(KAMPUNG, dates), movement.registered(COUNTS, LAST)
    return Movement(counts, panel, FIRST, LAST, frozenset())


def test_the_same_kampung_are_those_of_the_portals_first_and_last_list(made):
    assert list(made.panel.index) == ["63.02.01.2001", "63.02.01.2002", "63.02.01.2003", "63.11.01.2001"]
    assert movement.rose_stayed_fell(made.panel) == (1, 2, 1)
    table = movement.moves_table(made.panel)
    assert list(table.index) == list(table.columns) == [*CLASSES, "total"]
    assert table.loc["mandiri"].tolist() == [0, 1, 0, 0, 1]
    assert table.loc["total"].tolist() == [1, 1, 1, 1, 4]
    assert movement.same_kampung(KAMPUNG, [LAST]).empty
    assert movement.moves_table(movement.same_kampung([], [])).to_numpy().sum() == 0


def test_the_same_kampung_stand_beside_all_registered_and_not_against_them(made):
    table = movement.same_and_all(made)
    assert set(table.index) == {"63", "63.02", "63.11", "63.05"}
    assert table.loc["63.02", ["same", "same_before", "same_after", "rose", "fell"]].tolist() == [3, 2, 2, 1, 1]
    assert table.loc["63.02", ["advanced_before", "all_before", "advanced_after", "all_after"]].tolist() == [2, 3, 2, 5]
    # The share of all falls from 2 of 3 to 2 of 5, while of the same kampung 2 of 3 stay: nothing became less.
    assert table.loc["63", ["same", "rose", "fell"]].tolist() == [4, 1, 1]
    assert table.loc["63.05", ["same", "same_after"]].tolist() == [0, 0] and table.loc["63.05", "all_after"] == 4


def test_registration_comes_in_steps(made):
    changes = movement.steps(made.counts)
    assert changes[["code", "since", "until", "before", "after", "added"]].to_numpy().tolist() == [
        ["63.02", MIDDLE, LAST, 3, 5, 2]
    ]
    assert movement.never_changed(made.counts) == ["63.05"]  # 63.11: the total is the same, the classes are not
    steps = pd.DataFrame({"added": [159, 126, 110, 40, 9, 6, -1]})
    assert movement.waves(steps)["added"].tolist() == [159, 126, 110]  # 395 of 450: three are less than four fifths
    assert movement.waves(steps.tail(1)).empty


def test_areas_stand_below_their_province_by_the_share_above_dasar(wb, made):
    every = pd.concat([made.at(LAST, "province"), made.at(LAST)])
    assert movement_page.ordered(wb, every) == ["63", "63.02", "63.11", "63.05"]


# --- the page ---------------------------------------------------------------------------------------------------------


def test_what_the_exports_say(found):
    moved = found.movement
    assert (moved.since, moved.until, moved.newest) == (FIRST, LAST, LAST)
    assert len(moved.panel) == 1324 and movement.rose_stayed_fell(moved.panel) == (333, 970, 21)
    assert movement.moves_table(moved.panel).loc["mandiri", "berkembang"] == 2
    assert moved.at(LAST).sum().tolist() == moved.at(LAST, "province").sum().tolist() == [2018, 1351, 363, 75, 229]
    table = movement.same_and_all(moved)
    regencies = table[table.index.str.len() == 5]
    assert regencies[["same_before", "same_after", "same"]].sum().tolist() == [165, 294, 1324]
    assert regencies[["advanced_before", "all_before", "advanced_after", "all_after"]].sum().tolist() == [
        165, 1327, 304, 2018,
    ]  # fmt: skip
    assert (regencies.groupby(regencies.index.str[:2]).sum() == table[table.index.str.len() == 2]).all(axis=None)
    most = movement.waves(movement.steps(moved.counts))
    assert (len(most), most["added"].sum(), most["added"].min(), most["added"].max()) == (9, 558, 16, 159)
    assert len(movement.never_changed(moved.counts)) == 5


def test_the_indicator_of_rises_tells_the_same(wb, found):
    risen = wb.table("regency", ["kkb_risen_share"]).frame["kkb_risen_share"].dropna()
    table = movement.same_and_all(found.movement).loc[risen.index]
    assert len(risen) > 50 and (100 * table["rose"] / table["same"]).to_numpy() == pytest.approx(risen.to_numpy())


def test_findings_say_the_figures_with_their_dates(page):
    number = {"id": ["2.018", "1.351", "1.324", "1.327"], "en": ["2,018", "1,351", "1,324", "1,327"]}[page.language]
    said = page.sentences
    day, before = {"id": ("28 Agustus 2023", "13 Juni 2022"), "en": ("28 August 2023", "13 June 2022")}[page.language]
    assert number[0] in said[0] and day in said[0] and PORTAL_WORDS[page.language] in said[0]
    assert number[1] in said[1] and day in said[1]
    assert all(one in said[2] for one in (number[2], "333", "970", "21", day, before))
    shares = [percent(one.replace(".", "," if page.language == "id" else "."), page.language)
              for one in ("12.5", "22.2", "12.4", "15.1")]  # fmt: skip
    assert all(one in said[3] for one in [*shares, number[2], number[3], number[0], day, before])
    other = {"id": "selisihnya bukan perubahan", "en": "the difference is no change"}[page.language]
    assert other in said[3]


def section(page, key):
    return next(one for one in page.sections if one["key"] == key)


def test_every_chart_and_table_of_the_portal_says_that_it_is_an_export(page):
    words = PORTAL_WORDS[page.language]
    for key in ("perpindahan", "kelas-kabupaten", "kampung-sama", "pendaftaran", "langkah"):
        assert words in section(page, key)["note"], key
    for key in ("perpindahan", "kelas-kabupaten-data", "kampung-sama-data", "pendaftaran-data", "langkah"):
        # The marks of a row are what a table saved as CSV says of its source.
        assert all(any(getattr(cell, "sources", ()) for cell in row) for row in section(page, key)["rows"]), key
    named = [one for one in page.foot["sources"] if "bkkbn-portal-export" in getattr(one, "key", "").split()]
    assert len(named) == 1 and words in named[0].text


def test_moves_are_counts_alone(page):
    rows = section(page, "perpindahan")["rows"]
    assert len(rows) == 5 and all(len(row) == 6 for row in rows)
    assert [str(row[5]) for row in rows] == ["902", "257", "69", "96", {"id": "1.324", "en": "1,324"}[page.language]]
    assert not any("%" in str(cell) or "–" in str(cell) for row in rows for cell in row)
    ladder = {"id": "bukan tangga yang ketat", "en": "no strict ladder"}[page.language]
    report = {"id": "dapat berarti pelaporan", "en": "may be a report"}[page.language]
    assert ladder in section(page, "perpindahan")["note"] and report in section(page, "perpindahan")["note"]


def test_complete_counts_have_no_interval_and_no_rank_and_nothing_is_an_effect(page):
    for one in page.sections:
        if one["key"] in ("ketimpangan", "batasan", "cakupan"):
            continue  # inequality is of a survey; the other two say what is not shown, and that none is given
        told = [one["title"], one.get("note", ""), *(str(cell) for row in one.get("rows", ()) for cell in row)]
        told += [*map(str, one.get("columns", ())), *map(str, one.get("items", ()))]
        text = " ".join(told + page.sentences)
        assert not FORBIDDEN[page.language].search(text), (one["key"], FORBIDDEN[page.language].search(text))
    keys = {one["key"] for one in page.sections}
    assert not {"advanced", "coverage", "advanced-corong", "coverage-corong"} & keys
    assert "rates" not in dir(targets_page) and "rates" not in dir(movement_page)


def test_coverage_is_told_as_counted(page):
    rows = {str(row[0]): str(row[1]) for row in section(page, "cakupan")["rows"]}
    assert rows["Kabupaten Tanah Laut"] == {"id": "135 dari 135 (semua)", "en": "135 of 135 (all)"}[page.language]
    assert all("%" not in one for one in rows.values())
    full = sum("(semua)" in one or "(all)" in one for one in rows.values())
    chance = {"id": "bukan kebetulan", "en": "not chance"}[page.language]
    assert next(one for one in page.sentences if chance in one).startswith(f"{full} ")


def test_every_regency_stands_on_both_charts_below_its_province(page, wb):
    for key in ("kelas-kabupaten", "kampung-sama"):
        svg = str(section(page, key)["svg"])
        names = re.findall(r'<text x="[^"]+" y="[^"]+"(?: font-weight="600")?>([^<]+)</text>', svg)
        order = [wb.gazetteer.short(code) for code in wb.gazetteer.codes("province")]
        assert [one for one in names if one in order] == order
        assert {wb.gazetteer.short(code) for code in wb.gazetteer.codes("regency")} <= set(names)
    assert len(section(page, "kelas-kabupaten-data")["rows"]) == len(section(page, "kampung-sama-data")["rows"]) == 61


def test_the_page_has_room_for_both_languages(found):
    both = progress_page(kkbgeo.Workbench(), found)
    assert both.languages == ("id", "en") and len(both.html().encode()) < 500_000


# --- targets ----------------------------------------------------------------------------------------------------------


def test_the_targets_of_the_real_reports(found):
    share = found.targets["advanced"]
    assert share.loc["63.01", ["needed", "gap", "state"]].tolist() == [54, 37, "not-reached"]
    assert share.loc["64.74", "state"] == "reached"
    assert (share["state"] == "not-reported").sum() == 0
    assert found.targets["raise_share"].loc["63.01", ["needed", "state"]].tolist() == [7, "reached"]
    assert found.targets["raise_yearly"].empty
    prevalence = found.targets["prevalence"]
    sides = targets_page.sides_of(prevalence)
    assert sides["65.04"] == "below" and sides["64.02"] == "open" and sides["63.01"] == "above"
    within = (prevalence["prevalence"] - found.ceiling).abs() <= found.error
    assert (sides[within] == "open").all() and not (sides[~within] == "open").any()


def test_a_target_binds_its_own_area_and_no_shortfall_is_added_up(page, found):
    said = " ".join(page.sentences)
    berau = next(one for one in page.sentences if "Kabupaten Berau" in one)
    assert "18" in berau and "110" in berau and "26" in berau and "44" in berau and "2023" in berau
    total = int(found.targets["advanced"]["gap"].sum())
    assert total > 100 and not re.search(rf"\b{total}\b", said)
    own = {"id": "(target wilayah ini)", "en": "(the target of this area)"}[page.language]
    marked = [str(row[0]) for row in section(page, "kelas-dan-target")["rows"] if any(own in str(one) for one in row)]
    assert marked == ["Kabupaten Tanah Laut", "Kabupaten Berau"]
    assert PORTAL_WORDS[page.language] in section(page, "kelas-dan-target")["note"]


def test_every_target_that_a_source_names_stands_in_one_table(page, wb):
    rows = section(page, "daftar-target")["rows"]
    assert len(rows) == len(wb.targets) > 20
    assert all(row[-1].key for row in rows)
    assert {str(row[0]) for row in rows} >= {"Indonesia", "Provinsi Kalimantan Selatan", "Kabupaten Berau"}
    written = [percent(one.replace(".", "," if page.language == "id" else "."), page.language)
               for one in ("14", "17.27", "18.1", "21.51")]  # fmt: skip
    south = {str(row[3]) for row in rows if str(row[0]) == "Provinsi Kalimantan Selatan"}
    assert set(written) <= south
    for year, pair in (("2024", written[:2]), ("2023", written[2:])):
        told = [one for one in page.sentences if "Kalimantan Selatan" in one and f"{year} (" in one]
        assert len(told) == 1 and all(figure in told[0] for figure in pair)
        assert told[0] in section(page, "daftar-target")["note"]


def test_two_sources_that_say_the_same_do_not_differ(wb, monkeypatch):
    def target(figure, source, period="2024", code="63"):
        return Target(code, "2023", "prevalence", figure, None, source, period, "as_printed")

    told = (target(14.0, "a"), target(14.0, "b"), target(12.0, "c", "2025"), target(10.0, "d", code=""))
    monkeypatch.setattr(type(wb), "targets", told)
    assert targets_page.differing(wb) == []
    monkeypatch.setattr(type(wb), "targets", (*told, target(9.5, "e", code="")))
    assert [one for one in wb.words(targets_page.differing(wb)) if "Indonesia" in one and "9,5 % dan 10 %" in one]


def test_the_page_cites_no_law_it_has_not_seen(page):
    html = page.html()
    assert page.path == "kemajuan-dan-target.html"
    for url in ("borneotrend.com", "postkalimantan.com", "kalimantanpost.com", "jurnalkaltim.com"):
        assert url in html
    assert "72/2021" not in html
    assert html.count('class="kkb-chart') == 3
    assert {"id": "tidak dapat dinilai", "en": "cannot be judged"}[page.language] in html.lower()


def test_a_time_before_all_reports_gives_sentences_and_no_numbers():
    wb = kkbgeo.Workbench(as_of="2010")
    empty = kkbgeo.patterns.progress(wb, draws=199)
    page = progress_page(wb, empty, "id")
    assert 'kkb-chart"' not in page.html() and not any("0 dari 0" in one for one in page.meta(0)["findings"])
    assert empty.theil is None and empty.gini is None
    assert "tidak memuat ekspor portal" in section(page, "perpindahan")["items"][0]


def test_between_the_two_lists_there_are_classes_and_no_moves():
    wb = kkbgeo.Workbench(as_of="2022-12-31")
    found = kkbgeo.patterns.progress(wb, draws=99)
    assert found.movement.newest == MIDDLE and found.movement.panel.empty
    page = progress_page(wb, found, "id")
    keys = {one["key"] for one in page.sections}
    assert "kelas-kabupaten" in keys and "pendaftaran" in keys and "kampung-sama" not in keys
    assert "26 Desember 2022" in page.sentences[0] and "2.018" not in page.html()


@pytest.fixture
def later_report(tmp_path):
    """The records with a second report of Tanah Laut, a year after the target was named."""
    data = tmp_path / "data"
    shutil.copytree(paths.data_root(), data)
    path = data / "records" / "kampung_counts.csv"
    counts = pd.read_csv(path, dtype=str, keep_default_na=False)
    later = counts[counts["record_id"] == "count-001"].assign(
        record_id="count-9901", as_of="2026-07-31", dasar="80", berkembang="30", mandiri="8", berkelanjutan="17",
        event_id="", note="",
    )  # fmt: skip
    pd.concat([counts, later]).to_csv(path, index=False)
    seal(path)
    return kkbgeo.Workbench(data)


def test_two_reports_since_the_target_was_named_tell_the_second_reading(later_report):
    found = kkbgeo.patterns.progress(later_report, draws=199)
    assert list(found.targets["raise_yearly"].index) == ["63.01"]
    row = found.targets["raise_yearly"].loc["63.01"]
    assert row["net_rise"] == 8 and row["needed"] == 7 and row["state"] == "reached"
    page = progress_page(later_report, found, "id")
    assert str(section(page, "target-raise-yearly-tabel")["rows"][0][4]) == "8"


@pytest.mark.parametrize("wrong", [{"indicator": "kkb_total"}, {"error": -1}, {"error": "5"}, {"ceiling": 101}])
def test_wrong_choices_are_refused(wb, wrong):
    with pytest.raises(ParameterError):
        kkbgeo.patterns.progress(wb, **wrong)
