"""From a printed place to its code: only what is certain, and a written reason for each answer.

The rules, in order. Narrow from the province down, so that a name is looked for under its own parent
only. Take a name when exactly one unit there bears it: case, signs, short forms and habits of spelling
aside (`spelling`), under the name or code it had before (`editions`), or with one letter slipped where
nothing else can be meant (`slips`). What a person decided and explained is remembered (`decisions`).
Likeness alone never decides: of the villages of one district 68 pairs are alike by 90 % and still two
places; what is only alike is a candidate for a person.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from kkbgeo.language import Spoken, joined
from kkbgeo.paths import data_root as find_data_root
from kkbgeo.regions import editions as changes
from kkbgeo.regions import explain, printed
from kkbgeo.regions.aliases import Aliases
from kkbgeo.regions.codes import LEVELS, level_of, parent_of
from kkbgeo.regions.decisions import Decision, Names, key_of, learned_path, merged, read_decisions
from kkbgeo.regions.editions import Editions
from kkbgeo.regions.gazetteer import Gazetteer
from kkbgeo.regions.place import CERTAIN, VERDICTS, Place, Stop, Trail
from kkbgeo.regions.printed import Printed
from kkbgeo.regions.scope import SCORES, Index, Match
from kkbgeo.regions.slips import slip
from kkbgeo.regions.spelling import normalise
from kkbgeo.regions.table import resolve_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CERTAIN", "VERDICTS", "Decision", "Place", "Resolver", "load", "normalise", "read_decisions", "resolve"]

#: A misread district is taken for the one its village lies in, when it is like that one and no other.
_LIKE, _MARGIN = 80.0, 5.0


class Resolver:
    """Looks up printed places in one gazetteer, with aliases, other editions and decisions.

    Parameters
    ----------
    gazetteer : Gazetteer
        The units.
    decisions : mapping, optional
        `Decision` by the four names as printed; see `read_decisions`.
    aliases : Aliases, optional
    editions : Editions, optional

    Attributes
    ----------
    used : set
        The decisions that were needed so far, so that idle ones can be found (`unused`).
    """

    def __init__(
        self,
        gazetteer: Gazetteer,
        decisions: Mapping[Names, Decision] | None = None,
        aliases: Aliases | None = None,
        editions: Editions | None = None,
    ) -> None:
        self.gazetteer = gazetteer
        self.decisions = dict(decisions or {})
        self.used: set[Names] = set()
        self.index = Index(gazetteer, aliases or Aliases(), editions or Editions())
        self._decided = {key_of(names): names for names in self.decisions}

    def unused(self) -> list[Names]:
        """Return the decisions that no resolved place has needed, in file order."""
        return [names for names in self.decisions if names not in self.used]

    def without_decisions(self) -> Resolver:
        """Return a resolver that knows no decisions and shares everything else."""
        bare = Resolver(self.gazetteer)
        bare.index = self.index
        return bare

    def resolve(
        self,
        province: str = "",
        regency: str = "",
        district: str = "",
        village: str = "",
        kind: str = "",
        *,
        as_of: str = "",
    ) -> Place:
        """Return the place of four printed names; a level that was not printed is "".

        Parameters
        ----------
        province, regency, district, village : str
            As printed. Any may be missing, but a village alone, without its regency, is never taken:
            one village name in six is borne by several villages.
        kind : str
            Kind of the village as printed (desa, kelurahan …); only compared, and told in the
            reason when the gazetteer has it otherwise.
        as_of : str
            Date of the record (ISO; year, month or day): it may call for the names of its time.

        Raises
        ------
        ParameterError
            `as_of` is no ISO date.
        """
        changes.checked(as_of)
        cells = [
            printed.read(level, cell)
            for level, cell in zip(LEVELS, (province, regency, district, village), strict=True)
        ]
        deepest = max((depth for depth in range(4) if cells[depth].text), default=-1)
        if deepest < 0:
            return Place("", "", "none", self.index.say("nothing"))
        level = LEVELS[deepest]
        try:
            trail = self._walk(cells, deepest, as_of)
        except Stop as stop:
            candidates = dict(sorted(stop.candidates, key=lambda item: -item[1]))
            score = round(max(candidates.values(), default=0.0), 1) if stop.verdict != "alias" else SCORES["alias"]
            reason = joined("; ", [*stop.told, stop.reason])
            own = level_of(stop.code) if stop.code else ""
            return Place(stop.code, own, stop.verdict, reason, score, tuple(candidates), level, stop.level)
        listed = self.gazetteer.kind(trail.code) if trail.code else ""
        if level == "village" and kind in ("desa", "kelurahan") and listed != kind:
            trail.told.append(self.index.say("kind", printed=kind, listed=listed))
        reason = joined("; ", trail.told) or self.index.say("all")
        return Place(trail.code, level_of(trail.code), trail.verdict, reason, trail.score, (), level)

    def resolve_table(self, frame: pd.DataFrame, *, as_of: str = "", language: str = "en") -> pd.DataFrame:
        """Return `frame` with the columns `code level verdict score candidates reason`; see `table.resolve_table`."""
        return resolve_table(self.resolve, frame, as_of=as_of, language=language)

    # --- decisions ----------------------------------------------------------------------------------

    def _decision(self, key: Names, depth: int) -> Decision | None:
        names = self._decided.get((*key[: depth + 1], *("",) * (3 - depth))) if key[depth] else None  # type: ignore[arg-type]
        if names is None:
            return None
        self.used.add(names)
        return self.decisions[names]

    def _walk(self, cells: list[Printed], deepest: int, as_of: str) -> Trail:
        """Go down the levels; where a name is not found, a decision on the names below it still counts."""
        key = key_of(cell.text for cell in cells) if self._decided else ("", "", "", "")
        start = 0
        while True:
            trail, depth = Trail(), start
            try:
                for depth in range(start, deepest + 1):
                    if not cells[depth].text:
                        continue
                    decision = self._decision(key, depth) if self._decided else None
                    if decision is None:
                        self._go_down(depth, cells, trail, as_of)
                    elif decision.code and level_of(decision.code) == LEVELS[depth]:
                        trail.step(Match(decision.code, "alias"), [decision.reason])
                    else:
                        raise Stop("alias", decision.code, decision.reason)
                self._check_split(trail, as_of)
                return trail
            except Stop as stop:
                below = [d for d in range(depth + 1, deepest + 1) if self._decided and self._decision(key, d)]
                if stop.verdict in CERTAIN or not below:
                    stop.told, stop.level = trail.told, LEVELS[depth]
                    raise
                start = below[0]

    # --- one level down -----------------------------------------------------------------------------

    def _go_down(self, depth: int, cells: list[Printed], trail: Trail, as_of: str) -> None:
        level, cell = LEVELS[depth], cells[depth]
        if trail.code and LEVELS.index(level_of(trail.code)) >= depth:
            return None  # the village has told its district already
        if level == "district" and not cells[1].text:
            return self._district_alone(cells, trail, as_of)
        if level == "village" and not trail.code.count("."):
            raise explain.village_alone(self.index, trail.code, cell, self._find(level, trail.code, cell, as_of))
        found = self._find(level, trail.code, cell, as_of)
        if level == "village":
            found = self._checked_village(found, cells, trail, as_of)
        elif level == "district" and len(found) != 1 and cells[3].text:
            inside = self._district_by_village(found, cells, trail, as_of)
            if inside:
                return None
        if not found and level in ("district", "village") and trail.code and not (cell.hamlet or cell.unit):
            one = slip(self.index, level, trail.code, cell.forms[-1][0])
            found = [one] if one else []
        if len(found) != 1:
            raise explain.not_found(self.index, level, trail.code, cell, found)
        self._take(found[0], cell, trail)
        if level == "village" and not cells[2].text:
            above = self.gazetteer.label(self.gazetteer.parent(trail.code))
            regency = self.gazetteer.label(self.gazetteer.parent(trail.code, "regency"))
            trail.told.append(self.index.say("only_village", regency=regency, district=above))
        return None

    def _find(self, level: str, parent: str, cell: Printed, as_of: str) -> list[Match]:
        """Return who bears the name in a cell, form by form, the most literal first."""
        for form, remark in cell.forms:
            found = self.index.find(level, parent, form, as_of, cities=not cell.kabupaten)
            if cell.hamlet:
                found = [match for match in found if match.how in ("exact", "marks")]
            if found:
                part = self.index.say(remark) if remark else ""
                return [Match(m.code, m.how, joined("; ", filter(None, (m.remark, part)))) for m in found]
        units = self.index.aliases.units.get("kampung", ())
        if cell.unit and parent[:5] in units:
            return self.index.find(level, parent, cell.unit, as_of)
        return []

    def _take(self, match: Match, cell: Printed, trail: Trail) -> None:
        short, label = self.gazetteer.short(match.code), self.gazetteer.label(match.code)
        remarks = [match.remark] if match.remark else []
        if match.how not in ("edition", "alias") and cell.text not in (short, label):
            remarks.insert(0, self.index.say("listed", printed=cell.text, listed=short))
            trail.weaken("marks")
        trail.step(match, remarks)

    def _checked_village(self, found: list[Match], cells: list[Printed], trail: Trail, as_of: str) -> list[Match]:
        """Hold a village against the rest of its regency: a district that contradicts it is nobody's to choose."""
        if not cells[2].text or trail.code.count(".") != 2:
            return found
        if len(found) == 1 and found[0].how != "habits":
            return found
        regency = self.gazetteer.parent(trail.code, "regency")
        elsewhere = [
            match
            for match in self._find("village", regency, cells[3], as_of)
            if match.how != "habits" and not match.code.startswith(f"{trail.code}.")
        ]
        if not elsewhere or len(found) > 1:
            return found
        listed = self._listed(elsewhere)
        near = self.index.alike("village", trail.code, cells[3].forms[-1][0]) if not found else []
        raise Stop(
            "ambiguous",
            regency,
            self.index.say(
                "contradiction",
                district=self.gazetteer.label(trail.code),
                village=cells[3].text,
                regency=self.gazetteer.label(regency),
                listed=listed,
            ),
            [*((match.code, SCORES[match.how]) for match in [*elsewhere, *found]), *near],
        )

    def _listed(self, found: list[Match]) -> str:
        return joined(", ", (explain.told(self.gazetteer, match.code) for match in found[:5]))

    def _district_by_village(self, found: list[Match], cells: list[Printed], trail: Trail, as_of: str) -> bool:
        """Let a village that only one district can mean tell which district was printed."""
        regency, cell = trail.code, cells[2]
        villages = [m for m in self._find("village", regency, cells[3], as_of) if m.how in ("exact", "marks", "words")]
        near = dict(self.index.alike("district", regency, cell.forms[-1][0])) if not found else {}
        if found:
            inside = [m for m in villages if any(m.code.startswith(f"{d.code}.") for d in found)]
        else:
            ranked = sorted(near.values(), reverse=True)
            sure = ranked and ranked[0] >= _LIKE and (len(ranked) == 1 or ranked[0] - ranked[1] >= _MARGIN)
            best = max(near, key=lambda code: near[code]) if sure else ""
            # The village must be the only one of its name in the regency: two witnesses, not one.
            inside = villages if len(villages) == 1 and best and villages[0].code.startswith(f"{best}.") else []
        if len(inside) != 1:
            if villages and not found:
                raise Stop(
                    "ambiguous" if len(villages) + len(near) > 1 else "fuzzy",
                    regency,
                    joined(
                        "; ",
                        [
                            explain.why_not(self.index, "district", regency, cell, []),
                            self.index.say("village_elsewhere", listed=self._listed(villages)),
                        ],
                    ),
                    [*((match.code, SCORES[match.how] - 10) for match in villages), *near.items()],
                )
            return False
        district = self.gazetteer.parent(inside[0].code)
        trail.told.append(self.index.say("district_told", printed=cell.text, listed=self.gazetteer.short(district)))
        trail.weaken("habits")
        self._take(inside[0], cells[3], trail)
        return True

    def _district_alone(self, cells: list[Printed], trail: Trail, as_of: str) -> None:
        """Find a district whose regency is not printed: with its village, or alone in a printed province."""
        cell, province = cells[2], trail.code
        found = self._find("district", province, cell, as_of)
        literal = [match for match in found if match.how != "habits"]
        if cells[3].text:
            both = [
                d for d in literal if any(m.how != "habits" for m in self._find("village", d.code, cells[3], as_of))
            ]
            literal = both or (literal if province else [])
        elif not province:
            literal = []
        if len(literal) != 1:
            where = self.gazetteer.label(province) if province else Spoken(self.gazetteer.whole.name)
            near = [(match.code, SCORES[match.how] - 5) for match in found]
            near = near or self.index.alike("district", province, cell.forms[-1][0])
            verdict = "ambiguous" if len(near) > 1 else "fuzzy" if near else "none"
            reason = self.index.say("district_alone", printed=cell.text, where=where)
            raise Stop(verdict, province, reason, near)
        self._take(literal[0], cell, trail)
        regency = self.gazetteer.label(self.gazetteer.parent(trail.code))
        trail.told.append(self.index.say("regency_told", regency=regency))

    def _check_split(self, trail: Trail, as_of: str) -> None:
        """Refuse a unit that was larger on the date: its figure belongs to none of the parts."""
        parts = self.index.editions.split_of(trail.code, as_of) if trail.code else []
        if parts and trail.how != "edition":
            above, names = (
                parent_of(trail.code),
                joined(", ", (explain.told(self.gazetteer, part.code_new) for part in parts)),
            )
            reason = self.index.say("split", date=as_of, old=parts[0].name_old, listed=names, source=parts[0].source)
            raise Stop("ambiguous", above, reason, [(part.code_new, 90.0) for part in parts])


def resolve(
    province: str = "",
    regency: str = "",
    district: str = "",
    village: str = "",
    kind: str = "",
    *,
    as_of: str = "",
    data_root: str | os.PathLike | None = None,
) -> Place:
    """Return the place of four printed names; see `Resolver.resolve`. `data_root` is the data folder.

    Examples
    --------
    >>> resolve("Kalsel", "Kab. Balangan", "Kec. Awayan", "Desa Pudak RT 02").code
    '63.11.03.2008'
    >>> resolve("Kalimantan Timur", "Kota Bontang", "", "Loktuan").verdict
    'normalised'
    >>> place = resolve("Kalimantan Selatan", "Balangn")
    >>> place.code, place.verdict, place.candidates, place.taken
    ('63', 'fuzzy', ('63.11',), False)
    """
    return load(data_root).resolve(province, regency, district, village, kind, as_of=as_of)


def load(data_root: str | os.PathLike | None = None, *, decisions: str | os.PathLike | None = None) -> Resolver:
    """Return the resolver of a data folder; kept in memory as long as its files stay the same.

    Parameters
    ----------
    data_root : path, optional
        The data folder.
    decisions : path, optional
        A file of decisions learned from reviews; else ``reference/learned_places.csv`` of the folder.
        The decisions of the folder's own records (``place_decisions.csv``) are always known, too.

    Raises
    ------
    CodeError
        The two files decide one printed name differently, or a row of them is wrong.
    """
    root = find_data_root(data_root)
    own = Path(decisions) if decisions else learned_path(root)
    names = ("gazetteer.csv", "place_decisions.csv", "aliases.csv", "code_changes.csv")
    files = [*(root / "reference" / name for name in names), own]
    return _load(root, own, tuple(file.stat().st_mtime_ns if file.exists() else 0 for file in files))


@lru_cache(maxsize=4)
def _load(root: Path, own: Path, _stamp: tuple[int, ...]) -> Resolver:
    gazetteer = Gazetteer.load(root)
    decisions = read_decisions(root, gazetteer)
    if own.exists():
        decisions = merged(decisions, read_decisions(root, gazetteer, own), own)
    return Resolver(gazetteer, decisions, Aliases.load(root), Editions.load(root))
