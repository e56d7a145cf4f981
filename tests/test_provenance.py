"""Source records: every data file has one, and it is checked whenever the file is read."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kkbgeo import provenance
from kkbgeo.errors import SourceError
from kkbgeo.paths import data_root

FIELDS = {"title": "A table", "producer": "Somebody", "licence": "CC0"}


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(b'code,note\n62.10,NA\n61.10,""\n63.10,"two\nlines"\n')
    provenance.seal(path, **FIELDS)
    return path


def test_every_file_of_the_data_folder_has_a_true_record():
    assert provenance.check_all(data_root()) == []


def test_sealed_file_is_read_as_text_and_nothing_is_guessed(table):
    frame = provenance.read_csv(table)
    assert frame["code"].to_list() == ["62.10", "61.10", "63.10"]
    assert frame["note"].to_list() == ["NA", "", "two\nlines"]
    assert provenance.verify(table).rows == len(frame) == 3


def test_seal_keeps_other_fields(table):
    table.write_bytes(table.read_bytes() + b"64.01,x\n")
    before = provenance.read_source(table)
    after = provenance.seal(table, date="2025")
    assert (after.title, after.date, after.rows) == (before.title, "2025", 4)
    assert after.sha256 != before.sha256
    assert provenance.verify(table) == after


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda old: old.replace(b"62.10", b"62.1"), "spreadsheet"),
        (lambda old: old.replace(b"\n", b"\r\n"), "CRLF"),
        (lambda old: b"\xef\xbb\xbf" + old, "byte order mark"),
        (lambda _: b"", "empty"),
        (lambda _: b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
    ],
)
def test_changed_file_is_refused_with_cause_and_next_command(table, change, cause):
    expected = provenance.read_source(table).sha256
    table.write_bytes(change(table.read_bytes()))
    with pytest.raises(SourceError) as caught:
        provenance.read_csv(table)
    error = caught.value
    assert error.fields["path"] == str(table)
    assert error.fields["expected"] == expected != error.fields["found"]
    assert cause in error.message
    assert f"kkbgeo data seal {table}" in error.hint


def test_missing_file_and_missing_record_are_told_apart(table):
    record = provenance.record_path(table)
    kept = record.read_bytes()
    record.unlink()
    with pytest.raises(SourceError, match="no source record"):
        provenance.verify(table)
    record.write_bytes(kept)
    table.unlink()
    with pytest.raises(SourceError, match="is missing, though"):
        provenance.verify(table)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('title = "x"\nproducer = "y"\nlicence = " "\n', "does not say: licence"),
        ('title = "x"\nproducer = "y"\nlicence = "z"\nlicense = "z"\n', "unknown field license"),
        ('title = "x"\nproducer = "y"\nlicence = "z"\ndate = 2025\n', "date must be text"),
        ('title = "x"\nproducer = "y"\nlicence = "z"\nrows = true\n', "rows must be text"),
        ("title = x\n", "not valid TOML"),
    ],
)
def test_bad_record_is_refused(table, content, complaint):
    provenance.record_path(table).write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match=complaint):
        provenance.verify(table)


def test_first_seal_needs_to_know_what_it_is(tmp_path):
    path = tmp_path / "new.csv"
    path.write_text("a\n1\n")
    with pytest.raises(SourceError, match="title, producer, licence"):
        provenance.seal(path)
    with pytest.raises(SourceError, match="unknown field colour"):
        provenance.seal(path, **FIELDS, colour="red")
    assert not provenance.record_path(path).exists()
    with pytest.raises(SourceError, match="does not exist"):
        provenance.seal(tmp_path / "absent.csv", **FIELDS)


def test_check_all_looks_both_ways(table):
    folder = table.parent
    (folder / "README.md").write_text("text of the project, no data")
    (folder / ".hidden").write_text("x")
    assert provenance.check_all(folder) == []
    (folder / "stray.csv").write_text("a\n1\n")
    (folder / "sub").mkdir()
    lonely = provenance.record_path(folder / "sub" / "gone.parquet")
    lonely.write_bytes(provenance.record_path(table).read_bytes())
    bad = folder / "bad.csv"
    bad.write_text("a\n1\n")
    provenance.record_path(bad).write_text("title = 1\n")
    table.write_bytes(b"code\n")
    found = {problem.path.name: problem.kind for problem in provenance.check_all(folder)}
    assert found == {
        "stray.csv": "no_record",
        "gone.parquet": "no_file",
        "bad.csv": "bad_record",
        "table.csv": "mismatch",
    }


@given(note=st.text(), title=st.text(min_size=1).filter(str.strip))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_any_text_survives_in_a_record(tmp_path, note, title):
    path = tmp_path / "any.csv"
    path.write_text("a\n1\n")
    try:
        (title + note).encode("utf-8")
    except UnicodeEncodeError:
        return
    written = provenance.seal(path, **{**FIELDS, "title": title, "note": note})
    assert provenance.read_source(path) == written
    assert tomllib.loads(provenance.record_path(path).read_text(encoding="utf-8"))["note"] == note


def test_parquet_rows_are_counted(tmp_path):
    import pandas as pd

    path = tmp_path / "five.parquet"
    pd.DataFrame({"code": ["62.10"] * 5}).to_parquet(path)
    assert provenance.seal(path, **FIELDS).rows == 5


@pytest.mark.parametrize("content", [b"", b"PAR1 but no more"])
def test_a_damaged_parquet_is_not_sealed(tmp_path, content):
    path = tmp_path / "torn.parquet"
    path.write_bytes(content)
    with pytest.raises(SourceError, match="cannot be sealed"):
        provenance.seal(path, **FIELDS)
    assert not provenance.record_path(path).exists()
