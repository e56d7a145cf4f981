"""What a page says of targets: those that a source names about the area itself, and others for comparison only."""

from __future__ import annotations

from kkbgeo.language import date, text
from kkbgeo.profiles.display import shown, sources
from kkbgeo.records.targets import yardstick
from kkbgeo.tables import AreaTable
from kkbgeo.workbench import Workbench


def own_targets(wb: Workbench, code: str) -> list[str]:
    """Say of each target that a source names about an area what it asks for, and what the source says was reached.

    Examples
    --------
    >>> own_targets(Workbench(language="en"), "64.03")[0]
    'Jurnal Kaltim (2023) names a target for Kabupaten Berau: 40% of the Kampung KB at mandiri or above; 21% then.'
    """
    language, said = wb.language, []
    for one in wb.targets:
        if one.code != code or one.goal.startswith("raise"):  # the rise is told with its two readings
            continue
        figures = {
            "source": sources(wb)[one.source_id]["publisher"], "date": date(one.as_of, language),
            "label": wb.gazetteer.label(code), "target": shown(one.target, language),
        }  # fmt: skip
        sentence = _say(f"own_{one.goal}", wb, **figures)
        if one.reached is not None:
            sentence += _say(f"own_{one.goal}_reached", wb, reached=shown(one.reached, language))
        said.append(f"{sentence}.")
    return said


def rise_readings(wb: Workbench, table: AreaTable, code: str) -> list[str]:
    """Say what the target of a rise means in an area, a sentence for each reading.

    It binds only the area that a source names it for; for any other it is told as a comparison.
    Nothing where no such target is known, or no classes are.
    """
    target, gap = yardstick(wb.targets, "raise", code), table.cell(code, "kkb_target_gap")
    if target is None or gap["state"] == "not_reported":
        return []
    kind = "bound" if target.code == code else "beside"
    figures = {
        "where": wb.gazetteer.label(target.code), "date": date(target.as_of, wb.language),
        "percent": shown(target.target, wb.language),
        "needed": shown(table.cell(code, "kkb_target_needed")["value"], wb.language),
        "advanced": shown(table.cell(code, "kkb_advanced")["value"], wb.language),
        "gap": shown(gap["value"], wb.language),
    }  # fmt: skip
    share = _say("share_reached" if gap["state"] == "zero" else "share_short", wb, **figures)
    return [f"{_say(kind, wb, **figures)} {share}", _say(f"rise_{kind}", wb, **figures)]


def _say(key: str, wb: Workbench, **values: object) -> str:
    return text(f"profiles.target.{key}", wb.language, **values)
