"""Finds the swaps of one grain (see `swaps`): few, and hiding little that is not small itself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from heapq import heapify, heappop, heappush
from math import log10
from typing import Any

from insights.disclosure.axes import (
    AGE,
    CLOCK,
    TIME,
    Cell,
    Grain,
    coarser,
    lift,
    lifter,
    moved,
)
from insights.disclosure.swaps import LEAST, Cover, Swap, corners, is_small

BEAM = 6  # partial swaps kept while looking for a cheap one
ZERO_COST = 2.0  # hiding a zero adds a row to the page
FAR_COST = (
    0.25  # a step along an axis with an order: ranges hold near nodes together more often than far ones
)
FEW_COST = 3.0  # a swap that does not yet join enough persons
ORDERED = (TIME, CLOCK, AGE)

Place = tuple[int, Cell]  # a cell in its line along the axis at this place of the grain
State = tuple[float, Swap, list[Cell]]  # cost, swap so far, its corners so far


def _other(pair: tuple[int, int], node: int) -> int:
    return pair[1] if node == pair[0] else pair[0]


class Lines:
    """Which cells of a grain swaps have joined, line by line, and how many persons they hold together."""

    def __init__(self, table: dict[Cell, int]) -> None:
        self.table = table
        self.above: dict[Place, Place] = {}
        self.held: dict[Place, int] = {}

    def root(self, place: int, cell: Cell) -> Place:
        key = (place, cell)
        while (above := self.above.get(key, key)) != key:
            key = above
        return key

    def join(self, place: int, one: Cell, other: Cell) -> None:
        first, second = self.root(place, one), self.root(place, other)
        if first != second:
            self.held[first] = self.weight(place, one) + self.weight(place, other)
            self.above[second] = first

    def weight(self, place: int, cell: Cell) -> int:
        """Persons in a cell and the cells joined to it."""
        return self.held.get(self.root(place, cell), self.table.get(cell, 0))

    def is_joined(self, place: int, cell: Cell) -> bool:
        return self.root(place, cell) in self.held


class Search:
    """The coarser grains are done. Goes through the cells that need company, the smallest first."""

    def __init__(self, cover: Cover, grain: Grain) -> None:
        self.cover, self.grain = cover, grain
        self.table = cover.tables.at(grain)
        self.lines = Lines(self.table)
        self.places = range(len(grain))
        self.parents = cover.parents[grain]
        self.families = [self._families(place) for place in self.places]
        self.hidden: dict[Cell, bool] = {}
        self.small = {cell for cell, count in self.table.items() if is_small(count)}

    def _families(self, place: int) -> dict[int, list[int]]:
        """The nodes with the same parent, by each of them."""
        axis, level = self.grain[place]
        families: dict[int, list[int]] = {}
        for (child,) in sorted(self.cover.tables.at(((axis, level),))):
            families.setdefault(lift(child, 1), []).append(child)
        return {child: family for family in families.values() for child in family}

    def run(self) -> None:
        if any(self._is_hidden(cell) for cell in self.table):
            self._join_by_coarser_swaps()
        queue = [(count, cell) for cell, count in self.table.items() if self._needs(cell)]
        heapify(queue)
        while queue:
            _, cell = heappop(queue)
            while places := self._needs(cell):
                for corner in self._apply(self._cheapest(cell, places)):
                    if corner in self.table:
                        heappush(queue, (self.table[corner], corner))

    def _is_hidden(self, cell: Cell) -> bool:
        if cell not in self.hidden:
            self.hidden[cell] = self.cover.hides_coarser(self.grain, cell)
        return self.hidden[cell]

    def _is_open(self, place: int, cell: Cell) -> bool:
        """Whether the sum of the cell's line along an axis is shown."""
        parent, lifted = self.parents[place]
        return not self.cover.hides(parent, lifted(cell))

    def _needs(self, cell: Cell) -> list[int]:
        """Axes along which a cell that is or must be hidden is not yet joined to enough others."""
        if cell not in self.small and not self._is_hidden(cell):
            return []
        return [
            place
            for place in self.places
            if self._is_open(place, cell) and not self._has_company(place, cell)
        ]

    def _has_company(self, place: int, cell: Cell) -> bool:
        return self.lines.is_joined(place, cell) and self.lines.weight(place, cell) >= LEAST

    def _join_by_coarser_swaps(self) -> None:
        """Cells that are hidden because a coarser one is, are joined by that one's swaps, zeros between them as well."""
        waiting = [cell for cell in self.table if self._is_hidden(cell) and self._open_places(cell)]
        seen = set(waiting)
        while waiting:
            cell = waiting.pop()
            for place, other in self._partners_by_coarser_swaps(cell, self._open_places(cell)):
                self.lines.join(place, cell, other)
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)

    def _open_places(self, cell: Cell) -> list[int]:
        return [place for place in self.places if self._is_open(place, cell)]

    def _partners_by_coarser_swaps(self, cell: Cell, places: list[int]) -> Iterator[tuple[int, Cell]]:
        for by_corner, lifted, where in self._coarser_swaps:
            shared = [place for place in places if place in where]
            for swap in by_corner.get(lifted(cell), ()) if shared else ():
                for place in shared:
                    yield place, moved(cell, place, _other(swap[where[place]], cell[place]))

    @cached_property
    def _coarser_swaps(self) -> list[tuple[dict[Cell, list[Swap]], Any, dict[int, int]]]:
        """For each coarser grain with swaps: these by corner, how to lift a cell there, and where the same axes are."""
        return [
            (
                self.cover.by_corner[coarse],
                lifter(self.grain, coarse),
                {place: coarse.index(part) for place, part in enumerate(self.grain) if part in coarse},
            )
            for coarse in coarser(self.grain)
            if coarse != self.grain and self.cover.by_corner[coarse]
        ]

    def _apply(self, swap: Swap) -> list[Cell]:
        self.cover.add(self.grain, swap)
        touched = list(corners(swap))
        for corner in touched:
            self.hidden[corner] = True
        for place, (first, second) in enumerate(swap):
            for corner in touched:
                if corner[place] == first:
                    self.lines.join(place, corner, moved(corner, place, second))
        return touched

    def _cost(self, cell: Cell) -> float:
        """What hiding a cell takes from the reader: nothing when it is or will be hidden anyway."""
        if cell in self.small or self._is_hidden(cell):
            return 0.0
        count = self.table.get(cell, 0)
        return 1 + log10(count) / 4 if count else ZERO_COST

    def _cheapest(self, cell: Cell, needy: list[int]) -> Swap:
        """A swap with the cell as a corner that hides little else (a beam search over the axes)."""
        states: list[State] = [(0.0, (), [cell])]
        for place in self.places:
            grown = [
                self._grow(state, place, other, place in needy)
                for state in states
                for other in self._partners(place, cell, place in needy)
            ]
            states = sorted(grown, key=lambda state: state[:2])[:BEAM]
        return states[0][1]

    def _partners(self, place: int, cell: Cell, needy: bool) -> Iterator[int]:
        """Nodes to swap with. Where the line asks for more persons, only cells with some, not joined yet."""
        for node in self.families[place][cell[place]]:
            if node == cell[place]:
                continue
            other = moved(cell, place, node)
            if not needy or (
                other in self.table and self.lines.root(place, other) != self.lines.root(place, cell)
            ):
                yield node

    def _grow(self, state: State, place: int, node: int, needy: bool) -> State:
        """A partial swap with two ends on one more axis."""
        cost, swap, cells = state
        own = cells[0]
        across = [moved(cell, place, node) for cell in cells]
        cost += sum(self._cost(cell) for cell in across)
        if needy and self.lines.weight(place, own) + self.lines.weight(place, across[0]) < LEAST:
            cost += FEW_COST
        if self.grain[place][0] in ORDERED:
            family = self.families[place][node]
            cost += FAR_COST * (abs(family.index(node) - family.index(own[place])) - 1)
        return cost, (*swap, (own[place], node)), [*cells, *across]
