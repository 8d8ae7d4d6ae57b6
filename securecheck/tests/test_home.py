"""The front page: every role begins where its work is, and sees nothing that is not its own."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from insights.models import ProfileRun
from ledger.choices import Flag, ImportState
from ledger.models import AuditEvent, Draft, ImportRun, ImportUndo, Post
from ledger.overview import posts_today
from ledger.tests.factories import make_agency, make_post, make_stop, make_user
from securecheck.tests.browser import assert_accessible

HOME = "/"
PARTS = {
    "This shift": {"Officer", "Supervisor"},
    "Look up a vehicle": {"Officer", "Supervisor"},
    "Log a stop": {"Officer", "Supervisor"},
    "Waiting for review": {"Supervisor", "Analyst"},
    "Data checks": {"Supervisor", "Analyst"},
    "Stops today by post": {"Supervisor"},
    "Import a file": {"Supervisor", "Analyst"},
    "Questions to the ledger": {"Officer", "Supervisor", "Policymaker", "Analyst"},
    "From the ledger": {"Policymaker", "Analyst"},
    "How to read this": {"Policymaker"},
    "Agencies and code lists": {"Administrator"},
}
ROLES = ("Officer", "Supervisor", "Policymaker", "Analyst", "Administrator")


def home(client: Client, user: User) -> str:
    client.force_login(user)
    response = client.get(HOME)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_each_role_finds_its_own_parts_and_no_others(client: Client, role: str) -> None:
    text = home(client, make_user(role))
    content = text.split("<main")[1].split("</main>")[0]
    assert {part for part in PARTS if part in content} == {
        part for part, roles in PARTS.items() if role in roles
    }


@pytest.mark.django_db
def test_warnings_and_failures_of_the_newest_profiles_are_counted_within_reach(client: Client) -> None:
    supervisor, others = make_user("Supervisor"), make_agency("Lakeside Police")
    text = home(client, supervisor)
    assert "Nothing was profiled yet" in text
    own = supervisor.officer.agency
    of_stops = {"kind": "stops", "source": "", "state": "done", "finished_at": timezone.now()}
    ok, warn, fail = ({"name": "n", "state": state, "says": "s"} for state in ("ok", "warn", "fail"))
    ProfileRun.objects.create(agency=own, checks=[fail, fail, fail], **of_stops)
    ProfileRun.objects.create(agency=own, checks=[ok, warn], **of_stops)  # the newest counts
    ProfileRun.objects.create(agency=own, checks=[warn, fail], **of_stops | {"kind": "persons"})
    ProfileRun.objects.create(agency=others, checks=[fail], **of_stops)
    assert "1 failed, 2 warnings" in home(client, supervisor)
    ProfileRun.objects.create(agency=None, checks=[ok], **of_stops)
    assert "All checks passed" in home(client, make_user("Analyst"))


@pytest.mark.django_db
def test_an_officer_reads_the_own_shift_last_stop_and_drafts(client: Client) -> None:
    officer = make_user("Officer")
    agency = officer.officer.agency
    mine = [make_stop(agency, stop={"author": officer, "client_key": uuid.uuid4()}) for _ in range(2)]
    make_stop(agency, stop={"author": make_user("Officer")})
    Draft.objects.create(user=officer, data={"fields": {"vehicle": ["KA01"]}})
    text = home(client, officer)
    assert "<strong>2</strong> logged in the last 12 hours" in text
    assert mine[-1].reference in text
    assert "1 unfinished stop" in text


@pytest.mark.django_db
def test_a_stop_of_yesterdays_shift_does_not_count(client: Client) -> None:
    officer = make_user("Officer")
    stop = {"author": officer, "recorded_at": timezone.now() - timedelta(hours=13)}
    make_stop(officer.officer.agency, stop=stop)
    assert "Nothing logged in the last 12 hours" in home(client, officer)


@pytest.mark.django_db
def test_the_vehicle_is_looked_up_from_the_front_page(client: Client) -> None:
    officer = make_user("Officer")
    stop = make_stop(officer.officer.agency, vehicle="KA01AB1234")
    home(client, officer)
    response = client.post(reverse("vehicles"), {"vehicle": "ka 01 ab 1234", "reason": "stop"})
    assert stop.reference in response.content.decode()


@pytest.mark.django_db
def test_a_supervisor_reads_what_waits_in_the_own_agency_and_since_when(client: Client) -> None:
    supervisor = make_user("Supervisor")
    old = {"flags": Flag.ARREST_MISMATCH, "recorded_at": timezone.now() - timedelta(days=2, hours=1)}
    make_stop(supervisor.officer.agency, stop=old)
    make_stop(supervisor.officer.agency, stop={"flags": Flag.LATE})
    make_stop(make_agency("Lakeside Police"), stop={"flags": Flag.LATE})
    text = home(client, supervisor).replace("\xa0", " ")
    assert "2 stops</a>" in text
    assert "recorded 2 days, 1 hour ago" in text


@pytest.mark.django_db
def test_stops_today_stand_beside_the_fewest_and_most_of_the_same_weekday() -> None:
    agency = make_agency("Riverton Police")
    bridge, idle = make_post("River bridge", agency), make_post("Idle", agency)
    today = agency.now().date()
    for week, count in ((0, 2), (1, 3), (2, 1), (3, 1), (4, 1), (5, 1), (6, 1), (7, 1), (8, 1), (9, 40)):
        for _ in range(count):
            make_stop(agency, on=today - timedelta(weeks=week), stop={"post": bridge})
    make_stop(agency, on=today - timedelta(days=1), stop={"post": bridge})
    rows = {row.post: (row.today, row.fewest, row.most) for row in posts_today(agency)}
    assert rows == {"River bridge": (2, 1, 3), idle.name: (0, 0, 0)}


@pytest.mark.django_db
def test_a_post_that_was_ended_is_not_listed() -> None:
    agency = make_agency("Riverton Police")
    today = agency.now().date()
    Post.objects.create(agency=agency, name="Closed", valid_until=today - timedelta(days=1))
    Post.objects.create(agency=agency, name="Last day", valid_until=today)
    Post.objects.create(agency=agency, name="Not yet", valid_from=today + timedelta(days=1))
    assert [row.post for row in posts_today(agency)] == ["Last day"]


@pytest.mark.django_db
def test_imports_with_refused_rows_are_named_until_they_are_undone_or_old(client: Client) -> None:
    supervisor = make_user("Supervisor")
    fields = {
        "source": "securecheck",
        "agency": supervisor.officer.agency,
        "state": ImportState.LOADED,
        "rows_read": 9,
    }
    made = {
        name: ImportRun.objects.create(file_name=name, rows_refused=refused, **fields)
        for name, refused in (
            ("torn.csv", 2),
            ("good.csv", 0),
            ("undone.csv", 2),
            ("old.csv", 2),
        )
    }
    ImportUndo.objects.create(import_run=made["undone.csv"], reason="wrong file")
    ImportRun.objects.filter(file_name="old.csv").update(created_at=timezone.now() - timedelta(days=31))
    text = home(client, supervisor)
    assert {name for name in made if name in text} == {"torn.csv"}
    assert "2 of 9 rows refused" in text


@pytest.mark.django_db
def test_an_administrator_reads_counts_and_no_stop(client: Client) -> None:
    administrator = make_user("Administrator")
    make_user("Officer")
    User.objects.create_user("newcomer")
    stop = make_stop(vehicle="KA01AB1234", stop={"flags": Flag.LATE})
    with CaptureQueriesContext(connection) as seen:
        text = home(client, administrator)
    assert '<th scope="row">Officer</th><td class="num">1</td>' in text
    assert "1 account has no role" in text
    assert stop.reference not in text
    assert not [
        query
        for query in seen.captured_queries
        if "ledger_stop" in query["sql"] or "stopfact" in query["sql"]
    ]


@pytest.mark.django_db
def test_an_administrator_reads_how_often_signing_in_failed(client: Client) -> None:
    Client().post(reverse("sign-in"), {"username": "x", "password": "y"})
    assert AuditEvent.objects.filter(verb="sign-in-failed").count() == 1
    assert "<dt>Failed sign-ins</dt><dd>1</dd>" in home(client, make_user("Administrator"))


@pytest.mark.django_db
def test_an_account_without_a_role_is_told_so(client: Client) -> None:
    assert "Your account has no role yet" in home(client, User.objects.create_user("newcomer"))


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_the_front_page_takes_as_many_queries_for_many_stops(client: Client, role: str) -> None:
    user = make_user(role, make_agency("Riverton Police"))

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            home(client, user)
        return len(seen)

    def add(count: int) -> None:
        for number in range(count):
            make_stop(
                make_agency("Riverton Police"),
                stop={"author": user, "flags": Flag.LATE, "post": make_post()},
                vehicle=f"KA{number}",
            )

    add(1)
    home(client, user)
    few = queries()
    add(8)
    assert queries() == few


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("role", ROLES)
def test_the_front_page_is_accessible_and_keeps_to_the_policy(page_as: Any, role: str, size: str) -> None:
    page = page_as(role, size)
    page.goto(HOME)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_accessible(page)
