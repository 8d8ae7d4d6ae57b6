"""When the figures of a country and a year were last compared with the ledger, and what was found."""

from __future__ import annotations

from django.db import models


class Comparison(models.Model):
    country = models.SmallIntegerField()
    year = models.SmallIntegerField()
    at = models.DateTimeField()
    differences = models.JSONField(
        default=dict, help_text="Facts and cells that differ, by table. Empty when all is well."
    )

    class Meta:
        default_permissions = ()
        ordering = ["country", "year"]
        constraints = [models.UniqueConstraint(fields=["country", "year"], name="one_comparison_of_a_year")]

    def __str__(self) -> str:
        return f"comparison {self.country}/{self.year}"
