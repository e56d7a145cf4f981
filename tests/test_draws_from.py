"""A page of analysis is rebuilt only for the tables it draws from, so nothing of another table may stand on it."""

from __future__ import annotations

import re

import pytest
from batchkit import copied_data, edit
from recipes import progress_page, study_page

import kkbgeo
from kkbgeo.pages import analyses
from kkbgeo.profiles.inputs import checksum

SURVEY = "stunting_prevalence_ssgi_2022"
#: A figure that each table shows, so that a change of it would be seen wherever the table is drawn from.
FIGURES = {
    "aid_events": "beneficiaries",
    "at_risk_families": "families_at_risk",
    "kampung": "class_level",
    "kampung_counts": "total",
    "population_area": "area_km2",
    "prevalence": "prevalence_percent",
}


def patterns_page(wb):
    study = kkbgeo.patterns.study(wb, SURVEY, permutations=199)
    return study_page(wb, study, study.sensitivity())


def targets_page(wb):
    return progress_page(wb, kkbgeo.patterns.progress(wb))


PAGES = {"pola-spasial": patterns_page, "kemajuan-dan-target": targets_page}


@pytest.fixture(scope="module")
def before():
    """The pages of the data as they are."""
    wb = kkbgeo.Workbench()
    return {code: make(wb).html() for code, make in PAGES.items()}


def changed(folder, tables):
    """Return a workbench of data in which each of `tables` says something else."""
    data = copied_data(folder)

    def change(rows):
        name = FIGURES[table]
        # A total whose classes are all told is their sum, and stays so.
        given = [row for row in rows if row[name] and not row.get("dasar")]
        for row in given:
            if name == "class_level":
                row["class_reported"] = row[name] = "dasar" if row[name] != "dasar" else "mandiri"
            else:
                row[name] = str(int(row[name]) + 1) if row[name].isdigit() else f"{float(row[name]) / 3:.1f}"
        assert given, table

    for table in tables:
        edit(data / "records" / f"{table}.csv", change)
    return kkbgeo.Workbench(data)


def test_a_changed_kampung_is_no_news_for_the_page_of_patterns(tmp_path):
    """Classes are not tested, so that no record of a kampung stands on it."""
    kind = analyses()["pola-spasial"]
    assert "kampung" not in kind.draws_from and "village" not in kind.boundaries
    wb = changed(tmp_path / "data", ["kampung"])
    assert checksum(wb, "pola-spasial") == checksum(kkbgeo.Workbench(), "pola-spasial")
    assert checksum(wb, "kemajuan-dan-target") != checksum(kkbgeo.Workbench(), "kemajuan-dan-target")


def test_every_analysis_that_names_its_tables_is_held_here():
    every = set(kkbgeo.Workbench().record_tables)
    assert set(PAGES) == {one.id for one in analyses().values() if not every <= one.draws_from}


@pytest.mark.parametrize("code", PAGES)
def test_no_table_that_a_page_is_not_rebuilt_for_stands_on_it(code, before, tmp_path):
    others = [one for one in kkbgeo.Workbench().record_tables if one not in analyses()[code].draws_from]
    assert "aid_events" in others and "at_risk_families" in others
    wb = changed(tmp_path / "data", others)
    assert checksum(wb, code) == checksum(kkbgeo.Workbench(), code)
    assert checksum(wb, "kalimantan") != checksum(kkbgeo.Workbench(), "kalimantan")
    assert PAGES[code](wb).html() == before[code]


@pytest.mark.parametrize("code", PAGES)
@pytest.mark.parametrize("table", ["prevalence", "population_area"])
def test_a_table_that_a_page_draws_from_changes_it(code, table, before, tmp_path):
    assert table in analyses()[code].draws_from
    wb = changed(tmp_path / "data", [table])
    assert checksum(wb, code) != checksum(kkbgeo.Workbench(), code)
    mark = re.compile(r"[0-9a-f]{16}")  # the checksum itself is printed in the footer
    assert mark.sub("", PAGES[code](wb).html()) != mark.sub("", before[code])
