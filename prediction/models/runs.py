"""Runs: everything that was learned, with what it was learned from, how right it is, and who stands for it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from prediction.kinds import Kind, kind_named


class RunState(models.TextChoices):
    CANDIDATE = "candidate", "Candidate"
    IN_USE = "in use", "In use"
    RETIRED = "retired", "Retired"


class RunAct(models.TextChoices):
    TRAINED = "trained", "Trained"
    PUT_IN_USE = "put in use", "Signed off and put in use"
    RETIRED = "retired", "Replaced by another run"
    ROLLED_BACK = "rolled back", "Put back in use"
    WITHDRAWN = "withdrawn", "Taken out by a roll-back"
    SWITCHED_OFF = "switched off", "Switched off"


class ModelRun(models.Model):
    """One learning of one kind. What it found is never changed; its state is, and every change is a `RunEvent`.

    `metrics` is what `manage.py train --json` prints. `card` holds what only the model card shows, `serving` what is needed
    to answer from the served table. Shares are fractions, log-losses natural logarithms.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=12, choices=RunState, default=RunState.CANDIDATE)
    gate = models.CharField(max_length=8, blank=True, help_text="open or closed; empty where there is none.")
    why = models.CharField(max_length=300, blank=True, help_text="The gate's verdict in a sentence.")
    data_first = models.DateField()
    data_last = models.DateField()
    data_rows = models.BigIntegerField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of what was learned from.")
    features = models.JSONField(default=list)
    parameters = models.JSONField(default=dict)
    seed = models.BigIntegerField()
    code_version = models.CharField(max_length=60)
    metrics = models.JSONField(default=dict)
    card = models.JSONField(default=dict)
    serving = models.JSONField(default=dict)
    tracked = models.JSONField(default=dict, help_text="Where the run was logged outside, or why it was not.")
    trained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    trained_at = models.DateTimeField(db_default=Now())
    seconds = models.FloatField()
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    signed_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True, help_text="What the signer wrote.")

    class Meta:
        ordering = ["-trained_at", "-id"]
        default_permissions = ()
        permissions = [
            ("view_prediction", "Can read predictions, runs and drift"),
            ("train_model", "Can train models and have drift looked at"),
            ("sign_model", "Can sign models off, roll them back and switch them off"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind"], name="one_run_in_use", condition=Q(state="in use")),
            models.CheckConstraint(condition=Q(gate__in=["", "open", "closed"]), name="gate_is_known"),
        ]
        indexes = [models.Index(fields=["kind", "-trained_at"], name="run_newest_of_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.trained_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("prediction-run", args=[self.key])

    @property
    def of(self) -> Kind | None:
        """The kind; None for a kind that this version no longer knows."""
        return kind_named(self.kind)

    @property
    def title(self) -> str:
        return self.of.title if self.of else self.kind


class RunEvent(models.Model):
    """What was done with a run, by whom and why. Append-only."""

    run = models.ForeignKey(ModelRun, on_delete=models.PROTECT, related_name="events")
    act = models.CharField(max_length=12, choices=RunAct)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.act} {self.run_id}"
