"""Types of files by their first bytes."""

from __future__ import annotations

import pytest

from kkbgeo import file_type
from kkbgeo.boundaries import files
from kkbgeo.errors import BoundaryError, IntakeError
from kkbgeo.intake import opening


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"PK\x03\x04....", "ZIP"), (b"PK\x05\x06", "ZIP"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE"),
        (b"SQLite format 3\0....", "SQLite"), (b"II*\0\x08", "TIFF"), (b"{\\rtf1", "RTF"), (b"", "text"),
        (b'\xef\xbb\xbf {"a": 1}', "JSON"), ('{"a": 1}'.encode("utf-16"), "JSON"), (b"a\0b", ""),
        (b"\n<HTML>", "HTML"), (b"<?xml version='1.0'?><html><body>", "HTML"), ("<html>".encode("utf-16"), "HTML"),
        (b"<?xml version='1.0'?><kml>", "XML"), (b"<kml xmlns='x'>", "XML"), (b"<kml>\n<Document>", "XML"),
        (b"<5 tahun,jumlah\n1,2\n", "text"), (b"<nama>;<kode>\n", "text"), (b"version https://git-lfs", "git LFS"),
    ],
)  # fmt: skip
def test_a_file_is_what_its_first_bytes_say(head, found):
    assert file_type.of(head) == found


@pytest.mark.parametrize("head", [b"%PDF-1.7", b"\x89PNG\r\n", b"MM\0*", b"Rar!\x1a", b"7z\xbc\xaf'", b"\x1f\x8b\x08",
                                  b"version https://git-lfs.github.com/spec/v1\n"])  # fmt: skip
def test_both_rooms_say_what_it_is(tmp_path, head):
    for name, reads, error in (("a.csv", opening.format_of, IntakeError), ("a.gpkg", files.identified, BoundaryError)):
        (tmp_path / name).write_bytes(head + b" " * 100)
        with pytest.raises(error) as caught:
            reads(tmp_path / name)
        assert file_type.of(head) in str(caught.value)
