"""The page on programme and need: map, scatter, figures, aid where need is, levels, surveys, each with its limits."""

from __future__ import annotations

from itertools import chain

import pandas as pd

from kkbgeo.language import Spoken, Text, joined, phrase
from kkbgeo.maps import area_map
from kkbgeo.maps.interactive import AreaMap
from kkbgeo.maps.page import Page
from kkbgeo.patterns.frame import analysis_page, finish, sources_of
from kkbgeo.patterns.need import NeedAndAid, concentration_of_aid
from kkbgeo.patterns.need_surveys import other_side_table, other_surveys
from kkbgeo.patterns.relation import NEED, PROGRAMME, Relation, beside_notes, beside_table
from kkbgeo.patterns.scale import Scale
from kkbgeo.patterns.surveys import Surveys
from kkbgeo.profiles.inputs import newest_date
from kkbgeo.profiles.pages import FOLDED_ROWS, Chart, ProfilePage, Section, indicator_layer, locator_of
from kkbgeo.workbench import Workbench

SLUG = "program-dan-kebutuhan"  # one file, whatever the language


def new_need_page(wb: Workbench) -> ProfilePage:
    """Return the empty page on programme and need, with its heading.

    Examples
    --------
    >>> import kkbgeo
    >>> new_need_page(kkbgeo.Workbench()).path
    'program-dan-kebutuhan.html'
    """
    return analysis_page(
        wb, SLUG, Text("needs.page.title"), subtitle=Text("needs.page.subtitle", whole=wb.whole),
        as_of=newest_date(wb, wb.gazetteer.whole.code), generated_by="06_programme_and_need",
        locator=locator_of(wb, list(wb.areas("regency").index)),
    )  # fmt: skip


def need_findings(wb: Workbench, found: NeedAndAid, relation: Relation, surveys: Surveys) -> list[Spoken]:
    """Return what the page found, one sentence each."""
    return [*found.findings(wb), *relation.findings()[:2], *surveys.changes()[:1]]


def map_section(wb: Workbench, relation: Relation) -> Section:
    """Return the map of both indicators."""
    return _noted("map", bivariate_map(wb, relation))


def scatter_section(relation: Relation) -> Section:
    """Return the scatter of both indicators, or a sentence where no area has both."""
    picture = relation.scatter()
    if picture is None:
        return Section(relation.findings()[:1], _title("scatter"))
    note = Text("needs.note.scatter", left_out=len(relation.frame) - relation.both)
    return Section(Chart(picture, relation.scatter_table()), _title("scatter"), note)


def relation_section(relation: Relation) -> Section:
    """Return what the tests of the pair allow to say."""
    return Section(relation.findings(), _title("relation"))


def beside_section(wb: Workbench) -> Section:
    """Return figures of need beside those of the programme."""
    return _noted("beside", beside_table(wb), *beside_notes(wb))


def counts_section(wb: Workbench, found: NeedAndAid) -> Section:
    """Return the number of areas by need and aid."""
    return Section(found.counts_table(), _title("aid"), joined(" ", other_surveys(wb, found)))


def newer_section(wb: Workbench, found: NeedAndAid) -> Section | None:
    """Return the areas of which a newer survey stands on the other side of the mark; nothing where there are none."""
    newer = other_side_table(wb, found)
    if not len(newer):
        return None
    return Section(newer, caption=Text("needs.caption.newer"), folded=len(newer) > FOLDED_ROWS)


def areas_section(wb: Workbench, found: NeedAndAid) -> Section:
    """Return need and aid area by area."""
    return Section(found.page_table(wb), note=Text("needs.note.aid"), folded=True)


def concentration_section(found: NeedAndAid) -> Section:
    """Return whether reported aid lies with the areas in greater need."""
    said = [
        phrase("{}: {}", Text(f"needs.column.{aid}"), concentration_of_aid(found, aid).sentence())
        for aid in ("events", "families")
    ]
    return Section(said, _title("concentration"))


def scale_section(wb: Workbench, scale: Scale) -> Section:
    """Return one question at several levels; a pair heads its part of the page."""
    names = joined(Text("needs.scale.and"), (Spoken(wb.catalogue[one].label) for one in scale.indicators))
    return Section(
        scale.page_table(), _title("scale") if scale.question == "pair" else "",
        joined(" ", [*scale.findings(), scale.conditions()]), Text(f"needs.scale.{scale.question}", names=names),
    )  # fmt: skip


def cautions_section(surveys: Surveys) -> Section:
    """Return what a reader must know before comparing two surveys."""
    return Section([*surveys.cautions(), *surveys.changes()], _title("surveys"))


def surveys_section(surveys: Surveys) -> Section:
    """Return the surveys side by side."""
    return _noted("survey-table", surveys.page_table())


def pictures_section(surveys: Surveys) -> Section | None:
    """Return the surveys as small maps; nothing for one, or without polygons."""
    pictures = surveys.pictures()
    if pictures is None:
        return None
    return Section(Chart(*pictures), _title("survey-pictures"), Text("needs.note.survey-pictures"))


def survey_map_section(wb: Workbench, surveys: Surveys) -> Section:
    """Return one map with a slider over the surveys."""
    return _noted("survey-map", surveys.map(wb))


def limits_section() -> Section:
    """Return what the page does not show."""
    limits = [Text(f"needs.limit.{key}") for key in ("found", "cause", "sampling", "place")]
    return Section(limits, _title("limits"))


def finish_need(
    wb: Workbench, page: ProfilePage, found: NeedAndAid, relation: Relation, *, how: str, **parameters: str
) -> Page:
    """Put the footer on the page on programme and need: what was asked for, and `parameters` besides."""
    settings = relation.lee.settings
    stated = {
        "need": relation.need, "programme": relation.programme, "need_high": str(found.high), "how": how,
        "permutations": str(settings.permutations), "seed": str(settings.seed),
    }  # fmt: skip
    return finish(wb, page, _sources(wb, found, relation.programme), **stated, **parameters)


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


def _sources(wb: Workbench, found: NeedAndAid, programme: str) -> set[str]:
    """Return the sources of what the page shows: figures, plans of aid, and aid known only for a larger unit."""
    surveys = [one.indicator for one in wb.rounds]
    asked = {"regency": {found.need, programme, *NEED, *PROGRAMME, *surveys}, "district": {found.need, programme}}
    asked["village"] = asked["district"]
    figures = (sources_of(wb.table(level, sorted(keys)).cells) for level, keys in asked.items())
    return {*found.unplaced_sources, *chain(*found.table["aid_sources"], *figures)}


def _title(key: str) -> Text:
    return Text(f"needs.section.{key}")


def _noted(key: str, thing: pd.DataFrame | AreaMap | list[str], *more: str | Spoken) -> Section:
    """Return a section with its note; a long table is folded, a mere sentence has none."""
    note = "" if isinstance(thing, list) else joined(" ", (Text(f"needs.note.{key}"), *more))
    return Section(thing, _title(key), note, folded=isinstance(thing, pd.DataFrame) and len(thing) > FOLDED_ROWS)
