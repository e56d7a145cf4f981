"""Parts of a printed page: each knows how high it is before it is drawn, and shortens itself to the room there is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from kkbgeo import language as words
from kkbgeo.maps import theme
from kkbgeo.paper import drawing, letters
from kkbgeo.paper.surfaces import Outline, Surface

LEADING = 1.24
RULE, STRIPE = "#c3c9cd", "#f3f5f4"
_FIGURE = re.compile(r"[<>≈~+±−-]?\s?\d|[–-]$")  # also “45 (dihitung)”
_PAD = 4.0  # points beside the text of a cell


class Block(NamedTuple):
    """A part of a page: its height, and what draws it down from `top` at `x`."""

    high: float
    draw: Callable[[Surface, float, float], None]


@dataclass(frozen=True)
class Look:
    """How text is written."""

    size: float = 8.0
    weight: str = "regular"
    colour: str = theme.INK

    @property
    def step(self) -> float:
        """Line to line, in points."""
        return self.size * LEADING


def lines_block(lines: Sequence[str], look: Look, *, after: float = 0) -> Block:
    """Return lines of text, with `after` points below."""

    def draw(sheet: Surface, x: float, top: float) -> None:
        for number, line in enumerate(lines):
            sheet.text(x, top - look.size * 0.95 - number * look.step, line, look.size,
                       weight=look.weight, colour=look.colour)  # fmt: skip

    return Block(len(lines) * look.step + after, draw)


def paragraph(text: str, wide: float, look: Look, language: str, *, most: int = 0, after: float = 0) -> Block:
    """Return a paragraph; where it has more than `most` lines it says that it goes on on the page."""
    end = words.text("brief.more_text", language)
    return lines_block(letters.wrap(text, look.size, wide, look.weight, most=most, end=end), look, after=after)


def heading(text: str, wide: float) -> Block:
    """Return the heading of a part, with a rule above it."""
    lines = letters.wrap(text, 9, wide, "semibold", most=2)

    def draw(sheet: Surface, x: float, top: float) -> None:
        sheet.area(Outline.lines([(x, top), (x + wide, top)]), line=drawing.ACCENT, width=0.8)
        for number, line in enumerate(lines):
            sheet.text(x, top - 11 - number * 11, line, 9, weight="semibold", colour=drawing.ACCENT)

    return Block(14.5 + 11 * (len(lines) - 1), draw)


def bullets(items: Sequence[str], wide: float, look: Look, language: str, room: float, more: str) -> Block:
    """Return a list; of what does not fit into `room` it says, with the text `more`, how many items there are."""
    mark = 1.1 * look.size
    told = [letters.wrap(one, look.size, wide - mark, look.weight) for one in items]
    fitting = _fitting([len(one) * look.step + 0.18 * look.size for one in told], room, look.step)
    kept, left = told[:fitting], len(told) - fitting
    rest = [words.text(more, language, count=words.number(left, language))] if left else []

    def draw(sheet: Surface, x: float, top: float) -> None:
        y = top
        for lines in kept:
            sheet.area(Outline.circle(x + 0.3 * look.size, y - 0.66 * look.size, 0.16 * look.size), drawing.ACCENT)
            lines_block(lines, look).draw(sheet, x + mark, y)
            y -= len(lines) * look.step + 0.18 * look.size
        lines_block(rest, Look(look.size, "italic", drawing.QUIET)).draw(sheet, x + mark, y)

    high = sum(len(one) * look.step + 0.18 * look.size for one in kept) + len(rest) * look.step
    return Block(high, draw)


def _fitting(heights: Sequence[float], room: float, rest: float) -> int:
    """Return how many parts fit into `room`, where a line that tells of the others needs `rest`."""
    if sum(heights) <= room:
        return len(heights)
    used, count = rest, 0
    for high in heights:
        used += high
        if used > room:
            break
        count += 1
    return count


@dataclass(frozen=True)
class Table:
    """A table of text: heads, rows, which columns hold figures, and how many columns and rows the page has besides."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    hidden: int = 0
    earlier: int = 0

    def newest(self, most: int) -> Table:
        """Return the table with its last `most` rows at most; those before them are counted below it."""
        left = max(len(self.rows) - most, 0)
        return replace(self, rows=self.rows[left:], earlier=self.earlier + left)

    def narrow(self, most: int) -> Table:
        """Return the table with at most `most` columns: the first, and the first of figures."""
        if len(self.columns) <= most:
            return self
        figures = [at for at in range(1, len(self.columns)) if all(_FIGURE.match(row[at]) for row in self.rows)]
        kept = [0, *figures[: most - 1]] if figures else list(range(most))
        return Table(
            tuple(self.columns[at] for at in kept),
            tuple(tuple(row[at] for at in kept) for row in self.rows),
            tuple(self.numeric[at] for at in kept),
            self.hidden + len(self.columns) - len(kept),
            self.earlier,
        )

    def widths(self, wide: float, size: float) -> list[float]:
        """Share `wide` among the columns: each what its longest word needs, and more to those with more to say."""
        count = len(self.columns)
        needs, wishes = [], []
        for at in range(count):
            cells = [self.columns[at], *[row[at] for row in self.rows]]
            longest = max(
                (letters.width(one, size, "semibold") for cell in cells for one in cell.split(" ")), default=0
            )
            whole = max((letters.width(one, size, "semibold") for one in cells[1:]), default=0)
            needs.append(min(longest, wide / 2) + 2 * _PAD)
            wishes.append(max(min(whole, wide / 2) + 2 * _PAD, needs[-1]))
        if sum(needs) > wide:
            return [one * wide / sum(needs) for one in needs]
        spare = wide - sum(needs)
        more = [wish - need for wish, need in zip(wishes, needs, strict=True)]
        if sum(more) > spare:
            return [need + one * spare / sum(more) for need, one in zip(needs, more, strict=True)]
        left = wide - sum(wishes)
        shares = [0.4, *[0.6 / (count - 1)] * (count - 1)] if count > 1 else [1.0]
        return [wish + left * share for wish, share in zip(wishes, shares, strict=True)]

    def block(self, wide: float, look: Look, language: str, room: float, *, head: bool = True) -> Block:
        """Return the table, `wide` points wide and at most `room` high; what is left out is counted below it."""
        widths = self.widths(wide, look.size)
        heads = [letters.wrap(one, look.size * 0.92, w - 2 * _PAD, "semibold", most=4)
                 for one, w in zip(self.columns, widths, strict=True)]  # fmt: skip
        cells = [[letters.wrap(one, look.size, w - 2 * _PAD) for one, w in zip(row, widths, strict=True)]
                 for row in self.rows]  # fmt: skip
        above = max(map(len, heads)) * look.size * 0.92 * 1.15 + 4 if head else 0
        heights = [max(map(len, row)) * look.size * 1.15 + 0.42 * look.size for row in cells]
        fitting = _fitting(heights, room - above - (look.step if self.hidden or self.earlier else 0), look.step)
        left = self.earlier + len(cells) - fitting
        rest = self._rest(left, language)
        high = above + sum(heights[:fitting]) + (look.step if rest else 0) + 1

        def draw(sheet: Surface, x: float, top: float) -> None:
            starts = [x + sum(widths[:at]) for at in range(len(widths))]

            def row_of(row: list[list[str]], y: float, size: float, weight: str, colour: str) -> None:
                for at, lines in enumerate(row):
                    figure = self.numeric[at] and at > 0
                    edge = starts[at] + (widths[at] - _PAD if figure else _PAD)
                    for number, line in enumerate(lines):
                        sheet.text(edge, y - size * (0.95 + 1.15 * number), line, size, colour=colour,
                                   weight=weight if at == 0 or weight != "regular" else "regular",
                                   align="right" if figure else "left")  # fmt: skip

            y = top
            if head:
                row_of(heads, y - 1, look.size * 0.92, "semibold", drawing.QUIET)
                y -= above
                sheet.area(Outline.lines([(x, y), (x + wide, y)]), line=RULE, width=0.6)
            for number, (row, tall) in enumerate(zip(cells[:fitting], heights, strict=False)):
                if number % 2 == 1:
                    sheet.area(Outline.box(x, y - tall, wide, tall), STRIPE)
                row_of(row, y - 0.2 * look.size, look.size, "regular", look.colour)
                y -= tall
            sheet.area(Outline.lines([(x, y), (x + wide, y)]), line=RULE, width=0.6)
            if rest:
                sheet.text(x + _PAD, y - look.size * 1.05, rest, look.size * 0.92, weight="italic",
                           colour=drawing.QUIET)  # fmt: skip

        return Block(high, draw)

    def _rest(self, rows: int, language: str) -> str:
        told = {name: words.number(count, language) for name, count in (("rows", rows), ("columns", self.hidden))}
        if rows and self.hidden:
            return words.text("brief.more_rows_columns", language, **told)
        if rows:
            return words.text("brief.more_rows", language, count=told["rows"])
        return words.text("brief.more_columns", language, count=told["columns"]) if self.hidden else ""
