"""How well the places of one year foretold those of the next month: PAI and PEI.

`PAI = (n/N) / (a/A)`: n of the month's N crimes lay in the flagged cells, whose area is a of all A (Chainey, Tompson and Uhlig,
Security Journal 21, 2008). 1 is what flagging at random would reach. `PEI = n / n*`: n* crimes lay in the best cells of the same
number, known only afterwards (Hunt, Saunders and Hollywood, 2014, as used by the National Institute of Justice's challenge).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

from insights.statistics import wilson

FLAGGED = 0.01  # of the cells


@dataclass(frozen=True)
class Score:
    """`n` of `of` crimes in `flagged` of `cells` cells; areas in km². Ratios are None where nothing happened."""

    n: int
    of: int
    best: int
    flagged: int
    cells: int
    flagged_km2: float
    km2: float
    pai: float | None
    low: float | None
    high: float | None
    pei: float | None

    def told(self) -> dict[str, Any]:
        return asdict(self)


def most_flagged(before: Mapping[str, int], universe: Collection[str]) -> list[str]:
    """The one in a hundred cells with the most crimes before, at least one. Ties go by the cell's own number, which is arbitrary
    but the same each time; cells without crime are never flagged."""
    number = ceil(FLAGGED * len(universe))
    ranked = sorted((cell for cell in universe if before.get(cell)), key=lambda cell: (-before[cell], cell))
    return ranked[:number]


def score(
    flagged: Collection[str],
    after: Mapping[str, int],
    universe: Collection[str],
    size: Callable[[str], float],
) -> Score:
    """The flagged cells against what happened. Crimes outside the universe were missed: they count in N."""
    n, of = sum(after.get(cell, 0) for cell in flagged), sum(after.values())
    best = sum(sorted((after.get(cell, 0) for cell in universe), reverse=True)[: len(flagged)])
    part, whole = sum(map(size, flagged)), sum(map(size, universe))
    share = part / whole if whole else 0.0
    low, high = wilson(n, of)
    known = bool(of and share)
    return Score(
        n=n,
        of=of,
        best=best,
        flagged=len(flagged),
        cells=len(universe),
        flagged_km2=part,
        km2=whole,
        pai=n / of / share if known else None,
        low=low / share if known and low is not None else None,
        high=high / share if known and high is not None else None,
        pei=n / best if best else None,
    )


def back_test(
    by_month: Mapping[int, Counter[str]],
    month: int,
    land: frozenset[str],
    size: Callable[[str], float],
) -> dict[str, Any]:
    """One month foretold from the twelve before it, beside a rival that looks at the month before alone.

    Universe: the cells of the land and those with crime in the twelve months; none is in it because of the month that is tested.
    """
    before: Counter[str] = Counter()
    for earlier in range(month - 12, month):
        before.update(by_month.get(earlier, Counter()))
    universe = land | before.keys()
    after = by_month.get(month, Counter())
    year = score(most_flagged(before, universe), after, universe, size)
    last = score(most_flagged(by_month.get(month - 1, Counter()), universe), after, universe, size)
    return {"month": month, **year.told(), "rival_pai": last.pai, "rival_pei": last.pei}
