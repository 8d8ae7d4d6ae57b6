from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from insights.fairness.logit import Effect, effect, fit_logit, score_test, told_apart

RANDOM = np.random.default_rng(4)


def _cells(places: int = 7, hours: int = 5) -> tuple[np.ndarray, ...]:
    grid = np.array([(g, p, h) for g in range(3) for p in range(places) for h in range(hours)])
    columns = np.column_stack([np.ones(len(grid)), grid[:, 0] == 1, grid[:, 0] == 2]).astype(float)
    linear = -1.5 + 0.4 * columns[:, 1] - 0.3 * columns[:, 2] + 0.2 * grid[:, 1] - 0.1 * grid[:, 2]
    trials = RANDOM.integers(20, 200, len(grid)).astype(float)
    successes = RANDOM.binomial(trials.astype(int), 1 / (1 + np.exp(-linear))).astype(float)
    return grid, columns, trials, successes


def _written_out(grid: np.ndarray, columns: np.ndarray) -> np.ndarray:
    dummies = [grid[:, j] == level for j in (1, 2) for level in range(1, grid[:, j].max() + 1)]
    return np.column_stack([columns, *dummies]).astype(float)


def test_the_fit_is_the_maximum_that_a_general_optimiser_finds_with_the_effects_written_out() -> None:
    grid, columns, trials, successes = _cells()
    held = [effect(grid[:, 1].tolist()), effect(grid[:, 2].tolist())]
    fit = fit_logit(successes, trials, columns, held)
    x = _written_out(grid, columns)

    def lost(b: np.ndarray) -> float:
        linear = x @ b
        return float(np.sum(trials * np.logaddexp(0, linear) - successes * linear))

    found = minimize(lost, np.zeros(x.shape[1]), method="BFGS", options={"gtol": 1e-7, "maxiter": 2000})
    assert fit.converged
    assert fit.coefficients == pytest.approx(found.x, abs=2e-4)
    p = 1 / (1 + np.exp(-x @ fit.coefficients))
    information = x.T @ ((trials * p * (1 - p))[:, None] * x)
    assert fit.covariance == pytest.approx(np.linalg.inv(information), rel=1e-4, abs=1e-8)


def test_one_group_of_two_is_the_closed_form_odds_ratio() -> None:
    columns = np.array([[1.0, 0.0], [1.0, 1.0]])
    fit = fit_logit(np.array([30.0, 60.0]), np.array([100.0, 120.0]), columns)
    assert fit.coefficients[1] == pytest.approx(np.log((60 / 60) / (30 / 70)))
    assert fit.covariance[1, 1] == pytest.approx(1 / 30 + 1 / 70 + 1 / 60 + 1 / 60)


def test_unconnected_places_leave_the_group_effect_alone() -> None:
    """Two places, each with hours of its own: the level of one against the other cannot be known, the effect can."""
    grid, columns, trials, successes = _cells(places=2, hours=2)
    hours = grid[:, 2] + 2 * grid[:, 1]
    fit = fit_logit(successes, trials, columns, [Effect(grid[:, 1], 2), Effect(hours, 4)])
    alone = fit_logit(successes, trials, columns, [Effect(hours, 4)])
    assert fit.coefficients[1:3] == pytest.approx(alone.coefficients[1:3], abs=1e-5)
    assert fit.covariance[1, 1] == pytest.approx(alone.covariance[1, 1], rel=1e-4)


def test_the_score_test_is_that_of_the_written_out_columns() -> None:
    grid, columns, trials, successes = _cells()
    held = [effect(grid[:, 1].tolist()), effect(grid[:, 2].tolist())]
    x = np.delete(_written_out(grid, columns), 2, axis=1)
    fit = fit_logit(successes, trials, x)
    p = 1 / (1 + np.exp(-x @ fit.coefficients))
    weights, own = trials * p * (1 - p), columns[:, 2]
    rest = own - x @ np.linalg.solve(x.T @ (weights[:, None] * x), x.T @ (weights * own))
    z = own @ (successes - trials * p) / np.sqrt(weights @ rest**2)
    whole = fit_logit(successes, trials, columns, held)
    wider = max(1.0, whole.dispersion) ** 0.5
    assert score_test(2, whole, successes, trials, columns, held) * wider == pytest.approx(z, rel=1e-6)


def test_a_column_made_up_of_others_is_not_told_apart() -> None:
    grid, columns, _, _ = _cells(places=3, hours=2)
    place = grid[:, 1]
    assert told_apart(np.column_stack([columns, place == 2]), [Effect(place, 3)]) == [True, True, True, False]
    assert told_apart(columns, [Effect(place, 3), Effect(grid[:, 2], 2)]) == [True, True, True]


def test_scatter_beyond_the_binomial_widens_the_error() -> None:
    columns = np.ones((40, 1))
    calm = fit_logit(np.full(40, 50.0), np.full(40, 100.0), columns)
    wild = fit_logit(np.array([20.0, 80.0] * 20), np.full(40, 100.0), columns)
    assert wild.dispersion > 30
    assert wild.error(0) > 5 * calm.error(0)
