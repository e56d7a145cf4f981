"""A copy of the checkout that a test may add files to, and its command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from kkbgeo.paths import CHECKOUT

PARTS = ("kkbgeo", "notebooks", "scripts", "docs")


class Checkout:
    """Package, notebooks, scripts and docs in a folder of their own; the data are those of this checkout."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in PARTS:
            ignored = shutil.ignore_patterns("__pycache__", "pictures", ".ipynb_checkpoints")
            shutil.copytree(CHECKOUT / part, folder / part, ignore=ignored)
        (folder / "data").symlink_to(CHECKOUT / "data")
        self.before = self._files()

    def _files(self) -> dict[str, bytes]:
        found = (path for part in PARTS for path in (self.folder / part).rglob("*"))
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in found
            if path.is_file() and "__pycache__" not in path.parts
        }

    @property
    def touched(self) -> set[str]:
        """The files that were added or changed since it was copied."""
        now = self._files()
        return {name for name in {*now, *self.before} if now.get(name) != self.before.get(name)}

    def write(self, name: str, text: str) -> None:
        """Write a file of it."""
        (self.folder / name).write_text(text, encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        """Replace the one place in a file of it that reads `old`."""
        text = (self.folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, (name, old)
        self.write(name, text.replace(old, new))

    def python(self, *words: str, data: Path | None = None) -> subprocess.CompletedProcess:
        """Run Python in it, its own package first on the path."""
        env = {**os.environ, "PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}
        env |= {"KKBGEO_DATA": str(data)} if data else {}
        return subprocess.run(
            [sys.executable, *words], env=env, cwd=self.folder, capture_output=True, text=True, timeout=600, check=False
        )

    def kkbgeo(self, *words: str, data: Path | None = None) -> subprocess.CompletedProcess:
        """Run its command ``kkbgeo``."""
        return self.python("-c", "from kkbgeo.cli import main; main()", *words, data=data)
