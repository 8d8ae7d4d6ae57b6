"""The computed sentences: what they say, and when they keep silent."""

from __future__ import annotations

from typing import Any

import pytest

from insights.columns import HIDDEN
from insights.findings import (
    ALL_HIDDEN,
    NOTHING,
    TOO_FEW,
    BothHigh,
    BusiestMonth,
    Commonest,
    CommonestInEach,
    Extreme,
    Finding,
    Growth,
    LargestGroups,
    LongestStops,
    NightAgainstDay,
    TopVehicle,
)
from insights.insight import Answer
from insights.statistics import wilson
from insights.wording import group_name

Row = dict[str, Any]
ARREST = Extreme(("violation",), "Stops for {name} most often end in arrest")


def answer(rows: list[Row], hidden: int = 0, **summary: Any) -> Answer:
    return Answer("s", "t", "q?", {}, list(rows[0]) if rows else [], rows, summary, hidden=hidden)


def rated(violation: str, part: int, whole: int) -> Row:
    low, high = wilson(part, whole)
    return {"violation": violation, "stops": whole, "rate": part / whole, "low": low, "high": high}


def test_nothing_and_all_hidden_are_told_apart() -> None:
    assert ARREST(answer([])) == NOTHING
    assert ARREST(answer([], hidden=4)) == ALL_HIDDEN


def test_clearly_apart_intervals_are_said_to_be_so() -> None:
    said = ARREST(answer([rated("DUI", 300, 1000), rated("Speeding", 50, 1000)]))
    assert said == (
        "Stops for DUI most often end in arrest: 30.0% (95% interval 27.2% to 32.9%) of 1,000. "
        "Next comes Speeding with 5.0%; the two intervals do not overlap."
    )


def test_overlapping_intervals_may_be_chance() -> None:
    said = ARREST(answer([rated("Speeding", 10, 100), rated("DUI", 11, 100)]))
    assert said.startswith("Stops for DUI most often end in arrest: 11.0%")
    assert said.endswith("the two intervals overlap, so the order may be chance.")


def test_the_lowest_is_found_where_asked_for() -> None:
    lowest = Extreme(("violation",), "{name} is lowest", lowest=True)
    assert lowest(answer([rated("DUI", 300, 1000), rated("Signal", 1, 1000)])).startswith(
        "Signal is lowest: 0.1%"
    )


def test_small_unknown_and_hidden_groups_are_not_named() -> None:
    hidden = {"violation": "Secret", "stops": HIDDEN, "rate": HIDDEN, "low": HIDDEN, "high": HIDDEN}
    rows = [rated("Tiny", 29, 29), rated("Unknown", 90, 100), hidden, rated("DUI", 30, 100)]
    said = ARREST(answer(rows))
    assert said.startswith("Only DUI is shown with the 30 persons that a comparison needs: 30.0%")
    assert ARREST(answer(rows[:3])) == TOO_FEW


def share(name: str, stops: Any, part: Any = 0.5) -> Row:
    return {"violation": name, "stops": stops, "share": part}


def test_the_commonest_group_is_named_with_its_share() -> None:
    common = Commonest(("violation",), "{name} is the commonest violation")
    rows = [share("DUI", 3, 0.3), share("Speeding", 7, 0.7), share("Unknown", 90)]
    assert common(answer(rows)) == "Speeding is the commonest violation: 7, 70.0% of the persons stopped."


def test_groups_of_one_size_share_the_place() -> None:
    common = Commonest(("violation",), "{name} is the commonest violation")
    assert (
        common(answer([share("DUI", 7), share("Speeding", 7)]))
        == "DUI and Speeding share the first place: 7 each."
    )
    assert common(answer([share("DUI", HIDDEN, HIDDEN)])) == TOO_FEW


def test_an_hour_is_named_from_its_begin_to_its_end() -> None:
    busy = Commonest(("hour",), "{name} is the busiest hour")
    rows = [
        {"hour": 0, "stops": 1, "share": 0.1},
        {"hour": 17, "stops": 9, "share": 0.9},
        {"hour": None, "stops": 99, "share": 0.9},
    ]
    assert busy(answer(rows)).startswith("17:00 to 17:59 is the busiest hour: 9, 90.0%")


def test_groups_of_time_are_named_in_words() -> None:
    row = {"year": 2026, "month": 3, "quarter": 1, "hour": 0, "violation": "DUI"}
    for keys, name in (
        (("violation", "hour"), "DUI, 0:00 to 0:59"),
        (("year", "month", "violation"), "March 2026, DUI"),
        (("year", "quarter"), "quarter 1 of 2026"),
        (("year",), "2026"),
    ):
        assert group_name(row, keys) == name


def test_each_place_has_its_commonest_group() -> None:
    rows = [
        {"country": country, "gender": gender, "stops": stops, "share": stops / 10}
        for country, gender, stops in (
            ("India", "Male", 8),
            ("India", "Female", 2),
            ("USA", "Female", 6),
            ("USA", "Male", 4),
        )
    ]
    assert (
        CommonestInEach("country", "gender")(answer(rows))
        == "The largest group in each country: India Male (80.0%); USA Female (60.0%)."
    )


def lasting(violation: str, mean: Any, durations: Any) -> Row:
    return {"violation": violation, "stops": 100, "mean_minutes": mean, "durations": durations}


def test_means_of_few_durations_are_not_compared() -> None:
    rows = [
        lasting("DUI", 40.04, 50),
        lasting("Signal", 9.5, 30),
        lasting("Other", 300.0, 29),
        lasting("Speeding", None, 0),
    ]
    assert LongestStops()(answer(rows)) == (
        "Stops for DUI last longest, 40.0 minutes on average; those for Signal are the shortest with 9.5 minutes."
    )
    assert LongestStops()(answer(rows[1:])) == TOO_FEW


@pytest.mark.parametrize(
    ("ratio", "low", "high", "says"),
    [
        (
            1.7,
            1.52,
            1.9,
            "Night stops end in arrest 1.70 times as often as day stops (95% interval 1.52 to 1.90).",
        ),
        (1.1, 0.95, 1.3, "no difference is shown, since the interval holds 1."),
        (None, None, None, "There are too few arrests by night or by day to compare."),
        (HIDDEN, HIDDEN, HIDDEN, "There are too few arrests by night or by day to compare."),
    ],
)
def test_no_difference_is_claimed_while_the_interval_holds_one(
    ratio: Any, low: Any, high: Any, says: str
) -> None:
    assert NightAgainstDay()(answer([{"period": "Day"}], ratio=ratio, low=low, high=high)).endswith(says)


def both(violation: str, search: Any, arrest: Any, stops: int = 50) -> Row:
    return {"violation": violation, "stops": stops, "search_rate": search, "arrest_rate": arrest}


def test_one_violation_may_lead_in_both_or_two_in_one_each() -> None:
    assert BothHigh()(answer([both("DUI", 0.4, 0.3), both("Other", 0.1, 0.1)])) == (
        "DUI has both the highest search rate (40.0%) and the highest arrest rate (30.0%)."
    )
    assert BothHigh()(answer([both("DUI", 0.4, 0.1), both("Other", 0.1, 0.3)])) == (
        "DUI has the highest search rate (40.0%), Other the highest arrest rate (30.0%)."
    )
    assert BothHigh()(answer([both("DUI", 0.4, 0.1), both("Other", HIDDEN, HIDDEN)])) == TOO_FEW


def year(number: int, stops: int, change: float | None, country: str = "India") -> Row:
    return {"country": country, "year": number, "stops": stops, "arrests": 5, "change": change}


def test_growth_is_said_of_whole_years_only() -> None:
    rows = [year(2022, 40, None), year(2023, 100, 1.5), year(2024, 90, -0.1), year(2025, 30, -0.66)]
    assert (
        Growth()(answer(rows)) == "Change of stops from 2023 to 2024, the last two whole years: India −10.0%."
    )


def test_without_whole_years_only_the_counts_are_said() -> None:
    assert Growth()(answer([year(2020, 50, None)])) == (
        "50 persons were stopped in 2020, and 5 of them arrested (10.0%); a trend needs four years of data."
    )
    hidden = year(2020, 50, None) | {"stops": HIDDEN}
    assert Growth()(answer([hidden])) == "The data hold stops in 2020, too few whole years for a trend."


def group(age: str, violation: str, stops: Any, part: float = 0.5) -> Row:
    return {"year": 2025, "age_band": age, "violation": violation, "stops": stops, "share": part}


def test_the_commonest_of_the_largest_group_is_named() -> None:
    largest = LargestGroups(("year", "age_band"), "violation")
    rows = [group("18-24", "DUI", 20), group("18-24", "Speeding", 30), group("25-34", "DUI", 45, 1.0)]
    assert (
        largest(answer(rows))
        == "In the largest group (2025, 18-24) Speeding is the commonest: 30, 50.0% of the group."
    )
    assert largest(answer(rows[:1])) == TOO_FEW


def test_a_month_with_a_hidden_hour_is_not_compared() -> None:
    rows = [
        {"year": 2025, "month": 1, "hour": 3, "stops": 500},
        {"year": 2025, "month": 1, "hour": 4, "stops": HIDDEN},
        {"year": 2025, "month": 2, "hour": 3, "stops": 20},
    ]
    assert BusiestMonth()(answer(rows)) == "February 2025 has the most stops of those shown in full: 20."
    assert "no month can be named" in BusiestMonth()(answer(rows[1:2]))


def test_vehicles_are_counted_and_never_named() -> None:
    rows = [{"vehicle": "AB1", "stops": 3}, {"vehicle": "CD2", "stops": 3}, {"vehicle": "EF3", "stops": 1}]
    said = TopVehicle("stops", "in drug-related stops")(answer(rows))
    assert (
        said
        == "The vehicle at the top was in drug-related stops 3 times; 2 of the vehicles listed share that place."
    )
    assert "AB1" not in said


def test_a_rule_must_say_something_of_its_own() -> None:
    with pytest.raises(NotImplementedError):
        Finding()(answer([share("DUI", 1)]))
