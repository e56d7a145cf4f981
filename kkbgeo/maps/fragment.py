"""The markup of a map: what a page carries of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from kkbgeo import language as words
from kkbgeo.maps import document, offline
from kkbgeo.maps import languages as told_in
from kkbgeo.maps.legend import legend_of, paint, patterns_svg
from kkbgeo.maps.level import Level, MapLike

_NAMED = 30  # areas without a polygon that are named under the map


def markup(maps: Sequence[MapLike], number: int, picture: Markup, data: Markup) -> Markup:
    """Return the block of a map: tools, still picture, legend of the first layer, notices and data.

    Parameters
    ----------
    maps : sequence of MapLike
        The map, once per language.
    number : int
        Position among the maps of the page, from 1.
    picture, data : Markup
        The still picture, and the compressed data.
    """
    one, languages = maps[0], [each.language for each in maps]

    def both(of: Callable[[MapLike], str]) -> Markup:
        return told_in.both([of(each) for each in maps], languages)

    told = zip(*([_undrawn(level, each.language) for level in each.levels] for each in maps), strict=True)
    legends, key = [legend_of(each.opening) for each in maps], offline.block_id(number)
    lines = zip(*(each.lines for each in legends), strict=True)
    looks = [entry for level in one.levels for layer in level.layers for entry in layer.entries]
    return document.render(
        "map.html.j2",
        key=key,
        name=offline.map_name(number),
        data_id=offline.data_id(number),
        layer=one.opening.key,
        legend=legends[0],
        legends=legends,
        squares=[each.square for each in legends if each.square],
        lines=[(same[0], paint(same[0], key), [each.label for each in same]) for same in lines],
        patterns=patterns_svg(looks, key),
        two=lambda texts: told_in.both(texts, languages),
        switches=any(len(level.layers) > 1 for level in one.levels),
        timed=any(layer.period for level in one.levels for layer in level.layers),
        levels=len(one.levels),
        picture=picture,
        nouns=[words.text(f"maps.noun.{one.level}", language) for language in languages],
        disclaimer=both(_disclaimer),
        undrawn=[told_in.both(each, languages) for each in told if any(each)],
        data=data,
        simulated=one.simulated,
        language=one.language,
        say=told_in.speaker(languages),
        number=lambda value: told_in.both([words.number(value, each) for each in languages], languages),
    )


def _disclaimer(one: MapLike) -> str:
    told = [level.edition.disclaimer(one.language) for level in one.levels if level.edition is not None]
    return " ".join(dict.fromkeys(told))


def _undrawn(level: Level, language: str) -> str:
    if not level.undrawn or level.edition is None:
        return ""
    names = ", ".join(list(level.undrawn.values())[:_NAMED])
    if len(level.undrawn) > _NAMED:
        more = words.number(len(level.undrawn) - _NAMED, language)
        names = words.text("boundaries.map.more", language, names=names, count=more)
    return words.text(
        "boundaries.map.undrawn", language, title=level.edition.title(language),
        count=words.number(len(level.undrawn), language), names=names,
    )  # fmt: skip
