"""Supervisors find the own agency's stops in the admin's list, by filters and search."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ledger.choices import AuditVerb, Flag, Outcome
from ledger.models import AuditEvent, Post, Stop
from ledger.tests.factories import make_agency, make_post, make_stop, make_user

pytestmark = pytest.mark.django_db
LIST = "admin:ledger_stop_changelist"


@pytest.fixture
def supervisor() -> User:
    return make_user("Supervisor", make_agency("Riverton Police"))


@pytest.fixture
def admin(client: Client, supervisor: User) -> Client:
    client.force_login(supervisor)
    return client


@pytest.fixture
def post() -> Post:
    return make_post("River bridge", make_agency("Riverton Police"))


def own_stop(**fields: Any) -> Stop:
    return make_stop(make_agency("Riverton Police"), **fields)


def change_page(stop: Stop) -> str:
    return reverse("admin:ledger_stop_change", args=[stop.pk])


# The list


def test_the_list_shows_current_stops_of_the_own_agency_only(admin: Client) -> None:
    own, foreign = (
        own_stop(vehicle="KA01AB1234"),
        make_stop(make_agency("Lakeside Police"), vehicle="MH02CD5678"),
    )
    text = admin.get(reverse(LIST)).content.decode()
    assert own.reference in text
    assert "KA01AB1234" in text
    assert foreign.reference not in text
    assert "MH02CD5678" not in text


def test_a_stop_is_found_by_its_reference_and_by_its_vehicle_however_it_is_spaced(admin: Client) -> None:
    wanted, other = own_stop(vehicle="KA01AB1234"), own_stop(vehicle="MH02CD5678")
    for term in (wanted.reference, wanted.reference.lower(), "ka 01 ab 1234", "KA-01"):
        text = admin.get(reverse(LIST), {"q": term}).content.decode()
        assert (wanted.reference in text, other.reference in text) == (True, False), term


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("violation", "2", {"dui"}),
        ("outcome", str(Outcome.ARREST.value), {"dui"}),
        ("searched", "1", {"searched"}),
        ("searched", "0", {"dui", "flagged"}),
        ("reason", str(Flag.ARREST_MISMATCH.value), {"flagged"}),
        ("violation", "77", set()),
        ("violation", "x", set()),
    ],
)
def test_the_filters_narrow_the_list(admin: Client, name: str, value: str, wanted: set[str]) -> None:
    stops = {
        "dui": own_stop(violation="DUI", outcome=Outcome.ARREST, arrested=True),
        "searched": own_stop(searched=True, search_bases=[1]),
        "flagged": own_stop(stop={"flags": Flag.ARREST_MISMATCH | Flag.LATE}),
    }
    text = admin.get(reverse(LIST), {name: value}).content.decode()
    assert {key for key, stop in stops.items() if stop.reference in text} == wanted


def test_posts_of_other_agencies_are_not_offered_as_filters(admin: Client, post: Post) -> None:
    make_post("Pier", make_agency("Lakeside Police"))
    own_stop()
    text = admin.get(reverse(LIST)).content.decode()
    assert ("River bridge" in text, "Pier" in text) == (True, False)


def test_the_list_takes_as_many_queries_for_many_stops(admin: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            admin.get(reverse(LIST))
        return len(seen)

    own_stop(vehicle="KA01AB1234")
    queries()  # what is kept for the process is looked up by the first page
    few = queries()
    for number in range(10):
        own_stop(vehicle=f"KA01AB{number:04}")
    assert queries() == few


def test_looking_at_list_and_stop_is_in_the_audit_trail_without_a_vehicle(admin: Client) -> None:
    stop = own_stop(vehicle="KA01AB1234")
    admin.get(reverse(LIST), {"q": "KA01AB1234"})
    admin.get(change_page(stop))
    [listed, opened] = AuditEvent.objects.filter(verb=AuditVerb.CONSULTATION).order_by("pk")
    assert (listed.object_kind, listed.detail) == ("stops", {"filters": ["q"], "rows": 1})
    assert (opened.object_kind, opened.object_id) == ("stop", stop.reference)
    assert "KA01AB1234" not in str([vars(listed), vars(opened)])
