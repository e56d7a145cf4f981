"""What every page reads and compiles first, done once in a process that others are forked from."""

from __future__ import annotations

from kkbgeo import language
from kkbgeo.maps import document
from kkbgeo.maps.offline import offline_map
from kkbgeo.measures import load_catalogue


def make_ready() -> None:
    """Read texts and catalogue, compile the templates, put Leaflet, styles and scripts in order.

    Nothing of any data is read. A template that changes later is compiled again.

    Examples
    --------
    >>> make_ready()
    >>> document.asset.cache_info().currsize > 0
    True
    """
    language.catalogue()
    load_catalogue()
    made = document.environment()
    for name in made.list_templates(extensions=["j2"]):
        made.get_template(name)
    document.leaflet()
    for path in sorted(document.TEMPLATES.glob("*.[cj]s*")):
        document.asset(path.name)
    offline_map()
