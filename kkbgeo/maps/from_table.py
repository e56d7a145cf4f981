"""From a table to its map in one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kkbgeo.maps.drawn import Marker
from kkbgeo.maps.interactive import AreaMap, area_map
from kkbgeo.maps.layers import details_of, layer_for

if TYPE_CHECKING:
    from kkbgeo.tables import AreaTable


def choropleth(
    table: AreaTable,
    indicators: str | Sequence[str],
    *,
    sources: Mapping[str, str] | None = None,
    parents: Mapping[str, str] | None = None,
    markers: Sequence[Marker] = (),
    title: str = "",
    precision: int | None = None,
    credit: str = "",
) -> AreaMap:
    """Draw one or more indicators of an `AreaTable`.

    Parameters
    ----------
    table : AreaTable
        Areas with figures.
    indicators : str or sequence of str
        Ids of the table's indicators, listed in this order; the first is shown first, however few areas know it.
    sources : mapping, optional
        Source id -> publisher, shown on a tap.
    parents : mapping, optional
        Code -> name of the larger unit.
    markers, title, precision, credit
        As for `area_map`.

    Examples
    --------
    >>> import kkbgeo
    >>> table = kkbgeo.Workbench().table("regency", ["population"], within="63")  # doctest: +SKIP
    >>> choropleth(table, "population").save("banua.html")  # doctest: +SKIP
    """
    wanted = [indicators] if isinstance(indicators, str) else list(indicators)
    layers = []
    for key in wanted:
        indicator = table.indicator(key)
        mine = table.cells_of(key, drawn=True)
        layers.append(layer_for(indicator, mine, details=details_of(mine, sources=sources)))
    return area_map(
        table.areas,
        layers,
        language=table.language,
        edition=table.edition,
        labels=table.labels,
        parents=parents,
        markers=markers,
        title=title,
        precision=precision,
        simulated=table.simulated,
        undrawn=table.undrawn,
        credit=credit,
    )
