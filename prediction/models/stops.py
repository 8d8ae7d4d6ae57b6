"""The table that answers what is likely at a stop: groups of past stops, made when a run is trained."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import ExpressionWrapper
from django.db.models.expressions import RawSQL

from prediction.models.runs import ModelRun


class StopGroupQuerySet(models.QuerySet["StopGroup"]):
    def without_small_counts(self) -> Self:
        """Groups in which each class has nobody or at least ten persons."""
        small = RawSQL("EXISTS (SELECT 1 FROM unnest(counts) AS n WHERE n BETWEEN 1 AND 9)", [])
        return self.annotate(is_small=ExpressionWrapper(small, models.BooleanField())).filter(is_small=False)

    def in_tens(self) -> Self:
        """The largest first by the tens that are shown, rounded as Python does: their exact order would tell more."""
        tens = RawSQL("round((stops / 10.0)::float8)", [])
        return self.order_by(ExpressionWrapper(tens, models.FloatField()).desc(), "codes")


class StopGroup(models.Model):
    """Persons stopped who agree in some features of a run's chain.

    `known` is the sum of 2^i over the places i of those features in the chain; `codes` are their values in that order, so
    that groups which agree in the first features lie side by side in the key. `counts` are persons by class, `shares` what
    is predicted for each class, both in the order of the run's classes.
    """

    pk = models.CompositePrimaryKey("run_id", "known", "codes")
    run = models.ForeignKey(ModelRun, on_delete=models.CASCADE, related_name="groups", db_index=False)
    known = models.IntegerField()
    codes = ArrayField(models.IntegerField())
    stops = models.IntegerField()
    weight = models.FloatField(default=0, help_text="Persons, each counted less the longer ago it was.")
    counts = ArrayField(models.IntegerField())
    shares = ArrayField(models.FloatField())

    objects = StopGroupQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["run", "known", "-stops"], name="group_largest_of_set")]

    def __str__(self) -> str:
        return f"group of {self.run_id}: {self.known} {self.codes}"
