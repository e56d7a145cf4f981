"""Sheets as offices make them: titles, merged cells, groups, totals, several sheets, names; all problems at once."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intakekit import KAMPUNG, TITLE, codes, csv, dry, keys, ods, where, xlsx
from refusals import refused

from kkbgeo.errors import ParameterError
from kkbgeo.intake import kinds
from kkbgeo.intake.problems import Problem
from kkbgeo.intake.values import plain
from kkbgeo.language import LANGUAGES

PUDAK, BADALUNGGA, BIHARA, BINJU = "63.11.03.2008", "63.11.03.2009", "63.11.03.2004", "63.11.02.2017"


def book(tmp_path, rows, **options):
    return xlsx(tmp_path / "a.xlsx", rows, **options)


def counts(tmp_path, rows, **options):
    return dry(book(tmp_path, [*TITLE, *rows]), "counts", **options)


def figures(done) -> dict[str, tuple[str, ...]]:
    names = ("total", "dasar", "berkembang", "mandiri", "berkelanjutan")
    return {one.values["code"]: tuple(one.values[name] for name in names) for one in done.checked.drafts}


# --- where the table begins -----------------------------------------------------------------------


def test_headings_below_a_title_over_two_rows_with_merged_cells(tmp_path):
    rows = [
        *TITLE,
        ["No", "Kecamatan", "Klasifikasi Kampung KB", None, None, None, "Jumlah"],
        [None, None, "Dasar", "Berkembang", "Mandiri", "Paripurna", None],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"],
        [1, "Awayan", 10, 5, 2, 1, 18],
        [2, "Halong", 4, 3, 0, 0, 7],
    ]
    merged = ("A1:G1", "A5:A6", "B5:B6", "C5:F5", "G5:G6")
    done = dry(book(tmp_path, rows, merged=merged), "counts")
    assert done.status == "ready", [one.line("en") for one in done.problems]
    assert figures(done) == {"63.11.03": ("18", "10", "5", "2", "1"), "63.11.02": ("7", "4", "3", "0", "0")}
    assert {one.values["top_term"] for one in done.checked.drafts} == {"paripurna"}
    assert done.counts["numbering"] == 1


def test_a_group_heading_that_is_not_merged_covers_its_columns(tmp_path):
    rows = [["Kecamatan", "Kelas", None, "Jumlah"], [None, "Dasar", "Mandiri", None], ["Awayan", 3, 4, 7]]
    assert figures(counts(tmp_path, rows)) == {"63.11.03": ("7", "3", "", "4", "")}


def test_places_merged_over_their_rows_or_written_once_hold_for_the_rows_below(tmp_path):
    rows = [
        ["Kecamatan", "Desa", "Klasifikasi"],
        ["Awayan", "Pudak", "Dasar"],
        [None, "Badalungga", "Dasar"],
        ["Halong", "Binju", "Mandiri"],
        [None, "Bangkal", "Mandiri"],
    ]
    expected = [PUDAK, BADALUNGGA, BINJU, "63.11.02.2002"]
    plain = dry(book(tmp_path, [*TITLE, *rows]))
    merged = dry(book(tmp_path, [*TITLE, *rows], merged=("A6:A7", "A8:A9")))
    spread = dry(
        ods(tmp_path / "a.ods", [*[one or [None] for one in TITLE], *rows], spans={(5, 0): (2, 1), (7, 0): (2, 1)})
    )
    assert codes(plain) == codes(merged) == codes(spread) == expected


def test_rows_that_name_a_district_only_are_headings_of_a_group(tmp_path):
    rows = [
        ["No", "Desa/Kelurahan", "Klasifikasi"],
        ["I", "Kecamatan Awayan", None],
        [1, "Pudak", "Dasar"],
        [2, "Badalungga", "Dasar"],
        ["B", "KEC. HALONG", None],
        [1, "Binju", "Mandiri"],
    ]
    done = dry(book(tmp_path, [*TITLE, *rows]))
    assert codes(done) == [PUDAK, BADALUNGGA, BINJU]
    assert done.counts["group"] == 2


def test_one_sheet_for_each_district_named_by_the_sheet_or_its_title(tmp_path):
    table = [["Desa", "Klasifikasi"]]
    awayan, halong = [*TITLE, *table, ["Pudak", "Dasar"]], [*TITLE, ["KECAMATAN HALONG"], *table, ["Binju", "Dasar"]]
    done = dry(
        xlsx(tmp_path / "a.xlsx", awayan, halong, [["isi sendiri"]], names=("Kec. Awayan", "Lembar2", "Catatan"))
    )
    assert codes(done) == [PUDAK, BINJU]
    assert done.checked.skipped == ["Catatan"]


def test_the_region_and_the_date_of_the_title_hold_for_the_rows_but_never_make_up_a_place(tmp_path):
    rows = [*TITLE, ["Kecamatan", "Jumlah Kampung KB"], ["Awayan", 18], [None, 9]]
    done = dry(book(tmp_path, rows), "counts")
    assert where(done) == [("A7", "place_missing")]
    done = dry(book(tmp_path, rows), "counts", within="63.01", accept_valid=True)
    assert keys(done)[0] == "region_differs"
    assert not done.checked.drafts


def test_kampung_with_one_ticked_column_per_class(tmp_path):
    rows = [["Kecamatan", "Desa", "Dasar", "Berkembang", "Mandiri"], ["Awayan", "Pudak", None, "√", None],
            ["Awayan", "Bihara", "v", None, "v"]]  # fmt: skip
    done = dry(book(tmp_path, [*TITLE, *rows]))
    assert [one.values["class_level"] for one in done.checked.drafts] == ["berkembang"]
    assert where(done) == [("E7", "two_classes")]


def test_words_under_the_table_are_no_records_and_signatures_are_not_kept(tmp_path):
    rows = [
        *TITLE,
        *KAMPUNG,
        [],
        ["Sumber: DPPKBP3A"],
        [None, None, None, "Paringin, 2 Januari 2026"],
        [None, None, None, "Kepala Dinas,"],
        [],
        [None, None, None, "Hj. SITI AMINAH, S.KM"],
        [None, None, None, "NIP. 19700101 199503 2 001"],
    ]
    done = dry(book(tmp_path, rows), report=tmp_path)
    assert (done.status, len(done.checked.drafts)) == ("ready", 4), [one.line("en") for one in done.problems]
    assert done.counts["foot"] == 5


def test_headings_of_the_example_row_and_means_are_no_records(tmp_path):
    rows = [
        ["No", "Kecamatan", "Desa", "Klasifikasi"],
        ["Contoh", "Awayan", "Pudak", "Dasar"],
        [1, "Awayan", "Pudak", "Dasar"],
    ]
    done = dry(book(tmp_path, [*TITLE, *rows]))
    assert (codes(done), done.counts["example"]) == ([PUDAK], 1)


@pytest.mark.parametrize("heading", ["Kecamatn", "Desa/Kelurhan", "Klasifikasii"])
def test_a_misspelt_heading_is_named_with_the_one_that_is_meant(tmp_path, heading):
    heads = ["Kecamatan", "Desa/Kelurahan", "Klasifikasi"]
    place = next(number for number, one in enumerate(heads) if one[:4] == heading[:4])
    rows = [
        *TITLE,
        [heading if number == place else one for number, one in enumerate(heads)],
        ["Awayan", "Pudak", "Dasar"],
    ]
    done = dry(book(tmp_path, rows))
    found = next(one for one in done.problems if one.key == "header_like")
    assert (found.row, found.column) == (4, place)
    assert heads[place] in found.fix("id")


# --- totals ---------------------------------------------------------------------------------------

COUNTED = [
    ["No", "Kecamatan", "Dasar", "Berkembang", "Mandiri", "Berkelanjutan", "Jumlah"],
    [1, "Awayan", 10, 5, 2, 1, 18],
    [2, "Halong", 4, 3, 0, 0, 7],
]


def test_totals_over_every_part_are_a_report_of_the_whole(tmp_path, wb):
    districts = [wb.gazetteer.name(code) for code in wb.gazetteer.within("63.11", "district")]
    rows = [COUNTED[0], *([number, name, 4, 3, 1, 0, 8] for number, name in enumerate(districts, start=1))]
    sums = [one * len(districts) for one in (4, 3, 1, 0, 8)]
    done = counts(tmp_path, [*rows, ["Jumlah", None, *sums]])
    assert done.status == "ready", [one.line("en") for one in done.problems]
    assert figures(done)["63.11"] == tuple(map(str, [sums[-1], *sums[:-1]]))
    assert "totals" in done.checked.drafts[-1].values["place_reason"]
    assert (len(done.checked.drafts), done.counts["total"]) == (len(districts) + 1, 1)


def test_totals_over_some_parts_are_compared_and_never_taken_for_the_whole(tmp_path):
    done = counts(tmp_path, [*COUNTED, ["Jumlah", None, 14, 8, 2, 1, 25]])
    assert set(figures(done)) == {"63.11.03", "63.11.02"}
    assert (done.status, done.counts["total"]) == ("ready", 1)


def test_totals_that_differ_are_told_with_both_figures(tmp_path):
    done = counts(tmp_path, [*COUNTED, ["Jumlah", None, 14, 9, 2, 1, 26]])
    assert where(done) == [("D8", "total_differs"), ("G8", "total_differs")]
    assert [(one.facts["total"], one.facts["sum"]) for one in done.problems] == [(9, 8), (26, 25)]
    assert done.status == "refused"
    assert set(figures(counts(tmp_path, [*COUNTED, ["TOTAL", None, 14, 9, 2, 1, 26]], accept_valid=True))) == {
        "63.11.03",
        "63.11.02",
    }


def test_subtotals_are_compared_with_their_own_group(tmp_path):
    rows = [
        ["Kecamatan", "Desa", "Jumlah penerima", "Satuan", "Jenis bantuan"],
        ["Awayan", "Pudak", 10, "keluarga", "sembako"],
        ["Awayan", "Bihara", 5, "keluarga", "sembako"],
        ["Sub Total", None, 15, None, None],
        ["Halong", "Binju", 7, "keluarga", "sembako"],
        ["Sub Total", None, 8, None, None],
        ["Jumlah", None, 22, None, None],
    ]
    done = dry(book(tmp_path, [*TITLE, *rows]), "aid")
    assert where(done) == [("C10", "total_differs")]


def test_a_summary_sheet_that_repeats_rows_is_told_as_rows_that_stand_twice(tmp_path):
    rows = [*TITLE, *COUNTED]
    done = dry(xlsx(tmp_path / "a.xlsx", rows, rows, names=("Data", "Rekap")), "counts")
    assert [(one.sheet, one.cell, one.key) for one in done.problems] == [
        ("Rekap", "B6", "row_twice"),
        ("Rekap", "B7", "row_twice"),
    ]
    assert done.problems[0].facts["other"] == "Data B6"
    assert dry(tmp_path / "a.xlsx", "counts", sheet="Data").status == "ready"


def test_totals_of_observations_are_compared_when_all_rows_are_of_one_indicator(tmp_path):
    rows = [["Kecamatan", "Indikator", "Nilai"], ["Awayan", "KRS", "1.234"], ["Halong", "KRS", 567]]
    assert dry(book(tmp_path, [*TITLE, *rows, ["Total", None, 1801]]), "observations").status == "ready"
    assert where(dry(book(tmp_path, [*TITLE, *rows, ["Total", None, 1800]]), "observations")) == [
        ("C8", "total_differs")
    ]


def test_a_row_of_totals_may_count_its_villages_in_words(tmp_path):
    rows = [["Kecamatan", "Desa", "Klasifikasi"], ["Awayan", "Pudak", "Dasar"], ["Jumlah", "1 Desa", None]]
    done = dry(book(tmp_path, [*TITLE, *rows]))
    assert (codes(done), done.counts["total"]) == ([PUDAK], 1)


# --- places ---------------------------------------------------------------------------------------


def test_offices_own_ways_to_write_a_place(tmp_path):
    rows = [
        ["Kecamatan", "Desa", "Klasifikasi"],
        ["Kec. AWAYAN", "Ds. Pudak", "Dasar"],
        ["awayan", "Desa Sungai Pumpung", "Dasar"],
    ]
    assert codes(dry(book(tmp_path, [*TITLE, *rows]))) == [PUDAK, "63.11.03.2022"]


def test_names_that_are_only_alike_are_problems_with_their_candidates(tmp_path):
    rows = [["Kecamatan", "Desa", "Klasifikasi"], ["Awayan", "Pudeng", "Dasar"], ["Awayan", "Baru", "Dasar"]]
    done = dry(book(tmp_path, [*TITLE, *rows]))
    (found,) = done.problems
    assert (found.cell, found.key, found.value) == ("B6", "place_unknown", "Pudeng")
    assert PUDAK in found.fix("id")
    assert codes(done) == ["63.11.03.2018"]


def test_a_village_that_two_districts_have_is_asked_for(tmp_path, wb):
    names: dict[str, list[str]] = {}
    for code in wb.gazetteer.within("63.11", "village"):
        names.setdefault(wb.gazetteer.name(code), []).append(code)
    name, twins = next((name, found) for name, found in names.items() if len(found) > 1)
    done = dry(book(tmp_path, [*TITLE, ["Desa", "Klasifikasi"], [name, "Dasar"]]))
    (found,) = done.problems
    assert found.key == "place_ambiguous"
    assert all(code in found.fix("en") for code in twins[:2])


def test_codes_beside_names_must_agree_with_them(tmp_path):
    rows = [
        ["Kode Desa", "Desa", "Klasifikasi"],
        [PUDAK, "Pudak", "Dasar"],
        [BIHARA, "Badalungga", "Dasar"],
        ["63.11.03.9999", None, "Dasar"],
        ["63.01.01.2001", None, "Dasar"],
    ]
    done = dry(book(tmp_path, [*TITLE, *rows]))
    assert where(done)[:2] == [("A7", "code_against_name"), ("A8", "code_unclear")]
    assert where(done)[2] == ("A9", "outside") or where(done)[2][1] == "code_unclear"
    assert codes(done) == [PUDAK]


def test_a_kampung_needs_its_village(tmp_path):
    rows = [["Kecamatan", "Desa", "Klasifikasi"], ["Awayan", None, "Dasar"]]
    assert where(dry(book(tmp_path, [*TITLE, *rows]))) == [("B6", "village_needed")]


def test_a_column_of_mixed_places_needs_their_kind(tmp_path):
    rows = [
        *TITLE,
        ["Wilayah", "Jumlah Kampung KB"],
        ["Kab. Balangan", 110],
        ["Kec. Awayan", 18],
        ["63.11.02", 7],
        ["Paringin", 3],
    ]
    done = dry(book(tmp_path, rows), "counts")
    assert codes(done) == ["63.11", "63.11.03", "63.11.02"]
    assert where(done) == [("A9", "place_level")]


def test_the_day_a_kampung_was_formed_is_not_the_date_of_its_class(tmp_path):
    rows = [
        ["Kecamatan", "Desa", "Klasifikasi", "Tanggal Pembentukan", "Tahun SK"],
        ["Awayan", "Pudak", "Dasar", "1/2/2017", 2017],
    ]
    done = dry(book(tmp_path, [*TITLE, *rows]))
    assert [one.values["as_of"] for one in done.checked.drafts] == ["2025-12-31"]
    assert len(done.checked.sheets[0].layout.unused) == 2


def test_hamlets_keep_their_own_row(tmp_path):
    rows = [
        ["Kecamatan", "Desa", "Dusun", "Klasifikasi"],
        ["Awayan", "Pudak", "RT 1", "Dasar"],
        ["Awayan", "Pudak", "RT 2", "Dasar"],
    ]
    done = dry(book(tmp_path, rows), as_of="2018", within="63.11")
    assert [(one.values["unit"], one.values["definition"]) for one in done.checked.drafts] == [
        ("hamlet", "before_2022")
    ] * 2
    assert "RT 1" in done.checked.drafts[0].values["note"]


# --- kinds ----------------------------------------------------------------------------------------


def test_aid_with_words_units_and_dates_as_offices_write_them(tmp_path):
    rows = [
        ["Hari/Tanggal Penyaluran Bantuan", "Kec.", "Desa", "Jenis Bantuan", "Jumlah Penerima", "Status"],
        ["Rabu/12 November 2025", "Awayan", "Pudak", "Penyaluran sembako KRS", "10 KK", "Disalurkan"],
        ["12/11/2025", "Awayan", "Bihara", "Dapur Sehat", "1.250 anak", None],
        [dt.date(2025, 11, 12), "Halong", None, "pelatihan kader", None, "Pelatihan"],
    ]
    done = dry(book(tmp_path, rows), "aid", within="63.11")
    assert done.status == "ready", [one.line("en") for one in done.problems]
    told = [tuple(one.values[name] for name in ("code", "as_of", "aid_type", "beneficiaries", "unit", "status"))
            for one in done.checked.drafts]  # fmt: skip
    assert told == [
        (PUDAK, "2025-11-12", "sembako", "10", "families", "delivered"),
        (BIHARA, "2025-11-12", "dashat", "1250", "children", "delivered"),
        ("63.11.02", "2025-11-12", "other", "", "", "training"),
    ]
    assert done.checked.drafts[2].values["note"] == "pelatihan kader"


def test_whom_aid_is_for_is_read_from_its_column_or_from_the_unit(tmp_path):
    rows = [
        ["Tanggal", "Kec.", "Desa", "Jenis Bantuan", "Jumlah Penerima", "Untuk siapa"],
        ["12/11/2025", "Awayan", "Pudak", "sembako", "10 KRS", None],
        ["12/11/2025", "Awayan", "Bihara", "sembako", "5 KK", "keluarga miskin"],
    ]
    done = dry(book(tmp_path, rows), "aid", within="63.11")
    assert done.status == "ready", [one.line("en") for one in done.problems]
    assert [(one.values["unit"], one.values["for_whom"]) for one in done.checked.drafts] == [
        ("families", "at_risk"), ("families", "poor"),
    ]  # fmt: skip


def test_a_number_of_recipients_needs_its_unit(tmp_path):
    rows = [["Kecamatan", "Jenis Bantuan", "Jumlah"], ["Awayan", "sembako", 10]]
    assert where(dry(book(tmp_path, [*TITLE, *rows]), "aid")) == [("C6", "unit_missing")]


def test_observations_go_to_the_table_that_their_indicator_is_read_from(tmp_path):
    rows = [
        ["Kabupaten/Kota", "Indikator", "Nilai", "Satuan", "Periode"],
        ["Balangan", "Keluarga Berisiko Stunting", "12.345", "keluarga", "Semester II 2025"],
        ["Balangan", "families_at_risk", 11000, None, 2024],
        ["Balangan", "SSGI 2024", "29,8", "%", 2024],
        ["Balangan", "kkb_total", 110, "kampung", "31/12/2025"],
        ["Balangan", "Kampung KB dasar", 60, None, "31/12/2025"],
        ["Balangan", "kkb_berkembang", 30, None, "31/12/2025"],
        ["Balangan", "kkb_mandiri", 12, None, "31/12/2025"],
        ["Balangan", "kkb_berkelanjutan", 8, None, "31/12/2025"],
        ["Balangan", "Jumlah Penduduk", 130000, "jiwa", 2025],
        ["Balangan", "Keluarga penerima bantuan", 40, "KK", 2025],
    ]
    done = dry(book(tmp_path, rows), "observations")
    assert done.status == "ready", [one.line("en") for one in done.problems]
    tables = [(one.table, one.values["code"]) for one in done.checked.drafts]
    assert tables == [(name, "63.11") for name in (
        "at_risk_families", "at_risk_families", "prevalence", "kampung_counts", "population_area", "aid_events",
    )]  # fmt: skip
    first, _, survey, whole, people, aid = (one.values for one in done.checked.drafts)
    assert (first["families_at_risk"], first["semester"], first["as_of"]) == ("12345", "2", "2025")
    assert (survey["survey"], survey["prevalence_percent"]) == ("SSGI", "29.8")
    assert [whole[name] for name in ("total", "dasar", "berkembang", "mandiri", "berkelanjutan")] == [
        "110",
        "60",
        "30",
        "12",
        "8",
    ]
    assert (people["population_total"], aid["beneficiaries"], aid["unit"]) == ("130000", "40", "families")


@pytest.mark.parametrize(
    ("indicator", "value", "period", "key"),
    [
        ("kkb_coverage", 80, "2025", "indicator_derived"),
        ("Bagian Kampung KB mandiri atau lebih", 80, "2025", "indicator_derived"),
        ("stunting_prevalence", 29.8, "2024", "indicator_survey"),
        ("aid_events", 3, "2025", "indicator_events"),
        ("kkb_villages_named", 3, "2025", "indicator_named"),
        ("kkb_class_total", 3, "2025", "indicator_class_total"),
        ("curah hujan", 3, "2025", "indicator_unknown"),
        ("ssgi 2024", 29.8, "2022", "survey_year"),
        ("ssgi 2024", 129.8, "2024", "above_100"),
        ("kkb_total", 30, "2018", "definition_differs"),
        ("krs", 12.5, "2025", "not_whole"),
        ("krs", None, "2025", "needed_empty"),
        ("krs", "12 anak", "2025", "unit_differs"),
    ],
)
def test_observations_that_cannot_be_taken_are_refused_with_the_reason(tmp_path, indicator, value, period, key):
    rows = [["Kabupaten", "Indikator", "Nilai", "Tahun"], ["Balangan", indicator, value, period]]
    done = dry(book(tmp_path, rows), "observations", within="63")
    assert keys(done) == [key]
    assert not done.checked.drafts


def test_a_percentage_that_excel_keeps_as_a_share_is_read_as_it_is_shown(tmp_path):
    import openpyxl

    path = book(tmp_path, [["Kabupaten", "Indikator", "Nilai"], ["Balangan", "ssgi 2024", 0.298]])
    opened = openpyxl.load_workbook(path)
    opened.active["C2"].number_format = "0.0%"
    opened.save(path)
    done = dry(path, "observations", as_of="2024", within="63")
    assert [one.values["prevalence_percent"] for one in done.checked.drafts] == ["29.8"]


def test_counts_check_their_classes_against_the_total(tmp_path):
    rows = [
        ["Kecamatan", "Dasar", "Berkembang", "Mandiri", "Berkelanjutan", "Paripurna", "Jumlah"],
        ["Awayan", 10, 5, 2, 1, None, 19],
        ["Halong", 4, 3, 0, None, 1, None],
        ["Juai", 1, 1, 1, 1, 1, 5],
        ["Lampihong", None, None, None, None, None, "-"],
        ["Paringin", 3, None, None, None, None, "sekitar 12"],
    ]
    done = counts(tmp_path, rows)
    assert where(done) == [("G6", "parts_differ"), ("F8", "two_tops")]
    assert (
        figures(done) == {"63.11.02": ("8", "4", "3", "0", "1"), "63.11.04": ("20", "3", "", "", "")}
        or len(figures(done)) == 2
    )
    assert [one.values["derived"] for one in done.checked.drafts] == ["total", ""]
    assert [one.values["about"] for one in done.checked.drafts] == ["false", "true"]


# --- personal data --------------------------------------------------------------------------------

NIK, PHONE, MOTHER = "6311031204850001", "081234567890", "SITI AMINAH"


@pytest.mark.parametrize(
    ("heading", "value"),
    [("NIK", NIK), ("No. KK", NIK), ("Nama Ibu", MOTHER), ("No. HP", PHONE), ("Alamat", "Jl. Melati 3"),
     ("Tgl Lahir", dt.date(1985, 1, 2)), ("Nama Kepala Keluarga", MOTHER), ("Identitas", NIK), ("X", int(NIK))],
)  # fmt: skip
def test_columns_of_personal_data_are_refused_and_their_values_go_nowhere(tmp_path, heading, value):
    rows = [
        *TITLE,
        ["Kecamatan", "Desa", "Klasifikasi", heading],
        ["Awayan", "Pudak", "Dasar", value],
        ["Awayan", "Bihara", "x", value],
    ]
    path = book(tmp_path, rows)
    done = dry(path, report=tmp_path / "out")
    assert ("D5", "personal_column") in where(done)
    assert done.status == "refused"
    part = dry(path, report=tmp_path / "part", accept_valid=True)
    assert codes(part) == [PUDAK]
    for one in (done, part):
        said = " ".join(problem.line(tongue) for problem in one.problems for tongue in LANGUAGES)
        kept = " ".join(" ".join(draft.values.values()) for draft in one.checked.drafts)
        assert str(value) not in said + kept
    import openpyxl

    for file in (done.marked, part.marked):
        shown = [
            str(cell)
            for sheet in openpyxl.load_workbook(file)
            for row in sheet.iter_rows(values_only=True)
            for cell in row
        ]
        assert not any(str(value)[:10] in cell for cell in shown)
        assert any("tidak dibaca" in cell for cell in shown)
    assert str(value) not in part.rejects.read_text(encoding="utf-8-sig")


def test_personal_numbers_inside_other_cells_are_refused_and_never_shown(tmp_path):
    rows = [["Kecamatan", "Desa", "Klasifikasi", "Keterangan"], ["Awayan", "Pudak", "Dasar", f"hub. {PHONE}"],
            ["Awayan", "Bihara", NIK, None]]  # fmt: skip
    done = dry(book(tmp_path, [*TITLE, *rows]), report=tmp_path, accept_valid=True)
    assert {("D6", "personal_cell"), ("C7", "personal_cell")} <= set(where(done))
    assert not done.checked.drafts
    content = b"".join(one.read_bytes() for one in tmp_path.iterdir() if one.suffix == ".csv")
    said = " ".join(problem.line(tongue) for problem in done.problems for tongue in LANGUAGES)
    for secret in (PHONE, NIK):
        assert secret not in said
        assert secret.encode() not in content


def test_names_in_a_column_for_numbers_are_refused_as_personal_and_not_shown(tmp_path):
    rows = [["Kecamatan", "Jenis Bantuan", "Penerima"], ["Awayan", "sembako", "Siti Aminah"], ["Halong", "PMT", "Budi"]]
    done = dry(book(tmp_path, [*TITLE, *rows]), "aid", report=tmp_path)
    assert where(done) == [("C5", "personal_column")]
    import openpyxl

    for sheet in openpyxl.load_workbook(done.marked):
        assert not any("Siti" in str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)


def test_a_column_of_families_counted_is_no_column_of_their_heads(tmp_path):
    rows = [*TITLE, ["Kecamatan", "Desa", "Klasifikasi", "Kepala Keluarga"], ["Awayan", "Pudak", "Dasar", 120]]
    assert codes(dry(book(tmp_path, rows))) == [PUDAK]


# --- all problems at once -------------------------------------------------------------------------


def test_all_problems_are_told_at_once_with_sheet_cell_value_rule_and_remedy_in_both_languages(tmp_path):
    rows = [
        ["Kecamatan", "Desa", "Klasifikasi", "Tanggal", "Status"],
        ["Awayan", "Pudeng", "emas", "31/02/2025", "terbentuk"],
        ["Awayan", "Bihara", "Dasar", "11/13/2025", "entah"],
        ["Awayan", "Pudak", "Dasar", None, None],
    ]
    done = dry(xlsx(tmp_path / "a.xlsx", [*TITLE[:2], *rows], names=("Data",)))
    assert where(done) == [
        ("B4", "place_unknown"), ("C4", "word_unknown"), ("D4", "no_such_day"),
        ("D5", "day_first"), ("E5", "word_unknown"), ("D6", "date_missing"),
    ]  # fmt: skip
    for one in done.problems:
        assert isinstance(one, Problem)
        for tongue in LANGUAGES:
            line = one.line(tongue)
            assert f"[Data {one.cell}]" in line
            assert one.value in line
            assert "{" not in line
            assert one.rule(tongue) != one.fix(tongue)
    assert done.problems[1].rule("id") != done.problems[1].rule("en")
    assert "dasar, berkembang, mandiri, berkelanjutan, paripurna" in done.problems[1].fix("id")


def test_text_of_a_csv_is_told_with_the_line_of_the_file(tmp_path):
    done = dry(csv(tmp_path / "a.csv", [*TITLE, *KAMPUNG, [5, "Awayan", "Bihara Hilir", "emas"]]))
    assert where(done) == [("D10", "word_unknown")]


# --- anything at all ------------------------------------------------------------------------------------------------

CELLS = st.one_of(
    st.none(),
    st.integers(-10, 10**17),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(dt.date(1900, 3, 1), dt.date(2100, 1, 1)),
    st.sampled_from(["Kecamatan", "Desa", "Klasifikasi", "NIK", "Jumlah", "Total", "Awayan", "Pudak", "Dasar"]),
    st.sampled_from(["-", "=1", "Kec. Halong", "Contoh", "Sumber: x", "63.11", "62.1", "\x01\ufffe", "1.234,5"]),
    st.text(max_size=12),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, max_size=6), max_size=12), st.sampled_from(sorted(kinds.KINDS)))
def test_any_sheet_ends_in_a_result_with_every_row_accounted_for(tmp_path, rows, kind):
    heads = {
        "kampung": ["Kecamatan", "Desa", "Klasifikasi"],
        "counts": ["Kecamatan", "Jumlah"],
        "aid": ["Kecamatan", "Jenis Bantuan", "Jumlah"],
        "observations": ["Wilayah", "Indikator", "Nilai"],
    }
    text = [[plain(cell) if not isinstance(cell, bool) else "ya" for cell in row] for row in [heads[kind], *rows]]
    lines = [["".join(sign for sign in cell if sign not in '";') for cell in row] for row in text]
    done = dry(csv(tmp_path / "a.csv", lines), kind, as_of="2025", accept_valid=True, report=tmp_path)
    assert done.status in ("ready", "refused")
    for one in done.problems:
        assert all(one.line(tongue) for tongue in LANGUAGES)
    if done.checked.sheets:
        below = [row for _, row in done.checked.fates]
        filled = [number for number, row in enumerate(done.grids[0].rows) if any(plain(cell) for cell in row)]
        assert sorted(below) == filled
        recorded = {(one.sheet, one.row) for one in done.checked.drafts}
        assert {place for place, fate in done.checked.fates.items() if fate == "record"} == {
            place for place in recorded if done.checked.fates[place] == "record"
        }


@pytest.mark.parametrize(
    ("cell", "name", "options", "expected"),
    [
        (62.1, "Gunung Mas", {}, "62.10"),
        (62.1, None, {}, "62.10"),  # as a number only 62.10 becomes 62.1
        ("62.1", "Gunung Mas", {}, "62.10"),
        ("62.1", None, {}, "code_unclear"),
        (6210, None, {}, "code_unclear"),
        (6210, "Gunung Mas", {}, "62.10"),
        (6210, "Pulang Pisau", {}, "62.11"),
        (6210, None, {"system": "bps"}, "62.11"),
        (6210, None, {"system": "kemendagri"}, "62.10"),
        ("62,10", None, {}, "62.10"),
        ("62.10", "Pulang Pisau", {}, "code_against_name"),
        ("6.21E+09", None, {}, "code_unclear"),
    ],
)
def test_codes_are_mended_only_where_that_is_certain(tmp_path, cell, name, options, expected):
    rows = [["Kode", "Kabupaten", "Jumlah Kampung KB"], [cell, name, 50]]
    done = dry(book(tmp_path, rows), "counts", as_of="2025", **options)
    assert (codes(done) or keys(done)) == [expected]


def test_the_heading_of_a_code_column_says_whose_codes_they_are(tmp_path):
    rows = [["Kode BPS", "Jumlah Kampung KB"], [6210, 50]]
    assert codes(dry(book(tmp_path, rows), "counts", as_of="2025")) == ["62.11"]


# --- what a title says ----------------------------------------------------------------------------

ROW = [["Kecamatan", "Desa", "Klasifikasi"], ["Simpang Empat", "Sungai Raya", "Dasar"]]


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("KAMPUNG KB KAB. HSS TAHUN 2025", "63.06"),
        ("REKAP KAMPUNG KB KABUPATEN KOTA BARU TAHUN 2025", "63.02"),
        ("DATA KAMPUNG KB KOTA PALANGKA RAYA PER 31-12-2025", "62.71"),
        ("PEMERINTAH KABUPATEN BALANGAN PROVINSI KALIMANTAN SELATAN TAHUN 2025", "63.11"),
        ("DATA KAMPUNG KB SE-KABUPATEN TAPIN TAHUN 2025", "63.05"),
    ],
)
def test_a_region_of_the_title_is_told_as_names_of_rows_are(tmp_path, title, code):
    done = dry(book(tmp_path, [[title], [], *ROW]))
    assert done.checked.sheets[0].context.titled == code
    assert done.status == "refused"
    assert keys(done) == ["place_unknown"]  # none of them has a district Simpang Empat


@pytest.mark.parametrize("title", ["KABUPATEN BANJAR BARU", "KAB. HULU SUNGAI", "KOTA BANJAR", "PROVINSI JAWA TIMUR"])
def test_a_region_of_the_title_that_cannot_be_told_stops_its_sheet(tmp_path, title):
    path = book(tmp_path, [[f"DATA KAMPUNG KB {title} TAHUN 2025"], [], *ROW])
    done = dry(path, accept_valid=True)
    (found,) = [one for one in done.problems if one.key == "title_unclear"]
    assert (found.cell, done.checked.drafts) == ("A1", [])
    assert "--within" in found.fix("id")
    assert codes(dry(path, within="63.03")) == ["63.03.08.2009"]


@pytest.mark.parametrize(
    "title",
    ["JUMLAH PER KABUPATEN/KOTA DI KALIMANTAN SELATAN", "DATA PER KECAMATAN DAN DESA", "KABUPATEN SE-KALIMANTAN"],
)
def test_words_for_levels_that_name_no_region_are_no_problem(tmp_path, title):
    rows = [[f"{title} TAHUN 2025"], [], ["Kabupaten", *ROW[0]], ["Banjar", *ROW[1]]]
    assert codes(dry(book(tmp_path, rows))) == ["63.03.08.2009"]


def test_a_village_and_its_district_alone_do_not_choose_a_regency(tmp_path):
    done = dry(book(tmp_path, [["DATA KAMPUNG KB TAHUN 2025"], [], *ROW]))
    assert where(done) == [("B4", "regency_missing")]
    assert "63.03.08.2009" in done.problems[0].fix("id")


def test_the_district_of_a_group_counts_as_printed_in_its_rows(tmp_path):
    rows = [ROW[0], ["Awayan", "Pudak", "Dasar"], [None, "Binju", "Dasar"]]
    done = dry(book(tmp_path, [*TITLE, *rows]))
    assert codes(done) == [PUDAK]
    assert (done.problems[0].row, len(done.problems)) == (6, 1)


def test_a_row_of_the_whole_regency_has_no_district_of_the_rows_above(tmp_path):
    rows = [["Kabupaten", "Kecamatan", "Desa", "Jenis bantuan"], ["Balangan", "Awayan", "Pudak", "sembako"],
            ["Balangan", None, None, "beras"], [None, None, None, "pangan"]]  # fmt: skip
    done = dry(book(tmp_path, [*TITLE, *rows]), "aid")
    assert codes(done) == [PUDAK, "63.11"]
    assert where(done) == [("A8", "place_missing")] or keys(done) == ["place_missing"]
    assert all("district" not in row.carried for row in done.checked.sheets[0].rows[1:])


@pytest.mark.parametrize(
    ("title", "as_of"),
    [("TW III TAHUN 2025", "2025-09-30"), ("SEMESTER I TAHUN 2025", "2025-06-30"), ("TAHUN 2025", "2025")],
)
def test_a_part_of_a_year_in_a_title_is_never_cut_to_the_year(tmp_path, title, as_of):
    rows = [[f"KABUPATEN BALANGAN {title}"], [], ROW[0], ["Awayan", "Pudak", "Dasar"]]
    done = dry(book(tmp_path, rows))
    assert [one.values["as_of"] for one in done.checked.drafts] == [as_of]


def test_dates_after_today_are_problems_wherever_they_stand(tmp_path):
    rows = [["KABUPATEN BALANGAN"], ["KEADAAN PER 31 DESEMBER 2150"], ROW[0], ["Awayan", "Pudak", "Dasar"]]
    done = dry(book(tmp_path, rows))
    assert ("A2", "future") in where(done)
    assert dry(tmp_path / "a.xlsx", as_of="2025").status == "ready"
    with refused(ParameterError, value="2150"):
        dry(tmp_path / "a.xlsx", as_of="2150")


# --- totals of lists, impossible figures, rows that report nothing --------------------------------


@pytest.mark.parametrize(
    ("last", "wrong"),
    [(["Jumlah", 3, None], False), (["Jumlah", 4, None], True), (["JUMLAH", "21 Desa", None], True),
     (["Total Kampung KB: 4", None, None], True), (["Total: 3 desa", None, None], False),
     (["Jumlah", "2 Kecamatan", None], False), (["Jumlah", None, 5], True)],
)  # fmt: skip
def test_the_total_of_a_list_is_compared_with_its_rows(tmp_path, last, wrong):
    rows = [["Kecamatan", "Desa", "Klasifikasi"], ["Awayan", "Pudak", "Dasar"], [None, "Bihara", "Dasar"],
            ["Halong", "Binju", "Dasar"]]  # fmt: skip
    done = dry(book(tmp_path, [*TITLE, *rows, last]))
    assert keys(done) == (["count_differs"] if wrong else [])
    assert done.counts["total"] == 1
    if wrong:
        assert done.problems[0].facts["rows"] == 3


def test_totals_of_ticked_classes_are_compared_with_the_ticks(tmp_path):
    rows = [["No", "Kecamatan", "Desa", "Dasar", "Mandiri"], [1, "Awayan", "Pudak", "v", None],
            [2, "Awayan", "Bihara", "v", None], [3, "Halong", "Binju", None, 1]]  # fmt: skip
    assert dry(book(tmp_path, [*TITLE, *rows, [None, None, "JUMLAH", 2, 1]])).status == "ready"
    done = dry(book(tmp_path, [*TITLE, *rows, [None, None, "JUMLAH", 3, 1]]))
    assert where(done) == [("D9", "count_differs")]
    assert (done.problems[0].facts["total"], done.problems[0].facts["rows"]) == (3, 2)


def test_more_kampung_than_villages_cannot_be_after_the_village_became_the_unit(tmp_path, wb):
    villages = len(wb.gazetteer.within("63.11.03", "village"))
    rows = [["Kecamatan", "Jumlah Kampung KB", "Dasar"], ["Awayan", villages + 1, 3], ["Halong", 2, 2]]
    done = dry(book(tmp_path, [*TITLE, *rows]), "counts")
    assert where(done) == [("B6", "more_than_villages")]
    assert villages in done.problems[0].facts.values()
    assert dry(tmp_path / "a.xlsx", "counts", as_of="2019").status == "ready"  # hamlets counted then
    long = [["Kecamatan", "Indikator", "Nilai"], ["Awayan", "Jumlah Kampung KB", villages * 6]]
    assert where(dry(book(tmp_path, [*TITLE, *long]), "observations")) == [("C6", "more_than_villages")]


def test_a_survey_tells_nothing_below_a_regency(tmp_path):
    rows = [["Kabupaten", "Kecamatan", "Indikator", "Nilai"], ["Balangan", "Awayan", "SSGI 2024", "21,5"],
            ["Balangan", None, "SSGI 2024", "21,5"]]  # fmt: skip
    done = dry(book(tmp_path, [*TITLE, *rows]), "observations", as_of="2024")
    assert [one.key for one in done.problems] == ["survey_below"]
    assert codes(done) == ["63.11"]


def test_a_row_of_dashes_is_not_reported_and_stops_nothing(tmp_path):
    rows = [["Kecamatan", "Jumlah Kampung KB", "Dasar"], ["Awayan", "-", "-"], ["Halong", 3, 2]]
    done = dry(book(tmp_path, [*TITLE, *rows]), "counts")
    assert (done.status, codes(done), done.counts["unreported"]) == ("ready", ["63.11.02"], 1)
    rows = [["Kecamatan", "Indikator", "Nilai"], ["Awayan", "KRS", "tad"], ["Halong", "KRS", 3]]
    assert codes(dry(book(tmp_path, [*TITLE, *rows]), "observations")) == ["63.11.02"]


# --- what is said of places -----------------------------------------------------------------------


def test_a_village_of_another_district_is_told_as_a_contradiction_in_both_languages(tmp_path):
    rows = [["Kecamatan", "Desa", "Klasifikasi"], ["Juai", "Tariwin", "Dasar"]]
    done = dry(book(tmp_path, [*TITLE, *rows]), report=tmp_path)
    assert where(done) == [("B6", "place_contradicts")]
    (found,) = done.problems
    assert 'Kecamatan Juai tidak punya "Tariwin"' in found.rule("id")
    assert 'Kecamatan Juai has no "Tariwin"' in found.rule("en")
    assert found.rule("en").count("coded to") == 0
    assert found.fix("en").count("63.11.04.2001") == 1
    import openpyxl

    said = openpyxl.load_workbook(done.marked)["Sheet1"]["B6"].comment.text
    assert found.rule("id") in said
    assert found.rule("en") in said


def test_a_number_read_as_one_of_bps_says_so(tmp_path):
    rows = [["Kode BPS", "Kabupaten", "Jumlah Kampung KB"], ["6210", "Katingan", 15]]
    (found,) = dry(csv(tmp_path / "a.csv", rows), "counts", as_of="2025").problems
    assert "nomor BPS" in found.rule("id")
    assert "read as a BPS number; Kemendagri code 62.11" in found.rule("en")


def test_names_and_numbers_of_persons_leave_no_trace_in_notes_and_copies(tmp_path):
    rows = [["Kecamatan", "Desa", "Klasifikasi", "Keterangan"], ["Awayan", "Pudak", "Dasar", "ketua: Ahmad; aktif"],
            ["Awayan", "Bihara", "Dasar", "Hub. 0812-3456-7890 (Ibu Siti)"]]  # fmt: skip
    done = dry(book(tmp_path, [*TITLE, *rows]), report=tmp_path, accept_valid=True)
    assert [one.values["note"] for one in done.checked.drafts] == ["ketua: ••••; aktif"]
    assert keys(done) == ["personal_cell"]
    import openpyxl

    copy = openpyxl.load_workbook(done.marked)["Sheet1"]
    assert (copy["D6"].value, copy["D7"].value) == ("ketua: ••••; aktif", "••••")
    assert "Siti" not in done.rejects.read_text(encoding="utf-8-sig")


def test_the_name_of_a_sheet_is_no_district_unless_its_regency_has_one(tmp_path):
    rows = [["Kabupaten", "Desa", "Klasifikasi"], ["Balangan", "Pudak", "Dasar"]]
    done = dry(book(tmp_path, rows, names=("Lembar Kerja",)), as_of="2025")
    assert codes(done) == [PUDAK], [one.line("en") for one in done.problems]
    titled = [["KECAMATAN HALONG"], *rows]
    assert keys(dry(book(tmp_path, titled), as_of="2025")) == ["place_contradicts"]
