"""The table that the page of forecasts of trust answers from: made when a run is trained."""

from __future__ import annotations

from django.db import models

from ledger.models import Area
from prediction.models.runs import ModelRun


class TrustForecast(models.Model):
    """One way's forecast of one measure in one area. Shares from 0 to 1; the interval is that of the way in use."""

    run = models.ForeignKey(
        ModelRun, on_delete=models.CASCADE, related_name="trust_forecasts", db_index=False
    )
    survey = models.CharField(max_length=80)
    measure = models.CharField(max_length=160)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    ahead = models.PositiveSmallIntegerField(help_text="Quarters after the last figure.")
    method = models.CharField(max_length=20)
    is_used = models.BooleanField(help_text="Whether the back-test put this way in use.")
    known_on = models.DateField(help_text="Last day of the last figure.")
    target = models.DateField(help_text="Last day of the quarter that is forecast.")
    value = models.FloatField()
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["measure", "ahead", "area__name", "method"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "survey", "measure", "ahead", "area", "method"],
                name="one_trust_forecast_of_a_way",
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure} in {self.area_id}, {self.target}"
