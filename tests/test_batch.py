"""The batch: a fault costs its own page alone, the old page stays, and the exit code says it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import batchkit
import nbformat
import pytest
from conftest import kkbgeo
from refusals import refused

from kkbgeo.batch import lock
from kkbgeo.batch.gallery import write_index
from kkbgeo.batch.plan import Run, plan
from kkbgeo.batch.run import run_all
from kkbgeo.errors import BatchError, CodeError, ParameterError
from kkbgeo.pages import analyses, kinds, registry

SAVE = """
import json, pathlib
folder = pathlib.Path(out)
(folder / "regency").mkdir(parents=True); (folder / "meta").mkdir()
(folder / "regency" / f"{regency}-x.html").write_text("new")
(folder / "meta" / f"{regency}.json").write_text(json.dumps({"path": f"regency/{regency}-x.html"}))
"""
FAULTS = {
    "raises": SAVE + "raise ValueError('a made-up fault')",
    "saves nothing": "pass",
    "dies": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
}


def notebook(folder: Path, name: str, source: str) -> Path:
    book = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "p", "language": "python"}}
    )
    book.cells = [
        nbformat.v4.new_code_cell("regency = ''\nout = ''", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(source),
    ]
    path = folder / f"{name.replace(' ', '-')}.ipynb"
    nbformat.write(book, path)
    return path


def run(code: str, path: Path) -> Run:
    return Run("regency", code, f"Area {code}", path, {"regency": code})


def test_a_good_run_beside_three_faults(tmp_path):
    out = tmp_path / "atlas"
    old = out / "regency" / "63.01-x.html"
    old.parent.mkdir(parents=True)
    old.write_text("old")
    runs = [run(f"63.0{number}", notebook(tmp_path, name, FAULTS[name])) for number, name in enumerate(FAULTS, start=1)]
    runs.append(run("63.11", notebook(tmp_path, "good", SAVE)))
    told = []
    outcomes = run_all(runs, out, jobs=2, limit=300, report=told.append)
    assert [one.status for one in outcomes] == ["failed"] * 3 + ["built"]
    assert [one.run.code for one in outcomes] == [one.code for one in runs]
    assert len(told) == 4
    errors = dict(zip(FAULTS, [one.error for one in outcomes], strict=False))
    assert "ValueError: a made-up fault" in errors["raises"]
    assert "saved 0 pages" in errors["saves nothing"]
    assert "kernel" in errors["dies"].lower()
    assert old.read_text() == "old"
    assert not (out / "meta" / "63.01.json").exists()
    assert (out / "regency" / "63.11-x.html").read_text() == "new"
    assert sorted(path.name for path in (out / "failed").iterdir()) == [f"63.0{number}.ipynb" for number in (1, 2, 3)]
    assert "made-up fault" in (out / "failed" / "63.01.ipynb").read_text()
    assert not (out / ".staging").exists()
    again = run_all([run("63.01", runs[-1].notebook)], out, jobs=1)
    assert again[0].status == "built"
    assert old.read_text() == "new"
    assert not (out / "failed" / "63.01.ipynb").exists()


def test_a_relative_folder_is_the_one_seen_from_where_the_command_is_called(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (outcome,) = run_all([run("63.11", notebook(tmp_path, "good", SAVE))], Path("outputs/atlas"), jobs=1)
    assert outcome.error == ""
    assert (tmp_path / "outputs" / "atlas" / "regency" / "63.11-x.html").read_text() == "new"


def test_the_plan_knows_every_page_and_the_part_that_is_asked_for(wb):
    everything = plan(wb.gazetteer, [])
    assert len(everything) == 1 + len(analyses()) + 5 + 56 == 65
    assert len({one.code for one in everything}) == 65
    assert [one.code for one in plan(wb.gazetteer, ["pola-spasial"])] == ["pola-spasial"]
    assert [one.code for one in plan(wb.gazetteer, ["63.11"])] == ["63.11"]
    assert len(plan(wb.gazetteer, ["63"])) == 1 + 13
    assert [one.code for one in plan(wb.gazetteer, ["kalimantan", "62.10"])] == ["kalimantan", "62.10"]
    assert all(isinstance(value, str) for one in everything for value in one.parameters.values())


def test_the_plan_refuses_what_has_no_page(wb):
    with refused(CodeError, value="Balangn") as caught:
        plan(wb.gazetteer, ["Balangn"])
    assert "63.11" in caught.value.fields["candidates"]
    district = wb.gazetteer.within("63.11", "district")[0]
    with refused(ParameterError, value=district):
        plan(wb.gazetteer, [district])


def test_the_plan_refuses_a_notebook_that_lacks_a_parameter(wb, tmp_path, monkeypatch):
    declared = {
        one.notebook.name: json.loads(one.notebook.read_text(encoding="utf-8"))["metadata"][registry.KEY]
        for one in kinds()
    }
    monkeypatch.setattr("kkbgeo.paths.notebooks_root", lambda: tmp_path)
    with refused(BatchError, value="island"):
        plan(wb.gazetteer, ["63.11"])
    for name, told in declared.items():
        batchkit.notebook(tmp_path / name, "pass", declared=told)
    with pytest.raises(BatchError) as caught:
        plan(wb.gazetteer, ["63.11"])
    assert {"as_of", "language"} <= set(caught.value.fields["missing"])


def test_the_index_lists_the_pages_that_are_there_and_marks_the_old_ones(wb, tmp_path):
    svg = '<svg viewBox="0 0 1 1"></svg>'
    for code, slug in (("63.11", "balangan"), ("63.01", "tanah-laut")):
        entry = {
            "title": f"Kabupaten <b>{slug}</b> ${{1}}", "code": code, "level": "regency", "as_of": "2025-12-03",
            "path": f"regency/{code}-{slug}.html", "findings": ["x"], "thumbnail": svg,
        }  # fmt: skip
        (tmp_path / "meta").mkdir(exist_ok=True)
        (tmp_path / "meta" / f"{code}.json").write_text(json.dumps(entry))
    (tmp_path / "regency").mkdir()
    (tmp_path / "regency" / "63.11-balangan.html").write_text("page")
    html = write_index(tmp_path, wb.gazetteer, language="id", failed={"63.11": "Balangan"}).read_text()
    assert 'href="regency/63.11-balangan.html#' in html
    assert "tanah-laut" not in html  # its entry stands there, its page does not
    assert "&lt;b&gt;balangan&lt;/b&gt;" in html
    assert "pembaruan gagal" in html


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["atlas", "--only", "Balangn"], "63.11"),
        (["atlas", "--only", "6210"], "62.11"),
        (["atlas", "--as-of", "31/12/2025"], "2025-12-31"),
        (["atlas", "--language", "de"], "id, en"),
    ],
)
def test_a_wrong_call_ends_with_code_2_and_says_what_to_do(words, message, tmp_path):
    done = kkbgeo(*words, "--out", str(tmp_path / "atlas"))
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "atlas").exists()


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(tmp_path):
    taken = tmp_path / "file"
    taken.write_text("not a folder")
    done = kkbgeo("atlas", "--only", "63.11", "--out", str(taken))
    assert done.returncode == 2
    assert "--out FOLDER" in done.stderr
    assert "Traceback" not in done.stderr
    assert taken.read_text() == "not a folder"


@pytest.mark.parametrize(
    "torn", ["{", "[]", "{}", '{"path": "regency/65.01-x.html"}', '{"path": 5}', '{"path": "a", "title": null}']
)
def test_an_entry_that_cannot_be_read_costs_the_index_that_entry_alone(wb, tmp_path, torn):
    for code in ("65.01", "65.02"):
        assert batchkit.fake_execute(Run("regency", code, f"Area {code}", tmp_path, {}), tmp_path, 1) == ""
    out = tmp_path / "atlas"
    (out / "meta" / "65.01.json").write_text(torn)
    html = write_index(out, wb.gazetteer, language="id").read_text()
    assert "65.02-x.html" in html
    assert "65.01-x.html" not in html


def test_a_folder_whose_lock_cannot_be_made_is_said_in_a_sentence(tmp_path):
    (tmp_path / "atlas" / ".lock").mkdir(parents=True)  # root may write where the mode forbids it
    with refused(BatchError, path=str(tmp_path / "atlas")), lock.hold(tmp_path / "atlas"):
        pass


def test_a_data_folder_that_is_not_there_is_said(tmp_path):
    done = kkbgeo("atlas", "--only", "63.11", "--out", str(tmp_path / "atlas"),
                  env={**os.environ, "KKBGEO_DATA": str(tmp_path / "none")})  # fmt: skip
    assert done.returncode == 2
    assert str(tmp_path / "none") in done.stderr
    assert "KKBGEO_DATA" in done.stderr
    assert "kkbgeo data seal" not in done.stderr


def test_the_data_of_this_checkout_are_what_their_records_say():
    done = kkbgeo("data", "check")
    assert (done.returncode, done.stdout.strip()) == (0, "0 problems")


def test_a_changed_data_file_is_found_and_can_be_sealed(wb, tmp_path):
    import os
    import shutil

    folder = tmp_path / "data"
    shutil.copytree(wb.data, folder)
    target = folder / "records" / "kampung_counts.csv"
    target.write_text(target.read_text().replace(",135,93,", ",136,93,"))
    env = {**os.environ, "KKBGEO_DATA": str(folder)}
    found = kkbgeo("data", "check", env=env)
    assert found.returncode == 1
    assert "kampung_counts.csv" in found.stderr
    refused = kkbgeo("atlas", "--only", "63.01", "--out", str(tmp_path / "atlas"), env=env)
    assert refused.returncode != 0
    assert kkbgeo("data", "seal", str(target)).returncode == 0
    wrong = kkbgeo("data", "check", env=env)
    assert wrong.returncode == 1  # sealed, but the classes no longer fit the total
    assert "kampung_counts.csv" in wrong.stderr
