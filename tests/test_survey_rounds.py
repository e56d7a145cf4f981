"""Survey rounds are data: by one entry and three records SSGI 2027 is everywhere; without them nothing is left."""

from __future__ import annotations

import ast
import csv
import io
import re
import shutil
import tokenize
from pathlib import Path

import pytest
from intakekit import state

import kkbgeo
from kkbgeo import Workbench
from kkbgeo.errors import ParameterError, RecordError
from kkbgeo.intake import import_file, template
from kkbgeo.language import words
from kkbgeo.measures import load_catalogue
from kkbgeo.measures.documented import markdown
from kkbgeo.paths import CHECKOUT, PACKAGE
from kkbgeo.patterns import comparing, comparing_told, surveys_side_by_side
from kkbgeo.patterns.need import aid_and_need
from kkbgeo.profiles.findings import asked, never_reported, newest_survey
from kkbgeo.profiles.inputs import page_inputs
from kkbgeo.profiles.levels import levels_map
from kkbgeo.profiles.pages import tile_map
from kkbgeo.profiles.reported import prevalence
from kkbgeo.provenance import check_all, record_path, seal
from kkbgeo.records.read import table_of
from kkbgeo.records.surveys import FILE, breaks, path_of, read_rounds
from kkbgeo.simulation.workspace import simulate

DATA = CHECKOUT / "data"
KEY, LABEL = "stunting_prevalence_ssgi_2027", "SSGI 2027"
ENTRY = """
[[round]]
survey = "SSGI"
year = 2027
instrument = "SSGI"
name = { id = "Survei Status Gizi Indonesia", en = "Indonesian nutrition status survey (SSGI)" }
population = { id = "anak di bawah lima tahun", en = "children under five" }
sample = { children = 1234, regencies = 56 }
note = { id = "Contoh.", en = "Made up." }
source = "made up by the test"
"""
FIGURES = {"63.01": ("Tanah Laut", 12.5), "63.11": ("Balangan", 20.5), "63.72": ("Kota Banjarbaru", 31.5)}
PAGES = ("63.11", "63", "kalimantan", "pola-spasial", "kemajuan-dan-target", "program-dan-kebutuhan")


def copy(folder: Path) -> Path:
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("imported", "boundaries"))
    (folder / "boundaries").symlink_to(DATA / "boundaries")
    return folder


def add_entry(root: Path) -> None:
    with (root / FILE).open("a", encoding="utf-8") as file:
        file.write(ENTRY)
    seal(root / FILE)


def add_records(root: Path) -> None:
    path = root / "records" / "prevalence.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    with path.open("a", encoding="utf-8", newline="") as file:
        for number, (code, (name, value)) in enumerate(FIGURES.items(), start=len(rows) + 1):
            row = dict.fromkeys(header, "") | {
                "record_id": f"prevalence-{number:03d}", "province": "Kalimantan Selatan", "regency": name,
                "code": code, "level": "regency", "place_reason": "made up", "as_of": "2027", "survey": "SSGI",
                "year": "2027", "prevalence_percent": str(value), "source_id": "kemenkes-2024-copy",
            }  # fmt: skip
            csv.DictWriter(file, header, lineterminator="\n").writerow(row)
    seal(path)


@pytest.fixture(scope="module")
def grown(tmp_path_factory) -> Path:
    """A copy of the data folder with SSGI 2027: one entry and three records."""
    root = copy(tmp_path_factory.mktemp("grown") / "data")
    add_entry(root)
    add_records(root)
    return root


@pytest.fixture(scope="module")
def later(grown) -> Workbench:
    return Workbench(grown, language="en")


# --- one entry and three records more ---------------------------------------------------------------------------


def test_the_new_round_has_an_indicator_and_figures_in_tables(later):
    one = later.catalogue[KEY]
    assert one.label("id") == "Prevalensi stunting, SSGI 2027"
    assert one.definition("en").endswith("who are stunted, Indonesian nutrition status survey (SSGI) 2027.")
    others = [round_.indicator for round_ in later.rounds if round_.instrument != "SSGI"]
    assert set(one.not_comparable) == {*others, "families_at_risk"}
    table = later.table("regency", [KEY, "stunting_prevalence"])
    assert table.frame[KEY].dropna().to_dict() == {code: value for code, (_, value) in FIGURES.items()}
    assert table.frame["stunting_prevalence"].count() == 3 and newest_survey(later, table) == LABEL
    assert later.rows("prevalence")[-1].publisher_kind == "transcription"


def test_it_is_on_maps_sliders_and_tiles_without_a_break_from_the_last_round_of_its_instrument(later):
    drawn = levels_map(later)
    for level in drawn.levels:
        rounds = [layer for layer in level.layers if layer.period and layer.period.group == "stunting_prevalence"]
        assert [layer.period.label for layer in rounds] == [one.label for one in later.rounds]
        assert rounds[-1].key == KEY and rounds[-1].period.broken == ""
        assert "SSGI (2021, 2022, 2024, 2027)" in later.words(rounds[-1].period.note)
    (layer,) = [one for one in tile_map(later, drawn).layers if one.key == KEY]
    assert layer.known == 3


def test_it_is_in_the_tables_and_sentences_of_pages(later):
    assert later.words(prevalence(later, "63.11")).astype(str).iloc[-1].tolist()[:2] == [LABEL, "20.5"]
    assert KEY in asked(later) and later.catalogue[KEY].label("en") in later.words(never_reported(later, "63.10"))
    found = surveys_side_by_side(later)
    assert found.page_table().columns[-1] == f"{LABEL} (%)" and found.known.loc[LABEL, "known"] == 3
    assert later.words(found.cautions()[-1]).endswith("it measured 1,234 children in 56 regencies. Made up.")
    need = aid_and_need(later, "stunting_prevalence_ssgi_2024")
    assert f"{LABEL} for 3" in " ".join(later.words(need.findings(later)))


def test_it_is_compared(later):
    found = kkbgeo.patterns.compare(later, list(FIGURES))
    assert KEY in comparing.compared(later) and found.verdicts.at[KEY, "comparable"]
    assert found.of(KEY)["value"].tolist() == [value for _, value in FIGURES.values()]
    assert ("stunting_prevalence_ski_2023", KEY) in found.pairs
    assert (
        f"Prevalence of stunting, {LABEL} (%)" in later.words(comparing_told.summary(later, found)).iloc[:, 0].tolist()
    )


def test_the_template_offers_it_and_the_import_takes_a_sheet_that_names_it(grown, tmp_path, monkeypatch):
    import openpyxl

    root = Path(shutil.copytree(grown, tmp_path / "data", symlinks=True))
    made = template(tmp_path / "isian.xlsx", kind="observations", regency="63.11", data_root=root)
    lists = openpyxl.load_workbook(made)["Daftar"]
    assert "Prevalensi stunting, SSGI 2027" in [cell.value for row in lists.iter_rows() for cell in row]
    sheet = tmp_path / "surat.csv"
    sheet.write_text("Kabupaten;Indikator;Nilai;Tahun\nTapin;SSGI 2027;18,5;2027\n", encoding="utf-8")
    monkeypatch.setattr("kkbgeo.intake.values.today", lambda: "2028-02-01")
    done = import_file(sheet, kind="observations", source="Kantor contoh", within="63", data_root=root)
    assert done.status == "imported", done.problems
    wb = Workbench(root)
    assert wb.table("regency", [KEY], within="63.05").frame.at["63.05", KEY] == 18.5
    # The project's own folder knows no such round, and names those it knows.
    done = import_file(sheet, kind="observations", source="Kantor contoh", within="63", dry_run=True)
    assert [one.key for one in done.problems] == ["indicator_unknown"]


def test_it_is_simulated_and_changes_no_other_record(grown, tmp_path):
    made, before = (simulate(tmp_path / name, seed=3, scope="63.11", data=data)
                    for name, data in (("made", grown), ("before", DATA)))  # fmt: skip
    wb = Workbench(made)
    figures = [one for one in wb.rows("prevalence") if (one.survey, one.year) == ("SSGI", 2027)]
    assert [one.code for one in figures] == ["63.11", "63"] and check_all(made) == []
    files = [f"records/{name}.csv" for name in wb.record_tables if name != "prevalence"]
    assert all((made / one).read_bytes() == (before / one).read_bytes() for one in files)
    kept = {(one.code, one.survey, one.year): one.prevalence_percent for one in Workbench(before).rows("prevalence")}
    now = {(one.code, one.survey, one.year): one.prevalence_percent for one in wb.rows("prevalence")}
    assert len(kept) == 12 and kept.items() <= now.items()


def test_it_is_in_the_documentation(grown):
    page = markdown(load_catalogue(grown))
    assert f"| `{KEY}` | Prevalence of stunting, {LABEL}. " in page
    assert f"| {LABEL} | SSGI | children under five | 1,234 | 56 | Made up. | made up by the test |" in page


def test_taken_away_again_nothing_is_left(tmp_path):
    root = copy(tmp_path / "data")
    before, inputs = state(root), page_inputs(Workbench(root), "63.11").parts
    add_entry(root)
    add_records(root)
    assert Workbench(root).rounds[-1].label == LABEL
    for name in (FILE, Path("records", "prevalence.csv")):
        for path in (root / name, record_path(root / name)):
            path.write_bytes(before[path.relative_to(root).as_posix()])
    assert state(root) == before
    wb = Workbench(root)
    assert KEY not in wb.catalogue and markdown(wb.catalogue) == markdown(load_catalogue(DATA))
    assert wb.common.tell(wb.catalogue["stunting_prevalence"], "regency", wb.as_of) == ("SSGI 2024",)
    assert page_inputs(wb, "63.11").parts == inputs


def test_a_record_of_a_round_without_an_entry_is_refused(tmp_path):
    root = copy(tmp_path / "data")
    add_records(root)
    with pytest.raises(RecordError, match=r'column year, value "2027": is the year of no round of this survey'):
        Workbench(root).rows("prevalence")


def test_a_changed_round_rebuilds_every_page(tmp_path, wb):
    root = copy(tmp_path / "data")
    text = (root / FILE).read_text(encoding="utf-8")
    (root / FILE).write_text(text.replace("children = 334848", "children = 334849"), encoding="utf-8")
    seal(root / FILE)
    changed = Workbench(root)
    for page in PAGES:
        parts = [page_inputs(one, page).parts for one in (wb, changed)]
        assert [name for name in parts[0] if parts[0][name] != parts[1][name]] == ["surveys"], page


# --- Riskesdas ----------------------------------------------------------------------------------------------------


def test_riskesdas_is_known_for_every_regency(wb):
    table = wb.table("regency", ["stunting_prevalence_riskesdas_2013", "stunting_prevalence_riskesdas_2018"])
    assert table.frame.filter(regex=r"\d$").count().tolist() == [56, 56]
    cells = {code: table.cell(code, "stunting_prevalence_riskesdas_2013") for code in table.labels}
    assert {code for code, cell in cells.items() if cell["doubt"]} == {"64.07", "64.11"}
    assert cells["64.07"]["value"] == cells["64.11"]["value"] == 30.72
    assert {cell["source_id"] for cell in cells.values()} == {"riskesdas-copy"}
    provinces = wb.table("province", ["stunting_prevalence_riskesdas_2013"])
    assert provinces.frame["stunting_prevalence_riskesdas_2013"].isna().all()


def test_riskesdas_is_never_joined_to_another_instrument_by_a_line(wb):
    assert breaks(wb.rounds) == {2: "SSGI", 4: "SKI", 5: "SSGI"}
    for level in levels_map(wb).levels:
        rounds = [layer for layer in level.layers if layer.period and layer.period.group == "stunting_prevalence"]
        assert [bool(layer.period.broken) for layer in rounds] == [False, False, True, False, True, True]


def test_riskesdas_is_never_a_change_against_another_instrument(wb):
    errors = {one.indicator: wb.table("regency", [one.indicator]).frame[one.indicator] * 0 + 0.01 for one in wb.rounds}
    found = surveys_side_by_side(wb, standard_errors=errors)
    rows = found.differences
    mixed = rows["first"].str.startswith("Riskesdas") & ~rows["second"].str.startswith("Riskesdas")
    assert mixed.sum() == 8 * 56
    assert set(rows.loc[mixed, "verdict"]) == {"another-instrument", "not-reported"}
    assert rows.loc[mixed, ["difference", "low", "high"]].isna().all(axis=None)
    told = [one for one in words(found.changes(), "en") if "Riskesdas" in one]
    assert told and all(one.count("Riskesdas") == 2 for one in told)
    assert wb.common.tell(wb.catalogue["stunting_prevalence"], "regency", wb.as_of) == ("SSGI 2024",)


# --- the file -------------------------------------------------------------------------------------------------------


def test_the_package_lists_no_round():
    """Names of rounds stand in examples, docstrings and comments alone."""
    named = re.compile(r"(ssgi|ski|riskesdas)[ _]?20\d\d", re.IGNORECASE)
    found = []
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix in {".toml", ".j2", ".js", ".css", ".html"}:
            text = path.read_text(encoding="utf-8")
        elif path.suffix == ".py":
            text = _without_words(path.read_text(encoding="utf-8"))
        else:
            continue
        found += [f"{path.name}: {one[0]}" for one in named.finditer(text)]
    assert found == []


def _without_words(code: str) -> str:
    """Return what a Python file runs: without comments and docstrings."""
    docs = {
        (node.body[0].lineno, node.body[0].end_lineno)
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node)
    }
    tokens = [one for one in tokenize.generate_tokens(io.StringIO(code).readline) if one.type != tokenize.COMMENT]
    return " ".join(one.string for one in tokens if not any(a <= one.start[0] <= b for a, b in docs))


def test_a_folder_without_the_file_has_the_rounds_of_the_project(tmp_path):
    root = copy(tmp_path / "data")
    shutil.rmtree(root / "indicators")
    assert path_of(root) == DATA / FILE and Workbench(root).rounds == read_rounds(DATA)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('survey = "SKI"\n', "", r"surveys\.toml, entry 5: the field survey is missing\."),
        ('survey = "SKI"', 'survey = "S K I"', r'surveys\.toml, entry 5, survey "S K I": is no short name'),
        ("year = 2023", 'year = "2023"', r'surveys\.toml, entry 5, year "2023": is no year\.'),
        ("year = 2023", "year = 20230", r'entry 5, year "20230": is no year\.'),
        ("year = 2023", "year = 2020", r'entry 5, year "2020": is before that of the entry above \(2022\)'),
        ('instrument = "SKI"', 'instrument = ""', r'entry 5, instrument "": is no text'),
        ('instrument = "SKI"', 'instrument = "SKI"\nkind = "x"', r'entry 5, kind "x": there is no such field'),
        ("sample = { children = 86364 }", "sample = { children = 0 }", r"entry 5, sample .* is no sample"),
        ("sample = { children = 86364 }", "sample = 86364", r'entry 5, sample "86364": is no sample'),
        ("sample = { children = 86364 }", "sample = {}", r"entry 5, sample .* is no sample"),
        ('{ id = "alat ukur lain dari SSGI", en', "{ en", r"entry 5, remark .* is not told in both languages"),
        (
            'survey = "SKI"\nyear = 2023',
            'survey = "ssgi"\nyear = 2022',
            r'entry 5, year "2022": is a round that',
        ),
        ("[[round]]", "[[rounds]]", r"surveys\.toml has no entry \[\[round\]\]"),
        ('survey = "SKI"', "survey = SKI", r"surveys\.toml is no TOML"),
    ],
)
def test_a_wrong_entry_is_refused_in_one_sentence(tmp_path, old, new, said):
    path = tmp_path / FILE
    path.parent.mkdir()
    text = (DATA / FILE).read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    seal(path, title="t", producer="p", licence="l")
    with pytest.raises(RecordError, match=said) as caught:
        read_rounds(tmp_path)
    assert "\n" not in caught.value.message and caught.value.hint.endswith(f"kkbgeo data seal {path}")


def test_the_check_of_the_data_folder_knows_the_file(tmp_path):
    root = copy(tmp_path / "data")
    assert check_all(root) == []
    with (root / FILE).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert [(one.path.name, one.kind) for one in check_all(root)] == [("surveys.toml", "mismatch")]
    record_path(root / FILE).unlink()
    assert [(one.path.name, one.kind) for one in check_all(root)] == [("surveys.toml", "no_record")]


def test_the_table_takes_the_surveys_of_its_rounds(grown):
    terms = {name: next(one.words for one in table_of("prevalence", name).columns if one.name == "survey")
             for name in (grown, DATA)}  # fmt: skip
    assert terms[grown] == terms[DATA] == ("Riskesdas", "SSGI", "SKI")


def test_standard_errors_of_a_round_that_is_not_there_are_refused(wb, later):
    errors = {KEY: wb.table("regency", ["aid_events"]).frame["aid_events"].dropna() + 1}
    with pytest.raises(ParameterError, match="no survey"):
        surveys_side_by_side(wb, standard_errors=errors)
    found = surveys_side_by_side(later, standard_errors=errors).table
    assert found.loc[found["survey"] == "SSGI 2027", "standard_error"].notna().any()
