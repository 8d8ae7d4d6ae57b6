from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from ledger.models import AuditEvent, Vehicle
from ledger.tests.factories import make_agency, make_stop
from ledger.tests.stops import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Client:
    return signed_in()


def look_up(client: Client, vehicle: str, reason: str = "stop") -> str:
    response = client.post(reverse("vehicles"), {"vehicle": vehicle, "reason": reason})
    return " ".join(response.content.decode().split())


def test_the_stops_of_a_vehicle_are_counted_and_listed(officer: Client) -> None:
    stops = [make_stop(vehicle="LB76KBP", on=date(2026, 3, day)) for day in (1, 2, 3)]
    page = look_up(officer, "lb76 kbp")
    assert "3 stops since 1 Mar 2026." in page
    assert all(stop.reference in page for stop in stops)


def test_nothing_found_claims_no_more_than_that(officer: Client) -> None:
    assert "No stop of this vehicle is recorded here. This says nothing about other registers." in look_up(
        officer, "ZZ1"
    )


def test_only_the_own_agencys_stops_count(officer: Client) -> None:
    make_stop(make_agency("Elsewhere Police"), vehicle="LB76KBP")
    assert "No stop of this vehicle" in look_up(officer, "LB76KBP")


@pytest.mark.parametrize("typed", ["LB76KB0", "LB76KB", "LB76KBOO", "LB16KBO", "LB76XBO"])
def test_numbers_that_are_easily_taken_for_it_are_offered(officer: Client, typed: str) -> None:
    make_stop(vehicle="LB76KBO")
    make_stop(vehicle="AA11AAA")
    page = look_up(officer, typed)
    assert '<th scope="row" class="mono">LB76KBO</th>' in page
    assert "AA11AAA" not in page


def test_near_numbers_of_other_agencies_stay_hidden(officer: Client) -> None:
    make_stop(make_agency("Elsewhere Police"), vehicle="LB76KBO")
    assert "LB76KBO" not in look_up(officer, "LB76KB0").replace("LB76KB0", "")


def test_a_look_up_asks_for_a_reason(officer: Client) -> None:
    make_stop(vehicle="LB76KBP")
    assert "Choose why you look this vehicle up" in look_up(officer, "LB76KBP", "")
    assert "Choose one of the reasons" in look_up(officer, "LB76KBP", "curiosity")
    assert not AuditEvent.objects.filter(object_kind="vehicle").exists()


def test_each_look_up_is_in_the_trail_and_the_trail_never_names_the_plate(officer: Client) -> None:
    make_stop(vehicle="LB76KBP")
    look_up(officer, "LB76KBP", "inquiry")
    look_up(officer, "ZZ99ZZZ", "review")
    known, unknown = AuditEvent.objects.filter(object_kind="vehicle").order_by("id")
    assert known.object_id == str(Vehicle.objects.get().pk)
    assert known.detail == {"why": "inquiry", "stops": 1}
    assert (unknown.object_id, unknown.detail) == ("", {"why": "review", "stops": 0})
    everything = " ".join(str(vars(event)) for event in AuditEvent.objects.all())
    assert "LB76KBP" not in everything
    assert "ZZ99ZZZ" not in everything


@pytest.mark.parametrize("typed", ["", "<script>", "\x00", "X" * 5000, "' OR 1=1 --"])
def test_what_is_no_number_gets_a_sentence(officer: Client, typed: str) -> None:
    page = look_up(officer, typed)
    assert "There is a problem" in page
    assert "<script>" not in page.replace("<script src", "")


def test_the_number_stays_out_of_the_address(officer: Client) -> None:
    make_stop(vehicle="LB76KBP")
    page = officer.get(reverse("vehicles") + "?vehicle=LB76KBP&reason=stop").content.decode()
    assert "1 stop" not in page


@pytest.mark.parametrize("role", ["Policymaker", "Analyst", "Administrator"])
def test_who_reads_no_stops_looks_no_vehicle_up(role: str) -> None:
    assert (
        signed_in(role).post(reverse("vehicles"), {"vehicle": "LB76KBP", "reason": "stop"}).status_code == 403
    )
