"""Write the lock files again: ``make lock`` keeps versions that still fit, ``make lock UPGRADE=1`` takes the newest.

One resolution of pyproject.toml with all extras, for every Python from 3.11 on and every system, is cut into what
running needs, what JupyterLab adds to it, and what the rest adds.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from install import LOCKS, ROOT, environment

FLAGS = ["--universal", "--python-version", "3.11", "--no-header", "--no-emit-index-url", "--no-annotate", "--quiet"]
LINE = re.compile(r"\n(?=\S)")


def main(*upgrade: str) -> None:
    """Resolve and write all lock files."""
    old = "\n".join(path.read_text().strip() for path in ROOT.glob("requirements*.lock"))
    # What builds the project is installed beside it: no build reaches for an index on its own.
    build = "\n".join(tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"])
    everything = resolve(["pyproject.toml", "--all-extras"], build, prefer=old, upgrade=upgrade)
    written: set[str] = set()
    for lock, extras in (("", []), ("lab", ["--extra", "lab"]), ("test", None)):
        part = everything if extras is None else resolve(["pyproject.toml", *extras], build, prefer=everything)
        # Markers differ between the parts; those of the whole are the wider ones.
        names = {name(line) for line in LINE.split(part)} - written
        write(LOCKS[lock][-1], [line for line in LINE.split(everything) if name(line) in names])
        written |= names
    write("requirements-uv.lock", LINE.split(resolve([], "uv", prefer=old, upgrade=upgrade)))


def name(line: str) -> str:
    """Return the name of a pinned package."""
    return line.partition("==")[0]


def write(lock: str, lines: list[str]) -> None:
    """Write a lock file and say so."""
    (ROOT / lock).write_text("\n".join(lines) + "\n")
    print(f"{lock}: {len(lines)} pins")


def resolve(words: list[str], more: str, *, prefer: str, upgrade: tuple[str, ...] = ()) -> str:
    """Resolve requirements to pins with hashes; a version of ``prefer`` is kept where it fits."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.lock"
        out.write_text(prefer)
        subprocess.run(
            [sys.executable, "-m", "uv", "pip", "compile", *words, "-", *FLAGS, "--generate-hashes", *upgrade,
             "--output-file", str(out)],
            input=more, text=True, check=True, cwd=ROOT, stdout=subprocess.DEVNULL,
            env=environment(sys.executable),
        )  # fmt: skip
        return out.read_text().strip()


if __name__ == "__main__":
    main(*sys.argv[1:])
