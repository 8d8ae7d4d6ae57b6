"""Crimes with a place, and the months that are whole."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prediction.crime.statements import rows, statement
from prediction.stops.reading import fetch_integers

Array = NDArray[Any]
MILLIONTH = 1e-6  # of a degree: a tenth of a metre


@dataclass(frozen=True)
class Located:
    """Crimes as columns: degrees, months since the year 0, group of offences, area (0 for none)."""

    latitude: Array
    longitude: Array
    month: Array
    group: Array
    area: Array

    def only(self, kept: Array) -> Located:
        return Located(*(column[kept] for column in self.columns))

    @property
    def columns(self) -> tuple[Array, ...]:
        return self.latitude, self.longitude, self.month, self.group, self.area

    def __len__(self) -> int:
        return len(self.month)


def located(agency: int, first: int, last: int) -> Located:
    """Crimes of an agency with a place, of months from first to last."""
    params = {"agency": agency, "first": first_day(first), "last": first_day(last)}
    south, west, *others = fetch_integers(statement("hotspot_incidents"), params, 5)
    return Located(south * MILLIONTH, west * MILLIONTH, *others)


@dataclass(frozen=True)
class Known:
    """What an agency's crimes cover. `counts`: by month since the year 0, placed and unplaced crimes of the subject."""

    months: list[int]  # whole ones without a gap, up to the newest
    counts: dict[int, tuple[int, int]]


def known(agency: int, groups: Collection[int]) -> Known:
    found = rows("hotspot_months", {"agency": agency, "groups": list(groups)})
    first, last, *_ = reported(agency)
    present = [number(month) for month, total, *_ in found if total]
    counts = {number(month): (placed, unplaced) for month, _, placed, unplaced in found}
    return Known(whole_months(present, first, last), counts)


def reported(agency: int) -> tuple[date | None, date | None, int, int]:
    """First and last day with a report, where days are known; newest import and undo."""
    found: tuple[date | None, date | None, int, int] = rows("hotspot_reports", {"agency": agency})[0]
    return found


def seen(agency: int) -> str:
    """Changes with every import and undo that may change the agency's crimes."""
    _, _, run, undo = reported(agency)
    return f"{run}/{undo}"


def whole_months(present: Collection[int], first: date | None, last: date | None) -> list[int]:
    """Months that reports cover from end to end, in a row without a gap, up to the newest.

    A month counts as covered when reports reach its last day but one: on a single day there may be none. Where the source
    names no days, a month with crimes is whole.
    """
    whole = [
        month
        for month in sorted(set(present))
        if (first is None or first <= first_day(month) + timedelta(days=1))
        and (last is None or last >= last_day(month) - timedelta(days=1))
    ]
    found = whole[-1:]
    while found and found[0] - 1 in whole:
        found.insert(0, found[0] - 1)
    return found


def number(month: date) -> int:
    """Months since the year 0."""
    return month.year * 12 + month.month - 1


def first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def last_day(month: int) -> date:
    return first_day(month + 1) - timedelta(days=1)


def most_common(values: Array, otherwise: int = 0) -> int:
    """The most frequent value that is not 0; of equal ones the smallest."""
    kept = values[values != 0]
    if not len(kept):
        return otherwise
    found, counts = np.unique(kept, return_counts=True)
    return int(found[np.argmax(counts)])
