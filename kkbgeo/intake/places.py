"""From the names and codes of a row to one place, or to a problem that names the candidates."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kkbgeo.errors import ParameterError
from kkbgeo.intake import kinds
from kkbgeo.intake.context import Context
from kkbgeo.intake.headers import Layout
from kkbgeo.intake.problems import Problem, shown
from kkbgeo.intake.rows import Row
from kkbgeo.intake.values import plain
from kkbgeo.language import Spoken, Text
from kkbgeo.measures import load_catalogue
from kkbgeo.regions import names
from kkbgeo.regions.codes import LEVELS, SYSTEMS, is_code, level_of, parent_of
from kkbgeo.regions.excel import mend_code
from kkbgeo.regions.gazetteer import Gazetteer
from kkbgeo.regions.place import Place
from kkbgeo.regions.systems import meanings

_SHOWN = 4
_PROGRAMME = re.compile(r"^(kampung\s+(kb|keluarga berkualitas)|kkb)\b[\s:.-]*", re.IGNORECASE)
_KINDS = re.compile(
    r"^(kabupaten|kab|kecamatan|kec|desa|kelurahan|kel|ds|kampung|provinsi|prov)\b\.?\s*", re.IGNORECASE
)


@dataclass(frozen=True)
class Placed:
    """Where a row belongs: the code, how it was told, and the four names as printed (a title's included)."""

    code: str
    level: str
    reason: str | Spoken
    printed: dict[str, str]


class Finder:
    """Finds the places of rows in one data folder.

    Parameters
    ----------
    data_root : path, optional
        The data folder.
    within : str
        Code of the region that all rows lie in, when the caller knows it.
    system : str
        Whose codes the file holds, kemendagri or bps, when the caller knows it.
    """

    def __init__(self, data_root: str | os.PathLike | None = None, within: str = "", system: str = "") -> None:
        if system and system not in SYSTEMS:
            raise ParameterError(
                f"There is no code system {system!r}.", hint=f"Systems: {', '.join(SYSTEMS)}", value=system
            )
        self.system, self.data_root = system, data_root
        self.gazetteer, self.catalogue = Gazetteer.load(data_root), load_catalogue(data_root)
        self.resolver = names.load(data_root)
        self.within = self.gazetteer.require(within) if within else ""
        self._known: dict[tuple, Placed | tuple[str, str, dict[str, object]]] = {}
        self._asked: dict[tuple, dict[str, str]] = {}

    # --- what the sheet says as a whole ----------------------------------------------------------------------

    def disagrees(self, context: Context) -> bool:
        """Tell whether a title names another region than the one that the caller said."""
        if not self.within or not context.titled:
            return False
        one, other = f"{self.within}.", f"{context.titled}."
        return not one.startswith(other) and not other.startswith(one)

    # --- one row ---------------------------------------------------------------------------------------------

    def find(self, layout: Layout, row: Row, context: Context, as_of: str) -> Placed | Problem:
        """Return the place of a row, or the problem with it.

        Only what is certain is taken. A code beside names must agree with them.
        """
        code_cell = row.cells.get("code")
        if not plain(code_cell) and not any(row.text(name) for name in (*kinds.PLACES, "kampung", "place")):
            # Nothing is concluded from the title or the rows above for a row that names no place of its own.
            own = self._field_of(layout, row, "village")
            return Problem("place_missing", layout.grid.sheet, row.number, layout.columns.get(own, -1))
        printed = self._printed(row, context)
        asked = (
            *printed.values(),
            _cell_key(code_cell),
            row.text("place"),
            row.text("kind"),
            context.within,
            context.system,
            as_of,
        )
        if asked not in self._known:
            self._known[asked] = self._look_up(printed, code_cell, row, context, as_of)
        found = self._known[asked]
        if isinstance(found, Placed):
            return found
        key, field, facts = found
        own = field if field in layout.columns else self._field_of(layout, row, field)
        value = row.cells.get(own)
        return Problem(key, layout.grid.sheet, row.number, layout.columns.get(own, -1),
                       shown(value) or shown(printed.get(field, "")), facts)  # fmt: skip

    def _field_of(self, layout: Layout, row: Row, field: str) -> str:
        """Return the column that a problem with a level is shown at: its own, or the deepest place there is."""
        there = [name for name in ("kampung", *reversed(kinds.PLACES), "place", "code") if name in layout.columns]
        return next((name for name in there if row.text(name)), there[0] if there else field)

    def printed(self, row: Row, context: Context, *, carried: bool = True) -> dict[str, str]:
        """Return the four names that a row is read with; without `carried`, only what it says itself."""
        return self._printed(row if carried else replace(row, carried={}), context)

    def code_of(self, cell: object, printed: dict[str, str], system: str) -> str:
        """Return the code that a cell is understood as; what it says where that is not certain."""
        found = self._code(cell, printed, system)
        return found if isinstance(found, str) else plain(cell)

    def _printed(self, row: Row, context: Context) -> dict[str, str]:
        own = {name: row.text(name) for name in kinds.PLACES}
        if not own["village"] and row.text("kampung"):
            own["village"] = _PROGRAMME.sub("", row.text("kampung"))
        level, name = _level_in(row.text("place"))
        if name:
            own[level] = own[level] or name
        deepest = max((place for place, one in enumerate(kinds.PLACES) if own[one]), default=-1)
        for place, one in enumerate(kinds.PLACES[:3]):
            if own[one] or place >= deepest:
                continue
            own[one] = row.carried.get(one, "") or (context.district if one == "district" else "")
        if context.within:
            for one in self.gazetteer.chain(context.within):
                place = level_of(one)
                own[place] = own[place] or self.gazetteer.short(one)
        return own

    def _look_up(
        self, printed: dict[str, str], code_cell: object, row: Row, context: Context, as_of: str
    ) -> Placed | tuple[str, str, dict[str, object]]:
        place_text = row.text("place")
        code = ""
        if is_code(place_text):
            code_cell = place_text
        if code_cell is not None and plain(code_cell):
            mended = self._code(code_cell, printed, context.system)
            if not isinstance(mended, str):
                return mended
            code = mended
        elif place_text and not _level_in(place_text)[1]:
            return "place_level", "place", {}
        deepest = max((place for place, one in enumerate(kinds.PLACES) if printed[one]), default=-1)
        if deepest < 0 and not code:
            return "place_missing", "village", {}
        if deepest < 0 or (code and LEVELS.index(level_of(code)) > deepest):
            return self._by_code(code, code_cell, printed, context)
        level = kinds.PLACES[deepest]
        found = self._resolve(printed, row, as_of)
        if deepest >= 2 and not printed["regency"] and not code:
            # Names recur: a village and its district, too, may stand in another regency.
            likely = [found.code] if found.taken else found.candidates
            return "regency_missing", level, {"candidates": self._listed(likely)}
        # A reviewed decision may stop at a larger unit: that is what a person found certain.
        if not found.taken and not (found.verdict == "alias" and found.code):
            if code:
                return self._by_code(code, code_cell, printed, context)
            return self._uncertain(found, printed, level)
        if code and code != found.code:
            facts = {"code": self._read_as(code_cell, code), "place": self._say(code), "other": self._say(found.code)}
            return "code_against_name", "code", facts
        if context.within and not f"{found.code}.".startswith(f"{context.within}."):
            return "outside", level, {"place": self._say(found.code), "region": self.gazetteer.label(context.within)}
        return Placed(found.code, found.level, found.reason, self._kept(printed, found.code))

    def _resolve(self, printed: dict[str, str], row: Row, as_of: str) -> Place:
        # A district written once for a group counts as printed in each of its rows.
        kind = kinds.word("kind", row.text("kind"))
        return self.resolver.resolve(*(printed[name] for name in kinds.PLACES), kind, as_of=as_of)

    def _code(self, cell: object, printed: dict[str, str], system: str) -> str | tuple[str, str, dict[str, object]]:
        """Return the code that a cell holds, mended where a spreadsheet's damage is certain."""
        if isinstance(cell, dt.date):
            return "code_is_date", "code", {}
        deepest = next((name for name in reversed(kinds.PLACES) if printed[name]), "")
        tools = {"system": system, "gazetteer": self.gazetteer, "editions": self.resolver.index.editions}
        cell = plain(cell) if isinstance(cell, str) else cell
        mended = mend_code(cell, name=printed.get(deepest, ""), **tools)
        if mended.code is None:
            bare = mend_code(cell, **tools)
            if bare.code is None:
                return "code_unclear", "code", {"candidates": self._listed([*mended.candidates, *bare.candidates])}
            mended = bare  # a code that the name beside it does not bear: said where both are compared
        return str(mended.code)

    def _by_code(
        self, code: str, cell: object, printed: dict[str, str], context: Context
    ) -> Placed | tuple[str, str, dict[str, object]]:
        if context.within and not f"{code}.".startswith(f"{context.within}."):
            return "outside", "code", {"place": self._say(code), "region": self.gazetteer.label(context.within)}
        for one in self.gazetteer.chain(code):
            name = printed[level_of(one)]
            if name and not self._bears(one, name):
                facts = {"code": self._read_as(cell, code), "place": self._say(code), "other": f'"{shown(name)}"'}
                return "code_against_name", "code", facts
        return Placed(code, level_of(code), "told by its code", self._kept(printed, code))

    def _read_as(self, cell: object, code: str) -> object:
        """Return a code as a problem tells it; where another number stands in the cell, with what it was read as."""
        digits = re.sub(r"\.0$|\D", "", plain(cell))
        if not digits or digits == code.replace(".", ""):
            return code
        bps = meanings(digits, self.gazetteer).get("bps") == code
        return Text(f"intake.{'code_bps' if bps else 'code_read'}", cell=shown(cell), code=code)

    def _bears(self, code: str, name: str) -> bool:
        said = names.normalise(_KINDS.sub("", name))
        return said in {names.normalise(self.gazetteer.name(code)), names.normalise(self.gazetteer.short(code))}

    def _uncertain(self, found: Place, printed: dict[str, str], level: str) -> tuple[str, str, dict[str, object]]:
        # The resolver's own reason: why it stopped, and at which of the printed names.
        stopped = found.missed if found.missed and printed[found.missed] else level
        against = found.missed == "village" and found.code.count(".") == 1 and bool(printed["district"])
        key = "place_contradicts" if against else "place_ambiguous" if found.verdict == "ambiguous" else "place_unknown"
        facts = {"reason": Spoken(_reason, found.reason), "candidates": self._listed(found.candidates)}
        self._asked[tuple(printed.values())] = dict(printed)
        return key, stopped, facts

    @property
    def asked(self) -> list[dict[str, str]]:
        """The printed places that were not certain, once each, for the file that a person answers."""
        return list(self._asked.values())

    def _kept(self, printed: dict[str, str], code: str) -> dict[str, str]:
        province = printed["province"] or self.gazetteer.name(parent_of(code, "province"))
        return {**printed, "province": province}

    def _say(self, code: str) -> str:
        above = [self.gazetteer.label(one) for one in self.gazetteer.chain(code)[1:][::-1]]
        return f"{', '.join(above) or self.gazetteer.label(code)} ({code})"

    def _listed(self, codes: Sequence[str]) -> object:
        said = tuple(self._say(code) for code in list(dict.fromkeys(map(str, codes)))[:_SHOWN])
        return "; ".join(said) if said else Text("intake.none_alike")


def _reason(told: str, _: str) -> str:
    """Return a reason as a sentence, without what a table of codes would make of the row."""
    told = re.sub(r"; (coded to the|dikodekan sampai) [^;]*", "", told)
    return told[:1].upper() + told[1:]


def _cell_key(cell: object) -> object:
    return (type(cell).__name__, cell) if cell is not None else ""


def _level_in(text: str) -> tuple[str, str]:
    """Return level and name of a text such as "Kec. Awayan"; the name is "" where the level is not told."""
    said = re.match(r"([^\W\d]+)\.?\s+(\S.*)", text)
    if said:
        for level, known in kinds.words()["level"].items():
            if kinds.key(said[1]) in known:
                return level, text if level == "regency" else said[2]
    return "", ""
