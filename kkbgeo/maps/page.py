"""One page, one file: text first, then the map, then where every figure comes from."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from markupsafe import Markup

from kkbgeo import language as words
from kkbgeo.boundaries.wording import licence
from kkbgeo.errors import KkbgeoError, ParameterError
from kkbgeo.maps import document
from kkbgeo.maps.thumbnail import safe_svg

if TYPE_CHECKING:
    import pandas as pd

    from kkbgeo.boundaries.store import Edition
    from kkbgeo.maps.interactive import AreaMap

#: Bytes a page may have; where it has more, its maps leave out detail.
ROOM = {"regency": 300_000, "province": 900_000, "island": 500_000}
_DOTS = {"province": 0, "regency": 1, "district": 2, "village": 3}
_CODE = re.compile(r"\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?", re.ASCII)
_PLAIN = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_NUMERIC = re.compile(r"[<>≈~+±−-]?\s?\d[\d.,]*(\s?%)?")


@dataclass(frozen=True)
class Link:
    """Text that leads to a source. Only ``http`` and ``https`` addresses become links; others stay text.

    Examples
    --------
    >>> Link("Antara", "https://antaranews.com/1").href
    'https://antaranews.com/1'
    >>> Link("Antara", "javascript:alert(1)").href
    ''
    """

    text: str
    url: str = ""
    note: str = ""

    @property
    def href(self) -> str:
        """The address if it may be a link, else empty."""
        if re.search(r"[\s\x00-\x1f\x7f\\]", self.url):
            return ""
        try:
            parts = urlsplit(self.url)
        except ValueError:
            return ""
        return self.url if parts.scheme in {"http", "https"} and parts.hostname else ""

    def __str__(self) -> str:
        return self.text


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
        Language of the page.
    as_of : str
        Date of the data, of any precision; empty is left out.
    edition : Edition or None
        Boundary edition, named in the footer with its disclaimer.
    locator_svg : str
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
        title: str,
        subtitle: str,
        *,
        language: str = "id",
        as_of: str = "",
        edition: Edition | None,
        locator_svg: str = "",
        generated_by: str = "",
        simulated: bool = False,
    ) -> None:
        self.path = page_path(code, level, slug, simulated)
        self.simulated = simulated
        self.code, self.level, self.slug = code, level, slug
        self.language = words.require_language(language)
        self.title = words.text("maps.simulated.title", language, title=title) if simulated else title
        self.subtitle = subtitle
        self.as_of = as_of
        self.edition = edition
        self.locator_svg = safe_svg(locator_svg)
        self.generated_by = generated_by
        self._findings: list[str] = []
        self._sections: list[dict[str, Any]] = []
        self._maps: list[AreaMap] = []
        self._footer: dict[str, Any] = {
            "sources": [], "notes": [], "parameters": {}, "checksum": "", "version": "",
        }  # fmt: skip

    # --- content -------------------------------------------------------------------------------------------

    def findings(self, sentences: Sequence[str]) -> Page:
        """Set the sentences that open the page."""
        self._findings = [str(one) for one in sentences]
        return self

    def add_table(
        self, key: str, title: str, frame: pd.DataFrame, note: str = "", caption: str = "", *, folded: bool = False
    ) -> Page:
        """Add a table of display text.

        Parameters
        ----------
        key : str
            Anchor of the section.
        title : str
            Heading; empty to carry on under the one before.
        frame : DataFrame
            Display text; the first column names the row. A cell may be a `Link`. The index is not shown.
        note, caption : str
            Line below, line above the table.
        folded : bool
            Whether the table opens on a tap (for long ones).

        Raises
        ------
        KkbgeoError
            A cell that is missing: what is not known must be said in words.
        """
        import pandas as pd

        columns = [str(column) for column in frame.columns]
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
            rows.append([value if isinstance(value, Link) else str(value) for value in values])
        missing = words.text("maps.state.not_reported", self.language)
        numeric = [_is_numeric([row[at] for row in rows], missing) for at in range(len(columns))]
        return self._add(
            "table", key, title, columns=columns, rows=rows, numeric=numeric, note=note, caption=caption,
            folded=folded, missing=missing,
        )  # fmt: skip

    def add_text(self, key: str, title: str, items: str | Link | Sequence[str | Link], *, folded: bool = False) -> Page:
        """Add a paragraph (one text) or a list (several)."""
        single = isinstance(items, (str, Link))
        return self._add("text", key, title, items=[items] if single else list(items), single=single, folded=folded)

    def add_map(self, area_map: AreaMap, title: str = "", *, key: str = "", note: str = "") -> Page:
        """Add a map; its data are stored in the page once. A simulated map needs a page that says so."""
        if area_map.simulated and not self.simulated:
            raise KkbgeoError("A simulated map on a page that does not say so.", hint="Make the page simulated=True")
        number = len(self._maps) + 1
        self._maps.append(area_map)
        heading = title or words.text("maps.page.map", self.language)
        return self._add("map", key or f"peta-{number}", heading, number=number, note=note)

    def footer(
        self,
        *,
        sources: Sequence[str | Link] = (),
        notes: Sequence[str] = (),
        parameters: Mapping[str, object] | None = None,
        checksum: str = "",
        version: str = "",
    ) -> Page:
        """Set where the figures come from and how the page was made."""
        self._footer = {
            "sources": list(sources),
            "notes": list(notes),
            "parameters": {str(name): str(value) for name, value in (parameters or {}).items()},
            "checksum": checksum,
            "version": version,
        }
        return self

    def _add(self, kind: str, key: str, title: str, **content: Any) -> Page:
        if not re.fullmatch(r"[a-z][a-z0-9_-]*", key):
            raise ParameterError(f"Section key {key!r} must be a plain lower-case word.", value=key)
        if any(one["key"] == key for one in self._sections):
            raise ParameterError(f"The page has a section {key!r} already.", value=key)
        self._sections.append({"kind": kind, "key": key, "title": title, **content})
        return self

    # --- ways out ------------------------------------------------------------------------------------------

    def html(self) -> str:
        """Return the page as one complete HTML file; the same input gives the same bytes.

        Where it would be larger than `ROOM` allows, the borders on its maps lose detail, in proportion to their bytes.
        """
        text = self._whole()
        over = len(text.encode("utf-8", "replace")) - ROOM.get(self.level, 0)
        if over > 0 and self.level in ROOM and self._maps:
            all_bytes = sum(one.geometry_bytes for one in self._maps)
            for one in self._maps:
                one.tighten(int(one.geometry_bytes * (1 - over / all_bytes)))
            text = self._whole()
        return text

    def _whole(self) -> str:
        fragments = {number: one.body(number) for number, one in enumerate(self._maps, 1)}
        body = document.render(
            "page.html.j2",
            page=self,
            findings=self._findings,
            sections=self._sections,
            footer=self._footer,
            maps={number: one.html for number, one in fragments.items()},
            as_of=words.date(self.as_of, self.language) if self.as_of else "",
            edition=self.edition,
            edition_licence=licence(getattr(self.edition, "licence", ""), self.language),
            edition_date=words.date(str(getattr(self.edition, "date", "") or ""), self.language),
            leaflet=document.leaflet().version if fragments else "",
            language=self.language,
            is_link=lambda value: isinstance(value, Link),
        )
        return document.document(
            title=f"{self.title} – {self.subtitle}" if self.subtitle else self.title,
            language=self.language,
            body=body,
            scripts=[one.script for one in fragments.values()],
            with_leaflet=bool(fragments),
            body_class="kkb-page",
        )

    def save(self, folder: str | Path) -> Path:
        """Write ``<level>/<code>-<slug>.html`` and ``meta/<code>.json`` below `folder`; return the page's path.

        Both are written aside and renamed. The meta file is what an index is made from.
        """
        folder = Path(folder)
        text = self.html()
        path = document.write_aside(folder / self.path, text)
        meta = json.dumps(self.meta(len(text.encode("utf-8", "replace"))), ensure_ascii=False, indent=1)
        document.write_aside(folder / "meta" / f"{self.code}.json", meta + "\n")
        return path

    def meta(self, size: int) -> dict[str, Any]:
        """Return what the index needs to know of this page."""
        return {
            "title": self.title,
            "subtitle": self.subtitle,
            "level": self.level,
            "code": self.code,
            "slug": self.slug,
            "path": self.path,
            "as_of": self.as_of,
            "language": self.language,
            "edition": getattr(self.edition, "id", ""),
            "approximate": bool(getattr(self.edition, "approximate", False)),
            "simulated": self.simulated,
            "findings": self._findings,
            "thumbnail": str(self._maps[0].thumbnail()) if self._maps else "",
            "legend": [
                {
                    "map": number,
                    "layer": layer.key,
                    "label": layer.label,
                    "entries": [{"key": e.key, "label": e.label, "count": e.count} for e in layer.entries],
                }
                for number, one in enumerate(self._maps, 1)
                for layer in one.layers
            ],
            "bytes": size,
            "sources": len(self._footer["sources"]),
        }

    def _repr_html_(self) -> str:
        """Show the page in JupyterLab, in a frame of its own."""
        return str(
            Markup(
                '<iframe title="{}" srcdoc="{}" sandbox="allow-scripts allow-popups" width="100%" height="760" '
                'style="border:1px solid #ccc"></iframe>'
            ).format(self.title, self.html())
        )


def page_path(code: str, level: str, slug: str, simulated: bool = False) -> str:
    """Return where a page lies below the atlas folder; names are made from code and slug only.

    Raises
    ------
    ParameterError
        A code, level or slug that could name another file.

    Examples
    --------
    >>> page_path("63", "province", "kalimantan-selatan"), page_path("kalimantan", "island", "kalimantan")
    ('province/63-kalimantan-selatan.html', 'kalimantan.html')
    """
    if level == "island":
        fits = bool(_PLAIN.fullmatch(code))
    elif level in _DOTS:
        fits = bool(_CODE.fullmatch(code)) and code.count(".") == _DOTS[level]
    else:
        raise ParameterError(f"Unknown level {level!r}.", hint=f"Levels: island, {', '.join(_DOTS)}", value=level)
    if not fits:
        raise ParameterError(f"{code!r} is no code of level {level}.", value=code)
    if not _PLAIN.fullmatch(slug):
        raise ParameterError(
            f"{slug!r} cannot name a file.", hint="Lower-case letters, digits and single hyphens", value=slug
        )
    mark = "-simulasi" if simulated else ""
    return f"{code}{mark}.html" if level == "island" else f"{level}/{code}-{slug}{mark}.html"


def _is_numeric(values: Sequence[str | Link], missing: str) -> bool:
    said = [str(one).replace("\N{NO-BREAK SPACE}", " ").strip() for one in values if str(one) not in {missing, "–"}]
    return bool(said) and all(_NUMERIC.fullmatch(one) for one in said)
