"""Tiny atlases for the tests of the batch: quick notebooks, a copied data folder, pages that cost nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

from kkbgeo import paths
from kkbgeo.batch.plan import Run
from kkbgeo.pages import kinds, registry
from kkbgeo.provenance import record_path, seal

SVG = '<svg viewBox="0 0 1 1"></svg>'
# What a notebook of the atlas leaves behind, without a map.
SAVE = """
import json, pathlib
def save(code, level, html="page"):
    folder = pathlib.Path(out)
    path = f"{code}.html" if level == "island" else f"{level}/{code}-x.html"
    for name, text in ((path, html), (f"meta/{code}.json", json.dumps({
        "title": code, "code": code, "level": level, "as_of": "2025", "path": path, "findings": ["x"],
        "thumbnail": '<svg viewBox="0 0 1 1"></svg>'}))):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
"""
DRIVER = (
    "import os, pathlib; from kkbgeo import paths;"
    "paths.notebooks_root = lambda: pathlib.Path(os.environ['TINY_NOTEBOOKS']);"
    "from kkbgeo.cli import main; main()"
)


def notebook(path: Path, source: str, parameters: str = "regency = ''\nout = ''", declared: dict | None = None) -> Path:
    """Write a notebook of a parameters cell and one more, and the declaration of a page, if it makes one."""
    metadata = {"kernelspec": {"name": "python3", "display_name": "p", "language": "python"}}
    book = nbformat.v4.new_notebook(metadata=metadata | ({registry.KEY: declared} if declared else {}))
    book.cells = [
        nbformat.v4.new_markdown_cell("# A notebook"),
        nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(source),
    ]
    for number, cell in enumerate(book.cells):
        cell["id"] = f"cell-{number}"
    nbformat.write(book, path)
    return path


def tiny_notebooks(folder: Path, *, regency: str = "", province: str = "", island: str = "") -> Path:
    """Write the notebooks of an atlas; each saves a page after the code given."""
    folder.mkdir(exist_ok=True)
    common = "as_of = ''\nlanguage = 'id'\nbriefs = 'yes'\nout = ''"
    own = {"regency": regency, "province": province, "island": island}
    for one in kinds():
        code = {"regency": "regency", "province": "province", "island": "'kalimantan'"}.get(one.level, repr(one.id))
        level = one.level if one.level in own else "island"
        parameters = f"{level} = ''\n{common}" if level != "island" else common
        source = f"{SAVE}\n{own.get(one.level, '')}\nsave({code}, {level!r})"
        told = json.loads(one.notebook.read_text(encoding="utf-8"))["metadata"][registry.KEY]
        notebook(folder / one.notebook.name, source, parameters, told)
    return folder


def fake_execute(run: Run, aside: Path, limit: float) -> str:  # noqa: ARG001
    """Stand for a notebook run: save a page at once."""
    path = f"{run.code}.html" if run.level == "island" else f"{run.level}/{run.code}-x.html"
    entry = {"title": run.name, "code": run.code, "level": run.level, "as_of": "2025", "path": path,
             "findings": ["x"], "thumbnail": SVG}  # fmt: skip
    for name, text in ((path, f"page {run.code}"), (f"meta/{run.code}.json", json.dumps(entry))):
        target = aside / "atlas" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return ""


def fake_with_twins(run: Run, aside: Path, limit: float) -> str:
    """Stand for a notebook run that leaves a picture and a PDF beside the page."""
    fake_execute(run, aside, limit)
    page = next((aside / "atlas").rglob("*.html"))
    for kind in ("pdf", "png"):
        page.with_suffix(f".{kind}").write_bytes(f"{kind} of {run.code}".encode())
    return ""


def command(notebooks: Path, *words: str) -> tuple[list[str], dict[str, str]]:
    """Return the command line and environment of ``kkbgeo`` over other notebooks."""
    return [sys.executable, "-c", DRIVER, *words], {**os.environ, "TINY_NOTEBOOKS": str(notebooks)}


def call(notebooks: Path, *words: str) -> subprocess.CompletedProcess:
    """Run ``kkbgeo`` over other notebooks."""
    line, env = command(notebooks, *words)
    return subprocess.run(line, env=env, capture_output=True, text=True, timeout=300, check=False)


def copied_data(folder: Path) -> Path:
    """Copy the data folder."""
    return Path(shutil.copytree(paths.data_root(), folder))


def edit(path: Path, change) -> None:
    """Change the rows of a CSV file (list of dict) and seal it again."""
    import csv

    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    heads = list(rows[0])
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, heads, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    if record_path(path).exists():
        seal(path)
