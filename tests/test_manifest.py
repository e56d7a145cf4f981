"""The plan and its manifest: each kind of change rebuilds exactly its pages, and says why."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest
from batchkit import copied_data, edit, fake_execute, fake_with_twins, tiny_notebooks

from kkbgeo import paths
from kkbgeo.batch import atlas, fingerprint
from kkbgeo.batch.atlas import Request
from kkbgeo.batch.manifest import Manifest
from kkbgeo.pages import analyses
from kkbgeo.provenance import seal


class Place:
    """One atlas folder with data, notebooks and package of its own, so that each can be changed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.data, self.out, self.notebooks, self.package = (
            root / name for name in ("data", "atlas", "notebooks", "kkbgeo")
        )

    def use(self, monkeypatch) -> Place:
        monkeypatch.setenv("KKBGEO_DATA", str(self.data))
        monkeypatch.setattr(paths, "PACKAGE", self.package)
        monkeypatch.setattr(paths, "notebooks_root", lambda: self.notebooks)
        monkeypatch.setattr("kkbgeo.batch.run.in_own_process", fake_execute)
        monkeypatch.setattr("kkbgeo.batch.run.PAUSE", 0)
        return self

    def build(self, *only: str, **options) -> int:
        return atlas.build(Request(self.out, only, **options))

    def survey(self, *only: str, **options):
        return Request(self.out, only, **options).survey(Manifest(self.out))

    def due(self, *only: str, **options) -> dict[str, dict[str, tuple[str, ...]]]:
        """Return the pages that would be built: code -> key of each reason -> the names that it is about."""
        return {one.run.code: {why.key: why.names for why in one.reasons} for one in self.survey(*only, **options).due}


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """An atlas in which every page is current."""
    place = Place(tmp_path_factory.mktemp("base"))
    copied_data(place.data)
    tiny_notebooks(place.notebooks)
    shutil.copytree(paths.PACKAGE, place.package, ignore=shutil.ignore_patterns("__pycache__"))
    with pytest.MonkeyPatch.context() as patch:
        assert place.use(patch).build() == 0
    return place


@pytest.fixture
def place(base, tmp_path, monkeypatch):
    shutil.copytree(base.root, tmp_path / "place")
    return Place(tmp_path / "place").use(monkeypatch)


def regencies(wb, *provinces: str) -> set[str]:
    return {code for code in wb.gazetteer.codes("regency") if not provinces or code[:2] in provinces}


#: The overview draws from every record, analyses from those of their tables.
WHOLE = {"kalimantan", *analyses()}
NEED, TARGETS, PATTERNS = "program-dan-kebutuhan", "kemajuan-dan-target", "pola-spasial"


def everything(wb) -> set[str]:
    return {*WHOLE, *wb.gazetteer.codes("province"), *regencies(wb)}


def first(rows: list[dict], **where: str) -> dict:
    return next(row for row in rows if all(row[key].startswith(value) for key, value in where.items()))


def change_count(place):
    def change(rows):
        first(rows, code="63.11")["note"] += "changed"

    edit(place.data / "records" / "kampung_counts.csv", change)


def add_aid(place):
    def change(rows):
        like = first(rows, code="63.71")
        rows.append({**like, "record_id": "aid-999"})

    edit(place.data / "records" / "aid_events.csv", change)


def newer_export(place):
    """The portal's figure of one regency at a later date: a map is of one date, so that no other has one then."""

    def change(rows):
        like = first(rows, code="63.71", count_kind="registered")
        rows.append({**like, "record_id": f"count-{len(rows) + 1:03d}", "as_of": "2024-01-15"})

    edit(place.data / "records" / "kampung_counts.csv", change)


def drop_kampung(place):
    def change(rows):
        rows.remove(first(rows, code="62.04"))

    edit(place.data / "records" / "kampung.csv", change)


def change_risk(place):
    def change(rows):
        rows.remove(first(rows, code="64.01"))

    edit(place.data / "records" / "at_risk_families.csv", change)


def change_area(place):
    def change(rows):
        first(rows, code="64.74")["note"] += "changed"

    edit(place.data / "records" / "population_area.csv", change)


def change_province_count(place):
    def change(rows):
        next(row for row in rows if row["code"] == "64")["note"] += "changed"

    edit(place.data / "records" / "kampung_counts.csv", change)


def change_province_prevalence(place):
    def change(rows):
        next(row for row in rows if row["code"] == "65")["note"] += "changed"

    edit(place.data / "records" / "prevalence.csv", change)


def change_medians(place):
    def change(rows):
        for row in rows:
            if row["code"].startswith("61.") and row["prevalence_percent"]:
                row["prevalence_percent"] = "1.0"

    edit(place.data / "records" / "prevalence.csv", change)


def change_notebook(place):
    path = place.notebooks / "01_regency_profile.ipynb"
    path.write_text(path.read_text().replace("import json, pathlib", "import pathlib, json"))


def change_words_of_notebook(place):
    path = place.notebooks / "01_regency_profile.ipynb"
    path.write_text(path.read_text().replace("# A notebook", "# Another heading"))


def change_code(place):
    path = place.package / "maps" / "page.py"
    path.write_text(path.read_text() + "\n# changed\n")


def change_style(place):
    path = place.package / "maps" / "templates" / "page.css"
    path.write_text(path.read_text() + "\np{}\n")


def change_catalogue(place):
    path = place.package / "measures" / "catalogue.toml"
    path.write_text(path.read_text() + "\n# changed\n")


def change_boundary(level):
    def change(place):
        import pyarrow.parquet as pq

        path = place.data / "boundaries" / "approximate-2025" / f"{level}.parquet"
        pq.write_table(pq.read_table(path), path, compression="snappy")
        seal(path)

    return change


def change_gazetteer(place):
    def change(rows):
        first(rows, code="61.01")["name"] += "x"

    edit(place.data / "reference" / "gazetteer.csv", change)


def change_readme(place):
    (place.data / "README.md").write_text("other words")


def restore_numbers(place):
    """Outputs stored in a notebook change nothing."""
    path = place.notebooks / "01_regency_profile.ipynb"
    book = json.loads(path.read_text())
    book["cells"][-1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["12"]}]
    path.write_text(json.dumps(book))


def because(key: str, *names: str):
    """Each page is built for this reason and no other."""
    return lambda why: why == {key: names}


# What changes, the pages that are built for it, and what is true of the reasons of each.
CASES = {
    "a count of a regency": (
        change_count, lambda _: {"63.11", "63", "kalimantan", TARGETS, NEED}, because("records", "kampung_counts"),
    ),
    "a new aid event": (
        add_aid, lambda _: {"63.71", "63", "kalimantan", NEED}, because("records", "aid_events"),
    ),
    "a newer export of the portal": (
        newer_export, lambda wb: everything(wb) - {PATTERNS},
        lambda why: "common" in why or why == {"records": ("kampung_counts",)},
    ),
    "a kampung less": (drop_kampung, lambda _: {"62.04", "62", *WHOLE} - {PATTERNS}, because("records", "kampung")),
    "families at risk": (
        change_risk, lambda _: {"64.01", "64", "kalimantan", NEED},
        lambda why: why == {"records": ("at_risk_families",), "sources": ()},
    ),
    "an official area": (change_area, lambda _: {"64.74", "64", *WHOLE}, because("records", "population_area")),
    "a count of a province": (
        change_province_count, lambda _: {"64", "kalimantan", TARGETS, NEED}, because("records", "kampung_counts"),
    ),
    "a province's prevalence": (
        change_province_prevalence, lambda wb: {"65", *WHOLE, *regencies(wb, "65")}, because("records", "prevalence"),
    ),
    "the medians": (
        change_medians, everything, lambda why: why and why.keys() <= {"records", "medians"},
    ),
    "a notebook": (change_notebook, regencies, because("notebook")),
    "the words of a notebook": (change_words_of_notebook, lambda _: set(), None),
    "stored outputs": (restore_numbers, lambda _: set(), None),
    "the code": (change_code, everything, because("code", "maps/page.py")),
    "a style": (change_style, everything, because("code", "maps/templates/page.css")),
    "the catalogue": (change_catalogue, everything, because("catalogue")),
    "boundaries of villages": (
        change_boundary("village"), lambda wb: everything(wb) - {"kalimantan", TARGETS, PATTERNS},
        because("boundaries"),
    ),
    "boundaries of districts": (change_boundary("district"), lambda _: {NEED}, because("boundaries")),
    "boundaries of provinces": (change_boundary("province"), lambda _: {"kalimantan"}, because("boundaries")),
    "boundaries of regencies": (change_boundary("regency"), everything, because("boundaries")),
    "the gazetteer": (change_gazetteer, everything, because("gazetteer")),
    "a text beside the data": (change_readme, lambda _: set(), None),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_kind_of_change_rebuilds_exactly_its_pages(place, wb, name):
    change, expected, reasons = CASES[name]
    change(place)
    due = place.due()
    assert set(due) == expected(wb)
    assert all(reasons(why) for why in due.values()), due


def test_another_library_parameter_or_language_rebuilds_everything(place, wb, monkeypatch):
    def due(**options) -> list[dict[str, tuple[str, ...]]]:
        told = place.due(**options)
        assert set(told) == everything(wb)
        return list(told.values())

    assert all(one["parameters"] == ("as_of",) for one in due(as_of="2025"))
    assert all(one == {"language": ()} for one in due(language="en"))
    assert all(one == {"forced": ()} for one in due(force=True))
    real = fingerprint._version
    monkeypatch.setattr(fingerprint, "_version", lambda name: "99.0" if name == "folium" else real(name))
    assert all(one == {"libraries": ("folium",)} for one in due())
    (words,) = {words for one in place.survey().due for words in one.reasons}
    assert "folium 99.0" in words and real("folium") in words


def test_nothing_changed_needs_no_library_and_keeps_every_byte(place, capsys):
    found = place.survey()
    assert (found.due, found.bench) == ([], None)
    assert len(found.decisions) == 65
    before = {path: path.read_bytes() for path in place.out.rglob("*.html")}
    assert place.build() == 0
    assert re.findall(r"\d+", capsys.readouterr().out)[:3] == ["0", "65", "0"]  # built, current, failed
    assert {path: path.read_bytes() for path in place.out.rglob("*.html")} == before
    pages = Manifest(place.out).pages
    assert {one["status"] for one in pages.values()} == {"kept"}


def test_one_record_changed_builds_its_pages_and_notes_them(place, capsys):
    change_count(place)
    assert place.build() == 0
    assert re.findall(r"\d+", capsys.readouterr().out.splitlines()[-1])[:2] == ["5", "60"]  # built, current
    pages = Manifest(place.out).pages
    assert {code for code, one in pages.items() if one["status"] == "built"} == {
        "63.11",
        "63",
        "kalimantan",
        TARGETS,
        NEED,
    }
    one = pages["63.11"]
    assert set(one["fingerprint"]) == {
        "records", "sources", "surveys", "targets", "medians", "common", "gazetteer", "boundaries", "catalogue",
        "notebook", "code", "libraries", "parameters", "language",
    }  # fmt: skip
    assert one["bytes"] == len("page 63.11")
    assert {"seconds", "peak_kb", "warnings", "attempts", "error", "sha256", "inputs"} <= set(one)
    assert place.survey().due == []


def test_the_checksum_in_the_manifest_is_that_of_the_footer(place):
    from kkbgeo import Workbench
    from kkbgeo.profiles.inputs import checksum

    bench = Workbench()
    for code in ("63.11", "63", "kalimantan"):
        assert Manifest(place.out).pages[code]["inputs"]["checksum"] == checksum(bench, code)


@pytest.mark.parametrize("harm", ["edited", "torn", "gone", "entry"])
def test_a_page_that_is_not_the_one_built_is_built_again(place, harm):
    page, entry = place.out / "regency" / "63.11-x.html", place.out / "meta" / "63.11.json"
    good = page.read_bytes(), entry.read_bytes()
    if harm == "gone":
        page.unlink()
    elif harm == "entry":
        entry.write_text("{}")
    else:
        page.write_text("page by hand" if harm == "edited" else "pa")
    due = place.due()
    name = "meta/63.11.json" if harm == "entry" else "regency/63.11-x.html"
    assert due == {"63.11": {"missing_file" if harm == "gone" else "changed_file": (name,)}}
    assert place.build() == 0
    assert (page.read_bytes(), entry.read_bytes()) == good


@pytest.mark.parametrize("content", [b"", b'{"version": 1, "pages": {"63.11"', b'{"version": 99, "pages": {}}', b"[1]"])
def test_a_torn_or_foreign_manifest_counts_as_none(place, content):
    (place.out / "manifest.json").write_bytes(content)
    assert Manifest(place.out).pages == {}


def test_an_entry_edited_by_hand_costs_its_page_alone(place):
    told = json.loads((place.out / "manifest.json").read_text())
    del told["pages"]["63.11"]["inputs"]
    (place.out / "manifest.json").write_text(json.dumps(told))
    assert place.due() == {"63.11": {"new": ()}}


@pytest.mark.parametrize(
    "wrong",
    [{"fingerprint": None}, {"fingerprint": "abc"}, {"files": []}, {"parameters": None}, {"inputs": []}, {"level": "x"},
     {"path": "../precious.html"}, {"files": {"../precious.html": {"sha256": "0"}}}, {"seconds": "long"}],
)  # fmt: skip
def test_an_entry_of_another_form_costs_its_page_alone_and_nothing_outside(place, wrong):
    told = json.loads((place.out / "manifest.json").read_text())
    told["pages"]["63.11"].update(wrong)
    (place.out / "manifest.json").write_text(json.dumps(told))
    precious = place.out.parent / "precious.html"
    precious.write_text("mine")
    assert place.due() == {"63.11": {"new": ()}}
    assert place.build() == 0
    assert precious.read_text() == "mine"


@pytest.mark.parametrize(
    "wrong",
    [{"plan": None}, {"plan": {}}, {"code": []}, {"libraries": None}, {"index": None}, {"news": {"63.11": 5}},
     {"started": 5}],
)  # fmt: skip
def test_a_part_of_another_form_counts_as_none(place, wrong):
    told = json.loads((place.out / "manifest.json").read_text())
    if wrong == {"plan": {}}:
        del told["plan"]["codes"]
    else:
        told.update(wrong)
    (place.out / "manifest.json").write_text(json.dumps(told))
    change_count(place)
    assert place.build() == 0
    assert place.survey().due == []


def test_a_torn_index_is_made_again(place):
    index = place.out / "index.html"
    good = index.read_bytes()
    index.write_text("half")
    assert place.build() == 0
    assert index.read_bytes() == good


def test_why_and_dry_run_say_it_in_words_and_build_nothing(place, capsys):
    assert atlas.why(Request(place.out), "63.11") == 0
    (told,) = capsys.readouterr().out.splitlines()
    assert told.startswith("63.11 Balangan")
    change_count(place)
    before = (place.out / "manifest.json").read_bytes()
    assert atlas.why(Request(place.out), "63.11") == 0
    (balangan,) = place.survey("63.11").due
    assert {why.key: why.names for why in balangan.reasons} == {"records": ("kampung_counts",)}
    head, *told = capsys.readouterr().out.splitlines()
    assert head.startswith("63.11 Balangan") and told == [f"- {why}" for why in balangan.reasons]
    assert atlas.dry_run(Request(place.out)) == 0
    *pages, counts = capsys.readouterr().out.splitlines()
    assert {line.split()[0] for line in pages} == place.due().keys() and re.findall(r"\d+", counts) == ["5", "65"]
    assert atlas.dry_run(Request(place.out, ("61",))) == 0
    assert re.findall(r"\d+", capsys.readouterr().out) == ["0", "15"]
    assert (place.out / "manifest.json").read_bytes() == before


def test_only_some_pages_leave_the_others_to_the_next_call(place):
    change_code(place)
    assert place.build("63.11") == 0
    assert set(place.due()) == {code for code in Manifest(place.out).pages if code != "63.11"}
    assert place.survey("63.11").due == []


def test_an_area_with_another_name_leaves_no_page_under_the_old_one(place, monkeypatch):
    def renamed(run, aside, limit):
        fake_execute(run, aside, limit)
        page = next((aside / "atlas").rglob("*.html"))
        page.rename(page.with_name(page.name.replace("-x", "-y")))
        entry = next((aside / "atlas" / "meta").iterdir())
        entry.write_text(entry.read_text().replace("-x.html", "-y.html"))
        return ""

    monkeypatch.setattr("kkbgeo.batch.run.in_own_process", renamed)
    assert place.build("63.11", force=True) == 0
    assert [path.name for path in (place.out / "regency").glob("63.11*")] == ["63.11-y.html"]


def test_the_index_tells_what_is_new_until_something_newer_is(place):
    index = place.out / "index.html"
    assert 'class="news"' not in index.read_text()  # at first everything is new
    add_aid(place)
    assert place.build() == 0
    news = Manifest(place.out).news
    assert set(news) == {"63.71", "63", "kalimantan", NEED}
    for one in news.values():
        before, after = one["records"]["aid_events"]
        assert after == before + 1
    told = index.read_bytes()
    assert "Kejadian bantuan: " in told.decode() and 'class="news"' in told.decode()
    assert place.build() == 0 and place.build("61", force=True) == 0  # no content changed: the news stay
    assert index.read_bytes() == told
    change_count(place)
    assert place.build() == 0
    assert set(Manifest(place.out).news) == {"63.11", "63", "kalimantan", TARGETS, NEED}
    assert "satu catatan atau lebih diperbaiki" in index.read_text()


def test_the_same_atlas_and_the_same_change_give_the_same_index(place, tmp_path):
    shutil.copytree(place.out, tmp_path / "twin")
    add_aid(place)
    assert place.build() == 0
    assert atlas.build(Request(tmp_path / "twin")) == 0
    assert (tmp_path / "twin" / "index.html").read_bytes() == (place.out / "index.html").read_bytes()


def test_another_tile_grid_rebuilds_the_overview_and_the_index(place):
    def change(rows):
        first(rows, code="63.71")["label"] = "BMASN"

    edit(place.data / "reference" / "tiles.csv", change)
    assert place.due() == {"kalimantan": {"gazetteer": ()}}
    assert place.build() == 0
    assert "<b>BMASN</b>" in (place.out / "index.html").read_text()


# --- what stands beside a page -----------------------------------------------------------------------------------


@pytest.fixture
def twins(place, monkeypatch):
    monkeypatch.setattr("kkbgeo.batch.run.in_own_process", fake_with_twins)
    assert place.build("63.11", force=True) == 0
    return place


def test_the_manifest_knows_the_files_beside_a_page(twins):
    files = Manifest(twins.out).pages["63.11"]["files"]
    assert set(files) == {"regency/63.11-x.pdf", "regency/63.11-x.png"}
    for name, told in files.items():
        content = (twins.out / name).read_bytes()
        assert told == {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    assert twins.survey("63.11").due == []


@pytest.mark.parametrize(("kind", "change", "key"), [
    ("pdf", Path.unlink, "missing_file"),
    ("png", lambda path: path.write_bytes(b"torn"), "changed_file"),
])  # fmt: skip
def test_a_twin_that_is_gone_or_changed_is_made_again_with_its_page(twins, kind, change, key):
    path = twins.out / "regency" / f"63.11-x.{kind}"
    good = path.read_bytes()
    change(path)
    assert twins.due("63.11") == {"63.11": {key: (f"regency/63.11-x.{kind}",)}}
    assert twins.build("63.11") == 0
    assert path.read_bytes() == good
    assert twins.survey("63.11").due == []


def test_without_briefs_the_pages_are_built_again_and_no_twin_is_left(twins, monkeypatch):
    assert twins.due("63.11", briefs=False)["63.11"]["parameters"] == ("briefs",)
    monkeypatch.setattr("kkbgeo.batch.run.in_own_process", fake_execute)
    assert twins.build("63.11", briefs=False) == 0
    assert [path.name for path in (twins.out / "regency").glob("63.11*")] == ["63.11-x.html"]
    assert twins.survey("63.11", briefs=False).due == []


def test_the_files_of_an_area_that_is_no_more_go(twins):
    manifest = Manifest(twins.out)
    manifest.pages["63.99"] = dict(manifest.pages["63.11"], path="regency/63.99-x.html",
                                   files={"regency/63.99-x.pdf": {"sha256": "", "bytes": 1}})  # fmt: skip
    manifest.save()
    for name in ("regency/63.99-x.html", "regency/63.99-x.pdf", "meta/63.99.json"):
        (twins.out / name).write_text((twins.out / "meta" / "63.11.json").read_text())
    assert twins.build("63.11") == 0
    assert not list(twins.out.rglob("63.99*"))
    assert "63.99" not in Manifest(twins.out).pages
