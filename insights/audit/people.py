"""Groups of people and of households that an audit tells apart, and by which names files call their figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

PEOPLE, HOUSEHOLDS = "people", "households"


@dataclass(frozen=True)
class Group:
    """`whole` is what its share is of."""

    key: str
    label: str
    whole: str
    note: str = ""


GROUPS = (
    Group("black", "Black", PEOPLE),
    Group("latino", "Latino", PEOPLE),
    Group("asian", "Asian", PEOPLE),
    Group("white", "White", PEOPLE),
    Group(
        "poor",
        "Low income",
        HOUSEHOLDS,
        "Households with less than $45,000 a year, or where a file says so, those whose children may have free or cheaper "
        "school meals.",
    ),
    Group("middle", "$75,000 to $100,000", HOUSEHOLDS, "Households with that income in a year."),
    Group("rich", "Over $200,000", HOUSEHOLDS, "Households with that income in a year."),
)
BY_KEY = {group.key: group for group in GROUPS}


@dataclass(frozen=True)
class Figure:
    """A number of people or households, with its published margin of error (90 % for the ACS), if any."""

    value: float
    margin: float | None = None

    @property
    def low(self) -> float:
        return max(0.0, self.value - (self.margin or 0.0))

    @property
    def high(self) -> float:
        return self.value + (self.margin or 0.0)


# What each figure is called in files: The Markup's names, plain words, and the tables B03002 and B19001 of the American
# Community Survey, whose columns are added up.
NAMES: dict[str, str] = {
    PEOPLE: r"total_(race_)?est(imate)?|population|people|residents|total population|B03002_001.*",
    "black": r"black(_alone|_est)?|black or african american|B03002_004.*",
    "latino": r"latino(_alone|_est)?|hispanic( or latino)?|B03002_012.*",
    "asian": r"asian(_alone|_est)?|B03002_006.*",
    "white": r"white(_alone|_est)?|B03002_003.*",
    HOUSEHOLDS: r"total_estimate_household|total_income_est|households|B19001_001.*",
    "poor": r"eligible_for_frl|lt[._]45k(_est)?|low income|B19001_00[2-9].*",
    "middle": r"bw[._]75[._]100k(_est)?|B19001_012.*",
    "rich": r"gt[._]200k(_est)?|B19001_017.*",
}
KEPT = {key: re.compile(pattern, re.IGNORECASE) for key, pattern in NAMES.items()}


def key_of(measure: str) -> str:
    """Which figure a measure of a file is; empty for one that an audit does not use."""
    return next((key for key, pattern in KEPT.items() if pattern.fullmatch(measure.strip())), "")


def added(figures: Iterable[Figure]) -> Figure:
    """The sum, with the margin of a sum: the root of the sum of squares (Census Bureau, ACS handbook, chapter 8)."""
    several = list(figures)
    margins = [one.margin for one in several if one.margin is not None]
    margin = sqrt(sum(margin**2 for margin in margins)) if margins else None
    return Figure(sum(one.value for one in several), margin)


def of_measures(measures: Iterable[tuple[str, float, float | None]]) -> Mapping[str, Figure]:
    """The figures of one area from its measures: name, value, margin."""
    found: dict[str, list[Figure]] = {}
    for name, value, margin in measures:
        if key := key_of(name):
            found.setdefault(key, []).append(Figure(value, margin))
    return {key: added(several) for key, several in found.items()}
