"""The sections of the page of published rates: ranks, scatter, three averages, and the columns of the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from insights.disparity.reports import (
    Col,
    Row,
    Section,
    Table,
    bars,
    estimate_cells,
    estimate_columns,
    scatter,
)
from insights.published import ranking
from insights.published.form import Question
from insights.published.ranking import TOP, Against, Averaged, Pooled
from insights.published.reading import LEVELS, MEASURES, Pair
from insights.wording import count

MOST_POINTS = 1_000
THOUSAND = 1_000
PER = "Stops a year per 1,000 residents"
DIVIDES = {
    "stop_rate": "Stops a year ÷ residents of the group in the state or city. One figure a place and group, repeated on each of its rows. "
    "Residents are not road users.",
    "search_rate": "Searches ÷ stops of the group in the district.",
    "hit_rate": "Searches that found contraband ÷ searches of the group in the district.",
    "inferred_threshold": "The chance of finding something at which officers begin to search, as the project's threshold test infers it; "
    "it is estimated and divides nothing.",
    "stops_per_year": "Stops of the group in the district ÷ years that the district recorded.",
    "stop_rate_n": "Stops a year of the group in the state or city: what the stop rate divides by the residents.",
    "Residents": "Not published: stop_rate_n ÷ stop_rate, the residents that the published rate was divided by.",
}  # fmt: skip
RATE = "Stops a year ÷ residents, of the places and groups of the row together: Σ stop_rate_n ÷ Σ residents."


def _places_table(name: str, caption: str, some: Sequence[Pooled]) -> Table:
    columns = {
        "place": Col("Place", "text"),
        "stops": Col(
            "Stops a year", meaning="Σ stop_rate_n of the groups: the stops behind the published rate."
        ),
        "people": Col("Residents", meaning=DIVIDES["Residents"]),
        **estimate_columns(
            "Per 1,000", "rate", "per thousand", meaning=f"{RATE} In downloads as a fraction."
        ),
        "district_stops": Col("Stops of districts", shown=False),
        "rows": Col("Rows", shown=False),
    }
    rows = [
        {
            "place": one.name,
            "stops": round(one.stops),
            "people": round(one.people),
            **estimate_cells(one.rate, "rate"),
            "district_stops": round(one.district_stops),
            "rows": one.rows,
        }
        for one in some
    ]
    return Table(name, caption, columns, rows)


def by_stops(joined: Sequence[Pooled]) -> Section:
    table = _places_table("stops", "Most stops a year", ranking.by_stops(joined))
    chart = bars("Most stops a year", table, "place", "stops") if table.rows else None
    return Section(f"The {TOP} with the most stops", table, chart)


def by_rate(joined: Sequence[Pooled]) -> Section:
    table = _places_table("rates", "Highest stop rates", ranking.by_rate(joined))
    chart = (
        _in_thousands(bars("Highest stop rates", table, "place", "rate", y_title=PER)) if table.rows else None
    )
    return Section(f"The {TOP} with the highest rate", table, chart)


def by_ratio(against: Sequence[Against], question: Question) -> Section:
    columns = {
        "place": Col("Place", "text"),
        "group": Col("Group", "text"),
        **estimate_columns(
            "Ratio",
            "ratio",
            "ratio",
            meaning=f"Stop rate of the group ÷ that of {question.reference or 'the reference'} in the same place.",
        ),
        "rate": Col(
            "Rate of the group", "per thousand", meaning="Stops a year per 1,000 residents of the group."
        ),
        "reference_rate": Col(f"Rate of {question.reference}", "per thousand"),
        "stops": Col("Stops a year of the group", shown=False),
    }
    rows: list[Row] = [
        {
            "place": one.place,
            "group": one.group,
            **estimate_cells(one.ratio, "ratio"),
            "rate": one.rate,
            "reference_rate": one.reference_rate,
            "stops": round(one.stops),
        }
        for one in against
    ]
    text = (
        "Residents are not road users: a ratio is a reason to look, and is never read without a second test.",
    )
    table = Table("ratios", "Highest ratios", columns, rows[:TOP])
    chart = None
    if rows:
        named = [{**row, "place": f"{row['place']}: {row['group']}"} for row in table.rows]
        chart = bars("Highest ratios", Table("ratios", "", columns, named), "place", "ratio", y_title="Ratio")
    return Section(f"The {TOP} highest ratios", table, chart, text)


def drawn(against: Sequence[Against], pairs: Sequence[Pair], question: Question) -> Section:
    """Rate against rate: places for the stop rate, districts for what is published of districts."""
    label, stops = MEASURES[question.measure], question.measure == "stop_rate"
    rows: list[Row] = (
        [{"place": one.place, "group": one.group, "reference": one.reference_rate, "figure": one.rate, "stops": round(one.stops)} for one in against]
        if stops
        else [
            {"place": f"{one.district}, {one.state}", "group": one.group, "reference": one.reference_figure, "figure": one.figure, "stops": round(one.stops)}
            for one in pairs
        ]
    )  # fmt: skip
    style = "per thousand" if stops else "percent"
    columns = {
        "place": Col("Place" if stops else "District", "text"),
        "group": Col("Group", "text"),
        "figure": Col("Rate of the group", style, meaning=DIVIDES[question.measure]),
        "reference": Col(f"Rate of {question.reference}", style),
        "stops": Col("Stops a year", meaning="Of the group; of a district, of both groups."),
    }
    table = Table("pairs", f"{label}: {question.reference} and the others", columns, rows)
    above = sum(row["figure"] > row["reference"] for row in rows)
    text = (
        f"{label}: the group's is higher than that of {question.reference} in {count(above)} of {count(len(rows))} comparisons.",
    )
    if not rows:
        text = (f"{label}: no place that was asked for has it for {question.reference} and another group.",)
    return Section("Rate against rate", table, _scatter(rows, label, question, stops), text)


def _scatter(rows: Sequence[Row], label: str, question: Question, stops: bool) -> dict[str, Any] | None:
    factor, points = THOUSAND if stops else 1, dict[str, list[dict[str, Any]]]()
    for row in rows[:MOST_POINTS]:
        point = {
            "x": row["reference"] * factor,
            "y": row["figure"] * factor,
            "n": row["stops"],
            "label": row["place"],
        }
        points.setdefault(row["group"], []).append(point)
    if max((len(some) for some in points.values()), default=0) < 2:
        return None
    unit = " per 1,000" if stops else ""
    note = "On the dashed line both rates are equal; above it the group's is higher. Larger points are of more stops."
    cut = (
        f" The {count(MOST_POINTS)} with the most stops are drawn; the table has all."
        if len(rows) > MOST_POINTS
        else ""
    )
    return scatter(
        f"{label}: each point is a {'place' if stops else 'district'}",
        points,
        x_title=f"{question.reference}{unit}",
        y_title=f"The group{unit}",
        note=note + cut,
        y_format="count" if stops else "percent",
    )


def averaged(averages: Sequence[Averaged]) -> Section:
    columns = {
        "level": Col("Level", "text"),
        "group": Col("Group", "text"),
        "rows": Col("Rows"),
        "places": Col("Places"),
        "over_rows": Col(
            "Mean over rows",
            "per thousand",
            meaning="Σ stop_rate ÷ rows: counts a place once for each of its districts. Wrong.",
        ),
        "over_places": Col(
            "Mean over places",
            "per thousand",
            meaning="Each place once, small and large alike: of places, not of people.",
        ),
        "over_people": Col("Of all residents", "per thousand", meaning=RATE),
        "too_high": Col(
            "Mean over rows is off by", "change", meaning="Mean over rows ÷ rate of all residents − 1."
        ),
    }
    rows: list[Row] = [
        {
            "level": LEVELS[one.level],
            "group": one.group,
            "rows": one.rows,
            "places": one.places,
            "over_rows": one.over_rows,
            "over_places": one.over_places,
            "over_people": one.over_people,
            "too_high": one.too_high,
        }
        for one in averages
    ]
    text = (f"{PER}, three ways. Only the last is a rate: it divides all stops by all residents.",)
    return Section(
        "Why stop_rate must not be averaged", Table("averages", "Three averages", columns, rows), None, text
    )


def profile(columns: Sequence[Row]) -> Section:
    shown = {
        "level": Col("Level", "text"),
        "name": Col("Column", "text"),
        "rows": Col("Rows"),
        "missing": Col("Missing"),
        "missing_share": Col("Share missing", "percent", meaning="Rows without a value ÷ rows."),
        "distinct_values": Col("Distinct values"),
        "lowest": Col("Lowest", "figure"),
        "middle": Col("Median", "figure"),
        "mean": Col(
            "Mean",
            "figure",
            meaning="Over rows; of stop_rate and stop_rate_n it means nothing, since they repeat.",
        ),
        "highest": Col("Highest", "figure"),
    }
    rows = [
        {**one, "level": LEVELS[one["level"]], "missing_share": one["missing"] / one["rows"]}
        for one in columns
    ]
    text = ("Of the whole table as it was imported, whatever is chosen above.",)
    return Section(
        "What the table holds and lacks",
        Table("profile", "Columns of the published tables", shown, rows),
        None,
        text,
    )


def _in_thousands(chart: dict[str, Any]) -> dict[str, Any]:
    """A chart of rates in the unit of the page."""
    for one in chart["series"]:
        for key in ("values", "low", "high"):
            one[key] = [None if value is None else value * THOUSAND for value in one.get(key, [])]
    return chart
