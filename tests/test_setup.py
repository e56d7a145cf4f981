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
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = (ROOT / "requirements.lock").read_text()
# The same package under another name on conda-forge.
CONDA_NAMES = {"jupyter-client": "jupyter_client", "playwright": "playwright-python"}


def requirements() -> dict[str, str]:
    """Every requirement of the project and its extras: lower-case name -> lower bound."""
    wanted = [*PROJECT["dependencies"], *[one for extra in PROJECT["optional-dependencies"].values() for one in extra]]
    return {re.split("[>=]", one)[0].lower(): one.split(">=")[1] for one in wanted}


def locked() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", LOCK, re.MULTILINE):
        found.setdefault(name.lower(), []).append(version)
    return found


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def test_every_requirement_has_a_lower_bound_and_is_locked_at_or_above_it():
    for name, bound in requirements().items():
        versions = locked()[name]
        assert versions, name
        assert all(numbers(version) >= numbers(bound) for version in versions), (name, bound, versions)


def test_the_lock_pins_exact_versions_with_hashes_and_names_no_host():
    blocks = re.split(r"\n(?=\S)", LOCK.strip())
    assert len(blocks) > 50
    for block in blocks:
        assert re.match(r"[A-Za-z0-9._-]+==\S+", block), block[:80]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block[:80]
    assert "://" not in LOCK


def test_conda_users_get_the_same_packages_with_the_same_bounds():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    pip = next(one["pip"] for one in environment if isinstance(one, dict))
    plain = [one for one in environment if isinstance(one, str)]
    found = {re.split("[>=]", one)[0].lower(): one.partition(">=")[2] for one in [*plain, *pip] if ">=" in one}
    python = found.pop("python")
    assert PROJECT["requires-python"] == f">={python}"
    assert found == {CONDA_NAMES.get(name, name): bound for name, bound in requirements().items()}
    assert "--editable ." in pip


def test_the_version_is_said_once():
    import kkbgeo

    assert kkbgeo.__version__ == PROJECT["version"]


def test_importing_the_package_is_cheap():
    code = "import sys, kkbgeo; print(sorted(set(sys.modules) & {'pandas', 'geopandas', 'folium', 'shapely'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("target", ["maps", "test", "lab", "lint", "bench", "clean"])
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
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long
