"""Maps of several levels and of several times, ready for a page."""

from __future__ import annotations

from dataclasses import replace

from kkbgeo.language import Text
from kkbgeo.maps.drawn import Layer
from kkbgeo.maps.interactive import AreaMap
from kkbgeo.maps.levels import levelled
from kkbgeo.maps.periods import best_known, over_time
from kkbgeo.profiles.pages import indicator_layer, regency_indicators, regency_map, table_map, village_map
from kkbgeo.profiles.reported import instruments_said
from kkbgeo.records.surveys import breaks
from kkbgeo.tables import AreaTable
from kkbgeo.workbench import Workbench

#: Totals of kampung before and after 2022 on one set of classes, so that the colours of both compare.
TOTAL_BREAKS = (10.0, 25.0, 50.0, 100.0, 150.0, 200.0)
_TOTALS = ("kkb_total_before_2022", "kkb_total")


def levels_map(wb: Workbench, within: str | None = None) -> AreaMap | list[str]:
    """Return the map of a province with its regencies and villages, or of the whole with provinces and regencies.

    Parameters
    ----------
    wb : Workbench
        Where the figures come from.
    within : str, optional
        Code of a province; without one, the whole.

    Returns
    -------
    AreaMap or list of str
        The map, regencies shown first, indicators of several times on a slider; the sentence of `regency_map` where
        the boundary edition has no polygon at all.

    Examples
    --------
    >>> import kkbgeo
    >>> [level.key for level in levels_map(kkbgeo.Workbench(), "64").levels]
    ['regency', 'village']
    """
    first = timed_map(wb, within)
    second = _provinces_map(wb) if within is None else village_map(wb, within)
    known = [one for one in (first, second) if isinstance(one, AreaMap)]
    return levelled(known) if known else first


def timed_map(wb: Workbench, within: str | None = None) -> AreaMap | list[str]:
    """Return the map of regencies with totals and prevalence on a slider each, other indicators as they are.

    It opens with the layer that most regencies know, of a slider the period, of equals the newest.
    """
    keys = regency_indicators(wb)
    table = wb.table("regency", keys, within=within)
    if table.areas.empty:
        return regency_map(wb, within)
    totals = [indicator_layer(wb, table, key, TOTAL_BREAKS) for key in _TOTALS]
    drawn = table_map(wb, table, [key for key in keys if key not in _TOTALS and wb.catalogue.round_of(key) is None])
    totals = over_time(
        totals, [Text(f"profiles.period.{key}") for key in ("before_2022", "from_2022")], group="kkb_total",
        title=Text("profiles.period.totals"), broken={1: "2022"},
        note=Text("profiles.period.broken"),
    )  # fmt: skip
    layers = [*totals, *drawn.layers, *prevalence_layers(wb, table)]
    first = best_known(layers)
    drawn.levels = (replace(drawn.levels[0], layers=tuple(layers), opens=first.key),)
    title = first.period.title if first.period else first.label
    drawn.title = Text("maps.simulated.title", title=title) if drawn.simulated else title
    drawn.forget()
    return drawn


def prevalence_layers(wb: Workbench, table: AreaTable) -> list[Layer]:
    """Return the survey rounds as the periods of one slider, all on the same classes, broken at other instruments."""
    layers = [indicator_layer(wb, table, one.indicator) for one in wb.rounds]
    if len(layers) < 2:
        return layers
    return over_time(
        layers, [one.label for one in wb.rounds], group="stunting_prevalence",
        title=Text("profiles.period.prevalence"), broken=dict.fromkeys(breaks(wb.rounds), "≠"),
        note=instruments_said(wb.rounds),
    )  # fmt: skip


def _provinces_map(wb: Workbench) -> AreaMap | list[str]:
    keys = [one.indicator for one in wb.rounds]
    table = wb.table("province", keys)
    drawn = table_map(wb, table, keys)
    if isinstance(drawn, AreaMap):
        level = replace(
            drawn.levels[0], layers=tuple(prevalence_layers(wb, table)), parents=dict.fromkeys(table.labels, ""),
            opens="",
        )  # fmt: skip
        drawn.levels = (level,)
        drawn.forget()
    return drawn
