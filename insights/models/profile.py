"""What the data profile keeps: each run over one kind of record from one source, and reports on imports."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from insights.models.fairness import RunState
from ledger.models import Agency, ImportRun


class ProfileRun(models.Model):
    """One profile: rows, period, every column and every check of a kind of record from a source, at a moment."""

    UNDER_WAY = (RunState.WAITING, RunState.RUNNING)

    kind = models.CharField(max_length=40)
    source = models.CharField(max_length=40, blank=True, help_text="Empty: logged by hand.")
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, related_name="+", help_text="Empty: all agencies."
    )
    state = models.CharField(max_length=8, choices=RunState, default=RunState.WAITING)
    message = models.TextField(blank=True)
    rows = models.BigIntegerField(default=0)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    columns = models.JSONField(default=list)
    checks = models.JSONField(default=list)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    seconds = models.FloatField(null=True)

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        indexes = [models.Index(fields=["kind", "source", "agency", "-id"], name="profile_of_kind")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source", "agency"],
                condition=Q(state__in=["waiting", "running"]),
                nulls_distinct=False,
                name="one_profile_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"profile of {self.kind} from {self.source or 'the desk'}"

    @property
    def is_under_way(self) -> bool:
        return self.state in self.UNDER_WAY


class ImportReport(models.Model):
    """A full report on the rows of one import, made by the worker as a file, kept for some days."""

    UNDER_WAY = (RunState.WAITING, RunState.RUNNING)

    import_run = models.OneToOneField(ImportRun, on_delete=models.CASCADE, related_name="full_report")
    key = models.UUIDField(default=uuid.uuid4, editable=False, help_text="Names the file in the data folder.")
    state = models.CharField(max_length=8, choices=RunState, default=RunState.WAITING)
    message = models.TextField(blank=True)
    rows = models.PositiveIntegerField(default=0, help_text="Rows that the report rests on.")
    asked_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"report on import {self.import_run_id}"

    @property
    def is_under_way(self) -> bool:
        return self.state in self.UNDER_WAY
