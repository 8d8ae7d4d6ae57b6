"""Erasing what the law orders erased. The stop itself, free of it, stays in the ledger."""

from __future__ import annotations

import re

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from ledger import audit, signals
from ledger.choices import AuditVerb
from ledger.imports import store
from ledger.models import Stop, StopPrivate, Vehicle
from ledger.recording import NotRecorded

TEXTS = ("words", "place", "late_reason", "correction_reason")


@transaction.atomic
def erase_private(number: int, what: str, *, reason: str, request: HttpRequest | None = None) -> int:
    """Erase the vehicle number (`vehicle`) or every free text (`text`) from all versions of a stop.

    The source's own record goes with either: it holds both. A vehicle that no stop names any more goes as well.
    Returns how many versions held something. The audit line says what kind of thing went and why, never what it was.
    """
    store.wait_for_other_loads()  # one at work names vehicles that it has looked up before
    stops = list(Stop.objects.filter(number=number).order_by("version"))
    parts = StopPrivate.objects.filter(stop__in=stops)
    _refuse_telling_reason(reason, parts)
    vehicles = list(parts.exclude(vehicle=None).values_list("vehicle_id", flat=True).distinct())
    blank: dict[str, object] = {"recorded": ""}
    if what == "vehicle":
        blank |= {"vehicle": None}
    else:
        blank |= dict.fromkeys(TEXTS, "")
    touched = parts.update(**blank)
    if what == "vehicle":
        _forget_unnamed(vehicles)
        for stop in stops:
            signals.vehicle_erased.send(sender=erase_private, stop_id=stop.pk)
    audit.record(
        request, AuditVerb.ERASURE, "stop", stops[0].reference, what=what, reason=reason, versions=touched
    )
    return touched


def _forget_unnamed(vehicles: list[int]) -> None:
    """Delete those that no stop names any more. Locked first, so that a stop which is being logged is seen, or waits."""
    found = Vehicle.objects.filter(pk__in=vehicles)
    list(found.select_for_update().order_by("pk"))
    found.filter(stops=None).delete()


def _refuse_telling_reason(reason: str, parts: QuerySet[StopPrivate]) -> None:
    """The reason stays in the trail for ever, so it may not repeat the vehicle number."""
    plain = re.sub(r"[^A-Z0-9]", "", reason.upper())
    numbers = parts.exclude(vehicle=None).values_list("vehicle__number", flat=True)
    if any(number in plain for number in numbers):
        raise NotRecorded(
            "The reason names the vehicle. It is kept for ever, so write it without the number."
        )
