"""Dated predictions against later reports: which came true, and which reports were foreseen.

A prediction is right when a crime of its kind was reported on one of its days in its area or, where it is a point, not farther than
half a box (75 m) north, south, east or west of it. A prediction or a report without a kind matches every kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import cos, floor, radians

from insights.audit.bodies import Later, Spot
from insights.audit.nearby import METRES_PER_DEGREE
from insights.audit.spots import LONGEST
from insights.fairness.intervals import Rate

HALF = 75.0  # metres: half the side of PredPol's box of 500 ft
CELL = 0.002  # degrees: larger than half a box at any latitude where people live (to 70°)


@dataclass(frozen=True)
class Verdict:
    """`made` predictions of which `right` came true; `reports` of which `foreseen` had been predicted."""

    made: int
    right: int
    reports: int
    foreseen: int

    @property
    def hit_share(self) -> Rate:
        return Rate(self.right, self.made)

    @property
    def recall(self) -> Rate:
        return Rate(self.foreseen, self.reports)


class _Reports:
    """Reports by day and place."""

    def __init__(self, reports: Sequence[Later]) -> None:
        self.reports = reports
        self._by_area: dict[tuple[date, str], list[int]] = defaultdict(list)
        self._by_cell: dict[tuple[date, int, int], list[int]] = defaultdict(list)
        for at, one in enumerate(reports):
            if one.area:
                self._by_area[one.day, one.area].append(at)
            if one.longitude is not None and one.latitude is not None:
                self._by_cell[one.day, floor(one.longitude / CELL), floor(one.latitude / CELL)].append(at)

    def fitting(self, spot: Spot) -> set[int]:
        """Numbers of the reports that the prediction foresaw."""
        found = {at for day in _days(spot) for at in self._near(spot, day)}
        return {at for at in found if not spot.kind or self.reports[at].kind in ("", spot.kind)}

    def _near(self, spot: Spot, day: date) -> Iterator[int]:
        if spot.area:
            yield from self._by_area.get((day, spot.area), ())
        elif spot.longitude is not None and spot.latitude is not None:
            x, y = floor(spot.longitude / CELL), floor(spot.latitude / CELL)
            for cell in ((day, x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)):
                yield from (at for at in self._by_cell.get(cell, ()) if _in_box(spot, self.reports[at]))


def _days(spot: Spot) -> Iterator[date]:
    if spot.day is None:
        return
    length = ((spot.until or spot.day) - spot.day).days
    yield from (spot.day + timedelta(days=at) for at in range(min(max(length, 0), LONGEST) + 1))


def _in_box(spot: Spot, report: Later) -> bool:
    if None in (spot.longitude, spot.latitude, report.longitude, report.latitude):
        return False
    north = abs(report.latitude - spot.latitude) * METRES_PER_DEGREE  # type: ignore[operator]
    east = abs(report.longitude - spot.longitude) * METRES_PER_DEGREE * cos(radians(spot.latitude))  # type: ignore[operator, arg-type]
    return bool(north <= HALF and east <= HALF)


def judge(spots: Iterable[Spot], reports: Sequence[Later]) -> dict[str, Verdict]:
    """By kind of prediction, and of all under the empty name. Only dated predictions, and reports of days that were
    predicted for, are judged."""
    dated = [spot for spot in spots if spot.day]
    days = {day for spot in dated for day in _days(spot)}
    known = _Reports([one for one in reports if one.day in days])
    kinds = sorted({spot.kind for spot in dated} | {""})
    return {
        kind: _verdict([spot for spot in dated if kind in ("", spot.kind)], known, kind) for kind in kinds
    }


def _verdict(spots: Sequence[Spot], known: _Reports, kind: str) -> Verdict:
    right, foreseen = 0, set()
    for spot in spots:
        if found := known.fitting(spot):
            right += spot.count
            foreseen |= found
    reports = [at for at, one in enumerate(known.reports) if not kind or one.kind in ("", kind)]
    return Verdict(
        sum(spot.count for spot in spots), right, len(reports), len(foreseen.intersection(reports))
    )
