from __future__ import annotations

import pytest
from scipy.stats import beta, binom

from insights.fairness.benchmark import against_benchmark, disparity_ratio, share_ratio, stop_rate
from insights.fairness.intervals import Rate

TOWN = [
    {"band": "young", "stops": 300, "people": 1000},
    {"band": "old", "stops": 100, "people": 1000},
    {"band": "middle", "stops": 200, "people": 2000},
]


def test_young_people_are_stopped_three_times_as_often_and_make_twice_their_share() -> None:
    found = {one.group: one for one in against_benchmark(TOWN, group="band", reference="old")}
    young = found["young"]
    assert (young.rate, young.disparity.value) == (0.3, pytest.approx(3.0))
    assert (young.share, young.people_share, young.share_ratio.value) == (0.5, 0.25, pytest.approx(2.0))
    assert young.residual.value == pytest.approx(100.0)
    assert young.flagged
    assert found["middle"].disparity.value == pytest.approx(1.0)
    assert not found["middle"].flagged
    assert not found["old"].flagged


def test_years_divide_the_rate_and_leave_the_ratio() -> None:
    one, three = (against_benchmark(TOWN, group="band", reference="old", years=y) for y in (1.0, 3.0))
    assert three[0].rate == pytest.approx((one[0].rate or 0) / 3)
    assert three[0].disparity.value == pytest.approx(one[0].disparity.value)


def test_monthly_mean_times_twelve_is_the_yearly_rate() -> None:
    assert stop_rate(90, 1000, years=3 / 12) == pytest.approx(90 / 3 * 12 / 1000)


@pytest.mark.parametrize(("stops", "people", "years"), [(5, 0, 1.0), (5, 10, 0.0)])
def test_without_people_or_time_there_is_no_rate(stops: int, people: int, years: float) -> None:
    assert stop_rate(stops, people, years) is None


def test_rows_of_one_group_are_added_up() -> None:
    halves = [{**row, "stops": row["stops"] // 2, "people": row["people"] // 2} for row in TOWN for _ in "ab"]  # type: ignore[operator]
    whole = against_benchmark(TOWN, group="band", reference="old")
    assert [(one.stops, one.people) for one in against_benchmark(halves, group="band", reference="old")] == [
        (one.stops, one.people) for one in whole
    ]


def test_a_group_never_stopped_is_at_nought_with_an_exact_upper_end() -> None:
    rows = [{"band": "young", "stops": 0, "people": 10}, {"band": "old", "stops": 5, "people": 10}]
    young, old = against_benchmark(rows, group="band", reference="old")
    share = beta.ppf(0.975, 1, 5)  # Clopper and Pearson, 0 of 5
    assert (young.rate, young.disparity.value, young.flagged) == (0.0, 0.0, False)
    assert young.disparity.high == pytest.approx(share / (1 - share))
    assert young.disparity.p == pytest.approx(2 * binom.pmf(0, 5, 0.5))
    assert young.residual.value == -100.0
    assert young.residual.high == pytest.approx((Rate(0, 5).high or 0) * 200 - 100)
    assert old.share_ratio.value == 2.0
    many = [{"band": "young", "stops": 0, "people": 10}, {"band": "old", "stops": 50, "people": 10}]
    assert against_benchmark(many, group="band", reference="old")[0].flagged


def test_nobody_stopped_or_a_missing_reference_is_unknown_not_wrong() -> None:
    rows = [{"band": "young", "stops": 0, "people": 10}, {"band": "old", "stops": 5, "people": 10}]
    nobody = against_benchmark([{**row, "stops": 0} for row in rows], group="band", reference="old")
    assert (nobody[0].disparity.value, nobody[0].residual.value) == (None, None)
    missing = against_benchmark(rows, group="band", reference="nobody")
    assert [one.disparity.value for one in missing] == [None, None]
    assert against_benchmark([], reference="old") == []


def test_the_published_form_is_narrower_than_that_of_events() -> None:
    once = disparity_ratio(204420, 648846, 50698, 548312, once=True)
    events = disparity_ratio(204420, 648846, 50698, 548312)
    assert once.value == events.value
    assert (events.low or 0) < (once.low or 0) < (once.high or 0) < (events.high or 0)


def test_more_stops_than_people_leave_the_published_form_without_an_interval() -> None:
    found = disparity_ratio(300, 100, 150, 100, once=True)
    assert (found.value, found.low, found.high) == (2.0, None, None)


def test_a_share_equal_to_the_benchmark_is_one() -> None:
    found = share_ratio(25, 100, 250, 1000)
    assert found.value == pytest.approx(1.0)
    assert (found.low or 0) < 1 < (found.high or 0)
    assert found.p == pytest.approx(1.0)
