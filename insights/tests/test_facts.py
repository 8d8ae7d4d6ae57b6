from __future__ import annotations

from datetime import date, time

import pytest
from django.db import connection

from insights import facts
from insights.models import StopFact
from ledger.models import SearchBasis
from ledger.tests.factories import make_agency, make_stop

pytestmark = pytest.mark.django_db


def test_a_logged_stop_is_one_fact_with_its_codes() -> None:
    make_stop(on=date(2026, 2, 28), at=time(23, 59), age=24, outcome=5, arrested=True, vehicle="RJ83PZ4441")
    fact = StopFact.objects.get()
    assert (fact.year, fact.month, fact.hour, fact.age_band, fact.outcome) == (2026, 2, 23, 2, 5)
    assert (fact.arrested, fact.searched, fact.vehicle is not None) == (True, False, True)


def test_unknown_stays_unknown() -> None:
    make_stop(
        at=None, violation=None, race=None, drugs=None, age=None, gender=0, searched=None, arrested=None
    )
    fact = StopFact.objects.get()
    assert (fact.hour, fact.violation, fact.race, fact.gender, fact.age, fact.age_band) == (
        -1,
        0,
        0,
        0,
        -1,
        0,
    )
    assert (fact.searched, fact.arrested, fact.drugs, fact.hit) == (None, None, None, None)


@pytest.mark.parametrize(
    ("age", "band"), [(1, 1), (17, 1), (18, 2), (24, 2), (25, 3), (64, 6), (65, 7), (120, 7)]
)
def test_age_bands_are_the_same_in_sql_as_in_python(age: int, band: int) -> None:
    from ledger.choices import AgeBand

    make_stop(age=age)
    assert StopFact.objects.get().age_band == band == AgeBand.of(age)


@pytest.mark.parametrize(
    ("fields", "tenths", "band"),
    [
        ({"duration_minutes": 12, "duration_band": 3}, 120, 1),
        ({"duration_minutes": 31}, 310, 3),
        ({"duration_band": 1}, 75, 1),
        ({"duration_band": 2}, 230, 2),
        ({"duration_band": 3}, 450, 3),
        ({}, 0, 0),
    ],
)
def test_recorded_minutes_win_over_the_band(fields: dict[str, int], tenths: int, band: int) -> None:
    make_stop(stop=fields)
    fact = StopFact.objects.get()
    assert (fact.minutes_x10, fact.duration_band) == (tenths, band)


def test_adding_twice_adds_nothing() -> None:
    stop = make_stop()
    assert facts.add_stops([stop.pk]) == 0
    assert StopFact.objects.count() == 1


def _everything() -> set[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {facts.COLUMNS} FROM insights_stopfact")
        return set(cursor.fetchall())


def test_a_rebuild_writes_what_was_there() -> None:
    for number in range(12):
        make_stop(on=date(2026, 1 + number % 3, 5), agency=make_agency(f"Agency {number % 2}"))
    before = _everything()
    assert facts.rebuild() == 12
    assert _everything() == before


def test_a_rebuild_of_one_month_mends_that_month_only() -> None:
    agency = make_agency()
    january, february = make_stop(on=date(2026, 1, 5)), make_stop(on=date(2026, 2, 5))
    StopFact.objects.filter(stop=january.pk).delete()
    StopFact.objects.filter(stop=february.pk).update(hour=3)
    assert facts.rebuild(agency.pk, (2026, 1)) == 1
    assert StopFact.objects.get(stop=january.pk).hour == 10
    assert StopFact.objects.get(stop=february.pk).hour == 3


def test_a_search_is_discretionary_when_no_ground_forced_it() -> None:
    bases = {basis.label: basis.pk for basis in SearchBasis.objects.all()}
    for grounds in (["Probable Cause"], ["Probable Cause", "Inventory"], []):
        make_stop(searched=True, search_bases=[bases[label] for label in grounds])
    make_stop(searched=False)
    found = StopFact.objects.order_by("id").values_list("discretionary", flat=True)
    assert list(found) == [True, False, None, None]


def test_the_minute_of_the_day_is_kept() -> None:
    make_stop(at=time(23, 59))
    assert StopFact.objects.get().minute == 1439


def test_the_kind_of_stop_is_kept() -> None:
    for kind in (0, 1, 3):
        make_stop(stop={"stop_type": kind})
    assert list(StopFact.objects.order_by("id").values_list("stop_type", flat=True)) == [0, 1, 3]


def test_a_frisk_is_kept_as_recorded() -> None:
    for frisked in (True, False, None):
        make_stop(frisked=frisked)
    assert list(StopFact.objects.order_by("id").values_list("frisked", flat=True)) == [True, False, None]
