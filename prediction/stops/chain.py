"""The order in which knowledge is used, and shares that back off along it.

A chain is a list of features from the most telling on. A group is all persons who agree in the first few of them; its shares
lean on those of the group one step coarser:

    p_k(group) = (n_k + m p_k(parent)) / (n + m)          p_k(everybody) = (n_k + 1/2) / (n + K/2)

This is the mean of a Dirichlet posterior whose prior is the parent, worth m persons. A group of fewer than `LEAST` persons
says nothing of its own: its parent answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prediction.evaluation.scores import SMALLEST, mean_log_loss
from prediction.features import FEATURES, Feature
from prediction.stops.cells import TRAIN, VALIDATION, Cells
from prediction.stops.rivals.base import base_shares

Floats = NDArray[Any]
Codes = NDArray[Any]

LEAST = 20  # persons in a group that speaks for itself
WEIGHTS = (5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0)  # m, in persons
MOST_SETS = 128  # of features that may be known together; each is a set of groups in the served table
MOST_GROUPS = 200_000
LISTED = 4  # possible groups a cell that are listed rather than sorted


def group_of(cells: Cells, features: Sequence[str]) -> tuple[Codes, int]:
    """The group of each cell by these features, int64[C] from 0 in order of their codes, and the number of groups."""
    group, groups = np.zeros(cells.size, np.int64), 1
    for name in features:
        group, groups = _parted(group, groups, *cells.dense(name))
    return group, groups


def _parted(group: Codes, groups: int, places: Codes, values: int) -> tuple[Codes, int]:
    """Groups told apart further by the places of one feature's values. Sorted only where there is much more to list than cells."""
    key, listed = group * values + places, groups * values
    if listed > LISTED * len(key):
        keys, where = np.unique(key, return_inverse=True)
        return where, len(keys)
    occurs = np.zeros(listed, bool)
    occurs[key] = True
    place = np.cumsum(occurs) - 1
    return place[key], int(place[-1]) + 1


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


@dataclass(frozen=True)
class Level:
    """The groups of the first few features of a chain. `group`: of each cell, int64[C]; `shares`: by weight m, float64[groups, K].

    Shares are kept for groups and not for cells: of these there may be a thousand times as many.
    """

    group: Codes
    groups: int
    shares: dict[float, Floats]

    @classmethod
    def everybody(cls, counts: Floats, weights: Iterable[float]) -> Level:
        base = base_shares(counts.sum(axis=0))[None, :]
        return cls(np.zeros(len(counts), np.int64), 1, dict.fromkeys(weights, base))

    def finer(self, cells: Cells, name: str, counts: Floats, persons: Floats) -> Level:
        """One feature more, learned from `counts` (float64[C, K]) of `persons` (float64[C])."""
        group, groups = _parted(self.group, self.groups, *cells.dense(name))
        parent = np.zeros(groups, np.int64)
        parent[group] = self.group
        own, inside = summed(counts, group, groups), np.bincount(group, persons, minlength=groups)
        return Level(
            *(group, groups), {m: lean(own, inside, one[parent], m) for m, one in self.shares.items()}
        )

    def best(self, seen: Floats) -> tuple[float, float]:
        """The weight m that does best on what was seen (float64[C, K]), and its mean log-loss."""
        inside = summed(seen, self.group, self.groups)
        losses = {m: mean_log_loss(one, inside) for m, one in self.shares.items()}
        weight = min(losses, key=lambda m: losses[m])
        return weight, losses[weight]


def descend(cells: Cells, chain: Sequence[str], weights: Iterable[float], *parts: int) -> Level:
    """The groups of the whole chain, learned from some parts of the split."""
    counts, persons = cells.weighted(*parts), cells.counts(*parts).sum(axis=1)
    level = Level.everybody(counts, weights)
    for name in chain:
        level = level.finer(cells, name, counts, persons)
    return level


def along(cells: Cells, chain: Sequence[str], weight: float, *parts: int) -> Floats:
    """Shares of every cell by the whole chain, learned from some parts of the split, float64[C, K]."""
    level = descend(cells, chain, (weight,), *parts)
    return np.asarray(level.shares[weight][level.group])


def choose(cells: Cells, features: Iterable[Feature], chain: Sequence[str] = ()) -> tuple[list[str], float]:
    """The chain and the weight m that do best on the validation part, having learned from the training part.

    Features are added one by one (of a ladder several steps at once), the most telling first, while the mean log-loss falls
    by more than its standard error. A stricter rule finds less noise and was worse on real stops: shares lean on the parent's, so
    noise costs little, and what it adds up to is for the gate to judge. `chain` is what it begins with.
    """
    return _Search(cells, list(features)).run(list(chain))


def best_weight(cells: Cells, chain: Sequence[str]) -> float:
    """The weight m that does best on the validation part for a given chain, having learned from the training part."""
    return descend(cells, chain, WEIGHTS, TRAIN).best(cells.counts(VALIDATION))[0]


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
        level = self._extended(Level.everybody(self.learned, WEIGHTS), chain)
        weight, _ = level.best(self.seen)
        while True:
            tried = [(self._extended(level, more), more) for more in self._moves(chain)]
            scored = [(one.best(self.seen), one, more) for one, more in tried]
            if not scored:
                return chain, weight
            (found, _), reached, more = min(scored, key=lambda one: one[0][1])
            gain, error = self._gained(level, weight, reached, found)
            if not gain > error:
                return chain, weight
            chain, level, weight = [*chain, *more], reached, found

    def _gained(self, before: Level, weight: float, after: Level, found: float) -> tuple[float, float]:
        parent = np.zeros(after.groups, np.int64)
        parent[after.group] = before.group
        seen = summed(self.seen, after.group, after.groups)
        return gained(before.shares[weight][parent], after.shares[found], seen)

    def _extended(self, level: Level, more: Sequence[str]) -> Level:
        """Some features more, for every weight."""
        for name in more:
            level = level.finer(self.cells, name, self.learned, self.persons)
        return level

    def _moves(self, chain: list[str]) -> Iterator[list[str]]:
        """What may be added: the next steps of each ladder, as far as they tell anything apart and the table stays small."""
        ladders: dict[str, list[str]] = {}
        for feature in self.features:
            if feature.name in chain or self.cells.dense(feature.name)[1] < 2:
                continue
            steps = ladders.setdefault(feature.ladder, [])
            steps.append(feature.name)
            if is_bearable(self.cells, [*chain, *steps]):
                yield list(steps)


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
    values = {name: cells.dense(name)[1] for name in chain}
    most = min(group_of(cells, chain)[1], cells.count.sum() / LEAST)
    return bool(sum(min(_combined(one, values), most) for one in sets) <= MOST_GROUPS)


def _combined(features: Sequence[str], values: Mapping[str, int]) -> float:
    """In how many ways these features can be combined; of a ladder only the finest counts."""
    finest = {FEATURES[name].ladder if name in FEATURES else name: values[name] for name in features}
    return float(np.prod(list(finest.values()), dtype=float))
