"""Intervals of counts: the same as SciPy's, which the web process does not have."""

from __future__ import annotations

import pytest
from scipy.stats import nbinom, poisson

from prediction.crime.intervals import TAILS, interval, quantile


@pytest.mark.parametrize("mean", [1e-6, 0.02, 0.3, 1, 3.7, 20, 199.5, 3_000, 80_000])
def test_poisson_as_scipy_has_it(mean: float) -> None:
    assert interval(mean) == tuple(int(poisson.ppf(tail, mean)) for tail in TAILS)


@pytest.mark.parametrize("mean", [0.02, 1, 20, 1_700])
@pytest.mark.parametrize("spread", [0.001, 0.05, 2])
def test_negative_binomial_as_scipy_has_it(mean: float, spread: float) -> None:
    size = 1 / spread
    expected = tuple(int(nbinom.ppf(tail, size, size / (size + mean))) for tail in TAILS)
    assert interval(mean, spread) == expected


def test_nothing_expected_is_nothing_at_either_end() -> None:
    assert (interval(0), interval(-1), quantile(0.5, 0)) == ((0, 0), (0, 0), 0)
