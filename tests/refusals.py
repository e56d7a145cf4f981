"""Errors told by their fields, not by their words."""

from __future__ import annotations

import pytest

from kkbgeo.errors import KkbgeoError


def refused(kind: type[KkbgeoError], **fields):
    """Expect an error of this class whose fields have these values; its words and its hint are for people."""

    def check(wrong: KkbgeoError) -> bool:
        assert {name: wrong.fields.get(name) for name in fields} == fields, wrong
        return bool(wrong.message)

    return pytest.raises(kind, check=check)
