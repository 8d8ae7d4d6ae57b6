"""Which figures of a page are hidden: a page is a box (what its filters leave of each axis), cut into rows.

A figure is hidden when some swap tells its two ends apart on every axis: then the figure would be another one if the
persons had been swapped. All other figures are the same either way, ranges of months and hours included.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from insights.disclosure.axes import Grain, coarser, lift
from insights.disclosure.swaps import Cover

# Where filters and groups make for more grains, everything is hidden: nearly all would be, after long work.
MOST_GRAINS = 128
Pair = tuple[int, int]
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Part:
    """Some nodes of an axis, all of one level."""

    level: int
    nodes: frozenset[int]


Box = Mapping[int, Part]  # axis -> what is left of it; an axis that is not named is whole
Labels = Mapping[Any, Part]  # what each label of a grouped axis stands for


class Sieve:
    """Asks whether parts of axes tell nodes apart, over one ledger."""

    def __init__(self, cover: Cover) -> None:
        self.cover = cover
        self._nodes: dict[tuple[int, int], list[int]] = {}
        self._below: dict[tuple[int, int, int], dict[int, list[int]]] = {}
        self._cuts: dict[tuple[int, int, Part, Pair | None], bool] = {}

    def nodes(self, axis: int, level: int) -> list[int]:
        """Every node of an axis that any person stands in."""
        if (axis, level) not in self._nodes:
            self._nodes[axis, level] = [node for (node,) in sorted(self.cover.tables.at(((axis, level),)))]
        return self._nodes[axis, level]

    def below(self, axis: int, level: int, deeper: int) -> Mapping[int, list[int]]:
        """What lies under each node of a level, some levels deeper."""
        key = (axis, level, deeper)
        if key not in self._below:
            found: dict[int, list[int]] = {}
            for node in self.nodes(axis, level + deeper):
                found.setdefault(lift(node, deeper), []).append(node)
            self._below[key] = found
        return self._below[key]

    def coarsest(self, axis: int, part: Part) -> Part:
        """The same part of an axis by as coarse nodes as will do."""
        while part.level > 1:
            above = frozenset(lift(node, 1) for node in part.nodes)
            below = self.below(axis, part.level - 1, 1)
            if any(node not in part.nodes for parent in above for node in below.get(parent, ())):
                break
            part = Part(part.level - 1, above)
        return part

    def deeper(self, axis: int, part: Part, level: int) -> Part:
        """The same part of an axis by the nodes of a deeper level."""
        steps = level - part.level
        return Part(
            level, frozenset(node for node in self.nodes(axis, level) if lift(node, steps) in part.nodes)
        )

    def meet(self, axis: int, one: Part, other: Part) -> Part:
        """What two parts of an axis have in common."""
        level = max(one.level, other.level)
        both = self.deeper(axis, one, level).nodes & self.deeper(axis, other, level).nodes
        return self.coarsest(axis, Part(level, both))

    def within(self, box: Box, other: Box) -> Box:
        """What two boxes have in common."""
        both = {axis: self.meet(axis, box[axis], other[axis]) for axis in box.keys() & other.keys()}
        return {**box, **other, **both}

    def is_whole(self, axis: int, part: Part) -> bool:
        return part.level == 1 and part.nodes >= set(self.nodes(axis, 1))

    def cuts(self, axis: int, level: int, part: Part, pair: Pair | None) -> bool:
        """Whether a part holds some but not all of what two nodes hold together (of any two siblings for None)."""
        key = (axis, level, part, pair)
        if key not in self._cuts:
            pairs = [pair] if pair else self.pairs(axis, level)
            self._cuts[key] = any(self._cuts_pair(axis, level, part, one) for one in pairs)
        return self._cuts[key]

    def _cuts_pair(self, axis: int, level: int, part: Part, pair: Pair) -> bool:
        deeper = part.level - level
        if deeper <= 0:  # siblings lie within one node of a coarser level: both in or both out
            held = [lift(node, -deeper) in part.nodes for node in pair]
        else:
            below = self.below(axis, level, deeper)
            held = [under in part.nodes for node in pair for under in below.get(node, ())]
        return any(held) and not all(held)

    def pairs(self, axis: int, level: int) -> list[Pair]:
        """Siblings of a level, the first of each family with every other: if any two are told apart, so are some of these."""
        families = self.below(axis, level - 1, 1).values()
        return [(family[0], other) for family in families for other in family[1:]]


class Hidden:
    """The hidden rows of a page: `key in hidden`, with one label for each grouped axis, in their order."""

    def __init__(self) -> None:
        self.patterns: dict[tuple[int, ...], set[Key]] = {}  # places of grouped axes -> labels hidden there

    def add(self, places: tuple[int, ...], labels: Iterable[Iterable[Any]]) -> None:
        self.patterns.setdefault(places, set()).update(product(*labels))

    def update(self, other: Hidden) -> None:
        for places, keys in other.patterns.items():
            self.patterns.setdefault(places, set()).update(keys)

    def hide_everything(self) -> None:
        self.patterns[()] = {()}

    def __contains__(self, key: Key) -> bool:
        return any(tuple([key[place] for place in places]) in keys for places, keys in self.patterns.items())

    def among(self, labels: Sequence[Iterable[Any]]) -> Iterator[Key]:
        """Every hidden row, those that stand for nobody included."""
        return (key for key in product(*labels) if key in self)


class Page:
    """One figure for each row of a page: the box of the filters, cut by the labels of the grouped axes."""

    def __init__(self, sieve: Sieve, fixed: Box, groups: Mapping[int, Labels]) -> None:
        self.sieve, self.fixed, self.groups = sieve, fixed, groups
        levels = {axis: part.level for axis, part in fixed.items()}
        for axis, labels in groups.items():
            levels[axis] = max((part.level for part in labels.values()), default=1)
        self.grain: Grain = tuple(sorted(levels.items()))
        self._standing: dict[tuple[int, int], dict[int, list[Any]]] = {}

    def hidden(self) -> Hidden:
        cover, hidden = self.sieve.cover, Hidden()
        grains = list(coarser(self.grain))
        if len(grains) > MOST_GRAINS:
            hidden.hide_everything()
            return hidden
        cover.prepare(self.grain)
        for grain in grains:
            if cover.closed[grain]:
                self._add(hidden, grain, [None] * len(grain))
            for swap in cover.swaps[grain]:
                self._add(hidden, grain, swap)
        return hidden

    def _add(self, hidden: Hidden, grain: Grain, pairs: Sequence[Pair | None]) -> None:
        """Hide the rows that a swap touches: those that it tells apart on every axis."""
        cuts = self.sieve.cuts
        ends = {axis: (axis, level, pair) for (axis, level), pair in zip(grain, pairs, strict=True)}
        for axis, (_, level, pair) in ends.items():
            if axis in self.fixed and not cuts(axis, level, self.fixed[axis], pair):
                return
        grouped = [(place, axis) for place, axis in enumerate(self.groups) if axis in ends]
        labels = [self._told_apart(*ends[axis]) for _, axis in grouped]
        hidden.add(tuple(place for place, _ in grouped), labels)

    def _told_apart(self, axis: int, level: int, pair: Pair | None) -> set[Any]:
        """The labels that a swap touches: only those that hold something under one of its two nodes need be asked."""
        standing, parts = self._labels_under(axis, level), self.groups[axis]
        return {
            label
            for one in ([pair] if pair else self.sieve.pairs(axis, level))
            for node in one
            for label in standing.get(node, ())
            if self.sieve.cuts(axis, level, parts[label], one)
        }

    def _labels_under(self, axis: int, level: int) -> Mapping[int, list[Any]]:
        """By node of a level, the labels that hold it or something under it. A label of coarser nodes holds two siblings
        or neither.
        """
        if (axis, level) not in self._standing:
            found: dict[int, list[Any]] = {}
            for label, part in self.groups[axis].items():
                if part.level >= level:
                    for node in {lift(one, part.level - level) for one in part.nodes}:
                        found.setdefault(node, []).append(label)
            self._standing[axis, level] = found
        return self._standing[axis, level]
