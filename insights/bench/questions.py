"""Times every question beside both rivals, in turns, after comparing the three answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import geometric_mean, median
from typing import Any

from insights.bench import duckdb_rival, pandas_rival
from insights.bench.agreement import COLUMNS, difference, ours, theirs
from insights.bench.rivals import Rivals
from insights.bench.within import Within, all_filters
from insights.catalogue import CATALOGUE
from insights.codes import Codes
from insights.filters import Filters
from insights.insight import Insight
from insights.viewer import Viewer
from ledger.models import Country

TIMES, TIMES_PANDAS = 7, 3


@dataclass
class Timed:
    """Medians in milliseconds of one question under one filter, and what ours read."""

    slug: str
    within: str
    reads: str
    ours_ms: float
    duckdb_ms: float
    pandas_ms: float
    differs: str = ""

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("ours_ms", "duckdb_ms", "pandas_ms", "reads")}


@dataclass
class Measured:
    questions: list[Timed] = field(default_factory=list)

    def under(self, within: str) -> list[Timed]:
        return [one for one in self.questions if one.within == within]

    def mean(self, within: str, who: str, *, cubed: bool = False) -> float | None:
        """Geometric mean over the questions, or over those that a cube answered."""
        chosen = [one for one in self.under(within) if not cubed or not one.reads.startswith("facts")]
        return round(geometric_mean([getattr(one, who) for one in chosen]), 2) if chosen else None

    @property
    def differences(self) -> list[str]:
        return [f"{one.within}: {one.differs}" for one in self.questions if one.differs]


def parted() -> tuple[list[Insight], list[str]]:
    """The questions that both rivals know, and the names of the others: a new insight need not be written three times."""
    known = COLUMNS.keys() & duckdb_rival.QUESTIONS.keys() & pandas_rival.QUESTIONS.keys()
    return (
        [insight for insight in CATALOGUE if insight.slug in known],
        [insight.slug for insight in CATALOGUE if insight.slug not in known],
    )


def measure(rivals: Rivals, say: Callable[[str], None]) -> Measured:
    """All questions that the rivals know, under all filters. One run of each first warms up and is compared."""
    codes, found = Codes(), Measured()
    asked, left_out = parted()
    if left_out:
        say(f"not asked, since the rivals do not know them: {', '.join(left_out)}")
    for within in all_filters(Country.objects.get(name="USA").pk):
        say(f"questions, {within.name}")
        filters = Filters.read(within.filters, codes)
        for insight in asked:
            found.questions.append(_timed(insight, filters, within, rivals, codes))
    return found


def _timed(insight: Insight, filters: Filters, within: Within, rivals: Rivals, codes: Codes) -> Timed:
    slug = insight.slug

    def by_duckdb() -> list[tuple[Any, ...]]:
        return duckdb_rival.answer(rivals.duckdb, slug, within.duckdb)

    def by_pandas() -> list[tuple[Any, ...]]:
        return pandas_rival.answer(within.pandas(rivals.frame), slug)

    answer = insight.answer(filters, Viewer.system())
    table = ours(answer, codes)
    differs = [
        f"{who} {found}"
        for who, rows in (("DuckDB", by_duckdb()), ("pandas", by_pandas()))
        if (found := difference(slug, table, theirs(slug, rows)))
    ]
    return Timed(
        slug,
        within.name,
        answer.reads or "facts",
        ours_ms=milliseconds(lambda: insight.fetch(filters), TIMES),
        duckdb_ms=milliseconds(by_duckdb, TIMES),
        pandas_ms=milliseconds(by_pandas, TIMES_PANDAS),
        differs="; ".join(differs),
    )


def milliseconds(act: Callable[[], Any], times: int) -> float:
    """The median of several runs."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        taken.append((time.perf_counter() - started) * 1000)
    return round(median(taken), 2)
