"""What stands in a cell: numbers, dates and words as offices write them, and personal data that is never read."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkbgeo.exports import neutral, restored, write_csv
from kkbgeo.intake import kinds
from kkbgeo.intake.grids import Fault, Percent, Uncounted, box_of, coordinate
from kkbgeo.intake.personal import cell_kind, column_kind, covered, heading_kind, masked
from kkbgeo.intake.values import UnreadableError, number, plain, style_of, when

# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "style", "expected"),
    [
        ("1.234,5", "", 1234.5),
        ("1,234.5", "", 1234.5),
        ("1.234", "", 1234),
        ("1.234", "en", 1.234),
        ("1,234", "en", 1234),
        ("1,234", "", 1.234),
        ("12.345.678", "en", 12345678),
        ("29,8", "", 29.8),
        ("29.8", "", 29.8),
        ("0.125", "", 0.125),
        ("29,8 %", "", 29.8),
        (Percent(0.298), "", 29.8),
        ("10 KK", "", 10),
        ("±50", "", 50),
        ("sekitar 1.200", "", 1200),
        ("nihil", "", 0),
        (0, "", 0),
        (62.5, "", 62.5),
        ("1 234", "", 1234),
        (" 135 ", "", 135),
    ],
)
def test_numbers(cell, style, expected):
    assert number(cell, style=style).value == pytest.approx(expected)


@pytest.mark.parametrize("cell", [None, "", "-", "–", "tad", "n/a", "Tidak ada data"])
def test_no_figure_is_none_and_never_zero(cell):
    assert number(cell) is None


@pytest.mark.parametrize(
    ("cell", "options", "key"),
    [
        ("dua", {}, "not_a_number"),
        ("12-15", {}, "not_a_number"),
        ("1.23.4", {}, "not_a_number"),
        ("=1+1", {}, "not_a_number"),
        (True, {}, "not_a_number"),
        (float("nan"), {}, "not_a_number"),
        ("1e400", {}, "not_a_number"),
        ("-5", {}, "negative"),
        (-5, {}, "negative"),
        ("12,5", {"whole": True}, "not_whole"),
        ("1,234", {"style": "mixed"}, "two_readings"),
        (dt.date(2025, 1, 2), {}, "date_not_number"),
        (Uncounted("=A1"), {}, "no_result"),
        (Fault("#REF!"), {}, "sheet_error"),
    ],
)
def test_what_is_no_number_is_refused_with_its_reason(cell, options, key):
    with pytest.raises(UnreadableError) as refused:
        number(cell, **options)
    assert refused.value.key == key


def test_the_way_a_sheet_writes_numbers_is_told_by_those_that_leave_no_doubt():
    assert style_of(["1.234", "135", None, 3.5]) == ""
    assert style_of(["1.234", "29,8"]) == "id"
    assert style_of(["1,234", "29.8"]) == "en"
    assert style_of(["29,8", "29.8"]) == "mixed"


@given(st.integers(0, 10**9))
def test_whole_numbers_come_back_however_they_are_grouped(figure):
    grouped = f"{figure:,}".replace(",", ".")
    assert number(str(figure), whole=True).value == figure
    assert number(grouped, whole=True).value == figure
    assert number(f"{grouped} keluarga", whole=True).value == figure


@given(st.decimals(0, 99_999, places=1))
def test_decimals_come_back_in_both_ways_of_writing(figure):
    english = f"{figure:,}"
    indonesian = english.translate(str.maketrans(",.", ".,"))
    assert number(indonesian).value == pytest.approx(float(figure))
    assert number(english, style="en").value == pytest.approx(float(figure))


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.dates()))
def test_any_cell_is_read_or_refused_with_a_reason(cell):
    for read in (number, when):
        try:
            read(cell)
        except UnreadableError as refused:
            assert refused.key


# --- dates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("12 November 2025", "2025-11-12"),
        ("12 Nopember 2025", "2025-11-12"),
        ("12/11/2025", "2025-11-12"),
        ("12-11-2025", "2025-11-12"),
        ("12.11.2025", "2025-11-12"),
        ("12/11/25", "2025-11-12"),
        ("2025-11-12", "2025-11-12"),
        ("2025-11-12 00:00:00", "2025-11-12"),
        ("Rabu, 12 November 2025", "2025-11-12"),
        ("per 31 Desember 2024", "2024-12-31"),
        ("November 2025", "2025-11"),
        ("Agt 2024", "2024-08"),
        ("11/2025", "2025-11"),
        ("2025-11", "2025-11"),
        ("Tahun 2021", "2021"),
        (2021, "2021"),
        (2021.0, "2021"),
        (dt.date(2025, 11, 12), "2025-11-12"),
        (dt.datetime(2025, 11, 12, 8, 30), "2025-11-12"),
    ],
)
def test_dates(cell, expected):
    assert when(cell).as_of == expected


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        ("11/13/2025", "day_first"),
        ("31/02/2025", "no_such_day"),
        ("13/2025", "no_such_day"),
        ("kemarin", "not_a_date"),
        ("12 Novembre 2025", "not_a_date"),
        (45973, "day_number"),
        ("45973", "day_number"),
        (3, "not_a_date"),
        ("12/11/1825", "too_early"),
        ("31/12/1925", "too_early"),
        (1925, "too_early"),
        ("31/12/2199", "future"),
        ("Desember 2199", "future"),
        (2150, "future"),
        (dt.date(2150, 1, 1), "future"),
        ("TW IV 2150", "future"),
        ("Semester III 2025", "not_a_date"),
    ],
)
def test_what_is_no_date_is_refused_with_its_reason(cell, key):
    with pytest.raises(UnreadableError) as refused:
        when(cell)
    assert refused.value.key == key


def test_the_day_number_of_excel_is_named_as_the_day_it_may_be():
    with pytest.raises(UnreadableError) as refused:
        when(45973)
    assert refused.value.facts["day"] == "2025-11-12"


@given(st.dates(dt.date(1990, 1, 1), dt.date(2025, 12, 31)))
def test_every_day_comes_back_from_every_way_to_write_it(day):
    months = [
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ]
    name = months[day.month - 1]
    for said in (f"{day:%d/%m/%Y}", f"{day.day}-{day.month}-{day.year}", f"{day.day} {name} {day.year}", day):
        assert when(said).as_of == day.isoformat()


def test_half_years_keep_their_half():
    assert when("Semester II 2023") == ("2023", "2")
    assert when("semester 1 tahun 2024") == ("2024", "1")


@pytest.mark.parametrize("said", ["TW III 2025", "Triwulan III Tahun 2025", "Triwulan ke-3 2025", "kuartal 3/2025"])
def test_quarters_are_read_to_their_last_day(said):
    assert when(said) == ("2025-09-30", "")


# --- words ----------------------------------------------------------------------------------------


def test_text_is_one_line_without_invisible_signs():
    assert plain(" Tua\u2019\u00a0 Abang\n\u200b") == "Tua' Abang"
    assert plain(62.0) == "62.0"


def test_words_of_the_template_mean_what_they_say():
    for table in ("kind", "class", "kampung_status", "count_kind", "aid_type", "aid_status", "unit", "for_whom"):
        for tongue in ("id", "en"):
            for meaning, word in kinds.options(table, tongue).items():
                assert kinds.word(table, word) == meaning


def test_headings_of_the_template_are_known_in_every_kind():
    for kind in kinds.KINDS.values():
        for name in kind.fields:
            for tongue in ("id", "en"):
                assert kinds.headings(kind.name)[kinds.key(kinds.field_name(name, tongue))] == name


def test_no_heading_that_is_read_looks_like_personal_data():
    for kind in kinds.KINDS.values():
        for heading in kinds.headings(kind.name):
            assert not heading_kind(heading), heading


# --- personal data --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "found"),
    [
        ("nik", "nik"), ("no nik", "nik"), ("nik ibu", "nik"), ("nomor induk kependudukan", "nik"),
        ("no kk", "kk"), ("nomor kartu keluarga", "kk"),
        ("nama kepala keluarga", "person"), ("kepala keluarga", "person"), ("nama ibu hamil", "person"),
        ("nama balita", "person"), ("nama", "person"), ("ketua pokja", "person"), ("nama penerima manfaat", "person"),
        ("tgl lahir", "birth"), ("tanggal lahir anak", "birth"), ("ttl", "birth"), ("umur", "birth"),
        ("tempat tanggal lahir", "birth"),
        ("no hp", "phone"), ("nomor telepon", "phone"), ("no wa", "phone"), ("telp", "phone"),
        ("alamat", "address"), ("alamat rumah", "address"),
        ("email", "other"), ("no rekening", "other"), ("nip", "other"), ("npwp", "other"),
        ("jumlah keluarga", ""), ("jumlah kk", ""), ("desa", ""), ("nama desa", ""), ("nama kampung kb", ""),
        ("jumlah kepala keluarga", ""), ("tanggal", ""), ("tanggal penyaluran", ""), ("jumlah kader", ""),
    ],
)  # fmt: skip
def test_headings_of_personal_data(heading, found):
    assert heading_kind(heading) == found


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("6311031204850001", "nik"), (6311031204850001, "nik"), (6311031204850001.0, "nik"),
        ("6311 0312 0485 0001", "nik"), ("63.11.03.120485.0001", "nik"), ("NIK: 6311031204850001;", "nik"),
        ("081234567890", "phone"), ("+62 812-3456-7890", "phone"), ("hub. 0812 3456 7890", "phone"),
        ("198503122010011002", "other"), ("19850312 201001 1 002", "other"), ("12.345.678.9-012.000", "other"),
        ("ibu@kantor.go.id", "other"),
        ("6311032008", ""), ("63.11.03.2008", ""), (6311032008, ""), ("6208012001", ""), ("1.234.567", ""),
        ("12/11/2025", ""), ("2021, 2022, 2023, 2024", ""), (None, ""), (True, ""), (dt.date(1985, 1, 2), ""),
    ],
)  # fmt: skip
def test_personal_numbers_are_told_from_codes_and_figures(cell, found):
    assert cell_kind(cell) == found
    if found:
        assert cell_kind(masked(cell)) == ""
        assert "6311031204850001" not in masked(cell)


def test_columns_of_personal_data_are_told_by_the_look_of_their_values():
    assert column_kind(["6311031204850001", None, "-"]) == "nik"
    assert column_kind([81234567890, 81345678901, 81567890123]) == "phone"
    assert column_kind(["Hj. Siti Aminah", "Rahman bin Ali", "Drs. Yusuf", "Budi"]) == "person"
    assert column_kind(["Jl. Melati 3", "Gg. Mawar 7", "RT 02 RW 03"]) == "address"
    assert column_kind([dt.date(1985, 1, 2), dt.date(1990, 5, 6), dt.date(2001, 7, 8)]) == "birth"
    assert column_kind(["Pudak", "Binju", "Sungai Dr. Sutomo"]) == ""
    assert column_kind([12, 35, 1200]) == ""
    assert column_kind([]) == ""


@given(st.integers(10**15, 10**16 - 1))
def test_no_identity_number_survives_masking(figure):
    for text in (
        str(figure),
        f"a {figure} b",
        f"{str(figure)[:4]} {str(figure)[4:8]} {str(figure)[8:12]} {str(figure)[12:]}",
    ):
        assert not any(str(figure)[start : start + 6] in masked(text) for start in range(11))


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("Hub. 0812-3456-7890 (Ibu Siti)", "••••"), (6311031204850001, "••••"), ("ketua: Ahmad", "ketua: ••••"),
        ("Ketua Pokja: Budi; aktif", "Ketua Pokja: ••••; aktif"), ("Ibu Siti", "Ibu ••••"),
        ("a.n. Rahman", "a.n. ••••"),
        ("Bapak Rahman, RT 2", "Bapak ••••, RT 2"), ("ibu hamil KEK", "ibu hamil KEK"), ("Bapak Asuh", "Bapak Asuh"),
        ("10 ibu menyusui", "10 ibu menyusui"), ("seluruh kabupaten", "seluruh kabupaten"), (12, "12"),
    ],
)  # fmt: skip
def test_cells_with_personal_numbers_are_covered_whole_and_remarks_without_their_names(cell, shown):
    assert covered(cell) == shown


def test_no_name_of_a_place_is_taken_for_a_person(wb):
    labels = map(wb.gazetteer.label, wb.gazetteer.codes("village"))
    assert [label for label in labels if covered(label) != label] == []


def test_the_two_readings_of_a_figure_are_told_as_they_can_be_typed():
    for cell, one, other in (("1,250", "1250", "1,25"), ("1,234", "1234", "1,2340"), ("2.000", "2000", "2,0")):
        with pytest.raises(UnreadableError) as refused:
            number(cell, style="mixed")
        assert (refused.value.facts["one"], refused.value.facts["other"]) == (one, other)
        assert number(other, style="mixed").value == pytest.approx(float(other.replace(",", ".")))


# --- exports --------------------------------------------------------------------------------------


@given(st.text())
def test_no_exported_text_begins_like_a_formula(text):
    shown = neutral(text)
    if re.fullmatch(r"-([0-9]+([.,][0-9]+)*%?)?", text):
        assert shown == text  # a figure below zero
        return
    assert not shown.lstrip().startswith(("=", "+", "-", "@"))
    assert not shown.startswith(("\t", "\r", "\n"))
    assert restored(shown) == text or shown == text


def test_exports_neutralise_every_cell(tmp_path):
    path = write_csv(tmp_path / "a.csv", ["=a", "b"], [["=1+1", -5], ["@SUM(A1)", "\tx"], ["+62", "plain"]])
    assert path.read_text(encoding="utf-8-sig").splitlines() == ["'=a,b", "'=1+1,-5", "'@SUM(A1),'\tx", "'+62,plain"]


def test_names_of_cells():
    assert [coordinate(0, column) for column in (0, 25, 26, 701, 702)] == ["A1", "Z1", "AA1", "ZZ1", "AAA1"]
    assert box_of("$B$2:D5") == (1, 1, 4, 3)
