"""How often each test cries wolf, and how often it finds what is there: `manage.py study_seeds`.

Every test runs on many clean agencies and on many with a planted effect (`planted`). It should flag the clean ones no
more often than its level, and find the planted ones. The same is asked of the made-up stops of `make_stops`: of the
agency in which each effect is planted, and of the one in which none is (`made_up`). Three further agencies show a test
where it must *not* be believed: nobody is treated unequally in them, and yet it flags.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from insights.fairness import made_up, planted
from insights.fairness.adjusted import adjusted_rates
from insights.fairness.benchmark import against_benchmark
from insights.fairness.intervals import LEVEL, Rate
from insights.fairness.outcome import outcome_test
from insights.fairness.rates_by_group import rates_by_group
from insights.fairness.tables import sum_by
from insights.fairness.threshold import threshold_test
from insights.fairness.veil import veil_of_darkness

REFERENCE = planted.GROUPS[0]
CLEAN, PLANTED = 200, 50
SMALL = planted.Size(places=1, stops=400)  # some three searches of the smallest group
SAMPLED_CLEAN, SAMPLED_PLANTED = 20, 10  # for the test that samples


@dataclass(frozen=True)
class Trial:
    """One test on made-up agencies: `flags(seed)` says whether the test flagged that agency."""

    test: str
    agency: str
    clean: bool
    flags: Callable[[int], bool]
    sampled: bool = False
    known_to_mislead: bool = False


@dataclass(frozen=True)
class Found:
    test: str
    agency: str
    clean: bool
    known_to_mislead: bool
    seeds: int
    flagged: int
    rate: float
    low: float
    high: float
    seconds: float

    @property
    def as_it_should(self) -> bool:
        """Clean: the level lies inside or above the interval of the rate. Planted: found in most agencies."""
        return self.known_to_mislead or (self.low <= LEVEL if self.clean else self.rate >= 0.8)


def benchmark(effect: float) -> Callable[[int], bool]:
    return lambda seed: any(
        one.flagged for one in against_benchmark(planted.stops_and_people(seed, effect), reference=REFERENCE)
    )


def rates(effect: float, size: planted.Size | None = None) -> Callable[[int], bool]:
    """Searches by place; the hour plays no part in these agencies' searches."""
    return lambda seed: (
        rates_by_group(
            planted.searches_by_place_and_hour(seed, effect, size, hours=0.0), reference=REFERENCE
        ).flagged
    )


def rates_mixed(effect: float) -> Callable[[int], bool]:
    """The same where the hour matters, which the comparison by place does not hold fixed."""
    return lambda seed: (
        rates_by_group(planted.searches_by_place_and_hour(seed, effect), reference=REFERENCE).flagged
    )


def adjusted(effect: float, size: planted.Size | None = None) -> Callable[[int], bool]:
    return lambda seed: (
        adjusted_rates(planted.searches_by_place_and_hour(seed, effect, size), reference=REFERENCE).flagged
    )


def outcome(effect: float, more_carriers: float = 0.0) -> Callable[[int], bool]:
    """Two-sided: a higher and a lower hit rate both flag."""

    def flags(seed: int) -> bool:
        rows = planted.searches_and_hits(seed, effect, more_carriers=more_carriers)
        return any(one.flagged for one in outcome_test(rows, reference=REFERENCE).comparisons)

    return flags


def threshold(effect: float, more_carriers: float = 0.0) -> Callable[[int], bool]:
    def flags(seed: int) -> bool:
        rows = planted.searches_and_hits(seed, effect, more_carriers=more_carriers)
        found = threshold_test(rows, reference=REFERENCE)
        return found is not None and any(gap.flagged for gap in found.gaps)

    return flags


def veil(effect: float, hold: tuple[str, ...] = ()) -> Callable[[int], bool]:
    """Two-sided, as a coefficient is."""

    def flags(seed: int) -> bool:
        found = veil_of_darkness(planted.stops_at_twilight(seed, effect), hold=hold)
        return found is not None and found.odds_ratio.flagged()

    return flags


def _of_all_hours(rows: planted.Table) -> planted.Table:
    """Cells by group and place, hours summed; groups of nobody left out."""
    sums = sum_by(rows, ["group", "place"], ["stops", "searches", "hits"])
    names = ("stops", "searches", "hits")
    return [
        {"group": group, "place": place, **dict(zip(names, counts, strict=True))}
        for (group, place), counts in sums.items()
        if counts[0]
    ]


# The made-up forces, each with its largest group as the reference.
LARGEST = {"USA": "White", "Canada": "White", "India": "Asian"}
STOPS = 200_000


def of_ledger(test: str, country: str) -> Callable[[int], bool]:
    """A test on the stops of one made-up force, every effect planted."""
    reference = LARGEST[country]

    def flags(seed: int) -> bool:
        if test == "veil":
            group = "Other" if country == "India" else "Black"
            found = veil_of_darkness(made_up.twilight_cells(seed, STOPS, country, group, reference))
            return found is not None and found.odds_ratio.flagged()
        rows = made_up.search_cells(seed, STOPS, country)
        if test == "adjusted":
            return adjusted_rates(rows, reference=reference).flagged
        cells = _of_all_hours(rows)
        if test == "rates":
            return rates_by_group(cells, reference=reference).flagged
        if test == "outcome":
            return any(one.flagged for one in outcome_test(cells, reference=reference).comparisons)
        return _threshold_flags(cells, reference)

    return flags


def _threshold_flags(cells: planted.Table, reference: str) -> bool:
    """Of the groups with enough searches in three places; a run that did not converge flags nothing."""
    enough: dict[str, int] = {}
    for cell in cells:
        enough[cell["group"]] = enough.get(cell["group"], 0) + (cell["searches"] >= 50)
    kept = [cell for cell in cells if enough[cell["group"]] >= 3]
    found = threshold_test(kept, reference=reference)
    return found is not None and found.converged and any(gap.flagged for gap in found.gaps)


TRIALS = (
    Trial("benchmark", "clean", True, benchmark(0.0)),
    Trial("benchmark", "a group stopped 10 % more often", False, benchmark(0.095)),
    Trial("rates by group", "clean", True, rates(0.0)),
    Trial("rates by group", "clean, 400 stops in one place", True, rates(0.0, SMALL)),
    Trial("rates by group", "odds of a search × 1.35", False, rates(0.3)),
    Trial(
        "rates by group",
        "clean, but groups are stopped at other hours",
        True,
        rates_mixed(0.0),
        known_to_mislead=True,
    ),
    Trial("adjusted rates", "clean", True, adjusted(0.0)),
    Trial("adjusted rates", "clean, 400 stops in one place", True, adjusted(0.0, SMALL)),
    Trial("adjusted rates", "odds of a search × 1.35", False, adjusted(0.3)),
    Trial("outcome test", "clean", True, outcome(0.0)),
    Trial("outcome test", "threshold 0.3 lower", False, outcome(0.3)),
    Trial("outcome test", "clean, but a third more carriers", True, outcome(0.0, 0.3), known_to_mislead=True),
    Trial("veil of darkness", "clean", True, veil(0.0)),
    Trial("veil of darkness", "odds × 0.82 when dark", False, veil(0.2)),
    Trial("veil of darkness, by place", "clean", True, veil(0.0, ("place",))),
    Trial("veil of darkness, by place", "odds × 0.82 when dark", False, veil(0.2, ("place",))),
    Trial("threshold test", "clean", True, threshold(0.0), sampled=True),
    Trial("threshold test", "threshold 0.3 lower", False, threshold(0.3), sampled=True),
    Trial(
        "threshold test",
        "clean, but a third more carriers",
        True,
        threshold(0.0, 0.3),
        sampled=True,
        known_to_mislead=True,
    ),
    Trial("rates by group", "made-up stops, India: nothing planted", True, of_ledger("rates", "India")),
    Trial("rates by group", "made-up stops, USA: a lower threshold", False, of_ledger("rates", "USA")),
    Trial("adjusted rates", "made-up stops, India: nothing planted", True, of_ledger("adjusted", "India")),
    Trial("adjusted rates", "made-up stops, USA: a lower threshold", False, of_ledger("adjusted", "USA")),
    Trial("outcome test", "made-up stops, India: nothing planted", True, of_ledger("outcome", "India")),
    Trial("outcome test", "made-up stops, USA: a lower threshold", False, of_ledger("outcome", "USA")),
    Trial("veil of darkness", "made-up stops, India: nothing planted", True, of_ledger("veil", "India")),
    Trial(
        "veil of darkness",
        "made-up stops, Canada: stopped for being seen",
        False,
        of_ledger("veil", "Canada"),
    ),
    Trial(
        "threshold test",
        "made-up stops, India: nothing planted",
        True,
        of_ledger("threshold", "India"),
        sampled=True,
    ),
    Trial(
        "threshold test",
        "made-up stops, USA: a lower threshold",
        False,
        of_ledger("threshold", "USA"),
        sampled=True,
    ),
)


def run(trial: Trial, seeds: int, first: int = 1) -> Found:
    begun = time.perf_counter()
    flagged = sum(trial.flags(seed) for seed in range(first, first + seeds))
    rate = Rate(flagged, seeds)
    return Found(
        test=trial.test,
        agency=trial.agency,
        clean=trial.clean,
        known_to_mislead=trial.known_to_mislead,
        seeds=seeds,
        flagged=flagged,
        rate=flagged / seeds,
        low=rate.low or 0.0,
        high=rate.high or 0.0,
        seconds=round((time.perf_counter() - begun) / seeds, 3),
    )


def seeds_of(trial: Trial, clean: int, planted_seeds: int) -> int:
    """The sampled test takes seconds a run and gets a tenth of the seeds, a fifth of the planted ones."""
    if trial.sampled:
        return max(
            1, clean * SAMPLED_CLEAN // CLEAN if trial.clean else planted_seeds * SAMPLED_PLANTED // PLANTED
        )
    return clean if trial.clean else planted_seeds


def study(
    clean: int = CLEAN, planted_seeds: int = PLANTED, test: str = "", first: int = 1
) -> Iterator[Found]:
    """Every trial whose test holds the text, one after the other, on the seeds from the first on."""
    for trial in TRIALS:
        if test in trial.test:
            yield run(trial, seeds_of(trial, clean, planted_seeds), first)
