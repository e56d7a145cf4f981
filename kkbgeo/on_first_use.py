"""Names of a room that load when they are first used, so that importing the room costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def on_first_use(room: str, homes: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` of a room.

    Parameters
    ----------
    room : str
        ``__name__`` of the package.
    homes : mapping of str to str
        Public name -> the module of the room that it lives in.

    Examples
    --------
    >>> get, names = on_first_use("kkbgeo.paper", {"static_map": "static"})
    >>> get("static_map").__module__, names()
    ('kkbgeo.paper.static', ['static_map'])
    """

    def get(name: str) -> Any:
        if name in homes:
            return getattr(import_module(f"{room}.{homes[name]}"), name)
        raise AttributeError(f"module {room!r} has no attribute {name!r}")

    def names() -> list[str]:
        return sorted(homes)

    return get, names
