"""One page, one file: text first, then the map, then where every figure comes from."""

from __future__ import annotations

import copy
import json
import os
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from kkbgeo.boundaries.wording import licence
from kkbgeo.errors import KkbgeoError, ParameterError
from kkbgeo.io import write_text
from kkbgeo.language import Spoken, Text, date, require_language, words
from kkbgeo.maps import document
from kkbgeo.maps.cells import Figure, Link, Place, is_numeric, marks, way
from kkbgeo.maps.framed import framed_page, made_label
from kkbgeo.maps.languages import labels_css
from kkbgeo.maps.page_path import page_path
from kkbgeo.maps.thumbnail import label_of, safe_svg, silent
from kkbgeo.pages.registry import BUDGET, Kind, kind_of

if TYPE_CHECKING:
    import pandas as pd

    from kkbgeo.boundaries.store import Edition
    from kkbgeo.maps.interactive import AreaMap
    from kkbgeo.maps.tiles import TileMap

#: Anchor of the way back to the index: seen only by who came from there, so that a page sent on has no dead link.
BACK = "dari-daftar"
_TRIES = 3  # to fit a page: what its geometry takes compressed is known only when it is written
#: Findings that stand in large type above the first table; the others open on a tap.
LEAD = 3
#: Columns that fit a phone side by side; where a table has more, its cells stand under one another there.
STACKED = 3


class Page:
    """A page for officials, put together section by section and saved as one offline file.

    Parameters
    ----------
    code : str
        Kemendagri code of the area, or a plain word for the whole (``kalimantan``).
    level : {"island", "province", "regency", "district", "village"}
        Level of the area.
    slug : str
        Name for the file: lower-case letters, digits and hyphens.
    title, subtitle : str
        Heading, and the line above it (the larger unit).
    language : {"id", "en"}
        Language that is read first.
    second : {"", "id", "en"}
        The other language of the page: the reader changes it at the top, with scripts off too. Texts that are lazy
        (`kkbgeo.language.Text`) are written in both, plain ones as they are.
    as_of : str
        Date of the data, of any precision; empty is left out.
    edition : Edition or None
        Boundary edition, named in the footer with its disclaimer.
    locator_svg : str or Spoken
        Picture made by `kkbgeo.maps.locator_svg`.
    generated_by : str
        Notebook or command that made the page.
    simulated : bool
        Whether any figure of the page is made up: heading, maps and file name then say so.

    Examples
    --------
    >>> page = Page("63.11", "regency", "balangan", "Kabupaten Balangan", "Kalimantan Selatan", edition=None)
    >>> page.findings(["Sepuluh keluarga di Desa Pudak menerima sembako."]).path
    'regency/63.11-balangan.html'
    """

    def __init__(
        self,
        code: str,
        level: str,
        slug: str,
        title: str | Spoken,
        subtitle: str | Spoken,
        *,
        language: str = "id",
        second: str = "",
        as_of: str = "",
        edition: Edition | None,
        locator_svg: str | Spoken = "",
        generated_by: str = "",
        simulated: bool = False,
    ) -> None:
        self.path = page_path(code, level, slug, simulated)
        self.simulated = simulated
        self.code, self.level, self.slug = code, level, slug
        self.kind = level  #: level of its `kkbgeo.pages.Kind`; ``analysis`` for a page of analysis
        self.language = require_language(language)
        if second == language:
            raise ParameterError(f"Both languages of the page are {language!r}.", hint='Leave out "second"')
        #: The languages of the page, the one that is read first in front.
        self.languages = (language, require_language(second)) if second else (language,)
        self.title = Text("maps.simulated.title", title=title) if simulated else title
        self.subtitle = subtitle
        self.as_of = as_of
        self.edition = edition
        self.locator_svg = locator_svg if isinstance(locator_svg, Spoken) else safe_svg(locator_svg)
        self.generated_by = generated_by
        self.above: list[Place] = []  # pages of the larger units, the largest first
        self.sentences: list[str | Spoken] = []
        self.sections: list[dict[str, Any]] = []
        self.maps: list[AreaMap] = []
        self._frames: dict[str, pd.DataFrame] = {}
        self.foot: dict[str, Any] = {
            "sources": [], "notes": [], "parameters": {}, "made": [], "checksum": "", "version": "",
        }  # fmt: skip

    @property
    def declared(self) -> Kind | None:
        """What the page's notebook declares of it; None where no notebook of the atlas makes it."""
        return kind_of(self.code, self.kind)

    # --- content -------------------------------------------------------------------------------------------

    def findings(self, sentences: Sequence[str | Spoken]) -> Page:
        """Set the sentences that open the page, the most important first: `LEAD` of them stand in large type."""
        self.sentences = list(sentences)
        return self

    def add_table(
        self, key: str, title: str, frame: pd.DataFrame, note: str = "", caption: str = "", *, folded: bool = False,
        matrix: bool = False,
    ) -> Page:  # fmt: skip
        """Add a table of display text.

        Parameters
        ----------
        key : str
            Anchor of the section.
        title : str
            Heading; empty to carry on under the one before.
        frame : DataFrame
            Display text; the first column names the row. A cell may be a `Link`, a `Place` that has a page, or a
            `Figure` that names its sources by the keys that those of the footer have. The index is not shown.
        note, caption : str
            Line below, line above the table.
        folded : bool
            Whether the table opens on a tap (for long ones).
        matrix : bool
            Whether rows and columns are read together, so that a phone must not lay its cells under one another.

        Raises
        ------
        KkbgeoError
            A cell that is missing: what is not known must be said in words.
        """
        import pandas as pd

        columns = [column if isinstance(column, Spoken) else str(column) for column in frame.columns]
        rows = []
        for number, values in enumerate(frame.itertuples(index=False, name=None)):
            for column, value in zip(columns, values, strict=True):
                if pd.api.types.is_scalar(value) and pd.isna(value):
                    raise KkbgeoError(
                        f"Table {key!r} has an empty cell: row {number}, column {column!r}.",
                        hint="Write what is not known in words, e.g. “Tidak dilaporkan”",
                        row=number,
                        column=column,
                    )
            rows.append([value if isinstance(value, (Link, Figure, Place, Spoken)) else str(value) for value in values])
        self._frames[key] = frame
        return self._add(
            "table", key, title, columns=columns, rows=rows, note=note, caption=caption, folded=folded,
            missing=Text("maps.state.not_reported"), stacked=len(columns) > STACKED and not matrix, matrix=matrix,
        )  # fmt: skip

    def add_text(self, key: str, title: str, items: str | Link | Sequence[str | Link], *, folded: bool = False) -> Page:
        """Add a paragraph (one text) or a list (several)."""
        single = isinstance(items, (str, Link, Spoken))
        return self._add("text", key, title, items=[items] if single else list(items), single=single, folded=folded)

    def add_map(self, area_map: AreaMap, title: str = "", *, key: str = "", note: str = "") -> Page:
        """Add a map; its data are stored in the page once. A simulated map needs a page that says so."""
        if area_map.simulated and not self.simulated:
            raise KkbgeoError("A simulated map on a page that does not say so.", hint="Make the page simulated=True")
        area_map.untouched()
        number = len(self.maps) + 1
        self.maps.append(area_map.in_languages(self.languages))
        heading = title or Text("maps.page.map")
        return self._add("map", key or f"peta-{number}", heading, number=number, note=note, lead=area_map.lead)

    def frame(self, key: str) -> pd.DataFrame:
        """Return the table of a section as it was handed over, its texts in the language of the page."""
        if key not in self._frames:
            known = ", ".join(self._frames)
            raise ParameterError(f"The page has no table {key!r}.", hint=f"Its tables: {known}", value=key)
        return words(self._frames[key], self.language)

    def add_tiles(self, tiles: TileMap, title: str = "", *, key: str = "kotak", note: str = "") -> Page:
        """Add the tile grid of a map that stands on this page; a page has one at most."""
        heading = title or Text("maps.page.tiles")
        return self._add("tiles", key, heading, tiles=tiles.in_languages(self.languages), note=note)

    def add_chart(self, key: str, title: str, svg: Markup | Spoken, frame: pd.DataFrame, note: str = "") -> Page:
        """Add a picture of `kkbgeo.maps.charts`, and below it, on a tap, the figures it shows.

        Parameters
        ----------
        key, title, note
            As for `add_table`.
        svg : Markup or Spoken
            The chart (`kkbgeo.maps.charts.spoken` for one in every language of the page).
        frame : DataFrame
            Its figures as display text: who cannot see the chart reads the same.
        """
        self._add("chart", key, title, svg=svg if isinstance(svg, Spoken) else safe_svg(svg), note=note)
        return self.add_table(f"{key}-data", "", frame, caption=title, folded=True)

    def footer(
        self,
        *,
        sources: Sequence[str | Link] = (),
        notes: Sequence[str] = (),
        parameters: Mapping[str, object] | None = None,
        told: Mapping[str, str] | None = None,
        checksum: str = "",
        version: str = "",
    ) -> Page:
        """Set where the figures come from and how the page was made; `told` says parameters in words, by name."""
        given = {str(name): str(value) for name, value in (parameters or {}).items()}
        self.foot = {
            "sources": list(sources),
            "notes": list(notes),
            "parameters": given,
            "made": [(Spoken(made_label, name), (told or {}).get(name, given[name])) for name in given],
            "checksum": checksum,
            "version": version,
        }
        return self

    def _add(self, kind: str, key: str, title: str, **content: Any) -> Page:
        if not re.fullmatch(r"[a-z][a-z0-9_-]*", key):
            raise ParameterError(f"Section key {key!r} must be a plain lower-case word.", value=key)
        if any(one["key"] == key for one in self.sections):
            raise ParameterError(f"The page has a section {key!r} already.", value=key)
        self.sections.append({"kind": kind, "key": key, "title": title, **content})
        return self

    # --- languages -------------------------------------------------------------------------------------------

    def to(self, language: str) -> Page:
        """Return the page in one language, every text in words; its maps and tiles as well."""
        made = copy.copy(self)
        made.__dict__.pop("_spoken", None)
        made.language, made.languages = require_language(language), (language,)
        made.title, made.subtitle = words(self.title, language), words(self.subtitle, language)
        made.locator_svg = safe_svg(str(words(self.locator_svg, language)))
        made.above = words(self.above, language)
        made.sentences = words(self.sentences, language)
        made.foot = words(self.foot, language)
        made.sections = [_spoken_section(one, language) for one in self.sections]
        made.maps = [one.to(language) for one in self.maps]
        return made

    @cached_property
    def _spoken(self) -> list[Page]:
        """The page in each of its languages."""
        return [self.to(one) for one in self.languages]

    # --- ways out ------------------------------------------------------------------------------------------

    def html(self) -> str:
        """Return the page as one complete HTML file; the same input gives the same bytes.

        Where it would be larger than its kind may be (`kkbgeo.pages.Kind.budget`), the borders on its maps lose
        detail, in proportion to their bytes.
        """
        self.__dict__.pop("_spoken", None)
        budget = self.declared.budget if self.declared else BUDGET
        text = self._whole()
        for _ in range(_TRIES):
            over = len(text.encode("utf-8", "replace")) - budget
            if over <= 0 or not self.maps:
                break
            all_bytes = sum(one.geometry_bytes for one in self.maps)
            for one in self.maps:
                one.tighten(int(one.geometry_bytes * (1 - over / all_bytes)))
            text = self._whole()
        return text

    def _whole(self) -> str:
        fragments = {number: one.body(number) for number, one in enumerate(self.maps, 1)}
        versions = self._spoken
        first, twin = versions[0], versions[1] if len(versions) > 1 else None
        tables = [section for section in first.sections if section["kind"] == "table" and section["rows"]]
        tiles = [one["tiles"] for one in self.sections if one["kind"] == "tiles"]
        tiled = [one.body() for one in tiles]
        body = document.render(
            "page.html.j2",
            page=first,
            twin=twin,
            sections=list(zip(first.sections, (twin or first).sections, strict=True)),
            sentences=list(zip(*(one.sentences for one in versions), strict=True)),
            lead=LEAD,
            headings=self._headings(),
            maps={number: one.html for number, one in fragments.items()},
            tiled=tiled,
            way=lambda value: way(self.path, value),
            back=(BACK, "../" * self.path.count("/") + "index.html"),
            as_of=[date(one.as_of, one.language) for one in versions] if self.as_of else [],
            edition_date=[date(str(getattr(one.edition, "date", "") or ""), one.language) for one in versions],
            locator=silent(first.locator_svg),
            locators=[label_of(one.locator_svg) for one in versions],
            licences=[licence(getattr(self.edition, "licence", ""), one.language) for one in versions],
            leaflet=document.leaflet().version if fragments else "",
            language=self.language,
            other=twin.language if twin else "",
            marks=marks(first.foot["sources"]),
            is_link=lambda value: isinstance(value, Link),
            tables=bool(tables),
            untitled="" in self._headings().values(),
        )
        titles = [f"{one.title} – {one.subtitle}" if one.subtitle else one.title for one in versions]
        return document.document(
            title=titles[0],
            language=self.language,
            other_title=titles[-1] if twin else "",
            body=body,
            scripts=[*([document.asset("page.js")] if tables or twin else []),
                     *(one.script for one in fragments.values()), *(one.script for one in tiled)],
            with_leaflet=bool(fragments),
            body_class=f"kkb-page kkb-first-{self.language}",
            extra_style="".join(one.style() for one in tiles[:1]) + "".join(
                labels_css(section["key"], [one.sections[place]["columns"] for one in versions], self.languages)
                for place, section in enumerate(first.sections) if section in tables and section["stacked"]
            ),
        )  # fmt: skip

    def _headings(self) -> dict[str, str]:
        """Return the section under whose heading each section stands: a table without one carries on the last."""
        found, last = {}, ""
        for one in self.sections:
            last = one["key"] if one["title"] else last
            found[one["key"]] = last
        return found

    def save(self, folder: str | Path) -> Path:
        """Write ``<level>/<code>-<slug>.html`` and ``meta/<code>.json`` below `folder`; return the page's path.

        Both are written aside and renamed. The meta file is what an index is made from.
        """
        folder = Path(folder)
        text = self.html()
        path = write_text(folder / self.path, text)
        meta = json.dumps(self.meta(len(text.encode("utf-8", "replace"))), ensure_ascii=False, indent=1)
        write_text(folder / "meta" / f"{self.code}.json", meta + "\n")
        return path

    def meta(self, size: int) -> dict[str, Any]:
        """Return what the index needs to know of this page."""
        first, *others = self._spoken
        return {
            "title": first.title,
            "subtitle": first.subtitle,
            "level": self.level,
            "code": self.code,
            "slug": self.slug,
            "path": self.path,
            "as_of": self.as_of,
            "language": self.language,
            "edition": getattr(self.edition, "id", ""),
            "approximate": bool(getattr(self.edition, "approximate", False)),
            "simulated": self.simulated,
            "findings": first.sentences,
            "languages": list(self.languages),
            "other": {
                "language": others[0].language,
                "title": others[0].title,
                "subtitle": others[0].subtitle,
                "findings": others[0].sentences,
            }
            if others
            else {},
            "thumbnail": str(self.maps[0].thumbnail()) if self.maps else "",
            "legend": [
                {
                    "map": number,
                    "layer": layer.key,
                    "label": layer.label,
                    "entries": [{"key": e.key, "label": e.label, "count": e.count} for e in layer.entries],
                }
                for number, one in enumerate(first.maps, 1)
                for layer in one.layers
            ],
            # What the index colours its own tiles by.
            "tiles": next((one["tiles"].meta() for one in self.sections if one["kind"] == "tiles"), {}),
            "bytes": size,
            "sources": len(self.foot["sources"]),
        }

    def _repr_html_(self) -> str | None:
        """Show the page in JupyterLab, in a frame of its own; in a notebook that is not trusted its text at least.

        A batch sets ``KKBGEO_INLINE=no``: nobody looks at its notebooks.
        """
        if os.environ.get("KKBGEO_INLINE") == "no":
            return None
        file, first = self.html(), self._spoken[0]
        return framed_page(file, first.title, first.sentences, self.language)


def _spoken_section(section: dict[str, Any], language: str) -> dict[str, Any]:
    """Return a section in words; tiles speak for themselves, and a picture is checked when it is in words."""
    made = {name: value if name == "tiles" else words(value, language) for name, value in section.items()}
    if section["kind"] == "chart":
        made["svg"] = safe_svg(str(made["svg"]))
    if section["kind"] == "table":
        rows, missing = made["rows"], made["missing"]
        made["numeric"] = [is_numeric([row[at] for row in rows], missing) for at in range(len(made["columns"]))]
    return made


__all__ = ["LEAD", "Figure", "Link", "Page", "Place", "page_path"]
