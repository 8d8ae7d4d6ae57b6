"""Forecasts of trust: each way by hand, no look ahead, the choice by back-test, intervals that hold as often as they say."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from prediction.trust import judging, methods
from prediction.trust.methods import DAMPED, LAST, METHODS, RIDGE, BackTest
from prediction.trust.series import quarters_on


def walks(
    seed: int, periods: int = 40, areas: int = 20, drift: float = 0.0, memory: float = 0.0
) -> np.ndarray:
    """Random walks; `memory`: how much of a step is done again in the next, by all areas together."""
    random = np.random.default_rng(seed)
    steps = random.normal(drift, 0.01, (periods, areas))
    common = np.zeros(periods)
    for at in range(1, periods):
        common[at] = memory * common[at - 1] + random.normal(0, 0.01)
    return 0.7 + (steps + common[:, None]).cumsum(axis=0)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("ahead", [1, 4])
def test_a_back_test_knows_nothing_of_what_comes_after_an_origin(name: str, ahead: int) -> None:
    series = walks(1)
    whole = methods.back_test(series, ahead)
    changed = series.copy()
    changed[25:] += 0.3
    again = methods.back_test(changed, ahead)
    known = [place for place, origin in enumerate(whole.origins) if origin + ahead < 25]
    np.testing.assert_array_equal(whole.errors[name][known], again.errors[name][known])
    straight = METHODS[name](series[:21], ahead)
    np.testing.assert_allclose(straight - series[20 + ahead], whole.errors[name][whole.origins.index(20)])


def test_the_last_value_by_hand() -> None:
    series = walks(2)
    back = methods.back_test(series, 4)
    assert back.origins == list(range(15, 36))
    expected = [abs(series[at] - series[at + 4]).mean() for at in range(15, 36)]
    assert back.mae(LAST) == pytest.approx(np.mean(expected))


def test_a_damped_trend_by_hand() -> None:
    """A year's mean change of 0.04 is 0.01 a quarter; with phi 0.5 two steps give 0.5 + 0.25 of it."""
    series = np.array([[0.5, 0.6], [0.5, 0.6], [0.5, 0.6], [0.5, 0.6], [0.53, 0.65]])
    np.testing.assert_allclose(methods._damped(series, 2, 0.5), [0.5375, 0.6575])


def test_ridge_is_that_of_another_library() -> None:
    series, ahead, penalty = walks(3, 24, 6), 2, 10.0
    origins = range(4, 22)
    x = np.concatenate([methods._features(series, at) for at in origins])
    y = np.concatenate([series[at + ahead] - series[at] for at in origins])
    middle, spread = x.mean(axis=0), x.std(axis=0)
    other = Ridge(alpha=penalty).fit((x - middle) / spread, y)
    expected = series[-1] + other.predict((methods._features(series, 23) - middle) / spread)
    np.testing.assert_allclose(methods._ridge(series, ahead, penalty), expected)


def test_where_nothing_can_be_foretold_the_last_value_is_used() -> None:
    used = [
        judging.judge(methods.back_test(walks(seed, 30, 8), ahead), 1).used
        for seed in range(6)
        for ahead in (1, 4)
    ]
    assert used.count(LAST) >= 11


def test_where_changes_go_on_another_way_is_used() -> None:
    """All areas fall together and keep falling as they did: the last value is always late."""
    found = judging.judge(methods.back_test(walks(4, 44, 8, drift=-0.02, memory=0.5), 4), 1)
    assert found.used in (DAMPED, RIDGE)
    assert found.errors[found.used].value < found.errors[LAST].value
    assert found.biases[LAST] > 0.05


def test_a_way_that_is_merely_ahead_has_not_won() -> None:
    from prediction.evaluation.bootstrap import Estimate

    errors = {LAST: Estimate(0.02, 0, 1), RIDGE: Estimate(0.019, 0, 1), DAMPED: Estimate(0.01, 0, 1)}
    unsure = {RIDGE: Estimate(-0.001, -0.003, 0.001), DAMPED: Estimate(-0.01, -0.03, 0.001)}
    assert judging.choose(errors, unsure) == LAST
    sure = unsure | {RIDGE: Estimate(-0.001, -0.002, -0.0001)}
    assert judging.choose(errors, sure) == RIDGE
    assert judging.choose(errors, sure | {DAMPED: Estimate(-0.01, -0.02, -0.001)}) == DAMPED


@pytest.mark.parametrize("ahead", [1, 4])
def test_intervals_hold_as_often_as_they_say(ahead: int) -> None:
    """Over many made surveys, half of them with errors that grow threefold on the way."""
    held = []
    for seed in range(30):
        series = walks(seed, 60, 15)
        if seed % 2:
            series = 0.7 + (np.diff(series, axis=0) * np.linspace(1, 3, 59)[:, None]).cumsum(axis=0)
        origins = list(range(methods.FIRST, len(series) - ahead))
        errors = np.array([series[at] - series[at + ahead] for at in origins])
        held.append(np.nanmean(judging.widths(BackTest(origins, {LAST: errors}, ahead), LAST)[1]))
    assert np.mean(held) == pytest.approx(judging.LEVEL, abs=0.03)


def test_the_width_of_an_interval_is_a_quantile_of_what_was_known() -> None:
    """Four origins one step ahead, none judged before: the share is still 0.1."""
    errors = np.arange(1, 11, dtype=float).reshape(5, 2) / 100
    back = BackTest([15, 16, 17, 18, 19], {LAST: errors}, 1)
    width, held = judging.widths(back, LAST)
    half = np.quantile(errors[:4], 0.9)
    assert held.tolist() == [[float(half >= 0.09), float(half >= 0.10)]]
    share = 0.1 + judging.STEP * (0.1 - (1 - held.mean()))
    assert width == pytest.approx(np.quantile(errors, 1 - share))


def test_too_few_known_errors_give_no_interval() -> None:
    back = BackTest([15, 16, 17], {LAST: np.full((3, 2), 0.01)}, 1)
    width, held = judging.widths(back, LAST)
    assert np.isnan(width)
    assert held.size == 0


def test_blocks_of_origins_are_runs_of_a_year() -> None:
    drawn = judging.blocks_of_origins(16, 3, draws=500)
    assert (drawn.sum(axis=1) == 16).all()
    assert drawn.max() <= 16
    np.testing.assert_array_equal(drawn, judging.blocks_of_origins(16, 3, draws=500))


@pytest.mark.parametrize(
    ("day", "quarters", "expected"),
    [
        (date(2023, 12, 31), 1, date(2024, 3, 31)),
        (date(2023, 12, 31), 4, date(2024, 12, 31)),
        (date(2023, 9, 30), 1, date(2023, 12, 31)),
        (date(2024, 3, 31), 1, date(2024, 6, 30)),
    ],
)
def test_quarters_end_with_their_months(day: date, quarters: int, expected: date) -> None:
    assert quarters_on(day, quarters) == expected


def test_a_gap_in_one_area_leaves_the_others_their_forecast() -> None:
    series: Any = walks(5)
    series[-3:, 0] = np.nan
    for name, method in METHODS.items():
        found = method(series, 1)
        assert np.isnan(found[0]), name
        assert not np.isnan(found[1:]).any(), name
