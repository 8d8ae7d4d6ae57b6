"""Forecasts as they were made, and how right each was when its month was over. Append-only: the database refuses any change."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now

from ledger.choices import AreaKind
from ledger.models import Agency
from prediction.models.runs import ModelRun


class CrimeForecast(models.Model):
    """What a run expected of one month, before that month's incidents were known to it.

    `body`: `areas`, a list of `area` (id), `name`, `km2` (or null), `recent` (recorded in the twelve months before) and `hours`
    (24 expected counts of the month, all groups); `spread`, α of an area's month and of all areas' month.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    run = models.ForeignKey(ModelRun, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=AreaKind, help_text="Of the areas.")
    month = models.DateField(help_text="First day of the month that was forecast.")
    learned_until = models.DateField(help_text="Last covered day that the run had learned from.")
    body = models.JSONField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the body.")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-month", "-id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["agency", "month", "digest"], name="one_forecast_of_a_content"),
            models.CheckConstraint(
                condition=models.Q(learned_until__lt=models.F("month")), name="forecast_before_its_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} {self.month:%Y-%m}"

    @property
    def months_ahead(self) -> int:
        """1 for the month after the one that the run had learned from last."""
        last = self.learned_until
        return (self.month.year - last.year) * 12 + self.month.month - last.month


class CrimeScore(models.Model):
    """How right a forecast was, by the incidents that were in the ledger at the time. Scored anew when these change."""

    forecast = models.ForeignKey(CrimeForecast, on_delete=models.PROTECT, related_name="scores")
    figures = models.JSONField(help_text="See `prediction.crime.record.scoring`.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of what had happened.")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["forecast", "digest"], name="one_score_of_what_happened")
        ]

    def __str__(self) -> str:
        return f"score of {self.forecast_id}"
