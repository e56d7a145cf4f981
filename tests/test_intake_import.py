"""The import itself: all or nothing, once, taken back again, and on the pages it concerns and no other."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time

import pytest
from conftest import kkbgeo
from intakekit import DATA, KAMPUNG, KAMPUNG_ROWS, TITLE, codes, csv, data_folder, dry, keys, ods, state, xlsx
from refusals import refused
from typer.testing import CliRunner

from kkbgeo import Workbench, provenance
from kkbgeo.cli import app
from kkbgeo.errors import IntakeError, KkbgeoError, ParameterError, SourceError
from kkbgeo.intake import import_file, kinds, listing, store, template, undo
from kkbgeo.intake.opening import LIMITS
from kkbgeo.profiles.inputs import page_inputs
from kkbgeo.records import imported
from kkbgeo.records.read import read_all, read_table, table_names
from kkbgeo.records.sources import read_sources

PUDAK, BINJU = "63.11.03.2008", "63.11.02.2017"
SOURCE = "DPPKBP3A Kabupaten Balangan"


@pytest.fixture
def root(tmp_path):
    return data_folder(tmp_path / "data")


@pytest.fixture
def sheet(tmp_path):
    return xlsx(tmp_path / "mail.xlsx", [*TITLE, *KAMPUNG])


def bring(path, root, kind="kampung", **options):
    return import_file(path, kind=kind, source=SOURCE, data_root=root, **options)


# --- what is kept ---------------------------------------------------------------------------------


def test_imported_records_stand_beside_those_of_the_project(root, sheet):
    before = {name: len(frame) for name, frame in read_all(root).items()}
    done = bring(sheet, root)
    assert (done.status, done.folder) == ("imported", root / "imported" / done.id)
    after = read_all(root)
    assert {name: len(frame) for name, frame in after.items()} == {**before, "kampung": before["kampung"] + 4}
    mine = after["kampung"].tail(4)
    assert mine["record_id"].tolist() == [f"imp-{done.id}-{number:03d}" for number in range(1, 5)]
    assert mine["code"].tolist()[0] == PUDAK
    assert mine["class_level"].tolist() == ["mandiri", "dasar", "berkelanjutan", "berkembang"]
    assert mine["class_reported"].tolist()[2] == "paripurna"
    assert set(mine["period_end"]) == {"2025-12-31"}
    assert set(mine["rank"]) == {2}
    source = read_sources(root).loc[f"imp-{done.id}"]
    assert (source["publisher"], source["document"]) == (SOURCE, "mail.xlsx")


def test_the_folder_tells_where_every_row_went(root, tmp_path):
    rows = [*TITLE, *KAMPUNG, ["Jumlah", None, 4, None], [], ["Sumber: kantor"]]
    done = bring(xlsx(tmp_path / "a.xlsx", rows), root)
    (one,) = imported.imports(root)
    told = one.read("rows.csv")
    assert told["became"].tolist() == ["heading"] * 4 + ["record"] * 4 + ["total", "foot"]
    assert told["row"].tolist() == [str(number) for number in (1, 2, 3, 5, 6, 7, 8, 9, 10, 12)]
    assert told["record_id"].tolist()[4] == f"imp-{done.id}-001"
    assert one.about["records"] == 4
    assert listing(root)[0]["file"] == "a.xlsx"


def test_figures_reach_the_table_of_the_workbench(tmp_path):
    root = data_folder(tmp_path / "data", whole=True)
    rows = [
        ["Kabupaten/Kota", "Dasar", "Berkembang", "Mandiri", "Paripurna", "Jumlah"],
        ["Kab. Balangan", 80, 40, 20, 17, 157],
    ]
    done = bring(xlsx(tmp_path / "a.xlsx", rows), root, "counts", as_of="31/10/2026")
    cell = (
        Workbench(root)
        .table("regency", ["kkb_total", "kkb_advanced_share"], within="63")
        .cell("63.11", "kkb_advanced_share")
    )
    assert cell["record_id"] == f"imp-{done.id}-001"
    assert cell["value"] == pytest.approx((20 + 17) / 157 * 100)


def test_the_same_file_twice_changes_nothing_also_under_another_name_or_format(root, sheet, tmp_path):
    first = bring(sheet, root)
    before = state(root)
    again = shutil.copy(sheet, tmp_path / "kopi dari mail.xlsx")
    for path in (
        sheet,
        again,
        csv(tmp_path / "a.csv", [*TITLE, *KAMPUNG]),
        ods(tmp_path / "a.ods", [[*row] or [None] for row in [*TITLE, *KAMPUNG]]),
    ):
        done = bring(path, root)
        assert (done.status, done.id) == ("already", first.id)
    assert state(root) == before


def test_a_newer_version_takes_the_place_of_the_old_one_in_one_step(root, sheet, tmp_path):
    first = bring(sheet, root)
    mended = xlsx(tmp_path / "b.xlsx", [*TITLE, *KAMPUNG[:-1], [4, "Halong", "Binju", "Mandiri"]])
    done = bring(mended, root, replace=first.id)
    assert [one.id for one in imported.imports(root)] == [done.id]
    assert not (root / "imported" / first.id).exists()
    back = bring(sheet, root, replace=done.id)
    assert (back.status, [one.id for one in imported.imports(root)]) == ("imported", [first.id])


def test_an_old_version_that_could_not_be_removed_does_not_count(root, sheet, tmp_path, monkeypatch):
    first = bring(sheet, root)
    mended = xlsx(tmp_path / "b.xlsx", [*TITLE, *KAMPUNG[:-1], [4, "Halong", "Binju", "Mandiri"]])
    with monkeypatch.context() as patched:
        patched.setattr(store.shutil, "rmtree", lambda *_, **__: None)
        done = bring(mended, root, replace=first.id)
    assert (root / "imported" / first.id).exists()
    assert [one.id for one in imported.imports(root)] == [done.id]
    assert len(read_table("kampung", root)) == KAMPUNG_ROWS + 4


def test_an_import_is_taken_back_without_a_trace(root, sheet):
    before = state(root)
    done = bring(sheet, root)
    assert undo(done.id[:10], root) == done.id
    assert state(root) == before
    with refused(ParameterError, value=done.id):
        undo(done.id, root)


def test_a_dry_run_and_a_refusal_change_nothing(root, sheet, tmp_path):
    before = state(root)
    assert bring(sheet, root, dry_run=True).status == "ready"
    bad = xlsx(tmp_path / "b.xlsx", [*TITLE, *KAMPUNG, [5, "Awayan", "Entah", "Dasar"]])
    assert bring(bad, root).status == "refused"
    assert state(root) == before


def test_sound_rows_are_taken_and_the_rest_can_be_mended_and_brought_in(root, tmp_path):
    bad = xlsx(
        tmp_path / "b.xlsx", [*TITLE, *KAMPUNG, [5, "Awayan", "Bihara Hilir", "emas"], [6, "Awayan", "Xyz", "Dasar"]]
    )
    done = bring(bad, root, accept_valid=True, report=tmp_path / "out")
    assert (done.status, len(done.checked.drafts), len(done.problems)) == ("imported", 4, 2)
    text = done.rejects.read_text(encoding="utf-8-sig")
    assert "Bihara Hilir" in text
    assert text.splitlines()[0].startswith("Kode wilayah,")
    mended = tmp_path / "mended.csv"
    mended.write_text(text.replace("emas", "dasar").replace("Xyz", "Baru"), encoding="utf-8-sig")
    more = bring(mended, root, as_of="2025-12-31", within="63.11")
    assert (more.status, len(more.checked.drafts)) == ("imported", 2), [one.line("en") for one in more.problems]
    assert len(read_table("kampung", root)) == KAMPUNG_ROWS + 6


def test_rejects_and_the_marked_copy_are_neutralised(root, tmp_path):
    import openpyxl

    rows = [
        *TITLE,
        [*KAMPUNG[0], "Keterangan"],
        [1, "Awayan", "@SUM(1)", "Dasar", "'=HYPERLINK(1)"],
        [2, "Awayan", "Pudak", "Dasar", "+1+1"],
    ]
    path = csv(tmp_path / "a.csv", rows)
    done = bring(path, root, accept_valid=True, report=tmp_path / "out")
    assert [one.values["note"] for one in done.checked.drafts] == ["+1+1"]
    for line in done.rejects.read_text(encoding="utf-8-sig").splitlines():
        assert not any(cell.startswith(("=", "+", "@")) for cell in line.split(","))
    for sheet in openpyxl.load_workbook(done.marked):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert not str(cell.value or "").startswith(("=", "+", "@"))


def test_the_marked_copy_says_in_the_bad_cell_what_to_type(tmp_path):
    import openpyxl

    done = dry(
        xlsx(tmp_path / "a.xlsx", [*TITLE, *KAMPUNG, [5, "Awayan", "Pudok", "emas"]], names=("Data",)), report=tmp_path
    )
    assert done.marked == tmp_path / "a.xlsx.periksa.xlsx"
    book = openpyxl.load_workbook(done.marked)
    assert book.sheetnames == ["Masalah", "Data"]
    commented = {cell.coordinate: cell.comment.text for row in book["Data"].iter_rows() for cell in row if cell.comment}
    assert set(commented) == {"C10", "D10"}
    for problem in done.problems:
        for tongue in ("id", "en"):
            assert problem.fix(tongue) in commented[problem.cell]
            assert any(problem.fix(tongue) in map(str, row) for row in book["Masalah"].iter_rows(values_only=True))
    assert book["Data"]["C6"].value == "Pudak"


def test_names_that_a_person_decided_are_taken_ever_after(root, tmp_path):
    from kkbgeo.regions import job

    path = xlsx(tmp_path / "a.xlsx", [*TITLE, ["Kecamatan", "Desa", "Klasifikasi"], ["Awayan", "Pudeng", "Dasar"]])
    done = bring(path, root, report=tmp_path)
    assert (done.status, done.review) == ("refused", tmp_path / "a.xlsx.nama.csv")
    head, row = done.review.read_text(encoding="utf-8").splitlines()
    assert "Pudeng" in row
    cells = dict.fromkeys(head.split(","), "")
    cells |= {"province": "Kalimantan Selatan", "regency": "Balangan", "district": "Awayan", "village": "Pudeng",
              "code": PUDAK, "why": "asked the office by telephone"}  # fmt: skip
    done.review.write_text(head + "\n" + ",".join(cells.values()) + "\n", encoding="utf-8")
    job.learn_file(done.review, data_root=root)
    again = bring(path, root)
    assert (again.status, codes(again)) == ("imported", [PUDAK]), [one.line("en") for one in again.problems]


# --- never half -----------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("step", ["_csv", "write_bytes", "write_toml", "_rename"])
def test_a_kill_at_any_step_leaves_the_whole_import_or_none(root, sheet, step):
    before = state(root)
    code = (
        "import os, signal, sys\n"
        "from kkbgeo.intake import import_file, store\n"
        "calls = 0\n"
        f"real = store.{step}\n"
        "def stop(*args, **settings):\n"
        "    global calls\n"
        "    calls += 1\n"
        "    if calls == int(sys.argv[3]):\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return real(*args, **settings)\n"
        f"store.{step} = stop\n"
        "import_file(sys.argv[1], kind='kampung', source='DPPKBP3A Kabupaten Balangan', data_root=sys.argv[2])\n"
    )
    killed = 0
    for call in range(1, 6):
        command = [sys.executable, "-c", code, str(sheet), str(root), str(call)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode == 0:
            break
        killed += 1
        assert done.returncode == -9, done.stderr
        assert len(read_table("kampung", root)) == KAMPUNG_ROWS
        assert not provenance.check_all(root)
        left = {name: content for name, content in state(root).items() if "/.aside-" not in name}
        assert left == before
    assert killed >= 1
    assert bring(sheet, root).status in ("imported", "already")
    assert not list((root / "imported").glob(".aside-*"))
    assert len(read_table("kampung", root)) == KAMPUNG_ROWS + 4


def test_two_imports_at_a_time_wait_for_each_other(root, sheet, tmp_path):
    other = xlsx(tmp_path / "b.xlsx", [*TITLE, ["Kecamatan", "Desa", "Klasifikasi"], ["Juai", "Mungkur Uyam", "Dasar"]])
    code = (
        "import sys\n"
        "from kkbgeo.intake import import_file\n"
        "import_file(sys.argv[1], kind='kampung', source='x', data_root=sys.argv[2])\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(path), str(root)]) for path in (sheet, other)]
    assert [one.wait(timeout=120) for one in running] == [0, 0]
    assert len(imported.imports(root)) == 2
    assert not imported.check_all(root)


# --- hands off ------------------------------------------------------------------------------------


def test_a_folder_that_was_edited_by_hand_is_refused_with_what_to_do(root, sheet):
    done = bring(sheet, root)
    path = done.folder / "kampung.csv"
    path.write_bytes(path.read_bytes().replace(b"mandiri", b"dasar"))
    with refused(SourceError, path=str(done.folder)) as caught:
        read_table("kampung", root)
    assert f"kkbgeo import --undo {done.id}" in caught.value.hint
    assert len(imported.check_all(root)) == 1
    undo(done.id, root)
    assert len(read_table("kampung", root)) == KAMPUNG_ROWS


@pytest.mark.parametrize("how", ["missing file", "stray file", "broken import.toml", "no import.toml"])
def test_a_folder_that_is_not_whole_is_found(root, sheet, how):
    folder = bring(sheet, root).folder
    if how == "missing file":
        (folder / "rows.csv").unlink()
    elif how == "stray file":
        (folder / "extra.csv").write_text("x")
    elif how == "broken import.toml":
        (folder / "import.toml").write_text("= 1")
    else:
        (folder / "import.toml").unlink()
    (problem,) = imported.check_all(root)
    assert "--undo" in problem
    assert not provenance.check_all(root)


def test_records_of_a_place_that_is_no_more_are_refused_with_what_to_do(root, sheet):
    done = bring(sheet, root)
    gazetteer = root / "reference" / "gazetteer.csv"
    lines = gazetteer.read_text().splitlines(keepends=True)
    gazetteer.write_text("".join(line for line in lines if not line.startswith(BINJU)))
    provenance.seal(gazetteer)
    with pytest.raises(KkbgeoError) as caught:
        read_table("kampung", root)
    assert BINJU in caught.value.message
    assert f"--undo {done.id}" in caught.value.hint


# --- pages ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_one_imported_record_changes_its_own_pages_and_no_other(tmp_path):
    root = data_folder(tmp_path / "data", whole=True)
    wb = Workbench(root)
    pages = ["kalimantan", *wb.gazetteer.codes("province"), *wb.gazetteer.codes("regency")]
    before = {page: page_inputs(wb, page).checksum for page in pages}
    path = xlsx(tmp_path / "a.xlsx", [*TITLE, ["Kecamatan", "Desa", "Klasifikasi"], ["Awayan", "Pudak", "Dasar"]])
    done = bring(path, root)
    after = {page: page_inputs(Workbench(root), page).checksum for page in pages}
    assert {page for page in pages if before[page] != after[page]} == {"kalimantan", "63", "63.11"}
    undo(done.id, root)
    assert {page: page_inputs(Workbench(root), page).checksum for page in pages} == before


def test_from_mail_to_map(tmp_path):
    root = data_folder(tmp_path / "data", whole=True)
    path = xlsx(tmp_path / "mail.xlsx", [*TITLE, *KAMPUNG])
    assert run(root, "import", str(path), "--kind", "kampung", "--source", SOURCE).returncode == 0
    out = tmp_path / "atlas"
    done = run(root, "atlas", "--only", "63.11", "--out", str(out), "--jobs", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    (page,) = (out / "regency").glob("63.11-*.html")
    text = page.read_text(encoding="utf-8")
    for village in ("Badalungga", "Bihara", "Binju"):
        assert village in text
    assert SOURCE in text


# --- the template ---------------------------------------------------------------------------------


def fill(path, rows):
    """Fill in a template as an office does: values under its headings, from the first free row."""
    import openpyxl

    book = openpyxl.load_workbook(path)
    sheet = book["Isian"]
    heads = {cell.value: cell.column for cell in sheet[4]}
    for number, row in enumerate(rows, start=6):
        for head, value in row.items():
            sheet.cell(number, heads[head], value)
    book.save(path)
    return path


@pytest.mark.parametrize("regency", ["63.11", "62.04", "64.03", "61.72", "65.01"])
def test_a_filled_template_resolves_wholly(root, tmp_path, wb, regency):
    villages = wb.gazetteer.within(regency, "village")
    path = template(tmp_path / "isian.xlsx", kind="kampung", regency=regency)
    words = ("dasar", "berkembang", "mandiri", "berkelanjutan", "paripurna")
    rows = [
        {
            "Kecamatan": wb.gazetteer.name(wb.gazetteer.parent(code)),
            "Desa/Kelurahan": wb.gazetteer.name(code),
            "Klasifikasi": words[number % 5],
            "Tanggal": "31/12/2025",
        }
        for number, code in enumerate(villages)
    ]
    done = bring(fill(path, rows), root)
    assert done.status == "imported", [one.line("en") for one in done.problems[:5]]
    assert codes(done) == villages
    table = Workbench(root).rows("kampung")
    assert {one.code for one in table if one.source_id == f"imp-{done.id}"} == set(villages)


def test_the_choices_of_every_template_resolve_in_all_of_kalimantan(wb):
    resolver = __import__("kkbgeo.regions.names", fromlist=["load"]).load()
    wrong = []
    for code in wb.gazetteer.codes("village"):
        above = wb.gazetteer.chain(code)
        found = resolver.resolve(wb.gazetteer.name(above[0]), wb.gazetteer.label(above[1]),
                                 wb.gazetteer.name(above[2]), wb.gazetteer.name(code))  # fmt: skip
        if found.code != code or not found.taken:
            wrong.append((code, found))
    assert not wrong, wrong[:5]


@pytest.mark.parametrize(
    ("kind", "row", "table", "expected"),
    [
        ("counts", {"Kabupaten/Kota": "Kabupaten Balangan", "Jumlah Kampung KB": 157, "Dasar": 80, "Berkembang": 40,
                    "Mandiri": 20, "Berkelanjutan": 17, "Jenis angka": "terbentuk", "Tanggal": "31/10/2026"},
         "kampung_counts", {"code": "63.11", "total": 157, "mandiri": 20, "count_kind": "formed"}),
        ("aid", {"Kabupaten/Kota": "Kabupaten Balangan", "Kecamatan": "Awayan", "Desa/Kelurahan": "Pudak",
                 "Jenis bantuan": "sembako", "Jumlah penerima": 10, "Satuan": "keluarga", "Status": "disalurkan",
                 "Tanggal": "12 November 2025"},
         "aid_events", {"code": PUDAK, "beneficiaries": 10, "unit": "families", "as_of": "2025-11-12"}),
        ("observations", {"Kabupaten/Kota": "Kabupaten Balangan", "Indikator": "Keluarga berisiko stunting (KRS)",
                          "Nilai": 1250, "Semester": 2, "Tanggal": "2025"},
         "at_risk_families", {"code": "63.11", "families_at_risk": 1250, "semester": "2"}),
    ],
)  # fmt: skip
def test_templates_of_every_kind_go_to_their_table(root, tmp_path, kind, row, table, expected):
    path = template(tmp_path / "isian.xlsx", kind=kind, regency="63.11")
    done = bring(fill(path, [row]), root, kind)
    assert done.status == "imported", [one.line("en") for one in done.problems]
    last = read_table(table, root).iloc[-1]
    assert {name: last[name] for name in expected} == expected


def test_an_empty_template_holds_an_example_that_is_not_imported(tmp_path):
    done = dry(template(tmp_path / "a.xlsx", kind="kampung", regency="63.11"))
    assert keys(done) == ["no_rows"]
    assert done.counts["example"] == 1


def test_the_template_offers_the_villages_of_the_district_chosen(tmp_path, wb):
    import openpyxl

    path = template(tmp_path / "a.xlsx", kind="kampung", regency="63.11")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Isian", "Petunjuk", "Daftar"]
    assert book["Daftar"].sheet_state == "hidden"
    rules = {one.errorTitle: one for one in book["Isian"].data_validations.dataValidation}
    assert set(rules) == {"Kecamatan", "Desa/Kelurahan", "Klasifikasi", "Status"}
    assert "MATCH($B6," in rules["Desa/Kelurahan"].formula1
    lists = list(zip(*book["Daftar"].iter_rows(min_col=2, max_col=3, values_only=True), strict=True))
    offered = {}
    for district, village in zip(*lists, strict=True):
        if village:
            offered.setdefault(district, []).append(village)
    expected = {}
    for code in wb.gazetteer.within("63.11", "village"):
        expected.setdefault(wb.gazetteer.name(wb.gazetteer.parent(code)), []).append(wb.gazetteer.name(code))
    assert {name: sorted(found) for name, found in expected.items()} == offered
    guide = " ".join(str(cell) for row in book["Petunjuk"].iter_rows(values_only=True) for cell in row if cell)
    assert "NIK" in guide
    assert "Kabupaten Balangan" in guide


def test_a_template_is_not_written_over_a_file_that_is_there(tmp_path):
    path = template(tmp_path / "a.xlsx", kind="aid", regency="63.11")
    with refused(ParameterError, value=str(path)):
        template(path, kind="aid", regency="63.11")
    assert template(path, kind="aid", regency="63.11", force=True) == path
    with refused(ParameterError, value=str(tmp_path / "a.ods")):
        template(tmp_path / "a.ods", kind="aid", regency="63.11")


# --- the command ----------------------------------------------------------------------------------


def run(root, *words):
    return kkbgeo(*words, env={**os.environ, "KKBGEO_DATA": str(root)})


def test_the_command_imports_lists_and_takes_back(root, sheet):
    done = run(root, "import", str(sheet), "--kind", "kampung", "--source", SOURCE)
    assert done.returncode == 0, done.stderr
    assert "4 rekaman" in done.stdout
    assert "4 records" in done.stdout
    before = state(root)
    again = run(root, "import", str(sheet), "--kind", "kampung", "--source", SOURCE, "--language", "en")
    assert again.returncode == 0 and state(root) == before
    listed = run(root, "import", "--list")
    name = listed.stdout.split()[0]
    assert name == imported.imports(root)[0].id
    assert run(root, "data", "check").returncode == 0
    assert run(root, "import", "--undo", name).returncode == 0
    assert not imported.imports(root)
    assert run(root, "import", "--undo", name).returncode == 2


def test_the_command_tells_the_counts_first_and_exits_with_1_on_problems(root, tmp_path):
    bad = xlsx(tmp_path / "b.xlsx", [*TITLE, *KAMPUNG, [5, "Awayan", "Bihara Hilir", "emas"]])
    done = run(root, "import", str(bad), "--kind", "kampung", "--source", SOURCE, "--report", str(tmp_path / "out"))
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0].startswith("b.xlsx: 5 baris dibaca")
    assert any("D10" in line and "emas" in line for line in lines)
    assert (tmp_path / "out" / "b.xlsx.periksa.xlsx").is_file()
    part = run(
        root, "import", str(bad), "--kind", "kampung", "--source", SOURCE, "--accept-valid", "--report", str(tmp_path)
    )
    assert part.returncode == 1
    assert len(read_table("kampung", root)) == KAMPUNG_ROWS + 4
    assert (tmp_path / "b.xlsx.ditolak.csv").is_file()


def test_the_command_refuses_wrong_calls_with_2(root, tmp_path, sheet, monkeypatch):
    monkeypatch.setenv("KKBGEO_DATA", str(root))
    (tmp_path / "empty.xlsx").write_bytes(b"")
    for words in (
        (),
        (str(sheet),),
        (str(sheet), "--kind", "kampung"),
        (str(sheet), "--kind", "desa", "--source", "x"),
        (str(sheet), "--kind", "kampung", "--source", "x", "--as-of", "kemarin"),
        (str(sheet), "--kind", "kampung", "--source", "x", "--within", "63.1"),
        (str(sheet), "--kind", "kampung", "--source", "x", "--sheet", "tak ada"),
        (str(sheet), "--kind", "kampung", "--source", "x", "--publisher-kind", "tetangga"),
        (str(sheet), "--kind", "kampung", "--source", "x", "--replace", "kampung-00000000"),
        (str(sheet), "--kind", "kampung", "--source", "x", "--system", "pos"),
        (str(tmp_path / "empty.xlsx"), "--kind", "kampung", "--source", "x"),
    ):
        done = CliRunner().invoke(app, ["import", *words])
        assert isinstance(done.exception, KkbgeoError), (words, done.output)
        assert done.exception.message and getattr(done.exception, "exit_code", 2) == 2
    done = run(root, "import", str(sheet))  # and from a shell
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "kkbgeo: " in done.stderr
    assert not imported.imports(root)


def test_ctrl_c_ends_with_130_and_words(sheet, monkeypatch, capsys):
    from kkbgeo.intake import telling

    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(telling, "import_file", stop)
    assert telling.bring_in(sheet, None, "both", {"kind": "kampung", "source": "x"}) == 130
    assert "--list" in capsys.readouterr().err


def test_a_report_that_cannot_be_written_stops_before_anything_is_stored(root, tmp_path):
    bad = xlsx(tmp_path / "b.xlsx", [*TITLE, *KAMPUNG, [5, "Awayan", "Bihara Hilir", "emas"]])
    before = state(root)
    with refused(ParameterError, value=str(bad)):
        bring(bad, root, accept_valid=True, report=bad)
    assert state(root) == before


def test_the_how_to_names_only_what_the_command_knows():
    text = (DATA.parent / "docs" / "import.md").read_text(encoding="utf-8")
    help_of = {name: run(DATA, name, "--help").stdout for name in ("import", "template", "resolve", "atlas")}
    for option in set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)):
        assert any(option in one for one in help_of.values()), option
    for kind in kinds.KINDS:
        assert f"| `{kind}` |" in text
    assert f"{LIMITS.rows:,} rows" in text
    assert f"{LIMITS.cells:,} cells" in text


def test_the_template_command(tmp_path):
    done = kkbgeo("template", "--kind", "kampung", "--regency", "63.11", str(tmp_path / "a.xlsx"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.xlsx").is_file()
    assert kkbgeo("template", "--kind", "kampung", "--regency", "63.1", str(tmp_path / "b.xlsx")).returncode == 2


@pytest.mark.slow
def test_ten_thousand_rows_are_read_in_bounded_time(tmp_path, wb):
    villages = wb.gazetteer.codes("village")
    rows = [["Provinsi", "Kabupaten/Kota", "Kecamatan", "Desa", "Klasifikasi"]]
    for code in villages:
        chain = wb.gazetteer.chain(code)
        rows.append([*map(wb.gazetteer.label, chain[:2]), *map(wb.gazetteer.name, chain[2:]), "Dasar"])
    path = csv(tmp_path / "a.csv", rows)
    begun = time.process_time()
    done = dry(path, as_of="2025")
    assert done.status == "ready", [one.line("en") for one in done.problems[:5]]
    assert codes(done) == villages
    assert time.process_time() - begun < 30


def test_imports_are_not_committed():
    assert "data/imported/" in (DATA.parent / ".gitignore").read_text()
    assert len(table_names()) == 6
    assert issubclass(IntakeError, ValueError)
