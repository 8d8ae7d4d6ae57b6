"""Hot spots as they are served: found by the worker, read by the page."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from ledger.choices import OffenceGroup
from ledger.models import Agency, Area


class HotspotRun(models.Model):
    """One look at one agency's reported crimes of a subject over twelve whole months. The next look takes its place.

    `tests`: months of the back-test, the newest first, each `month, n, of, a, area, cells, flagged, pai, low, high, pei` and the
    rivals. `why` says in a sentence what could not be told.
    """

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="hotspots")
    subject = models.CharField(max_length=12)
    first = models.DateField(null=True, help_text="First day of the twelve months.")
    last = models.DateField(null=True, help_text="Last day of the twelve months.")
    incidents = models.PositiveIntegerField(default=0, help_text="Of the twelve months, with a place.")
    unplaced = models.PositiveIntegerField(default=0, help_text="Of the twelve months, without one.")
    cells = models.PositiveIntegerField(default=0, help_text="Of the universe, with and without crime.")
    universe = models.CharField(
        max_length=16, blank=True, help_text="land: cells of the areas' boundaries; seen: cells with crime."
    )
    scattered = models.PositiveIntegerField(default=0, help_text="Incidents in no cluster.")
    clustered_of = models.PositiveIntegerField(default=0, help_text="Incidents that clusters were sought in.")
    tests = models.JSONField(default=list)
    why = models.CharField(max_length=300, blank=True)
    seen = models.CharField(max_length=40, help_text="Newest import and undo that were read.")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["agency", "subject"], name="one_look_at_hot_spots"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} of {self.agency_id}"


class HotspotCell(models.Model):
    """A hexagon with crimes. `boundary` is GeoJSON, so that the page needs no library of hexagons."""

    run = models.ForeignKey(HotspotRun, on_delete=models.CASCADE, related_name="counted")
    cell = models.CharField(max_length=16)
    boundary = models.JSONField()
    area = models.ForeignKey(Area, on_delete=models.CASCADE, null=True, related_name="+")
    count = models.PositiveIntegerField()
    recent = models.PositiveIntegerField(help_text="In the last three of the twelve months.")
    flagged = models.BooleanField(help_text="Among the one in a hundred with the most.")

    class Meta:
        default_permissions = ()
        ordering = ["-count", "cell"]
        constraints = [models.UniqueConstraint(fields=["run", "cell"], name="one_count_of_a_cell")]

    def __str__(self) -> str:
        return f"{self.cell}: {self.count}"


class HotspotCluster(models.Model):
    """Crimes that lie closer together than those around them."""

    run = models.ForeignKey(HotspotRun, on_delete=models.CASCADE, related_name="clusters")
    longitude = models.FloatField()
    latitude = models.FloatField()
    count = models.PositiveIntegerField()
    recent = models.PositiveIntegerField(help_text="In the last three of the twelve months.")
    radius = models.PositiveIntegerField(help_text="Metres within which nine in ten lie.")
    group = models.PositiveSmallIntegerField(choices=OffenceGroup, help_text="The most frequent.")
    group_count = models.PositiveIntegerField()
    area = models.ForeignKey(Area, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ["-count", "id"]

    def __str__(self) -> str:
        return f"{self.count} at {self.latitude:.4f}, {self.longitude:.4f}"
