"""What a file is, told from its first bytes: names and suffixes of files that come by mail are not trusted."""

from __future__ import annotations

import codecs
import re

#: How many bytes of a file `of` needs.
HEAD = 64 * 1024
#: First bytes and what they are the signature of.
_SIGNATURES = (
    (b"PK\x03\x04", "ZIP"),
    (b"PK\x05\x06", "ZIP"),  # an empty one
    (b"PK\x07\x08", "ZIP"),  # one of several volumes
    (b"\xd0\xcf\x11\xe0", "OLE"),  # Office before 2007, and any locked with a password
    (b"SQLite format 3\0", "SQLite"),
    (b"PAR1", "Parquet"),
    (b"fgb\x03", "FlatGeobuf"),
    (b"\x00\x00\x27\x0a", "Shapefile"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"\x1f\x8b", "gzip"),
    (b"{\\rtf", "RTF"),
    (b"version https://git-lfs", "git LFS"),  # a pointer to a file that is kept elsewhere
)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_HTML = re.compile(rb"<(!doctype html|html|head|body|table|meta)\b", re.IGNORECASE)
#: A declaration, or a tag with an attribute or another tag after it: a heading in angle brackets is none.
_XML = re.compile(rb"<(\?xml|!doctype|[a-z][\w:.-]*(\s+[\w:.-]+\s*=|\s*/?>\s*<))", re.IGNORECASE)


def of(head: bytes) -> str:
    """Return the type of a file from its first bytes.

    Parameters
    ----------
    head : bytes
        The first `HEAD` bytes, or all there are.

    Returns
    -------
    str
        ``ZIP``, ``OLE``, ``PDF`` …; of texts ``HTML``, ``XML``, ``JSON`` or ``text``; "" where nothing is known.

    Examples
    --------
    >>> of(b"%PDF-1.7"), of(b"<!DOCTYPE html>"), of(b"kode,nama"), of(bytes(8))
    ('PDF', 'HTML', 'text', '')
    """
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            return name
    text = as_text(head)
    if text is None:
        return ""
    start = text.lstrip()
    if _HTML.match(start) or (start.startswith(b"<") and b"<body" in start[:4096].lower()):
        return "HTML"
    if _XML.match(start):
        return "XML"
    return "JSON" if start.startswith((b"{", b"[")) else "text"


def as_text(head: bytes) -> bytes | None:
    """Return the first bytes of a text as UTF-8; None where they are no text.

    Examples
    --------
    >>> as_text("é".encode("utf-16")).decode(), as_text(bytes(4)) is None
    ('é', True)
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return head[: len(head) // 2 * 2].decode(encoding, "replace").encode()
    return None if b"\0" in head else head
