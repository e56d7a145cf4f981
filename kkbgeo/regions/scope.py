"""The names under one parent, ready to be compared; built when a parent is first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from kkbgeo.language import Text
from kkbgeo.regions.aliases import Aliases
from kkbgeo.regions.editions import Change, Editions
from kkbgeo.regions.gazetteer import Gazetteer
from kkbgeo.regions.spelling import Keys, Speller, near, split_words

#: Score of a match by each way, 0 … 100.
SCORES = {"exact": 100.0, "marks": 99.0, "alias": 98.0, "words": 97.0, "edition": 96.0, "habits": 94.0, "slip": 92.0}
#: Below this likeness a name is no candidate but noise; the same bound as `Gazetteer.suggest`.
LIKELY = 70.0


@dataclass(frozen=True, slots=True)
class Match:
    """One unit that bears a printed name, how that was told, and what there is to say about it."""

    code: str
    how: str
    remark: str = ""
    change: Change | None = None


class Scope:
    """The units of one level inside one parent, by each kind of key."""

    __slots__ = ("bare", "keys", "members", "norm", "old", "plain", "sound")

    def __init__(self, members: list[str], old: list[Change], gazetteer: Gazetteer, spell: Speller) -> None:
        self.members = members
        self.norm: dict[str, list[str]] = {}
        self.bare: dict[str, list[str]] = {}
        self.plain: dict[str, list[str]] = {}
        self.sound: dict[str, list[str]] = {}
        self.keys: dict[str, Keys] = {}
        self.old: dict[str, dict[str, list[Change]]] = {"norm": {}, "plain": {}, "sound": {}}
        for code in members:
            city = gazetteer.kind(code) == "kota"
            keys = spell(gazetteer.short(code))
            self.keys[code] = keys
            self.norm.setdefault(keys.norm, []).append(code)
            self.plain.setdefault(keys.plain, []).append(code)
            self.sound.setdefault(keys.sound, []).append(code)
            if city:
                self.bare.setdefault(spell(gazetteer.name(code)).norm, []).append(code)
        for change in old:
            name = change.name_old.removeprefix("Kabupaten ")
            keys = spell(name)
            for way in self.old:
                self.old[way].setdefault(getattr(keys, way), []).append(change)
            if name.startswith("Kota "):
                self.old["norm"].setdefault(spell(name.removeprefix("Kota ")).norm, []).append(change)


class Index:
    """Finds names inside a parent: by marks, aliases, words, other editions and habits of spelling, in this order.

    Parameters
    ----------
    gazetteer, aliases, editions
        Where names come from.
    """

    def __init__(self, gazetteer: Gazetteer, aliases: Aliases, editions: Editions) -> None:
        self.gazetteer, self.aliases, self.editions = gazetteer, aliases, editions
        self.spell = Speller(aliases.words)
        self._scopes: dict[tuple[str, str], Scope] = {}

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word that a name of the gazetteer, an earlier one or an alias has, in small letters."""
        names = [*self.gazetteer.frame["name"], *(change.name_old for change in self.editions.changes)]
        return frozenset({*self.aliases.words, *(word for name in names for word in split_words(name))})

    def say(self, reason: str, **values: object) -> Text:
        """Return a reason; see ``messages/places.toml``."""
        return Text(f"places.reason.{reason}", **values)

    def scope(self, level: str, parent: str) -> Scope:
        """Return the names of `level` inside `parent` ("" for everywhere)."""
        found = self._scopes.get((level, parent))
        if found is None:
            members = self.gazetteer.within(parent or None, level)
            old = self.editions.old_names(level, parent)
            found = self._scopes[level, parent] = Scope(members, old, self.gazetteer, self.spell)
        return found

    def find(self, level: str, parent: str, name: str, as_of: str = "", *, cities: bool = True) -> list[Match]:
        """Return the units of `level` inside `parent` that bear `name`: none, one, or those that are confused by it.

        The first way that finds anything decides, with one exception: a name that another unit bore in
        an earlier edition competes with today's bearer, unless the date `as_of` settles it. Without
        `cities` only a kabupaten is looked for.
        """
        scope, keys = self.scope(level, parent), self.spell(name)
        for way in ("norm", "plain", "sound"):
            today = self._today(scope, level, parent, name, keys, way)
            once = self._once(scope, keys, way, {match.code for match in today})
            if not cities:
                today, once = (
                    [match for match in matches if self.gazetteer.kind(match.code) != "kota"]
                    for matches in (today, once)
                )
            if today and once:
                once = [match for match in once if match.change and match.change.holds(as_of) is not False]
                if as_of and all(match.change and match.change.holds(as_of) for match in once):
                    today = [match for match in today if not self._came_later(match.code, as_of)]
                return [*today, *once]
            if today or once:
                return today or once
        return []

    def _today(self, scope: Scope, level: str, parent: str, name: str, keys: Keys, way: str) -> list[Match]:
        codes = getattr(scope, way).get(getattr(keys, way), [])
        if way == "norm":
            if codes:
                exact = [code for code in codes if name in (self.gazetteer.short(code), self.gazetteer.label(code))]
                return [Match(code, "exact" if code in exact else "marks") for code in codes]
            if keys.norm in scope.bare:
                return [Match(code, "words", self.say("city")) for code in scope.bare[keys.norm]]
            return [
                Match(code, "alias", self.say("alias", alias=name, name=self.gazetteer.short(code)))
                for code, _ in self.aliases.find(level, keys.norm, parent)
            ]
        if way == "plain":
            return [Match(code, "words") for code in codes]
        return [Match(code, "habits") for code in codes if near(keys, scope.keys[code])]

    def _came_later(self, code: str, as_of: str) -> bool:
        """Tell whether today's bearer of a name bore another one, or did not exist, on a date."""
        return any(change.holds(as_of) for change in self.editions.leading_to(code))

    def _once(self, scope: Scope, keys: Keys, way: str, today: set[str]) -> list[Match]:
        found: dict[str, Match] = {}
        for change in scope.old[way].get(getattr(keys, way), ()):
            if way == "sound" and not near(keys, self.spell(change.name_old.removeprefix("Kabupaten "))):
                continue
            if change.code_new in today or change.code_new not in self.gazetteer:
                continue
            told = self.say(
                "moved" if change.kind == "moved" else "renamed",
                old=change.name_old,
                name=self.gazetteer.short(change.code_new),
                code=change.code_old,
                until=change.until,
                source=change.source,
            )
            found.setdefault(change.code_new, Match(change.code_new, "edition", told, change))
        return list(found.values())

    def alike(self, level: str, parent: str, name: str, limit: int = 5) -> list[tuple[str, float]]:
        """Return up to `limit` units of `level` inside `parent` whose names are like `name`, best first.

        Names of other numerals are no candidates, unless the printed name has none.
        """
        from rapidfuzz import fuzz, process

        scope, keys = self.scope(level, parent), self.spell(name)
        if not keys.sound:
            return []
        best: dict[str, float] = {}
        for way in ("plain", "sound"):
            table = getattr(scope, way)
            wanted = getattr(keys, way)
            for key, score, _ in process.extract(
                wanted, list(table), scorer=fuzz.ratio, score_cutoff=LIKELY, limit=4 * limit
            ):
                for code in table[key]:
                    numerals = scope.keys[code].numerals
                    if keys.numerals and numerals not in ((), keys.numerals):
                        continue
                    best[code] = max(best.get(code, 0.0), min(score, 93.0))
        return sorted(best.items(), key=lambda item: (-item[1], item[0]))[:limit]

    def holding(self, level: str, parent: str, name: str) -> list[str]:
        """Return the units inside `parent` whose names hold all printed words and more: Barito in Barito Utara."""
        words = self.spell(name).words
        if not words or len("".join(words)) < 4:
            return []
        scope = self.scope(level, parent)
        wanted = set(words)
        return [code for code in scope.members if wanted < set(scope.keys[code].words)]
