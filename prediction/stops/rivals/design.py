"""What models learn from: cells brought down to the columns and the fineness that a model needs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from prediction.features import COLUMNS
from prediction.stops.cells import TRAIN, VALIDATION, Cells, packed

Floats = NDArray[Any]
Codes = NDArray[Any]

MOST_ROWS = 20_000  # above it hours and days of the week are taken together
ALL_VALUES = 2**31
RARE = -9  # no code of any column


class Design:
    """`columns`: name → integers[R], R distinct rows; `row`: the row of each cell, integers[C].

    Of the values of a column only the `most` frequent are told apart, so that cells which a model cannot tell apart are one row.
    """

    def __init__(self, cells: Cells, most: int = ALL_VALUES) -> None:
        named = {name: cells.codes[name] for name in cells.codes}
        if cells.size > MOST_ROWS:
            coarse = {name: COLUMNS[name].coarse for name in named if name in COLUMNS}
            named = {
                coarse.get(name) or name: cells.feature(coarse[name]) if coarse.get(name) else codes
                for name, codes in named.items()
            }
        counts = cells.counts(TRAIN, VALIDATION)
        persons = counts.sum(axis=1)
        named = {name: frequent(codes, persons, most) for name, codes in named.items()}
        _, first, self.row = np.unique(packed(list(named.values())), return_index=True, return_inverse=True)
        self.columns = {name: codes[first] for name, codes in named.items()}
        self.persons = self.sums(counts).sum(axis=1)

    @property
    def size(self) -> int:
        return len(self.persons)

    def sums(self, counts: Floats) -> Floats:
        """Counts of cells (float64[C, K]) as counts of rows, float64[R, K]."""
        rows = int(self.row.max()) + 1
        return np.stack(
            [np.bincount(self.row, counts[:, k], minlength=rows) for k in range(counts.shape[1])], axis=1
        )

    def places(self, name: str, most: int) -> Codes:
        """A column's values as places 0, 1, …, the most frequent first; from `most` on they share the last place."""
        _, where = np.unique(self.columns[name], return_inverse=True)
        order = np.argsort(-np.bincount(where, self.persons), kind="stable")
        place = np.empty(len(order), np.int64)
        place[order] = np.minimum(np.arange(len(order)), most)
        return place[where]


def frequent(codes: Codes, persons: Floats, most: int) -> Codes:
    """A column of which only the `most` values with most persons are told apart; the others are all `RARE`."""
    values, where = np.unique(codes, return_inverse=True)
    told = values.copy()
    told[np.argsort(-np.bincount(where, persons), kind="stable")[most:]] = RARE
    return told[where]


def spread(found: Floats, labels: Any, base: Floats) -> Floats:
    """Probabilities of the classes that were there to learn from; the others keep their tiny base rate.

    `found`: float64[R, len(labels)]; `base`: float64[K].
    """
    out = np.tile(base, (len(found), 1))
    out[:, labels] = found * base[labels].sum()
    return out
