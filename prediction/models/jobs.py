"""Work in the background: training and looking for drift. Asked for on a page or by night, done by the worker."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse


class JobAct(models.TextChoices):
    TRAIN = "train", "Training"
    DRIFT = "drift", "Looking for drift"
    HOTSPOTS = "hotspots", "Looking for hot spots"


class JobState(models.TextChoices):
    WAITING = "waiting", "Waiting for its turn"
    RUNNING = "running", "Under way"
    DONE = "done", "Done"
    FAILED = "failed", "Not done"


class PredictionJob(models.Model):
    """One piece of work. Of one act and subject only one is waiting or running at a time."""

    UNDER_WAY = (JobState.WAITING, JobState.RUNNING)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    act = models.CharField(max_length=8, choices=JobAct)
    subject = models.CharField(max_length=40, blank=True, help_text="The family that is trained.")
    state = models.CharField(max_length=8, choices=JobState, default=JobState.WAITING)
    done = models.PositiveSmallIntegerField(default=0, help_text="Steps done, of `total`.")
    total = models.PositiveSmallIntegerField(default=0)
    message = models.CharField(
        max_length=300, blank=True, help_text="What is going on, or why it was not done."
    )
    results = models.JSONField(default=dict, help_text="Keys of the runs that came of it, by kind.")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Who asked for it; empty: the night.",
    )
    asked_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["act", "subject"],
                name="one_prediction_job_at_a_time",
                condition=Q(state__in=["waiting", "running"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.subject}".strip()

    def get_absolute_url(self) -> str:
        return reverse("prediction-job", args=[self.key])

    @property
    def is_under_way(self) -> bool:
        return self.state in self.UNDER_WAY
