from __future__ import annotations

from math import log, sqrt

import pytest
from scipy.stats import norm

from insights.fairness.intervals import (
    Estimate,
    Rate,
    difference,
    estimate_with_test,
    log_estimate,
    normal_estimate,
    ratio,
    ratio_of_events,
    two_sided,
)


def test_a_rate_over_nothing_is_unknown_and_few() -> None:
    nothing = Rate(0, 0)
    assert (nothing.value, nothing.low, nothing.high, nothing.few) == (None, None, None, True)
    assert not Rate(3, 30).few


def test_newcombe_difference_is_the_published_example() -> None:
    """56/70 against 48/80: method 10 gives 0.0524 to 0.3339 (Newcombe 1998, table II, case a)."""
    found = difference(Rate(56, 70), Rate(48, 80))
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_the_p_of_a_difference_is_that_of_the_pooled_test() -> None:
    found = difference(Rate(56, 70), Rate(48, 80))
    pooled = 104 / 150
    z = 0.2 / sqrt(pooled * (1 - pooled) * (1 / 70 + 1 / 80))
    assert found.p == pytest.approx(2 * norm.sf(z))


def test_ratios_carry_their_interval_and_p() -> None:
    events = ratio_of_events(120, 1000, 80, 1000)
    error = sqrt(1 / 120 + 1 / 80)
    assert events.value == pytest.approx(1.5)
    assert log(events.high or 0) - log(events.low or 0) == pytest.approx(2 * 1.959963984540054 * error)
    assert events.p == pytest.approx(2 * norm.sf(log(1.5) / error))
    once = ratio(Rate(120, 1000), Rate(80, 1000))
    assert (once.low or 0) > (events.low or 0), "one stop a person is the narrower assumption"


@pytest.mark.parametrize("counts", [(0, 10, 0, 10), (3, 10, 0, 10), (3, 0, 3, 10)])
def test_a_ratio_to_nothing_is_unknown(counts: tuple[int, int, int, int]) -> None:
    assert ratio_of_events(*counts) == Estimate()
    assert ratio(Rate(counts[0], counts[1]), Rate(counts[2], counts[3])).p is None


def test_a_ratio_of_two_certainties_has_no_spread() -> None:
    assert ratio(Rate(5, 5), Rate(7, 7)) == Estimate(1.0)


def test_flags_share_their_level_among_the_comparisons() -> None:
    found = Estimate(1.0, 0.5, 1.5, 0.03)
    assert found.flagged()
    assert not found.flagged(comparisons=2)
    assert not Estimate().flagged()


@pytest.mark.parametrize("value", [0.5, -0.5])
@pytest.mark.parametrize(
    ("error", "error_at_none"), [(0.1, 0.3), (0.3, 0.1), (0.2, 0.2), (0.0, 0.2), (0.254, 0.256)]
)
def test_an_estimate_with_its_own_test_agrees_with_that_test(
    value: float, error: float, error_at_none: float
) -> None:
    found = estimate_with_test(value, error, error_at_none)
    low, high = found.low or 0.0, found.high or 0.0
    assert found.p == pytest.approx(2 * norm.sf(0.5 / error_at_none))
    assert (low > 0 or high < 0) == found.flagged()
    inner = value - low if value > 0 else high - value
    variance = error**2 + (error_at_none**2 - error**2) * inner / 0.5
    assert inner == pytest.approx(1.959964 * sqrt(variance), rel=1e-6)
    assert max(value - low, high - value) >= 1.959963 * error


def test_where_both_errors_are_alike_the_interval_is_the_plain_one() -> None:
    found = estimate_with_test(0.5, 0.1, 0.105)
    plain = normal_estimate(0.5, 0.1)
    assert (found.low, found.high) == (plain.low, plain.high)
    assert found.p == normal_estimate(0.5, 0.105).p


def test_an_estimate_of_nothing_keeps_the_error_of_its_test() -> None:
    assert estimate_with_test(0.0, 0.1, 0.2) == normal_estimate(0.0, 0.2)
    assert estimate_with_test(0.5, 0.1, 0.0) == Estimate(0.5)


def test_normal_and_log_estimates_agree_with_the_normal_law() -> None:
    found = normal_estimate(2.0, 1.0)
    assert (found.low, found.high) == pytest.approx((2 - 1.959964, 2 + 1.959964))
    assert found.p == pytest.approx(two_sided(2.0)) == pytest.approx(2 * norm.sf(2))
    assert log_estimate(log(2), 0.1).value == pytest.approx(2)
    assert normal_estimate(1.0, 0.0) == Estimate(1.0)
    assert log_estimate(0.0, 0.0) == Estimate(1.0)
