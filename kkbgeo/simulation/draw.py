"""Draw made-up records village by village, which add up to the reported totals where there are any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from kkbgeo.join import KNOWN
from kkbgeo.records.surveys import Round
from kkbgeo.records.tables import CLASSES, TABLES
from kkbgeo.regions.gazetteer import Gazetteer
from kkbgeo.tables import AreaTable

SOURCE = "simulasi"
AS_OF = "2025-12-31"
REMARK = "SIMULASI: made up, not reported by anybody"
#: Where nothing was reported: shares of the four classes, and of villages with an aid event.
CLASS_SHARES = (0.62, 0.22, 0.08, 0.08)
AID_SHARE = 0.04
#: Mean prevalence of a survey round, per cent: that of `SINCE`, less `FALL` each year, never below `LEAST`.
MEAN, SINCE, FALL, LEAST = 27.0, 2021, 1.7, 8.0


def draw(
    places: Gazetteer, regencies: list[str], seed: int, reported: AreaTable | None, rounds: Sequence[Round]
) -> dict[str, pd.DataFrame]:
    """Return every record table, drawn for the villages of some regencies.

    Parameters
    ----------
    places : Gazetteer
        The units.
    regencies : list of str
        Codes of the regencies to draw for.
    seed : int
        The same seed gives the same tables; a regency's records do not depend on the other regencies.
    reported : AreaTable or None
        A regency table with ``kkb_total``, ``kkb_class_total`` and the four classes: the drawn villages
        add up to them where they were reported.
    rounds : sequence of Round
        The survey rounds to draw a prevalence of.

    Returns
    -------
    dict of DataFrame
        Text tables by name, columns as `kkbgeo.records.tables.TABLES` has them, record ids given.
    """
    rows: dict[str, list[dict[str, str]]] = {name: [] for name in TABLES}
    for code in regencies:
        random = np.random.default_rng([seed, *map(int, code.split("."))])
        _regency(places, code, random, _known(reported, code), rows)
        _prevalence(places, code, seed, rounds, rows)
    for province in dict.fromkeys(code.split(".")[0] for code in regencies):
        _province(places, province, rounds, rows)
    return {name: _frame(name, found) for name, found in rows.items()}


def _known(reported: AreaTable | None, code: str) -> dict[str, int]:
    if reported is None or code not in reported.labels:
        return {}
    cells = {key: reported.cell(code, key) for key in ("kkb_total", *(f"kkb_{name}" for name in CLASSES))}
    return {key: int(cell["value"]) for key, cell in cells.items() if cell["state"] in KNOWN}


def _regency(places: Gazetteer, code: str, random: np.random.Generator, known: Mapping[str, int], rows: dict) -> None:
    villages = list(places.within(code, "village"))
    total = min(known.get("kkb_total", round(len(villages) * random.uniform(0.3, 1.0))), len(villages))
    chosen = sorted(random.choice(len(villages), size=total, replace=False))
    given = [known.get(f"kkb_{name}") for name in CLASSES]
    whole = all(one is not None for one in given) and sum(given) == total
    parts = given if whole else random.multinomial(total, CLASS_SHARES).tolist()
    words = random.permutation(np.repeat(CLASSES, parts))
    for position, word in zip(chosen, words, strict=True):
        kind = places.kind(villages[position])
        rows["kampung"].append(
            _place(places, villages[position])
            | {"kind": kind, "class_reported": word, "class_level": word, "unit": "village", "status": "formed",
               "definition": "after_2022"}
        )  # fmt: skip
    rows["kampung_counts"].append(
        _place(places, code)
        | {"total": str(total), "about": "false", "definition": "after_2022", "count_kind": "formed",
           "top_term": "berkelanjutan"}
        | {name: str(count) for name, count in zip(CLASSES, parts, strict=True)}
    )  # fmt: skip
    for village in np.array(villages)[random.random(len(villages)) < AID_SHARE]:
        rows["aid_events"].append(
            _place(places, str(village))
            | {"aid_type": str(random.choice(["sembako", "dashat", "pmt"])), "unit": "families",
               "beneficiaries": str(int(random.poisson(18)) + 1), "status": "delivered",
               "as_of": f"2025-{random.integers(1, 13):02d}-{random.integers(1, 29):02d}"}
        )  # fmt: skip
    people = int(random.lognormal(12.2, 0.7))
    rows["at_risk_families"].append(
        _place(places, code)
        | {"families_at_risk": str(people // 25), "semester": "2", "scope": "whole", "as_of": "2025"}
    )
    men = int(people * random.uniform(0.49, 0.53))
    rows["population_area"].append(
        _place(places, code)
        | {"population_male": str(men), "population_female": str(people - men), "population_total": str(people),
           "area_km2": f"{random.lognormal(8, 1):.3f}", "as_of": "2025"}
    )  # fmt: skip


def _prevalence(places: Gazetteer, code: str, seed: int, rounds: Sequence[Round], rows: dict) -> None:
    """Add a figure of each round; none of them, nor any other record, depends on which other rounds there are."""
    own = [seed, *map(int, code.split("."))]
    level = np.random.default_rng([*own, 0]).normal(0, 5)
    for one in rounds:
        random = np.random.default_rng([*own, one.year, *one.survey.encode()])
        mean = max(MEAN - FALL * (one.year - SINCE), LEAST)
        percent = float(np.clip(mean + level + random.normal(0, 2), 2, 60))
        rows["prevalence"].append(_place(places, code) | _of_round(one, percent))


def _of_round(one: Round, percent: float) -> dict[str, str]:
    year = str(one.year)
    return {"survey": one.survey, "year": year, "prevalence_percent": f"{percent:.1f}", "as_of": year}


def _province(places: Gazetteer, code: str, rounds: Sequence[Round], rows: dict) -> None:
    """Add the province's own rows: prevalence as the mean, population and area as the sum of its regencies."""
    inside = [row for row in rows["prevalence"] if row["code"].startswith(f"{code}.")]
    for one in rounds:
        mine = [row for row in inside if (row["survey"], row["year"]) == (one.survey, str(one.year))]
        mean = float(np.mean([float(row["prevalence_percent"]) for row in mine]))
        rows["prevalence"].append(_place(places, code) | _of_round(one, mean))
    mine = [row for row in rows["population_area"] if row["code"].startswith(f"{code}.")]
    names = ("population_male", "population_female", "population_total")
    sums = {name: str(sum(int(row[name]) for row in mine)) for name in names}
    area = f"{sum(float(row['area_km2']) for row in mine):.3f}"
    rows["population_area"].append(_place(places, code) | sums | {"area_km2": area, "as_of": "2025"})


def _place(places: Gazetteer, code: str) -> dict[str, str]:
    names = [places.short(one) for one in places.chain(code)]
    printed = dict(zip(("province", "regency", "district", "village"), [*names, "", "", ""], strict=False))
    level = ("province", "regency", "district", "village")[len(names) - 1]
    return printed | {
        "code": code, "level": level, "place_reason": "drawn for this place", "as_of": AS_OF, "source_id": SOURCE,
        "note": REMARK,
    }  # fmt: skip


def _frame(name: str, rows: list[dict[str, str]]) -> pd.DataFrame:
    table = TABLES[name]
    names = [column.name for column in table.columns]
    frame = pd.DataFrame([{key: row.get(key, "") for key in names} for row in rows], columns=names, dtype=str)
    frame["record_id"] = [f"{table.prefix}-{number:03d}" for number in range(1, len(frame) + 1)]
    return frame
