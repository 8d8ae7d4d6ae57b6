"""Hamiltonian Monte Carlo for smooth posteriors of a few hundred parameters; all chains move together in numpy.

1. The curvature at a point near the middle (differences of the gradient) gives the linear map that makes the posterior
   about round.
2. In the round coordinates each chain makes moves of random length by leapfrog steps and accepts or refuses them, so
   the draws come from the posterior itself and not from a normal approximation of it.
3. The step is tuned in the warm-up to a mean acceptance of 0.8, then frozen.

Neal, "MCMC using Hamiltonian dynamics", 2011; step tuning: Hoffman and Gelman, JMLR 15, 2014. Convergence is judged
by split R-hat and effective size (Gelman and others, Bayesian Data Analysis, third edition, section 11.4).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]  # of float64; products with integer arrays count too
Density = Callable[[Floats], tuple[Floats, Floats]]  # (chains × p) → log density of each, gradient of each

ACCEPT = 0.8
LENGTH = 4.0  # mean length of a move in round coordinates; long, since the map is round only near the middle
MOST_STEPS = 48
RHAT_LIMIT = 1.05


@dataclass(frozen=True)
class Draws:
    """`values` is draws × chains × parameters."""

    values: Floats
    accepted: float
    step: float


def sample(
    density: Density,
    mode: Floats,
    *,
    draws: int,
    chains: int,
    warmup: int,
    seed: int,
    widest: float = 1.0,
    follow: Callable[[float], None] | None = None,
) -> Draws:
    """Draws after the warm-up. `mode` is one point near the middle; the chains begin scattered about it. No direction
    is taken to be wider than `widest`, however flat the density is at the point. `follow` is told the share done, and
    may raise to end it.
    """
    random = np.random.default_rng(seed)
    spread = spread_at(density, mode, widest)
    q = mode + 1.5 * random.standard_normal((chains, len(mode))) @ spread.T
    state = _State(q, *_turned(density, q, spread))
    tuner = _Tuner()
    accepted: list[float] = []
    kept = np.empty((draws, chains, len(mode)))
    for index in range(warmup + draws):
        if follow is not None:
            follow(index / (warmup + draws))
        step = tuner.step if index < warmup else tuner.settled
        state, chance = _move(density, spread, state, step, random)
        if index < warmup:
            tuner.learn(chance)
        else:
            accepted.append(chance)
            kept[index - warmup] = state.q
    return Draws(kept, float(np.mean(accepted)), tuner.settled)


@dataclass(frozen=True)
class _State:
    q: Floats
    log_density: Floats
    gradient: Floats  # in round coordinates


class _Tuner:
    """Dual averaging of the log step towards the wanted acceptance (Hoffman and Gelman, algorithm 5)."""

    def __init__(self, step: float = 0.3) -> None:
        self.step = self.settled = step
        self.aim, self.error, self.log_settled, self.moves = np.log(10 * step), 0.0, 0.0, 0

    def learn(self, chance: float) -> None:
        self.moves += 1
        rate = 1 / (self.moves + 10)
        self.error = (1 - rate) * self.error + rate * (ACCEPT - chance)
        log_step = self.aim - np.sqrt(self.moves) / 0.05 * self.error
        weight = self.moves**-0.75
        self.log_settled = weight * log_step + (1 - weight) * self.log_settled
        self.step, self.settled = float(np.exp(log_step)), float(np.exp(self.log_settled))


def _turned(density: Density, q: Floats, spread: Floats) -> tuple[Floats, Floats]:
    log_density, gradient = density(q)
    return log_density, gradient @ spread


def _move(
    density: Density, spread: Floats, state: _State, step: float, random: np.random.Generator
) -> tuple[_State, float]:
    """One move of every chain; returns the new state and the mean chance of acceptance."""
    p = random.standard_normal(state.q.shape)
    step = step * random.uniform(0.8, 1.2)
    steps = int(np.clip(np.ceil(random.uniform(0.3, 1.7) * LENGTH / step), 1, MOST_STEPS))
    energy = state.log_density - 0.5 * np.sum(p * p, axis=1)
    q, log_density, gradient = state.q, state.log_density, state.gradient
    for _ in range(steps):
        p = p + 0.5 * step * gradient
        q = q + step * p @ spread.T
        log_density, gradient = _turned(density, q, spread)
        p = p + 0.5 * step * gradient
    gained = log_density - 0.5 * np.sum(p * p, axis=1) - energy
    chance = np.exp(np.minimum(0.0, np.where(np.isfinite(gained), gained, -np.inf)))
    taken = random.random(len(q)) < chance
    chosen = taken[:, None]
    new = _State(
        np.where(chosen, q, state.q),
        np.where(taken, log_density, state.log_density),
        np.where(chosen, gradient, state.gradient),
    )
    return new, float(chance.mean())


def find_mode(density: Density, start: Floats) -> Floats:
    from scipy.optimize import minimize

    def lost(q: Floats) -> tuple[float, Floats]:
        value, gradient = density(q[None, :])
        return -float(value[0]), -gradient[0]

    return np.asarray(
        minimize(lost, start, jac=True, method="L-BFGS-B", options={"maxiter": 2000, "maxfun": 4000}).x
    )


def spread_at(density: Density, mode: Floats, widest: float = 1.0, small: float = 1e-4) -> Floats:
    """A square root of the inverse of minus the Hessian: maps round coordinates to parameters."""
    steps = small * np.eye(len(mode))
    hessian = (density(mode + steps)[1] - density(mode - steps)[1]) / (2 * small)
    values, vectors = np.linalg.eigh(-(hessian + hessian.T) / 2)
    return np.asarray(vectors / np.sqrt(np.maximum(values, 1 / widest**2)))


def split_rhat(quantity: Floats) -> Floats:
    """Of draws × chains × anything: between halves of chains against within them. Near 1 when all tell the same."""
    half = len(quantity) // 2
    parts = np.concatenate([quantity[:half], quantity[half : 2 * half]], axis=1)
    within = parts.var(axis=0, ddof=1).mean(axis=0)
    between = parts.mean(axis=0).var(axis=0, ddof=1)
    return np.asarray(np.sqrt((half - 1) / half + between / np.maximum(within, 1e-300)))


def effective_size(quantity: Floats) -> float:
    """Independent draws that would tell as much, of draws × chains (Geyer's initial positive sequence)."""
    n, chains = quantity.shape
    centred = quantity - quantity.mean(axis=0)
    width = 2 ** int(np.ceil(np.log2(2 * n)))
    spectrum = np.fft.rfft(centred, width, axis=0)
    covariance = np.fft.irfft(spectrum * np.conj(spectrum), width, axis=0)[:n].mean(axis=1) / n
    between = n * quantity.mean(axis=0).var(ddof=1) if chains > 1 else 0.0
    variance = covariance[0] * n / (n - 1) * (n - 1) / n + between / n
    correlation = 1 - (covariance[0] * n / (n - 1) - covariance) / max(variance, 1e-300)
    total, lag = 0.0, 1
    while lag + 1 < n and correlation[lag] + correlation[lag + 1] > 0:
        total += correlation[lag] + correlation[lag + 1]
        lag += 2
    return float(min(n * chains, n * chains / (1 + 2 * total)))
