"""Supervisors work on the own agency's stops in the admin: list, add, and corrections that are new versions."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from insights.models import StopFact
from ledger.choices import AuditVerb, Outcome
from ledger.models import Agency, AuditEvent, ImportRun, ImportUndo, Officer, Post, Stop
from ledger.tests.factories import make_agency, make_post, make_stop, make_user

pytestmark = pytest.mark.django_db
LIST, ADD = "admin:ledger_stop_changelist", "admin:ledger_stop_add"


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


def form(post: Post, **changes: Any) -> dict[str, Any]:
    """A plain traffic stop of an hour ago, as the form sends it."""
    moment = post.agency.now() - timedelta(hours=1)
    plain = {
        "stopped_on": f"{moment:%d/%m/%Y}",
        "stopped_at": f"{moment:%H:%M}",
        "post": post.pk,
        "stop_type": "1",
        "vehicle": "KA 01 AB 1234",
        "duration_band": "1",
        "violation": "1",
        "age": "34",
        "gender": "1",
        "race": "1",
        "outcome": "2",
        "search": "none",
        "further": "0",
    }
    return {name: value for name, value in (plain | changes).items() if value is not None}


def correction(stop: Stop, post: Post, **changes: Any) -> dict[str, Any]:
    kept = {
        "before": stop.pk,
        "reason": "The outcome was mistyped",
        "stopped_on": f"{stop.stopped_on:%d/%m/%Y}",
        "stopped_at": f"{stop.stopped_at:%H:%M}",
        "vehicle": "KA01AB1234",
    }
    return form(post, **kept | changes)


def change_page(stop: Stop) -> str:
    return reverse("admin:ledger_stop_change", args=[stop.pk])


# Add


def test_a_stop_is_added_under_the_supervisors_own_number(
    admin: Client, supervisor: User, post: Post
) -> None:
    response = admin.post(reverse(ADD), form(post) | {"_save": "Save"})
    assert response["Location"] == reverse(LIST)
    stop = Stop.objects.current().get()
    assert (stop.agency.name, stop.officer, stop.author) == (
        "Riverton Police",
        supervisor.officer,
        supervisor,
    )
    assert str(stop.private.vehicle) == "KA01AB1234"
    assert StopFact.objects.filter(stop=stop.pk).count() == 1


def test_a_stop_with_mistakes_is_refused_with_all_of_them_and_nothing_typed_is_lost(
    admin: Client, post: Post
) -> None:
    response = admin.post(
        reverse(ADD), form(post, age="1000", gender=None, words="had no papers") | {"_save": "Save"}
    )
    text = response.content.decode()
    assert response.status_code == 422
    assert "1000" in text
    assert "Choose the gender as it seems to you." in text
    assert "had no papers" in text
    assert "<title>Error:" in text
    assert not Stop.objects.exists()


def test_a_person_can_be_added_and_taken_away_with_everything_typed_kept(admin: Client, post: Post) -> None:
    more = admin.post(reverse(ADD), form(post, words="had no papers") | {"act": "add"}).content.decode()
    assert "Person 2" in more
    assert "had no papers" in more
    fewer = admin.post(reverse(ADD), form(post, further="1") | {"remove_person": "2"}).content.decode()
    assert "Person 2" not in fewer
    assert not Stop.objects.exists()


def test_a_post_of_another_agency_is_refused(admin: Client) -> None:
    pier = make_post("Pier", make_agency("Lakeside Police"))
    response = admin.post(reverse(ADD), form(pier) | {"_save": "Save"})
    assert "not a post of Riverton Police" in response.content.decode()
    assert not Stop.objects.exists()


def test_pressing_save_twice_saves_once(admin: Client, post: Post) -> None:
    sent = form(post, client_key="8b8ea5f0-7a53-4a3e-9e0c-6dd6b4a0a001") | {"_save": "Save"}
    for _ in range(2):
        assert admin.post(reverse(ADD), sent).status_code == 302
    assert Stop.objects.count() == 1


def test_a_supervisor_without_an_officers_number_adds_nothing(client: Client) -> None:
    user = make_user("Supervisor")
    Officer.objects.filter(user=user).update(user=None)
    client.force_login(user)
    assert client.get(reverse(ADD)).status_code == 403
    assert client.get(reverse(LIST)).status_code == 403


# Change


def test_a_change_is_a_new_version_with_its_reason_and_the_one_before_stays(
    admin: Client, supervisor: User, post: Post
) -> None:
    before = own_stop(vehicle="KA01AB1234", stop={"post": post, "stop_type": 1, "duration_band": 1})
    response = admin.post(change_page(before), correction(before, post, outcome="5") | {"_save": "Save"})
    assert response["Location"] == reverse(LIST)
    after = Stop.objects.current().get()
    assert (after.version, after.supersedes, after.author) == (2, before, supervisor)
    assert after.private.correction_reason == "The outcome was mistyped"
    assert (after.persons.get().outcome, before.persons.get().outcome) == (Outcome.ARREST, Outcome.WARNING)
    assert StopFact.objects.get().outcome == Outcome.ARREST
    [event] = AuditEvent.objects.filter(verb=AuditVerb.ALTERATION)
    assert (event.object_id, event.detail) == (after.reference, {"version": 2})


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"reason": ""}, "Say why you correct this stop"),
        ({"reason": "typo"}, "at least 5 characters"),
        ({"outcome": "2"}, "Nothing was changed"),
        ({"age": "0"}, "Age"),
    ],
)
def test_a_change_that_cannot_be_saved_says_why(
    admin: Client, post: Post, changes: dict[str, str], why: str
) -> None:
    before = own_stop(
        vehicle="KA01AB1234", race="Asian", age=34, stop={"post": post, "stop_type": 1, "duration_band": 1}
    )
    sent = correction(before, post, **{"outcome": "5"} | changes) | {"_save": "Save"}
    response = admin.post(change_page(before), sent)
    assert response.status_code == 422
    assert why in response.content.decode()
    assert Stop.objects.count() == 1


def test_a_stop_that_was_corrected_meanwhile_is_not_corrected_twice(admin: Client, post: Post) -> None:
    before = own_stop(vehicle="KA01AB1234", stop={"post": post, "stop_type": 1, "duration_band": 1})
    admin.post(change_page(before), correction(before, post, outcome="5") | {"_save": "Save"})
    response = admin.post(change_page(before), correction(before, post, outcome="3") | {"_save": "Save"})
    assert response.status_code == 422
    assert "corrected meanwhile" in response.content.decode()
    assert Stop.objects.count() == 2


def test_the_page_of_an_old_version_leads_to_the_newest(admin: Client, post: Post) -> None:
    before = own_stop(vehicle="KA01AB1234", stop={"post": post, "stop_type": 1, "duration_band": 1})
    admin.post(change_page(before), correction(before, post, outcome="5") | {"_save": "Save"})
    assert admin.get(change_page(before))["Location"] == change_page(Stop.objects.current().get())


def test_a_stop_of_an_undone_import_is_neither_listed_nor_corrected(admin: Client, post: Post) -> None:
    run = ImportRun.objects.create(source="securecheck", file_name="stops.csv")
    stop = own_stop(stop={"import_run": run, "import_row": 1})
    ImportUndo.objects.create(import_run=run, reason="wrong file")
    assert stop.reference not in admin.get(reverse(LIST)).content.decode()
    for response in (admin.get(change_page(stop)), admin.post(change_page(stop), correction(stop, post))):
        assert response["Location"] == reverse(LIST)
    assert Stop.objects.count() == 1


def test_the_history_names_every_version_author_and_reason(
    admin: Client, supervisor: User, post: Post
) -> None:
    before = own_stop(vehicle="KA01AB1234", stop={"post": post, "stop_type": 1, "duration_band": 1})
    admin.post(change_page(before), correction(before, post, outcome="5") | {"_save": "Save"})
    text = admin.get(reverse("admin:ledger_stop_history", args=[before.pk])).content.decode()
    assert all(
        word in text
        for word in ("Version 2", supervisor.username, "The outcome was mistyped", "Arrest", "Version 1")
    )


def test_the_history_is_told_by_the_clock_of_the_agency(admin: Client) -> None:
    Agency.objects.filter(name="Riverton Police").update(
        time_zone="Pacific/Kiritimati"
    )  # 14 hours before UTC
    stop = own_stop()
    at = Stop.objects.get(pk=stop.pk).recorded_at.astimezone(ZoneInfo("Pacific/Kiritimati"))
    text = admin.get(reverse("admin:ledger_stop_history", args=[stop.pk])).content.decode()
    assert f"on {at.day} {at:%b %Y, %H:%M}" in text


@pytest.mark.parametrize("page", ["change", "history"])
def test_a_stop_of_another_agency_looks_like_one_that_is_not_there(admin: Client, page: str) -> None:
    foreign = make_stop(make_agency("Lakeside Police"), vehicle="MH02CD5678")
    for key in (foreign.pk, 999_999_999, "x", "9" * 30):
        response = admin.get(reverse(f"admin:ledger_stop_{page}", args=[key]))
        assert response.status_code == 404
        assert "MH02CD5678" not in response.content.decode()


def test_a_stop_of_another_agency_is_not_corrected(admin: Client) -> None:
    lakeside = make_agency("Lakeside Police")
    foreign, pier = make_stop(lakeside, vehicle="MH02CD5678"), make_post("Pier", lakeside)
    assert admin.post(change_page(foreign), correction(foreign, pier, outcome="5")).status_code == 404
    own = own_stop()
    assert admin.post(change_page(own), correction(foreign, pier, outcome="5")).status_code == 422
    assert Stop.objects.count() == 2


def test_nothing_is_deleted(admin: Client) -> None:
    stop = own_stop()
    assert admin.get(f"/admin/ledger/stop/{stop.pk}/delete/").status_code == 403
    assert admin.post(f"/admin/ledger/stop/{stop.pk}/delete/", {"post": "yes"}).status_code == 403
    bulk = {"action": "delete_selected", "_selected_action": [stop.pk], "post": "yes"}
    assert admin.post(reverse(LIST), bulk).status_code in (200, 302)
    assert Stop.objects.count() == 1


@pytest.mark.parametrize("role", ["Officer", "Policymaker", "Analyst", "Administrator"])
def test_nobody_else_works_on_stops_in_the_admin(client: Client, role: str) -> None:
    stop = own_stop()
    client.force_login(make_user(role, make_agency("Riverton Police")))
    for page in (
        reverse(LIST),
        reverse(ADD),
        change_page(stop),
        reverse("admin:ledger_stop_history", args=[stop.pk]),
    ):
        assert client.get(page).status_code == 403
        assert client.post(page, {}).status_code == 403


def test_an_import_with_times_unknown_is_shown_and_can_be_corrected(admin: Client, post: Post) -> None:
    run = ImportRun.objects.create(source="open-policing", file_name="police.csv")
    stop = own_stop(
        on=date(2005, 1, 4),
        at=None,
        violation=None,
        race=None,
        gender=0,
        age=None,
        outcome=0,
        arrested=None,
        searched=None,
        stop={"import_run": run, "import_row": 1},
        drugs=None,
    )
    assert admin.get(change_page(stop)).status_code == 200
    sent = {
        "before": stop.pk,
        "reason": "Violation found in the book",
        "stopped_on": "04/01/2005",
        "stopped_at": "",
        "post": "",
        "stop_type": "unknown",
        "duration_band": "unknown",
        "violation": "1",
        "gender": "0",
        "race": "unknown",
        "outcome": "0",
        "search": "unknown",
        "further": "0",
        "_save": "Save",
    }
    response = admin.post(change_page(stop), sent)
    assert response.status_code == 302, response.content.decode()
    newest = Stop.objects.current().get()
    assert (newest.version, newest.stopped_at, str(newest.violation)) == (2, None, "Speeding")
    assert stop.stopped_at is None
    assert isinstance(own_stop().stopped_at, time)
