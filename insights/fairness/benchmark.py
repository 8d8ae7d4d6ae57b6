"""Stops against a benchmark: how often is each group stopped, for each of its people in the benchmark?

    stop rate         r_g = stops_g / (people_g × years)
    disparity ratio   r_g / r_ref
    share ratio       (stops_g / all stops) / (people_g / all people), the "disparity index" of Missouri
    residual          (share ratio − 1) × 100, in per cent, as California's RIPA board prints it
    relative rate     the disparity ratio from rates per 1,000 people, as the Home Office prints it

Interval of the ratio: exp(ln RR ± 1.96 √(1/a + 1/b)), stops being events that one person may meet twice; with
`once=True` the narrower published form exp(ln RR ± 1.96 √(1/a − 1/n₁ + 1/b − 1/n₂)), which takes each resident as
stopped once or never. A group never stopped has the ratio 0, with an exact upper end.

Sources: Stanford Open Policing Project, tutorial (stop rate, ratio); Missouri Attorney General, Vehicle Stops Report
(disparity index); Racial and Identity Profiling Advisory Board of California, annual reports (residual); Home Office,
Stop and search statistics (relative rate).

Assumes that the benchmark counts the people who could be stopped. Residents are not road users: those who drive
through, drive more, or are counted badly by the census move the ratio without any officer doing anything. So a ratio
is a reason to look, and is never read without a second test.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from insights.fairness.intervals import Estimate, Rate, ratio, ratio_of_events
from insights.fairness.tables import Row, sum_by


@dataclass(frozen=True)
class AgainstBenchmark:
    """One group against the benchmark. `share` and `people_share` are of all groups given."""

    group: Any
    stops: int
    people: int
    rate: float | None
    disparity: Estimate
    share: float
    people_share: float
    share_ratio: Estimate
    flagged: bool

    @property
    def residual(self) -> Estimate:
        """Share of stops over share of people, in per cent above (or below) what the benchmark expects."""
        found = self.share_ratio
        value, low, high = (
            None if x is None else (x - 1) * 100 for x in (found.value, found.low, found.high)
        )
        return Estimate(value, low, high, found.p)


def stop_rate(stops: float, people: float, years: float = 1.0) -> float | None:
    """Stops per person and year; mean monthly stops × 12 / people is the same figure with years = months / 12."""
    return stops / (people * years) if people > 0 and years > 0 else None


def disparity_ratio(
    stops: int, people: int, other_stops: int, other_people: int, years: float = 1.0, once: bool = False
) -> Estimate:
    """Rate of the one group over that of the other, with its interval; without one where `once` cannot be, since there are
    more stops than people.
    """
    if once and max(stops - people * years, other_stops - other_people * years) > 0:
        return Estimate(ratio_of_events(stops, people * years, other_stops, other_people * years).value)
    if once:
        return ratio(Rate(stops, round(people * years)), Rate(other_stops, round(other_people * years)))
    return ratio_of_events(stops, people * years, other_stops, other_people * years)


def share_ratio(stops: int, all_stops: int, people: float, all_people: float) -> Estimate:
    """Share of stops over share of people; the benchmark is taken as known, only the stops vary."""
    rest = all_stops - stops
    if not (people and all_people and all_stops):
        return Estimate()
    expected = people / all_people
    share = Rate(stops, all_stops)
    low, high = (None if end is None else end / expected for end in (share.low, share.high))
    p = ratio_of_events(stops, people, rest, all_people - people).p if rest and all_people > people else None
    return Estimate(stops / all_stops / expected, low, high, p)


def against_benchmark(
    rows: Iterable[Row],
    *,
    group: str = "group",
    stops: str = "stops",
    people: str = "people",
    reference: Any,
    years: float = 1.0,
    once: bool = False,
) -> list[AgainstBenchmark]:
    """Every group of the table against the reference and against the benchmark as a whole."""
    sums = {key[0]: counts for key, counts in sum_by(rows, [group], [stops, people]).items()}
    all_stops, all_people = (sum(counts[i] for counts in sums.values()) for i in (0, 1))
    base = sums.get(reference, [0, 0])
    compared = max(1, len(sums) - 1)
    found = []
    for name, (made, living) in sums.items():
        disparity = (
            disparity_ratio(made, living, base[0], base[1], years, once)
            if name != reference
            else Estimate(1.0)
        )
        found.append(
            AgainstBenchmark(
                group=name,
                stops=made,
                people=living,
                rate=stop_rate(made, living, years),
                disparity=disparity,
                share=made / all_stops if all_stops else 0.0,
                people_share=living / all_people if all_people else 0.0,
                share_ratio=share_ratio(made, all_stops, living, all_people),
                flagged=disparity.flagged(compared),
            )
        )
    return found
