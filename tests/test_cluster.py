"""Pages from a Dask cluster: the same bytes, from shipped inputs, whatever is lost; and never from another code."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from batchkit import SAVE, call, command, copied_data, edit, notebook, tiny_notebooks
from conftest import kkbgeo
from daskkit import Processes
from processes import alive, wait_for

from kkbgeo import paths
from kkbgeo.batch import cluster as clusters
from kkbgeo.batch import remote, run
from kkbgeo.batch.cluster import ClusterError, _verdict, check, cluster
from kkbgeo.batch.inputs import Inputs
from kkbgeo.batch.manifest import Manifest
from kkbgeo.batch.plan import Run
from kkbgeo.batch.remote import Answer
from kkbgeo.batch.runner import likeness
from kkbgeo.batch.slots import Slots
from kkbgeo.errors import BatchError, ParameterError
from kkbgeo.regions.codes import is_code

pytestmark = pytest.mark.slow
posix = pytest.mark.skipif(os.name == "nt", reason="kills processes")
PAGES = ("63.11", "63.71", "kalimantan")


@pytest.fixture(scope="module")
def far(tmp_path_factory):
    """A scheduler and a worker of three threads that does not see this disk; its own data folder is not ours."""
    folder = tmp_path_factory.mktemp("far")
    started = Processes(folder)
    started.first = started.worker(threads=3, KKBGEO_DATA=str(folder / "nowhere"))
    yield started
    started.close()


@pytest.fixture(scope="module")
def holding(tmp_path_factory):
    """Notebooks of which that of the regency sleeps as long as there is a file; it notes its process."""
    root = tmp_path_factory.mktemp("holding")
    source = (
        f"import os, time\nopen({str(root / 'pids')!r}, 'a').write(f'{{os.getpid()}} ')\n"
        f"while os.path.exists({str(root / 'hold')!r}): time.sleep(0.05)"
    )
    return root, tiny_notebooks(root / "notebooks", regency=source)


def hold(root: Path) -> None:
    (root / "hold").touch()
    (root / "pids").unlink(missing_ok=True)


def held(root: Path, many: int) -> list[int]:
    """Return the kernels that sleep, once there are so many."""
    return wait_for(lambda: (found := noted(root)) and len(found) >= many and found, 90)


def noted(root: Path) -> list[int]:
    return [int(one) for one in (root / "pids").read_text().split()] if (root / "pids").exists() else []


def only(*codes: str) -> list[str]:
    return [word for code in codes for word in ("--only", code)]


def files(out: Path) -> dict[str, bytes]:
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file() and path.name != "manifest.json" and not path.name.startswith(".")
    }


def worker_of(kernel: int, batch: int) -> psutil.Process:
    """Return the worker process of a local cluster that a kernel belongs to."""
    above = psutil.Process(kernel).parents()
    return above[[one.pid for one in above].index(batch) - 1]


def one(code: str, path: Path) -> Run:
    return Run("regency", code, f"Area {code}", path, {"regency": code})


# --- the same pages ---------------------------------------------------------------------------------------------------


def test_pages_are_the_same_bytes_from_one_job_two_and_a_cluster_that_was_shipped_its_inputs(far, tmp_path):
    data = copied_data(tmp_path / "data")

    def change(rows):
        rows[:] = [row for row in rows if row["code"] != "63.11"]

    edit(data / "records" / "kampung_counts.csv", change)
    given = {
        "one": ["--jobs", "1"], "two": ["--jobs", "2"], "dask": ["--executor", "dask", "--scheduler", far.address]
    }  # fmt: skip
    built = {}
    for name, words in given.items():
        done = kkbgeo(
            "atlas", *only(*PAGES), "--out", str(tmp_path / name), *words, env={**os.environ, "KKBGEO_DATA": str(data)}
        )
        assert done.returncode == 0, done.stdout + done.stderr
        built[name] = files(tmp_path / name)
    # Page, entry and picture of each, a brief of each regency, and the index.
    briefs = [code for code in PAGES if is_code(code)]
    assert len(built["one"]) == 3 * len(PAGES) + len(briefs) + 1
    assert len([one for one in built["dask"] if one.endswith(".pdf")]) == len(briefs)
    assert built["one"] == built["two"] == built["dask"]
    pages = {name: Manifest(tmp_path / name).pages for name in given}
    assert [pages["dask"][code]["fingerprint"] for code in PAGES] == [
        pages["one"][code]["fingerprint"] for code in PAGES
    ]
    assert all(pages["dask"][code]["where"].startswith("tcp://127.0.0.1:") for code in PAGES)
    assert all(pages["two"][code]["where"] == "" for code in PAGES)
    assert all(pages["dask"][code]["peak_kb"] > 20_000 for code in PAGES)
    copies = [path for path in far.folder.rglob("kkbgeo-inputs/*") if not path.name.startswith(".")]
    assert [(path / "data" / "sources.csv").is_file() for path in copies] == [True]
    again = kkbgeo(
        "atlas",
        *only(*PAGES),
        "--out",
        str(tmp_path / "one"),
        *given["dask"],
        env={**os.environ, "KKBGEO_DATA": str(data)},
    )
    assert "0 pages built, 3 current" in again.stdout


def test_inputs_are_told_by_checksum_found_on_a_shared_disk_and_shipped_whole(tmp_path, monkeypatch):
    data = copied_data(tmp_path / "data")
    monkeypatch.setenv("KKBGEO_DATA", str(data))
    inputs = Inputs.of([one("63.01", paths.notebooks_root() / "01_regency_profile.ipynb")])
    assert inputs.found()
    packed = inputs.packed()
    assert inputs.unpacked_at(tmp_path / "copies") is None
    for _ in range(2):
        inputs.unpack(packed, tmp_path / "copies")
    there = inputs.unpacked_at(tmp_path / "copies")
    assert replace(inputs, folders=there).found()
    assert [path.name for path in (tmp_path / "copies").iterdir()] == [inputs.digest]
    (data / "records" / "aid_events.csv").write_text("other")
    assert not inputs.found()
    shutil.rmtree(data)
    assert not inputs.found()


# --- what is lost -----------------------------------------------------------------------------------------------------


@posix
def test_a_local_worker_that_is_killed_costs_nothing_but_time(holding, tmp_path):
    root, notebooks = holding
    hold(root)
    out = tmp_path / "atlas"
    line, env = command(notebooks, "atlas", *only("65.01", "65.02", "65.03", "65.04", "kalimantan"), "--out", str(out),
                        "--executor", "dask", "--jobs", "2")  # fmt: skip
    batch = subprocess.Popen(line, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        first, second = held(root, 2)[:2]
        worker_of(first, batch.pid).kill()
        wait_for(lambda: not alive(first), 10)
        assert alive(second)
        (root / "hold").unlink()
        told, _ = batch.communicate(timeout=120)
    finally:
        batch.kill()
        (root / "hold").unlink(missing_ok=True)
    assert batch.returncode == 0, told
    assert "5 pages built" in told
    assert len(list(out.rglob("regency/*.html"))) == 4
    assert not (out / ".staging").exists()
    assert len(noted(root)) == 5  # four pages, one of them twice


@posix
def test_a_page_that_kills_every_worker_fails_alone(tmp_path):
    good = notebook(tmp_path / "good.ipynb", f"{SAVE}\nsave(regency, 'regency')")
    # Above the kernel: the server that forked it, the process for notebooks, the worker.
    bad = notebook(tmp_path / "bad.ipynb", "import psutil, time\npsutil.Process().parents()[2].kill()\ntime.sleep(600)")
    runs = [one("63.01", bad), *[one(f"63.0{number}", good) for number in (2, 3, 4)]]
    with cluster("", 2, runs) as there:
        told = run.run_all(runs, tmp_path / "atlas", jobs=4, limit=120, execute=there.build, stop=there.stop)
    assert [one.status for one in told] == ["failed", "built", "built", "built"]
    assert told[0].error.startswith("3 workers were lost while they built it: tls://127.0.0.1:")
    assert told[0].attempts == 1


@posix
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_a_batch_that_is_stopped_leaves_nothing_running_on_the_workers(far, holding, tmp_path, number, code):
    root, notebooks = holding
    hold(root)
    out = tmp_path / "atlas"
    words = ("atlas", *only("kalimantan", "65.01", "65.02"), "--out", str(out), "--executor", "dask",
             "--scheduler", far.address)  # fmt: skip
    line, env = command(notebooks, *words)
    batch = subprocess.Popen(line, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        wait_for(lambda: "path" in Manifest(out).pages.get("kalimantan", {}), 90)
        kernels = held(root, 2)
        batch.send_signal(number)
        _, told = batch.communicate(timeout=30)
        assert (batch.returncode, told) == (code, "")
        wait_for(lambda: not any(map(alive, kernels)), 10)
    finally:
        batch.kill()
        (root / "hold").unlink()
    wait_for(lambda: not list(far.folder.rglob("kkbgeo-page-*")), 10)
    done = call(notebooks, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 pages built, 1 current" in done.stdout


@posix
def test_a_local_cluster_in_a_terminal_ends_with_ctrl_c_and_says_no_more_than_that(holding, tmp_path):
    root, notebooks = holding
    hold(root)
    line, env = command(notebooks, "atlas", *only("65.01"), "--out", str(tmp_path / "atlas"), "--executor", "dask",
                        "--jobs", "1")  # fmt: skip
    batch = subprocess.Popen(
        line, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        (kernel,) = held(root, 1)
        started = [kernel, *[child.pid for child in psutil.Process(batch.pid).children(recursive=True)]]
        os.killpg(batch.pid, signal.SIGINT)  # as a terminal does
        told, wrong = batch.communicate(timeout=30)
    finally:
        batch.kill()
        (root / "hold").unlink()
    assert (batch.returncode, wrong) == (130, "")
    assert "Stopped: 0 pages built" in told
    wait_for(lambda: not any(alive(pid) for pid in started), 10)


@posix
def test_a_scheduler_that_goes_away_is_said_and_the_next_call_goes_on(holding, tmp_path_factory, tmp_path):
    root, notebooks = holding
    hold(root)
    own = Processes(tmp_path_factory.mktemp("own"))
    out = tmp_path / "atlas"
    words = ("atlas", *only("kalimantan", "65.01"), "--out", str(out))
    line, env = command(notebooks, *words, "--executor", "dask", "--scheduler", own.address,
                        "--summary", str(tmp_path / "told.json"))  # fmt: skip
    batch = subprocess.Popen(line, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        own.worker(threads=2, far=False)  # comes later than the batch
        wait_for(lambda: "path" in Manifest(out).pages.get("kalimantan", {}), 90)
        (kernel,) = held(root, 1)
        own.end(own.scheduler)
        _, wrong = batch.communicate(timeout=40)
        assert batch.returncode == 4
        assert "The scheduler was lost" in wrong
        assert "Traceback" not in wrong
        wait_for(lambda: not alive(kernel), 15)
        assert json.loads((tmp_path / "told.json").read_text())["exit_code"] == 4
        unreachable = call(notebooks, *line[3:])
        assert unreachable.returncode == 4
        assert f"The scheduler {own.address} cannot be reached" in unreachable.stderr
    finally:
        batch.kill()
        own.close()
        (root / "hold").unlink()
    assert (out / "kalimantan.html").is_file()
    done = call(notebooks, *words)
    assert "1 pages built, 1 current" in done.stdout


@posix
def test_the_process_for_notebooks_rests_starts_again_and_ends_what_nobody_waits_for(holding, tmp_path, monkeypatch):
    root, notebooks = holding
    hold(root)
    monkeypatch.setattr(remote, "RUN_WHAT_IS_ASKED", "from kkbgeo.batch import runner as r; r.IDLE = 0.5; r.main()")
    runs = [one("65.01", notebooks / "01_regency_profile.ipynb")]
    inputs = Inputs.of(runs)
    place = remote._Place(inputs, inputs.folders, {}, str(tmp_path))
    try:
        first = place.runner
        assert first.hello()["hello"] == likeness()
        wait_for(lambda: first.ended, 20)
        (tmp_path / "a").mkdir()
        assert place.run(runs[0], tmp_path / "a", 100, lambda: not noted(root)) == remote.GIVEN_UP
        assert place.runner is not first
        (kernel,) = noted(root)
        wait_for(lambda: not alive(kernel), 10)
    finally:
        place.runner.kill()
        (root / "hold").unlink()


# --- who may build ----------------------------------------------------------------------------------------------------


@posix
def test_a_worker_with_other_code_is_refused_with_the_reason_and_the_others_build(far, tmp_path):
    other = Path(
        shutil.copytree(paths.PACKAGE, tmp_path / "other" / "kkbgeo", ignore=shutil.ignore_patterns("__pycache__"))
    )
    style = other / "maps" / "templates" / "page.css"
    style.write_text(style.read_text() + "\np{}\n")
    (tmp_path / "empty" / "kkbgeo").mkdir(parents=True)
    (tmp_path / "empty" / "kkbgeo" / "__init__.py").write_text("")
    notebooks = tiny_notebooks(tmp_path / "notebooks")
    words = ("--executor", "dask", "--scheduler", far.address)
    old = far.worker(far=False, PYTHONPATH=str(other.parent))
    empty = far.worker(far=False, PYTHONPATH=str(tmp_path / "empty"))
    try:
        wait_for(lambda: "Starting established" in far.log(old) and "Starting established" in far.log(empty), 90)
        done = call(notebooks, "atlas", *only("65.01"), "--out", str(tmp_path / "atlas"), *words)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "is not used: its kkbgeo differs in maps/templates/page.css." in done.stdout
        assert "is not used: it cannot load the batch's code (Exception: ModuleNotFoundError" in done.stdout
    finally:
        far.end(empty)
        far.end(old)


def test_a_cluster_without_any_worker_that_may_build_ends_the_batch(tmp_path, monkeypatch):
    book = notebook(tmp_path / "a.ipynb", "1")
    runs = [one("63.01", book)]
    told = []
    real = likeness()
    monkeypatch.setattr(clusters, "likeness", lambda: {**real, "libraries": {**real["libraries"], "folium": "99.0"}})
    with pytest.raises(ClusterError) as raised, cluster("", 1, runs, told.append) as there:
        run.run_all(runs, tmp_path / "atlas", jobs=1, execute=there.build, stop=there.stop)
    assert f"it has folium {real['libraries']['folium']}, here 99.0" in str(raised.value)
    assert "requirements.lock" in raised.value.hint
    assert len(told) == 1
    assert not (tmp_path / "atlas" / ".staging").exists()
    assert not (tmp_path / "atlas" / "failed").exists()


def test_a_cluster_that_nobody_joins_is_given_up(tmp_path_factory, tmp_path, monkeypatch):
    monkeypatch.setattr(clusters, "PATIENCE", 1.0)
    own = Processes(tmp_path_factory.mktemp("nobody"))
    runs = [one("63.01", notebook(tmp_path / "a.ipynb", "1"))]
    try:
        with pytest.raises(ClusterError, match="no worker for 1 s") as raised, cluster(own.address, 1, runs) as there:
            run.run_all(runs, tmp_path / "atlas", jobs=1, execute=there.build, stop=there.stop)
        assert "dask worker" in raised.value.hint
    finally:
        own.close()


def test_a_verdict_names_what_differs():
    ours = {"code": {"a.py": "1", "b.py": "1"}, "libraries": {"numpy": "2", "platform": "linux x86_64"}}

    def verdict(code: dict, libraries: dict) -> str:
        return _verdict("tcp://w", Answer("w on node", True, {"code": code, "libraries": libraries}), ours)[1]

    assert verdict(**ours) == ""
    assert verdict({"a.py": "2"}, ours["libraries"]) == "its kkbgeo differs in a.py; b.py"
    assert verdict(ours["code"], {"platform": "linux x86_64"}) == "it has numpy absent, here 2"
    assert "platform linux aarch64, here linux x86_64" in verdict(
        ours["code"], {"numpy": "2", "platform": "linux aarch64"}
    )
    assert _verdict("tcp://w", ImportError("x"), ours)[0] == "tcp://w"


@pytest.mark.parametrize(
    ("executor", "scheduler", "error", "hint"),
    [
        ("threads", "", ParameterError, "processes, dask"),
        ("processes", "tcp://a:1", ParameterError, "--executor dask"),
        ("dask", "localhost", ParameterError, "tcp://"),
        ("dask", "http://a:1", ParameterError, "tcp://"),
    ],
)
def test_what_does_not_go_together_is_refused(executor, scheduler, error, hint):
    with pytest.raises(error) as raised:
        check(executor, scheduler)
    assert hint in raised.value.hint


def test_without_the_extra_it_is_said_what_to_install_and_no_folder_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr(clusters, "find_spec", lambda name: None if name == "distributed" else name)
    with pytest.raises(BatchError, match="not installed") as raised:
        check("dask", "")
    assert "[dask]" in raised.value.hint
    done = kkbgeo("atlas", "--scheduler", "tcp://a:1", "--out", str(tmp_path / "out"))
    assert (done.returncode, (tmp_path / "out").exists()) == (2, False)
    assert "--executor dask" in done.stderr


def test_dask_is_loaded_only_where_it_is_asked_for():
    code = "import sys, kkbgeo.batch.atlas, kkbgeo.batch.remote; print('distributed' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# --- whose turn it is -------------------------------------------------------------------------------------------------


def test_threads_of_workers_are_taken_once_each_in_order_and_a_lost_worker_is_avoided():
    slots = Slots()
    slots.offer("a", 2)
    first, second = slots.take(), slots.take()
    taken: list = []

    def later(*avoid: str) -> threading.Thread:
        before = len(slots._waiting)
        thread = threading.Thread(target=lambda: taken.append(slots.take(frozenset(avoid)).worker))
        thread.start()
        wait_for(lambda: len(slots._waiting) == before + 1, 5)
        return thread

    waiting = [later("a"), later()]
    slots.offer("b", 1)  # the first in the queue wants another worker than a
    waiting[0].join(5)
    assert taken == ["b"]
    slots.free(first)
    slots.free(first)
    waiting[1].join(5)
    assert taken == ["b", "a"]
    last = later("b")
    slots.withdraw("a")
    slots.free(second)  # of a worker that is gone
    assert last.is_alive()
    slots.withdraw("b")
    slots.offer("b", 1)  # nobody else is there
    last.join(5)
    assert taken == ["b", "a", "b"]
    slots.offer("b", 0)  # one who waits when it ends
    threading.Timer(0.2, slots.close, [ClusterError("over")]).start()
    with pytest.raises(ClusterError, match="over"):
        slots.take()
