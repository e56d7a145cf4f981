"""Opening files: every format is read alike, and every bad file ends in a clear message, quickly, changing nothing."""

from __future__ import annotations

import datetime as dt
import io
import resource
import subprocess
import sys
import zipfile

import pytest
from intakekit import KAMPUNG, TITLE, codes, csv, data_folder, dry, keys, ods, state, where, xlsx

from kkbgeo.errors import IntakeError
from kkbgeo.intake import import_file
from kkbgeo.intake.grids import Box, Fault, Percent, Uncounted
from kkbgeo.intake.opening import LIMITS, Limits
from kkbgeo.intake.sheets import read_grids
from kkbgeo.language import LANGUAGES, catalogue


@pytest.fixture(scope="module")
def expected(wb):
    """The codes of the sound table, looked up by hand in the gazetteer."""
    names = [("Awayan", "Pudak"), ("Awayan", "Badalungga"), ("Awayan", "Bihara"), ("Halong", "Binju")]
    found = []
    for district, village in names:
        (code,) = [
            one
            for one in wb.gazetteer.within("63.11", "village")
            if wb.gazetteer.name(one) == village and wb.gazetteer.name(wb.gazetteer.parent(one)) == district
        ]
        found.append(code)
    return found


# --- one table, every format ----------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_csv_of_any_delimiter_and_encoding_is_read_alike(tmp_path, expected, delimiter, encoding):
    rows = [*TITLE, [*KAMPUNG[0], "Keterangan"], *([*row, "café – ±"] for row in KAMPUNG[1:])]
    done = dry(csv(tmp_path / "a.csv", rows, delimiter=delimiter, encoding=encoding))
    assert (done.status, codes(done)) == ("ready", expected)
    assert {one.values["note"] for one in done.checked.drafts} == {"café – ±"}


def test_excels_own_line_for_the_delimiter_is_understood(tmp_path, expected):
    path = tmp_path / "a.csv"
    path.write_text("sep=|\n" + "\n".join("|".join(map(str, row)) for row in [*TITLE, *KAMPUNG]))
    done = dry(path)
    assert codes(done) == expected
    assert min(one.row for one in done.checked.drafts) == 6  # the line of the delimiter is a line of the file


def test_xlsx_and_ods_are_read_like_csv(tmp_path, expected):
    for path in (
        xlsx(tmp_path / "a.xlsx", [*TITLE, *KAMPUNG]),
        ods(tmp_path / "a.ods", [[*row] or [None] for row in [*TITLE, *KAMPUNG]]),
    ):
        done = dry(path)
        assert (done.status, codes(done)) == ("ready", expected), path
        assert {one.values["as_of"] for one in done.checked.drafts} == {"2025-12-31"}
        assert [one.row for one in done.checked.drafts] == [5, 6, 7, 8]


def test_ods_keeps_dates_numbers_spans_and_empty_rows(tmp_path):
    rows = [["a", None, "b"], [None], [dt.date(2025, 11, 12), 1234.5, "x  y"], ["m", None, 3]]
    (grid,) = read_grids(ods(tmp_path / "a.ods", rows, spans={(3, 0): (1, 2)}))
    assert grid.rows == [["a", None, "b"], [], [dt.date(2025, 11, 12), 1234.5, "x  y"], ["m", None, 3]]
    assert grid.merged == [Box(3, 0, 3, 1)]


def test_xlsx_tells_percentages_errors_and_formulas_without_a_result_apart(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"], sheet["B1"], sheet["C1"], sheet["D1"] = 0.298, "#REF!", "=1+1", 62.0
    sheet["A1"].number_format = "0.0%"
    book.save(tmp_path / "a.xlsx")
    (grid,) = read_grids(tmp_path / "a.xlsx")
    assert grid.rows == [[Percent(0.298), Fault("#REF!"), Uncounted("=1+1"), 62]]


def test_a_lone_mark_at_the_end_of_a_sheet_costs_nothing(tmp_path, expected):
    import openpyxl

    path = xlsx(tmp_path / "a.xlsx", [*TITLE, *KAMPUNG])
    book = openpyxl.load_workbook(path)
    book.active["XFD1048576"] = "x"
    book.save(path)
    assert codes(dry(path)) == expected


def test_hidden_sheets_are_not_read_and_that_is_told(tmp_path, expected):
    import openpyxl

    path = xlsx(tmp_path / "a.xlsx", [*TITLE, *KAMPUNG], KAMPUNG, names=("Data", "Lama"))
    book = openpyxl.load_workbook(path)
    book["Lama"].sheet_state = "hidden"
    book.save(path)
    done = dry(path)
    assert (codes(done), done.checked.skipped) == (expected, ["Lama"])


# --- bad input, each by name ----------------------------------------------------------------------


def ole(path, stream: str):
    """The beginning of the container that Excel's old format and encrypted files share, naming one stream."""
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000 + stream.encode("utf-16-le") + b"\0" * 1000)
    return path


def zipped(path, parts: dict[str, bytes]):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in parts.items():
            out.writestr(name, content)
    return path


def truncated(path):
    whole = xlsx(path, [*TITLE, *KAMPUNG]).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def damaged(path):
    whole = bytearray(xlsx(path, [*TITLE, *KAMPUNG] * 40).read_bytes())
    with zipfile.ZipFile(io.BytesIO(whole)) as parts:
        one = parts.getinfo("xl/worksheets/sheet1.xml")
    middle = one.header_offset + 60 + one.compress_size // 2
    whole[middle : middle + 20] = b"\xff" * 20
    path.write_bytes(whole)
    return path


def bomb(path):
    """A few hundred kilobytes that unfold to 600 MB."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("xl/workbook.xml", "<workbook/>")
        with out.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(600):
                part.write(b"0" * 1_000_000)
    return path


def sheet_xml(body: str) -> dict[str, bytes]:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kin = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/xl/workbook.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override '
            'PartName="/xl/worksheets/sheet1.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
        ).encode(),
        "_rels/.rels": (
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{kin}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>'
        ).encode(),
        "xl/workbook.xml": (
            f'<workbook xmlns="{main}" xmlns:r="{kin}"><sheets>'
            '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'
        ).encode(),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{kin}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>'
        ).encode(),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>'.encode(),
    }


def million(path):
    row = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
    return zipped(path, sheet_xml(row * 1_000_000))


def ods_bomb(path):
    table = (
        '<table:table table:name="S"><table:table-row table:number-rows-repeated="1048576"><table:table-cell '
        'table:number-columns-repeated="16384" office:value-type="float" office:value="1"><text:p>1</text:p>'
        "</table:table-cell></table:table-row></table:table>"
    )
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f"{table}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return zipped(path, {"mimetype": kind, "content.xml": content.encode()})


def merge_bomb(path):
    """A sheet of which every cell lies in thousands of merged areas that cover all of it."""
    parts = sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>' + '<row r="2"><c r="IV2"><v>1</v></c></row>' * 50_000)
    areas = '<mergeCell ref="A1:XFD1048576"/>' * 20_000
    xml = (
        parts["xl/worksheets/sheet1.xml"]
        .decode()
        .replace("</sheetData>", f"</sheetData><mergeCells>{areas}</mergeCells>")
    )
    return zipped(path, {**parts, "xl/worksheets/sheet1.xml": xml.encode()})


def style_bomb(path):
    return zipped(path, {**sheet_xml(""), "xl/styles.xml": b"<styleSheet>" + b"<x/>" * 2_000_000 + b"</styleSheet>"})


def entities(path):
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    parts = sheet_xml('<row r="1"><c r="A1" t="inlineStr"><is><t>&amp;b;</t></is></c></row>')
    parts["xl/worksheets/sheet1.xml"] = laughs.encode() + parts["xl/worksheets/sheet1.xml"]
    return zipped(path, parts)


def protected_ods(path):
    manifest = b"<manifest:manifest><manifest:encryption-data/></manifest:manifest>"
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return zipped(path, {"mimetype": kind, "content.xml": b"?", "META-INF/manifest.xml": manifest})


def renamed(path):
    return csv(path, KAMPUNG)


def written(path, content: bytes):
    path.write_bytes(content)
    return path


BAD = {
    "missing": ("a.xlsx", lambda path: path, "missing"),
    "zero bytes": ("a.xlsx", lambda path: written(path, b""), "empty"),
    "password-protected xlsx": ("a.xlsx", lambda path: ole(path, "EncryptedPackage"), "password"),
    "password-protected ods": ("a.ods", protected_ods, "password"),
    "old excel": ("a.xls", lambda path: ole(path, "Workbook"), "old_excel"),
    "truncated": ("a.xlsx", truncated, "broken"),
    "damaged in the middle": ("a.xlsx", damaged, "broken"),
    "text named xlsx": ("a.xlsx", renamed, "wrong_name"),
    "workbook named csv": ("a.csv", lambda path: xlsx(path, KAMPUNG), "wrong_name"),
    "pdf named xlsx": ("a.xlsx", lambda path: written(path, b"%PDF-1.7 ..."), "other_kind"),
    "html named xls": ("a.xls", lambda path: written(path, b"<html><table><tr><td>1</td></tr></table>"), "other_kind"),
    "binary named csv": ("a.csv", lambda path: written(path, bytes(range(256)) * 10), "other_kind"),
    "plain zip": ("a.xlsx", lambda path: zipped(path, {"readme.txt": b"hello"}), "other_kind"),
    "word document": ("a.xlsx", lambda path: zipped(path, {"word/document.xml": b"<x/>"}), "other_kind"),
    "zip bomb": ("a.xlsx", bomb, "zip_bomb"),
    "a million rows": ("a.xlsx", million, "too_many_rows_counted"),
    "a million rows as text": ("a.csv", lambda path: written(path, b"1;2\n" * 1_000_000), "too_many_rows"),
    "cells repeated without end (ods)": ("a.ods", ods_bomb, "too_many_columns"),
    "styles without end": ("a.xlsx", style_bomb, "too_many_cells"),
    "merged areas without end": ("a.xlsx", merge_bomb, "nothing"),
    "xml entities": ("a.xlsx", entities, "entities"),
    "a quotation mark that is never closed": ("a.csv", lambda path: written(path, b'a;"b\n' + b"x;y\n" * 90_000), ""),
    "no part with cells (ods)": (
        "a.ods",
        lambda path: zipped(path, {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
        "broken",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_files_end_in_a_clear_message_within_bounds_and_change_nothing(tmp_path, name):
    file, make, reason = BAD[name]
    (tmp_path / "mail").mkdir()
    root = data_folder(tmp_path / "data")
    path, before = make(tmp_path / "mail" / file), state(root)
    code = (
        "import resource, sys\n"
        "import kkbgeo.intake.importing, kkbgeo.intake.xlsx, kkbgeo.intake.ods, openpyxl, pandas\n"
        "from kkbgeo.errors import IntakeError\n"
        "from kkbgeo.intake import import_file\n"
        "used = resource.getrusage(resource.RUSAGE_SELF)\n"
        "try:\n"
        "    done = import_file(sys.argv[1], kind='kampung', source='x', as_of='2025', data_root=sys.argv[2])\n"
        "    assert [one.key for one in done.problems] == ['no_table']\n"
        "    print('nothing'); print(sys.argv[1]); print(sys.argv[1])\n"
        "except IntakeError as wrong:\n"
        "    print(wrong.fields['reason']); print(wrong)\n"
        "now = resource.getrusage(resource.RUSAGE_SELF)\n"
        "print(now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime, (now.ru_maxrss - used.ru_maxrss) / 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path), str(root)], capture_output=True, text=True, timeout=120, check=True
    )
    said, *told, used = done.stdout.strip().splitlines()
    seconds, megabytes = map(float, used.split())
    assert said == reason or (not reason and said in ("long_text", "broken_csv")), done.stdout
    assert len(told) == len(LANGUAGES)
    assert all(path.name in line for line in told), told
    assert seconds < 20, seconds
    assert megabytes < 400, megabytes
    assert state(root) == before


def test_every_refusal_says_what_to_do_in_both_languages():
    refused = {key.rpartition(".")[2] for key in catalogue() if key.startswith("intake.refused.")}
    remedies = {key.rpartition(".")[2] for key in catalogue() if key.startswith("intake.remedy.")}
    assert refused == remedies
    assert {reason for *_, reason in BAD.values()} - {"", "nothing"} <= refused


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(rows=5), "too_many_rows_counted"),
        (Limits(columns=3), "too_many_columns"),
        (Limits(cells=10), "too_many_cells"),
        (Limits(text=5), "long_text"),
        (Limits(sheets=0), "too_many_sheets"),
        (Limits(file_bytes=100), "too_large"),
        (Limits(tags=20), "too_many_cells"),
    ],
)
def test_each_limit_stops(tmp_path, limits, reason):
    with pytest.raises(IntakeError) as stopped:
        dry(xlsx(tmp_path / "a.xlsx", [*TITLE, *KAMPUNG]), limits=limits)
    assert stopped.value.fields["reason"] == reason


def test_formulas_without_results_are_named_cell_by_cell(tmp_path):
    rows = [*TITLE, KAMPUNG[0], [1, "Awayan", '="Pu"&"dak"', "Mandiri"], [2, "=B6", "Badalungga", "=D6"]]
    done = dry(xlsx(tmp_path / "a.xlsx", rows))
    assert done.status == "refused"
    found = [place for place in where(done) if place[1] == "no_result"]
    assert found == [("C6", "no_result"), ("B7", "no_result"), ("D7", "no_result")]


def test_codes_that_excel_turned_into_dates_are_refused_cell_by_cell(tmp_path):
    rows = [["Kode Desa", "Desa", "Klasifikasi"], [dt.date(2011, 3, 1), "Pudak", "Dasar"]]
    done = dry(xlsx(tmp_path / "a.xlsx", rows), as_of="2025")
    assert where(done) == [("A2", "code_is_date")]
    assert done.status == "refused"


def test_a_heading_that_stands_twice_is_refused(tmp_path):
    rows = [["Kecamatan", "Desa", "Desa", "Klasifikasi"], ["Awayan", "Pudak", "Badalungga", "Dasar"]]
    done = dry(xlsx(tmp_path / "a.xlsx", rows), as_of="2025")
    assert where(done) == [("B1", "header_twice"), ("C1", "header_twice")]
    assert not done.checked.drafts
    assert not dry(xlsx(tmp_path / "a.xlsx", rows), as_of="2025", accept_valid=True).checked.drafts


def test_limits_are_far_above_an_offices_sheet():
    assert LIMITS.rows >= 83_762  # every village of the country in one sheet
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 0


def test_a_file_without_a_table_says_which_headings_are_looked_for(tmp_path):
    done = dry(xlsx(tmp_path / "a.xlsx", [["halo"], ["apa kabar", 1]]))
    assert keys(done) == ["no_table"]
    assert "Desa/Kelurahan" in done.problems[0].fix("id")


def test_python_and_command_read_with_the_same_defaults():
    import inspect

    from kkbgeo.cli import import_

    command, function = (inspect.signature(one).parameters for one in (import_, import_file))
    shared = set(command) & set(function)
    assert {"kind", "source", "as_of", "within", "sheet", "dry_run", "accept_valid", "replace", "url"} <= shared
    for name in shared - {"kind", "source", "report"}:
        assert command[name].default == function[name].default, name
