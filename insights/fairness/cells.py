"""The counts that each test needs, summed in SQL within the filters of insights; models are fitted on these cells.

Groups and places are code columns of the facts. Whoever's group is unknown is in no test; an unknown place is no place.
"""

from __future__ import annotations

from collections.abc import Sequence

from insights.fairness.months import Drawn, drawn, months_of_agencies
from insights.filters import Filters
from insights.relation import Rows, tally

GROUPS = {"race": "Race", "gender": "Gender", "age_band": "Age band"}
PLACES = {"agency": "Agency", "post": "Post", "area": "Area"}
ACTIONS = {  # what a person stopped may meet with: measures of the relation `stops`, and of the facts
    "searches": "Searched",
    "frisks": "Frisked",
    "arrests": "Arrested",
    "citations": "Cited",
    "warnings": "Warned",
    "drugs": "Drug-related stop",
}
BASES = {"frisks": "frisk_known"}  # persons that a rate is of where these are not all stopped
RESULTS = {
    "hits": "hit",
    "arrests": "arrested",
    "drugs": "drugs",
}  # what a search may come to, by column of the facts


def stops_by_group(filters: Filters, group: str) -> Rows:
    """For `against_benchmark`: group and stops."""
    rows = tally(filters, (known_group(group),), ("stops",))
    return [{"group": row[group], "stops": row["stops"]} for row in rows if row[group]]


def rate_cells(filters: Filters, group: str, place: str, action: str) -> Rows:
    """For `rates_by_group`: group, place, stops and the action's count. Answered from the cubes where they hold it.

    For frisks, `stops` are the persons of whom it was recorded whether they were frisked.
    """
    return _counted(filters, (known_group(group), known_place(place)), action)


def group_cells(filters: Filters, group: str, action: str) -> Rows:
    """The same over all places, unknown ones included; the unknown group too, as code 0."""
    rows = _summed(filters, (known_group(group),), action)
    return [{"group": row[group], "stops": row["stops"], action: row[action]} for row in rows]


def hourly_cells(filters: Filters, group: str, place: str, action: str) -> Rows:
    """For `adjusted_rates`: the same by hour of the day; stops of unknown hour are left out."""
    rows = _counted(filters, (known_group(group), known_place(place), "hour"), action)
    return [row for row in rows if row["hour"] >= 0]


def search_cells(
    filters: Filters, group: str, place: str, result: str = "hits", unknown_ground: bool = False
) -> Drawn:
    """For `outcome_test` and `threshold_test`: group, place, stops, searches, hits, of eligible months.

    Searches are those the officer could have left undone and of which the result was recorded; a person searched
    otherwise is not counted at all. `unknown_ground` takes in searches without a recorded ground. `hits` are searches
    with the result: something found, or what `RESULTS` has else.
    """
    if result not in RESULTS:
        raise ValueError(f"“{result}” is nothing a search may come to. There are: {', '.join(RESULTS)}.")
    mark = RESULTS[result]
    known = {known_group(group): f"{group} <> 0", "searched": "searched IS NOT NULL", **place_known(place)}
    months = months_of_agencies(filters, known)
    select = f"""
        SELECT {group} AS "group", {place} AS place, count(*) AS stops, count(*) FILTER (WHERE searched) AS searches,
               count(*) FILTER (WHERE searched AND {mark}) AS hits
        FROM facts
        WHERE {" AND ".join(known.values())}
          AND (NOT searched OR ({mark} IS NOT NULL AND coalesce(discretionary, %s)))
        GROUP BY 1, 2 ORDER BY 2, 1
    """
    columns = ("searched", mark, "discretionary", group, place)
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
    group, place = dims[:2]
    return [
        {"group": row[group], "place": row[place], **row}
        for row in _summed(filters, dims, action)
        if row[group] and (place == "agency" or row[place])
    ]


def _summed(filters: Filters, dims: Sequence[str], action: str) -> Rows:
    """Persons stopped and those who met with the action, by dimensions; `stops` are those whom a rate is of."""
    if action not in ACTIONS:
        raise ValueError(f"“{action}” is nothing a stop may end in. There are: {', '.join(ACTIONS)}.")
    base = BASES.get(action, "stops")
    return [{**row, "stops": row[base]} for row in tally(filters, dims, (base, action)) if row[base]]
