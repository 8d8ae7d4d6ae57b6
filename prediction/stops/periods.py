"""Which days are learned from, which choose the settings, and which judge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from prediction.problems import TooLittle
from prediction.stops.cells import Period

VALIDATION_FROM, TEST_FROM = 0.6, 0.8  # shares of all persons
LEAST_DAYS, LEAST_PERSONS = 15, 500


def split(days: Sequence[tuple[date, int]]) -> Period:
    """Whole days, so that about 60 % of the persons are for training, 20 % for validation and the last 20 % for the test."""
    persons = sum(count for _, count in days)
    if len(days) < LEAST_DAYS or persons < LEAST_PERSONS:
        raise TooLittle(
            f"There are {persons:,} stops on {len(days)} days to learn from. At least {LEAST_PERSONS} on {LEAST_DAYS} days "
            "are needed."
        )
    starts, before = [], 0
    for share in (VALIDATION_FROM, TEST_FROM):
        before, first = 0, days[-1][0]
        for day, count in days:
            if before >= share * persons:
                first = day
                break
            before += count
        starts.append(first)
    if not days[0][0] < starts[0] < starts[1]:
        raise TooLittle(
            "Nearly all stops are on a few days, so that there is no later period to judge on. "
            "Import more days."
        )
    return Period(days[0][0], starts[0], starts[1], days[-1][0])
