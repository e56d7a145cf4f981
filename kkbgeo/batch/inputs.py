"""What the runs of a batch read, as files with checksums: told to other machines, found there, or shipped."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kkbgeo import paths
from kkbgeo.batch.fingerprint import digest_of
from kkbgeo.io import sha256
from kkbgeo.pages import kinds

if TYPE_CHECKING:
    from kkbgeo.batch.plan import Run

DATA, NOTEBOOKS = "data", "notebooks"


@dataclass(frozen=True)
class Inputs:
    """The data folder and the notebooks of a batch, by checksum.

    Attributes
    ----------
    folders : dict
        Where they lie on the machine of the batch: ``data`` and ``notebooks``, absolute.
    files : dict
        Name (``data/records/aid_events.csv``) -> SHA-256.
    """

    folders: dict[str, str]
    files: dict[str, str]

    @classmethod
    def of(cls, runs: Iterable[Run]) -> Inputs:
        """Return what the runs of a plan read: their notebooks, which lie in one folder, and all that declare pages."""
        notebooks = sorted({run.notebook.absolute() for run in runs})
        declared = {one.notebook.absolute() for one in kinds()}
        notebooks += sorted(one for one in declared - set(notebooks) if one.parent == notebooks[0].parent)
        folders = {DATA: str(Path(paths.data_root()).absolute()), NOTEBOOKS: str(notebooks[0].parent)}
        return cls(folders, _files(folders, [path.name for path in notebooks]))

    @property
    def digest(self) -> str:
        """One checksum over all of it."""
        return digest_of(self.files)

    def found(self) -> bool:
        """Tell whether this machine sees the very same files in the same folders, as on a shared disk."""
        try:
            names = [name.partition("/")[2] for name in self.files if name.startswith(f"{NOTEBOOKS}/")]
            return _files(self.folders, names) == self.files
        except OSError:
            return False

    def packed(self) -> bytes:
        """Return all files in one archive."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for name in self.files:
                top, _, rest = name.partition("/")
                archive.write(Path(self.folders[top]) / rest, name)
        return packed.getvalue()

    def unpacked_at(self, folder: Path) -> dict[str, str] | None:
        """Return the folders of a copy that was unpacked below `folder`, or None."""
        place = folder / self.digest
        return {top: str(place / top) for top in (DATA, NOTEBOOKS)} if place.is_dir() else None

    def unpack(self, packed: bytes, folder: Path) -> None:
        """Unpack below `folder`; others see the whole copy or none."""
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".") as aside:
            unpack(packed, Path(aside) / self.digest)
            if not (folder / self.digest).exists():
                (Path(aside) / self.digest).rename(folder / self.digest)


def pack(folder: Path, names: Iterable[str]) -> bytes:
    """Return files of a folder, and all below folders of it, in one archive; what is not there is left out.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "a.txt").write_text("a")
    ...     packed = pack(Path(folder), ["a.txt", "b.txt"])
    ...     unpack(packed, Path(folder, "copy"))
    ...     sorted(path.name for path in Path(folder, "copy").iterdir())
    ['a.txt']
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in names:
            start = folder / name
            for path in sorted(start.rglob("*")) if start.is_dir() else [start]:
                if path.is_file():
                    archive.write(path, path.relative_to(folder).as_posix())
    return packed.getvalue()


def unpack(packed: bytes, folder: Path) -> None:
    """Write the files of an archive below a folder; no name leads out of it."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(folder)


def _files(folders: dict[str, str], notebooks: list[str]) -> dict[str, str]:
    found = {f"{NOTEBOOKS}/{name}": sha256(Path(folders[NOTEBOOKS]) / name) for name in notebooks}
    top = folders[DATA]
    for folder, below, names in os.walk(top):
        below[:] = [name for name in below if not name.startswith(".")]
        for name in names:
            if not name.startswith("."):
                path = Path(folder) / name
                found[f"{DATA}/{path.relative_to(top).as_posix()}"] = sha256(path)
    return dict(sorted(found.items()))
