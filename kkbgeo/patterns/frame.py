"""The frame of a page of analysis: heading, footer with the sources of its own figures, and small helpers."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from kkbgeo.errors import ParameterError
from kkbgeo.join import KNOWN
from kkbgeo.language import Text, other_language
from kkbgeo.maps.page import Page
from kkbgeo.profiles import pages
from kkbgeo.profiles.inputs import is_simulated
from kkbgeo.profiles.pages import ProfilePage
from kkbgeo.profiles.ways import above
from kkbgeo.tables import AreaTable
from kkbgeo.workbench import Workbench

GAP = "–"


def say(key: str, **values: object) -> str:
    """Return the message ``patterns.<key>`` in the workbench's language."""
    return Text(f"patterns.{key}", **values)


def heads(*names: str) -> list[str]:
    """Return headings of columns."""
    return [say(f"column.{name}") for name in names]


def require_numbers(**given: object) -> None:
    """Refuse parameters that are not numbers, and say how to pass them so that they are.

    Examples
    --------
    >>> require_numbers(seed=1, years=2.5)
    """
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ParameterError(
                f"Parameter {name!r} must be a number, got {value!r} ({type(value).__name__}).",
                hint=f"With papermill pass it as: -p {name} {value}",
                value=value,
            )


def require_testable(wb: Workbench, *indicators: str) -> None:
    """Refuse indicators that no test over a map is made of: those whose figures offices decide.

    Which kampung are formed, registered, named and classed is told office by office. A test that shuffles such figures
    freely over the map finds a pattern of offices also where the villages have none.

    Raises
    ------
    ParameterError
        Such an indicator, or one that the catalogue does not have.

    Examples
    --------
    >>> require_testable(Workbench(), "stunting_prevalence_ssgi_2022", "aid_events")
    """
    for key in indicators:
        if wb.catalogue[key].by_office:
            raise ParameterError(
                f"{key!r} is not tested over the map: offices decide, regency by regency, which kampung are formed, "
                "registered, named and classed; a test would find a pattern of offices where villages have none.",
                hint="Show it on a map or in a table (wb.table); test e.g. stunting_prevalence or aid_events",
                value=key,
            )


def analysis_page(
    wb: Workbench, slug: str, title: str, *, subtitle: str = "", as_of: str = "", locator: str = "",
    generated_by: str = "",
) -> ProfilePage:  # fmt: skip
    """Return an empty page of analysis over the whole, saved as ``<slug>.html`` beside the overview.

    Parameters
    ----------
    slug : str
        Name of the file: lower-case letters, digits and hyphens.
    title : str
        Heading of the page.
    subtitle : str
        The line above it; by default that of all analyses.
    as_of : str
        Date of its figures.
    locator : str
        What `kkbgeo.maps.locator_svg` gives.
    generated_by : str
        Notebook that makes it.

    Examples
    --------
    >>> analysis_page(Workbench(), "pola-spasial", "Pola spasial").path
    'pola-spasial.html'
    """
    page = ProfilePage(
        slug, "island", slug, title, subtitle or say("subtitle", whole=wb.whole),
        language=wb.language, second=other_language(wb.language), as_of=as_of,
        edition=wb.edition_of("regency"), locator_svg=locator,
        generated_by=generated_by, simulated=is_simulated(wb, slug),
    )  # fmt: skip
    page.whole, page.above, page.kind = wb.whole, above(wb, slug), "analysis"
    return page


def finish(
    wb: Workbench, page: Page, sources: Iterable[str], *, notes: Iterable[str] = (), **parameters: object
) -> Page:
    """Put the footer on a page of analysis: the sources of the figures it uses, and how it was made.

    Parameters
    ----------
    sources : iterable of str
        Source ids of the figures used.
    notes : iterable of str
        Further notes.
    **parameters
        What was asked for; empty ones are left out.
    """
    given = {key: str(value) for key, value in parameters.items() if str(value)}
    return pages.finish(wb, page, sources=sorted(set(sources)), notes=notes, **given)


def sources_of(cells: pd.DataFrame) -> set[str]:
    """Return the ids of the sources behind cells of a table."""
    return {one for said in cells["source_id"] for one in str(said).split()}


def newest_of(cells: pd.DataFrame) -> str:
    """Return the newest date among cells, as recorded; "" when none is dated."""
    dated = [(one[:4], len(one), one) for one in cells["as_of"] if one]
    return max(dated, default=("", 0, ""))[2]


def known_values(table: AreaTable, key: str) -> pd.Series:
    """Return the reported figures of one indicator by code; NaN where not reported or suppressed."""
    found = {one["code"]: one["value"] if one["state"] in KNOWN else np.nan for one in table.cells_of(key)}
    return pd.Series(found, name="value", dtype=float).rename_axis("code")
