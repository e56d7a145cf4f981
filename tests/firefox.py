"""Firefox for tests, as Debian has it: spoken to over WebDriver BiDi, which it understands by itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

# Quiet at its start, and a proxy that is nobody: no page can reach a network.
_PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}


def firefox() -> str:
    """Return the browser, or skip."""
    found = os.environ.get("KKBGEO_FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")
    if not found:
        pytest.skip("firefox-esr is not installed")
    return found


class Fox:
    """One tab of Firefox."""

    def __init__(self, address: str) -> None:
        import websocket

        # Firefox takes no connection that comes from a web page, and an Origin would say so.
        self._socket = websocket.create_connection(address, timeout=120, suppress_origin=True)
        self._last = 0
        self.events: list[dict] = []
        self.send("session.new", capabilities={})
        self.tab = self.send("browsingContext.getTree")["contexts"][0]["context"]
        self.send("session.subscribe", events=["network.beforeRequestSent", "log.entryAdded"], contexts=[self.tab])

    def send(self, method: str, **params: Any) -> dict:
        """Send a command and return its answer; what is reported meanwhile is noted."""
        self._last += 1
        self._socket.send(json.dumps({"id": self._last, "method": method, "params": params}))
        while True:
            told = json.loads(self._socket.recv())
            if told.get("id") == self._last:
                assert told["type"] == "success", told
                return told["result"]
            self.events.append(told)

    def evaluate(self, expression: str) -> Any:
        """Return what an expression gives on the page, by way of JSON."""
        answer = self.send(
            "script.evaluate", expression=f"JSON.stringify({expression})", target={"context": self.tab},
            awaitPromise=False,
        )  # fmt: skip
        assert answer["type"] == "success", answer
        return json.loads(answer["result"]["value"]) if answer["result"]["type"] == "string" else None

    def open(self, path: Path, width: int, height: int) -> None:
        """Open a file in a window of some size."""
        self.send("browsingContext.setViewport", context=self.tab, viewport={"width": width, "height": height})
        self.send("browsingContext.navigate", context=self.tab, url=path.resolve().as_uri(), wait="complete")

    def until(self, expression: str, seconds: float = 60) -> None:
        """Wait until an expression is true on the page."""
        end = time.monotonic() + seconds
        while not self.evaluate(expression):
            assert time.monotonic() < end, f"never came true: {expression}"
            time.sleep(0.1)

    def click(self, x: float, y: float) -> None:
        """Click at a point of the window."""
        actions = [
            {"type": "pointerMove", "x": round(x), "y": round(y)},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        mouse = {"type": "pointer", "id": "mouse", "actions": actions}
        self.send("input.performActions", context=self.tab, actions=[mouse])

    @property
    def requests(self) -> list[str]:
        """Addresses that the page asked for, its own file left out."""
        sent = [one["params"]["request"]["url"] for one in self.events if one["method"] == "network.beforeRequestSent"]
        return [one for one in sent if not one.startswith(("file:", "data:", "blob:", "about:"))]

    @property
    def errors(self) -> list[str]:
        """What went wrong on the page."""
        logged = [one["params"] for one in self.events if one["method"] == "log.entryAdded"]
        return [one["text"] for one in logged if one["level"] == "error"]


@contextmanager
def one_fox(folder: Path) -> Iterator[Fox]:
    """Start Firefox with an empty profile below `folder`, and end it afterwards."""
    profile = folder / "profile"
    profile.mkdir()
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in _PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = [firefox(), "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
    told = profile / "WebDriverBiDiServer.json"
    with (folder / "firefox.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | {"HOME": str(folder)})
        try:
            end = time.monotonic() + 120
            while not told.exists() or not told.read_text(encoding="utf-8").strip().endswith("}"):
                assert process.poll() is None and time.monotonic() < end, (folder / "firefox.log").read_text("utf-8")
                time.sleep(0.1)
            server = json.loads(told.read_text(encoding="utf-8"))
            yield Fox(f"ws://{server['ws_host']}:{server['ws_port']}/session")
        finally:
            process.terminate()
            process.wait(60)
