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


def block_id(number: int) -> str:
    """Return the id of everything that belongs to one map: tools, map, legend and data."""
    return f"kkbgeo-{number}"


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
            "kkbgeo.wake(function () { return window.{{ name }} = L.map({{ name|tojson }}, {center: "
            "{{ this.location|tojson }}, crs: L.CRS.{{ this.crs }}, ...{{ this.options|tojavascript }}}); }, "
            "{{ data_id|tojson }}, {{ block_id|tojson }});"
        )

        def get_name(self) -> str:
            return map_name(getattr(self, "number", 1))

        def render(self, **kwargs: Any) -> None:
            root, name = self.get_root(), self.get_name()
            # The library stands in the head, so that it is there before whoever calls it.
            wake = f"{document.library_block()}<script>{document.asset('map/wake.js')}</script>"
            root.header.add_child(Text(f"<style>{document.asset('page.css')}</style>{wake}"), name="kkbgeo")
            root.html.add_child(Text(self.area_map._fragment(self.number)), name="kkbgeo")
            blocks = {"data_id": data_id(self.number), "block_id": block_id(self.number)}
            start = " ".join(self._start.render(this=self, name=name, **blocks).split())
            root.script.add_child(Text(start), name="kkbgeo")
            for child in self._children.values():
                child.render(**kwargs)

    return OfflineMap
