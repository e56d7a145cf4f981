"""Simulated records: the same seed gives the same, reported totals hold, and nothing can be taken for real."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest

from kkbgeo import Workbench
from kkbgeo.errors import CodeError, ParameterError
from kkbgeo.provenance import check_all, seal
from kkbgeo.simulation.country import units
from kkbgeo.simulation.workspace import simulate

CLASSES = ["kkb_dasar", "kkb_berkembang", "kkb_mandiri", "kkb_berkelanjutan"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return simulate(tmp_path_factory.mktemp("simulated") / "data", seed=7, scope="63")


def test_a_simulated_workspace_is_sealed_and_readable(made):
    assert check_all(made) == []
    bench = Workbench(made)
    assert all(len(bench.records(name)) > 0 for name in bench.record_tables)
    assert set(bench.sources["publisher_kind"]) == {"simulation"}


def test_drawn_villages_add_up_to_the_totals_that_were_reported(made, wb):
    drawn = Workbench(made)
    real = wb.table("regency", ["kkb_total", "kkb_advanced_share"], within="63").frame
    table = drawn.table("regency", ["kkb_total", "kkb_advanced_share", "kkb_villages_named"], within="63").frame
    known = real["kkb_total"].dropna()
    assert len(known) >= 8
    assert (table.loc[known.index, "kkb_total"] == known).all()
    assert (table["kkb_villages_named"] == table["kkb_total"]).all()
    assert table.loc["63.01", CLASSES].tolist() == [93, 25, 3, 14]
    words = drawn.table("village", ["kkb_village_class"], within="63.01").frame["kkb_village_class"].value_counts()
    assert words[["dasar", "berkembang", "mandiri", "berkelanjutan"]].tolist() == [93, 25, 3, 14]
    assert (table[CLASSES].sum(axis=1) == table["kkb_class_total"]).all()


def test_the_same_seed_gives_the_same_and_another_does_not(made, tmp_path):
    again = simulate(tmp_path / "again", seed=7, scope="63")
    other = simulate(tmp_path / "other", seed=8, scope="63")
    part = simulate(tmp_path / "part", seed=7, scope="63.11")
    for name in ("kampung", "aid_events", "prevalence"):
        read = {folder: (folder / "records" / f"{name}.csv").read_bytes() for folder in (made, again, other)}
        assert read[made] == read[again] != read[other]
    whole = Workbench(made).records("kampung", within="63.11").drop(columns="record_id")
    alone = Workbench(part).records("kampung", within="63.11").drop(columns="record_id")
    pd.testing.assert_frame_equal(whole.reset_index(drop=True), alone.reset_index(drop=True))


def test_every_map_and_page_says_that_it_is_simulated(made, wb, tmp_path):
    from kkbgeo import maps, profiles

    bench = Workbench(made)
    page = profiles.new_page(bench, "63.11")
    page.show("villages", profiles.village_map(bench, "63.11"))
    path = profiles.finish(bench, page).save(tmp_path)
    assert path.name == "63.11-balangan-simulasi.html"
    html = path.read_text(encoding="utf-8")
    assert "SIMULASI – Kabupaten Balangan" in html
    assert "dibuat-buat" in html
    assert html.count('<span lang="id">SIMULASI</span><span lang="en">SIMULATION</span>') >= 10
    alone = maps.choropleth(bench.table("regency", "kkb_total", within="63"), "kkb_total").html()
    assert alone.count("<span>SIMULASI</span>") >= 10
    real = maps.choropleth(wb.table("regency", "kkb_total", within="63"), "kkb_total").html()
    assert "SIMULASI" not in real


def test_a_province_without_a_single_record_has_its_page(made):
    from kkbgeo import profiles

    bench = Workbench(made)
    table = bench.table("regency", ["kkb_total", "stunting_prevalence"], within="65")
    page = profiles.new_page(bench, "65")
    page.show("accounting", profiles.accounting(table, inside="65"))
    assert page.simulated  # it shows medians, and those are of simulated regencies
    assert "tidak memuat satu baris data pun" in profiles.finish(bench, page).html()


def test_it_writes_over_a_simulation_and_over_nothing_else(made, wb, tmp_path):
    target = tmp_path / "data"
    shutil.copytree(made, target)
    assert simulate(target, seed=9, scope="63.11") == target
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("months of work")
    with pytest.raises(ParameterError, match="--out"):
        simulate(tmp_path / "mine", seed=1)
    with pytest.raises(ParameterError):
        simulate(wb.data, seed=1)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "months of work"
    with pytest.raises(CodeError):
        simulate(tmp_path / "new", seed=1, scope="6311")


def test_a_made_up_country_nests():
    made = units((3, 9, 31, 400), seed=2)
    assert made["level"].value_counts().to_dict() == {"village": 400, "district": 31, "regency": 9, "province": 3}
    assert made["code"].is_unique
    codes = set(made["code"])
    assert all(parent in codes for parent in made["parent"] if parent)
    assert made["name"].str.startswith("Simulasi").all()


def test_ways_lead_to_the_simulated_page_only_where_it_is_one(made, wb, tmp_path):
    from kkbgeo.profiles import inputs, ways

    drawn = Workbench(made)
    assert ways.named(drawn, "63.11").page == "regency/63.11-balangan-simulasi.html"
    assert [one.page for one in ways.above(drawn, "63.11")] == [
        "kalimantan-simulasi.html", "province/63-kalimantan-selatan-simulasi.html",
    ]  # fmt: skip
    # One made-up record among reports: its regency, its province and the whole say so, no other page.
    mixed = tmp_path / "data"
    shutil.copytree(wb.data, mixed)
    sources = pd.read_csv(mixed / "sources.csv", dtype=str, keep_default_na=False)
    used = [set(inputs.page_sources(wb, code)) for code in ("63.11", "63.01", "61")]
    shown_by_all = {one.source_id for one in wb.rows("prevalence")}  # every page draws the medians of all regencies
    alone = sorted(used[0] - used[1] - used[2] - shown_by_all)[0]
    sources.loc[sources["source_id"] == alone, ["publisher_kind", "rank"]] = ["simulation", "5"]
    sources.to_csv(mixed / "sources.csv", index=False)
    seal(mixed / "sources.csv")
    bench = Workbench(mixed)
    assert "simulasi" in ways.named(bench, "63.11").page and "simulasi" not in ways.named(bench, "63.01").page
    assert all("simulasi" in one.page for one in ways.above(bench, "63.01"))
    assert ["simulasi" in one.page for one in ways.above(bench, "61.01")] == [True, False]
    # The page above is called otherwise now: the pages below it are due.
    assert "links" in inputs.page_inputs(bench, "63.01").parts and "links" not in inputs.page_inputs(wb, "63.01").parts
