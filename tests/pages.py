"""Read a built page back: its text, its tables, and what its map says of each polygon."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from bs4 import BeautifulSoup
from mapkit import data_of
from shapely.geometry import shape

from kkbgeo.maps.topology import unpacked


class BuiltPage:
    """A page of the atlas as a test sees it: nothing but the file."""

    def __init__(self, path: Path, language: str = "id") -> None:
        self.path = path
        self.html = path.read_text(encoding="utf-8")
        self.language = language

    def speaking(self, language: str) -> BuiltPage:
        """The same page with the other language tapped."""
        return BuiltPage(self.path, language)

    @cached_property
    def soup(self) -> BeautifulSoup:
        """What is seen in one language, without the marks of the sources."""
        soup = BeautifulSoup(self.html, "html.parser")
        for one in soup.select(f'body span[lang]:not([lang="{self.language}"]), sup'):
            one.decompose()
        return soup

    @cached_property
    def map(self) -> dict:
        return data_of(self.html)

    @cached_property
    def levels(self) -> list[str]:
        """Levels of the map, the one shown first before the others."""
        return [level["key"] for level in self.map["levels"]]

    @cached_property
    def codes(self) -> list[str]:
        """Codes of the level that is shown first."""
        return self.map["codes"]

    def codes_of(self, level: str) -> list[str]:
        return next(one["codes"] for one in self.map["levels"] if one["key"] == level)

    def polygon(self, code: str):
        everything = [one for level in self.map["levels"] for one in level["codes"]]
        return shape(self.geometries[everything.index(code)])

    @cached_property
    def geometries(self) -> list[dict]:
        """Geometry of each area, level by level, as the page's script reads it."""
        return unpacked(self.map["shapes"])[0]

    @property
    def notice(self) -> str:
        """What the map itself says of its boundaries."""
        return self._said(self.map["notice"])

    def headline(self, layer: str, code: str) -> str:
        """What the map says of an area when it is tapped."""
        return self._said(self._cell(layer, code)[1])

    def details(self, layer: str, code: str) -> dict[str, str]:
        pairs = self._cell(layer, code)[2:]
        return {self._said(label): self._said(words) for one in pairs for label, words in one}

    def entry(self, layer: str, code: str) -> list[str]:
        """Look and colour of an area: ["fill", "#…"] or ["hatch", "#…"]."""
        return self._layer(layer, code)["entries"][self._cell(layer, code)[0]]

    def _said(self, at: int) -> str:
        """A text of the map in the language of this reader; one that is the same in all is stored once."""
        stored = self.map["strings"][at]
        told = stored if isinstance(stored, str) else stored[self.map["languages"].index(self.language)]
        return told.replace("\N{NO-BREAK SPACE}", " ")

    def _cell(self, layer: str, code: str) -> list:
        return self._layer(layer, code)["cells"][self._level(code)["codes"].index(code)]

    def _level(self, code: str) -> dict:
        return next(one for one in self.map["levels"] if code in one["codes"])

    def _layer(self, layer: str, code: str) -> dict:
        return next(one for one in self._level(code)["layers"] if one["key"] == layer)

    def section(self, key: str):
        return self.soup.find(id=key)

    def rows(self, key: str) -> list[list[str]]:
        """Cells of a section's table, row by row, without the head."""
        body = self.section(key).find("tbody")
        return [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in body.find_all("tr")]

    @cached_property
    def findings(self) -> list[str]:
        return [one.get_text(" ", strip=True) for one in self.soup.select(".findings li")]

    @cached_property
    def footer(self) -> str:
        return self.soup.find("footer").get_text(" ", strip=True)
