"""Multinomial logistic regression on indicators of every known value, with an L2 penalty."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from prediction.evaluation.scores import SMALLEST, mean_log_loss
from prediction.stops.cells import TRAIN, VALIDATION, Cells
from prediction.stops.rivals.base import Floats, Rival, base_shares, one_thread
from prediction.stops.rivals.design import Design, spread

STRENGTHS = (0.003, 0.03, 0.3)  # C of scikit-learn: the inverse of the penalty's weight
MOST_VALUES = 150  # of one column; the others are one value together
STEPS, SLOPE = 60, 1e-4  # at most so many; fewer once nothing changes the mean by more


class Logistic(Rival):
    name = "logistic regression"
    says = "Each known value moves the odds by a fixed factor, whatever else is known."
    served_from_average = True

    def tune(self, cells: Cells, seed: int) -> None:
        self.design = Design(cells, MOST_VALUES)
        self.indicators = indicators(self.design)
        learned = self.design.sums(cells.weighted(TRAIN))
        seen = self.design.sums(cells.counts(VALIDATION))
        best, effects = np.inf, None
        for strength in STRENGTHS:
            effects = fit(self.indicators, learned, strength, effects)
            shares = self._said(effects, learned)
            if (loss := mean_log_loss(shares, seen)) < best:
                best, self.strength, self.effects, tuned = loss, strength, effects, shares
        self.tuned = tuned[self.design.row]

    def shares(self, cells: Cells, *parts: int) -> Floats:
        counts = self.design.sums(cells.weighted(*parts))
        return self._said(fit(self.indicators, counts, self.strength, self.effects), counts)[self.design.row]

    def _said(self, effects: Floats, counts: Floats) -> Floats:
        """Shares of every row of the design, float64[R, K]; a class that was not there to learn from keeps its base rate."""
        there = np.flatnonzero(counts.sum(axis=0))
        found = softmax(odds(self.indicators, effects)[:, there])
        return spread(found, there, base_shares(counts.sum(axis=0)))

    def settings(self) -> dict[str, Any]:
        return {"C": self.strength}


def fit(indicators: Any, counts: Floats, strength: float, start: Floats | None = None) -> Floats:
    """Effects on the log-odds, float64[n + 1, K], the last row those of everybody.

    What is made small is the objective of scikit-learn's `LogisticRegression`, of which the last row is no part of the penalty,

        sum over persons of -ln p(class) / persons + sum of effects² / (2 C persons)

    but of counted persons: a row is looked at once, and not once for each of its classes. A few steps short of the optimum is
    good enough to be judged. `start`: effects that are near already.
    """
    from scipy.optimize import minimize

    there = np.flatnonzero(counts.sum(axis=0))
    rows = np.flatnonzero(counts.sum(axis=1))
    objective = _objective(indicators[rows], counts[np.ix_(rows, there)], strength)
    effects = np.zeros((indicators.shape[1] + 1, counts.shape[1])) if start is None else start.copy()
    options = {"maxiter": STEPS, "maxls": 50, "gtol": SLOPE, "ftol": 64 * np.finfo(float).eps}
    with one_thread():
        found = minimize(objective, effects[:, there].ravel(), method="L-BFGS-B", jac=True, options=options)
    effects[:, there] = found.x.reshape(len(effects), len(there))
    return effects


def _objective(indicators: Any, counts: Floats, strength: float) -> Callable[[Floats], tuple[float, Floats]]:
    """Effects, flat → objective and its slope."""
    persons, inside = counts.sum(), counts.sum(axis=1, keepdims=True)
    penalty, turned = 1 / (strength * persons), indicators.T.tocsr()

    def objective(flat: Floats) -> tuple[float, Floats]:
        effects = flat.reshape(-1, counts.shape[1])
        shares = softmax(odds(indicators, effects))
        loss = -(counts * np.log(np.maximum(shares, SMALLEST))).sum() / persons
        off = (inside * shares - counts) / persons
        slope = np.concatenate([turned @ off + penalty * effects[:-1], off.sum(axis=0, keepdims=True)])
        return loss + penalty / 2 * (effects[:-1] ** 2).sum(), slope.ravel()

    return objective


def odds(indicators: Any, effects: Floats) -> Floats:
    """Log-odds of every row, float64[R, K]."""
    return np.asarray(indicators @ effects[:-1] + effects[-1])


def softmax(odds: Floats) -> Floats:
    """exp(odds) as shares of their row's sum."""
    raised = np.exp(odds - odds.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def indicators(design: Design) -> Any:
    """Sparse float64[R, n] of ones: one column for each value of each column, the rare values of a long list together."""
    from scipy import sparse

    parts, rows = [], np.arange(design.size)
    for name in design.columns:
        place = design.places(name, MOST_VALUES)
        shape = (design.size, int(place.max()) + 1)
        parts.append(sparse.csr_matrix((np.ones(design.size), (rows, place)), shape=shape))
    return sparse.hstack(parts, format="csr")
