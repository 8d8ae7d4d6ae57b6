"""The table that answers how much crime may be expected: a rate for each hour of the week, area and group of offences."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from ledger.choices import OffenceGroup
from ledger.models import Agency, Area
from prediction.models.runs import ModelRun


class CrimeRate(models.Model):
    """Incidents per hour, of one agency's in one area and group, before the season.

    `rates` are 168, one for each hour of the week from Monday 0:00; the season, a factor for each month of the year, is in
    the run's `serving`.
    """

    pk = models.CompositePrimaryKey("run_id", "area_id", "group", "agency_id")
    run = models.ForeignKey(ModelRun, on_delete=models.CASCADE, related_name="crime_rates", db_index=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    group = models.PositiveSmallIntegerField(choices=OffenceGroup)
    incidents = models.PositiveIntegerField(help_text="That the rate rests on, all months alike.")
    rates = ArrayField(models.FloatField(), size=168)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=models.Q(rates__len=168), name="crime_rates_of_a_week")
        ]

    def __str__(self) -> str:
        return f"rate of {self.run_id}: area {self.area_id}, group {self.group}"
