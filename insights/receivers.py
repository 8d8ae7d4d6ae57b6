"""Keeps the facts in step with the ledger, in the ledger's own transaction."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from insights import facts
from insights.audit.queue import ask as ask_for_audits
from insights.models import StopFact
from ledger import signals
from ledger.models import Agency


@receiver(signals.stops_added)
def add_facts(
    sender: object, stop_ids: list[int] | None = None, import_run_id: int | None = None, **_: Any
) -> None:
    if stop_ids:
        facts.add_stops(stop_ids)
    if import_run_id is not None:
        facts.add_import(import_run_id)


@receiver(signals.stop_corrected)
def replace_facts(sender: object, old_id: int, new_id: int, **_: Any) -> None:
    facts.replace_stop(old_id, new_id)


@receiver(signals.import_undone)
def remove_facts(sender: object, import_run_id: int, **_: Any) -> None:
    facts.remove_import(import_run_id)


@receiver(signals.vehicle_erased)
def forget_vehicle(sender: object, stop_id: int, **_: Any) -> None:
    facts.forget_vehicle(stop_id)


@receiver(post_save, sender=Agency)
def follow_country(sender: object, instance: Agency, **_: Any) -> None:
    """An agency that was entered under the wrong country and is put right: a job counts its stops where they belong."""
    counted = StopFact.objects.filter(agency=instance.pk).order_by().values_list("country", flat=True).first()
    if counted not in (None, instance.country_id):
        from insights.tasks import rebuild_agency

        rebuild_agency.defer(agency_id=instance.pk)


AUDITED = {
    "vendor-predictions",
    "vendor-departments",
    "area-figures",
    "areas",
    "sensitive-places",
    "incidents",
}


@receiver(signals.records_changed)
def audit_predictions_anew(sender: object, kind: str, **_: Any) -> None:
    """What audits rest on came or went: whatever changed is audited, unasked."""
    if kind in AUDITED:
        transaction.on_commit(ask_for_audits)
