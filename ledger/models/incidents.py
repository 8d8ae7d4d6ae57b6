"""Reported crime: offences, incidents, what became of them, and patrols. All of it comes by import."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from ledger.choices import CrimeAgainst, OffenceGroup, Severity
from ledger.models.agency import Agency, Area
from ledger.models.imports import ImportRun, ImportUndo


class ImportedQuerySet(models.QuerySet["Imported"]):
    def current(self) -> Self:
        """Rows whose import was not undone."""
        # The few undone imports as a list of their own, looked up in memory: a correlated look-up is a join of its own, and
        # the planner, which cannot tell how many rows it leaves, sorts where it should hash.
        return self.filter(~Q(import_run_id__in=ImportUndo.objects.values("import_run_id")))


class Imported(models.Model):
    """A record that an import brought: it can be traced to its file and row, and goes out of force with its import."""

    import_run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="+")
    import_row = models.PositiveIntegerField(
        help_text="Record of the file, counted from 1, the header not counted."
    )

    objects = ImportedQuerySet.as_manager()

    class Meta:
        abstract = True


class Offence(models.Model):
    """An offence code of the National Incident-Based Reporting System (FBI), e.g. 13A Aggravated Assault."""

    code = models.CharField(max_length=6, primary_key=True)
    name = models.CharField(max_length=120)
    category = models.CharField(max_length=80)
    against = models.CharField(max_length=12, choices=CrimeAgainst)
    group = models.CharField(
        max_length=1, choices=Severity, blank=True, help_text="NIBRS group A or B; empty for none."
    )
    our_group = models.PositiveSmallIntegerField(choices=OffenceGroup, default=OffenceGroup.OTHER)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class OffenceEntry(Imported):
    """What an imported list says of an offence code; `Offence` follows the newest that is current."""

    code = models.CharField(max_length=6, db_index=True)
    name = models.CharField(max_length=120)
    category = models.CharField(max_length=80)
    against = models.CharField(max_length=12, choices=CrimeAgainst)
    group = models.CharField(max_length=1, choices=Severity, blank=True)
    our_group = models.PositiveSmallIntegerField(choices=OffenceGroup, default=OffenceGroup.OTHER)

    class Meta:
        verbose_name_plural = "offence entries"

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Incident(Imported):
    """One reported crime. The same incident from two extracts is one row: `key` names it inside its agency."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="incidents", db_index=False)
    key = models.CharField(
        max_length=80, help_text="The source's id, with the offence and a running number where needed."
    )
    offence = models.ForeignKey(
        Offence, on_delete=models.PROTECT, null=True, related_name="incidents", db_index=False
    )
    group = models.PositiveSmallIntegerField(choices=OffenceGroup, default=OffenceGroup.OTHER)
    words = models.CharField(max_length=120, blank=True, help_text="The offence in the source's words.")
    reported_on = models.DateField(null=True)
    reported_imputed = models.BooleanField(
        default=False, help_text="Taken from the occurrence: the report had no date."
    )
    month = models.DateField(help_text="First day of the month of the occurrence, else of the report.")
    occurred_on = models.DateField(null=True, help_text="Empty where the source gives months only.")
    occurred_at = models.TimeField(null=True)
    ended_on = models.DateField(null=True)
    ended_at = models.TimeField(null=True)
    beat = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    zone = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    area = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        null=True,
        related_name="incidents",
        db_index=False,
        help_text="Neighbourhood, or LSOA in the United Kingdom: the area that forecasts are made for.",
    )
    place = models.CharField(max_length=200, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    outcome = models.CharField(max_length=120, blank=True, help_text="Last outcome in the source's words.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "key", "import_run"], name="one_incident_of_a_key"),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="incident_both_coordinates_or_none",
            ),
        ]
        # Keys are found by the constraint. Counts by area, time and group are answered from the index alone; ask for them
        # with Count("*"), as Count("pk") must look at every row.
        indexes = [
            models.Index(
                fields=["agency", "area", "month"],
                include=["group", "occurred_on", "occurred_at", "import_run"],
                name="incident_area_month",
            ),
            models.Index(
                fields=["agency", "beat", "month"],
                include=["group", "occurred_on", "occurred_at", "import_run"],
                name="incident_beat_month",
            ),
            models.Index(
                fields=["agency", "zone", "month"],
                include=["group", "occurred_on", "occurred_at", "import_run"],
                name="incident_zone_month",
            ),
            models.Index(fields=["agency", "month"], name="incident_month"),
        ]

    def __str__(self) -> str:
        return self.key


class IncidentOutcome(Imported):
    """What became of a crime, by the crime's id; the crime itself may be in another file or in none."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    incident_key = models.CharField(max_length=80, db_index=True)
    month = models.DateField(help_text="First day of the month of the outcome, not of the crime.")
    outcome = models.CharField(max_length=120)

    def __str__(self) -> str:
        return f"{self.incident_key}: {self.outcome}"


class CrimePrediction(Imported):
    """What a vendor had predicted for the place and the shift of a crime, as a study matched them. Types are joined by `|`."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    incident_key = models.CharField(max_length=80, db_index=True)
    would_fit = models.CharField(
        max_length=160,
        blank=True,
        help_text="Types of prediction that this crime would prove right; empty: the vendor predicted none of its kind.",
    )
    count = models.PositiveIntegerField(help_text="Predictions of any type for the place and the shift.")
    predicted = models.CharField(max_length=160, blank=True, help_text="Their types.")

    def __str__(self) -> str:
        return f"{self.incident_key}: {self.count}"


class PatrolVisit(Imported):
    """Time that a unit spent at a place, as a vendor's or a dispatch system logs it."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    unit = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=200, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    minutes = models.FloatField(null=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "started_at"], name="patrol_visit_start")]

    def __str__(self) -> str:
        return f"{self.kind} {self.place}"
