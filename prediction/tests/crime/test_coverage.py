"""Which days count: missing months are not empty months, and a day has the hours that the clock gave it."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from prediction.crime.coverage import Stretch, days_of, exposure, hours_of, month_of, stretches

NEW_YORK = ZoneInfo("America/New_York")


def daily(first: date, last: date, step: int = 1) -> list[tuple[date, int]]:
    return [(first + timedelta(days=place), 5) for place in range(0, (last - first).days + 1, step)]


def test_a_gap_that_chance_does_not_explain_parts_the_days() -> None:
    days = daily(date(2019, 1, 1), date(2019, 8, 31)) + daily(date(2020, 1, 1), date(2020, 3, 31))
    assert stretches(days, wait=2) == [
        Stretch(date(2019, 1, 1), date(2019, 8, 28)),
        Stretch(date(2020, 1, 1), date(2020, 3, 28)),
    ]


def test_a_holiday_and_rare_reports_are_no_gap() -> None:
    quiet = [
        one
        for one in daily(date(2020, 1, 1), date(2020, 12, 31))
        if one[0].month != 12 or one[0].day not in range(24, 28)
    ]
    assert stretches(quiet) == [Stretch(date(2020, 1, 1), date(2020, 12, 30))]
    rare = daily(date(2020, 1, 1), date(2022, 12, 31), step=9)
    assert len(stretches(rare)) == 1


def test_stray_reports_years_before_cover_nothing() -> None:
    stray = [(date(2003, 5, 5), 1), (date(2011, 2, 1), 1)]
    assert stretches(stray + daily(date(2020, 1, 1), date(2020, 6, 30)))[0].first == date(2020, 1, 1)
    assert stretches(stray) == stretches([]) == stretches(stray[:1]) == []


def test_the_hour_that_the_clock_skips_is_not_there_and_the_repeated_one_is_there_twice() -> None:
    spring, autumn = hours_of(date(2021, 3, 14), NEW_YORK), hours_of(date(2021, 11, 7), NEW_YORK)
    assert (sum(spring), spring[2]) == (23, 0)
    assert (sum(autumn), autumn[1]) == (25, 2)
    assert hours_of(date(2021, 3, 15), NEW_YORK) == [1.0] * 24


@pytest.mark.parametrize(
    "month, hours",
    [(date(2021, 3, 9), 31 * 24 - 1), (date(2021, 11, 1), 30 * 24 + 1), (date(2024, 2, 29), 29 * 24)],
)
def test_the_hours_of_a_month_are_those_that_passed(month: date, hours: float) -> None:
    passed = exposure(days_of(month), NEW_YORK)
    assert list(passed) == [month_of(month)]
    assert sum(passed[month_of(month)]) == hours


def test_weekdays_count_as_often_as_the_month_has_them() -> None:
    [hours] = exposure(
        days_of(date(2026, 11, 1)), ZoneInfo("UTC")
    ).values()  # begins on a Sunday, has 30 days
    assert [hours[day * 24 + 5] for day in range(7)] == [5, 4, 4, 4, 4, 4, 5]
