"""Figures that cannot be, whatever they are called: held against what is known of the place."""

from __future__ import annotations

from kkbgeo.intake.drafts import Draft
from kkbgeo.intake.reading import Reader
from kkbgeo.records.tables import CLASSES
from kkbgeo.regions.gazetteer import Gazetteer


def check_figures(reader: Reader, made: Draft, gazetteer: Gazetteer) -> bool:
    """Tell whether the figures of a record can be; what cannot is added to the reader's problems.

    Since Inpres 3/2022 a Kampung KB is a whole village, so that a unit has no more of them than villages; and the
    surveys of stunting are drawn to tell something of regencies, and nothing of what lies inside.
    """
    values, region = made.values, gazetteer.label(made.values["code"])
    if made.table == "prevalence" and values["level"] in ("district", "village"):
        reader.add("survey_below", "value", place=region)
        return False
    if made.table != "kampung_counts" or values["definition"] != "after_2022":
        return True
    own = values["level"] == "village"
    villages = 1 if own else len(gazetteer.within(values["code"], "village"))
    for name in ("total", *CLASSES):
        if values[name] and int(values[name]) > villages:
            share = float(round(100 * int(values[name]) / villages)) if villages else 0.0
            field = name if name in reader.layout.columns else "value"
            if name == "berkelanjutan" and values["top_term"] == "paripurna" and "paripurna" in reader.layout.columns:
                field = "paripurna"
            reader.add("more_than_villages", field, place=region, count=float(values[name]), villages=float(villages),
                       share=share)  # fmt: skip
            return False
    return True
