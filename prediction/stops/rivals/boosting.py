"""Gradient boosting of small trees (scikit-learn's histogram version)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from prediction.evaluation.scores import mean_log_loss
from prediction.stops.cells import TRAIN, VALIDATION, Cells
from prediction.stops.rivals.base import Floats, Rival, base_shares, one_thread
from prediction.stops.rivals.design import Design, spread

MOST_VALUES = 200  # categories of one column; 255 is the library's limit
ROUNDS, EVERY, RATE, LEAVES = 80, 10, 0.15, 15
PENALTIES = (20.0, 200.0)  # L2, in persons: a leaf of fewer hardly moves
ORDERED = ("hour",)  # everything else is a set of names without order


class Boosting(Rival):
    """Rows stand for many persons, so a leaf is held back by the penalty on its weight, not by a number of rows."""

    name = "gradient boosting"
    says = "Many small trees, each correcting those before it; finds what goes together by itself."
    served_from_average = True

    def tune(self, cells: Cells, seed: int) -> None:
        self.seed, self.design = seed, Design(cells)
        self.ordered = [name in ORDERED for name in self.design.columns]
        self.table = np.stack(
            [
                codes if ordered else self.design.places(name, MOST_VALUES)
                for (name, codes), ordered in zip(self.design.columns.items(), self.ordered, strict=True)
            ],
            axis=1,
        ).astype(float)
        learned = self.design.sums(cells.weighted(TRAIN))
        seen = self.design.sums(cells.counts(VALIDATION))
        best = np.inf
        for penalty in PENALTIES:
            for rounds, shares in self._stages(learned, penalty):
                if (loss := mean_log_loss(shares, seen)) < best:
                    best, tuned = loss, shares
                    self.penalty, self.rounds = penalty, rounds
        self.tuned = tuned[self.design.row]

    def shares(self, cells: Cells, *parts: int) -> Floats:
        counts = self.design.sums(cells.weighted(*parts))
        model = self._fit(counts, self.penalty, self.rounds)
        with one_thread():
            found = model.predict_proba(self.table)
        return spread(found, model.classes_, base_shares(counts.sum(axis=0)))[self.design.row]

    def _stages(self, counts: Floats, penalty: float) -> Iterator[tuple[int, Floats]]:
        """Shares of every row after every few rounds."""
        model = self._fit(counts, penalty, ROUNDS)
        with one_thread():
            stages = list(islice(model.staged_predict_proba(self.table), EVERY - 1, None, EVERY))
        base = base_shares(counts.sum(axis=0))
        for place, found in enumerate(stages, start=1):
            yield place * EVERY, spread(found, model.classes_, base)

    def _fit(self, counts: Floats, penalty: float, rounds: int) -> Any:
        from sklearn.ensemble import HistGradientBoostingClassifier

        row, label = np.nonzero(counts)
        model = HistGradientBoostingClassifier(
            max_iter=rounds,
            learning_rate=RATE,
            max_leaf_nodes=LEAVES,
            min_samples_leaf=1,
            l2_regularization=penalty,
            categorical_features=[not one for one in self.ordered],
            early_stopping=False,
            random_state=self.seed,
        )
        with one_thread():
            return model.fit(self.table[row], label, sample_weight=counts[row, label])

    def settings(self) -> dict[str, Any]:
        return {"rounds": self.rounds, "rate": RATE, "penalty": self.penalty, "leaves": LEAVES}
