"""What every rival owes, and the plainest of them: the base rate."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from prediction.features import Target
from prediction.stops.cells import TRAIN, Cells

Floats = NDArray[Any]
Codes = NDArray[Any]


class Rival(ABC):
    """Learns shares of the classes from cells. `tune` looks at training and validation only, never at the test period."""

    name: ClassVar[str]
    says: ClassVar[str]  # in a sentence, for people
    served_from_average: ClassVar[bool] = False  # a model: its table holds averages of what it says

    tuned: (
        Floats  # shares learned from the training part with the settings chosen, float64[C, K]; set by `tune`
    )

    def __init__(self, target: Target, after: bool) -> None:
        self.target, self.after = target, after

    def tune(self, cells: Cells, seed: int) -> None:
        """Choose settings: learn from the training part, look at the validation part."""
        self.tuned = self.shares(cells, TRAIN)

    @abstractmethod
    def shares(self, cells: Cells, *parts: int) -> Floats:
        """Learn from some parts of the split; the probability of each class in each cell, float64[C, K]."""

    def settings(self) -> dict[str, Any]:
        """What was chosen, for the model card."""
        return {}


class BaseRate(Rival):
    name = "base rate"
    says = "The share of each class among all stops, whatever is known of this one."

    def shares(self, cells: Cells, *parts: int) -> Floats:
        return np.tile(base_shares(cells.weighted(*parts).sum(axis=0)), (cells.size, 1))


def base_shares(counts: Floats) -> Floats:
    """(n_k + 1/2) / (n + K/2): the posterior mean under Jeffreys' prior, so that nothing is impossible."""
    return np.asarray((counts + 0.5) / (counts.sum() + 0.5 * len(counts)))


@contextmanager
def one_thread() -> Iterator[None]:
    """Keeps scikit-learn to one thread: its threads wait by spinning, which on a busy machine costs ten times the work and
    starves the web process beside it. The libraries must be loaded before they can be told.
    """
    import sklearn.ensemble
    import sklearn.linear_model  # noqa: F401
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield
