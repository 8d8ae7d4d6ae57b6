"""The served table: the groups of every set of features that may be known, each with counts and shares.

Whoever asks knows some of the chain's features. Their stop belongs to one group of that set, to a coarser one of the set less
its last feature, and so on to everybody; the finest of these that has enough persons answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prediction.stops.cells import Cells
from prediction.stops.chain import LEAST, group_of, lean, sets_of, summed
from prediction.stops.rivals.base import base_shares

Floats = NDArray[Any]
Codes = NDArray[Any]


@dataclass(frozen=True)
class Groups:
    """Groups of one set of features. `codes`: int64[G, len(features)]; `counts`, `shares`: float64[G, K]. `weights`: persons with
    recent ones counted more, float64[G].
    """

    features: tuple[str, ...]
    codes: Codes
    counts: Floats
    shares: Floats
    weights: Floats


def lattice(cells: Cells, chain: Sequence[str], weight: float, *parts: int) -> Iterator[Groups]:
    """Groups of every set with at least `LEAST` persons; shares lean on the parent's.

    The parent of a group is the group of the set less its last feature in the order of the chain: the sets come in an order
    in which only the line of ancestors has to be kept.
    """
    counts, recent = cells.counts(*parts), cells.weighted(*parts)
    line: list[Floats] = []  # shares of every cell by the first 0, 1, 2 … features of the set
    for features in sets_of(chain):
        group, groups = group_of(cells, features)
        own, weighted = summed(counts, group, groups), summed(recent, group, groups)
        if features:
            first = np.zeros(groups, np.int64)
            first[group] = np.arange(cells.size)
            shares = lean(weighted, own.sum(axis=1), line[len(features) - 1][first], weight)
        else:
            shares = base_shares(weighted[0])[None, :]
        line = [*line[: len(features)], shares[group]]
        yield _kept(cells, features, group, own, shares, weighted.sum(axis=1))


def averaged(cells: Cells, chain: Sequence[str], model: Floats, *parts: int) -> Iterator[Groups]:
    """The same groups with a model's shares (float64[C, K]) averaged over their persons: a model served from a table."""
    counts, recent = cells.counts(*parts), cells.weighted(*parts)
    persons = recent.sum(axis=1, keepdims=True)
    for features in sets_of(chain):
        group, groups = group_of(cells, features)
        own = summed(counts, group, groups)
        said = summed(model * persons, group, groups)
        shares = said / np.maximum(said.sum(axis=1, keepdims=True), 1e-12)
        yield _kept(cells, features, group, own, shares, summed(recent, group, groups).sum(axis=1))


def averaged_along(cells: Cells, chain: Sequence[str], model: Floats, *parts: int) -> Floats:
    """What a model served from its table says of every cell whose features are all known, float64[C, K]."""
    persons = cells.counts(*parts).sum(axis=1, keepdims=True)
    recent = cells.weighted(*parts).sum(axis=1, keepdims=True)
    said = np.zeros_like(model)
    for length in range(len(chain) + 1):
        group, groups = group_of(cells, chain[:length])
        own = summed(persons, group, groups)
        mean = summed(model * recent, group, groups) / np.maximum(summed(recent, group, groups), 1e-12)
        said = np.where((own >= LEAST)[group] if length else np.ones_like(persons, bool), mean[group], said)
    return said


def _kept(
    cells: Cells, features: tuple[str, ...], group: Codes, counts: Floats, shares: Floats, weights: Floats
) -> Groups:
    """Only groups that speak for themselves; everybody always does."""
    _, first = np.unique(group, return_index=True)
    large = counts.sum(axis=1) >= LEAST if features else np.ones(1, bool)
    codes = [cells.feature(name)[first] for name in features]
    stacked = np.stack(codes, axis=1) if codes else np.zeros((1, 0), np.int64)
    return Groups(features, stacked[large], counts[large], shares[large], weights[large])
