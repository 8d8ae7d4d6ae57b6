"""Columns that are a key to the label: their values repeat, and rows of one value are all about one group.

Such a column tells a row's group wherever another row of the same value was seen, which random folds see to. It is why a random split
shows a score near 1 that is no finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

REPEATED, PURE = 0.5, 0.99  # of all rows, of the repeated: from here on a column is called a key


@dataclass(frozen=True)
class Key:
    """One column. `repeated`: rows whose value others have too ÷ rows with a value; `pure`: repeated rows whose like are all about
    one group ÷ repeated rows; `chance`: the same with labels drawn anew."""

    column: str
    rows: int
    values: int
    repeated: float
    pure: float
    chance: float

    @property
    def is_key(self) -> bool:
        return self.repeated >= REPEATED and self.pure >= PURE > self.chance


def find_keys(columns: dict[str, NDArray[Any]], codes: NDArray[Any], seed: int) -> list[Key]:
    random = np.random.default_rng(seed)
    return [_key(name, values, codes, random) for name, values in columns.items()]


def _key(name: str, values: NDArray[Any], codes: NDArray[Any], random: np.random.Generator) -> Key:
    known = ~np.isnan(values)
    labels = codes[known]
    found, place, counts = np.unique(values[known], return_inverse=True, return_counts=True)
    many = counts[place] > 1
    repeated = float(many.mean()) if len(labels) else 0.0
    return Key(
        name,
        int(known.sum()),
        len(found),
        repeated,
        _pure(place[many], labels[many]),
        _pure(place[many], random.permutation(labels)[many]),
    )


def _pure(place: NDArray[Any], labels: NDArray[Any]) -> float:
    """Share of rows in whose value all rows have one label."""
    if not len(labels):
        return 0.0
    held = np.zeros((place.max() + 1, labels.max() + 1))
    np.add.at(held, (place, labels), 1)
    pure = (held > 0).sum(axis=1) == 1
    return float(pure[place].mean())
