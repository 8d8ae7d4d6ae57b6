"""What audits of predictions found, kept so that pages open at once: computed by a command or the worker."""

from __future__ import annotations

from django.db import models


class PredictionAudit(models.Model):
    """The audit of one body of predictions, as it stands. A new audit of the body takes its place."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=160)
    about = models.TextField(blank=True)
    ours = models.BooleanField(default=False, help_text="A forecast of this system's own.")
    figures = models.JSONField(default=dict, help_text="Buckets and groups: what is counted across bodies.")
    flags = models.JSONField(default=list, help_text="Key and title of every flag.")
    outcome = models.JSONField(null=True, help_text="Against later reports, if there are any.")
    report = models.JSONField(default=dict, help_text="Tables, charts and sentences as they were computed.")
    mark = models.CharField(max_length=160, help_text="State of what it was computed from.")
    computed_at = models.DateTimeField()
    seconds = models.FloatField()

    class Meta:
        ordering = ["-ours", "name"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class AuditMap(models.Model):
    """One map of an audit, drawn when it was computed: predictions by area, a group's share, predicted and actual places."""

    audit = models.ForeignKey(PredictionAudit, on_delete=models.CASCADE, related_name="maps")
    key = models.CharField(max_length=20)
    drawing = models.JSONField(help_text="What `partials/map.html` draws.")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["audit", "key"], name="one_audit_map_of_a_key")]

    def __str__(self) -> str:
        return f"{self.audit}: {self.key}"
