"""The counts that each test needs, summed in SQL within the filters of insights; models are fitted on these cells.

Groups and places are code columns of the facts. Whoever's group is unknown is in no test; an unknown place is no place.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from insights.arms import facts_arm
from insights.fairness.months import Drawn, drawn, months_of_agencies
from insights.filters import Filters
from insights.relation import DIMENSIONS, Rows, tally

GROUPS = ("race", "gender", "age_band")
PLACES = ("agency", "post", "area")
ACTIONS = {  # what a person stopped may meet with: measures of the relation `stops`
    "searches": "Searched",
    "arrests": "Arrested",
    "citations": "Cited",
    "warnings": "Warned",
    "drugs": "Drug-related stop",
}


def stops_by_group(filters: Filters, group: str) -> Rows:
    """For `against_benchmark`: group and stops."""
    rows = tally(filters, (known_group(group),), ("stops",))
    return [{"group": row[group], "stops": row["stops"]} for row in rows if row[group]]


def rate_cells(filters: Filters, group: str, place: str, action: str) -> Rows:
    """For `rates_by_group`: group, place, stops and the action's count. Answered from the cubes where they hold it."""
    return _counted(filters, (known_group(group), known_place(place)), action)


def hourly_cells(filters: Filters, group: str, place: str, action: str) -> Rows:
    """For `adjusted_rates`: the same by hour of the day; stops of unknown hour are left out."""
    rows = _counted(filters, (known_group(group), known_place(place), "hour"), action)
    return [row for row in rows if row["hour"] >= 0]


def search_cells(filters: Filters, group: str, place: str, unknown_ground: bool = False) -> Drawn:
    """For `outcome_test` and `threshold_test`: group, place, stops, searches, hits, of eligible months.

    Searches are those the officer could have left undone and of which the find was recorded; a person searched
    otherwise is not counted at all. `unknown_ground` takes in searches without a recorded ground.
    """
    known = {known_group(group): f"{group} <> 0", "searched": "searched IS NOT NULL", **place_known(place)}
    months = months_of_agencies(filters, known)
    select = f"""
        SELECT {group} AS "group", {place} AS place, count(*) AS stops, count(*) FILTER (WHERE searched) AS searches,
               count(*) FILTER (WHERE searched AND hit) AS hits
        FROM facts
        WHERE {" AND ".join(known.values())}
          AND (NOT searched OR (hit IS NOT NULL AND coalesce(discretionary, %s)))
        GROUP BY 1, 2 ORDER BY 2, 1
    """
    columns = ("searched", "hit", "discretionary", group, place)
    return drawn(filters, months, columns, select, [unknown_ground])


def known_group(name: str) -> str:
    """The name, if it is a grouping of people: it goes into SQL."""
    if name not in GROUPS:
        raise ValueError(f"“{name}” is no grouping of people. There are: {', '.join(GROUPS)}.")
    return name


def known_place(name: str) -> str:
    """The name, if it is a kind of place."""
    if name not in PLACES:
        raise ValueError(f"“{name}” is no kind of place. There are: {', '.join(PLACES)}.")
    return name


def place_known(place: str) -> dict[str, str]:
    """The condition that the place was recorded; an agency always is."""
    return {} if known_place(place) == "agency" else {place: f"{place} <> 0"}


def _counted(filters: Filters, dims: Sequence[str], action: str) -> Rows:
    if action not in ACTIONS:
        raise ValueError(f"“{action}” is nothing a stop may end in. There are: {', '.join(ACTIONS)}.")
    group, place = dims[:2]
    measures = ("stops", action)
    rows = tally(filters, dims, measures) if {*dims} <= {*DIMENSIONS} else _of_facts(filters, dims, measures)
    return [
        {"group": row[group], "place": row[place], **row}
        for row in rows
        if row[group] and (place == "agency" or row[place])
    ]


def _of_facts(filters: Filters, dims: Sequence[str], measures: Sequence[str]) -> Rows:
    """Sums by columns that only the facts have."""
    arm, params = facts_arm(filters, dims, measures)
    sums = ", ".join([*dims, *(f"sum({name}) AS {name}" for name in measures)])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sums} FROM ({arm}) AS stops GROUP BY {', '.join(dims)}", params)
        return [dict(zip((*dims, *measures), row, strict=True)) for row in cursor.fetchall()]
