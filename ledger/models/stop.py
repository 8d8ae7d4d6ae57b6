"""The stop record. Stops and persons are append-only; what the law may order erased stands beside them.

References without a constraint of their own are checked a statement at a time: `ledger/references.py`.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from ledger.choices import AgeBand, DurationBand, Flag, Gender, Outcome, PersonRole, StopType
from ledger.models.agency import Agency, Area, Officer, Post
from ledger.models.codes import Race, Violation
from ledger.models.imports import ImportRun
from ledger.querysets import StopQuerySet
from ledger.reference import reference_of


class Vehicle(models.Model):
    """A vehicle by its number: upper case, letters and digits only."""

    number = models.CharField(max_length=20, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(number__regex=r"^[A-Z0-9]{1,20}$"), name="vehicle_number_is_plain"
            )
        ]

    def __str__(self) -> str:
        return self.number


class Stop(models.Model):
    """One version of one stop. `number` names the stop, `version` counts its versions, `supersedes` is the one before.

    A row is never changed: a correction is a new row. The current stops are `Stop.objects.current()`.
    """

    number = models.BigIntegerField(editable=False)
    version = models.PositiveSmallIntegerField(default=1, editable=False)
    supersedes = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="successors",
        related_query_name="successor",
        editable=False,
        db_index=False,
        db_constraint=False,
    )
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="stops", db_index=False, db_constraint=False
    )
    post = models.ForeignKey(
        Post,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="stops",
        db_index=False,
        db_constraint=False,
    )
    area = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="stops",
        db_index=False,
        db_constraint=False,
    )
    officer = models.ForeignKey(
        Officer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="stops",
        db_index=False,
        db_constraint=False,
    )
    stopped_on = models.DateField("date")
    stopped_at = models.TimeField("time", null=True, blank=True)
    stop_type = models.PositiveSmallIntegerField(choices=StopType, default=StopType.UNKNOWN)
    duration_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    duration_band = models.PositiveSmallIntegerField(choices=DurationBand, default=DurationBand.UNKNOWN)
    violation = models.ForeignKey(
        Violation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="stops",
        db_index=False,
        db_constraint=False,
    )
    drugs_related = models.BooleanField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    flags = models.PositiveSmallIntegerField(default=0, editable=False)
    import_run = models.ForeignKey(
        ImportRun,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="stops",
        editable=False,
        db_index=False,
        db_constraint=False,
    )
    import_row = models.PositiveIntegerField(null=True, blank=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        db_index=False,
        db_constraint=False,
    )
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    client_key = models.UUIDField(null=True, blank=True, editable=False)

    objects = StopQuerySet.as_manager()

    class Meta:
        ordering = ["-stopped_on", "-stopped_at", "-id"]
        permissions = [
            ("correct_stop", "Can correct stops"),
            ("review_stop", "Can review flagged stops"),
            ("import_stops", "Can import files"),
            ("import_any_agency", "Can import for several agencies or none"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number", "version"], name="one_version_of_a_number"),
            # Partial: most stops are imported and never corrected, and an index over their NULLs would slow every load.
            models.UniqueConstraint(
                fields=["supersedes"], name="one_successor", condition=Q(supersedes__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["client_key"], name="saved_once", condition=Q(client_key__isnull=False)
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="versions_count_from_one"),
            models.CheckConstraint(
                condition=Q(version=1, supersedes=None) | Q(version__gt=1, supersedes__isnull=False),
                name="a_correction_names_the_one_before",
            ),
            models.CheckConstraint(
                condition=Q(duration_minutes=None) | Q(duration_minutes__range=(1, 1440)),
                name="duration_in_a_day",
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="both_coordinates_or_none",
            ),
            models.CheckConstraint(
                condition=Q(stopped_on__gte="1900-01-01"), name="stopped_in_living_memory"
            ),
            models.CheckConstraint(condition=Q(stop_type__in=StopType.values), name="stop_type_is_known"),
            models.CheckConstraint(
                condition=Q(duration_band__in=DurationBand.values), name="duration_band_is_known"
            ),
            models.CheckConstraint(
                condition=Q(import_run=None, import_row=None)
                | Q(import_run__isnull=False, import_row__isnull=False),
                name="an_imported_row_has_a_number",
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "-stopped_on", "-stopped_at", "-id"], name="stop_newest_of_agency"
            ),
            models.Index(fields=["agency", "id"], name="stop_flagged", condition=Q(flags__gt=0)),
            models.Index(fields=["import_run"], name="stop_import", condition=Q(import_run__isnull=False)),
            models.Index(fields=["author", "-id"], name="stop_author", condition=Q(author__isnull=False)),
            models.Index(fields=["post"], name="stop_post", condition=Q(post__isnull=False)),
            models.Index(fields=["officer"], name="stop_officer", condition=Q(officer__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference_of(self.number)

    def get_absolute_url(self) -> str:
        return reverse("stop", args=[self.reference])

    @property
    def reasons_to_review(self) -> list[Flag]:
        return Flag.in_bits(self.flags)


class Person(models.Model):
    """Someone stopped. Position 1 is the driver (or the only person). Marks are as recorded: None is unknown."""

    stop = models.ForeignKey(
        Stop, on_delete=models.PROTECT, related_name="persons", db_index=False, db_constraint=False
    )
    position = models.PositiveSmallIntegerField(default=1)
    role = models.PositiveSmallIntegerField(choices=PersonRole, default=PersonRole.UNKNOWN)
    gender = models.PositiveSmallIntegerField(choices=Gender, default=Gender.UNKNOWN)
    race = models.ForeignKey(
        Race,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="persons",
        db_index=False,
        db_constraint=False,
    )
    age = models.PositiveSmallIntegerField(null=True, blank=True)
    age_band = models.PositiveSmallIntegerField(
        choices=AgeBand,
        default=AgeBand.UNKNOWN,
        db_default=AgeBand.UNKNOWN,
        help_text="As recorded, where the source gives a range instead of an age.",
    )
    outcome = models.PositiveSmallIntegerField(choices=Outcome, default=Outcome.UNKNOWN)
    arrested = models.BooleanField(null=True, blank=True)
    searched = models.BooleanField(null=True, blank=True)
    search_bases = ArrayField(
        models.PositiveSmallIntegerField(),
        default=list,
        blank=True,
        help_text="Codes of `SearchBasis`, as recorded.",
    )
    frisked = models.BooleanField(null=True, blank=True)
    contraband_found = models.BooleanField(null=True, blank=True)
    contraband = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True, help_text="Codes of `Contraband`."
    )

    class Meta:
        ordering = ["position"]
        verbose_name_plural = "persons"
        constraints = [
            models.UniqueConstraint(fields=["stop", "position"], name="one_person_of_a_position"),
            models.CheckConstraint(condition=Q(position__gte=1), name="positions_count_from_one"),
            models.CheckConstraint(condition=Q(age=None) | Q(age__range=(1, 120)), name="age_of_a_person"),
            models.CheckConstraint(condition=Q(age_band__in=AgeBand.values), name="age_band_is_known"),
            models.CheckConstraint(condition=Q(role__in=PersonRole.values), name="role_is_known"),
            models.CheckConstraint(condition=Q(gender__in=Gender.values), name="gender_is_known"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="outcome_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.position}"


class StopPrivate(models.Model):
    """What the law may order erased: vehicle number and every free text. An ordinary table; the stop stays."""

    stop = models.OneToOneField(
        Stop, on_delete=models.PROTECT, primary_key=True, related_name="private", db_constraint=False
    )
    vehicle = models.ForeignKey(
        Vehicle, on_delete=models.PROTECT, null=True, blank=True, related_name="stops", db_index=False
    )
    words = models.CharField("in the officer's words", max_length=1000, blank=True)
    place = models.CharField(max_length=150, blank=True)
    late_reason = models.CharField(max_length=500, blank=True)
    correction_reason = models.CharField(max_length=500, blank=True)
    recorded = models.TextField(blank=True, help_text="The record as its source wrote it, one line of CSV.")

    class Meta:
        verbose_name = "private part of a stop"
        indexes = [
            models.Index(fields=["vehicle"], name="private_vehicle", condition=Q(vehicle__isnull=False))
        ]

    def __str__(self) -> str:
        return f"private part of {self.stop_id}"


class Draft(models.Model):
    """What an officer has typed and not yet saved. Gone when the stop is saved or the draft is discarded."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    data = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-updated_at"]

    def __str__(self) -> str:
        return f"draft of {self.updated_at:%d %b %H:%M}"
