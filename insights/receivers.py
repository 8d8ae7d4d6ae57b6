"""Keeps the facts in step with the ledger, in the ledger's own transaction."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from insights import facts
from ledger import signals


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
