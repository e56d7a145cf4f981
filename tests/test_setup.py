"""The set-up files say the same: pyproject.toml, requirements.lock, environment.yml, the import contract."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
import install  # noqa: E402
import lab  # noqa: E402

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
BUILD = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
LOCKS = sorted(path.name for path in ROOT.glob("requirements*.lock"))
# The same package under another name on conda-forge.
CONDA_NAMES = {"jupyter-client": "jupyter_client", "playwright": "playwright-python"}


def requirements(*extras: str) -> dict[str, str]:
    """Return the requirements of the project and of extras: lower-case name -> lower bound."""
    wanted = [*PROJECT["dependencies"], *[one for extra in extras for one in PROJECT["optional-dependencies"][extra]]]
    return {re.split("[>=]", one)[0].lower(): one.split(">=")[1] for one in wanted}


def locked(*locks: str) -> dict[str, list[str]]:
    """Return what lock files pin: lower-case name -> versions."""
    found: dict[str, list[str]] = {}
    for lock in locks:
        for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", (ROOT / lock).read_text(), re.MULTILINE):
            found.setdefault(name.lower(), []).append(version)
    return found


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


@pytest.mark.parametrize("extra", ["", "lab", "test"])
def test_every_requirement_has_a_lower_bound_and_is_locked_at_or_above_it(extra):
    # The tests need every extra; what an extra needs stands in the locks that are installed for it.
    wanted = requirements(*{"": (), "lab": ("lab",), "test": EXTRAS}[extra])
    pinned = locked(*install.LOCKS[extra])
    for name, bound in wanted.items():
        assert pinned.get(name), name
        assert all(numbers(version) >= numbers(bound) for version in pinned[name]), (name, bound, pinned[name])


def test_what_builds_the_package_is_locked_with_what_running_needs():
    assert {re.split("[>=]", one)[0] for one in BUILD} <= locked("requirements.lock").keys()


def test_running_installs_nothing_of_an_extra_and_no_lock_repeats_another():
    running = locked("requirements.lock")
    assert not running.keys() & {"jupyterlab", "distributed", "dask", "pytest", "ruff", "playwright", "hypothesis"}
    seen: set[str] = set()
    for lock in install.LOCKS["test"]:
        assert not seen & locked(lock).keys()
        seen |= locked(lock).keys()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_exact_versions_with_hashes_and_names_no_host(lock):
    text = (ROOT / lock).read_text()
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[A-Za-z0-9._-]+==\S+", block), block[:80]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block[:80]
    assert "://" not in text


def test_conda_users_get_the_same_packages_with_the_same_bounds():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    pip = next(one["pip"] for one in environment if isinstance(one, dict))
    plain = [one for one in environment if isinstance(one, str)]
    found = {re.split("[>=]", one)[0].lower(): one.partition(">=")[2] for one in [*plain, *pip] if ">=" in one}
    python = found.pop("python")
    assert PROJECT["requires-python"] == f">={python}"
    assert found == {CONDA_NAMES.get(name, name): bound for name, bound in requirements(*EXTRAS).items()}
    assert "--editable ." in pip


def test_the_version_is_said_once():
    import kkbgeo

    assert kkbgeo.__version__ == PROJECT["version"]


def test_importing_the_package_is_cheap():
    code = "import sys, kkbgeo; print(sorted(set(sys.modules) & {'pandas', 'geopandas', 'folium', 'shapely'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "target", ["maps", "test", "test-slow", "test-all", "test-attack", "lab", "lint", "bench", "lock", "clean"]
)
def test_the_makefile_has_its_targets(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize(
    "room", ["kkbgeo", "kkbgeo.maps", "kkbgeo.intake", "kkbgeo.paper", "kkbgeo.patterns", "kkbgeo.spatial"]
)
def test_the_tab_key_offers_public_names_only(room):
    offered = dir(importlib.import_module(room))
    assert set(importlib.import_module(room).__all__) <= set(offered)
    assert not {"TYPE_CHECKING", "annotations", "import_module", "on_first_use"} & set(offered)
    assert all(hasattr(importlib.import_module(room), name) for name in offered)


def test_modules_stay_small():
    long = {
        str(path.relative_to(ROOT)): count
        for path in (ROOT / "kkbgeo").rglob("*.py")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 430
    }
    assert not long


# --- installing ------------------------------------------------------------------------------------------------

PIP_SAYS = """\
:env:.index-url='https://user:word@mirror.example/simple'
global.cert='/etc/company.pem'
global.extra-index-url='https://one.example/simple\\nfile:///opt/more/simple'
global.find-links='/opt/wheels /opt/wheels2'
global.index-url='https://beaten.example/simple'
global.no-index='false'
global.proxy='http://proxy.example:3128'
global.timeout='60'
install.timeout='90'
install.trusted-host='mirror.example'
"""


def test_uv_is_told_what_pip_is_configured_with():
    told = install.settings(PIP_SAYS, {"REQUESTS_CA_BUNDLE": "/etc/beaten.pem"})
    assert told == {
        "UV_DEFAULT_INDEX": "https://user:word@mirror.example/simple",
        "UV_INDEX": "https://one.example/simple file:///opt/more/simple",
        "UV_FIND_LINKS": "/opt/wheels,/opt/wheels2",
        "UV_INSECURE_HOST": "mirror.example",
        "UV_HTTP_TIMEOUT": "90",
        "SSL_CERT_FILE": "/etc/company.pem",
        "ALL_PROXY": "http://proxy.example:3128",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_SYSTEM_CERTS": "true",
    }
    assert install.settings("", {"REQUESTS_CA_BUNDLE": "/etc/ca.pem"})["SSL_CERT_FILE"] == "/etc/ca.pem"
    assert "UV_DEFAULT_INDEX" not in install.settings("", {})


class Commands:
    """Stands in for ``install.run``: notes the commands, and fails those that hold a word."""

    def __init__(self, *fail: str) -> None:
        self.fail, self.ran = fail, []

    def __call__(self, words: list[str], **_options) -> int:
        self.ran.append(words)
        return int(any(f" {word} " in f" {' '.join(words)} " for word in self.fail))

    def having(self, *wanted: str) -> list[list[str]]:
        return [words for words in self.ran if set(wanted) <= set(words)]


@pytest.mark.parametrize(
    ("fails", "by_uv", "by_pip"), [((), 2, 0), (("requirements-uv.lock",), 0, 2), (("uv pip install",), 2, 2)]
)
def test_pip_does_what_uv_cannot_and_that_is_said(tmp_path, monkeypatch, capsys, fails, by_uv, by_pip):
    ran = Commands(*fails)
    monkeypatch.setattr(install, "run", ran)
    monkeypatch.setattr(install, "environment", lambda _python: {})
    install.main(str(tmp_path / "venv"))
    uv = [words for words in ran.having("install") if words[2] == "uv"]
    pip = [words for words in ran.having("install") if words[2] == "pip" and "requirements-uv.lock" not in words]
    assert (len(uv), len(pip)) == (by_uv, by_pip)
    assert ("takes longer" in capsys.readouterr().out) == bool(fails)
    for words in ran.having("install"):
        assert "--require-hashes" in words or {"--no-deps", "--no-build-isolation"} <= set(words)
        assert "--quiet" not in words or "requirements-uv.lock" in words


def test_an_installation_that_fails_ends_with_the_code_of_pip(tmp_path, monkeypatch):
    monkeypatch.setattr(install, "run", Commands("uv pip install", "pip install"))
    monkeypatch.setattr(install, "environment", lambda _python: {})
    with pytest.raises(SystemExit) as ended:
        install.main(str(tmp_path / "venv"))
    assert ended.value.code == 1


# --- JupyterLab ------------------------------------------------------------------------------------------------


def test_only_root_gets_allow_root_and_is_told_why():
    words, why = lab.command("", root=True, browser=True)
    assert "--allow-root" in words and len(why) == 1
    words, why = lab.command("", root=False, browser=True)
    assert words == ["--notebook-dir=notebooks"] and not why


def test_a_port_that_is_asked_for_is_the_port():
    words, _why = lab.command("8899", root=False, browser=False)
    assert {"--port=8899", "--ServerApp.port_retries=0", "--no-browser"} < set(words)


@pytest.mark.skipif(sys.platform == "darwin", reason="a Mac always has a window")
def test_no_browser_is_opened_where_there_is_no_window():
    assert not lab.has_browser({})
    assert lab.has_browser({"BROWSER": "/usr/bin/firefox"})
