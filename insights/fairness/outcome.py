"""Outcome test: do searches of one group find less than searches of another?

    hit rate_g = hits_g / searches_g, on searches the officer could have left undone

Becker 1957, Knowles, Persico and Todd 2001; recipe: Stanford Open Policing Project, `outcome_test`: searches incident
to arrest, by inventory or by warrant are left out before this function is called, a place counts with at least 50
searches of each group, and three such places are wanted.

Reading: a *lower* hit rate says that the group was searched on less evidence.

When it misleads: it compares averages, and thresholds are about the margin. If more people of a group are certain
cases, its hit rate is higher even where officers search it on *less* evidence (infra-marginality; see `threshold`).
Pooling places can turn the sign: wherever pooled and per-place comparisons disagree, the comparison carries a warning.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from insights.fairness.comparison import Comparison
from insights.fairness.rates_by_group import GroupRate, rates_by_group
from insights.fairness.tables import Row, sum_by

LEAST_SEARCHES = 50  # of each group in a place
LEAST_PLACES = 3


@dataclass(frozen=True)
class OutcomeTest:
    rates: list[GroupRate]
    comparisons: list[Comparison]
    left_out: list[Any]  # places in no comparison: no group and the reference have enough searches there

    @property
    def flagged(self) -> bool:
        return any(self.lower_bar(comparison) for comparison in self.comparisons)

    @property
    def warnings(self) -> list[str]:
        """Simpson reversals, and comparisons that rest on too few places."""
        found = [comparison.warning for comparison in self.comparisons if comparison.warning]
        for comparison in self.comparisons:
            if len(comparison.places) < LEAST_PLACES:
                found.append(
                    f"{comparison.group} and {comparison.reference} can be compared in {len(comparison.places)} "
                    f"place(s) only; {LEAST_PLACES} are wanted."
                )
        return found

    @staticmethod
    def lower_bar(comparison: Comparison) -> bool:
        """Whether searches of the group find less, beyond chance."""
        found = comparison.within_difference if comparison.places else comparison.difference
        return comparison.flagged and (found.value or 0.0) < 0


def outcome_test(
    rows: Iterable[Row],
    *,
    group: str = "group",
    searches: str = "searches",
    hits: str = "hits",
    reference: Any,
    place: str | None = "place",
    least: int = LEAST_SEARCHES,
) -> OutcomeTest:
    """`rows` hold one line per group and place with discretionary searches and those that found something."""
    table = list(rows)
    found = rates_by_group(
        table, group=group, action=hits, base=searches, reference=reference, place=place, least=least
    )
    used = {compared.place for comparison in found.comparisons for compared in comparison.places}
    named = dict.fromkeys(key[0] for key in sum_by(table, [place], [searches])) if place else {}
    return OutcomeTest(found.rates, found.comparisons, [where for where in named if where not in used])
