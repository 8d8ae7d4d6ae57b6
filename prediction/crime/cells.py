"""Counts of incidents by area, month, offence group and hour of the week, and the hours in which they could happen.

Incidents without an hour or an area stay out and are counted; so do those of days that the source does not cover.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from psycopg.types.range import DateRange

from ledger.models import Agency, Area
from prediction.crime.coverage import DAY, SLOTS, Stretch, exposure, month_of
from prediction.crime.offences import GROUPS, VICTIM_REPORTED
from prediction.crime.statements import rows, statement
from prediction.stops.reading import fetch_integers

Array = NDArray[Any]
PLACES = ("area", "beat", "zone")  # columns of an incident that name an area


@dataclass
class Cells:
    """Incidents of one agency by the areas of one kind.

    `areas`: ids int[N]; `origin`: the first month, since the year 0; `hours`: hours that passed, float[M, 168]. Of each cell
    its places in areas and months, its group, its hour of the week, and its incidents.
    """

    kind: str
    areas: Array
    origin: int
    hours: Array
    area: Array
    month: Array
    group: Array
    slot: Array
    count: Array

    @property
    def months(self) -> int:
        return len(self.hours)

    @property
    def incidents(self) -> int:
        return int(self.count.sum())

    @cached_property
    def city(self) -> Array:
        """Incidents by group, month and hour of the week, float[G, M, 168]."""
        return self._tally((self.group, len(GROUPS)), (self.month, self.months), (self.slot, SLOTS))

    @cached_property
    def by_group(self) -> Array:
        """Incidents by month, area and group, float[M, N, G]."""
        return self._tally((self.month, self.months), (self.area, len(self.areas)), (self.group, len(GROUPS)))

    @cached_property
    def by_hour(self) -> Array:
        """Incidents of all groups by month, area and hour of the day, float[M, N, 24]."""
        return self._tally((self.month, self.months), (self.area, len(self.areas)), (self.slot % 24, 24))

    @cached_property
    def by_hour_reported(self) -> Array:
        """The same of the groups that victims report."""
        kept = np.isin(self.group, [GROUPS.index(group) for group in VICTIM_REPORTED])
        axes = ((self.month, self.months), (self.area, len(self.areas)), (self.slot % 24, 24))
        return self._tally(*((codes[kept], size) for codes, size in axes), count=self.count[kept])

    def of_month(self, month: int) -> Array:
        """Incidents of one month by area, group and hour of the day, float[N, G, 24]."""
        here = self.month == month
        flat = (self.area[here] * len(GROUPS) + self.group[here]) * 24 + self.slot[here] % 24
        shape = (len(self.areas), len(GROUPS), 24)
        return np.bincount(flat, self.count[here], minlength=int(np.prod(shape))).reshape(shape)

    def _tally(self, *axes: tuple[Array, int], count: Array | None = None) -> Array:
        count = self.count if count is None else count
        flat, shape = np.zeros(len(count), dtype=np.int64), []
        for codes, size in axes:
            flat = flat * size + codes
            shape.append(size)
        return np.bincount(flat, count, minlength=int(np.prod(shape))).reshape(shape)

    @property
    def digest(self) -> str:
        """SHA-256 of the cells and the exposure, in an order of their own."""
        order = np.lexsort((self.slot, self.group, self.month, self.area))
        found = hashlib.sha256(f"{self.kind} {self.origin}".encode())
        for values in (self.areas, self.area, self.month, self.group, self.slot, self.count):
            found.update(
                np.ascontiguousarray(values if values is self.areas else values[order], "<i8").tobytes()
            )
        found.update(np.ascontiguousarray(self.hours, "<f8").tobytes())
        return found.hexdigest()


def read_cells(agency: Agency, covered: Sequence[Stretch]) -> list[Cells]:
    """The cells of an agency, once for each kind of area that its incidents name."""
    if not covered:
        return []
    origin, last = month_of(covered[0].first), month_of(covered[-1].last)
    hours = np.zeros((last - origin + 1, SLOTS))
    passed = exposure((day for one in covered for day in one.days), ZoneInfo(agency.time_zone))
    for month, of_month in passed.items():
        hours[month - origin] = of_month
    params = {"agency": agency.pk, "origin": origin, "groups": len(GROUPS), "covered": ranges(covered)}
    *places, key, count = fetch_integers(statement("crime_counts"), params, len(PLACES) + 2)
    found = []
    for place, ids in zip(PLACES, places, strict=True):
        here = np.flatnonzero(ids)
        if len(here):
            found += _by_kind(_cells(place, ids[here], key[here], count[here], origin, hours))
    return found


def _cells(place: str, ids: Array, key: Array, count: Array, origin: int, hours: Array) -> Cells:
    """Counts added up by the areas of one column: those of finer places come several to a cell."""
    areas, area = np.unique(ids, return_inverse=True)
    span = int(key.max()) + 1
    whole = area.astype(np.int64) * span + key
    order = np.argsort(whole, kind="stable")
    whole = whole[order]
    starts = np.flatnonzero(np.concatenate([[True], whole[1:] != whole[:-1]]))
    area, key = np.divmod(whole[starts], span)
    month, group = np.divmod(key // SLOTS, len(GROUPS))
    return Cells(
        place, areas, origin, hours, area, month, group, key % SLOTS, np.add.reduceat(count[order], starts)
    )


def _by_kind(cells: Cells) -> list[Cells]:
    """Apart by the kind of area, should a column name several."""
    kinds = dict(Area.objects.filter(pk__in=cells.areas.tolist()).values_list("pk", "kind"))
    of_area = np.array([kinds[pk] for pk in cells.areas.tolist()])
    found = []
    for kind in sorted(set(kinds.values())):
        kept = np.flatnonzero(of_area == kind)
        place = np.full(len(cells.areas), -1)
        place[kept] = np.arange(len(kept))
        here = place[cells.area] >= 0
        parts = (values[here] for values in (cells.month, cells.group, cells.slot, cells.count))
        found.append(
            Cells(kind, cells.areas[kept], cells.origin, cells.hours, place[cells.area[here]], *parts)
        )
    return found


def ranges(covered: Sequence[Stretch]) -> list[DateRange]:
    return [DateRange(one.first, one.last + DAY) for one in covered]


@dataclass(frozen=True)
class LeftOut:
    """Of the incidents of covered days, how many say no hour, and no place of a kind."""

    incidents: int
    without_hour: int
    without_place: dict[str, int]


def left_out(agency: int, covered: Sequence[Stretch]) -> LeftOut:
    found = rows("crime_left_out", {"agency": agency, "covered": ranges(covered)})[0]
    return LeftOut(found[0], found[1], dict(zip(PLACES, found[2:], strict=True)))


def first_and_last(covered: Sequence[Stretch]) -> tuple[date, date]:
    return covered[0].first, covered[-1].last
