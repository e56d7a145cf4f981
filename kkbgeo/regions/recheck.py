"""Do the decisions still hold: is each one needed, and does it fit what the resolver is certain of by itself?"""

from __future__ import annotations

from dataclasses import dataclass

from kkbgeo.language import words
from kkbgeo.regions.decisions import Names
from kkbgeo.regions.names import Resolver


@dataclass(frozen=True)
class Finding:
    """One thing that a check of the decisions found.

    Attributes
    ----------
    kind : str
        ``idle`` (the resolver needs no decision any more), ``contradicts`` (it is certain of another
        code), ``shared`` (two printed names were decided to be one village), ``outside`` (the code
        lies outside the regency printed).
    names : tuple of str
        Province, regency, district, village as printed.
    message : str
        In words.
    """

    kind: str
    names: Names
    message: str


def check_decisions(resolver: Resolver) -> list[Finding]:
    """Check the decisions of a resolver both ways, against what it is certain of by itself.

    Returns
    -------
    list of Finding
        Empty when every decision is needed, contradicts nothing and no two share a village.
    """
    bare = resolver.without_decisions()
    gazetteer = resolver.gazetteer
    findings, villages = [], {}
    for names, decision in resolver.decisions.items():
        place = " / ".join(filter(None, names))
        alone = bare.resolve(*names)
        reason = words(alone.reason, "en")
        if alone.taken and alone.code == decision.code:
            findings.append(Finding("idle", names, f"{place}: no decision is needed any more ({reason})."))
        elif alone.taken:
            message = f"{place}: decided as {decision.code or 'no place'}, but by itself it is {alone.code} ({reason})."
            findings.append(Finding("contradicts", names, message))
        certain = bare.resolve(*names[:2]).code
        if decision.code and certain and not f"{decision.code}.".startswith(f"{certain}."):
            label = gazetteer.label(certain)
            findings.append(Finding("outside", names, f"{place}: {decision.code} lies outside {label}."))
        if decision.code.count(".") == 3:
            villages.setdefault(decision.code, []).append(names)
    for code, places in villages.items():
        told = "; ".join(" / ".join(filter(None, names)) for names in places)
        if len(places) > 1:
            message = f"{len(places)} printed names are {gazetteer.label(code)} ({code}): {told}."
            findings.append(Finding("shared", places[0], message))
    return findings
