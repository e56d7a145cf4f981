"""The two code systems side by side: Kemendagri (dotted) and BPS (digits), for provinces and regencies."""

from __future__ import annotations

from contextlib import suppress

from kkbgeo.errors import CodeError, ParameterError
from kkbgeo.regions.codes import SYSTEMS, Code, is_code
from kkbgeo.regions.gazetteer import Gazetteer


def translate(code: Code, system: str, gazetteer: Gazetteer | None = None) -> Code:
    """Return the code of the same unit in the other system.

    Provinces have one number in both. Below the regency the two systems divide and count
    differently and no table of both is public, so nothing is translated there.

    Parameters
    ----------
    code : Code
        It says its own system.
    system : str
        kemendagri or bps.

    Raises
    ------
    CodeError
        A district or village, or a regency that the system does not have.
    ParameterError
        Another system.

    Examples
    --------
    >>> translate(Code("62.10"), "bps"), translate(Code("6210", "bps"), "kemendagri")
    ('6211', '62.11')
    """
    if system not in SYSTEMS:
        raise ParameterError(f"Unknown code system {system!r}.", hint=f"Use one of: {', '.join(SYSTEMS)}", value=system)
    places = gazetteer or Gazetteer.load()
    if code.system == system:
        return code
    if len(code) == 2:
        return Code(str(code), system, code.edition)
    if len(code) != (5 if code.system == "kemendagri" else 4):
        raise CodeError(
            f"{code} is below the regency, where no table of both systems is on record.",
            hint="Look the place up by its names.",
            value=str(code),
            candidates=(),
        )
    other = places.bps(str(code)) if system == "bps" else places.from_bps(str(code))
    return Code(other, system, code.edition)


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
