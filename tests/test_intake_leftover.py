"""Rows that were left out come in again as they were read, and nothing that a person typed is lost."""

from __future__ import annotations

import pytest
from intakekit import DATA, KAMPUNG, TITLE, codes, csv, data_folder, keys, ods, state, xlsx
from refusals import refused

from kkbgeo.intake import import_file, template
from kkbgeo.language import LANGUAGES, text
from kkbgeo.regions import job
from kkbgeo.regions.files import read_table, write_table

SOURCE = "DPPKBP3A Kabupaten Balangan"
AID_HEAD = ["Tanggal", "Kecamatan", "Desa", "Jenis bantuan", "Jumlah", "Satuan", "Keterangan"]


@pytest.fixture
def root(tmp_path):
    return data_folder(tmp_path / "data")


def bring(path, root, kind="kampung", **options):
    return import_file(path, kind=kind, source=SOURCE, data_root=root, **options)


def rejects(done):
    """Return the rows left out, as a spreadsheet program shows them: one mapping each."""
    return read_table(done.rejects).to_dict("records")


def mend(done, tmp_path, *changes):
    text = done.rejects.read_text(encoding="utf-8-sig")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "mended.csv"
    path.write_text(text, encoding="utf-8-sig")
    return path


def test_rows_left_out_come_in_again_without_a_word_of_region_or_date(root, tmp_path):
    rows = [*TITLE, ["No", "Desa/Kelurahan", "Klasifikasi"], ["Kecamatan Awayan"], [1, "Pudak", "emas"],
            [2, "Bihara", "Dasar"], ["Kecamatan Halong"], [3, "Binju", "perak"]]  # fmt: skip
    done = bring(xlsx(tmp_path / "a.xlsx", rows), root, accept_valid=True, report=tmp_path)
    assert [(row["Kabupaten/Kota"], row["Kecamatan"], row["Tanggal"]) for row in rejects(done)] == [
        ("Balangan", "Awayan", "2025-12-31"),
        ("Balangan", "Halong", "2025-12-31"),
    ]
    more = bring(mend(done, tmp_path, ("emas", "mandiri"), ("perak", "dasar")), root)
    assert (more.status, codes(more)) == ("imported", ["63.11.03.2008", "63.11.02.2017"])
    assert {one.values["as_of"] for one in more.checked.drafts} == {"2025-12-31"}


def test_a_row_that_names_no_place_gets_none_and_is_not_stored_in_the_district_above(root, tmp_path):
    rows = [["BANTUAN"], ["KABUPATEN BALANGAN"], AID_HEAD, [2025, "Awayan", "Pudak", "sembako", 10, "keluarga", ""],
            [2025, "", "", "sembako", 300, "keluarga", "seluruh kabupaten"],
            [2025, "Awayan", "Bihara", "pmt", "banyak", "keluarga", ""]]  # fmt: skip
    done = bring(csv(tmp_path / "a.csv", rows), root, "aid", accept_valid=True, report=tmp_path)
    whole, named = rejects(done)
    assert [whole[name] for name in ("Provinsi", "Kabupaten/Kota", "Kecamatan", "Desa/Kelurahan")] == [""] * 4
    assert named["Kecamatan"] == "Awayan"
    # The other row stands above this time: what it says must not be filled down either.
    text = done.rejects.read_text(encoding="utf-8-sig").splitlines()
    path = tmp_path / "turned.csv"
    path.write_text("\n".join([text[0], text[2].replace("banyak", "5"), text[1]]) + "\n", encoding="utf-8-sig")
    again = bring(path, root, "aid", accept_valid=True)
    assert codes(again) == ["63.11.03.2004"]
    assert keys(again) == ["place_missing"]


def test_a_whole_regency_among_districts_stays_one(root, tmp_path):
    head = ["Kabupaten/Kota", "Kecamatan", "Jumlah Kampung KB", "Tanggal"]
    rows = [head, ["Balangan", "Awayan", -3, 2026], ["Balangan", "", -157, 2026]]
    done = bring(csv(tmp_path / "a.csv", [*rows, ["Balangan", "Juai", 4, 2026]]), root, "counts", accept_valid=True,
                 report=tmp_path)  # fmt: skip
    assert done.status == "imported", [one.line("en") for one in done.problems]
    more = bring(mend(done, tmp_path, (",-3,", ",3,"), (",-157,", ",157,")), root, "counts")
    assert codes(more) == ["63.11.03", "63.11"], [one.line("en") for one in more.problems]


@pytest.mark.parametrize(("told", "name", "written"), [(62.1, "", "62.10"), ("62.01", "", "62.01"),
                                                       (63.11, "", "63.11")])  # fmt: skip
def test_codes_are_written_with_their_point(root, tmp_path, told, name, written):
    head = ["Kode", "Kabupaten/Kota", "Jumlah Kampung KB", "Dasar", "Berkembang", "Mandiri", "Berkelanjutan", "Tanggal"]
    path = xlsx(
        tmp_path / "a.xlsx", [head, [told, name, 10, 5, 5, 5, 0, 2026], [63.01, "Tanah Laut", 5, 5, 0, 0, 0, 2026]]
    )
    done = bring(path, root, "counts", accept_valid=True, report=tmp_path)
    assert rejects(done)[0]["Kode wilayah"] == written


def test_figures_written_the_english_way_are_the_same_figures_again(root, tmp_path):
    head = ["Kabupaten/Kota", "Indikator", "Nilai", "Tanggal"]
    rows = [
        ["Balangan", "KRS", "1,250", "2025"],
        ["Tabalong", "KRS", "12,345.0", "2025"],
        ["Entah", "KRS", "1,750", "2025"],
    ]
    path = csv(tmp_path / "a.csv", [head, *rows])
    done = bring(path, root, "observations", accept_valid=True, report=tmp_path)
    assert [one.values["families_at_risk"] for one in done.checked.drafts] == ["1250", "12345"]
    more = bring(mend(done, tmp_path, ("Entah", "Tapin")), root, "observations")
    assert [one.values["families_at_risk"] for one in more.checked.drafts] == ["1750"]


def test_a_template_row_left_out_finds_the_decision_learned_for_it(root, tmp_path):
    import openpyxl

    path = template(tmp_path / "isian.xlsx", kind="kampung", regency="63.11")
    book = openpyxl.load_workbook(path)
    for number, row in enumerate([("Awayan", "Pudeng", "mandiri"), ("Awayan", "Bihara", "dasar")], start=6):
        for column, cell in enumerate([*row, "", "31/12/2025"], start=2):
            book["Isian"].cell(number, column, cell or None)
    book.save(path)
    done = bring(path, root, accept_valid=True, report=tmp_path)
    assert done.status == "imported", [one.line("en") for one in done.problems]
    review = read_table(done.review)
    review["code"], review["why"] = "63.11.03.2008", "telephone"
    write_table(review, done.review)
    job.learn_file(done.review, data_root=root)
    more = bring(done.rejects, root)
    assert (more.status, codes(more)) == ("imported", ["63.11.03.2008"]), [one.line("en") for one in more.problems]


# --- what a person typed --------------------------------------------------------------------------


@pytest.fixture
def asked(root, tmp_path):
    path = xlsx(
        tmp_path / "a.xlsx", [*TITLE, *KAMPUNG, [5, "Awayan", "Pudeng", "Dasar"], [6, "Awayan", "Biharu X", "Dasar"]]
    )
    return path, bring(path, root, accept_valid=True, dry_run=True, report=tmp_path)


@pytest.mark.parametrize("how", [{"dry_run": True}, {}, {"accept_valid": True}])
@pytest.mark.parametrize("saved", [",", ";"])
def test_answers_stay_when_the_file_is_read_again(root, tmp_path, asked, how, saved):
    path, done = asked
    review = read_table(done.review)
    assert len(review) == 2
    review.loc[1, ["code", "why"]] = ["63.11.03.2008", "telephone; twice"]
    typed = review.loc[1, "village"]
    review.to_csv(done.review, index=False, sep=saved, encoding="utf-8-sig")  # as a spreadsheet program saves it
    again = bring(path, root, report=tmp_path, **how)
    assert again.review == done.review
    after = read_table(again.review)
    assert set(after["village"]) == {"Pudeng", "Biharu X"}
    (row,) = after[after["village"] == typed].to_dict("records")
    assert (row["code"], row["why"]) == ("63.11.03.2008", "telephone; twice")


def test_answers_to_names_that_are_no_longer_asked_stay_too(root, tmp_path, asked):
    path, done = asked
    review = read_table(done.review)
    review["code"] = "63.11.03.2008"
    write_table(review, done.review)
    xlsx(path, [*TITLE, *KAMPUNG, [5, "Awayan", "Entah Apa", "Dasar"]])
    after = read_table(bring(path, root, report=tmp_path).review)
    assert set(after["village"]) == {"Entah Apa", "Pudeng", "Biharu X"}


def test_what_cannot_be_taken_over_is_left_and_a_new_name_is_used(root, tmp_path, asked):
    path, done = asked
    done.review.write_text("my own notes\nask Pak Camat\n", encoding="utf-8")
    again = bring(path, root, report=tmp_path)
    assert again.review.name == "a.xlsx.nama (2).csv"
    assert "Pak Camat" in done.review.read_text()


def test_mended_rejects_and_copies_are_not_written_over(root, tmp_path, asked):
    import openpyxl

    path, done = asked
    text = done.rejects.read_text(encoding="utf-8-sig").replace("Pudeng", "Pudak")
    done.rejects.write_text(text, encoding="utf-8-sig")
    book = openpyxl.load_workbook(done.marked)
    book["Sheet1"]["C10"] = "Pudak"
    book.save(done.marked)
    saved_by_an_office(done.marked)
    before = done.marked.read_bytes()
    again = bring(path, root, accept_valid=True, report=tmp_path)
    assert [again.rejects.name, again.marked.name] == ["a.xlsx.ditolak (2).csv", "a.xlsx.periksa (2).xlsx"]
    assert done.rejects.read_text(encoding="utf-8-sig") == text
    assert done.marked.read_bytes() == before


def saved_by_an_office(path):
    """Give a workbook the mark of the program that saved it, as Excel and LibreOffice do."""
    import zipfile

    with zipfile.ZipFile(path) as parts:
        content = {one: parts.read(one) for one in parts.namelist()}
    content["docProps/app.xml"] = content["docProps/app.xml"].replace(b"Microsoft Excel", b"LibreOffice/24.2")
    with zipfile.ZipFile(path, "w") as parts:
        for name, text in content.items():
            parts.writestr(name, text)


def test_files_nobody_touched_are_written_over(root, tmp_path, asked):
    path, _ = asked
    names = set(state(tmp_path))
    bring(path, root, accept_valid=True, dry_run=True, report=tmp_path)
    assert set(state(tmp_path)) == names


def test_a_call_that_changes_nothing_changes_no_file(root, tmp_path, asked):
    path, _ = asked
    bring(path, root, accept_valid=True, report=tmp_path)
    before = state(tmp_path)
    done = bring(path, root, accept_valid=True, report=tmp_path)
    assert done.status == "already"
    assert done.rejects.is_file()
    assert state(tmp_path) == before


def test_files_of_one_name_have_copies_of_their_own(tmp_path):
    rows = [*TITLE, *KAMPUNG, [5, "Awayan", "Pudeng", "Dasar"]]
    paths = [csv(tmp_path / "obs.csv", rows), ods(tmp_path / "obs.ods", [row or [None] for row in rows])]
    done = [
        import_file(path, kind="kampung", source=SOURCE, dry_run=True, report=tmp_path, data_root=DATA)
        for path in paths
    ]
    assert [one.marked.name for one in done] == ["obs.csv.periksa.xlsx", "obs.ods.periksa.xlsx"]
    assert done[0].review != done[1].review


# --- the account ----------------------------------------------------------------------------------


def test_empty_rows_of_a_template_are_no_rows(root, tmp_path):
    import openpyxl

    path = template(tmp_path / "isian.xlsx", kind="kampung", regency="63.11")
    book = openpyxl.load_workbook(path)
    sheet = book["Isian"]
    heads = {cell.value: cell.column for cell in sheet[4]}
    cells = {"Kecamatan": "Awayan", "Desa/Kelurahan": "Pudak", "Klasifikasi": "mandiri", "Tanggal": "2025"}
    for head, value in cells.items():
        sheet.cell(8, heads[head], value)
    sheet.cell(1004, heads["Kecamatan"], " ")
    book.save(path)
    done = bring(path, root)
    assert (done.status, done.counts["blank"], done.counts["record"]) == ("imported", 0, 1)
    assert len((done.folder / "rows.csv").read_text().splitlines()) < 10


def test_names_taken_under_another_spelling_are_told(tmp_path):
    from kkbgeo.intake.telling import lines

    rows = [*TITLE, KAMPUNG[0], [1, "Kec. AWAYAN", "Desa Pudak", "Dasar"], [2, "Awayan", "Bihara Hlir", "Dasar"]]
    done = import_file(xlsx(tmp_path / "a.xlsx", rows), kind="kampung", source=SOURCE, dry_run=True, data_root=DATA)
    assert done.status == "ready", [one.line("en") for one in done.problems]
    assert done.spelled == {"Bihara Hlir": "Bihara Hilir"}
    told = lines(done, ("id", "en"))
    assert {text("intake.tell.spelled", tongue, names="Bihara Hlir → Bihara Hilir") for tongue in LANGUAGES} <= set(
        told
    )


def test_folders_are_told_as_folders(root, tmp_path):
    from kkbgeo.errors import IntakeError, ParameterError

    (tmp_path / "folder.xlsx").mkdir()
    with refused(IntakeError, path=str(tmp_path / "folder.xlsx")):
        bring(tmp_path / "folder.xlsx", root)
    with refused(ParameterError, value=str(tmp_path / "none" / "a.xlsx")):
        template(tmp_path / "none" / "a.xlsx", kind="aid", regency="63.11")
    assert not (tmp_path / "none").exists()


def test_a_candidate_pasted_as_it_is_shown_is_an_answer(root, asked):
    path, done = asked
    review = read_table(done.review)
    review["code"] = ["63.11.03.2008 (Pudak, Kecamatan Awayan)", " 63.11.03.2004 (Bihara, Kecamatan Awayan)"]
    write_table(review, done.review)
    job.learn_file(done.review, data_root=root)
    found = codes(bring(path, root, dry_run=True, accept_valid=True))
    assert len(found) >= 4
    learned = (root / "reference" / "learned_places.csv").read_text()
    assert ",63.11.03.2008," in learned
    assert ",63.11.03.2004," in learned


def test_resolve_says_so_when_there_is_nothing_to_decide(tmp_path):
    from conftest import kkbgeo

    table = csv(tmp_path / "a.csv", [["district", "village"], ["Awayan", "Pudak"]])
    asked = tmp_path / "r.csv"
    done = kkbgeo("resolve", str(table), "--out", str(tmp_path / "o.csv"), "--review", str(asked), "--language", "en")
    assert text("places.no_review", "en", path=asked) in done.stdout.splitlines()
    assert text("places.review", "en", path=asked) not in done.stdout
