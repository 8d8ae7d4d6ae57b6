"""Logistic regression on cells of counts, with any number of fixed effects, by Newton's method.

    log p/(1−p) = X b + a_place + a_hour + …        successes ~ Binomial(trials, p)

Fixed effects are never written out as columns: their part of X'WX is made of weighted counts, so 120,000 cells with
1,000 places fit in a moment. McCullagh and Nelder, Generalized Linear Models, 1989.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]  # of float64; products with integer arrays count too
Codes = NDArray[Any]  # of int64

RIDGE = 1e-9  # relative; only fixes what the data leave open, such as the level of unconnected places
STEPS = 50


@dataclass(frozen=True)
class Effect:
    """A fixed effect: the code of each cell, 0 … levels − 1. Level 0 is the base."""

    codes: Codes
    levels: int


@dataclass(frozen=True)
class Fit:
    """Coefficients of the columns first, then of each effect's levels 1 …; `covariance` in the same order."""

    coefficients: Floats
    covariance: Floats
    linear: Floats  # X b of each cell, effects included
    deviance: float
    dispersion: float  # Pearson's chi-square over the cells' degrees of freedom
    converged: bool

    def error(self, index: int) -> float:
        """Standard error of a coefficient, widened where cells scatter more than binomially."""
        return float(np.sqrt(self.covariance[index, index] * max(1.0, self.dispersion)))


def expit(x: Floats) -> Floats:
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * x)))


def effect(values: Sequence[object]) -> Effect:
    """Codes for the values, in sorted order of their text."""
    names = sorted(set(values), key=str)
    code = {name: index for index, name in enumerate(names)}
    return Effect(np.array([code[value] for value in values], dtype=np.int64), len(names))


def fit_logit(
    successes: Floats,
    trials: Floats,
    columns: Floats,
    effects: Sequence[Effect] = (),
    start: Floats | None = None,
) -> Fit:
    """Maximum likelihood. `columns` (cells × k) must hold the intercept; every cell must have trials. `start`: coefficients
    from which it is not far.
    """
    if start is None:
        coefficients = np.zeros(columns.shape[1] + sum(one.levels - 1 for one in effects))
        coefficients[0] = _start(successes, trials)
    else:
        coefficients = start
    linear = _linear(coefficients, columns, effects)
    deviance, converged = _deviance(successes, trials, linear), False
    for _ in range(STEPS):
        p = expit(linear)
        score = _transposed(successes - trials * p, columns, effects)
        step = np.linalg.solve(_ridged(_information(trials * p * (1 - p), columns, effects)), score)
        new, new_linear, new_deviance = _shortened(
            coefficients, step, successes, trials, columns, effects, deviance
        )
        gain, deviance = deviance - new_deviance, new_deviance
        coefficients, linear = new, new_linear
        if gain < 1e-10 * (1.0 + abs(deviance)):
            converged = True
            break
    p = expit(linear)
    weights = trials * p * (1 - p)
    covariance = np.linalg.inv(_ridged(_information(weights, columns, effects)))
    freedom = max(1, len(trials) - len(coefficients))
    pearson = float(np.sum((successes - trials * p) ** 2 / np.maximum(weights, 1e-12)))
    return Fit(coefficients, covariance, linear, deviance, pearson / freedom, converged)


def told_apart(columns: Floats, effects: Sequence[Effect] = ()) -> list[bool]:
    """Whether each column is more than a mix of the other columns and the effects, over these cells: else no data tell
    its coefficient from theirs, and its variance is whatever a ridge makes of it.
    """
    information = _information(np.ones(len(columns)), columns, effects)
    each = np.eye(len(information))[:, : columns.shape[1]]
    variances = [
        np.diag(np.linalg.solve(information + np.diag(ridge * np.diag(information) + 1e-12), each))
        for ridge in (1e-8, 1e-10)
    ]
    return [bool(narrow < 10 * wide) for wide, narrow in zip(*variances, strict=True)]


def score_test(
    index: int, fit: Fit, successes: Floats, trials: Floats, columns: Floats, effects: Sequence[Effect] = ()
) -> float:
    """z of "this column plays no part" (Rao's score test): the slope of the likelihood in its coefficient where that is 0,
    over its standard error there, made larger as `Fit.error` is. It stands where the coefficient itself runs away, and
    holds its level with few successes.
    """
    start = np.delete(fit.coefficients, index)
    without = fit_logit(successes, trials, np.delete(columns, index, axis=1), effects, start)
    p = expit(without.linear)
    information = _ridged(_information(trials * p * (1 - p), columns, effects))
    unit = np.eye(len(information))[index]
    variance = max(0.0, float(np.linalg.solve(information, unit)[index])) / max(1.0, fit.dispersion)
    return float(columns[:, index] @ (successes - trials * p)) * float(np.sqrt(variance))


def _start(successes: Floats, trials: Floats) -> float:
    share = (successes.sum() + 0.5) / (trials.sum() + 1.0)
    return float(np.log(share / (1 - share)))


def _shortened(
    coefficients: Floats,
    step: Floats,
    successes: Floats,
    trials: Floats,
    columns: Floats,
    effects: Sequence[Effect],
    deviance: float,
) -> tuple[Floats, Floats, float]:
    """The step, halved until the fit gets no worse."""
    for halving in range(30):
        new = coefficients + step * 0.5**halving
        linear = _linear(new, columns, effects)
        reached = _deviance(successes, trials, linear)
        if reached <= deviance + 1e-9 * (1.0 + abs(deviance)):
            return new, linear, reached
    return coefficients, _linear(coefficients, columns, effects), deviance


def _linear(coefficients: Floats, columns: Floats, effects: Sequence[Effect]) -> Floats:
    total = columns @ coefficients[: columns.shape[1]]
    at = columns.shape[1]
    for one in effects:
        levels = np.concatenate(([0.0], coefficients[at : at + one.levels - 1]))
        total = total + levels[one.codes]
        at += one.levels - 1
    return np.asarray(total)


def _transposed(values: Floats, columns: Floats, effects: Sequence[Effect]) -> Floats:
    """X' values."""
    parts = [columns.T @ values]
    parts += [np.bincount(one.codes, values, one.levels)[1:] for one in effects]
    return np.concatenate(parts)


def _information(weights: Floats, columns: Floats, effects: Sequence[Effect]) -> Floats:
    """X' diag(weights) X, block by block."""
    k = columns.shape[1]
    rows: list[list[Floats]] = [[columns.T @ (weights[:, None] * columns)]]
    for index, one in enumerate(effects):
        mixed = np.stack([np.bincount(one.codes, weights * columns[:, j], one.levels)[1:] for j in range(k)])
        rows[0].append(mixed)
        row: list[Floats] = [mixed.T]
        for before in range(index):
            row.append(rows[before + 1][index + 1].T)
        row.append(np.diag(np.bincount(one.codes, weights, one.levels)[1:]))
        for other in effects[index + 1 :]:
            pairs = np.bincount(one.codes * other.levels + other.codes, weights, one.levels * other.levels)
            row.append(pairs.reshape(one.levels, other.levels)[1:, 1:])
        rows.append(row)
    return np.block(rows)


def _ridged(information: Floats) -> Floats:
    diagonal = np.maximum(np.diag(information), 1e-12 * max(1.0, float(np.max(np.diag(information)))))
    return information + np.diag(RIDGE * diagonal + 1e-12)


def _deviance(successes: Floats, trials: Floats, linear: Floats) -> float:
    """−2 log-likelihood up to a constant: stable for any size of `linear`."""
    return float(2 * np.sum(trials * np.logaddexp(0.0, linear) - successes * linear))
