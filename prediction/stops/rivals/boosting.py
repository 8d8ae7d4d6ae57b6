"""Gradient boosting of small trees (scikit-learn's histogram version)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import numpy as np

from prediction.stops.cells import TRAIN, VALIDATION, Cells
from prediction.stops.rivals.base import Codes, Floats, Rival, base_shares, one_thread
from prediction.stops.rivals.design import Design, spread

MOST_VALUES = 200  # categories of one column; 255 is the library's limit
ROUNDS, PATIENCE, RATE, LEAVES = 80, 10, 0.15, 15
PENALTIES = (20.0, 200.0)  # L2, in persons: a leaf of fewer hardly moves
ORDERED = ("hour",)  # everything else is a set of names without order


class Boosting(Rival):
    """Rows stand for many persons, so a leaf is held back by the penalty on its weight, not by a number of rows."""

    name = "gradient boosting"
    says = "Many small trees, each correcting those before it; finds what goes together by itself."
    served_from_average = True

    def tune(self, cells: Cells, seed: int) -> None:
        self.seed, self.design = seed, Design(cells, MOST_VALUES)
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
        best = -np.inf
        with ThreadPoolExecutor(len(PENALTIES)) as pool:
            models = list(pool.map(lambda penalty: self._fit(learned, penalty, ROUNDS, seen), PENALTIES))
        for penalty, model in zip(PENALTIES, models, strict=True):
            gains = model.validation_score_[1:]
            if gains.max() > best:
                best, chosen = gains.max(), model
                self.penalty, self.rounds = penalty, int(gains.argmax()) + 1
        self.tuned = self._said(chosen, learned)[self.design.row]

    def shares(self, cells: Cells, *parts: int) -> Floats:
        counts = self.design.sums(cells.weighted(*parts))
        return self._said(self._fit(counts, self.penalty, self.rounds), counts)[self.design.row]

    def _said(self, model: Any, counts: Floats) -> Floats:
        """Shares of every row after the chosen number of rounds."""
        with one_thread():
            found = next(islice(model.staged_predict_proba(self.table), self.rounds - 1, None))
        return spread(found, model.classes_, base_shares(counts.sum(axis=0)))

    def _fit(self, counts: Floats, penalty: float, rounds: int, seen: Floats | None = None) -> Any:
        """Where something is seen beside what is learned from, it ends once that has been said no better for some rounds."""
        from sklearn.ensemble import HistGradientBoostingClassifier

        model = HistGradientBoostingClassifier(
            max_iter=rounds,
            learning_rate=RATE,
            max_leaf_nodes=LEAVES,
            min_samples_leaf=1,
            l2_regularization=penalty,
            categorical_features=[not one for one in self.ordered],
            early_stopping=seen is not None,
            n_iter_no_change=PATIENCE,
            tol=0,
            random_state=self.seed,
        )
        table, label, weight = self._entries(counts)
        with one_thread():
            if seen is None:
                return model.fit(table, label, weight)
            there = seen * (counts.sum(axis=0) > 0)
            beside = dict(zip(("X_val", "y_val", "sample_weight_val"), self._entries(there), strict=True))
            return model.fit(table, label, weight, **beside)

    def _entries(self, counts: Floats) -> tuple[Floats, Codes, Floats]:
        """Rows of the table, class and persons, for each class that occurs in a row."""
        row, label = np.nonzero(counts)
        return self.table[row], label, counts[row, label]

    def settings(self) -> dict[str, Any]:
        return {"rounds": self.rounds, "rate": RATE, "penalty": self.penalty, "leaves": LEAVES}
