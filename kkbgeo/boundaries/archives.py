"""Unpack a zip file that somebody sent: nothing outside its folder, nothing endless, nothing hidden."""

from __future__ import annotations

import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from kkbgeo.errors import BoundaryError

#: Files in one archive; a File Geodatabase of the country has some hundred.
MOST_FILES = 2_000
#: Bytes of an archive once unpacked.
MOST_BYTES = 4 * 1024**3
#: An archive larger than `SMALL` unpacked may not shrink by more than this; text of coordinates shrinks by 4 to 30.
MOST_RATIO = 200
SMALL = 50 * 1024**2
_NESTED = {".zip", ".kmz", ".7z", ".rar", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst"}
_CHUNK = 1024**2


def unpack(path: Path, folder: Path) -> list[Path]:
    """Unpack the zip file `path` into `folder` and return the files, sorted.

    Raises
    ------
    BoundaryError
        A broken or encrypted archive, a name that leads outside the folder, a link, an archive inside the archive,
        too many files, or more bytes than were declared or allowed.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = _checked(path, archive)
            free = shutil.disk_usage(folder).free
            if sum(one.file_size for one in members) > free // 2:
                raise BoundaryError(
                    f"{path.name} needs more room than this disk has to unpack it ({free // 1024**2} MB free).",
                    hint="Make room, or set TMPDIR to a folder on a larger disk.",
                    path=str(path),
                )
            return sorted(_write(path, archive, one, folder) for one in members)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as broken:
        raise BoundaryError(
            f"{path.name} is a damaged zip file: {broken}.",
            hint="Download or copy it again; the first attempt was probably cut off.",
            path=str(path),
        ) from None


def _checked(path: Path, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    listed = archive.infolist()
    if len(listed) > MOST_FILES:
        raise _refused(path, f"holds {len(listed)} files", f"At most {MOST_FILES}; pack only the boundaries.")
    members, seen = [], set()
    for one in listed:
        name = one.filename.replace("\\", "/")
        place = PurePosixPath(name)
        if place.is_absolute() or ".." in place.parts or (place.parts and ":" in place.parts[0]) or "\0" in name:
            raise _refused(path, f"holds a name that leads outside its folder: {one.filename!r}", value=one.filename)
        if stat.S_ISLNK(one.external_attr >> 16):
            raise _refused(path, f"holds a link, {one.filename!r}", value=one.filename)
        if one.is_dir() or place.parts[0] == "__MACOSX" or place.name.startswith("."):
            continue
        if place.suffix.lower() in _NESTED:
            raise _refused(
                path, f"holds another archive, {one.filename!r}", "Unpack it and import the inner file.", one.filename
            )
        if one.flag_bits & 1:
            raise _refused(path, "is locked with a password", "Unpack it yourself and import the files inside.")
        if name.lower() in seen:
            raise _refused(path, f"holds {one.filename!r} twice", value=one.filename)
        seen.add(name.lower())
        members.append(one)
    size = sum(one.file_size for one in members)
    packed = max(1, sum(one.compress_size for one in members))
    if size > MOST_BYTES or (size > SMALL and size / packed > MOST_RATIO):
        raise _refused(path, f"swells from {packed // 1024} kB to {size // 1024**2} MB when unpacked")
    return members


def _write(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> Path:
    target = folder.joinpath(*PurePosixPath(member.filename.replace("\\", "/")).parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(member) as source, target.open("xb") as out:
        while block := source.read(_CHUNK):
            written += len(block)
            if written > member.file_size:  # the directory of an archive can lie
                raise _refused(path, f"holds more of {member.filename!r} than it declares", value=member.filename)
            out.write(block)
    return target


def _refused(path: Path, why: str, hint: str = "", value: str = "") -> BoundaryError:
    return BoundaryError(
        f"{path.name} {why}; it is not opened.",
        hint=hint or "Ask for the file again, from somebody you trust, or unpack it yourself and look inside.",
        path=str(path),
        value=value,
    )
