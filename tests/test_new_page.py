"""A page of analysis with texts of its own is four files; plan, index, links and staleness know it by declaration."""

from __future__ import annotations

import json
import re

import nbformat
import pytest
from batchkit import copied_data, edit
from checkoutkit import Checkout

from kkbgeo import paths
from kkbgeo.errors import BatchError
from kkbgeo.pages import analyses, kind_of, kinds
from kkbgeo.pages.registry import KEY

ID = "luas-wilayah"
NOTEBOOK = "08_area_of_regencies.ipynb"
TOUCHED = {
    f"notebooks/{NOTEBOOK}", "kkbgeo/patterns/sizes_page.py", "kkbgeo/messages/sizes.toml",
    "kkbgeo/patterns/__init__.py",
}  # fmt: skip
DECLARED = {
    "id": ID,
    "title": {"id": "Luas wilayah", "en": "Size of regencies"},
    "level": "analysis",
    "order": 8,
    "draws_from": ["population_area"],
    "boundaries": ["regency"],
    "budget": 300_000,
    "brief": {"beside": ["largest"], "below": []},
}
MODULE = '''"""The largest regencies."""

from __future__ import annotations

from kkbgeo.language import Text
from kkbgeo.patterns.frame import analysis_page, finish, newest_of, sources_of
from kkbgeo.profiles.pages import Section, table_map
from kkbgeo.profiles.ways import named


def size_page(wb, **parameters):
    """Return the page of the largest regencies."""
    import pandas as pd

    table = wb.table("regency", ["area_official"])
    page = analysis_page(wb, "luas-wilayah", Text("sizes.title"), as_of=newest_of(table.cells))
    largest = table.frame.sort_values("area_official", ascending=False).head(3)
    page.findings([Text("sizes.largest", name=wb.gazetteer.label(largest.index[0]))])
    rows = [(named(wb, code), Text("sizes.rank", rank=rank)) for rank, code in enumerate(largest.index, 1)]
    shown = pd.DataFrame(rows, columns=[Text("sizes.name"), Text("sizes.order")], dtype=object)
    page.show("largest", Section(shown, Text("sizes.heading")))
    page.show("regencies", table_map(wb, table, ["area_official"]))
    finish(wb, page, sources_of(table.cells), **parameters)
    return page
'''
TEXTS = """title = { id = "Luas wilayah", en = "Size of regencies" }
largest = { id = "Yang terluas: {name}.", en = "The largest: {name}." }
rank = { id = "urutan {rank}", en = "number {rank}" }
name = { id = "Kabupaten/kota", en = "Regency" }
order = { id = "Urutan", en = "Order" }
heading = { id = "Tiga terluas", en = "The three largest" }
"""
CELLS = (
    """as_of = ""  # leave out records dated later
language = "id"  # language of the page
boundaries = ""  # set of boundaries to draw
briefs = "yes"  # also a picture and a one-page PDF
out = ""  # folder to save the page in""",
    """import kkbgeo

kkbgeo.check_parameters(["as_of", "language", "boundaries", "briefs", "out"])
wb = kkbgeo.Workbench(as_of=as_of, language=language, boundaries=boundaries)""",
    """page = kkbgeo.patterns.size_page(wb, as_of=as_of, boundaries=boundaries)
if out:
    print(kkbgeo.profiles.save(page, out, briefs=briefs).name)""",
)


def write_notebook(path, declared) -> None:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = nbformat.v4.new_notebook(metadata={"kernelspec": kernel, KEY: declared})
    book.cells = [
        nbformat.v4.new_code_cell(source, id=f"cell-{number}", metadata={"tags": tags})
        for number, (source, tags) in enumerate(zip(CELLS, (["parameters"], [], ["recipe"]), strict=True))
    ]
    nbformat.write(book, path)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of the checkout with four files more or changed."""
    made = Checkout(tmp_path_factory.mktemp("checkout"))
    write_notebook(made.folder / "notebooks" / NOTEBOOK, DECLARED)
    made.write("kkbgeo/patterns/sizes_page.py", MODULE)
    made.write("kkbgeo/messages/sizes.toml", TEXTS)
    made.replace("kkbgeo/patterns/__init__.py", "_HOMES = {\n", '_HOMES = {\n    "size_page": "sizes_page",\n')
    return made


@pytest.fixture(scope="module")
def out(checkout):
    """An atlas of the new page and one regency."""
    folder = checkout.folder / "atlas"
    done = checkout.kkbgeo("atlas", "--only", ID, "--only", "63.11", "--jobs", "1", "--out", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_it_is_four_files(checkout):
    assert checkout.touched == TOUCHED


def test_it_is_in_the_plan_of_the_whole_atlas(checkout, out):
    told = checkout.kkbgeo("atlas", "--dry-run", "--out", str(out.parent / "other")).stdout
    assert re.search(rf"^{ID} +Luas wilayah ", told, re.MULTILINE)
    assert "66 of 66 pages would be built" in told


def test_it_is_built_in_both_languages_within_its_budget_with_its_picture_and_its_brief(out):
    html = (out / f"{ID}.html").read_text(encoding="utf-8")
    assert "Tiga terluas" in html and "The three largest" in html
    assert len(html.encode()) <= DECLARED["budget"]
    assert (out / f"{ID}.pdf").read_bytes().startswith(b"%PDF") and (out / f"{ID}.png").is_file()


def test_the_index_lists_it_and_it_links_to_the_pages_of_areas_and_of_the_whole(out):
    index = (out / "index.html").read_text(encoding="utf-8")
    group = index.split('<section data-group="analyses">')[1].split("</section>")[0]
    assert f'href="{ID}.html#' in group and "Size of regencies" in group
    html = (out / f"{ID}.html").read_text(encoding="utf-8")
    assert 'href="kalimantan.html' in html and re.search(r'href="regency/\d\d\.\d\d-[a-z-]+\.html', html)


def test_it_is_built_again_for_the_table_it_draws_from_and_for_no_other(checkout, out, tmp_path):
    def due(data) -> set[str]:
        told = checkout.kkbgeo("atlas", "--only", ID, "--only", "63.11", "--dry-run", "--out", str(out), data=data)
        assert told.returncode == 0, told.stderr
        return {line.split()[0] for line in told.stdout.splitlines()[:-1]}

    assert due(None) == set()
    data = copied_data(tmp_path / "data")

    def more(column):
        def change(rows):
            row = next(one for one in rows if one["code"] == "63.11" and one[column])
            row[column] = str(float(row[column]) + 1)

        return change

    edit(data / "records" / "prevalence.csv", more("prevalence_percent"))
    assert due(data) == {"63.11"}
    edit(data / "records" / "population_area.csv", more("area_km2"))
    assert due(data) == {ID, "63.11"}


def test_a_changed_declaration_makes_its_page_stale_and_no_other(checkout, out):
    path = checkout.folder / "notebooks" / NOTEBOOK
    before = path.read_bytes()
    write_notebook(path, DECLARED | {"budget": 299_999})
    try:
        told = checkout.kkbgeo("atlas", "--only", ID, "--only", "63.11", "--dry-run", "--out", str(out)).stdout
        assert "its notebook changed" in told and "1 of 2 pages would be built" in told
    finally:
        path.write_bytes(before)


def test_the_notebooks_of_another_folder_are_an_atlas_of_their_own(tmp_path, monkeypatch):
    write_notebook(tmp_path / NOTEBOOK, DECLARED)
    monkeypatch.setenv("KKBGEO_NOTEBOOKS", str(tmp_path))
    assert [one.id for one in kinds()] == list(analyses()) == [ID]
    assert kind_of("63.11", "regency") is None and kind_of(ID, "analysis").has_brief


WRONG = {
    "level": ("village", "regency, province, island, analysis"),
    "id": ("Luas Wilayah", "Small letters"),
    "title": ({"id": "Luas"}, "both languages"),
    "order": ("8", "whole number"),
    "draws_from": (["population"], "population_area"),
    "boundaries": (["country"], "province, regency"),
    "budget": (0, "bytes"),
    "brief": (True, "beside"),
    "briefs": (False, "Keys: "),
}


@pytest.mark.parametrize("key", WRONG)
def test_a_wrong_declaration_is_one_sentence_that_names_file_key_value_and_remedy(key, tmp_path, monkeypatch):
    value, remedy = WRONG[key]
    write_notebook(tmp_path / NOTEBOOK, DECLARED | {key: value})
    monkeypatch.setattr(paths, "notebooks_root", lambda: tmp_path)
    with pytest.raises(BatchError) as caught:
        kinds()
    said = caught.value
    assert NOTEBOOK in said.message and key in said.message and "\n" not in said.message
    assert remedy in said.hint and said.fields["key"] == key
    assert json.dumps(said.fields["value"]) in (
        json.dumps(value),
        json.dumps(value[0] if isinstance(value, list) else 0),
    )


@pytest.mark.parametrize("key", sorted(DECLARED))
def test_what_a_declaration_leaves_out_is_named(key, tmp_path, monkeypatch):
    write_notebook(tmp_path / NOTEBOOK, {one: told for one, told in DECLARED.items() if one != key})
    monkeypatch.setattr(paths, "notebooks_root", lambda: tmp_path)
    with pytest.raises(BatchError, match=f"{NOTEBOOK}.*{key!r}"):
        kinds()


def test_two_notebooks_of_one_page_are_refused(tmp_path, monkeypatch):
    for name in (NOTEBOOK, "09_again.ipynb"):
        write_notebook(tmp_path / name, DECLARED)
    monkeypatch.setattr(paths, "notebooks_root", lambda: tmp_path)
    with pytest.raises(BatchError, match=r"09_again.*luas-wilayah") as caught:
        kinds()
    assert NOTEBOOK in caught.value.hint
