"""Faults, with real processes and real signals: no torn page, nothing left running, and the next call goes on."""

from __future__ import annotations

import errno
import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from batchkit import SAVE, call, command, fake_execute, notebook, tiny_notebooks
from processes import alive, wait_for

from kkbgeo.batch import atlas, run
from kkbgeo.batch.atlas import Request
from kkbgeo.batch.faults import worth_a_retry
from kkbgeo.batch.lock import HeldError, hold, holder_of
from kkbgeo.batch.manifest import Manifest, sha256_of
from kkbgeo.batch.plan import Run

ONCE = """
mark = pathlib.Path({mark!r})
if not mark.exists():
    mark.touch()
    {fault}
"""
DISK = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
save(regency, "regency", "x" * 100_000)
"""


def one(code: str, path: Path) -> Run:
    return Run("regency", code, f"Area {code}", path, {"regency": code})


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="kills processes")
def test_what_a_second_try_can_help_gets_one_and_nothing_else(tmp_path, monkeypatch):
    # The parent of a plain kernel is the process that runs papermill, which one of these notebooks kills.
    monkeypatch.setenv("KKBGEO_KERNEL", "python3")

    def book(name: str, source: str) -> Path:
        return notebook(tmp_path / f"{name}.ipynb", f"{SAVE}\n{source}")

    def once(name: str, fault: str) -> Path:
        good = 'import sys; sys.stderr.write("a warning\\n")\nsave(regency, "regency")'
        return book(name, ONCE.format(mark=str(tmp_path / f"{name}.mark"), fault=fault) + good)

    runs = [
        one("63.01", once("kernel", "import os; os.kill(os.getpid(), 9)")),
        one("63.02", once("child", "import os; os.kill(os.getppid(), 9)")),
        one("63.03", book("full", DISK)),
        one("63.04", book("wrong", "1 / 0")),
    ]
    told = run.run_all(runs, tmp_path / "atlas", jobs=2, limit=240)
    assert [(one.status, one.attempts) for one in told] == [("built", 2), ("built", 2), ("failed", 2), ("failed", 1)]
    assert told[2].error.startswith("OSError")
    assert told[3].error.startswith("ZeroDivisionError")
    assert told[0].warnings == ("a warning",)
    assert all(one.peak_kb > 20_000 for one in told[:2])
    assert "ZeroDivisionError" in told[3].notebook.read_text()
    assert {path.name for path in (tmp_path / "atlas" / "regency").iterdir()} == {"63.01-x.html", "63.02-x.html"}


@pytest.mark.slow
def test_a_run_that_hangs_is_stopped_with_all_its_processes(tmp_path):
    pids = tmp_path / "pids"
    path = notebook(
        tmp_path / "hangs.ipynb",
        f"import os, subprocess, time\nother = subprocess.Popen(['sleep', '600'])\n"
        f"open({str(pids)!r}, 'a').write(f'{{os.getpid()}} {{other.pid}} ')\nprint('so far', flush=True)\n"
        "time.sleep(600)",
    )
    (told,) = run.run_all([one("63.01", path)], tmp_path / "atlas", jobs=1, limit=6)
    assert (told.status, told.attempts) == ("failed", 2)
    assert "longer than 6 s" in told.error
    kept = json.loads(told.notebook.read_text())["cells"][-1]
    assert kept["metadata"]["papermill"]["status"] == "running"
    assert "".join(kept["outputs"][0]["text"]) == "so far\n"
    started = [int(pid) for pid in pids.read_text().split()] if pids.exists() else []
    wait_for(lambda: not any(alive(pid) for pid in started), 10)
    assert not (tmp_path / "atlas" / ".staging").exists()


@pytest.mark.parametrize(
    ("error", "again"),
    [
        ("nbclient.exceptions.DeadKernelError: Kernel died", True),
        ("its process ended without an answer (exit code -9); out of memory?", True),
        ("took longer than 900 s and was stopped", True),
        ("OSError: [Errno 28] No space left on device (cell 4)", True),
        ("ConnectionResetError: [Errno 104] (cell 4)", True),
        ("RuntimeError: Kernel didn't respond in 120 seconds", True),
        ("MemoryError:  (cell 3)", True),
        ("FileNotFoundError: [Errno 2] No such file (cell 1)", False),
        ("PermissionError: [Errno 13] Permission denied (cell 1)", False),
        ("RecordError: kampung.csv has 1 problem (cell 1)", False),
        ("the notebook saved 0 pages, not one", False),
    ],
)
def test_which_errors_a_second_try_can_help(error, again):
    assert worth_a_retry(error) is again


@pytest.fixture(scope="module")
def held_notebooks(tmp_path_factory):
    """Notebooks of which that of the regency sleeps as long as there is a file; it notes the id of its process."""
    root = tmp_path_factory.mktemp("held")
    source = (
        f"import os, time\nopen({str(root / 'pids')!r}, 'a').write(f'{{os.getpid()}} {{os.getppid()}} ')\n"
        f"while os.path.exists({str(root / 'hold')!r}): time.sleep(0.1)"
    )
    return root, tiny_notebooks(root / "notebooks", regency=source)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="sends signals, forks")
def test_a_batch_that_is_stopped_before_its_first_page_leaves_no_server_loading(tmp_path):
    notebooks = tiny_notebooks(tmp_path / "notebooks")
    line, env = command(notebooks, "atlas", "--only", "65.01", "--out", str(tmp_path / "atlas"))
    batch = subprocess.Popen(line, env=env, stdout=subprocess.DEVNULL, start_new_session=True)

    def servers() -> list[int]:
        return [one.pid for one in psutil.Process(batch.pid).children() if "forkserver" in " ".join(one.cmdline())]

    assert wait_for(servers, 60)
    started = servers()
    batch.send_signal(signal.SIGTERM)
    assert batch.wait(30) == 143
    assert not any(alive(pid) for pid in started)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="sends signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_a_batch_that_is_stopped_leaves_nothing_running_and_the_next_goes_on(held_notebooks, tmp_path, number, code):
    root, notebooks = held_notebooks
    (root / "hold").touch()
    (root / "pids").unlink(missing_ok=True)
    out = tmp_path / "atlas"
    words = ("atlas", "--only", "kalimantan", "--only", "65.01", "--out", str(out), "--jobs", "2")
    line, env = command(notebooks, *words, "--summary", str(tmp_path / "told.json"))
    batch = subprocess.Popen(
        line, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        wait_for(lambda: "path" in Manifest(out).pages.get("kalimantan", {}))
        wait_for(lambda: (root / "pids").exists() and len((root / "pids").read_text().split()) == 2)
        started = [int(pid) for pid in (root / "pids").read_text().split()]
        started += [child.pid for child in psutil.Process(batch.pid).children(recursive=True)]
        assert holder_of(out)["pid"] == str(batch.pid)
        batch.send_signal(number)
        assert batch.wait(30) == code
        wait_for(lambda: not any(alive(pid) for pid in started), 15)
    finally:
        if batch.poll() is None:
            batch.kill()
        (root / "hold").unlink()
    pages = Manifest(out).pages
    assert set(pages) == {"kalimantan"}
    assert sha256_of(out / "kalimantan.html") == pages["kalimantan"]["sha256"]
    assert not list(out.glob("regency/*"))
    if number != signal.SIGKILL:
        assert not (out / ".staging").exists()
        assert json.loads((tmp_path / "told.json").read_text())["exit_code"] == code
    before = (out / "kalimantan.html").stat().st_mtime_ns
    done = call(notebooks, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 pages built, 1 current" in done.stdout
    assert (out / "kalimantan.html").stat().st_mtime_ns == before
    assert not (out / ".staging").exists()
    assert {one["status"] for one in Manifest(out).pages.values()} == {"built", "kept"}


def test_a_batch_that_breaks_off_leaves_the_signals_of_its_program_as_they_were(tmp_path):
    def broken(_outcome):
        seen.append([signal.getsignal(one) for one in numbers])
        raise RuntimeError("made up")

    numbers, seen = (signal.SIGINT, signal.SIGTERM), []
    before = [signal.getsignal(one) for one in numbers]
    runs = [one(code, notebook(tmp_path / f"{code}.ipynb", "1")) for code in ("63.01", "63.02")]
    with pytest.raises(RuntimeError, match="made up"):
        run.run_all(runs, tmp_path / "atlas", jobs=1, report=broken)
    assert seen == [before]
    assert [signal.getsignal(one) for one in numbers] == before
    assert signal.SIG_IGN not in before  # as conftest gives them


HOLD = "import sys, time, pathlib; from kkbgeo.batch.lock import hold\nwith hold(pathlib.Path(sys.argv[1])):\n  print(1, flush=True); time.sleep(600)"  # noqa: E501


@pytest.fixture
def other_batch(tmp_path):
    out = tmp_path / "atlas"
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(out)], stdout=subprocess.PIPE)
    process.stdout.readline()
    yield out, process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_batch_on_one_folder_is_told_who_holds_it(other_batch, tmp_path):
    out, process = other_batch
    with pytest.raises(HeldError, match=f"process {process.pid} on .* since 20"), hold(out):
        pass
    notebooks = tiny_notebooks(tmp_path / "notebooks")
    done = call(notebooks, "atlas", "--out", str(out), "--summary", str(tmp_path / "told.json"))
    assert done.returncode == 3
    assert f"process {process.pid}" in done.stderr
    assert "--wait" in done.stderr
    told = json.loads((tmp_path / "told.json").read_text())
    assert told["exit_code"] == 3
    assert str(process.pid) in told["problem"]


def test_a_lock_of_a_dead_batch_never_blocks_and_waiting_ends_with_it(other_batch):
    out, process = other_batch
    said = []

    def tell(words):
        said.append(words)
        process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)

    with hold(out, wait=True, tell=tell):
        assert holder_of(out)["pid"] == str(os.getpid())
    assert len(said) == 1
    assert holder_of(out) == {}
    with hold(out):
        pass


@pytest.fixture
def quick(tmp_path, monkeypatch):
    """An atlas whose pages cost nothing; returns its folder and a function that builds."""
    notebooks = tiny_notebooks(tmp_path / "notebooks")
    monkeypatch.setattr("kkbgeo.paths.notebooks_root", lambda: notebooks)
    monkeypatch.setattr(run, "in_own_process", fake_execute)
    monkeypatch.setattr(run, "PAUSE", 0)
    out = tmp_path / "atlas"
    return out, lambda *only, **options: atlas.build(Request(out, only, **options))


def test_a_page_that_fails_is_marked_old_until_it_is_built_again(quick, monkeypatch, capsys):
    out, build = quick
    assert build("65.01", "65.02") == 0

    def fails(run, aside, limit):
        return "ValueError: no" if run.code == "65.01" else fake_execute(run, aside, limit)

    monkeypatch.setattr(run, "in_own_process", fails)
    good = (out / "regency" / "65.01-x.html").read_bytes()
    assert build("65.01", "65.02", "65.03", as_of="2025") == 1
    assert "its old page stays" in capsys.readouterr().out
    entry = Manifest(out).pages["65.01"]
    assert (entry["status"], entry["error"], entry["attempts"]) == ("old", "ValueError: no", 1)
    assert (out / entry["notebook"]).is_file()
    assert (out / "regency" / "65.01-x.html").read_bytes() == good
    assert (out / "index.html").read_text().count("halaman lama") == 1
    assert build("65.02", as_of="2025") == 0  # another page's call keeps the mark
    assert (out / "index.html").read_text().count("halaman lama") == 1
    monkeypatch.setattr(run, "in_own_process", fake_execute)
    assert build("65.01", as_of="2025") == 0
    assert "halaman lama" not in (out / "index.html").read_text()
    assert Manifest(out).pages["65.01"]["status"] == "built"
    assert not list((out / "failed").iterdir())


def test_a_page_that_never_was_is_failed_not_old(quick, monkeypatch):
    out, build = quick
    monkeypatch.setattr(run, "in_own_process", lambda *_: "ValueError: no")
    assert build("65.01") == 1
    assert Manifest(out).pages["65.01"]["status"] == "failed"
    assert build("65.01") == 1  # it is tried again at the next call


def test_a_full_disk_costs_the_page_alone_and_a_second_try_may_find_room(quick, monkeypatch):
    out, build = quick
    real, full = run.move_durably, []

    def move(path, target):
        if "65.01" in target.name and len(full) < 3:
            full.append(target)
            raise OSError(errno.ENOSPC, "No space left on device")
        real(path, target)

    monkeypatch.setattr(run, "move_durably", move)
    assert build("65.01", "65.02") == 1  # twice full: entry at the first try, again at the second
    pages = Manifest(out).pages
    assert (pages["65.01"]["status"], pages["65.01"]["attempts"]) == ("failed", 2)
    assert pages["65.02"]["status"] == "built"
    assert build("65.01") == 0  # full once more, then not
    assert Manifest(out).pages["65.01"]["attempts"] == 2


def test_a_disk_too_full_for_the_manifest_is_said_and_the_next_call_builds_what_was_not_noted(quick, monkeypatch):
    out, build = quick

    def full(_self):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Manifest, "save", full)
        assert build("65.01") == 1
    assert Manifest(out).pages == {}
    assert build("65.01") == 0
    assert Manifest(out).pages["65.01"]["status"] == "built"


def test_what_dead_batches_left_is_swept(quick):
    out, build = quick
    (out / ".staging" / "dead" / "65.01").mkdir(parents=True)
    (out / ".index.html.999.part").write_text("half")
    assert build("65.01") == 0
    assert sorted(path.name for path in out.iterdir() if path.name.startswith(".")) == [".lock"]


CLOSED = {"full": ">/dev/full", "pipe": "| head -c 1"}
STANDARD = """
import os, pathlib, sys
from kkbgeo.cli import main
sys.argv[1:] = ["--version"]
try:
    main()
finally:
    pathlib.Path("told").write_text(" ".join(os.readlink(f"/proc/self/fd/{number}") for number in range(3)))
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("way", CLOSED)
def test_output_that_nobody_takes_is_no_fault_of_the_batch(tmp_path, way):
    words, env = command(
        tiny_notebooks(tmp_path / "notebooks"), "atlas", "--only", "65.01", "--out", str(tmp_path / "atlas")
    )
    told = tmp_path / "told"
    with told.open("w") as errors:
        done = subprocess.run(
            ["bash", "-c", f"set -o pipefail; {shlex.join(words)} {CLOSED[way]}"],
            env=env, stdout=subprocess.PIPE, stderr=errors, timeout=120, check=False,
        )  # fmt: skip
    assert (done.returncode, told.read_text()) == (0, "")
    assert Manifest(tmp_path / "atlas").pages["65.01"]["status"] == "built"


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks into /proc")
def test_no_file_takes_the_place_of_closed_output(tmp_path):
    line = f"{shlex.join([sys.executable, '-c', STANDARD])} <&- >&- 2>&-"
    subprocess.run(["bash", "-c", line], cwd=tmp_path, timeout=60, check=False)
    assert (tmp_path / "told").read_text() == "/dev/null /dev/null /dev/null"


@pytest.mark.skipif(os.name == "nt", reason="names of files are text there")
def test_a_folder_whose_name_the_locale_cannot_write_can_be_held(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["kkbgeo", "atlas", "--out", os.fsdecode(b"d\xc3sa")])
    with hold(tmp_path), pytest.raises(HeldError), hold(tmp_path):
        pass


def test_the_summary_and_help_are_for_programs(quick, tmp_path):
    out, _ = quick
    told = tmp_path / "cron" / "told.json"
    assert atlas.build(Request(out, ("65.01",)), summary=told) == 0
    found = json.loads(told.read_text())
    assert (found["exit_code"], found["built"], found["kept"], found["failed"]) == (0, ["65.01"], [], [])
    assert found["pages"][0]["sha256"] == sha256_of(out / "regency" / "65.01-x.html")
    assert "Exit codes" in call(tmp_path / "notebooks", "atlas", "--help").stdout
