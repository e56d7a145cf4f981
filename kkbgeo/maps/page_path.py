"""Where a page lies in the folder of an atlas."""

from __future__ import annotations

import re

from kkbgeo.errors import ParameterError

_DOTS = {"province": 0, "regency": 1, "district": 2, "village": 3}
_CODE = re.compile(r"\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?", re.ASCII)
_PLAIN = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)


def page_path(code: str, level: str, slug: str, simulated: bool = False) -> str:
    """Return where a page lies below the atlas folder; names are made from code and slug only.

    Raises
    ------
    ParameterError
        A code, level or slug that could name another file.

    Examples
    --------
    >>> page_path("63", "province", "kalimantan-selatan"), page_path("kalimantan", "island", "kalimantan")
    ('province/63-kalimantan-selatan.html', 'kalimantan.html')
    """
    if level == "island":
        fits = bool(_PLAIN.fullmatch(code))
    elif level in _DOTS:
        fits = bool(_CODE.fullmatch(code)) and code.count(".") == _DOTS[level]
    else:
        raise ParameterError(f"Unknown level {level!r}.", hint=f"Levels: island, {', '.join(_DOTS)}", value=level)
    if not fits:
        raise ParameterError(f"{code!r} is no code of level {level}.", value=code)
    if not _PLAIN.fullmatch(slug):
        raise ParameterError(
            f"{slug!r} cannot name a file.", hint="Lower-case letters, digits and single hyphens", value=slug
        )
    mark = "-simulasi" if simulated else ""
    return f"{code}{mark}.html" if level == "island" else f"{level}/{code}-{slug}{mark}.html"
