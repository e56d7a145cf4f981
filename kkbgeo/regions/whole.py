"""What the whole is called: the island or country that a workspace's gazetteer covers, and the code of its page."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from kkbgeo.errors import SourceError
from kkbgeo.io import write_toml
from kkbgeo.language import LANGUAGES, require_language
from kkbgeo.paths import data_root as find_data_root

FILE = "whole.toml"


@dataclass(frozen=True)
class Whole:
    """Everything that a gazetteer holds, as one region above the provinces.

    Attributes
    ----------
    code : str
        Its word in commands and file names; no region code, small letters only.
    names : dict of str to str
        Its name by language; use `name`.
    """

    code: str
    names: dict[str, str] = field(repr=False)

    def name(self, language: str = "id") -> str:
        """Return the name for people.

        Examples
        --------
        >>> KALIMANTAN.name("en")
        'Kalimantan'
        """
        return self.names[require_language(language)]


KALIMANTAN = Whole("kalimantan", dict.fromkeys(LANGUAGES, "Kalimantan"))


def whole_path(data_root: str | os.PathLike | None = None) -> Path:
    """Return where a workspace says what its whole is called; one that says nothing covers Kalimantan."""
    return find_data_root(data_root) / "reference" / FILE


def read_whole(data_root: str | os.PathLike | None = None) -> Whole:
    """Read ``reference/whole.toml``: ``code``, and a table ``name`` with ``id`` and ``en``.

    Raises
    ------
    SourceError
        The file is there, and is not complete.

    Examples
    --------
    >>> read_whole().code
    'kalimantan'
    """
    path = whole_path(data_root)
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        found = Whole(str(raw["code"]), {language: str(raw["name"][language]) for language in LANGUAGES})
    except FileNotFoundError:
        return KALIMANTAN
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as broken:
        raise SourceError(
            f"{path} is not complete: {broken!r}.", hint="It needs code, and name in id and en.", path=str(path)
        ) from None
    if not re.fullmatch(r"[a-z]+", found.code):
        raise SourceError(
            f"{path}: {found.code!r} cannot name a page.", hint="Write code in small letters only.", path=str(path)
        )
    return found


def write_whole(whole: Whole, data_root: str | os.PathLike) -> Path:
    """Write ``reference/whole.toml`` into a new workspace."""
    return write_toml(whole_path(data_root), {"code": whole.code, "name": dict(whole.names)})
