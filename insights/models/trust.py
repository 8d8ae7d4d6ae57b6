"""What studies of trust keep: what moves with a measure inside areas, computed by the worker and served from here."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from insights.models.fairness import RunState


class TrustStudy(models.Model):
    """One study of one measure of one survey: of which figures, and what came of it. Never changed once it is done."""

    UNDER_WAY = (RunState.WAITING, RunState.RUNNING)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    survey = models.CharField(max_length=80, help_text="Survey and kind of area, such as “PAS by borough”.")
    measure = models.CharField(max_length=160, help_text="What is to be explained.")
    mark = models.CharField(
        max_length=120, blank=True, help_text="State of the figures it was computed from."
    )
    state = models.CharField(max_length=8, choices=RunState, default=RunState.WAITING)
    message = models.TextField(blank=True, help_text="Why there is no result.")
    findings = models.JSONField(null=True, help_text="Estimates, fractions of 1 and correlations.")
    version = models.CharField(
        max_length=20, blank=True, help_text="Version of SecureCheck that computed it."
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        indexes = [models.Index(fields=["survey", "measure", "-id"], name="trust_study_of")]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "measure"],
                condition=Q(state__in=["waiting", "running"]),
                name="one_trust_study_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.survey}: {self.measure} {self.key}"

    @property
    def is_under_way(self) -> bool:
        return self.state in self.UNDER_WAY
