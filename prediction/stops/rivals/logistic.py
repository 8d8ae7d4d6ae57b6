"""Multinomial logistic regression on indicators of every known value, with an L2 penalty."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from prediction.evaluation.scores import mean_log_loss
from prediction.stops.cells import TRAIN, VALIDATION, Cells
from prediction.stops.rivals.base import Floats, Rival, base_shares, one_thread
from prediction.stops.rivals.design import Design, spread

STRENGTHS = (0.003, 0.03, 0.3)  # C of scikit-learn: the inverse of the penalty's weight
MOST_VALUES = 150  # of one column; the others are one value together
STEPS = 60


class Logistic(Rival):
    name = "logistic regression"
    says = "Each known value moves the odds by a fixed factor, whatever else is known."
    served_from_average = True

    def tune(self, cells: Cells, seed: int) -> None:
        self.design = Design(cells)
        self.indicators = indicators(self.design)
        learned = self.design.sums(cells.weighted(TRAIN))
        seen = self.design.sums(cells.counts(VALIDATION))
        found = {strength: self._fitted(learned, strength) for strength in STRENGTHS}
        self.strength = min(found, key=lambda one: mean_log_loss(found[one], seen))
        self.tuned = found[self.strength][self.design.row]

    def shares(self, cells: Cells, *parts: int) -> Floats:
        return self._fitted(self.design.sums(cells.weighted(*parts)), self.strength)[self.design.row]

    def _fitted(self, counts: Floats, strength: float) -> Floats:
        """Shares of every row of the design, float64[R, K]."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        row, label = np.nonzero(counts)
        base = base_shares(counts.sum(axis=0))
        model = LogisticRegression(C=strength, max_iter=STEPS, tol=1e-4)
        with one_thread(), warnings.catch_warnings():
            # A few steps short of the optimum is good enough to be judged.
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(self.indicators[row], label, sample_weight=counts[row, label])
            return spread(model.predict_proba(self.indicators), model.classes_, base)

    def settings(self) -> dict[str, Any]:
        return {"C": self.strength}


def indicators(design: Design) -> Any:
    """Sparse float64[R, n] of ones: one column for each value of each column, the rare values of a long list together."""
    from scipy import sparse

    parts, rows = [], np.arange(design.size)
    for name in design.columns:
        place = design.places(name, MOST_VALUES)
        shape = (design.size, int(place.max()) + 1)
        parts.append(sparse.csr_matrix((np.ones(design.size), (rows, place)), shape=shape))
    return sparse.hstack(parts, format="csr")
