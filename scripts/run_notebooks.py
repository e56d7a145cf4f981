"""Run the notebooks in place and store what they print; maps are drawn but not stored.

The stored numbers are what ``pytest --nbval`` compares with, so read the difference before you commit.
Run: ``python scripts/run_notebooks.py``
"""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def main() -> None:
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        book = nbformat.read(path, as_version=4)
        NotebookClient(book, timeout=600, resources={"metadata": {"path": str(NOTEBOOKS)}}).execute()
        for cell in book.cells:
            cell.metadata.pop("execution", None)
            if cell.cell_type == "code" and "nbval-ignore-output" in cell.metadata.get("tags", []):
                cell.outputs = []
        book.metadata["language_info"] = {"name": "python"}
        nbformat.write(book, path)
        print(f"{path.name}: {sum(cell.cell_type == 'code' for cell in book.cells)} cells")


if __name__ == "__main__":
    main()
