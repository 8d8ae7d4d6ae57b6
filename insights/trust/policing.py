"""Policing figures of the ledger by area and quarter, where the ledger's areas are those of a survey or lie in them.

An area of the ledger belongs to a survey's area when it is the same record, has its code, or is an LSOA, whose name begins
with its district's ("Camden 001A"). Whatever has no such area is in no figure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import log
from pathlib import Path
from typing import TYPE_CHECKING, cast

from django.db import connection
from django.db.models import Count

from insights.trust.figures import Survey, areas_of
from ledger.choices import AreaKind
from ledger.models import Area, Incident

if TYPE_CHECKING:
    from django.db.models import QuerySet

SQL = (Path(__file__).parents[1] / "sql" / "policing_by_area.sql").read_text(encoding="utf-8")
LSOA = re.compile(r"(.+) \d{3}[A-Z]")
LEAST_COUNT, LEAST_SEARCHES = 10, 30  # below these the logarithm of a count, or a rate, is mostly chance
LOG = ", log"  # ends the name of what is a logarithm
SEARCHES, FINDS, CRIMES = f"Searches{LOG}", "Find rate of searches", f"Recorded crime{LOG}"
Quarter = tuple[int, int]  # year and 1 to 4
Cells = dict[tuple[int, Quarter], float]  # by the survey's area and quarter


@dataclass
class Counts:
    """What was counted in one area and quarter, and in how many of its months there was anything."""

    stops: int = 0
    searches: int = 0
    finds: int = 0


def quarter_of(day: date) -> Quarter:
    return day.year, (day.month + 2) // 3


def quarter_before(quarter: Quarter) -> Quarter:
    year, number = quarter
    return (year, number - 1) if number > 1 else (year - 1, 4)


def policing(survey: Survey) -> dict[str, Cells]:
    """Policing figures by name: logarithms of counts, whose changes are relative, and the find rate (0 to 1).

    People of an area are nearly constant over a few years and go into the area's own level, so the logarithm of a count
    serves as that of a rate. Only quarters of which every month has stops (or crimes) in the ledger somewhere are counted.
    """
    owner = owners(areas_of(survey))
    found = _of_stops(owner)
    found[CRIMES] = _of_crimes(owner)
    return {name: cells for name, cells in found.items() if cells}


def owners(places: Mapping[int, Area]) -> dict[int, int]:
    """The survey's area of every area of the ledger that is it or lies in it."""
    by_code = {one.code: pk for pk, one in places.items() if one.code}
    by_name = {one.name: pk for pk, one in places.items()}
    found = {pk: pk for pk in places}
    for one in Area.objects.exclude(pk__in=places).defer("boundary").iterator():
        inside = LSOA.fullmatch(one.name) if one.kind == AreaKind.LSOA else None
        if inside and inside[1] in by_name:
            found[one.pk] = by_name[inside[1]]
        elif one.code in by_code:
            found[one.pk] = by_code[one.code]
    return found


def _of_stops(owner: Mapping[int, int]) -> dict[str, Cells]:
    counts: dict[tuple[int, Quarter], Counts] = defaultdict(Counts)
    months: set[tuple[int, int]] = set()
    with connection.cursor() as cursor:
        cursor.execute(SQL)
        for area, year, month, stops, searches, finds in cursor:
            if area in owner:
                months.add((year, month))
                cell = counts[owner[area], (year, (month + 2) // 3)]
                cell.stops, cell.searches, cell.finds = (
                    cell.stops + stops,
                    cell.searches + searches,
                    cell.finds + finds,
                )
    whole = _whole(months)
    used = {key: cell for key, cell in counts.items() if key[1] in whole}
    return {
        SEARCHES: {key: log(cell.searches) for key, cell in used.items() if cell.searches >= LEAST_COUNT},
        FINDS: {
            key: cell.finds / cell.searches for key, cell in used.items() if cell.searches >= LEAST_SEARCHES
        },
    }


def _of_crimes(owner: Mapping[int, int]) -> Cells:
    counts: dict[tuple[int, Quarter], int] = defaultdict(int)
    months: set[tuple[int, int]] = set()
    crimes = cast("QuerySet[Incident]", Incident.objects.current())
    told = crimes.filter(area__isnull=False).values("area", "month").annotate(number=Count("*"))
    for row in told:
        if row["area"] in owner:
            day = row["month"]
            months.add((day.year, day.month))
            counts[owner[row["area"]], quarter_of(day)] += row["number"]
    whole = _whole(months)
    return {key: log(number) for key, number in counts.items() if key[1] in whole and number >= LEAST_COUNT}


def _whole(months: set[tuple[int, int]]) -> set[Quarter]:
    """Quarters of which every month has something."""
    seen: dict[Quarter, int] = defaultdict(int)
    for year, month in months:
        seen[year, (month + 2) // 3] += 1
    return {quarter for quarter, number in seen.items() if number == 3}
