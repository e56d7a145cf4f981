"""The page on programme and need: map, scatter, figures, aid where need is, levels, surveys, each with its limits."""

from __future__ import annotations

from itertools import chain

import pandas as pd

from kkbgeo.language import Spoken, Text, joined, phrase
from kkbgeo.maps import area_map
from kkbgeo.maps.interactive import AreaMap
from kkbgeo.patterns.frame import analysis_page, finish, sources_of
from kkbgeo.patterns.need import NeedAndAid, aid_and_need, concentration_of_aid
from kkbgeo.patterns.need_surveys import other_side_table, other_surveys
from kkbgeo.patterns.relation import NEED, PROGRAMME, Relation, beside_notes, beside_table, relate
from kkbgeo.patterns.scale import scale_effect
from kkbgeo.patterns.surveys import surveys_side_by_side
from kkbgeo.profiles.inputs import newest_date
from kkbgeo.profiles.pages import FOLDED_ROWS, ProfilePage, indicator_layer, locator_of
from kkbgeo.workbench import Workbench

SLUG = "program-dan-kebutuhan"  # one file, whatever the language


def programme_and_need(
    wb: Workbench,
    need: str,
    programme: str = "aid_events",
    *,
    need_high: float | None = None,
    how: str = "contiguity",
    permutations: int = 999,
    seed: int | None = None,
    **parameters: str,
) -> ProfilePage:
    """Return the page on programme and need in the workbench's language; called once for each language.

    Parameters
    ----------
    need, programme : str
        Indicators of the catalogue that may be tested (`kkbgeo.patterns.frame.require_testable`).
    need_high : float, optional
        From which figure on need is high; 20 % for a prevalence, else it must be said.
    how, permutations, seed
        As for `kkbgeo.patterns.relate`.
    **parameters : str
        Further parameters of the notebook, printed in the footer.

    Raises
    ------
    ParameterError
        Indicators that do not fit the question.

    Examples
    --------
    >>> import kkbgeo
    >>> page = programme_and_need(kkbgeo.Workbench(language="en"), "stunting_prevalence_ssgi_2022", permutations=99)
    >>> page.path
    'program-dan-kebutuhan.html'
    """
    tests = {"how": how, "permutations": permutations, "seed": seed}
    relation = relate(wb, need, programme, **tests)
    found = aid_and_need(wb, need, high=need_high)
    surveys = surveys_side_by_side(wb)
    page = _new_page(wb)
    page.findings([*found.findings(wb), *relation.findings()[:2], *surveys.changes()[:1]])
    _show(page, "map", bivariate_map(wb, relation))
    _scatter(page, relation)
    page.add_text("relation", _title("relation"), relation.findings())
    _show(page, "beside", beside_table(wb), *beside_notes(wb))
    caution = joined(" ", other_surveys(wb, found))
    page.add_table("aid", _title("aid"), found.counts_table(), note=caution)
    if len(newer := other_side_table(wb, found)):
        page.add_table("aid-newer", "", newer, caption=Text("needs.caption.newer"),
                       folded=len(newer) > FOLDED_ROWS)  # fmt: skip
    page.add_table("aid-areas", "", found.page_table(wb), note=Text("needs.note.aid"), folded=True)
    page.add_text("concentration", _title("concentration"), _concentration(found))
    _scale(wb, page, (need, programme), tests)
    page.add_text("surveys", _title("surveys"), [*surveys.cautions(), *surveys.changes()])
    _show(page, "survey-table", surveys.page_table())
    if (pictures := surveys.pictures()) is not None:
        page.add_chart("survey-pictures", _title("survey-pictures"), *pictures,
                       note=Text("needs.note.survey-pictures"))  # fmt: skip
    _show(page, "survey-map", surveys.map(wb))
    limits = [Text(f"needs.limit.{key}") for key in ("found", "cause", "sampling", "place")]
    page.add_text("limits", _title("limits"), limits)
    stated = {
        "need": need, "programme": programme, "need_high": str(found.high), "how": how,
        "permutations": str(relation.lee.settings.permutations), "seed": str(relation.lee.settings.seed),
    }  # fmt: skip
    return finish(wb, page, _sources(wb, found, programme), **stated, **parameters)


def bivariate_map(wb: Workbench, relation: Relation) -> AreaMap | list[str]:
    """Return the map of both indicators, then each of the two alone; a sentence where no regency has a polygon."""
    table = relation.table
    if table.areas.empty:
        return [Text("boundaries.map.nothing", title=Spoken(table.edition.title))]
    single = [indicator_layer(wb, table, key) for key in (relation.need, relation.programme)]
    parents = {code: wb.gazetteer.label(code.split(".")[0]) for code in table.labels}
    return area_map(
        table.areas, [relation.layer(), *single], language=wb.language, edition=table.edition,
        labels=table.labels, parents=parents, simulated=table.simulated, undrawn=table.undrawn,
    )  # fmt: skip


def _new_page(wb: Workbench) -> ProfilePage:
    return analysis_page(
        wb, SLUG, Text("needs.page.title"), subtitle=Text("needs.page.subtitle", whole=wb.whole),
        as_of=newest_date(wb, wb.gazetteer.whole.code), generated_by="06_programme_and_need",
        locator=locator_of(wb, list(wb.areas("regency").index)),
    )  # fmt: skip


def _sources(wb: Workbench, found: NeedAndAid, programme: str) -> set[str]:
    """Return the sources of what the page shows: figures, plans of aid, and aid known only for a larger unit."""
    surveys = [one.indicator for one in wb.rounds]
    asked = {"regency": {found.need, programme, *NEED, *PROGRAMME, *surveys}, "district": {found.need, programme}}
    asked["village"] = asked["district"]
    figures = (sources_of(wb.table(level, sorted(keys)).cells) for level, keys in asked.items())
    return {*found.unplaced_sources, *chain(*found.table["aid_sources"], *figures)}


def _title(key: str) -> str:
    return Text(f"needs.section.{key}")


def _show(page: ProfilePage, key: str, thing: pd.DataFrame | AreaMap | list[str], *more: str) -> None:
    title, note = _title(key), joined(" ", (Text(f"needs.note.{key}"), *more))
    if isinstance(thing, AreaMap):
        page.add_map(thing, title, key=key, note=note)
    elif isinstance(thing, list):
        page.add_text(key, title, thing)
    else:
        page.add_table(key, title, thing, note=note, folded=len(thing) > FOLDED_ROWS)


def _scatter(page: ProfilePage, relation: Relation) -> None:
    picture = relation.scatter()
    title = _title("scatter")
    if picture is None:
        page.add_text("scatter", title, relation.findings()[:1])
        return
    note = Text("needs.note.scatter", left_out=len(relation.frame) - relation.both)
    page.add_chart("scatter", title, picture, relation.scatter_table(), note=note)


def _concentration(found: NeedAndAid) -> list[str]:
    return [
        phrase("{}: {}", Text(f"needs.column.{aid}"), concentration_of_aid(found, aid).sentence())
        for aid in ("events", "families")
    ]


def _scale(wb: Workbench, page: ProfilePage, pair: tuple[str, str], tests: dict) -> None:
    """Add the questions by level: the pair, and the aid alone."""
    for key, asked in (("scale", pair), ("scale-aid", ("aid_events",))):
        found = scale_effect(wb, *asked, **tests)
        names = joined(Text("needs.scale.and"), (Spoken(wb.catalogue[one].label) for one in asked))
        title = _title("scale") if key == "scale" else ""
        said = [*found.findings(), found.conditions()]
        caption = Text(f"needs.scale.{found.question}", names=names)
        page.add_table(key, title, found.page_table(), note=joined(" ", said), caption=caption)
