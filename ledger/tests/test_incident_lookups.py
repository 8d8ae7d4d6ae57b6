"""What forecasts ask of incidents: only what counts is answered, and from an index."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count
from django.db.models.functions import ExtractHour, ExtractWeekDay

from ledger.imports.undo import undo
from ledger.models import Area, ImportRun, Incident
from ledger.tests.import_files import EXAMPLES, loaded

pytestmark = pytest.mark.django_db

STREET = EXAMPLES / "police-uk-street"
YEAR = (date(2024, 1, 1), date(2024, 12, 1))
# Crimes of earlier months in the same areas, so that there is something to leave out.
MANY = """
INSERT INTO ledger_incident (import_run_id, import_row, agency_id, key, "group", words, reported_imputed, month, area_id,
                             place, outcome)
SELECT import_run_id, number * 100 + import_row, agency_id, key || number, "group", words, false,
       date '2013-01-01' + interval '1 month' * (number % 100), area_id, '', ''
FROM ledger_incident, generate_series(1, 200) AS number
"""


@pytest.fixture(autouse=True)
def _incidents() -> Iterator[None]:
    loaded(STREET / "2024-03-essex-street.csv", "police-uk-street")
    loaded(STREET / "2012-06-essex-street.csv", "police-uk-street")
    with connection.cursor() as cursor:
        cursor.execute(MANY)
        cursor.execute("ANALYZE ledger_incident")
        cursor.execute("SET LOCAL enable_seqscan = off")  # a handful of rows would else be read through
        yield
        cursor.execute("RESET enable_seqscan")


def plan_of(asked: Any) -> str:
    plan: str = asked.explain()
    return plan


def current_of_a_year() -> Any:
    agency = Incident.objects.latest("pk").agency
    return Incident.objects.current().filter(agency=agency, month__range=YEAR).order_by()


@pytest.fixture
def _one_index() -> None:
    """The planner weighs an index against another by how much of a table is vacuumed, which no test can tell."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP INDEX incident_month")


@pytest.mark.usefixtures("_one_index")
def test_counts_by_area_month_and_group_need_the_index_alone() -> None:
    asked = current_of_a_year().values("area", "month", "group").annotate(count=Count("*"))
    assert sum(row["count"] for row in asked) == 17
    assert "Index Only Scan using incident_area_month" in plan_of(asked)


PATROLLED = """
INSERT INTO ledger_incident (import_run_id, import_row, agency_id, key, "group", words, reported_imputed, month, occurred_on,
                             occurred_at, beat_id, zone_id, place, outcome)
SELECT import_run_id, 900000 + number, agency_id, 'patrolled ' || number, number %% 3, '', false, date '2020-01-01', date '2020-01-01' + number %% 31,
       make_time(number %% 24, 0, 0), %s, %s, '', ''
FROM (SELECT import_run_id, agency_id FROM ledger_incident ORDER BY id LIMIT 1) AS one, generate_series(1, 500) AS number
"""


@pytest.mark.usefixtures("_one_index")
@pytest.mark.parametrize("place", ["beat", "zone"])
def test_the_history_of_a_beat_or_a_zone_needs_an_index_alone(place: str) -> None:
    agency = Incident.objects.latest("pk").agency
    beat, zone = (Area.objects.create(agency=agency, kind=kind, name="7") for kind in ("beat", "zone"))
    with connection.cursor() as cursor:
        cursor.execute(PATROLLED, [beat.pk, zone.pk])
        cursor.execute("ANALYZE ledger_incident")
    asked = (
        Incident.objects.current()
        .filter(agency=agency, **{place: beat if place == "beat" else zone})
        .order_by()
        .values("month", "group", hour=ExtractHour("occurred_at"))
        .annotate(count=Count("*"))
    )
    assert sum(row["count"] for row in asked) == 500
    assert f"Index Only Scan using incident_{place}_month" in plan_of(asked)


@pytest.mark.usefixtures("_one_index")
def test_counts_by_area_weekday_and_hour_need_the_index_alone() -> None:
    asked = current_of_a_year().values(
        "area", day=ExtractWeekDay("occurred_on"), hour=ExtractHour("occurred_at")
    )
    assert "Index Only Scan using incident_area_month" in plan_of(asked.annotate(count=Count("*")))


def test_one_area_a_key_and_the_last_month_are_found_by_index() -> None:
    one = Incident.objects.exclude(area=None).latest("pk")
    current = Incident.objects.current().filter(agency=one.agency)
    assert "incident_area_month" in plan_of(current.filter(area=one.area, month__range=YEAR))
    assert "one_incident_of_a_key" in plan_of(current.filter(key=one.key))
    assert "Backward using incident_month" in plan_of(current.order_by("-month")[:1])


def test_undone_imports_are_a_list_and_no_join() -> None:
    assert "hashed SubPlan" in plan_of(current_of_a_year())
    undo(ImportRun.objects.get(file_name__startswith="2012"), None, "wrong year")
    runs = set(Incident.objects.current().values_list("import_run__file_name", flat=True))
    assert runs == {"2024-03-essex-street.csv"}
