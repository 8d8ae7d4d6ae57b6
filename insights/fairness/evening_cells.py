"""The cells of the veil-of-darkness test, from the facts: minute, dark, place, and stops of two groups."""

from __future__ import annotations

from dataclasses import dataclass

from insights.fairness.cells import known_group, place_known
from insights.fairness.months import Drawn, Month, drawn, months_of_agencies
from insights.fairness.positions import NAMES, TYPES, Span, sun_table
from insights.filters import Filters


@dataclass(frozen=True)
class Evenings:
    """Cells, and sentences on where the sun was reckoned from."""

    drawn: Drawn
    notes: list[str]


def evening_cells(
    filters: Filters,
    group: str,
    one: int,
    reference: int,
    place: str = "agency",
    season: bool = False,
    kind: int | None = None,
    months: list[Month] | None = None,
) -> Evenings:
    """Stops of group `one` (`group_stops`) and of the reference (`reference_stops`) within the intertwilight period of
    each agency's own position, by minute, darkness and place.

    With `season` only the 30 days around a change of the clock, with the columns season and year, dark from dusk itself.
    `kind` keeps to one kind of stop (`StopType`). `months` are those of `eligible_months`, if they are known already.
    """
    known_group(group)
    if months is None:
        months = eligible_months(filters, group, place)
    sun = sun_table(_spans(months), season)
    after, by_season = (">=", ", season, extract(year FROM day)::int AS year") if season else (">", "")
    arrays = ", ".join(f"%s::{kind}[]" for kind in TYPES)
    select = f"""
        SELECT minute, (minute {after} dusk)::int AS dark, {place} AS place{by_season},
               count(*) FILTER (WHERE {group} = %s) AS group_stops,
               count(*) FILTER (WHERE {group} = %s) AS reference_stops
        FROM facts JOIN unnest({arrays}) AS sun ({", ".join(NAMES)}) USING (agency, day)
        WHERE minute BETWEEN first AND last AND (minute <= sunset OR minute {after} dusk)
        GROUP BY {"1, 2, 3, 4, 5" if season else "1, 2, 3"} ORDER BY 1, 2, 3
    """
    known_places = {} if place == "agency" else {f"{place}__gt": 0}
    of_kind = {} if kind is None else {"stop_type": kind}
    return Evenings(
        drawn(
            filters,
            months,
            ("agency", "day", "minute", group, place),
            select,
            [one, reference, *sun.columns],
            # Read once, with most stops already gone; else the planner walks an index over all of them.
            {f"{group}__in": (one, reference), "minute__range": sun.minutes, **known_places, **of_kind},
        ),
        sun.notes,
    )


def eligible_months(filters: Filters, group: str, place: str) -> list[Month]:
    """Months of agencies that the test may rest on; both its variants read the same."""
    known = {known_group(group): f"{group} <> 0", "minute": "minute >= 0", **place_known(place)}
    return months_of_agencies(filters, known)


def _spans(months: list[Month]) -> list[Span]:
    years: dict[int, list[int]] = {}
    for month in months:
        if month.kept:
            years.setdefault(month.agency, []).append(month.year)
    return [Span(agency, min(found), max(found)) for agency, found in years.items()]
