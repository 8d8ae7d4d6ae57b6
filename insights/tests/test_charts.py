"""What a chart's declaration says: never more than the table, hidden figures as gaps."""

from __future__ import annotations

from typing import Any

import pytest

from insights.charts import Bar, Doughnut, Grid, Line
from insights.columns import HIDDEN, Count, Label, Share, rate_of

RATES = {
    "race": Label("Race", "race"),
    "gender": Label("Gender", "gender"),
    "stops": Count("Persons stopped", "stops"),
    **rate_of("searches", "Search rate"),
}
TIMES = {
    "year": Label("Year", "year"),
    "month": Label("Month", "month"),
    "hour": Label("Hour", "hour"),
    "stops": Count("Persons stopped", "stops"),
    "share": Share("Share", "stops"),
}


def rate(race: str, gender: str = "Male", stops: Any = 50, value: Any = 0.2) -> dict[str, Any]:
    hidden = value == HIDDEN
    ends = {"low": HIDDEN if hidden else value - 0.1, "high": HIDDEN if hidden else value + 0.1}
    return {"race": race, "gender": gender, "stops": stops, "rate": value, **ends}


def at(hour: int | None, stops: Any = 5, year: int = 2026, month: int = 3) -> dict[str, Any]:
    return {
        "year": year,
        "month": month,
        "hour": hour,
        "stops": stops,
        "share": HIDDEN if stops == HIDDEN else 0.5,
    }


def test_a_rate_is_drawn_with_its_interval_and_base() -> None:
    chart = Bar(x=("race",), y=("rate",)).draw("T", RATES, [rate("White")])
    (one,) = chart["series"]
    assert (one["values"], one["low"], one["n"]) == ([0.2], [0.1], [50])
    assert one["high"] == pytest.approx([0.3])
    assert (chart["type"], chart["y_format"], chart["x_title"], chart["y_title"]) == (
        "bar",
        "percent",
        "Race",
        "Search rate",
    )


def test_a_hidden_figure_is_a_gap_with_its_mark_and_without_interval_or_base() -> None:
    chart = Bar(x=("race",), y=("rate",)).draw(
        "T", RATES, [rate("White"), rate("Asian", stops=HIDDEN, value=HIDDEN)]
    )
    (one,) = chart["series"]
    assert [one[key][1] for key in ("values", "low", "high", "n", "marks")] == [
        None,
        None,
        None,
        None,
        HIDDEN,
    ]


def test_every_hour_stands_on_the_axis_and_an_absent_one_counts_nobody() -> None:
    chart = Bar(x=("hour",), y=("stops",), hours=True).draw("T", TIMES, [at(0), at(23, HIDDEN)])
    assert chart["x"] == [str(hour) for hour in range(24)]
    values = chart["series"][0]["values"]
    assert (values[0], values[1], values[23]) == (5, 0, None)
    assert Bar(x=("hour",), y=("stops",), hours=True).draw("T", TIMES, [at(None)])["x"][-1] == "Unknown"


def test_a_line_over_the_hours_leaves_the_unknown_hour_to_the_table() -> None:
    line = Line(x=("hour",), y=("stops",), hours=True)
    chart = line.draw("T", TIMES, [at(3), at(None)])
    assert (chart["x"][-1], chart["note"]) == ("23", "Stops without a time are in the table only.")
    assert line.draw("T", TIMES, [at(3)])["note"] == ""


def test_too_many_categories_are_cut_to_the_largest_and_the_note_says_so() -> None:
    rows = [rate(f"R{number:02}", stops=100 - number) for number in range(30)]
    chart = Bar(x=("race",), y=("rate",), cap=3).draw("T", RATES, list(reversed(rows)))
    assert chart["x"] == ["R02", "R01", "R00"]
    assert chart["note"] == "The chart shows the 3 largest of 30 by race; the table has all."


def test_hidden_groups_do_not_count_for_the_largest() -> None:
    rows = [rate("Hidden", stops=HIDDEN, value=HIDDEN), rate("A", stops=9), rate("B", stops=8)]
    assert Bar(x=("race",), y=("rate",), cap=2).draw("T", RATES, rows)["x"] == ["A", "B"]


def test_months_are_cut_to_the_last_ones() -> None:
    rows = [at(5, month=month) for month in range(1, 7)]
    chart = Grid(
        x=("hour",), y=("stops",), series=("year", "month"), hours=True, cap_series=2, last=True
    ).draw("T", TIMES, rows)
    assert [one["label"] for one in chart["series"]] == ["May 2026", "Jun 2026"]
    assert chart["note"] == "The chart shows the last 2 of 6 by year and month; the table has all."


def test_only_the_latest_year_is_drawn_where_declared() -> None:
    rows = [at(5, year=2024), at(6, year=2025)]
    chart = Bar(x=("hour",), y=("stops",), latest="year").draw("T", TIMES, rows)
    assert (chart["x"], chart["note"]) == (["6"], "The chart shows 2025; the table has every year.")


def test_two_axes_are_in_reading_order_with_unknown_last() -> None:
    rows = [rate("White", "Unknown"), rate("Unknown", "Male"), rate("Asian", "Female")]
    chart = Grid(x=("race",), y=("rate",), series=("gender",)).draw("T", RATES, rows)
    assert chart["x"] == ["Asian", "White", "Unknown"]
    assert [one["label"] for one in chart["series"]] == ["Female", "Male", "Unknown"]
    assert chart["series"][1]["values"] == [None, None, 0.2]


def test_a_line_needs_two_points_and_a_grid_two_rows() -> None:
    line, grid = Line(x=("year",), y=("stops",)), Grid(x=("race",), y=("rate",), series=("gender",))
    assert line.draw("T", TIMES, [at(1, year=2025)])["type"] == "bar"
    assert line.draw("T", TIMES, [at(1, year=2025), at(1, year=2026)])["type"] == "line"
    assert grid.draw("T", RATES, [rate("A")])["type"] == "bar"
    assert grid.draw("T", RATES, [rate("A"), rate("A", "Female")])["type"] == "grid"


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        ([at(1), at(2)], "doughnut"),
        ([at(1)], "bar"),
        ([at(1), at(2, HIDDEN)], "bar"),
        ([at(hour) for hour in range(7)], "bar"),
    ],
)
def test_a_doughnut_shows_few_known_parts_of_one_whole(rows: list[dict[str, Any]], kind: str) -> None:
    assert Doughnut(x=("hour",), y=("share",)).draw("T", TIMES, rows)["type"] == kind


def test_every_series_is_as_long_as_the_axis() -> None:
    rows = [rate("A"), rate("B", "Female"), rate("C", "Female", HIDDEN, HIDDEN)]
    chart = Bar(x=("race",), y=("rate",), series=("gender",)).draw("T", RATES, rows)
    for one in chart["series"]:
        assert {len(values) for key, values in one.items() if key != "label"} == {len(chart["x"])}
