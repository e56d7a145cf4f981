"""What a page says of the targets that a source names about the area itself."""

from __future__ import annotations

from kkbgeo.language import Spoken, Text, date, joined, phrase
from kkbgeo.profiles.display import publisher_of, shown
from kkbgeo.records.targets import yardstick
from kkbgeo.tables import AreaTable
from kkbgeo.workbench import Workbench


def own_targets(wb: Workbench, code: str) -> list[str]:
    """Say of each target that a source names about an area what it asks for, and what the source says was reached.

    Examples
    --------
    >>> wb = Workbench(language="en")
    >>> wb.words(own_targets(wb, "64.03"))[0][40:]
    'Kabupaten Berau: 40% of the Kampung KB at mandiri or above for 2023; 21% then.'
    """
    said = []
    # The rise is told with its two readings.
    mine = [one for one in wb.targets if one.code == code and not one.goal.startswith("raise")]
    for one in mine:
        figures = {
            "source": publisher_of(wb, one.source_id), "label": wb.gazetteer.label(code),
            "date": Spoken(date, one.as_of) if one.as_of else _say("undated"),
            "target": as_printed(one.target),
        }  # fmt: skip
        sentence = _say(f"own_{one.goal}", **figures)
        if one.period:
            sentence += _say("own_period", period=one.period)
        if one.reached is not None:
            sentence += _say(f"own_{one.goal}_reached", reached=as_printed(one.reached))
        said.append(phrase("{}.", sentence))
    rivals: dict[tuple[str, str], set[float]] = {}
    for one in mine:
        rivals.setdefault((one.goal, one.period), set()).add(one.target)
    for (_, period), targets in rivals.items():
        if period and len(targets) > 1:
            listed = joined("; ", (as_printed(one) for one in sorted(targets)))
            said.append(_say("differ", period=period, targets=listed))
    return said


def as_printed(figure: float) -> str:
    """Return a target with the decimals that its source prints.

    Examples
    --------
    >>> str(as_printed(14.0)), str(as_printed(17.27))
    ('14', '17,27')
    """
    return shown(figure, len(f"{figure:.10g}".partition(".")[2]))


def rise_readings(wb: Workbench, table: AreaTable, code: str) -> list[str]:
    """Say what the target of a rise means in the area that a source names it for, a sentence for each reading.

    It binds no other area, so nothing is said of it there, nor where no classes are known.
    """
    target, gap = yardstick(wb.targets, "raise", code), table.cell(code, "kkb_target_gap")
    if target is None or target.code != code or gap["state"] == "not_reported":
        return []
    figures = {
        "where": wb.gazetteer.label(target.code), "date": Spoken(date, target.as_of),
        "percent": shown(target.target),
        "needed": shown(table.cell(code, "kkb_target_needed")["value"]),
        "advanced": shown(table.cell(code, "kkb_advanced")["value"]),
        "gap": shown(gap["value"]),
    }  # fmt: skip
    share = _say("share_reached" if gap["state"] == "zero" else "share_short", **figures)
    return [phrase("{} {}", _say("bound", **figures), share), _say("rise", **figures)]


def _say(key: str, **values: object) -> str:
    return Text(f"profiles.target.{key}", **values)
