"""Cube, cube with facts, and facts alone give the same answer to the last digit."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from insights import cubes
from insights.arms import stops_by
from insights.catalogue import CATALOGUE
from insights.codes import Codes
from insights.filters import Filters
from insights.measures import MEASURES
from insights.models import CUBES, StopFact
from insights.navigator import Route, _cube_route, _facts_route, bands_between, best_route, whole_periods
from insights.relation import ALWAYS_IN_CUBES, months_of, run_sql
from insights.sizes import UNKNOWN, Sizes
from insights.viewer import Viewer

DIMENSIONS = [
    *("country", "agency", "post", "area", "year", "month", "hour"),
    *("violation", "gender", "race", "age_band"),
]
YES_NO = ["yes", "no"]


def fill(chance: random.Random, count: int) -> None:
    """Facts of every shade, and their cubes; no ledger is needed to compare the two."""
    mark = [True, False, None]
    facts = []
    for number in range(1, count + 1):
        day = date(2023, 11, 1) + timedelta(days=chance.randrange(500))
        age = chance.choice([-1, chance.randint(1, 120)])
        band = (
            0
            if age < 0
            else max(code for code, floor in enumerate([0, 18, 25, 35, 45, 55, 65], 1) if floor <= age)
        )
        agency = chance.randint(1, 4)
        facts.append(
            StopFact(
                id=number, stop=number, day=day, year=day.year, month=day.month, agency=agency, country=agency // 2 + 1,
                post=chance.randint(0, 3), area=chance.randint(0, 2), hour=chance.randint(-1, 23), minute=-1, violation=chance.randint(0, 3),
                outcome=chance.randint(0, 5), gender=chance.randint(0, 3), race=chance.randint(0, 2), age=age,
                age_band=band, duration_band=chance.randint(0, 3), minutes_x10=chance.choice([0, 75, 230, 301]),
                searched=chance.choice(mark), arrested=chance.choice(mark), drugs=chance.choice(mark),
                hit=chance.choice(mark), frisked=chance.choice(mark),
            )
        )  # fmt: skip
    StopFact.objects.bulk_create(facts)
    cubes.rebuild({})


def random_filters(chance: random.Random) -> dict[str, str]:
    day = date(2023, 11, 1) + timedelta(days=chance.randrange(500))
    later = day + timedelta(days=chance.randrange(400))
    words = {
        "violation": ["Unknown", "Speeding", "DUI"], "race": ["Unknown", "Asian"], "gender": ["Male", "Unknown"],
        "outcome": ["Warning", "Arrest", "Unknown", "Ticket"], "searched": YES_NO, "arrested": YES_NO, "drugs": YES_NO,
        "age_min": ["0", "18", "25", "30", "65"], "age_max": ["17", "24", "64", "70", "120"],
        "hour_min": ["0", "5", "22"], "hour_max": ["4", "19", "23"],
        "date_after": [day.isoformat(), "2024-01-01", "2024-03-01"], "date_before": [later.isoformat(), "2024-12-31"],
    }  # fmt: skip
    chosen = chance.sample(sorted(words), chance.choice([0, 1, 1, 2, 2, 3, 4]))
    given = {name: chance.choice(words[name]) for name in chosen}
    for first, last in (("age_min", "age_max"), ("date_after", "date_before")):
        if (
            first in given
            and last in given
            and int(given[first].replace("-", "")) > int(given[last].replace("-", ""))
        ):
            del given[last]
    return given


def answer(route: Route, filters: Filters, dims: list[str], measures: list[str]) -> list[tuple[Any, ...]]:
    stops, params = stops_by(route, filters, dims, measures)
    sums = ", ".join(f"sum({name})" for name in measures)
    keys = ", ".join(dims)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH stops AS ({stops}) SELECT {keys}, {sums} FROM stops GROUP BY {keys} ORDER BY {keys}",
            params,
        )
        return cursor.fetchall()


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(8))
def test_every_route_gives_the_same_answer(seed: int) -> None:
    chance = random.Random(seed)
    fill(chance, 400)
    codes, cubes_used = Codes(), set()
    for _ in range(60):
        given = random_filters(chance)
        filters = Filters.read(given, codes)
        dims = chance.sample(DIMENSIONS, chance.randint(1, 3))
        measures = list(dict.fromkeys(["stops", *chance.sample(list(MEASURES), chance.choice([0, 1, 3]))]))
        due = answer(_facts_route(filters, measures, UNKNOWN), filters, dims, measures)
        for cube in CUBES:
            if route := _cube_route(cube, filters, dims, measures, UNKNOWN):
                cubes_used.add((cube.__name__, bool(route.rest)))
                assert answer(route, filters, dims, measures) == due, (
                    seed,
                    given,
                    dims,
                    measures,
                    cube.__name__,
                )
    assert len(cubes_used) >= 10, cubes_used


@pytest.mark.django_db
def test_a_cell_off_by_one_is_noticed() -> None:
    fill(random.Random(99), 200)
    filters, dims, measures = Filters.read({}, Codes()), ["year"], ["stops"]
    due = answer(_facts_route(filters, measures, UNKNOWN), filters, dims, measures)
    for cube in CUBES:
        cell = cube.objects.first()
        assert cell is not None
        cube.objects.filter(pk=cell.pk).update(stops=cell.stops + 1)
        route = _cube_route(cube, filters, dims, measures, UNKNOWN)
        assert route is not None
        assert answer(route, filters, dims, measures) != due


@pytest.mark.django_db
def test_the_smallest_relation_that_holds_the_question_is_read() -> None:
    by_size = (
        "allyear",
        "resultyear",
        "whoyear",
        "clockcountry",
        "whoagencyyear",
        "ageplaceyear",
        "whoplaceyear",
        "whocountry",
        "clock",
        "who",
    )
    rows = {f"insights_{name}": 1000.0 * place for place, name in enumerate(by_size, 1)}
    sizes = Sizes(rows | {"insights_stopfact": 1e7}, {1: 0.1}, date(2016, 1, 1), date(2025, 12, 31))
    codes = Codes()

    def reads(dims: list[str], **given: str) -> str:
        return best_route(Filters.read(given, codes), dims, ["stops", "arrests"], sizes).reads

    assert reads(["hour"]) == "AllYear"
    assert reads(["year", "month", "hour"]) == "ClockCountry"
    assert reads(["race"], hour_min="20", hour_max="4") == "AllYear"
    assert reads(["race"], outcome="Warning") == "ResultYear"
    assert reads(["race", "agency"], gender="Female") == "WhoAgencyYear"
    assert reads(["race", "agency", "month"]) == "Who"
    assert reads(["race", "post"]) == "WhoPlaceYear"
    assert reads(["age_band", "area", "agency"]) == "AgePlaceYear"
    assert reads(["race", "age_band", "post"]) == "facts"
    assert reads(["race"], age_min="30") == "facts"
    assert reads(["hour"], date_after="2024-01-15") == "ClockCountry and facts"


@pytest.mark.parametrize(
    ("grain", "first", "last", "covered", "rest"),
    [
        ("month", None, None, (None, None), 0),
        ("month", date(2024, 2, 1), date(2024, 2, 29), (date(2024, 2, 1), date(2024, 2, 29)), 0),
        ("month", date(2024, 2, 2), date(2024, 4, 1), (date(2024, 3, 1), date(2024, 3, 31)), 2),
        ("month", date(2024, 2, 2), date(2024, 2, 20), None, 1),
        ("year", date(2023, 12, 31), None, (date(2024, 1, 1), None), 1),
        ("year", date(2024, 1, 1), date(2025, 1, 1), (date(2024, 1, 1), date(2024, 12, 31)), 1),
    ],
)
def test_whole_periods_leave_the_broken_ends(
    grain: str, first: Any, last: Any, covered: Any, rest: int
) -> None:
    found, ends = whole_periods(grain, first, last)
    assert (found, len(ends)) == (covered, rest)


@pytest.mark.parametrize(
    ("youngest", "oldest", "bands"),
    [
        (18, 24, [2]),
        (0, 17, [1]),
        (1, None, [1, 2, 3, 4, 5, 6, 7]),
        (None, 24, [1, 2]),
        (20, 24, None),
        (65, 119, None),
    ],
)
def test_bands_are_used_only_when_ages_cover_them(youngest: Any, oldest: Any, bands: Any) -> None:
    assert bands_between(youngest, oldest) == bands


def of_some_size(chance: random.Random) -> Sizes:
    """Sizes by which the facts are never read where a cube will do, and now this cube is the cheapest, now that."""
    cells = {cube._meta.db_table: chance.uniform(1, 1e6) for cube in CUBES}
    return Sizes(cells | {StopFact._meta.db_table: 1e9}, {}, None, None)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_every_question_is_answered_alike_from_cubes_and_from_facts(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(1000 + seed)
    fill(chance, 500)
    codes, read = Codes(), set()
    for _ in range(8):
        given = random_filters(chance)
        for insight in CATALOGUE:
            cubes_are_cheap = of_some_size(chance)
            filters = Filters.read(given, codes)
            due = insight.answer(filters, Viewer.system())
            with monkeypatch.context() as patched:
                patched.setattr("insights.relation.sizes", lambda now=cubes_are_cheap: now)
                found = insight.answer(filters, Viewer.system())
                read.add(run_sql("SELECT 1", filters, insight.dimensions(), insight.measures()).reads)
            assert found.rows == due.rows, (seed, given, insight.slug)
            assert found.summary == due.summary, (seed, given, insight.slug)
    assert len(read - {"facts"}) >= 5, read


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_first_and_last_month_are_those_of_the_facts(seed: int) -> None:
    """Looked at from the ends of the cubes, whichever filters are used."""
    chance, codes = random.Random(2000 + seed), Codes()
    fill(chance, 120)
    quickly = 0
    for _ in range(60):
        filters = Filters.read(random_filters(chance), codes)
        months = sorted(filters.facts().order_by().values_list("year", "month").distinct())
        with CaptureQueriesContext(connection) as queries:
            found = months_of(filters)
        assert found == ((months[0], months[-1]) if months else None), (seed, filters.as_words())
        quickly += bool(months and set(filters.values) - set(ALWAYS_IN_CUBES) and len(queries) == 3)
    assert quickly >= 5
