"""Whether the stops of the last whole month are still like those that models were learned from."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class DriftState(models.TextChoices):
    OK = "ok", "As before"
    WATCH = "watch", "Changed somewhat"
    DRIFT = "drift", "Changed much"


class DriftReport(models.Model):
    """One look. `measures` are as `prediction.drift.measures.Measure` tells them, the most changed first."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    month = models.DateField(help_text="First day of the month that was looked at.")
    reference_first = models.DateField()
    reference_last = models.DateField()
    state = models.CharField(max_length=8, choices=DriftState)
    measures = models.JSONField(default=list)
    at = models.DateTimeField(db_default=Now())
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    noted_at = models.DateTimeField(null=True, help_text="When somebody took note of it.")

    class Meta:
        ordering = ["-id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"drift of {self.month:%Y-%m}: {self.state}"

    def changed(self, state: str = DriftState.DRIFT) -> list[dict[str, object]]:
        """The measures of a state."""
        return [one for one in self.measures if one["state"] == state]
