"""Intervals over days: they cover as stated, also with few days, and follow days that hang together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from prediction.evaluation.bootstrap import Estimate, draw_blocks, estimates
from prediction.evaluation.gate import CLOSED, OPEN, judge


def mean(sums: Any) -> Any:
    return sums[..., 1:2] / sums[..., 0:1]


def interval(sums: Any, seed: int = 1) -> Estimate:
    return estimates(sums, mean, draw_blocks(len(sums), seed))[0]


def days(random: Any, blocks: int, spread: float) -> Any:
    """Persons and sums of a loss that has a common part on each day; its mean is 1."""
    persons = random.integers(30, 60, blocks)
    common = random.normal(0, spread, blocks)
    return np.stack(
        [persons, [random.normal(1 + c, 0.5, n).sum() for c, n in zip(common, persons, strict=True)]], axis=1
    )


@pytest.mark.parametrize(("blocks", "least"), [(8, 0.90), (60, 0.90)])
def test_the_interval_covers_the_truth_about_as_often_as_it_says(blocks: int, least: float) -> None:
    random = np.random.default_rng(11)
    inside = [(found := interval(days(random, blocks, 0.3))).low <= 1 <= found.high for _ in range(300)]
    assert least <= np.mean(inside) <= 0.99


def test_days_that_hang_together_widen_it() -> None:
    random = np.random.default_rng(2)
    apart, together = (interval(days(random, 100, spread)) for spread in (0.0, 0.3))
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_the_same_seed_gives_the_same_interval() -> None:
    sums = days(np.random.default_rng(3), 30, 0.2)
    assert interval(sums, 7) == interval(sums, 7) != interval(sums, 8)


def test_no_difference_has_no_width() -> None:
    sums = np.stack([np.full(40, 50.0), np.zeros(40)], axis=1)
    assert interval(sums) == Estimate(0.0, 0.0, 0.0)


def test_one_day_tells_no_interval() -> None:
    assert interval(np.array([[50.0, 20.0]])).as_json() == {"value": 0.4, "low": None, "high": None}


def test_the_gate_opens_only_below_zero() -> None:
    assert judge(Estimate(-0.02, -0.03, -0.001), 30, 5_000).gate == OPEN
    assert judge(Estimate(-0.02, -0.05, 0.0), 30, 5_000).gate == CLOSED
    assert judge(Estimate(0.0, 0.0, 0.0), 30, 5_000).gate == CLOSED
    assert judge(Estimate(-0.02, -np.inf, np.inf), 1, 5_000).gate == CLOSED


@pytest.mark.parametrize(("blocks", "persons"), [(4, 5_000), (30, 199)])
def test_the_gate_stays_closed_where_there_is_too_little_to_tell(blocks: int, persons: int) -> None:
    verdict = judge(Estimate(-0.2, -0.3, -0.1), blocks, persons)
    assert verdict.gate == CLOSED
    assert "too few to tell" in verdict.why
