"""What the tests of the stop pages share: a filled-in form, and a signed-in client at a post."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from ledger.models import Agency, Post, Stop, Violation
from ledger.tests.factories import make_agency, make_post, make_user


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
    return Stop.objects.with_parts().latest(
        "id"
    )  # Any: a test that expects a part may name it without asking
