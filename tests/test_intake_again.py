"""The same report twice, mended, in part, or under another name: no figure ever counts twice."""

from __future__ import annotations

import os

import pytest
from conftest import kkbgeo
from intakekit import KAMPUNG, KAMPUNG_ROWS, TITLE, csv, data_folder, state, xlsx
from refusals import refused

from kkbgeo import Workbench
from kkbgeo.errors import IntakeError
from kkbgeo.intake import import_file, store
from kkbgeo.records import imported
from kkbgeo.records.read import read_table
from kkbgeo.regions import job

PUDAK = "63.11.03.2008"
SOURCE = "DPPKBP3A Kabupaten Balangan"
AID_TITLE = [["PENYALURAN BANTUAN"], ["KABUPATEN BALANGAN"], []]
AID = [
    ["Kecamatan", "Desa", "Jenis bantuan", "Jumlah penerima", "Satuan", "Tanggal"],
    ["Awayan", "Pudak", "sembako", 10, "keluarga", "12 November 2025"],
    ["Awayan", "Bihara", "sembako", 20, "keluarga", "12 November 2025"],
]


@pytest.fixture
def root(tmp_path):
    return data_folder(tmp_path / "data")


def bring(path, root, kind="kampung", source=SOURCE, **options):
    return import_file(path, kind=kind, source=source, data_root=root, **options)


def fed(root):
    """Return the families of Balangan that aid reached, as the table of the workbench adds them up."""
    (root / "boundaries").exists() or (root / "boundaries").symlink_to(
        data_folder.__globals__["DATA"] / "boundaries", target_is_directory=True
    )
    return Workbench(root).table("regency", ["aid_families"], within="63").cell("63.11", "aid_families")["value"]


def ids(root):
    return [one.id for one in imported.imports(root)]


def answer(review, code, why="asked by telephone"):
    """Fill in the answers of a review file as a person does."""
    from kkbgeo.regions.files import read_table as read
    from kkbgeo.regions.files import write_table

    frame = read(review)
    frame["code"], frame["why"] = code, why
    write_table(frame, review)


def test_the_same_file_with_more_rows_in_order_takes_the_place_of_its_earlier_import(root, tmp_path):
    path = xlsx(tmp_path / "a.xlsx", [*AID_TITLE, *AID, ["Awayan", "Pudeng", "pmt", 5, "keluarga", "2025-11-13"]])
    before = fed(root) or 0
    first = bring(path, root, "aid", accept_valid=True, report=tmp_path)
    assert fed(root) - before == 30
    answer(first.review, "63.11.03.2009")
    job.learn_file(first.review, data_root=root)
    done = bring(path, root, "aid")
    assert (done.status, done.replaced, ids(root)) == ("imported", [first.id], [done.id])
    assert fed(root) - before == 35
    assert bring(path, root, "aid").status == "already"
    assert fed(root) - before == 35


@pytest.mark.parametrize("source", ["DPPKBP3A Kab. Balangan", "dppkbp3a kabupaten balangan"])
def test_the_same_bytes_under_a_slightly_other_source_are_refused(root, tmp_path, source):
    path = xlsx(tmp_path / "a.xlsx", [*AID_TITLE, *AID])
    first = bring(path, root, "aid")
    before = state(root)
    done = bring(path, root, "aid", source)
    assert (done.status, [(one.id, one.rows, one.of) for one in done.held]) == ("held", [(first.id, 2, 2)])
    assert state(root) == before
    again = bring(path, root, "aid", source, replace=first.id)
    assert (again.status, ids(root)) == ("imported", [again.id])


def test_the_same_content_of_another_source_is_refused_unless_it_is_another_report(root, tmp_path):
    first = bring(xlsx(tmp_path / "a.xlsx", [*AID_TITLE, *AID]), root, "aid")
    copy = csv(tmp_path / "b.csv", [*AID_TITLE, *AID])
    done = bring(copy, root, "aid", "Antara", publisher_kind="news_agency")
    assert (done.status, done.held[0].id) == ("held", first.id)
    done = bring(copy, root, "aid", "Antara", publisher_kind="news_agency", also=True)
    assert done.status == "imported"
    assert len(ids(root)) == 2


def test_what_another_source_really_says_otherwise_stands_beside(root, tmp_path):
    bring(xlsx(tmp_path / "a.xlsx", [*TITLE, *KAMPUNG]), root)
    other = [[row[0], row[1], row[2], "Berkembang"] for row in KAMPUNG[1:3]]
    done = bring(xlsx(tmp_path / "b.xlsx", [*TITLE, KAMPUNG[0], *other]), root, source="Antara")
    assert done.status == "imported"


def test_a_corrected_file_needs_a_word_and_nothing_is_stored_without_it(root, tmp_path):
    first = bring(xlsx(tmp_path / "a.xlsx", [*AID_TITLE, *AID]), root, "aid")
    before, sum_before = state(root), fed(root)
    mended = xlsx(tmp_path / "b.xlsx", [*AID_TITLE, AID[0], [*AID[1][:3], 11, *AID[1][4:]]])
    done = bring(mended, root, "aid", dry_run=True)
    assert done.status == "held"
    done = bring(mended, root, "aid")
    assert (done.status, [(one.id, one.rows, one.of) for one in done.held]) == ("held", [(first.id, 1, 2)])
    assert {name: text for name, text in state(root).items() if not name.startswith("boundaries")} == before
    done = bring(mended, root, "aid", replace=first.id)
    assert (done.status, done.replaced) == ("imported", [first.id])
    assert fed(root) == sum_before - 30 + 11


@pytest.mark.parametrize("date", ["2025", "November 2025", "12/11/2025"])
def test_the_same_time_written_otherwise_is_the_same_time(root, tmp_path, date):
    bring(xlsx(tmp_path / "a.xlsx", [*AID_TITLE, *AID]), root, "aid")
    rows = [[*row[:3], 7, "keluarga", date] for row in AID[1:]]
    assert bring(xlsx(tmp_path / "b.xlsx", [*AID_TITLE, AID[0], *rows]), root, "aid").status == "held"


def test_the_next_month_and_another_sheet_stand_beside(root, tmp_path):
    rows = [[*row[:5], "12 Desember 2025"] for row in AID[1:]]
    bring(xlsx(tmp_path / "a.xlsx", [*AID_TITLE, *AID]), root, "aid")
    assert bring(xlsx(tmp_path / "b.xlsx", [*AID_TITLE, AID[0], *rows]), root, "aid").status == "imported"
    book = xlsx(
        tmp_path / "c.xlsx",
        [*TITLE, KAMPUNG[0], KAMPUNG[1]],
        [*TITLE, KAMPUNG[0], KAMPUNG[2]],
        names=("Satu", "Dua"),
    )
    assert bring(book, root, sheet="Satu").status == "imported"
    assert bring(book, root, sheet="Dua").status == "imported"
    whole = bring(book, root)
    assert (whole.status, len(whole.replaced), len(read_table("kampung", root))) == ("imported", 2, KAMPUNG_ROWS + 2)


def test_the_same_bytes_with_another_date_are_refused(root, tmp_path):
    path = csv(tmp_path / "a.csv", [["Kabupaten", "Kecamatan", "Desa", "Klasifikasi"], ["Balangan", *KAMPUNG[1][1:]]])
    first = bring(path, root, as_of="2024")
    done = bring(path, root, as_of="2025")
    assert (done.status, done.held[0].id) == ("held", first.id)


def test_classes_of_one_place_may_come_in_two_files_but_not_the_same_class_twice(root, tmp_path):
    head = ["Kabupaten/Kota", "Indikator", "Nilai", "Tanggal"]

    from kkbgeo.measures.catalogue import load_catalogue

    names = {one.column: one.label("id") for one in load_catalogue().values()
             if one.table == "kampung_counts" and one.group == "classes"}  # fmt: skip

    one = csv(tmp_path / "a.csv", [head, ["Balangan", names["dasar"], 80, "2026"]])
    two = csv(tmp_path / "b.csv", [head, ["Balangan", names["mandiri"], 20, "2026"]])
    more = csv(tmp_path / "c.csv", [head, ["Balangan", names["mandiri"], 21, "2026"]])
    assert [bring(path, root, "observations").status for path in (one, two, more)] == ["imported", "imported", "held"]


def test_an_import_that_comes_in_between_is_noticed(root, tmp_path, monkeypatch):
    one, two = xlsx(tmp_path / "a.xlsx", [*AID_TITLE, *AID]), csv(tmp_path / "b.csv", [*AID_TITLE, *AID[:2]])
    real = store.write

    def write(*args):
        with monkeypatch.context() as patched:
            patched.setattr(store, "write", real)
            bring(two, root, "aid")
        return real(*args)

    monkeypatch.setattr(store, "write", write)
    with refused(IntakeError, path=str(root / "imported")):
        bring(one, root, "aid")
    assert len(ids(root)) == 1


def test_the_command_says_what_holds_the_rows_and_what_to_type(root, tmp_path):
    first = bring(xlsx(tmp_path / "a.xlsx", [*AID_TITLE, *AID]), root, "aid")
    mended = xlsx(tmp_path / "b.xlsx", [*AID_TITLE, *AID[:2]])
    call = ("import", str(mended), "--kind", "aid", "--source", SOURCE)
    env = {**os.environ, "KKBGEO_DATA": str(root)}
    done = kkbgeo(*call, env=env)
    assert done.returncode == 1
    for word in (f"--replace {first.id}", "--also", "holds 1 records", "memuat 1 rekaman", "2 records in all"):
        assert word in done.stdout
    done = kkbgeo(*call, "--replace", first.id, env=env)
    assert done.returncode == 0
    assert f"It takes the place of {first.id}" in done.stdout
