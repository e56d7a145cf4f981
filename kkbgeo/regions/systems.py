"""The two code systems side by side: Kemendagri (dotted) and BPS (digits), for provinces and regencies."""

from __future__ import annotations

from contextlib import suppress

from kkbgeo.errors import CodeError
from kkbgeo.regions.codes import Code, is_code
from kkbgeo.regions.gazetteer import Gazetteer


def meanings(digits: str, gazetteer: Gazetteer) -> dict[str, Code]:
    """Return what four bare digits mean in each system, as Kemendagri codes of today.

    Examples
    --------
    >>> meanings("6210", Gazetteer.load())
    {'kemendagri': '62.10', 'bps': '62.11'}
    """
    found = {}
    code = f"{digits[:2]}.{digits[2:]}"
    if is_code(code) and code in gazetteer:
        found["kemendagri"] = Code(code)
    with suppress(CodeError):
        found["bps"] = Code(gazetteer.from_bps(digits))
    return found
