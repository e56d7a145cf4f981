"""The manifest of an atlas: what became of each page, from what it was built, and the checksum it must have."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path, PurePath
from typing import Any

from kkbgeo._version import __version__
from kkbgeo.io import flush, sha256, write_text
from kkbgeo.pages import registry

NAME = "manifest.json"
VERSION = 1
Entry = dict[str, Any]
#: What the parts of a manifest are, and the fields of an entry that a batch reads.
_PARTS = {"plan": dict, "index": dict, "news": dict, "code": dict, "libraries": dict, "started": str, "finished": str}
_FIELDS = {"name": str, "status": str, "path": str, "fingerprint": dict, "inputs": dict,
           "parameters": dict, "files": dict, "seconds": (int, float), "sha256": str, "error": str}  # fmt: skip


class Reason(str):
    """Why a page is built, in words; for programs a key and the names that it is about.

    Examples
    --------
    >>> why = Reason("its file a.html is missing", "missing_file", "a.html")
    >>> str(why), why.key, why.names
    ('its file a.html is missing', 'missing_file', ('a.html',))
    """

    __slots__ = ("key", "names")

    def __new__(cls, words: str, key: str, *names: str) -> Reason:
        made = super().__new__(cls, words)
        made.key, made.names = key, names
        return made


class Manifest:
    """``manifest.json`` of an atlas folder, kept in memory and saved whole.

    Parameters
    ----------
    out : Path
        The atlas folder. A manifest that is missing, torn or of another version counts as empty, so that
        every page is built again.
    """

    def __init__(self, out: Path) -> None:
        self.out = Path(out)
        found = _read(self.out / NAME)
        self.pages: dict[str, Entry] = found.get("pages", {})
        self.plan: dict[str, Any] = found.get("plan", {})
        self.index: dict[str, Any] = found.get("index", {})
        self.news: dict[str, dict[str, Any]] = found.get("news", {})
        self.code: dict[str, dict[str, str]] = found.get("code", {})
        self.libraries: dict[str, dict[str, str]] = found.get("libraries", {})
        self.started: str = found.get("started", "")
        self.finished: str = found.get("finished", "")

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.out / NAME

    def save(self) -> None:
        """Write it aside and rename it into place; a reader and a power cut meet the old one or the new one."""
        kept = [entry.get("fingerprint", {}) for entry in self.pages.values()]
        told = {
            "version": VERSION,
            "kkbgeo": __version__,
            "started": self.started,
            "finished": self.finished,
            "plan": self.plan,
            "index": self.index,
            # What changed on which page, in the newest batch that changed any.
            "news": self.news,
            # What the hashes of these two parts stand for, so that a change can be told in words.
            "code": _still_named(self.code, kept, "code"),
            "libraries": _still_named(self.libraries, kept, "libraries"),
        }
        write_text(self.path, _written(told, self.pages), durable=True)

    def file_faults(self, code: str) -> list[Reason]:
        """Say what is wrong with the files of a page: missing, torn or edited; empty when nothing is."""
        entry = self.pages[code]
        faults = []
        wanted = {entry.get("path", ""): entry.get("sha256"), f"meta/{code}.json": entry.get("entry_sha256")}
        wanted |= {name: told.get("sha256") for name, told in entry.get("files", {}).items()}
        for name, checksum in wanted.items():
            if not checksum:
                continue
            found = sha256_of(self.out / name)
            if not found:
                faults.append(Reason(f"its file {name} is missing", "missing_file", name))
            elif found != checksum:
                words = f"its file {name} is not what was built (edited, torn, or left by a killed batch)"
                faults.append(Reason(words, "changed_file", name))
        return faults


def _written(told: dict[str, Any], pages: dict[str, Entry]) -> str:
    """Return the manifest as JSON, a page a line: it is written after each page, and indents cost ten times as much."""
    head = json.dumps(told, ensure_ascii=False, indent=1).removesuffix("\n}")
    lines = (f"  {json.dumps(code)}: {json.dumps(entry, ensure_ascii=False)}" for code, entry in sorted(pages.items()))
    return f'{head},\n "pages": {{\n' + ",\n".join(lines) + "\n }\n}\n"


def _still_named(meanings: dict[str, dict[str, str]], kept: list[dict[str, str]], part: str) -> dict:
    named = {one.get(part) for one in kept}
    return {key: meaning for key, meaning in sorted(meanings.items()) if key in named}


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    fits = isinstance(found, dict) and found.get("version") == VERSION and isinstance(found.get("pages"), dict)
    if not fits:
        return {}
    kept = {name: part for name, part in found.items() if isinstance(part, _PARTS.get(name, object))}
    if not isinstance(kept.get("plan", {}).get("codes"), list):
        kept.pop("plan", None)
    for name in ("news", "code", "libraries"):
        kept[name] = {key: one for key, one in kept.get(name, {}).items() if isinstance(one, dict)}
    return {**kept, "pages": {code: entry for code, entry in found["pages"].items() if _whole(entry)}}


def _whole(entry: Any) -> bool:
    """Tell whether an entry has what a batch reads from it; one edited by hand may not."""
    if (
        not isinstance(entry, dict)
        or not {"status", "level", "name"} <= set(entry)
        or entry["level"] not in registry.LEVELS
    ):
        return False
    if "fingerprint" in entry and not {"path", "inputs", "parameters", "sha256", "built"} <= set(entry):
        return False
    typed = all(isinstance(entry[name], kind) for name, kind in _FIELDS.items() if name in entry)
    # What a batch removes, it removes by these names.
    return typed and all(_inside(name) for name in (entry.get("path", ""), *entry.get("files", {})))


def _inside(name: str) -> bool:
    parts = PurePath(name)
    return not parts.is_absolute() and ".." not in parts.parts


def now() -> str:
    """Return the time, to the second, with its offset from UTC."""
    return dt.datetime.now().astimezone().isoformat(timespec="seconds")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, or "" when it is not there."""
    try:
        return sha256(path)
    except OSError:
        return ""


def move_durably(path: Path, target: Path) -> None:
    """Flush a finished file to the disk, then rename it: a power cut never leaves half of it under its name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    flush(path)
    path.replace(target)
