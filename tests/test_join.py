"""The join: every row that went in has exactly one status, whatever the input; missing is never zero."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkbgeo.errors import JoinError
from kkbgeo.join import NAMED, OBSERVATION_COLUMNS, STATUSES, join

AREAS = ["63.01", "63.02", "63.11"]
CODES = ["", "63", "63.01", "63.11", "62.10", "63.11.03", "63.11.03.2014", "63.02.01.2001"]
LEVEL = {0: "", 2: "province", 5: "regency", 8: "district", 13: "village"}


def observation(row: int, **values) -> dict:
    base = {
        "row": row, "record_id": f"r-{row:03d}", "table": "t", "indicator": "i", "code": "63.01", "value": 1.0,
        "text": "", "eligible": True, "why": "", "period_start": "2024-01-01", "period_end": "2024-12-31",
        "precision": "year", "as_of": "2024", "rank": 3, "doubt": "", "doubt_kind": "", "derived": False,
        "event_id": "", "source_id": f"s-{row}", "publisher": f"p-{row}", "place_reason": "",
    }  # fmt: skip
    base.update(values)
    return {**base, "level": LEVEL[len(base["code"])]}


def frame(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(OBSERVATION_COLUMNS))


def dated(day: str) -> dict:
    return {"period_start": day, "period_end": day, "precision": "day", "as_of": day}


rows = st.lists(
    st.fixed_dictionaries(
        {
            "code": st.sampled_from(CODES),
            "value": st.sampled_from([0.0, 1.0, 2.0, 2.0, math.nan]),
            "text": st.sampled_from(["", "dasar", NAMED]),
            "eligible": st.booleans(),
            "why": st.just("not of this kind"),
            "period_end": st.sampled_from(["2021-12-31", "2024-12-31", "2025-07-31", "2026-11-22"]),
            "precision": st.sampled_from(["day", "month", "year", "undated"]),
            "rank": st.integers(1, 5),
            "doubt": st.sampled_from(["", "misprint"]),
            "publisher": st.sampled_from(["a", "b"]),
            "event_id": st.sampled_from(["", "", "e1", "e2"]),
        }
    ),
    max_size=25,
)


@settings(max_examples=100, deadline=None)
@given(rows=rows, combine=st.sampled_from(["latest", "sum", "share"]), order=st.randoms(use_true_random=False))
def test_every_row_is_accounted_for_once_and_order_does_not_matter(rows, combine, order):
    table = frame(*[observation(number, **values) for number, values in enumerate(rows)])
    joined = join(table, AREAS, "regency", as_of="2025-12-31", combine=combine)
    assert joined.report["row"].tolist() == table["row"].tolist()
    assert set(joined.report["status"]) <= set(STATUSES)
    assert joined.report["status"].value_counts().sum() == len(rows)
    assert (joined.report["reason"] != "").all()
    assert joined.cells["code"].tolist() == AREAS
    used = joined.report[joined.report["status"] == "used"]
    for cell in joined.cells.itertuples():
        mine = used[used["area"] == cell.code]
        assert set(cell.record_id.split()) == set(mine["record_id"])
        assert (cell.state == "not_reported") == (math.isnan(cell.value) and not cell.text)
        if combine == "latest":
            assert len(mine) <= 1
        if cell.state != "not_reported":
            assert len(mine) >= 1
    shuffled = list(range(len(rows)))
    order.shuffle(shuffled)
    again = join(table.iloc[shuffled].reset_index(drop=True), AREAS, "regency", as_of="2025-12-31", combine=combine)
    pd.testing.assert_frame_equal(joined.cells, again.cells)
    pd.testing.assert_frame_equal(
        joined.report.sort_values("row", ignore_index=True), again.report.sort_values("row", ignore_index=True)
    )


def statuses(joined) -> list[str]:
    return joined.report["status"].tolist()


def test_the_newest_figure_wins_whoever_printed_it():
    old = observation(0, value=30.0, rank=1, **dated("2019-09-26"))
    new = observation(1, value=110.0, rank=4, **dated("2024-12-11"))
    joined = join(frame(old, new), ["63.01"], "regency", as_of="2025-12-31", combine="latest")
    assert joined.cells["value"].tolist() == [110.0]
    assert statuses(joined) == ["superseded", "used"]


def test_for_one_event_the_better_publisher_wins_and_the_other_is_a_conflict():
    press = observation(0, value=73.0, rank=4, event_id="e", period_end="2023-12-31", as_of="2023")
    office = observation(1, value=76.0, rank=2, event_id="e", **dated("2023-11-21"))
    echo = observation(2, value=76.0, rank=4, event_id="e", **dated("2023-11-21"))
    joined = join(frame(press, office, echo), ["63.01"], "regency", as_of="2025-12-31", combine="latest")
    assert joined.cells["value"].tolist() == [76.0]
    assert joined.cells["conflicts"].tolist() == [1]
    assert statuses(joined) == ["conflicting", "used", "superseded"]


def test_a_doubted_figure_loses_to_an_undoubted_one_of_the_same_period():
    doubted = observation(0, value=25.7, rank=1, doubt="misprint")
    sound = observation(1, value=27.4, rank=4)
    joined = join(frame(doubted, sound), ["63.01"], "regency", as_of="2025-12-31", combine="latest")
    assert joined.cells["value"].tolist() == [27.4]
    assert statuses(joined) == ["conflicting", "used"]


def test_among_equals_the_figure_most_publishers_give_wins():
    alone = observation(0, value=24.5)
    others = [observation(number, value=20.6) for number in (1, 2, 3)]
    copies = [observation(number, value=24.5, publisher="p-0") for number in (4, 5, 6)]  # of one table: one publisher
    assert join(frame(alone, *others, *copies), ["63.01"], "regency", as_of="2025-12-31", combine="latest").cells[
        "value"
    ].tolist() == [20.6]
    joined = join(frame(alone, *others), ["63.01"], "regency", as_of="2025-12-31", combine="latest")
    assert joined.cells["value"].tolist() == [20.6]
    assert statuses(joined) == ["conflicting", "used", "superseded", "superseded"]


def test_an_undated_figure_never_beats_a_dated_one():
    undated = observation(0, value=157.0, precision="undated", period_start="", period_end="2026-11-22", as_of="")
    early = observation(1, value=11.0, **dated("2017-09-20"))
    joined = join(frame(undated, early), ["63.01"], "regency", as_of="9999-12-31", combine="latest")
    assert joined.cells["value"].tolist() == [11.0]
    before = join(frame(undated), ["63.01"], "regency", as_of="2025-12-31", combine="latest")
    assert statuses(before) == ["out_of_scope"]
    assert before.cells["state"].tolist() == ["not_reported"]


def test_two_undated_figures_that_differ_are_a_conflict():
    nowhen = {"precision": "undated", "period_start": "", "period_end": "2026-11-22", "as_of": ""}
    joined = join(
        frame(observation(0, value=11.0, **nowhen), observation(1, value=43.0, rank=2, **nowhen)),
        ["63.01"], "regency", as_of="9999-12-31", combine="latest",
    )  # fmt: skip
    assert joined.cells["value"].tolist() == [43.0]
    assert statuses(joined) == ["conflicting", "used"]


def test_zero_is_zero_and_missing_is_not():
    zero = observation(0, value=0.0)
    joined = join(frame(zero), ["63.01", "63.02"], "regency", as_of="2025-12-31", combine="latest")
    assert joined.cells["state"].tolist() == ["zero", "not_reported"]
    assert math.isnan(joined.cells["value"].iloc[1])


def test_events_of_villages_add_up_to_their_regency_and_one_event_counts_once():
    first = observation(0, code="63.11.03.2014", value=10.0)
    second = observation(1, code="63.11.03", value=5.0)
    same = observation(2, code="63.11", value=80.0, event_id="e", rank=3)
    again = observation(3, code="63.11", value=80.0, event_id="e", rank=4)
    above = observation(4, code="63", value=15.0)
    joined = join(frame(first, second, same, again, above), AREAS, "regency", as_of="2025-12-31", combine="sum")
    assert joined.cells.set_index("code").loc["63.11", "value"] == 95.0
    assert statuses(joined) == ["used", "used", "used", "superseded", "out_of_scope"]


def test_a_named_kampung_without_a_class_is_a_fact_and_a_class_says_more():
    named = observation(0, value=math.nan, text=NAMED)
    graded = observation(1, value=4.0, text="berkelanjutan", **dated("2021-12-31"))
    alone = join(frame(named), ["63.01"], "regency", as_of="2025-12-31", combine="latest")
    assert alone.cells[["state", "record_id", "text"]].values.tolist() == [["not_reported", "r-000", ""]]
    both = join(frame(named, graded), ["63.01"], "regency", as_of="2025-12-31", combine="latest")
    assert both.cells["text"].tolist() == ["berkelanjutan"]
    assert statuses(both) == ["superseded", "used"]


@pytest.mark.parametrize(
    ("table", "codes", "message"),
    [
        (frame(), ["63.01", "63.01"], "unique"),
        (frame(), ["63"], "level"),
        (frame(observation(0), observation(0)), ["63.01"], "unique"),
        (frame(observation(0), observation(1, indicator="other")), ["63.01"], "One indicator"),
        (frame(observation(0)).drop(columns="rank"), ["63.01"], "rank"),
    ],
)
def test_a_join_whose_cardinality_would_not_hold_is_refused(table, codes, message):
    with pytest.raises(JoinError, match=message):
        join(table, codes, "regency", as_of="2025-12-31", combine="latest")
