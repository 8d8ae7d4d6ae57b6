"""What follows from changes in the ledger."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from ledger import signals
from prediction.kinds import kinds_of
from prediction.models import JobAct, ModelRun

CRIME = "crime"


@receiver(signals.records_changed)
def learn_crime_anew(sender: Any, kind: str, **_: Any) -> None:
    """Incidents came or went: rates follow, where somebody decided once that they are learned."""
    if (
        kind == "incidents"
        and ModelRun.objects.filter(kind__in=[one.name for one in kinds_of(CRIME)]).exists()
    ):
        transaction.on_commit(_ask)


@receiver(signals.records_changed)
def look_for_hotspots_anew(sender: Any, kind: str, **_: Any) -> None:
    """Incidents came or went: hot spots are counts of them, and follow."""
    if kind == "incidents":
        from prediction.hotspots.asking import ask

        transaction.on_commit(ask)


def _ask() -> None:
    from prediction import jobs

    jobs.ask(JobAct.TRAIN, CRIME)
