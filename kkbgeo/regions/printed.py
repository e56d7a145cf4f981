"""What a cell of a table says about one unit: the name, the word for its kind, and what lies inside it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kkbgeo.regions.spelling import normalise

#: Words for the kind of a unit that may stand before its name. "Kota" belongs to the name of a city.
_KIND = {
    "province": r"provinsi|propinsi|prov|prop",
    "regency": r"kabupaten|kab|pemerintah kabupaten|pemkab",
    "district": r"kecamatan|kec",
    "village": r"desa|kelurahan|kel|ds|kampung kb|kkb",
}
_KOTA = re.compile(r"^(?:kota|kotamadya|kodya|pemkot|pemerintah kota)\b\.?\s+", re.IGNORECASE)
_RT_RW = re.compile(r"[\s,;/-]*\b(?:rt|rw)\b[\s.:]*(?:\d+(?:\s*(?:[/,&–-]|dan|s/?d)\s*(?=\d))?)+", re.IGNORECASE)
_HAMLET = re.compile(
    r"\b(?:dusun|dsn|dukuh|lingkungan|lingk|blok|gang|gg|jalan|jl|jln|komplek|kompleks|perumahan|rt|rw)\b",
    re.IGNORECASE,
)
_VILLAGE_INSIDE = re.compile(r"\b(?:desa|kelurahan|kel|ds)\b\.?\s+(?P<name>[^,;()]+)", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]?\s*")
_UNIT = re.compile(r"^(?:kampung|kampong|kmp|kp)\b\.?\s+(?!kb\b)(?P<name>\S.*)$", re.IGNORECASE)
_BEFORE = {level: re.compile(rf"^(?:{words})\b\.?:?\s*(?=\S)", re.IGNORECASE) for level, words in _KIND.items()}


#: Remark of a form that leaves a hamlet, RT or street out; its text is in the messages.
PART = "part"


@dataclass(frozen=True, slots=True)
class Printed:
    """One cell, read.

    Attributes
    ----------
    text : str
        As printed, without spaces at the ends; "" where the cell names nothing (``-``).
    forms : tuple of (str, str)
        Names to look for, the most literal first, each with `PART` or "".
    city : bool
        A regency printed with the word for a city.
    kabupaten : bool
        A regency printed with the word for a kabupaten.
    hamlet : bool
        The cell names a part of a village (hamlet, RT, street) and not the village.
    unit : str
        Name after "Kampung", which is a village in some regencies and a hamlet in others; "" without.
    """

    text: str
    forms: tuple[tuple[str, str], ...]
    city: bool = False
    kabupaten: bool = False
    hamlet: bool = False
    unit: str = ""


def read(level: str, cell: str) -> Printed:
    """Read a cell of a column of `level`.

    Examples
    --------
    >>> read("village", "Desa Pudak RT 05/RW 02").forms
    (('Desa Pudak RT 05/RW 02', ''), ('Pudak', 'part'))
    >>> read("village", "Dusun Pulau Mas").hamlet, read("village", "Dusun II Desa Embalut").forms[-1][0]
    (True, 'Embalut')
    >>> read("regency", "Kota Baru").forms
    (('Kota Baru', ''),)
    >>> read("district", "-").text
    ''
    """
    text = " ".join(str(cell).split())
    if not normalise(text):
        return Printed("", ())
    forms = {text: ""}
    if level != "village":
        bare = _BEFORE[level].sub("", text)
        forms.setdefault(bare, "")
        forms.setdefault(_BRACKETS.sub(" ", bare).strip() or bare, "")
        city = level == "regency" and _KOTA.match(text) is not None
        if city:
            forms.setdefault(_KOTA.sub("Kota ", text), "")
        return Printed(text, tuple(forms.items()), city, level == "regency" and bare != text)
    part = PART
    base = _BRACKETS.sub(" ", text).strip() or text
    inside = _VILLAGE_INSIDE.search(base) if _HAMLET.search(base) else None
    if inside:
        _add(forms, _RT_RW.sub("", inside["name"]), part)
    elif not _HAMLET.search(base):
        _add(forms, text, "")
        _add(forms, base, part if _HAMLET.search(text) else "")
    else:
        _add(forms, _RT_RW.sub("", base), part)
        parts = re.split(r"[,;]", base)
        pieces = [piece for piece in parts if re.match(r"\s*[^\W\d]", piece) and not _HAMLET.search(piece)]
        if len(pieces) == 1:
            _add(forms, pieces[0], part)
    units = [match["name"] for form in forms if (match := _UNIT.match(form))]
    literal_only = not any(remark for remark in forms.values())
    hamlet = bool(_HAMLET.search(_BRACKETS.sub(" ", text))) and literal_only
    if hamlet:
        forms = {text: ""}
    return Printed(text, tuple(forms.items()), hamlet=hamlet, unit=units[-1] if units else "")


def bare_hamlet(text: str) -> str:
    """Return what is named in a cell that names a hamlet: ``Dusun Pulau Mas`` -> ``Pulau Mas``."""
    return " ".join(_HAMLET.sub(" ", _RT_RW.sub(" ", text)).split()).strip(" .,;-/")


def _add(forms: dict[str, str], text: str, remark: str) -> None:
    """Add a form as it is and without the word for its kind (which may stand there twice: "Desa/Kel. …")."""
    text = text.strip(" .,;-/")
    bare = _BEFORE["village"].sub("", re.sub(r"^desa\s*/\s*(?=kel)", "", text, flags=re.IGNORECASE)).strip(" .,;-")
    if bare and not _HAMLET.search(bare):
        forms.setdefault(bare, remark)
