"""Two indicators on one map: three classes of each make nine colours, and every gap keeps a look of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from kkbgeo.errors import JoinError, ParameterError
from kkbgeo.language import Number, Spoken, Text, joined, percent_sign, phrase
from kkbgeo.maps import theme
from kkbgeo.maps.breaks import Breaks, breaks_for
from kkbgeo.maps.drawn import CellDrawing, Layer, LegendEntry, Square
from kkbgeo.maps.layers import Cells, Details, IndicatorLike, numeric_layer, records_of

STEPS = 3
# Rows: the first indicator, low to high; columns: the second. Orange against blue, both to dark: no two of the nine
# come near each other with any of the three kinds of colour blindness, and orange is the darker on a grey print.
COLOURS = (
    ("#f3ede2", "#a8c8e8", "#5aa0e8"),
    ("#e4a584", "#948189", "#475985"),
    ("#cc5a10", "#763b30", "#2a1a2e"),
)
FIRST_ONLY = ("#d8ab8c", "#cc5a10", "#763b30")  # hatching: the first indicator is known, the second is not reported
SECOND_ONLY = "#2f6fb5"


def bivariate_layer(
    first: IndicatorLike,
    second: IndicatorLike,
    cells: Cells,
    *,
    cuts: tuple[Sequence[float], Sequence[float]] | None = None,
    details: Details | None = None,
) -> Layer:
    """Class two indicators in three steps each and draw them together.

    Parameters
    ----------
    first, second : IndicatorLike
        Need and programme, say: kind ``count``, ``percent`` or ``ratio``. The first goes up the square, the second to
        the right.
    cells : DataFrame or sequence of mapping
        One row per area and indicator, as for `numeric_layer`.
    cuts : (sequence, sequence), optional
        Two upper class edges of each indicator. By default two of its fixed breaks, those that share out the areas most
        evenly, so that the edges are found again on the indicator's own map.
    details : mapping, optional
        Code -> (label, text) pairs shown on a tap; by default both figures with their dates.

    Returns
    -------
    Layer
        Entries ``r1c1`` to ``r3c3`` (row of the first, column of the second); ``first-1`` to ``first-3`` (the second is
        not reported), ``second-only``, ``not_reported`` (neither), and ``suppressed`` if one of the two is.

    Raises
    ------
    JoinError
        An area that has a cell of one indicator only, or twice.
    KkbgeoError
        A value that does not fit its state.
    ParameterError
        Cuts that are not two rising figures; twice the same indicator.

    Examples
    --------
    >>> import kkbgeo
    >>> wb = kkbgeo.Workbench()
    >>> table = wb.table("regency", ["stunting_prevalence_ssgi_2022", "aid_events"])
    >>> need, aid = (table.indicator(one) for one in table.indicators)
    >>> layer = bivariate_layer(need, aid, table.cells).to("en")
    >>> sum(layer.counts.values()), layer.square.columns
    (56, ('1', '2–3', 'more than 3'))
    """
    if first.id == second.id:
        raise ParameterError("A bivariate map needs two different indicators.", value=first.id)
    # The plain layers check the cells, and write what a tap says.
    plain = [numeric_layer(one, cells) for one in (first, second)]
    if set(plain[0].cells) != set(plain[1].cells):
        lone = sorted(set(plain[0].cells) ^ set(plain[1].cells))
        raise JoinError(f"Areas with a cell of one indicator only: {', '.join(lone[:5])}.", candidates=lone)
    rows = [_by_code(cells, one) for one in (first, second)]
    classes = [
        _classes(one, (row["value"] for row in mine.values() if row["state"] in ("value", "zero")), cut)
        for one, mine, cut in zip((first, second), rows, cuts or (None, None), strict=True)
    ]
    said = [
        _class_labels(one, made, mine.values()) for one, made, mine in zip((first, second), classes, rows, strict=True)
    ]

    def step(side: int, code: str) -> int:
        """Return the class from 1, 0 where not reported, −1 where suppressed."""
        row = rows[side][code]
        if row["state"] in ("not_reported", "suppressed"):
            return 0 if row["state"] == "not_reported" else -1
        return 1 + classes[side].class_of(row["value"])

    keys = {code: _key(step(0, code), step(1, code)) for code in sorted(rows[0])}
    counted = Counter(keys.values())
    entries = _entries(said, counted)
    place = {one.key: at for at, one in enumerate(entries)}
    names = (Spoken(first.label), Spoken(second.label))
    by_key = {one.key: one for one in entries}
    return Layer(
        key=f"{first.id}-{second.id}",
        label=Text("needs.bivariate.label", first=names[0], second=names[1]),
        unit_label="",
        note=_note(first, second),
        entries=entries,
        cells={
            code: CellDrawing(
                place[key],
                joined(" · ", (layer.cells[code].headline for layer in plain)),
                tuple(details.get(code, ())) if details is not None else _told(code, plain, names),
            )
            for code, key in keys.items()
        },
        square=Square(
            *names,
            rows=said[0],
            columns=said[1],
            cells=tuple(
                tuple(by_key[f"r{r}c{c}"] for c in range(1, STEPS + 1)) for r in range(1, STEPS + 1)
            ),
        ),
    )  # fmt: skip


def even_cuts(edges: Sequence[float], values: Iterable[float]) -> tuple[float, float]:
    """Return the two of an indicator's fixed upper edges that share out the values most evenly in three classes.

    Of equally even pairs the lower one is taken.

    Examples
    --------
    >>> even_cuts([10, 15, 20, 25, 30], [8, 9, 12, 18, 22, 28])
    (10, 20)
    """
    known = sorted(values)
    if len(edges) < STEPS - 1:
        raise ParameterError("Three classes need at least two edges.", value=tuple(edges))

    def largest(pair: tuple[float, float]) -> int:
        low = sum(one <= pair[0] for one in known)
        middle = sum(one <= pair[1] for one in known) - low
        return max(low, middle, len(known) - low - middle)

    return min(combinations(edges, 2), key=lambda pair: (largest(pair), pair))


def _classes(one: IndicatorLike, values: Iterable[float], cut: Sequence[float] | None) -> Breaks:
    known = list(values)
    full = one.kind == "percent" and tuple(one.breaks)[-1:] == (100.0,) and all(value <= 100 for value in known)
    if cut is None:
        chosen: Sequence[float] = even_cuts([edge for edge in one.breaks if not (full and edge == 100)], known)
    elif len(cut) == STEPS - 1:
        chosen = cut
    else:
        raise ParameterError(f"Three classes have two edges, not {len(cut)}.", value=tuple(cut))
    edges = (*chosen, 100.0) if full else tuple(chosen)
    return breaks_for(edges, known, kind=one.kind, decimals=one.decimals)


def _class_labels(one: IndicatorLike, made: Breaks, rows: Iterable[Mapping]) -> tuple[str, ...]:
    sign = Spoken(percent_sign, "\N{NO-BREAK SPACE}") if one.kind == "percent" else ""
    labels = made.labels(sign)
    if made.whole and any(row["state"] == "zero" for row in rows):
        labels[0] = phrase("0–{}", Number(made.edges[0]))
    return tuple(labels)


def _key(first: int, second: int) -> str:
    if -1 in (first, second):
        return "suppressed"
    if first and second:
        return f"r{first}c{second}"
    if first:
        return f"first-{first}"
    return "second-only" if second else "not_reported"


def _entries(said: Sequence[Sequence[str]], counted: Counter) -> tuple[LegendEntry, ...]:
    def entry(key: str, label: str, colour: str, look: str) -> LegendEntry:
        return LegendEntry(key, label, colour, look, counted[key])

    def state(name: str, label: str) -> LegendEntry:
        return entry(name, Text(label), theme.STATES[name].colour, theme.STATES[name].look)

    steps = range(STEPS)
    entries = [
        entry(f"r{r + 1}c{c + 1}", phrase("{} × {}", said[0][r], said[1][c]), COLOURS[r][c], "fill")
        for r in steps
        for c in steps
    ]
    entries += [
        entry(f"first-{r + 1}", Text("needs.bivariate.first_only", label=said[0][r]), colour, "hatch")
        for r, colour in enumerate(FIRST_ONLY)
    ]
    entries.append(entry("second-only", Text("needs.bivariate.second_only"), SECOND_ONLY, "hatch"))
    entries.append(state("not_reported", "needs.bivariate.neither"))
    if counted["suppressed"]:
        entries.append(state("suppressed", "maps.state.suppressed"))
    return tuple(entries)


def _note(first: IndicatorLike, second: IndicatorLike) -> str:
    meanings = joined(" ", (Spoken(one.definition) for one in (first, second)))
    return phrase("{} {}", Text("needs.bivariate.note"), meanings)


def _told(code: str, plain: Sequence[Layer], names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    lines: list[tuple[str, str]] = []
    for layer, name in zip(plain, names, strict=True):
        lines += [(name, layer.cells[code].headline), *layer.cells[code].details]
    return tuple(lines)


def _by_code(cells: Cells, one: IndicatorLike) -> dict[str, Mapping]:
    return {row["code"]: row for row in records_of(cells) if row["indicator"] == one.id}
