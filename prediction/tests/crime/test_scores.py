"""Scores of expected counts, each worked out a second time by hand or with pandas."""

from __future__ import annotations

from math import log

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import mean_absolute_error, mean_poisson_deviance

from prediction.crime.scores import SCORES, Judged, deviances, scores_of, spread_of

RANDOM = np.random.default_rng(5)
SAID = RANDOM.gamma(2, 0.3, (4, 6, 24))  # months, areas, hours
SEEN = RANDOM.poisson(SAID)
NAIVE = RANDOM.poisson(SAID)


def scored() -> dict[str, float]:
    sums = Judged(SAID, SEEN).sums(NAIVE, 0.0)
    return dict(zip(SCORES, scores_of(sums.sum(axis=0)).tolist(), strict=True))


def test_a_deviance_by_hand() -> None:
    assert deviances(np.array([2.0]), np.array([3.0]))[0] == pytest.approx(2 * (3 * log(1.5) - 1))
    assert deviances(np.array([0.25]), np.array([0.0]))[0] == pytest.approx(0.5)


def test_scores_are_those_of_scikit_learn() -> None:
    found = scored()
    error = mean_absolute_error(SEEN.ravel(), SAID.ravel())
    assert found["deviance"] == pytest.approx(mean_poisson_deviance(SEEN.ravel(), SAID.ravel()))
    assert found["mae"] == pytest.approx(error)
    assert found["mase"] == pytest.approx(error / mean_absolute_error(SEEN.ravel(), NAIVE.ravel()))
    assert found["bias"] == pytest.approx(SAID.sum() / SEEN.sum())


def test_the_best_hours_are_each_areas_own() -> None:
    table = pd.DataFrame(
        [(m, a, h, SAID[m, a, h], SEEN[m, a, h]) for m in range(4) for a in range(6) for h in range(24)],
        columns=["month", "area", "hour", "said", "seen"],
    )
    best = table.sort_values("said", ascending=False).groupby(["month", "area"]).head(6)
    assert scored()["best_hours"] == pytest.approx(best["seen"].sum() / table["seen"].sum())


def test_intervals_of_what_is_poisson_hold_as_often_as_they_say() -> None:
    said = RANDOM.gamma(3, 8, (40, 50, 24))
    sums = Judged(said, RANDOM.poisson(said)).sums(np.ones_like(said), 0.0)
    found = dict(zip(SCORES, scores_of(sums.sum(axis=0)), strict=True))
    assert 0.945 < found["coverage"] < 0.98
    assert 0.93 < found["coverage_totals"] < 0.98


def test_the_spread_of_a_negative_binomial_is_found() -> None:
    said = np.full(40_000, 30.0)
    seen = RANDOM.negative_binomial(1 / 0.08, 1 / (1 + 0.08 * said))
    assert spread_of(said, seen) == pytest.approx(0.08, rel=0.1)
    assert spread_of(said, np.full(40_000, 30.0)) == 0.0
