"""Counts of persons at any grain: asked for once at the finest grain in hand, summed from there to coarser ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from math import prod

from insights.disclosure.axes import Cell, Grain, lifter, parent_grain

Table = dict[Cell, int]
Ask = Callable[[Grain], Table]


MOST_ROWS = (
    60_000  # a grain is asked for at once when it has no more cells than this, or the ledger no more persons
)


class Tables:
    """The positive cells of a ledger at each grain. Cells that are not in a table are zero."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.known: dict[Grain, Table] = {}

    def at(self, grain: Grain) -> Table:
        if grain not in self.known:
            finer = [known for known in self.known if _holds(known, grain)]
            best = min(finer, key=lambda known: len(self.known[known]), default=None)
            self.known[grain] = self.ask(grain) if best is None else self._sum(best, grain)
        return self.known[grain]

    def room(self, grain: Grain) -> int:
        """How many cells a grain has room for."""
        return prod(len(self.at((part,))) for part in grain)

    def fetch(self, grains: Sequence[Grain], most: int) -> None:
        """Ask for the finest of these grains that may be held, so that all coarser ones are sums of them."""
        persons = sum(self.at((grains[-1][0],)).values()) if grains[-1] else 0
        for grain in sorted(grains, key=lambda one: -sum(level for _, level in one)):
            affordable = persons <= MOST_ROWS or self.room(grain) <= most
            if affordable and not any(_holds(known, grain) for known in self.known):
                self.known[grain] = self.ask(grain)

    def _sum(self, fine: Grain, coarse: Grain) -> Table:
        """Sum step by step, along the widest axis first, and keep what lies between: others are summed from there."""
        levels = dict(coarse)
        if len(coarse) < 2:
            return summed(self.known[fine], fine, coarse)
        while fine != coarse:
            steps = [place for place, (axis, level) in enumerate(fine) if level > levels.get(axis, 0)]
            step = parent_grain(fine, max(steps, key=lambda place: len(self.at((fine[place],)))))
            if step not in self.known:
                self.known[step] = summed(self.known[fine], fine, step)
            fine = step
        return self.known[coarse]


def _holds(fine: Grain, coarse: Grain) -> bool:
    levels = dict(fine)
    return all(levels.get(axis, 0) >= level for axis, level in coarse)


def summed(table: Table, fine: Grain, coarse: Grain) -> Table:
    """A table at a coarser grain."""
    result: defaultdict[Cell, int] = defaultdict(int)
    lifted = lifter(fine, coarse)
    for cell, count in table.items():
        result[lifted(cell)] += count
    return dict(result)
