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

from insights.fairness.comparison import Comparison, compare, mean_over_places
from insights.fairness.intervals import Estimate, Rate
from insights.fairness.tables import Row, sum_by


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
    table = list(rows)
    rates = []
    by_place = sum_by(table, [group, place], [action, base]) if place else {}
    for (name,), counts in sum_by(table, [group], [action, base]).items():
        places = [
            Rate(*counted)
            for key, counted in by_place.items()
            if key[0] == name and counted[1] >= max(1, least)
        ]
        rates.append(GroupRate(name, Rate(*counts), mean_over_places(places)))
    compared = compare(
        table, group=group, action=action, base=base, reference=reference, place=place, least=least
    )
    return RatesByGroup(action, rates, compared)
