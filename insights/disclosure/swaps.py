"""Which cells must be hidden beside the small ones, at one grain and in all that is finer.

The idea. Take two nodes on each axis of a grain, say {gender: Other, Female} and {month: May, June}. They span a box of
2 x 2 (with more axes 2 x 2 x 2 ...) corner cells. Moving one person from corner to corner, +1 and -1 in turn, changes the
corners and whatever lies inside them, but no sum along any axis. So if all corners, and everything inside them, are
hidden, then no arithmetic on what is shown, at any grain and under any filters, can tell how many are in a corner: the
shown figures are the same whichever way the persons stand. That is a swap. Each small cell gets one.

A cell is hidden when it, or a coarser cell that holds it, is a corner. To decide that, the tables of the axes in hand
are enough: no other question and no other filter has a say, hence all pages agree with each other.

Hidden cells side by side must also not be few in sum, else a range of hours or months would give a small count away:
in each line (the children of a shown cell along an axis) the cells that swaps join hold LEAST persons or more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

from insights.disclosure.axes import Cell, Grain, coarser, lifter, parent_grain
from insights.disclosure.tables import Tables

LEAST = 10  # counts from 1 to LEAST - 1 are small
MOST_CELLS = 20_000  # a grain with room for more cells is hidden as a whole: it would take too long
MOST_HIDDEN = 0.75  # so is one in which more than this part of the cells is small or inside hidden ones

Swap = tuple[tuple[int, int], ...]  # for each axis of the grain the two nodes between which persons move


def is_small(count: int) -> bool:
    return 0 < count < LEAST


def corners(swap: Swap) -> Iterator[Cell]:
    return product(*swap)


class Cover:
    """What is hidden in a ledger, grain by grain, worked out when first asked for."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.closed: dict[Grain, bool] = {}  # hidden as a whole
        self.swaps: dict[Grain, list[Swap]] = {}
        self.by_corner: dict[Grain, dict[Cell, list[Swap]]] = {}
        self.known: dict[Grain, dict[Cell, bool]] = {}
        self.parents: dict[Grain, list[tuple[Grain, Callable[[Cell], Cell]]]] = {}

    def prepare(self, grain: Grain) -> None:
        """Work out a grain and all coarser ones."""
        if grain in self.closed:
            return
        grains = list(coarser(grain))
        self.tables.fetch(grains, MOST_CELLS)
        for coarse in grains:
            if coarse not in self.closed:
                self._work_out(coarse)

    def hides(self, grain: Grain, cell: Cell) -> bool:
        """Whether a cell of a prepared grain, be it zero, is hidden."""
        if self.closed[grain]:
            return True
        known = self.known[grain]
        if cell not in known:
            known[cell] = cell in self.by_corner[grain] or self.hides_coarser(grain, cell)
        return known[cell]

    def hides_coarser(self, grain: Grain, cell: Cell) -> bool:
        """Whether a cell is hidden because one that holds it is."""
        return any(self.hides(parent, lifted(cell)) for parent, lifted in self.parents[grain])

    def add(self, grain: Grain, swap: Swap) -> None:
        self.swaps[grain].append(swap)
        for corner in corners(swap):
            self.by_corner[grain].setdefault(corner, []).append(swap)

    def _work_out(self, grain: Grain) -> None:
        from insights.disclosure.search import Search  # a search reads the cover of the coarser grains

        self.swaps[grain], self.by_corner[grain], self.known[grain] = [], {}, {}
        parents = [parent_grain(grain, place) for place in range(len(grain))]
        self.parents[grain] = [(parent, lifter(grain, parent)) for parent in parents]
        self.closed[grain] = any(self.closed[parent] for parent in parents) or self._is_thin(grain)
        if grain and not self.closed[grain]:
            Search(self, grain).run()

    def _is_thin(self, grain: Grain) -> bool:
        """Whether persons are spread so thinly over a grain that it is hidden as a whole."""
        if self.tables.room(grain) > MOST_CELLS:
            return True
        table = self.tables.at(grain)
        hidden = sum(is_small(count) or self.hides_coarser(grain, cell) for cell, count in table.items())
        return hidden > MOST_HIDDEN * len(table)
