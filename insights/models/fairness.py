"""What the tests of fairness keep: benchmarks that analysts typed in, and runs of the tests that fit a model."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from ledger.models import Agency


class Benchmark(models.Model):
    """How many people there are of each group, by some published count. Never changed: withdrawn, and typed in anew."""

    name = models.CharField(max_length=120, help_text="What it counts, e.g. residents aged 15 and over.")
    source = models.CharField(max_length=200, help_text="Who published it, and where.")
    year = models.PositiveSmallIntegerField()
    group = models.CharField(
        max_length=12, help_text="By what the people are told apart: race, gender or age_band."
    )
    people = models.JSONField(help_text="People by label of the group.")
    agency = models.ForeignKey(
        Agency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whose area it is of; empty for several.",
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "-year", "id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.name}, {self.year} ({self.source})"


class RunState(models.TextChoices):
    WAITING = "waiting", "Waiting for its turn"
    RUNNING = "running", "Being computed"
    DONE = "done", "Done"
    FAILED = "failed", "Could not be computed"
    STOPPED = "stopped", "Stopped"


class FairnessRun(models.Model):
    """One run of a test in the worker: what was asked, of which ledger, and what came of it.

    `fingerprint` names test, arguments and filters; of each only one run is waiting or running at a time.
    """

    UNDER_WAY = (RunState.WAITING, RunState.RUNNING)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    test = models.CharField(max_length=20)
    fingerprint = models.CharField(max_length=64)
    arguments = models.JSONField(default=dict, help_text="Arguments in words.")
    filters = models.JSONField(default=dict, help_text="Filters in words.")
    address = models.TextField(blank=True, help_text="Query string of the page that asked for it.")
    ledger_mark = models.CharField(
        max_length=80, blank=True, help_text="State of the ledger it was computed from."
    )
    state = models.CharField(max_length=8, choices=RunState, default=RunState.WAITING)
    progress = models.PositiveSmallIntegerField(default=0, help_text="Of 1000.")
    message = models.TextField(blank=True, help_text="Why there is no result.")
    report = models.JSONField(null=True, help_text="Tables, charts and sentences as they were computed.")
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
        indexes = [models.Index(fields=["fingerprint", "-id"], name="fairness_run_of")]
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"],
                condition=Q(state__in=["waiting", "running"]),
                name="one_fairness_run_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.test} {self.key}"

    def get_absolute_url(self) -> str:
        return reverse("fairness-run", args=[self.key])

    @property
    def is_under_way(self) -> bool:
        return self.state in self.UNDER_WAY
