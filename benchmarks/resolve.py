"""Measure the resolver of places: how often it is right, how much it leaves to a person, how fast it is.

Run::

    python benchmarks/resolve.py                       # labelled cases, traps, speed
    python benchmarks/resolve.py --national PACKAGE    # speed on real national names: a tarball of npm idn-area-data

Without a package the national speed is measured on names put together at random from the words of the
gazetteer, as many units as Indonesia has: the national list is not part of the project. Nothing is
asserted here; the tests hold the bars (tests/test_place_cases.py).
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import resource
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from kkbgeo import provenance
from kkbgeo.language import words
from kkbgeo.paths import CHECKOUT
from kkbgeo.regions import names
from kkbgeo.regions.codes import LEVELS, parent_of
from kkbgeo.regions.editions import Editions
from kkbgeo.regions.gazetteer import Gazetteer
from kkbgeo.regions.spelling import normalise

CASES = CHECKOUT / "tests" / "data" / "place_cases.csv"


class Score(NamedTuple):
    """What came out of a set of labelled cases."""

    cases: int
    taken: int
    right: int

    @property
    def share_taken(self) -> float:
        return self.taken / self.cases if self.cases else float("nan")

    @property
    def share_right(self) -> float:
        return self.right / self.taken if self.taken else float("nan")


class Trap(NamedTuple):
    """A printed place that invites a mistake: a taken answer must be one of `right` (which may be empty)."""

    kind: str
    printed: tuple[str, str, str, str]
    right: frozenset[str]


def as_shipped() -> names.Resolver:
    """Return the resolver that users have: all tables, all reviewed decisions."""
    return names.load()


def without_tables() -> names.Resolver:
    """Return a resolver that has neither decisions nor the names of other editions: spelling rules and laws alone."""
    shipped = names.load()
    laws = [change for change in shipped.index.editions.changes if change.level in ("province", "regency")]
    return names.Resolver(shipped.gazetteer, aliases=shipped.index.aliases, editions=Editions(laws))


def read_cases() -> pd.DataFrame:
    """Return the labelled cases."""
    return provenance.read_csv(CASES)


def score(resolver: names.Resolver, cases: pd.DataFrame) -> Score:
    """Count how many of the cases are taken, and how many of those rightly."""
    places = [resolver.resolve(*row) for row in cases[list(LEVELS)].itertuples(index=False, name=None)]
    taken = [place.taken for place in places]
    right = [place.taken and place.code == code for place, code in zip(places, cases["code"], strict=True)]
    return Score(len(cases), sum(taken), sum(right))


# --- traps ------------------------------------------------------------------------------------------------


def traps(resolver: names.Resolver) -> Iterator[Trap]:
    """Yield every trap that the gazetteer itself holds, by kind."""
    places = resolver.gazetteer
    villages = places.codes("village")
    by_regency: dict[tuple[str, str], list[str]] = {}
    by_district: dict[tuple[str, str], list[str]] = {}
    everywhere: dict[str, list[str]] = {}
    for code in villages:
        key = normalise(places.name(code))
        by_regency.setdefault((code[:5], key), []).append(code)
        by_district.setdefault((code[:8], key), []).append(code)
        everywhere.setdefault(key, []).append(code)
    old: dict[tuple[str, str], set[str]] = {}
    for change in resolver.index.editions.changes:
        if change.level == "village" and change.kind in ("moved", "renamed"):
            for above in (change.code_old[:8], change.code_new[:8]):
                old.setdefault((above, normalise(change.name_old)), set()).add(change.code_new)
    kampung = resolver.index.aliases.units.get("kampung", frozenset())
    nobody: frozenset[str] = frozenset()
    for place, code in enumerate(villages):
        name, key = places.name(code), normalise(places.name(code))
        province, regency, district = (places.short(code[:length]) for length in (2, 5, 8))
        if len(everywhere[key]) > 1:
            yield Trap("a name that recurs, alone in its province", (province, "", "", name), nobody)
        if len(by_regency[code[:5], key]) > 1:
            yield Trap("a name that recurs in its regency", (province, regency, "", name), nobody)
        # The next district of the regency, where no village is so named, now or before.
        others = [each for each in places.children(code[:5]) if each != code[:8]]
        if others:
            other = others[place % len(others)]
            if (other, key) not in by_district and (other, key) not in old:
                printed = (province, regency, places.short(other), name)
                yield Trap("a district that contradicts the village", printed, nobody)
        words = name.split()
        if len(words) > 1:
            shorter = " ".join(words[:-1])
            own = (code[:8], normalise(shorter))
            numbered = words[-1].isupper() and set(words[-1]) <= set("IVX")
            if own not in by_district:
                kind = "a numbered twin without its number" if numbered else "a name that contains another"
                yield Trap(kind, (province, regency, district, shorter), frozenset(old.get(own, ())))
            longer = f"{name}X" if numbered else f"{name} II"
            if (code[:8], normalise(longer)) not in by_district:
                yield Trap("a twin that does not exist", (province, regency, district, longer), nobody)
        if (code[:8], normalise(f"Dusun {name}")) not in by_district:
            yield Trap("a hamlet", (province, regency, district, f"Dusun {name}"), nobody)
        yield Trap("an RT inside a village", (province, regency, district, f"{name} RT 05/RW 02"), frozenset({code}))
        if (code[:8], normalise(f"Kampung {name}")) not in by_district:
            right = frozenset({code}) if code[:5] in kampung else nobody
            yield Trap("Kampung before the name", (province, regency, district, f"Kampung {name}"), right)
    for regency in places.codes("regency"):
        name = places.name(regency)
        province = places.short(parent_of(regency))
        other = f"Kota {name}" if places.kind(regency) == "kabupaten" else f"Kabupaten {name}"
        right = {change.code_new for change in resolver.index.editions.by_name(other, "regency", regency[:2])}
        yield Trap("the other kind of regency", (province, other, "", ""), frozenset(right))
        words = name.split()
        if len(words) > 1:
            yield Trap("half a regency's name", (province, words[0], "", ""), nobody)


def sprung(resolver: names.Resolver) -> tuple[dict[str, int], list[tuple[Trap, names.Place]]]:
    """Walk into every trap; return how many there are by kind, and those with a confident wrong answer.

    What a person decided is no trap, so the resolver answers without decisions.
    """
    resolver = resolver.without_decisions()
    counts: dict[str, int] = {}
    wrong = []
    for trap in traps(resolver):
        counts[trap.kind] = counts.get(trap.kind, 0) + 1
        place = resolver.resolve(*trap.printed)
        if place.taken and place.code not in trap.right:
            wrong.append((trap, place))
    return counts, wrong


# --- speed ------------------------------------------------------------------------------------------------


def noisy(text: str, dice: random.Random) -> str:
    """Return a name as an office may write it: capitals, joined, shortened, a letter lost or changed, or untouched."""
    throw = dice.random()
    if not text or throw < 0.5:
        return text
    if throw < 0.6:
        return text.upper()
    if throw < 0.7:
        return text.replace(" ", "")
    if throw < 0.8:
        return text.replace("Sungai", "Sei").replace("Tanjung", "Tj.").replace("Gunung", "Gn.")
    place = dice.randrange(len(text))
    return text[:place] + (dice.choice("aiueonrtk") if throw < 0.9 else "") + text[place + 1 :]


def printed_table(places: Gazetteer, seed: int = 1) -> pd.DataFrame:
    """Return one row per village, its district and its own name noisy; the true code is the index."""
    dice = random.Random(seed)
    codes = places.codes("village")
    above = {code: places.short(code) for level in LEVELS[:3] for code in places.codes(level)}
    noisy_district = {code: noisy(above[code], dice) for code in places.codes("district")}
    rows = {
        "province": [above[code[:2]] for code in codes],
        "regency": [above[code[:5]] for code in codes],
        "district": [noisy_district[code[:8]] for code in codes],
        "village": [noisy(places.name(code), dice) for code in codes],
    }
    return pd.DataFrame(rows, index=codes)


def national(package: Path | None) -> Gazetteer:
    """Return a gazetteer of Indonesia's size: from a package of idn-area-data, or put together from words."""
    return _of_package(package) if package else _of_words()


def _of_package(package: Path) -> Gazetteer:
    rows = []
    with tarfile.open(package) as archive:
        for level, file in zip(LEVELS, ("provinces", "regencies", "districts", "villages"), strict=True):
            text = archive.extractfile(f"package/data/{file}.csv").read().decode("utf-8")
            for row in csv.DictReader(io.StringIO(text)):
                kind, name = (
                    {"province": "provinsi", "district": "kecamatan", "village": "desa"}.get(level, ""),
                    row["name"],
                )
                if level == "regency":
                    word, _, name = name.partition(" ")
                    kind = "kota" if word.lower() == "kota" else "kabupaten"
                rows.append((row["code"], name, kind, level))
    return _gazetteer(rows)


def _of_words() -> Gazetteer:
    from kkbgeo.simulation.country import INDONESIA, units

    dice, real = random.Random(1), Gazetteer.load()
    words = sorted({word for code in real.codes("village") for word in real.name(code).split() if len(word) > 2})
    made, used = units(INDONESIA, 1), set()
    rows = []
    for code, kind, level in made[["code", "kind", "level"]].itertuples(index=False, name=None):
        name = " ".join(dice.sample(words, 2))
        while (code.rpartition(".")[0], name) in used:
            name = " ".join(dice.sample(words, 2))
        used.add((code.rpartition(".")[0], name))
        rows.append((code, name, kind, level))
    return _gazetteer(rows)


def _gazetteer(rows: list[tuple[str, str, str, str]]) -> Gazetteer:
    frame = pd.DataFrame(rows, columns=["code", "name", "kind", "level"]).set_index("code")
    return Gazetteer(frame.assign(parent=[parent_of(code) for code in frame.index], lon=0.0, lat=0.0, point_source=""))


def timed(resolver: names.Resolver, table: pd.DataFrame) -> tuple[float, float, int, int]:
    """Return CPU seconds, wall seconds, taken rows and wrong ones of a whole table; the index is built within."""
    cpu, wall = time.process_time(), time.perf_counter()
    found = resolver.resolve_table(table.reset_index(drop=True))
    spent = time.process_time() - cpu, time.perf_counter() - wall
    taken = (found["level"] == "village") & found["verdict"].isin(names.CERTAIN)
    wrong = taken.to_numpy() & (found["code"].to_numpy() != table.index.to_numpy())
    return *spent, int(taken.sum()), int(wrong.sum())


def main() -> None:
    """Print all measures; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--national", type=Path, help="tarball of npm idn-area-data, for speed on real national names")
    parser.add_argument("--skip-national", action="store_true")
    options = parser.parse_args()
    cases = read_cases()
    print("Labelled cases (taken = without a person)")
    for label, resolver in (("as shipped", as_shipped()), ("spelling rules alone", without_tables())):
        for part in ("tuning", "held out"):
            own = cases[cases["part"] == part]
            total = score(resolver, own)
            print(
                f"  {label}, {part}: {total.cases} cases, taken {total.taken} ({total.share_taken:.1%}), "
                f"right {total.right} ({total.share_right:.1%} of taken)"
            )
            for kind, group in own.groupby("kind"):
                one = score(resolver, group)
                print(f"      {kind}: {one.cases} cases, taken {one.taken}, right {one.right}")
    counts, wrong = sprung(as_shipped())
    print(f"Traps: {sum(counts.values())}, confident wrong answers {len(wrong)}")
    for kind, count in sorted(counts.items()):
        print(f"  {kind}: {count}, wrong {sum(trap.kind == kind for trap, _ in wrong)}")
    for trap, place in wrong[:20]:
        print("   ", trap.printed, "->", place.code, words(place.reason, "en"))
    shipped = names.load()
    fresh = names.Resolver(shipped.gazetteer, shipped.decisions, shipped.index.aliases, shipped.index.editions)
    table = printed_table(shipped.gazetteer).head(7000)
    cpu, wall, taken, missed = timed(fresh, table)
    print(f"Kalimantan: {len(table)} rows in {cpu:.2f} s CPU, {wall:.2f} s wall; taken {taken}, wrong {missed}")
    if options.skip_national:
        return
    places = national(options.national)
    table = printed_table(places)
    resolver = names.Resolver(places, aliases=shipped.index.aliases)
    cpu, wall, taken, missed = timed(resolver, table)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    what = options.national.name if options.national else "names put together from words"
    print(
        f"National ({what}): {len(table)} rows in {cpu:.1f} s CPU, {wall:.1f} s wall, peak {peak:.2f} GB; "
        f"taken {taken}, wrong {missed}"
    )


if __name__ == "__main__":
    main()
