"""The questions written for DuckDB over one flat table `stops`: a rival in speed and a second opinion in figures.

Written apart from the shipped SQL; it shares no text with it. Columns come in the order of `agreement.COLUMNS`.
Codes stand for labels; `{where}` takes the filter.
"""

from __future__ import annotations

from typing import Any

ARREST = "count(*) FILTER (arrested)"
SEARCH = "count(*) FILTER (searched)"
EITHER = "count(*) FILTER (coalesce(searched, false) OR coalesce(arrested, false))"


def _rates(dims: str, *counts: str, rate: str) -> str:
    named = "".join(f", {count}" for count in counts)
    return f"SELECT {dims}, count(*){named}, {rate} / count(*) FROM stops {{where}} GROUP BY {dims}"


QUESTIONS: dict[str, str] = {
    "top-drug-vehicles": "SELECT vehicle, count(DISTINCT stop) AS n FROM stops {where_and} drugs AND vehicle IS NOT NULL "
    "GROUP BY vehicle ORDER BY n DESC, vehicle LIMIT 10",
    "most-searched-vehicles": "SELECT vehicle, count(DISTINCT stop), count(DISTINCT stop) FILTER (searched) AS n FROM stops "
    "{where_and} vehicle IS NOT NULL GROUP BY vehicle HAVING n > 0 ORDER BY n DESC, vehicle LIMIT 10",
    "arrest-rate-by-age-band": _rates("age_band", ARREST, rate=ARREST),
    "gender-by-country": "SELECT country, gender, count(*), count(*) / sum(count(*)) OVER (PARTITION BY country) "
    "FROM stops {where} GROUP BY country, gender",
    "search-rate-by-race-and-gender": _rates("race, gender", SEARCH, rate=SEARCH),
    "stops-by-hour": "SELECT hour, count(*), count(*) / sum(count(*)) OVER () FROM stops {where} GROUP BY hour",
    "duration-by-violation": "SELECT violation, count(*), avg(minutes_x10 / 10) FILTER (minutes_x10 > 0), "
    "avg((duration_band = 1)::int) FILTER (duration_band > 0), avg((duration_band = 2)::int) FILTER (duration_band > 0), "
    "avg((duration_band = 3)::int) FILTER (duration_band > 0) FROM stops {where} GROUP BY violation",
    "night-arrest-rate": "SELECT CASE WHEN hour < 0 THEN 'Unknown' WHEN hour BETWEEN 5 AND 19 THEN 'Day' ELSE 'Night' END "
    f"AS period, count(*), {ARREST}, {ARREST} / count(*) FROM stops {{where}} GROUP BY period",
    "violations-leading-to-search-or-arrest": f"SELECT violation, count(*), {SEARCH}, {ARREST}, {EITHER}, "
    f"{SEARCH} / count(*), {ARREST} / count(*), {EITHER} / count(*) FROM stops {{where}} GROUP BY violation",
    "violations-under-25": "SELECT violation, count(*), count(*) / sum(count(*)) OVER () FROM stops {where_and} age < 25 "
    "AND age >= 0 GROUP BY violation",
    "violations-rarely-enforced": _rates("violation", EITHER, rate=EITHER),
    "drug-rate-by-country": _rates("country", "count(*) FILTER (drugs)", rate="count(*) FILTER (drugs)"),
    "arrest-rate-by-country-and-violation": _rates("country, violation", ARREST, rate=ARREST),
    "searches-by-country": _rates("country", SEARCH, rate=SEARCH),
    "yearly-stops-and-arrests": "WITH y AS (SELECT country, year, count(*) AS n, "
    f"{ARREST} AS a FROM stops {{where}} GROUP BY country, year) "
    "SELECT country, year, n, a, a / n, sum(n) OVER w, sum(a) OVER w, n / lag(n) OVER w - 1 FROM y "
    "WINDOW w AS (PARTITION BY country ORDER BY year)",
    "violation-trends-by-age-and-race": "SELECT year, age_band, race, violation, count(*), "
    "count(*) / sum(count(*)) OVER (PARTITION BY year, age_band, race) FROM stops {where} "
    "GROUP BY year, age_band, race, violation",
    "stops-over-time": "SELECT year, month, hour, count(*) FROM stops {where} GROUP BY year, month, hour",
    "high-search-and-arrest-violations": f"WITH v AS (SELECT violation, count(*) AS n, {SEARCH} / count(*) AS s, "
    f"{ARREST} / count(*) AS a FROM stops {{where}} GROUP BY violation) SELECT violation, n, s, a, "
    "rank() OVER (ORDER BY s DESC), rank() OVER (ORDER BY a DESC) FROM v",
    "driver-demographics-by-country": "SELECT country, age_band, gender, race, count(*), "
    "count(*) / sum(count(*)) OVER (PARTITION BY country) FROM stops {where} GROUP BY country, age_band, gender, race",
    "top-arrest-violations": f"SELECT violation, count(*), {ARREST}, {ARREST} / count(*) AS r FROM stops {{where}} "
    "GROUP BY violation HAVING count(*) >= 10 ORDER BY r DESC",
    "most-common-violations": "SELECT violation, count(*), count(*) / sum(count(*)) OVER () FROM stops {where} GROUP BY violation",
    "most-stopped-vehicles": "SELECT vehicle, count(DISTINCT stop) AS n FROM stops {where_and} vehicle IS NOT NULL "
    "GROUP BY vehicle ORDER BY n DESC, vehicle LIMIT 10",
    "rates-by-hour": f"SELECT hour, count(*), {SEARCH}, {SEARCH} / count(*), {ARREST}, {ARREST} / count(*) FROM stops {{where}} "
    "GROUP BY hour",
}


def sql_of(slug: str, where: str) -> str:
    """The rival's SQL of a question under a filter (SQL over the flat table, empty for none)."""
    text = QUESTIONS[slug]
    return text.format(
        where=f"WHERE {where}" if where else "", where_and=f"WHERE {where} AND" if where else "WHERE"
    )


def answer(connection: Any, slug: str, where: str) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = connection.execute(sql_of(slug, where)).fetchall()
    return rows
