"""Compares answers with the reference: every column of every row, floats to 1e-12."""

from __future__ import annotations

import csv
from datetime import date, time
from pathlib import Path
from typing import Any

from insights.tests import reference
from insights.tests.reference import Rows

LABELS = ("vehicle", "period", "country", "year", "month", "hour", "age_band", "race", "gender", "violation")


def differences(slug: str, rows: Rows, frame: Any) -> list[str]:
    """What differs, in words; nothing when all is equal."""
    if slug not in reference.QUESTIONS:
        return [f"{slug}: is asked once only. Write it a second time in insights/tests/reference.py"]
    due = reference.QUESTIONS[slug](frame)
    if slug in reference.ORDERED and [_name(row) for row in rows] != [_name(row) for row in due]:
        return [f"{slug}: order is {[_name(row) for row in rows]}, due is {[_name(row) for row in due]}"]
    found, expected = {_name(row): row for row in rows}, {_name(row): row for row in due}
    if len(found) != len(rows) or found.keys() != expected.keys():
        return [f"{slug}: groups {sorted(map(str, found.keys() ^ expected.keys()))}, {len(rows)} rows"]
    return [
        f"{slug} {name} {key}: {found[name].get(key)!r}, due is {value!r}"
        for name, row in expected.items()
        for key, value in row.items()
        if not _equal(found[name].get(key), value)
    ] + [f"{slug} has {key}, not in the reference" for row in rows[:1] for key in row if key not in due[0]]


def _name(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[label] for label in LABELS if label in row)


def _equal(one: Any, other: Any) -> bool:
    if one is None or other is None or isinstance(one, str):
        return bool(one == other)
    if isinstance(one, int) and isinstance(other, int):
        return one == other
    return bool(abs(one - other) <= 1e-12)


def load(path: Path) -> None:
    """Put a file's stops into the ledger without the import engine, one agency a country; empty cells are unknown."""
    from ledger import signals
    from ledger.models import Person, Race, Stop, StopPrivate, Vehicle, Violation
    from ledger.tests.factories import make_agency, next_stop_number

    races: dict[str, Any] = {one.label: one for one in Race.objects.all()}
    violations: dict[str, Any] = {one.label: one for one in Violation.objects.all()}
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    number = next_stop_number()
    stops = Stop.objects.bulk_create(
        Stop(
            number=number + 10_000_000 + place,
            agency=make_agency(row["country_name"], row["country_name"]),
            stopped_on=date.fromisoformat(row["stop_date"]),
            stopped_at=_clock(row["stop_time"]),
            violation=violations.get(row["violation"]),
            drugs_related=_mark(row["drugs_related_stop"]),
            duration_band={"0-15 Min": 1, "16-30 Min": 2, "30+ Min": 3}.get(row["stop_duration"], 0),
        )
        for place, row in enumerate(rows)
    )
    Person.objects.bulk_create(
        Person(
            stop=stop,
            gender={"M": 1, "F": 2}.get(row["driver_gender"], 0),
            race=races.get(row["driver_race"]),
            age=int(row["driver_age"]) if row["driver_age"] else None,
            outcome={"Warning": 2, "Ticket": 3, "Arrest": 5}[row["stop_outcome"]],
            arrested=_mark(row["is_arrested"]),
            searched=_mark(row["search_conducted"]),
        )
        for stop, row in zip(stops, rows, strict=True)
    )
    plates = Vehicle.objects.bulk_create(
        Vehicle(number=one) for one in {row["vehicle_number"] for row in rows} if one
    )
    vehicles = {vehicle.number: vehicle for vehicle in plates}
    StopPrivate.objects.bulk_create(
        StopPrivate(stop=stop, vehicle=vehicles[row["vehicle_number"]])
        for stop, row in zip(stops, rows, strict=True)
        if row["vehicle_number"]
    )
    signals.stops_added.send(sender=load, stop_ids=[stop.pk for stop in stops])


def _clock(text: str) -> time | None:
    """“0:05:00”, without leading zero."""
    return time.fromisoformat(text.rjust(8, "0")) if text else None


def _mark(text: str) -> bool | None:
    return {"TRUE": True, "FALSE": False}.get(text)
