"""Install kkbgeo into a virtual environment: ``python scripts/install.py .venv [lab] [test]``.

The packages are those of the lock files, hashes checked. uv installs them, since it takes seconds where pip takes a
minute; it gets the package index, certificates and proxy that pip is configured with. Where uv cannot be had, pip does
its work. Needs nothing but Python 3.11 or later.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Each lock file holds what it adds to the one before.
LOCKS = {
    "": ["requirements.lock"],
    "lab": ["requirements.lock", "requirements-lab.lock"],
    "test": ["requirements.lock", "requirements-lab.lock", "requirements-test.lock"],
}
QUIET = "--disable-pip-version-check"


def main(folder: str, extra: str = "") -> None:
    """Install what running needs, or what an extra (``lab``, ``test``) needs on top, and tell each step."""
    begun = time.monotonic()
    locks = LOCKS[extra]
    what = {"": "building the atlas", "lab": "JupyterLab", "test": "the tests"}[extra]
    say(f"Installing what {what} needs into {folder} (once; about half a minute, longer on a slow network).")
    python = str(Path(folder).absolute() / "bin" / "python")
    if not (Path(python).exists() and run([python, "-m", "pip", QUIET, "--version"], stdout=subprocess.DEVNULL) == 0):
        say(f"1. an empty environment of Python {sys.version.split()[0]}")
        if code := run([sys.executable, "-m", "venv", folder]):
            sys.exit(code)
    say("2. uv, which installs the rest")
    uv = get_uv(python)
    say(f"3. {sum(count(ROOT / lock) for lock in locks)} packages at most, by {' and '.join(locks)}")
    install(python, ["--require-hashes", *[word for lock in locks for word in ("--requirement", lock)]], uv=uv)
    say("4. kkbgeo itself")
    install(python, ["--no-deps", "--no-build-isolation", "--editable", "."], uv=uv)
    say(f"Installed in {time.monotonic() - begun:.0f} s.")


def say(line: str) -> None:
    """Print a line now, also into a pipe."""
    print(line, flush=True)


def run(words: list[str], **options) -> int:
    """Run a command in the project's folder and return its exit code."""
    return subprocess.run(words, cwd=ROOT, check=False, **options).returncode


def count(lock: Path) -> int:
    """Return how many packages a lock file pins."""
    return len({line.split("==")[0] for line in lock.read_text().splitlines() if "==" in line.split(";")[0]})


def get_uv(python: str) -> bool:
    """Install uv by pip; False, and a line that says so, where that fails."""
    words = [python, "-m", "pip", "install", "--quiet", QUIET, "--require-hashes", "--requirement"]
    if run([*words, "requirements-uv.lock"]) == 0:
        return True
    say("   uv cannot be installed here (see above); pip installs the rest, which takes longer.")
    return False


def install(python: str, words: list[str], *, uv: bool) -> None:
    """Install by uv; by pip where there is no uv, or where it fails."""
    if uv:
        if run([python, "-m", "uv", "pip", "install", "--python", python, *words], env=environment(python)) == 0:
            return
        say("   uv failed (see above); trying pip, which takes longer.")
    if code := run([python, "-m", "pip", "install", QUIET, *words]):
        sys.exit(code)


def environment(python: str) -> dict[str, str]:
    """Return the environment to run uv in: this one, and what pip is configured with."""
    words = [python, "-m", "pip", QUIET, "config", "list"]
    listed = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return {**settings(listed, os.environ), **os.environ}


def settings(listed: str, variables: dict[str, str]) -> dict[str, str]:
    """Return the environment variables that tell uv what pip is configured with, since uv reads none of it.

    Parameters
    ----------
    listed : str
        What ``pip config list`` prints.
    variables : dict of str
        The environment, for the certificates that pip takes from there.

    Examples
    --------
    >>> settings("global.index-url='https://packages.example/simple'", {})["UV_DEFAULT_INDEX"]
    'https://packages.example/simple'
    """
    # pip's order: a variable of the environment beats the section of the command, which beats the global section.
    found: dict[str, str] = {}
    lines = [line.partition("=") for line in listed.splitlines() if "=" in line]
    for section in ("global", "install", ":env:"):
        for key, _, value in lines:
            if key.startswith(f"{section}."):
                found[key.removeprefix(f"{section}.").removeprefix("default-")] = ast.literal_eval(value)
    found.setdefault("cert", variables.get("REQUESTS_CA_BUNDLE") or variables.get("CURL_CA_BUNDLE") or "")
    told = {
        "UV_DEFAULT_INDEX": found.get("index-url", ""),
        "UV_INDEX": " ".join(found.get("extra-index-url", "").split()),
        "UV_FIND_LINKS": ",".join(found.get("find-links", "").split()),
        "UV_NO_INDEX": "true" if found.get("no-index", "").lower() in {"1", "true", "yes", "on"} else "",
        "UV_INSECURE_HOST": " ".join(found.get("trusted-host", "").split()),
        "UV_HTTP_TIMEOUT": found.get("timeout", ""),
        "SSL_CERT_FILE": found["cert"],
        "SSL_CLIENT_CERT": found.get("client-cert", ""),
        "ALL_PROXY": found.get("proxy", ""),
        # As pip does: all indexes are equal (the hashes say which file is meant), and the system's certificates count.
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_SYSTEM_CERTS": "true",
    }
    return {name: value for name, value in told.items() if value}


if __name__ == "__main__":
    main(*sys.argv[1:])
