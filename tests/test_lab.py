"""The warm kernel in JupyterLab: started, asked, interrupted, restarted and ended by a real server over REST."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
import uuid
from pathlib import Path

import psutil
import pytest
from processes import alive, wait_for

from kkbgeo.batch import kernels

pytest.importorskip("jupyterlab")
websocket = pytest.importorskip("websocket")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(kernels.cannot_fork()), reason="no warm kernel here")]
TOKEN = "a-token-of-this-test"
MAP = """
import os, kkbgeo
wb = kkbgeo.Workbench()
print(os.getpid(), os.getppid())
kkbgeo.profiles.village_map(wb, "63.11")
"""


class Lab:
    """A server of JupyterLab in a folder of its own, without a window, and its REST API."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runtime = folder / "runtime"
        places = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "RUNTIME", "DATA")}
        words = ["--no-browser", "--ip=127.0.0.1", "--port=0", f"--IdentityProvider.token={TOKEN}", "--allow-root"]
        words += [f"--ServerApp.root_dir={folder}", "--ServerApp.terminals_enabled=False"]
        self.log = (folder / "lab.log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *words], env={**os.environ, **places, "IPYTHONDIR": str(folder)},
            cwd=folder, stdout=self.log, stderr=self.log,
        )  # fmt: skip
        self.port = self._port()
        wait_for(self._listens, 60)

    def _port(self) -> int:
        def told():
            assert self.process.poll() is None, (self.folder / "lab.log").read_text()
            for path in self.runtime.glob("jpserver-*.json"):
                if path.stat().st_size:
                    return json.loads(path.read_text())["port"]
            return 0

        return wait_for(told, 60)

    def _listens(self) -> bool:
        try:
            return bool(self.ask("GET", "status"))
        except OSError:
            return False

    def ask(self, method: str, path: str, **body) -> dict | list:
        """Call the REST API."""
        headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
        data = json.dumps(body).encode() if method == "POST" else None
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"{}")

    def talk(self, kernel: str) -> Talk:
        """Open the channels of a kernel as the page of JupyterLab does."""
        return Talk(f"ws://127.0.0.1:{self.port}/api/kernels/{kernel}/channels?token={TOKEN}")

    def end(self) -> None:
        """Stop the server as Ctrl-C, twice, does."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)
        self.log.close()


class Talk:
    """A websocket to a kernel."""

    def __init__(self, url: str) -> None:
        self.session = uuid.uuid4().hex
        self.socket = websocket.create_connection(url, timeout=60)

    def send(self, code: str) -> str:
        """Ask for a piece of code to be run; return the id of the question."""
        asked = uuid.uuid4().hex
        header = {
            "msg_id": asked,
            "msg_type": "execute_request",
            "session": self.session,
            "username": "",
            "version": "5.3",
        }
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": True}
        told = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        self.socket.send(json.dumps(told))
        return asked

    def answers(self, asked: str) -> dict[str, list[dict]]:
        """Wait until it is done; return what came, by kind of message."""
        came: dict[str, list[dict]] = {}
        while not ("execute_reply" in came and {"execution_state": "idle"} in came.get("status", [])):
            message = json.loads(self.socket.recv())
            if message["parent_header"].get("msg_id") == asked:
                came.setdefault(message["header"]["msg_type"], []).append(message["content"])
        return came

    def run(self, code: str) -> dict[str, list[dict]]:
        """Run a piece of code to its end."""
        return self.answers(self.send(code))


def printed(came: dict[str, list[dict]]) -> str:
    return "".join(one["text"] for one in came.get("stream", []) if one["name"] == "stdout")


@pytest.fixture
def lab(tmp_path):
    """A server; nothing that it started is left when the test is over."""
    server = Lab(tmp_path)
    try:
        yield server
        if server.process.poll() is not None:
            return
        family = [server.process.pid, *(one.pid for one in psutil.Process(server.process.pid).children(recursive=True))]
        server.end()
        wait_for(lambda: not any(alive(pid) for pid in family), 20)
    finally:
        server.process.kill()
        server.end()


def test_a_session_in_jupyterlab(lab):
    specs = lab.ask("GET", "kernelspecs")["kernelspecs"]
    assert kernels.NAME in specs, "the kernel is not in the list"
    kernel = lab.ask("POST", "kernels", name=kernels.NAME)["id"]
    talk = lab.talk(kernel)

    came = talk.run(MAP)
    assert came["execute_reply"][0]["status"] == "ok", came
    (shown,) = came["execute_result"]
    assert "<iframe" in shown["data"]["text/html"] or "<svg" in shown["data"]["text/html"]
    first, parent = map(int, printed(came).split())
    assert parent != lab.process.pid, "a plain kernel was started in place of a warm one"
    assert alive(parent) and psutil.Process(parent).parent().pid == lab.process.pid

    # A cell that would run for ever is interrupted; the kernel and what it knows stay.
    talk.run("kept = 41")
    asked = talk.send("print('begun', flush=True)\nimport time\nwhile True: time.sleep(0.01)")
    wait_for(lambda: json.loads(talk.socket.recv())["content"].get("text") == "begun\n", 20)
    lab.ask("POST", f"kernels/{kernel}/interrupt")
    came = talk.answers(asked)
    assert came["error"][0]["ename"] == "KeyboardInterrupt"
    assert printed(talk.run("print(kept + 1)")) == "42\n"

    # A restarted kernel is a new process that knows nothing of the one before.
    lab.ask("POST", f"kernels/{kernel}/restart")
    talk = lab.talk(kernel)
    came = talk.run("import os\nprint(os.getpid(), 'kept' in globals())")
    second, knows = printed(came).split()
    assert knows == "False" and int(second) != first and not alive(first)

    lab.ask("DELETE", f"kernels/{kernel}")
    wait_for(lambda: not alive(int(second)), 20)
    assert lab.ask("GET", "kernels") == []


def test_a_kernel_that_is_killed_comes_again_and_the_end_of_the_server_ends_all(lab):
    kernel = lab.ask("POST", "kernels", name=kernels.NAME)["id"]
    talk = lab.talk(kernel)
    first = int(printed(talk.run("import os\nprint(os.getpid())")))
    psutil.Process(first).kill()
    wait_for(lambda: not alive(first), 20)

    def again():
        try:
            return int(printed(lab.talk(kernel).run("import os\nprint(os.getpid())")) or 0)
        except (OSError, websocket.WebSocketException):
            return 0

    second = wait_for(again, 40)
    assert second not in (0, first)
    family = [one.pid for one in psutil.Process(lab.process.pid).children(recursive=True)]
    assert family
    lab.process.kill()  # not even asked
    wait_for(lambda: not any(alive(pid) for pid in [second, *family]), 20)
