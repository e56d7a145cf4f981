"""What a batch shares with its runs: the same answers and the same bytes as plain reading, or plain reading."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import batchkit
import pandas as pd
import pytest

import kkbgeo
from kkbgeo import provenance, shared
from kkbgeo.batch.once import worked_once
from kkbgeo.errors import CodeError, KkbgeoError, SourceError
from kkbgeo.patterns import graphs
from kkbgeo.records import read, rows
from kkbgeo.records.targets import read_targets
from kkbgeo.regions import gazetteer, mapped
from kkbgeo.simulation import country
from kkbgeo.simulation.workspace import simulate
from kkbgeo.workbench import Workbench

SAMPLE = ["63.11", "62.10", "65", "kalimantan"]
TABLES = list(read.table_names())


def page(wb: Workbench, code: str) -> str:
    """Put a page of any kind together as its notebook does."""
    profiles = kkbgeo.profiles
    made = profiles.new_page(wb, code)
    if "." in code:
        made.findings(profiles.of_area(wb, code))
        made.show("villages", profiles.village_map(wb, code))
        for name in (
            "where", "classes", "kampung", "registered", "registered_kampung", "aid", "prevalence", "risk", "counts",
        ):  # fmt: skip
            made.show(name, getattr(profiles, name)(wb, code))
        made.show("missing", profiles.never_reported(wb, code))
    else:
        within = None if code == wb.gazetteer.whole.code else code
        keys = ["kkb_total", "kkb_coverage", "kkb_registered", "kkb_registered_advanced_share", "stunting_prevalence"]
        table = wb.table("regency", [*keys, "families_at_risk", "aid_events"], within=within)
        made.findings(profiles.of_regencies(wb, within=within))
        made.show("regencies", profiles.regency_map(wb, within=within))
        made.show("comparison", profiles.compare(wb, table))
        made.show("accounting", profiles.accounting(table, inside=within or ""))
        for name in ("prevalence", "risk", "aid", "counts") if within else ():
            made.show(name, getattr(profiles, name)(wb, code))
    return profiles.finish(wb, made).html()


@pytest.fixture
def offered(tmp_path):
    """Share the real data, as a batch does, and forget what this process read before."""
    with worked_once(Workbench(), tmp_path / "staging") as folder:
        gazetteer._load.cache_clear()
        yield folder
    gazetteer._load.cache_clear()


@pytest.fixture
def copied(tmp_path):
    """A copy of the data folder, to be changed."""
    return shutil.copytree(Workbench().data, tmp_path / "data")


def refuse(*_given, **_named):
    raise AssertionError("worked again")


@pytest.mark.parametrize("code", SAMPLE)
def test_the_same_bytes_with_and_without(tmp_path, code):
    plain = page(Workbench(), code)
    with worked_once(Workbench(), tmp_path / "staging"):
        gazetteer._load.cache_clear()
        assert isinstance(Workbench().gazetteer, mapped.MappedGazetteer)
        assert page(Workbench(), code) == plain
    gazetteer._load.cache_clear()


def test_the_same_bytes_of_a_simulated_country(tmp_path, monkeypatch):
    monkeypatch.setattr(country, "INDONESIA", (2, 5, 12, 60))
    data = simulate(tmp_path / "data", seed=3, scope="indonesia")
    codes = [
        *Workbench(data).gazetteer.codes("regency")[:2],
        Workbench(data).gazetteer.codes("province")[1],
        "indonesia",
    ]
    plain = [page(Workbench(data), code) for code in codes]
    with worked_once(Workbench(data), tmp_path / "staging"):
        gazetteer._load.cache_clear()
        assert [page(Workbench(data), code) for code in codes] == plain
    gazetteer._load.cache_clear()


@pytest.mark.usefixtures("offered")
def test_a_run_reads_and_computes_nothing_again(monkeypatch):
    sources = Workbench().sources  # few, and read by each run
    read_targets()  # fewer, and kept by the server that runs are forked from
    monkeypatch.setattr("kkbgeo.workbench.read_sources", lambda _: sources)
    for name in (
        "provenance.read_csv", "workbench.read_rows", "measures.observe.common_of", "boundaries.store._table",
        "profiles.pooled._medians", "maps.thumbnail.locator_shapes",
    ):  # fmt: skip
        monkeypatch.setattr(f"kkbgeo.{name}", refuse)
    assert len(page(Workbench(), "63.11")) > 100_000


@pytest.mark.usefixtures("offered")
def test_a_regency_reads_only_its_own_rows(monkeypatch):
    monkeypatch.setattr(rows.MappedRows, "rows", property(refuse))
    assert len(page(Workbench(), "63.11")) > 100_000


def test_a_regency_of_a_simulated_country_reads_only_its_own_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(country, "INDONESIA", (2, 5, 12, 60))
    data = simulate(tmp_path / "data", seed=3, scope="indonesia")
    with worked_once(Workbench(data), tmp_path / "staging"):
        gazetteer._load.cache_clear()
        monkeypatch.setattr(rows.MappedRows, "rows", property(refuse))
        assert "SIMULASI" in page(Workbench(data), Workbench(data).gazetteer.codes("regency")[0])
    gazetteer._load.cache_clear()


def test_weights_are_shared_by_all_levels_of_an_analysis(tmp_path, monkeypatch):
    plain = {level: graphs.graph_of(Workbench(), level) for level in ("regency", "district", "village")}
    with worked_once(Workbench(), tmp_path / "staging", weights=True):
        monkeypatch.setattr("kkbgeo.spatial.adjacency.neighbourhood_of", refuse)
        for level, made in plain.items():
            found = graphs.graph_of(Workbench(), level)
            assert list(found.codes) == list(made.codes)
            assert (found.weights != made.weights).nnz == 0
            assert (found.how, found.parameters) == (made.how, made.parameters)
        with pytest.raises(AssertionError, match="worked again"):
            graphs.graph_of(Workbench(), "regency", within="63")  # neighbours inside a region are others


def test_a_folder_without_districts_costs_the_other_pages_nothing(copied, tmp_path):
    path = copied / "boundaries" / "approximate-2025" / "district.parquet"
    path.unlink()
    for note in path.parent.glob(f"{path.name}*"):
        note.unlink()
    with worked_once(Workbench(copied), tmp_path / "staging", weights=True) as folder:
        assert sorted(one.name.split("-")[1] for one in folder.glob("neighbours-*")) == ["regency", "village"]


@pytest.mark.parametrize("name", TABLES)
def test_rows_are_equal_value_by_value(name, tmp_path):
    plain = rows.Rows(read.read_rows(name))
    with worked_once(Workbench(), tmp_path / "staging"):
        found = rows.find(read.TABLES[name], Workbench().data)
        assert repr(found.rows) == repr(plain.rows)
        assert [[type(cell) for cell in row] for row in found.rows] == [[type(c) for c in row] for row in plain.rows]
        for code in ("63.11", "63", "62.10.02", "99"):
            assert repr(found.around(code)) == repr(plain.around(code))


@pytest.mark.parametrize("code", ["63.11", "63", "61.06"])
@pytest.mark.parametrize("name", TABLES)
def test_around_leaves_out_no_row_that_can_concern_a_region(name, code):
    everything = read.read_rows(name)
    above = {code, code.split(".")[0], ""}
    wanted = [one for one in everything if one.code in above or one.code.startswith(f"{code}.")]
    assert repr(rows.Rows(everything).around(code)) == repr(wanted)


def test_the_report_of_a_region_still_accounts_for_every_row(wb):
    keys = ["kkb_total", "aid_events", "stunting_prevalence"]
    table = wb.table("regency", keys, within="63.11")
    for key in keys:
        whole = len(wb.rows(wb.catalogue[key].table))
        assert len(table.report[table.report["indicator"] == key]) == whole == table.summary().loc[key, "rows"]
    inside = table.summary(inside="63.11")
    counted = [one for one in wb.rows("aid_events") if not one.code or f"{one.code}.".startswith("63.11.")]
    assert inside.loc["aid_events", "rows"] == len(counted)
    # a wider region than the table's is counted from all records, not from those around the table
    wider = table.summary(inside="63")
    assert wider.loc["kkb_total", "rows"] > inside.loc["kkb_total", "rows"]


@pytest.mark.usefixtures("offered")
def test_the_gazetteer_answers_alike():
    plain = gazetteer.Gazetteer(pd.read_csv(Workbench().data / "reference/gazetteer.csv", dtype=str).fillna("")
                                .set_index("code").astype({"lon": float, "lat": float}))  # fmt: skip
    here = Workbench().gazetteer
    assert isinstance(here, mapped.MappedGazetteer) and len(here) == len(plain)
    pd.testing.assert_frame_equal(here.frame, plain.frame)
    for code in plain.codes("regency")[::5] + plain.codes("village")[::500] + plain.codes("province"):
        assert code in here
        assert (here.label(code), here.chain(code), here.children(code)) == (
            plain.label(code), plain.chain(code), plain.children(code))  # fmt: skip
    for level in ("province", "regency", "district", "village"):
        assert here.codes(level) == plain.codes(level)
        assert here.within("63", level) == plain.within("63", level)
    assert "63.99" not in here and 63 not in here and here.suggest("Balangn") == plain.suggest("Balangn")
    assert here.bps("62.11") == "6210" and here.from_bps("6210") == "62.11"
    with pytest.raises(CodeError, match=r"63\.99"):
        here.require("63.99")


def test_changed_data_are_read_anew(copied, tmp_path):
    with worked_once(Workbench(copied), tmp_path / "staging"):
        path = copied / "records" / "aid_events.csv"
        assert rows.find(read.TABLES["aid_events"], copied) is not None
        path.write_text(path.read_text(encoding="utf-8").replace("delivered", "planned", 1), encoding="utf-8")
        assert rows.find(read.TABLES["aid_events"], copied) is None
        with pytest.raises(SourceError):  # changed, and not sealed
            Workbench(copied).rows("aid_events")
        provenance.seal(path)
        assert Workbench(copied).rows("aid_events") != Workbench().rows("aid_events")


@pytest.mark.usefixtures("offered")
def test_another_data_folder_finds_nothing(copied):
    assert shared.find("gazetteer", Workbench().data) is not None
    assert shared.find("gazetteer", copied) is None


@pytest.mark.parametrize("harm", ["torn", "empty", "gone"])
def test_a_damaged_file_is_as_none(offered, harm):
    plain = Workbench().rows("kampung")
    for path in offered.glob("*.arrow"):
        if harm == "gone":
            path.unlink()
        else:
            content = path.read_bytes()
            path.write_bytes(content[: len(content) // 2 if harm == "torn" else 0])
    gazetteer._load.cache_clear()
    wb = Workbench()
    assert not isinstance(wb.gazetteer, mapped.MappedGazetteer)
    assert isinstance(wb.rows("kampung"), list) and repr(wb.rows("kampung")) == repr(plain)
    assert len(page(wb, "63.11")) > 100_000


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.delenv(shared.FOLDER, raising=False)
    staging = tmp_path / "staging"
    with pytest.raises(KeyboardInterrupt), worked_once(Workbench(), staging) as folder:
        assert os.environ[shared.FOLDER] == str(folder) and list(folder.glob("*.arrow"))
        raise KeyboardInterrupt
    assert not staging.exists() and shared.FOLDER not in os.environ


def test_two_batches_share_beside_each_other(tmp_path):
    with worked_once(Workbench(), tmp_path / "staging") as one:
        with worked_once(Workbench(), tmp_path / "staging") as two:
            assert one != two and os.environ[shared.FOLDER] == str(two)
        assert os.environ[shared.FOLDER] == str(one) and shared.find("gazetteer", Workbench().data) is not None


def test_a_full_disk_costs_nothing_but_time(tmp_path, monkeypatch):
    def full(*_given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shared, "keep", full)
    with worked_once(Workbench(), tmp_path / "staging"):
        gazetteer._load.cache_clear()
        assert not isinstance(Workbench().gazetteer, mapped.MappedGazetteer)
        assert len(page(Workbench(), "62.10")) > 100_000
    assert not (tmp_path / "staging").exists()


def test_wrong_data_are_refused_before_they_are_shared(copied, tmp_path):
    (copied / "records" / "kampung.csv").write_text("record_id\n", encoding="utf-8")
    with pytest.raises(KkbgeoError), worked_once(Workbench(copied), tmp_path / "staging"):
        raise AssertionError("shared")
    assert not (tmp_path / "staging").exists()


def test_the_runs_of_a_batch_use_it_and_it_is_gone_afterwards(tmp_path, copied, monkeypatch):
    """Also with a data folder named from where the command was called: the notebooks run elsewhere."""
    monkeypatch.setenv("TOLD", str(tmp_path))
    monkeypatch.setenv("KKBGEO_DATA", copied.name)
    monkeypatch.chdir(copied.parent)
    source = (
        "import json, kkbgeo, os, pathlib\n"
        "wb = kkbgeo.Workbench()\n"
        "count = len(wb.rows('kampung', '62.10'))\n"
        "told = [type(wb.gazetteer).__name__, os.environ['KKBGEO_SHARED'], str(wb.data), count]\n"
        "pathlib.Path(os.environ['TOLD'], f'{regency}.json').write_text(json.dumps(told))"
    )
    out = tmp_path / "out"
    done = batchkit.call(
        batchkit.tiny_notebooks(tmp_path / "notebooks", regency=source), "atlas", "--only", "62.10", "--out", str(out)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    kind, folder, data, count = json.loads((tmp_path / "62.10.json").read_text(encoding="utf-8"))
    assert (kind, data, count) == ("MappedGazetteer", str(copied), len(Workbench(copied).rows("kampung", "62.10")))
    assert Path(folder).parent == out / ".staging" and not (out / ".staging").exists()
