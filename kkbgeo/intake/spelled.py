"""Which names of places were taken although the list writes them otherwise: for a person to look over."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kkbgeo.intake.drafts import Draft
from kkbgeo.intake.personal import masked
from kkbgeo.regions.codes import level_of
from kkbgeo.regions.gazetteer import Gazetteer
from kkbgeo.regions.spelling import normalise

_LEVEL = re.compile(
    r"^(provinsi|propinsi|prov|kabupaten|kab|kota|kecamatan|kec|desa|ds|kelurahan|kel|kampung)\b[\s.:]*", re.IGNORECASE
)


def spelled(drafts: Sequence[Draft], gazetteer: Gazetteer) -> dict[str, str]:
    """Return printed names that differ from the list's by more than capitals, spaces, signs and the word of the level.

    Those are slips, habits of spelling, short forms, names of earlier years and decisions of a person.

    Returns
    -------
    dict of str to str
        As printed -> as listed, in the order of the rows; the code is told where a name was decided to be another.
    """
    found: dict[tuple[str, str], str] = {}
    for one in drafts:
        for code in gazetteer.chain(one.values["code"]):
            printed = one.values[level_of(code)]
            if printed and (printed, code) not in found:
                found[printed, code] = "" if _same(printed, code, gazetteer) else gazetteer.name(code)
    several = [masked(printed) for (printed, _), name in found.items() if name]
    return {
        masked(printed) if several.count(masked(printed)) == 1 else f"{masked(printed)} ({code})": name
        for (printed, code), name in found.items()
        if name
    }


def _same(printed: str, code: str, gazetteer: Gazetteer) -> bool:
    known = {normalise(name(code)) for name in (gazetteer.name, gazetteer.short, gazetteer.label)}
    return bool(known & {normalise(printed), normalise(_LEVEL.sub("", printed.strip()))})
