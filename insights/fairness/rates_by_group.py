"""How often is a person searched, frisked, arrested or cited once stopped, by group: pooled and place by place.

    rate_g = actions_g / stops_g, with Wilson's interval

Source: Stanford Open Policing Project, tutorial and `prima_facie_stats`; Pierson and others, Nature Human Behaviour 4,
2020. The comparison within places is that of `comparison`.

Assumes that groups in one place are stopped in like circumstances. A group that is stopped more often at night, or
for graver reasons, is searched more often by any officer; `adjusted` holds the hour fixed too, and the outcome and
threshold tests ask what the searches found.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from insights.fairness.comparison import Comparison, compare, counted, mean_over_places
from insights.fairness.intervals import Estimate, Rate
from insights.fairness.tables import Row


@dataclass(frozen=True)
class GroupRate:
    """One group over all places, and the mean of its places, each counting alike."""

    group: Any
    rate: Rate
    mean: Estimate


@dataclass(frozen=True)
class RatesByGroup:
    action: str
    rates: list[GroupRate]
    comparisons: list[Comparison]

    @property
    def flagged(self) -> bool:
        return any(comparison.flagged for comparison in self.comparisons)


def rates_by_group(
    rows: Iterable[Row],
    *,
    group: str = "group",
    action: str = "searches",
    base: str = "stops",
    reference: Any,
    place: str | None = "place",
    least: int = 1,
) -> RatesByGroup:
    """`rows` hold one line per group and place (or finer) with the counts `action` and `base`."""
    found = counted(rows, group=group, action=action, base=base, place=place)
    rates = [
        GroupRate(name, rate, mean_over_places(_large(found.by_place.get(name, {}).values(), least)))
        for name, rate in found.pooled.items()
    ]
    return RatesByGroup(action, rates, compare(found, reference, least))


def _large(rates: Iterable[Rate], least: int) -> list[Rate]:
    return [rate for rate in rates if rate.whole >= max(1, least)]
