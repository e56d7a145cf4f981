"""A data folder of the release 97bd238 is read, checked, built and added to: a column that it lacks counts as empty."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest
from conftest import kkbgeo
from intakekit import xlsx

from kkbgeo import Workbench
from kkbgeo.boundaries.store import DEFAULT_EDITION
from kkbgeo.intake import import_file
from kkbgeo.pages import analyses
from kkbgeo.paths import CHECKOUT
from kkbgeo.provenance import seal, verify
from kkbgeo.records import sources
from kkbgeo.records.read import table_names
from kkbgeo.records.tables import TABLES
from kkbgeo.records.targets import Target, read_targets
from kkbgeo.regions import names

#: How it was made, and what is in it, tells the script of the same name beside it.
PACKED = CHECKOUT / "tests" / "data" / "data_folder_97bd238.tar.xz"
SET = "contoh-2025"
PUBLISHER = "Kantor contoh Balangan"
BALANGAN, PUDAK, BIHARA_HILIR = "63.11", "63.11.03.2008", "63.11.03.2016"
#: The villages of its two imports, in their order, with the class they tell.
CLASSES = [
    (PUDAK, "mandiri"), (BIHARA_HILIR, "dasar"), ("63.11.03.2009", "berkelanjutan"), ("63.11.02.2017", "berkembang"),
    ("63.11.02.2011", ""),
]  # fmt: skip
TOTALS = {
    "63.11.01": 12, "63.11.02": 14, "63.11.03": 13, "63.11.04": 11, "63.11.05": 16, "63.11.06": 9, "63.11.07": 10,
    "63.11.08": 7, "63.11": 92,
}  # fmt: skip


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    """The unpacked folder, to read from: data, atlas (one page of it) and sheets (what was imported)."""
    verify(PACKED)
    root = tmp_path_factory.mktemp("kept")
    shutil.unpack_archive(PACKED, root)
    return root


@pytest.fixture
def old(kept, tmp_path) -> Path:
    """A copy of it that may be changed."""
    return Path(shutil.copytree(kept, tmp_path / "old"))


@pytest.fixture(scope="module")
def bench(kept) -> Workbench:
    return Workbench(kept / "data", language="en")


def call(root: Path, *words: str) -> subprocess.CompletedProcess:
    """Run a command on the old folder as its user does; a traceback is never an answer."""
    done = kkbgeo(*words, env={**os.environ, "KKBGEO_DATA": str(root / "data")})
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


def stored(*paths: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Return the header and the rows of files of one kind, as they are written."""
    rows = []
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows += reader
    return list(reader.fieldnames), rows


def same(value: object, text: str) -> bool:
    """Tell whether a value that was read is what the file says."""
    if isinstance(value, str):
        return value == text
    if pd.isna(value):
        return text == ""
    return text != "" and float(value) == float({"true": 1, "false": 0}.get(text, text))


def assert_read_as_written(frame: pd.DataFrame, columns: list[str], header: list[str], rows: list[dict]) -> None:
    """Every cell is as written, and a column that the file lacks is there and empty."""
    assert len(frame) == len(rows) > 0
    for name in header:
        wrong = [(value, row[name]) for value, row in zip(frame[name], rows, strict=True) if not same(value, row[name])]
        assert not wrong, (name, wrong[:3])
    for name in set(columns) - set(header):
        assert (frame[name].isna() | frame[name].eq("")).all(), name


def imports(root: Path) -> list[str]:
    """Return the ids of what was imported, those of counts first."""
    return sorted(path.name for path in (root / "data" / "imported").iterdir() if not path.name.startswith("."))


def classes_of(root: Path) -> dict[str, list[tuple[str, str]]]:
    """Return the villages of each import with their classes: source id -> code and class, in order."""
    frame = Workbench(root / "data").records("kampung")
    mine = frame[frame["source_id"].str.startswith("imp-")]
    return {name: list(zip(rows["code"], rows["class_level"], strict=True)) for name, rows in mine.groupby("source_id")}


# --- checked -------------------------------------------------------------------------------------------------------


def test_the_check_finds_nothing_wrong(kept):
    done = call(kept, "data", "check")
    assert (done.returncode, done.stdout.strip()) == (0, "0 problems"), done.stderr


def test_a_column_that_its_own_day_knew_is_still_missed(old):
    path = old / "data" / "records" / "prevalence.csv"
    header, rows = stored(path)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [name for name in header if name != "source_id"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    seal(path)
    done = call(old, "data", "check")
    assert done.returncode == 1 and "prevalence.csv" in done.stderr and "source_id" in done.stderr


# --- read ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", table_names())
def test_a_record_table_is_read_as_written_and_what_it_lacks_is_empty(bench, name):
    brought = sorted(bench.data.glob(f"imported/*/{name}.csv"))
    header, rows = stored(bench.data / "records" / f"{name}.csv", *brought)
    columns = [column.name for column in TABLES[name].columns]
    assert_read_as_written(bench.records(name), columns, header, rows)
    assert any(row["doubt"] for row in rows) or name == "population_area"  # doubts of a day before their kinds


def test_the_sources_are_read_as_written_and_what_they_lack_is_empty(bench):
    header, rows = stored(bench.data / "sources.csv", *sorted(bench.data.glob("imported/*/sources.csv")))
    assert len(rows) == 270 + 2
    assert_read_as_written(bench.sources.reset_index(), list(sources.COLUMNS), header, rows)


def test_the_targets_are_read_as_written_and_what_they_lack_is_empty(bench):
    _, rows = stored(bench.data / "reference" / "targets.csv")
    found = read_targets(bench.data)
    assert len(found) == len(rows) == len(bench.targets) == 6
    for one, row in zip(found, rows, strict=True):
        told = {field.name: getattr(one, field.name) for field in fields(Target)}
        assert {"code", "as_of", "goal", "target", "source_id"} <= set(told)
        for name, value in told.items():
            assert same("" if value is None else value, row.get(name, "")), name


def test_the_rows_of_both_imports_are_in_their_tables_under_their_codes(bench):
    (kampung,) = classes_of(bench.data.parent).items()
    assert kampung[1] == CLASSES and bench.sources.loc[kampung[0], "publisher"] == PUBLISHER
    counts = bench.records("kampung_counts", within=BALANGAN)
    counts = counts[counts["source_id"].str.startswith("imp-")]
    assert dict(zip(counts["code"], counts["total"], strict=True)) == TOTALS
    classes = bench.table("village", "kkb_village_class", within=BALANGAN)
    assert {code: classes.cell(code, "kkb_village_class")["text"] or "" for code, _ in CLASSES} == dict(CLASSES)
    assert bench.table("regency", "kkb_class_total", within="63").cell(BALANGAN, "kkb_class_total")["value"] == 92


def test_the_imported_boundaries_draw_the_levels_they_have(bench):
    assert [bench.edition_of(level).id for level in ("province", "regency", "village")] == [SET, SET, DEFAULT_EDITION]
    approximate = Workbench(bench.data, boundaries=DEFAULT_EDITION)
    assert len(bench.areas("regency")) == 56
    assert not bench.areas("regency").geometry.geom_equals(approximate.areas("regency").geometry).any()
    chosen = Workbench(bench.data, boundaries=SET)
    assert [len(chosen.areas(level, BALANGAN)) for level in ("district", "village")] == [8, 157]
    assert chosen.undrawn("village", BALANGAN) == [] and len(chosen.undrawn("district")) == 618


def test_the_learned_places_are_told(kept, tmp_path):
    done = call(kept, "resolve", str(kept / "sheets" / "places.csv"), "--out", str(tmp_path / "coded.csv"))
    assert done.returncode == 0, done.stderr
    _, rows = stored(tmp_path / "coded.csv")
    assert [(row["code"], row["verdict"], row["reason"]) for row in rows] == [
        (BIHARA_HILIR, "alias", "asked by telephone"),
        ("", "alias", "an office and no village"),
    ]
    # No other folder knows it.
    assert not names.load(CHECKOUT / "data").resolve("Kalimantan Selatan", "Balangan", "Awayan", "Bihara Hli").taken


# --- built ---------------------------------------------------------------------------------------------------------


def shows_total(page: Path) -> bool:
    """Tell whether a page shows, in a cell of a table, the total of what was imported after the old page was built."""
    return re.search(rf">{TOTALS[BALANGAN]}\b", page.read_text(encoding="utf-8")) is not None


@pytest.mark.slow
def test_its_atlas_is_built_again_and_then_is_current(old):
    out = old / "atlas"
    before = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["pages"]
    page = out / before[BALANGAN]["path"]
    assert list(before) == [BALANGAN] and not shows_total(page)
    atlas = ("atlas", "--no-briefs", "--out", str(out), "--only", BALANGAN)

    why = call(old, *atlas, "--why", BALANGAN)
    assert why.returncode == 0 and f"{BALANGAN} Balangan would be built:\n- " in why.stdout, why.stderr
    plan = call(old, *atlas, "--dry-run")
    assert plan.returncode == 0 and "1 of 1 pages would be built" in plan.stdout, plan.stderr

    # The overview and the analyses draw on every record, source and target of the folder.
    others = ["kalimantan", *analyses()]
    every = (*atlas, *(word for code in others for word in ("--only", code)), "--summary", str(old / "summary.json"))
    done = call(old, *every)
    assert done.returncode == 0, done.stdout + done.stderr
    summary = json.loads((old / "summary.json").read_text())
    assert (sorted(summary["built"]), summary["failed"]) == (sorted([BALANGAN, *others]), [])
    page = out / json.loads((out / "manifest.json").read_text(encoding="utf-8"))["pages"][BALANGAN]["path"]
    assert shows_total(page)

    again = call(old, *every)
    summary = json.loads((old / "summary.json").read_text())
    assert (again.returncode, summary["built"]) == (0, [])
    assert sorted(summary["kept"]) == sorted([BALANGAN, *others])


# --- added to ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_third_sheet_comes_in_beside_the_old_ones_and_one_of_them_goes_out_again(old):
    counts, kampung = imports(old)
    rows = [
        ["REKAPITULASI KAMPUNG KB"], ["KABUPATEN BALANGAN"], ["KEADAAN PER 31 DESEMBER 2025"], [],
        ["Kecamatan", "Desa/Kelurahan", "Klasifikasi"],
        ["Awayan", "Bihara Hli", "Mandiri"],
        ["Awayan", "Tundi", "Dasar"],
    ]  # fmt: skip
    listed = call(old, "import", "--list")
    assert [line.split()[0] for line in listed.stdout.splitlines()] == [counts, kampung]
    done = call(old, "import", str(xlsx(old / "third.xlsx", rows)), "--kind", "kampung", "--source", PUBLISHER)
    assert done.returncode == 0, done.stdout + done.stderr
    (third,) = set(imports(old)) - {counts, kampung}
    assert call(old, "data", "check").stdout.strip() == "0 problems"
    added = [(BIHARA_HILIR, "mandiri"), ("63.11.03.2013", "dasar")]
    assert classes_of(old) == {f"imp-{kampung}": CLASSES, f"imp-{third}": added}

    gone = call(old, "import", "--undo", kampung)
    assert gone.returncode == 0, gone.stderr
    listed = call(old, "import", "--list")
    assert sorted(line.split()[0] for line in listed.stdout.splitlines()) == sorted([counts, third])
    assert call(old, "data", "check").stdout.strip() == "0 problems"
    assert classes_of(old) == {f"imp-{third}": added}


@pytest.mark.parametrize("kind", ["kampung", "counts"])
@pytest.mark.parametrize("again", ["the same file", "saved anew"])
def test_a_sheet_that_it_holds_is_not_counted_twice(old, kind, again):
    before = {name: len(Workbench(old / "data").records(name)) for name in ("kampung", "kampung_counts")}
    sheet = old / "sheets" / f"{kind}.csv"
    if again == "saved anew":
        sheet.write_text(sheet.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    done = import_file(sheet, kind=kind, source=PUBLISHER, data_root=old / "data")
    # It is there already, or takes its own place; what was saved anew may also be refused for the rows both hold.
    assert done.status in ("already", "imported" if again == "the same file" else "held")
    assert len(imports(old)) == 2
    assert {name: len(Workbench(old / "data").records(name)) for name in before} == before
