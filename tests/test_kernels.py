"""Warm kernels: as clean as a fresh Python, gone with the batch, and plain ones where they cannot be had."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from jupyter_client import AsyncKernelManager, KernelManager
from processes import alive, wait_for

from kkbgeo import paths
from kkbgeo.batch import kernels, warm
from kkbgeo.batch.faults import worth_a_retry
from kkbgeo.batch.plan import Run
from kkbgeo.batch.process import in_own_process

DIRTY = """
import builtins, decimal, gc, locale, logging, os, random, signal, sys, warnings
import numpy, pandas, kkbgeo.paths
random.seed(1); numpy.random.seed(1); numpy.set_printoptions(precision=1)
os.environ["KKBGEO_DIRT"] = "1"; os.environ["HOME"] = "/nowhere"; os.chdir("/"); os.umask(0)
sys.path.insert(0, "/dirt"); sys.argv.append("dirt"); sys.setrecursionlimit(345); sys.modules["dirt"] = sys
warnings.simplefilter("error"); pandas.set_option("display.max_rows", 3); logging.getLogger().setLevel(1)
decimal.getcontext().prec = 3; builtins.dirt = 1; kkbgeo.paths.dirt = 1; gc.disable()
signal.signal(signal.SIGUSR1, print)
try:
    import matplotlib; matplotlib.rcParams["lines.linewidth"] = 99
except ImportError:
    pass
(lambda: None).__globals__["dirt"] = 1
"""

# The libraries are loaded in a plain kernel too, in the same order: what their import does is no dirt.
STATE = """
import importlib
from importlib.util import find_spec
for name in MODULES:
    try:
        importlib.import_module(name)
    except ImportError:
        pass
import builtins, decimal, gc, json, locale, logging, multiprocessing, os, resource, signal, sys, threading, warnings
import numpy, pandas, kkbgeo.paths
mask = os.umask(0); os.umask(mask)
state = dict(
    environment=dict(os.environ), folder=os.getcwd(), path=sys.path, command=sys.orig_argv[1:4],
    arguments=[os.path.basename(sys.argv[0]), *sys.argv[1:2]], filters=sorted(repr(one) for one in warnings.filters),
    options=pandas.describe_option("display", _print_desc=False), printing=repr(numpy.get_printoptions()),
    recursion=sys.getrecursionlimit(), precision=str(decimal.getcontext()), names=sorted(vars(builtins)),
    room=sorted(vars(kkbgeo.paths)), mask=mask, collecting=[gc.isenabled(), gc.get_threshold()],
    signals={int(one): repr(signal.getsignal(one)).split(" at ")[0] for one in signal.valid_signals()},
    logging=[logging.getLogger().level, len(logging.getLogger().handlers)], locale=locale.setlocale(locale.LC_ALL),
    dirt="dirt" in sys.modules or "dirt" in globals(), method=multiprocessing.get_start_method(),
    parent=str(multiprocessing.parent_process()), process=multiprocessing.current_process().name,
    leads=os.getpid() == os.getpgid(0) == os.getsid(0), threads=threading.active_count(), flags=repr(sys.flags),
    limits={name: resource.getrlimit(getattr(resource, name)) for name in dir(resource) if name.startswith("RLIMIT_")},
    history=len(In), main=sorted(vars(sys.modules["__main__"])), scope=sorted(globals()),
    hook=sys.excepthook.__qualname__, out=type(sys.stdout).__name__, encoding=sys.stdout.encoding,
)
import tqdm.auto
state["bar"] = str(tqdm.auto.tqdm.__mro__)
if find_spec("matplotlib"):
    import matplotlib
    state["matplotlib"] = {key: repr(value) for key, value in matplotlib.rcParams.items()}
import pathlib
pathlib.Path(out).mkdir(); pathlib.Path(out, "state.json").write_text(json.dumps(state))
"""


def notebook(folder: Path, name: str, source: str) -> Path:
    metadata = {"kernelspec": {"name": "python3", "display_name": "p", "language": "python"}}
    book = nbformat.v4.new_notebook(metadata=metadata)
    book.cells = [
        nbformat.v4.new_code_cell("out = ''", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(source),
    ]
    nbformat.write(book, folder / f"{name}.ipynb")
    return folder / f"{name}.ipynb"


def run(tmp_path: Path, name: str, source: str, kernel: str = kernels.NAME, limit: float = 60) -> str:
    """Run a cell in the batch's way; its folder is tmp_path/name."""
    (tmp_path / name).mkdir()
    return in_own_process(
        Run("regency", "63.11", name, notebook(tmp_path, name, source), {}), tmp_path / name, limit, kernel
    )


linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")


def test_the_warm_kernel_is_there_and_chosen():
    assert kernels.kernel() == (kernels.NAME, "")


def test_a_run_after_a_dirty_one_is_as_clean_as_a_plain_kernel(tmp_path, monkeypatch):
    monkeypatch.setenv("KKBGEO_TEST_GIVEN", "yes")
    monkeypatch.setenv("TZ", "Asia/Pontianak")
    source = f"MODULES = {kernels.MODULES + kernels.ON_FIRST_USE}" + STATE
    states = []
    for name, kernel in (("before", kernels.NAME), ("plain", kernels.PLAIN), ("after", kernels.NAME)):
        if name == "after":
            assert run(tmp_path, "dirty", DIRTY) == ""
        assert run(tmp_path, name, source, kernel) == ""
        state = json.loads((tmp_path / name / "atlas" / "state.json").read_text())
        assert state["environment"].pop("JPY_PARENT_PID") != str(os.getpid())
        assert state["environment"].pop("IPYTHONDIR") == str(tmp_path / name / "ipython")
        assert state["environment"]["KKBGEO_TEST_GIVEN"] == "yes"
        states.append(state)
    before, plain, after = states
    for key in plain:
        assert after[key] == before[key], key
        assert after[key] == plain[key], key


def test_random_numbers_are_fresh_in_every_run(tmp_path):
    source = (
        "import numpy, random, uuid; print(random.random(), numpy.random.random(), numpy.random.rand(), uuid.uuid4())"
    )
    drawn = set()
    for name in "abc":
        assert run(tmp_path, name, source) == ""
        cell = nbformat.read(tmp_path / name / f"{name}.ipynb", 4).cells[-1]
        drawn.update(cell.outputs[0].text.split())
    assert len(drawn) == 12


@linux
def test_the_connection_is_for_this_user_alone(tmp_path):
    source = """
import ipykernel, json, pathlib
file = pathlib.Path(ipykernel.get_connection_file())
modes = [oct(path.stat().st_mode & 0o777) for path in (file, file.parent)]
print(json.loads(file.read_text())["transport"], *modes, len(list(file.parent.glob("*ipc*"))), file.parent)
"""
    assert run(tmp_path, "a", source) == ""
    transport, file, folder, sockets, place = (
        nbformat.read(tmp_path / "a" / "a.ipynb", 4).cells[-1].outputs[0].text.split()
    )
    assert (transport, file, folder, sockets) == ("ipc", "0o600", "0o700", "5")
    assert not Path(place).exists()
    assert stat.S_IMODE(Path(place).parent.stat().st_mode) == 0o700


@pytest.mark.slow
def test_a_fault_ends_the_run_and_says_what_it_was(tmp_path):
    assert run(tmp_path, "raises", "raise ValueError('made up')") == "ValueError: made up (cell 3)"
    assert "kernel died" in run(tmp_path, "dies", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)").lower()
    started = time.monotonic()
    assert run(tmp_path, "hangs", "while True: pass", limit=4) == "took longer than 4 s and was stopped"
    assert time.monotonic() - started < 30  # the machine may be busy with other tests


HOG = """
import os, pathlib, re, subprocess
sleeper = subprocess.Popen(["sleep", "600"])
text = f"{os.getpid()} {os.environ['JPY_PARENT_PID']} {sleeper.pid}"
pathlib.Path("pids.tmp").write_text(text); os.rename("pids.tmp", "pids")
"""
WAYS = {
    "sleeps": HOG + "import time; time.sleep(600)",
    "never gives the interpreter lock back": HOG + "re.match('(a+)+$', 'a' * 64 + 'b')",
}


def pids(folder: Path) -> list[int]:
    assert wait_for((folder / "pids").exists, 60)
    return [int(word) for word in (folder / "pids").read_text().split()]


@pytest.mark.slow
@linux
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("victim", ["batch", "papermill"])
def test_nothing_outlives_a_sigkill(tmp_path, way, victim):
    (tmp_path / "aside").mkdir()
    source = f"""
from pathlib import Path
from kkbgeo.batch import warm
from kkbgeo.batch.plan import Run
from kkbgeo.batch.process import in_own_process
folder = Path({str(tmp_path)!r})
kernel = warm.SERVER.problem(); print(warm.SERVER._forkserver_pid, flush=True)
print(in_own_process(Run("regency", "63.11", "x", folder / "hog.ipynb", {{}}), folder / "aside", 600))
"""
    notebook(tmp_path, "hog", WAYS[way])
    batch = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True)
    server = int(batch.stdout.readline())
    kernel, papermill, sleeper = pids(tmp_path)
    assert all(map(alive, (kernel, papermill, sleeper, server)))
    own = [path for path in Path("/tmp").glob("kkbgeo-*") if path.stat().st_uid == os.getuid()]
    os.kill(batch.pid if victim == "batch" else papermill, signal.SIGKILL)
    assert wait_for(lambda: not any(map(alive, (kernel, papermill, sleeper))), 5), (kernel, papermill, sleeper)
    if victim == "papermill":
        assert worth_a_retry(batch.stdout.read())  # told as a death, not as an error of a cell
    batch.wait(10)
    batch.stdout.close()
    assert wait_for(lambda: not alive(server), 5)
    assert len([path for path in own if path.exists()]) < len(own)  # its folder of sockets went with it


@pytest.mark.slow
@linux
def test_papermill_from_a_shell_and_its_sigkill(tmp_path):
    command = [sys.executable, "-m", "papermill", "--kernel", kernels.NAME, "--cwd", str(tmp_path)]
    good = notebook(tmp_path, "good", "print(get_ipython().history_manager.hist_file)")
    done = subprocess.run(
        [*command, str(good), str(tmp_path / "out.ipynb")], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "plain kernel" not in done.stderr
    assert nbformat.read(tmp_path / "out.ipynb", 4).cells[-1].outputs[0].text == ":memory:\n"
    hog = notebook(tmp_path, "hog", WAYS["sleeps"])
    papermill = subprocess.Popen([*command, str(hog), str(tmp_path / "out.ipynb")], stderr=subprocess.DEVNULL)
    started = pids(tmp_path)
    assert papermill.pid in started
    papermill.kill()
    papermill.wait()
    assert wait_for(lambda: not any(map(alive, started)), 5)


def ask(client, code: str) -> str:
    told = []
    client.execute_interactive(
        code, timeout=60, output_hook=lambda message: told.append(message["content"].get("text", ""))
    )
    return "".join(told).strip()


def test_two_kernels_start_answer_stop_a_cell_restart_and_end():
    """As JupyterLab uses them."""
    managers = [KernelManager(kernel_name=kernels.NAME) for _ in range(2)]
    clients = []
    for manager in managers:
        manager.start_kernel(cwd="/")
        assert type(manager.provisioner.process) is warm.Fork
        assert stat.S_IMODE(Path(manager.connection_file).stat().st_mode) == 0o600
        clients.append(manager.blocking_client())
        clients[-1].start_channels()
        clients[-1].wait_for_ready(timeout=60)
    ours = [
        ask(client, "import os; mine = os.getpid(); print(mine, os.getcwd(), __name__)").split() for client in clients
    ]
    assert [int(words[0]) for words in ours] == [manager.provisioner.pid for manager in managers]
    assert all(words[1:] == ["/", "__main__"] for words in ours)
    info = asyncio.run(managers[0].provisioner.get_provisioner_info())
    assert info["pid"] == info["pgid"] == managers[0].provisioner.pid
    asked = clients[0].execute("while True: pass", stop_on_error=False)
    time.sleep(1)
    managers[0].interrupt_kernel()
    reply = clients[0].get_shell_msg(timeout=20)
    while reply["parent_header"]["msg_id"] != asked:
        reply = clients[0].get_shell_msg(timeout=20)
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert ask(clients[0], "print(mine)") == ours[0][0]
    managers[0].restart_kernel()
    clients[0].wait_for_ready(timeout=60)
    assert ask(clients[0], "print('mine' in globals())") == "False"
    assert ask(clients[1], "print(mine)") == ours[1][0]
    for manager, client, now in zip(managers, clients, (False, True), strict=True):
        pid = manager.provisioner.pid
        client.stop_channels()
        manager.shutdown_kernel(now=now)
        assert not manager.has_kernel
        assert not Path(manager.connection_file).exists()
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_an_async_manager_sees_the_end_and_its_exit_code():
    async def kill() -> list:
        manager = AsyncKernelManager(kernel_name=kernels.NAME)
        await manager.start_kernel()
        seen = [await manager.is_alive()]
        await manager.provisioner.send_signal(signal.SIGTERM)
        seen += [await manager.provisioner.wait(), manager.provisioner.has_process]
        await manager.cleanup_resources()
        return seen

    assert asyncio.run(kill()) == [True, -signal.SIGTERM, False]


@pytest.mark.parametrize("given", [{"PYTHONHASHSEED": "1"}, {"LC_ALL": "id_ID.UTF-8"}])
def test_what_only_a_fresh_python_can_take_up_gets_a_plain_kernel(given, caplog):
    manager = KernelManager(kernel_name=kernels.NAME)
    manager.log.propagate = True
    manager.start_kernel(env={**os.environ, **given})
    try:
        assert isinstance(manager.provisioner.process, subprocess.Popen)
    finally:
        manager.shutdown_kernel(now=True)
    (told,) = [one for one in caplog.records if one.levelname == "WARNING" and one.name == manager.log.name]
    assert next(iter(given)) in told.args[0]  # the reason


@pytest.mark.slow
def test_where_a_library_cannot_be_loaded_a_plain_kernel_is_used_and_the_log_says_why(tmp_path):
    (tmp_path / "branca").mkdir()
    (tmp_path / "branca" / "__init__.py").write_text("raise RuntimeError('made up')")
    (tmp_path / "aside").mkdir()
    book = notebook(tmp_path, "a", "print(1)")
    script = tmp_path / "script.py"
    script.write_text(f"""
from pathlib import Path
from kkbgeo.batch.plan import Run
from kkbgeo.batch.process import in_own_process
if __name__ == "__main__":
    one = Run("regency", "63.11", "x", Path({str(book)!r}), {{}})
    print([in_own_process(one, Path({str(tmp_path / "aside")!r}), 60)])
""")
    path = os.pathsep.join([str(tmp_path), str(Path(kernels.__file__).parents[2])])
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "['']", done.stderr
    assert "made up" in done.stderr


@pytest.mark.parametrize(
    ("setting", "expected"),
    [("methods", "cannot fork processes"), ("problem", "made up"), ("choice", "KKBGEO_KERNEL asks for kernel other")],
)
def test_the_choice_of_a_kernel_says_why(setting, expected, monkeypatch):
    if setting == "methods":
        monkeypatch.setattr("multiprocessing.get_all_start_methods", lambda: ["spawn"])
    elif setting == "problem":
        monkeypatch.setattr(warm.SERVER, "_problem", "made up")
    else:
        monkeypatch.setenv(kernels.CHOICE, "other")
    name, why = kernels.kernel()
    assert name == ("other" if setting == "choice" else kernels.PLAIN)
    assert expected in why


@pytest.mark.slow
@linux
def test_many_runs_leave_no_file_open_and_a_lost_server_is_started_again(tmp_path):
    def opened() -> list[int]:
        return [len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in (os.getpid(), warm.SERVER._forkserver_pid)]

    assert run(tmp_path, "first", "pass") == ""
    time.sleep(1)
    before = opened()
    for number in range(5):
        assert run(tmp_path, f"n{number}", "pass") == ""
    assert wait_for(lambda: opened() == before, 10)
    os.kill(warm.SERVER._forkserver_pid, signal.SIGKILL)
    assert run(tmp_path, "again", "pass") == ""


REHEARSED = """
import json, logging, os, sys, warnings
from pathlib import Path
from kkbgeo.batch import preload, rehearsal
assert not preload._load()
def seen():
    levels = {name: logging.getLogger(name).level for name in sorted(logging.root.manager.loggerDict)}
    return [*processes(), {name: level for name, level in levels.items() if level}, list(map(str, warnings.filters))]
def processes():
    files = [os.readlink(one) for one in Path("/proc/self/fd").iterdir() if one.exists()]
    return [len(list(Path("/proc/self/task").iterdir())), sorted(files), dict(os.environ), os.getcwd(), sys.path]
before = seen()
rehearsal.rehearse()
from kkbgeo.maps import document
print(json.dumps([before == seen(), len(document.environment().cache), sys.stdout is sys.__stdout__]))
"""


@pytest.mark.slow
@linux
def test_a_server_that_is_not_needed_leaves_no_folder(tmp_path):
    source = """
import os, tempfile, time
from pathlib import Path
from kkbgeo.batch import kernels, warm
folder = Path(tempfile.gettempdir())
kernels.start_early()
made = f"kkbgeo-{warm.SERVER._forkserver_pid}-*"
assert kernels.kernel()[1] == "" and list(folder.glob(made))
kernels.stop_idle()
print([path.name for path in folder.iterdir() if not path.name.startswith("pymp-")])
"""
    command = [sys.executable, "-c", source]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


@pytest.mark.slow
@linux
def test_the_rehearsal_of_the_server_leaves_no_thread_file_or_setting_behind(tmp_path):
    command = [sys.executable, "-c", REHEARSED]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    same, templates, own = json.loads(done.stdout)
    assert same and own and templates >= 3


@pytest.mark.slow
def test_a_rehearsal_that_cannot_be_played_stops_nothing(tmp_path):
    """A page tells what is wrong with its data; the server only saves time."""
    environment = {**os.environ, "KKBGEO_DATA": str(tmp_path / "nowhere")}
    told = "from kkbgeo.batch import rehearsal; rehearsal.rehearse(); print('went on')"
    done = subprocess.run([sys.executable, "-c", told], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "went on"


def test_maps_are_not_shown_in_notebooks_that_nobody_looks_at(tmp_path):
    source = """
import kkbgeo
wb = kkbgeo.Workbench()
kkbgeo.profiles.village_map(wb, "63.71")
"""
    assert run(tmp_path, "map", source) == ""
    cells = nbformat.read(tmp_path / "map" / "map.ipynb", 4).cells
    assert set(cells[-1].outputs[0].data) == {"text/plain"}


def test_plain_and_warm_kernels_give_the_same_bytes(tmp_path):
    source = Path(paths.notebooks_root()) / "01_regency_profile.ipynb"
    built = {}
    for kernel in (kernels.PLAIN, kernels.NAME):
        aside = tmp_path / kernel
        aside.mkdir()
        one = Run("regency", "63.11", "Balangan", source, {"regency": "63.11", "as_of": "2025-12-31", "language": "id"})
        assert in_own_process(one, aside, 300, kernel) == ""
        files = [path for path in sorted((aside / "atlas").rglob("*")) if path.is_file()]
        built[kernel] = {str(path.relative_to(aside)): path.read_bytes() for path in files}
    assert len(built[kernels.NAME]) == 4  # page, entry for the index, PDF, PNG
    assert built[kernels.NAME] == built[kernels.PLAIN]


@linux
def test_the_peak_of_a_run_counts_what_its_warm_kernel_took(tmp_path):
    """It is the server's child, so that the run's own account of its children does not hold it."""
    take = "import numpy\ntaken = numpy.ones({megabytes} << 17)\ndel taken"
    peaks = {}
    for megabytes in (1, 300):
        assert run(tmp_path, str(megabytes), take.format(megabytes=megabytes)) == ""
        peaks[megabytes] = json.loads((tmp_path / str(megabytes) / "usage.json").read_text())["peak_kb"]
    assert 290_000 < peaks[300] - peaks[1] < 400_000
