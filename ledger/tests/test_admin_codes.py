"""Administrators keep agencies, posts, officers and code lists, and read the audit trail; supervisors do not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib import admin as django_admin
from django.test import Client
from django.urls import reverse

from ledger.choices import AuditVerb
from ledger.forms.codes import offered
from ledger.models import Agency, AuditEvent, Officer, Post, Violation
from ledger.tests.factories import make_agency, make_post, make_stop, make_user

pytestmark = pytest.mark.django_db
KEPT = ["agency", "area", "country", "post", "officer", "violation", "race", "searchbasis", "contraband"]


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(make_user("Administrator"))
    return client


def violation_form(**fields: Any) -> dict[str, Any]:
    return {"label": "Mobile phone", "words": "phone, texting", "position": "9", "on_form": "on"} | fields


def test_a_new_violation_is_found_by_its_words(admin: Client) -> None:
    assert admin.post(reverse("admin:ledger_violation_add"), violation_form()).status_code == 302
    added = Violation.objects.get(label="Mobile phone")
    assert Violation.objects.all().vocabulary()["texting"] == added.pk


def test_a_code_is_ended_by_date_and_old_stops_keep_it(admin: Client) -> None:
    stop = make_stop(violation="Seatbelt", on=date(2026, 3, 2))
    code = Violation.objects.get(label="Seatbelt")
    form = violation_form(label="Seatbelt", words="", valid_until="2026-06-30")
    assert admin.post(reverse("admin:ledger_violation_change", args=[code.pk]), form).status_code == 302
    code.refresh_from_db()
    assert offered([code], date(2026, 6, 30)) == [(str(code.pk), "Seatbelt")]
    assert offered([code], date(2026, 7, 1)) == []
    stop.refresh_from_db()
    assert stop.violation == code


def test_a_code_that_ends_before_it_begins_is_refused_in_words(admin: Client) -> None:
    form = violation_form(valid_from="2026-07-01", valid_until="2026-06-30")
    response = admin.post(reverse("admin:ledger_violation_add"), form)
    assert response.status_code == 200
    assert not Violation.objects.filter(label="Mobile phone").exists()
    assert "last day" in response.content.decode()


@pytest.mark.parametrize("model", KEPT)
def test_list_and_forms_open_and_nothing_can_be_deleted(admin: Client, model: str) -> None:
    stop = make_stop(agency=make_agency(), stop={"post": make_post()})
    Officer.objects.get_or_create(agency=stop.agency, number="PC1")
    kind = next(kind for kind in django_admin.site._registry if kind._meta.model_name == model)
    assert (
        admin.get(
            reverse(f"admin:ledger_{model}_changelist"), {"q": "a"} if model != "post" else {}
        ).status_code
        == 200
    )
    assert admin.get(reverse(f"admin:ledger_{model}_add")).status_code == 200
    one = kind._default_manager.first()
    if one is not None:
        page = admin.get(reverse(f"admin:ledger_{model}_change", args=[one.pk]))
        assert "deletelink" not in page.content.decode()
        assert admin.post(f"/admin/ledger/{model}/{one.pk}/delete/", {"post": "yes"}).status_code == 403
        bulk = {"action": "delete_selected", "_selected_action": [one.pk], "post": "yes"}
        admin.post(reverse(f"admin:ledger_{model}_changelist"), bulk)
        assert kind._default_manager.filter(pk=one.pk).exists()


@pytest.mark.parametrize("model", KEPT)
@pytest.mark.parametrize("role", ["Officer", "Supervisor", "Policymaker", "Analyst"])
def test_no_other_role_touches_them(client: Client, model: str, role: str) -> None:
    client.force_login(make_user(role))
    assert client.get(reverse(f"admin:ledger_{model}_changelist")).status_code == 403
    assert client.post(reverse(f"admin:ledger_{model}_add"), {}).status_code == 403


def test_an_agency_needs_a_real_time_zone(admin: Client) -> None:
    country = make_agency().country_id
    form = {
        "name": "Hilltop Police",
        "country": country,
        "time_zone": "Mars/Base",
        "profile": "plain",
        "max_backdate_days": 1,
    }
    assert "is not a time zone" in admin.post(reverse("admin:ledger_agency_add"), form).content.decode()
    assert (
        admin.post(reverse("admin:ledger_agency_add"), form | {"time_zone": "Asia/Kolkata"}).status_code
        == 302
    )
    assert Agency.objects.filter(name="Hilltop Police").exists()


def test_a_post_stays_with_its_agency(admin: Client) -> None:
    post, other = make_post(), make_agency("Lakeside Police")
    form = {"agency": other.pk, "name": "River bridge", "valid_until": "2026-12-31"}
    assert admin.post(reverse("admin:ledger_post_change", args=[post.pk]), form).status_code == 302
    post.refresh_from_db()
    assert (post.agency.name, post.valid_until) == ("Riverton Police", date(2026, 12, 31))


def test_two_posts_of_an_agency_cannot_share_a_name(admin: Client) -> None:
    post = make_post()
    response = admin.post(reverse("admin:ledger_post_add"), {"agency": post.agency_id, "name": post.name})
    assert (response.status_code, Post.objects.count()) == (200, 1)


def test_an_officers_account_is_not_settled_on_the_officers_page(admin: Client) -> None:
    officer, someone = make_user("Officer").officer, make_user("Policymaker")
    form = {"agency": officer.agency_id, "number": officer.number, "active": "on", "user": someone.pk}
    admin.post(reverse("admin:ledger_officer_change", args=[officer.pk]), form)
    assert Officer.objects.get(pk=officer.pk).user_id == officer.user_id


def test_the_administrators_change_is_in_the_audit_trail(admin: Client) -> None:
    admin.post(reverse("admin:ledger_violation_add"), violation_form())
    event = AuditEvent.objects.get(verb=AuditVerb.ADMINISTRATION)
    assert (event.object_kind, event.detail["act"]) == ("violation", "added")


def test_the_audit_trail_is_read_and_never_written(admin: Client) -> None:
    event = AuditEvent.objects.create(
        verb=AuditVerb.CONSULTATION, username="mira", object_kind="stop", object_id="SC-1"
    )
    assert "mira" in admin.get(reverse("admin:ledger_auditevent_changelist"), {"q": "mira"}).content.decode()
    page = reverse("admin:ledger_auditevent_change", args=[event.pk])
    assert admin.get(page).status_code == 200
    assert admin.post(page, {"username": "nobody"}).status_code == 403
    assert admin.get(reverse("admin:ledger_auditevent_add")).status_code == 403
    event.refresh_from_db()
    assert event.username == "mira"


def test_reading_the_audit_trail_is_in_the_audit_trail(admin: Client) -> None:
    admin.get(reverse("admin:ledger_auditevent_changelist"), {"verb__exact": "consultation"})
    event = AuditEvent.objects.get(object_kind="audit-trail")
    assert (event.verb, event.detail) == (AuditVerb.CONSULTATION, {"filters": ["verb__exact"]})


def test_an_administrator_meets_no_stop_in_the_admin(admin: Client) -> None:
    stop = make_stop(vehicle="KA01AB1234")
    pages = [reverse("admin:index"), reverse("admin:app_list", args=["ledger"])]
    for page in pages:
        text = admin.get(page).content.decode()
        assert reverse("admin:index") + "ledger/stop/" not in text
        assert stop.reference not in text
    assert admin.get("/admin/ledger/stop/").status_code in (403, 404)


def test_what_does_not_exist_is_not_found(admin: Client) -> None:
    assert admin.get(reverse("admin:ledger_violation_change", args=[99999])).status_code == 404
    assert admin.get(reverse("admin:ledger_violation_change", args=["x"])).status_code == 404
