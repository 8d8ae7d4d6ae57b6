"""The admin in a browser: no violation of the policy, no finding of axe, at both sizes."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from ledger.choices import Flag
from ledger.models import AuditEvent, Officer, Stop, Violation
from ledger.tests.factories import make_agency, make_post, make_stop, make_user
from securecheck.tests.browser import assert_accessible, assert_clean

SIZES = ["desktop", "phone"]


def addresses_of_administrator() -> list[str]:
    Officer.objects.get_or_create(agency=make_agency(), number="PC1")
    account = make_user("Officer")
    event = AuditEvent.objects.create(verb="sign-in", username="mira", role="Officer")
    return [
        reverse("admin:index"),
        reverse("admin:auth_user_changelist"),
        reverse("admin:auth_user_add"),
        reverse("admin:auth_user_change", args=[account.pk]),
        reverse("admin:auth_user_password_change", args=[account.pk]),
        reverse("admin:ledger_violation_changelist"),
        reverse("admin:ledger_violation_change", args=[Violation.objects.get(label="DUI").pk]),
        reverse("admin:ledger_post_add"),
        reverse("admin:ledger_auditevent_changelist"),
        reverse("admin:ledger_auditevent_change", args=[event.pk]),
    ]


@pytest.mark.parametrize("size", SIZES)
def test_an_administrators_pages_are_clean(page_as: Any, size: str) -> None:
    page = page_as("Administrator", size)
    for address in addresses_of_administrator():
        page.goto(address)
        assert_accessible(page)


@pytest.mark.parametrize("size", SIZES)
def test_a_supervisors_pages_are_clean(page_as: Any, size: str) -> None:
    supervisor = make_user("Supervisor", make_agency())
    stop = make_stop(make_agency(), vehicle="KA01AB1234", stop={"flags": Flag.LATE, "post": make_post()})
    page = page_as(supervisor, size)
    for name, args in (("changelist", []), ("add", []), ("change", [stop.pk]), ("history", [stop.pk])):
        page.goto(reverse(f"admin:ledger_stop_{name}", args=args))
        assert_accessible(page)


def test_a_correction_is_made_in_the_browser(page_as: Any) -> None:
    supervisor = make_user("Supervisor", make_agency())
    fields = {"post": make_post(), "stop_type": 1, "duration_band": 1}
    stop = make_stop(make_agency(), vehicle="KA01AB1234", stop=fields)
    page = page_as(supervisor)
    page.goto(reverse("admin:ledger_stop_changelist"))
    page.click(f"text={stop.reference}")
    page.fill("#id_reason", "The outcome was mistyped")
    page.check("input[name=outcome][value='5']", force=True)
    page.click("text=Save the correction")
    assert "is corrected: this is version 2" in page.inner_text(".messagelist")
    assert_clean(page)
    newest = Stop.objects.current().get()
    assert (newest.version, newest.persons.get().outcome) == (2, 5)
