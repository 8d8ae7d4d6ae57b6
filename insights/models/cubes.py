"""Cubes: summary tables of the facts. Each holds the same sums, `insights.measures`, under keys of its own.

Keys are small codes as in the facts. They are added to in the transaction that writes the facts (`insights.cubes`);
no triggers, no foreign keys, and the agency cubes lead with the agency, so that they can be spread over machines.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Summary(models.Model):
    """Counts of persons stopped by key. A cell whose `stops` is 0 stands for nothing: readers leave it out."""

    condition: ClassVar[str] = "true"  # SQL over the facts: which of them are counted
    finer: ClassVar[type[Summary] | None] = None  # one before it in `SUMMARIES` whose cells sum up to its own

    stops = models.IntegerField()

    class Meta:
        abstract = True
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self._meta.model_name} {self.pk}"

    @classmethod
    def key_columns(cls) -> tuple[str, ...]:
        """The key columns in the order of the primary key."""
        return tuple(field.name for field in cls._meta.pk_fields)

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """All columns."""
        return tuple(field.name for field in cls._meta.concrete_fields)


class Cube(Summary):
    """All measures, for the navigator to choose from."""

    grain: ClassVar[str]  # the period a cell covers: "month" or "year"

    searches = models.IntegerField()
    arrests = models.IntegerField()
    drugs = models.IntegerField()
    searched_arrested = models.IntegerField()
    searched_drugs = models.IntegerField()
    arrested_drugs = models.IntegerField()
    all_three = models.IntegerField()
    hits = models.IntegerField()
    found = models.IntegerField()
    warnings = models.IntegerField()
    citations = models.IntegerField()
    summonses = models.IntegerField()
    arrest_outcomes = models.IntegerField()
    no_action = models.IntegerField()
    minutes_x10 = models.IntegerField()
    minutes_n = models.IntegerField()
    d_0_15 = models.IntegerField()
    d_16_30 = models.IntegerField()
    d_30_plus = models.IntegerField()

    class Meta:
        abstract = True
        default_permissions = ()


class Who(Cube):
    """Who was stopped, month by month, in each agency."""

    grain = "month"
    pk = models.CompositePrimaryKey("agency", "year", "month", "violation", "race", "gender", "age_band")
    agency = models.SmallIntegerField()
    year = models.SmallIntegerField()
    month = models.SmallIntegerField()
    violation = models.SmallIntegerField()
    race = models.SmallIntegerField()
    gender = models.SmallIntegerField()
    age_band = models.SmallIntegerField()
    country = models.SmallIntegerField()


class Clock(Cube):
    """At which hour people were stopped, month by month, in each agency."""

    grain = "month"
    pk = models.CompositePrimaryKey("agency", "year", "month", "hour", "violation")
    agency = models.SmallIntegerField()
    year = models.SmallIntegerField()
    month = models.SmallIntegerField()
    hour = models.SmallIntegerField()
    violation = models.SmallIntegerField()
    country = models.SmallIntegerField()


class WhoCountry(Cube):
    """Who was stopped, month by month, in each country."""

    grain = "month"
    finer = Who
    pk = models.CompositePrimaryKey("country", "year", "month", "violation", "race", "gender", "age_band")
    country = models.SmallIntegerField()
    year = models.SmallIntegerField()
    month = models.SmallIntegerField()
    violation = models.SmallIntegerField()
    race = models.SmallIntegerField()
    gender = models.SmallIntegerField()
    age_band = models.SmallIntegerField()


class ClockCountry(Cube):
    """At which hour people were stopped, month by month, in each country."""

    grain = "month"
    finer = Clock
    pk = models.CompositePrimaryKey("country", "year", "month", "hour", "violation")
    country = models.SmallIntegerField()
    year = models.SmallIntegerField()
    month = models.SmallIntegerField()
    hour = models.SmallIntegerField()
    violation = models.SmallIntegerField()


class WhoYear(Cube):
    """Who was stopped, year by year, in each country: the smallest relation for questions about persons."""

    grain = "year"
    finer = WhoCountry
    pk = models.CompositePrimaryKey("country", "year", "violation", "race", "gender", "age_band")
    country = models.SmallIntegerField()
    year = models.SmallIntegerField()
    violation = models.SmallIntegerField()
    race = models.SmallIntegerField()
    gender = models.SmallIntegerField()
    age_band = models.SmallIntegerField()


class WhoAgencyYear(Cube):
    """Who was stopped, year by year, in each agency, whatever for: rates by group and agency without a look at months."""

    grain = "year"
    finer = Who
    pk = models.CompositePrimaryKey("agency", "year", "race", "gender", "age_band")
    agency = models.SmallIntegerField()
    year = models.SmallIntegerField()
    race = models.SmallIntegerField()
    gender = models.SmallIntegerField()
    age_band = models.SmallIntegerField()
    country = models.SmallIntegerField()


class PlaceCube(Cube):
    """All measures and frisks, year by year, at each post and in each area: 0 where the place is unknown."""

    grain = "year"

    agency = models.SmallIntegerField()
    post = models.IntegerField()
    area = models.IntegerField()
    year = models.SmallIntegerField()
    country = models.SmallIntegerField()
    frisks = models.IntegerField()
    frisk_known = models.IntegerField()

    class Meta:
        abstract = True
        default_permissions = ()


class WhoPlaceYear(PlaceCube):
    """Who was stopped at each place: rates of frisks, and rates by group and place without a look at the facts."""

    pk = models.CompositePrimaryKey("agency", "post", "area", "year", "race", "gender")
    race = models.SmallIntegerField()
    gender = models.SmallIntegerField()


class AgePlaceYear(PlaceCube):
    """Of what age they were. Apart from race and gender: all three together would be nearly as many cells as facts."""

    pk = models.CompositePrimaryKey("agency", "post", "area", "year", "age_band")
    age_band = models.SmallIntegerField()


class ResultYear(Cube):
    """What stops came to, year by year, in each country. The marks are keys: 1, 0, or -1 when not recorded."""

    grain = "year"
    pk = models.CompositePrimaryKey(
        "country",
        "year",
        "violation",
        "race",
        "gender",
        "age_band",
        "outcome",
        "searched_mark",
        "arrested_mark",
        "drugs_mark",
    )
    country = models.SmallIntegerField()
    year = models.SmallIntegerField()
    violation = models.SmallIntegerField()
    race = models.SmallIntegerField()
    gender = models.SmallIntegerField()
    age_band = models.SmallIntegerField()
    outcome = models.SmallIntegerField()
    searched_mark = models.SmallIntegerField()
    arrested_mark = models.SmallIntegerField()
    drugs_mark = models.SmallIntegerField()


class AllYear(Cube):
    """Persons and hours together, year by year, in each country."""

    grain = "year"
    pk = models.CompositePrimaryKey("country", "year", "hour", "violation", "race", "gender", "age_band")
    country = models.SmallIntegerField()
    year = models.SmallIntegerField()
    hour = models.SmallIntegerField()
    violation = models.SmallIntegerField()
    race = models.SmallIntegerField()
    gender = models.SmallIntegerField()
    age_band = models.SmallIntegerField()


FREQUENT = 3  # persons from which a vehicle is listed by its count


class VehicleCount(Summary):
    """How many persons were stopped with each vehicle, anywhere and ever.

    Within any filter a vehicle has at most so many stops, so the vehicles stopped most often are found among few.
    """

    condition = "vehicle IS NOT NULL"
    vehicle = models.BigIntegerField(primary_key=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["-stops"], name="vehicles_by_count", condition=Q(stops__gte=FREQUENT)),
        ]


CUBES: tuple[type[Cube], ...] = (
    Who,
    WhoAgencyYear,
    WhoCountry,
    WhoYear,
    ResultYear,
    AllYear,
    Clock,
    ClockCountry,
    WhoPlaceYear,
    AgePlaceYear,
)
# The one fixed order in which they are written: writers that take them in the same order never wait in a circle. Those
# whose cells many desks share come last, since a cell is held until its writer commits.
SUMMARIES: tuple[type[Summary], ...] = (VehicleCount, *CUBES)
