"""A local server that plays the publishers of boundaries, in the shapes of their answers, and misbehaves when told."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from kkbgeo.boundaries.providers import PROVIDERS, Provider

WEB_PAGE = b"<!DOCTYPE html><html><body>Please sign in</body></html>"


def squares(count: int, start: int = 0) -> list[dict]:
    """Return features in a row, each a square with the columns of BIG."""
    made = []
    for at in range(start, start + count):
        west = 110 + at * 0.1
        ring = [[west, 0], [west + 0.1, 0], [west + 0.1, 0.1], [west, 0.1], [west, 0]]
        properties = {"OBJECTID": at + 1, "KDPPUM": "61", "KDEPUM": f"61.01.01.{2001 + at}", "WADMKD": f"Desa {at}",
                      "METADATA": "TASWIL1000020260612DESAKEL_AR"}  # fmt: skip
        geometry = {"type": "Polygon", "coordinates": [ring]}
        made.append({"type": "Feature", "id": at + 1, "properties": properties, "geometry": geometry})
    return made


@dataclass
class Publishers:
    """The server: what it has, what it was asked, and how it misbehaves.

    Attributes
    ----------
    files : dict of str to bytes
        What it has, by path.
    faults : dict of str to list
        By path, what to do instead, one per request: ``("status", 503)`` or with its ``Retry-After``,
        ``("cut", 1000)`` (bytes, then silence), ``("slow", seconds per 1000 bytes)``, ``("drip", seconds per byte)``,
        ``("page",)`` (a web page), ``("to", address)``, ``("bytes", content)``.
    asked : list
        Method, path with query, and the Range of each request.
    """

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    faults: dict[str, list] = field(default_factory=lambda: defaultdict(list))
    asked: list[tuple[str, str]] = field(default_factory=list)
    villages: list[dict] = field(default_factory=lambda: squares(450))
    served_page: int = 1000

    def provider(self, name: str, **changes) -> Provider:
        """Return a provider whose addresses are this server's."""
        api = {"geoboundaries": "/api/current/gbOpen/IDN/", "cod-ab": "/api/3/action/", "big": "/BATASWILAYAH/"}[name]
        return replace(PROVIDERS[name], api=self.address + api, places=(self.address + "/",), **changes)

    def has_geoboundaries(self, content: bytes, path: str = "/wm/geoBoundaries-IDN-ADM2.geojson") -> None:
        """Play the API of geoBoundaries, level ADM2."""
        self.files[path] = content
        self.files["/api/current/gbOpen/IDN/ADM2/"] = json.dumps(
            {
                "boundaryID": "IDN-ADM2-1", "boundaryName": "Indonesia", "boundaryISO": "IDN",
                "boundaryYearRepresented": "2020", "boundaryType": "ADM2", "boundaryCanonical": "Regencies",
                "boundarySource": "BPS, OCHA ROAP", "boundaryLicense": "CC BY 3.0 IGO",
                "licenseDetail": "nan", "licenseSource": "data.humdata.org/dataset/cod-ab-idn",
                "boundarySourceURL": "data.humdata.org", "sourceDataUpdateDate": "Thu Jan 19 2023",
                "buildDate": "Dec 12, 2023", "Continent": "Asia", "admUnitCount": "519", "meanVertices": "3000",
                "staticDownloadLink": self.address + "/wm/all.zip", "gjDownloadURL": self.address + path,
                "tjDownloadURL": self.address + "/wm/x.topojson", "imagePreview": "",
                "simplifiedGeometryGeoJSON": self.address + "/wm/simplified.geojson",
            }
        ).encode()  # fmt: skip

    def has_cod_ab(self, content: bytes) -> None:
        """Play package_show of the Humanitarian Data Exchange (CKAN)."""

        def resource(name: str, kind: str) -> dict:
            return {"name": name, "format": kind, "size": len(content), "hash": "", "url_type": "upload",
                    "download_url": f"{self.address}/dataset/84a1/resource/{kind}/download/{name}"}  # fmt: skip

        resources = [
            resource("idn_admin_boundaries.xlsx", "XLSX"),
            resource("idn_admin_boundaries.shp.zip", "SHP"),
            resource("idn_admin_boundaries.gdb.zip", "Geodatabase"),
        ]
        self.files["/dataset/84a1/resource/Geodatabase/download/idn_admin_boundaries.gdb.zip"] = content
        self.files["/api/3/action/package_show"] = json.dumps(
            {
                "help": "", "success": True,
                "result": {
                    "name": "cod-ab-idn", "license_id": "cc-by-igo", "dataset_source": "Badan Pusat Statistik (BPS)",
                    "license_title": "Creative Commons Attribution for Intergovernmental Organisations (CC BY-IGO)",
                    "license_url": "http://creativecommons.org/licenses/by/3.0/igo/legalcode",
                    "dataset_date": "[2020-04-01T00:00:00 TO *]", "organization": {"title": "OCHA FISS"},
                    "resources": resources,
                },
            }
        ).encode()  # fmt: skip

    def answer(self, path: str, query: dict[str, str]) -> bytes | None:
        """Return what lies at a path; the layer of BIG answers queries."""
        layer = "/BATASWILAYAH/BATAS_DESAKEL_AR/MapServer/0"
        if path == layer:
            fields = [
                {"name": "OBJECTID", "type": "esriFieldTypeOID"},
                {"name": "KDPPUM", "type": "esriFieldTypeString"},
            ]
            return json.dumps({"currentVersion": 10.91, "id": 0, "name": "BATAS_DESAKEL_AR", "copyrightText": "BIG",
                               "geometryType": "esriGeometryPolygon", "maxRecordCount": 1000, "fields": fields,
                               "description": "edisi Juni 2026"}).encode()  # fmt: skip
        if path == layer + "/query":
            code = query["where"].rpartition(" ")[2].strip("'")
            mine = self.villages if query["where"] == "1=1" else [
                one for one in self.villages if one["properties"]["KDPPUM"] == code]  # fmt: skip
            if query.get("returnCountOnly") == "true":
                return json.dumps({"count": len(mine)}).encode()
            first, many = int(query.get("resultOffset", 0)), int(query["resultRecordCount"])
            part = mine[first : first + min(many, self.served_page)]
            if query["f"] == "json":
                return json.dumps({"features": [{"attributes": one["properties"]} for one in part]}).encode()
            more = {"exceededTransferLimit": True} if first + len(part) < len(mine) else {}
            return json.dumps({"type": "FeatureCollection", "features": part, "properties": more}).encode()
        return self.files.get(path)


def _handler(publishers: Publishers) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_words) -> None:
            pass

        def do_GET(self) -> None:
            target = urlsplit(self.path)
            publishers.asked.append((self.path, self.headers.get("Range", "")))
            waiting = publishers.faults[target.path]
            fault = waiting.pop(0) if waiting else None
            query = {name: values[0] for name, values in parse_qs(target.query).items()}
            content = publishers.answer(target.path, query)
            if fault and fault[0] == "status":
                return self.send(fault[1], b"sorry", {"Retry-After": fault[2] if len(fault) > 2 else "0"})
            if fault and fault[0] == "drip":
                return self.drip(fault[1])
            if fault and fault[0] == "to":
                return self.send(302, b"", {"Location": fault[1]})
            if fault and fault[0] == "page":
                content = WEB_PAGE
            if fault and fault[0] == "bytes":
                content = fault[1]
            if content is None:
                return self.send(404, b"not here")
            mark = f'"{hash(content)}"'
            asked, first = self.headers.get("Range", ""), 0
            if asked and self.headers.get("If-Range") == mark:
                first = int(asked.removeprefix("bytes=").rstrip("-"))
            head = {"ETag": mark}
            if first:
                head["Content-Range"] = f"bytes {first}-{len(content) - 1}/{len(content)}"
            return self.send(206 if first else 200, content[first:], head, fault)

        def drip(self, pause: float) -> None:
            self.close_connection = True
            try:
                for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Padding: yes\r\n" * 20:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(pause)
            except (BrokenPipeError, ConnectionResetError):
                pass

        def send(self, status: int, content: bytes, head: dict | None = None, fault: tuple | None = None) -> None:
            self.send_response(status)
            for name, value in (head or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if fault and fault[0] == "cut":
                self.wfile.write(content[: fault[1]])
                self.wfile.flush()
                self.close_connection = True
                return
            for at in range(0, len(content), 1000) if fault and fault[0] == "slow" else (0,):
                try:
                    self.wfile.write(content[at : at + 1000] if fault and fault[0] == "slow" else content)
                    self.wfile.flush()
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True
                    return
                if fault and fault[0] == "slow":
                    time.sleep(fault[1])

    return Handler


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, *_words) -> None:
        """Say nothing: that a reader hangs up is what some tests are about."""


def serve() -> tuple[Publishers, ThreadingHTTPServer]:
    """Start the server on a free port of this machine."""
    publishers = Publishers()
    server = _Quiet(("127.0.0.1", 0), _handler(publishers))
    publishers.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return publishers, server
