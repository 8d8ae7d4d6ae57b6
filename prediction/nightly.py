"""What is asked for by night."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from insights.models import StopFact
from prediction import jobs
from prediction.kinds import families, kinds_of
from prediction.models import JobAct, ModelRun, RunState

TRAIN_AFTER = timedelta(days=7)


def ask_for_work() -> None:
    """Drift of what is in use; a new candidate where the newest run is a week old and newer stops are there."""
    if ModelRun.objects.filter(state=RunState.IN_USE).exists():
        jobs.ask(JobAct.DRIFT)
    for family in families():
        if is_due(family):
            jobs.ask(JobAct.TRAIN, family)


def is_due(family: str) -> bool:
    """Only what somebody trained before is trained by night: the first time is for people to decide."""
    newest = ModelRun.objects.filter(kind__in=[kind.name for kind in kinds_of(family)]).first()
    if newest is None or newest.trained_at > timezone.now() - TRAIN_AFTER:
        return False
    return StopFact.objects.filter(day__gt=newest.data_last).exists()
