"""The page of the documentation that lists every indicator and survey round: `scripts/make_indicators.py` writes it."""

from __future__ import annotations

from kkbgeo.measures.catalogue import Catalogue, Indicator
from kkbgeo.records.surveys import Round

_HEAD = """# Indicators

Every id that `wb.table(level, [...])` takes; defined in `kkbgeo/measures/catalogue.toml` (`wb.catalogue` in Python),
those of survey rounds by `data/indicators/surveys.toml` (`wb.rounds`). *combine*: `latest` chooses one record per area,
`sum` adds up distinct events, `share` is the per cent of kampung that a thing is true of, `derived` is computed from
others of the same report. Written by `scripts/make_indicators.py`.

| id | what | unit | combine | not comparable with |
|---|---|---|---|---|
"""
_ROUNDS = """
## Survey rounds

Rounds of one instrument are of one series; across instruments no line is drawn and no change is told. A new round is
one entry of the file and its records: tables, maps, sliders, comparisons, the template, the import, simulations and
this page take it up by themselves.

| round | instrument | of whom | children | regencies | to know | source |
|---|---|---|---|---|---|---|
"""


def markdown(catalogue: Catalogue) -> str:
    """Return the page: one row per indicator, one per survey round.

    Parameters
    ----------
    catalogue : Catalogue
        That of a data folder, `kkbgeo.measures.load_catalogue`.

    Examples
    --------
    >>> from kkbgeo.measures import load_catalogue
    >>> markdown(load_catalogue()).splitlines()[0]
    '# Indicators'
    """
    indicators = "".join(map(_indicator, catalogue.values()))
    return f"{_HEAD}{indicators}{_ROUNDS}{''.join(map(_round, catalogue.rounds))}"


def _indicator(one: Indicator) -> str:
    others = ", ".join(f"`{key}`" for key in one.not_comparable)
    what = f"{one.label('en')}. {one.definition('en')}"
    return f"| `{one.id}` | {what} | {one.unit_label('en')} | {one.combine} | {others} |\n"


def _round(one: Round) -> str:
    counts = ("" if count is None else f"{count:,}" for count in (one.children, one.regencies))
    cells = (one.label, one.instrument, one.populations["en"], *counts, one.notes.get("en", ""), one.source)
    return f"| {' | '.join(cells)} |\n"
