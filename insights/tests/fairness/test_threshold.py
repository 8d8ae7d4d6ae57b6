from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, norm

from insights.fairness import hmc, planted
from insights.fairness import threshold_model as model
from insights.fairness.threshold import threshold_test
from insights.fairness.threshold_sampling import Effort

RANDOM = np.random.default_rng(7)
SHORT = Effort(draws=150, warmup=80, chains=4, attempts=1)
SMALL = planted.Size(places=4, stops=40_000)


def _counts(groups: int = 2, places: int = 3) -> model.Counts:
    cells = [(g, p) for p in range(places) for g in range(groups)]
    stops = RANDOM.integers(300, 900, len(cells))
    searches = RANDOM.binomial(stops, 0.2)
    return model.Counts(
        np.array([g for g, _ in cells]),
        np.array([p for _, p in cells]),
        stops.astype(float),
        searches.astype(float),
        RANDOM.binomial(searches, 0.3).astype(float),
        groups,
        places,
    )


def _differences(density: hmc.Density, q: np.ndarray) -> np.ndarray:
    steps = 1e-5 * np.eye(q.shape[-1])
    return np.array([(density(q + step)[0][0] - density(q - step)[0][0]) / 2e-5 for step in steps])


@pytest.mark.parametrize("scale", [0.5, 1.0])
def test_gradients_are_the_slopes_of_the_density(scale: float) -> None:
    counts = _counts()
    q = 0.4 * RANDOM.standard_normal((1, counts.parameters))
    weights = RANDOM.uniform(0, 1, len(counts.stops))
    for density in (
        lambda x: model.log_density(x, counts, scale),
        lambda x: model.blended_density(x, counts, weights, scale),
    ):
        assert density(q)[1][0] == pytest.approx(_differences(density, q), abs=2e-4, rel=1e-5)


def test_the_density_is_the_two_binomials_and_the_priors() -> None:
    """Two points compared with the model as its authors write it."""
    counts, values = _counts(), []
    points = 0.3 * RANDOM.standard_normal((2, counts.parameters))
    for q in points:
        one, cells = model.split(q, counts), model.cells_of(q, counts)
        searched, found = model.rates_of(cells)
        likelihood = binom.logpmf(counts.searches, counts.stops, searched) + binom.logpmf(
            counts.hits, counts.searches, found
        )
        normal = np.concatenate([q[: 2 + 3 * counts.groups], one.phi_place, one.delta_place, one.z])
        sigma = (
            norm.logpdf(np.exp(one.log_sigma)) + one.log_sigma
        )  # half-normal, and the Jacobian of the logarithm
        values.append(likelihood.sum() + norm.logpdf(normal).sum() + sigma.sum())
    ours = model.log_density(points, counts)[0]
    assert ours[0] - ours[1] == pytest.approx(values[0] - values[1])


def test_blending_there_and_back_changes_nothing() -> None:
    counts = _counts()
    q, weights = RANDOM.standard_normal((3, counts.parameters)), RANDOM.uniform(0, 1, len(counts.stops))
    assert model.unblend(model.blend(q, counts, weights), counts, weights) == pytest.approx(q)


def test_at_the_threshold_the_chance_of_carrying_is_bayes_rule() -> None:
    cells = model.Cells(np.array([-1.2]), np.array([1.7]), np.array([1.1]))
    phi = 1 / (1 + np.exp(1.2))
    expected = phi * norm.pdf(1.1, 1.7) / (phi * norm.pdf(1.1, 1.7) + (1 - phi) * norm.pdf(1.1))
    assert model.threshold_probability(cells) == pytest.approx(expected)


def test_the_sampler_draws_from_a_correlated_normal() -> None:
    covariance = np.array([[1.0, 0.9, 0.0], [0.9, 1.0, 0.0], [0.0, 0.0, 25.0]])
    precision = np.linalg.inv(covariance)

    def density(q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return -0.5 * np.einsum("ci,ij,cj->c", q, precision, q), -q @ precision

    drawn = hmc.sample(density, np.array([0.5, 0.5, 3.0]), draws=800, chains=5, warmup=200, seed=3, widest=10)
    flat = drawn.values.reshape(-1, 3)
    assert hmc.split_rhat(drawn.values).max() < 1.02
    assert np.cov(flat.T) == pytest.approx(covariance, abs=2.0)
    assert np.corrcoef(flat.T)[0, 1] == pytest.approx(0.9, abs=0.03)
    assert flat.mean(axis=0) == pytest.approx(np.zeros(3), abs=0.4)
    assert hmc.effective_size(drawn.values[..., 0]) > 500


def test_a_skewed_density_is_sampled_as_it_is_and_not_as_a_normal() -> None:
    """log of an exponential variable: mean −0.5772, quantiles known."""

    def density(q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.sum(q - np.exp(q), axis=1), 1 - np.exp(q)

    drawn = hmc.sample(density, np.zeros(1), draws=2000, chains=5, warmup=200, seed=1)
    assert drawn.values.mean() == pytest.approx(-0.5772, abs=0.06)
    assert np.quantile(drawn.values, 0.025) == pytest.approx(np.log(-np.log(0.975)), abs=0.35)


def test_chains_that_disagree_are_found_out() -> None:
    apart = RANDOM.standard_normal((200, 4, 1)) + np.array([0.0, 0.0, 0.0, 3.0])[None, :, None]
    assert hmc.split_rhat(apart)[0] > 1.3
    slow = np.cumsum(RANDOM.standard_normal((400, 4)), axis=0)
    assert hmc.effective_size(slow) < 60
    assert hmc.effective_size(RANDOM.standard_normal((400, 4))) > 1000


def test_a_lowered_threshold_is_found_and_described() -> None:
    rows = planted.searches_and_hits(2, effect=0.5, size=SMALL)
    found = threshold_test(rows, reference="North", effort=SHORT)
    assert found is not None
    south = next(gap for gap in found.gaps if gap.group == "South")
    assert south.below > 0.99
    assert (south.difference.value or 0) < -0.05
    assert found.check.describes
    assert "sampled" in found.method
    assert len(found.cells) == 12
    assert all(0 < (cell.threshold.value or 0) < 1 for cell in found.cells)


def test_the_same_seed_gives_the_same_figures() -> None:
    rows = planted.searches_and_hits(2, size=SMALL)
    effort = Effort(draws=20, warmup=10, chains=2, attempts=1)
    first, second = (threshold_test(rows, reference="North", effort=effort) for _ in range(2))
    assert first == second


def test_a_run_too_short_to_trust_flags_nothing() -> None:
    rows = planted.searches_and_hits(2, effect=0.5, size=SMALL)
    found = threshold_test(rows, reference="North", effort=Effort(draws=4, warmup=1, chains=2, attempts=1))
    assert found is not None
    assert not found.converged
    assert not found.flagged


def test_places_without_fifty_searches_of_every_group_are_left_out_and_three_are_needed() -> None:
    rows = planted.searches_and_hits(2, size=SMALL)
    thin = [
        {**row, "searches": 20, "hits": 5} if row["place"] == 0 and row["group"] == "East" else row
        for row in rows
    ]
    found = threshold_test(thin, reference="North", effort=Effort(draws=4, warmup=1, chains=2, attempts=1))
    assert found is not None
    assert found.left_out == [0]
    assert threshold_test([row for row in thin if row["place"] < 3], reference="North") is None
    assert threshold_test(rows, reference="Nobody") is None
    assert threshold_test([], reference="North") is None
