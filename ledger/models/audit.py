"""Who saw, changed and judged what. Append-only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from ledger.choices import AuditVerb, ReviewVerdict
from ledger.models.stop import Stop


class ReviewDecision(models.Model):
    """A flagged version of a stop was looked at and accepted as recorded. (A correction is a new version instead.)"""

    stop = models.OneToOneField(Stop, on_delete=models.PROTECT, related_name="review")
    verdict = models.CharField(max_length=12, choices=ReviewVerdict, default=ReviewVerdict.ACCEPTED)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.verdict} {self.stop_id}"


class AuditEvent(models.Model):
    """One line of the audit trail. It names the record and never repeats erasable content (no plate, no free text)."""

    at = models.DateTimeField(db_default=Now())
    verb = models.CharField(max_length=16, choices=AuditVerb)
    done = models.BooleanField(default=True, help_text="False when the act was refused.")
    user_id = models.IntegerField(null=True, help_text="A plain value: the trail outlives accounts.")
    username = models.CharField(max_length=150, blank=True)
    role = models.CharField(max_length=40, blank=True)
    agency_id = models.SmallIntegerField(null=True)
    object_kind = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=80, blank=True)
    address = models.GenericIPAddressField(null=True)
    method = models.CharField(max_length=8, blank=True)
    path = models.CharField(max_length=300, blank=True)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["object_kind", "object_id"], name="audit_of_an_object")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.username} {self.verb} {self.object_kind} {self.object_id}"
