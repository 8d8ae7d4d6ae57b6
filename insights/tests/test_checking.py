"""The nightly comparison, `rebuild --check`, and who is told of what they find."""

from __future__ import annotations

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from insights import checking, cubes, facts, tasks
from insights.models import Comparison, ResultYear, StopFact, VehicleCount, Who
from ledger.models import Country
from ledger.tests.factories import make_agency, make_stop, make_user

pytestmark = pytest.mark.django_db


def three_stops() -> None:
    make_stop(make_agency("North", "India"), on=date(2025, 3, 2), vehicle="AB1")
    make_stop(make_agency("North", "India"), on=date(2026, 2, 2), vehicle="AB1")
    make_stop(make_agency("Lake", "Canada"), on=date(2026, 2, 2))


def country(name: str) -> int:
    return Country.objects.get(name=name).pk


def checked(**options: Any) -> str:
    out = StringIO()
    call_command("rebuild", check=True, stdout=out, **options)
    return out.getvalue()


def test_a_sound_ledger_is_sound() -> None:
    three_stops()
    assert checking.disagreements() == {}
    assert checked() == "The figures of all agencies agree with the ledger.\n"
    assert (
        checked(agency="north", month="2025-03") == "The figures of North of 2025-03 agree with the ledger.\n"
    )


@pytest.mark.parametrize("table", [Who, ResultYear, VehicleCount])
def test_a_cell_off_by_one_is_found(table: Any) -> None:
    three_stops()
    table.objects.update(stops=99)
    assert set(checking.disagreements()) == {table.__name__}


def test_a_fact_that_the_ledger_does_not_give_is_found_though_the_cubes_agree_with_it() -> None:
    three_stops()
    StopFact.objects.filter(year=2025).update(gender=2)
    cubes.rebuild({})
    assert checking.disagreements() == {"StopFact": 2}
    with pytest.raises(CommandError, match=r"of all agencies differ .* StopFact 2\. Run rebuild"):
        checked()
    assert checked(month="2026-02") == "The figures of 2026-02 agree with the ledger.\n"
    call_command("rebuild", stdout=StringIO())
    assert checking.disagreements() == {}


def test_a_check_changes_nothing() -> None:
    three_stops()
    Who.objects.update(stops=99)
    with pytest.raises(CommandError):
        checked()
    assert set(Who.objects.values_list("stops", flat=True)) == {99}


def test_each_night_the_year_longest_unseen_is_compared() -> None:
    three_stops()
    seen = []
    for _ in range(4):
        turn = checking.next_in_turn()
        tasks.compare_one_year(timestamp=0)
        seen.append(turn)
    india, canada = country("India"), country("Canada")
    assert sorted(seen[:3]) == sorted([(india, 2025), (india, 2026), (canada, 2026)])  # type: ignore[type-var]
    assert seen[3] == seen[0]
    assert Comparison.objects.filter(differences={}).count() == 3


def test_an_empty_ledger_has_no_turn() -> None:
    assert checking.next_in_turn() is None
    tasks.compare_one_year(timestamp=0)
    assert not Comparison.objects.exists()


def test_the_job_is_known_to_the_worker_and_runs_at_night() -> None:
    from procrastinate.contrib.django import app

    periodic = app.periodic_registry.periodic_tasks
    assert [task.cron for task in periodic.values() if task.task.name == "insights.compare_one_year"] == [
        "10 2 * * *"
    ]


def night_with_a_difference() -> None:
    """Two nights: the years of 2026 are wrong in one country."""
    three_stops()
    Who.objects.filter(country=country("India"), year=2026).update(stops=7)
    for _ in range(3):
        tasks.compare_one_year(timestamp=0)


@pytest.mark.parametrize("role", ["Supervisor", "Analyst", "Administrator", "Officer", "Policymaker"])
def test_those_who_can_act_are_told(client: Client, role: str) -> None:
    night_with_a_difference()
    client.force_login(make_user(role))
    page = client.get(reverse("home")).content.decode()
    told = role in ("Supervisor", "Analyst", "Administrator")
    assert ("Figures of India, 2026 do not agree with the ledger." in page) == told
    assert "Figures of India, 2025" not in page
    assert "Figures of Canada" not in page


def test_a_rebuild_takes_the_notice_away(client: Client) -> None:
    night_with_a_difference()
    assert len(checking.found_wrong()) == 1
    call_command("rebuild", agency="North", month="2025-03", stdout=StringIO())
    assert len(checking.found_wrong()) == 1
    call_command("rebuild", agency="North", month="2026-02", stdout=StringIO())
    assert checking.found_wrong() == []


def test_an_agency_moved_to_another_country_is_counted_there() -> None:
    three_stops()
    agency = make_agency("North")
    agency.country = Country.objects.get(name="Canada")
    agency.save()
    assert checking.disagreements() != {}
    tasks.rebuild_agency(agency_id=agency.pk)
    assert checking.disagreements() == {}
    assert set(StopFact.objects.values_list("country", flat=True)) == {country("Canada")}


def test_a_correction_after_an_agency_was_moved_is_kept() -> None:
    """Before the job has run, the cell of the agency holds facts of both countries."""
    stop = make_stop(make_agency("North", "India"))
    agency = make_agency("North")
    agency.country = Country.objects.get_or_create(name="Canada")[0]
    agency.save()
    facts.replace_stop(stop.pk, stop.pk)
    facts.rebuild(agency.pk)
    assert checking.disagreements() == {}


def test_an_agency_saved_for_another_reason_starts_no_job() -> None:
    three_stops()
    agency = make_agency("North")
    agency.max_backdate_days += 1
    agency.save()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'insights.rebuild_agency'")
        assert cursor.fetchone()[0] == 0
