"""The order in which knowledge is used, and shares that back off along it.

A chain is a list of features from the most telling on. A group is all persons who agree in the first few of them; its shares
lean on those of the group one step coarser:

    p_k(group) = (n_k + m p_k(parent)) / (n + m)          p_k(everybody) = (n_k + 1/2) / (n + K/2)

This is the mean of a Dirichlet posterior whose prior is the parent, worth m persons. A group of fewer than `LEAST` persons
says nothing of its own: its parent answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prediction.evaluation.scores import SMALLEST, mean_log_loss
from prediction.features import FEATURES, Feature
from prediction.stops.cells import TRAIN, VALIDATION, Cells, packed
from prediction.stops.rivals.base import base_shares

Floats = NDArray[Any]
Codes = NDArray[Any]

LEAST = 20  # persons in a group that speaks for itself
WEIGHTS = (5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0)  # m, in persons
MOST_SETS = 128  # of features that may be known together; each is a set of groups in the served table
MOST_GROUPS = 200_000


def group_of(cells: Cells, features: Sequence[str]) -> tuple[Codes, int]:
    """The group of each cell by these features, int64[C] from 0, and the number of groups."""
    if not features:
        return np.zeros(cells.size, np.int64), 1
    keys, where = np.unique(packed([cells.feature(name) for name in features]), return_inverse=True)
    return where, len(keys)


def summed(counts: Floats, group: Codes, groups: int) -> Floats:
    """Counts by group and class, float64[groups, K]."""
    return np.stack(
        [np.bincount(group, counts[:, k], minlength=groups) for k in range(counts.shape[1])], axis=1
    )


def lean(counts: Floats, persons: Floats, parent: Floats, weight: float) -> Floats:
    """Shares of groups that lean on their parents' (both float64[groups, K]); too small ones are their parents'.

    `counts` may count recent stops more; `persons` (float64[groups]) are all of them, each once.
    """
    own = (counts + weight * parent) / (counts.sum(axis=1, keepdims=True) + weight)
    return np.where(persons[:, None] >= LEAST, own, parent)


def step(counts: Floats, persons: Floats, group: Codes, groups: int, parent: Floats, weight: float) -> Floats:
    """Shares of every cell one step finer; `parent` are its shares so far, float64[C, K]."""
    first = np.zeros(groups, np.int64)
    first[group] = np.arange(len(group))  # any cell of the group: they share the parent
    inside = np.bincount(group, persons, minlength=groups)
    return lean(summed(counts, group, groups), inside, parent[first], weight)[group]


def along(cells: Cells, chain: Sequence[str], weight: float, *parts: int) -> Floats:
    """Shares of every cell by the whole chain, learned from some parts of the split, float64[C, K]."""
    counts, persons = cells.weighted(*parts), cells.counts(*parts).sum(axis=1)
    shares = np.tile(base_shares(counts.sum(axis=0)), (cells.size, 1))
    for length in range(1, len(chain) + 1):
        group, groups = group_of(cells, chain[:length])
        shares = step(counts, persons, group, groups, shares, weight)
    return shares


def choose(cells: Cells, features: Iterable[Feature], chain: Sequence[str] = ()) -> tuple[list[str], float]:
    """The chain and the weight m that do best on the validation part, having learned from the training part.

    Features are added one by one (of a ladder several steps at once), the most telling first, while the mean log-loss falls
    by more than its standard error. A stricter rule finds less noise and was worse on real stops: shares lean on the parent's, so
    noise costs little, and what it adds up to is for the gate to judge. `chain` is what it begins with.
    """
    return _Search(cells, list(features)).run(list(chain))


def best_weight(cells: Cells, chain: Sequence[str]) -> float:
    """The weight m that does best on the validation part for a given chain, having learned from the training part."""
    seen = cells.counts(VALIDATION)
    losses = {m: mean_log_loss(along(cells, chain, m, TRAIN), seen) for m in WEIGHTS}
    return min(losses, key=lambda m: losses[m])


def choose_half_life(cells: Cells, features: Sequence[Feature]) -> None:
    """Have recent stops count more, if that does better on the validation part by more than its standard error.

    The chain is chosen once, with all stops counting alike; then each half-life is tried on it with the weight m that suits it.
    """
    chain, weight = choose(cells, features)
    seen = cells.counts(VALIDATION)
    alike, best, gain_of = along(cells, chain, weight, TRAIN), None, 0.0
    for half_life in cells.recent:
        cells.half_life = half_life
        shares = along(cells, chain, best_weight(cells, chain), TRAIN)
        gain, error = gained(alike, shares, seen)
        if gain > error and gain > gain_of:
            best, gain_of = half_life, gain
    cells.half_life = best


def gained(before: Floats, after: Floats, seen: Floats) -> tuple[float, float]:
    """By how much the mean log-loss falls, and the standard error of that over persons. `seen`: float64[C, K]."""
    change = np.log(np.maximum(after, SMALLEST)) - np.log(np.maximum(before, SMALLEST))
    persons = seen.sum()
    gain = float((seen * change).sum() / persons)
    return gain, float(np.sqrt((seen * (change - gain) ** 2).sum()) / persons)


class _Search:
    def __init__(self, cells: Cells, features: list[Feature]) -> None:
        self.cells, self.features = cells, features
        self.learned, self.seen = cells.weighted(TRAIN), cells.counts(VALIDATION)
        self.persons = cells.counts(TRAIN).sum(axis=1)

    def run(self, chain: list[str]) -> tuple[list[str], float]:
        base = np.tile(base_shares(self.learned.sum(axis=0)), (self.cells.size, 1))
        shares = self._extended(dict.fromkeys(WEIGHTS, base), [], chain)
        weight, _ = self._best(shares)
        while True:
            tried = [(self._extended(shares, chain, more), more) for more in self._moves(chain)]
            scored = [(self._best(one), one, more) for one, more in tried]
            if not scored:
                return chain, weight
            (found, _), reached, more = min(scored, key=lambda one: one[0][1])
            gain, error = gained(shares[weight], reached[found], self.seen)
            if not gain > error:
                return chain, weight
            chain, shares, weight = [*chain, *more], reached, found

    def _moves(self, chain: list[str]) -> Iterator[list[str]]:
        """What may be added: the next steps of each ladder, as far as they tell anything apart and the table stays small."""
        ladders: dict[str, list[str]] = {}
        for feature in self.features:
            if feature.name in chain or len(np.unique(self.cells.feature(feature.name))) < 2:
                continue
            steps = ladders.setdefault(feature.ladder, [])
            steps.append(feature.name)
            if is_bearable(self.cells, [*chain, *steps]):
                yield list(steps)

    def _extended(
        self, shares: dict[float, Floats], chain: list[str], more: list[str]
    ) -> dict[float, Floats]:
        """Shares after some more features, for every weight."""
        out = dict(shares)
        for place in range(1, len(more) + 1):
            group, groups = group_of(self.cells, [*chain, *more[:place]])
            out = {m: step(self.learned, self.persons, group, groups, parent, m) for m, parent in out.items()}
        return out

    def _best(self, shares: dict[float, Floats]) -> tuple[float, float]:
        losses = {m: mean_log_loss(one, self.seen) for m, one in shares.items()}
        weight = min(losses, key=lambda m: losses[m])
        return weight, losses[weight]


def sets_of(chain: Sequence[str]) -> list[tuple[str, ...]]:
    """Every set of features of the chain that may be known together, each in the order of the chain.

    Who knows the finer step of a ladder knows the coarser ones of the chain too. A set less its last feature stands before it,
    with nothing but further sets that begin alike between them.
    """
    found: list[tuple[str, ...]] = []
    for mask in range(2 ** len(chain)):
        chosen = tuple(name for place, name in enumerate(chain) if mask >> place & 1)
        if all(_coarser_steps(name, chain) <= {*chosen} for name in chosen):
            found.append(chosen)
    return sorted(found, key=lambda one: [chain.index(name) for name in one])


def _coarser_steps(name: str, chain: Sequence[str]) -> set[str]:
    order = list(FEATURES)
    ladder = FEATURES[name].ladder if name in FEATURES else name
    return {
        other
        for other in chain
        if other in FEATURES and FEATURES[other].ladder == ladder and order.index(other) < order.index(name)
    }


def is_bearable(cells: Cells, chain: Sequence[str]) -> bool:
    """Whether the served table of a chain stays within bounds: sets of features, and groups large enough to speak.

    A set has at most as many groups as its values can be combined, as the finest set has, and as persons would fill.
    """
    sets = sets_of(chain)
    if len(sets) > MOST_SETS:
        return False
    values = {name: len(np.unique(cells.feature(name))) for name in chain}
    most = min(group_of(cells, chain)[1], cells.count.sum() / LEAST)
    return bool(sum(min(_combined(one, values), most) for one in sets) <= MOST_GROUPS)


def _combined(features: Sequence[str], values: Mapping[str, int]) -> float:
    """In how many ways these features can be combined; of a ladder only the finest counts."""
    finest = {FEATURES[name].ladder if name in FEATURES else name: values[name] for name in features}
    return float(np.prod(list(finest.values()), dtype=float))
