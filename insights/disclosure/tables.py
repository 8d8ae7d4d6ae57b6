"""Counts of persons at any grain: asked for once at the finest grain in hand, summed from there to coarser ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from insights.disclosure.axes import Cell, Grain, lifter

Table = dict[Cell, int]
Ask = Callable[[Grain], Table]


class Tables:
    """The positive cells of a ledger at each grain. Cells that are not in a table are zero."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.known: dict[Grain, Table] = {}

    def at(self, grain: Grain) -> Table:
        if grain not in self.known:
            finer = [known for known in self.known if _holds(known, grain)]
            best = min(finer, key=lambda known: len(self.known[known]), default=None)
            self.known[grain] = self.ask(grain) if best is None else summed(self.known[best], best, grain)
        return self.known[grain]

    def hold(self, grain: Grain) -> bool:
        """Whether a grain can be given without asking."""
        return any(_holds(known, grain) for known in self.known)


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
