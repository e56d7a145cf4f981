"""A gazetteer over a table in shared memory: a page that names two hundred units reads two hundred names."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from kkbgeo import shared
from kkbgeo.regions.codes import LEVELS
from kkbgeo.regions.gazetteer import Gazetteer
from kkbgeo.regions.whole import read_whole

if TYPE_CHECKING:
    import pyarrow as pa

UNITS, NUMBERS = "gazetteer", "regency-codes"


def load(data: Path) -> Gazetteer | None:
    """Return the gazetteer that a batch shares; None where there is none."""
    units, numbers = shared.find(UNITS, data), shared.find(NUMBERS, data)
    if units is None or numbers is None:
        return None
    bps = pd.Series(numbers["bps_code"].to_pylist(), index=numbers["code"].to_pylist(), dtype=object)
    return MappedGazetteer(units, bps, read_whole(data))


def share(places: Gazetteer, folder: Path, data: Path) -> None:
    """Keep a gazetteer for the runs of a batch."""
    import pyarrow as pa

    frame = places.frame.reset_index()
    shared.keep(folder, UNITS, data, pa.Table.from_pandas(frame, preserve_index=False))
    codes = [code for code in places.codes("regency") if places.has_bps(code)]
    numbers = {"code": codes, "bps_code": [places.bps(code) for code in codes]}
    shared.keep(folder, NUMBERS, data, pa.table(numbers, pa.schema([("code", "string"), ("bps_code", "string")])))


class MappedGazetteer(Gazetteer):
    """The same answers as `Gazetteer`, each looked up when it is asked for.

    Parameters
    ----------
    units : pyarrow.Table
        Columns of ``gazetteer.csv``, sorted by code.
    bps, whole
        As of `Gazetteer`.
    """

    def __init__(self, units: pa.Table, bps: pd.Series, whole) -> None:
        self.whole = whole
        self._units = units
        self._codes = shared.Texts(units["code"])
        self._name = _Column(self._codes, shared.Texts(units["name"]))
        self._kind = _Column(self._codes, shared.Texts(units["kind"]))
        self._by_level = _Levels(units)
        self._bps = dict(bps)
        self._of_bps = {number: code for code, number in self._bps.items()}

    @cached_property
    def _frame(self) -> pd.DataFrame:
        return self._units.to_pandas().set_index("code")


class _Column(Mapping[str, str]):
    """Code -> text of one column; what was asked once is remembered."""

    def __init__(self, codes: Sequence[str], texts: Sequence[str]) -> None:
        self._codes, self._texts = codes, texts
        self._known: dict[str, str] = {}

    def __getitem__(self, code: str) -> str:
        if code not in self._known:
            place = bisect_left(self._codes, code)
            if place == len(self._codes) or self._codes[place] != code:
                raise KeyError(code)
            self._known[code] = self._texts[place]
        return self._known[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._codes)

    def __len__(self) -> int:
        return len(self._codes)


class _Levels(Mapping[str, Sequence[str]]):
    """Level -> its codes, sorted."""

    def __init__(self, units: pa.Table) -> None:
        self._units = units
        self._known: dict[str, Sequence[str]] = {}

    def __getitem__(self, level: str) -> Sequence[str]:
        if level not in self._known:
            import pyarrow.compute as pc

            # The levels of codes are told by their length alone.
            longest = {"province": 2, "regency": 5, "district": 8, "village": 13}[level]
            mine = pc.equal(pc.binary_length(self._units["code"]), longest)
            self._known[level] = shared.Texts(self._units["code"].filter(mine))
        return self._known[level]

    def __iter__(self) -> Iterator[str]:
        return iter(LEVELS)

    def __len__(self) -> int:
        return len(LEVELS)
