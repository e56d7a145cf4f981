"""The `folium.Map` that asks the network for nothing, and prints text as text."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

from kkbgeo.maps import document

_DATA_ID = "kkbgeo-map-data"


def map_name(number: int) -> str:
    """Return the id of the map's box, and the name of its variable in the script."""
    return f"map_kkbgeo{number}"


def data_id(number: int) -> str:
    """Return the id of the data block: ``kkbgeo-map-data`` for the first map of a page."""
    return _DATA_ID if number == 1 else f"{_DATA_ID}-{number}"


@cache
def offline_map() -> type:
    """Return the subclass of `folium.Map`; folium is slow to import, so only once a map is drawn."""
    import folium
    from branca.element import Element
    from folium.template import Template

    class Text(Element):
        """Text that is printed as it is.

        branca compiles what an element prints as a jinja template *again*: a village called ``{{ 7*7 }}`` would be
        computed. Handed over as a value it stays text.
        """

        _template = Template("{{ this.text }}")

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class OfflineMap(folium.Map):
        default_js: ClassVar[list] = []
        default_css: ClassVar[list] = []
        _start = Template(
            "var {{ name }} = L.map({{ name|tojson }}, {center: {{ this.location|tojson }}, crs: L.CRS.{{ this.crs }}, "
            "...{{ this.options|tojavascript }}});"
        )

        def get_name(self) -> str:
            return map_name(getattr(self, "number", 1))

        def render(self, **kwargs: Any) -> None:
            root, name = self.get_root(), self.get_name()
            library = document.leaflet()
            style = library.style + document.asset("page.css")
            script = library.script + "\n" + document.asset("map.js")
            root.header.add_child(Text(f"<style>{style}</style><script>{script}</script>"), name="kkbgeo")
            root.html.add_child(Text(self.area_map._fragment(self.number)), name="kkbgeo")
            start = " ".join(self._start.render(this=self, name=name).split())
            root.script.add_child(
                Text(f'{start}\nkkbgeoMap({name}, "{data_id(self.number)}", "kkbgeo-{self.number}");'), name="kkbgeo"
            )
            for child in self._children.values():
                child.render(**kwargs)

    return OfflineMap
