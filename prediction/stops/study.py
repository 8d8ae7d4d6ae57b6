"""How often the gate opens: on stops in which nothing tells anything, and on stops in which something was planted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from insights.statistics import wilson
from prediction.evaluation.gate import OPEN
from prediction.features import TARGETS
from prediction.stops.made_up import Truth, as_cells, by_violation_and_night, drawn, independent, period_of
from prediction.stops.training import learn_from, with_classes

LEVEL = 0.025  # one end of a 95 % interval: how often the gate may open wrongly
DAYS = 60
TRUTHS: dict[str, Truth] = {
    "nothing tells anything": independent,
    "violation and night": by_violation_and_night,
}


@dataclass(frozen=True)
class Opened:
    """Of so many made-up ledgers the gate opened on some; share with its 95 % interval (Wilson)."""

    truth: str
    persons: int
    seeds: int
    opened: int

    @property
    def share(self) -> float:
        return self.opened / self.seeds

    @property
    def interval(self) -> tuple[float, float]:
        low, high = wilson(self.opened, self.seeds)
        return low or 0.0, high or 0.0

    @property
    def as_it_should(self) -> bool:
        """Nothing found in chance more often than the level explains; what was planted found in most ledgers."""
        low, high = self.interval
        return low <= LEVEL if TRUTHS[self.truth] is independent else high > 0.5


def is_opened(truth: Truth, persons: int, seed: int) -> bool:
    """Draw, learn, judge, as `train` does with a real ledger."""
    stops = drawn(seed, persons, DAYS, truth)
    learned = learn_from(with_classes(as_cells(stops)), TARGETS["outcome"], False, period_of(stops), seed)
    return learned.verdict.gate == OPEN


def study(seeds: int, planted: int, persons: int) -> Iterator[Opened]:
    """`seeds` ledgers of pure chance, `planted` with something to find, `persons` stopped in each."""
    for (name, truth), number in zip(TRUTHS.items(), (seeds, planted), strict=True):
        opened = sum(is_opened(truth, persons, 10_000 + seed) for seed in range(number))
        yield Opened(name, persons, number, opened)
