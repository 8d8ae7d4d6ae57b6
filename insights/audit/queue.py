"""The job that audits whatever changed: asked for, and whether it is under way."""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

JOB = "insights.audit_predictions"


def ask() -> bool:
    """Have whatever changed audited; False when that waits already."""
    from insights import tasks

    try:
        with transaction.atomic():
            tasks.audit_predictions.defer()
    except AlreadyEnqueued:
        return False
    return True


def is_under_way() -> bool:
    return ProcrastinateJob.objects.filter(task_name=JOB, status__in=["todo", "doing"]).exists()
