"""Open JupyterLab on the notebooks: ``make lab``, ``make lab PORT=8899``."""

from __future__ import annotations

import os
import sys
import webbrowser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main(port: str = "") -> None:
    """Say how JupyterLab is started and why, and become it."""
    words, why = command(port, root=os.geteuid() == 0, browser=has_browser(os.environ))
    for line in why:
        print(line, flush=True)
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", *words])


def command(port: str, *, root: bool, browser: bool) -> tuple[list[str], list[str]]:
    """Return the options of JupyterLab, and a line for each that needs a reason.

    Examples
    --------
    >>> command("8899", root=False, browser=True)[0][1:]
    ['--port=8899', '--ServerApp.port_retries=0']
    """
    words, why = ["--notebook-dir=notebooks"], []
    if port:
        words += [f"--port={port}", "--ServerApp.port_retries=0"]  # that port or none: a tunnel leads there
    if root:
        words.append("--allow-root")
        why.append(
            "You are root, as in a container, which JupyterLab refuses by itself: it is started with --allow-root. "
            "Whoever has its address and token is root here."
        )
    if not browser:
        words.append("--no-browser")
        why.append("No browser here: open the address with ?token= that is printed below.")
    return words, why


def has_browser(environment: dict[str, str]) -> bool:
    """Tell whether a browser with a window can open: a desktop, or one that the user names in BROWSER."""
    if environment.get("BROWSER"):
        return True
    if sys.platform != "darwin" and not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


if __name__ == "__main__":
    main(*sys.argv[1:])
