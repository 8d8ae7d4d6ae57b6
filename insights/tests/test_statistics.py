from __future__ import annotations

import random

import pytest

from insights.statistics import Z_95, ranks, rate_ratio, wilson
from insights.wording import signed_points


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [  # Newcombe, Statistics in Medicine 17 (1998), table I, method 3: score interval without continuity correction
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_intervals(part: int, whole: int, low: float, high: float) -> None:
    assert wilson(part, whole) == pytest.approx((low, high), abs=5e-5)


def test_the_ends_of_a_wilson_interval_solve_its_equation() -> None:
    """At either end the distance from the rate is z standard errors, these taken at that end."""
    draw = random.Random(1)
    for _ in range(300):
        whole = draw.randint(1, 5000)
        part = draw.randint(0, whole)
        for end in wilson(part, whole):
            assert end is not None
            assert 0 <= end <= 1
            assert (part / whole - end) ** 2 == pytest.approx(Z_95**2 * end * (1 - end) / whole, abs=1e-12)


def test_none_and_all_end_exactly_at_the_border() -> None:
    assert wilson(0, 7)[0] == 0.0
    assert wilson(7, 7)[1] == 1.0


def test_nothing_of_nothing_has_no_interval() -> None:
    assert wilson(0, 0) == (None, None)


def test_the_ratio_of_rates_gives_the_published_interval() -> None:
    """Physicians' Health Study (1989): heart attacks under placebo and aspirin; Agresti prints 1.82 (1.43 to 2.30)."""
    assert rate_ratio(189, 11034, 104, 11037) == pytest.approx((1.818, 1.433, 2.306), abs=5e-4)


@pytest.mark.parametrize("counts", [(0, 5, 3, 9), (3, 9, 0, 5), (0, 0, 1, 2), (1, 2, 0, 0)])
def test_a_ratio_needs_a_count_on_both_sides(counts: tuple[int, int, int, int]) -> None:
    assert rate_ratio(*counts) == (None, None, None)


def test_equal_values_share_a_rank_and_the_next_is_left_free() -> None:
    assert ranks([0.2, 0.5, 0.5, None, 0.1]) == [3, 1, 1, None, 4]


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (-0.0144, "−1.4"),
        (0.01, "+1.0"),
        (-0.0004, "−0.04"),
        (0.0004, "+0.04"),
        (-0.00001, "0.0"),
        (0.0, "0.0"),
    ],
)
def test_no_difference_is_told_as_less_than_nought_point_nought(share: float, said: str) -> None:
    assert signed_points(share) == said
