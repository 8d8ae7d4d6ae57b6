"""Who stops people, and where: countries, agencies, areas, posts, officers."""

from __future__ import annotations

import zoneinfo
from datetime import date, datetime
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from ledger.choices import AreaKind, Profile


def check_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"“{name}” is not a time zone. Write it as in Europe/London.")


class Country(models.Model):
    id = models.SmallAutoField(primary_key=True)
    name = models.CharField(max_length=60, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "countries"

    def __str__(self) -> str:
        return self.name


class Agency(models.Model):
    """A police force or department. The country of a stop is its agency's."""

    id = models.SmallAutoField(primary_key=True)
    name = models.CharField(max_length=120, unique=True)
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="agencies")
    time_zone = models.CharField(max_length=40, default="UTC", validators=[check_time_zone])
    profile = models.CharField(max_length=12, choices=Profile, default=Profile.PLAIN)
    max_backdate_days = models.PositiveSmallIntegerField(
        default=1,
        help_text="A stop logged more days after it than this is marked as late and asks for a reason.",
    )

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.name

    def now(self) -> datetime:
        """The agency's clock: stops are recorded in local date and time."""
        return timezone.now().astimezone(zoneinfo.ZoneInfo(self.time_zone))


class Area(models.Model):
    """Any piece of the map, with an optional boundary (GeoJSON geometry, longitude and latitude in degrees)."""

    kind = models.CharField(max_length=16, choices=AreaKind)
    name = models.CharField(max_length=120)
    code = models.CharField(max_length=40, blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="areas")
    boundary = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "kind", "name"], name="one_area_of_a_name", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.name


class PostQuerySet(models.QuerySet["Post"]):
    def in_use_on(self, day: date) -> Self:
        """Posts that have begun by that day and not ended before it."""
        begun = Q(valid_from=None) | Q(valid_from__lte=day)
        return self.filter(begun, Q(valid_until=None) | Q(valid_until__gte=day))


class Post(models.Model):
    """Where officers are stationed. Posts are ended, never deleted: old stops keep theirs."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="posts")
    name = models.CharField(max_length=80)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="posts")
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True, help_text="Last day; empty while in use.")

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="one_post_of_a_name")]

    def __str__(self) -> str:
        return self.name


class Officer(models.Model):
    """An agency's own pseudonymous number for an officer; with a user, whoever signs in as it."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="officers")
    number = models.CharField(max_length=20)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="officer"
    )
    service_started = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Year in which police service began."
    )
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="one_officer_of_a_number"),
            models.CheckConstraint(condition=~Q(number=""), name="officer_has_a_number"),
        ]

    def __str__(self) -> str:
        return self.number
