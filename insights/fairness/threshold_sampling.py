"""Draws from the posterior of the threshold model: where the sampler starts, and in which coordinates it moves.

The mode of this posterior misleads: there the spread σ of thresholds is far too large, all z being small. So a short
first run finds the size of σ; with σ held there, the mode of everything else is a good middle, and the curvature at it
a good map for the long run. All draws handed over come from the long run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from insights.fairness import hmc
from insights.fairness import threshold_model as model

Floats = model.Floats


@dataclass(frozen=True)
class Effort:
    """How long to sample; if the chains do not agree, again from where they went, twice as long each time. The defaults
    take some five seconds for a dozen places.
    """

    draws: int = 800
    warmup: int = 200
    chains: int = 5
    seed: int = 1
    attempts: int = 3


Follow = Callable[[float], None]


def sample_posterior(
    counts: model.Counts, scale: float, effort: Effort, follow: Follow | None = None
) -> Floats:
    """Draws × chains × parameters (with z). `follow` is told the share done: each further attempt takes half of the rest."""
    with np.errstate(all="ignore"):  # steps into impossible corners are refused by their density
        start = np.zeros(counts.parameters)
        start[0], start[2 + 2 * counts.groups : 2 + 3 * counts.groups] = -2.0, 1.0
        mode = hmc.find_mode(lambda q: model.log_density(q, counts, scale), start)
        draws = _run(
            mode, counts, scale, Effort(60, 100, effort.chains, effort.seed), _part(follow, 0.0, 0.1)
        )
        done = 0.1
        for attempt in range(effort.attempts):
            longer = replace(effort, draws=effort.draws * 2**attempt, warmup=effort.warmup * 2**attempt)
            until = 1.0 if attempt == effort.attempts - 1 else (1.0 + done) / 2
            point = _middle(mode, draws, counts, scale)
            draws = _run(point, counts, scale, longer, _part(follow, done, until))
            done = until
            if hmc.split_rhat(draws).max() < hmc.RHAT_LIMIT:
                break
        return draws


def _part(follow: Follow | None, begin: float, end: float) -> Follow | None:
    """Tells of a part of the work as of the whole."""
    return None if follow is None else lambda share: follow(begin + share * (end - begin))


def _run(point: Floats, counts: model.Counts, scale: float, effort: Effort, follow: Follow | None) -> Floats:
    weights = model.weights_at(point, counts, scale)
    drawn = hmc.sample(
        lambda q: model.blended_density(q, counts, weights, scale),
        model.blend(point, counts, weights),
        draws=effort.draws,
        chains=effort.chains,
        warmup=effort.warmup,
        seed=effort.seed,
        follow=follow,
    )
    return model.unblend(drawn.values, counts, weights)


def _middle(mode: Floats, draws: Floats, counts: model.Counts, scale: float) -> Floats:
    """The mode of all other parameters with each log σ held at the median of the draws."""
    sigma = slice(2 + 3 * counts.groups, 2 + 4 * counts.groups)
    held = np.median(draws[..., sigma], axis=(0, 1))
    point = mode.copy()
    point[-len(counts.stops) :] *= np.exp(mode[sigma] - held)[counts.group]  # the same thresholds
    point[sigma] = held
    weights = model.weights_at(point, counts, scale)

    def given_sigma(q: Floats) -> tuple[Floats, Floats]:
        q = q.copy()
        q[..., sigma] = held
        value, gradient = model.blended_density(q, counts, weights, scale)
        gradient[..., sigma] = 0.0
        return value, gradient

    found = hmc.find_mode(given_sigma, model.blend(point, counts, weights))
    found[sigma] = held
    return model.unblend(found, counts, weights)
