"""What the tests of the stop pages share: a filled-in form, and a signed-in client at a post."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, time
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from ledger.entry import PersonEntry, StopEntry
from ledger.models import Agency, Post, Stop, Violation
from ledger.recording import correct_stop
from ledger.tests.factories import make_agency, make_post, make_user

WHO = PersonEntry(role=1, gender=1, age=30, outcome=2, arrested=False, searched=False)


def signed_in(who: User | str = "Officer", agency: Agency | None = None) -> Client:
    client = Client()
    client.force_login(make_user(who, agency) if isinstance(who, str) else who)
    return client


def user_of(client: Client) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


def filled(at: Post | None = None, /, **changes: Any) -> dict[str, Any]:
    """The fields of a plain traffic stop, as a browser sends them. `None` leaves a field out."""
    agency = at.agency if at else make_agency()
    now = agency.now()
    fields: dict[str, Any] = {
        "client_key": str(uuid.uuid4()),
        "further": "0",
        "stopped_on": f"{now:%d/%m/%Y}",
        "stopped_at": f"{now:%H:%M}",
        "post": str((at or make_post(agency=agency)).pk),
        "stop_type": "1",
        "vehicle": "LB76 KBP",
        "duration_band": "1",
        "age": "34",
        "gender": "1",
        "race": "4",
        "violation": str(Violation.objects.get(label="Speeding").pk),
        "outcome": "3",
        "search": ["none"],
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def log(client: Client, at: Post | None = None, /, **changes: Any) -> Any:
    """Send the log form and follow where it leads."""
    return client.post(reverse("log-stop"), filled(at, **changes), follow=True)


def errors_of(response: Any) -> str:
    """The sentences of a page that was sent back."""
    sentences = [
        error for form in response.context["forms"] for errors in form.errors.values() for error in errors
    ]
    return " ".join(map(str, sentences))


def newest() -> Any:
    """The version written last. Any: a test that expects a part may name it without asking first."""
    return Stop.objects.with_parts().latest("id")


def listed(client: Client, query: str = "") -> list[Stop]:
    """The stops that the list shows, in its order."""
    response = client.get(reverse("stops") + query)
    return [row.record for row in response.context["table"].page.object_list]


def list_page(client: Client, query: str = "") -> str:
    return " ".join(client.get(reverse("stops") + query).content.decode().split())


def entry(**changes: Any) -> StopEntry:
    """What is said of a plain stop."""
    fields: dict[str, Any] = {
        "stopped_on": date(2026, 3, 2),
        "stopped_at": time(10, 21),
        "vehicle": "LB76KBP",
        "persons": (WHO,),
    }
    return StopEntry(agency_id=make_agency().pk, **(fields | changes))


def correct(before: Stop, user: User, what: StopEntry | None = None, **more: Any) -> Stop:
    """Write the next version; by default with another vehicle."""
    before = Stop.objects.with_parts().get(pk=before.pk)
    changed = what or replace(StopEntry.of(before), vehicle="AB12CDE")
    return correct_stop(before, changed, reason="Plate misread", author=user, request=None, **more)
