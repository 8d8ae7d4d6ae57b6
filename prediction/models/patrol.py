"""Patrol plans, the policy they follow, and who stands for them. Append-only: a plan is what was said on its day."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from ledger.choices import AreaKind
from ledger.models import Agency
from prediction.models.runs import ModelRun


class PatrolPolicy(models.Model):
    """A version of the policy: the newest is in force. `body` is a `prediction.patrol.policy.Policy`."""

    body = models.JSONField()
    reason = models.CharField(max_length=500)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"version {self.pk}"


class PatrolPlan(models.Model):
    """One plan for one shift. `body` holds policy, areas and visits as they were shown (`prediction.patrol.making`)."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=AreaKind, help_text="Of the areas.")
    day = models.DateField(help_text="On which the shift begins.")
    start = models.PositiveSmallIntegerField(
        help_text="Hour at which the shift begins, by the agency's clock."
    )
    hours = models.PositiveSmallIntegerField()
    units = models.PositiveSmallIntegerField()
    run = models.ForeignKey(
        ModelRun, on_delete=models.PROTECT, related_name="+", help_text="Of the forecast."
    )
    policy = models.ForeignKey(
        PatrolPolicy,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Empty: the built-in one.",
    )
    seed = models.BigIntegerField(help_text="Of everything that is drawn by lot.")
    body = models.JSONField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the body.")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        permissions = [
            ("plan_patrol", "Can make patrol plans"),
            ("approve_patrol", "Can approve and refuse patrol plans that others made"),
            ("edit_patrol_policy", "Can make a new version of the patrol policy"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(start__lt=24, hours__range=(1, 24), units__gte=1), name="patrol_shift"
            )
        ]
        indexes = [models.Index(fields=["agency", "kind", "-id"], name="plan_before")]

    def __str__(self) -> str:
        return f"{self.agency} {self.day} {self.start:02}:00"

    def get_absolute_url(self) -> str:
        return reverse("patrol-plan", args=[self.key])

    @property
    def begins(self) -> datetime:
        return datetime(
            self.day.year, self.day.month, self.day.day, self.start, tzinfo=ZoneInfo(self.agency.time_zone)
        )

    @property
    def expires(self) -> datetime:
        """The end of the shift, so many hours after its beginning by the clock: a plan is about no other."""
        return self.begins + timedelta(hours=self.hours)

    @property
    def clock(self) -> str:
        """“18:00 to 02:00”, by the agency's clock."""
        return f"{self.begins:%H:%M} to {self.begins + timedelta(hours=self.hours):%H:%M}"

    @property
    def expiry(self) -> str:
        return f"{self.expires:%-d %b %Y, %H:%M}"

    @property
    def is_over(self) -> bool:
        return timezone.now() >= self.expires

    @property
    def state(self) -> str:
        """In words: waiting, approved, refused, expired."""
        verdict: Any = getattr(self, "verdict", None)
        if verdict is not None:
            return "approved" if verdict.approved else "refused"
        return "expired without approval" if self.is_over else "waiting for approval"


class PatrolVerdict(models.Model):
    """Somebody else than the maker approved a plan, or refused it, and why."""

    plan = models.OneToOneField(PatrolPlan, on_delete=models.PROTECT, related_name="verdict")
    approved = models.BooleanField()
    reason = models.CharField(max_length=500)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{'approved' if self.approved else 'refused'} {self.plan_id}"


class PatrolScore(models.Model):
    """What came of a plan, by what was in the ledger at the time. A plan is scored anew when more or other becomes known; earlier scores stay."""

    plan = models.ForeignKey(PatrolPlan, on_delete=models.PROTECT, related_name="scores")
    figures = models.JSONField(help_text="See `prediction.patrol.scoring`.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the figures.")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"score of {self.plan_id}"
