"""A `Comparison` for people: table of the terminal, CSV file, page."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from kkbgeo.errors import ParameterError
from kkbgeo.exports import write_csv
from kkbgeo.language import date, text
from kkbgeo.maps.page import Link
from kkbgeo.patterns.comparing import COLUMNS, Comparison
from kkbgeo.patterns.frame import GAP, analysis_page, finish, newest_of, say, sources_of
from kkbgeo.profiles.display import ends_said, shown, source_link
from kkbgeo.profiles.pages import ProfilePage
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
            rows.append((label(wb, key), *cells, say(wb, f"compare.{word}")))
    heads = [say(wb, "column.indicator"), *names.values(), say(wb, "column.comparable")]
    return pd.DataFrame(rows, columns=heads)


def label(wb: Workbench, key: str) -> str:
    """Return the name of an indicator with its unit."""
    one = wb.catalogue[key]
    return one.label(wb.language) + (" (%)" if one.kind == "percent" else "")


def figure(wb: Workbench, key: str, row: pd.Series) -> str:
    """Return a figure with the counts of a share, or its interval, and its date; or a dash."""
    if pd.isna(row["value"]):
        return GAP
    decimals = wb.catalogue[key].decimals
    said = shown(row["value"], wb.language, decimals)
    if pd.notna(row["part"]):
        part, whole = (shown(row[one], wb.language) for one in ("part", "whole"))
        said += f" ({say(wb, 'of', part=part, whole=whole)})"
    said += ends_said(row["low"], row["high"], wb.language, decimals)
    return f"{said} · {date(row['as_of'], wb.language)}"


def warnings(wb: Workbench, found: Comparison) -> list[str]:
    """Return what may not be compared and why, what to keep in mind, and what no area reports."""
    said, silent = [], []
    if wb.simulated_sources.intersection(sources_of(found.table)):
        said.append(text("maps.simulated.banner", wb.language))
    for key, verdict in found.verdicts.iterrows():
        mine = found.of(key)
        if mine["value"].isna().all():
            silent.append(wb.catalogue[key].label(wb.language))
            continue
        dates = sorted({str(one)[:4] for one in mine["as_of"] if one})
        reasons = [say(wb, f"compare.reason.{one}", years=", ".join(dates)) for one in verdict["reasons"]]
        if reasons:
            word = "caution" if verdict["comparable"] else "refused"
            said.append(say(wb, f"compare.{word}", label=label(wb, key), reasons="; ".join(reasons)))
    known = {key for key in found.verdicts.index if found.of(key)["value"].notna().any()}
    rounds = [one for one in wb.rounds if one.indicator in known]
    said += [instruments] if (instruments := instruments_said(rounds, wb.language)) else []
    of_rounds = {one.indicator for one in rounds}
    for one, other in found.pairs:
        if {one, other} <= known and not {one, other} <= of_rounds:
            said.append(say(wb, "compare.pair", one=label(wb, one), other=label(wb, other)))
    return said + ([say(wb, "compare.silent", labels="; ".join(silent))] if silent else [])


def compare_page(wb: Workbench, found: Comparison) -> ProfilePage:
    """Return the comparison as a page, ``perbandingan-<codes>.html``."""
    slug = "perbandingan-" + "-".join(code.replace(".", "") for code in found.codes)
    names = [wb.gazetteer.label(code) for code in found.codes]
    page = analysis_page(
        wb, slug, say(wb, "compare.title", areas=", ".join(names)), as_of=newest_of(found.table),
        generated_by="kkbgeo compare",
    )  # fmt: skip
    page.findings(warnings(wb, found) or [say(wb, "compare.nothing_against")])
    table = summary(wb, found)
    if table.empty:
        page.add_text("angka", say(wb, "compare.figures"), say(wb, "compare.none"))
    else:
        note = "figures_note" if found.table["low"].isna().all() else "figures_note_errors"
        page.add_table("angka", say(wb, "compare.figures"), table, note=say(wb, f"compare.{note}"))
    known = found.table[found.table["value"].notna()]
    if len(known):
        rows = [
            (wb.catalogue[row.indicator].label(wb.language), row.area, _source(wb, row.source_id))
            for row in known.itertuples()
        ]
        heads = [say(wb, f"column.{one}") for one in ("indicator", "area", "source")]
        page.add_table("sumber", say(wb, "compare.sources"), pd.DataFrame(rows, columns=heads), folded=True)
    definitions = [f"{label(wb, key)}: {wb.catalogue[key].definition(wb.language)}" for key in found.verdicts.index]
    page.add_text("definisi", say(wb, "compare.definitions"), definitions, folded=True)
    finish(wb, page, sources_of(known), areas=" ".join(found.codes), as_of=wb.as_of_given)
    return page


def _source(wb: Workbench, source_id: str) -> str | Link:
    several = source_id.split()
    if not several:
        return GAP
    first = source_link(wb, several[0])
    return Link(first.text, first.url, f"(+{len(several) - 1})" if len(several) > 1 else "")


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
