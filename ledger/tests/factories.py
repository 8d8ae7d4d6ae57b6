"""Named places and people for tests. Each function makes one thing with sensible defaults."""

from __future__ import annotations

from datetime import date, time
from itertools import count
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import connection

from ledger import signals
from ledger.models import Agency, Country, Officer, Person, Post, Race, Stop, StopPrivate, Vehicle, Violation

_numbers = count(1)


def make_agency(name: str = "Riverton Police", country: str = "India", **fields: Any) -> Agency:
    place, _ = Country.objects.get_or_create(name=country)
    return Agency.objects.get_or_create(name=name, defaults={"country": place, **fields})[0]


def make_post(name: str = "River bridge", agency: Agency | None = None) -> Post:
    return Post.objects.get_or_create(name=name, agency=agency or make_agency())[0]


def make_user(role: str = "Officer", agency: Agency | None = None, username: str = "") -> User:
    """A user of a role; officers and supervisors get an officer record in the agency."""
    number = next(_numbers)
    user = User.objects.create_user(username or f"{role.lower()}-{number}", password="a long pass phrase")
    user.groups.add(Group.objects.get(name=role))
    user.is_staff = role in ("Supervisor", "Administrator")
    user.save()
    if role in ("Officer", "Supervisor"):
        Officer.objects.create(agency=agency or make_agency(), number=f"PC{4000 + number}", user=user)
    return user


def next_stop_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('ledger_stop_number')")
        return int(cursor.fetchone()[0])


def make_stop(
    agency: Agency | None = None,
    on: date = date(2026, 3, 2),
    at: time | None = time(10, 21),
    violation: str | None = "Speeding",
    vehicle: str = "",
    race: str | None = "White",
    drugs: bool | None = False,
    stop: dict[str, Any] | None = None,
    **person: Any,
) -> Stop:
    """A stop of one person, with its facts. `stop` holds further fields of the stop, the rest goes to the person."""
    made = Stop.objects.create(
        number=next_stop_number(),
        agency=agency or make_agency(),
        stopped_on=on,
        stopped_at=at,
        violation=Violation.objects.get(label=violation) if violation else None,
        drugs_related=drugs,
        **(stop or {}),
    )
    fields = {"role": 1, "gender": 1, "age": 30, "outcome": 2, "arrested": False, "searched": False} | person
    Person.objects.create(stop=made, race=Race.objects.get(label=race) if race else None, **fields)
    if vehicle:
        StopPrivate.objects.create(stop=made, vehicle=Vehicle.objects.get_or_create(number=vehicle)[0])
    signals.stops_added.send(sender=make_stop, stop_ids=[made.pk])
    return made
