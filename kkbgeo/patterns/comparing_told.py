"""A `Comparison` for people: table of the terminal, CSV file, page."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from kkbgeo.errors import ParameterError
from kkbgeo.exports import write_csv
from kkbgeo.language import Spoken, Text, date, joined, phrase
from kkbgeo.maps.page import Link, Page
from kkbgeo.patterns.comparing import COLUMNS, Comparison
from kkbgeo.patterns.frame import GAP, analysis_page, finish, newest_of, say, sources_of
from kkbgeo.profiles.display import ends_said, shown, source_link
from kkbgeo.profiles.pages import ProfilePage, Section
from kkbgeo.profiles.reported import instruments_said
from kkbgeo.workbench import Workbench

KINDS = (".csv", ".html")


def summary(wb: Workbench, found: Comparison) -> pd.DataFrame:
    """Return one row per indicator that any area reports, one column per area, each figure with counts and date."""
    names = {code: wb.gazetteer.label(code) for code in found.codes}
    rows = []
    for key in found.verdicts.index:
        mine = found.of(key)
        if mine["value"].notna().any():
            word = "yes" if found.verdicts.at[key, "comparable"] else "no"
            cells = [figure(wb, key, mine.loc[code]) for code in found.codes]
            rows.append((label(wb, key), *cells, say(f"compare.{word}")))
    heads = [say("column.indicator"), *names.values(), say("column.comparable")]
    return pd.DataFrame(rows, columns=heads)


def label(wb: Workbench, key: str) -> str:
    """Return the name of an indicator with its unit."""
    one = wb.catalogue[key]
    return Spoken(one.label) + (" (%)" if one.kind == "percent" else "")


def figure(wb: Workbench, key: str, row: pd.Series) -> str:
    """Return a figure with the counts of a share, or its interval, and its date; or a dash."""
    if pd.isna(row["value"]):
        return GAP
    decimals = wb.catalogue[key].decimals
    said = shown(row["value"], decimals)
    if pd.notna(row["part"]):
        part, whole = (shown(row[one]) for one in ("part", "whole"))
        said += phrase(" ({})", say("of", part=part, whole=whole))
    said += ends_said(row["low"], row["high"], decimals)
    return phrase("{} · {}", said, Spoken(date, row["as_of"]))


def warnings(wb: Workbench, found: Comparison) -> list[str]:
    """Return what may not be compared and why, what to keep in mind, and what no area reports."""
    said, silent = [], []
    if wb.simulated_sources.intersection(sources_of(found.table)):
        said.append(Text("maps.simulated.banner"))
    for key, verdict in found.verdicts.iterrows():
        mine = found.of(key)
        if mine["value"].isna().all():
            silent.append(Spoken(wb.catalogue[key].label))
            continue
        dates = sorted({str(one)[:4] for one in mine["as_of"] if one})
        reasons = [say(f"compare.reason.{one}", years=joined(", ", dates)) for one in verdict["reasons"]]
        if reasons:
            word = "caution" if verdict["comparable"] else "refused"
            said.append(say(f"compare.{word}", label=label(wb, key), reasons=joined("; ", reasons)))
    known = {key for key in found.verdicts.index if found.of(key)["value"].notna().any()}
    rounds = [one for one in wb.rounds if one.indicator in known]
    said += [instruments] if (instruments := instruments_said(rounds)) else []
    of_rounds = {one.indicator for one in rounds}
    for one, other in found.pairs:
        if {one, other} <= known and not {one, other} <= of_rounds:
            said.append(say("compare.pair", one=label(wb, one), other=label(wb, other)))
    return said + ([say("compare.silent", labels=joined("; ", silent))] if silent else [])


def new_compare_page(wb: Workbench, found: Comparison) -> ProfilePage:
    """Return the empty page of a comparison, ``perbandingan-<codes>.html``, with its heading."""
    slug = "perbandingan-" + "-".join(code.replace(".", "") for code in found.codes)
    names = ", ".join(wb.gazetteer.label(code) for code in found.codes)
    return analysis_page(
        wb, slug, say("compare.title", areas=names), as_of=newest_of(found.table), generated_by="kkbgeo compare"
    )


def compare_findings(wb: Workbench, found: Comparison) -> list[Spoken]:
    """Return what may not be compared, or that nothing speaks against it."""
    return warnings(wb, found) or [say("compare.nothing_against")]


def figures_section(wb: Workbench, found: Comparison) -> Section:
    """Return the figures side by side, or a sentence that none of the areas reports any."""
    table, title = summary(wb, found), say("compare.figures")
    if table.empty:
        return Section(say("compare.none"), title)
    note = "figures_note" if found.table["low"].isna().all() else "figures_note_errors"
    return Section(table, title, say(f"compare.{note}"))


def sources_section(wb: Workbench, found: Comparison) -> Section | None:
    """Return the source of each figure; nothing where there is no figure."""
    rows = [
        (Spoken(wb.catalogue[row.indicator].label), row.area, _source(wb, row.source_id))
        for row in _known(found).itertuples()
    ]
    heads = [say(f"column.{one}") for one in ("indicator", "area", "source")]
    return Section(pd.DataFrame(rows, columns=heads), say("compare.sources"), folded=True) if rows else None


def definitions_section(wb: Workbench, found: Comparison) -> Section:
    """Return what each indicator is."""
    definitions = [
        phrase("{}: {}", label(wb, key), Spoken(wb.catalogue[key].definition)) for key in found.verdicts.index
    ]
    return Section(definitions, say("compare.definitions"), folded=True)


def finish_compare(wb: Workbench, page: ProfilePage, found: Comparison) -> Page:
    """Put the footer on the page of a comparison."""
    return finish(wb, page, sources_of(_known(found)), areas=" ".join(found.codes), as_of=wb.as_of_given)


def compare_page(wb: Workbench, found: Comparison) -> ProfilePage:
    """Return the comparison as a page, as notebook 07 fills it."""
    page = new_compare_page(wb, found)
    page.findings(compare_findings(wb, found))
    page.show("angka", figures_section(wb, found))
    page.show("sumber", sources_section(wb, found))
    page.show("definisi", definitions_section(wb, found))
    finish_compare(wb, page, found)
    return page


def _known(found: Comparison) -> pd.DataFrame:
    return found.table[found.table["value"].notna()]


def _source(wb: Workbench, source_id: str) -> str | Link:
    several = source_id.split()
    if not several:
        return GAP
    first = source_link(wb, several[0])
    return Link(first.text, first.url, phrase("(+{})", len(several) - 1) if len(several) > 1 else "")


def check_out(out: Path) -> None:
    """Refuse a file that `save` cannot write, before anything is computed or printed."""
    if out.suffix.lower() not in KINDS:
        raise ParameterError(
            f"--out must end in {' or '.join(KINDS)}.", hint=f"For example: --out {out.stem}.csv", value=str(out)
        )
    if not out.parent.is_dir():
        raise ParameterError(f"There is no folder {out.parent}.", hint="Make it first, or name another", value=str(out))


def save(wb: Workbench, found: Comparison, out: Path) -> Path:
    """Write the comparison to a file: CSV (one row per figure, with what speaks against it) or HTML.

    Raises
    ------
    ParameterError
        Another kind of file, or a folder that is not there.
    """
    check_out(out)
    if out.suffix.lower() == ".html":
        from kkbgeo.io import write_text

        return write_text(out, compare_page(wb, found).html())
    reasons = found.verdicts["reasons"].map(" ".join)
    rows = [
        [*("" if pd.isna(value) else value for value in row),
         "yes" if found.verdicts.at[row[0], "comparable"] else "no", reasons[row[0]]]
        for row in found.table[list(COLUMNS)].itertuples(index=False, name=None)
    ]  # fmt: skip
    return write_csv(out, [*COLUMNS, "comparable", "reasons"], rows)
