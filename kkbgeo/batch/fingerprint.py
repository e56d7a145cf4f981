"""Everything that can change a page, as named hashes: equal fingerprints mean equal pages."""

from __future__ import annotations

import json
import platform
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from kkbgeo import paths
from kkbgeo.io import sha256
from kkbgeo.pages.registry import KEY

if TYPE_CHECKING:
    from kkbgeo.batch.plan import Run
    from kkbgeo.profiles.inputs import PageInputs

#: What draws, computes or runs a page; another version of one may give another page.
LIBRARIES = (
    "Babel", "branca", "folium", "font-source-sans-pro", "geopandas", "ipykernel", "Jinja2", "libpysal", "MarkupSafe",
    "matplotlib", "nbclient", "nbformat", "numpy", "pandas", "papermill", "pillow", "pyarrow", "pyogrio",
    "pyproj", "rapidfuzz", "reportlab", "scipy", "shapely", "XStatic-Leaflet",
)  # fmt: skip
CATALOGUE = "measures/catalogue.toml"
_CODE = {".py", ".toml", ".j2", ".css", ".js", ".html"}
#: Texts of the data folder that no page shows.
_NOT_SHOWN = {".md"}


def digest(content: bytes) -> str:
    """Return the first 16 hex digits of the SHA-256 of `content`.

    Examples
    --------
    >>> digest(b"")
    'e3b0c44298fc1c14'
    """
    return sha256(content)[:16]


def digest_of(value: object) -> str:
    """Return the digest of a JSON value, whatever the order of its keys."""
    return digest(json.dumps(value, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass"))


@dataclass(frozen=True)
class Surroundings:
    """What all pages of a batch share; read from disk once, without importing any library.

    Parameters
    ----------
    data : Path
        The data folder.
    as_of, language, boundaries : str
        As asked for.
    briefs : bool
        Whether pages have a picture and a PDF beside them.
    """

    data: Path
    as_of: str
    language: str
    boundaries: str = ""
    briefs: bool = True

    @cached_property
    def code(self) -> dict[str, str]:
        """Files of the package that make pages: path -> digest."""
        files = sorted(path for path in paths.PACKAGE.rglob("*") if path.suffix in _CODE and path.is_file())
        named = {path.relative_to(paths.PACKAGE).as_posix(): path for path in files}
        return {name: digest(path.read_bytes()) for name, path in named.items() if name != CATALOGUE}

    @cached_property
    def catalogue(self) -> str:
        """Digest of the catalogue of indicators."""
        return digest((paths.PACKAGE / CATALOGUE).read_bytes())

    @cached_property
    def libraries(self) -> dict[str, str]:
        """Version of each library, and of Python."""
        return {"Python": platform.python_version(), **{name: _version(name) for name in LIBRARIES}}

    @cached_property
    def notebooks(self) -> dict[str, str]:
        """Digest of what runs of each notebook: name -> digest."""
        return {path.name: notebook_digest(path) for path in sorted(paths.notebooks_root().glob("*.ipynb"))}

    @cached_property
    def world(self) -> str:
        """One digest over all of it and every data file: equal to the last batch's, nothing can have changed."""
        data = {
            path.relative_to(self.data).as_posix(): digest(path.read_bytes())
            for path in sorted(self.data.rglob("*"))
            if path.is_file() and path.suffix not in _NOT_SHOWN and not path.name.startswith(".")
        }
        asked = [self.as_of, self.language, self.boundaries, self.briefs]
        return digest_of([data, self.code, self.catalogue, self.libraries, self.notebooks, *asked])

    def fingerprint(self, run: Run, inputs: PageInputs) -> dict[str, str]:
        """Return the parts of a page's fingerprint, by name."""
        given = {name: value for name, value in run.parameters.items() if name != "language"}
        return {
            **inputs.parts,
            "catalogue": self.catalogue,
            "notebook": self.notebooks[run.notebook.name],
            "code": digest_of(self.code),
            "libraries": digest_of(self.libraries),
            "parameters": digest_of(given),
            "language": run.parameters.get("language", ""),
        }


def notebook_digest(path: Path) -> str:
    """Return the digest of what makes the page: code, tags, kernel, and the declaration of the page.

    Texts and stored outputs do not count.
    """
    book = json.loads(path.read_text(encoding="utf-8"))
    about = book.get("metadata", {})
    cells = [
        ["".join(cell["source"]), sorted(cell.get("metadata", {}).get("tags", []))]
        for cell in book["cells"]
        if cell["cell_type"] == "code"
    ]
    return digest_of([path.name, cells, about.get("kernelspec", {}).get("name", ""), about.get(KEY)])


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "absent"
