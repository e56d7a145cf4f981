"""The error of a survey figure, from the template to page, CSV and PDF; and what cannot be, answered in one sentence.

No source of the project gives an error yet: those here are made up, in a data folder of one's own.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math

import pandas as pd
import pytest
from browser import open_page
from intakekit import DATA, data_folder, dry, where, xlsx
from pages import BuiltPage
from test_brief import text_of
from test_browser_text import download
from test_intake_import import fill

from kkbgeo import Workbench, patterns, profiles
from kkbgeo.errors import RecordError
from kkbgeo.intake import import_file, template
from kkbgeo.join import CELL_COLUMNS
from kkbgeo.language import LANGUAGES, catalogue
from kkbgeo.paper.brief import brief
from kkbgeo.patterns import comparing_told
from kkbgeo.patterns.need_surveys import other_side, other_side_table
from kkbgeo.patterns.surveys import surveys_side_by_side
from kkbgeo.records.intervals import ERRORS, FLAWS
from kkbgeo.records.read import check, read_table, read_text
from kkbgeo.records.sources import read_sources
from kkbgeo.records.tables import TABLES
from kkbgeo.regions.gazetteer import Gazetteer

BALANGAN = "63.11"
S21, S22, K23, S24 = (f"stunting_prevalence_{one}" for one in ("ssgi_2021", "ssgi_2022", "ski_2023", "ssgi_2024"))
NAMES = {S21: "SSGI 2021", S22: "SSGI 2022", S24: "SSGI 2024"}
LOW, HIGH, ERROR, SAMPLE = "Batas bawah 95 %", "Batas atas 95 %", "Galat baku", "Jumlah anak (sampel)"
#: 2024 with everything, 2022 with its standard error alone, 2021 with its interval alone; SKI 2023 has none.
SENT = [
    {"Indikator": "SSGI 2024", "Nilai": 16, LOW: "12,3", HIGH: "20,6", ERROR: "2,1", SAMPLE: 389, "Tanggal": "2024"},
    {"Indikator": "SSGI 2022", "Nilai": "29,8", ERROR: "2,5", "Tanggal": "2022"},
    {"Indikator": "SSGI 2021", "Nilai": "32,3", LOW: "28,1", HIGH: "36,8", "Tanggal": "2021"},
]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A data folder with what an office sent in the template, errors and all."""
    folder = tmp_path_factory.mktemp("errors")
    path = template(folder / "isian.xlsx", kind="observations", regency=BALANGAN)
    fill(path, [{"Kabupaten/Kota": "Kabupaten Balangan", **row} for row in SENT])
    root = data_folder(folder / "data", whole=True)
    done = import_file(path, kind="observations", source="Dinkes Kabupaten Balangan", data_root=root)
    assert done.status == "imported", [one.line("en") for one in done.problems]
    return root


@pytest.fixture(scope="module")
def wb(root):
    return Workbench(root)


@pytest.fixture(scope="module")
def english(root):
    return Workbench(root, language="en")


@pytest.fixture(scope="module")
def page(wb):
    """The page of Balangan with map and prevalence, in both languages."""
    made = profiles.new_page(wb, BALANGAN)
    made.findings(profiles.of_area(wb, BALANGAN))
    made.show("regencies", profiles.regency_map(wb, "63", indicators=[S24, S22, K23]))
    made.show("prevalence", profiles.prevalence(wb, BALANGAN))
    return profiles.finish(wb, made)


@pytest.fixture(scope="module")
def saved(page, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(page.html(), encoding="utf-8")
    return path


# --- from the template to records, cells and tables ----------------------------------------------------------------


def test_what_the_template_holds_comes_into_the_records(root):
    mine = read_table("prevalence", root).tail(3)
    assert mine["survey"].tolist() == ["SSGI"] * 3 and mine["year"].tolist() == [2024, 2022, 2021]
    assert mine["low"].fillna(-1).tolist() == [12.3, -1, 28.1] and mine["high"].fillna(-1).tolist() == [20.6, -1, 36.8]
    assert mine["standard_error"].fillna(-1).tolist() == [2.1, 2.5, -1]
    assert mine["sample"].fillna(-1).tolist() == [389, -1, -1]


def test_cells_and_frames_carry_it_and_counts_have_none(wb):
    table = wb.table("regency", [S24, S22, K23, "kkb_total", "kkb_coverage"], within="63")
    cell = table.cell(BALANGAN, S24)
    assert [cell[one] for one in ("value", *ERRORS)] == [16.0, 12.3, 20.6, 2.1, 389.0]
    cells = table.cells
    assert list(cells.columns) == list(CELL_COLUMNS) and all(cells[one].dtype == float for one in ERRORS)
    known = cells[cells["standard_error"].notna()]
    assert set(zip(known["code"], known["indicator"], strict=True)) == {(BALANGAN, S24), (BALANGAN, S22)}
    assert table.frame.loc[BALANGAN, [f"{S24}_low", f"{S24}_sample"]].tolist() == [12.3, 389.0]
    assert not [one for one in table.frame.columns if one.startswith((K23, "kkb")) and one.endswith(ERRORS)]


def test_of_two_records_of_one_figure_the_one_that_tells_its_error_is_used(tmp_path):
    """A blog is of a lower rank than those that give 29.8 without an error; and its 14.4 is another figure."""
    rows = [["Kabupaten", "Indikator", "Nilai", "Selang 95 %", "Tahun"],
            ["Balangan", "SSGI 2022", "29,8", "25,0–35,0", 2022],
            ["Tapin", "SSGI 2022", "14,4", "(12.0, 17.1)", 2022]]  # fmt: skip
    root = data_folder(tmp_path / "data")
    done = import_file(
        xlsx(tmp_path / "a.xlsx", rows), kind="observations", source="Blog", publisher_kind="blog", within="63",
        data_root=root,
    )  # fmt: skip
    assert done.status == "imported", [one.line("en") for one in done.problems]
    table = Workbench(root).table("regency", [S22], within="63")
    mine, other = table.cell(BALANGAN, S22), table.cell("63.05", S22)
    assert (mine["value"], mine["low"], mine["high"]) == (29.8, 25.0, 35.0) and mine["source_id"] == f"imp-{done.id}"
    assert other["value"] == 14.5 and math.isnan(other["low"]) and other["conflicts"] == 1
    assert not mine["conflicts"]


# --- pages ---------------------------------------------------------------------------------------------------------


def test_the_table_shows_the_interval_or_says_once_that_no_error_is_known(wb, english):
    table = (
        wb.words(profiles.prevalence(wb, BALANGAN)).astype(str).set_index("Survei").iloc[-4:]
    )  # Riskesdas stands before
    assert table["Di sini (%)"].tolist() == ["32,3 (28,1–36,8)", "29,8 (24,9–34,7)", "33,4", "16,0 (12,3–20,6)"]
    remarks = table["Keterangan"]
    assert "galat tidak diketahui" in remarks["SKI 2023"] and "Provinsi: galat" not in remarks["SKI 2023"]
    assert "Provinsi: galat tidak diketahui" in remarks["SSGI 2024"] and "sampel 389 anak" in remarks["SSGI 2024"]
    assert "selang dihitung dari galat baku" in remarks["SSGI 2022"] and "dihitung" not in remarks["SSGI 2021"]
    assert remarks.str.count("galat tidak diketahui").tolist() == [1] * 4
    other = english.words(profiles.prevalence(english, BALANGAN)).astype(str)
    assert other.iloc[-1, 1] == "16.0 (12.3–20.6)" and "no error known" in other.iloc[-2]["Remark"]


def test_without_any_error_no_figure_changes_and_each_row_says_it_once():
    for code, language, words in (("63.01", "id", "galat tidak diketahui"), ("62", "en", "no error known")):
        wb = Workbench(DATA, language=language)
        table = wb.words(profiles.prevalence(wb, code)).astype(str)
        known = table.iloc[:, 1 : 3 if "." in code else 2].ne("–").any(axis=1)
        remark = table.iloc[:, -2]
        assert known.sum() >= 4 and (remark.str.count(words) == known).all()
        assert not table.iloc[:, :3].map(lambda cell: "(" in cell).any(axis=None)


def test_page_and_findings_show_it_and_the_column_stays_one_of_figures(saved):
    for language, value, words in (
        ("id", "16,0 (12,3–20,6)", "galat tidak diketahui"), ("en", "16.0 (12.3–20.6)", "no error known"),
    ):  # fmt: skip
        shown = BuiltPage(saved, language)
        rows = shown.rows("prevalence")
        assert rows[-1][1] == value and words in rows[-2][5]
        assert "num" in shown.section("prevalence").find_all("th", scope="col")[1]["class"]
        assert any("(12" in one and "20" in one for one in shown.findings)


def test_the_table_is_saved_with_its_intervals(saved):
    with open_page(saved, width=1280) as opened:
        if not opened.page.locator("#prevalence .kkb-csv").is_visible():
            opened.page.locator("#prevalence summary").click()
        _, content = download(opened, "prevalence")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[-1][:2] == ["SSGI 2024", "16,0 (12,3–20,6)"]
    assert "galat tidak diketahui" in rows[-2][5]


def test_the_brief_prints_it(page):
    pdf = text_of(brief(page.to("id")))
    assert "16,0 (12,3–20,6)" in pdf and "29,8 (24,9–34,7)" in pdf
    assert "16.0 (12.3–20.6)" in text_of(brief(page.to("en")))


def test_a_tap_tells_the_interval_or_that_no_error_is_known(wb, english):
    for bench, label, told, unknown in (
        (wb, "Selang 95 %", "12,3–20,6; sampel 389 anak", "galat tidak diketahui"),
        (english, "95% interval", "12.3–20.6; 389 children in the sample", "no error known"),
    ):
        layers = {
            one.key: one for one in bench.words(profiles.regency_map(bench, "63", indicators=[S24, "kkb_total"])).layers
        }
        details = {code: dict(cell.details) for code, cell in layers[S24].cells.items()}
        assert details[BALANGAN][label] == told
        assert {one[label] for code, one in details.items() if code != BALANGAN} == {unknown}
        assert not any(label in dict(one.details) for one in layers["kkb_total"].cells.values())


# --- comparison, need, surveys side by side ------------------------------------------------------------------------


def test_a_comparison_fills_the_limits_and_warns_only_where_an_error_is_missing(wb, tmp_path):
    found = patterns.compare(wb, [BALANGAN, "63.01"], [S24, S21])
    assert found.of(S24).loc[BALANGAN, ["low", "high"]].tolist() == [12.3, 20.6]
    assert found.of(S24).loc["63.01", ["low", "high"]].isna().all()
    assert "no-error" in found.verdicts.at[S24, "reasons"]
    assert "16,0 (12,3–20,6) · 2024" in wb.words(comparing_told.summary(wb, found)).iloc[0].tolist()
    told = comparing_told.compare_page(wb, found).html()
    assert "16,0 (12,3–20,6)" in told and "tanpa selang, galatnya tidak diketahui" in told
    with comparing_told.save(wb, found, tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        first = next(csv.DictReader(file))
    assert (first["code"], first["low"], first["high"]) == (BALANGAN, "12.3", "20.6")


def test_where_both_errors_are_known_no_warning_speaks_of_them(tmp_path):
    rows = [["Kabupaten", "Indikator", "Nilai", "Selang 95 %", "Tahun"],
            ["Balangan", "SKI 2023", "33,4", "28,0–39,0", 2023],
            ["Tanah Laut", "SKI 2023", "41,7", "36–47", 2023]]  # fmt: skip
    folder = data_folder(tmp_path / "data")
    done = import_file(xlsx(tmp_path / "a.xlsx", rows), kind="observations", source="Dinkes", within="63",
                       data_root=folder)  # fmt: skip
    assert done.status == "imported", [one.line("en") for one in done.problems]
    found = patterns.compare(Workbench(folder), [BALANGAN, "63.01"], [K23])
    assert found.of(K23)["low"].tolist() == [28.0, 36.0]
    assert "no-error" not in found.verdicts.at[K23, "reasons"]


def test_need_and_the_other_surveys_show_it_where_it_is_known(wb):
    found = patterns.aid_and_need(wb, S22)
    row = found.table.loc[BALANGAN]
    assert (round(row["need_low"], 1), round(row["need_high"], 1)) == (24.9, 34.7)
    table = wb.words(found.page_table(wb)).set_index("Wilayah")
    assert table.loc["Kabupaten Balangan"].iloc[0].startswith("29,8 (24,9–34,7)")
    assert "(" not in table.loc["Kabupaten Tabalong"].iloc[0]
    other = other_side(wb, found).loc[BALANGAN]
    assert (other["newer"], other["newer_value"], other["newer_low"]) == ("SSGI 2024", 16.0, 12.3)
    told = wb.words(other_side_table(wb, found)).set_index("Wilayah").loc["Kabupaten Balangan"].tolist()
    assert told == ["29,8 (24,9–34,7)", "SSGI 2024", "16,0 (12,3–20,6)"]


def test_surveys_take_errors_from_the_records_and_the_caller_goes_first(wb):
    found = surveys_side_by_side(wb, within="63")
    mine = found.table.set_index(["code", "survey"])["standard_error"]
    assert mine[BALANGAN, "SSGI 2024"] == 2.1 and mine[BALANGAN, "SSGI 2022"] == 2.5
    assert mine[BALANGAN, "SSGI 2021"] == pytest.approx((36.8 - 28.1) / 2 / 1.96)
    assert mine.notna().sum() == 3
    told = found.differences.set_index(["code", "first", "second"])
    row = told.loc[(BALANGAN, "SSGI 2022", "SSGI 2024")]
    assert row["verdict"] == "lower" and row["high"] == pytest.approx(-13.8 + 1.959964 * math.hypot(2.5, 2.1))
    assert told.loc[(BALANGAN, "SSGI 2022", "SKI 2023"), "verdict"] == "another-instrument"
    assert told.loc[("63.02", "SSGI 2022", "SSGI 2024"), "verdict"] == "no-standard-error"
    assert (
        wb.words(found.page_table()).set_index("Wilayah").loc["Kabupaten Balangan", "SSGI 2024 (%)"]
        == "16,0 (12,3–20,6)"
    )
    assert "SSGI 2021, SSGI 2022, SSGI 2024" in wb.words(found.cautions()[1])
    given = surveys_side_by_side(wb, within="63", standard_errors={S24: pd.Series({BALANGAN: 9.0})})
    mine = given.table.set_index(["code", "survey"])["standard_error"]
    assert mine[BALANGAN, "SSGI 2024"] == 9.0 and mine[BALANGAN, "SSGI 2022"] == 2.5


# --- what cannot be ------------------------------------------------------------------------------------------------

HEAD = ["Kabupaten/Kota", "Indikator", "Nilai", "Batas bawah", "Batas atas", "Galat baku", "Jumlah anak", "Tahun"]
#: Value, limits, error, sample -> cell, key, and what both sentences must say.
WRONG = [
    (["0,21", None, None, None, None], "C2", "value_fraction", ["pecahan", "21"], ["fraction", "21"]),
    (["21", None, "25", None, None], "D2", "low_missing", ["Batas bawah kosong", "25"], ["lower limit is empty"]),
    (["21", "18", None, None, None], "E2", "high_missing", ["Batas atas kosong", "18"], ["upper limit is empty"]),
    (["21", "0,18", "0,25", None, None], "D2", "low_fraction", ["pecahan", "18"], ["fraction", "Type 18"]),
    (["21", "18", "0,25", None, None], "E2", "high_fraction", ["pecahan", "Ketik 25"], ["fraction", "Type 25"]),
    (["21", "25", "18", None, None], "D2", "limits_exchanged", ["tertukar", "25", "18"], ["exchanged"]),
    (["21", "21", "21", None, None], "E2", "limits_equal", ["lebar"], ["width"]),
    (["30", "18", "25", None, None], "C2", "value_outside", ["di luar selangnya", "18–25"], ["outside its own"]),
    (["21", "18", "25", "0", None], "F2", "error_zero", ["tidak diketahui"], ["none is known"]),
    (["21", "18", "25", "0,018", None], "F2", "error_fraction", ["pecahan", "1,8"], ["fraction", "1.8"]),
    (["21", None, None, "0,018", None], "F2", "error_fraction", ["pecahan", "1,8"], ["fraction", "1.8"]),
    (["21", "18", "25", "3,5", None], "F2", "error_differs", ["setengah", "1,79"], ["half the interval", "1.79"]),
    (["21", "18", "25", "8,5", None], "F2", "error_differs", ["RSE", "18–25"], ["RSE"]),
    (["21", "18", "25", "1,8", 0], "G2", "sample_zero", ["Sampel 0"], ["sample of 0"]),
    (["21", "18", "125", None, None], "E2", "above_100", ["lebih dari 100"], ["above 100"]),
    (["21", "-18", "25", None, None], "D2", "negative", ["di bawah nol"], ["below zero"]),
    (["21", "18", "25", None, "12,5"], "G2", "not_whole", ["bilangan bulat"], ["whole number"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "cell", "key", "indonesian", "english"), WRONG, ids=[f"{one[2]}-{one[1]}" for one in WRONG]
)
def test_each_slip_is_answered_in_one_sentence_at_its_cell(tmp_path, cells, cell, key, indonesian, english):
    rows = [HEAD, ["Balangan", "SSGI 2024", *cells, 2024]]
    done = dry(xlsx(tmp_path / "a.xlsx", rows, names=("Survei",)), "observations", within="63")
    assert where(done) == [(cell, key)] and not done.checked.drafts
    (problem,) = done.problems
    shown = cells["CDEFG".index(cell[0])]
    for tongue, words in (("id", indonesian), ("en", english)):
        line = problem.line(tongue)
        assert line.startswith(f"[Survei {cell}]") and all(one in line for one in words), line
        assert shown is None or f'"{shown}"' in line
        rule = problem.rule(tongue)
        assert rule.endswith(".") and ". " not in rule and problem.fix(tongue)


def test_every_flaw_has_its_case_and_its_words_in_both_languages():
    assert {key for _, _, key, *_ in WRONG} >= set(FLAWS)
    words = catalogue()
    for key in (*FLAWS, "error_not_survey", "not_an_interval", "interval_twice"):
        assert all(words[f"intake.{part}.{key}"][tongue] for part in ("short", "rule", "fix") for tongue in LANGUAGES)


def test_several_slips_of_one_row_are_told_at_once(tmp_path):
    rows = [HEAD, ["Balangan", "SSGI 2024", "21", "25", "18", "0", 0, 2024]]
    done = dry(xlsx(tmp_path / "a.xlsx", rows), "observations", within="63")
    assert where(done) == [("D2", "limits_exchanged"), ("F2", "error_zero"), ("G2", "sample_zero")]


def test_an_error_beside_a_figure_of_no_survey_is_a_problem_at_its_cell(tmp_path):
    rows = [
        HEAD,
        ["Balangan", "Keluarga berisiko stunting", "2100", "18", None, "-", None, 2024],
        ["Tapin", "kkb_total", "110", None, None, "2,1", 400, 2024],
        ["Banjar", "Keluarga berisiko stunting", "2100", None, "-", None, None, 2024],
    ]
    done = dry(xlsx(tmp_path / "a.xlsx", rows), "observations", within="63")
    assert where(done) == [("D2", "error_not_survey"), ("F3", "error_not_survey"), ("G3", "error_not_survey")]
    assert "Keluarga berisiko stunting" in done.problems[0].line("id")
    assert [one.values["code"] for one in done.checked.drafts] == ["63.03"]


def test_a_row_of_dashes_is_passed_over_but_not_one_with_limits(tmp_path):
    rows = [HEAD, ["Balangan", "SSGI 2024", "-", "-", "-", "-", "-", 2024],
            ["Tapin", "SSGI 2024", "-", "18", "25", None, None, 2024]]  # fmt: skip
    done = dry(xlsx(tmp_path / "a.xlsx", rows), "observations", within="63")
    assert where(done) == [("C3", "needed_empty")]


@pytest.mark.parametrize(
    "heads",
    [
        ["Lower limit", "Upper limit", "Standard error", "Sample size"],
        ["Batas bawah (%)", "Batas atas (%)", "Galat baku (SE)", "Jumlah sampel"],
        ["95% CI lower", "95% CI upper", "SE", "n"],
    ],
)
def test_headings_in_both_languages_are_known(tmp_path, heads):
    rows = [
        ["Kabupaten", "Indikator", "Nilai", *heads, "Tahun"],
        ["Balangan", "SSGI 2024", 16, 12.3, 20.6, 2.1, 389, 2024],
    ]
    done = dry(xlsx(tmp_path / "a.xlsx", rows), "observations", within="63")
    assert [[one.values[name] for name in ERRORS] for one in done.checked.drafts] == [["12.3", "20.6", "2.1", "389"]]


@pytest.mark.parametrize("below", [("Batas bawah", "Batas atas"), ("Bawah", "Atas"), ("Lower", "Upper")])
def test_limits_may_stand_below_one_heading(tmp_path, below):
    rows = [["Kabupaten", "Indikator", "Nilai", "Selang 95 %", None, "Tahun"], [None, None, None, *below, None],
            ["Balangan", "SSGI 2024", 16, 12.3, 20.6, 2024]]  # fmt: skip
    for merged in ((), ("D1:E1",)):
        done = dry(xlsx(tmp_path / "a.xlsx", rows, merged=merged), "observations", within="63")
        assert [(one.values["low"], one.values["high"]) for one in done.checked.drafts] == [("12.3", "20.6")]


@pytest.mark.parametrize(
    ("cell", "limits"),
    [
        ("18,0–27,0", ("18", "27")), ("(18.0, 27.5)", ("18", "27.5")), ("18-27", ("18", "27")),
        ("[18,2 ; 27]", ("18.2", "27")), ("18 % - 27 %", ("18", "27")), ("18 s/d 27", ("18", "27")), ("-", ("", "")),
        ("18,27", "not_an_interval"), ("27", "not_an_interval"), ("27–18", "limits_exchanged"),
        ("18–127", "above_100"), (dt.date(2024, 12, 10), "date_not_number"),
    ],
)  # fmt: skip
def test_both_limits_may_stand_in_one_cell(tmp_path, cell, limits):
    rows = [["Kabupaten", "Indikator", "Nilai", "Selang kepercayaan 95%", "Tahun"],
            ["Balangan", "SSGI 2024", "22,5", cell, 2024]]  # fmt: skip
    done = dry(xlsx(tmp_path / "a.xlsx", rows), "observations", within="63")
    if isinstance(limits, str):
        assert where(done) == [("D2", limits)]
    else:
        assert [(one.values["low"], one.values["high"]) for one in done.checked.drafts] == [limits]


def test_an_interval_written_twice_must_be_the_same(tmp_path):
    rows = [["Kabupaten", "Indikator", "Nilai", "Batas bawah", "Batas atas", "Selang 95 %", "Tahun"],
            ["Balangan", "SSGI 2024", 16, 12.3, 20.6, "12,3–20,6", 2024],
            ["Tapin", "SSGI 2024", 13.2, 11.3, 20.6, "10,3–20,6", 2024]]  # fmt: skip
    done = dry(xlsx(tmp_path / "a.xlsx", rows), "observations", within="63")
    assert where(done) == [("F3", "interval_twice")]
    assert [one.values["code"] for one in done.checked.drafts] == [BALANGAN]


def figures(cells: list[object]) -> list[str]:
    return ["" if one is None else str(one).replace(",", ".") for one in cells]


@pytest.mark.parametrize(
    ("cells", "key"),
    [(one[0], one[2]) for one in WRONG if one[2] in FLAWS],
    ids=[one[2] for one in WRONG if one[2] in FLAWS],
)
def test_a_record_with_the_same_slip_is_refused_with_row_column_and_value(cells, key):
    frame = read_text("prevalence", DATA)
    columns = ["prevalence_percent", *ERRORS]
    frame.loc[3, columns] = figures(cells)
    with pytest.raises(RecordError) as caught:
        check(
            TABLES["prevalence"],
            [list(frame.columns), *frame.to_numpy().tolist()],
            "prevalence.csv",
            Gazetteer.load(DATA),
            read_sources(DATA),
        )
    part, problem, hint = FLAWS[key]
    (found,) = caught.value.fields["problems"]
    column = "prevalence_percent" if part == "value" else part
    assert (found["row"], found["column"], found["value"]) == (5, column, frame.at[3, column])
    assert (found["problem"], found["hint"]) == (problem, hint)


@pytest.mark.parametrize(
    "cells",
    [["22.5", "18.0", "27.0", "2.3", "410"], ["22.5", "18.4", "29.1", "2.5", ""], ["22.5", "", "", "2.3", ""],
     ["22.5", "22.1", "22.9", "0.3", ""], ["22.5", "22.5", "24", "", ""], ["3", "0.5", "8", "", ""],
     ["22.5", "", "", "", "410"]],
)  # fmt: skip
def test_sound_errors_are_taken_also_rounded_ones_and_those_that_are_not_symmetric(cells):
    frame = read_text("prevalence", DATA)
    frame.loc[3, ["prevalence_percent", *ERRORS]] = cells
    check(
        TABLES["prevalence"],
        [list(frame.columns), *frame.to_numpy().tolist()],
        "prevalence.csv",
        Gazetteer.load(DATA),
        read_sources(DATA),
    )


def test_the_template_asks_for_it_and_explains_it(tmp_path):
    import openpyxl

    book = openpyxl.load_workbook(template(tmp_path / "a.xlsx", kind="observations", regency=BALANGAN))
    heads = [cell.value for cell in book["Isian"][4]]
    assert heads[heads.index("Nilai") + 1 :][:4] == [LOW, HIGH, ERROR, SAMPLE]
    guide = {row[0]: row[1] for row in book["Petunjuk"].iter_rows(values_only=True) if row[0]}
    assert all(
        "survei" in guide[one] or "95 %" in guide[one] or "poin" in guide[one] for one in (LOW, HIGH, ERROR, SAMPLE)
    )
    assert "RSE" in guide[ERROR]
