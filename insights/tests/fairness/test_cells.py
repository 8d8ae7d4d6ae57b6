from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest

from insights.fairness.adjusted import adjusted_rates
from insights.fairness.cells import hourly_cells, rate_cells, search_cells, stops_by_group
from insights.fairness.evening_cells import evening_cells
from insights.fairness.months import LEAST_OF_MONTH, months_of_agencies
from insights.fairness.positions import position_of
from insights.fairness.rates_by_group import rates_by_group
from insights.fairness.veil import veil_of_darkness
from insights.filters import Filters
from insights.models import StopFact
from ledger.models import Agency, Race
from ledger.tests.factories import make_agency, make_stop

pytestmark = pytest.mark.django_db


def _race(label: str) -> int:
    return Race.objects.get(label=label).pk


def _facts(count: int, **fields: Any) -> None:
    """Facts of their own: the tests read nothing but facts."""
    agency = fields.pop("agency", None) or make_agency()
    day = fields.pop("day", date(2026, 3, 2))
    first = StopFact.objects.count() + 1
    known = {
        "agency": agency.pk, "country": agency.country_id, "day": day, "year": day.year, "month": day.month,
        "post": 1, "area": 1, "hour": 10, "minute": 621, "race": 1, "gender": 1, "age": 30, "age_band": 3,
        "violation": 1, "outcome": 2, "duration_band": 1, "minutes_x10": 75,
        "searched": False, "arrested": False, "drugs": False,
    }  # fmt: skip
    StopFact.objects.bulk_create(
        StopFact(id=first + index, stop=first + index, **known | fields) for index in range(count)
    )


def _filters(**words: str) -> Filters:
    return Filters.read(words)


def test_groups_are_counted_within_the_filters_and_the_unknown_left_out() -> None:
    for race, age in (("White", 30), ("White", 20), ("Black", 30)):
        make_stop(race=race, age=age)
    make_stop(race=None)
    black, white = _race("Black"), _race("White")
    assert {row["group"]: row["stops"] for row in stops_by_group(_filters(), "race")} == {white: 2, black: 1}
    young = stops_by_group(_filters(age_max="24"), "race")
    assert [(row["group"], row["stops"]) for row in young] == [(white, 1)]


@pytest.mark.parametrize("place", ["agency", "post", "area"])
def test_rate_cells_of_every_kind_of_place(place: str) -> None:
    _facts(3, race=1, searched=True)
    _facts(2, race=2)
    _facts(4, race=0)
    rows = rate_cells(_filters(), "race", place, "searches")
    assert sorted((row["group"], row["stops"], row["searches"]) for row in rows) == [(1, 3, 3), (2, 2, 0)]
    assert rates_by_group(rows, reference=2).comparisons[0].difference.value == 1.0


def test_unknown_posts_and_hours_are_no_places_and_no_hours() -> None:
    _facts(2, post=0)
    _facts(3, hour=-1, minute=-1)
    _facts(5)
    assert sum(row["stops"] for row in rate_cells(_filters(), "race", "post", "arrests")) == 8
    assert sum(row["stops"] for row in rate_cells(_filters(), "race", "agency", "arrests")) == 10
    assert sum(row["stops"] for row in hourly_cells(_filters(), "race", "post", "arrests")) == 5


def test_hourly_cells_feed_the_adjusted_rates() -> None:
    for hour, searched in ((10, 4), (23, 12)):
        for race in (1, 2):
            _facts(searched, race=race, hour=hour, searched=True)
            _facts(20, race=race, hour=hour)
    found = adjusted_rates(hourly_cells(_filters(), "race", "agency", "searches"), reference=1)
    assert found.stops == 112
    assert found.adjusted[0].difference.value == pytest.approx(0.0, abs=1e-9)


def test_only_searches_of_the_officers_own_choice_with_a_recorded_find_are_tested() -> None:
    _facts(60)
    _facts(5, searched=True, hit=True, discretionary=True)
    _facts(3, searched=True, hit=False, discretionary=True)
    _facts(7, searched=True, hit=True, discretionary=False)
    _facts(2, searched=True, hit=None, discretionary=True)
    _facts(4, searched=True, hit=False, discretionary=None)
    _facts(9, searched=None)
    row = search_cells(_filters(), "race", "post").rows[0]
    assert (row["stops"], row["searches"], row["hits"]) == (68, 8, 5)
    row = search_cells(_filters(), "race", "post", unknown_ground=True).rows[0]
    assert (row["stops"], row["searches"], row["hits"]) == (72, 12, 5)


def test_a_ledger_row_reaches_the_search_cells_with_its_ground() -> None:
    from ledger.models import SearchBasis

    free = SearchBasis.objects.filter(discretionary=True)[0].pk
    bound = SearchBasis.objects.filter(discretionary=False)[0].pk
    for bases in ([free], [bound], [free, bound]):
        make_stop(searched=True, search_bases=bases, contraband_found=True)
    facts = StopFact.objects.filter(searched=True).values_list("discretionary", flat=True)
    assert sorted(facts) == [False, False, True]


def test_thin_months_and_months_of_poor_coverage_are_left_out_and_counted() -> None:
    _facts(LEAST_OF_MONTH, day=date(2026, 1, 5))
    _facts(LEAST_OF_MONTH - 1, day=date(2026, 2, 5))
    _facts(60, day=date(2026, 3, 5), searched=None)
    _facts(50, day=date(2026, 3, 5))
    found = search_cells(_filters(), "race", "agency")
    assert (found.months, found.months_left_out, found.stops_left_out) == (1, 2, 159)
    assert sum(row["stops"] for row in found.rows) == LEAST_OF_MONTH
    kept = {month.month: month.kept for month in months_of_agencies(_filters(), {"race": "race <> 0"})}
    assert kept == {1: True, 2: False, 3: True}


def test_an_empty_ledger_and_filters_that_nothing_passes_give_no_cells() -> None:
    assert search_cells(_filters(), "race", "post").rows == []
    assert evening_cells(_filters(), "race", 1, 2).drawn.rows == []
    _facts(60)
    nobody = _filters(vehicle="XX00XX0000")
    assert search_cells(nobody, "race", "agency").rows == []
    assert rate_cells(nobody, "race", "area", "searches") == []


@pytest.mark.parametrize("names", [("colour", "agency"), ("race", "planet")])
def test_only_known_columns_go_into_sql(names: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="There are:"):
        rate_cells(_filters(), *names, "searches")
    with pytest.raises(ValueError, match="There are:"):
        evening_cells(_filters(), names[0], 1, 2, names[1])
    with pytest.raises(ValueError, match="There are:"):
        rate_cells(_filters(), "race", "agency", "hits by magic")


def _york() -> Agency:
    return make_agency("York Police", "USA", time_zone="America/New_York")


def test_evenings_of_the_agency_make_stops_light_or_dark() -> None:
    """New York: sunset 16:28 and dusk 16:58 on 10 December, sunset 20:24 on 10 June; 19:00 is dark, then light."""
    agency = _york()
    for day, race, minute in (
        (date(2026, 12, 10), 1, 1140), (date(2026, 6, 10), 2, 1140), (date(2026, 6, 10), 1, 1140),
        (date(2026, 12, 10), 1, 1005), (date(2026, 6, 10), 1, 1238), (date(2026, 6, 10), 3, 1140),
    ):  # fmt: skip
        _facts(LEAST_OF_MONTH, agency=agency, day=day, race=race, minute=minute)
    found = evening_cells(_filters(), "race", 1, 2)
    cells = [
        (row["minute"], row["dark"], row["group_stops"], row["reference_stops"]) for row in found.drawn.rows
    ]
    assert cells == [(1140, 0, 50, 50), (1140, 1, 50, 0)]
    assert found.notes == [
        "York Police: its stops have no coordinates; the sun at the main town of America/New_York."
    ]


def test_the_seasons_variant_keeps_the_days_around_the_change_of_the_clock() -> None:
    agency = _york()
    for day in (date(2026, 3, 1), date(2026, 3, 20), date(2026, 6, 10), date(2026, 11, 10)):
        for race in (1, 2):
            _facts(LEAST_OF_MONTH, agency=agency, day=day, race=race, minute=1120)
    found = evening_cells(_filters(), "race", 1, 2, season=True)
    told = {(row["season"], row["year"], row["dark"]) for row in found.drawn.rows}
    assert told == {("spring 2026", 2026, 1), ("spring 2026", 2026, 0), ("autumn 2026", 2026, 1)}


def test_cells_from_sql_and_from_python_give_the_same_test() -> None:
    from insights.fairness.positions import position_of_zone
    from insights.fairness.sun import evenings
    from insights.fairness.twilight import twilight_cells

    agency, rows = _york(), []
    for index in range(120):
        day, minute, race = (
            date(2026, 1, 3) + timedelta(days=3 * index),
            1000 + (index * 37) % 290,
            1 + index % 2,
        )
        _facts(LEAST_OF_MONTH, agency=agency, day=day, minute=minute, race=race)
        rows.append({"day": day, "minute": minute, "own": 50 * (race == 1), "other": 50 * (race == 2)})
    position = position_of_zone("America/New_York")
    assert position is not None
    year = evenings(date(2026, 1, 1), date(2026, 12, 31), position, "America/New_York")
    in_python = veil_of_darkness(twilight_cells(rows, year), group="own", reference="other", df=3)
    in_sql = veil_of_darkness(evening_cells(_filters(), "race", 1, 2).drawn.rows, df=3)
    assert in_python is not None
    assert in_sql is not None
    assert in_sql.stops == in_python.stops > 1000
    assert in_sql.coefficient == pytest.approx(in_python.coefficient)


def test_a_position_is_the_middle_of_the_latest_stops_else_the_zones_town_else_none() -> None:
    nowhere, york = make_agency("Nowhere", time_zone="UTC"), _york()
    assert position_of(nowhere)[0] is None
    assert "left out" in position_of(nowhere)[1]
    for latitude in (40.0, 41.0, 60.0):
        make_stop(agency=york, at=time(10), stop={"latitude": latitude, "longitude": -75.0})
    position, note = position_of(york)
    assert position is not None
    assert (position.latitude, position.longitude) == (41.0, -75.0)
    assert "middle" in note


def test_an_agency_whose_clock_is_not_that_of_its_stops_is_left_out_and_named() -> None:
    adrift = make_agency("Adrift", time_zone="UTC")
    _facts(60, agency=adrift, minute=1140)
    make_stop(agency=adrift, at=time(10), stop={"latitude": 45.0, "longitude": -122.0})
    found = evening_cells(_filters(), "race", 1, 2)
    assert found.drawn.rows == []
    assert "by the clock of “UTC”, dusk never ends before midnight" in found.notes[0]


def test_an_agency_without_a_position_is_left_out_and_named() -> None:
    _facts(60, agency=make_agency("Nowhere", time_zone="UTC"), minute=1140)
    found = evening_cells(_filters(), "race", 1, 2)
    assert found.drawn.rows == []
    assert "Nowhere is left out" in found.notes[0]
